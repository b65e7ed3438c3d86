"""Fill a record from the sections of a page, whichever form the page was saved in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from commons_ld.record import Document, Guest, Link
from commons_ld.sources.addresses import broken_address, find_addresses, label_beside
from commons_ld.sources.broadcast import SERVICES, broadcast_url
from commons_ld.sources.chat import authors, parse_chat
from commons_ld.sources.draft import Draft, Line, Section, paragraphs, unbullet
from commons_ld.sources.guests import guest_of, lacks_name
from commons_ld.sources.labels import HEADINGS, METADATA, METADATA_NAMES, Label
from commons_ld.text import fold, nearest, split_list

__all__ = ["fill", "is_labelled", "is_picture", "put_broadcast", "put_fact"]

_PICTURE: Final = re.compile(r"[^/<>|:]{1,200}\.(?:jpe?g|png|gif|svg|webp|tiff?)", re.IGNORECASE)
_COUNT: Final = re.compile(r"\((\d{1,6})\)\s*:?\s*")
#: The longest label has four words.
_MOST_WORDS: Final = 4
_FIRST_WORDS: Final = frozenset(label.split()[0] for label in METADATA)
#: No label is longer, in characters.
_LONGEST: Final = 80
#: What is likely the same label misspelt, and not another one.
_LIKELY: Final = 0.75
#: Weighing how much of an unknown line is its label takes time; after so many it is the first word.
_MOST_WEIGHED: Final = 100
#: The parts of a page that name people of the catalogue.
_NAMED: Final = ("participants", "authors", "producers")


def is_picture(text: str) -> bool:
    """Tell whether a line is the name of an image file, and nothing else.

    >>> is_picture("Affiche 2 décembre.jpg"), is_picture("Une image .jpg de plus")
    (True, False)
    """
    text = text.strip()
    return text[-1:].isalpha() and _PICTURE.fullmatch(text) is not None


def put_fact(draft: Draft, row: Label, label: str, text: str, line: Line) -> None:
    """Put the value of a label or parameter where its row says."""
    text = text.strip()
    if row.kind == "list":
        draft.put(row.field, split_list(text), line.number, label=label)
    elif row.kind == "documents":
        linked = {link.label for link in line.links}
        for title in split_list(_COUNT.sub("", text, count=1)):
            if title not in linked:
                _add_document(draft, Line(line.number, title))
        for link in line.links:
            draft.add_document(Document(link.label, link.url), line.number)
    else:
        draft.put(row.field, text, line.number, label=label)


def put_broadcast(draft: Draft, service: str, identifier: str, number: int) -> None:
    """Put the address of the recording, which two parameters give: a service, and what it calls the recording."""
    if not identifier:
        return
    address = broadcast_url(service, identifier)
    if address:
        draft.put("broadcast_url", address, number, label="Identifiant de diffusion")
    elif not service:
        hint = ", ".join(SERVICES)
        draft.remark("missing-service", "Service de diffusion", value=identifier, line=number, hint=hint)
    else:
        hint = nearest(service, SERVICES) or ", ".join(SERVICES)
        draft.remark("unknown-service", "Service de diffusion", value=service, line=number, hint=hint)


def fill(draft: Draft, sections: Iterable[Section]) -> None:
    """Put what the sections say into the draft.

    A section that comes twice keeps its first text; the second is kept as unrecognised.
    """
    sections = list(sections)
    speakers = authors([line for section in sections if section.name == "notes" for line in section.lines])
    filled: set[str] = set()
    for section in sections:
        heading, number = _wording(section.heading), section.heading.number
        has_text = any(line.text.strip() or line.links for line in section.lines)
        if section.name and section.name not in filled:
            if has_text:
                filled.add(section.name)
            _fill_section(draft, section, speakers)
        elif not section.name:
            draft.unrecognised(heading, paragraphs(line.text for line in section.lines), number, HEADINGS)
            _keep_links(draft, section.lines)
        elif has_text:
            draft.remark("repeated-section", heading, line=number)
            # Who speaks in a second chat, and to whom, is not told apart: nothing of it may be told.
            is_chat = section.name == "notes"
            draft.unread(heading, "" if is_chat else paragraphs(line.text for line in section.lines), number)
            if not is_chat:
                _keep_links(draft, section.lines)


def _wording(heading: Line) -> str:
    return heading.text.rstrip(" :\t\u00a0\u202f").lstrip()


def _keep_links(draft: Draft, lines: Sequence[Line]) -> None:
    for line in lines:
        for link in line.links:
            draft.add_link(link.url, link.label, line.number)


def _fill_section(draft: Draft, section: Section, speakers: dict[str, str]) -> None:
    if section.name == "metadata":
        _fill_metadata(draft, section.lines)
    elif section.name == "abstract":
        _fill_abstract(draft, section, speakers)
    elif section.name == "documents":
        for line in section.lines:
            _add_document(draft, line)
    elif section.name == "links":
        _fill_links(draft, section)
    elif section.name == "notes":
        _fill_notes(draft, section, speakers)
    elif section.name == "pad":
        _fill_pad(draft, section)


def _fill_metadata(draft: Draft, lines: Sequence[Line]) -> None:
    to_come = 0  # how many lines below the label of a list belong to it, besides bullets
    is_listing = False
    unknown = 0
    for line in lines:
        if not line.text.strip():
            continue
        label, row, value = _labelled(line.text)
        if row is not None:
            put_fact(draft, row, label, value, line)
            is_listing = row.kind == "documents"
            count = _COUNT.fullmatch(value) if is_listing else None
            to_come = int(count[1]) if count else 0
        elif is_listing and (to_come or unbullet(line.text)[0]):
            _add_document(draft, line)
            to_come = max(0, to_come - 1)
        else:
            unknown += 1
            label, value = _unknown_label(line.text, weigh=unknown <= _MOST_WEIGHED)
            draft.unrecognised(label, value, line.number, METADATA_NAMES)


def is_labelled(text: str) -> bool:
    """Tell whether a line is a fact of the metadata: a label that is known, and a value.

    >>> is_labelled("Durée 01:00:00"), is_labelled("Durée"), is_labelled("Une durée")
    (True, False, False)
    """
    _, row, value = _labelled(text) if text.strip() else ("", None, "")
    return row is not None and bool(value.strip())


def _labelled(text: str) -> tuple[str, Label | None, str]:
    """Return the longest known label that a line begins with, its row, and the rest of the line."""
    first = text.split(None, 1)[0]
    if len(first) > _LONGEST or fold(first).rstrip(":") not in _FIRST_WORDS:
        return "", None, text
    for label, value in _prefixes(text):
        row = METADATA.get(fold(label))
        if row is not None:
            return label, row, value
    return "", None, text


def _prefixes(text: str) -> Iterable[tuple[str, str]]:
    """Yield the first words of a line, the most words first, each with the rest of the line."""
    words = text.split(None, _MOST_WORDS)
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        label = " ".join(words[:count])
        if len(label) <= _LONGEST:
            rest = text.split(None, count)[count:]
            value = rest[0].strip() if rest else ""
            yield label.rstrip(" :"), value.removeprefix(":").strip()


def _unknown_label(text: str, *, weigh: bool) -> tuple[str, str]:
    """Part a line of unknown label: at a colon, where it best resembles a known label, or after its first word."""
    before, colon, after = text.partition(":")
    is_label = len(before) <= _LONGEST and 0 < len(before.split()) <= _MOST_WORDS
    # The colon of a time or of an address parts nothing.
    if colon and is_label and (before[-1].isspace() or not after or after[0].isspace()):
        return before.strip(), after.strip()
    prefixes = list(_prefixes(text))
    if weigh:
        likely = [pair for pair in prefixes if nearest(pair[0], METADATA_NAMES, _LIKELY)]
        if likely:
            return likely[0]
    return prefixes[-1] if prefixes else (text.strip()[:_LONGEST], text.strip())


def _fill_abstract(draft: Draft, section: Section, speakers: dict[str, str]) -> None:
    named = {fold(name) for field in _NAMED for name in draft.get(field) or ()} | speakers.keys()
    guests: list[Guest] = []
    first_guest = 0
    texts: list[str] = []
    heading = _wording(section.heading)
    for line in section.lines:
        is_bullet, text = unbullet(line.text)
        guest = guest_of(text, named) if is_bullet else None
        if guest is not None:
            guests.append(guest)
            first_guest = first_guest or line.number
        elif is_picture(text):
            draft.put("image", text, line.number, label=heading)
        else:
            if is_bullet and lacks_name(text):
                draft.remark("nameless-guest", heading, value=text, line=line.number)
            texts.append(line.text)
        draft.add_links(line)
    first = next((line.number for line in section.lines if line.text.strip()), section.heading.number)
    draft.put("abstract", paragraphs(texts), first, label=heading)
    if guests:
        draft.put("guests", tuple(guests), first_guest, label=heading)


def _add_document(draft: Draft, line: Line) -> None:
    _, text = unbullet(line.text)
    if line.links:
        for link in line.links:
            draft.add_document(Document(link.label or text, link.url), line.number)
        return
    address = next(find_addresses(text), None)
    if address is None:
        broken = broken_address(text)
        if broken is not None:
            draft.remark("bad-address", "documents", value=broken.url, line=line.number)
        draft.add_document(Document((broken and label_beside(text, broken)) or text), line.number)
    else:
        draft.add_document(Document(label_beside(text, address), address.url), line.number)


def _fill_links(draft: Draft, section: Section) -> None:
    for line in section.lines:
        _, text = unbullet(line.text)
        links = _links_of(line, text)
        for link in links:
            draft.add_link(link.url, link.label, line.number)
        if text and not links:
            # The page shows the words of a link, and copying them lost its address.
            draft.unread(_wording(section.heading), text, line.number)


def _links_of(line: Line, text: str) -> list[Link]:
    """Return the addresses of a line; where there is one, the rest of the line is what is said of it."""
    addresses = list(find_addresses(text))
    if line.links:
        return [*line.links, *(Link(address.url) for address in addresses)]
    if len(addresses) == 1:
        return [Link(addresses[0].url, label_beside(text, addresses[0]))]
    return [Link(address.url) for address in addresses]


def _fill_notes(draft: Draft, section: Section, speakers: dict[str, str]) -> None:
    heading = _wording(section.heading)
    known = {fold(guest.name) for guest in draft.get("guests") or ()} | speakers.keys()
    chat = parse_chat(section.lines, known)
    draft.withhold(chat.unseen)
    for code, numbers in (("private-messages", chat.private), ("unread-notices", chat.unread)):
        if numbers:
            draft.remark(code, heading, value=str(len(numbers)), line=numbers[0])
    if not chat.notes:
        # Whoever speaks there cannot be told, so that nothing of it may pass for a text of the archive.
        if any(line.text.strip() for line in chat.preamble):
            draft.unread(heading, "", section.heading.number)
            draft.remark("no-message", heading, line=section.heading.number)
        return
    for line in chat.preamble:
        for link in _links_of(line, unbullet(line.text)[1]):
            draft.add_link(link.url, link.label, line.number)
    first = next((line.number for line in chat.preamble if line.text.strip()), 0)
    if first:
        draft.put("notes_heading", paragraphs(line.text for line in chat.preamble), first, label=heading)
    for line in chat.said:
        draft.add_links(line, labelled=False)
    draft.put("notes", tuple(chat.notes), chat.lines[0], label=heading)
    for number in chat.orphans:
        draft.remark("reply-without-message", heading, line=number)
    for number in chat.doubtful:
        draft.remark("message-without-time", heading, line=number)


def _fill_pad(draft: Draft, section: Section) -> None:
    heading = _wording(section.heading)
    for line in section.lines:
        links = _links_of(line, line.text)
        for link in links:
            if draft.get("pad") is None:
                draft.put("pad", link.url, line.number, label=heading)
            elif link.url != draft.get("pad"):
                draft.add_link(link.url, link.label, line.number)
        if line.text.strip() and not links:
            draft.unread(heading, line.text.strip(), line.number)
