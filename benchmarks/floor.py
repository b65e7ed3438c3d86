"""The floor that no mapping passes: ``python -m benchmarks.floor IN.jsonl BLOCKS.nq OUT.nq``.

The records are decoded, and the very bytes that the mapping makes of them are written; nothing is done in between. They
come from a file that was made before, by way of memory that is shared with it, so that they are not read first.
"""

from __future__ import annotations

import mmap
import sys
from pathlib import Path

from benchmarks.blocks import BUFFER, known_records

__all__ = ["main"]


def main(source: Path, blocks: Path, target: Path) -> None:
    """Decode a file of JSON Lines, and write another file again."""
    for _ in known_records(source):
        pass
    with (
        blocks.open("rb") as file,
        target.open("wb", buffering=0) as out,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as made,
    ):
        for start in range(0, len(made), BUFFER):
            out.write(made[start : start + BUFFER])
            # What was written is not held any longer.
            mapped.madvise(mmap.MADV_DONTNEED, start, min(BUFFER, len(made) - start))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
