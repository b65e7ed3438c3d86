"""One record while it is being mapped: what its nodes share, and what was found on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from commons_ld.block import Candidate
from commons_ld.iris import Kind
from commons_ld.media_types import MediaType
from commons_ld.moments import Chat
from commons_ld.record import MediaRecord, Remark
from commons_ld.terms import Day

__all__ = ["Named", "Page"]


class Named(NamedTuple):
    """What a page says of somebody or something that it only names."""

    name: str
    biography: str = ""


class Page:
    """One record while it is being mapped: what its nodes share, and what was found on the way."""

    __slots__ = (
        *("began", "candidates", "chat", "day", "described", "former_titles", "is_odd", "is_session", "language"),
        *("media_type", "medium", "nodes", "record", "recording", "remarks", "session", "slug", "start", "tag"),
        *("outline", "tail", "told"),
    )

    language: str
    tag: bytes
    day: Day | None
    began: dt.datetime | None
    media_type: MediaType | None
    medium: bytes

    def __init__(self, record: MediaRecord, slug: str, former_titles: tuple[str, ...], kind: Kind, base: str) -> None:
        self.record, self.slug, self.former_titles = record, slug, former_titles
        self.is_session = kind == "session"
        #: What the terms of the parts of the record begin with.
        self.start = f"<{base}{kind}/{slug}".encode()
        self.session = self.start + b">"
        self.tail = f" <{base}graph/{slug}> .\n".encode()
        #: Each node's term, and the parts of the lines that are said of it.
        self.nodes: dict[bytes, list[bytes]] = {}
        self.outline: list[Any] = []
        self.described: set[tuple[str, bytes]] = set()
        self.remarks: list[Remark] = []
        self.candidates: list[Candidate] = []
        self.recording: bytes | None = None
        self.chat: Chat | None = None
        #: What other syntaxes are told, and whether something was said that they cannot write as it comes.
        self.told, self.is_odd = list[Any](), False

    def speaks(self, language: str) -> None:
        """Set the language of the texts of the record."""
        self.language = language
        self.tag = b"@%b" % language.encode()

    def remark(self, code: str, field: str, value: str, hint: str = "") -> None:
        """Keep a remark about a value of the record."""
        self.remarks.append(Remark(code, field, value, self.record.lines.get(field, 0), hint))
