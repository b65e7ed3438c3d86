"""A record in the making: what a page says is put into it, fact by fact, until it is whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from commons_ld.origin import Origin
from commons_ld.record import Document, Link, MediaRecord, Remark, Unrecognised
from commons_ld.sources.addresses import find_addresses
from commons_ld.text import nearest

__all__ = ["Draft", "Line", "Section", "paragraphs", "unbullet"]

#: Looking for the nearest known label takes time, and after so many unknown ones it helps nobody.
_MOST_HINTS: Final = 100
_BULLET: Final = re.compile(r"\s*(?:[•◦‣▪●∙]\s*|[*–—-]\s+)")


class Line(NamedTuple):
    """A line of a page, as plain text.

    :param number: where it stands in the source, counted from 1
    :param links: the addresses behind its words, which its text does not show
    """

    number: int
    text: str
    links: tuple[Link, ...] = ()


class Section(NamedTuple):
    """A heading, and the lines below it.

    :param name: a key of :data:`commons_ld.sources.labels.SECTIONS`, or ``""`` where the heading is not known
    """

    name: str
    heading: Line
    lines: list[Line]


def unbullet(text: str) -> tuple[bool, str]:
    """Return whether a line is a bullet, and its text without it.

    >>> unbullet("  • L'appel")
    (True, "L'appel")
    """
    if text[:1].isalnum():
        return False, text.strip()
    match = _BULLET.match(text)
    return (True, text[match.end() :].strip()) if match else (False, text.strip())


def paragraphs(texts: Iterable[str]) -> str:
    r"""Join lines into paragraphs, which are parted by one blank line.

    >>> paragraphs(["", "a", "b", "", " ", "c"])
    'a\nb\n\nc'
    """
    joined: list[str] = []
    gap = False
    for text in texts:
        text = text.strip()
        if text:
            if joined:
                joined.append("\n\n" if gap else "\n")
            joined.append(text)
        gap = not text
    return "".join(joined)


class Draft:
    """What has been read of a record so far.

    A fact is kept as the page wrote it. Where one comes twice, the first that is not empty stays, and a
    remark says so.

    >>> draft = Draft(Origin("page.txt"))
    >>> draft.title("21.12 Plaidoyer 2022", 1)
    >>> draft.put("countries", ("France",), 14, label="Pays")
    >>> draft.record().countries
    ('France',)
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._fields: dict[str, Any] = {}
        self._lines: dict[str, int] = {}
        self._links: dict[str, str] = {}
        self._documents: dict[Document, None] = {}
        self._unrecognised: list[Unrecognised] = []
        self._remarks: list[Remark] = []
        self._withheld: dict[str, None] = {}

    def title(self, title: str, line: int) -> None:
        """Name the record; ``line`` is 0 where the name does not stand in the text."""
        self._fields["title"] = title
        if line:
            self._lines["title"] = line

    def get(self, field: str) -> Any:
        """Return what is known of a field, or ``None``."""
        return self._fields.get(field)

    def put(self, field: str, value: str | tuple[Any, ...], line: int, *, label: str) -> None:
        """Fill a field, if nothing has filled it before.

        :param label: what the page calls it, for the remark about a second value
        """
        if field in self._fields:
            if value:
                shown = value if isinstance(value, str) else ", ".join(str(item) for item in value)
                self.remark("repeated-field", label, value=shown, line=line)
            return
        self._lines[field] = line
        if value:
            self._fields[field] = value

    def add_link(self, url: str, label: str, line: int) -> None:
        """Add an address that the page mentions; the first label that is not empty stays."""
        self._lines.setdefault("links", line)
        self._links[url] = self._links.get(url) or label

    def add_links(self, line: Line, *, labelled: bool = True) -> None:
        """Add the addresses of a line of text, those behind its words first.

        :param labelled: keep the words that carry an address as its label
        """
        if not line.links and "://" not in line.text:
            return
        for link in line.links:
            self.add_link(link.url, link.label if labelled else "", line.number)
        for address in find_addresses(line.text):
            self.add_link(address.url, "", line.number)

    def add_document(self, document: Document, line: int) -> None:
        """Add a document that the page lists."""
        if document.title or document.url:
            self._lines.setdefault("documents", line)
            self._documents[document] = None

    def unrecognised(self, label: str, text: str, line: int, known: Iterable[str] = ()) -> None:
        """Keep what no field is known for.

        :param known: the labels that might have been meant
        """
        close = nearest(label, known) if len(self._unrecognised) < _MOST_HINTS else ""
        self._unrecognised.append(Unrecognised(label, text, line, close))

    def unread(self, label: str, text: str, line: int) -> None:
        """Keep what cannot be read below a label that is known."""
        self._unrecognised.append(Unrecognised(label, text, line, label))

    def withhold(self, names: Iterable[str]) -> None:
        """Keep the names of people of whom nothing is published."""
        self._withheld.update(dict.fromkeys(names))

    def remark(self, code: str, field: str = "", *, value: str = "", line: int = 0, hint: str = "") -> None:
        """Add something to tell the publisher."""
        self._remarks.append(Remark(code, field, value, line, hint))

    def record(self) -> MediaRecord:
        """Return the record. It must have been given a title."""
        if self._links:
            self._fields["links"] = tuple(Link(url, label) for url, label in self._links.items())
        if self._documents:
            self._fields["documents"] = tuple(self._documents)
        return MediaRecord(
            **self._fields,
            origin=self._origin.at(page=self._fields["title"]),
            lines=self._lines,
            unrecognised=tuple(self._unrecognised),
            remarks=tuple(self._remarks),
            withheld=tuple(self._withheld),
        )
