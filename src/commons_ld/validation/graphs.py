"""The border between pyoxigraph, which parses, and rdflib, which pySHACL validates: each term is converted once.

No lexical form is changed on the way: ``"01"^^xsd:integer`` stays as it was written. A plain text is a literal
without a datatype on both sides of every comparison, since rdflib takes ``"a"`` and ``"a"^^xsd:string`` for two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox
from rdflib import XSD, BNode, Dataset, Graph, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

from commons_ld.validation.data import Data, Triple
from commons_ld.validation.tokens import to_node, token

__all__ = ["CheckedGraph", "Converter", "Statement", "checked_graph", "statements_of"]

Statement = tuple[Node, Node, Node]


class Converter:
    """Makes rdflib terms of pyoxigraph's; IRIs, which come again and again, are made once."""

    def __init__(self) -> None:
        self._iri: Final = lru_cache(maxsize=65536)(URIRef)

    def statements(self, quads: Iterable[ox.Quad | ox.Triple]) -> Iterator[Statement]:
        """Yield statements without their graph."""
        for quad in quads:
            yield self._term(quad.subject), self._iri(quad.predicate.value), self._term(quad.object)

    def _term(self, term: object) -> Node:
        if isinstance(term, ox.NamedNode):
            return self._iri(term.value)
        if isinstance(term, ox.BlankNode):
            return BNode(term.value)
        if not isinstance(term, ox.Literal):
            raise TypeError(f"rdflib has no such term: {term}")
        if term.language:
            return Literal(term.value, lang=term.language)
        datatype = self._iri(term.datatype.value)
        if datatype == XSD.string:
            return Literal(term.value)
        return Literal(term.value, datatype=datatype, normalize=False)


class CheckedGraph(Graph):
    """A graph that is checked, in memory. On other stores pySHACL is slow, and on Oxigraph it is wrong.

    :param prepare: reads a SPARQL query; it may remember it, as constraints ask the same one of every node
    """

    def __init__(self, statements: Iterable[Statement], prepare: Callable[[str], Query]) -> None:
        super().__init__(bind_namespaces="none")
        self._prepare = prepare
        for statement in statements:
            self.add(statement)

    def query(self, query_object: str | Query, *args: Any, **options: Any) -> Result:
        """Answer a query as :meth:`rdflib.Graph.query` does."""
        prepared = self._prepare(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **options)


def checked_graph(data: Data) -> CheckedGraph:
    """Return a graph of ours as rdflib has it."""
    return CheckedGraph(
        ((to_node(subject), to_node(predicate), to_node(value)) for subject, predicate, value in data.triples()),
        _prepare,
    )


@lru_cache(maxsize=256)
def _prepare(query: str) -> Query:
    return prepareQuery(query)


def statements_of(data: Graph | Dataset) -> Iterator[Triple]:
    """Yield the statements of a graph, or of all graphs of a dataset together, as N-Triples writes them."""
    for subject, predicate, value, *_ in data.quads() if isinstance(data, Dataset) else data:
        yield token(subject), token(predicate), token(value)
