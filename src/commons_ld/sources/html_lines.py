"""Turn the content of an HTML page into the lines that a reader sees, with the addresses behind their words.

Blocks and line breaks end a line, paragraphs are parted by a blank one, an item of a list is a bullet, a row of a
table is a line. What a reader does not see (scripts, hidden elements, the table of contents, the links to edit a
section) is left out. The tree is walked, never recursed into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from lxml import etree

from commons_ld.record import Link
from commons_ld.sources.chat_forms import begins_a_line
from commons_ld.sources.draft import Line
from commons_ld.sources.html_tree import class_names

__all__ = ["Row", "line_of", "rows"]

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Elements that begin and end a line (https://html.spec.whatwg.org/#flow-content-3).
_BLOCKS: Final = _HEADINGS | {
    *("address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
    *("summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
}
#: Elements that a blank line parts from what is beside them.
_PARTED: Final = frozenset({"p", "pre", "blockquote", "table"})
_UNSEEN: Final = frozenset(
    {"head", "script", "style", "template", "noscript", "iframe", "object", "select", "button", "input", "textarea"}
)
#: What MediaWiki puts into the content that is none of it.
_CHROME: Final = frozenset(
    {
        "mw-editsection",
        "toc",
        "noprint",
        "mw-jump-link",
        "printfooter",
        "catlinks",
        "mw-cite-backlink",
        "magnify",
        "reference",
    }
)
_CHROME_IDS: Final = frozenset({"toc", "catlinks", "jump-to-nav", "siteSub", "contentSub", "mw-revision-info"})
_HIDDEN: Final = re.compile(r"(?:^|;)\s?display\s?:\s?none\b", re.IGNORECASE)
#: What HTML takes for one blank (https://infra.spec.whatwg.org/#ascii-whitespace); a no-break space is none of them.
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")
_LONGEST_STYLE: Final = 500


class Row(NamedTuple):
    """A line of the page, and whether it is a heading."""

    line: Line
    is_heading: bool = False


def line_of(element: etree._Element) -> int:
    """Return the line of the source that an element begins on, or 0 where it is not known."""
    line = element.sourceline
    return line if isinstance(line, int) else 0


def rows(
    content: etree._Element, address: Callable[[etree._Element], str | None], picture: Callable[[etree._Element], str]
) -> list[Row]:
    """Return the lines of the content of a page.

    :param address: returns the address of a link that leads out of the wiki, or ``None``
    :param picture: returns the name of the file that an image shows, or ``""``
    """
    reader = _Reader(content, address, picture)
    walk = etree.iterwalk(content, events=("start", "end", "comment"))
    for event, element in walk:
        if event == "start":
            if not reader.start(element):
                walk.skip_subtree()
        else:
            reader.end(element, is_shown=event == "end")
    return reader.finish()


class _Reader:
    """A walk through the content of a page, which writes what is seen of it."""

    def __init__(
        self,
        content: etree._Element,
        address: Callable[[etree._Element], str | None],
        picture: Callable[[etree._Element], str],
    ) -> None:
        self._content, self._address, self._picture = content, address, picture
        self._writer = _Writer()
        self.finish: Final = self._writer.finish
        self._in_links: list[tuple[etree._Element, str, int]] = []

    def start(self, element: etree._Element) -> bool:
        """Write what an element begins with, and return whether what is in it is to be written too."""
        if self._is_unseen(element):
            return False
        writer, tag = self._writer, str(element.tag)
        number = line_of(element)
        if tag in _BLOCKS:
            writer.begin_block(tag, number)
        elif tag == "br":
            writer.end_line()
        elif tag in ("td", "th"):
            writer.part_cells()
        elif tag == "img" and (name := self._picture(element)):
            writer.write_alone(name, number)
        elif tag == "a" and (url := self._address(element)):
            if "autonumber" in class_names(element):
                # What is shown of such a link is a number, which says nothing.
                writer.add_link(url, writer.length)
                return False
            self._in_links.append((element, url, writer.length))
        writer.write(element.text or "", number)
        return True

    def end(self, element: etree._Element, *, is_shown: bool) -> None:
        """Write what an element ends with, and the text behind it; of a comment, which is not shown, that alone."""
        if is_shown and not self._is_unseen(element):
            if self._in_links and self._in_links[-1][0] is element:
                _, url, start = self._in_links.pop()
                self._writer.add_link(url, start)
            if element.tag in _BLOCKS:
                self._writer.end_block(str(element.tag))
        if element is not self._content:
            self._writer.write(element.tail or "", 0)

    def _is_unseen(self, element: etree._Element) -> bool:
        return element is not self._content and _is_unseen(element)


def _is_unseen(element: etree._Element) -> bool:
    if element.tag in _UNSEEN or element.get("hidden") is not None or element.get("id") in _CHROME_IDS:
        return True
    style = element.get("style")
    return bool((style and _HIDDEN.search(style[:_LONGEST_STYLE])) or class_names(element) & _CHROME)


class _Writer:
    """Lines in the making."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._pieces: list[str] = []
        self._links: list[Link] = []
        self._number = 0
        self._depth = 0
        self._bullet = ""
        self._heading = False
        self._preformatted = 0

    @property
    def length(self) -> int:
        """How many pieces the line has that is being written."""
        return len(self._pieces)

    def begin_block(self, tag: str, number: int) -> None:
        self.end_line()
        self._number = number or self._number
        if tag in ("ul", "ol"):
            self._depth += 1
        elif tag == "li":
            self._bullet = "  " * self._depth + "• "
        elif tag in _HEADINGS:
            self._heading = True
        elif tag == "pre":
            self._preformatted += 1
        if tag in _PARTED:
            self._part()

    def end_block(self, tag: str) -> None:
        self.end_line()
        if tag in ("ul", "ol"):
            self._depth -= 1
            if not self._depth:
                self._part()
        elif tag == "li":
            self._bullet = ""
        elif tag in _HEADINGS:
            self._heading = False
        elif tag == "pre":
            self._preformatted -= 1
        if tag in _PARTED:
            self._part()

    def write(self, text: str, number: int) -> None:
        if not self._pieces:
            self._number = number or self._number
        for index, piece in enumerate(self._split(text)):
            if index:
                self.end_line()
            if piece:
                self._pieces.append(piece)

    def write_alone(self, text: str, number: int) -> None:
        """Write a line of its own."""
        self.end_line()
        self.write(text, number)
        self.end_line()

    def part_cells(self) -> None:
        if self._pieces:
            self._pieces.append(" ")

    def add_link(self, url: str, start: int) -> None:
        """Keep the address of a link, whose words are what was written of this line since ``start``."""
        words = _BLANKS.sub(" ", "".join(self._pieces[start:])).strip()
        # An address that is shown as it is will be found in the text.
        if words != url:
            self._links.append(Link(url, words))

    def end_line(self) -> None:
        joined = "".join(self._pieces)
        text = joined if self._preformatted else _BLANKS.sub(" ", joined).strip(" ")
        if text.strip() or self._links:
            self._rows.append(Row(Line(self._number, self._bullet + text, tuple(self._links)), self._heading))
            self._bullet = ""
        self._pieces, self._links = [], []

    def finish(self) -> list[Row]:
        self.end_line()
        return self._rows

    def _part(self) -> None:
        if self._rows and self._rows[-1].line.text:
            self._rows.append(Row(Line(self._number, "")))

    def _split(self, text: str) -> Iterator[str]:
        """Yield the lines of a text: those of preformatted text, and in other text those that begin a message.

        There a new line is a blank; but the author of a message has to be known for one.
        """
        first, *others = text.split("\n")
        waiting = [first]
        for line in others:
            if self._preformatted or begins_a_line(line):
                yield "\n".join(waiting)
                waiting = []
            waiting.append(line)
        yield "\n".join(waiting)
