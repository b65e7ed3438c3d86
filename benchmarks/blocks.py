"""Our own side: JSON Lines in, N-Quads out, a block a record.

``python -m benchmarks.blocks IN.jsonl OUT.nq`` is the process that is compared with its peers: records that were
checked before are decoded, mapped, hashed and written. With ``--reader`` they come through the reader of the
package, which trusts nothing. With ``--two-processes`` the work is shared, and each part of the file is written
into a file of its own, ``OUT.nq.00`` and so on, as shards are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.records import archive
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.mapping.tokens import decode
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord

__all__ = ["BUFFER", "known_records", "map_records", "read_records", "shards"]

#: About half a megabyte a write is cheapest: more leaves the cache of the processor.
BUFFER: Final = 1 << 19
#: About a quarter of a megabyte a read takes half of what the usual eight kilobytes do.
_READ: Final = 1 << 18
#: How many parts a file is shared in.
_PARTS: Final = 16


class _Line(MediaRecord, frozen=True, kw_only=True, omit_defaults=True):
    """A record of a file that tells no origins."""

    origin: Origin = Origin("records.jsonl")


def read_records(path: Path) -> Iterator[MediaRecord]:
    """Yield the records of a file of JSON Lines that :mod:`benchmarks.records` wrote, with their texts."""
    decode = msgspec.json.Decoder(_Line).decode
    with path.open("rb", buffering=_READ) as lines:
        for line in lines:
            yield decode(line)


def known_records(path: Path, start: int = 0, end: int = sys.maxsize) -> Iterator[MediaRecord]:
    """Yield the records of a file of JSON Lines that were checked before.

    :param start: where the first one begins
    :param end: where no other one begins
    """
    with path.open("rb", buffering=_READ) as lines:
        lines.seek(start)
        for line in lines:
            yield decode(line)
            start += len(line)
            if start >= end:
                return


def map_records(source: Path, target: Path, *, checked: bool = False, processes: int = 1) -> None:
    """Map a file of JSON Lines to a file of N-Quads, or to several.

    :param checked: whether the records come through the reader of the package
    :param processes: how many share the work; with more than one, :func:`shards` are written
    """
    mapper = Mapper(archive(), Concepts.load(artefact("ontology/concepts.ttl")))
    if processes == 1:
        _write(mapper, _checked_records(source) if checked else known_records(source), target)
        return
    # Not at the top: it takes time, and one process needs none of it.
    from multiprocessing import get_context

    starts = _starts(source)
    parts = list(zip(shards(target), starts, [*starts[1:], source.stat().st_size], strict=True))
    # A process that is forked has the mapper already; nothing else runs in this one.
    fork = get_context("fork").Process
    workers = [fork(target=_write_parts, args=(mapper, source, parts[first::processes])) for first in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        sys.exit("a process failed")


def shards(target: Path) -> list[Path]:
    """Return the files that several processes write, in the order of the records."""
    return [target.with_name(f"{target.name}.{part:02}") for part in range(_PARTS)]


def _starts(source: Path) -> list[int]:
    """Return where the parts of a file begin."""
    size = source.stat().st_size
    starts = [0]
    with source.open("rb") as lines:
        for part in range(1, _PARTS):
            lines.seek(max(size * part // _PARTS, starts[-1]))
            lines.readline()
            starts.append(lines.tell())
    return starts


def _write_parts(mapper: Mapper, source: Path, parts: Iterable[tuple[Path, int, int]]) -> None:
    for target, start, end in parts:
        _write(mapper, known_records(source, start, end) if start < end else (), target)


def _write(mapper: Mapper, records: Iterable[MediaRecord], target: Path) -> None:
    with target.open("wb", buffering=BUFFER) as out:
        for record in records:
            block = mapper.block(record, record.identifier)
            out.write(block.data)
            _ = block.sha256  # is made when it is asked for, as a publication does


def _checked_records(path: Path) -> Iterator[MediaRecord]:
    from commons_ld.sources.json_records import read_json_lines

    with path.open("rb", buffering=_READ) as lines:
        yield from read_json_lines(lines, origin=Origin(path.name))


if __name__ == "__main__":
    map_records(
        *map(Path, sys.argv[1:3]), checked="--reader" in sys.argv, processes=2 if "--two-processes" in sys.argv else 1
    )
