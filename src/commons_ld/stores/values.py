"""Terms as a store gives them back, and whether it wrote the same value in another way.

Stores keep numbers, times and durations as values and not as they were written; a comparison of terms alone
(https://www.w3.org/TR/rdf11-concepts/#dfn-literal-term-equality) would call that a loss.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from commons_ld.rdf import terms
from commons_ld.rdf.namespaces import expand

__all__ = ["Term", "changed_kind", "to_bytes"]

_XSD: Final = expand("xsd:")
_NUMBERS: Final = frozenset(
    f"{_XSD}{name}" for name in ("decimal", "integer", "int", "long", "short", "double", "float", "nonNegativeInteger")
)
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
#: A duration in the lexical form of XML Schema 1.1, part 2, section 3.3.6, without years and months.
_DURATION: Final = re.compile(
    r"P(?:([0-9]{1,9})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?"
)


class Term(NamedTuple):
    """One RDF term of an answer (https://www.w3.org/TR/sparql11-results-json/#select-encode-terms).

    :param kind: ``uri``, ``literal`` or ``bnode``
    """

    kind: str
    value: str
    datatype: str = ""
    language: str = ""


def to_bytes(term: Term) -> bytes:
    """Return a term in the form of canonical N-Triples.

    >>> to_bytes(Term("literal", "7", "http://www.w3.org/2001/XMLSchema#integer"))
    b'"7"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    if term.kind == "uri":
        return f"<{term.value}>".encode()
    if term.kind != "literal":
        return f"_:{term.value}".encode()
    if term.language:
        return terms.text(term.value, term.language)
    plain = terms.string(term.value)
    return plain if term.datatype in ("", f"{_XSD}string") else plain + f"^^<{term.datatype}>".encode()


def changed_kind(sent: bytes, held: bytes) -> str:
    """Return of which kind a value is that a store wrote in another way, or ``""`` if it is another value.

    :param sent: a term in the form of canonical N-Triples; ``held`` is what the store gives in its place

    >>> duration = b"^^<http://www.w3.org/2001/XMLSchema#duration>"
    >>> changed_kind(b'"PT1H"' + duration, b'"3600.0"' + duration)
    'xsd:duration'
    >>> changed_kind(b'"PT1H"' + duration, b'"60.0"' + duration)
    ''
    >>> changed_kind(b'"eau"@fr-CA', b'"eau"@fr-ca')
    'language tag'
    """
    if sent[:1] != b'"' or held[:1] != b'"':
        return ""
    (text, mark), (held_text, held_mark) = _parts(sent), _parts(held)
    if mark[:1] == held_mark[:1] == "@":
        return "language tag" if text == held_text and mark.lower() == held_mark.lower() else ""
    kind, held_kind = (part.removeprefix("^^<").removesuffix(">") for part in (mark, held_mark))
    try:
        is_same = _is_same(kind, text, held_kind, held_text)
    except (ValueError, InvalidOperation):
        is_same = False
    return kind.replace(_XSD, "xsd:") if is_same else ""


def _parts(literal: bytes) -> tuple[str, str]:
    """Return the text of a literal as it is written, and its datatype or language."""
    text, _, mark = literal.decode()[1:].rpartition('"')
    return text, mark


def _is_same(kind: str, text: str, held_kind: str, held_text: str) -> bool:
    if kind in _NUMBERS:
        return held_kind in _NUMBERS and Decimal(text) == Decimal(held_text)
    if kind == f"{_XSD}boolean":
        return held_kind in (kind, f"{_XSD}integer") and _TRUTHS[text] == _TRUTHS.get(held_text)
    if kind == f"{_XSD}duration":
        return held_kind in (kind, f"{_XSD}dayTimeDuration", *_NUMBERS) and _is_as_long(text, held_text)
    if kind == f"{_XSD}dateTime":
        return held_kind == kind and dt.datetime.fromisoformat(text) == dt.datetime.fromisoformat(held_text)
    # Virtuoso has no days without a time zone, nor years without a month.
    if kind in (f"{_XSD}date", f"{_XSD}gYear", f"{_XSD}gYearMonth"):
        return held_kind == kind and text == held_text.removesuffix("Z")
    return False


def _is_as_long(text: str, held: str) -> bool:
    """Tell whether two durations are as long.

    Virtuoso 7 gives seconds, but repeats those of the last minute behind the point, and rounds that to six digits:
    750.3 for PT12M30S, 10486.5 for PT2H54M46S. Its Turtle shows the right ones to be there.
    """
    seconds, told = _seconds(text), _seconds(held)
    if told == seconds:
        return True
    is_whole = seconds % 1 == 0 and seconds < 1_000_000
    return is_whole and told == Decimal(f"{float(f'{seconds}.{seconds % 60}'):.6g}")


def _seconds(text: str) -> Decimal:
    """Return how long a duration is: one of XML Schema, or as many seconds."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return Decimal(text)
    days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
