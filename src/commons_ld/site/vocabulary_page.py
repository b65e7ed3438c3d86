"""The page about the archive's own terms, read from the ontology."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import pyoxigraph as ox

from commons_ld.artefacts import artefact
from commons_ld.messages import Language
from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.site.layout import LANGUAGES, page_name
from commons_ld.site.pages import Draft, Frame, draft
from commons_ld.site.record_view import Link
from commons_ld.site.told import compact, web_address
from commons_ld.site.words import WORDS

__all__ = ["vocabulary_pages"]

_NAMESPACE: Final = PREFIXES["cld"]
_TITLES: Final = (
    ("classes", ("owl:Class",)),
    ("properties", ("owl:ObjectProperty", "owl:DatatypeProperty", "rdf:Property", "owl:AnnotationProperty")),
    ("other_terms", ()),
)


class Term(NamedTuple):
    """A class or a property.

    :param relations: word, and what stands in that relation to it
    """

    name: str
    iri: str
    label: str
    comment: str
    examples: tuple[str, ...]
    relations: tuple[tuple[str, tuple[Link, ...]], ...]


def vocabulary_pages(frame: Frame) -> Iterator[tuple[str, Draft]]:
    """Yield the name of the page in each language, and what it is made of."""
    told: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
    for quad in ox.parse(path=artefact("ontology/commons.ttl"), format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            about = told.setdefault(quad.subject.value, {})
            about.setdefault(compact(quad.predicate.value), []).append(quad.object)
    for language in LANGUAGES:
        words = WORDS[language]
        groups = [(words[code], list(_terms(told, classes, language))) for code, classes in _TITLES]
        page = draft(
            "vocabulary.html",
            frame._replace(path="vocabulary", here="vocabulary", crumbs=((words["home"], "index"),)),
            language,
            title=words["vocabulary"],
            description=words["vocabulary_lead"],
            groups=[(title, terms) for title, terms in groups if terms],
            namespace=_NAMESPACE,
        )
        yield page_name("vocabulary", language), page


def _terms(
    told: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]], classes: tuple[str, ...], language: Language
) -> Iterator[Term]:
    """Yield the terms of our namespace that are of some classes; without any, those of no class named above."""
    named = {expand(name) for _, names in _TITLES for name in names}
    wanted = {expand(name) for name in classes}
    for iri in sorted(told):
        if not iri.startswith(_NAMESPACE):
            continue
        about = told[iri]
        types = {value.value for value in about.get("rdf:type", ())}
        if types & wanted if wanted else not types & named:
            name = iri.removeprefix(_NAMESPACE)
            yield Term(
                name=name,
                iri=iri,
                label=next(iter(_texts(about.get("rdfs:label", []), language)), name),
                comment=" ".join(_texts(about.get("rdfs:comment", []), language)),
                examples=tuple(_texts(about.get("skos:example", []), language)),
                relations=tuple(_relations(about, language)),
            )


def _relations(
    about: dict[str, list[ox.NamedNode | ox.Literal]], language: Language
) -> Iterator[tuple[str, tuple[Link, ...]]]:
    for word, names in (
        ("sub_of", ("rdfs:subClassOf", "rdfs:subPropertyOf")),
        ("same_as", ("owl:equivalentClass", "owl:equivalentProperty", "skos:exactMatch", "skos:closeMatch")),
    ):
        values = sorted(value.value for name in names for value in about.get(name, ()))
        if values:
            yield WORDS[language][word], tuple(Link(compact(value), _address(value)) for value in values)


def _address(iri: str) -> str:
    return f"#{iri.removeprefix(_NAMESPACE)}" if iri.startswith(_NAMESPACE) else web_address(iri)


def _texts(values: list[ox.NamedNode | ox.Literal], language: Language) -> list[str]:
    """Return the texts in a language, else in whatever one they are in."""
    literals = [value for value in values if isinstance(value, ox.Literal)]
    own = [value.value for value in literals if value.language == language]
    return own or [value.value for value in literals]
