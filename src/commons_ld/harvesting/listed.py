"""Harvest what sitemaps list: ResourceSync 1.1 (https://www.openarchives.org/rs/1.1/resourcesync), and pages with data.

ResourceSync tells changes and deletions. A plain sitemap (https://www.sitemaps.org/protocol.html) tells what there is:
what is not in it any more is gone; its pages are read for the JSON-LD in them, and ``robots.txt`` is obeyed (RFC 9309).
"""

from __future__ import annotations

import hashlib
import urllib.robotparser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

import httpx
import pyoxigraph as ox

from commons_ld.errors import HarvestError
from commons_ld.harvesting.embedded import triples_of
from commons_ld.harvesting.graphs import ACCEPT, MOST, lines_of, parse
from commons_ld.harvesting.told import ABSENT, GONE, Anew, Archive, Cursor, Deed, Listed, Refused, Told, instant
from commons_ld.harvesting.words import said
from commons_ld.harvesting.xml import RS, SITEMAP, Element, read, text_of
from commons_ld.http_client import Response, named
from commons_ld.messages import Language

__all__ = ["ResourceSync", "Sitemap", "capability_of", "robots_of"]

#: The documents that lists may be spread over, and the resources of one deed.
_MOST_LISTS: Final = 10_000
_DEED: Final = 50
_ROBOTS: Final = "/robots.txt"
_PAGES: Final = "text/html, application/ld+json;q=0.9, text/turtle;q=0.8"
_LONGEST_DELAY: Final = 60.0


class _Entry(NamedTuple):
    """What a list says of one resource."""

    url: str
    at: str
    change: str
    sha256: str


class _List(NamedTuple):
    """A list of resources, with those that it is spread over."""

    entries: list[_Entry]
    at: str
    since: str


def _batched(entries: Iterable[_Entry]) -> Iterator[tuple[_Entry, ...]]:
    left = iter(entries)
    while some := tuple(islice(left, _DEED)):
        yield some


def capability_of(root: Element) -> str:
    """Return what a document of ResourceSync is; ``""`` for a plain sitemap."""
    told = root.find(f"{RS}md")
    return "" if told is None else told.get("capability", "")


class ResourceSync:
    """A source with a resource list and a change list."""

    def __init__(self) -> None:
        self.is_whole = False

    def changes(self, archive: Archive, url: httpx.URL, cursor: Cursor, refused: Sequence[Refused]) -> Iterator[Deed]:
        """Yield the resources of the list the first time, then what the change list has since.

        :param refused: the resources that could not be read before: they are asked for as if they had changed
        :raises Anew: if the change list begins after the cursor
        :raises HarvestError: if a list cannot be read
        """
        capabilities = _capabilities(archive, url)
        changes = _read(archive, capabilities["changelist"]) if "changelist" in capabilities else None
        if cursor and changes is None:
            self.is_whole = True
            raise Anew
        if not cursor:
            if "resourcelist" not in capabilities:
                raise HarvestError(archive.url, said("not-that", value="ResourceSync"))
            resources = _read(archive, capabilities["resourcelist"])
            for entries in _batched(resources.entries):
                yield Deed(tuple(_resource(archive, entry) for entry in entries), {})
            # Without its own time, the list is as old as the last change that it knows of.
            yield Deed((), {"last": resources.at or max((entry.at for entry in resources.entries), default="")})
            # What changed while the list was read is in the change list, now or at the next visit.
            return
        last = str(cursor.get("last", ""))
        if changes is None or not changes.since or changes.since > last:
            raise Anew
        # Of one resource the last change counts; a change of the very second of the last visit comes again.
        latest = {one.key: _Entry(one.key, one.at, "", one.again) for one in refused}
        latest |= {entry.url: entry for entry in changes.entries if entry.at >= last}
        for entries in _batched(latest.values()):
            yield Deed(tuple(_resource(archive, entry) for entry in entries), {"last": last})
        yield Deed((), {"last": max([last, *(entry.at for entry in changes.entries)])})


def _capabilities(archive: Archive, url: httpx.URL) -> dict[str, httpx.URL]:
    """Return where the lists of a source are, from any of its documents."""
    found: dict[str, httpx.URL] = {}
    todo, seen = [url], {str(url)}
    while todo and len(seen) < _MOST_LISTS:
        address = todo.pop()
        root = read(archive.ask(address, accept="application/xml, text/xml"))
        capability = capability_of(root)
        if capability in ("resourcelist", "changelist"):
            found.setdefault(capability, address)
        for row in root.iterfind(f"{SITEMAP}url"):
            link, told = address.join(text_of(row, f"{SITEMAP}loc")), row.find(f"{RS}md")
            kind = "" if told is None else told.get("capability", "")
            if kind in ("resourcelist", "changelist"):
                found.setdefault(kind, link)
            elif kind in ("capabilitylist", "description") and str(link) not in seen:
                seen.add(str(link))
                todo.append(link)
        for row in root.iterfind(f"{RS}ln"):
            if row.get("rel") == "up" and (link := address.join(row.get("href", ""))) and str(link) not in seen:
                seen.add(str(link))
                todo.append(link)
    if not found:
        raise HarvestError(archive.url, said("not-that", value="ResourceSync"))
    return found


def _read(archive: Archive, *urls: httpx.URL) -> _List:
    """Return a list, whether it is one document, an index of several, or several."""
    entries: list[_Entry] = []
    at = since = ""
    todo, seen = list(urls), set(map(str, urls))
    while todo:
        address = todo.pop(0)
        root = read(archive.ask(address, accept="application/xml, text/xml"))
        told = root.find(f"{RS}md")
        if told is not None and address == urls[0]:
            at, since = instant(told.get("at", "")), instant(told.get("from", ""))
        for row in root.iterfind(f"{SITEMAP}sitemap"):
            link = address.join(text_of(row, f"{SITEMAP}loc"))
            if str(link) not in seen:
                seen.add(str(link))
                todo.append(link)
        entries.extend(_entry(row, address) for row in root.iterfind(f"{SITEMAP}url"))
        if len(seen) > _MOST_LISTS:
            raise HarvestError(archive.url, said("endless", value=len(seen)))
    return _List(entries, at, since)


def _entry(row: Element, base: httpx.URL) -> _Entry:
    told = row.find(f"{RS}md")
    attributes: dict[str, str] = {} if told is None else {str(name): str(value) for name, value in told.attrib.items()}
    hashes = [part for part in attributes.get("hash", "").split() if part.startswith("sha-256:")]
    at = instant(attributes.get("datetime") or text_of(row, f"{SITEMAP}lastmod"))
    url = str(base.join(text_of(row, f"{SITEMAP}loc")))
    return _Entry(url, at, attributes.get("change", ""), hashes[0].removeprefix("sha-256:") if hashes else "")


def _resource(archive: Archive, entry: _Entry) -> Told | Listed | Refused:
    if entry.change == "deleted":
        return Told(entry.url, _record_of(entry.url), entry.at, is_gone=True)
    tag = entry.sha256 or entry.at
    if tag and tag == archive.tag_of(entry.url):
        return Listed(entry.url)
    try:
        response = archive.ask(httpx.URL(entry.url), accept=ACCEPT)
        if entry.sha256 and hashlib.sha256(response.body).hexdigest() != entry.sha256:
            return _refused(entry, said("record-hash"))
        quads = parse(response, archive)
    except HarvestError as error:
        return _refused(entry, error.problem)
    return _of_triples([quad.triple for quad in quads], entry, tag, archive)


def _refused(entry: _Entry, problem: Mapping[Language, str]) -> Refused:
    return Refused(entry.url, problem, entry.at, entry.sha256)


def _of_triples(triples: list[ox.Triple], entry: _Entry, tag: str, archive: Archive) -> Told | Refused:
    if not triples:
        return _refused(entry, said("record-empty"))
    if len(triples) > MOST:
        return _refused(entry, said("record-large", value=MOST))
    record = _record_of(entry.url)
    if record != entry.url and ox.NamedNode(record) not in {triple.subject for triple in triples}:
        record = entry.url
    return Told(entry.url, record, entry.at, lines_of(triples, record, archive.genid), tag)


def _record_of(url: str) -> str:
    """Return what a file of RDF is about, by its address: the same without the suffix of the syntax."""
    stem, dot, suffix = url.rpartition(".")
    is_rdf = dot and "/" not in suffix and ox.RdfFormat.from_extension(suffix) is not None
    return stem if is_rdf else url


class Sitemap:
    """A site whose pages carry JSON-LD, such as schema.org's."""

    is_whole = True

    def changes(self, archive: Archive, url: httpx.URL, cursor: Cursor, _refused: Sequence[Refused]) -> Iterator[Deed]:
        """Yield every page of the sitemap that has data in it; those that did not change are only listed.

        :raises Anew: each time but the first: a sitemap tells what there is, not what changed
        :raises HarvestError: if the sitemap cannot be read
        """
        if cursor:
            raise Anew
        robots, agent = _robots(archive, url)
        delay = min(float(robots.crawl_delay(agent) or 0), _LONGEST_DELAY)
        named_there = [httpx.URL(address) for address in robots.site_maps() or () if url.path == _ROBOTS]
        listed = _read(archive, *(named_there or [url]))
        near = [entry for entry in listed.entries if archive.is_allowed(httpx.URL(entry.url))]
        if listed.entries and not near:
            raise HarvestError(archive.url, said("other-host", value=named(httpx.URL(listed.entries[0].url))))
        allowed = [entry for entry in near if robots.can_fetch(agent, entry.url)]
        if near and not allowed:
            raise HarvestError(archive.url, said("forbidden"))
        for entries in _batched(allowed):
            told: list[Told | Listed | Refused] = []
            for entry in entries:
                told.extend(_page(archive, entry))
                if delay:
                    archive.pause(delay)
            yield Deed(tuple(told), {})
        yield Deed((), {"read": True})


def _robots(archive: Archive, url: httpx.URL) -> tuple[urllib.robotparser.RobotFileParser, str]:
    # Who does not show the file forbids nothing by it (RFC 9309, section 2.3.1.3).
    response = archive.ask(url.join(_ROBOTS), absent=ABSENT)
    return robots_of(response), "commons-ld"


def robots_of(response: Response) -> urllib.robotparser.RobotFileParser:
    """Return what a ``robots.txt`` forbids, and the sitemaps that it names; nothing where there is none."""
    robots = urllib.robotparser.RobotFileParser()
    robots.parse(response.body.decode("utf-8-sig", "replace").splitlines() if response.status == 200 else [])
    return robots


def _page(archive: Archive, entry: _Entry) -> Iterator[Told | Listed | Refused]:
    known = archive.tag_of(entry.url)
    if entry.at and known == f"at {entry.at}":
        yield Listed(entry.url)
        return
    etag = known.removeprefix("etag ") if known.startswith("etag ") else ""
    try:
        response = archive.ask(httpx.URL(entry.url), accept=_PAGES, etag=etag, absent=GONE)
        if response.status == 304:
            yield Listed(entry.url)
        elif response.status == 200:
            tag = f"at {entry.at}" if entry.at else f"etag {response.headers.get('etag', '')}"
            triples = triples_of(response, archive)
            if triples:
                yield _of_triples(triples, entry, tag, archive)
        else:
            yield Told(entry.url, entry.url, entry.at, is_gone=True)
    except HarvestError as error:
        yield _refused(entry, error.problem)
