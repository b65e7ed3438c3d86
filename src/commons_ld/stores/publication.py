"""The named graphs of a publication, read from its N-Quads one after the other.

Whatever the size of the file, one graph of it is in memory at a time: they hold the statements of each
graph together, in an order that depends on nothing but them, so that the hash of its lines is the graph's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import PublicationError
from commons_ld.rdf.n_quads import BROKEN, NQuads, n_quads_of, opened
from commons_ld.stores.words import said

__all__ = ["LONG", "Graph", "Place", "dump_of", "places", "places_within", "read", "together"]

#: Characters of an IRI that every store was seen to keep; Virtuoso 7 cuts off what comes after 1,879, and says nothing.
LONG: Final = 1000

_END: Final = b" .\n"
#: What is read of a store at once: Virtuoso cuts off what comes after 10,000 rows, and says nothing.
_MOST_ROWS: Final = 5000
_MOST_BYTES: Final = 4_000_000
_MOST_GRAPHS: Final = 100


class Place(NamedTuple):
    """Where one named graph stands in a dump, and what it is known by.

    :param sha256: of its lines, as hexadecimal digits
    :param offset: of its first line, in bytes; ``length`` in bytes too
    :param longest: the longest IRI in it, where that has more than :data:`LONG` characters
    """

    iri: str
    sha256: str
    statements: int
    offset: int
    length: int
    longest: str = ""


class Graph(NamedTuple):
    """One named graph.

    :param triples: its statements as lines of canonical N-Triples, in the order of the dump
    """

    iri: str
    triples: tuple[bytes, ...]


def dump_of(out: Path) -> Path:
    """Return the N-Quads of a publication, which are compressed if they are published in no other way.

    :raises PublicationError: if there is none
    """
    path = n_quads_of(out)
    if not path.is_file():
        raise PublicationError(out, said("no-dump"))
    return path


def places(dump: Path) -> Iterator[Place]:
    """Yield the graphs of a dump in its order; one that stands in two places is yielded twice.

    :raises PublicationError: if it cannot be read, or is none that was published by commons-ld
    """
    try:
        with opened(dump) as lines:
            yield from _places(dump, lines, 0)
    except BROKEN as error:
        raise PublicationError(dump, said("unreadable", _why(error))) from error


def places_within(dump: Path, parts: Iterable[tuple[int, int]]) -> Iterator[tuple[Place, ...]]:
    """Yield the graphs of parts of a dump, which begin and end where graphs do.

    :param parts: where each begins, in bytes, and how long it is
    :raises PublicationError: as :func:`places` does
    """
    try:
        with NQuads(dump) as n_quads:
            for start, length in parts:
                yield tuple(_places(dump, n_quads.read(start, length).splitlines(keepends=True), start))
    except BROKEN as error:
        raise PublicationError(dump, said("unreadable", _why(error))) from error


def _places(dump: Path, lines: Iterable[bytes], offset: int) -> Iterator[Place]:
    name, digest, statements, begun, longest = b"", hashlib.sha256(), 0, offset, ""
    number = 1

    def place() -> Place:
        return Place(name[1:-1].decode("ascii"), digest.hexdigest(), statements, begun, offset - begun, longest)

    try:
        for line in lines:
            graph = line[_split(line) : -len(_END)]
            if graph != name:
                if name:
                    yield place()
                name, digest, statements, begun, longest = graph, hashlib.sha256(), 0, offset, ""
            digest.update(line)
            statements += 1
            offset += len(line)
            number += 1
            if len(line) > LONG:
                longest = max(longest, _longest(line), key=len)
        if name:
            yield place()
    except ValueError as error:
        raise PublicationError(dump, said("bad-dump", number)) from error


def read(dump: Path, wanted: Iterator[Place]) -> Iterator[Graph]:
    """Yield graphs of a dump, given where they stand.

    :raises PublicationError: if the dump is not what it was when :func:`places` read it
    """
    try:
        with NQuads(dump) as n_quads:
            for place in wanted:
                block = n_quads.read(place.offset, place.length)
                if hashlib.sha256(block).hexdigest() != place.sha256:
                    raise PublicationError(dump, said("dump-changed"))
                lines = block.split(b"\n")[:-1]
                yield Graph(place.iri, tuple(line[: _split(line + b"\n") - 1] + b" ." for line in lines))
    except OSError as error:
        raise PublicationError(dump, said("unreadable", _why(error))) from error


def together(places: Iterable[Place], most: int = _MOST_GRAPHS) -> Iterator[tuple[Place, ...]]:
    """Yield graphs that are read of a store together, all in one answer.

    :param most: how many of them
    """
    batch: list[Place] = []
    rows = size = 0
    for place in places:
        is_full = rows + place.statements > _MOST_ROWS or size + place.length > _MOST_BYTES
        if batch and (is_full or len(batch) == most):
            yield tuple(batch)
            batch, rows, size = [], 0, 0
        batch.append(place)
        rows += place.statements
        size += place.length
    if batch:
        yield tuple(batch)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _longest(line: bytes) -> str:
    """Return the longest IRI of a statement, if it is a long one."""
    subject, predicate, rest = line.split(b" ", 2)
    object_ = rest[: rest.rfind(b" ", 0, -len(_END))]
    datatype = object_.rpartition(b'"^^')[2]
    # What follows the last mark of a datatype may be the end of a text: then it ends in a quote, or in a language.
    iris = (subject, predicate, *(term for term in (object_, datatype) if term[:1] == b"<" and term[-1:] == b">"))
    found = max(iris, key=len)[1:-1].decode()
    return found if len(found) > LONG else ""


def _split(line: bytes) -> int:
    """Return where the graph label begins; an IRI holds no space (https://www.w3.org/TR/n-quads/#grammar-production-IRIREF)."""
    start = line.rfind(b" ", 0, -len(_END)) + 1
    is_quad = line.endswith(b"> .\n") and line[start : start + 1] == b"<" and line.count(b" ", 0, start) >= 3
    if not is_quad or line[:1] != b"<":
        raise ValueError("a line that is no statement about IRIs in a named graph")
    return start
