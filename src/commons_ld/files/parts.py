"""Tell which lines of a large file are as they were, so that only the others are read again.

A file with a record a line is looked at in parts of some lines each: a part whose bytes are those of the run before,
at the same lines, holds the same records. A line that is put in or taken out moves all that follow it, and these are
read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["ENTRY", "EVERY_LINE", "LINES", "Piece", "changed", "digests_of", "pieces_of", "unchanged"]

#: How many lines a part has.
LINES: Final = 64
#: The first and the last line of a file, whatever it holds; a page that is a file of its own stands in line 0.
EVERY_LINE: Final = ((0, 2**63 - 1),)
#: How much of a line is held at once.
_PIECE: Final = 1 << 20
#: How long what is kept of a part is, in bytes: its digest, and the length of the part.
ENTRY, _DIGEST = 24, 16


def digests_of(path: Path) -> bytes:
    """Return the digests of the parts of a file, each with the length of the part, one after the other.

    :raises OSError: if it cannot be read
    """
    found = bytearray()
    digest, lines, size = hashlib.sha256(), 0, 0
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            at = end = 0
            while (line := piece.find(b"\n", end)) >= 0:
                end, lines = line + 1, lines + 1
                if lines == LINES:
                    digest.update(piece[at:end])
                    found += _entry(digest.digest(), size + end - at)
                    digest, lines, size, at = hashlib.sha256(), 0, 0, end
            digest.update(piece[at:])
            size += len(piece) - at
    if size:
        found += _entry(digest.digest(), size)
    return bytes(found)


def _entry(digest: bytes, size: int) -> bytes:
    return digest[:_DIGEST] + size.to_bytes(ENTRY - _DIGEST)


def unchanged(before: bytes, now: bytes) -> dict[int, int]:
    """Return the numbers of the parts that are as they were, from 0, and how long each is.

    >>> one, two, three = (bytes([number]) * 16 + bytes([0, 0, 0, 0, 0, 0, 0, 9]) for number in (1, 2, 3))
    >>> unchanged(one + two, one + three + two)
    {0: 9}
    """
    known = range(0, min(len(before), len(now)), ENTRY)
    return {
        at // ENTRY: int.from_bytes(now[at + _DIGEST : at + ENTRY])
        for at in known
        if before[at : at + ENTRY] == now[at : at + ENTRY]
    }


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


def pieces_of(path: Path, same: Mapping[int, int], most: int) -> Iterator[Piece]:
    """Yield the lines of a file that are not in some parts: those of a part, or fewer where they are long.

    :param same: the numbers of the parts that are left out, and how long each is: they are not read
    :param most: of a line, no more than one byte more than that is held, so that it can be told to be too long
    :raises OSError: if the file cannot be read

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = Path(file.name).write_bytes(b"a\\nbbb\\nc")
    ...     [tuple(piece) for piece in pieces_of(Path(file.name), {}, 2)]
    [(0, b'a\\nbbb', 6), (2, b'c', 7)]
    """
    held = bytearray()
    number = first = end = 0
    with path.open("rb") as file:
        while True:
            while number % LINES == 0 and number // LINES in same:
                end += same[number // LINES]
                number += LINES
                file.seek(end)
            if not (text := file.readline(most + 1)):
                break
            end += len(text)
            is_cut = not text.endswith(b"\n")
            rest = text
            while not rest.endswith(b"\n") and (rest := file.readline(_PIECE)):
                end += len(rest)
            first = first if held else number
            held += text
            number += 1
            # What was cut off would be the beginning of the next line.
            if number % LINES == 0 or is_cut or len(held) >= _PIECE:
                yield Piece(first, bytes(held), end)
                held.clear()
    if held:
        yield Piece(first, bytes(held), end)
