"""Read the text of a rendered page, as copied from a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from commons_ld.errors import InvalidRecord, NotARecord, Reject, SourceError, fail
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources.addresses import find_addresses
from commons_ld.sources.chat import begins_message
from commons_ld.sources.decoding import read_text
from commons_ld.sources.draft import Draft, Line, Section, paragraphs
from commons_ld.sources.labels import FACET_NAMES, FACETS, HEADINGS, SECTIONS, Label, heading_section
from commons_ld.sources.page import fill, is_picture, put_fact
from commons_ld.sources.refusals import refuse_namespace, refuse_page
from commons_ld.text import fold, nearest, split_list

__all__ = ["read", "to_record"]

#: A title is no longer than this, in bytes (MediaWiki's own limit).
_LONGEST_TITLE: Final = 255
#: What the wiki itself writes around a page, folded: whole lines, and what lines begin with.
_CHROME_LINES: Final = frozenset({"de remix biens communs", "navigation, rechercher"})
_CHROME: Final = (
    "aller a :",
    "aller a la navigation",
    "aller a la recherche",
    "jump to:",
    "jump to navigation",
    "revision datee du",
    "revision as of",
    "← version precedente",
    "(diff) ← version precedente",
)
_FOOTER: Final = ("recuperee de «", 'retrieved from "')
_COLLECTION: Final = "dans la collection"
#: What the files of other formats begin with.
_OTHER_FORMAT: Final = re.compile(r"\{\{|\{\||\[\[|<[!?A-Za-z]|[\[{]\s*[\"{}\]\[]|[\[{]$")
#: A label such as ``Public(s)`` is that of a facet, known or not.
_FACET_LIKE: Final = re.compile(r"[^\W\d_]\((?:s|x|es|aux)\)\Z", re.IGNORECASE)
#: The longest label of a facet, with the blanks before its colon, is shorter than this.
_LONGEST_LABEL: Final = 60
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
    :raises NotARecord: if the page is a diff, a special page, a query table or a redirect
    :raises InvalidRecord: if it has no title
    """
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), start=1)]
    title, below = _title(lines, origin)
    refuse_page(lines, origin)
    draft = Draft(origin)
    draft.title(title.text.strip(), title.number)
    if dropped:
        draft.remark("dropped-characters", value=str(dropped))
    head, sections = _split(below)
    _fill_head(draft, head)
    fill(draft, sections)
    _put_collections(draft, head)
    return draft.record()


def _title(lines: Sequence[Line], origin: Origin) -> tuple[Line, list[Line]]:
    """Return the first line that says something, and the lines below it."""
    index = next(index for index, line in enumerate(lines) if line.text.strip())
    line = lines[index]
    text = line.text.strip()
    here = origin.at(line=line.number)
    if _OTHER_FORMAT.match(text[:200]):
        raise NotARecord("not-page-text", origin=here)
    if len(text.encode()) > _LONGEST_TITLE:
        raise InvalidRecord("long-title", origin=here, field="title", value=text[:60])
    refuse_namespace(text, here)
    if _is_chrome(text) or heading_section(text) or _is_collection(text) or _facets(text):
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


def _is_blank(lines: Sequence[Line]) -> bool:
    return not any(line.text.strip() for line in lines)


def _may_be_heading(lines: Sequence[Line], index: int) -> bool:
    """Tell whether a line is short, stands alone and ends like no sentence."""
    text = lines[index].text.strip()
    if not text or len(text) > _LONGEST_LABEL or text[-1] in ".!?…,;":
        return False
    return _is_blank(lines[max(0, index - 1) : index]) and _is_blank(lines[index + 1 : index + 2])


def _resembles_heading(text: str, opened: str) -> bool:
    """Tell whether a line is likely a heading that was renamed, and not one more line below its like."""
    close = nearest(text, HEADINGS, _LIKELY)
    return bool(close) and heading_section(close) != opened


def _fill_head(draft: Draft, lines: Sequence[Line]) -> None:
    lead: list[str] = []
    first = 0
    for line in lines:
        text = line.text.strip()
        if text and (_is_chrome(text) or _is_collection(text)):
            continue
        facets = _facets(text) if text else []
        if facets:
            for label, row, value in facets:
                if row is None:
                    draft.unrecognised(label, value.strip(), line.number, FACET_NAMES)
                else:
                    put_fact(draft, row, label, value, line)
        elif is_picture(text):
            draft.put("image", text, line.number, label="image")
        else:
            lead.append(text)
            first = first or (line.number if text else 0)
            for address in find_addresses(text):
                draft.add_link(address.url, "", line.number)
    if first:
        draft.put("description", paragraphs(lead), first, label="description")


def _put_collections(draft: Draft, head: Sequence[Line]) -> None:
    """Take the collections from above the facets only if the metadata names none: several run together there."""
    if draft.get("collections") is not None:
        return
    for line in head:
        if _is_collection(line.text):
            label, _, value = line.text.partition(":")
            draft.put("collections", split_list(value), line.number, label=label.strip())


def _is_chrome(text: str) -> bool:
    folded = fold(text[:40])
    return folded.startswith(_CHROME) or folded in _CHROME_LINES


def _is_collection(text: str) -> bool:
    return ":" in text[:40] and fold(text[:40]).startswith(_COLLECTION)


def _facets(text: str) -> list[tuple[str, Label | None, str]]:
    """Return the labels of a facet line, their rows and their values; nothing if the line is another one.

    >>> [(label, value.strip()) for label, _, value in _facets("Enjeu(x) : A,  B  Action(s) : C")]
    [('Enjeu(x)', 'A,  B'), ('Action(s)', 'C')]
    """
    found: list[tuple[str, Label | None, int, int]] = []  # label, row, where it starts, where its value does
    value_start = 0
    colon = text.find(":")
    while colon >= 0:
        label, row = _label_at_end(text[max(value_start, colon - _LONGEST_LABEL) : colon])
        if label:
            start = text.rindex(label, value_start, colon)
            if not found and text[:start].strip():
                return []
            found.append((" ".join(label.split()), row, start, colon + 1))
            value_start = colon + 1
        elif not found:
            return []
        colon = text.find(":", colon + 1)
    ends = [start for _, _, start, _ in found[1:]] + [len(text)] * bool(found)
    return [(label, row, text[start:end]) for (label, row, _, start), end in zip(found, ends, strict=True)]


def _label_at_end(text: str) -> tuple[str, Label | None]:
    """Return the label of a facet that a text ends with, as it stands there, and its row if it is known."""
    text = text.rstrip()
    for count in (3, 2, 1):
        words = text.rsplit(None, count)
        if len(words) >= count:
            label = text[len(words[0]) :].lstrip() if len(words) > count else text.lstrip()
            row = FACETS.get(fold(label))
            if row is not None:
                return label, row
    chunk = re.split(r",|[\s\u00a0]{2}", text)[-1].strip()
    return (chunk, None) if _FACET_LIKE.search(chunk) else ("", None)
