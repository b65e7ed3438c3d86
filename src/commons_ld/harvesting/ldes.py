"""Harvest a Linked Data Event Stream (https://w3id.org/ldes/specification, https://w3id.org/tree/specification).

The pages of the stream are found by following relations from its root. Pages that are immutable are read once and
never asked for again; of the others, those that did not change are not sent again (entity tags). What is kept of a
record is its last version. A deletion is a version too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import httpx
import pyoxigraph as ox

from commons_ld.errors import HarvestError
from commons_ld.harvesting.graphs import ACCEPT, MOST, lines_of, parse
from commons_ld.harvesting.told import GONE, Anew, Archive, Cursor, Deed, Left, Refused, Told, instant
from commons_ld.harvesting.words import said
from commons_ld.rdf.namespaces import PREFIXES

__all__ = ["Ldes"]

_LDES: Final = "https://w3id.org/ldes#"
_TREE: Final = "https://w3id.org/tree#"
_AS: Final = "https://www.w3.org/ns/activitystreams#"
_DCTERMS: Final = PREFIXES["dcterms"]
_TYPE: Final = f"{PREFIXES['rdf']}type"
_REPLACED: Final = f"{_DCTERMS}isReplacedBy"
#: The pages that a stream may have: 250 records each, and that is a stream of 25 million.
_MOST_PAGES: Final = 100_000


class _Stream(NamedTuple):
    """How the members of a stream are to be read, as its root tells it.

    :param version_of: the property that leads from a member to the record that it is a version of
    :param at: the property that tells when
    :param deleted: the types of members that say that the record is gone
    :param since: from when on the stream tells everything
    """

    version_of: str = ""
    at: str = ""
    deleted: frozenset[str] = frozenset({f"{_AS}Delete", f"{_AS}Remove"})
    since: str = ""


class _Page:
    """The statements of one page, by graph and subject."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.graphs: dict[str, list[ox.Triple]] = {}
        self.said: dict[object, list[ox.Triple]] = {}
        for quad in quads:
            if isinstance(quad.graph_name, ox.DefaultGraph):
                self.said.setdefault(quad.subject, []).append(quad.triple)
            else:
                self.graphs.setdefault(quad.graph_name.value, []).append(quad.triple)

    def values(self, subject: object, predicate: str) -> list[str]:
        """Return what is said of something by one property: addresses, and texts."""
        found = (triple.object for triple in self.said.get(subject, ()) if triple.predicate.value == predicate)
        return [value.value for value in found if isinstance(value, ox.NamedNode | ox.Literal)]

    def all(self, predicate: str) -> list[str]:
        """Return what is said by one property, of whatever it is said: addresses, and texts."""
        return [value for subject in self.said for value in self.values(subject, predicate)]

    def described(self, subject: object) -> list[ox.Triple]:
        """Return the concise bounded description of something: its statements, and those of its blank nodes."""
        found, todo, seen = [], [subject], {subject}
        while todo:
            for triple in self.said.get(todo.pop(), ()):
                found.append(triple)
                if isinstance(triple.object, ox.BlankNode) and triple.object not in seen:
                    seen.add(triple.object)
                    todo.append(triple.object)
        return found


class Ldes:
    """An event stream."""

    is_whole: Final = False

    def changes(self, archive: Archive, url: httpx.URL, cursor: Cursor, refused: Sequence[Refused]) -> Iterator[Deed]:
        """Yield the members of the pages that are new or changed, a page a deed.

        :param refused: the members that could not be read before: their pages are read again, immutable or not
        :raises Anew: if the stream does not tell everything since the cursor
        :raises HarvestError: if a page cannot be read
        """
        response = archive.ask(url, accept=ACCEPT)
        root = _Page(parse(response, archive)), response.headers.get("etag", "")
        stream = _stream(root[0])
        if cursor and stream.since > cursor.get("last", ""):
            raise Anew
        walk = _Walk(archive, url, stream, cursor, refused)
        queue, seen = deque([url]), {str(url)}
        while queue:
            target = queue.popleft()
            if found := root if target == url else walk.fetch(target):
                # What is not yet read is not yet remembered: who is cut off here goes on from the pages before.
                yield Deed(walk.read(target, *found), walk.cursor(walk.pages))
            for link in walk.pages[str(target)]["next"]:
                if link not in seen and archive.is_allowed(httpx.URL(link)):
                    seen.add(link)
                    queue.append(httpx.URL(link))
            if len(seen) > _MOST_PAGES:
                raise HarvestError(archive.url, said("endless", value=len(seen)))
        gone = walk.pages.keys() - seen
        if any(walk.pages[name].get("immutable") for name in gone):
            raise Anew
        left = tuple(Left(key) for key in sorted(walk.wanted - walk.met))
        if gone or left:
            yield Deed(left, walk.cursor(walk.pages.keys() - gone))


class _Walk:
    """A walk through the pages of a stream, and what is known of them.

    :ivar pages: by address: the pages that follow, and whether it is immutable, or else its ETag
    :ivar wanted: the members that could not be read before
    :ivar met: the members that were read
    """

    def __init__(
        self, archive: Archive, root: httpx.URL, stream: _Stream, cursor: Cursor, refused: Sequence[Refused]
    ) -> None:
        self._archive, self._root, self._stream = archive, root, stream
        self.pages: dict[str, dict[str, Any]] = dict(cursor.get("pages", {}))
        self._last: str = cursor.get("last", "")
        self.wanted, self.met = {one.key for one in refused}, set[str]()
        self._again = {one.again for one in refused}

    def fetch(self, url: httpx.URL) -> tuple[_Page, str] | None:
        """Return a page and its ETag, or ``None`` if it need not be asked for, is what it was, or was taken away."""
        name = str(url)
        known = self.pages.get(name, {})
        is_full = bool(known.get("immutable"))
        if is_full and name not in self._again:
            return None
        etag = "" if name in self._again else known.get("etag", "")
        response = self._archive.ask(url, accept=ACCEPT, etag=etag, absent=GONE if is_full else ())
        if response.status != 200:
            return None
        return _Page(parse(response, self._archive)), response.headers.get("etag", "")

    def read(self, url: httpx.URL, page: _Page, etag: str) -> tuple[Told | Refused, ...]:
        """Remember a page, and return those of its members that are new."""
        name = str(url)
        members, at = _members(page, self._stream, self._archive, name)
        known = self.pages.get(name, {})
        if known.get("immutable") or (name in self._again and etag and known.get("etag") == etag):
            # The page is what it was: nothing but what could not be read is of interest.
            members = [one for one in members if one.key in self.wanted]
        self.met.update(one.key for one in members)
        self._last = max(self._last, at)
        self.pages[name] = {"next": sorted({str(found) for found in _next(page, url)})}
        if _is_immutable(page, url) and url != self._root:
            self.pages[name]["immutable"] = True
        elif etag:
            self.pages[name]["etag"] = etag
        return tuple(members)

    def cursor(self, names: Iterable[str]) -> Cursor:
        """Return what the next walk has to know, of some pages."""
        return {"pages": {name: self.pages[name] for name in sorted(names)}, "last": self._last}


def _stream(root: _Page) -> _Stream:
    """Return how members are read, as the root of the stream tells it."""

    def first(predicate: str, default: str = "") -> str:
        return min(root.all(predicate), default=default)

    deleted = frozenset(root.all(f"{_LDES}versionDeleteObject"))
    since = map(instant, root.all(f"{_LDES}startingFrom"))
    return _Stream(
        version_of=first(f"{_LDES}versionOfPath"),
        at=first(f"{_LDES}versionTimestampPath") or first(f"{_LDES}timestampPath"),
        deleted=deleted or _Stream().deleted,
        since=max(since, default=""),
    )


def _is_immutable(page: _Page, url: httpx.URL) -> bool:
    return "true" in page.values(ox.NamedNode(str(url)), f"{_LDES}immutable")


def _next(page: _Page, url: httpx.URL) -> Iterator[httpx.URL]:
    """Yield the pages that a page leads to, and the views of the stream that it is of."""
    for predicate in (f"{_TREE}node", f"{_TREE}view"):
        for link in page.all(predicate):
            try:
                found = url.join(link).copy_with(fragment=None)
            except httpx.InvalidURL:
                continue
            if found != url:
                yield found


def _members(page: _Page, stream: _Stream, archive: Archive, address: str) -> tuple[list[Told | Refused], str]:
    """Return the last version of each record that a page tells of, and the latest time on it."""
    told: dict[str, tuple[str, Told | Refused]] = {}
    latest = ""
    for name in page.all(f"{_TREE}member"):
        try:
            member = ox.NamedNode(name)
        except ValueError:
            told[name] = ("", Refused(name, said("record-rdf", value="IRI"), "", address))
            continue
        record = _first(page, member, stream.version_of) or member.value
        at = instant(_first(page, member, stream.at))
        latest = max(latest, at)
        if record in told and at < told[record][0]:
            continue
        one = _told(page, member, record, at, stream, archive)
        told[record] = (at, one._replace(at=at, again=address) if isinstance(one, Refused) else one)
    return [one for _, one in told.values()], latest


def _first(page: _Page, member: ox.NamedNode, predicate: str) -> str:
    return min(page.values(member, predicate), default="") if predicate else ""


def _told(page: _Page, member: ox.NamedNode, record: str, at: str, stream: _Stream, archive: Archive) -> Told | Refused:
    if stream.deleted.intersection(page.values(member, _TYPE)):
        replaced = _first(page, member, _REPLACED)
        return Told(record, record, at, is_gone=True, replaced_by=replaced)
    triples = page.graphs.get(member.value)
    if triples is None:
        # The version speaks of itself: what it says is said of the record, but for what makes it a version.
        own = {stream.version_of, stream.at} - {""} if stream.version_of else set()
        subject = ox.NamedNode(record)
        triples = [
            ox.Triple(subject if triple.subject == member else triple.subject, triple.predicate, triple.object)
            for triple in page.described(member)
            if not (triple.subject == member and triple.predicate.value in own)
        ]
    if not triples:
        return Refused(record, said("record-empty"))
    if len(triples) > MOST:
        return Refused(record, said("record-large", value=MOST))
    return Told(record, record, at, lines_of(triples, record, archive.genid))
