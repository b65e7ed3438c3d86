"""Harvesting archives of other makes: what is taken, what is not asked again, and what no archive can do to us."""

from __future__ import annotations

import hashlib
import json
import random
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
from hypothesis import given
from hypothesis import strategies as st

from commons_ld import harvesting
from commons_ld.cli import commands
from commons_ld.errors import HarvestError
from commons_ld.harvesting import skolem
from commons_ld.harvesting.copy import Copy
from commons_ld.harvesting.graphs import lines_of
from tests.foreign import HOST, Foreign, oai, oai_record


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    """Return an archive in which there is nothing yet."""
    return Foreign(tmp_path)


def kinds(done: harvesting.Harvested) -> list[tuple[str, str]]:
    """Return what became of each record, by the end of its name."""
    return sorted((change.kind, change.iri.rpartition("/")[2]) for change in done.changes)


# ── LDES ─────────────────────────────────────────────────────────────────────────────────────────────────

STREAM = """@prefix ldes: <https://w3id.org/ldes#> . @prefix tree: <https://w3id.org/tree#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix as: <https://www.w3.org/ns/activitystreams#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <https://archive.example/> .
"""
ROOT = f"""{STREAM}
</stream> a ldes:EventStream ; tree:view </ldes> ;
  ldes:versionOfPath dcterms:isVersionOf ; ldes:timestampPath dcterms:created .
</ldes> a tree:Node ; tree:relation [ a tree:Relation ; tree:node </ldes/1> ] .
"""
VERSION = """</stream> tree:member </v/{number}> .
</v/{number}> a {kind} ; dcterms:isVersionOf :{name} ; dcterms:created "2026-01-{day:02}T00:00:00Z"^^xsd:dateTime {more} .
"""


def version(number: int, name: str, title: str | None) -> str:
    """Return a member; without a title, one that says that the record is gone."""
    more = "" if title is None else f'; dcterms:title "{title}" ; dcterms:creator [ dcterms:title "Par {title}" ]'
    return VERSION.format(
        number=number, name=name, day=number, more=more, kind="as:Delete" if title is None else "as:Create"
    )


def stream(foreign: Foreign, *pages: str, root: str = ROOT) -> None:
    """Let the pages of a stream be chained, each but the last immutable."""
    foreign.put("/ldes", root, "text/turtle")
    for number, page in enumerate(pages, 1):
        is_last = number == len(pages)
        link = "" if is_last else f"</ldes/{number}> tree:relation [ tree:node </ldes/{number + 1}> ] ."
        immutable = "" if is_last else f"</ldes/{number}> ldes:immutable true ."
        foreign.put(
            f"/ldes/{number}", f"{STREAM}</ldes/{number}> a tree:Node . {link} {immutable} {page}", "text/turtle"
        )


def test_a_stream_of_another_make_is_read_to_its_end_and_then_only_what_is_new(foreign: Foreign) -> None:
    """Pages behind pages; the last version of each record; pages that are full are not asked for again."""
    stream(foreign, version(1, "a", "A") + version(2, "b", "B"), version(3, "a", "A2"))

    first = foreign.harvest(f"{HOST}/ldes")

    assert (first.protocol, kinds(first)) == ("ldes", [("changed", "a"), ("new", "a"), ("new", "b")])
    graph = rdflib.Dataset().parse(data=foreign.dump, format="nquads").graph("https://archive.example/a")
    title = rdflib.DCTERMS.title
    assert [str(value) for value in graph.objects(rdflib.URIRef("https://archive.example/a"), title)] == ["A2"]
    assert len(graph) == 4  # its type, its title, its creator, and the creator's title; no version
    assert "_:" not in foreign.dump

    foreign.asked.clear()
    stream(foreign, version(1, "a", "A") + version(2, "b", "B"), version(3, "a", "A2") + version(4, "b", None))
    second = foreign.harvest(f"{HOST}/ldes")

    assert kinds(second) == [("deleted", "b")]
    assert f"{HOST}/ldes/1" not in foreign.asked
    foreign.asked.clear()
    assert foreign.harvest(f"{HOST}/ldes").changes == []
    assert foreign.asked.count(f"{HOST}/ldes/2") == 1  # and that was answered by 304


def test_what_is_gone_leaves_its_name_and_nothing_else(foreign: Foreign) -> None:
    """Not in the dump, and in no byte of the database."""
    stream(foreign, version(1, "a", "Quibrant"))
    foreign.harvest(f"{HOST}/ldes")
    assert b"Quibrant" in (foreign.folder / "copy" / "harvest.sqlite").read_bytes()
    stream(foreign, version(2, "a", None))

    foreign.harvest(f"{HOST}/ldes")

    assert not [path for path in (foreign.folder / "copy").iterdir() if b"Quibrant" in path.read_bytes()]


def test_a_stream_that_does_not_reach_back_to_the_last_visit_is_read_anew(foreign: Foreign) -> None:
    """What it does not tell of then is gone, though no page says so."""
    stream(foreign, version(1, "a", "A") + version(2, "b", "B"))
    foreign.harvest(f"{HOST}/ldes")
    late = ROOT + '</ldes> ldes:retentionPolicy [ ldes:startingFrom "2026-01-05T00:00:00Z"^^xsd:dateTime ] .'
    stream(foreign, version(6, "b", "B"), root=late)

    done = foreign.harvest(f"{HOST}/ldes")

    assert kinds(done) == [("dropped", "a")]
    assert any("read again" in note["en"] for note in foreign.notes)


def test_a_stream_whose_full_pages_are_others_is_read_anew(foreign: Foreign) -> None:
    """It was begun anew, or something was taken back."""
    stream(foreign, version(1, "a", "A") + version(2, "b", "B"), version(3, "c", "C"))
    foreign.harvest(f"{HOST}/ldes")
    foreign.pages["/ldes/9"], foreign.types["/ldes/9"] = f"{STREAM}{version(1, 'a', 'A')}".encode(), "text/turtle"
    foreign.put("/ldes", ROOT.replace("/ldes/1", "/ldes/9"), "text/turtle")

    assert kinds(foreign.harvest(f"{HOST}/ldes")) == [("dropped", "b"), ("dropped", "c")]


def test_pages_elsewhere_are_not_asked_for(foreign: Foreign) -> None:
    """A page may name the inside of our network; nothing but its own host is asked."""
    foreign.put(
        "/ldes",
        ROOT + "</ldes> tree:relation [ tree:node <http://127.0.0.1:1/x> , <file:///etc/passwd> ] .",
        "text/turtle",
    )
    foreign.put("/ldes/1", STREAM + version(1, "a", "A"), "text/turtle")

    assert kinds(foreign.harvest(f"{HOST}/ldes")) == [("new", "a")]
    assert all(url.startswith(HOST) for url in foreign.asked)


def test_one_member_that_says_nothing_is_told_and_the_others_are_kept(foreign: Foreign) -> None:
    """The exit code of the command says so."""
    stream(foreign, version(1, "a", "A") + "</stream> tree:member </v/9> . </v/9> dcterms:isVersionOf :z .")

    done = foreign.harvest(f"{HOST}/ldes")

    assert (kinds(done), [refused.key for refused in done.refused]) == ([("new", "a")], ["https://archive.example/z"])
    assert not done.is_whole


def test_a_member_that_could_not_be_read_is_asked_for_again_until_it_is(foreign: Foreign) -> None:
    """Its page is, though it is immutable; what else stands there is old, and told where the stream tells no times."""
    root = ROOT.replace("; ldes:timestampPath dcterms:created", "")
    empty = "</stream> tree:member </v/9> . </v/9> dcterms:isVersionOf :z ."
    stream(foreign, version(1, "a", "A") + empty, version(2, "a", "A2"), root=root)
    foreign.harvest(f"{HOST}/ldes")

    foreign.asked.clear()
    second = foreign.harvest(f"{HOST}/ldes")

    assert ([refused.key for refused in second.refused], second.changes) == (["https://archive.example/z"], [])
    assert f"{HOST}/ldes/1" in foreign.asked
    assert not second.is_whole
    stream(foreign, version(1, "a", "A") + version(9, "z", "Z"), version(2, "a", "A2"), root=root)
    third = foreign.harvest(f"{HOST}/ldes")
    assert (kinds(third), third.is_whole) == ([("new", "z")], True)
    assert '"A2"' in foreign.dump
    foreign.asked.clear()
    foreign.harvest(f"{HOST}/ldes")
    assert f"{HOST}/ldes/1" not in foreign.asked


@pytest.mark.parametrize(
    "then",
    [
        (version(1, "a", "A"), version(8, "z", None)),
        (version(1, "a", "A"), version(2, "b", "B")),
        (version(1, "a", "A"), version(8, "z", "Z")),
    ],
    ids=["deleted", "left", "read"],
)
def test_a_member_that_is_deleted_or_has_left_is_not_told_of_any_more(foreign: Foreign, then: tuple[str, str]) -> None:
    """A later version counts too: nobody asks for the one that could not be read."""
    stream(foreign, version(1, "a", "A"), "</stream> tree:member </v/2> . </v/2> dcterms:isVersionOf :z .")
    assert not foreign.harvest(f"{HOST}/ldes").is_whole
    stream(foreign, *then)

    assert foreign.harvest(f"{HOST}/ldes").is_whole


def test_an_older_version_that_cannot_be_read_is_no_matter(foreign: Foreign) -> None:
    """Whichever of the two comes first; a later one that cannot be read is."""
    bad = (
        '</stream> tree:member </v/{0}> . </v/{0}> dcterms:isVersionOf :a ; dcterms:created "2026-01-0{0}T00:00:00Z" .'
    )
    stream(foreign, version(3, "a", "A3"), bad.format(2))
    assert foreign.harvest(f"{HOST}/ldes").is_whole

    stream(foreign, version(3, "a", "A3"), bad.format(2) + bad.format(4))
    assert not foreign.harvest(f"{HOST}/ldes").is_whole
    stream(foreign, version(3, "a", "A3"), bad.format(4) + version(5, "b", "B"))
    assert not foreign.harvest(f"{HOST}/ldes", anew=True).is_whole
    assert '"A3"' in foreign.dump


def test_a_full_page_that_was_taken_away_since_does_not_end_the_run(foreign: Foreign) -> None:
    """What could not be read on it is nowhere any more."""
    empty = "</stream> tree:member </v/9> . </v/9> dcterms:isVersionOf :z ."
    stream(foreign, version(1, "a", "A") + empty, version(2, "b", "B"))
    foreign.harvest(f"{HOST}/ldes")
    del foreign.pages["/ldes/1"]

    done = foreign.harvest(f"{HOST}/ldes")

    assert (done.is_whole, done.records) == (True, 2)


# ── OAI-PMH ──────────────────────────────────────────────────────────────────────────────────────────────


class Repository:
    """A repository in pages of two, with one format."""

    def __init__(self, foreign: Foreign, deletions: str = "persistent") -> None:
        self.deletions = deletions
        #: Name, day and title of each; those that are deleted have no title.
        self.records: list[tuple[str, str, str | None]] = [
            ("a", "2026-01-01", "A"),
            ("b", "2026-01-02", "B"),
            ("c", "2026-01-03", "C"),
        ]
        self.asked: list[dict[str, str]] = []
        self.faults: list[str] = []
        #: The records that come without what they say, and those that are not to be had alone.
        self.broken: set[str] = set()
        self.unknown: set[str] = set()
        self.at = "2026-06-01T00:00:00Z"
        foreign.pages["/oai"] = self

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        self.asked.append(asked)
        if asked.get("verb") == "ListRecords" and self.faults and self.faults[0] == asked.get("resumptionToken"):
            self.faults.pop(0)
            return self._answer(oai("error", '<error code="badResumptionToken">old</error>'))
        body = {
            "Identify": f"<deletedRecord>{self.deletions}</deletedRecord><granularity>YYYY-MM-DD</granularity>",
            "ListMetadataFormats": "<metadataFormat><metadataPrefix>oai_dc</metadataPrefix></metadataFormat>",
            "ListRecords": "",
            "GetRecord": "",
        }.get(asked.get("verb", ""))
        if body is None:
            return self._answer(oai("error", '<error code="badVerb"/>'))
        if asked["verb"] == "ListRecords":
            since, _, begin = asked.get("resumptionToken", f"{asked.get('from', '')}~0").partition("~")
            found = [record for record in self.records if record[1] >= since]
            if not found:
                return self._answer(oai("error", '<error code="noRecordsMatch"/>'))
            body = "".join(self._record(*record) for record in found[int(begin) : int(begin) + 2])
            if len(found) > int(begin) + 2:
                body += f"<resumptionToken>{since}~{int(begin) + 2}</resumptionToken>"
        if asked["verb"] == "GetRecord":
            name = asked["identifier"].removeprefix("oai:x:")
            if name in self.unknown:
                return self._answer(oai("error", '<error code="idDoesNotExist"/>'))
            body = self._record(*next(record for record in reversed(self.records) if record[0] == name))
        return self._answer(oai(asked["verb"], body, self.at))

    def _record(self, name: str, at: str, title: str | None) -> str:
        text = oai_record(name, at, title)
        return re.sub("<metadata>.*</metadata>", "", text) if name in self.broken else text

    def _answer(self, text: str) -> httpx.Response:
        return httpx.Response(200, text=text, headers={"Content-Type": "text/xml"})


def test_a_repository_is_harvested_by_datestamp_with_its_deletions(foreign: Foreign) -> None:
    """Dublin Core becomes statements about the identifier, its languages kept."""
    repository = Repository(foreign)

    first = foreign.harvest(f"{HOST}/oai")

    assert (first.protocol, len(first.changes)) == ("oai-pmh", 3)
    quads = list(ox.parse(foreign.dump, format=ox.RdfFormat.N_QUADS))
    assert {str(quad.object) for quad in quads if quad.predicate.value.endswith("title")} == {
        '"A"@fr',
        '"B"@fr',
        '"C"@fr',
    }
    assert ox.NamedNode("https://archive.example/a") in {quad.object for quad in quads}

    repository.asked.clear()
    repository.records += [("a", "2026-01-04", None), ("d", "2026-01-05", "D")]
    second = foreign.harvest(f"{HOST}/oai")

    assert kinds(second) == [("deleted", "oai:x:a"), ("new", "oai:x:d")]
    assert [asked.get("from") for asked in repository.asked if "metadataPrefix" in asked] == ["2026-01-02"]


def test_a_record_that_is_entered_late_is_heard_of(foreign: Foreign) -> None:
    """A day late, where the repository tells days; what comes again for that is found unchanged."""
    repository = Repository(foreign)
    foreign.harvest(f"{HOST}/oai")
    repository.records.append(("late", "2026-01-02", "L"))

    done = foreign.harvest(f"{HOST}/oai")

    assert kinds(done) == [("new", "oai:x:late")]


@pytest.mark.parametrize("wrong", ["9999-01-01", "9999-01-01T00:00:00Z", "zzzz", "2026-13-01T00:00:00Z", ""])
def test_a_datestamp_that_cannot_be_hides_no_record(foreign: Foreign, wrong: str) -> None:
    """One from the future or of another form is passed over; the record itself is kept, and may change."""
    repository = Repository(foreign)
    repository.records.append(("odd", wrong, "O"))
    assert foreign.harvest(f"{HOST}/oai").records == 4
    repository.records[3:] = [("d", "2026-02-01", "D"), ("odd", "2026-02-01", "O2")]

    done = foreign.harvest(f"{HOST}/oai")

    assert kinds(done) == [("changed", "oai:x:odd"), ("new", "oai:x:d")]


@pytest.mark.parametrize(
    ("at", "asked"),
    [("2026-01-02T12:00:00Z", ["2026-01-01"]), ("yesterday", [None]), ("0001-01-01T00:00:00Z", [None])],
)
def test_no_cursor_is_after_the_clock_of_the_repository(foreign: Foreign, at: str, asked: list[str | None]) -> None:
    """Where that clock cannot be read, everything is asked for again."""
    repository = Repository(foreign)
    repository.at = at
    foreign.harvest(f"{HOST}/oai")
    repository.asked.clear()

    assert foreign.harvest(f"{HOST}/oai").changes == []
    assert [one.get("from") for one in repository.asked if "metadataPrefix" in one] == asked


def test_seconds_are_asked_for_where_they_are_told(foreign: Foreign) -> None:
    """From an hour before."""
    repository = Repository(foreign)
    answer = repository._answer
    repository._answer = lambda text: answer(text.replace("YYYY-MM-DD<", "YYYY-MM-DDThh:mm:ssZ<"))  # type: ignore[method-assign]
    repository.records = [("a", "2026-01-01T00:30:00Z", "A")]
    foreign.harvest(f"{HOST}/oai")

    foreign.harvest(f"{HOST}/oai")

    assert repository.asked[-1]["from"] == "2025-12-31T23:30:00Z"


def test_a_record_that_could_not_be_read_is_asked_for_alone_until_it_is(foreign: Foreign) -> None:
    """Or until the repository does not know it any more."""
    repository = Repository(foreign)
    repository.broken = {"a"}
    assert [refused.key for refused in foreign.harvest(f"{HOST}/oai").refused] == ["oai:x:a"]

    assert [refused.key for refused in foreign.harvest(f"{HOST}/oai").refused] == ["oai:x:a"]
    assert repository.asked[-1] == {"verb": "GetRecord", "identifier": "oai:x:a", "metadataPrefix": "oai_dc"}
    repository.broken.clear()
    done = foreign.harvest(f"{HOST}/oai")
    assert (kinds(done), done.is_whole) == ([("new", "oai:x:a")], True)
    foreign.harvest(f"{HOST}/oai")
    assert repository.asked[-1]["verb"] == "ListRecords"

    repository.broken = {"a"}
    foreign.harvest(f"{HOST}/oai", anew=True)
    repository.unknown = {"a"}
    left = foreign.harvest(f"{HOST}/oai")
    assert (left.is_whole, left.records) == (True, 3)


def test_a_record_that_is_not_to_be_had_alone_leaves_the_others(foreign: Foreign) -> None:
    """A server that fails for one record is told of, with that record."""
    repository = Repository(foreign)
    repository.broken = {"a"}
    foreign.harvest(f"{HOST}/oai")
    repository.records.append(("d", "2026-01-04", "D"))

    def failing(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503) if b"GetRecord" in request.url.query else repository(request)

    foreign.pages["/oai"] = failing
    done = foreign.harvest(f"{HOST}/oai")

    assert (kinds(done), [refused.key for refused in done.refused]) == ([("new", "oai:x:d")], ["oai:x:a"])
    assert "503" in done.refused[0].problem["en"]


def test_many_records_that_could_not_be_read_are_asked_for_by_the_list(foreign: Foreign) -> None:
    """A request each would be a burden."""
    repository = Repository(foreign)
    repository.broken = {f"n{number:03}" for number in range(101)}
    repository.records = [("z", "2026-03-01", "Z"), *((name, "2026-01-02", "N") for name in sorted(repository.broken))]
    assert len(foreign.harvest(f"{HOST}/oai").refused) == 101
    repository.broken.pop()
    repository.asked.clear()

    done = foreign.harvest(f"{HOST}/oai")

    assert (len(done.changes), len(done.refused)) == (1, 100)
    assert [asked["from"] for asked in repository.asked if "metadataPrefix" in asked] == ["2026-01-01"]


def test_a_repository_that_forgets_deletions_is_listed_whole(foreign: Foreign) -> None:
    """What is not in the list is gone; a list that lost too much is not believed."""
    repository = Repository(foreign, deletions="transient")
    foreign.harvest(f"{HOST}/oai")
    del repository.records[0]

    assert kinds(foreign.harvest(f"{HOST}/oai")) == [("dropped", "oai:x:a")]

    repository.records += [(f"n{number}", "2026-01-04", "N") for number in range(20)]
    foreign.harvest(f"{HOST}/oai")
    repository.records = repository.records[:2]
    done = foreign.harvest(f"{HOST}/oai")

    assert (done.kept, done.records, done.is_whole) == (20, 22, False)
    assert foreign.harvest(f"{HOST}/oai", allow_deletions=True).records == 2


def test_a_token_that_grew_old_begins_the_list_again(foreign: Foreign) -> None:
    """Once; what had come is known."""
    repository = Repository(foreign)
    repository.faults = ["~2"]

    assert len(foreign.harvest(f"{HOST}/oai").changes) == 3
    lists = [asked.get("resumptionToken") for asked in repository.asked if asked.get("verb") == "ListRecords"]
    assert lists == [None, "~2", None, "~2"]

    repository.faults = ["~2", "~2", "~2"]
    with pytest.raises(HarvestError, match="badResumptionToken"):
        foreign.harvest(f"{HOST}/oai", anew=True)


def test_a_list_without_end_is_given_up(foreign: Foreign) -> None:
    """The same token twice leads nowhere."""
    Repository(foreign)
    answer = foreign.pages["/oai"]

    def looping(request: httpx.Request) -> httpx.Response:
        if b"ListRecords" in request.url.query:
            body = oai("ListRecords", oai_record("a", "2026-01-01", "A") + "<resumptionToken>again</resumptionToken>")
            return httpx.Response(200, text=body)
        assert callable(answer)
        return answer(request)

    foreign.pages["/oai"] = looping
    with pytest.raises(HarvestError, match="does not end"):
        foreign.harvest(f"{HOST}/oai")


def test_a_format_that_is_not_offered_is_told(foreign: Foreign) -> None:
    """With those that are."""
    Repository(foreign)
    with pytest.raises(HarvestError, match="it offers: oai_dc"):
        foreign.harvest(f"{HOST}/oai", prefix="marc")


# ── Sitemaps ─────────────────────────────────────────────────────────────────────────────────────────────


def sitemap(foreign: Foreign, **pages: str) -> None:
    """Let there be a site whose pages carry an event each, with the days of their last change."""
    rows = "".join(
        f"<url><loc>{HOST}/{name}.html</loc>{at and f'<lastmod>{at}</lastmod>'}</url>" for name, at in pages.items()
    )
    text = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    foreign.put("/sitemap.xml", text, "application/xml")
    for name in pages:
        event = {
            "@context": "https://schema.org",
            "@id": f"{HOST}/{name}",
            "@type": "Event",
            "name": f"</title> {name}",
        }
        blocks = (
            f'<script type="application/ld+json">{json.dumps(event | {"location": {"@type": "Place"}})}</script>' * 2
        )
        foreign.put(f"/{name}.html", f"<html><head>{blocks}</head><p>Bonjour</html>", "text/html")


def test_pages_with_data_are_read_and_those_that_did_not_change_are_not_asked_for(foreign: Foreign) -> None:
    """schema.org's context is not fetched; what leaves the sitemap is gone."""
    sitemap(foreign, a="2026-01-01", b="")

    first = foreign.harvest()

    assert (first.protocol, kinds(first)) == ("schema.org", [("new", "a.html"), ("new", "b.html")])
    assert "<https://schema.org/name>" in foreign.dump
    assert "_:" not in foreign.dump
    foreign.asked.clear()
    sitemap(foreign, a="2026-01-01", b="", c="2026-01-02")
    assert kinds(foreign.harvest()) == [("new", "c.html")]
    assert f"{HOST}/a.html" not in foreign.asked
    sitemap(foreign, b="", c="2026-01-02")
    assert kinds(foreign.harvest()) == [("dropped", "a.html")]


def test_robots_are_obeyed(foreign: Foreign) -> None:
    """In what they forbid, and in how long to wait."""
    sitemap(foreign, a="", b="")
    foreign.put("/robots.txt", "User-agent: *\nDisallow: /b\nCrawl-delay: 3\n", "text/plain")

    assert kinds(foreign.harvest()) == [("new", "a.html")]
    assert foreign.waits == [3.0]
    foreign.put("/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain")
    with pytest.raises(HarvestError, match=r"robots\.txt"):
        foreign.harvest()


def test_a_sitemap_of_another_host_is_not_followed(foreign: Foreign) -> None:
    """It is told how to allow it."""
    sitemap(foreign, a="")
    body = foreign.pages["/sitemap.xml"]
    assert isinstance(body, bytes)
    foreign.pages["/sitemap.xml"] = body.replace(b"archive.example", b"inside.example")

    with pytest.raises(HarvestError, match="--host"):
        foreign.harvest()


def test_a_context_elsewhere_is_not_fetched_and_one_of_the_archive_is(foreign: Foreign) -> None:
    """A context can mean anything: only that of the archive itself is believed."""
    sitemap(foreign, a="", b="")
    for name, context in (("a", "https://evil.example/c"), ("b", "/context.json")):
        body = json.dumps({"@context": context, "@id": f"{HOST}/{name}", "titre": "T"})
        foreign.put(f"/{name}.html", f'<script type="application/ld+json">{body}</script>', "text/html")
    foreign.put("/context.json", '{"@context": {"titre": "http://purl.org/dc/terms/title"}}', "application/ld+json")

    done = foreign.harvest()

    assert kinds(done) == [("new", "b.html")]
    assert [refused.problem["en"] for refused in done.refused] == [
        "has a JSON-LD context that is not known here (https://evil.example/c)"
    ]
    assert "<http://purl.org/dc/terms/title>" in foreign.dump


# ── ResourceSync ─────────────────────────────────────────────────────────────────────────────────────────

RS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:rs="http://www.openarchives.org/rs/terms/"'


def resourcesync(foreign: Foreign, rows: str, changes: str, since: str) -> None:
    """Let there be a source with a resource list and a change list."""
    for name, head, body in (
        ("capability", 'capability="capabilitylist"', "".join(
            f'<url><loc>{HOST}/{kind}.xml</loc><rs:md capability="{kind}"/></url>' for kind in ("resourcelist", "changelist")
        )),
        ("resourcelist", 'capability="resourcelist" at="2026-01-02T00:00:00Z"', rows),
        ("changelist", f'capability="changelist" from="{since}"', changes),
    ):  # fmt: skip
        foreign.put(
            f"/{name}.xml", f'<?xml version="1.0"?><urlset {RS}><rs:md {head}/>{body}</urlset>', "application/xml"
        )


def resource(foreign: Foreign, name: str, title: str, more: str = "") -> str:
    """Let there be a resource; return its row."""
    data = f'<{HOST}/{name}> <http://purl.org/dc/terms/title> "{title}" .\n'.encode()
    foreign.put(f"/{name}.ttl", data, "text/turtle")
    digest = hashlib.sha256(data).hexdigest()
    return f'<url><loc>{HOST}/{name}.ttl</loc><rs:md hash="md5:0 sha-256:{digest}" {more}/></url>'


def test_a_source_is_copied_once_and_then_followed_by_its_changes(foreign: Foreign) -> None:
    """A resource that is not what was told is not kept; the others are."""
    rows = resource(foreign, "a", "A") + resource(foreign, "b", "B") + resource(foreign, "c", "C")
    foreign.put("/b.ttl", b'<http://a/> <http://a/> "tampered" .', "text/turtle")
    resourcesync(foreign, rows, "", "2026-01-01T00:00:00Z")

    first = foreign.harvest(f"{HOST}/capability.xml")

    assert (first.protocol, kinds(first), len(first.refused)) == ("resourcesync", [("new", "a"), ("new", "c")], 1)
    changed = resource(foreign, "a", "A2", 'change="updated" datetime="2026-01-03T00:00:00Z"')
    gone = f'<url><loc>{HOST}/c.ttl</loc><rs:md change="deleted" datetime="2026-01-04T00:00:00Z"/></url>'
    resourcesync(foreign, rows, changed + gone, "2026-01-01T00:00:00Z")
    assert kinds(foreign.harvest(f"{HOST}/capability.xml")) == [("changed", "a"), ("deleted", "c")]
    foreign.asked.clear()
    assert foreign.harvest(f"{HOST}/capability.xml").changes == []
    assert f"{HOST}/a.ttl" not in foreign.asked


def test_a_change_list_that_begins_too_late_leads_back_to_the_resource_list(foreign: Foreign) -> None:
    """What is not in it any more is gone."""
    rows = resource(foreign, "a", "A") + resource(foreign, "b", "B")
    resourcesync(foreign, rows, "", "2026-01-01T00:00:00Z")
    foreign.harvest(f"{HOST}/capability.xml")
    resourcesync(foreign, resource(foreign, "a", "A"), "", "2026-02-01T00:00:00Z")

    assert kinds(foreign.harvest(f"{HOST}/capability.xml")) == [("dropped", "b")]


def test_a_resource_that_was_not_to_be_had_is_asked_for_at_each_run(foreign: Foreign) -> None:
    """Though the lists do not speak of it again; until then the copy is not whole."""
    rows = resource(foreign, "a", "A") + resource(foreign, "b", "B")
    good, foreign.pages["/b.ttl"] = foreign.pages["/b.ttl"], httpx.Response(503)
    resourcesync(foreign, rows, "", "2026-01-01T00:00:00Z")

    for _ in range(2):
        done = foreign.harvest(f"{HOST}/capability.xml")
        assert ([refused.key for refused in done.refused], done.is_whole) == ([f"{HOST}/b.ttl"], False)

    foreign.pages["/b.ttl"] = good
    third = foreign.harvest(f"{HOST}/capability.xml")
    assert (kinds(third), third.is_whole) == ([("new", "b")], True)
    foreign.asked.clear()
    foreign.harvest(f"{HOST}/capability.xml")
    assert f"{HOST}/b.ttl" not in foreign.asked


def test_a_resource_that_was_not_to_be_had_and_is_deleted_is_not_told_of_any_more(foreign: Foreign) -> None:
    """By the change list, or by a resource list in which it is not."""
    rows = resource(foreign, "a", "A") + resource(foreign, "b", "B")
    foreign.pages["/b.ttl"] = httpx.Response(503)
    resourcesync(foreign, rows, "", "2026-01-01T00:00:00Z")
    foreign.harvest(f"{HOST}/capability.xml")
    gone = f'<url><loc>{HOST}/b.ttl</loc><rs:md change="deleted" datetime="2026-01-04T00:00:00Z"/></url>'
    resourcesync(foreign, rows, gone, "2026-01-01T00:00:00Z")
    assert foreign.harvest(f"{HOST}/capability.xml").is_whole

    resourcesync(foreign, rows, "", "2026-02-01T00:00:00Z")
    assert not foreign.harvest(f"{HOST}/capability.xml").is_whole
    resourcesync(foreign, resource(foreign, "a", "A"), "", "2026-02-01T00:00:00Z")
    assert foreign.harvest(f"{HOST}/capability.xml").is_whole


# ── Bad servers ──────────────────────────────────────────────────────────────────────────────────────────


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


# ── Cut off anywhere ─────────────────────────────────────────────────────────────────────────────────────


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


# ── Blank nodes ──────────────────────────────────────────────────────────────────────────────────────────

NODES = st.sampled_from([ox.BlankNode(name) for name in "abcdef"] + [ox.NamedNode(f"http://x/{name}") for name in "pq"])
TRIPLES = st.lists(
    st.builds(ox.Triple, NODES, st.sampled_from([ox.NamedNode("http://x/r"), ox.NamedNode("http://x/s")]), NODES),
    max_size=12,
)


@given(TRIPLES)
def test_a_graph_keeps_its_shape_without_blank_nodes(triples: list[ox.Triple]) -> None:
    """Each blank node has a name of its own, as rdflib sees it: putting blank nodes back gives an isomorphic graph."""
    lines = lines_of(triples, "http://x/g", "http://h/.well-known/genid/")

    back, ours = rdflib.Graph(), rdflib.Graph()
    for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS):
        back.add((_rdflib(quad.subject), _rdflib(quad.predicate), _rdflib(quad.object)))
    for triple in triples:
        ours.add((_rdflib(triple.subject), _rdflib(triple.predicate), _rdflib(triple.object)))
    assert len(back) == len(ours)
    assert rdflib.compare.isomorphic(back, ours)
    assert lines == b"".join(sorted(set(lines.splitlines(keepends=True))))


def _rdflib(term: object) -> rdflib.term.Node:
    assert isinstance(term, ox.NamedNode | ox.BlankNode)
    is_blank = isinstance(term, ox.BlankNode) or "genid" in term.value
    return rdflib.BNode(term.value.rpartition("/")[2]) if is_blank else rdflib.URIRef(term.value)


def test_the_name_of_a_blank_node_does_not_depend_on_its_label() -> None:
    """The same statements under other labels, in another order, are the same bytes."""
    first = ox.parse('_:x <http://p> _:y . _:y <http://q> "v" . _:z <http://p> "w" .', format=ox.RdfFormat.TURTLE)
    second = ox.parse('_:z <http://q> "v" . _:y <http://p> "w" . _:x <http://p> _:z .', format=ox.RdfFormat.TURTLE)

    lines = [lines_of((quad.triple for quad in quads), "http://g", "http://h/") for quads in (first, second)]

    assert lines[0] == lines[1]


@given(TRIPLES, st.randoms(use_true_random=False))
def test_the_names_of_blank_nodes_do_not_depend_on_order(triples: list[ox.Triple], chance: random.Random) -> None:
    """Those of nodes that look alike neither, such as the nodes of a ring."""
    labels = [f"z{number}" for number in range(6)]
    chance.shuffle(labels)
    others = dict(zip("abcdef", labels, strict=True))
    shuffled = [
        ox.Triple(_relabelled(triple.subject, others), triple.predicate, _relabelled(triple.object, others))
        for triple in triples
    ]
    chance.shuffle(shuffled)

    assert lines_of(shuffled, "http://x/g", "http://h/") == lines_of(triples, "http://x/g", "http://h/")


def _relabelled(term: Any, labels: dict[str, str]) -> Any:
    return ox.BlankNode(labels[term.value]) if isinstance(term, ox.BlankNode) else term


def test_long_chains_and_many_rings_of_blank_nodes_have_the_same_bytes_in_any_order() -> None:
    """Though rounds of looking around do not reach from one end to the other."""
    p = ox.NamedNode("http://x/p")
    chain = [ox.Triple(ox.BlankNode(f"c{n}"), p, ox.BlankNode(f"c{n + 1}")) for n in range(30)]
    rings = [
        ox.Triple(ox.BlankNode(f"r{ring}x{n}"), p, ox.BlankNode(f"r{ring}x{(n + 1) % (3 + ring % 3)}"))
        for ring in range(9)
        for n in range(3 + ring % 3)
    ]
    triples = chain + rings
    first = lines_of(triples, "http://x/g", "http://h/")
    chance = random.Random(1)
    for _ in range(5):
        chance.shuffle(triples)
        assert lines_of(triples, "http://x/g", "http://h/") == first
    assert len(set(first.splitlines())) == len(triples)


def test_a_graph_of_nodes_that_all_look_alike_is_named_within_its_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond them nodes are numbered as they came; each has its own name all the same."""
    rounds = 0
    around = skolem._around

    def counted(*arguments: Any) -> Any:
        nonlocal rounds
        rounds += 1
        return around(*arguments)

    monkeypatch.setattr(skolem, "_around", counted)
    monkeypatch.setattr(skolem, "_SHARED", 0)
    p = ox.NamedNode("http://x/p")
    ring = [ox.Triple(ox.BlankNode(f"n{n}"), p, ox.BlankNode(f"n{(n + 1) % 1000}")) for n in range(1000)]

    lines = lines_of(ring, "http://x/g", "http://h/").splitlines()

    assert rounds <= skolem._ROUNDS + skolem._MORE_ROUNDS
    assert (len(set(lines)), len({line.split()[0] for line in lines})) == (1000, 1000)


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_offers_each_protocol() -> None:
    """Its help is not told what the package knows, but a test holds them together."""
    (option,) = [option for option in commands.commands["harvest"].params if option.name == "protocol"]
    assert set(option.type.choices) == set(harvesting.PROTOCOLS)  # type: ignore[attr-defined]


def test_the_copy_can_be_asked(tmp_path: Path, foreign: Foreign) -> None:
    """Beside the publication, as the help of the command says."""
    stream(foreign, version(1, "a", "A"))
    foreign.harvest(f"{HOST}/ldes")
    (tmp_path / "data").mkdir()
    run = [sys.executable, "-m", "commons_ld.cli"]
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
