"""The mapping: a record becomes one block of canonical N-Quads, as the crosswalk says.

The crosswalk is compiled once, when a :class:`Mapper` is made (see :mod:`commons_ld.mapping.plan`); here is what
its terms mean. A block holds sorted statements without blank nodes in one named
graph, so that its SHA-256 is the version of the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from commons_ld.codes import AUTHORITIES, nearest_country, nearest_language
from commons_ld.concepts import Concepts
from commons_ld.errors import MappingError
from commons_ld.iris import IriPolicy, Kind, slug
from commons_ld.mapping import values
from commons_ld.mapping.doubts import Doubts
from commons_ld.mapping.nodes import Syntax
from commons_ld.mapping.outlining import Outliner
from commons_ld.mapping.page import Named, Page
from commons_ld.mapping.plan import Writers, compile_crosswalk
from commons_ld.mapping.tokens import TokenLink, TokenRecord
from commons_ld.media_types import ANY_MEDIUM, MEDIA_TYPES, MediaType, kind_of, wiki_page
from commons_ld.memo import Memo
from commons_ld.moments import AFTER, Chat, beginning, contradiction, day_of
from commons_ld.rdf import terms
from commons_ld.rdf.block import Block, Candidate, Lines, Outline
from commons_ld.rdf.namespaces import expand
from commons_ld.rdf.syntax import is_language_tag
from commons_ld.record import Guest, Link, MediaRecord, Note, pseudonym
from commons_ld.registers import Registers
from commons_ld.settings import Settings
from commons_ld.text import fold

__all__ = ["Block", "Candidate", "Mapper"]


_IRIS: Final = {
    name: terms.iri(expand(name)) for medium in (*MEDIA_TYPES.values(), ANY_MEDIUM) for name in medium if name
}


class Mapper:
    """The crosswalk, compiled for one archive.

    :param settings: base IRI, language, time zone, and who is an organization
    :param concepts: the scheme that labels are looked up in
    :param registers: which names of persons and organizations are one
    :param also: the syntaxes that records are written in beside their blocks, in the same pass
    :param outliner: who wants outlines of the blocks, such as :attr:`commons_ld.validation.Shapes.outliner`

    >>> from commons_ld.origin import Origin
    >>> mapper = Mapper(Settings(), Concepts())
    >>> record = MediaRecord(title="21.12 Plaidoyer 2022", origin=Origin("page.txt"))
    >>> mapper.block(record, "21-12-plaidoyer-2022").subject
    'https://w3id.org/commons-ld/remix/session/21-12-plaidoyer-2022'
    """

    def __init__(
        self,
        settings: Settings,
        concepts: Concepts,
        registers: Registers | None = None,
        *,
        also: Sequence[Syntax] = (),
        outliner: Outliner | None = None,
    ) -> None:
        self._settings: Final = settings
        self._concepts: Final = concepts
        self._policy: Final = IriPolicy(settings.base_iri)
        self._base: Final = settings.base_iri
        self._graphs: Final = self._policy.mint("graph", "")
        self._default_language: Final = settings.language.lower()
        self._default_tag: Final = b"@%b" % self._default_language.encode()
        #: What the IRIs of nodes, and of closed vocabularies, begin with.
        self._taken: Final = tuple(
            f"<{start}".encode() for start in (settings.base_iri, AUTHORITIES, expand("dcmitype:"))
        )
        self._organizations: Final = frozenset(fold(name) for name in settings.agents.organizations)
        self._persons: Final = frozenset(fold(name) for name in settings.agents.persons)
        self._registers: Final = registers or Registers()
        self._doubts: Final = Doubts(settings, self._registers)
        #: The concepts that are not to be used any more, and that no other one replaces.
        self._given_up: Final = frozenset(iri for iri, to in concepts.given_up.items() if not to)
        self._fold: Final = Memo(fold, limit=8192)
        self._media_types: Final[Memo[str, MediaType]] = Memo(
            lambda name: MEDIA_TYPES.get(fold(name), ANY_MEDIUM), limit=1024
        )
        self._days: Final = Memo(self._day, limit=8192)
        self._lengths: Final[Memo[str, bytes | None]] = Memo(
            lambda value: terms.string(length) if (length := terms.pages(value)) else None, limit=8192
        )
        self._agents: Final = Memo(self._agent, limit=8192)
        self._participants: Final[Memo[int, bytes]] = Memo(lambda number: b"/participant/%d>" % number, limit=4096)
        self._notes: Final[Memo[int, bytes]] = Memo(lambda number: b"/note/%d>" % number, limit=4096)
        self._pseudonyms: Final[Memo[tuple[int, str], Named]] = Memo(lambda key: Named(pseudonym(*key)), limit=4096)
        self._candidates: Final[Memo[tuple[str, str], tuple[bytes, Candidate | None]]] = Memo(
            lambda key: self._candidate(*key), limit=8192
        )
        self._collections: Final[Memo[str, tuple[bytes, Named]]] = Memo(
            lambda name: (self._mint("collection", name), Named(name)), limit=1024
        )
        #: What becomes of values that no page is needed for.
        order = settings.date_order
        self._known: Final[dict[str, Callable[[str], bytes | None]]] = {
            "url": values.address,
            "media_file": values.media_file,
            "language": values.language,
            "language_tag": values.language_tag,
            "country": values.country,
            "concept": self._known_concept,
            # What is no date stays as it was written, so that the shapes find it and the report shows it.
            "date": lambda value: terms.date(value, order) or terms.string(value),
            "dcmi_type": lambda value: _IRIS.get(self._media_types[value].dcmi),
            "duration": terms.duration,
        }
        prefix = "_to_"
        makers = {name.removeprefix(prefix): getattr(self, name) for name in dir(self) if name.startswith(prefix)}
        #: The functions that write nodes, for records with texts and for those with tokens: compiled when met first.
        self._writers: Final[Memo[bool, dict[str, Callable[..., None]]]] = Memo(
            lambda tokens: compile_crosswalk(makers, self._known, also, tokens=tokens, outliner=outliner)
        )
        self._write: Writers = {}
        self._also, self._outliner = tuple(also), outliner

    def block(self, record: MediaRecord, slug: str, former_titles: tuple[str, ...] = ()) -> Block:
        """Return the graph of ``record``.

        :param record: one whose personal data was withheld before, by :func:`commons_ld.privacy.redact`; its texts
            may be tokens, as :func:`commons_ld.mapping.tokens.decode` leaves them
        :param slug: its name in IRIs, as the ledger gives it
        :param former_titles: titles that its page had before
        :raises MappingError: if a text of it can be no RDF literal, such as one with a lone surrogate
        """
        kind = kind_of(record, self._settings)
        if record.other_titles:
            former_titles = _alternative(record, former_titles)
        subject = f"{self._base}{kind}/{slug}"
        start, graph = f"<{subject}".encode(), self._graphs + slug
        tail = f" <{graph}> .\n".encode()
        is_session, language, tag = kind == "session", self._default_language, self._default_tag
        page = Page(record, slug, former_titles, is_session, start, start + b">", tail, language, tag, tag + tail)
        if record.text_language:
            page.speaks(self._language(page))
        page.day = self._days[record.created] if record.created else None
        page.began = self._began(page) if record.start else None
        if page.day and record.notes:
            seconds = terms.seconds_of(record.duration) if page.began else None
            page.chat = Chat(page.day, page.began, seconds, self._settings.date_order)
        medium = self._media_types[record.media_type]
        page.medium = _IRIS[medium.recording if is_session else medium.medium]
        if medium is ANY_MEDIUM and record.media_type:
            page.remark("unknown-media-type", "media_type", record.media_type)
        self._doubts.raise_in(page, medium)
        if is_session and (record.media_type or record.duration or record.issued or record.broadcast_url or page.began):
            page.recording = page.start + b"/recording>"
        if self._also:
            page.told = [syntax.begin() for syntax in self._also]
        self._write = self._writers[isinstance(record, TokenRecord)]
        try:
            self._write[kind](record, page.session, page)
        except UnicodeEncodeError as error:
            french = f"un caractère que nul texte ne peut contenir ({error.reason}) ; l'enlever"
            english = f"a character that no text can hold ({error.reason}); take it out"
            raise MappingError(record.origin, {"fr": french, "en": english}) from error
        if page.chat and page.chat.outside:
            page.remark("notes-outside-recording", "notes", str(page.chat.outside))
        remarks, candidates = page.remarks, page.candidates
        block = Block(
            graph,
            subject,
            Lines(page.nodes),
            tuple(dict.fromkeys(remarks)) if remarks else (),
            tuple(dict.fromkeys(candidates)) if candidates else (),
            outline=Outline(self._outliner, page.outline, page.nodes) if self._outliner else None,
        )
        return block._replace(others=_others(self._also, page, block)) if self._also else block

    def _language(self, page: Page) -> str:
        given = page.record.text_language.lower()
        if is_language_tag(given):
            return given
        page.remark("unknown-text-language", "text_language", given, self._settings.language)
        return self._default_language

    def _began(self, page: Page) -> dt.datetime | None:
        """Return when the recording began, and say where that cannot be right."""
        record, zone, order = page.record, self._settings.timezone, self._settings.date_order
        began = beginning(record.start, page.day.date if page.day else None, zone, order)
        if began is None:
            is_time = page.day is None and terms.clock(record.start) is not None
            page.remark("start-without-day" if is_time else "bad-start", "start", record.start)
            return None
        day = day_of(began, zone)
        created, issued = (terms.date(value, order) for value in (record.created, record.issued))
        if code := contradiction(day, created, issued):
            page.remark(code, "start", record.start, record.issued if code == AFTER else record.created)
        page.day = page.day or terms.Day.of(day, zone)
        return began

    # ── Terms: what the value of a field becomes ─────────────────────────────────────────────────────

    # Where a value has no term without its page, its maker is asked, which says so or knows better.

    def _to_decimal(self, value: Decimal, _page: Page, _field: str) -> bytes:
        return terms.decimal(value)

    def _to_duration(self, value: str, _page: Page, _field: str) -> bytes | None:
        return None if terms.pages(value) else terms.string(value)

    def _to_pages(self, value: str, page: Page, _field: str) -> bytes | None:
        # Nothing is both, and what has a colon is no number of pages.
        return length + page.tag if ":" not in value and (length := self._lengths[value]) else None

    def _to_moment(self, value: str, page: Page, field: str) -> bytes | None:
        chat = page.chat
        if chat and (moment := chat.moment(value)):
            return moment
        if value.startswith("+") and not page.began:
            page.remark("time-without-start", "notes", "")
        else:
            page.remark("bad-time" if chat else "time-without-day", field, value)
        return None

    def _to_start(self, _value: str, page: Page, _field: str) -> bytes | None:
        return terms.date_time(page.began) if page.began else None

    def _to_url(self, value: str, page: Page, field: str) -> bytes | None:
        if term := self._known["url"](value):
            return term
        if term := values.spaced_address(value):
            page.remark("blank-in-address", field, value, term[1:-1].decode())
        else:
            page.remark("bad-address", field, value)
        return term

    def _to_image(self, value: str, page: Page, field: str) -> bytes | None:
        if "://" not in value and self._settings.wiki.page_url:
            namespace, _, name = value.partition(":")
            bare = name if self._fold[namespace] in ("fichier", "file", "image") else value
            value = wiki_page(f"Special:FilePath/{bare}", self._settings)
        return self._to_url(value, page, field)

    def _to_language(self, value: str, page: Page, field: str) -> None:
        page.remark("unknown-language", field, value, nearest_language(value))

    def _to_country(self, value: str, page: Page, field: str) -> None:
        page.remark("unknown-country", field, value, nearest_country(value))

    # ── Nodes: what the value of a field points to, described where it is first met ──────────────────

    def _to_recording(self, term: bytes, page: Page, _field: str) -> bytes:
        self._write["recording"](page.record, term, page)
        return term

    def _to_session(self, term: bytes, _page: Page, _field: str) -> bytes:
        return term

    def _to_concept(self, value: str, page: Page, field: str) -> bytes:
        term, candidate = self._candidates[value, field]
        if candidate is None:
            page.remark("concept-given-up", field, value)
            return term
        self._describe("candidate", Named(value), term, page)
        page.candidates.append(candidate)
        return term

    def _to_person(self, value: Guest | str, page: Page, _field: str) -> bytes:
        if isinstance(value, str):
            key, told, _ = self._agents[value]
        else:
            key, told, is_registered = self._agents[value.name]
            # Whoever is in a register is called as it says; what a page tells of a guest is told of that one.
            told = Named(told.name, value.biography) if is_registered else value
        described = page.described
        if key not in described:
            described.add(key)
            self._write[key[0]](told, key[1], page)
        return key[1]

    def _to_producer(self, value: str, page: Page, field: str) -> bytes:
        (node, term), told, is_registered = self._agents[value]
        if node == "person" and not is_registered and not self._is_person(self._fold[value], page):
            page.remark("producer-as-organization", field, value)
            node, term = "organization", self._mint("organization", value)
        self._describe(node, told, term, page)
        return term

    def _is_person(self, folded: str, page: Page) -> bool:
        return folded in self._persons or any(self._fold[guest.name] == folded for guest in page.record.guests)

    def _to_author(self, note: Note, page: Page, field: str) -> bytes | None:
        number = note.participant
        if not number:
            return self._to_person(note.author, page, field) if note.author else None
        if note.author:
            # A person below the record stands where no other one does.
            page.is_odd = True
            term = page.start + self._participants[number]
            self._describe("person", Named(note.author), term, page)
            return term
        if known := page.participants.get(number):
            return known
        term = page.participants[number] = page.start + self._participants[number]
        self._write["participant"](self._pseudonyms[number, page.language], term, page, number)
        return term

    def _to_reply_to(self, number: int, page: Page, field: str) -> bytes | None:
        if not 0 < number <= len(page.record.notes):
            page.remark("reply-to-nothing", field, str(number))
            return None
        return page.start + self._notes[number]

    def _to_collection(self, value: str, page: Page, _field: str) -> bytes:
        term, named = self._collections[value]
        self._describe("series" if page.is_session else "collection", named, term, page)
        return term

    def _to_link(self, link: Link, page: Page, field: str) -> bytes | None:
        term = self._known["url"](link.url) or self._to_url(link.url, page, field)
        # Of a link without a label there is nothing to say; an empty token is two quotes.
        if term and len(link.label) > (2 if isinstance(link, TokenLink) else 0):
            if term.startswith(self._taken):
                page.is_odd = True
            self._write["link"](link, term, page)
        return term

    def _to_place(self, value: str, page: Page, field: str) -> bytes | None:
        point = terms.coordinates(value)
        if point is None:
            page.remark("bad-coordinates", field, value)
            return None
        term = page.start + b"/place>"
        self._write["place"](point, term, page)
        return term

    def _to_geo(self, point: terms.Point, page: Page, _field: str) -> bytes:
        term = page.start + b"/geo>"
        self._write["geo"](point, term, page)
        return term

    def _describe(self, node: str, named: Named | Guest, term: bytes, page: Page) -> None:
        key = node, term
        if key not in page.described:
            page.described.add(key)
            self._write[node](named, term, page)

    # ── Look-ups ─────────────────────────────────────────────────────────────────────────────────────

    def _mint(self, kind: Kind, name: str) -> bytes:
        return terms.iri(self._policy.mint(kind, slug(name)))

    def _agent(self, name: str) -> tuple[tuple[Kind, bytes], Named | Guest, bool]:
        """Return the kind of node and the term of whom a name stands for, what is said of it, and if a register tells.

        It is a plain tuple, since those with names are taken apart more slowly.
        """
        if entry := self._registers.find(name):
            return (entry.kind, terms.iri(entry.iri)), Named(entry.name), True
        kind: Kind = "organization" if fold(name) in self._organizations else "person"
        return (kind, self._mint(kind, name)), Named(name), False

    def _known_concept(self, label: str) -> bytes | None:
        known = self._concepts.find(label)
        return None if known is None or known in self._given_up else terms.iri(known)

    def _candidate(self, label: str, facet: str) -> tuple[bytes, Candidate | None]:
        """Return the term of a label that is no concept to be used, and the candidate that it becomes, if it does."""
        if given_up := self._concepts.find(label):
            return terms.iri(given_up), None
        iri = self._policy.mint("concept", slug(label))
        return terms.iri(iri), Candidate(label, facet, iri, self._concepts.nearest(label))

    def _day(self, created: str) -> terms.Day | None:
        date = terms.full_date(created, self._settings.date_order)
        return None if date is None else terms.Day.of(date, self._settings.timezone)


def _alternative(record: MediaRecord, former_titles: tuple[str, ...]) -> tuple[str, ...]:
    """Return the other titles that a record had or has, each once."""
    return tuple(name for name in dict.fromkeys((*former_titles, *record.other_titles)) if name != record.title)


def _others(syntaxes: Sequence[Syntax], page: Page, block: Block) -> tuple[Sequence[bytes], ...]:
    """Return a record in other syntaxes, put together."""
    return tuple([syntax.whole(told, page, block) for syntax, told in zip(syntaxes, page.told, strict=True)])
