"""Reading shapes files, and refusing those that would not check what their author thinks they check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from pyparsing import ParseBaseException
from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.entrypoints import meta_validate
from pyshacl.errors import ConstraintLoadWarning
from pyshacl.pytypes import SHACLExecutor
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

from commons_ld.errors import ArtefactError
from commons_ld.text import nearest
from commons_ld.validation.comparing import standard_comparison
from commons_ld.validation.graphs import CheckedGraph, Converter
from commons_ld.validation.remembering import RememberingGraph, RememberingShapesGraph
from commons_ld.validation.sparql import compile_query, prefixes_of
from commons_ld.validation.targets import TARGETS, has_target

__all__ = ["BREAKDOWNS", "load_shapes", "tried"]

#: What pySHACL and rdflib are known to raise where they cannot go on. RuntimeError is the root of pySHACL's own
#: errors; the others come from its code, and from rdflib's.
BREAKDOWNS: Final = (
    RuntimeError,
    ConstraintLoadWarning,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    SyntaxError,
    re.error,
    ParseBaseException,
)

#: The terms of SHACL that may stand in a shapes file: the parameters of constraints, and these. The others are of
#: SHACL Advanced Features, which are not applied, and to leave a constraint out without a word would be a fault.
_KNOWN: Final = frozenset(
    str(term)
    for term in (
        *CONSTRAINT_PARAMETERS_MAP, *TARGETS, SH.path, SH.inversePath, SH.alternativePath, SH.zeroOrMorePath,
        SH.oneOrMorePath, SH.zeroOrOnePath, SH.name, SH.description, SH.message, SH.severity, SH.order, SH.group,
        SH.defaultValue, SH.deactivated, SH.flags, SH.select, SH.ask, SH.prefixes, SH.declare, SH.prefix, SH.namespace,
        SH.parameter, SH.optional, SH.labelTemplate, SH.validator, SH.nodeValidator, SH.propertyValidator,
        SH.shapesGraph, SH.suggestedShapesGraph,
    )
)  # fmt: skip

#: Parameters whose values are shapes, and those whose values are lists of shapes.
_SHAPES: Final = (SH.node, SH.property, SH["not"], SH.qualifiedValueShape)
_LISTS: Final = (SH["and"], SH["or"], SH.xone)

_POSITION: Final = re.compile(r"^Parser error (?:at|between) line ([0-9]+) column ([0-9]+)[^:]*: ")


def load_shapes(paths: Sequence[Path], *, meta_shacl: bool) -> RememberingShapesGraph:
    """Read shapes, and try each of them.

    :param meta_shacl: check them against the shapes of SHACL itself, too
    :raises ArtefactError: if a file cannot be read, or holds a term of SHACL that is not known or not supported;
        if no shape has a target; if a shape refers to itself; or if pySHACL refuses one
    """
    statements = (statement for path in paths for statement in Converter().statements(_read(path)))
    return tried(statements, paths[0] if len(paths) == 1 else paths[0].parent, meta_shacl=meta_shacl)


def tried(statements: Iterable[Any], where: Path, *, meta_shacl: bool) -> RememberingShapesGraph:
    """Return shapes, once each of them was tried.

    :param where: what they are called in errors, as :func:`load_shapes` raises them
    """
    graph = RememberingGraph()
    for statement in statements:
        graph.add(statement)
    if not any(has_target(graph, shape) for shape in set(graph.subjects())):
        raise ArtefactError(where, "no shape has a target such as sh:targetClass, so nothing would be checked")
    _refuse_recursion(graph, where)
    try:
        if meta_shacl:
            _check_meta(graph, where)
        shapes = RememberingShapesGraph(graph)
        with standard_comparison():
            _try(shapes)
    except BREAKDOWNS as error:
        raise ArtefactError(where, f"pySHACL refuses these shapes: {' '.join(str(error).split())}") from error
    return shapes


def _read(path: Path) -> list[ox.Quad]:
    try:
        quads = list(ox.parse(path=path, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except SyntaxError as error:
        raise ArtefactError(path, _POSITION.sub(r"line \1, column \2: ", error.msg)) from error
    except OSError as error:
        raise ArtefactError(path, f"cannot be read: {error}") from error
    for quad in quads:
        if quad.predicate.value.startswith(str(SH)) and quad.predicate.value not in _KNOWN:
            unknown, near = quad.predicate.value, nearest(quad.predicate.value, _KNOWN, 0)
            names = [f"sh:{iri.removeprefix(str(SH))}" for iri in (unknown, near)]
            raise ArtefactError(path, f"{names[0]} is unknown, or not supported; the nearest known is {names[1]}")
    return quads


def _refuse_recursion(graph: Graph, where: Path) -> None:
    """Refuse a shape that refers to itself: SHACL leaves open what that would mean (section 3.4.3)."""
    done: set[Node] = set()
    for start in sorted(set(graph.subjects()), key=str):
        path, rests = [start], [iter(_referred(graph, start))]
        while path:
            following = next((shape for shape in rests[-1] if shape not in done), None)
            if following is None:
                done.add(path.pop())
                rests.pop()
            elif following in path:
                raise ArtefactError(where, f"{_named(path)} refers to itself, which SHACL leaves undefined")
            else:
                path.append(following)
                rests.append(iter(_referred(graph, following)))


def _referred(graph: Graph, shape: Node) -> list[Node]:
    """Return the shapes that a shape refers to."""
    found = [other for parameter in _SHAPES for other in graph.objects(shape, parameter)]
    for parameter in _LISTS:
        for members in graph.objects(shape, parameter):
            found.extend(graph.items(members))
    return found


def _try(shapes: RememberingShapesGraph) -> None:
    """Apply every constraint once to a node that has nothing but a name, so that a broken one is found here."""
    node = URIRef("urn:nothing")
    for shape in shapes.shapes:
        names = frozenset[tuple[str, str]]()
        for query in shapes.graph.objects(shape.node, SH.sparql):
            compile_query(shapes, query, shapes.graph.value(shape.node, SH.path))
            # pySHACL does not see the prefixes that a declaration imports.
            names = names | prefixes_of(shapes.graph, query)
        data = CheckedGraph((), partial(_prepared, names))
        for parameter in sorted(set(shapes.graph.predicates(shape.node)), key=str):
            component = CONSTRAINT_PARAMETERS_MAP.get(parameter)
            if component is not None:
                constraint = component(shape)
                constraint.evaluate(SHACLExecutor(), data, {node: {Literal("nothing")}}, [shape, constraint])


@lru_cache(maxsize=64)
def _prepared(names: frozenset[tuple[str, str]], query: str) -> Query:
    return prepareQuery(query, initNs=dict(names))


def _check_meta(graph: Graph, where: Path) -> None:
    conforms, found, text = meta_validate(Graph() + graph, inference="none")  # a copy: pySHACL adds to it
    if not conforms:
        nodes = set(found.objects(None, SH.focusNode)) if isinstance(found, Graph) else set()
        raise ArtefactError(where, f"{_named(nodes) if nodes else text} is not as SHACL demands")


def _named(shapes: Iterable[Node]) -> str:
    """Return what to call shapes by; blank nodes have names that nobody gave them."""
    names = sorted({str(shape) for shape in shapes if isinstance(shape, URIRef)})
    return f"the shape {', '.join(names)}" if names else "a shape without an IRI"
