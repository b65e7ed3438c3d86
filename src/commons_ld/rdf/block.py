"""A block: the graph of one record as canonical N-Quads, sorted, without blank nodes, in one named graph."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from commons_ld.record import Remark

__all__ = ["Block", "Candidate", "Key", "Lines", "Outline", "Values", "again"]

#: What a node's lines are made of, in their order; a text may be a token of JSON that nobody decoded.
Parts = Sequence[bytes | msgspec.Raw]


class Candidate(NamedTuple):
    """A label of a page that is no known concept, and was made one that awaits a decision.

    :param facet: the field it stood in
    :param nearest: the known label it resembles most, or ``""``
    """

    label: str
    facet: str
    iri: str
    nearest: str


#: What nodes have in common: the kind of node, and of each row of the crosswalk what kind of term it has, if any.
Key = tuple[Hashable, ...]
#: What a node says with the predicates that are to be looked at.
Values = Mapping[bytes, Sequence[bytes]]


class Outline(NamedTuple):
    """The nodes of a block.

    :param of: who asked for it
    :param nodes: the term of each, its key and its values; a node that was described twice stands there twice
    :param parts: the parts of the lines of each, by its term
    """

    of: object
    nodes: Sequence[tuple[bytes, Key, Values]]
    parts: Mapping[bytes, Parts]


class Lines:
    """The lines of a block, put together and hashed when that is first asked for: not all blocks are looked at.

    :param nodes: for each subject, in any order, the parts of its lines; these lines sorted and distinct

    >>> Lines({b"<a:b>": [b"<a:b> <a:p> ", b"<a:o> <a:g> .\\n"], b"<a:a>": [b"<a:a> <a:p> <a:o> <a:g> .\\n"]}).data
    b'<a:a> <a:p> <a:o> <a:g> .\\n<a:b> <a:p> <a:o> <a:g> .\\n'
    """

    __slots__ = ("_data", "_nodes", "_sha256")

    def __init__(self, nodes: Mapping[bytes, Parts]) -> None:
        self._nodes: Final = nodes
        self._data: bytes | None = None
        self._sha256 = ""

    @property
    def data(self) -> bytes:
        """All of them."""
        if self._data is None:
            parts: list[bytes | msgspec.Raw] = []
            # The order of whole lines, got by sorting less: no subject is the beginning of another one.
            for node in sorted(self._nodes):
                parts += self._nodes[node]
            self._data = b"".join(parts)
        return self._data

    def but(self, own: tuple[bytes, ...]) -> bytes:
        """Return the lines of the nodes whose terms begin with none of ``own``."""
        return b"".join(
            [part for node in sorted(self._nodes) if not node.startswith(own) for part in self._nodes[node]]
        )

    @property
    def sha256(self) -> str:
        """Of ``data``, in hexadecimal."""
        if not self._sha256:
            self._sha256 = sha256(self.data).hexdigest()
        return self._sha256

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lines) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)


class Block(NamedTuple):
    """The graph of one record.

    :param graph: the IRI of its named graph
    :param subject: the IRI of the record
    :param lines: its statements
    :param remarks: what to tell the publisher about values of the record
    :param others: the same in the other syntaxes that were asked for, each in pieces
    :param outline: what was noted of its nodes, if somebody asked for it
    """

    graph: str
    subject: str
    lines: Lines
    remarks: tuple[Remark, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    others: tuple[Sequence[bytes], ...] = ()
    outline: Outline | None = None

    @property
    def data(self) -> bytes:
        """Its statements, canonical N-Quads."""
        return self.lines.data

    @property
    def sha256(self) -> str:
        """Of ``data``, in hexadecimal: the version of the record."""
        return self.lines.sha256

    @property
    def statements(self) -> int:
        """How many statements it holds."""
        return self.data.count(b"\n")

    @classmethod
    def of_triples(cls, graph: str, subject: str, triples: Iterable[bytes]) -> Block:
        """Return the block of some statements, in any order.

        :param triples: each as canonical N-Triples, without its end: ``<s> <p> "o"``
        """
        tail = b" <%b> .\n" % graph.encode()
        return cls(graph, subject, Lines({b"": sorted({triple + tail for triple in triples})}))


def again(first: Parts, second: Parts) -> list[bytes]:
    """Return the lines of a node that two descriptions were made of, such as a guest who is an author too."""
    lines = {*b"".join(first).splitlines(keepends=True), *b"".join(second).splitlines(keepends=True)}
    return sorted(lines)
