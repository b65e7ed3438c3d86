"""What the page of a record shows, read from its block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from commons_ld.codes import Country, countries, languages
from commons_ld.codes import Language as Tongue
from commons_ld.iris import IriPolicy
from commons_ld.memo import Memo
from commons_ld.messages import Language
from commons_ld.moments import Running
from commons_ld.outputs.search_record import ROLES
from commons_ld.outputs.statements import natural
from commons_ld.rendering.constructing import media_type
from commons_ld.rendering.media import chapter_title
from commons_ld.site.layout import page_name
from commons_ld.site.property_words import PROPERTY_WORDS
from commons_ld.site.told import Text, Told, number_of, seconds_of, text_of, texts_of, web_address
from commons_ld.site.words import length

__all__ = ["Labels", "Link", "Note", "Person", "RecordView", "Row", "View", "named_language"]

#: Of each concept of the scheme, by its name in IRIs, its labels by language.
Labels = Mapping[str, Mapping[str, str]]

_ROLE_PROPERTIES: Final = dict(
    zip(ROLES, ("cld:objetDeCommun", "cld:enjeu", "cld:action", "cld:resultatAttendu"), strict=True)
)
_NAMES: Final = ("skos:prefLabel", "schema:name", "dcterms:title", "rdfs:label")
#: What has its own place on the page, or repeats in another vocabulary what has.
_SHOWN: Final = frozenset(
    [
        "rdf:type",
        "dcterms:title",
        "schema:name",
        "dcterms:alternative",
        "schema:alternateName",
        "dcterms:created",
        "schema:startDate",
        "schema:dateCreated",
        "dcterms:issued",
        "schema:datePublished",
        "dcterms:description",
        "schema:description",
        "dcterms:abstract",
        "schema:abstract",
        "dcterms:identifier",
        "dcterms:isPartOf",
        "schema:superEvent",
        "schema:isPartOf",
        "dcterms:language",
        "schema:inLanguage",
        "dcterms:creator",
        "schema:creator",
        "dcterms:contributor",
        "schema:contributor",
        "schema:performer",
        "schema:producer",
        "dcterms:extent",
        "schema:duration",
        "dcterms:type",
        "dcterms:spatial",
        "schema:location",
        "schema:contentLocation",
        "schema:contentUrl",
        "schema:url",
        "dcterms:hasFormat",
        "schema:image",
        "foaf:depiction",
        "dcterms:references",
        "dcterms:relation",
        "rdfs:seeAlso",
        "dcterms:source",
        "schema:subjectOf",
        "prov:wasDerivedFrom",
        "skos:note",
        "schema:comment",
        "schema:recordedIn",
        "schema:recordedAt",
        "dcterms:subject",
        "schema:about",
        "cld:objetDeCommun",
        "cld:enjeu",
        "cld:action",
        "cld:resultatAttendu",
    ]
)
_LANGUAGE_NAMES: Final[Memo[str, Tongue | None]] = Memo(
    lambda tag: next((found for found in languages() if found.alpha2 == tag), None), 512
)
_COUNTRY_NAMES: Final[Memo[str, Country | None]] = Memo(
    lambda code: next((found for found in countries() if found.alpha3 == code), None), 512
)
#: Endings of addresses of sounds and films that browsers play.
_SOUNDS: Final = (".mp3", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".wav", ".flac", ".weba")
_FILMS: Final = (".mp4", ".m4v", ".webm", ".ogv")


class Link(NamedTuple):
    """A name that leads somewhere, or nowhere if ``href`` is empty."""

    text: str
    href: str = ""
    language: str = ""


class Person(NamedTuple):
    """A guest."""

    link: Link
    biography: Text


class Note(NamedTuple):
    """A note of the chat.

    :param time: as ``xsd:dateTime``, or ``""``
    :param reply_to: the number of the note that it answers, or 0
    :param offset: how many seconds after the beginning of the recording it was written, where that is known
    """

    number: int
    author: Link
    time: str
    texts: tuple[Text, ...]
    reply_to: int
    offset: int | None

    @property
    def clock(self) -> str:
        """The hour and the minute."""
        return self.time[11:16]

    @property
    def place(self) -> str:
        """Where it stands in the recording, in minutes and seconds."""
        seconds = self.offset or 0
        minutes = f"{seconds // 60 % 60}:{seconds % 60:02}"
        return minutes if seconds < 3600 else f"{seconds // 3600}:{minutes:0>5}"

    @property
    def heading(self) -> str:
        """What it is called as a chapter."""
        return chapter_title(self.author.text, self.texts[0].text if self.texts else "")


class Row(NamedTuple):
    """A property that has no place of its own on the page."""

    label: str
    values: tuple[Link, ...]


class RecordView(NamedTuple):
    """What the page of a record shows, in one language of the site.

    :param kind: ``session`` or ``media``
    :param medium: the word for what it is, such as ``Sound``
    :param roles: of each facet, its concepts
    :param began: when the recording began, as ``xsd:dateTime``, or ``""``
    :param media: addresses that a browser plays; ``is_film`` tells whether they are films
    :param has_track: whether there are the chapters and the track that are made of notes with a place in the recording
    """

    iri: str
    kind: str
    slug: str
    medium: str
    title: Text
    other_titles: tuple[Text, ...]
    date: str
    began: str
    issued: str
    seconds: int
    extent: str
    lead: tuple[Text, ...]
    abstract: tuple[Text, ...]
    media: tuple[str, ...]
    is_film: bool
    has_track: bool
    broadcast: tuple[str, ...]
    images: tuple[str, ...]
    notes: tuple[Note, ...]
    about_notes: tuple[Text, ...]
    place: tuple[Text, ...]
    coordinates: tuple[float, float] | None
    wiki_pages: tuple[str, ...]
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    collections: tuple[Link, ...] = ()
    roles: dict[str, tuple[Link, ...]] = {}  # noqa: RUF012 - nobody changes it
    guests: tuple[Person, ...] = ()
    creators: tuple[Link, ...] = ()
    contributors: tuple[Link, ...] = ()
    producers: tuple[Link, ...] = ()
    websites: tuple[Link, ...] = ()
    documents: tuple[Link, ...] = ()
    references: tuple[Link, ...] = ()
    rest: tuple[Row, ...] = ()


class View:
    """How what blocks tell is seen in one language.

    :param policy: of the IRIs of the archive
    :param labels: of the concepts of the scheme; filled once they are known
    """

    def __init__(self, policy: IriPolicy, labels: Labels, language: Language) -> None:
        self.policy, self.labels, self.language = policy, labels, language
        #: What IRIs name: those that records share come again and again.
        self._parsed: Final = Memo(policy.parse, 4096)
        #: Links to them by their IRIs and by what a record calls them; the labels are there before the first record.
        self._named: Final[Memo[tuple[str, Text | None], Link]] = Memo(lambda named: self.link(*named), 4096)

    def record(self, told: Told, subject: str, like: RecordView | None = None) -> RecordView:
        """Return what the page of a record shows.

        :param subject: its IRI, of which the block tells something
        :param like: what its page shows in another language, of which most is the same
        """
        own, recording = told[subject], told.get(f"{subject}/recording", {})
        #: The same persons and concepts are told of by several properties.
        known: dict[bytes, Link] = {}

        def links(*names: str, seen: tuple[Link, ...] = ()) -> tuple[Link, ...]:
            values = [value for name in names if name in own for value in own[name]]
            return tuple(link for link in self._links(values, told, known) if link not in seen) if values else ()

        def author(note: Note) -> Link:
            found = told[f"{subject}/note/{note.number}"].get("schema:author")
            return self._links(found, told, known)[0] if found else Link("")

        guests = links("schema:performer")
        biographies = self._biographies(own["schema:performer"], told, known) if guests else {}
        creators = links("dcterms:creator", "schema:creator")
        own_parts = f"{subject}/"
        references = [
            link
            for value in own.get("dcterms:references", ())
            if not value[1:-1].decode().startswith(own_parts)
            for link in self._links([value], told, known)
        ]
        view = like or self._in_any_language(told, subject)
        return view._replace(
            languages=tuple(named_language(tag, self.language) for tag in _values(own, recording, "schema:inLanguage")),
            countries=tuple(filter(None, map(self._country, _values(own, {}, "dcterms:spatial")))),
            collections=links("dcterms:isPartOf", "schema:superEvent", "schema:isPartOf"),
            roles={role: found for role, name in _ROLE_PROPERTIES.items() if (found := links(name))},
            guests=tuple(Person(link, biographies.get(link, Text(""))) for link in guests),
            creators=creators,
            contributors=links("dcterms:contributor", "schema:contributor", seen=(*guests, *creators)),
            producers=links("schema:producer"),
            websites=links("dcterms:relation"),
            documents=tuple(self._document(told[node]) for node in _parts(told, f"{subject}/document/")),
            references=tuple(dict.fromkeys(references)),
            notes=tuple(note._replace(author=author(note)) for note in view.notes),
            rest=tuple(self._rest(own, told)) + tuple(self._rest(recording, told)),
        )

    def _in_any_language(self, told: Told, subject: str) -> RecordView:
        """Return what the page of a record shows, but for what it calls by name."""
        iri = self.policy.parse(subject)
        if iri is None:
            raise ValueError(f"{subject} names no record")
        own, recording = told[subject], told.get(f"{subject}/recording", {})

        def texts(*names: str) -> tuple[Text, ...]:
            found = [text for name in names if name in own for text in texts_of(own[name])]
            return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)

        title = next(iter(texts("dcterms:title", "schema:name")), Text(iri.slug))
        about = told.get(f"{subject}/place", {})
        starts = [one for about in (recording, own) for one in _values(about, {}, "schema:startDate") if "T" in one]
        media = self._addresses(own, recording, "schema:contentUrl", "dcterms:hasFormat", "schema:url")
        played = tuple(url for url in media if _path(url).endswith(_SOUNDS + _FILMS))
        extents = _values(recording, own, "dcterms:extent", "schema:duration")
        seconds = max((seconds_of(extent) for extent in extents), default=0)
        medium = next((value for value in _values(own, recording, "dcterms:type")), "")
        running = Running.of(starts, seconds)
        notes = tuple(self._note(node, told, running) for node in _parts(told, f"{subject}/note/"))
        files = self._addresses(recording, own, "schema:contentUrl")
        return RecordView(
            iri=subject,
            kind=iri.kind,
            slug=iri.slug,
            medium=medium.rpartition("/")[2],
            title=title,
            other_titles=tuple(
                text for text in texts("dcterms:alternative", "schema:alternateName") if text.text != title.text
            ),
            date=next(iter(_values(own, {}, "dcterms:created", "schema:startDate")), "").partition("T")[0],
            began=next(iter(starts), ""),
            issued=next(iter(_values(own, recording, "dcterms:issued", "schema:datePublished")), ""),
            seconds=seconds,
            extent=length(seconds) or next(iter(extents), ""),
            lead=texts("dcterms:description", "schema:description"),
            abstract=texts("dcterms:abstract", "schema:abstract"),
            media=played,
            has_track=bool(files and media_type(files[0])) and any(note.offset is not None for note in notes),
            is_film=bool(played) and all(_path(url).endswith(_FILMS) for url in played),
            broadcast=tuple(url for url in media if url not in played),
            images=self._addresses(own, recording, "schema:image", "foaf:depiction"),
            notes=notes,
            about_notes=texts("skos:note"),
            place=tuple(dict.fromkeys(texts_of(about.get("schema:name", ())))),
            coordinates=coordinates_of(told, subject),
            wiki_pages=self._addresses(own, {}, "schema:subjectOf", "dcterms:source", "prov:wasDerivedFrom"),
        )

    def concept(self, slug: str, given: Text | None = None) -> Text:
        """Return what a concept is called here: in the language of the page, else in another.

        :param given: what the record itself calls it, if it is none of the scheme
        """
        labels = self.labels.get(slug, {})
        for language in (self.language, "fr", *sorted(labels)):
            if language in labels:
                return Text(labels[language], language)
        return given or Text(slug.replace("-", " "))

    def links_from(self, values: Iterable[bytes], root: str) -> Iterator[Link]:
        """Yield values as links of a page that is not the one of a record.

        :param root: how that page leads to the folder of the site
        """
        for link in self._links(values, {}, {}):
            yield link._replace(href=root + link.href.removeprefix("../")) if link.href.startswith("../") else link

    def link(self, iri: str, name: Text | None = None) -> Link:
        """Return an IRI as a link: to its page if it is ours, elsewhere if it is an address of the web."""
        parsed = self._parsed[iri]
        if parsed is None or parsed.kind in ("graph", "description"):
            text = name or Text(iri)
            return Link(text.text, web_address(iri), text.differs(self.language))
        if parsed.kind == "concept":
            name = self.concept(parsed.slug, name)
        name = name or Text(parsed.slug.replace("-", " "))
        href = "" if parsed.part == "participant" else "../" + page_name(f"{parsed.kind}/{parsed.slug}", self.language)
        return Link(name.text, href, name.differs(self.language))

    def name(self, about: Mapping[str, list[bytes]]) -> Text | None:
        """Return what a thing is called, in the language of the page if it is called something in it."""
        first = None
        for property_ in _NAMES:
            if property_ in about:
                for text in texts_of(about[property_]):
                    if text.language == self.language:
                        return text
                    first = first or text
        return first

    def _links(self, values: Iterable[bytes], told: Told, known: dict[bytes, Link]) -> list[Link]:
        """Return values as links, each once, in the order of what they are called.

        :param known: the links of the same record that were made already
        """
        links = set()
        for value in values:
            link = known.get(value)
            if link is None:
                link = known[value] = self._linked(value, told)
            links.add(link)
        return sorted(links, key=_by_name) if len(links) > 1 else list(links)

    def _linked(self, value: bytes, told: Told) -> Link:
        if value.startswith(b'"'):
            text = text_of(value)
            return Link(text.text, "", text.differs(self.language))
        iri = value[1:-1].decode()
        return self._named[iri, self.name(told[iri]) if iri in told else None]

    def _biographies(self, guests: Iterable[bytes], told: Told, known: Mapping[bytes, Link]) -> dict[Link, Text]:
        """Return what is told of guests, by how one leads to them.

        :param known: the links of the record that were made already, theirs among them
        """
        found: dict[Link, Text] = {}
        for guest in guests:
            about = told.get(guest[1:-1].decode(), {})
            if "schema:description" in about:
                found.setdefault(known[guest], text_of(about["schema:description"][0]))
        return found

    def _document(self, about: Mapping[str, list[bytes]]) -> Link:
        name = self.name(about) or Text("")
        address = next(iter(self._addresses(about, {}, "schema:url")), "")
        return Link(name.text or address, address, name.differs(self.language))

    def _note(self, node: str, told: Told, running: Running | None) -> Note:
        about = told[node]
        answered = about.get("schema:parentItem", ())
        time = next(iter(_values(about, {}, "schema:dateCreated")), "")
        return Note(
            number=int(node.rpartition("/")[2]),
            author=Link(""),
            time=time,
            texts=tuple(texts_of(about.get("schema:text", ()))),
            reply_to=int(answered[0][answered[0].rindex(b"/") + 1 : -1]) if answered else 0,
            offset=running.offset(time) if running else None,
        )

    def _addresses(
        self, own: Mapping[str, list[bytes]], other: Mapping[str, list[bytes]], *names: str
    ) -> tuple[str, ...]:
        return tuple([value for value in _values(own, other, *names) if web_address(value)])

    def _country(self, iri: str) -> str:
        head, _, code = iri.rpartition("/")
        found = _COUNTRY_NAMES[code] if head.endswith("/country") else None
        return "" if found is None else found.name_fr if self.language == "fr" else found.name_en

    def _rest(self, about: Mapping[str, list[bytes]], told: Told) -> Iterator[Row]:
        for name in sorted(about.keys() - _SHOWN):
            yield Row(PROPERTY_WORDS[self.language].get(name, name), tuple(self._links(about[name], told, {})))


def named_language(tag: str, language: Language) -> str:
    """Return what a language is called.

    >>> named_language("fr", "en"), named_language("tlh", "en")
    ('French', 'tlh')
    """
    found = _LANGUAGE_NAMES[tag]
    return tag if found is None else found.name_fr if language == "fr" else found.name_en


def coordinates_of(told: Told, subject: str) -> tuple[float, float] | None:
    """Return latitude and longitude of the place of a record, if they are told and can be."""
    about = told.get(f"{subject}/geo", {})
    latitude, longitude = (
        next((number for value in about.get(name, ()) if (number := number_of(value)) is not None), None)
        for name in ("schema:latitude", "schema:longitude")
    )
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def _values(own: Mapping[str, list[bytes]], other: Mapping[str, list[bytes]], *names: str) -> list[str]:
    """Return the values of properties, literals and IRIs alike, each once."""
    terms: list[bytes] = []
    for about in (own, other):
        for name in names:
            if name in about:
                terms += about[name]
    values = [term[1:-1].decode() if term[:1] == b"<" else text_of(term).text for term in terms]
    return list(dict.fromkeys(values)) if len(values) > 1 else values


def _parts(told: Told, start: str) -> list[str]:
    """Return the parts of a record whose IRIs begin so, in the order of their numbers."""
    return sorted((node for node in told if node.startswith(start)), key=natural)


def _by_name(link: Link) -> tuple[str, Link]:
    return link.text.casefold(), link


def _path(url: str) -> str:
    """Return the path of an address, in lower case, so that its ending can be looked at."""
    return url.partition("?")[0].partition("#")[0].lower()
