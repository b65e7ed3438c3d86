"""Put the dumps together: of pieces that were just made, and of those that stand in the dumps before.

A ``.gz`` file is one stream of one file (RFC 1952), made of pieces that were compressed apart: each ends at a byte, and
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

from commons_ld.dump_files import Dumps
from commons_ld.outputs.checksum import combined
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.kept_dumps import Chunk, KeptDumps
from commons_ld.outputs.segments import Segment, foot, head, pack
from commons_ld.outputs.standing import StalePublicationError
from commons_ld.rdf.formats import JSON_LD, N_QUADS, RdfFormat, dump_name
from commons_ld.rdf.n_quads import INDEX, PACKED, Index

__all__ = ["Assembly", "NQuadsWriter", "Previous"]

#: RFC 1952, section 2.3.1: deflated, no flags, no time; made on Unix.
_GZIP: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
#: The last block of a stream, with nothing in it (RFC 1951, section 3.2.6).
_LAST: Final = b"\x03\0"
_PIECE: Final = 1 << 20
#: How much waits to be copied, at most.
_TOGETHER: Final = 1 << 25
_MODULUS: Final = 1 << 32


class Previous:
    """The dumps that stand, as far as they can be copied from, all of them or none; and beside what others are made.

    :param generation: in which these are made
    :param kept: how they are put together; it forgets them if they are not as they were published
    :param base_iri: what tells the records' own statements from those about what they share
    :param dumps: which there are, the same ones as are being made
    """

    def __init__(self, generation: Generation, kept: KeptDumps, base_iri: str, dumps: Dumps) -> None:
        self.generation, self.kept, self.base_iri, self.dumps = generation, kept, base_iri, dumps
        self._opened: Final = ExitStack()
        paths = {file: generation.untouched(file.name) if kept.has_previous else None for file in dumps.files()}
        chunks = kept.chunks()
        if None in paths.values():
            kept.forget()
            chunks = []
        #: The files, by the place of their sizes in those of a chunk.
        self._files: Final = {
            self._place(file.format, is_packed=file.is_packed): self._opened.enter_context(path.open("rb", buffering=0))
            for file, path in paths.items()
            if path and chunks
        }
        #: Of each chunk by its key, what it was, and where its piece begins in each file.
        self._places: Final[dict[bytes, tuple[Chunk, tuple[int, ...]]]] = {}
        heads = [head(format_, base_iri) for format_ in dumps.formats]
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
                yield self.whole(key, N_QUADS)

    def pieces(self, key: bytes, format_: RdfFormat) -> Iterator[memoryview]:
        """Yield what a chunk is in a syntax, in pieces, each of which is gone when the next one comes.

        :raises StalePublicationError: if it is to be unpacked, and cannot be
        """
        if self.dumps.is_plain:
            yield from _pieces(*self.stretch(key, format_))
        elif packed := self.packed(key, format_):
            try:
                yield memoryview(zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(packed))
            except zlib.error as error:
                raise StalePublicationError from error

    def whole(self, key: bytes, format_: RdfFormat) -> bytes:
        """Return what a chunk is in a syntax; see :meth:`pieces`."""
        return b"".join(map(bytes, self.pieces(key, format_)))

    def packed(self, key: bytes, format_: RdfFormat) -> bytes:
        """Return what a chunk is in a syntax, compressed."""
        return b"".join(map(bytes, _pieces(*self.stretch(key, format_, is_packed=True))))

    def stored(self, key: bytes, *, is_packed: bool) -> Iterator[memoryview]:
        """Yield what a chunk is as N-Quads, as it lies there, in pieces, each of which is gone when the next one comes.

        :param is_packed: whether it is wanted compressed
        """
        return _pieces(*self.stretch(key, N_QUADS, is_packed=is_packed))

    def stretch(self, key: bytes, format_: RdfFormat, *, is_packed: bool = False) -> tuple[BinaryIO, int, int]:
        """Return a file, where a chunk begins in it, and how long it is there."""
        chunk, places = self._places[key]
        place = self._place(format_, is_packed=is_packed)
        return self._files[place], places[place], chunk.sizes[place]

    def _place(self, format_: RdfFormat, *, is_packed: bool) -> int:
        return self.dumps.formats.index(format_) + (len(self.dumps.formats) if is_packed else 0)


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


class NQuadsWriter:
    """The N-Quads, while they are written before all other syntaxes: as they are, or only compressed, with an index.

    Where they are written in both ways, the compressed file is made later, with those of the other syntaxes.
    """

    def __init__(self, generation: Generation, dumps: Dumps) -> None:
        self._generation: Final = generation
        self._is_plain: Final = dumps.is_plain
        self._file: Final = generation.open(dump_name(N_QUADS) if dumps.is_plain else PACKED)
        #: The CRC-32 of what is written, and how long that is.
        self.crc = self.size = 0
        self._pieces: Final = [(0, len(_GZIP))]
        if not self._is_plain:
            self._file.write(_GZIP)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        is_packed = kind is None and not self._is_plain
        with self._file:
            if is_packed:
                self._file.write(_end(self.crc, self.size))
        if is_packed:
            self._generation.write(INDEX, msgspec.json.encode(Index(self._pieces)) + b"\n")

    def add(self, data: bytes, packed: bytes) -> Chunk:
        """Write some blocks as the next chunk; return what is known of it then.

        :param packed: the same compressed, if that is how they are written
        """
        self._file.write(data if self._is_plain else packed)
        chunk = Chunk(b"", sizes=(len(data), len(packed)), crc=zlib.crc32(data), packed_crc=zlib.crc32(packed))
        self._note(chunk, len(packed))
        return chunk

    def take(self, chunk: Chunk, previous: Previous) -> int:
        """Write a chunk as it stands in the dumps before; return how long it is compressed, if it is written so.

        :raises StalePublicationError: if it does not stand there as it did
        """
        crc, packed_size = 0, 0
        for piece in previous.stored(chunk.key, is_packed=not self._is_plain):
            self._file.write(piece)
            crc = zlib.crc32(piece, crc)
            packed_size += 0 if self._is_plain else len(piece)
        if crc != (chunk.crc if self._is_plain else chunk.packed_crc):
            raise StalePublicationError
        self._note(chunk, packed_size)
        return packed_size

    def _note(self, chunk: Chunk, packed_size: int) -> None:
        size = chunk.sizes[0]
        self.crc = combined(self.crc, chunk.crc, size)
        self.size += size
        if not self._is_plain:
            self._pieces.append((self.size, self._pieces[-1][1] + packed_size))


class Assembly:
    """The files of the dumps, while they are written; N-Quads were before, and only get their compressed file here.

    :param jobs: how many files are copied at once
    """

    def __init__(self, previous: Previous, *, jobs: int = 1) -> None:
        self._previous: Final = previous
        self._waiting = 0
        generation, dumps = previous.generation, previous.dumps
        self._opened: Final = ExitStack()
        self._has_json = False
        lanes: dict[RdfFormat, _Lane] = {}
        for format_ in self.formats(dumps):
            name, is_plain = dump_name(format_), dumps.is_plain and format_ != N_QUADS
            lanes[format_] = _Lane(
                self._open(generation, name) if is_plain else None,
                self._open(generation, f"{name}.gz") if dumps.is_packed else None,
            )
            lanes[format_].write(head(format_, previous.base_iri))
        self._lanes: Final = lanes
        # Copying and hashing let other threads work meanwhile.
        self._copiers: Final = self._opened.enter_context(ThreadPoolExecutor(jobs)) if jobs > 1 else None

    @staticmethod
    def formats(dumps: Dumps) -> tuple[RdfFormat, ...]:
        """Return the syntaxes of which pieces are wanted: N-Quads are there, but perhaps not compressed."""
        is_there = not (dumps.is_plain and dumps.is_packed)
        return tuple(format_ for format_ in dumps.formats if not (is_there and format_ == N_QUADS))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._copy()
            for format_, lane in self._lanes.items():
                lane.end(foot(format_))
        self._opened.__exit__(kind, error, trace)

    def n_quads(self, crc: int, size: int) -> None:
        """Note the CRC-32 and the length of the N-Quads."""
        if N_QUADS in self._lanes:
            self._lanes[N_QUADS].there = crc, size

    def add(self, chunk: Chunk, made: Mapping[str, Segment] | None, size: int, packed_size: int) -> Chunk:
        """Write the pieces of the next chunk, and return it with their sizes.

        :param made: its pieces, or ``None`` to copy them from the dumps before
        :param size: how long it is as N-Quads
        :param packed_size: how long these are compressed, if they are written already
        """
        if made:
            self._copy()
        sizes = {N_QUADS: (0, packed_size)} | {
            format_: self._made(lane, format_, made[format_.name]) if made else self._copied(lane, format_, chunk.key)
            for format_, lane in self._lanes.items()
        }
        sizes[N_QUADS] = size, sizes[N_QUADS][1]
        has_json, is_first = sizes.get(JSON_LD, (0, 0))[0] > 0, not self._has_json
        self._has_json = self._has_json or has_json
        self._waiting += 0 if made else sum(size for size, _ in sizes.values())
        if self._waiting > _TOGETHER:
            self._copy()
        of_all = [sizes[format_][part] for part in (0, 1) for format_ in self._previous.dumps.formats]
        return msgspec.structs.replace(chunk, sizes=tuple(of_all), is_first=has_json and is_first)

    def _copy(self) -> None:
        """Copy what waits to be, as many files at once as may be."""
        files = [file for lane in self._lanes.values() for file in (lane.file, lane.packed) if file]
        for _ in (self._copiers.map if self._copiers else map)(_File.copy, files):
            pass
        self._waiting = 0

    def _made(self, lane: _Lane, format_: RdfFormat, segment: Segment) -> tuple[int, int]:
        if format_ == JSON_LD and not self._has_json and segment.data:
            return lane.write(segment.data.removeprefix(b","))
        return lane.append(segment.data, segment.packed)

    def _copied(self, lane: _Lane, format_: RdfFormat, key: bytes) -> tuple[int, int]:
        was = self._previous.find(key)
        is_there = was and was.sizes[self._previous.dumps.formats.index(format_)]
        if format_ == JSON_LD and was and is_there and was.is_first != (not self._has_json):
            # What begins the dump has no comma before it, and everything else has.
            data = self._previous.whole(key, format_)
            return lane.write(b"," + data if was.is_first else data.removeprefix(b","))
        size = packed_size = 0
        if lane.file:
            size = lane.file.wait(*self._previous.stretch(key, format_))
        elif format_ != N_QUADS:
            size = lane.count(self._previous.whole(key, format_))
        if lane.packed:
            packed_size = lane.packed.wait(*self._previous.stretch(key, format_, is_packed=True))
        return size, packed_size

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
    """The dump in a syntax, while it is written.

    :param file: where it is written, or ``None`` if it is not, or is there already
    :param packed: where it is written compressed, or ``None``
    """

    def __init__(self, file: BinaryIO | None, packed: BinaryIO | None) -> None:
        self.file: Final = _File(file) if file else None
        self.packed: Final = _File(packed) if packed else None
        #: The CRC-32 and the length of what is there already, or is written compressed alone.
        self.there = 0, 0
        if self.packed:
            self.packed.write(_GZIP)

    def write(self, data: bytes) -> tuple[int, int]:
        """Write data and compress them; return how long they are, and how long compressed."""
        return self.append(data, pack(data) if self.packed else b"")

    def append(self, data: bytes, packed: bytes) -> tuple[int, int]:
        """Write data that are compressed already."""
        if self.file:
            self.file.write(data)
        else:
            self.count(data)
        if self.packed:
            self.packed.write(packed)
        return len(data), (len(packed) if self.packed else 0)

    def count(self, data: bytes) -> int:
        """Note data that are written compressed alone; return how long they are."""
        crc, size = self.there
        self.there = zlib.crc32(data, crc), size + len(data)
        return len(data)

    def end(self, data: bytes) -> None:
        """Write the last data."""
        self.write(data)
        if self.packed:
            self.packed.write(_end(*((self.file.crc, self.file.size) if self.file else self.there)))


def _end(crc: int, size: int) -> bytes:
    """Return what a stream of gzip ends with.

    :param crc: the CRC-32 of what is packed
    :param size: how long that is, in bytes
    """
    return _LAST + struct.pack("<II", crc, size % _MODULUS)
