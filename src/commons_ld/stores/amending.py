"""Find the statements in which graphs differ from what a store holds of them, where these are few.

A store that is sent those alone writes less than for whole graphs: Jena TDB2, which writes anew each block of its trees
that one statement falls into, a small part. What a subject says by one property is replaced together, since Virtuoso 7
does not take away a text in a language that it is told as data, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from commons_ld.rdf.namespaces import expand
from commons_ld.stores import updates
from commons_ld.stores.comparing import compare, head_of, object_of
from commons_ld.stores.pace import SURE
from commons_ld.stores.publication import Graph

__all__ = ["Amendment", "amendments", "is_amended", "portions"]

_DURATION: Final = f"^^<{expand('xsd:duration')}> .".encode()


class Amendment(NamedTuple):
    """How a graph comes to be as it was published.

    :param heads: subjects with a property, of which all that the store holds is taken away first
    :param put: what is put there then, under the graph's name
    """

    graph: Graph
    heads: tuple[bytes, ...]
    put: Graph

    @property
    def size(self) -> int:
        """The bytes that this takes in a request, but for names of graphs."""
        return updates.size_of(self.heads) + updates.size_of(self.put.triples)

    @property
    def statements(self) -> int:
        """How much it is, in statements."""
        return len(self.heads) + len(self.put.triples)


def amendments(graphs: Sequence[Graph], held: Mapping[str, Sequence[bytes]]) -> Iterator[Amendment]:
    """Yield how graphs come to be as they were published, where that is less than to send them whole.

    :param held: their statements in the store, by IRI
    """
    for graph in graphs:
        found = compare(graph, held.get(graph.iri, ()))
        # A value that is written in another way may have been published so before.
        others = {change.held for change in found.changes if not _is_of_the_store(change.held)}
        heads = {head_of(line) for line in found.added | others}
        put = tuple(line for line in graph.triples if line in found.lost or head_of(line) in heads)
        amendment = Amendment(graph, tuple(sorted(heads)), Graph(graph.iri, put))
        has_blank = any(head.startswith(b"_:") for head in heads)
        if amendment.statements < len(graph.triples) and not has_blank and _is_one_request([amendment]):
            yield amendment


def portions(some: Sequence[Amendment]) -> Iterator[Sequence[Amendment]]:
    """Yield amendments that go into one request together."""
    if len(some) < 2 or _is_one_request(some):
        if some:
            yield some
        return
    yield from portions(some[: len(some) // 2])
    yield from portions(some[len(some) // 2 :])


def is_amended(amendment: Amendment, held: Mapping[str, Sequence[bytes]]) -> bool:
    """Tell whether a store holds a graph as it was published, each value in whatever way it writes it."""
    return compare(amendment.graph, held.get(amendment.graph.iri, ())).statements == 0


def _is_one_request(some: Sequence[Amendment]) -> bool:
    return sum(one.statements for one in some) <= SURE and sum(one.size for one in some) <= updates.MOST_BYTES


def _is_of_the_store(line: bytes) -> bool:
    """Tell whether a store has its own way of writing a value: Virtuoso 7, of durations."""
    return line.endswith(_DURATION) and not object_of(line).startswith((b'"P', b'"-P'))
