"""Trying shapes by pySHACL, which refuses those that are not well-formed, and says why."""

from __future__ import annotations

from functools import lru_cache, partial

from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.entrypoints import meta_validate
from pyshacl.pytypes import SHACLExecutor
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from commons_ld.validation import algebra
from commons_ld.validation.graphs import CheckedGraph
from commons_ld.validation.mending import standard_comparison
from commons_ld.validation.remembering import RememberingGraph, RememberingShapesGraph
from commons_ld.validation.shapes_graph import ShapesGraph
from commons_ld.validation.sparql import prefixes_of, text_of
from commons_ld.validation.tokens import to_node, token

__all__ = ["not_as_shacl_demands", "rdflib_shapes", "try_shapes"]


def rdflib_shapes(shapes: ShapesGraph) -> RememberingShapesGraph:
    """Return shapes as pySHACL has them.

    :raises RuntimeError: if they are not well-formed: an error of pySHACL
    """
    graph = RememberingGraph()
    for statement in shapes.statements():
        graph.add(tuple(to_node(term) for term in statement))  # type: ignore[arg-type]
    return RememberingShapesGraph(graph)


def try_shapes(shapes: ShapesGraph) -> None:
    """Apply every constraint once to a node that has nothing but a name, so that a broken one is found.

    What is raised is one of :func:`commons_ld.validation.breakdown.breakdowns`.
    """
    node, theirs = URIRef("urn:nothing"), rdflib_shapes(shapes)
    with standard_comparison():
        for shape in theirs.shapes:
            names = frozenset[tuple[str, str]]()
            for query in shapes.objects(token(shape.node), token(SH.sparql)):
                if text := text_of(shapes, query, shapes.value(token(shape.node), token(SH.path))):
                    algebra.parsed(text)
                # pySHACL does not see the prefixes that a declaration imports.
                names = names | prefixes_of(shapes, query)
            data = CheckedGraph((), partial(_prepared, names))
            for parameter in sorted(set(theirs.graph.predicates(shape.node)), key=str):
                component = CONSTRAINT_PARAMETERS_MAP.get(parameter)
                if component is not None:
                    constraint = component(shape)
                    constraint.evaluate(SHACLExecutor(), data, {node: {Literal("nothing")}}, [shape, constraint])


@lru_cache(maxsize=64)
def _prepared(names: frozenset[tuple[str, str]], query: str) -> Query:
    return prepareQuery(query, initNs=dict(names))


def not_as_shacl_demands(shapes: ShapesGraph) -> tuple[list[str], str]:
    """Hold shapes against those of SHACL itself; return the nodes that are not as they should be, and what is said."""
    conforms, found, text = meta_validate(Graph() + rdflib_shapes(shapes).graph, inference="none")
    if conforms:
        return [], ""
    return [token(one) for one in set(found.objects(None, SH.focusNode))] if isinstance(found, Graph) else [], str(text)
