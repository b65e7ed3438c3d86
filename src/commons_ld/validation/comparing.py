"""Comparing two values as SHACL does, in pySHACL's place, which breaks down or errs where they cannot be compared.

pySHACL 0.40 raises TypeError under ``sh:lessThanOrEquals`` when a value does not have the form of its datatype,
and the whole run is lost; under ``sh:lessThan`` it compares such values, and IRIs, as texts. SHACL asks for a
result wherever "the two values cannot be compared" (https://www.w3.org/TR/shacl/#LessThanConstraintComponent).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from pyshacl.constraints.core.property_pair_constraints import LessThanConstraintComponent as LessThan
from pyshacl.constraints.core.property_pair_constraints import LessThanOrEqualsConstraintComponent as LessThanOrEquals
from rdflib import XSD, Literal
from rdflib.term import Node

from commons_ld.validation.tokens import silent_rdflib

__all__ = ["is_ordered", "standard_comparison"]

#: pySHACL's methods are exchanged for the whole process, so one thread validates at a time.
_lock: Final = threading.RLock()

#: Without a time zone, as archives write them.
_YEAR_MONTH: Final = re.compile(r"[0-9]{4}(-[0-9]{2})?")


def is_ordered(first: Node, second: Node, *, or_equal: bool) -> bool:
    """Tell whether ``first`` is less than ``second`` (or equal to it): ``False`` where they cannot be compared.

    Numbers, strings without a language, booleans, and values of one and the same temporal datatype can be
    (https://www.w3.org/TR/sparql11-query/#OperatorMapping).

    >>> from rdflib import XSD, Literal
    >>> is_ordered(Literal("2021", datatype=XSD.gYear), Literal("2022", datatype=XSD.gYear), or_equal=False)
    True
    >>> is_ordered(Literal("soon", datatype=XSD.date), Literal("2022-01-01", datatype=XSD.date), or_equal=True)
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
def _measured(term: Node) -> tuple[str, Any]:
    return _kind(term), _value(term)


def _kind(term: Node) -> str:
    """Return what ``term`` can be compared with: terms of the same kind; ``""`` for nothing."""
    if not isinstance(term, Literal) or term.ill_typed or term.language:
        return ""
    if term.datatype is None or term.datatype == XSD.string:
        return "string"
    value = _value(term)
    if value is None or isinstance(value, str):
        return ""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return "number"
    return str(term.datatype)


def _value(term: Node) -> Any:
    """Return what is compared; rdflib does not read years and months, which compare as they are written."""
    if isinstance(term, Literal) and term.datatype in (XSD.gYear, XSD.gYearMonth):
        return (str(term),) if _YEAR_MONTH.fullmatch(term) else None
    return getattr(term, "value", None)


@contextmanager
def standard_comparison() -> Iterator[None]:
    """Have pySHACL compare as SHACL does as long as the context lasts; and rdflib be silent about ill-typed literals.

    rdflib logs each with a traceback; that they are ill-typed is for the shapes to say.
    """
    with _lock, silent_rdflib():
        theirs = LessThan._compare_lt, LessThanOrEquals._compare_ltoe
        _exchange(_less_than, _less_than_or_equals)
        try:
            yield
        finally:
            _exchange(*theirs)


def _exchange(less_than: Any, less_than_or_equals: Any) -> None:
    LessThan._compare_lt = less_than  # type: ignore[method-assign]
    LessThanOrEquals._compare_ltoe = less_than_or_equals  # type: ignore[method-assign]


def _less_than(component: Any, values: Any, others: Any, graph: Any, focus: Any) -> tuple[bool, list[Any]]:
    return _pairs(component, values, others, graph, focus, or_equal=False)


def _less_than_or_equals(component: Any, values: Any, others: Any, graph: Any, focus: Any) -> tuple[bool, list[Any]]:
    return _pairs(component, values, others, graph, focus, or_equal=True)


def _pairs(
    component: Any, values: Any, others: Any, graph: Any, focus: Any, *, or_equal: bool
) -> tuple[bool, list[Any]]:
    """Return what pySHACL's own methods do: whether a pair is out of order, and a result for each such pair."""
    results = [
        component.make_v_result(graph, focus, value_node=value)
        for value in values
        for other in others
        if not is_ordered(value, other, or_equal=or_equal)
    ]
    return bool(results), results
