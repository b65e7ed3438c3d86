"""What archives of other makes offer to harvesters: a stream, a repository, a sitemap, lists of resources."""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import parse_qs

import httpx

from commons_ld import harvesting
from tests.foreign import HOST, Foreign, oai, oai_record

__all__ = [
    "ROOT",
    "STREAM",
    "Repository",
    "kinds",
    "resource",
    "resourcesync",
    "sitemap",
    "stream",
    "version",
]


def kinds(done: harvesting.Harvested) -> list[tuple[str, str]]:
    """Return what became of each record, by the end of its name."""
    return sorted((change.kind, change.iri.rpartition("/")[2]) for change in done.changes)


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
