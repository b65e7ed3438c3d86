"""Read the N-Quads of a publication, whether they are published as they are or compressed.

Compressed, they are one stream of gzip (RFC 1952) of pieces that were compressed apart. Where they are published in no
other way, a small file beside them tells where each piece begins, so that a record is read without all that stands
before it::

    {"pieces": [[0, 10], [31337, 2048], …]}

Each piece is told by where it begins in the N-Quads, and in the compressed file; the last pair is where they end.
"""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

import msgspec

from commons_ld.rdf.formats import N_QUADS, dump_name

__all__ = ["BROKEN", "INDEX", "PACKED", "PLAIN", "Index", "NQuads", "n_quads_of", "opened"]

PLAIN: Final = dump_name(N_QUADS)
PACKED: Final = f"{PLAIN}.gz"
#: What tells where the pieces of the compressed file begin.
INDEX: Final = f"{PACKED}.index.json"

#: What reading raises where a file is damaged.
BROKEN: Final = (OSError, EOFError, zlib.error)


class Index(msgspec.Struct, frozen=True):
    """Where the pieces of compressed N-Quads begin.

    :param pieces: where each begins in the N-Quads, in bytes, and in the compressed file; in the end, where they end
    """

    pieces: list[tuple[int, int]]


def n_quads_of(folder: Path) -> Path:
    """Return the path of the N-Quads of a publication: as they are, or only if these are not there, compressed.

    >>> n_quads_of(Path("no-such-folder")).name
    'dataset.nq.gz'
    """
    plain = folder / PLAIN
    return plain if plain.is_file() else folder / PACKED


def opened(path: Path) -> BinaryIO:
    """Open a file to read it from its beginning to its end, unpacked if its name ends in ``.gz``.

    :raises OSError: if it cannot be opened; reading raises one of :data:`BROKEN` where it is damaged
    """
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


class NQuads:
    """The N-Quads of a publication, to be read from any place in them.

    :param path: that of :func:`n_quads_of`
    :raises OSError: if they cannot be opened, or are compressed and have no index

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "dataset.nq").write_bytes(b"<a> <b> <c> <d> .\\n")
    >>> with NQuads(n_quads_of(folder)) as n_quads:
    ...     n_quads.read(4, 7)
    b'<b> <c>'
    """

    def __init__(self, path: Path) -> None:
        self._pieces: Final = _pieces_of(path.with_name(INDEX)) if path.suffix == ".gz" else None
        self._file: Final = path.open("rb")
        self._path: Final = path
        #: The piece that was read last, and its number.
        self._piece, self._number = b"", -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, start: int, length: int) -> bytes:
        """Return the bytes at a place; less than that many only where the N-Quads end before.

        :raises OSError: if they cannot be read, or are not what the index says
        """
        if self._pieces is None:
            self._file.seek(start)
            return self._file.read(length)
        found: list[bytes] = []
        number = bisect_right(self._pieces, start, key=lambda piece: piece[0]) - 1
        while length > 0 and number < len(self._pieces) - 1:
            begins = self._pieces[number][0]
            some = self._unpacked(number)[start - begins : start - begins + length]
            found.append(some)
            start, length, number = start + len(some), length - len(some), number + 1
        return b"".join(found)

    def _unpacked(self, number: int) -> bytes:
        """Return a piece, which is kept until another one is asked for: most are read in their order."""
        if number != self._number and self._pieces is not None:
            (start, packed_start), (end, packed_end) = self._pieces[number : number + 2]
            self._file.seek(packed_start)
            inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
            try:
                piece = inflater.decompress(self._file.read(packed_end - packed_start), end - start + 1)
            except zlib.error as error:
                raise OSError(f"{self._path}: {error}") from error
            if len(piece) != end - start:
                raise OSError(f"{self._path}: is not the file that its index was written for")
            self._piece, self._number = piece, number
        return self._piece


def _pieces_of(path: Path) -> list[tuple[int, int]]:
    status = path.stat()
    return _decoded(path, status.st_ino, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=2)  # whoever answers requests opens the same file for each record
def _decoded(path: Path, *_status: int) -> list[tuple[int, int]]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Index).pieces
    except msgspec.DecodeError as error:
        raise OSError(f"{path}: {error}") from error
