"""The bytes of a page become text, or are refused with what to do."""

from __future__ import annotations

import io

import pytest

from commons_ld.errors import MalformedSource
from commons_ld.messages import message
from commons_ld.origin import Origin
from commons_ld.sources.decoding import MAX_BYTES, read_text

ORIGIN = Origin("page.txt")
PAGE = "21.12 Été\n\nDurée 01:00:00\n"


class Endless(io.RawIOBase):
    """A file of a hundred megabytes that counts how much of it was read."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "the whole file was asked for"
        self.taken += size
        return b"a" * size


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_the_encoding(encoding: str) -> None:
    """UTF-8 with and without a mark, and UTF-16 with one, are the same text."""
    assert read_text(io.BytesIO(PAGE.encode(encoding)), ORIGIN) == (PAGE, 0)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "page.txt: the file is empty; save the page again, or remove it"),
        (b" \n\xc2\xa0\n", "page.txt: the file is empty; save the page again, or remove it"),
        (b"\xef\xbb\xbf", "page.txt: the file is empty; save the page again, or remove it"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "page.txt, line 3: the file is no text; save the page as plain text (UTF-8)"),
        (PAGE.encode("utf-16-le"), "page.txt, line 1: the file is no text; save the page as plain text (UTF-8)"),
        (PAGE.encode("latin-1"), "page.txt, line 1: the byte 0xC9 is not UTF-8; save the file as UTF-8"),
        (b"a\nb\nDur\xe9e", "page.txt, line 3: the byte 0xE9 is not UTF-8; save the file as UTF-8"),
        (b"\xef\xbb\xbfa\nDur\xe9e", "page.txt, line 2: the byte 0xE9 is not UTF-8; save the file as UTF-8"),
        (b"\x00a\n", "page.txt, line 1: the file is no text; save the page as plain text (UTF-8)"),
        (b"a\xed\xa0\x80", "page.txt, line 1: the byte 0xED is not UTF-8; save the file as UTF-8"),
        (b"\xff\xfea", "page.txt, line 1: the byte 0x61 is not UTF-8; save the file as UTF-8"),
    ],
)
def test_other_bytes_are_refused_with_their_line(data: bytes, said: str) -> None:
    """An error says which line, which byte and what to do, and shows nothing of what stands around it."""
    with pytest.raises(MalformedSource) as caught:
        read_text(io.BytesIO(data), ORIGIN)

    assert str(caught.value) == said
    assert message(caught.value.code, "fr", value=caught.value.value)


def test_a_file_that_is_too_large_is_not_read_whole() -> None:
    """Of a hundred megabytes only as much is read as a page may have."""
    stream = Endless()

    with pytest.raises(MalformedSource, match="the file is larger than 5 MiB; save one page a file"):
        read_text(stream, ORIGIN)  # type: ignore[arg-type]

    assert stream.taken == MAX_BYTES + 1


def test_the_largest_page_is_read() -> None:
    """The limit itself is within it."""
    text, _ = read_text(io.BytesIO(b"a" * MAX_BYTES), ORIGIN)

    assert len(text) == MAX_BYTES
