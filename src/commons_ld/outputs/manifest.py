"""What lies beside the data: the manifest, and the ontology, context and shapes that the data follows."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from heapq import merge
from operator import itemgetter
from typing import BinaryIO, Final

import msgspec

from commons_ld.artefacts import artefact, artefacts
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.standing import StalePublicationError, Standing

__all__ = ["Row", "row", "taken_over", "write_artefacts", "write_manifest"]

#: What is told of a record, and before it the IRI, by which rows are sorted.
Row = tuple[bytes, bytes]

_NAME: Final = "manifest.json"
#: What a row begins with, as its IRI comes first.
_ROW: Final = b'{"iri":"'
#: What stands between rows, and after the end of the last one; and what is after every IRI.
_BETWEEN, _FOOT, _BEYOND = b",\n", b"]}\n", b"\xff"
#: How much is copied at once.
_PIECE: Final = 1 << 20


def row(told: Mapping[str, object]) -> Row:
    """Return a row.

    :param told: of a record its ``iri``, first, and what else is to be told of it
    """
    return str(told["iri"]).encode(), msgspec.json.encode(told)


def write_manifest(
    generation: Generation,
    rows: Iterable[Row],
    *,
    dataset: str,
    standing: Sequence[Standing] = (),
    starts: Sequence[str] = (),
) -> None:
    """Write ``manifest.json``: one record a line, sorted by IRI, in whatever order they come.

    :param rows: one a record
    :param dataset: the IRI of the dataset
    :param standing: of whose records there are no rows, as they are in the manifest before; see :func:`taken_over`
    :param starts: what the IRIs of records begin with, up to their names
    :raises PublicationError: if it cannot be written
    :raises StalePublicationError: if rows are to be taken over, and the manifest before is not as it was published
    """
    with generation.spool() as spool, generation.open(_NAME) as file, ExitStack() as opened:
        spool.add(rows)
        file.write(b'{"dataset":%b,"records":[' % msgspec.json.encode(dataset))
        separator = b"\n"
        before = opened.enter_context(_opened(generation)) if standing else None
        stretches = _standing(before, standing, starts) if before else iter(())
        for _, some in merge(((iri, iter([line])) for iri, line in spool), stretches, key=itemgetter(0)):
            file.write(separator)
            file.writelines(some)
            separator = _BETWEEN
        file.write(b"\n" + _FOOT)


def taken_over(generation: Generation, standing: Sequence[Standing]) -> Sequence[Standing]:
    """Return what stands, if the manifest before is as it was published, so that its rows can be taken over."""
    return standing if generation.untouched(_NAME) else ()


def _opened(generation: Generation) -> BinaryIO:
    path = generation.untouched(_NAME)
    if path is None:
        raise StalePublicationError  # it was as it was published when that was asked
    return path.open("rb")


def _standing(
    file: BinaryIO, standing: Sequence[Standing], starts: Sequence[str]
) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    """Yield the rows of records that stand, from the manifest before: those after each other at once, with an IRI."""
    file.readline()
    first, last = file.tell(), file.seek(-len(_FOOT), os.SEEK_END)
    for start in sorted(starts):
        at = first
        for one in standing:
            iri = f"{start}{one.first}".encode()
            at = _place(file, iri, at, last)
            # What comes after the letters of names ends what begins with all of these.
            end = _place(file, f"{start}{one.end or '~'}".encode(), at, last)
            if at < end:
                yield iri, _pieces(file, at, end)


def _place(file: BinaryIO, iri: bytes, first: int, last: int) -> int:
    """Return where the first row begins whose IRI is not before another one.

    :param first: where some row begins
    :param last: where the last one ends
    """

    def next_row(at: int) -> int:
        file.seek(at - 1)
        file.readline()
        return min(file.tell(), last)

    def next_iri(at: int) -> bytes:
        if next_row(at) == last:
            return _BEYOND
        row = file.readline()
        return row[len(_ROW) : row.index(b'"', len(_ROW))]

    return next_row(first + bisect_left(range(first, last), iri, key=next_iri))


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield rows as they stand, without what comes after the last one."""
    file.seek(end - len(_BETWEEN))
    end -= len(_BETWEEN) if file.read(len(_BETWEEN)) == _BETWEEN else 1
    for at in range(start, end, _PIECE):
        file.seek(at)
        yield file.read(min(_PIECE, end - at))


def write_artefacts(generation: Generation, concepts: str) -> None:
    """Copy ``ontology/`` and ``shapes/``, and put ``context.jsonld`` at the top, where the data looks for it.

    :param concepts: the Turtle of the archive's concepts, which stands in the place of those that come with commons-ld
    :raises ArtefactNotFound: if the installation lacks them
    :raises PublicationError: if they cannot be written
    """
    for folder in ("ontology", "shapes"):
        for path in artefacts(folder):
            data = concepts.encode() if path.name == "concepts.ttl" else path.read_bytes()
            generation.write(f"{folder}/{path.name}", data)
    generation.write("context.jsonld", artefact("ontology/context.jsonld").read_bytes())
