"""The second task: map, validate and describe the records of a shard, and write its N-Quads.

The same code does it as on one machine (:mod:`commons_ld.pipeline.converting`), page by page: the bytes are the same.
What is to be said of them all is counted on the way, and put together by the coordinator.
"""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final, NamedTuple

import msgspec

from commons_ld.cluster.places import Place
from commons_ld.cluster.sorting import Sorted
from commons_ld.cluster.taking import records_of
from commons_ld.cluster.tools import AT_WORK, Job, Tools
from commons_ld.cluster.words import cannot
from commons_ld.ledger import Page, Placed
from commons_ld.outputs.counting import Counted, Counts
from commons_ld.outputs.manifest import Row
from commons_ld.outputs.report import PageReport, mark
from commons_ld.outputs.stored import Encoded, encoded
from commons_ld.pipeline.converting import Findings
from commons_ld.pipeline.reporting import Tally, manifest_row

__all__ = ["Part", "Shard", "Told", "Written", "make", "name_of", "plan_of", "rows_of", "told_of", "write_shard"]

#: Pages that are mapped and validated together; parts of a file with less between them are read as one.
_CHUNK, _GAP = 50, 1 << 16
_PIECE: Final = 1 << 20


class Part(NamedTuple):
    """Where the plan tells what goes into a shard.

    :param number: of the shard
    :param start: in bytes
    :param end: in bytes
    """

    number: int
    start: int
    end: int


class Written(NamedTuple):
    """A file that was written.

    :param sha256: in hexadecimal
    """

    name: str
    size: int
    sha256: str


class Shard(NamedTuple):
    """A part of the N-Quads.

    :param records: how many are in it
    :param size: of the N-Quads, in bytes
    :param sha256: of the N-Quads, in hexadecimal
    :param files: that hold them, as they are or compressed
    """

    number: int
    records: int
    size: int
    sha256: str
    files: tuple[Written, ...]


class Told(msgspec.Struct, frozen=True):
    """What there is to tell of the records of a shard.

    :param shared: what they say of things that others speak of too, each statement once
    :param held: how many are held back, and how many are published
    :param pages: those that there is something to say of, as :meth:`commons_ld.outputs.stored.Stored.again` takes them
    """

    counted: Counted
    shared: tuple[bytes, ...]
    held: tuple[int, int]
    focus_nodes: dict[str, int]
    kinds: dict[str, int]
    pages: Encoded


def plan_of(folder: str) -> str:
    """Return the name of the file that tells what goes into each shard."""
    return f"{folder}/plan"


def told_of(folder: str, number: int) -> str:
    """Return the name of the file with what there is to tell of a shard."""
    return f"{folder}/shard-{number:06}.told"


def rows_of(folder: str, number: int) -> str:
    """Return the name of the file with the rows that the manifest has of a shard."""
    return f"{folder}/shard-{number:06}.rows"


def name_of(number: int) -> str:
    """Return the name of the N-Quads of a shard."""
    return f"dataset/{number:06}.nq"


def make(job: Job, folder: str, publication: str, part: Part) -> Shard:
    """Make a shard.

    :param folder: where the files of the work lie, below the place of the job
    :param publication: the folder of the publication there
    :param part: where the plan tells of it
    :raises ClusterError: if the place cannot be read or written to
    :raises MappingError: if a value of a record can be no RDF
    :raises ValidationFailure: if the validator breaks down
    """
    with AT_WORK:
        tools = Tools.of(job)
        number, start, end = part
        (plan,) = tools.place.ranges(plan_of(folder), [(start, end)])
        planned = msgspec.msgpack.decode(plan, type=list[Placed])
        work = _Work(tools)
        blocks = work.blocks(_pages(tools.place, folder, planned))
        shard = write_shard(tools.place, publication, number, blocks, tools.settings.output.compression)
        told = work.told()
        tools.place.write(told_of(folder, number), [msgspec.msgpack.encode(told)])
        tools.place.write(rows_of(folder, number), [msgspec.msgpack.encode(work.rows)])
        return shard._replace(records=told.held[0])


class _Work:
    """A shard, while it is made."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._shared: Final = Sorted()
        self._counts: Final = Counts(tools.policy, self._shared)
        self._tally: Final = Tally()
        #: Those of the manifest.
        self.rows: Final[list[Row]] = []
        self._pages: Final[list[PageReport]] = []

    def blocks(self, pages: Iterable[Sequence[Page]]) -> Iterator[bytes]:
        """Yield the blocks of the records that are published, each with its description."""
        decode = msgspec.msgpack.Decoder(Findings).decode
        for some in pages:
            for one in self._tools.conversion.convert(some):
                findings = decode(one.page.findings)
                self._tally.add(findings, held=one.page.held)
                if findings.page.has_something_to_say:
                    self._pages.append(findings.page)
                if not one.page.held:
                    self.rows.append(
                        manifest_row(one.page, findings.page.origin, findings.statements, self._tools.policy)
                    )
                    for block in (one.data, one.description):
                        self._counts.add(block)
                        yield block

    def told(self) -> Told:
        """Return what there is to tell, once all blocks went by."""
        held = self._tally.held
        return Told(
            self._counts.counted(),
            tuple(statement for statement, _ in self._shared),
            (held.get(False, 0), held.get(True, 0)),
            dict(self._tally.focus_nodes),
            dict(self._tally.kinds),
            encoded(self._pages, mark),
        )


def _pages(place: Place, folder: str, planned: Sequence[Placed]) -> Iterator[list[Page]]:
    """Yield the pages of a shard in their order, some at a time, with their records."""
    with tempfile.TemporaryFile() as file:
        at = _gather(place, folder, planned, file)
        for first in range(0, len(planned), _CHUNK):
            yield [_page(one, file, at[one.unit, one.start]) for one in planned[first : first + _CHUNK]]


def _gather(place: Place, folder: str, planned: Sequence[Placed], into: IO[bytes]) -> dict[tuple[int, int], int]:
    """Write the records of a shard into a file, unit by unit; return where each stands."""
    at: dict[tuple[int, int], int] = {}
    by_unit: dict[int, list[Placed]] = {}
    for one in planned:
        by_unit.setdefault(one.unit, []).append(one)
    for unit, records in by_unit.items():
        records.sort(key=lambda one: one.start)
        ranges: list[tuple[int, int]] = []
        for one in records:
            end = one.start + one.length
            if ranges and one.start - ranges[-1][1] <= _GAP:
                ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
            else:
                ranges.append((one.start, end))
        pieces = iter(place.ranges(records_of(folder, unit), ranges))
        start = end = offset = 0
        for one in records:
            if one.start >= end:
                offset = into.tell()
                start, end = ranges.pop(0)
                into.write(next(pieces))
            at[unit, one.start] = offset + one.start - start
    return at


def _page(one: Placed, file: IO[bytes], at: int) -> Page:
    file.seek(at)
    record = file.read(one.length)
    digest = hashlib.sha256(record)
    if digest.digest() != one.sha256:
        raise cannot(records_of("", one.unit), "tampered")
    return Page(
        key=one.key,
        path="",
        slug=one.slug,
        title=one.title,
        former_titles=one.former_titles,
        record=record,
        changed=True,
        subject="",
        sha256="",
        held=False,
        start=0,
        length=0,
        findings=b"",
        reader=one.reader,
        described=0,
        description_sha256="",
        record_sha256=digest.hexdigest(),
        renamed=False,
    )


def write_shard(place: Place, publication: str, number: int, blocks: Iterable[bytes], kinds: str) -> Shard:
    """Write the blocks of a shard as N-Quads, as they are or compressed or both, holding no more than one in memory.

    :param kinds: ``plain``, ``compressed`` or ``both``
    :raises ClusterError: if they cannot be written
    """
    digest, size, name = hashlib.sha256(), 0, name_of(number)
    # The whole is made first: a store is given what is known to be whole, and one file after the other.
    with tempfile.TemporaryFile() as file:
        for block in blocks:
            digest.update(block)
            size += len(block)
            file.write(block)
        files = []
        if kinds != "compressed":
            place.write(f"{publication}/{name}", _pieces(file))
            files.append(Written(name, size, digest.hexdigest()))
        if kinds != "plain":
            packed = _Digested(_packed(_pieces(file)))
            place.write(f"{publication}/{name}.gz", packed)
            files.append(Written(f"{name}.gz", packed.size, packed.digest.hexdigest()))
    return Shard(number, 0, size, digest.hexdigest(), tuple(files))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces as a file of gzip (RFC 1952), without a time and a name."""
    compressor = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    yield from (packed for piece in pieces if (packed := compressor.compress(piece)))
    yield compressor.flush()


class _Digested:
    """Pieces whose length and SHA-256 are known once they went by."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.size, self.digest = 0, hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            self.digest.update(piece)
            yield piece
