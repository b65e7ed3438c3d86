"""The names of pages and properties in exports, against the way in which Semantic MediaWiki makes them."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.sources.smw_names import bare_file_name, page_url, split_namespace, unescape

#: What new versions escape besides the hyphen; old ones escape what percent-encoding does.
ESCAPED = "*,;<>()[]{}\\$^:\"#&'+!"


def escaped(title: str, *, keeps_accents: bool) -> str:
    """Return the name that an exporter gives a page: the hyphen first, so that every other one is an escape."""
    name = title.replace(" ", "_") if keeps_accents else quote(title.replace(" ", "_"), safe=";@$!*(),/~:")
    name = name.replace("-", "-2D")
    return re.sub(f"[{re.escape(ESCAPED)}]", lambda match: f"-{ord(match[0]):02X}", name).replace("%", "-")


titles = st.lists(
    st.text(
        st.characters(exclude_categories=("C", "Z"), exclude_characters="_%|"), min_size=1, max_size=12
    ),
    min_size=1,
    max_size=4,
).map(" ".join)  # fmt: skip


@given(titles, st.booleans())
def test_a_name_leads_back_to_its_title(title: str, keeps_accents: bool) -> None:
    """Whichever version made it."""
    assert unescape(escaped(title, keeps_accents=keeps_accents)) == title


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("100-_communs", "100% communs"),
        ("Fait_partie_de", "Fait partie de"),
        ("R-C3-A9sultat", "Résultat"),
        ("R%C3%A9sultat", "Résultat"),
        ("-FF-FE", "-FF-FE"),
        ("", ""),
    ],
)
def test_other_names_are_read_as_well_as_they_can_be(name: str, title: str) -> None:
    """A percent sign that lost its digits, and bytes that are no letters."""
    assert unescape(name) == title


@given(st.text(max_size=40))
def test_any_name_has_some_title(name: str) -> None:
    """Nothing in a name raises an error."""
    assert isinstance(unescape(name), str)


def test_what_a_namespace_holds_is_told_in_french_and_in_english() -> None:
    """Any other word before a colon is part of the title."""
    assert [split_namespace(title)[0] for title in ("Attribut:A", "Property: A", "Catégorie:A", "Fichier:A.jpg")] == [
        "property",
        "property",
        "category",
        "file",
    ]
    assert split_namespace("Communs : un essai") == ("", "Communs : un essai")
    assert bare_file_name("Image:Affiche.jpg") == bare_file_name("Affiche.jpg") == "Affiche.jpg"


def test_the_address_of_a_page_is_mediawikis_own() -> None:
    """The exporter writes its own escapes into addresses, which lead nowhere."""
    assert page_url("https://w.test/", "Un atelier: l'été") == "https://w.test/Un_atelier:_l%27%C3%A9t%C3%A9"
