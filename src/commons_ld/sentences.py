"""Sentences for people, in French and in English: tables of them, and how they are filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from commons_ld.messages import Language
from commons_ld.text import shown

__all__ = ["Sentence", "filled"]


class Sentence(NamedTuple):
    """What is said, in each language; what stands in braces is filled in."""

    fr: str
    en: str


def filled(table: Mapping[str, Sentence], code: str, /, **values: object) -> dict[Language, str]:
    """Return a sentence of a table in each language, with what it is about filled in, as it can be shown.

    :raises KeyError: if there is no such sentence: a fault of ours

    >>> filled({"gone": Sentence("{value} n'est plus là", "{value} is gone")}, "gone", value="x")["en"]
    'x is gone'
    """
    plain = {name: shown(str(value)) for name, value in values.items()}
    return {"fr": table[code].fr.format(**plain), "en": table[code].en.format(**plain)}
