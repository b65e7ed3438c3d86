"""The table of formats, and the tables of labels that the readers of pages share."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import BinaryIO

import pytest

from commons_ld import sources
from commons_ld.errors import Reject, fail
from commons_ld.messages import Language, message
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord, RecordFields
from commons_ld.sources import SOURCES, Source, by_suffix
from commons_ld.sources.addresses import find_addresses
from commons_ld.sources.broadcast import SERVICES, broadcast_url
from commons_ld.sources.labels import HEADINGS, LABELS, METADATA, PARAMETERS, SECTIONS, heading_section
from tests.hostile import superlinear


def test_every_reader_has_its_row() -> None:
    """A module of sources whose ``read`` no row names would never be used."""
    modules = [
        importlib.import_module(f"{sources.__name__}.{item.name}") for item in pkgutil.iter_modules(sources.__path__)
    ]
    readers = {
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.split("_")[0] == "read"
        and "reject" in inspect.signature(function).parameters
        and name in module.__all__
    }

    assert readers == {source.read for source in SOURCES}


def test_names_and_suffixes_are_unequivocal() -> None:
    """No two formats share a name or a suffix, and no suffix hides another."""
    suffixes = [suffix for source in SOURCES for suffix in source.suffixes]

    assert len({source.name for source in SOURCES}) == len(SOURCES)
    assert [(a, b) for a in suffixes for b in suffixes if a != b and a.endswith(b)] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/21.12 Plaidoyer.txt", "page-text"),
        ("A.WIKI", "wikitext"),
        ("Page — Wiki.HTM", "page-html"),
        ("page.html", "page-html"),
        ("a.json", "json"),
        ("a.jsonl", "json-lines"),
        ("a.csv", "csv"),
    ],
)
def test_the_name_of_a_file_tells_its_format(path: str, name: str) -> None:
    """By its suffix, in any case."""
    found = by_suffix(path)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("path", ["README.md", "txt", "a.txt.bak", ""])
def test_other_files_have_no_format(path: str) -> None:
    """A name that ends in no suffix of ours is nobody's."""
    assert by_suffix(path) is None


def test_whoever_gives_another_file_is_told_of_every_format() -> None:
    """The sentence about a file that is not read names the formats that are."""
    languages: tuple[Language, ...] = ("fr", "en")
    for language in languages:
        said = message("unknown-format", language, value=".docx")
        assert {source.name for source in SOURCES if not any(suffix in said for suffix in source.suffixes)} == set()


def test_labels_fill_fields_of_the_record() -> None:
    """Every row names a field that there is, and a name stands in one row only."""
    assert {row.field for row in LABELS} <= set(RecordFields.__struct_fields__)
    for names in ([name for row in LABELS for name in row.shown], [name for row in LABELS for name in row.parameters]):
        assert len(set(names)) == len(names)
    assert all(METADATA[key].field == PARAMETERS[key].field for key in METADATA)


def test_headings_open_their_own_section() -> None:
    """Each heading of the table is known as the table says."""
    assert {heading_section(name) for name in HEADINGS} == set(SECTIONS)
    assert all(heading_section(name) == section for section, names in SECTIONS.items() for name in names)


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("https://exemple.org.", ["https://exemple.org"]),
        ("(https://exemple.org)", ["https://exemple.org"]),
        ("https://exemple.org/a_(b)", ["https://exemple.org/a_(b)"]),
        ("« https://exemple.org/?a=1&b=2#c »", ["https://exemple.org/?a=1&b=2#c"]),
        ("HTTP://Exemple.org, https://b.org!", ["HTTP://Exemple.org", "https://b.org"]),
        ('<https://a.org> "https://b.org" [https://c.org]', ["https://a.org", "https://b.org", "https://c.org"]),
        ("https:// http://) www.exemple.org a@exemple.org ftp://a.org", []),
        ("https://exemple.org/é…", ["https://exemple.org/é"]),
    ],
)
def test_addresses_end_where_their_sentence_goes_on(text: str, urls: list[str]) -> None:
    """Punctuation and brackets around an address are no part of it."""
    assert [address.url for address in find_addresses(text)] == urls


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_makes_an_address(service: str) -> None:
    """By its name in any case and spacing; what an address cannot hold is percent-encoded."""
    assert broadcast_url(service.upper().replace(" ", ""), 'a b"<') == f"{SERVICES[service]}a%20b%22%3C"


def test_an_unknown_service_makes_none() -> None:
    """An address is never invented."""
    assert broadcast_url("PeerTube", "abc") == ""


def test_the_guard_of_linear_time_fires() -> None:
    """A reader that looks at the whole page for each of its characters is found out, and a linear one is not."""

    def read(stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]:  # noqa: ARG001
        data = stream.read()
        for _ in data:
            for _ in data[::80]:
                len(data)
        yield from ()

    assert superlinear(Source("quadratic", (".txt",), read, ""), "X\n", ["a"]) == ["a"]
    assert superlinear(SOURCES[0], "X\n", ["a"]) == []
