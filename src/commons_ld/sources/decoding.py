"""Read the bytes of a source as text, within a limit and without guessing its encoding."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import BinaryIO, Final

from commons_ld.errors import MalformedSource
from commons_ld.origin import Origin
from commons_ld.text import clean

__all__ = ["MAX_BYTES", "decode", "read_bytes", "read_text"]

#: The largest page that is read. MediaWiki itself keeps none above 2 MiB (``$wgMaxArticleSize``).
MAX_BYTES: Final = 5 * 1024 * 1024

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _utf_8(_data: bytes) -> str:
    return "utf-8-sig"


def read_text(stream: BinaryIO, origin: Origin, *, declared: Callable[[bytes], str] = _utf_8) -> tuple[str, int]:
    r"""Return the text of ``stream`` with lines that end in ``\n``, and how many characters were dropped from it.

    The encoding is UTF-8, or what a byte order mark says, or what the text itself declares. Controls that no output
    can carry are dropped.

    :param declared: returns the codec that a text without a mark declares
    :raises MalformedSource: if the page cannot be read, is empty, is larger than :data:`MAX_BYTES`, holds
        bytes that no text holds, or is in another encoding; the first such byte's line is named

    >>> import io
    >>> read_text(io.BytesIO("\ufeffDurée\r\n01:00:00".encode()), Origin("p.txt"))
    ('Durée\n01:00:00', 0)
    """
    text, dropped = clean(decode(read_bytes(stream, origin, MAX_BYTES), origin, declared=declared))
    if not text.strip():
        raise MalformedSource("empty-page", origin=origin)
    return text, dropped


def read_bytes(stream: BinaryIO, origin: Origin, limit: int) -> bytes:
    """Return all that is in ``stream``.

    :param limit: how much may be in it, in bytes
    :raises MalformedSource: if there is more, or it cannot be read
    """
    try:
        data = stream.read(limit + 1)
    except OSError as error:
        raise MalformedSource("unreadable", origin=origin, value=error.strerror or "") from error
    if len(data) > limit:
        raise MalformedSource("too-large", origin=origin, value=f"{limit // 1024**2} MiB")
    return data


def decode(data: bytes, origin: Origin, *, declared: Callable[[bytes], str] = _utf_8) -> str:
    """Return bytes as the text that they are, without a byte order mark.

    :param declared: returns the codec that a text without a mark declares
    :raises MalformedSource: if they are in another encoding; the first bad byte's line is named
    """
    encoding = "utf-16" if data.startswith(_UTF_16) else declared(data)
    if encoding != "utf-16" and (found := data.find(b"\0")) >= 0:
        raise MalformedSource("not-text", origin=_at(origin, data, found))
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        # The byte itself says enough: what stands around it may be somebody's name.
        start = error.start + (len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0)
        shown = f"0x{data[start]:02X}"
        raise MalformedSource("not-utf-8", origin=_at(origin, data, start), value=shown) from error


def _at(origin: Origin, data: bytes, position: int) -> Origin:
    return origin.at(line=data.count(b"\n", 0, position) + 1)
