"""An explanation: where the statements about something come from, as data; for a person and for programs.

It is made by :mod:`commons_ld.explaining`, of records whose personal data was withheld before.
"""

from __future__ import annotations

import msgspec

from commons_ld.origin import Origin

__all__ = ["Explanation", "Mention", "RecordExplanation", "Statement", "to_json"]


class Statement(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement, and where it comes from.

    :param object: as N-Triples writes it
    :param field: the field of the record, ``""`` where none was asked
    :param part: the field of a part of it, such as the text of a note, or what is made of the field
    :param label: what the source calls the field, ``""`` where it has no name there
    :param source: the file that the value stands in, where that is not the record's own but an export of the page
    :param line: of the field in the source, 0 where it is not known
    :param value: what the source has there
    :param is_withheld: whether that is not told, since it is personal
    :param term: what the value became, as the crosswalk names it; for the class of a node ``class``, or
        ``record-class`` if it is that of the record or of its recording
    :param node: the kind of node that is described
    :param row: the IRI of the row of the crosswalk, ``""`` for the class of a node
    :param properties: those that the row writes, as compact names
    :param is_candidate: whether the label is no known concept
    :param nearest: the known label that one resembles most
    """

    subject: str
    predicate: str
    object: str
    field: str
    term: str
    node: str
    part: str = ""
    label: str = ""
    source: str = ""
    line: int = 0
    value: str = ""
    is_withheld: bool = False
    row: str = ""
    properties: tuple[str, ...] = ()
    is_candidate: bool = False
    nearest: str = ""


class RecordExplanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record, and the statements of it that were asked about.

    :param graph: the IRI of its named graph
    :param page: the address of its page
    :param origin: the file, and the place in it
    :param reader: the format it was read in
    :param version: of commons-ld
    :param sha256: of the content that the source gives now: the version of the record
    :param is_published: whether it is, and with that content
    :param revision: the address of the revision of the page, where it is known
    :param number: of that revision
    :param saved: when it was saved
    """

    iri: str
    graph: str
    title: str
    origin: Origin
    reader: str
    version: str
    sha256: str
    is_published: bool
    statements: tuple[Statement, ...]
    page: str = ""
    revision: str = ""
    number: int = 0
    saved: str = ""


class Mention(msgspec.Struct, frozen=True):
    """A record that speaks of something."""

    iri: str
    title: str


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """What there is to say of an IRI.

    :param mentions: how many records speak of it
    :param mentioned_in: the first of them, where they are too many to explain unasked
    :param records: those that are explained
    """

    iri: str
    base_iri: str
    mentions: int
    mentioned_in: tuple[Mention, ...] = ()
    records: tuple[RecordExplanation, ...] = ()


def to_json(explanation: Explanation) -> bytes:
    """Return an explanation as JSON, for programs."""
    return msgspec.json.format(msgspec.json.encode(explanation), indent=2)
