"""SPARQL-based constraints (https://www.w3.org/TR/shacl/#sparql-constraints), asked of pyoxigraph or rdflib."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

import pyoxigraph as ox
from pyshacl import ShapesGraph
from pyshacl.helper.path_helper import shacl_path_to_sparql_path
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import OWL, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from commons_ld.validation.data import Data
from commons_ld.validation.graphs import checked_graph
from commons_ld.validation.tokens import to_node, token

__all__ = ["compile_query"]

#: Yields a value and a path, each ``""`` where the query tells none, for each row that it finds.
Query = Callable[[Data, str], Iterator[tuple[str, str]]]

_THIS: Final = ox.Variable("this")
_SUBJECT: Final = ox.NamedNode("urn:s")


def compile_query(shapes: ShapesGraph, constraint: Node, path: Node | None) -> Query | None:
    """Return what asks the query of a constraint about a focus node; ``None`` where pySHACL has to.

    :param path: the path of the property shape, which stands for ``$PATH``
    """
    graph = shapes.graph
    select = graph.value(constraint, SH.select)
    if any(getattr(one, "value", None) is True for one in graph.objects(constraint, SH.deactivated)):
        return lambda _data, _focus: iter(())
    if not isinstance(select, Literal) or "shapesGraph" in select or "currentShape" in select:
        return None
    text = str(select)
    if path is not None:
        text = text.replace("$PATH", str(shacl_path_to_sparql_path(shapes, path, prefixes={})))
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in sorted(_prefixes(graph, constraint)))
    query = prefixes + text
    predicates = _predicates(query)

    def store_of(data: Data) -> ox.Store | None:
        return _store(data, predicates)

    def ask(data: Data, focus: str) -> Iterator[tuple[str, str]]:
        store = data.made(store_of)
        answers = _of_pyoxigraph(store, query, focus) if store else _of_rdflib(data, query, focus)
        rows = (row for row in answers if row.keys() & {"this", "value", "path", "failure"})
        yield from dict.fromkeys((row.get("value", ""), row.get("path", "")) for row in rows)

    return ask


def _of_pyoxigraph(store: ox.Store, query: str, focus: str) -> Iterator[dict[str, str]]:
    rows = store.query(query, substitutions={_THIS: _term(focus)})
    assert isinstance(rows, ox.QuerySolutions)  # noqa: S101 - a SELECT, as load_shapes has seen
    names = [variable.value for variable in rows.variables]
    for row in rows:
        yield {name: str(row[name]) for name in names if row[name] is not None}


def _of_rdflib(data: Data, query: str, focus: str) -> Iterator[dict[str, str]]:
    for row in data.made(checked_graph).query(query, initBindings={"this": to_node(focus)}).bindings:
        yield {str(variable): token(value) for variable, value in row.items()}


def _store(data: Data, predicates: frozenset[str] | None) -> ox.Store | None:
    """Return the statements with these predicates, or all of them, as a store.

    ``None`` where Oxigraph would not have a literal as it was written: ``"013"^^xsd:integer`` becomes 13 there.
    """
    triples = [triple for triple in data.triples() if predicates is None or triple[1] in predicates]
    if not all(_is_kept(value) for _, _, value in triples if value[-1] == ">" and value[0] == '"'):
        return None
    store = ox.Store()
    lines = "".join(f"{subject} {predicate} {value} .\n" for subject, predicate, value in triples)
    parsed = ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)
    store.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in parsed)
    return store


@lru_cache(maxsize=4096)
def _is_kept(literal: str) -> bool:
    store = ox.Store()
    store.add(ox.Quad(_SUBJECT, _SUBJECT, _term(literal)))
    return str(next(iter(store)).object) == literal


def _predicates(query: str) -> frozenset[str] | None:
    """Return the predicates of the statements that the answer to a query can depend on; ``None`` for all of them."""
    found = set[str]()

    def look(part: CompValue) -> None:
        if part.name in ("Graph", "ServiceGraphPattern"):
            raise _AnyPredicateError
        for row in part.get("triples") or ():
            # Inside EXISTS, which rdflib reads later, the statements of a row follow one another.
            for predicate in list(row)[1::3]:
                if not isinstance(predicate, URIRef):
                    raise _AnyPredicateError
                found.add(token(predicate))

    try:
        traverse(prepareQuery(query).algebra, visitPre=lambda part: look(part) if isinstance(part, CompValue) else None)
    except _AnyPredicateError:
        return None
    return frozenset(found)


class _AnyPredicateError(Exception):
    """A query asks for more than statements with predicates that it names."""


def _prefixes(shapes: Graph, constraint: Node) -> set[tuple[str, str]]:
    """Return the prefixes of a query (https://www.w3.org/TR/shacl/#sparql-prefixes)."""
    todo, seen, found = list(shapes.objects(constraint, SH.prefixes)), set[Node](), set[tuple[str, str]]()
    while todo:
        ontology = todo.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        todo.extend(shapes.objects(ontology, OWL.imports))
        for declaration in shapes.objects(ontology, SH.declare):
            names = (shapes.value(declaration, SH.prefix), shapes.value(declaration, SH.namespace))
            if all(isinstance(one, Literal) for one in names):
                found.add((str(names[0]), str(names[1])))
    return found


def _term(term: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return a term as pyoxigraph has it."""
    if term[0] == "<":
        return ox.NamedNode(term[1:-1])
    if term[0] == "_":
        return ox.BlankNode(term[2:])
    (triple,) = ox.parse(f"<urn:s> <urn:p> {term} .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(triple.object, ox.Literal)  # noqa: S101 - it begins with a quotation mark
    return triple.object
