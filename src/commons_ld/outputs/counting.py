"""Count what is published while its blocks go by, exactly, and without holding it.

What a record says of itself is counted at once. What many records say of a person, a concept or a collection stands
once in the union of the graphs: such statements are sorted on disk, and counted when all have passed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import msgspec

from commons_ld.iris import IriPolicy, Kind
from commons_ld.outputs.statements import graph_of, own_subjects
from commons_ld.outputs.things import Thing, statements_of, things, things_of
from commons_ld.rdf.namespaces import expand

__all__ = ["AUTHORITIES", "Counted", "Counts", "Facts", "Sorting", "facts_of", "revision_of"]

#: Data of others that archives link to: what IRIs of theirs begin with, what they are called here, and their IRI.
AUTHORITIES: Final = {
    "http://publications.europa.eu/resource/authority/language/": (
        "languages",
        "http://publications.europa.eu/resource/authority/language",
    ),
    "http://publications.europa.eu/resource/authority/country/": (
        "countries",
        "http://publications.europa.eu/resource/authority/country",
    ),
    "http://www.wikidata.org/entity/": ("wikidata", "http://www.wikidata.org/entity/Q2013"),
    "http://dbpedia.org/resource/": ("dbpedia", "http://dbpedia.org/void/Dataset"),
    "http://fr.dbpedia.org/resource/": ("dbpedia-fr", "http://fr.dbpedia.org/void/Dataset"),
    "http://viaf.org/viaf/": ("viaf", "http://viaf.org/viaf/data"),
    "https://sws.geonames.org/": ("geonames", "https://www.geonames.org/ontology"),
    "http://data.bnf.fr/ark:/": ("bnf", "http://data.bnf.fr/vocabulary/scheme/r61"),
    "http://id.loc.gov/authorities/": ("loc", "http://id.loc.gov/authorities"),
    "https://isni.org/isni/": ("isni", "https://isni.org/isni"),
    "https://wiki.p2pfoundation.net/": ("p2p-foundation", "https://wiki.p2pfoundation.net/"),
    "http://wiki.p2pfoundation.net/": ("p2p-foundation-http", "https://wiki.p2pfoundation.net/"),
    "https://hdl.handle.net/10535/": ("digital-library-of-the-commons", "https://hdl.handle.net/10535/"),
    "http://hdl.handle.net/10535/": ("digital-library-of-the-commons-http", "https://hdl.handle.net/10535/"),
}

_TYPE: Final = f"<{expand('rdf:type')}>".encode()
_CREATED: Final = f"<{expand('dcterms:created')}>".encode()
_LANGUAGE: Final = f"<{expand('dcterms:language')}>".encode()
_SPATIAL: Final = f"<{expand('dcterms:spatial')}>".encode()
_GENERATED: Final = f"<{expand('prov:generatedAtTime')}>".encode()
#: What is looked at more closely than to be counted.
_NOTED: Final = frozenset((_CREATED, _LANGUAGE, _SPATIAL, _GENERATED))
#: How many combinations of properties, or links, are held at most before they are counted.
_MOST_ALIKE: Final = 1024
_TOPIC: Final = f" <{expand('foaf:primaryTopic')}> <".encode()
_GENERATED_AT: Final = b' %b "' % _GENERATED
#: What is said of a match repeats it, and is no second link.
_ANNOTATED: Final = f"<{expand('owl:annotatedTarget')}>".encode()


class Sorting(Protocol):
    """Where statements are sorted, such as :class:`commons_ld.outputs.spool.Spool`."""

    def add(self, entries: Iterable[tuple[bytes, bytes]], /) -> None:
        """Add statements, each with a value that counts for nothing."""

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each statement once, in the order of their bytes."""


class Counted(msgspec.Struct, frozen=True):
    """What was counted of some blocks, as it goes from one process to another; see :class:`Counts`."""

    triples: int
    subjects: int
    records: int
    quads: int
    properties: dict[str, int]
    classes: dict[str, int]
    class_properties: tuple[tuple[str, str, int], ...]
    links: tuple[tuple[str, str, int], ...]
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    first: str
    last: str
    modified: str
    example: str


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """What is told of some records elsewhere than in the dumps.

    :param counted: what was counted of them; what records share is not
    :param revisions: what :func:`revision_of` returns of those of which it is known
    """

    counted: Counted
    revisions: tuple[tuple[str, str], ...]


class Counts:
    """What there is in the union of the graphs of a publication.

    :param policy: tells the statements of a record from those about what records share
    :param shared: where the latter are sorted
    :param namespaces: what IRIs of vocabularies begin with that the archive is aligned to
    """

    def __init__(self, policy: IriPolicy, shared: Sorting, namespaces: Iterable[str] = ()) -> None:
        self._policy, self._shared = policy, shared
        known = tuple(AUTHORITIES)
        self._linked: Final = (*known, *(start for start in namespaces if not start.startswith(known)))
        self._starts: Final = tuple(f"<{start}".encode() for start in self._linked)
        kinds: tuple[Kind, ...] = ("session", "media")
        self._records: Final = tuple(b"<" + policy.mint(kind, "").encode() for kind in kinds)
        self.triples = self.subjects = self.records = self.quads = 0
        #: How many things have the same properties and classes, which are counted together in the end.
        self._alike: Final = Counter[tuple[tuple[tuple[bytes, int], ...], tuple[bytes, ...]]]()
        #: How many statements are the same link, by property and value.
        self._links: Final = Counter[tuple[bytes, bytes]]()
        #: How many statements have a property, and how many things are of a class, by IRI.
        self.properties: Final = Counter[str]()
        self.classes: Final = Counter[str]()
        self.class_properties: Final = Counter[tuple[str, str]]()
        #: How many links lead to the data of others: by what its IRIs begin with, and by property.
        self.links: Final = Counter[tuple[str, str]]()
        self.languages: Final = set[str]()
        self.countries: Final = set[str]()
        #: The days, months or years of the records that come first and last, as literals of N-Triples.
        self.first = self.last = ""
        #: When a page was revised last, as it is written, or ``""``; ``example`` the first record.
        self.modified = self.example = ""
        self._modified: dt.datetime | None = None

    def add(self, block: bytes, apart: Iterable[Thing] | None = None) -> None:
        """Count a block: canonical N-Quads of one graph, sorted.

        :param apart: what it says, in whatever order, if it was taken apart already
        """
        own = own_subjects(graph_of(block), self._policy)
        self.quads += block.count(b"\n")
        shared: list[bytes] = []
        for thing in things_of(block) if apart is None else apart:
            if not own or not thing.subject.startswith(own):
                shared += statements_of(thing)
                continue
            self._count(thing)
            if thing.subject in own and thing.subject.startswith(self._records):
                self.records += 1
                self.example = self.example or thing.subject[1:-1].decode()
        self._shared.add((statement, b"") for statement in shared)

    def counted(self) -> Counted:
        """Return what was counted by now; what records share is not, as long as :meth:`finish` was not called."""
        self._settle()
        return Counted(
            self.triples,
            self.subjects,
            self.records,
            self.quads,
            dict(self.properties),
            dict(self.classes),
            tuple((*key, count) for key, count in self.class_properties.items()),
            tuple((*key, count) for key, count in self.links.items()),
            tuple(sorted(self.languages)),
            tuple(sorted(self.countries)),
            self.first,
            self.last,
            self.modified,
            self.example,
        )

    def take_over(self, others: Counted) -> None:
        """Count what another one counted of the blocks that come next."""
        self.triples += others.triples
        self.subjects += others.subjects
        self.records += others.records
        self.quads += others.quads
        self.properties.update(others.properties)
        self.classes.update(others.classes)
        self.class_properties.update({(class_, name): count for class_, name, count in others.class_properties})
        self.links.update({(start, name): count for start, name, count in others.links})
        self.languages.update(others.languages)
        self.countries.update(others.countries)
        self.example = self.example or others.example
        if others.first:
            self._note_day(others.first, others.last)
        self._note_moment(others.modified)

    def finish(self) -> None:
        """Count what records share, each statement once."""
        for thing in things(statement for statement, _ in self._shared):
            self._count(thing)
        self._settle()

    def _count(self, thing: Thing) -> None:
        """Count all that is said of one thing."""
        told = tuple([(property_, len(values)) for property_, values in thing.said])
        types: tuple[bytes, ...] = ()
        for property_, values in thing.said:
            if property_ == _TYPE:
                types += tuple(values)
            elif property_ in _NOTED:
                for value in values:
                    self._note(property_, value)
            for value in values:
                if value[:1] == b"<" and value.startswith(self._starts) and property_ != _ANNOTATED:
                    self._links[property_, value] += 1
        self.subjects += 1
        self._alike[told, types] += 1
        if max(len(self._alike), len(self._links)) > _MOST_ALIKE:
            self._settle()

    def _settle(self) -> None:
        """Count what was put off: of the notes of a chat, and of most persons, the same properties are told.

        Many records link to the same languages and countries.
        """
        properties, class_properties = Counter[bytes](), Counter[tuple[bytes, bytes]]()
        for (told, types), times in self._alike.items():
            for name, count in told:
                properties[name] += count * times
            for type_ in types:
                self.classes[type_[1:-1].decode()] += times
                for name, count in told:
                    class_properties[type_, name] += count * times
        self._alike.clear()
        for name, count in properties.items():
            self.triples += count
            self.properties[name[1:-1].decode()] += count
        for (type_, name), count in class_properties.items():
            self.class_properties[type_[1:-1].decode(), name[1:-1].decode()] += count
        for (name, value), count in self._links.items():
            start = next(start for start in self._linked if value.startswith(f"<{start}".encode()))
            self.links[start, name[1:-1].decode()] += count
        self._links.clear()

    def _note(self, predicate: bytes, value: bytes) -> None:
        """Note what of a statement tells of the whole dataset."""
        if predicate == _CREATED and b"^^" in value:
            day = value.decode()
            self._note_day(day, day)
        elif predicate == _LANGUAGE and value.startswith(b"<"):
            self.languages.add(value[1:-1].decode())
        elif predicate == _SPATIAL and value.startswith(b"<http://publications.europa.eu/"):
            self.countries.add(value[1:-1].decode())
        elif predicate == _GENERATED:
            self._note_moment(value[1 : value.index(b'"', 1)].decode())

    def _note_day(self, first: str, last: str) -> None:
        self.first = min(self.first or first, first)
        self.last = max(self.last, last)

    def _note_moment(self, written: str) -> None:
        moment = _moment(written)
        if moment and (self._modified is None or moment > self._modified):
            self._modified, self.modified = moment, written


def _moment(written: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


class _Passing(Sorting):
    """What records share is counted by whoever merges it."""

    def add(self, entries: Iterable[tuple[bytes, bytes]], /) -> None:
        """Pass over them."""

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return iter(())


def facts_of(records: Iterable[tuple[bytes, Iterable[Thing]]], policy: IriPolicy, namespaces: Iterable[str]) -> bytes:
    """Return the facts of some records, as :class:`Facts` in MessagePack.

    :param records: the block of each, and what it says
    :param namespaces: as for :class:`Counts`
    """
    counts, described = Counts(policy, _Passing(), namespaces), f" <{policy.mint('description', '')}".encode()
    revisions = []
    for block, apart in records:
        counts.add(block, apart)
        # A record tells nothing of its page, and is not looked through for it.
        if graph_of(block).startswith(described) and (revision := revision_of(block)):
            revisions.append(revision)
    return msgspec.msgpack.encode(Facts(counts.counted(), tuple(revisions)))


def revision_of(block: bytes) -> tuple[str, str] | None:
    """Return the record that a description is of, and the day on which its page was revised, if it tells one."""
    record, day = _value(block, _TOPIC, b">"), _value(block, _GENERATED_AT, b'"')
    return (record, day[:10]) if record and day else None


def _value(block: bytes, before: bytes, after: bytes) -> str:
    start = block.find(before)
    if start < 0:
        return ""
    start += len(before)
    return block[start : block.index(after, start)].decode()
