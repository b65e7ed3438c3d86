r"""Statements taken apart once, for whatever is written of them: what is said of each thing, property by property.

>>> (thing,) = things([b'<http://a/s> <http://a/p> "1"', b'<http://a/s> <http://a/p> "2"'])
>>> thing.subject, thing.said
(b'<http://a/s>', [(b'<http://a/p>', [b'"1"', b'"2"'])])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

__all__ = ["Thing", "grouped", "statements_of", "things", "things_of"]


class Thing(NamedTuple):
    """What is said of a subject; terms as canonical N-Triples has them.

    :param said: properties in their order, each with its values in theirs; one whose statements stand apart is there
        more than once
    """

    subject: bytes
    said: list[tuple[bytes, list[bytes]]]


def things_of(block: bytes) -> list[Thing]:
    r"""Return what a block of canonical N-Quads says, which is of one named graph.

    >>> [thing.said for thing in things_of(b'<http://a/s> <http://a/p> "1" <http://a/g> .\n')]
    [[(b'<http://a/p>', [b'"1"'])]]
    """
    end = block.rindex(b" <") - len(block)
    # No literal holds the end of a line.
    return list(things([line[: end + 1] for line in block.split(b"\n")[:-1]]))


def things(statements: Iterable[bytes]) -> Iterator[Thing]:
    """Yield what statements say of each subject; one whose statements stand apart comes more than once.

    :param statements: canonical N-Triples, each without its end
    """
    return grouped(map(bytes.split, statements, repeat(b" "), repeat(2)))


def grouped(statements: Iterable[Sequence[bytes]]) -> Iterator[Thing]:
    """Yield the same of statements that are taken apart already: subject, property and value of each."""
    subject = predicate = b""
    said: list[tuple[bytes, list[bytes]]] = []
    values: list[bytes] = []
    for own, property_, value in statements:
        if own != subject:
            if said:
                yield Thing(subject, said)
            subject, said = own, []
        elif property_ == predicate:
            values.append(value)
            continue
        predicate, values = property_, [value]
        said.append((property_, values))
    if said:
        yield Thing(subject, said)


def statements_of(thing: Thing) -> list[bytes]:
    """Return what is said of a thing as canonical N-Triples, each without its end.

    >>> statements_of(Thing(b"<http://a/s>", [(b"<http://a/p>", [b'"1"', b'"2"'])]))
    [b'<http://a/s> <http://a/p> "1"', b'<http://a/s> <http://a/p> "2"']
    """
    return [b" ".join((thing.subject, property_, value)) for property_, values in thing.said for value in values]
