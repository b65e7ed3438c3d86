"""A record: what a page says of a session or of another media object, before it is RDF.

The fields of :class:`RecordFields` are the documented schema of JSON, JSON Lines and CSV sources, and
every other reader fills the same ones. Values stay as the source wrote them (``"2021/12/02"``, ``"FR"``):
what they mean is said once, by the mapping.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from commons_ld.origin import Origin

__all__ = [
    "Document",
    "Export",
    "Guest",
    "Link",
    "MediaRecord",
    "Note",
    "RecordFields",
    "Remark",
    "Revision",
    "Unrecognised",
    "pseudonym",
]


class Guest(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody who presents in the session, named in the catalogue."""

    name: str
    biography: str = ""


class Document(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A document that the page lists."""

    title: str = ""
    url: str = ""


class Link(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An address that the page mentions, in its list of links or in the notes."""

    url: str
    label: str = ""


class Note(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A message of the chat.

    :param author: as the chat names them; replaced before anything is published
    :param time: ``14:09``, in the time zone of the archive, with its day or without, ``2021-12-02 14:09``; or since
        the recording began, ``+00:12:34``; ``""`` where there is none
    :param text: paragraphs are parted by a blank line; ``""`` for a message that is empty
    :param reply_to: the number, counted from 1, of the note that this one answers; 0 for none
    :param participant: the number of an author who is not named; 0 where the author is
    """

    author: str = ""
    time: str = ""
    text: str = ""
    reply_to: int = 0
    participant: int = 0


class RecordFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The record schema. Only the title is required."""

    title: Annotated[str, Meta(description="The title of the page. A session's begins with YY.MM.", min_length=1)]
    identifier: Annotated[
        str, Meta(description="What the source calls this record, the same for ever; by default its title.")
    ] = ""
    kind: Annotated[
        Literal["", "session", "media"],
        Meta(description="session or media; by default told from the collections and the title."),
    ] = ""
    text_language: Annotated[
        str, Meta(description="The language of the texts of this record (BCP 47); by default the archive's.")
    ] = ""
    page: Annotated[str, Meta(description="The address of the page this record comes from.")] = ""
    collections: Annotated[tuple[str, ...], Meta(description="The collections it is part of.")] = ()
    objets_de_commun: Annotated[tuple[str, ...], Meta(description="Facet: what is held in common.")] = ()
    enjeux: Annotated[tuple[str, ...], Meta(description="Facet: what is at stake.")] = ()
    actions: Annotated[tuple[str, ...], Meta(description="Facet: what is done.")] = ()
    resultats_attendus: Annotated[tuple[str, ...], Meta(description="Facet: what is to come of it.")] = ()
    description: Annotated[str, Meta(description="The lead paragraph.")] = ""
    abstract: Annotated[str, Meta(description="The summary; paragraphs are parted by a blank line.")] = ""
    created: Annotated[str, Meta(description="Date of the recording: YYYY-MM-DD, YYYY-MM or YYYY.")] = ""
    start: Annotated[
        str, Meta(description="When the recording begins: 14:00 on that day, or with its day, 2021-12-02T14:00+01:00.")
    ] = ""
    issued: Annotated[str, Meta(description="Date of publication: YYYY-MM-DD, YYYY-MM or YYYY.")] = ""
    duration: Annotated[str, Meta(description="HH:MM:SS, or a number of pages such as 12 pages.")] = ""
    languages: Annotated[tuple[str, ...], Meta(description="Languages of the content: FR, EN, français …")] = ()
    countries: Annotated[tuple[str, ...], Meta(description="Countries, by their French or English name or code.")] = ()
    media_type: Annotated[str, Meta(description="Audio, Vidéo, Texte, Fiche or Multimédia.")] = ""
    producers: Annotated[tuple[str, ...], Meta(description="Who produced it.")] = ()
    participants: Annotated[tuple[str, ...], Meta(description="Who takes part, as the catalogue names them.")] = ()
    authors: Annotated[tuple[str, ...], Meta(description="Who wrote it.")] = ()
    guests: Annotated[tuple[Guest, ...], Meta(description="Who presents, with a biography.")] = ()
    broadcast_url: Annotated[str, Meta(description="Where the recording can be heard or seen.")] = ""
    website: Annotated[str, Meta(description="The web site of what is talked about.")] = ""
    image: Annotated[str, Meta(description="The address, or the file name on the wiki, of a picture.")] = ""
    coordinates: Annotated[
        str, Meta(description="WGS84 latitude and longitude: 45.76, 4.835 or 45° 45' 36\" N, 4° 50' 6\" E.")
    ] = ""
    documents: Annotated[tuple[Document, ...], Meta(description="Documents that the page lists.")] = ()
    links: Annotated[tuple[Link, ...], Meta(description="Addresses that the page mentions.")] = ()
    notes_heading: Annotated[str, Meta(description="What the chat log says before its first message.")] = ""
    notes: Annotated[tuple[Note, ...], Meta(description="The messages of the chat, in order.")] = ()
    pad: Annotated[str, Meta(description="The address of the companion pad.")] = ""


class Unrecognised(msgspec.Struct, frozen=True, omit_defaults=True):
    """A label, parameter or heading that no field is known for, kept with its text; or one whose text cannot be read.

    :param nearest: the known one it resembles most, or ``""``; the label itself where that is known
    """

    label: str
    text: str = ""
    line: int = 0
    nearest: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the label is known, and its text is what cannot be read."""
        return self.label == self.nearest


class Remark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something to tell the publisher about one value of a record, which does not stop it.

    :param code: which sentence of :data:`commons_ld.messages.MESSAGES` says it
    :param field: the field's name in :class:`RecordFields`, or the label on the page
    """

    code: str
    field: str = ""
    value: str = ""
    line: int = 0
    hint: str = ""


class Revision(msgspec.Struct, frozen=True, omit_defaults=True):
    """The revision of a wiki page that a record was read from, as far as the source tells it.

    :param wiki: the host of the wiki that counts these pages, with its port where it has one: ``wiki.example.org``
    :param page_id: the page's number on that wiki, which a move does not change; 0 where it is not told
    :param number: the revision's own (``oldid``); 0 where it is not told
    :param timestamp: when it was saved, in UTC: ``2024-02-09T10:11:12Z``; ``""`` where it is not told
    :raises ValueError: if the host or the time has another form
    """

    wiki: str = ""
    page_id: int = 0
    number: int = 0
    timestamp: str = ""

    def __post_init__(self) -> None:
        # It is published as it stands, so that nothing but a host and a time may be in it.
        if not _HOST_OR_NOTHING.fullmatch(self.wiki) or not _TIMESTAMP_OR_NOTHING.fullmatch(self.timestamp):
            raise ValueError(f"no host and time of a revision: {self.wiki!r}, {self.timestamp!r}")


_HOST_OR_NOTHING: Final = re.compile(r"(?:[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,10}(?::[0-9]{1,5})?)?")
_TIMESTAMP_OR_NOTHING: Final = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")


class Export(msgspec.Struct, frozen=True, omit_defaults=True):
    """What Semantic MediaWiki exports of a page, where a record has something of it.

    :param fields: those whose values are the export's, and not the page's own
    """

    origin: Origin
    fields: tuple[str, ...] = ()


class MediaRecord(RecordFields, frozen=True, kw_only=True, omit_defaults=True):
    """A record as a source yields it: its fields, and where and how they were found.

    :param lines: the line of each field that was found, by the field's name
    :param revision: which revision of which page it is, where the source tells
    :param other_titles: other titles that lead to the page: its redirects
    :param exports: what was read besides, and is merged into it
    :param withheld: the names of those whose messages are not published, which may stand in a text all the same
    """

    origin: Origin
    revision: Revision | None = None
    other_titles: tuple[str, ...] = ()
    lines: dict[str, int] = {}
    unrecognised: tuple[Unrecognised, ...] = ()
    remarks: tuple[Remark, ...] = ()
    exports: tuple[Export, ...] = ()
    withheld: tuple[str, ...] = ()


def pseudonym(number: int, language: str) -> str:
    """Return what the ``number``-th unnamed author of the chat is called.

    >>> pseudonym(3, "fr"), pseudonym(3, "en")
    ('Participant·e 3', 'Participant 3')
    """
    return f"Participant·e {number}" if language.startswith("fr") else f"Participant {number}"
