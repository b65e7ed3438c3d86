"""Tell which lines of a large file are as they were, so that only the others are read again.

A file with a record a line is looked at in parts of some lines each: a part whose bytes are those of the run before,
at the same lines, holds the same records. A line that is put in or taken out moves all that follow it, and these are
read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["DIGEST", "EVERY_LINE", "LINES", "Piece", "changed", "digests_of", "pieces_of", "unchanged"]

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


class Piece(NamedTuple):
    """Some lines of a file that follow each other.

    :param line: how many lines of the file are before them
    :param end: how many bytes of the file are before what follows them
    """

    line: int
    data: bytes
    end: int


def pieces_of(path: Path, same: Collection[int], most: int) -> Iterator[Piece]:
    """Yield the lines of a file that are not in some parts: those of a part, or fewer where they are long.

    :param same: the numbers of the parts that are left out
    :param most: of a line, no more than one byte more than that is held, so that it can be told to be too long
    :raises OSError: if the file cannot be read

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = Path(file.name).write_bytes(b"a\\nbbb\\nc")
    ...     [tuple(piece) for piece in pieces_of(Path(file.name), (), 2)]
    [(0, b'a\\nbbb', 6), (2, b'c', 7)]
    """
    held = bytearray()
    number = first = end = 0
    with path.open("rb") as file:
        while text := file.readline(most + 1):
            end += len(text)
            is_cut = not text.endswith(b"\n")
            rest = text
            while not rest.endswith(b"\n") and (rest := file.readline(_PIECE)):
                end += len(rest)
            if number // LINES not in same:
                first = first if held else number
                held += text
            number += 1
            # What was cut off would be the beginning of the next line.
            if held and (number % LINES == 0 or is_cut or len(held) >= _PIECE):
                yield Piece(first, bytes(held), end)
                held.clear()
    if held:
        yield Piece(first, bytes(held), end)
