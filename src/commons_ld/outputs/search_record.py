"""What there is to search in a record: read from its block, so that it holds what was published and nothing else.

A block is canonical N-Quads of one graph, written by ourselves, so its lines can be taken apart by their blanks; a test
compares what is read here with what a parser reads.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from commons_ld.iris import IriPolicy
from commons_ld.outputs.things import Thing, things_of
from commons_ld.rdf.namespaces import expand

__all__ = ["FACETS", "ROLES", "Indexed", "Searchable", "graph_iri", "labels_of", "searchable", "statements", "value_of"]

#: The roles that concepts play in a record.
ROLES: Final = ("objet", "enjeu", "action", "resultat")

#: The facets, in the order in which a page shows them.
FACETS: Final = (*ROLES, "year", "collection", "language", "kind")

_ROLE_OF: Final = {
    expand("cld:objetDeCommun").encode(): "objet",
    expand("cld:enjeu").encode(): "enjeu",
    expand("cld:action").encode(): "action",
    expand("cld:resultatAttendu").encode(): "resultat",
}
_TITLE, _OTHER_TITLE = expand("dcterms:title").encode(), expand("dcterms:alternative").encode()
_DESCRIPTION, _ABSTRACT = expand("dcterms:description").encode(), expand("dcterms:abstract").encode()
_NOTE, _PREF_LABEL = expand("skos:note").encode(), expand("skos:prefLabel").encode()
_CREATED, _ISSUED = expand("dcterms:created").encode(), expand("dcterms:issued").encode()
_COLLECTION, _TYPE = expand("dcterms:isPartOf").encode(), expand("rdf:type").encode()
_LANGUAGE, _DCMI_TYPE = expand("schema:inLanguage").encode(), expand("dcterms:type").encode()
_NAME, _TEXT, _BIOGRAPHY = (expand(f"schema:{name}").encode() for name in ("name", "text", "description"))
_SESSION: Final = f"<{expand('cld:Session')}>".encode()
#: The properties that are looked at, by their terms.
_WANTED: Final = {
    b"<%b>" % name: name
    for name in (
        *_ROLE_OF,
        *(_TITLE, _OTHER_TITLE, _DESCRIPTION, _ABSTRACT, _NOTE, _PREF_LABEL, _CREATED, _ISSUED),
        *(_COLLECTION, _TYPE, _LANGUAGE, _DCMI_TYPE, _NAME, _TEXT, _BIOGRAPHY),
    )
}
_LABELS: Final = frozenset(expand(f"skos:{name}").encode() for name in ("prefLabel", "altLabel", "hiddenLabel"))
#: How many characters of a record are shown where nothing of its text was found.
_SHOWN: Final = 280


class Searchable(NamedTuple):
    """What there is to search in a record, and to show of it.

    :param iri: of the record
    :param date: the day, month or year it was made, else published, or ``""``
    :param summary: what is shown where nothing of the text was found
    :param facets: of each facet its values, and a label where the record itself gives one
    :param people: names of those who take part, as one text
    """

    iri: str
    title: str
    date: str
    summary: str
    facets: tuple[tuple[str, str, str], ...]
    titles: str
    people: str
    concepts: str
    texts: str
    notes: str


class Indexed(NamedTuple):
    """What a search index holds of a record.

    :param gathered: what else is gathered from it, as :class:`commons_ld.outputs.search_index.Gatherings` does
    """

    found: Searchable
    gathered: Any


def graph_iri(block: bytes) -> bytes:
    r"""Return the IRI of the graph that the last line of a block is in.

    >>> graph_iri(b'<http://a/s> <http://a/p> "o" <http://a/g> .\n')
    b'http://a/g'
    """
    return block[block.rindex(b" <") + 2 : -4]


def statements(block: bytes, wanted: Container[bytes] | None = None) -> Iterator[tuple[bytes, bytes, bytes]]:
    r"""Yield subject and predicate, without brackets, and object of each line of one graph.

    :param wanted: the predicates of those that are wanted, without brackets; by default all are

    >>> list(statements(b'<http://a/s> <http://a/p> "o" <http://a/g> .\n'))
    [(b'http://a/s', b'http://a/p', b'"o"')]
    """
    tail = len(graph_iri(block)) + len(b" <> .")
    for line in block.splitlines():
        subject, predicate, rest = line.split(b" ", 2)
        predicate = predicate[1:-1]
        if wanted is None or predicate in wanted:
            yield subject[1:-1], predicate, rest[:-tail]


def labels_of(block: bytes) -> dict[str, list[str]]:
    """Return of each concept that the block of a scheme is about its labels, in any language, by its IRI."""
    labels: dict[str, list[str]] = {}
    for subject, _, label in statements(block, _LABELS):
        labels.setdefault(subject.decode(), []).append(value_of(label))
    return labels


def searchable(
    block: bytes, policy: IriPolicy, labels: Mapping[str, Sequence[str]], apart: Sequence[Thing] | None = None
) -> Searchable | None:
    """Return what there is to search in a block, or ``None`` if it is of no record.

    :param apart: what it says, if it was taken apart already
    :param labels: of each concept of the scheme, its labels in any language
    """
    graph = policy.parse(graph_iri(block).decode()) if block else None
    if graph is None or graph.kind != "graph":
        return None
    told: dict[bytes, dict[bytes, list[bytes]]] = {}
    for thing in things_of(block) if apart is None else apart:
        if about := {_WANTED[property_]: values for property_, values in thing.said if property_ in _WANTED}:
            told[thing.subject[1:-1]] = about
    own = (policy.mint(kind, graph.slug).encode() for kind in ("session", "media"))
    subject = next((iri for iri in own if iri in told), b"")
    return _gathered(subject, told, policy, labels) if subject else None


def _gathered(
    subject: bytes,
    told: Mapping[bytes, Mapping[bytes, list[bytes]]],
    policy: IriPolicy,
    labels: Mapping[str, Sequence[str]],
) -> Searchable:
    record = told[subject]
    recording = told.get(subject + b"/recording", {})
    date = _first(record, _CREATED) or _first(record, _ISSUED) or _first(recording, _ISSUED)
    facets = set(_facets(record, recording, told, policy))
    concepts = dict.fromkeys(
        label
        for facet, value, own in sorted(facets)
        if facet in ROLES
        for label in (*labels.get(policy.mint("concept", value), ()), own)
    )
    people, others, notes = list[str](), list[str](), list[str]()
    part, document = subject + b"/", subject + b"/document/"
    for node, about in told.items():
        if node.startswith(part):
            notes += _texts(about, _TEXT)
            others += _texts(about, _TITLE) if node.startswith(document) else ()
        elif (iri := policy.parse(node.decode())) is None:
            others += _texts(about, _NAME)
        elif iri.kind in ("person", "organization"):
            people += _texts(about, _NAME)
            others += _texts(about, _BIOGRAPHY)
    summary = _first(record, _DESCRIPTION) or _first(record, _ABSTRACT)
    return Searchable(
        iri=subject.decode(),
        title=_first(record, _TITLE),
        date=date,
        summary=_shortened(summary),
        facets=tuple(sorted(facets)),
        titles="\n".join((*_texts(record, _TITLE), *_texts(record, _OTHER_TITLE))),
        people="\n".join(people),
        concepts="\n".join(filter(None, concepts)),
        texts="\n".join((*_texts(record, _DESCRIPTION), *_texts(record, _ABSTRACT), *_texts(record, _NOTE), *others)),
        notes="\n".join(notes),
    )


def _facets(
    record: Mapping[bytes, list[bytes]],
    recording: Mapping[bytes, list[bytes]],
    told: Mapping[bytes, Mapping[bytes, list[bytes]]],
    policy: IriPolicy,
) -> Iterator[tuple[str, str, str]]:
    for predicate, facet in _ROLE_OF.items():
        for concept in record.get(predicate, ()):
            yield facet, _slug(concept, policy), _first(told.get(concept[1:-1], {}), _PREF_LABEL)
    for collection in record.get(_COLLECTION, ()):
        yield "collection", _slug(collection, policy), _first(told.get(collection[1:-1], {}), _TITLE)
    for language in (*record.get(_LANGUAGE, ()), *recording.get(_LANGUAGE, ())):
        yield "language", value_of(language), ""
    for date in (*record.get(_CREATED, ()), *record.get(_ISSUED, ()), *recording.get(_ISSUED, ())):
        year = value_of(date)[:4]
        # What a page gives for a date may be anything; a year is a name of pages.
        if len(year) == 4 and year.isascii() and year.isdecimal():
            yield "year", year, ""
        break
    if _SESSION in record.get(_TYPE, ()):
        yield "kind", "session", ""
    for kind in (*record.get(_DCMI_TYPE, ()), *recording.get(_DCMI_TYPE, ())):
        yield "kind", kind[kind.rindex(b"/") + 1 : -1].decode(), ""


def _slug(iri: bytes, policy: IriPolicy) -> str:
    """Return the name of what an IRI of ours means, and of any other the whole of it."""
    parsed = policy.parse(iri[1:-1].decode())
    return parsed.slug if parsed else iri[1:-1].decode()


def _shortened(text: str) -> str:
    """Return the beginning of a text, up to a blank."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(None, 1)[0]}…"


def _first(about: Mapping[bytes, list[bytes]], predicate: bytes) -> str:
    found = about.get(predicate)
    return value_of(found[0]) if found else ""


def _texts(about: Mapping[bytes, list[bytes]], predicate: bytes) -> list[str]:
    return [value_of(object_) for object_ in about.get(predicate, ())]


def value_of(literal: bytes) -> str:
    r"""Return the text of a literal: the escapes of canonical N-Triples are escapes of JSON too.

    >>> value_of(b'"a\\nb"@fr')
    'a\nb'
    """
    quoted = literal[: literal.rindex(b'"') + 1]
    return str(msgspec.json.decode(quoted)) if b"\\" in quoted else quoted[1:-1].decode()
