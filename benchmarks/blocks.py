"""Our own side: JSON Lines in, N-Quads out, a block a record.

``python -m benchmarks.blocks IN.jsonl OUT.nq`` is the process that is compared with its peers: records that were
checked before are decoded, mapped, hashed and written. With ``--reader`` they come through the reader of the
package, which trusts nothing. ``python -m benchmarks.blocks IN.jsonl`` prints how many seconds the mapping alone
takes, of records in memory.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.records import archive
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.tokens import decode

__all__ = ["map_records", "read_records"]

#: About half a megabyte a write is cheapest: more leaves the cache of the processor.
_BUFFER: Final = 1 << 19


class _Line(MediaRecord, frozen=True, kw_only=True, omit_defaults=True):
    """A record of a file that tells no origins."""

    origin: Origin = Origin("records.jsonl")


def read_records(path: Path) -> Iterator[MediaRecord]:
    """Yield the records of a file of JSON Lines that :mod:`benchmarks.records` wrote, with their texts."""
    decode = msgspec.json.Decoder(_Line).decode
    with path.open("rb") as lines:
        for line in lines:
            yield decode(line)


def map_records(source: Path, target: Path, *, checked: bool = False) -> None:
    """Map a file of JSON Lines to a file of N-Quads.

    :param checked: whether the records come through the reader of the package
    """
    mapper = _mapper()
    with target.open("wb", buffering=_BUFFER) as out:
        for record in _checked_records(source) if checked else _known_records(source):
            out.write(mapper.block(record, record.identifier).data)


def _known_records(path: Path) -> Iterator[MediaRecord]:
    with path.open("rb") as lines:
        yield from map(decode, lines)


def _checked_records(path: Path) -> Iterator[MediaRecord]:
    from commons_ld.sources.json_records import read_json_lines

    with path.open("rb") as lines:
        yield from read_json_lines(lines, origin=Origin(path.name))


def _seconds_in_memory(source: Path) -> float:
    mapper, records = _mapper(), list(read_records(source))
    start = time.perf_counter()
    for record in records:
        mapper.block(record, record.identifier)
    return time.perf_counter() - start


def _mapper() -> Mapper:
    return Mapper(archive(), Concepts.load(artefact("ontology/concepts.ttl")))


if __name__ == "__main__":
    paths = [Path(argument) for argument in sys.argv[1:] if argument != "--reader"]
    if len(paths) == 2:
        map_records(*paths, checked="--reader" in sys.argv)
    else:
        print(_seconds_in_memory(*paths))
