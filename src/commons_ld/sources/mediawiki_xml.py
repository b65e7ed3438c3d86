"""Read the records of a MediaWiki XML dump, as ``Special:Export`` and ``dumpBackup.php`` write it.

The dump is read twice: first for its redirects, which may stand before or after the page they lead to, then for
its pages. Neither holds more of it than one page, and the redirects, of which there is a limit.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, Final, NamedTuple, TypeVar
from urllib.parse import quote, urlsplit

from msgspec.structs import replace

from commons_ld.errors import InvalidRecord, MalformedSource, NotARecord, Reject, SourceError, fail
from commons_ld.memo import Memo
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord, Remark, Revision, Unrecognised
from commons_ld.sources import wikitext
from commons_ld.sources.compressed import pieces
from commons_ld.sources.dump_pages import CONTENT, Dump, DumpPage, UnsureError, without_revisions
from commons_ld.text import SAFE_IN_ADDRESS, clean, nearest

__all__ = ["MAX_REDIRECTS", "read"]

#: How many redirects of a dump are known at the same time.
MAX_REDIRECTS: Final = 100_000

#: What is no record, and need not be one: an article, a list, a page that sends on.
_OTHER_PAGES: Final = frozenset({"no-template", "other-template", "query-page", "redirect-page"})
_TEMPLATE: Final = "Objet média"
#: What likely is the name of the template, misspelt.
_LIKELY: Final = 0.85
_MODELS: Final = ("", "wikitext")
_HOST: Final = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,10}")
#: The title in the query of an address, and what stands before and after it.
_TITLE: Final = re.compile(
    r"((?:[a-z]{1,20}=[A-Za-z0-9_.-]{0,40}&)?title=)[^&=#]*((?:&[a-z]{1,20}=[A-Za-z0-9_.-]{0,40})?)"
)
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_TIMESTAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

_Placed = TypeVar("_Placed", Remark, Unrecognised)


def read(stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]:
    """Yield one record a page of the archive, in the order of the dump, made of the page's latest revision.

    Pages of other namespaces are passed over, and redirects become the other titles of the page they lead to.
    What is wrong with one page goes to ``reject``; if that does not raise, reading goes on with the next.

    :param stream: the dump, plain or packed by gzip or bzip2; one that cannot be read twice is copied to the disk
    :raises MalformedSource: if it is no dump, or breaks; the records already yielded stand

    >>> import io
    >>> dump = '''<mediawiki><page><title>21.12</title><ns>0</ns><id>7</id><revision>
    ... <text>{{Objet m\u00e9dia|Pays=France}}</text></revision></page></mediawiki>'''
    >>> [record] = read(io.BytesIO(dump.encode()), origin=Origin("wiki.xml"))
    >>> record.title, record.countries, record.revision.page_id
    ('21.12', ('France',), 7)
    """
    with _twice(stream) as stream:
        start = stream.tell()
        titles = _other_titles(stream, origin, reject)
        stream.seek(start)
        dump = Dump(origin)
        wikis = Memo(_Wiki.of)
        has_pages = False
        for page in dump.pages(pieces(stream, origin)):
            has_pages = True
            if page.namespace == CONTENT and not page.redirect:
                try:
                    record = _record(page, wikis[dump.base], titles, origin)
                except SourceError as error:
                    reject(error)
                else:
                    yield record
        if not has_pages:
            raise MalformedSource("dump-without-pages", origin=origin)


@contextlib.contextmanager
def _twice(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Give a stream that can be read twice."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy


# ── Redirects ────────────────────────────────────────────────────────────────────────────────────────────


def _other_titles(stream: BinaryIO, origin: Origin, reject: Reject) -> dict[str, tuple[str, ...]]:
    """Return the titles of the redirects that lead to each title, through other redirects too."""
    start = stream.tell()
    try:
        leads = _leads(without_revisions(pieces(stream, origin)), origin, reject)
    except UnsureError:
        stream.seek(start)
        leads = _leads(pieces(stream, origin), origin, reject)
    titles: dict[str, list[str]] = {}
    ends: dict[str, str] = {}
    for title in leads:
        end = _end(title, leads, ends)
        if end:
            titles.setdefault(end, []).append(title)
    return {end: tuple(sorted(others)) for end, others in titles.items()}


def _leads(dump: Iterable[bytes], origin: Origin, reject: Reject) -> dict[str, str]:
    """Return the title that each redirect of a dump sends on to."""
    leads: dict[str, str] = {}
    try:
        for page in Dump(origin, texts=False).pages(dump):
            if page.redirect and page.namespace == CONTENT and page.title:
                if len(leads) == MAX_REDIRECTS:
                    reject(MalformedSource("too-many-redirects", origin=origin, value=str(MAX_REDIRECTS)))
                    break
                leads[page.title] = page.redirect
    except MalformedSource:
        pass  # met again, and told, when the pages are read
    return leads


def _end(title: str, leads: Mapping[str, str], ends: dict[str, str]) -> str:
    """Return where a chain of redirects ends, or ``""`` if it never does.

    :param ends: the ends that are known, which is added to, so that each redirect is followed once
    """
    chain: dict[str, None] = {}
    while title in leads and title not in ends and title not in chain:
        chain[title] = None
        title = leads[title]
    end = "" if title in chain else ends.get(title, title)
    ends.update(dict.fromkeys(chain, end))
    return end


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────


def _record(page: DumpPage, wiki: _Wiki, titles: Mapping[str, tuple[str, ...]], origin: Origin) -> MediaRecord:
    title, text = clean(page.title)[0].strip(), page.revision.text
    here = origin.at(line=page.line, page=title)
    if not title:
        raise InvalidRecord("page-without-title", origin=here, field="title")
    if page.revision.model not in _MODELS:
        raise NotARecord("other-page", origin=here)
    if text is None:
        raise InvalidRecord(page.revision.lack, origin=here)
    cleaned, dropped = clean(text)
    try:
        record = wikitext.to_record(
            cleaned, title=title, origin=Origin(origin.path, page=title), dropped=dropped, is_content=True
        )
    except SourceError as error:
        raise _told(error, here, page.revision.line) from error
    revision, remarks = _revision(page, wiki)
    below = page.revision.line - 1
    return replace(
        record,
        origin=here,
        page=wiki.address(title),
        revision=revision,
        other_titles=titles.get(page.title, ()),
        lines={field: line + below for field, line in record.lines.items()},
        remarks=(*(_lower(remark, below) for remark in record.remarks), *remarks),
        unrecognised=tuple(_lower(item, below) for item in record.unrecognised),
    )


def _told(error: SourceError, page: Origin, line: int) -> SourceError:
    """Return an error about the text of a page as one about the dump.

    A dump holds the whole wiki: that a page of it is no record is told with all the others, as no fault.
    """
    misspelt = error.code == "other-template" and nearest(error.value, [_TEMPLATE], _LIKELY)
    if error.code in _OTHER_PAGES and not misspelt:
        return NotARecord("other-page", origin=page)
    here = page.at(line=line - 1 + error.origin.line) if error.origin.line else page
    return type(error)(error.code, origin=here, field=error.field, value=error.value)


def _lower(item: _Placed, lines: int) -> _Placed:
    return replace(item, line=item.line + lines) if item.line else item


def _revision(page: DumpPage, wiki: _Wiki) -> tuple[Revision, list[Remark]]:
    """Return which revision a page is, and a remark for each thing about it that cannot be read."""
    remarks = []
    numbers = {"page id": page.id, "revision id": page.revision.id}
    for field, value in numbers.items():
        if not _NUMBER.fullmatch(value) or not int(value):
            remarks.append(Remark("odd-revision", field, clean(value)[0], page.line))
            numbers[field] = "0"
    timestamp = page.revision.timestamp
    if not _TIMESTAMP.fullmatch(timestamp):
        remarks.append(Remark("odd-revision", "timestamp", clean(timestamp)[0], page.line))
        timestamp = ""
    return Revision(wiki.host, int(numbers["page id"]), int(numbers["revision id"]), timestamp), remarks


class _Wiki(NamedTuple):
    """The wiki that a dump is of, as far as the address of its main page tells.

    :param host: with its port, ``""`` where there is none that can be named
    :param before: what stands before a title in the address of its page, ``""`` where that cannot be told
    :param after: what stands after it
    """

    host: str = ""
    before: str = ""
    after: str = ""

    @classmethod
    def of(cls, base: str) -> _Wiki:
        """Return what the address of the main page tells (``<base>``, made by ``Title::getCanonicalURL``).

        >>> _Wiki.of("https://wiki.exemple.org/index.php/Accueil").address("21.12 L'eau")
        'https://wiki.exemple.org/index.php/21.12_L%27eau'
        >>> _Wiki.of("https://exemple.org/w/index.php?title=Accueil").address("Eau & air")
        'https://exemple.org/w/index.php?title=Eau_%26_air'
        >>> _Wiki.of("https://exemple.org/"), _Wiki.of("/wiki/Accueil").host
        (_Wiki(host='exemple.org', before='', after=''), '')
        """
        try:
            parts = urlsplit(base)
            name, port = (parts.hostname or "").lower(), parts.port
        except ValueError:  # brackets that hold no address, or a port that is no number
            return cls()
        if parts.scheme not in ("http", "https") or not _HOST.fullmatch(name):
            return cls()
        host = f"{name}:{port}" if port is not None else name
        start = f"{parts.scheme}://{host}"
        if parts.query:
            named = _TITLE.fullmatch(parts.query)
            return cls(host, f"{start}{_path(parts.path)}?{named[1]}", named[2]) if named else cls(host)
        folder, _, page = parts.path.rpartition("/")
        return cls(host, f"{start}{_path(folder)}/") if page else cls(host)

    def address(self, title: str) -> str:
        """Return the address of a page of the wiki, or ``""`` where it cannot be told."""
        return f"{self.before}{quote(title.replace(' ', '_'), safe=SAFE_IN_ADDRESS)}{self.after}" if self.before else ""


def _path(path: str) -> str:
    return quote(path, safe=f"%{SAFE_IN_ADDRESS}")
