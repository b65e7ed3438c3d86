"""ResourceSync 1.1 (https://www.openarchives.org/rs/1.1/resourcesync): what there is, and what changed.

The resources are the records as JSON-LD. The change list holds the last change of every record since the log began, so
that whoever has an older copy ends with the same records; the resource list is the way for a first copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from commons_ld.feeds.xml import DECLARATION, element
from commons_ld.iris import to_address

__all__ = ["FOLDER", "LIMIT", "WELL_KNOWN", "Resource", "capability_list", "changes", "index", "resources", "source"]

FOLDER: Final = "feeds/resourcesync/"
WELL_KNOWN: Final = ".well-known/resourcesync"
#: How many resources a list may hold (https://www.sitemaps.org/protocol.html).
LIMIT: Final = 50_000

_OPEN: Final = (
    '<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:rs="http://www.openarchives.org/rs/terms/">\n'
)
_CHANGES: Final = {
    "create": "created",
    "update": "updated",
    "rename": "updated",
    "delete": "deleted",
    "merge": "deleted",
}


class Resource(NamedTuple):
    """A record as a resource.

    :param url: of its JSON-LD
    :param at: when it changed last
    :param kind: how, as the change log has it
    :param sha256: of the file, in hexadecimal; ``""`` if it is gone
    """

    url: str
    at: str
    kind: str
    sha256: str = ""
    length: int = 0


def source(base_iri: str) -> bytes:
    """Return the source description, which leads to the one capability list."""
    link = element("rs:md", capability="description")
    entry = _url(f"{base_iri}{FOLDER}capabilitylist.xml", element("rs:md", capability="capabilitylist"))
    return _document(link, [entry])


def capability_list(base_iri: str) -> bytes:
    """Return the capability list."""
    up = element("rs:ln", rel="up", href=to_address(f"{base_iri}{WELL_KNOWN}"))
    entries = [
        _url(f"{base_iri}{FOLDER}{name}.xml", element("rs:md", capability=name))
        for name in ("resourcelist", "changelist")
    ]
    return _document(up + element("rs:md", capability="capabilitylist"), entries)


def resources(found: Iterable[Resource], base_iri: str, index_url: str, at: str) -> bytes:
    """Return a resource list.

    :param index_url: of the index that it is listed in, or ``""`` where it is the whole of it
    :param at: when it was right
    """
    entries = (_url(resource.url, _described(resource), resource.at) for resource in found)
    return _document(_up(base_iri, index_url) + element("rs:md", capability="resourcelist", at=at), entries)


def changes(found: Iterable[Resource], base_iri: str, index_url: str, since: str) -> bytes:
    """Return a change list that is open: later changes are added to it.

    :param index_url: of the index that it is listed in, or ``""`` where it is the whole of it
    :param since: from when on it is complete
    """
    entries = (_url(resource.url, _described(resource, is_change=True), resource.at) for resource in found)
    return _document(_up(base_iri, index_url) + element("rs:md", capability="changelist", from_=since), entries)


def index(urls: Iterable[str], base_iri: str, capability: str, **times: str) -> bytes:
    """Return the index of lists that together are one.

    :param capability: ``resourcelist`` or ``changelist``
    """
    head = _up(base_iri) + element("rs:md", capability=capability, **times)
    entries = (f"<sitemap>{element('loc', to_address(url))}</sitemap>\n" for url in urls)
    return _document(head, entries, kind="sitemapindex")


def _up(base_iri: str, index_url: str = "") -> str:
    """Return where a list leads up to: the capability list, and the index that it is a part of (section 6.2)."""
    up = element("rs:ln", rel="up", href=to_address(f"{base_iri}{FOLDER}capabilitylist.xml"))
    return up + (element("rs:ln", rel="index", href=to_address(index_url)) if index_url else "")


def _described(resource: Resource, *, is_change: bool = False) -> str:
    change = {"change": _CHANGES[resource.kind], "datetime": resource.at} if is_change else {}
    if resource.sha256:
        change |= {"hash": f"sha-256:{resource.sha256}", "length": str(resource.length), "type": "application/ld+json"}
    return element("rs:md", **change) if change else ""


def _url(url: str, described: str, at: str = "") -> str:
    modified = element("lastmod", at) if at else ""
    return f"<url>{element('loc', to_address(url))}{modified}{described}</url>\n"


def _document(head: str, entries: Iterable[str], kind: str = "urlset") -> bytes:
    def pieces() -> Iterator[str]:
        yield DECLARATION + _OPEN.format(kind=kind) + head + "\n"
        yield from entries
        yield f"</{kind}>\n"

    return "".join(pieces()).encode()
