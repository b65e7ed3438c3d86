"""Compare a graph as it was published with what a store gives of it, statement by statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from commons_ld.stores.publication import Graph
from commons_ld.stores.values import changed_kind

__all__ = ["Change", "Comparison", "compare", "head_of", "object_of"]


class Change(NamedTuple):
    """A statement that gives the same value as one of a store, which is written in another way.

    :param kind: what :func:`commons_ld.stores.values.changed_kind` calls it
    :param sent: the statement as it was published; ``held`` as the store gives it
    """

    kind: str
    sent: bytes
    held: bytes


class Comparison(NamedTuple):
    """In what a store differs.

    :param lost: statements that are not there, as lines of N-Triples
    :param added: statements that are there besides
    :param changes: statements that are there with their value written in another way
    """

    lost: frozenset[bytes]
    added: frozenset[bytes]
    changes: tuple[Change, ...]

    @property
    def statements(self) -> int:
        """How many statements differ."""
        return len(self.lost) + len(self.added)


def compare(graph: Graph, held: Sequence[bytes]) -> Comparison:
    """Compare a graph with what is held of it.

    >>> graph = Graph("http://a/g", (b'<http://a/s> <http://a/p> "1" .', b'<http://a/s> <http://a/p> "2" .'))
    >>> compare(graph, [b'<http://a/s> <http://a/p> "2" .', b'<http://a/s> <http://a/p> "3" .']).statements
    2
    """
    lost, added = set(graph.triples) - set(held), set(held) - set(graph.triples)
    changes: list[Change] = []
    besides = defaultdict(list)
    for line in sorted(added):
        besides[head_of(line)].append(line)
    for line in sorted(lost):
        for other in besides[head_of(line)]:
            if other in added and (kind := changed_kind(object_of(line), object_of(other))):
                changes.append(Change(kind, line, other))
                lost.discard(line)
                added.discard(other)
                break
    return Comparison(frozenset(lost), frozenset(added), tuple(changes))


def head_of(line: bytes) -> bytes:
    """Return the subject and the property of a statement, given as a line of N-Triples."""
    return b" ".join(line.split(b" ", 2)[:2])


def object_of(line: bytes) -> bytes:
    """Return the object of a statement, given as a line of N-Triples."""
    return line.split(b" ", 2)[2].removesuffix(b" .")
