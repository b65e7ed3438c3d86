"""Read the text of a rendered page, as copied from a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import BinaryIO, Final

from commons_ld.errors import InvalidRecord, NotARecord, Reject, SourceError, fail
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources.chat import begins_message
from commons_ld.sources.decoding import read_text
from commons_ld.sources.draft import Draft, Line, Section
from commons_ld.sources.head import fill_head, put_collections, stands_below_a_title
from commons_ld.sources.labels import HEADINGS, SECTIONS, heading_section
from commons_ld.sources.page import fill, is_labelled
from commons_ld.sources.refusals import refuse_mail, refuse_namespace, refuse_page, refuse_stranger
from commons_ld.text import fold, is_seen, nearest

__all__ = ["read", "to_record"]

#: A title is no longer than this, in bytes (MediaWiki's own limit).
_LONGEST_TITLE: Final = 255
_FOOTER: Final = ("recuperee de «", 'retrieved from "')
#: What the files of other formats begin with.
_OTHER_FORMAT: Final = re.compile(r"\{\{|\{\||\[\[|<[!?A-Za-z]|[\[{]\s*[\"{}\]\[]|[\[{]$")
#: A longer line is no heading.
_LONGEST_HEADING: Final = 60
#: What is likely the same heading misspelt, and not a title or a paragraph.
_LIKELY: Final = 0.75
#: Looking for the heading that was meant takes time; after so many lines that might be one, none is sought.
_MOST_GUESSES: Final = 500


def read(stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]:
    """Yield the record of the page; a page that is none is handed to ``reject``.

    :raises SourceError: if the page cannot be read or is no record, unless ``reject`` keeps the error

    >>> import io
    >>> page = "21.12 Plaidoyer 2022\\n\\nMétadonnées\\n\\nPays France\\n".encode()
    >>> [record.countries for record in read(io.BytesIO(page), origin=Origin("p.txt"))]
    [('France',)]
    """
    try:
        text, dropped = read_text(stream, origin)
        record = to_record(text, origin=origin, dropped=dropped)
    except SourceError as error:
        reject(error)
    else:
        yield record


def to_record(text: str, *, origin: Origin, dropped: int = 0) -> MediaRecord:
    """Return the record that the text of a page gives.

    :param dropped: how many characters the text has lost already, for a remark
    :raises NotARecord: if the page is a diff, a special page, a query table or a redirect, or the text no page at all
    :raises InvalidRecord: if it has no title
    """
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), start=1)]
    refuse_mail(lines, origin)
    title, below = _title(lines, origin)
    refuse_page(lines, origin)
    draft = Draft(origin)
    draft.title(title.text.strip(), title.number)
    if dropped:
        draft.remark("dropped-characters", value=str(dropped))
    head, sections = _split(below)
    refuse_stranger(title.text.strip(), head, sections, origin)
    head, facts = _facts_apart(head, sections)
    fill_head(draft, head)
    fill(draft, [*facts, *sections])
    put_collections(draft, head)
    return draft.record()


def _title(lines: Sequence[Line], origin: Origin) -> tuple[Line, list[Line]]:
    """Return the first line that says something, and the lines below it."""
    index = next((index for index, line in enumerate(lines) if is_seen(line.text)), 0)
    line = lines[index]
    text = line.text.strip()
    here = origin.at(line=line.number)
    if _OTHER_FORMAT.match(text[:200]):
        raise NotARecord("not-page-text", origin=here)
    if len(text.encode()) > _LONGEST_TITLE:
        raise InvalidRecord("long-title", origin=here, field="title", value=text[:60])
    refuse_namespace(text, here)
    if not is_seen(text) or stands_below_a_title(text):
        raise InvalidRecord("missing-title", origin=here, field="title")
    return line, list(lines[index + 1 :])


def _split(lines: Sequence[Line]) -> tuple[list[Line], list[Section]]:
    """Part the page at its headings, which only their wording marks."""
    head: list[Line] = []
    sections: list[Section] = []
    current, opened = head, "head"
    guesses = 0
    for index, line in enumerate(lines):
        text = line.text.strip()
        if text.startswith(("R", "r")) and fold(text[:40]).startswith(_FOOTER):
            break
        name = heading_section(text)
        section: Section | None = None
        if opened == "notes":
            # In the chat people may write anything: there only the heading of what comes after it is one.
            section = Section(name, line, []) if name == "pad" else None
        elif name:
            section = Section(name, line, [])
        elif begins_message(text):
            # Wherever a chat stands, it is one: its authors must not pass for something else.
            section = Section("notes", Line(line.number, SECTIONS["notes"][0]), [line])
        elif guesses < _MOST_GUESSES and _may_be_heading(lines, index):
            guesses += 1
            if _resembles_heading(text, opened) and not (opened == "" and _is_blank(current)):
                section = Section("", line, [])
        if section is None:
            current.append(line)
        else:
            sections.append(section)
            current, opened = section.lines, section.name
    return head, sections


def _facts_apart(head: Sequence[Line], sections: Sequence[Section]) -> tuple[list[Line], list[Section]]:
    """Part the lead from facts among it, of a page without their heading: two of them in a row are no prose."""
    lead: list[Line] = []
    facts: list[Line] = []
    for is_fact, some in groupby(head, key=lambda line: is_labelled(line.text)):
        run = list(some)
        (facts if is_fact and len(run) > 1 else lead).extend(run)
    if not facts or any(section.name == "metadata" for section in sections):
        return list(head), []
    return lead, [Section("metadata", Line(facts[0].number, SECTIONS["metadata"][0]), facts)]


def _is_blank(lines: Sequence[Line]) -> bool:
    return not any(line.text.strip() for line in lines)


def _may_be_heading(lines: Sequence[Line], index: int) -> bool:
    """Tell whether a line is short, stands alone and ends like no sentence."""
    text = lines[index].text.strip()
    if not text or len(text) > _LONGEST_HEADING or text[-1] in ".!?…,;":
        return False
    return _is_blank(lines[max(0, index - 1) : index]) and _is_blank(lines[index + 1 : index + 2])


def _resembles_heading(text: str, opened: str) -> bool:
    """Tell whether a line is likely a heading that was renamed, and not one more line below its like."""
    close = nearest(text, HEADINGS, _LIKELY)
    return bool(close) and heading_section(close) != opened
