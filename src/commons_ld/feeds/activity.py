"""The change log as IIIF Change Discovery 1.0, level 2 (https://iiif.io/api/discovery/1.0/).

An ordered collection leads to its last page, and each page to the one before it; within a page the oldest activity
comes first. No page names the next one, so that a page is never written again once it is full.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec

from commons_ld.feeds.paging import Page, mark_of
from commons_ld.ledger.log import Change

__all__ = ["FOLDER", "collection", "ordered_page", "page_name"]

FOLDER: Final = "feeds/activity/"
_CONTEXT: Final = ["http://iiif.io/api/discovery/1/context.json", "https://www.w3.org/ns/activitystreams"]
_TYPES: Final = {"create": "Create", "update": "Update", "rename": "Update", "delete": "Delete", "merge": "Move"}


def page_name(page: Page, before: str) -> str:
    """Return what a page is called: one whose earlier page was issued anew is issued anew too, as it leads there.

    :param before: the name of the page before this one, or ``""``
    """
    forgotten = [change.number for change in page.changes if not change.subject]
    marks = [before, page.changes[0].at, page.changes[0].after, forgotten]
    return f"{page.number:06d}-{hashlib.sha256(repr(marks).encode()).hexdigest()[:12]}"


def collection(first: str, last: str, total: int, base_iri: str, *, is_described: bool) -> bytes:
    """Return the ordered collection.

    :param first: the name of its first page, or ``""`` if it has none
    :param last: that of its last page
    :param total: how many activities there are
    :param base_iri: what the addresses of the files of the publication begin with
    :param is_described: whether there is a description of the dataset, which tells what all of this is of
    """
    told: dict[str, Any] = {
        "@context": _CONTEXT,
        "id": f"{base_iri}{FOLDER}collection.json",
        "type": "OrderedCollection",
        "totalItems": total,
    }
    if is_described:
        described = {"id": f"{base_iri}catalog.jsonld", "type": "Dataset", "format": "application/ld+json"}
        told["seeAlso"] = [described | {"profile": "http://www.w3.org/ns/dcat#"}]
    if first:
        told["first"] = _link(base_iri, first)
        told["last"] = _link(base_iri, last)
    return msgspec.json.encode(told) + b"\n"


def ordered_page(page: Page, name: str, before: str, base_iri: str) -> bytes:
    """Return a page.

    :param before: the name of the page before this one, or ``""``
    """
    told: dict[str, Any] = {
        "@context": _CONTEXT,
        "id": f"{base_iri}{FOLDER}{name}.json",
        "type": "OrderedCollectionPage",
        "partOf": {"id": f"{base_iri}{FOLDER}collection.json", "type": "OrderedCollection"},
        "startIndex": page.changes[0].number - 1,
    }
    if before:
        told["prev"] = _link(base_iri, before)
    told["orderedItems"] = [_activity(change, base_iri) for change in page.told]
    return msgspec.json.encode(told) + b"\n"


def _activity(change: Change, base_iri: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": f"{base_iri}{FOLDER}collection.json#a{mark_of(change)}",
        "type": _TYPES[change.kind],
        "endTime": change.at,
    }
    told["object"] = _object(change.subject, is_there=not change.is_end)
    if change.target:
        told["target"] = _object(change.target, is_there=True)
    return told


def _object(iri: str, *, is_there: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"id": iri, "type": "Dataset"}
    if is_there:
        told["seeAlso"] = [{"id": f"{iri}.jsonld", "type": "Dataset", "format": "application/ld+json"}]
    return told


def _link(base_iri: str, name: str) -> dict[str, str]:
    return {"id": f"{base_iri}{FOLDER}{name}.json", "type": "OrderedCollectionPage"}
