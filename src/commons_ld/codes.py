"""Languages and countries: the codes and names that pages use, and the IRIs of the EU authority tables.

The tables beside this module hold facts of the standards: ``tables/languages.csv`` the languages that have
a two-letter code (ISO 639-1) with their terminological code (ISO 639-3), ``tables/countries.csv`` those of
ISO 3166-1 and Kosovo, by the code that the European Union uses. Names are French and English; other ones
are variants in common use, what a language calls itself, and bibliographic codes (ISO 639-2/B). In the
authority tables of the Publications Office of the European Union
(https://op.europa.eu/en/web/eu-vocabularies) a language is named by its terminological code in capitals,
a country by its three-letter code.

A name that two entries share, such as *Congo*, is in neither: nothing is guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from commons_ld.text import fold, nearest

__all__ = [
    "AUTHORITIES",
    "Country",
    "Language",
    "countries",
    "country",
    "language",
    "languages",
    "nearest_country",
    "nearest_language",
]

_TABLES: Final = Path(__file__).parent / "tables"
#: Where the IRIs of the authority tables begin.
AUTHORITIES: Final = "http://publications.europa.eu/resource/authority"

#: What parts the words of a name; pages write it in more ways than one: *Etats Unis*, *U.S.A.*
_NOT_WORD: Final = re.compile(r"[\W_]+")
#: No name is as long; what is longer is not kept for the next time.
_LONGEST: Final = 200

#: Short names resemble each other, *Autre* and *sarde* too: only a slip of the pen is worth a hint.
_CLOSE: Final = 0.75


class _Coded(NamedTuple):
    """What has codes.

    :param alpha2: its code of two letters
    :param alpha3: its code of three letters
    :param other_names: names that are recognised, but never written
    """

    alpha2: str
    alpha3: str
    name_fr: str
    name_en: str
    other_names: tuple[str, ...] = ()


class Language(_Coded):
    """A language, by its codes in ISO 639-1, which is its language tag too (BCP 47), and in ISO 639-3."""

    __slots__ = ()

    @property
    def authority(self) -> str:
        """Its IRI in the EU table of languages."""
        return f"{AUTHORITIES}/language/{self.alpha3.upper()}"


class Country(_Coded):
    """A country, or a territory that has a code of its own, by its codes in ISO 3166-1."""

    __slots__ = ()

    @property
    def authority(self) -> str:
        """Its IRI in the EU table of countries."""
        return f"{AUTHORITIES}/country/{self.alpha3}"


_Entry = TypeVar("_Entry", Language, Country)


@cache
def languages() -> tuple[Language, ...]:
    """Return every language of the table, by three-letter code."""
    return _entries(Language, "languages.csv")


@cache
def countries() -> tuple[Country, ...]:
    """Return every country of the table, by three-letter code."""
    return _entries(Country, "countries.csv")


def _entries(kind: type[_Entry], name: str) -> tuple[_Entry, ...]:
    with (_TABLES / name).open(encoding="utf-8", newline="") as table:
        rows = list(csv.reader(table))[1:]
    return tuple(kind(a2, a3, fr, en, tuple(filter(None, others.split("|")))) for a2, a3, fr, en, others in rows)


def language(text: str) -> Language | None:
    """Return the language that ``text`` names or codes, or ``None`` if it is none that we know.

    Case, accents, hyphens and dots do not matter.

    >>> language("FR").name_fr, language("French").alpha2
    ('français', 'fr')
    >>> language("fra").authority
    'http://publications.europa.eu/resource/authority/language/FRA'
    >>> language("Autre") is None
    True
    """
    return _languages_by_key().get(_key(text[:_LONGEST]))


def country(text: str) -> Country | None:
    """Return the country that ``text`` names or codes, or ``None`` if it is none that we know.

    Case, accents, hyphens and dots do not matter.

    >>> country("Etats Unis").alpha3, country("Ivory Coast").name_fr
    ('USA', 'Côte d’Ivoire')
    >>> country("France").authority
    'http://publications.europa.eu/resource/authority/country/FRA'
    >>> country("Congo") is None
    True
    """
    return _countries_by_key().get(_key(text[:_LONGEST]))


def nearest_language(text: str) -> str:
    """Return the name of a language that resembles ``text`` most, or ``""`` if none does.

    >>> nearest_language("françai"), nearest_language("Englsh")
    ('français', 'English')
    """
    return _nearest_language(text[:_LONGEST])


def nearest_country(text: str) -> str:
    """Return the name of a country that resembles ``text`` most, or ``""`` if none does.

    >>> nearest_country("Belgiqe"), nearest_country("Belgum")
    ('Belgique', 'Belgium')
    """
    return _nearest_country(text[:_LONGEST])


# An archive has few languages and countries, and writes each of them thousands of times.


@lru_cache(maxsize=1024)
def _key(text: str) -> str:
    return _NOT_WORD.sub(" ", fold(text)).strip()


@lru_cache(maxsize=1024)
def _nearest_language(text: str) -> str:
    return nearest(text, (name for known in languages() for name in (known.name_fr, known.name_en)), _CLOSE)


@lru_cache(maxsize=1024)
def _nearest_country(text: str) -> str:
    return nearest(text, (name for known in countries() for name in (known.name_fr, known.name_en)), _CLOSE)


@cache
def _languages_by_key() -> dict[str, Language]:
    return _by_key(languages())


@cache
def _countries_by_key() -> dict[str, Country]:
    return _by_key(countries())


def _by_key(entries: Iterable[_Entry]) -> dict[str, _Entry]:
    """Return the entries by everything they are called, without what two of them share."""
    found: dict[str, _Entry] = {}
    shared: set[str] = set()
    for entry in entries:
        names = {_key(name) for name in _called(entry)}
        shared |= names & found.keys()
        found |= dict.fromkeys(names, entry)
    return {key: only for key, only in found.items() if key not in shared}


def _called(entry: Language | Country) -> tuple[str, ...]:
    return (entry.alpha2, entry.alpha3, entry.name_fr, entry.name_en, *entry.other_names)
