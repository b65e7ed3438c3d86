"""The border between pyoxigraph, which parses, and rdflib, which pySHACL validates: each term is converted once.

No lexical form is changed on the way: ``"01"^^xsd:integer`` stays as it was written. A plain text is a literal
without a datatype on both sides of every comparison, since rdflib takes ``"a"`` and ``"a"^^xsd:string`` for two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import pyoxigraph as ox
from rdflib import XSD, BNode, Dataset, Graph, Literal, URIRef
from rdflib.term import Node

__all__ = ["Converter", "Statement", "copy_of", "new_graph"]

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
        return Literal(term.value) if datatype == XSD.string else Literal(term.value, datatype=datatype, normalize=False)


def new_graph(statements: Iterable[Statement] = ()) -> Graph:
    """Return an rdflib graph in memory. On other stores pySHACL is slow, and on Oxigraph it is wrong."""
    graph = Graph(bind_namespaces="none")
    for statement in statements:
        graph.add(statement)
    return graph


def copy_of(data: Graph | Dataset) -> Graph:
    """Return the statements of a graph, or of all graphs of a dataset together, as a graph in memory."""
    if isinstance(data, Dataset):
        return new_graph((subject, predicate, _plain(object_)) for subject, predicate, object_, _ in data.quads())
    return new_graph((subject, predicate, _plain(object_)) for subject, predicate, object_ in data)


def _plain(term: Node) -> Node:
    return Literal(str(term)) if isinstance(term, Literal) and term.datatype == XSD.string else term
