"""One record while it is being mapped: what its nodes share, and what was found on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import msgspec

from commons_ld.moments import Chat
from commons_ld.rdf.block import Candidate
from commons_ld.rdf.terms import Day
from commons_ld.record import MediaRecord, Remark

__all__ = ["Named", "Page"]


class Named(NamedTuple):
    """What a page says of somebody or something that it only names."""

    name: str
    biography: str = ""


class Page(msgspec.Struct, eq=False):
    """One record while it is being mapped: what its nodes share, and what was found on the way.

    :param start: what the terms of the parts of the record begin with
    :param session: the term of the record itself
    :param tail: what the statements of the record end with
    :param language: that of its texts, such as ``fr``
    :param tag: how their literals tell it, ``@fr``
    :param text_end: that, and what follows it at the end of a statement
    """

    record: MediaRecord
    slug: str
    former_titles: tuple[str, ...]
    is_session: bool
    start: bytes
    session: bytes
    tail: bytes
    language: str
    tag: bytes
    text_end: bytes
    #: The class of the medium.
    medium: bytes = b""
    day: Day | None = None
    began: dt.datetime | None = None
    chat: Chat | None = None
    recording: bytes | None = None
    #: Each node's term, and the parts of the lines that are said of it.
    nodes: dict[bytes, list[bytes]] = {}
    outline: list[Any] = []
    described: set[tuple[str, bytes]] = set()
    #: The terms of participants that were described, by their numbers.
    participants: dict[int, bytes] = {}
    remarks: list[Remark] = []
    candidates: list[Candidate] = []
    #: What other syntaxes are told, and whether something was said that they cannot write as it comes.
    told: list[Any] = []
    is_odd: bool = False

    def speaks(self, language: str) -> None:
        """Set the language of the texts of the record."""
        self.language = language
        self.tag = b"@%b" % language.encode()
        self.text_end = self.tag + self.tail

    def remark(self, code: str, field: str, value: str, hint: str = "") -> None:
        """Keep a remark about a value of the record."""
        self.remarks.append(Remark(code, field, value, self.record.lines.get(field, 0), hint))
