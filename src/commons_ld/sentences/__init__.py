"""Sentences for people, in French and in English: tables of them, and how they are filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from commons_ld.messages import Language
from commons_ld.text import shown

__all__ = ["Sentence", "figure", "filled", "in_number", "is_many"]

#: A number, as :func:`figure` writes it too, and a noun.
_COUNTED: Final = re.compile(r"([0-9][0-9,\u202f]{0,25}) (\w{1,40})\(s\)")


class Sentence(NamedTuple):
    """What is said, in each language; what stands in braces is filled in."""

    fr: str
    en: str


def filled(table: Mapping[str, Sentence], code: str, /, value: object = "", **values: object) -> dict[Language, str]:
    """Return a sentence of a table in each language, with what it is about filled in, as it can be shown.

    :param value: what it is about, where that is one thing
    :param values: what else it names

    :raises KeyError: if there is no such sentence: a fault of ours

    >>> filled({"gone": Sentence("{value} n'est plus là", "{value} is gone")}, "gone", "x")["en"]
    'x is gone'
    """
    plain = {name: shown(str(one)) for name, one in {"value": value, **values}.items()}
    return {"fr": table[code].fr.format(**plain), "en": table[code].en.format(**plain)}


def in_number(text: str, language: Language) -> str:
    """Return a sentence whose nouns, written as ``page(s)``, agree with the number before them.

    >>> in_number("1 page(s), 2,000 version(s)", "en"), in_number("0 page(s)", "fr"), in_number("0 page(s)", "en")
    ('1 page, 2,000 versions', '0 page', '0 pages')
    """

    def agreeing(found: re.Match[str]) -> str:
        number = int(re.sub("[,\u202f]", "", found[1]))
        return f"{found[1]} {found[2]}{'s' * is_many(number, language)}"

    return _COUNTED.sub(agreeing, text)


def is_many(number: int, language: Language) -> bool:
    """Tell whether the noun of a number is in the plural: in French none and one are singular, in English one is.

    >>> is_many(0, "fr"), is_many(0, "en"), is_many(1, "en"), is_many(2, "fr")
    (False, True, False, True)
    """
    return number > 1 if language == "fr" else number != 1


def figure(number: int, language: Language) -> str:
    """Return a number as it is written.

    >>> figure(12000, "en"), figure(12000, "fr")
    ('12,000', '12\\u202f000')
    """
    return f"{number:,}".replace(",", "\u202f" if language == "fr" else ",")
