"""Decide what is published about whom: a record goes in as its page has it, and comes out fit to publish.

It runs between reading and mapping, so that nothing behind it ever holds what was withheld. Catalogue
contributors (guests, producers, authors, participants of the metadata) and organizations are named. Whoever
else writes in the chat is not: a *participant*, known by a number. Somebody who is both is a contributor:
to present is a public role, and the notes of one person are not torn in two. See ``docs/privacy.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from commons_ld.errors import SourceError
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, RecordFields, Remark, pseudonym
from commons_ld.redaction import Names, Redaction, Suppressions, identity, is_withheld, markers
from commons_ld.settings import Settings

__all__ = ["Policy", "policy_of", "redact", "redact_error", "redact_text"]


_NOBODY: Final = Suppressions()


class Policy(msgspec.Struct, frozen=True):
    """What becomes of the people in the chat, and of what would lead to anybody.

    :param notes: leave the notes out, number their authors, or publish their names
    :param organizations: names that are organizations wherever they stand, the chat included
    :param contact: an e-mail address or telephone number that may be published
    :param language: of the texts of records that do not say (BCP 47); it decides on the wording of pseudonyms
    :param suppressed: who is to be forgotten, wherever they are named
    :param most_notes: how many notes of one chat are kept, so that no chat takes all memory there is
    """

    notes: Literal["omit", "pseudonymise", "publish"] = "pseudonymise"
    organizations: tuple[str, ...] = ()
    contact: str = ""
    language: str = "fr"
    suppressed: Suppressions = Suppressions()
    most_notes: int = 20_000


def policy_of(settings: Settings, suppressed: Suppressions = _NOBODY) -> Policy:
    """Return what ``settings`` say about personal data.

    :param suppressed: who asked to be forgotten, and what was withdrawn

    >>> policy_of(Settings()).organizations
    ('Remix the commons',)
    """
    return Policy(
        notes=settings.privacy.notes,
        organizations=settings.agents.organizations,
        contact=settings.dataset.contact,
        language=settings.language,
        suppressed=suppressed,
        most_notes=settings.output.most_notes,
    )


#: Fields that hold a link and nothing else.
_LINKS: Final = ("page", "broadcast_url", "website", "image", "pad")
#: Fields that hold the names of contributors.
_CONTRIBUTORS: Final = ("producers", "authors", "participants")
#: Fields that hold words of ours.
_OURS: Final = ("kind", "lines", "revision")

#: What is withheld where nobody has decided otherwise.
_DEFAULT: Final = Policy()

_Value = TypeVar("_Value")


def redact(record: MediaRecord, policy: Policy) -> MediaRecord:
    """Return ``record`` without what ``policy`` withholds, and otherwise as it was.

    Every text of the record is redacted, that of a field which is added one day too. To redact again what
    was redacted changes nothing.

    >>> from commons_ld.origin import Origin
    >>> notes = (Note("Fleurance Izeroux", "14:20", "Bonjour !"), Note("Louise Guillot", "14:21", "@Fleurance bonjour"))
    >>> record = MediaRecord(title="21.12", guests=(Guest("Louise Guillot"),), notes=notes, origin=Origin("a.txt"))
    >>> for note in redact(record, Policy()).notes:
    ...     print(repr(note.author), note.participant, note.text)
    '' 1 Bonjour !
    'Louise Guillot' 0 Participant·e 1 bonjour
    """
    language = (record.text_language or policy.language).casefold()
    anybody = Redaction(markers(language), contact=policy.contact)
    nameless = _nameless(record, policy)
    if policy.suppressed.lengths:
        # Numbered before, so that nobody else gets another number, and with it another IRI.
        numbers = _participants(record.notes, _contributors(record, policy, anybody))
        numbered = [replace(note, participant=number) for note, number in zip(record.notes, numbers, strict=True)]
        record = _without_forgotten(
            replace(record, notes=tuple(numbered)), policy.suppressed, markers(language).unnamed
        )
    contributors = _contributors(record, policy, anybody)
    numbers = _participants(record.notes, contributors)
    names = None if policy.notes == "publish" else _names(record, numbers, contributors, language)
    redaction = Redaction(markers(language), contact=policy.contact, names=names)

    def in_chat(text: str) -> str:
        return redaction.text(text, chat=True)

    def credit(note: Note, number: int) -> Note:
        is_unnamed = (number and policy.notes != "publish") or not note.author.strip()
        author = "" if is_unnamed else contributors.get(identity(note.author), note.author)
        text, time = in_chat(note.text), in_chat(note.time)
        return replace(note, author=anybody.text(author), time=time, text=text, participant=number)

    fields: dict[str, Any] = {
        "guests": tuple(Guest(anybody.text(guest.name), redaction.text(guest.biography)) for guest in record.guests),
        "documents": _documents(record.documents, redaction),
        "links": _links(record.links, redaction),
        "notes_heading": "" if policy.notes == "omit" else in_chat(record.notes_heading),
        "notes": tuple(map(credit, record.notes[: 0 if policy.notes == "omit" else policy.most_notes], numbers)),
        "unrecognised": _each_text(record.unrecognised, in_chat),
        "withheld": (),
    }
    fields |= {name: redaction.link(getattr(record, name)) for name in _LINKS}
    fields |= {name: _each_text(getattr(record, name), anybody.text) for name in _CONTRIBUTORS}
    fields["remarks"] = (
        *(_remark(remark, in_chat) for remark in record.remarks),
        *_withheld_links(record, fields),
        *_cut(record, fields["notes"]),
        *nameless,
    )
    others = [name for name in record.__struct_fields__ if name not in fields and name not in _OURS]
    return replace(record, **fields, **{name: _each_text(getattr(record, name), redaction.text) for name in others})


def _nameless(record: MediaRecord, policy: Policy) -> tuple[Remark, ...]:
    """Return what to tell of published notes without an author; those who are to be forgotten are authors still.

    What was told before is not told again: by then, some of the authors may be forgotten.
    """
    code = "notes-without-author"
    notes = record.notes[: 0 if policy.notes == "omit" else policy.most_notes]
    numbers = [number for number, note in enumerate(notes, 1) if not note.author.strip() and note.participant < 1]
    if not numbers or any(remark.code == code for remark in record.remarks):
        return ()
    return (Remark(code, "notes", str(len(numbers)), record.lines.get("notes", 0), hint=str(numbers[0])),)


def _cut(record: MediaRecord, notes: Sequence[Note]) -> tuple[Remark, ...]:
    """Return what to tell of notes that were left out because they are too many."""
    if not 0 < len(notes) < len(record.notes):
        return ()
    line = record.lines.get("notes", 0)
    return (Remark("too-many-notes", "notes", str(len(record.notes)), line, hint=str(len(notes))),)


def _without_forgotten(record: MediaRecord, suppressed: Suppressions, marker: str) -> MediaRecord:
    """Return a record without who is to be forgotten: in no list of names, and a marker in the texts."""

    def change(text: str) -> str:
        return suppressed.text(text, marker)

    def link(url: str) -> str:
        return "" if suppressed.is_in(url) else url

    def is_forgotten(name: str) -> bool:
        return bool(name.strip()) and (suppressed.is_person(name) or is_withheld(change(name)))

    fields: dict[str, Any] = {name: link(getattr(record, name)) for name in _LINKS}
    fields["documents"] = tuple(Document(change(item.title), link(item.url)) for item in record.documents)
    fields["links"] = tuple(Link(item.url, change(item.label)) for item in record.links if link(item.url))
    # Of the person nothing is left in a list of names, not even what stands in brackets beside the name.
    lists: dict[str, Any] = {
        name: tuple(person for person in getattr(record, name) if not is_forgotten(person)) for name in _CONTRIBUTORS
    }
    lists["guests"] = tuple(guest for guest in record.guests if not is_forgotten(guest.name))
    lists["notes"] = tuple(
        replace(note, author="", participant=0) if is_forgotten(note.author) else note for note in record.notes
    )
    others = [name for name in record.__struct_fields__ if name not in fields and name not in _OURS]
    fields |= {name: _each_text(lists.get(name, getattr(record, name)), change) for name in others}
    return replace(record, **fields)


def _contributors(record: MediaRecord, policy: Policy, redaction: Redaction) -> dict[str, str]:
    """Return the names of those who are named, as they are published, by their identities.

    Of two ways to write a name, the one that stands first is kept.
    """
    names = [guest.name for guest in record.guests]
    for field in _CONTRIBUTORS:
        names += getattr(record, field)
    published = [redaction.text(name) for name in (*names, *policy.organizations) if name.strip()]
    return {identity(name): name for name in reversed(published) if not is_withheld(name)}


def _participants(notes: Sequence[Note], contributors: dict[str, str]) -> list[int]:
    """Return the number of each note's author: 0 for a contributor, and for a note without an author.

    A number that a note has already stays: it was given when the record was redacted before.
    """
    numbers: dict[str, int] = {}
    result = []
    last = max((note.participant for note in notes), default=0)
    for note in notes:
        author = identity(note.author)
        if not note.author.strip():
            result.append(max(note.participant, 0))
        elif author in contributors:
            result.append(0)
        else:
            if note.participant > 0:
                numbers.setdefault(author, note.participant)
            elif author not in numbers:
                last = max(last, 0) + 1
                numbers[author] = last
            result.append(note.participant if note.participant > 0 else numbers[author])
    return result


def _names(record: MediaRecord, numbers: Sequence[int], contributors: dict[str, str], language: str) -> Names:
    marks = markers(language)
    authors = zip(record.notes, numbers, strict=True)
    numbered = {note.author: pseudonym(number, language) for note, number in authors if number and note.author}
    known = contributors.keys() | {identity(author) for author in numbered}
    people = {name: marks.unnamed for name in record.withheld if identity(name) not in known} | numbered
    return Names(people.items(), contributors.values(), unnamed=marks.unnamed, mention=marks.mention)


def _each_text(value: _Value, change: Callable[[str], str]) -> _Value:
    """Return ``value`` with each text in it changed, however deep it stands."""
    changed: Any = value
    if isinstance(value, str):
        changed = change(value)
    elif isinstance(value, tuple):
        changed = tuple(_each_text(item, change) for item in value)
    elif isinstance(value, msgspec.Struct):
        changed = replace(value, **{name: _each_text(getattr(value, name), change) for name in value.__struct_fields__})
    return changed  # type: ignore[no-any-return]


def _documents(documents: Sequence[Document], redaction: Redaction) -> tuple[Document, ...]:
    """Return what is left of the documents; one that had a link only, and a personal one, is not."""
    redacted = (Document(redaction.text(document.title), redaction.link(document.url)) for document in documents)
    return tuple(new for new, old in zip(redacted, documents, strict=True) if new.title or new.url or not old.url)


def _links(links: Sequence[Link], redaction: Redaction) -> tuple[Link, ...]:
    return tuple(Link(link.url, redaction.text(link.label)) for link in links if redaction.link(link.url) == link.url)


def _remark(remark: Remark, change: Callable[[str], str]) -> Remark:
    # A code, and the name of a field, are words of ours even where somebody's name is spelled like them.
    field = remark.field if remark.field in RecordFields.__struct_fields__ else change(remark.field)
    return replace(remark, field=field, value=change(remark.value), hint=change(remark.hint))


def _withheld_links(record: MediaRecord, fields: dict[str, Any]) -> list[Remark]:
    """Return a remark for each field from which a link was withheld, so that the publisher hears of it."""
    counted = {
        **{name: (bool(getattr(record, name)), bool(fields[name])) for name in _LINKS},
        "documents": (_count(record.documents), _count(fields["documents"])),
        "links": (_count(record.links), _count(fields["links"])),
    }
    return [
        Remark("link-withheld", name, line=record.lines.get(name, 0))
        for name, (before, after) in counted.items()
        if after < before
    ]


def _count(linked: Sequence[Document | Link]) -> int:
    return sum(bool(item.url) for item in linked)


def redact_text(text: str, policy: Policy = _DEFAULT) -> str:
    """Return a text that belongs to no record, such as the path of a file, without what is personal in it.

    There are no names to look for then: mentions, and the authors of messages with a stamp, are all withheld.

    >>> redact_text("notes/[14:09] Ana Ruiz : écrire à ana@exemple.fr")
    'notes/[14:09] [nom retiré] : écrire à [adresse retirée]'
    """
    text = policy.suppressed.text(text, markers(policy.language).unnamed)
    marks = markers(policy.language)
    organizations = dict.fromkeys(policy.organizations)
    names = Names((), organizations, unnamed=marks.unnamed, mention=marks.mention)
    known = None if policy.notes == "publish" else names
    return Redaction(marks, contact=policy.contact, names=known).text(text, chat=True)


def redact_error(error: SourceError, policy: Policy = _DEFAULT) -> SourceError:
    """Return an error like ``error`` without what is personal in its place and its value.

    What it was raised from is left behind: that may hold the text too.

    >>> from commons_ld.errors import InvalidRecord
    >>> from commons_ld.origin import Origin
    >>> str(redact_error(InvalidRecord("missing-title", origin=Origin("pages/@ana", line=3))))
    'pages/[mention retirée], line 3: the page has no title; write the title on its first line'
    """

    def change(text: str) -> str:
        return redact_text(text, policy)

    field = error.field if error.field in RecordFields.__struct_fields__ else change(error.field)
    return type(error)(error.code, origin=_each_text(error.origin, change), field=field, value=change(error.value))
