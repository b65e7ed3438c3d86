"""Comparing two values in pySHACL's place, which breaks down or errs where they cannot be compared.

pySHACL 0.40 raises TypeError under ``sh:lessThanOrEquals`` when a value does not have the form of its datatype,
and the whole run is lost; under ``sh:lessThan`` it compares such values, and IRIs, as texts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pyshacl.constraints.core.property_pair_constraints import LessThanConstraintComponent as LessThan
from pyshacl.constraints.core.property_pair_constraints import LessThanOrEqualsConstraintComponent as LessThanOrEquals

from commons_ld.validation.comparing import is_ordered
from commons_ld.validation.tokens import silent_rdflib, token

__all__ = ["standard_comparison"]

#: pySHACL's methods are exchanged for the whole process, so one thread validates at a time.
_lock: Final = threading.RLock()


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
        if not is_ordered(token(value), token(other), or_equal=or_equal)
    ]
    return bool(results), results
