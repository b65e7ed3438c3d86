"""Guests are told from the other bullets of a summary."""

from __future__ import annotations

import pytest

from commons_ld.record import Guest
from commons_ld.sources.guests import guest_of


@pytest.mark.parametrize(
    ("bullet", "name", "biography"),
    [
        ("Louise Guillot est spécialiste.", "Louise Guillot", "spécialiste."),
        ("Louise\u00a0Guillot\u00a0est spécialiste.", "Louise Guillot", "spécialiste."),
        ("Sébastien Shulz a mené une thèse.", "Sébastien Shulz", "a mené une thèse."),
        ("MICCIARELLI Giuseppe est juriste", "MICCIARELLI Giuseppe", "juriste"),
        ("Jean-Luc d'Ormesson était là", "Jean-Luc d'Ormesson", "était là"),
        ("Ana María de la Cruz enseigne", "Ana María de la Cruz", "enseigne"),
        ("Léo Martin, jardinier", "Léo Martin", "jardinier"),
        ("Léo Martin : jardinier, est ici", "Léo Martin", "jardinier, est ici"),
        ("Léo Martin – jardinier", "Léo Martin", "jardinier"),
        ("Zoé Durand (Tiers-Lieux) est animatrice", "Zoé Durand", "(Tiers-Lieux) est animatrice"),
        ("J. Portalez est médiateur", "J. Portalez", "médiateur"),
        ("Ana Dupont est", "Ana Dupont", ""),
    ],
)
def test_a_name_and_what_is_said_of_it_is_a_guest(bullet: str, name: str, biography: str) -> None:
    """'est' is dropped, other verbs stay; a comma, a colon, a dash or an affiliation may part them too."""
    assert guest_of(bullet, ()) == Guest(name, biography)


@pytest.mark.parametrize(
    "bullet",
    [
        *(
            "Les communs sont des ressources",
            "L'eau est un commun",
            "Grenoble est une ville",
            "Le Projet Eau est ouvert",
        ),
        *(
            "marcel breal est là",
            "Grenoble Alpes, Lyon Métropole",
            "Deux questions : lesquelles ?",
            "Hautes Études commerciales",
        ),
        *("Louise Guillot", "", "est", "—", ", est", "Qui est là ?", "Ana Dupont et Léo Martin sont ici"),
    ],
)
def test_other_bullets_are_no_guests(bullet: str) -> None:
    """What does not clearly name a person stays in the summary."""
    assert guest_of(bullet, ()) is None


@pytest.mark.parametrize(
    ("bullet", "guest"),
    [
        ("marcel breal est là", Guest("marcel breal", "là")),
        ("Anne-Solene a parlé", Guest("Anne-Solene", "a parlé")),
        ("Anne-Solene", Guest("Anne-Solene")),
        ("Marcel Breal, retraité", Guest("Marcel Breal", "retraité")),
        ("marcel breal sera là", None),
    ],
)
def test_a_name_that_the_page_gives_elsewhere_needs_no_capitals(bullet: str, guest: Guest | None) -> None:
    """Who speaks in the chat, or stands in the metadata, is known by name."""
    assert guest_of(bullet, {"marcel breal", "anne-solene"}) == guest
