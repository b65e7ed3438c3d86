"""Turn parsed wikitext into lines of plain text, with the addresses behind their words."""

from __future__ import annotations

import html
import re
from typing import Final

from mwparserfromhell import nodes
from mwparserfromhell.wikicode import Wikicode

from commons_ld.record import Link
from commons_ld.sources.draft import Draft, Line
from commons_ld.sources.page import is_picture
from commons_ld.sources.shielding import BREAK, SKIPPED, unshield
from commons_ld.text import clean, fold

__all__ = ["CATEGORIES", "Lines", "plain"]

_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_APOSTROPHES: Final = re.compile(r"'{2,}")
_SWITCH: Final = re.compile(
    "__(?:NOTOC|TOC|FORCETOC|NOEDITSECTION|NOTITLE|NOGALLERY|INDEX|NOINDEX|NEWSECTIONLINK|SHOWFACTBOX|HIDEFACTBOX)__"
)
_LINE_ENDS: Final = re.compile(f"([\n{BREAK}{SKIPPED}])")
_FILES: Final = frozenset(fold(name) for name in ("Fichier", "File", "Image", "Média", "Media"))
#: The namespace of categories, folded.
CATEGORIES: Final = frozenset(fold(name) for name in ("Catégorie", "Category"))
#: The templates that stand for a character, and those whose argument is shown.
_CHARACTERS: Final = {"!": "|", "=": "=", "!!": "||"}
_SHOWN: Final = frozenset({"i"})
_LONGEST_NAME: Final = 80


def plain(text: str) -> str:
    """Return wikitext that holds no more templates and links as the reader of the page sees it.

    >>> plain("l''appel'' d&rsquo;un '''commun'''")
    'lappel d’un commun'
    """
    if "''" in text:
        text = _APOSTROPHES.sub(_apostrophes, text)
    if "__" in text:
        text = _SWITCH.sub("", text)
    return _unescaped(text)


def _unescaped(text: str) -> str:
    text = unshield(text)
    # The text of a page is clean; what an entity names may not be.
    return clean(_ENTITY.sub(lambda match: html.unescape(match[0]), text))[0] if "&" in text else text


def _apostrophes(run: re.Match[str]) -> str:
    # Two, three and five are italics, bold and both (https://www.mediawiki.org/wiki/Help:Formatting).
    length = len(run[0])
    return "'" * (1 if length == 4 else max(0, length - 5))


class Lines:
    """Plain lines that are being written.

    :param draft: what is found on the way is put there: pictures, and templates that are not known
    :param number: the line of the source that they begin on
    """

    def __init__(self, draft: Draft, number: int = 1) -> None:
        self._draft, self._number = draft, number
        self._lines: list[Line] = []
        self._pieces: list[str] = []
        self._links: list[Link] = []

    def write(self, code: Wikicode) -> None:
        """Write what the nodes show."""
        for node in code.nodes:
            self.write_node(node)

    def write_node(self, node: nodes.Node, number: int = 0) -> None:
        """Write what a node shows.

        :param number: the line it begins on, where that is known better than by counting
        """
        self._number = number or self._number
        if isinstance(node, nodes.Wikilink):
            self._write_wikilink(node)
        elif isinstance(node, nodes.ExternalLink):
            self._write_external_link(node)
        elif isinstance(node, nodes.Template):
            self._write_template(node)
        elif not isinstance(node, (nodes.Argument, nodes.Comment)):
            self._write_text(str(node))

    def finish(self) -> list[Line]:
        """Return the lines, the last one ended."""
        self._end_line()
        return self._lines

    def _write_text(self, text: str) -> None:
        for piece in _LINE_ENDS.split(text):
            if piece == SKIPPED:
                self._number += 1
            elif piece in ("\n", BREAK):
                self._end_line()
                self._number += piece == "\n"
            elif piece:
                self._pieces.append(piece)

    def _end_line(self) -> None:
        text, links = "".join(self._pieces), tuple(self._links)
        self._lines.append(Line(self._number, text, links))
        self._pieces, self._links = [], []

    def _shown(self, code: Wikicode) -> str:
        """Return what a label shows, on one line."""
        inner = Lines(self._draft, self._number)
        inner.write(code)
        return " ".join(line.text.strip() for line in inner.finish()).strip()

    def _write_wikilink(self, node: nodes.Wikilink) -> None:
        title = str(node.title).strip()
        prefix, colon, name = title.partition(":")
        namespace = fold(prefix[:_LONGEST_NAME]) if colon else ""
        if namespace in CATEGORIES:
            return
        if namespace in _FILES:
            name = plain(name).strip()
            caption = self._shown(node.text).rpartition("|")[2] if node.text is not None else ""
            if is_picture(name):
                self._draft.put("image", name, self._number, label="image")
            else:
                self._write_text(caption or name)
        elif node.text is not None:
            self._write_text(self._shown(node.text))
        else:
            # [[Attribut::valeur]] is the value, in Semantic MediaWiki.
            self._write_text(title.rpartition("::")[2].removeprefix(":").lstrip("#"))

    def _write_external_link(self, node: nodes.ExternalLink) -> None:
        url = _unescaped(str(node.url)).strip()
        if not node.brackets:
            self._write_text(str(node.url))
            return
        label = self._shown(node.title) if node.title is not None else ""
        if url.startswith("//"):
            url = f"https:{url}"
        if url.lower().startswith(("http://", "https://")):
            self._links.append(Link(url, plain(label).strip()))
        self._write_text(label)

    def _write_template(self, node: nodes.Template) -> None:
        name = plain(str(node.name)).strip()
        if name in _CHARACTERS:
            self._write_text(_CHARACTERS[name])
        elif name == "PAGENAME":
            self._write_text(self._draft.get("title"))
        elif fold(name[:_LONGEST_NAME]) in _SHOWN:
            for parameter in node.params:
                self.write(parameter.value)
        elif not name.startswith("DISPLAYTITLE:"):
            texts = (plain(self._shown(parameter.value)) for parameter in node.params)
            said = " ".join(text for text in texts if text)
            self._draft.unrecognised(f"{{{{{name[:_LONGEST_NAME]}}}}}", said, self._number)
