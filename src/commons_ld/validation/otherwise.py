"""Checking by pySHACL, for the shapes that are not compiled."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from commons_ld.validation.breakdown import translated
from commons_ld.validation.compiling import Check, Found
from commons_ld.validation.data import Data
from commons_ld.validation.shapes_graph import ShapesGraph
from commons_ld.validation.tokens import to_node, token

if TYPE_CHECKING:
    from rdflib.term import Node

__all__ = ["by_pyshacl"]

#: A result of pySHACL: its text, its node, and statements in which a node may come with its graph.
_Report = tuple[str, "Node", list[tuple["Node", "Node", Any]]]


def by_pyshacl(graph: ShapesGraph) -> Callable[[str], Check]:
    """Return what makes of a shape something that checks nodes against it, by pySHACL.

    What is made raises :class:`~commons_ld.validation.breakdown.Breakdown` where pySHACL cannot go on.
    """

    @cache
    def shapes() -> Any:
        from commons_ld.validation.trying import rdflib_shapes

        return rdflib_shapes(graph)

    def check_of(node: str) -> Check:
        from pyshacl.pytypes import SHACLExecutor

        from commons_ld.validation.graphs import checked_graph
        from commons_ld.validation.mending import standard_comparison

        shape = shapes().lookup_shape_from_node(to_node(node))

        def check(data: Data, focus: str) -> list[Found]:
            with translated(), standard_comparison():
                _, reports = shape.validate(SHACLExecutor(), data.made(checked_graph), focus=[to_node(focus)])
            return [_found(report) for report in reports]

        return check

    return check_of


def _found(report: _Report) -> Found:
    from rdflib.namespace import SH

    _, node, statements = report
    facts = {
        predicate: object_[1] if isinstance(object_, tuple) else object_
        for subject, predicate, object_ in statements
        if subject == node and predicate != SH.resultMessage
    }
    told = {predicate: token(value) for predicate, value in facts.items()}
    return Found(
        told[SH.focusNode],
        told.get(SH.value, ""),
        told[SH.sourceShape],
        told[SH.sourceConstraintComponent],
        told.get(SH.resultPath, ""),
        told.get(SH.sourceConstraint, ""),
    )
