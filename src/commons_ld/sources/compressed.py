"""Read a stream piece by piece, unpacked if it is packed by gzip or bzip2, and never more of it than was agreed.

What it is packed by is told by its first bytes (https://www.rfc-editor.org/rfc/rfc1952 section 2.3.1, and ``BZh``
for bzip2), since browsers unpack what they save and leave the name as it was. A packed file may hold several
members one after the other, which are read as one, as ``gzip`` and ``bzip2`` do.
"""

from __future__ import annotations

import bz2
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

from commons_ld.errors import MalformedSource
from commons_ld.origin import Origin

__all__ = ["MAX_RATIO", "MAX_UNPACKED", "RATIO_FROM", "pieces"]

#: How many bytes a packed byte may become, once more than :data:`RATIO_FROM` bytes have come out. Text becomes
#: three to ten times as large, and a thousand zeros are packed into one byte.
MAX_RATIO: Final = 100
RATIO_FROM: Final = 64 * 1024 * 1024
#: The most that is unpacked of one file, in bytes.
MAX_UNPACKED: Final = 64 * 1024**3

#: How much is read, and how much is unpacked, at a time.
_PIECE: Final = 64 * 1024

_GZIP: Final = b"\x1f\x8b"
_BZIP2: Final = b"BZh"


def pieces(stream: BinaryIO, origin: Origin, *, most: int = MAX_UNPACKED) -> Iterator[bytes]:
    """Yield what ``stream`` holds, unpacked, in pieces of at most 64 KiB.

    :param most: how many bytes may be unpacked
    :raises MalformedSource: if it cannot be read, is broken or cut off, or unpacks to more than is allowed; the
        pieces already yielded are what it held

    >>> import gzip, io
    >>> b"".join(pieces(io.BytesIO(gzip.compress(b"a") + gzip.compress(b"b")), Origin("d.xml.gz")))
    b'ab'
    """
    raw = _read(stream, origin)
    first = next(raw, b"")
    if first.startswith(_GZIP):
        yield from _unpacked(_Gzip, _GZIP, first, raw, _Allowance(origin, most))
    elif first.startswith(_BZIP2):
        yield from _unpacked(bz2.BZ2Decompressor, _BZIP2, first, raw, _Allowance(origin, most))
    else:
        yield first
        yield from raw


def _read(stream: BinaryIO, origin: Origin) -> Iterator[bytes]:
    while True:
        try:
            piece = stream.read(_PIECE)
        except OSError as error:
            raise MalformedSource("unreadable", origin=origin, value=error.strerror or "") from error
        if not piece:
            return
        yield piece


class _Decompressor(Protocol):
    """What unpacks one member of a file, as :class:`bz2.BZ2Decompressor` does."""

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


class _Gzip:
    """The same for gzip: :func:`zlib.decompressobj` hands back what it has not unpacked yet, and this keeps it."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


class _Allowance:
    """How much may still come out of a file, by what went in."""

    def __init__(self, origin: Origin, most: int) -> None:
        self.origin: Final = origin
        self._most = most
        self._packed = self._unpacked = 0

    def takes(self, packed: bytes) -> None:
        self._packed += len(packed)

    def gives(self, unpacked: bytes) -> None:
        self._unpacked += len(unpacked)
        if self._unpacked > self._most:
            raise MalformedSource("packed-too-much", origin=self.origin, value=f"{self._most // 1024**3} GiB")
        if self._unpacked > max(RATIO_FROM, MAX_RATIO * self._packed):
            raise MalformedSource("packed-too-tight", origin=self.origin, value=str(MAX_RATIO))


def _unpacked(
    member: type[_Decompressor], magic: bytes, first: bytes, raw: Iterator[bytes], allowance: _Allowance
) -> Iterator[bytes]:
    decompressor, data = member(), first
    allowance.takes(first)
    while True:
        try:
            unpacked = decompressor.decompress(data, _PIECE)
        except (zlib.error, OSError) as error:
            raise MalformedSource("packed-broken", origin=allowance.origin) from error
        if unpacked:
            allowance.gives(unpacked)
            yield unpacked
        data = b""
        if decompressor.eof:
            # Members may be padded with zeros to fill a block of a tape.
            data = decompressor.unused_data.lstrip(b"\0")
            while len(data) < len(magic):
                following = next(raw, b"")
                allowance.takes(following)
                data = (data + following).lstrip(b"\0")
                if not following:
                    break
            if not data:
                return
            if not data.startswith(magic):
                raise MalformedSource("packed-broken", origin=allowance.origin)
            decompressor = member()
        elif decompressor.needs_input and len(unpacked) < _PIECE:
            data = next(raw, b"")
            allowance.takes(data)
            if not data:
                raise MalformedSource("packed-cut", origin=allowance.origin)
