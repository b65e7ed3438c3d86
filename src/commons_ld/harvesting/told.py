"""What a feed tells, whatever its protocol: of one record that it is, that it is gone, or that it cannot be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

import httpx

from commons_ld.errors import HarvestError
from commons_ld.harvesting.words import said
from commons_ld.http_client import Requester, Response, named, same_host
from commons_ld.messages import Language

__all__ = [
    "ABSENT",
    "GONE",
    "Anew",
    "Archive",
    "Cursor",
    "Deed",
    "Feed",
    "Left",
    "Listed",
    "Refused",
    "Told",
    "instant",
]

#: Statuses by which something is gone, and by which it was never there or is for nobody.
GONE: Final = frozenset((404, 410))
ABSENT: Final = frozenset(range(400, 500))
#: What is remembered between runs, as JSON: each protocol has its own.
Cursor = dict[str, Any]


class Told(NamedTuple):
    """One record, as the feed tells it now.

    :param key: what the feed calls it
    :param iri: what it is in RDF
    :param at: when it became so, as the feed writes it; ``""`` where it does not tell
    :param lines: its statements, as lines of N-Quads in one named graph, sorted; empty if it is gone
    :param tag: by which a later run can tell that it is still the same, as the protocol has it
    :param is_gone: whether the feed says that it is deleted
    :param replaced_by: what it was merged into
    """

    key: str
    iri: str
    at: str = ""
    lines: bytes = b""
    tag: str = ""
    is_gone: bool = False
    replaced_by: str = ""


class Listed(NamedTuple):
    """One record that is still there, and that was not asked for again since it did not change."""

    key: str


class Refused(NamedTuple):
    """One record that cannot be read; the others are harvested all the same, and it is asked for again at each run.

    :param problem: what is wrong with it, in each language
    :param at: when it became so, as the feed writes it; ``""`` where it does not tell
    :param again: what the protocol needs beside the key to ask for it again
    """

    key: str
    problem: Mapping[Language, str]
    at: str = ""
    again: str = ""


class Left(NamedTuple):
    """One record that could not be read, and of which the feed has nothing any more: what was known of it stays."""

    key: str


class Deed(NamedTuple):
    """Some of the work that is whole in itself: it is kept, whatever comes after it.

    :param cursor: where to go on when it is kept
    """

    told: tuple[Told | Listed | Refused | Left, ...]
    cursor: Cursor


class Anew(Exception):
    """The feed cannot tell all that changed since the cursor: it is to be read from the beginning."""


class Feed(Protocol):
    """A protocol: given where the last run ended, what changed.

    A feed that yields for an empty cursor tells every record there is, or lists it.
    """

    #: Whether it is read from the beginning each time, since it does not tell deletions. Known after the first deed.
    @property
    def is_whole(self) -> bool: ...

    def changes(self, archive: Archive, url: httpx.URL, cursor: Cursor, refused: Sequence[Refused]) -> Iterator[Deed]:
        """Yield what changed, deed by deed.

        :param refused: the records that could not be read before; they are asked for again
        :raises Anew: if that cannot be told, or not all of it
        :raises HarvestError: if the feed cannot be read
        """
        ...


class Archive(Requester):
    """The other archive, over HTTP: its own host, and those that were allowed.

    :param hosts: which may be asked beside that of the address
    :param genid: what the names of blank nodes begin with
    :param tag_of: returns the tag of a record that the copy has, by the feed's name for it; ``""`` if it has none
    """

    def __init__(
        self,
        http: httpx.Client,
        url: httpx.URL,
        hosts: tuple[str, ...] = (),
        *,
        sleep: Callable[[float], None],
        note: Callable[[dict[Language, str]], None],
        genid: str,
        tag_of: Callable[[str], str] = lambda _key: "",
    ) -> None:
        super().__init__(http, _problem, sleep=sleep, waiting=lambda seconds: note(said("waiting", value=seconds)))
        self._address = url
        self._hosts = frozenset((_host(url), *(host.lower() for host in hosts)))
        self.note = note
        self.genid, self.tag_of = genid, tag_of
        #: The JSON-LD contexts that were fetched.
        self.contexts: dict[str, object] = {}

    @property
    def url(self) -> str:
        """The address that errors name which are about no request of their own."""
        return named(self._address)

    def pause(self, seconds: float) -> None:
        """Wait as long as the other server asks those to who read its pages."""
        self._sleep(seconds)

    def is_allowed(self, url: httpx.URL) -> bool:
        """Tell whether an address may be asked: on an allowed host, without a password in it."""
        return url.scheme in ("http", "https") and not url.userinfo and _host(url) in self._hosts

    def follows(self, url: httpx.URL, target: httpx.URL) -> bool:
        """Tell whether a redirect is followed: on the same host, or to one that is allowed, and never out of TLS."""
        is_downgrade = (url.scheme, target.scheme) == ("https", "http")
        return same_host(url, target) or (self.is_allowed(target) and not is_downgrade)

    def ask(self, url: httpx.URL, *, accept: str = "*/*", etag: str = "", absent: Collection[int] = ()) -> Response:
        """Return what stands at an address; with an entity tag, status 304 if it is still the same.

        :param absent: the statuses that say that nothing is there, which are returned and not raised
        :raises HarvestError: if it is not to be had, or not on an allowed host
        """
        if not self.is_allowed(url):
            raise _problem(self.url, "other-host", named(url))
        headers = {"Accept": accept} | ({"If-None-Match": etag} if etag else {})
        return self.get(url, headers, accept={200, *absent, *((304,) if etag else ())})


def _host(url: httpx.URL) -> str:
    """Return host and port, as ``--host`` names them: the port only where it is not the usual one."""
    return f"{url.host}:{url.port}".lower() if url.port else url.host.lower()


def _problem(url: str, code: str, value: object) -> HarvestError:
    return HarvestError(url, said(code, value=value))


def instant(text: str) -> str:
    """Return a time in UTC, so that times can be compared as text; what is no time stays what it is.

    >>> instant("2026-01-01T01:30:00+02:00"), instant("2026-01-01")
    ('2025-12-31T23:30:00Z', '2026-01-01T00:00:00Z')
    """
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    zoned = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    try:
        return zoned.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return text
