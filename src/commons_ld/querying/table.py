"""Rows as a table in a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import BinaryIO, Final

import msgspec

from commons_ld.messages import Language
from commons_ld.rdf.namespaces import PREFIXES

__all__ = ["to_table"]

_GAP: Final = "  "
#: No column is made narrower than this.
_NARROWEST: Final = 6
_ALL: Final = re.compile(r"\bSELECT\s*(?:DISTINCT\s*|REDUCED\s*)?\*", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"[?$](\w+)")
_NUMBERS: Final = frozenset(f"{PREFIXES['xsd']}{name}" for name in ("integer", "decimal", "double", "float"))


class _Term(msgspec.Struct):
    """An RDF term, as SPARQL 1.1 Query Results JSON (section 3.2.2) writes it."""

    type: str
    value: str
    datatype: str = ""


class _Head(msgspec.Struct):
    vars: list[str] = []


class _Results(msgspec.Struct):
    bindings: list[dict[str, _Term]] = []


class _Answer(msgspec.Struct):
    head: _Head = msgspec.field(default_factory=_Head)
    results: _Results = msgspec.field(default_factory=_Results)
    boolean: bool | None = None


def to_table(data: BinaryIO, language: Language, *, query: str = "", base_iri: str = "", width: int = 0) -> str:
    """Return rows as a table, or the truth of an ASK as a word.

    :param data: SPARQL 1.1 Query Results JSON
    :param query: what was asked, whose order of columns is kept where it says ``*``
    :param base_iri: what is left out at the beginning of IRIs
    :param width: how many columns of characters there are; 0 for as many as it takes
    :raises msgspec.DecodeError: if the data is no such JSON

    >>> import io
    >>> print(to_table(io.BytesIO(b'{"head": {}, "boolean": true}'), "fr"))
    oui
    """
    answer = msgspec.json.decode(data.read(), type=_Answer)
    if answer.boolean is not None:
        return {"fr": ("non", "oui"), "en": ("no", "yes")}[language][answer.boolean]
    names = _ordered(answer.head.vars, query)
    rows = [[_cell(row[name], base_iri) if name in row else "" for name in names] for row in answer.results.bindings]
    found = len(rows)
    count = {"fr": f"{found} ligne{'s' * (found > 1)}", "en": f"{found} row{'s' * (found != 1)}"}[language]
    if not rows:
        return count
    numbers = [all(row[name].datatype in _NUMBERS for row in answer.results.bindings if name in row) for name in names]
    widths = [max(map(_length, column)) for column in zip(names, *rows, strict=True)]
    widths = _fitted(widths, width - len(_GAP) * (len(names) - 1)) if width else widths
    lines = [
        _GAP.join(_padded(cell, wide, number) for cell, wide, number in zip(row, widths, numbers, strict=True)).rstrip()
        for row in (names, ["─" * wide for wide in widths], *rows)
    ]
    return "\n".join((*lines, "", count))


def _ordered(names: list[str], query: str) -> list[str]:
    """Return the columns in the order in which a query has them, where it leaves that to the engine.

    >>> _ordered(["o", "p", "s"], "SELECT * { ?s ?p ?o }"), _ordered(["b", "a"], "SELECT ?b ?a { ?a ?x ?b }")
    (['s', 'p', 'o'], ['b', 'a'])
    """
    if not _ALL.search(query):
        return names
    place = {name: number for number, name in reversed([*enumerate(_VARIABLE.findall(query))])}
    return sorted(names, key=lambda name: place.get(name, len(place)))


def _cell(term: _Term, base_iri: str) -> str:
    """Return a term on one line, with nothing in it that a terminal would obey."""
    text = "".join(c if c.isprintable() else " " for c in term.value)
    if term.type != "uri":
        return " ".join(text.split())
    if base_iri and text.startswith(base_iri):
        return text.removeprefix(base_iri)
    prefix = next((name for name, iri in PREFIXES.items() if text.startswith(iri)), "")
    return f"{prefix}:{text.removeprefix(PREFIXES[prefix])}" if prefix else text


def _length(text: str) -> int:
    """Return how many columns a text takes: wide letters take two, and marks none (Unicode, annex 11)."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _fitted(widths: list[int], room: int) -> list[int]:
    """Return widths that fit: the widest columns give way, and the narrow ones stay whole."""
    fitted: list[int] = [0] * len(widths)
    left = room
    for place, (wide, column) in enumerate(sorted((wide, column) for column, wide in enumerate(widths))):
        fitted[column] = min(wide, max(_NARROWEST, left // (len(widths) - place)))
        left -= fitted[column]
    return fitted


def _padded(text: str, width: int, is_number: bool) -> str:
    while _length(text) > width:
        # A text that is cut shows that it is.
        text = text[: min(len(text) - 2, width - 1)] + "…"
    blank = " " * (width - _length(text))
    return blank + text if is_number else text + blank
