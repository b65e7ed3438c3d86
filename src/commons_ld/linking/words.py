"""What is said to a person about links, in French and in English."""

from __future__ import annotations

from typing import Final, NamedTuple

from commons_ld.messages import Language
from commons_ld.text import shown

__all__ = ["WORDS", "said"]


class _Sentence(NamedTuple):
    fr: str
    en: str


#: One row a sentence: what was found, and what to do.
WORDS: Final[dict[str, _Sentence]] = {
    "unusable": _Sentence(
        "ce que l'on sait des liens ne peut être gardé là ({value}) ; y permettre l'écriture, ou faire de la place",
        "what is known of links cannot be kept there ({value}); allow writing there, or make room",
    ),
    "dead": _Sentence(
        "ne mène plus nulle part ({status}) ; peut-être gardé ici : {archive}",
        "leads nowhere any more ({status}); perhaps kept here: {archive}",
    ),
    "nobody": _Sentence("personne ne répond", "nobody answers"),
    "moved": _Sentence("a changé d'adresse pour de bon : {target}", "has another address for good: {target}"),
    "unsure": _Sentence(
        "on ne peut le dire ({status}) ; l'ouvrir dans un navigateur",
        "cannot be told ({status}); open it in a browser",
    ),
    "skipped": _Sentence(
        "n'a pas été demandé : robots.txt le défend, ou ce n'est pas le réseau public",
        "was not asked for: robots.txt forbids it, or it is not on the public network",
    ),
    "summary": _Sentence(
        "{value} adresses : {good} bonnes, {moved} déplacées, {dead} mortes, {unsure} incertaines, {skipped} laissées.",
        "{value} addresses: {good} good, {moved} moved, {dead} dead, {unsure} unsure, {skipped} not asked for.",
    ),
    "listed": _Sentence("{value} adresses sur {hosts} serveurs.", "{value} addresses on {hosts} hosts."),
}


def said(code: str, **values: object) -> dict[Language, str]:
    """Return a sentence in each language, with what it is about filled in.

    :raises KeyError: if there is no such sentence: a fault of ours

    >>> said("moved", target="https://b.example/")["en"]
    'has another address for good: https://b.example/'
    """
    plain = {name: shown(str(value)) for name, value in values.items()}
    return {"fr": WORDS[code].fr.format(**plain), "en": WORDS[code].en.format(**plain)}
