"""What there is to show of a record, read from its block, so that a page holds what was published and nothing else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from commons_ld.iris import IriPolicy
from commons_ld.namespaces import expand
from commons_ld.outputs.search_record import ROLES, graph_of, statements, value_of
from commons_ld.outputs.statements import natural

__all__ = ["Address", "Agent", "Collection", "Document", "Message", "RecordView", "Recording", "Term", "Text", "view"]

#: What is said of each subject, by predicate.
_Told = Mapping[bytes, Mapping[bytes, list[bytes]]]

_ROLE_PROPERTIES: Final = ("cld:objetDeCommun", "cld:enjeu", "cld:action", "cld:resultatAttendu")
_TONGUE: Final = "schema:inLanguage"
_DURATION: Final = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?", re.ASCII)
#: Agents of a record, by property, in the order in which they are shown.
_AGENTS: Final = (
    ("guest", "schema:performer"),
    ("author", "dcterms:creator"),
    ("contributor", "dcterms:contributor"),
    ("contributor", "schema:contributor"),
    ("producer", "schema:producer"),
)


class Text(NamedTuple):
    """A text, with its language or ``""``."""

    text: str
    language: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """The text, taken apart where a line is empty."""
        return [part for part in self.text.split("\n\n") if part.strip()]


class Agent(NamedTuple):
    """Somebody of a record.

    :param role: ``guest``, ``author``, ``contributor`` or ``producer``
    :param path: of their page
    """

    role: str
    name: Text
    about: Text
    path: str


class Term(NamedTuple):
    """A concept of a record.

    :param role: ``objet``, ``enjeu``, ``action`` or ``resultat``
    :param slug: its name in IRIs
    :param label: the one that the record itself gives, for a candidate, or ``""``
    """

    role: str
    slug: str
    label: Text


class Collection(NamedTuple):
    """A collection that a record is part of."""

    title: Text
    path: str


class Document(NamedTuple):
    """A document of a record; ``url`` may be empty."""

    title: Text
    url: str


class Address(NamedTuple):
    """An address that a page names, with what it is called there."""

    url: str
    name: Text


class Message(NamedTuple):
    """A note of the chat.

    :param time: of the day, ``HH:MM``, or ``""``
    :param moment: as ``xsd:dateTime``, or ``""``
    """

    number: int
    author: Text
    path: str
    text: Text
    time: str
    moment: str
    is_reply: bool


class Recording(NamedTuple):
    """What was recorded.

    :param kind: ``Sound``, ``MovingImage``, ``Text``, ``InteractiveResource``, or ``""``
    :param file: the address of a file that can be played, or ``""``; ``page`` where it is broadcast
    :param seconds: how long it is, or 0; ``extent`` where that is no time
    """

    kind: str
    file: str
    page: str
    seconds: int
    extent: Text
    issued: str


class RecordView(NamedTuple):
    """What there is to show of a record.

    :param path: of its page: ``session/…`` or ``media/…``
    :param place: its name, latitude and longitude, where it has them
    """

    path: str
    iri: str
    title: Text
    other_titles: tuple[Text, ...]
    date: str
    lead: Text
    abstract: Text
    notice: Text
    terms: tuple[Term, ...]
    collections: tuple[Collection, ...]
    agents: tuple[Agent, ...]
    recording: Recording
    documents: tuple[Document, ...]
    addresses: tuple[Address, ...]
    messages: tuple[Message, ...]
    languages: tuple[str, ...]
    image: str
    wiki: str
    place: tuple[Text, float, float] | None

    @property
    def is_session(self) -> bool:
        """Whether it is a conversation that took place."""
        return self.path.startswith("session/")


def view(block: bytes, policy: IriPolicy) -> RecordView | None:
    """Return what there is to show of a block, or ``None`` if it is that of no record.

    :param block: canonical N-Quads of one graph
    """
    graph = policy.parse(graph_of(block).decode()) if block else None
    if graph is None or graph.kind != "graph":
        return None
    told: defaultdict[bytes, defaultdict[bytes, list[bytes]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in statements(block):
        told[subject][predicate].append(value)
    own = (f"{kind}/{graph.slug}" for kind in ("session", "media"))
    path = next((path for path in own if f"{policy.base_iri}{path}".encode() in told), "")
    return _Reader(told, policy).record(path) if path else None


class _Reader:
    """Reads what one block says."""

    def __init__(self, told: _Told, policy: IriPolicy) -> None:
        self._told, self._policy = told, policy
        self._base = policy.base_iri

    def record(self, path: str) -> RecordView:
        iri = f"{self._base}{path}"
        recording = f"{iri}/recording" if path.startswith("session/") else iri
        return RecordView(
            path=path,
            iri=iri,
            title=self._text(iri, "dcterms:title"),
            other_titles=tuple(self._texts(iri, "dcterms:alternative")),
            date=self._value(iri, "dcterms:created") or self._value(recording, "dcterms:issued"),
            lead=self._text(iri, "dcterms:description"),
            abstract=self._text(iri, "dcterms:abstract"),
            notice=self._text(iri, "skos:note"),
            terms=tuple(self._terms(iri)),
            collections=tuple(self._collection(one) for one in self._iris(iri, "dcterms:isPartOf")),
            agents=tuple(self._agents(iri)),
            recording=self._recording(recording),
            documents=tuple(self._documents(iri)),
            addresses=tuple(self._addresses(iri)),
            messages=tuple(self._messages(iri)),
            languages=tuple(dict.fromkeys(tag for one in (iri, recording) for tag in self._values(one, _TONGUE))),
            image=next(iter(self._iris(iri, "schema:image")), ""),
            wiki=next(iter(self._iris(iri, "schema:subjectOf")), ""),
            place=self._place(iri),
        )  # fmt: skip

    # ── Parts ────────────────────────────────────────────────────────────────────────────────────────

    def _terms(self, iri: str) -> Iterable[Term]:
        for role, name in zip(ROLES, _ROLE_PROPERTIES, strict=True):
            for concept in self._iris(iri, name):
                parsed = self._policy.parse(concept)
                slug = parsed.slug if parsed else re.split("[/#]", concept)[-1]
                yield Term(role, slug, self._text(concept, "skos:prefLabel"))

    def _agents(self, iri: str) -> Iterable[Agent]:
        seen = set[str]()
        for role, name in _AGENTS:
            for agent in self._iris(iri, name):
                if agent not in seen:
                    seen.add(agent)
                    name_ = self._text(agent, "schema:name")
                    yield Agent(role, name_, self._text(agent, "schema:description"), self._path(agent))

    def _collection(self, iri: str) -> Collection:
        return Collection(self._text(iri, "dcterms:title"), self._path(iri))

    def _recording(self, iri: str) -> Recording:
        kinds = [kind.rpartition("/")[2] for kind in self._iris(iri, "dcterms:type")]
        extent = self._text(iri, "dcterms:extent")
        return Recording(
            kind=kinds[0] if kinds else "",
            file=next(iter(self._iris(iri, "schema:contentUrl")), ""),
            page=next(iter((*self._iris(iri, "schema:url"), *self._iris(iri, "dcterms:hasFormat"))), ""),
            seconds=_seconds(extent.text),
            extent=extent,
            issued=self._value(iri, "dcterms:issued"),
        )

    def _documents(self, iri: str) -> Iterable[Document]:
        for part in self._parts(iri, "document"):
            urls = (*self._iris(part, "schema:url"), *self._iris(part, "dcterms:hasFormat"))
            yield Document(self._text(part, "dcterms:title"), next(iter(urls), ""))

    def _addresses(self, iri: str) -> Iterable[Address]:
        shown = {url for part in self._parts(iri, "document") for url in self._iris(part, "schema:url")}
        for name in ("dcterms:references", "dcterms:relation"):
            for url in self._iris(iri, name):
                if url not in shown and not url.startswith(self._base):
                    shown.add(url)
                    yield Address(url, self._text(url, "schema:name"))

    def _messages(self, iri: str) -> Iterable[Message]:
        for part in self._parts(iri, "note"):
            author = next(iter(self._iris(part, "schema:author")), "")
            moment = self._value(part, "schema:dateCreated")
            text = self._text(part, "schema:text")
            if text.text:
                path = "" if "/participant/" in author else self._path(author)
                number = int(part.rpartition("/")[2])
                is_reply = bool(self._iris(part, "schema:parentItem"))
                yield Message(number, self._text(author, "schema:name"), path, text, moment[11:16], moment, is_reply)

    def _place(self, iri: str) -> tuple[Text, float, float] | None:
        latitude, longitude = (self._value(f"{iri}/geo", f"schema:{name}") for name in ("latitude", "longitude"))
        if not latitude or not longitude:
            return None
        try:
            return self._text(f"{iri}/place", "schema:name"), float(latitude), float(longitude)
        except ValueError:
            return None

    # ── Terms ────────────────────────────────────────────────────────────────────────────────────────

    def _parts(self, iri: str, part: str) -> list[str]:
        start = f"{iri}/{part}/".encode()
        return sorted((node.decode() for node in self._told if node.startswith(start)), key=natural)

    def _objects(self, iri: str, name: str) -> list[bytes]:
        return self._told.get(iri.encode(), {}).get(expand(name).encode(), [])

    def _iris(self, iri: str, name: str) -> list[str]:
        return [value[1:-1].decode() for value in self._objects(iri, name) if value.startswith(b"<")]

    def _values(self, iri: str, name: str) -> list[str]:
        return [value_of(value) for value in self._objects(iri, name) if value.startswith(b'"')]

    def _value(self, iri: str, name: str) -> str:
        return next(iter(self._values(iri, name)), "")

    def _texts(self, iri: str, name: str) -> list[Text]:
        return [_text(value) for value in self._objects(iri, name) if value.startswith(b'"')]

    def _text(self, iri: str, name: str) -> Text:
        return next(iter(self._texts(iri, name)), Text(""))

    def _path(self, iri: str) -> str:
        """Return the path of the page of a thing, or ``""`` if it has none."""
        parsed = self._policy.parse(iri)
        return f"{parsed.kind}/{parsed.slug}" if parsed and not parsed.part else ""


def _text(literal: bytes) -> Text:
    after = literal[literal.rindex(b'"') + 1 :]
    language = after[1:].decode() if after.startswith(b"@") else ""
    return Text(value_of(literal), "" if language == "und" else language)


def _seconds(duration: str) -> int:
    """Return how long an ``xsd:duration`` is, or 0 for what is none.

    >>> _seconds("PT1H2M"), _seconds("12 pages")
    (3720, 0)
    """
    match = _DURATION.fullmatch(duration) if duration.startswith("P") else None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
