"""The first task: read a unit of the sources, withhold personal data, and put the records where the second finds them.

The records of a unit lie in the order of the names in IRIs that their titles have, so that what goes into one shard
lies together. What the coordinator has to know of them lies beside: an entry a record, and what was refused, in the
order in which they were read.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import IO, BinaryIO, NamedTuple, cast

import msgspec
from msgspec.structs import replace

from commons_ld.cluster.places import Place
from commons_ld.cluster.tools import AT_WORK, Job, Tools
from commons_ld.cluster.units import File, OwnLines, Unit, local, opened
from commons_ld.errors import Reject, SourceError
from commons_ld.origin import Origin
from commons_ld.outputs.report import Refusal
from commons_ld.pipeline.receiving import Receiving, Taken, is_page, read_records
from commons_ld.pipeline.smw_exports import Exports
from commons_ld.privacy import Policy
from commons_ld.record import MediaRecord

__all__ = ["Entry", "Index", "Refused", "Took", "index_of", "put_aside", "records_of", "take"]


class Entry(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """What the coordinator has to know of a record.

    :param file: which file of the unit it is of
    :param key: what its page is known by from run to run
    :param slug: of its title
    :param called: what a person is told that it is called
    :param name: what exports would find it by
    :param sha256: of its record
    :param start: where its record begins among those of the unit, in bytes
    """

    file: int
    key: str
    title: str
    slug: str
    called: str
    origin: Origin
    name: str
    sha256: bytes
    start: int
    length: int


class Refused(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """What was refused of a file of the unit."""

    file: int
    refusal: Refusal


#: What was read, in its order.
Index = list[Entry | Refused]


class Took(NamedTuple):
    """What a task tells that took a unit in: the rest lies in files.

    :param records: how many there are
    :param size: how much was read, in bytes
    """

    number: int
    records: int
    size: int


def records_of(folder: str, number: int) -> str:
    """Return the name of the file with the records of a unit."""
    return f"{folder}/taken-{number:06}.records"


def index_of(folder: str, number: int) -> str:
    """Return the name of the file that tells what records there are."""
    return f"{folder}/taken-{number:06}.index"


def take(job: Job, folder: str, policy: Policy, item: tuple[int, Unit]) -> Took:
    """Take a unit in.

    :param folder: where the files of the work lie, below the place of the job
    :param policy: what is withheld; it comes with the task, since digests of names to be forgotten are for no file
    :param item: the number of the unit, and the unit
    :raises ClusterError: if the unit cannot be read here, or the place cannot be written to
    """
    number, unit = item
    with AT_WORK:
        tools = Tools.of(job)
        found = _found(unit, Receiving(tools.settings, policy), policy, tools.exports)
        return put_aside(tools.place, folder, number, found)._replace(size=unit.size)


def put_aside(place: Place, folder: str, number: int, found: Iterable[tuple[int, Taken | Refusal]]) -> Took:
    """Write the records of a unit, and what the coordinator has to know of them.

    :param number: of the unit
    :param found: which file of the unit each is of, and what was made of it
    :raises ClusterError: if the place cannot be written to
    """
    index: Index = []
    with tempfile.TemporaryFile() as file:
        for place_in_unit, one in found:
            if isinstance(one, Refusal):
                index.append(Refused(place_in_unit, one))
            else:
                index.append(_entry(place_in_unit, one, file.tell()))
                file.write(one.record)
        records = sorted((one for one in index if isinstance(one, Entry)), key=lambda one: (one.slug, one.start))
        place.write(records_of(folder, number), (_at(file, one) for one in records))
    ends = accumulate(one.length for one in records)
    starts = {one.start: end - one.length for one, end in zip(records, ends, strict=True)}
    placed = [replace(one, start=starts[one.start]) if isinstance(one, Entry) else one for one in index]
    place.write(index_of(folder, number), [msgspec.msgpack.encode(placed)])
    return Took(number, len(records), 0)


def _entry(file: int, one: Taken, start: int) -> Entry:
    digest = hashlib.sha256(one.record).digest()
    return Entry(file, one.key, one.title, one.slug, one.called, one.origin, one.name, digest, start, len(one.record))


def _at(file: IO[bytes], one: Entry) -> bytes:
    file.seek(one.start)
    return file.read(one.length)


def _found(unit: Unit, receiving: Receiving, policy: Policy, exports: Exports) -> Iterator[tuple[int, Taken | Refusal]]:
    for number, file in enumerate(unit.files):
        refused: list[Refusal] = []

        def reject(error: SourceError, into: list[Refusal] = refused) -> None:
            into.append(receiving.refusal(error))

        for record in _records(unit, file, reject):
            yield from ((number, refusal) for refusal in refused)
            refused.clear()
            raw = receiving.raw(record, file.found)
            if is_page(record, file.found):
                raw = raw._replace(record=exports.merged(record)[0])
            one = receiving.taken(raw)
            if not policy.suppressed.holds_page(one.key, one.slug):
                yield number, one
        yield from ((number, refusal) for refusal in refused)


def _records(unit: Unit, file: File, reject: Reject) -> Iterator[MediaRecord]:
    if unit.end and file.found.source is not None:
        origin = Origin(file.name, line=unit.line)
        with opened(file) as stream:
            lines = cast("BinaryIO", OwnLines(stream, unit.start, unit.end))
            yield from file.found.source.read(lines, origin=origin, reject=reject)
    else:
        with local(file) as found:
            yield from read_records(found, reject)
