"""The page about one thing, for people: what is said of it, of its parts, and who speaks of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

import msgspec
import pyoxigraph as ox

from commons_ld.artefacts import artefact
from commons_ld.messages import Language
from commons_ld.namespaces import PREFIXES, expand
from commons_ld.outputs.statements import natural
from commons_ld.web.documents import Document, graph_document, term
from commons_ld.web.edition import Edition
from commons_ld.web.pages import rendered
from commons_ld.web.resource_words import CLASS_WORDS, PAGE_WORDS, PROPERTY_WORDS
from commons_ld.web.workers import Answer, Question

__all__ = ["resource_page"]

_LABELS: Final = tuple(expand(name) for name in ("skos:prefLabel", "schema:name", "dcterms:title", "rdfs:label"))
_TYPE: Final = expand("rdf:type")
_HIDDEN: Final = frozenset({_TYPE, *(expand(name) for name in ("dcterms:identifier", "skos:inScheme"))})
#: Several properties may say the same; of these, the first one is shown.
_SAME: Final = tuple(
    tuple(map(expand, names))
    for names in (
        ("dcterms:title", "schema:name", "skos:prefLabel"),
        ("dcterms:alternative", "schema:alternateName"),
        ("dcterms:description", "schema:description"),
        ("dcterms:abstract", "schema:abstract"),
        ("dcterms:created", "schema:startDate", "schema:dateCreated"),
        ("dcterms:issued", "schema:datePublished"),
        ("dcterms:isPartOf", "schema:superEvent", "schema:isPartOf"),
        ("dcterms:language", "schema:inLanguage"),
        ("dcterms:creator", "schema:creator"),
        ("dcterms:extent", "schema:duration"),
        ("schema:subjectOf", "dcterms:source", "prov:wasDerivedFrom"),
        ("schema:url", "dcterms:hasFormat", "schema:contentUrl"),
        ("schema:image", "foaf:depiction"),
        ("dcterms:relation", "rdfs:seeAlso"),
        ("cld:objetDeCommun", "cld:enjeu", "cld:action", "cld:resultatAttendu", "dcterms:subject", "schema:about"),
    )
)
#: Those who speak of a thing are shown up to this number, and the page says so where there are more.
_MOST: Final = 200


class Value(NamedTuple):
    """A value as it is shown.

    :param link: where it leads, or ``""``
    :param language: of a text, or ``""``
    """

    text: str
    link: str = ""
    language: str = ""


class Row(NamedTuple):
    """A property with its values."""

    label: str
    iri: str
    values: list[Value]


class Section(NamedTuple):
    """What is said of one thing.

    :param fragment: what its place in the page is called
    """

    title: str
    fragment: str
    classes: list[str]
    rows: list[Row]


def resource_page(edition: Edition, document: Document, language: Language) -> tuple[bytes, str]:
    """Return the page of a document, and its mark.

    :raises Refused: if the store does not answer now
    """
    key = ("page", document.path, language)
    kept = edition.cache.get(key)
    if kept is None:
        body = _page(edition, document, language).encode()
        mark = hashlib.sha256(body).hexdigest()[:32]
        kept = Answer("text/html", body, None, len(body), mark)
        edition.cache.put(key, kept, len(body))
    return kept.body, kept.mark


def _page(edition: Edition, document: Document, language: Language) -> str:
    about = document.iri(edition.policy)
    triples = _triples(graph_document(edition, document, "application/n-triples"))
    sayings = sorted(_incoming(edition, about), key=lambda row: (row[0], natural(row[1])))
    labels = _labels(edition, {about, *_iris(triples), *(subject for _, subject in sayings)}, language)
    top = edition.policy.dataset if document.path == "graph/catalog" else about
    if document.kind in ("graph", "description") or document.path == "graph/concepts":
        subjects = list(
            dict.fromkeys(triple.subject.value for triple in triples if isinstance(triple.subject, ox.NamedNode))
        )
        top = top if top in subjects else (subjects or [about])[0]
    showing = _Showing(edition.policy.base_iri, document, labels, language)
    sections = list(showing.sections(triples, top))
    words = PAGE_WORDS[language]
    incoming = [
        Row(showing.property(predicate), predicate, [showing.link(subject) for _, subject in rows])
        for predicate, rows in groupby(sayings[:_MOST], key=lambda row: row[0])
    ]
    return rendered(
        "resource.html",
        iri=about,
        title=sections[0].title if sections else labels.get(about, document.slug),
        sections=sections,
        incoming=incoming,
        cut=words["cut"].replace("{n}", str(_MOST)) if len(sayings) > _MOST else "",
        words=words,
        language=language,
        other="en" if language == "fr" else "fr",
        document=document.path.rpartition("/")[2],
        root="../",
    )


class _Showing:
    """How terms are shown on the page of one document."""

    def __init__(self, base_iri: str, document: Document, labels: dict[str, str], language: Language) -> None:
        self._base, self._document, self._labels, self._language = base_iri, document, labels, language

    def sections(self, triples: Iterable[ox.Triple], top: str) -> Iterator[Section]:
        """Yield what is said of the thing itself, then of each of its parts and of what else stands beside it."""
        by_subject: dict[str, list[ox.Triple]] = {}
        for triple in triples:
            if isinstance(triple.subject, ox.NamedNode):
                by_subject.setdefault(triple.subject.value, []).append(triple)
        order = sorted(by_subject, key=lambda iri: (iri != top, not iri.startswith(f"{top}/"), natural(iri)))
        for iri in order:
            rows = list(self._rows(by_subject[iri]))
            classes = [CLASS_WORDS[self._language].get(name, "") for name in self._classes(by_subject[iri])]
            title = self._labels.get(iri) or ", ".join(filter(None, classes)) or self._short(iri)
            yield Section(title, self._fragment(iri, top), list(dict.fromkeys(filter(None, classes))), rows)

    def property(self, iri: str) -> str:
        """Return what a property is called."""
        known = PROPERTY_WORDS[self._language].get(_compact(iri))
        return known or _ontology_labels(self._language).get(iri) or _compact(iri)

    def link(self, iri: str) -> Value:
        """Return an IRI as a link: here, if it is ours; elsewhere, if it is an address of the web."""
        text = self._labels.get(iri) or self._short(iri)
        if iri.startswith(self._base):
            return Value(text, f"../{iri.removeprefix(self._base)}?lang={self._language}")
        return Value(text, iri if iri.startswith(("http://", "https://")) else "")

    def _rows(self, triples: Iterable[ox.Triple]) -> Iterator[Row]:
        values: dict[str, list[ox.NamedNode | ox.Literal]] = {}
        for triple in triples:
            if isinstance(triple.object, ox.NamedNode | ox.Literal):
                values.setdefault(triple.predicate.value, []).append(triple.object)
        for same in _SAME:
            seen: set[str] = set()
            for iri in same:
                kept = [value for value in values.get(iri, []) if str(value) not in seen]
                seen.update(map(str, values.get(iri, [])))
                if iri in values and not kept:
                    del values[iri]
                elif iri in values:
                    values[iri] = kept
        order = {expand(name): place for place, name in enumerate(PROPERTY_WORDS[self._language])}
        for iri in sorted(values, key=lambda iri: (order.get(iri, len(order)), iri)):
            if iri not in _HIDDEN:
                shown = sorted(map(self._value, values[iri]), key=lambda value: (natural(value.link), value))
                yield Row(self.property(iri), iri, list(dict.fromkeys(shown)))

    def _value(self, value: ox.NamedNode | ox.Literal) -> Value:
        if isinstance(value, ox.NamedNode):
            return self.link(value.value)
        return Value(value.value, "", value.language or "")

    def _classes(self, triples: Iterable[ox.Triple]) -> list[str]:
        return [
            _compact(t.object.value)
            for t in triples
            if t.predicate.value == _TYPE and isinstance(t.object, ox.NamedNode)
        ]

    def _fragment(self, iri: str, top: str) -> str:
        return iri.removeprefix(f"{top}/").replace("/", "-") if iri.startswith(f"{top}/") else ""

    def _short(self, iri: str) -> str:
        return iri.removeprefix(self._base) if iri.startswith(self._base) else iri


def _compact(iri: str) -> str:
    """Return an IRI by its short name, where there is one."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _triples(answer: Answer) -> list[ox.Triple]:
    body = answer.body
    if answer.spool:
        with answer.spool as spool:
            body = spool.read()
    return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]


def _iris(triples: Iterable[ox.Triple]) -> Iterator[str]:
    for triple in triples:
        for node in (triple.subject, triple.object):
            if isinstance(node, ox.NamedNode):
                yield node.value


def _rows(answer: Answer) -> Iterator[list[dict[str, str]]]:
    """Yield the cells of each row of results in JSON."""
    body = answer.body
    if answer.spool:
        with answer.spool as spool:
            body = spool.read()
    found = msgspec.json.decode(body)
    for row in found["results"]["bindings"]:
        yield [row[name] for name in found["head"]["vars"]]


def _incoming(edition: Edition, about: str) -> list[tuple[str, str]]:
    """Return who speaks of a thing, with the property; one more than is shown, where there are more."""
    query = f"SELECT DISTINCT ?p ?s {{ ?s ?p {term(about)} }} LIMIT {_MOST + 1}"
    own = f"{about}/"
    found = {(row[0]["value"], row[1]["value"]) for row in _rows(edition.asked(Question(query)))}
    rows = {(predicate, subject) for predicate, subject in found if not subject.startswith(own)}
    for same in _SAME:
        for place, predicate in enumerate(same):
            rows -= {(other, subject) for known, subject in rows if known == predicate for other in same[place + 1 :]}
    return list(rows)


def _labels(edition: Edition, iris: set[str], language: Language) -> dict[str, str]:
    """Return what things are called: in the language of the page if there is a label in it, else in another."""
    ours = sorted(iri for iri in iris if iri.startswith(edition.policy.base_iri))
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(ours), 500):
        values = " ".join(map(term, ours[start : start + 500]))
        names = " ".join(map(term, _LABELS))
        query = f"SELECT DISTINCT ?s ?l {{ VALUES ?s {{ {values} }} VALUES ?p {{ {names} }} ?s ?p ?l }}"
        for subject, label in _rows(edition.asked(Question(query))):
            tag = label.get("xml:lang", "").partition("-")[0]
            rank = 0 if tag == language else 1 if not tag else 2
            best = found.get(subject["value"])
            if best is None or (rank, label["value"]) < best:
                found[subject["value"]] = rank, label["value"]
    return {iri: label for iri, (_, label) in found.items()}


@lru_cache(maxsize=2)
def _ontology_labels(language: Language) -> dict[str, str]:
    """Return what the terms of our own vocabulary are called."""
    return {
        quad.subject.value: quad.object.value
        for quad in ox.parse(path=artefact("ontology/commons.ttl"), format=ox.RdfFormat.TURTLE)
        if quad.predicate.value == expand("rdfs:label")
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.Literal)
        and quad.object.language == language
    }
