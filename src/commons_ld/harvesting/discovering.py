"""Find out how an address can be harvested: what answers there, and what a site of that kind has beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import httpx
import pyoxigraph as ox

from commons_ld.errors import HarvestError
from commons_ld.harvesting.graphs import parse
from commons_ld.harvesting.listed import capability_of, robots_of
from commons_ld.harvesting.told import ABSENT, Archive
from commons_ld.harvesting.words import said
from commons_ld.harvesting.xml import OAI, SITEMAP, read
from commons_ld.http_client import Response

__all__ = ["discover"]

#: What an address may be; the first that is found is taken, so those that tell deletions come first.
_BESIDE: Final = ("feeds/ldes/index.ttl", ".well-known/resourcesync", "oai?verb=Identify", "oai", "sitemap.xml")
#: Asked of an address that is no folder: a repository need not answer who names no verb as one.
_IDENTIFY: Final = "?verb=Identify"
_ROBOTS: Final = "/robots.txt"
_TREE: Final = "https://w3id.org/tree#"
_LDES: Final = "https://w3id.org/ldes#EventStream"
_ACCEPT: Final = "text/turtle, application/ld+json, application/trig, application/xml;q=0.9, text/html;q=0.5, */*;q=0.1"


def discover(archive: Archive, url: httpx.URL, protocol: str = "") -> tuple[str, httpx.URL]:
    """Return the protocol to harvest by, and the address where it begins.

    :param protocol: take this one only; ``""`` for the best that is found
    :raises HarvestError: if there is none
    """
    # Who may not come in is told so; any other refusal may be for want of a verb, or of a page at the top.
    first = archive.ask(url, accept=_ACCEPT, absent=ABSENT - {401, 403})
    for found, address in _candidates(archive, url, first):
        if protocol in ("", found):
            return found, address
    raise HarvestError(archive.url, said("not-that", value=protocol) if protocol else said("no-feed"))


def _candidates(archive: Archive, url: httpx.URL, first: Response) -> Iterator[tuple[str, httpx.URL]]:
    if first.status == 200 and (kind := _kind(first, archive)):
        yield kind, _begin(kind, first.url)
    # A page of a site leads to what lies beside it, and a folder to what lies in it. The address of a site may lead
    # on to data that lies deeper, such as its catalogue.
    bases = [asked.copy_with(query=None, fragment=None) for asked in (first.url, url)]
    places = [
        base.join(beside) for base in bases for beside in (*(() if base.path.endswith("/") else (_IDENTIFY,)), *_BESIDE)
    ]
    for address in dict.fromkeys(places):
        if str(address) == str(first.url):
            continue
        response = archive.ask(address, accept=_ACCEPT, absent=ABSENT)
        if response.status == 200 and (kind := _kind(response, archive)):
            yield kind, _begin(kind, address)
    robots = robots_of(archive.ask(first.url.join(_ROBOTS), absent=ABSENT))
    if any(archive.is_allowed(httpx.URL(sitemap)) for sitemap in robots.site_maps() or ()):
        yield "schema.org", first.url.join(_ROBOTS)


def _begin(kind: str, address: httpx.URL) -> httpx.URL:
    return address.copy_with(query=None) if kind == "oai-pmh" else address


def _kind(response: Response, archive: Archive) -> str:
    """Return which protocol an answer is of, whatever media type it says it has; ``""`` if of none."""
    try:
        root = read(response)
    except HarvestError:
        pass  # it is no XML
    else:
        if root.tag == f"{OAI}OAI-PMH":
            return "oai-pmh"
        if root.tag in (f"{SITEMAP}urlset", f"{SITEMAP}sitemapindex"):
            return "resourcesync" if capability_of(root) else "schema.org"
    if response.media_type in ("text/html", "application/xhtml+xml"):
        return ""
    try:
        quads = parse(response, archive)
    except HarvestError:
        return ""
    stream = ox.NamedNode(_LDES)
    is_stream = any(quad.predicate.value.startswith(_TREE) or quad.object == stream for quad in quads)
    return "ldes" if is_stream else ""
