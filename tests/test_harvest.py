"""Harvesting archives of other makes: what no archive can do to us, and what stands however it ends."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from commons_ld import harvesting
from commons_ld.cli import commands
from commons_ld.errors import HarvestError
from commons_ld.harvesting.copy import Copy
from tests.foreign import HOST, Foreign
from tests.foreign_feeds import Repository, kinds, resource, resourcesync, sitemap, stream, version


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.Response(200, text="<html>Sign in</html>", headers={"Content-Type": "text/html"}), "no feed"),
        (httpx.Response(302, headers={"Location": "http://127.0.0.1/admin"}), "another server"),
        (httpx.Response(302, headers={"Location": "/"}), "sends on without end"),
        (httpx.Response(401), "asks for a password"),
        (httpx.Response(503, headers={"Retry-After": "9999"}), "wait"),
        (httpx.Response(200, content=b"x", headers={"Content-Length": str(1 << 40)}), "larger than"),
    ],
)
def test_a_server_that_does_not_answer_as_an_archive_is_told(
    foreign: Foreign, answer: httpx.Response, told: str
) -> None:
    """In a sentence that says what to do; nothing is harvested."""
    foreign.pages["/"] = answer

    with pytest.raises(HarvestError, match=told) as caught:
        foreign.harvest()
    assert caught.value.exit_code == 3
    assert caught.value.told("fr").startswith(HOST)


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">&a;</OAI-PMH>',
        '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">',
        '<?xml version="1.0"?>' + "<a>" * 100_000,
        "",
    ],
)
def test_xml_that_is_broken_or_dangerous_is_no_feed(foreign: Foreign, body: str) -> None:
    """A document type is refused, before anything in it is looked at."""
    foreign.put("/", body, "text/xml")
    with pytest.raises(HarvestError, match="no feed"):
        foreign.harvest()


def test_a_site_that_leads_on_to_its_catalogue_has_its_feeds_beside_it(foreign: Foreign) -> None:
    """What answers for the address of an archive may lie deeper; the feeds lie where the archive was said to be."""
    stream(foreign, version(1, "a", "A"))
    foreign.pages["/"] = httpx.Response(303, headers={"Location": "graph/catalog.ttl"})
    foreign.put(
        "/graph/catalog.ttl", "<https://archive.example/> a <http://www.w3.org/ns/dcat#Catalog> .", "text/turtle"
    )
    foreign.pages["/feeds/ldes/index.ttl"] = httpx.Response(303, headers={"Location": "/ldes"})

    harvested = foreign.harvest(f"{HOST}/")

    assert (harvested.protocol, harvested.records) == ("ldes", 1)


def test_text_of_records_is_in_no_message(foreign: Foreign) -> None:
    """What cannot be parsed is told by its place."""
    stream(foreign, version(1, "a", "A") + '</v/1> dcterms:title "Quibrant" Quibrant')
    with pytest.raises(HarvestError) as caught:
        foreign.harvest(f"{HOST}/ldes")
    assert "Quibrant" not in caught.value.told("fr") + caught.value.told("en")
    assert "/ldes/1" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://archive.example/", "https://ana:secret@archive.example/", "http://"]
)
def test_addresses_that_are_not_harvested(foreign: Foreign, url: str) -> None:
    """And a password is not repeated."""
    with pytest.raises(HarvestError) as caught:
        foreign.harvest(url)
    assert "secret" not in str(caught.value)
    assert foreign.asked == []


@pytest.mark.parametrize("protocol", ["ldes", "oai-pmh", "resourcesync", "schema.org"])
def test_cut_off_at_any_request_the_next_run_ends_as_a_clean_one(tmp_path: Path, protocol: str) -> None:
    """What was kept is kept; the dump stays what it was until it is whole."""

    def made(name: str) -> tuple[Foreign, str]:
        foreign = Foreign(tmp_path / name)
        stream(foreign, version(1, "a", "A") + version(2, "b", "B"), version(3, "a", None), version(4, "c", "C"))
        Repository(foreign)
        resourcesync(foreign, resource(foreign, "a", "A") + resource(foreign, "b", "B"), "", "2026-01-01T00:00:00Z")
        sitemap(foreign, p="", q="")
        paths = {"ldes": "/ldes", "oai-pmh": "/oai", "resourcesync": "/capability.xml", "schema.org": "/sitemap.xml"}
        return foreign, HOST + paths[protocol]

    clean, url = made("clean")
    clean.harvest(url, protocol)
    for number in range(1, len(clean.asked) + 1):
        foreign, _ = made(f"cut{number}")
        foreign.stops_at = number
        with pytest.raises(KeyboardInterrupt):
            foreign.harvest(url, protocol)
        assert not (foreign.folder / "copy" / "dataset.nq").exists()
        foreign.stops_at = 0
        foreign.harvest(url, protocol)
        assert foreign.dump == clean.dump


def test_a_request_that_breaks_off_is_made_again(foreign: Foreign) -> None:
    """In the same run."""
    stream(foreign, version(1, "a", "A"))
    foreign.breaks_at = 2

    assert kinds(foreign.harvest(f"{HOST}/ldes")) == [("new", "a")]
    assert len(foreign.waits) == 1


def test_a_dump_that_cannot_be_written_leaves_the_old_one(foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next run writes it, though nothing is new."""
    stream(foreign, version(1, "a", "A"))
    foreign.harvest(f"{HOST}/ldes")
    before = foreign.dump
    stream(foreign, version(1, "a", "A") + version(2, "b", "B"))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("commons_ld.harvesting.copy.os.fsync", full)
        with pytest.raises(HarvestError, match="No space left"):
            foreign.harvest(f"{HOST}/ldes")
    assert foreign.dump == before
    assert sorted(path.name for path in (foreign.folder / "copy").iterdir()) == [
        "dataset.nq",
        "harvest.lock",
        "harvest.sqlite",
    ]

    assert foreign.harvest(f"{HOST}/ldes").changes == []
    assert "archive.example/b" in foreign.dump


def test_one_at_a_time_and_one_archive_a_folder(foreign: Foreign) -> None:
    """A second harvest of the same folder is told to wait, and another archive to go elsewhere."""
    stream(foreign, version(1, "a", "A"))
    with Copy(foreign.folder / "copy", f"{HOST}/ldes"), pytest.raises(HarvestError, match="another commons-ld"):
        foreign.harvest(f"{HOST}/ldes")
    foreign.harvest(f"{HOST}/ldes")
    with pytest.raises(HarvestError, match=r"a copy of https://archive\.example/ldes already"):
        foreign.harvest(f"{HOST}/oai")


def test_a_damaged_database_is_told(foreign: Foreign) -> None:
    """With what to do about it."""
    stream(foreign, version(1, "a", "A"))
    foreign.harvest(f"{HOST}/ldes")
    path = foreign.folder / "copy" / "harvest.sqlite"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(HarvestError, match="is damaged"):
        foreign.harvest(f"{HOST}/ldes")
    path.unlink()
    assert len(foreign.harvest(f"{HOST}/ldes").changes) == 1  # the folder is not held any more


def test_the_command_offers_each_protocol() -> None:
    """Its help is not told what the package knows, but a test holds them together."""
    (option,) = [option for option in commands.commands["harvest"].params if option.name == "protocol"]
    assert set(option.type.choices) == set(harvesting.PROTOCOLS)  # type: ignore[attr-defined]


def test_the_copy_can_be_asked(tmp_path: Path, foreign: Foreign) -> None:
    """Beside the publication, as the help of the command says."""
    stream(foreign, version(1, "a", "A"))
    foreign.harvest(f"{HOST}/ldes")
    (tmp_path / "data").mkdir()
    run = [sys.executable, "-m", "commons_ld"]
    subprocess.run([*run, "export", "--quiet"], cwd=tmp_path, check=True, capture_output=True)
    text = "SELECT ?title { GRAPH ?g { <https://archive.example/a> <http://purl.org/dc/terms/title> ?title } }"
    asked = [*run, "query", "--with", str(foreign.folder / "copy" / "dataset.nq"), "--format", "csv", text]

    answer = subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True, text=True)

    assert answer.stdout.split() == ["title", "A"]


def test_the_database_says_what_it_is_a_copy_of(foreign: Foreign) -> None:
    """Whoever finds it can tell."""
    stream(foreign, version(1, "a", "A"))
    foreign.harvest(f"{HOST}/ldes")
    with sqlite3.connect(foreign.folder / "copy" / "harvest.sqlite") as database:
        assert database.execute("SELECT value FROM state WHERE name = 'source'").fetchone() == (f"{HOST}/ldes",)
