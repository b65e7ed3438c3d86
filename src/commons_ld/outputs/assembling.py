"""Put the dumps together: of pieces that were just made, and of those that stand in the dumps before.

A ``.gz`` twin is one stream of one file (RFC 1952), made of pieces that were compressed apart: each ends at a byte, and
none refers to what is before it. It holds no time and no name.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import BinaryIO, Final, Self

import msgspec

from commons_ld.formats import DUMP, FORMATS, JSON_LD, N_QUADS, RdfFormat
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.kept_dumps import Chunk, KeptDumps
from commons_ld.outputs.segments import Segment, foot, head, pack

__all__ = ["Assembly", "Previous", "dump_name"]

#: RFC 1952, section 2.3.1: deflated, no flags, no time; made on Unix.
_GZIP: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
#: The last block of a stream, with nothing in it (RFC 1951, section 3.2.6).
_LAST: Final = b"\x03\0"
_PIECE: Final = 1 << 20
_MODULUS: Final = 1 << 32


def dump_name(format_: RdfFormat) -> str:
    """Return the name of the dump in a format.

    >>> from commons_ld.formats import TURTLE
    >>> dump_name(TURTLE)
    'dataset.ttl'
    """
    return f"{DUMP}{format_.suffix}"


class Previous:
    """The dumps that stand, as far as they can be copied from: all of them, or none.

    :param kept: how they are put together; it forgets them if they are not as they were published
    """

    def __init__(self, generation: Generation, kept: KeptDumps, base_iri: str, *, compress: bool) -> None:
        self._opened: Final = ExitStack()
        names = [dump_name(format_) for format_ in FORMATS]
        names += [f"{name}.gz" for name in names] if compress else []
        paths = [generation.untouched(name) for name in names] if kept.has_previous else [None]
        chunks = kept.chunks()
        if None in paths:
            kept.forget()
            chunks = []
        self._files: Final = [self._opened.enter_context(path.open("rb")) for path in paths if path] if chunks else []
        #: Of each chunk by its key, what it was, and where its piece begins in each file.
        self._places: Final[dict[bytes, tuple[Chunk, tuple[int, ...]]]] = {}
        heads = [head(format_, base_iri) for format_ in FORMATS]
        at = [*map(len, heads), *(len(_GZIP) + len(pack(data)) for data in heads)]
        for chunk in chunks:
            self._places[chunk.key] = chunk, tuple(at)
            at = [start + size for start, size in zip(at, chunk.sizes, strict=True)]

    def close(self) -> None:
        """Close the files."""
        self._opened.close()

    def find(self, key: bytes) -> Chunk | None:
        """Return what a chunk was in the dumps that stand, or ``None``."""
        found = self._places.get(key)
        return found[0] if found else None

    def chunks(self) -> Iterator[Chunk]:
        """Yield the chunks of records of the dumps that stand, in their order."""
        return (chunk for chunk, _ in self._places.values() if not chunk.is_shared)

    def others(self, keys: set[bytes]) -> Iterator[bytes]:
        """Yield the N-Quads of all chunks of records but those of some keys."""
        for key, (chunk, _) in self._places.items():
            if not chunk.is_shared and key not in keys:
                yield b"".join(self.pieces(key, 0))

    def pieces(self, key: bytes, lane: int) -> Iterator[bytes]:
        """Yield what a chunk is in a file, in pieces.

        :param lane: which file: those of :data:`FORMATS`, then their twins
        """
        chunk, places = self._places[key]
        file, left = self._files[lane], chunk.sizes[lane]
        file.seek(places[lane])
        while left:
            data = file.read(min(left, _PIECE))
            if not data:
                raise EOFError(f"{file.name} is shorter than it was")
            left -= len(data)
            yield data


class Assembly:
    """The files of the dumps, while they are written; N-Quads were before, and only get their twin here."""

    def __init__(self, generation: Generation, previous: Previous, base_iri: str, *, compress: bool) -> None:
        self._previous: Final = previous
        self._opened: Final = ExitStack()
        self._has_json = False
        self._lanes: Final = [
            _Lane(
                self._open(generation, dump_name(format_)) if format_ is not N_QUADS else None,
                self._open(generation, f"{dump_name(format_)}.gz") if compress else None,
            )
            for format_ in FORMATS
        ]
        for lane, format_ in zip(self._lanes, FORMATS, strict=True):
            lane.write(head(format_, base_iri))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            for lane, format_ in zip(self._lanes, FORMATS, strict=True):
                lane.end(foot(format_))
        self._opened.__exit__(kind, error, trace)

    def n_quads(self, crc: int, size: int) -> None:
        """Note the CRC-32 and the length of the N-Quads."""
        self._lanes[FORMATS.index(N_QUADS)].crc, self._lanes[FORMATS.index(N_QUADS)].size = crc, size

    def add(self, chunk: Chunk, made: Mapping[str, Segment] | None, n_quads: int) -> Chunk:
        """Write the pieces of the next chunk, and return it with their sizes.

        :param made: its pieces, or ``None`` to copy them from the dumps before
        :param n_quads: how long it is as N-Quads
        """
        sizes = [
            self._made(lane, format_, made[format_.name]) if made else self._copied(lane, format_, chunk.key)
            for lane, format_ in zip(self._lanes, FORMATS, strict=True)
        ]
        raw, packed = ([size[part] for size in sizes] for part in (0, 1))
        raw[FORMATS.index(N_QUADS)] = n_quads
        has_json, is_first = raw[FORMATS.index(JSON_LD)] > 0, not self._has_json
        self._has_json = self._has_json or has_json
        return msgspec.structs.replace(chunk, sizes=(*raw, *packed), is_first=has_json and is_first)

    def _made(self, lane: _Lane, format_: RdfFormat, segment: Segment) -> tuple[int, int]:
        if format_ is JSON_LD and not self._has_json and segment.data:
            return lane.write(segment.data.removeprefix(b","))
        return lane.append([segment.data], [segment.packed])

    def _copied(self, lane: _Lane, format_: RdfFormat, key: bytes) -> tuple[int, int]:
        number = FORMATS.index(format_)
        was = self._previous.find(key)
        if format_ is JSON_LD and was and was.sizes[number] and was.is_first != (not self._has_json):
            # What begins the dump has no comma before it, and everything else has.
            data = b"".join(self._previous.pieces(key, number))
            return lane.write(b"," + data if was.is_first else data.removeprefix(b","))
        raw = self._previous.pieces(key, number) if format_ is not N_QUADS else iter(())
        return lane.append(raw, self._previous.pieces(key, len(FORMATS) + number) if lane.has_twin else iter(()))

    def _open(self, generation: Generation, name: str) -> BinaryIO:
        return self._opened.enter_context(generation.open(name))


class _Lane:
    """A dump and its twin, while they are written.

    :param file: where it is written, or ``None`` if it is there already
    :param twin: where it is written compressed, or ``None``
    """

    def __init__(self, file: BinaryIO | None, twin: BinaryIO | None) -> None:
        self._file, self._twin = file, twin
        self.has_twin: Final = twin is not None
        self.crc = self.size = 0
        if twin:
            twin.write(_GZIP)

    def write(self, data: bytes) -> tuple[int, int]:
        """Write data and compress them; return how long they are, and how long compressed."""
        return self.append([data], [pack(data)] if self.has_twin else [])

    def append(
        self, data: Iterator[bytes] | Sequence[bytes], packed: Iterator[bytes] | Sequence[bytes]
    ) -> tuple[int, int]:
        """Write data that are compressed already."""
        written = [0, 0]
        for piece in data:
            if self._file:
                self._file.write(piece)
                self.crc = zlib.crc32(piece, self.crc)
                self.size += len(piece)
                written[0] += len(piece)
        for piece in packed:
            if self._twin:
                self._twin.write(piece)
                written[1] += len(piece)
        return written[0], written[1]

    def end(self, data: bytes) -> None:
        """Write the last data."""
        self.write(data)
        if self._twin:
            self._twin.write(_LAST + struct.pack("<II", self.crc, self.size % _MODULUS))
