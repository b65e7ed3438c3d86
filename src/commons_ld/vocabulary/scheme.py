"""A concept scheme, read so that its concepts can be looked through: labels, facets, links, and what replaced what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from commons_ld.errors import VocabularyError
from commons_ld.rdf.namespaces import expand
from commons_ld.text import fold
from commons_ld.vocabulary.words import said, unknown

__all__ = ["FACETS", "LABELS", "Scheme", "term"]

#: The fields of records that concepts stand in, and the ends of the names of their collections.
FACETS: Final = {
    "objets_de_commun": "objets",
    "enjeux": "enjeux",
    "actions": "actions",
    "resultats_attendus": "resultats",
}
LABELS: Final = ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel")


def term(name: str) -> str:
    """Return a name of a vocabulary, or an IRI, as N-Triples writes it.

    >>> term("skos:Concept"), term("https://a.example/")
    ('<http://www.w3.org/2004/02/skos/core#Concept>', '<https://a.example/>')
    """
    return f"<{name if '://' in name else expand(name)}>"


class Scheme:
    """What a file of concepts says.

    :param text: Turtle
    :raises VocabularyError: if it is not
    """

    def __init__(self, text: str, where: str) -> None:
        self._said: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
        try:
            for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
                if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
                    self._said[quad.subject.value][quad.predicate.value].append(quad.object)
        except SyntaxError as error:
            raise VocabularyError(where, said("uneditable")) from error
        self.iri: Final = min(self._of_type("skos:ConceptScheme"), default="")
        self.collections: Final = sorted(self._of_type("skos:Collection"))
        self.concepts: Final = sorted(self._of_type("skos:Concept"))
        self._facets: dict[str, list[str]] = defaultdict(list)
        for collection in self.collections:
            for member in self.links(collection, "skos:member"):
                self._facets[member].append(collection)

    def _of_type(self, name: str) -> Iterator[str]:
        kind = ox.NamedNode(expand(name))
        return (iri for iri, about in list(self._said.items()) if kind in about.get(expand("rdf:type"), ()))

    # ── One thing ────────────────────────────────────────────────────────────────────────────────────

    def links(self, iri: str, name: str) -> list[str]:
        """Return what something is linked to by one property."""
        return sorted(v.value for v in self._about(iri, name) if isinstance(v, ox.NamedNode))

    def texts(self, iri: str, name: str) -> list[tuple[str, str]]:
        """Return the texts that something has by one property, each with its language as it is written."""
        return sorted((v.value, v.language or "") for v in self._about(iri, name) if isinstance(v, ox.Literal))

    def label(self, iri: str, language: str = "") -> str:
        """Return what something is called in a language; in another one, or by the end of its IRI, if it must be."""
        labels = {tag.lower(): text for text, tag in reversed(self.texts(iri, "skos:prefLabel"))}
        return labels.get(language) or (min(labels.values()) if labels and not language else "") or ""

    def name(self, iri: str) -> str:
        """Return what a person may call a concept here: the end of its IRI."""
        return iri.rpartition("/")[2].rpartition("#")[2]

    def facets(self, iri: str) -> list[str]:
        """Return the collections that a concept stands in."""
        return self._facets.get(iri, [])

    def is_given_up(self, iri: str) -> bool:
        """Tell whether a concept was merged into another one, or is not to be used any more."""
        return bool(self._about(iri, "dcterms:isReplacedBy") or self._about(iri, "owl:deprecated"))

    def predicates(self, iri: str) -> Iterable[str]:
        """Return the properties that something has."""
        return self._said.get(iri, {}).keys()

    def _about(self, iri: str, name: str) -> list[ox.NamedNode | ox.Literal]:
        return self._said[iri].get(expand(name), []) if iri in self._said else []

    # ── Looking up ───────────────────────────────────────────────────────────────────────────────────

    def find(self, what: str) -> str:
        """Return the IRI of the concept that a person means: by its IRI, its name, or any of its labels.

        :raises VocabularyError: if there is none, or more than one
        """
        if what in self.concepts:
            return what
        folded = fold(what)
        # The IRI that it is published by may begin otherwise than that of the file.
        end = what.rpartition("/concept/")[2]
        named = [iri for iri in self.concepts if self.name(iri) == end]
        found = named or [
            iri
            for iri in self.concepts
            if any(fold(text) == folded for name in LABELS for text, _ in self.texts(iri, name))
        ]
        # One that was given up is meant only where no other one has the label.
        found = [iri for iri in found if not self.is_given_up(iri)] or found
        if len(found) > 1:
            raise VocabularyError(what, said("several", value=", ".join(map(self.name, found))))
        if not found:
            labels = (text for iri in self.concepts for text, _ in self.texts(iri, "skos:prefLabel"))
            raise VocabularyError(what, unknown("no-concept", what, labels))
        return found[0]

    def facet(self, name: str) -> str:
        """Return the collection of a facet, by the field of records or the end of its IRI.

        :raises VocabularyError: if there is none
        """
        wanted = FACETS.get(name, name)
        for collection in self.collections:
            if self.name(collection) == wanted:
                return collection
        raise VocabularyError(name, said("no-facet", value=", ".join(map(self.name, self.collections))))
