"""Put the dumps together: of pieces that were just made, and of those that stand in the dumps before.

A ``.gz`` twin is one stream of one file (RFC 1952), made of pieces that were compressed apart: each ends at a byte, and
none refers to what is before it. It holds no time and no name.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType
from typing import BinaryIO, Final, Self

import msgspec

from commons_ld.formats import FORMATS, JSON_LD, N_QUADS, RdfFormat, dump_name
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.kept_dumps import Chunk, KeptDumps
from commons_ld.outputs.segments import Segment, foot, head, pack

__all__ = ["Assembly", "Previous"]

#: RFC 1952, section 2.3.1: deflated, no flags, no time; made on Unix.
_GZIP: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
#: The last block of a stream, with nothing in it (RFC 1951, section 3.2.6).
_LAST: Final = b"\x03\0"
_PIECE: Final = 1 << 20
#: How much waits to be copied, at most.
_TOGETHER: Final = 1 << 25
_MODULUS: Final = 1 << 32


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
        self._files: Final = (
            [self._opened.enter_context(path.open("rb", buffering=0)) for path in paths if path] if chunks else []
        )
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
                yield self.whole(key, 0)

    def pieces(self, key: bytes, lane: int) -> Iterator[memoryview]:
        """Yield what a chunk is in a file, in pieces, each of which is gone when the next one comes.

        :param lane: which file: those of :data:`FORMATS`, then their twins
        """
        return _pieces(*self.stretch(key, lane))

    def whole(self, key: bytes, lane: int) -> bytes:
        """Return what a chunk is in a file; see :meth:`pieces`."""
        return b"".join(map(bytes, self.pieces(key, lane)))

    def stretch(self, key: bytes, lane: int) -> tuple[BinaryIO, int, int]:
        """Return a file, where a chunk begins in it, and how long it is there; see :meth:`pieces`."""
        chunk, places = self._places[key]
        return self._files[lane], places[lane], chunk.sizes[lane]


def _pieces(file: BinaryIO, start: int, size: int) -> Iterator[memoryview]:
    # To read into the same memory again and again takes half the time of being given new one for each piece.
    buffer = memoryview(bytearray(min(size, _PIECE)))
    file.seek(start)
    while size:
        read = file.readinto(buffer[:size])  # type: ignore[attr-defined]
        if not read:
            raise EOFError(f"{file.name} is shorter than it was")
        size -= read
        yield buffer[:read]


class Assembly:
    """The files of the dumps, while they are written; N-Quads were before, and only get their twin here.

    :param jobs: how many files are copied at once
    """

    def __init__(
        self, generation: Generation, previous: Previous, base_iri: str, *, compress: bool, jobs: int = 1
    ) -> None:
        self._previous: Final = previous
        self._waiting = 0
        self._opened: Final = ExitStack()
        self._has_json = False
        self._lanes: Final = [
            _Lane(
                self._open(generation, dump_name(format_)) if format_ is not N_QUADS else None,
                self._open(generation, f"{dump_name(format_)}.gz") if compress else None,
            )
            for format_ in FORMATS
        ]
        # Copying and hashing let other threads work meanwhile.
        self._copiers: Final = self._opened.enter_context(ThreadPoolExecutor(jobs)) if jobs > 1 else None
        for lane, format_ in zip(self._lanes, FORMATS, strict=True):
            lane.write(head(format_, base_iri))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._copy()
            for lane, format_ in zip(self._lanes, FORMATS, strict=True):
                lane.end(foot(format_))
        self._opened.__exit__(kind, error, trace)

    def n_quads(self, crc: int, size: int) -> None:
        """Note the CRC-32 and the length of the N-Quads."""
        self._lanes[FORMATS.index(N_QUADS)].there = crc, size

    def add(self, chunk: Chunk, made: Mapping[str, Segment] | None, n_quads: int) -> Chunk:
        """Write the pieces of the next chunk, and return it with their sizes.

        :param made: its pieces, or ``None`` to copy them from the dumps before
        :param n_quads: how long it is as N-Quads
        """
        if made:
            self._copy()
        sizes = [
            self._made(lane, format_, made[format_.name]) if made else self._copied(lane, format_, chunk.key)
            for lane, format_ in zip(self._lanes, FORMATS, strict=True)
        ]
        raw, packed = ([size[part] for size in sizes] for part in (0, 1))
        raw[FORMATS.index(N_QUADS)] = n_quads
        self._waiting += 0 if made else sum(raw)
        if self._waiting > _TOGETHER:
            self._copy()
        has_json, is_first = raw[FORMATS.index(JSON_LD)] > 0, not self._has_json
        self._has_json = self._has_json or has_json
        return msgspec.structs.replace(chunk, sizes=(*raw, *packed), is_first=has_json and is_first)

    def _copy(self) -> None:
        """Copy what waits to be, as many files at once as may be."""
        files = [file for lane in self._lanes for file in (lane.file, lane.twin) if file]
        for _ in (self._copiers.map if self._copiers else map)(_File.copy, files):
            pass
        self._waiting = 0

    def _made(self, lane: _Lane, format_: RdfFormat, segment: Segment) -> tuple[int, int]:
        if format_ is JSON_LD and not self._has_json and segment.data:
            return lane.write(segment.data.removeprefix(b","))
        return lane.append(segment.data, segment.packed)

    def _copied(self, lane: _Lane, format_: RdfFormat, key: bytes) -> tuple[int, int]:
        number = FORMATS.index(format_)
        was = self._previous.find(key)
        if format_ is JSON_LD and was and was.sizes[number] and was.is_first != (not self._has_json):
            # What begins the dump has no comma before it, and everything else has.
            data = self._previous.whole(key, number)
            return lane.write(b"," + data if was.is_first else data.removeprefix(b","))
        raw = packed = 0
        if lane.file:
            raw = lane.file.wait(*self._previous.stretch(key, number))
        if lane.twin:
            packed = lane.twin.wait(*self._previous.stretch(key, len(FORMATS) + number))
        return raw, packed

    def _open(self, generation: Generation, name: str) -> BinaryIO:
        return self._opened.enter_context(generation.open(name))


class _File:
    """A file while it is written: of data, and of stretches of the one before that wait to be copied together."""

    def __init__(self, file: BinaryIO) -> None:
        self._file: Final = file
        #: The CRC-32 of what is written, and how long that is.
        self.crc = self.size = 0
        self._source, self._start, self._end = file, 0, 0

    def write(self, data: bytes | memoryview) -> None:
        """Write data, after all that waits."""
        self.copy()
        self._write(data)

    def wait(self, source: BinaryIO, start: int, size: int) -> int:
        """Have a stretch of another file copied when that is asked for, or something else comes; return its length."""
        if source is not self._source or start != self._end:
            self.copy()
            self._source, self._start, self._end = source, start, start
        self._end += size
        return size

    def copy(self) -> None:
        """Copy what waits."""
        start, self._start = self._start, self._end
        for piece in _pieces(self._source, start, self._end - start) if start < self._end else ():
            self._write(piece)

    def _write(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        self.crc = zlib.crc32(data, self.crc)
        self.size += len(data)


class _Lane:
    """A dump and its twin, while they are written.

    :param file: where it is written, or ``None`` if it is there already
    :param twin: where it is written compressed, or ``None``
    """

    def __init__(self, file: BinaryIO | None, twin: BinaryIO | None) -> None:
        self.file: Final = _File(file) if file else None
        self.twin: Final = _File(twin) if twin else None
        #: The CRC-32 and the length of what is there already.
        self.there = 0, 0
        if self.twin:
            self.twin.write(_GZIP)

    def write(self, data: bytes) -> tuple[int, int]:
        """Write data and compress them; return how long they are, and how long compressed."""
        return self.append(data, pack(data) if self.twin else b"")

    def append(self, data: bytes, packed: bytes) -> tuple[int, int]:
        """Write data that are compressed already."""
        for file, piece in ((self.file, data), (self.twin, packed)):
            if file:
                file.write(piece)
        return (len(data) if self.file else 0), (len(packed) if self.twin else 0)

    def end(self, data: bytes) -> None:
        """Write the last data."""
        self.write(data)
        if self.twin:
            crc, size = (self.file.crc, self.file.size) if self.file else self.there
            self.twin.write(_LAST + struct.pack("<II", crc, size % _MODULUS))
