"""Harvesting pages with data in them, and lists of resources (sitemaps, ResourceSync)."""

from __future__ import annotations

import gzip
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


def test_a_site_that_shows_no_robots_to_anybody_forbids_nothing(foreign: Foreign) -> None:
    """RFC 9309, section 2.3.1.3."""
    sitemap(foreign, a="")
    foreign.pages["/robots.txt"] = httpx.Response(403)

    assert kinds(foreign.harvest()) == [("new", "a.html")]


def test_the_sitemaps_that_robots_name_are_read_together(foreign: Foreign) -> None:
    """Where there is none of the usual name; one that is elsewhere is not asked for."""
    lines = ["User-agent: *", "Disallow: /c"]
    for name in ("a", "b", "c"):
        sitemap(foreign, **{name: ""})
        foreign.pages[f"/map-{name}.xml"] = foreign.pages.pop("/sitemap.xml")
        lines.append(f"Sitemap: {HOST}/map-{name}.xml")
    foreign.put("/robots.txt", "\n".join(lines), "text/plain")

    assert kinds(foreign.harvest()) == [("new", "a.html"), ("new", "b.html")]
    foreign.put("/robots.txt", lines[2], "text/plain")
    assert kinds(foreign.harvest()) == [("dropped", "b.html")]


def test_a_packed_sitemap_is_read_and_one_without_end_is_not(foreign: Foreign) -> None:
    """As large sites have them, whatever they say that it is."""
    sitemap(foreign, a="")
    plain = foreign.pages["/sitemap.xml"]
    assert isinstance(plain, bytes)
    index = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/1.xml.gz</loc></sitemap>'
    foreign.put("/sitemap.xml", f"{index}</sitemapindex>", "text/xml")
    foreign.pages["/1.xml.gz"] = gzip.compress(plain)

    assert kinds(foreign.harvest()) == [("new", "a.html")]
    for packed, told in ((gzip.compress(plain + b" " * (1 << 26)), "larger than 32 MiB"), (b"\x1f\x8b\0", "gzip")):
        foreign.pages["/1.xml.gz"] = packed
        with pytest.raises(HarvestError, match=told):
            foreign.harvest()


@pytest.mark.parametrize(
    ("media_type", "meta", "encoding"),
    [
        ("text/html; charset=utf-8", "", "utf-8"),
        ('text/html; charset="ISO-8859-1"', '<meta charset="utf-8">', "latin-1"),
        ("text/html", '<meta charset="utf-8">', "utf-8"),
        ("text/html", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', "windows-1252"),
        ("text/html", "", "utf-8"),
        ("text/html", "", "windows-1252"),
        ("text/html; charset=nonsense", "", "utf-8"),
        ("text/html", "", "utf-8-sig"),
    ],
)
def test_a_page_is_read_in_its_own_encoding(foreign: Foreign, media_type: str, meta: str, encoding: str) -> None:
    """Wherever that is told, and though a letter with an accent stands before it."""
    sitemap(foreign, a="")
    data = json.dumps({"@context": "https://schema.org", "@id": "/a", "name": "L’été"}, ensure_ascii=False)
    data = data if encoding != "latin-1" else data.replace("’", "'")
    text = f'<title>Café</title>{meta}<script type="application/ld+json">{data}</script>'
    foreign.pages["/a.html"] = text.encode(encoding)
    foreign.types["/a.html"] = media_type

    foreign.harvest()

    assert '"L’été"' in foreign.dump.replace("'", "’")


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


def test_rdf_with_a_document_type_is_refused_before_it_grows(foreign: Foreign) -> None:
    """A kilobyte of entities can say gigabytes."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    bomb = (
        f'<!DOCTYPE r [<!ENTITY a0 "aaaaaaaaaa">{entities}]><rdf:RDF xmlns:rdf="{rdf}" xmlns:e="{HOST}/">'
        f'<rdf:Description rdf:about="{HOST}/a"><e:p>&a8;</e:p></rdf:Description></rdf:RDF>'
    )
    sitemap(foreign, a="")
    foreign.put("/a.html", bomb, "application/rdf+xml")

    (refused,) = foreign.harvest().refused
    assert "is not well-formed XML" in refused.problem["en"]
