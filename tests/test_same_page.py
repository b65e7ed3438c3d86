"""The same page, read from every format, is the same record: each allowed difference is named, and none else occurs."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commons_ld import wiki as live
from commons_ld.origin import Origin
from commons_ld.pipeline.finding import find_sources
from commons_ld.pipeline.merging import meanings
from commons_ld.pipeline.receiving import read_records
from commons_ld.record import MediaRecord, RecordFields, Revision
from commons_ld.settings import Settings
from commons_ld.sources import SOURCES
from tests.same_page import RECORD, as_csv, as_dump, as_html, as_json, as_rdf, as_text, as_wikitext
from tests.saved_pages import SKINS
from tests.servers.fake_wiki import FakeWiki

FIELDS = RecordFields.__struct_fields__

#: Each way to read the page: the name of its format, its bytes, and the fields in which it may differ, with the reason.
FORMATS: dict[str, tuple[str, Callable[[], bytes], dict[str, str]]] = {
    "text": ("page-text", as_text, {}),
    "text as copied": (
        "page-text", lambda: as_text(addresses=False), {"documents": "copying loses the addresses behind words"},
    ),
    **{f"HTML, {skin}": ("page-html", lambda skin=skin: as_html(skin), {}) for skin in SKINS},  # type: ignore[misc]
    "wikitext": ("wikitext", lambda: b"<!-- titre : %b -->\n%b" % (RECORD.title.encode(), as_wikitext()), {}),
    "dump": ("mediawiki-xml", as_dump, {"page": "a dump tells where the wiki is"}),
    "JSON": ("json", as_json, {}),
    "CSV": ("csv", as_csv, {"notes": "a cell has no place for what a note replies to"}),
    "Semantic MediaWiki": (
        "smw-rdf",
        as_rdf,
        {
            "page": "an export tells where the wiki is",
            **dict.fromkeys(("abstract", "guests", "documents", "links", "notes", "pad"), "a text, and no property"),
            **dict.fromkeys(("created", "issued"), "a date is exported in the form of XML Schema"),
            **dict.fromkeys(("collections", "languages", "objets_de_commun"), "values of a property have no order"),
            "coordinates": "numbers are exported without the zeros behind them",
        },
    ),
}  # fmt: skip


def read(name: str, data: bytes) -> MediaRecord:
    """Return the record that a reader gives."""
    source = next(source for source in SOURCES if source.name == name)
    [record] = source.read(io.BytesIO(data), origin=Origin(f"page{source.suffixes[0]}"))
    return record


def different(record: RecordFields) -> dict[str, tuple[Any, Any]]:
    """Return the fields in which a record differs from what was written, with both values."""
    pairs = ((name, getattr(RECORD, name), getattr(record, name)) for name in FIELDS)
    return {name: (ours, theirs) for name, ours, theirs in pairs if ours != theirs}


@pytest.mark.parametrize("way", FORMATS)
def test_the_page_is_the_same_record_but_for_what_is_named(way: str) -> None:
    """A difference without a reason fails, and so does a reason without a difference."""
    name, write, reasons = FORMATS[way]
    found = different(read(name, write()))

    assert {field: values for field, values in found.items() if field not in reasons} == {}
    assert set(reasons) - set(found) <= {"collections", "languages", "objets_de_commun"}


def test_every_format_has_its_column() -> None:
    """A reader that is added is held to the others; JSON Lines is JSON, line by line."""
    assert {name for name, _, _ in FORMATS.values()} == {source.name for source in SOURCES} - {"json-lines"}


def test_what_semantic_mediawiki_exports_means_the_same() -> None:
    """Where its spelling differs, its meaning does not."""
    record = read("smw-rdf", as_rdf())

    for field, meaning in meanings().items():
        if getattr(record, field) and getattr(RECORD, field):
            ours, theirs = meaning(getattr(RECORD, field)), meaning(getattr(record, field))
            assert ours == theirs, field


def test_the_fetched_page_is_the_same_record(fake: FakeWiki, tmp_path: Path) -> None:
    """Over the API, in files and out of them again; its address is that of the wiki."""
    fake.edit(RECORD.title, as_wikitext().decode())
    live.fetch(Settings(root=tmp_path), fake.url)

    [found] = find_sources([tmp_path / "data"])
    [record] = read_records(found, pytest.fail)  # type: ignore[arg-type]

    assert set(different(record)) == {"page"}
    assert record.revision
    assert record.revision.page_id > 0


@pytest.mark.parametrize("way", ["dump", *(f"HTML, {skin}" for skin in SKINS)])
def test_what_tells_the_revision_tells_the_same(way: str) -> None:
    """The page's number and the revision's; the time where it is told."""
    name, write, _ = FORMATS[way]
    revision = read(name, write()).revision

    assert revision in (
        Revision("wiki.exemple.test", 7, 12),
        Revision("wiki.exemple.test", 7, 12, "2024-02-12T10:11:12Z"),
    )
