"""Our own side: JSON Lines in, N-Quads out, a block a record.

``python -m benchmarks.blocks IN.jsonl OUT.nq`` is the process that is compared with its peers.
``python -m benchmarks.blocks IN.jsonl`` maps records that are in memory and prints the seconds that takes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.records import archive
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.iris import slug
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources.json_records import read_json_lines

__all__ = ["map_file", "read_records", "seconds_in_memory"]

#: About half a megabyte a write is cheapest: more leaves the cache of the processor.
_BUFFER: Final = 1 << 19


def read_records(path: Path) -> Iterator[MediaRecord]:
    """Yield the records of a file of JSON Lines."""
    with path.open("rb") as lines:
        yield from read_json_lines(lines, origin=Origin(path.name))


def map_file(source: Path, target: Path) -> None:
    """Map a file of JSON Lines to a file of N-Quads."""
    mapper = _mapper()
    with target.open("wb", buffering=_BUFFER) as out:
        for record in read_records(source):
            out.write(mapper.block(record, slug(record.title)).data)


def seconds_in_memory(source: Path) -> float:
    """Return how long the mapping alone takes, of records that were read before."""
    mapper, records = _mapper(), list(read_records(source))
    start = time.perf_counter()
    for record in records:
        mapper.block(record, slug(record.title))
    return time.perf_counter() - start


def _mapper() -> Mapper:
    return Mapper(archive(), Concepts.load(artefact("ontology/concepts.ttl")))


if __name__ == "__main__":
    paths = [Path(argument) for argument in sys.argv[1:]]
    if len(paths) == 2:
        map_file(*paths)
    else:
        print(seconds_in_memory(*paths))
