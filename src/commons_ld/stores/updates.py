"""What is sent to a store, as text of SPARQL 1.1: the one module that writes it.

Terms come from the dump, where each has the form of canonical N-Triples, which SPARQL reads alike
(https://www.w3.org/TR/sparql11-query/#rTriplesBlock); names and texts of our own are checked before they are put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from commons_ld.iris import IriPolicy
from commons_ld.stores.publication import Graph
from commons_ld.syntax import is_iri

__all__ = [
    "MOST_BYTES",
    "MOST_GRAPHS",
    "MOST_STATEMENTS",
    "Ledger",
    "chunks",
    "counts",
    "delete",
    "drop",
    "forget",
    "hashes_after",
    "insert",
    "move",
    "size_of",
    "together",
    "value",
]

#: What one request holds at most. Virtuoso refuses 5,000 statements; each of these is whole for who reads meanwhile.
MOST_STATEMENTS: Final = 2000
MOST_BYTES: Final = 1_000_000
MOST_GRAPHS: Final = 100

_OWN_TEXT: Final = re.compile(r"[0-9A-Za-z.-]{1,200}")


class Ledger(NamedTuple):
    """The graph in which a store remembers what was loaded into it, and by whom it is being loaded.

    :param graph: its IRI

    >>> Ledger.of("https://example.org/").sha256
    'https://example.org/graph/ledger/sha256'
    """

    graph: str

    @classmethod
    def of(cls, base_iri: str) -> Ledger:
        """Return the ledger of an archive."""
        return cls(IriPolicy(base_iri).mint("graph", "ledger"))

    @property
    def sha256(self) -> str:
        """The property that gives the hash of a graph."""
        return f"{self.graph}/sha256"

    @property
    def holder(self) -> str:
        """The property that gives who is loading."""
        return f"{self.graph}/holder"

    @property
    def beat(self) -> str:
        """The property that gives the last thing that was done by who is loading."""
        return f"{self.graph}/beat"

    @property
    def staging(self) -> str:
        """The graph in which one that is too large for a request is put together."""
        return f"{self.graph}/staging"

    def hashes(self, known: Mapping[str, str]) -> Graph:
        """Return what the ledger says when it holds the hashes of graphs."""
        return self._says((iri, self.sha256, text) for iri, text in known.items())

    def held_by(self, name: str) -> Graph:
        """Return what it says when somebody is loading."""
        return self._says([(self.graph, self.holder, name)])

    def beating(self, name: str) -> Graph:
        """Return what it says of the last thing that was done."""
        return self._says([(self.graph, self.beat, name)])

    def _says(self, statements: Iterable[tuple[str, str, str]]) -> Graph:
        return Graph(self.graph, tuple(f"{_iri(s)} {_iri(p)} {_text(o)} .".encode() for s, p, o in statements))


def together(*operations: str) -> str:
    """Return one request of several operations; what is empty is left out."""
    return " ;\n".join(operation for operation in operations if operation)


def insert(graphs: Iterable[Graph]) -> str:
    r"""Return an operation that adds statements.

    >>> insert([Graph("http://a/g", (b'<http://a/s> <http://a/p> "x" .',))])
    'INSERT DATA {\nGRAPH <http://a/g> {\n<http://a/s> <http://a/p> "x" .\n}\n}'
    """
    return _data("INSERT DATA", graphs)


def delete(graphs: Iterable[Graph]) -> str:
    """Return an operation that takes statements away."""
    return _data("DELETE DATA", graphs)


def _data(verb: str, graphs: Iterable[Graph]) -> str:
    parts = [
        f"GRAPH {_iri(graph.iri)} {{\n" + b"\n".join(graph.triples).decode() + "\n}"
        for graph in graphs
        if graph.triples
    ]
    return f"{verb} {{\n" + "\n".join(parts) + "\n}" if parts else ""


def forget(ledger: Ledger, iris: Iterable[str]) -> str:
    """Return operations that take away whatever the ledger knows of graphs."""
    graph, sha256 = _iri(ledger.graph), _iri(ledger.sha256)
    return together(*(f"DELETE WHERE {{ GRAPH {graph} {{ {_iri(iri)} {sha256} ?h }} }}" for iri in iris))


def drop(iris: Iterable[str]) -> str:
    """Return operations that remove graphs, be they there or not.

    >>> drop(["http://a/g"])
    'DROP SILENT GRAPH <http://a/g>'
    """
    return together(*(f"DROP SILENT GRAPH {_iri(iri)}" for iri in iris))


def move(source: str, target: str) -> str:
    """Return an operation that puts one graph in the place of another."""
    return f"MOVE SILENT GRAPH {_iri(source)} TO GRAPH {_iri(target)}"


def counts(iris: Iterable[str]) -> str:
    """Return a query for the number of statements of graphs, ``?g`` and ``?n``, without those that are not there."""
    named = " ".join(map(_iri, iris))
    return f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ VALUES ?g {{ {named} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"


def hashes_after(ledger: Ledger, last: str, limit: int) -> str:
    """Return a query for a part of what the ledger knows: ``?g``, ``?n`` hashes of it, and one of them as ``?hash``."""
    after = f'FILTER(STR(?g) > "{_checked(last)}")' if last else ""
    return (
        f"SELECT ?g (COUNT(?h) AS ?n) (MIN(?h) AS ?hash) WHERE {{ GRAPH {_iri(ledger.graph)} "
        f"{{ ?g {_iri(ledger.sha256)} ?h }} {after} }} GROUP BY ?g ORDER BY ?g LIMIT {limit}"
    )


def value(ledger: Ledger, property_: str) -> str:
    """Return a query for what the ledger says of itself, as ``?v``."""
    graph = _iri(ledger.graph)
    return f"SELECT ?v WHERE {{ GRAPH {graph} {{ {graph} {_iri(property_)} ?v }} }}"


def chunks(graph: Graph) -> Iterator[Graph]:
    """Yield the parts of a graph that go into one request each.

    >>> big = Graph("http://a/g", (b"<http://a/s> <http://a/p> 1 .",) * 4500)
    >>> [len(part.triples) for part in chunks(big)]
    [2000, 2000, 500]
    """
    part: list[bytes] = []
    size = 0
    for triple in graph.triples:
        if part and (len(part) == MOST_STATEMENTS or size + len(triple) > MOST_BYTES):
            yield Graph(graph.iri, tuple(part))
            part, size = [], 0
        part.append(triple)
        size += len(triple) + 1
    if part:
        yield Graph(graph.iri, tuple(part))


def size_of(triples: Sequence[bytes]) -> int:
    """Return how many bytes statements take in a request."""
    return sum(map(len, triples)) + len(triples)


def _checked(iri: str) -> str:
    if not iri or not is_iri(iri):
        raise ValueError(f"{iri!r} is no IRI")
    return iri


def _iri(iri: str) -> str:
    return f"<{_checked(iri)}>"


def _text(text: str) -> str:
    if not _OWN_TEXT.fullmatch(text):
        raise ValueError(f"{text!r} is no text of ours")
    return f'"{text}"'
