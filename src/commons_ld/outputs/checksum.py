"""The CRC-32 of data that are put together of pieces, from those of the pieces, without looking at the data."""

from __future__ import annotations

from functools import cache

__all__ = ["combined"]

#: The polynomial of the CRC-32 of gzip (RFC 1952, section 8), its bits in the order in which they are used.
_POLYNOMIAL = 0xEDB88320

#: What becomes of each byte of a checksum, by its place, when some zero bytes are appended.
_Shift = list[list[int]]


def combined(first: int, second: int, length: int) -> int:
    """Return the CRC-32 of some data and of others after them.

    To append data is to append as many zero bytes, and then to add the checksum of the data: both are linear.

    :param first: of the first
    :param second: of the second
    :param length: how long the second are, in bytes

    >>> from zlib import crc32
    >>> combined(crc32(b"abc"), crc32(b"defgh"), 5) == crc32(b"abcdefgh")
    True
    """
    power = 0
    while length:
        if length & 1:
            first = _shifted(_shift(power), first)
        length >>= 1
        power += 1
    return first ^ second


def _shifted(shift: _Shift, checksum: int) -> int:
    a, b, c, d = shift
    return a[checksum & 255] ^ b[checksum >> 8 & 255] ^ c[checksum >> 16 & 255] ^ d[checksum >> 24]


@cache
def _shift(power: int) -> _Shift:
    """Return what two to that power zero bytes do."""
    if power == 0:
        bits = [_one_byte(1 << bit) for bit in range(32)]
    else:
        half = _shift(power - 1)
        bits = [_shifted(half, _shifted(half, 1 << bit)) for bit in range(32)]
    shift = []
    for place in range(4):
        row = [0]
        for byte in range(1, 256):
            lowest = (byte & -byte).bit_length() - 1
            row.append(row[byte & (byte - 1)] ^ bits[8 * place + lowest])
        shift.append(row)
    return shift


def _one_byte(checksum: int) -> int:
    for _ in range(8):
        checksum = checksum >> 1 ^ (_POLYNOMIAL if checksum & 1 else 0)
    return checksum
