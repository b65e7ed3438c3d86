"""Tell which lines of a large file are as they were, so that only the others are read again.

A file with a record a line is looked at in parts of some lines each: a part whose bytes are those of the run before,
at the same lines, holds the same records. A line that is put in or taken out moves all that follow it, and these are
read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO, Final

__all__ = ["DIGEST", "EVERY_LINE", "LINES", "SparseLines", "changed", "digests_of", "unchanged"]

#: How many lines a part has.
LINES: Final = 64
#: The first and the last line of a file, whatever it holds; a page that is a file of its own stands in line 0.
EVERY_LINE: Final = ((0, 2**63 - 1),)
#: How much of a line is held at once.
_PIECE: Final = 1 << 20
#: How long the digest of a part is, in bytes.
DIGEST: Final = 16


def digests_of(path: Path) -> bytes:
    """Return the digests of the parts of a file, one after the other.

    :raises OSError: if it cannot be read
    """
    found = bytearray()
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.readline(_PIECE):
            digest.update(piece)
            lines += piece.endswith(b"\n")
            if lines == LINES:
                found += digest.digest()[:DIGEST]
                digest, lines = hashlib.sha256(), 0
        if lines or file.tell():
            found += digest.digest()[:DIGEST]
    return bytes(found)


def unchanged(before: bytes, now: bytes) -> frozenset[int]:
    """Return the numbers of the parts that are as they were, from 0.

    >>> sorted(unchanged(b"a" * 16 + b"b" * 16, b"a" * 16 + b"c" * 16 + b"d" * 16))
    [0]
    """
    known = range(0, min(len(before), len(now)), DIGEST)
    return frozenset(at // DIGEST for at in known if before[at : at + DIGEST] == now[at : at + DIGEST])


def changed(same: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of what is not in some parts; after the last one comes what there is no end of.

    >>> list(changed({0, 2}))[:2]
    [(65, 128), (193, 9223372036854775807)]
    """
    start = 1
    for part in sorted(same):
        if part * LINES + 1 > start:
            yield start, part * LINES
        start = (part + 1) * LINES + 1
    yield start, 2**63 - 1


class SparseLines:
    """A file whose lines in some parts are read as empty ones.

    >>> import io
    >>> lines = SparseLines(io.BytesIO(b"a" + bytes([10]) + b"b"), frozenset())
    >>> [line.strip() for line in (lines.readline(), lines.readline(), lines.readline())]
    [b'a', b'b', b'']
    """

    def __init__(self, stream: BinaryIO, same: Collection[int]) -> None:
        self._stream, self._same = stream, same
        self._line = 0

    def readline(self, size: int = -1) -> bytes:
        """Return the next line, or as much of it."""
        part = self._line // LINES
        if part not in self._same:
            piece = self._stream.readline(size)
            self._line += piece.endswith(b"\n")
            return piece
        while piece := self._stream.readline(_PIECE):
            if piece.endswith(b"\n"):
                self._line += 1
                return b"\n"
        return b""
