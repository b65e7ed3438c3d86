"""Read what lies beside a fetched page: which page of which wiki it is, and which revision.

``Title.wiki`` has ``Title.wiki.json`` beside it, written by ``commons-ld fetch``. It tells what wikitext does not:
the title, the address, the number of the page, its revision, and the redirects that lead to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from commons_ld.errors import MalformedSource
from commons_ld.origin import Origin
from commons_ld.rdf.syntax import is_http_iri
from commons_ld.record import MediaRecord, Revision

__all__ = ["SUFFIX", "Sidecar", "described", "parse_sidecar", "read_sidecar", "to_bytes"]

#: What the name of a sidecar ends with.
SUFFIX: Final = ".wiki.json"

#: A page has few redirects, and a sidecar little else.
_LARGEST: Final = 1024 * 1024

_Number = Annotated[int, Meta(ge=1, lt=2**53)]


class Sidecar(msgspec.Struct, frozen=True):
    """What is known of a fetched page besides its text. The date of the fetch is no part of it.

    :param wiki: the host of the wiki, with its port where it has one
    :param pageid: the number of the page, which a move does not change
    :param title: its title
    :param url: its address
    :param revid: the number of the revision
    :param timestamp: when that was saved, in UTC
    :param sha1: of the text, as the wiki itself counts it
    :param redirects: the titles of the pages that only lead to this one
    """

    wiki: Annotated[str, Meta(min_length=1)]
    pageid: _Number
    title: Annotated[str, Meta(min_length=1, max_length=512)]
    url: str
    revid: _Number
    timestamp: str
    sha1: str
    redirects: tuple[Annotated[str, Meta(min_length=1, max_length=512)], ...] = ()

    def __post_init__(self) -> None:
        # A host and a time, and nothing else: they are published as they stand.
        Revision(self.wiki, self.pageid, self.revid, self.timestamp)
        if not is_http_iri(self.url):
            raise ValueError("url")


def to_bytes(sidecar: Sidecar) -> bytes:
    """Return a sidecar as it is written: the same for the same page, and a line a fact, for those who compare."""
    return msgspec.json.format(msgspec.json.encode(sidecar), indent=2) + b"\n"


def parse_sidecar(data: bytes) -> Sidecar:
    """Return the sidecar that these bytes are.

    :raises ValueError: if they are none

    >>> parse_sidecar(b"{}")
    Traceback (most recent call last):
    ...
    msgspec.ValidationError: Object missing required field `wiki`
    """
    try:
        return msgspec.json.decode(data, type=Sidecar)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def read_sidecar(path: Path, origin: Origin) -> Sidecar:
    """Return the sidecar at a path.

    :raises MalformedSource: if it is none
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise MalformedSource("unreadable", origin=origin, value=error.strerror or "") from error
    if len(data) > _LARGEST:
        raise MalformedSource("too-large", origin=origin, value=f"{_LARGEST // 1024**2} MiB")
    try:
        return parse_sidecar(data)
    except ValueError as error:
        raise MalformedSource("bad-sidecar", origin=origin) from error


def described(record: MediaRecord, sidecar: Sidecar, sha1: str) -> MediaRecord:
    """Return the record of a fetched page with what its sidecar tells.

    :param sha1: of the text that was read; where somebody changed that, it is no revision of the wiki any more,
        and only the page is told
    """
    is_revision = sha1 == sidecar.sha1
    return msgspec.structs.replace(
        record,
        title=sidecar.title,
        page=sidecar.url,
        origin=record.origin.at(page=sidecar.title),
        revision=Revision(
            sidecar.wiki,
            sidecar.pageid,
            sidecar.revid if is_revision else 0,
            sidecar.timestamp if is_revision else "",
        ),
        other_titles=tuple(title for title in sidecar.redirects if title != sidecar.title),
    )
