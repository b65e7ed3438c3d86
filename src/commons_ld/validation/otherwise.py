"""Checking by pySHACL, for the shapes that are not compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyshacl import ShapesGraph
from pyshacl.pytypes import SHACLExecutor
from rdflib.namespace import SH
from rdflib.term import Node

from commons_ld.validation.comparing import standard_comparison
from commons_ld.validation.compiling import Check, Found
from commons_ld.validation.data import Data
from commons_ld.validation.graphs import checked_graph
from commons_ld.validation.tokens import to_node, token

__all__ = ["by_pyshacl"]

#: A result of pySHACL: its text, its node, and statements in which a node may come with its graph.
_Report = tuple[str, Node, list[tuple[Node, Node, Any]]]


def by_pyshacl(shapes: ShapesGraph) -> Callable[[Node], Check]:
    """Return what makes of a shape something that checks nodes against it, by pySHACL.

    What is made raises whatever pySHACL does where it cannot go on: see
    :data:`commons_ld.validation.loading.BREAKDOWNS`.
    """

    def check_of(node: Node) -> Check:
        shape = shapes.lookup_shape_from_node(node)

        def check(data: Data, focus: str) -> list[Found]:
            with standard_comparison():
                _, reports = shape.validate(SHACLExecutor(), data.made(checked_graph), focus=[to_node(focus)])
            return [_found(report) for report in reports]

        return check

    return check_of


def _found(report: _Report) -> Found:
    _, node, statements = report
    facts = {
        predicate: object_[1] if isinstance(object_, tuple) else object_
        for subject, predicate, object_ in statements
        if subject == node and predicate != SH.resultMessage
    }
    value = facts.get(SH.value)
    return Found(
        token(facts[SH.focusNode]),
        "" if value is None else token(value),
        facts[SH.sourceShape],
        facts[SH.sourceConstraintComponent],
        facts.get(SH.resultPath),
        facts.get(SH.sourceConstraint),
    )
