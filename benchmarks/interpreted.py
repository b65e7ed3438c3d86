"""The crosswalk read row by row: the statements of a record as plain values, before any engine makes terms of them.

The mapping of commons-ld compiles the crosswalk into code that writes bytes. What its peers are given is made
here, from the same table in the plainest way: rdflib makes its terms of each cell (:mod:`benchmarks.terms`),
and the tables of morph-kgc are the cells written down (:mod:`benchmarks.rml`). No term is made by the code of
commons-ld, so that equal graphs prove something. Only what the records of :mod:`benchmarks.records` hold is known.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from commons_ld.codes import country, language
from commons_ld.concepts import Concepts
from commons_ld.iris import IriPolicy, Kind, slug, to_iri
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.mapping.nodes import NUMBERED
from commons_ld.media_types import MEDIA_TYPES
from commons_ld.rdf.namespaces import expand
from commons_ld.record import Guest, Link, MediaRecord, Note, RecordFields, pseudonym
from commons_ld.settings import Settings
from commons_ld.text import fold

__all__ = ["CLASS", "Cell", "Interpreter", "is_list"]

#: The row of the crosswalk that every node has, though the table does not repeat it: its classes.
CLASS: Final = ("type", "class", ("rdf:type",))

_RULES: Final = {node: tuple(rule for rule in CROSSWALK if rule.node == node) for node in NODE_TYPES}


class Cell(NamedTuple):
    """One value of one field of one node.

    :param rule: the row of the crosswalk, which says what becomes of the value
    :param subject: the IRI of the node
    :param value: an IRI, or the lexical form of a literal
    """

    rule: Rule
    subject: str
    value: str


def is_list(rule: Rule) -> bool:
    """Tell whether a node can have more than one value of that row."""
    return "tuple[" in str(RecordFields.__annotations__.get(rule.field, ""))


class _Node(NamedTuple):
    """What is to be described: its kind, its IRI, what is known of it, and its number, if it has one."""

    kind: str
    iri: str
    value: Any
    number: int = 0


class _Named(NamedTuple):
    name: str
    biography: str = ""


class _Point(NamedTuple):
    """Where a value was found: its record, the IRI of the session, and the node that it is a field of."""

    record: MediaRecord
    session: str
    node: _Node


#: What a value becomes: the IRI or the lexical form, or ``""`` for none, and a node that is to be described in turn.
_Found = tuple[str, _Node | None]


class Interpreter:
    """The crosswalk of one archive.

    :param settings: base IRI, language and time zone, and who is an organization
    :param concepts: the scheme that labels are looked up in
    """

    def __init__(self, settings: Settings, concepts: Concepts) -> None:
        self._settings: Final = settings
        self._concepts: Final = concepts
        self._policy: Final = IriPolicy(settings.base_iri)
        self._zone: Final = zoneinfo.ZoneInfo(settings.timezone)
        self._organizations: Final = frozenset(fold(name) for name in settings.agents.organizations)
        # The engines that are compared keep these too.
        self._mint: Final = lru_cache(maxsize=65536)(lambda kind, name: self._policy.mint(kind, slug(name)))
        self._fold: Final = lru_cache(maxsize=65536)(fold)
        self._concept: Final = lru_cache(maxsize=65536)(concepts.find)
        self._to_iri: Final = lru_cache(maxsize=8192)(to_iri)
        self._makers: Final[dict[str, Callable[[Any, _Point], _Found]]] = {
            "text": self._plain,
            "label": self._plain,
            "string": self._plain,
            "integer": self._plain,
            "date": self._date,
            "duration": self._duration,
            "pages": self._pages,
            "moment": self._moment,
            "language": self._language,
            "language_tag": self._language_tag,
            "country": self._country,
            "dcmi_type": self._dcmi_type,
            "url": self._url,
            "media_file": self._url,
            "concept": self._concept_or_candidate,
            "collection": self._collection,
            "person": self._person,
            "producer": self._person,
            "author": self._author,
            "reply_to": self._reply_to,
            "link": self._link,
            "recording": self._recording,
            "session": self._plain,
        }

    def graph(self, record: MediaRecord) -> str:
        """Return the IRI of the named graph of a record."""
        return self._policy.mint("graph", record.identifier)

    def cells(self, record: MediaRecord) -> Iterator[Cell]:
        """Yield every cell of a session, node by node; what is described once is yielded once."""
        session = self._policy.mint("session", record.identifier)
        waiting, seen = [_Node("session", session, record)], set[tuple[str, str]]()
        # The list grows while it is read: a guest comes before the same person in the chat, who has no biography there.
        for node in waiting:
            if (node.kind, node.iri) in seen:
                continue
            seen.add((node.kind, node.iri))
            for class_ in self._classes(node, record):
                yield Cell(Rule(node.kind, *CLASS), node.iri, expand(class_))
            here = _Point(record, session, node)
            for rule in _RULES[node.kind]:
                for number, value in enumerate(_values(rule, here), 1):
                    if rule.term in NUMBERED:
                        part = _Node(rule.term, f"{session}/{rule.term}/{number}", value, number)
                        made: _Found = (part.iri, part)
                    else:
                        made = self._makers[rule.term](value, here)
                    if made[0]:
                        yield Cell(rule, node.iri, made[0])
                    if made[1]:
                        waiting.append(made[1])
            if node.kind == "collection":
                waiting.append(node._replace(kind="series"))

    def _classes(self, node: _Node, record: MediaRecord) -> tuple[str, ...]:
        if node.kind == "recording":
            return (MEDIA_TYPES[self._fold(record.media_type)].recording,)
        return NODE_TYPES[node.kind]

    def _plain(self, value: object, _here: _Point) -> _Found:
        return str(value), None

    def _date(self, value: str, _here: _Point) -> _Found:
        return value.replace("/", "-"), None

    def _duration(self, value: str, _here: _Point) -> _Found:
        parts = zip(value.split(":"), "HMS", strict=True)
        return "PT" + "".join(f"{int(count)}{unit}" for count, unit in parts if int(count)), None

    def _pages(self, _value: str, _here: _Point) -> _Found:
        return "", None  # no session is a text

    def _moment(self, value: str, here: _Point) -> _Found:
        written = f"{here.record.created.replace('/', '-')}T{value}:00"
        return dt.datetime.fromisoformat(written).replace(tzinfo=self._zone).isoformat(), None

    def _language(self, value: str, _here: _Point) -> _Found:
        known = language(value)
        return known.authority if known else "", None

    def _language_tag(self, value: str, _here: _Point) -> _Found:
        known = language(value)
        return known.alpha2 if known else "", None

    def _country(self, value: str, _here: _Point) -> _Found:
        known = country(value)
        return known.authority if known else "", None

    def _dcmi_type(self, value: str, _here: _Point) -> _Found:
        return expand(MEDIA_TYPES[self._fold(value)].dcmi), None

    def _url(self, value: str, _here: _Point) -> _Found:
        return self._to_iri(value) or "", None

    def _concept_or_candidate(self, value: str, _here: _Point) -> _Found:
        known = self._concept(value)
        if known:
            return known, None
        iri = self._mint("concept", value)
        return iri, _Node("candidate", iri, _Named(value))

    def _collection(self, value: str, _here: _Point) -> _Found:
        return self._named("collection", _Named(value))

    def _person(self, value: Guest | str, _here: _Point) -> _Found:
        named = _Named(value) if isinstance(value, str) else _Named(value.name, value.biography)
        return self._named("organization" if self._fold(named.name) in self._organizations else "person", named)

    def _author(self, note: Note, here: _Point) -> _Found:
        if not note.participant:
            return self._person(note.author, here)
        iri = f"{here.session}/participant/{note.participant}"
        return iri, _Node("participant", iri, _Named(pseudonym(note.participant, self._settings.language)))

    def _reply_to(self, value: int, here: _Point) -> _Found:
        return f"{here.session}/note/{value}", None

    def _link(self, link: Link, here: _Point) -> _Found:
        iri, _ = self._url(link.url, here)
        return iri, _Node("link", iri, link)

    def _recording(self, _value: object, here: _Point) -> _Found:
        iri = f"{here.session}/recording"
        return iri, _Node("recording", iri, here.record)

    def _named(self, kind: Kind, named: _Named) -> _Found:
        iri = self._mint(kind, named.name)
        return iri, _Node(kind, iri, named)


def _values(rule: Rule, here: _Point) -> tuple[Any, ...]:
    """Return the values of a field, of which the crosswalk names some that are no field of the record."""
    match rule.field:
        case "slug":
            return (here.record.identifier,)
        case "position":
            return (here.node.number,)
        case "session":
            return (here.session,)
        case "author" | "recording":
            return (here.node.value,)
        case "former_titles":
            return ()
        case _:
            value = getattr(here.node.value, rule.field)
            return value if isinstance(value, tuple) else (value,) if value else ()
