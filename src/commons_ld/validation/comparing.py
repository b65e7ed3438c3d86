"""Comparing two values as SHACL does, which asks for a result wherever they cannot be compared.

See https://www.w3.org/TR/shacl/#LessThanConstraintComponent.

Values of the forms that archives write are compared here; rdflib reads the others.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from commons_ld.validation.shapes_graph import XSD
from commons_ld.validation.tokens import datatype, is_literal, is_surely_well_typed, language, lexical, to_node

__all__ = ["is_ordered"]

#: Without a time zone, as archives write them.
_YEAR_MONTH: Final = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_DATE: Final = XSD.date
_DAY: Final = re.compile(rf'"([0-9]{{4}}(?:-[0-9]{{2}}){{2}})"\^\^{re.escape(_DATE)}', re.ASCII)


def is_ordered(first: str, second: str, *, or_equal: bool) -> bool:
    """Tell whether ``first`` is less than ``second`` (or equal to it): ``False`` where they cannot be compared.

    Numbers, strings without a language, booleans, and values of one and the same temporal datatype can be
    (https://www.w3.org/TR/sparql11-query/#OperatorMapping).

    >>> is_ordered(f'"2021"^^{XSD.gYear}', f'"2022"^^{XSD.gYear}', or_equal=False)
    True
    >>> is_ordered(f'"soon"^^{XSD.date}', f'"2022-01-01"^^{XSD.date}', or_equal=True)
    False
    """
    kind, one = _measured(first)
    other_kind, other = _measured(second)
    if not kind or kind != other_kind:
        return False
    try:
        return bool(one <= other if or_equal else one < other)
    except TypeError:  # a moment with a time zone and one without
        return False


@lru_cache(maxsize=4096)
def _measured(term: str) -> tuple[str, Any]:
    """Return what a term can be compared with, terms of the same kind or ``""`` for nothing, and its measure."""
    if day := _DAY.fullmatch(term):
        try:
            return _DATE, date.fromisoformat(day[1])
        except ValueError:
            return "", None
    if not is_literal(term) or language(term):
        return "", None
    text, kind = lexical(term), f"<{datatype(term)}>"
    if kind == XSD.string:
        return "string", text
    if kind in (XSD.gYear, XSD.gYearMonth):
        # rdflib does not read years and months, which compare as they are written.
        return (kind, text) if _YEAR_MONTH.fullmatch(text) else ("", None)
    if kind == XSD.integer and is_surely_well_typed(term):
        return "number", int(text)
    return _measured_by_rdflib(term, kind)


def _measured_by_rdflib(term: str, kind: str) -> tuple[str, Any]:
    literal: Any = to_node(term)
    value = None if literal.ill_typed else literal.value
    if value is None or isinstance(value, str):
        return "", None
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return "number", value
    return kind, value
