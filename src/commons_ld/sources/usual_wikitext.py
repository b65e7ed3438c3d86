r"""Take apart the wikitext of a usual page without a parser: one call of the template, then headings and lines.

It takes a page only if it is sure of all of it, and then gives what :mod:`commons_ld.sources.wikitext` reads with
mwparserfromhell, which stays the reference: a test compares both on pages made at random. The pages it takes are
those of this grammar (`RFC 5234 <https://www.rfc-editor.org/rfc/rfc5234>`_; ``char`` is any character but
``{ } [ ]``, the new line, and a ``<`` before a letter, ``/`` or ``!``)::

    page      = "{{" ("O" / "o") "bjet" (" " / "_") "m" ("é" / "e") "dia" *blank 1*parameter "}}" *blank *(LF line)
    parameter = "|" name "=" value          ; no "|", and no line of it but the first begins with * # : ; = -
    name      = 1*80(char)                  ; no ' & _ in it
    line      = heading / ["*" marks] text / (":" / ";") text
    heading   = "=" text "="                ; no [ '' & in it
    marks     = *("*" / "#" / ":" / ";") *(SP / TAB)
    value     = text *(LF text)
    text      = *(char / link / wikilink / "[" / "]")   ; not beginning with ----
    link      = "[" ("http://" / "https://") 1*safe [SP label] "]"
    wikilink  = "[[" [category ":"] title ["|" label] "]]"

Besides, no ``__`` stands anywhere, so that there is no magic word, and a bracket that is in no link opens neither an
address nor a link. Templates in texts, tables, HTML, comments, ``<nowiki>``, parser functions, pictures and second
calls are thus all left to the parser. Where only lines below the call are unusual, the call is taken all the same,
and the parser gets what is below it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from commons_ld.record import Link
from commons_ld.sources.chat import begins_message
from commons_ld.sources.draft import Line, Section, paragraphs
from commons_ld.sources.labels import SECTIONS, heading_section
from commons_ld.sources.plain_wikitext import CATEGORIES, plain
from commons_ld.text import fold

__all__ = ["Call", "take_call", "take_lines"]

_CALL: Final = re.compile(r"\{\{[Oo]bjet[ _]m[ée]dia\s{0,9}\|([^{}]*)\}\}[ \t]*(?=\n|\Z)")
#: What opens a tag or a comment, or may; any other sign of that kind is a sign.
_TAG: Final = re.compile(r"<[A-Za-z/!]", re.IGNORECASE)  # so that the long s is a letter here as it is there
_NAME: Final = re.compile(r"[^\[\]<>'&_\n]{1,80}")
#: A line inside a value that may be more than text.
_MARKED: Final = re.compile(r"\n[*#:;=-]")
_LINE_MARKS: Final = re.compile(r"[*#:;]+[ \t]*")
#: What opens a link, or may; the two groups after it are those of one that is sure.
_LINK: Final = re.compile(
    r"\[\[([^\[\]|:#&'\n]{1,200})(?:\|([^\[\]|&'\n]{1,500}))?\]\]"
    r"|\[\[([^\[\]|:#&'\n]{1,80}):[^\[\]|&'\n]{1,200}\]\]"
    r"|\[(https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%-]{1,2000})(?: ([^\[\]|\n]{0,500}))?\]"
    r"|(\[\[|\[(?:(?:https?|ftp):)?//|\[mailto:)",
    re.IGNORECASE,
)


class Call(NamedTuple):
    """The call of the template, taken apart.

    :param parameters: name and value of each parameter; the value is one line
    :param end: where in the text it ends
    :param lines: how many lines end above what is below it
    """

    parameters: list[tuple[str, Line]]
    end: int
    lines: int


def take_call(text: str) -> Call | None:
    r"""Return the call that a page begins with, or ``None`` if only the parser can tell it.

    :param text: the wikitext, cleaned by :func:`commons_ld.text.clean`

    >>> take_call("{{Objet média\n|Pays=France\n}}\nUn texte.")
    Call(parameters=[('Pays', Line(number=2, text='France', links=()))], end=29, lines=2)
    >>> take_call("{{Objet média|Pays={{Pays}}}}") is None
    True
    """
    call = _CALL.match(text)
    if call is None or "__" in call[0] or ("<" in call[0] and _TAG.search(call[0])):
        return None
    try:
        parameters = _parameters(call[1], 1 + text.count("\n", 0, call.start(1)))
    except _UnsureError:
        return None
    return Call(parameters, call.end(), text.count("\n", 0, call.end()))


def take_lines(text: str, call: Call) -> tuple[list[Line], list[Section]] | None:
    r"""Return the lines that stand under no heading, and the sections below, or ``None`` if only the parser can.

    :param text: of the whole page

    >>> page = "{{Objet média|Pays=France}}\n\n== Documents ==\n* [https://exemple.org La carte]"
    >>> head, sections = take_lines(page, take_call(page))
    >>> sections[0].lines
    [Line(number=4, text='• La carte', links=(Link(url='https://exemple.org', label='La carte'),))]
    """
    below = text[call.end :]
    if "{" in below or "}" in below or "__" in below or ("<" in below and _TAG.search(below)):
        return None
    try:
        return _lines(below, 1 + call.lines)
    except _UnsureError:
        return None


class _UnsureError(Exception):
    """Something is met that only the parser understands."""


def _parameters(inner: str, number: int) -> list[tuple[str, Line]]:
    found = []
    for part in inner.split("|"):
        name, equals, value = part.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise _UnsureError
        links: tuple[Link, ...] = ()
        if "[" in value:
            value, links = _without_links(value)
        stripped = value.strip()
        if _MARKED.search(value):
            raise _UnsureError
        if "\n" in stripped:
            stripped = paragraphs(map(plain, value.split("\n")))
        elif "''" in stripped or "&" in stripped:
            stripped = plain(stripped).strip()
        found.append((name.strip(), Line(number, stripped, links)))
        number += part.count("\n")
    return found


def _lines(body: str, first_number: int) -> tuple[list[Line], list[Section]]:
    """Part what follows the call at its headings, and make its lines plain."""
    head: list[Line] = []
    sections: list[Section] = []
    current, opened = head, ""
    is_plain = "''" not in body and "&" not in body
    for number, line in enumerate(body.split("\n"), first_number):
        links: tuple[Link, ...] = ()
        if line:
            first = line[0]
            if first == "=" and line.rstrip().endswith("=") and (heading := line.strip("= \t")):
                if "[" in line or "''" in line or "&" in line:
                    raise _UnsureError
                opened = heading_section(heading)
                current = []
                sections.append(Section(opened, Line(number, heading), current))
                continue
            if first in "*#:;":
                line = _unmarked(line)
            elif first == "-" and line.startswith("----"):
                raise _UnsureError
            has_bracket = "[" in line
            if has_bracket:
                line, links = _without_links(line)
            if not is_plain and ("''" in line or "&" in line):
                line = plain(line)
            line = line.strip()
            if line[:2] in ("|}", "{|"):
                raise _UnsureError
            if opened != "notes" and "[" in line and begins_message(line):
                # Wherever a chat stands, it is one: its authors must not pass for something else.
                opened, current = "notes", []
                sections.append(Section(opened, Line(number, SECTIONS["notes"][0]), current))
        current.append(Line(number, line, links))
    return head, sections


def _unmarked(line: str) -> str:
    """Return a line without the marks of its list: a bullet for an item, nothing for an indent."""
    end = _LINE_MARKS.match(line).end()  # type: ignore[union-attr]
    marks = line[:end]
    if "*" in marks or "#" in marks:
        return f"• {line[end:]}"
    if not line[end : end + 1].isalnum():
        raise _UnsureError  # an emoticon, or the indent of something else
    return line[end:]


def _without_links(text: str) -> tuple[str, tuple[Link, ...]]:
    """Return what a text with links shows, and the addresses in it."""
    links: list[Link] = []

    def shown(match: re.Match[str]) -> str:
        title, label, namespace, url, words, unsure = match.groups()
        if url:
            words = (words or "").strip()
            links.append(Link(plain(url).strip() if "&" in url else url, plain(words).strip()))
            return words
        if title:
            return (label or title).strip()
        if unsure or fold(namespace) not in CATEGORIES:
            raise _UnsureError
        return ""

    return _LINK.sub(shown, text), tuple(links)
