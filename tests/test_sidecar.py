"""A page with a sidecar beside it: what the record gets from that, and what is told when one is broken."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from commons_ld.errors import SourceError, fail
from commons_ld.pipeline.finding import find_sources
from commons_ld.pipeline.receiving import read_records
from commons_ld.record import MediaRecord, Revision
from commons_ld.sources.sidecar import Sidecar, parse_sidecar, to_bytes
from tests.archive import DATA, Archive
from tests.wikis import page

TEXT = page()


def told(**changes: Any) -> dict[str, Any]:
    """Return the facts of a sidecar."""
    return {
        "wiki": "wiki.exemple.test",
        "pageid": 7,
        "title": "21.12 L'été : un essai",
        "url": "https://wiki.exemple.test/21.12",
        "revid": 12,
        "timestamp": "2024-02-09T10:11:12Z",
        "sha1": hashlib.sha1(TEXT.encode()).hexdigest(),
        "redirects": ["Ancien"],
    } | changes


def write(archive: Archive, stem: str = "page", text: str = TEXT, **changes: Any) -> None:
    """Write a page and its sidecar."""
    archive.write(f"{stem}.wiki", text)
    archive.write(f"{stem}.wiki.json", json.dumps(told(**changes)))


def read(archive: Archive) -> tuple[list[MediaRecord], list[str]]:
    """Return the records of an archive, and the codes of what is refused."""
    refused: list[SourceError] = []
    records = [record for found in find_sources([archive.data]) for record in read_records(found, refused.append)]
    return records, [error.code for error in refused]


def test_a_fetched_page_gets_what_its_sidecar_tells(tmp_path: Path) -> None:
    """Title, address, revision and the titles that lead to it; the sidecar itself is no source."""
    archive = Archive(tmp_path, output=DATA)
    write(archive)

    [record], refused = read(archive)

    assert refused == []
    assert record.title == record.origin.page == "21.12 L'été : un essai"
    assert record.page == "https://wiki.exemple.test/21.12"
    assert record.revision == Revision("wiki.exemple.test", 7, 12, "2024-02-09T10:11:12Z")
    assert record.other_titles == ("Ancien",)
    assert record.countries == ("France",)


def test_a_page_that_was_changed_here_claims_no_revision(tmp_path: Path) -> None:
    """It is that page still, but not what the wiki has under that number."""
    archive = Archive(tmp_path, output=DATA)
    write(archive, text=page("Changé ici."))

    [record], _ = read(archive)

    assert record.revision == Revision("wiki.exemple.test", 7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 200_000,
        *(
            json.dumps(told(**change)).encode()
            for change in (
                {"wiki": ""},
                {"wiki": "wiki.exemple.test/path"},
                {"pageid": 0},
                {"pageid": "7"},
                {"pageid": 2**80},
                {"title": ""},
                {"title": "x" * 600},
                {"url": "javascript:alert(1)"},
                {"url": "https://exemple.test/a b"},
                {"timestamp": "yesterday"},
                {"redirects": [""]},
                {"redirects": "Ancien"},
            )
        ),
        json.dumps({"title": "21.12"}).encode(),
    ],
)
def test_a_broken_sidecar_is_told_and_its_page_left_out(tmp_path: Path, data: bytes) -> None:
    """Without it the page could come out under the name of another; the others are read."""
    archive = Archive(tmp_path, output=DATA)
    write(archive, "a")
    write(archive, "b", pageid=8, title="21.12 B")
    archive.write("a.wiki.json", data)

    records, refused = read(archive)

    assert [record.title for record in records] == ["21.12 B"]
    assert refused == ["bad-sidecar"]


def test_a_sidecar_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """A page has few redirects."""
    archive = Archive(tmp_path, output=DATA)
    write(archive, redirects=["x" * 500] * 3000)

    assert read(archive) == ([], ["too-large"])


def test_a_sidecar_without_its_page_is_told(tmp_path: Path) -> None:
    """It is never taken for a record in JSON."""
    archive = Archive(tmp_path, output=DATA)
    write(archive)
    (archive.data / "page.wiki").unlink()

    assert read(archive) == ([], ["lone-sidecar"])


def test_a_single_fetched_page_can_be_read(tmp_path: Path) -> None:
    """By its name, as a source of its own."""
    archive = Archive(tmp_path, output=DATA)
    write(archive)

    [found] = find_sources([archive.data / "page.wiki"])

    assert [record.title for record in read_records(found, fail)] == ["21.12 L'été : un essai"]


def test_what_is_written_is_read_again() -> None:
    """A line a fact, in an order that stays."""
    sidecar = parse_sidecar(json.dumps(told()).encode())

    data = to_bytes(sidecar)

    assert parse_sidecar(data) == sidecar
    assert [line.split('"')[1] for line in data.decode().splitlines() if ":" in line] == list(Sidecar.__struct_fields__)


# ── From run to run ──────────────────────────────────────────────────────────────────────────────────


def records(archive: Archive) -> dict[str, str]:
    """Export, and return the title of each record by its IRI."""
    archive.export()
    rows = json.loads(archive.read("manifest.json"))["records"]
    return {row["iri"].removeprefix(archive.settings.base_iri): row["title"] for row in rows}


def age(archive: Archive) -> None:
    """Let every file be from long ago, so that its time stamp is believed."""
    for path in archive.data.iterdir():
        os.utime(path, (1_600_000_000, 1_600_000_000))


def test_a_page_whose_sidecar_alone_changes_is_read_again(tmp_path: Path) -> None:
    """Also where neither size nor time tells: what was fetched is what both files say."""
    archive = Archive(tmp_path, output=DATA)
    write(archive)
    age(archive)
    records(archive)
    assert archive.export().changed is False

    write(archive, redirects=["Autre!"])

    assert archive.export().work.mapped == 1
    assert "Autre!" in archive.read("dataset.ttl")


def test_a_page_that_comes_to_another_file_keeps_its_iri(tmp_path: Path) -> None:
    """It is known by its number on the wiki; the former title becomes an alternative one."""
    archive = Archive(tmp_path, output=DATA)
    write(archive, "z", title="21.12 Ancienne")
    assert records(archive) == {"session/21-12-ancienne": "21.12 Ancienne"}

    (archive.data / "z.wiki").rename(archive.data / "a.wiki")
    (archive.data / "z.wiki.json").unlink()
    write(archive, "a", title="22.01 Neuve")

    assert records(archive) == {"session/21-12-ancienne": "22.01 Neuve"}
    assert '"21.12 Ancienne"@fr' in archive.read("dataset.ttl")


def test_pages_that_change_files_with_each_other_keep_their_iris(tmp_path: Path) -> None:
    """No page is taken for a second copy of one that was read before."""
    archive = Archive(tmp_path, output=DATA)
    write(archive, "a", title="21.12 A")
    write(archive, "b", title="21.12 B", pageid=8)
    records(archive)

    write(archive, "a", title="21.12 B", pageid=8)
    write(archive, "b", title="21.12 A")

    assert archive.export().report.refused == ()
    assert records(archive) == {"session/21-12-a": "21.12 A", "session/21-12-b": "21.12 B"}


def test_a_page_that_is_there_twice_is_published_once(tmp_path: Path) -> None:
    """And again from the other file when the first is taken away, though that other file did not change."""
    archive = Archive(tmp_path, output=DATA)
    write(archive, "a")
    write(archive, "b")
    age(archive)

    outcome = archive.export()
    assert [refusal.code for refusal in outcome.report.refused] == ["duplicate-identifier"]
    (archive.data / "a.wiki").unlink()
    (archive.data / "a.wiki.json").unlink()

    assert list(records(archive).values()) == ["21.12 L'été : un essai"]
    assert archive.export().report.refused == ()
