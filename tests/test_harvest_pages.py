"""Harvesting pages with data in them, and lists of resources (sitemaps, ResourceSync)."""

from __future__ import annotations

import json

import httpx
import pytest

from commons_ld.errors import HarvestError
from tests.foreign import HOST, Foreign
from tests.foreign_feeds import kinds, resource, resourcesync, sitemap


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
