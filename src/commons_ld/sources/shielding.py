"""Make wikitext safe for a parser that backtracks, in one pass over it.

mwparserfromhell tries again from every mark that is left open, so that 20 KB of ``{{a|`` take it ten seconds,
and lists and tables cost it more than they tell. What it is given has none of these: HTML has become plain
text, every ``{{``, ``[[`` and ``[https:`` has its partner, and what must not be taken for markup is shielded,
that is, written with code points that no page can hold (Unicode's noncharacters, which
:func:`commons_ld.text.clean` drops). :func:`unshield` brings them back.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from commons_ld.errors import MalformedSource
from commons_ld.origin import Origin

__all__ = ["BREAK", "HEADING", "SKIPPED", "Shielded", "shield", "unshield"]

#: A new line that the source does not have, made by ``<br>``.
BREAK: Final = "\ufdef"
#: An equals sign that begins or ends a heading.
HEADING: Final = "\ufded"
#: A line of the source that is not shown, such as one inside a comment.
SKIPPED: Final = "\ufdee"

_SPECIAL: Final = "{}[]<>|=*#:;!'-_~&"
_SHIELD: Final = {ord(character): 0xFDD0 + index for index, character in enumerate(_SPECIAL)}
_UNSHIELD: Final = {code: chr(character) for character, code in _SHIELD.items()} | {
    ord(BREAK): "\n",
    ord(SKIPPED): "",
    ord(HEADING): "=",
}
_SHIELDED: Final = re.compile("[\ufdd0-\ufdef]")
#: These are never markup for the parser: tags are gone, and entities are read at the very end.
_NEVER: Final = tuple((character, chr(_SHIELD[ord(character)])) for character in "<>&")
_SHIELD_EQUALS: Final = {ord("="): _SHIELD[ord("=")]}

#: How deep marks may stand inside each other. Pages have three or four levels; mwparserfromhell goes to 100.
_DEEPEST: Final = 40
#: How many marks of a kind a page may have: each is an object of the parser. The longest real pages have a few hundred.
_MOST_MARKS: Final = 20_000

#: What is shown as it is written, or not at all; left open, it goes on to the end of the page.
_RAW: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(nowiki|pre|script|style)(?:\s[^<>/]{0,2000})?>(.*?)(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})((?:[\s/][^<>]{0,2000})?)>")
_ADDRESS: Final = re.compile(r"""\b(?:src|href)\s?=\s?(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Where HTML begins a new line, where it begins a new paragraph, and what it has besides, as one reads it in pages.
_BREAKING: Final = frozenset({"br", "dd", "dt", "hr", "tr"})
_PARTING: Final = _words("blockquote center div dl figure h1 h2 h3 h4 h5 h6 ol p section table ul")
_INLINE: Final = _words(
    "a abbr audio b big body caption cite code del em embed figcaption font gallery head html i iframe img includeonly"
    " ins kbd li mark noinclude nowiki object onlyinclude pre q ref references s samp small source span strike strong"
    " sub sup tbody td th thead tt u var video wbr"
)
_LINE_MARKS: Final = re.compile(r"^[*#:;]+[ \t]*", re.MULTILINE)
_LINES: Final = re.compile(r"^(?:=[^\n]*|[ \t]*\{\||-{4,})", re.MULTILINE)
_MARKS: Final = re.compile(r"\{{2,}|\}{2,}|\[\[?|\]+")
#: A parser function is read as a template of that name: the name of a template could hold no link.
_FUNCTION: Final = re.compile(r"(\{\{\s{0,9}#[a-z_]{1,20})\s?:", re.IGNORECASE)
#: A single bracket opens a link only before an address; the parser knows more kinds of them than pages do.
_ADDRESS_AHEAD: Final = re.compile(r"\[(?:(?:https?|ftp):)?//|\[mailto:", re.IGNORECASE)


class Shielded(NamedTuple):
    """Wikitext that can be parsed.

    :param text: as long in lines as the source was, :data:`SKIPPED` counted
    :param embedded: the addresses that HTML embeds, which no text shows, each with its line
    """

    text: str
    embedded: list[tuple[int, str]]


def unshield(text: str) -> str:
    """Return what was meant.

    >>> unshield(shield("a<nowiki>[[b]]</nowiki><br>c", Origin("p.wiki")).text)
    'a[[b]]\\nc'
    """
    return text.translate(_UNSHIELD) if _SHIELDED.search(text) else text


def shield(text: str, origin: Origin) -> Shielded:
    """Return the wikitext without HTML and with balanced marks.

    :raises MalformedSource: if marks stand too deep inside each other, or are too many
    """
    text = _RAW.sub(_raw, text)
    tags = _Tags(text)
    text = _TAG.sub(tags.plain, text)
    for character, shielded in _NEVER:
        text = text.replace(character, shielded)
    text = _LINE_MARKS.sub(_line_marks, text)
    text = _LINES.sub(_line, text)
    text = _FUNCTION.sub(r"\1|", text)
    return Shielded(_balance(text, origin), tags.embedded)


def _raw(match: re.Match[str]) -> str:
    if match[1] and match[1].lower() in ("nowiki", "pre"):
        return match[2].translate(_SHIELD)
    return SKIPPED * match[0].count("\n")


class _Tags:
    """What each tag becomes. Lines are counted on the way, so that the whole costs one pass."""

    def __init__(self, text: str) -> None:
        self.embedded: list[tuple[int, str]] = []
        self._text, self._line, self._counted = text, 1, 0

    def plain(self, match: re.Match[str]) -> str:
        closing, name, attributes = match[1], match[2].lower(), match[3]
        skipped = SKIPPED * attributes.count("\n")
        if name in _BREAKING:
            return BREAK + skipped
        if name in _PARTING:
            return BREAK * 2 + skipped
        if name not in _INLINE:
            return match[0]  # MediaWiki shows what it does not know
        if name == "li":
            return skipped if closing else f"{BREAK}• {skipped}"
        if name in ("td", "th"):
            return f" {skipped}"
        if name == "ref" and not attributes.endswith("/"):
            return ")" if closing else f" ({skipped}"
        address = "" if closing else _address(attributes)
        if name == "a" and (closing or address):
            return "]" if closing else f"[{address} {skipped}"
        if address:
            self.embedded.append((self._line_at(match.start()), address))
        return skipped

    def _line_at(self, position: int) -> int:
        self._line += _count_lines(self._text, self._counted, position)
        self._counted = position
        return self._line


def _count_lines(text: str, start: int, end: int) -> int:
    return text.count("\n", start, end) + text.count(SKIPPED, start, end)


def _address(attributes: str) -> str:
    found = _ADDRESS.search(attributes)
    address = (found[1] or found[2] or found[3] or "").strip() if found else ""
    if address.startswith("//"):
        address = f"https:{address}"
    return address if address.startswith(("https://", "http://")) and not re.search(r"[\s\[\]{}|]", address) else ""


def _line_marks(match: re.Match[str]) -> str:
    """Return a bullet for an item of a list, and nothing for an indent; an emoticon is neither."""
    marks = match[0].rstrip()
    if "*" in marks or "#" in marks:
        return "• "
    following = match.string[match.end() : match.end() + 1]
    is_indent = match[0] != marks or not following or following.isalnum() or following in "\n[{'\"«“•"
    return "" if is_indent else match[0].translate(_SHIELD)


def _line(match: re.Match[str]) -> str:
    """Mark a heading, shield a table, which is read as text, and end a line at a rule."""
    line = match[0]
    if line[0] == "-":
        return BREAK  # what follows it must not come to stand at the beginning of a line
    if line[0] != "=":
        return line.translate(_SHIELD)
    title = line.strip("= \t")
    if not title or not line.rstrip().endswith("="):
        # No heading. The parser would look for its end once for every sign there is, each inside the last.
        return line.translate(_SHIELD_EQUALS)
    return HEADING * line.find(title) + title.translate(_SHIELD_EQUALS) + HEADING


def _balance(text: str, origin: Origin) -> str:
    """Shield every mark that has no partner."""
    if text.count("|") > _MOST_MARKS:
        raise MalformedSource("too-many-marks", origin=origin, value=str(_MOST_MARKS))
    marks, partners = _pair(text, origin)
    depth = 0
    pieces: list[str] = []
    done = 0
    for index, (start, mark) in enumerate(marks):
        if index in partners:
            depth += 1 if partners[index] > index else -1
            if depth > _DEEPEST:
                line = 1 + _count_lines(text, 0, start)
                raise MalformedSource("too-deep", origin=origin.at(line=line), value=str(_DEEPEST))
        else:
            pieces += (text[done:start], mark.translate(_SHIELD))
            done = start + len(mark)
    pieces.append(text[done:])
    return "".join(pieces)


def _pair(text: str, origin: Origin) -> tuple[list[tuple[int, str]], dict[int, int]]:
    """Return the marks of a text, each with where it stands, and the partner of each one that has one.

    What is opened inside a pair and not closed there stays alone. Each mark enters and leaves the stack once.
    """
    pairs = _Pairs()
    for match in _MARKS.finditer(text):
        position, end = match.span()
        while position < end:
            mark = pairs.take(text, position, end - position)
            pairs.marks.append((position, mark))
            position += len(mark)
            if len(pairs.marks) > _MOST_MARKS:
                raise MalformedSource("too-many-marks", origin=origin, value=str(_MOST_MARKS))
    return pairs.marks, pairs.partners


class _Pairs:
    """The marks of a text that were met, and which of them belong together."""

    def __init__(self) -> None:
        self.marks: list[tuple[int, str]] = []
        self.partners: dict[int, int] = {}
        self._waiting: list[int] = []  # the open marks
        self._brackets: list[int] = []  # those of them that are no braces
        self._braces = 0

    def take(self, text: str, position: int, left: int) -> str:
        """Open or close a pair, and return the mark that does.

        :param left: how many of its kind stand there in a row
        """
        kind = text[position]
        is_double = left > 1
        if kind == "{" and left % 2 == 0:
            self._waiting.append(len(self.marks))
            self._braces += 1
            return "{{"
        if kind == "[" and (is_double or _ADDRESS_AHEAD.match(text, position)):
            self._waiting.append(len(self.marks))
            self._brackets.append(len(self.marks))
            return kind * min(left, 2)
        if kind == "}" and is_double and self._braces:
            return self._close("{{", "}}")
        if kind == "]" and self._brackets and self.marks[self._brackets[-1]][1] == "[":
            return self._close("[", "]")
        if kind == "]" and is_double and self._brackets:
            return self._close("[[", "]]")
        return kind

    def _close(self, opener: str, closer: str) -> str:
        while True:
            index = self._waiting.pop()
            is_brace = self.marks[index][1] == "{{"
            if is_brace:
                self._braces -= 1
            else:
                self._brackets.pop()
            if is_brace == (opener == "{{"):
                self.partners[index], self.partners[len(self.marks)] = len(self.marks), index
                return closer
