"""Dumps that are broken, packed too tight, or no dumps: each is told once, and what was read before stands."""

from __future__ import annotations

import bz2
import gzip
import io
import tracemalloc
from collections.abc import Callable

import pytest

from commons_ld.errors import MalformedSource
from commons_ld.origin import Origin
from commons_ld.sources import compressed, dump_pages, mediawiki_xml
from tests.dumps import dump, page, read, revision

GOOD = dump(page("Une page"), page("Une autre", number=4))

LAUGHS = '<!DOCTYPE m [<!ENTITY a "haha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


def told(data: str | bytes) -> list[tuple[str, int]]:
    """Return the code and the line of what is refused of a dump without any record."""
    records, refused = read(data)
    assert records == []
    return [(error.code, error.origin.line) for error in refused]


@pytest.mark.parametrize(
    "dtd",
    [
        "<!DOCTYPE mediawiki>",
        LAUGHS,
        '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE m SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE m [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>',
    ],
    ids=["plain", "laughs", "entity", "external", "parameter"],
)
def test_a_document_type_is_refused_before_anything_is_read(dtd: str) -> None:
    """Whatever it declares: no entity is ever made, and nothing is opened."""
    assert told(dtd + GOOD.replace("Un essai", "&i;&x;")) == [("xml-doctype", 1)]


def test_a_document_type_later_on_is_malformed() -> None:
    """Within the dump it is no XML at all; the page before it stands."""
    records, [refused] = read(GOOD.replace("  <page>\n    <title>Une autre", f"{LAUGHS}<page><title>Une autre"))

    assert [record.title for record in records] == ["Une page"]
    assert (refused.code, refused.origin.line) == ("bad-xml", 35)


@pytest.mark.parametrize("head", ["", "<mediawiki>", "<mediawiki><page>", "<mediawiki><page><revision><text>"])
def test_a_million_elements_inside_each_other_are_refused(head: str) -> None:
    """At the twenty-first, wherever they stand."""
    assert told(f"{head or '<mediawiki>'}{'<a>' * 1_000_000}") == [("xml-deep", 1)]


def test_a_tag_without_end_is_refused() -> None:
    """expat goes over an unfinished tag again with every piece, so that a long one would cost the square of its length."""
    fed = 0

    def endless() -> io.BytesIO:
        return io.BytesIO(b'<mediawiki x="' + b"y" * 50_000_000)

    class Counting(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            nonlocal fed
            piece = super().read(size)
            fed += len(piece)
            return piece

    with pytest.raises(MalformedSource) as caught:
        list(mediawiki_xml.read(Counting(endless().getvalue()), origin=Origin("wiki.xml")))

    assert caught.value.code == "xml-long-tag"
    assert fed < 4 * dump_pages.MAX_TAG


def test_a_million_names_of_elements_are_refused() -> None:
    """The parser would remember all of them."""
    assert told("<mediawiki>" + "".join(f"<a{number}/>" for number in range(200_000)))[0][0] == "not-a-dump"


def test_more_namespaces_than_a_wiki_has_are_not_kept() -> None:
    """Memory does not grow with what the head of a dump declares."""
    declared = "".join(f'<namespace key="{number}">N{number}</namespace>' for number in range(5_000))
    reader = dump_pages.Dump(Origin("wiki.xml"))
    list(reader.pages([dump(page()).replace("</namespaces>", declared + "</namespaces>").encode()]))

    assert len(reader._namespaces) == 1_000


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "empty-page"),
        (" \n", "xml-cut"),
        ("<!DOCTYPE html><html><body>Connexion", "not-a-dump"),
        ("<html><body>Connexion</body></html>", "not-a-dump"),
        ('<rdf:RDF xmlns:rdf="x"/>', "not-a-dump"),
        ("<mediawiki/>", "dump-without-pages"),
        (dump(), "dump-without-pages"),
        ("21.12 Plaidoyer 2022", "bad-xml"),
        ("<mediawiki><page><title>X</page></mediawiki>", "bad-xml"),
        ("<mediawiki>&x;</mediawiki>", "bad-xml"),
        (b"<mediawiki>\xe9</mediawiki>", "bad-xml"),
        ('<?xml version="1.0" encoding="shift_jis"?><mediawiki/>', "xml-charset"),
        ('<?xml version="1.0" encoding="klingon"?><mediawiki/>', "xml-charset"),
        ('<?xml version="1.0" encoding="rot13"?><mediawiki/>', "xml-charset"),
    ],
)
def test_what_is_no_dump_is_told_once(data: str | bytes, code: str) -> None:
    """One refusal, which says what it is."""
    assert [found for found, _ in told(data)] == [code]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_dump_in_another_encoding_is_read(encoding: str) -> None:
    """If it says so, and its encoding has one byte a character, or is UTF-16."""
    declared = "" if encoding.startswith("utf") else f'<?xml version="1.0" encoding="{encoding}"?>'
    records, refused = read((declared + GOOD.replace("autre", "élue")).encode(encoding))

    assert [record.title for record in records] == ["Une page", "Une élue"]
    assert refused == []


@pytest.mark.parametrize(
    "end", ["<title>Une", "Une autre</title>", "<revision>", "Pays=Fra", "</text>", "</page", "</mediawiki"]
)
def test_a_dump_that_is_cut_gives_the_pages_before_the_cut(end: str) -> None:
    """The report says on which line it broke, and in which page."""
    cut = GOOD[: GOOD.rindex(end) + len(end)] if end in GOOD else GOOD[: GOOD.rindex(end[:9]) + 9]
    records, [refused] = read(cut)

    assert [record.title for record in records] == ["Une page", "Une autre"][: 1 + (end == "</mediawiki")]
    assert (refused.code, refused.origin.line) == ("xml-cut", cut.count("\n") + 1)
    assert refused.origin.page in ("", "Une autre")


def noise(size: int) -> str:
    """Return text that packs badly."""
    return "".join(f"{number * 2654435761 % 2**32:x} " for number in range(size // 9))


PACKED = dump(page("Une page"), *(page(f"P {number}", revision(noise(40_000)), number=number) for number in range(9)))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_packed_dump_that_is_cut_gives_the_pages_before_the_cut(pack: Callable[[bytes], bytes]) -> None:
    """As far as they can be unpacked."""
    packed = pack(PACKED.encode() * 1)
    records, refused = read(packed[: len(packed) // 2])

    assert [record.title for record in records] == ["Une page"] * (pack is gzip.compress)
    assert refused[-1].code == "packed-cut"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_packed_dump_that_is_damaged_is_told(pack: Callable[[bytes], bytes]) -> None:
    """A byte that was changed, or something that follows and is not packed."""
    packed = pack(GOOD.encode())
    damaged = bytearray(packed)
    damaged[len(packed) // 2] ^= 0xFF

    assert read(bytes(damaged))[1][-1].code == "packed-broken"
    assert read(packed + b"more")[1][-1].code == "packed-broken"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_members_that_follow_each_other_are_one_dump(pack: Callable[[bytes], bytes]) -> None:
    """Wherever they are parted, and padded with zeros."""
    data = GOOD.encode()
    for place in (1, 500, len(data) - 1):
        records, refused = read(pack(data[:place]) + b"\0" * 512 + pack(data[place:]) + b"\0" * 70_000)
        assert ([record.title for record in records], refused) == (["Une page", "Une autre"], [])


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_bomb_is_refused_by_its_ratio(pack: Callable[[bytes], bytes]) -> None:
    """A gigabyte of blanks in a megabyte: no more than 64 MiB of it is unpacked, a piece at a time."""
    part = pack(b" " * 32 * 1024**2)
    packed = pack(GOOD.encode()) + part * 32
    sizes = map(len, compressed.pieces(io.BytesIO(packed), Origin("wiki.xml.gz")))
    unpacked = 0

    def unpack() -> None:
        nonlocal unpacked
        for size in sizes:
            unpacked += size

    tracemalloc.start()
    try:
        with pytest.raises(MalformedSource) as caught:
            unpack()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert caught.value.code == "packed-too-tight"
    assert compressed.RATIO_FROM - 64 * 1024 < unpacked <= compressed.RATIO_FROM
    assert peak < 16 * 1024**2
    records, refused = read(packed)
    assert ([record.title for record in records], [error.code for error in refused]) == (
        ["Une page", "Une autre"],
        ["packed-too-tight"],
    )


def test_no_more_is_unpacked_than_agreed() -> None:
    """The absolute limit holds whatever the ratio."""
    packed = gzip.compress(noise(1_000_000).encode())
    with pytest.raises(MalformedSource) as caught:
        list(compressed.pieces(io.BytesIO(packed), Origin("wiki.xml.gz"), most=500_000))

    assert caught.value.code == "packed-too-much"


class Failing(io.BytesIO):
    """A file on a disk that fails."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 200_000:
            raise OSError(5, "Input/output error")
        return super().read(size)


def test_a_disk_that_fails_is_told() -> None:
    """The pages before stand."""
    found, refused = read(PACKED, stream=Failing(PACKED.encode()))

    assert [record.title for record in found] == ["Une page"]
    assert (refused[-1].code, refused[-1].value) == ("unreadable", "Input/output error")
