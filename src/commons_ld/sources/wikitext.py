"""Read the wikitext of a page: its call of ``{{Objet média|…}}``, and the sections below it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import unquote

import mwparserfromhell
from mwparserfromhell.nodes import Node, Template
from mwparserfromhell.parser import ParserError

from commons_ld.errors import InvalidRecord, MalformedSource, NotARecord, Reject, SourceError, fail
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources.chat import begins_message
from commons_ld.sources.decoding import read_text
from commons_ld.sources.draft import Draft, Line, Section, paragraphs
from commons_ld.sources.labels import IDENTIFIER, PARAMETER_NAMES, PARAMETERS, SECTIONS, SERVICE, heading_section
from commons_ld.sources.page import fill, put_broadcast, put_fact
from commons_ld.sources.plain_wikitext import Lines, plain
from commons_ld.sources.refusals import refuse_namespace, refuse_redirect
from commons_ld.sources.shielding import HEADING, SKIPPED, shield
from commons_ld.sources.usual_wikitext import Call, take_call, take_lines
from commons_ld.text import fold

__all__ = ["read", "title_of", "to_record"]

#: The template that a record's page calls, folded.
_TEMPLATE: Final = "objet media"
_SUFFIX: Final = ".wiki"
_LONGEST: Final = 80
#: A page of so many characters has fewer marks than there is a limit to, however it is cut up.
_SHORT: Final = 20_000
#: A comment that names the page, for a file whose name cannot.
_TITLE_COMMENT: Final = re.compile(r"\s*<!--\s?(?:titre|title)\s?:([^\n]{1,300}?)-->", re.IGNORECASE)
_OPENED: Final = re.compile(r"\{\{[\s_]{0,20}objet[\s_]{1,20}m[ée]dia", re.IGNORECASE)
_FILE: Final = re.compile(r"(?:\[\[)?\s?(?:fichier|file|image)\s?:", re.IGNORECASE)


def read(stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]:
    """Yield the record of the page; a page that is none is handed to ``reject``.

    The title is not in the wikitext: it is the name of the file, unless a comment on the first line or
    ``{{DISPLAYTITLE:…}}`` gives it.

    :raises SourceError: if the page cannot be read or is no record, unless ``reject`` keeps the error

    >>> import io
    >>> page = "{{Objet média|Pays=France}}".encode()
    >>> [record.title for record in read(io.BytesIO(page), origin=Origin("21.12_Plaidoyer_2022.wiki"))]
    ['21.12 Plaidoyer 2022']
    """
    try:
        text, dropped = read_text(stream, origin)
        record = to_record(text, title=title_of(origin), origin=origin, dropped=dropped)
    except SourceError as error:
        reject(error)
    else:
        yield record


def title_of(origin: Origin) -> str:
    """Return the title of the page that a file is named after, by MediaWiki's rules.

    An underscore is a blank, and what a file name cannot hold is percent-encoded, since no title holds ``%3A``.

    >>> title_of(Origin("pages/Communs_urbains%3A_Naples.wiki"))
    'Communs urbains: Naples'
    """
    name = PurePosixPath(origin.path).name
    if name.lower().endswith(_SUFFIX):
        name = name[: -len(_SUFFIX)]
    decoded = unquote(name)
    return " ".join((name if "\ufffd" in decoded else decoded).replace("_", " ").split())


def to_record(text: str, *, title: str, origin: Origin, dropped: int = 0, is_content: bool = False) -> MediaRecord:
    """Return the record that the wikitext of a page gives.

    :param title: the title of the page, where the text does not give one
    :param is_content: whether the page is known to belong to no namespace, whatever its title looks like
    :param dropped: how many characters the text has lost already, for a remark
    :raises NotARecord: if the page does not call the template of a record, or belongs to another namespace
    :raises InvalidRecord: if it has no title
    :raises MalformedSource: if its marks stand too deep inside each other, or the template is not closed
    """
    call = take_call(text)
    taken = take_lines(text, call) if call is not None else None
    if call is not None and taken is not None:
        draft = _draft(title, origin, dropped, is_content=is_content)
        _put_parameters(draft, call.parameters)
        head, sections = taken
    else:
        nodes = _below(text, call, origin) if call is not None and len(text) <= _SHORT else None
        if call is not None and nodes is not None:
            draft = _draft(_displayed_title(nodes.nodes) or title, origin, dropped, is_content=is_content)
            _put_parameters(draft, call.parameters)
            head, sections = _rest(draft, nodes)
        else:
            draft, head, sections = _parsed(text, title, origin, dropped, is_content=is_content)
    _put_head(draft, head)
    fill(draft, sections)
    return draft.record()


class _Parsed(NamedTuple):
    """Wikitext that was parsed.

    :param embedded: the addresses that HTML embeds, each with its line
    """

    nodes: Sequence[Node]
    places: _Places
    embedded: list[tuple[int, str]]


def _parse(text: str, origin: Origin, lines: int = 0) -> _Parsed:
    """Have mwparserfromhell, which understands every page, parse one or the end of one, below so many lines."""
    shielded = shield(text, origin)
    try:
        nodes = mwparserfromhell.parse(shielded.text, skip_style_tags=True).nodes
    except ParserError as error:
        raise MalformedSource("unparsable-wikitext", origin=origin) from error
    embedded = [(lines + number, address) for number, address in shielded.embedded]
    return _Parsed(nodes, _Places(nodes, shielded.text, lines), embedded)


def _below(text: str, call: Call, origin: Origin) -> _Parsed | None:
    """Parse what is below a call that is known; ``None`` where the page must be looked at as a whole to be refused."""
    try:
        return _parse(text[call.end :], origin, call.lines)
    except MalformedSource:
        return None


def _rest(draft: Draft, parsed: _Parsed, call: int = -1) -> tuple[list[Line], list[Section]]:
    """Put what is embedded into the draft, and return the lines and sections besides the call."""
    for number, address in parsed.embedded:
        draft.add_link(address, "", number)
    return _split(_body(draft, parsed.nodes, call, parsed.places))


def _parsed(
    text: str, title: str, origin: Origin, dropped: int, *, is_content: bool
) -> tuple[Draft, list[Line], list[Section]]:
    """Begin a record with the parser alone; return what is left of the page to read."""
    refuse_redirect(text, origin)
    comment = _TITLE_COMMENT.match(text)
    parsed = _parse(text, origin)
    nodes, places, _ = parsed
    title = _displayed_title(nodes) or (comment[1].strip() if comment else "") or title
    draft = _draft(title, origin, dropped, is_content=is_content)
    call, template = _record_call(nodes, places, text, origin)
    _put_parameters(draft, _parameters(draft, template, places.start(call), places))
    return draft, *_rest(draft, parsed, call)


def _draft(title: str, origin: Origin, dropped: int, *, is_content: bool) -> Draft:
    if not is_content:
        refuse_namespace(title, origin)
    if not title:
        raise InvalidRecord("missing-title", origin=origin, field="title")
    draft = Draft(origin)
    draft.title(title, 0)
    if dropped:
        draft.remark("dropped-characters", value=str(dropped))
    return draft


class _Places:
    """Where the nodes of a page begin, since the parser does not tell.

    A node written out is the source it was read from, so that the lengths add up.

    :param lines: how many lines end above the text
    """

    def __init__(self, nodes: Sequence[Node], text: str, lines: int = 0) -> None:
        self._starts, self._lines, position = [], lines, 0
        for node in nodes:
            self._starts.append(position)
            position += len(str(node))
        self._line_ends = [match.start() for match in re.finditer(f"[\n{SKIPPED}]", text)]

    def start(self, index: int) -> int:
        return self._starts[index]

    def line(self, position: int) -> int:
        return self._lines + bisect_right(self._line_ends, position - 1) + 1


def _name(template: Template) -> str:
    return fold(plain(str(template.name))[:_LONGEST].replace("_", " "))


def _displayed_title(nodes: Sequence[Node]) -> str:
    for node in nodes:
        name = str(node.name).strip() if isinstance(node, Template) else ""
        if name.startswith("DISPLAYTITLE:"):
            return plain(name.removeprefix("DISPLAYTITLE:")).strip()
    return ""


def _record_call(nodes: Sequence[Node], places: _Places, text: str, origin: Origin) -> tuple[int, Template]:
    """Return the call of the record's template, and which node it is."""
    other: tuple[int, str] | None = None
    asked: int | None = None
    for index, node in enumerate(nodes):
        if isinstance(node, Template):
            name = _name(node)
            if name == _TEMPLATE:
                return index, node
            if name == "#ask":
                asked = asked or index
            other = other or (index, plain(str(node.name)).strip()[:_LONGEST])
    opened = _OPENED.search(text)
    if opened is not None:
        raise MalformedSource("open-template", origin=origin.at(line=text.count("\n", 0, opened.start()) + 1))
    if asked is not None:
        raise NotARecord("query-page", origin=origin.at(line=places.line(places.start(asked))))
    if other is not None:
        raise NotARecord("other-template", origin=origin.at(line=places.line(places.start(other[0]))), value=other[1])
    raise NotARecord("no-template", origin=origin)


def _parameters(draft: Draft, template: Template, start: int, places: _Places) -> Iterator[tuple[str, Line]]:
    """Yield the name of each parameter and its value as one line; what is found in the value goes to the draft."""
    position = start + len("{{") + len(str(template.name))
    for parameter in template.params:
        number = places.line(position)
        position += len("|") + len(str(parameter))
        lines = Lines(draft, number)
        lines.write(parameter.value)
        name = plain(str(parameter.name)).strip()[:_LONGEST] if parameter.showkey else ""
        yield name, _joined(lines.finish(), number)


def _put_parameters(draft: Draft, parameters: Iterable[tuple[str, Line]]) -> None:
    service = identifier = ""
    broadcast_line = 0
    for name, line in parameters:
        number = line.number
        address = line.links[0].url if line.links else line.text
        key = _key(name)
        row = PARAMETERS.get(key)
        if key == SERVICE:
            service = line.text
        elif key == IDENTIFIER:
            identifier, broadcast_line = address, number
        elif row is None:
            if name or line.text:
                draft.unrecognised(name or "|", line.text, number, PARAMETER_NAMES)
        elif row.field in ("broadcast_url", "website"):
            draft.put(row.field, address, number, label=name)
        elif row.field == "image":
            draft.put("image", _FILE.sub("", line.text, count=1).strip(), number, label=name)
        else:
            put_fact(draft, row, name, line.text, line)
            if row.kind != "documents":
                draft.add_links(line)
    put_broadcast(draft, service, identifier, broadcast_line)


@lru_cache(maxsize=1_000)
def _key(name: str) -> str:
    """Return what the name of a parameter is known by; the same few come on every page."""
    return fold(name.replace("_", " "))


def _joined(lines: Sequence[Line], number: int) -> Line:
    """Return the lines of a value as one."""
    links = tuple(link for line in lines for link in line.links)
    return Line(number, paragraphs(plain(line.text) for line in lines), links)


def _body(draft: Draft, nodes: Sequence[Node], call: int, places: _Places) -> list[Line]:
    lines = Lines(draft)
    for index, node in enumerate(nodes):
        number = places.line(places.start(index))
        if index != call:
            if isinstance(node, Template) and _name(node) == _TEMPLATE:
                draft.remark("second-record", "Objet média", line=number)
            lines.write_node(node, number)
    return lines.finish()


def _split(lines: Sequence[Line]) -> tuple[list[Line], list[Section]]:
    """Part the page at its headings, and make its lines plain."""
    head: list[Line] = []
    sections: list[Section] = []
    current, opened = head, ""
    in_table = False
    for line in lines:
        text = plain(line.text).strip()
        if line.text.startswith(HEADING) and line.text.rstrip().endswith(HEADING):
            heading = text.strip("= \t")
            section = Section(heading_section(heading), Line(line.number, heading, line.links), [])
            sections.append(section)
            current, opened = section.lines, section.name
            continue
        if opened != "notes" and begins_message(text):
            # Wherever a chat stands, it is one: its authors must not pass for something else.
            section = Section("notes", Line(line.number, SECTIONS["notes"][0]), [])
            sections.append(section)
            current, opened = section.lines, "notes"
        in_table = (in_table or text.startswith("{|")) and not text.startswith("|}")
        if in_table or text.startswith("|}"):
            text = _row(text)
        current.append(Line(line.number, text, line.links))
    return head, sections


def _row(text: str) -> str:
    """Return what a line of a table shows."""
    if text.startswith(("{|", "|-", "|}")):
        return ""
    return text.lstrip("|!+").replace("||", " ").replace("!!", " ").strip()


def _put_head(draft: Draft, lines: Sequence[Line]) -> None:
    """Take the text that stands under no heading for the lead, if the template gives none."""
    text = paragraphs(line.text for line in lines)
    for line in lines:
        draft.add_links(line)
    if not text:
        return
    number = next(line.number for line in lines if line.text)
    if draft.get("description") is None:
        draft.put("description", text, number, label="Description")
    else:
        draft.unread("", text, number)
