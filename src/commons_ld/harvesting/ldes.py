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
from commons_ld.namespaces import PREFIXES

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
        pages: dict[str, dict[str, Any]] = dict(cursor.get("pages", {}))
        last = cursor.get("last", "")
        response = archive.ask(url, accept=ACCEPT)
        root = _Page(parse(response, archive))
        stream = _stream(root)
        if cursor and stream.since > last:
            raise Anew
        queue, seen = deque([url]), {str(url)}
        wanted, met = {one.key for one in refused}, set[str]()
        again = {one.again for one in refused}
        while queue:
            target = queue.popleft()
            name = str(target)
            known = pages.get(name, {})
            is_asked = name in again or not known.get("immutable")
            if target != url and is_asked:
                etag = "" if name in again else known.get("etag", "")
                is_full = bool(known.get("immutable"))  # and may have been taken away since it was read
                response = archive.ask(target, accept=ACCEPT, etag=etag, absent=GONE if is_full else ())
            if target == url or (is_asked and response.status == 200):
                page = root if target == url else _Page(parse(response, archive))
                members, at = _members(page, stream, archive, name)
                if known.get("immutable") or (name in again and known.get("etag", "-") == response.headers.get("etag")):
                    # The page is what it was: nothing but what could not be read is of interest.
                    members = [one for one in members if one.key in wanted]
                met.update(one.key for one in members)
                last = max(last, at)
                known = {"next": sorted({str(found) for found in _next(page, target)})}
                if _is_immutable(page, target) and target != url:
                    known["immutable"] = True
                elif tag := response.headers.get("etag", ""):
                    known["etag"] = tag
                pages[name] = known
                # What is not yet read is not yet remembered: who is cut off here goes on from the pages before.
                yield Deed(tuple(members), {"pages": dict(sorted(pages.items())), "last": last})
            for link in known["next"]:
                if link not in seen and archive.is_allowed(httpx.URL(link)):
                    seen.add(link)
                    queue.append(httpx.URL(link))
            if len(seen) > _MOST_PAGES:
                raise HarvestError(archive.url, said("endless", value=len(seen)))
        gone = [name for name in pages if name not in seen]
        if any(pages[name].get("immutable") for name in gone):
            raise Anew
        left = tuple(Left(key) for key in sorted(wanted - met))
        if gone or left:
            yield Deed(left, {"pages": {name: pages[name] for name in sorted(seen & pages.keys())}, "last": last})


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
