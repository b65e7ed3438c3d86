"""Read the pages of a MediaWiki XML dump, one by one, as the dump has them.

The format is https://www.mediawiki.org/wiki/Help:Export#Export_format, whose schemas are ``export-0.10.xsd`` and
``export-0.11.xsd``; what is read of it is the same in all versions. Elements are told by their names and their place,
so that the namespace IRI, another one for each version, does not matter. The parser is expat, given the bytes: it
never opens anything, and no entity but the five of XML can be in a document without a DTD, which is refused.

Memory does not grow with the dump: of a page, its latest revision is held, and of that the parts named in
:class:`DumpPage`. Who wrote it is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple
from xml.parsers import expat
from xml.parsers.expat import ExpatError, errors

from commons_ld.errors import MalformedSource
from commons_ld.origin import Origin
from commons_ld.sources.decoding import MAX_BYTES
from commons_ld.text import fold

__all__ = ["CONTENT", "MAX_DEPTH", "MAX_TAG", "Dump", "DumpPage", "DumpRevision", "UnsureError", "without_revisions"]

#: The number of the namespace that holds the pages of the archive.
CONTENT: Final = 0
#: How deep elements may stand inside each other; those of a dump stand five deep.
MAX_DEPTH: Final = 20
#: The longest tag, comment or other piece of markup, in bytes. expat looks at an unfinished one again and again.
MAX_TAG: Final = 1024 * 1024

#: The longest value of an element that is no text, in characters. Titles have 255 bytes.
_LONGEST: Final = 2_000
#: Texts come from the parser in pieces of this size, in characters.
_BUFFER: Final = 64 * 1024

#: The parser remembers every name of an element or attribute; the schemas have about sixty.
_MOST_NAMES: Final = 1_000
#: No wiki has more namespaces.
_MOST_NAMESPACES: Final = 1_000

_UNKNOWN_ENCODING: Final = errors.codes[errors.XML_ERROR_UNKNOWN_ENCODING]
_BEGIN: Final = b"<revision>"
_END: Final = b"</revision>"

#: What is wrong with a document that ends too early.
_CUT: Final = frozenset(
    errors.codes[name]
    for name in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        errors.XML_ERROR_PARTIAL_CHAR,
    )
)

_PAGE_PARTS: Final = frozenset({"title", "ns", "id"})
_REVISION_PARTS: Final = frozenset({"id", "timestamp", "model", "text"})
_TIMESTAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_SIGNED: Final = re.compile(r"-?[0-9]{1,9}")


class UnsureError(Exception):
    """A dump has to be parsed in full."""


class DumpRevision(NamedTuple):
    """A revision of a page, as the dump has it.

    :param timestamp: as it stands there; ``""`` where there is none
    :param model: of its content: ``wikitext``, or ``""`` in old dumps
    :param text: ``None`` where there is none, for the reason that ``lack`` is
    :param lack: which sentence of :data:`commons_ld.messages.MESSAGES` says why there is no text
    :param line: the line of the dump that the text begins on
    """

    id: str = ""
    timestamp: str = ""
    model: str = ""
    text: str | None = None
    lack: str = "page-without-text"
    line: int = 0

    @property
    def rank(self) -> tuple[str, int]:
        """What is greater in a later revision: its time, and its number among those of one second."""
        time = self.timestamp if _TIMESTAMP.fullmatch(self.timestamp) else ""
        return time, int(self.id) if _NUMBER.fullmatch(self.id) else 0


class DumpPage(NamedTuple):
    """A page, with its latest revision.

    :param namespace: its number; where the page does not tell it, that which its title begins with
    :param redirect: the title of the page that it sends on to, or ``""``
    :param line: the line of the dump that it begins on
    """

    title: str
    namespace: int
    id: str
    redirect: str
    revision: DumpRevision
    line: int


class Dump:
    """A dump that is being read.

    :param texts: whether the revisions of pages are wanted; without them reading is faster
    :ivar base: the address of the wiki's main page, once it was read; ``""`` where there is none
    """

    def __init__(self, origin: Origin, *, texts: bool = True) -> None:
        self.base = ""
        self._origin, self._texts = origin, texts
        self._namespaces: dict[str, int] = {}
        self._done: list[DumpPage] = []
        self._depth = 0
        self._part = self._inner = ""  # the elements below the root that the parser is in
        self._title = ""
        self._page: dict[str, Any] = {}
        self._revision: dict[str, Any] = {}
        self._latest: DumpRevision | None = None
        self._pieces: list[str] = []
        self._size = self._collecting = 0
        self._key: str | int = ""
        # By how deep an element stands.
        self._starts = (
            self._start,
            self._start_dump,
            self._start_part,
            self._start_inner,
            self._start_innermost,
        )
        parser = expat.ParserCreate()
        parser.buffer_text, parser.buffer_size = True, _BUFFER
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    def pages(self, pieces: Iterable[bytes]) -> Iterator[DumpPage]:
        """Yield the pages of the dump that ``pieces`` make up, in its order.

        :raises MalformedSource: if it is no dump, or breaks: the line is named, and the pages yielded before stand
        """
        broken: MalformedSource | None = None
        fed = 0
        for piece in _and_end(pieces):
            try:
                self._feed(piece, is_end=not piece)
                fed += len(piece)
                if fed - self._parser.CurrentByteIndex > MAX_TAG + len(piece):
                    raise self._error("xml-long-tag", f"{MAX_TAG // 1024**2} MiB")
            except MalformedSource as error:
                broken = error
            done, self._done = self._done, []
            yield from done
            if broken is not None:
                raise broken

    def _feed(self, piece: bytes, *, is_end: bool) -> None:
        """Have the parser read a piece, and translate its errors."""
        try:
            self._parser.Parse(piece, is_end)
        except ExpatError as error:
            if error.code == _UNKNOWN_ENCODING:
                raise self._error("xml-charset", line=error.lineno) from error
            if is_end and error.code in _CUT:
                raise self._error("xml-cut" if error.lineno > 1 or error.offset else "empty-page") from error
            raise self._error("bad-xml", str(error.offset + 1), line=error.lineno) from error
        except (LookupError, ValueError) as error:
            if self._depth:
                raise
            # What Python's codecs say of an encoding that they do not know, or that has several bytes a character;
            # it is declared before the first element.
            raise self._error("xml-charset") from error
        if len(self._parser.intern or ()) > _MOST_NAMES:
            raise self._error("not-a-dump", "…")

    def _error(self, code: str, value: str = "", *, line: int = 0) -> MalformedSource:
        here = self._origin.at(line=line or self._parser.CurrentLineNumber, page=self._title)
        return MalformedSource(code, origin=here, value=value)

    def _doctype(self, name: str, *_: object) -> None:
        raise self._error("not-a-dump", "html") if name.lower() == "html" else self._error("xml-doctype")

    # ── The elements: those of a page stand third, those of a revision fourth ────────────────────────────

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth = depth = self._depth + 1
        if depth < len(self._starts):
            self._starts[depth](name, attributes)
        elif depth > MAX_DEPTH:
            raise self._error("xml-deep", str(MAX_DEPTH))

    def _start_dump(self, name: str, _: dict[str, str]) -> None:
        if name != "mediawiki":
            raise self._error("not-a-dump", name)

    def _start_part(self, name: str, _: dict[str, str]) -> None:
        self._part = name
        if name == "page":
            self._page, self._latest, self._title = {"line": self._parser.CurrentLineNumber}, None, ""

    def _start_inner(self, name: str, attributes: dict[str, str]) -> None:
        self._inner = name if self._part in ("page", "siteinfo") else ""
        if self._part == "page":
            if name in _PAGE_PARTS:
                self._collect(name, _LONGEST)
            elif name == "revision":
                self._revision = {}
            elif name == "redirect":
                self._page["redirect"] = attributes.get("title", "")
        elif name == "base":
            self._collect(name, _LONGEST)

    def _start_innermost(self, name: str, attributes: dict[str, str]) -> None:
        if self._inner == "revision":
            if self._texts and name in _REVISION_PARTS:
                self._start_revision_part(name, attributes)
        elif name == "namespace" and self._inner == "namespaces":
            key = attributes.get("key", "")
            self._collect(int(key) if _SIGNED.fullmatch(key) else "", _LONGEST)

    def _start_revision_part(self, name: str, attributes: dict[str, str]) -> None:
        if name != "text":
            self._collect(name, _LONGEST)
            return
        self._revision["line"] = self._parser.CurrentLineNumber
        if "deleted" in attributes:
            self._revision["lack"] = "page-text-deleted"
        else:
            # A dump without texts (--stub) tells how long they are.
            self._revision["bytes"] = attributes.get("bytes", "")
            self._collect(name, MAX_BYTES)

    def _end(self, name: str) -> None:
        depth = self._depth
        self._depth = depth - 1
        if depth == self._collecting:
            self._end_collecting()
        elif depth == 3 and name == "revision" and self._part == "page":
            self._revision.pop("bytes", None)
            revision = DumpRevision(**self._revision)
            if self._latest is None or revision.rank >= self._latest.rank:
                self._latest = revision
        elif depth == 2 and name == "page":
            self._end_page()
        if depth <= 3:
            self._inner = ""

    def _end_page(self) -> None:
        page = self._page
        namespace = page.get("ns", "")
        number = int(namespace) if _SIGNED.fullmatch(namespace) else self._namespace_of_title()
        latest = self._latest or DumpRevision(line=page["line"])
        self._done.append(
            DumpPage(self._title, number, page.get("id", ""), page.get("redirect", ""), latest, page["line"])
        )
        self._title = ""

    def _namespace_of_title(self) -> int:
        """Return the namespace that a title begins with: dumps before version 0.6 do not tell it."""
        prefix, colon, _ = self._title.partition(":")
        return self._namespaces.get(fold(prefix), CONTENT) if colon else CONTENT

    # ── The text of an element ───────────────────────────────────────────────────────────────────────────

    def _collect(self, key: str | int, most: int) -> None:
        """Keep the text of the element that was just opened, up to ``most`` characters."""
        self._key, self._size, self._pieces, self._collecting = key, most, [], self._depth
        self._parser.CharacterDataHandler = self._data

    def _data(self, data: str) -> None:
        self._size -= len(data)
        if self._size >= 0:
            self._pieces.append(data)

    def _end_collecting(self) -> None:
        self._parser.CharacterDataHandler = None
        self._collecting = 0
        key, text = self._key, "".join(self._pieces)
        self._pieces = []
        if self._depth == 3 and self._inner == "revision":
            if key != "text":
                self._revision[str(key)] = text.strip()
            elif self._size < 0:
                self._revision["lack"] = "large-page"
            elif text or self._revision["bytes"] in ("", "0"):
                self._revision["text"] = text
        elif isinstance(key, int):
            if len(self._namespaces) < _MOST_NAMESPACES:
                self._namespaces[fold(text)] = key
        elif key == "title":
            self._title = " ".join(text.split()) if self._size >= 0 else ""
        elif key == "base":
            self.base = text.strip()
        elif key:
            self._page[key] = text.strip()


def without_revisions(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a dump without the content of its revisions, found by their tags, which is not parsed then.

    A ``<`` that is no tag stands in comments, declarations and CDATA only (XML 1.0, section 2.4), all of which begin
    with ``<!``: MediaWiki writes none. In an encoding in which the tags are other bytes everything is yielded. What is
    wrong inside a revision is not noticed.

    :raises UnsureError: if there is a ``<!``, so that tags cannot be found that way

    >>> b"".join(without_revisions([b"<page><revision><id>1</i", b"d></revis", b"ion></page>"]))
    b'<page><revision></revision></page>'
    """
    rest, is_inside = b"", False
    for piece in pieces:
        data = rest + piece
        if b"<!" in data:
            raise UnsureError
        kept = []
        start = 0
        while (found := data.find(_END if is_inside else _BEGIN, start)) >= 0:
            if not is_inside:
                kept.append(data[start : found + len(_BEGIN)])
                start = found + len(_BEGIN)
            else:
                start = found
            is_inside = not is_inside
        # A tag may be cut between two pieces.
        end = max(start, len(data) - len(_END))
        if not is_inside:
            kept.append(data[start:end])
        rest = data[end:]
        yield b"".join(kept)
    yield rest


def _and_end(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces that hold something, and an empty one at the end."""
    yield from filter(None, pieces)
    yield b""
