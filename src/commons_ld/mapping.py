"""The mapping: a record becomes one block of canonical N-Quads, as the crosswalk says.

The crosswalk is compiled once, when a :class:`Mapper` is made (see :mod:`commons_ld.plan`); here is what
its terms mean. A block holds sorted statements without blank nodes in one named
graph, so that its SHA-256 is the version of the record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import quote

from commons_ld import terms
from commons_ld.codes import Country, Language, country, language, nearest_country, nearest_language
from commons_ld.concepts import Concepts
from commons_ld.errors import MappingError
from commons_ld.iris import IriPolicy, Kind, slug, to_iri
from commons_ld.namespaces import expand
from commons_ld.plan import compile_crosswalk
from commons_ld.record import Guest, Link, MediaRecord, Note, RecordFields, Remark, pseudonym
from commons_ld.settings import Settings
from commons_ld.syntax import is_language_tag
from commons_ld.text import fold

__all__ = ["MEDIA_TYPES", "Block", "Candidate", "Mapper", "MediaType", "kind_of", "wiki_page"]


class MediaType(NamedTuple):
    """What a media type of the archive is, as classes: of a medium, of a session's recording, and in DCMI's terms."""

    medium: str
    recording: str
    dcmi: str


#: Media types, by their names as :func:`~commons_ld.text.fold` leaves them.
MEDIA_TYPES: Final = {
    "audio": MediaType("schema:AudioObject", "schema:AudioObject", "dcmitype:Sound"),
    "video": MediaType("schema:VideoObject", "schema:VideoObject", "dcmitype:MovingImage"),
    "texte": MediaType("schema:CreativeWork", "schema:CreativeWork", "dcmitype:Text"),
    "text": MediaType("schema:CreativeWork", "schema:CreativeWork", "dcmitype:Text"),
    "fiche": MediaType("schema:CreativeWork", "schema:CreativeWork", "dcmitype:Text"),
    "multimedia": MediaType("schema:CreativeWork", "schema:MediaObject", "dcmitype:InteractiveResource"),
}
_ANY_MEDIUM: Final = MediaType("schema:CreativeWork", "schema:MediaObject", "")

#: Endings of addresses that are the recording itself, and not a page about it.
_MEDIA_FILES: Final = (
    *(b".aac", b".flac", b".m4a", b".mp3", b".oga", b".ogg", b".opus", b".wav"),
    *(b".m4v", b".mkv", b".mov", b".mp4", b".ogv", b".webm"),
    b".pdf",
)
_IRIS: Final = {
    name: terms.iri(expand(name)) for medium in (*MEDIA_TYPES.values(), _ANY_MEDIUM) for name in medium if name
}
_SESSION_TITLE: Final = re.compile(r"[0-9]{2}\.(?:0[1-9]|1[0-2])(?![0-9])")


class Candidate(NamedTuple):
    """A label of a page that is no known concept, and was made one that awaits a decision.

    :param facet: the field it stood in
    :param nearest: the known label it resembles most, or ``""``
    """

    label: str
    facet: str
    iri: str
    nearest: str


class Block(NamedTuple):
    """The graph of one record.

    :param graph: the IRI of its named graph
    :param subject: the IRI of the record
    :param data: its statements, canonical N-Quads
    :param sha256: of ``data``, in hexadecimal: the version of the record
    :param remarks: what to tell the publisher about values of the record
    """

    graph: str
    subject: str
    data: bytes
    sha256: str
    remarks: tuple[Remark, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def statements(self) -> int:
        """How many statements it holds."""
        return self.data.count(b"\n")

    @classmethod
    def of(
        cls,
        graph: str,
        subject: str,
        nodes: Iterable[tuple[bytes, list[bytes]]],
        remarks: tuple[Remark, ...] = (),
        candidates: tuple[Candidate, ...] = (),
    ) -> Block:
        """Return the block of what is said of some nodes.

        :param nodes: in any order, a subject, and the predicates and objects that it has, each with a blank before
            the two; these sorted and distinct, unless the subject comes more than once
        """
        tail = b" <%b> .\n" % graph.encode()
        said: dict[bytes, list[bytes]] = {}
        for node, statements in nodes:
            # The order of whole lines, got by sorting less: no subject is the beginning of another, and a blank
            # comes before all that can follow an object.
            said[node] = sorted({*said[node], *statements}) if node in said else statements
        parts: list[bytes] = []
        for node in sorted(said):
            if statements := said[node]:
                parts += (node, (tail + node).join(statements), tail)
        data = b"".join(parts)
        return cls(graph, subject, data, sha256(data).hexdigest(), remarks, candidates)


def kind_of(record: RecordFields, settings: Settings) -> Kind:
    """Tell a session from another medium: by what the record says, its collections, or a title ``YY.MM``.

    >>> kind_of(RecordFields(title="21.12 Plaidoyer 2022"), Settings())
    'session'
    """
    if record.kind:
        return record.kind
    if _SESSION_TITLE.match(record.title):
        return "session"
    sessions = {fold(name) for name in settings.sessions.collections}
    return "session" if any(fold(name) in sessions for name in record.collections) else "media"


def wiki_page(title: str, settings: Settings) -> str:
    """Return the address of the wiki page of that title, or ``""`` where the archive has no wiki.

    >>> wiki_page("21.12 Plaidoyer 2022", Settings())
    'https://wiki.remixthecommons.org/index.php/21.12_Plaidoyer_2022'
    """
    if not settings.wiki.page_url:
        return ""
    return settings.wiki.page_url.format(title=quote("_".join(title.split()), safe="!$()*,-./:;@_~"))


class _Named(NamedTuple):
    """What a page says of somebody or something that it only names."""

    name: str
    biography: str = ""


class _Page:
    """One record while it is being mapped: what its nodes share, and what was found on the way."""

    def __init__(
        self,
        record: MediaRecord,
        slug: str,
        subject: str,
        former_titles: tuple[str, ...],
        fold: Callable[[str], str],
    ) -> None:
        self.record, self.slug, self.former_titles = record, slug, former_titles
        self.part: Final = subject.encode()
        self.is_session = False
        self.medium = b""
        self.session: Final = b"<%b>" % self.part
        self.recording: bytes | None = None
        self.created: Final = terms.full_date(record.created)
        self.media_type: Final = MEDIA_TYPES.get(fold(record.media_type))
        self.tag = b""
        #: Each node's term, and the predicates and objects that are said of it.
        self.nodes: Final[list[tuple[bytes, list[bytes]]]] = []
        self.described: Final[set[tuple[str, bytes]]] = set()
        self.remarks: Final[list[Remark]] = []
        self.candidates: Final[list[Candidate]] = []

    def remark(self, code: str, field: str, value: str, hint: str = "") -> None:
        """Keep a remark about a value of the record."""
        self.remarks.append(Remark(code, field, value, self.record.lines.get(field, 0), hint))


class Mapper:
    """The crosswalk, compiled for one archive.

    :param settings: base IRI, language, time zone, and who is an organization
    :param concepts: the scheme that labels are looked up in

    >>> from commons_ld.origin import Origin
    >>> mapper = Mapper(Settings(), Concepts())
    >>> record = MediaRecord(title="21.12 Plaidoyer 2022", origin=Origin("page.txt"))
    >>> mapper.block(record, "21-12-plaidoyer-2022").subject
    'https://w3id.org/commons-ld/remix/session/21-12-plaidoyer-2022'
    """

    def __init__(self, settings: Settings, concepts: Concepts) -> None:
        self._settings: Final = settings
        self._concepts: Final = concepts
        self._policy: Final = IriPolicy(settings.base_iri)
        # The same names, labels and addresses come again and again: what they become is kept.
        self._fold: Final = lru_cache(maxsize=65536)(fold)
        self._organizations: Final = frozenset(fold(name) for name in settings.agents.organizations)
        self._persons: Final = frozenset(fold(name) for name in settings.agents.persons)
        self._address_of: Final = lru_cache(maxsize=8192)(_address)
        self._language_of: Final = lru_cache(maxsize=1024)(lambda name: _code(language(name)))
        self._tag_of: Final = lru_cache(maxsize=1024)(_tag)
        self._country_of: Final = lru_cache(maxsize=1024)(lambda name: _code(country(name)))
        self._node_of: Final = lru_cache(maxsize=65536)(self._mint)
        self._agent_of: Final = lru_cache(maxsize=65536)(self._agent)
        self._concept_of: Final = lru_cache(maxsize=65536)(self._look_up)
        prefix = "_to_"
        self._write: Final = compile_crosswalk(
            {name.removeprefix(prefix): getattr(self, name) for name in dir(self) if name.startswith(prefix)}
        )

    def block(self, record: MediaRecord, slug: str, former_titles: tuple[str, ...] = ()) -> Block:
        """Return the graph of ``record``.

        :param record: one whose personal data was withheld before, by :func:`commons_ld.privacy.redact`
        :param slug: its name in IRIs, as the ledger gives it
        :param former_titles: titles that its page had before
        :raises MappingError: if a text of it can be no RDF literal, such as one with a lone surrogate
        """
        kind = kind_of(record, self._settings)
        graph, subject = self._policy.mint("graph", slug), self._policy.mint(kind, slug)
        others = dict.fromkeys((*former_titles, *record.other_titles)) if record.other_titles else former_titles
        page = _Page(record, slug, subject, tuple(name for name in others if name != record.title), self._fold)
        page.is_session = kind == "session"
        medium = page.media_type or _ANY_MEDIUM
        page.medium = _IRIS[medium.recording if page.is_session else medium.medium]
        page.tag = b"@" + self._language(page).encode()
        if record.media_type and page.media_type is None:
            page.remark("unknown-media-type", "media_type", record.media_type)
        if kind == "session" and (record.media_type or record.duration or record.issued or record.broadcast_url):
            page.recording = b"<%b/recording>" % page.part
        try:
            self._write[kind](record, page.session, page)
        except UnicodeEncodeError as error:
            problem = f"a character that no text can hold ({error.reason}); take it out"
            raise MappingError(problem, origin=record.origin, field="") from error
        remarks, candidates = dict.fromkeys(page.remarks), dict.fromkeys(page.candidates)
        return Block.of(graph, subject, page.nodes, tuple(remarks), tuple(candidates))

    def _language(self, page: _Page) -> str:
        given = page.record.text_language.lower()
        if given and not is_language_tag(given):
            page.remark("unknown-text-language", "text_language", given, self._settings.language)
            given = ""
        return given or self._settings.language.lower()

    # ── Terms: what the value of a field becomes ─────────────────────────────────────────────────────

    def _to_label(self, value: str, _page: _Page, _field: str) -> bytes:
        return terms.text(value, "und")

    def _to_decimal(self, value: Decimal, _page: _Page, _field: str) -> bytes:
        return terms.decimal(value)

    def _to_date(self, value: str, _page: _Page, _field: str) -> bytes:
        # What is no date stays as it was written, so that the shapes find it and the report shows it.
        return terms.date(value) or terms.string(value)

    def _to_duration(self, value: str, _page: _Page, _field: str) -> bytes | None:
        return terms.duration(value) or (None if terms.pages(value) else terms.string(value))

    def _to_pages(self, value: str, page: _Page, _field: str) -> bytes | None:
        length = terms.pages(value)
        return terms.string(length) + page.tag if length else None

    def _to_moment(self, value: str, page: _Page, field: str) -> bytes | None:
        moment = terms.date_time(page.created, value, self._settings.timezone) if page.created else None
        if moment is None:
            page.remark("bad-time" if page.created else "time-without-day", field, value)
        return moment

    def _to_url(self, value: str, page: _Page, field: str) -> bytes | None:
        term = self._address_of(value)
        if term is None:
            page.remark("bad-address", field, value)
        return term

    def _to_media_file(self, value: str, _page: _Page, _field: str) -> bytes | None:
        term = self._address_of(value)
        if term is None:
            return None
        path = term[1:-1].partition(b"#")[0].partition(b"?")[0]
        return term if path.lower().endswith(_MEDIA_FILES) else None

    def _to_image(self, value: str, page: _Page, field: str) -> bytes | None:
        if "://" not in value and self._settings.wiki.page_url:
            namespace, _, name = value.partition(":")
            bare = name if self._fold(namespace) in ("fichier", "file", "image") else value
            value = wiki_page(f"Special:FilePath/{bare}", self._settings)
        return self._to_url(value, page, field)

    def _to_language(self, value: str, page: _Page, field: str) -> bytes | None:
        term = self._language_of(value)
        if term is None:
            page.remark("unknown-language", field, value, nearest_language(value))
        return term

    def _to_language_tag(self, value: str, _page: _Page, _field: str) -> bytes | None:
        return self._tag_of(value)

    def _to_country(self, value: str, page: _Page, field: str) -> bytes | None:
        term = self._country_of(value)
        if term is None:
            page.remark("unknown-country", field, value, nearest_country(value))
        return term

    def _to_dcmi_type(self, _value: str, page: _Page, _field: str) -> bytes | None:
        return _IRIS[page.media_type.dcmi] if page.media_type else None

    # ── Nodes: what the value of a field points to, described where it is first met ──────────────────

    def _to_recording(self, term: bytes, page: _Page, _field: str) -> bytes:
        self._write["recording"](page.record, term, page)
        return term

    def _to_session(self, term: bytes, _page: _Page, _field: str) -> bytes:
        return term

    def _to_concept(self, value: str, page: _Page, field: str) -> bytes:
        term, candidate = self._concept_of(value)
        if candidate:
            self._describe("candidate", _Named(value), term, page)
            page.candidates.append(candidate._replace(facet=field))
        return term

    def _to_person(self, value: Guest | str, page: _Page, _field: str) -> bytes:
        node, term, named = self._agent_of(value if isinstance(value, str) else value.name)
        self._describe(node, named if isinstance(value, str) else value, term, page)
        return term

    def _to_producer(self, value: str, page: _Page, field: str) -> bytes:
        node, term, named = self._agent_of(value)
        if node == "person" and not self._is_person(self._fold(value), page):
            page.remark("producer-as-organization", field, value)
            node, term = "organization", self._node_of("organization", value)
        self._describe(node, named, term, page)
        return term

    def _is_person(self, folded: str, page: _Page) -> bool:
        return folded in self._persons or any(self._fold(guest.name) == folded for guest in page.record.guests)

    def _to_author(self, note: Note, page: _Page, field: str) -> bytes | None:
        if not note.participant:
            return self._to_person(note.author, page, field) if note.author else None
        term = b"<%b/participant/%d>" % (page.part, note.participant)
        if note.author:
            self._describe("person", _Named(note.author), term, page)
        else:
            self._describe("participant", _Named(pseudonym(note.participant, page.tag[1:].decode())), term, page)
        return term

    def _to_reply_to(self, number: int, page: _Page, field: str) -> bytes | None:
        if not 0 < number <= len(page.record.notes):
            page.remark("reply-to-nothing", field, str(number))
            return None
        return b"<%b/note/%d>" % (page.part, number)

    def _to_collection(self, value: str, page: _Page, _field: str) -> bytes:
        term = self._node_of("collection", value)
        named = _Named(value)
        self._describe("series" if page.is_session else "collection", named, term, page)
        return term

    def _to_link(self, link: Link, page: _Page, field: str) -> bytes | None:
        term = self._to_url(link.url, page, field)
        if term:
            self._write["link"](link, term, page)
        return term

    def _to_place(self, value: str, page: _Page, field: str) -> bytes | None:
        point = terms.coordinates(value)
        if point is None:
            page.remark("bad-coordinates", field, value)
            return None
        term = b"<%b/place>" % page.part
        self._write["place"](point, term, page)
        return term

    def _to_geo(self, point: terms.Point, page: _Page, _field: str) -> bytes:
        term = b"<%b/geo>" % page.part
        self._write["geo"](point, term, page)
        return term

    def _describe(self, node: str, named: _Named | Guest, term: bytes, page: _Page) -> None:
        if (node, term) not in page.described:
            page.described.add((node, term))
            self._write[node](named, term, page)

    # ── Look-ups ─────────────────────────────────────────────────────────────────────────────────────

    def _mint(self, kind: Kind, name: str) -> bytes:
        return terms.iri(self._policy.mint(kind, slug(name)))

    def _agent(self, name: str) -> tuple[Kind, bytes, _Named]:
        """Return what kind of agent bears a name, its term, and what is said of it where it is only named."""
        kind: Kind = "organization" if self._fold(name) in self._organizations else "person"
        return kind, self._mint(kind, name), _Named(name)

    def _look_up(self, label: str) -> tuple[bytes, Candidate | None]:
        """Return the term of a label, and what it is a candidate for where it is no known concept."""
        known = self._concepts.find(label)
        if known:
            return terms.iri(known), None
        minted = self._policy.mint("concept", slug(label))
        return terms.iri(minted), Candidate(label, "", minted, self._concepts.nearest(label))


def _address(value: str) -> bytes | None:
    iri = to_iri(value)
    return None if iri is None else b"<%b>" % iri.encode()


def _code(known: Language | Country | None) -> bytes | None:
    return None if known is None else terms.iri(known.authority)


def _tag(name: str) -> bytes | None:
    known = language(name)
    return None if known is None else terms.string(known.alpha2)
