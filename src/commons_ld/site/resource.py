"""The page about one thing that has no page of its own making: its statements, property by property.

``commons-ld serve`` shows with it what the site has no page for: named graphs, descriptions of records, and everything
where the site was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

import pyoxigraph as ox

from commons_ld.artefacts import artefact
from commons_ld.messages import Language
from commons_ld.outputs.statements import natural
from commons_ld.rdf.namespaces import expand
from commons_ld.site.layout import root_of
from commons_ld.site.pages import Frame, render
from commons_ld.site.property_words import CLASS_WORDS, PROPERTY_WORDS
from commons_ld.site.told import compact
from commons_ld.site.words import WORDS

__all__ = ["MOST", "SAME", "resource_page"]

_TYPE: Final = expand("rdf:type")
_HIDDEN: Final = frozenset({_TYPE, *(expand(name) for name in ("dcterms:identifier", "skos:inScheme"))})
#: Several properties may say the same; of these, the first one is shown.
SAME: Final = tuple(
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
MOST: Final = 200


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


def resource_page(
    frame: Frame,
    language: Language,
    *,
    about: str,
    top: str,
    triples: Sequence[ox.Triple],
    sayings: Sequence[tuple[str, str]],
    labels: dict[str, str],
) -> str:
    """Return the page.

    :param frame: whose path is that of the document
    :param about: the IRI of what the document is about
    :param top: the IRI of what is shown first
    :param sayings: who speaks of it: property and IRI, sorted
    :param labels: what things are called in this language
    """
    showing = _Showing(frame.base_iri, frame.path, labels, language)
    sections = list(showing.sections(triples, top, about))
    incoming = [
        Row(showing.property(predicate), predicate, [showing.link(subject) for _, subject in rows])
        for predicate, rows in groupby(sayings[:MOST], key=lambda row: row[0])
    ]
    return render(
        "resource.html",
        frame,
        language,
        title=sections[0].title if sections else labels.get(about, frame.path.rpartition("/")[2]),
        iri=about,
        sections=sections,
        incoming=incoming,
        cut=WORDS[language]["cut"].replace("{n}", str(MOST)) if len(sayings) > MOST else "",
    )


class _Showing:
    """How terms are shown on the page of one document."""

    def __init__(self, base_iri: str, path: str, labels: dict[str, str], language: Language) -> None:
        self._base, self._path, self._labels, self._language = base_iri, path, labels, language

    def sections(self, triples: Iterable[ox.Triple], top: str, about: str) -> Iterator[Section]:
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
            yield Section(
                title,
                self._fragment(iri, top) or self._fragment(iri, about),
                list(dict.fromkeys(filter(None, classes))),
                rows,
            )

    def property(self, iri: str) -> str:
        """Return what a property is called."""
        known = PROPERTY_WORDS[self._language].get(compact(iri))
        return known or _ontology_labels(self._language).get(iri) or compact(iri)

    def link(self, iri: str) -> Value:
        """Return an IRI as a link: here, if it is ours; elsewhere, if it is an address of the web."""
        text = self._labels.get(iri) or self._short(iri)
        if iri.startswith(self._base):
            return Value(text, f"{root_of(self._path)}{iri.removeprefix(self._base)}?lang={self._language}")
        return Value(text, iri if iri.startswith(("http://", "https://")) else "")

    def _rows(self, triples: Iterable[ox.Triple]) -> Iterator[Row]:
        values: dict[str, list[ox.NamedNode | ox.Literal]] = {}
        for triple in triples:
            if isinstance(triple.object, ox.NamedNode | ox.Literal):
                values.setdefault(triple.predicate.value, []).append(triple.object)
        for same in SAME:
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
            compact(t.object.value)
            for t in triples
            if t.predicate.value == _TYPE and isinstance(t.object, ox.NamedNode)
        ]

    def _fragment(self, iri: str, top: str) -> str:
        return iri.removeprefix(f"{top}/").replace("/", "-") if iri.startswith(f"{top}/") else ""

    def _short(self, iri: str) -> str:
        return iri.removeprefix(self._base) if iri.startswith(self._base) else iri


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
