"""Decide about concepts: take in a candidate, make two one, rename, give up. The file keeps its order and comments.

An IRI never changes and is never used for something else: a concept that was merged or given up stays in the file,
says so (``owl:deprecated``, ``dcterms:isReplacedBy``), and leaves the lists that people browse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

import pyoxigraph as ox

from commons_ld.artefacts import artefact
from commons_ld.errors import VocabularyError
from commons_ld.files import whole
from commons_ld.messages import Language
from commons_ld.rdf.syntax import is_language_tag
from commons_ld.settings import Settings
from commons_ld.text import clean, fold
from commons_ld.vocabulary.candidates import CandidateConcept
from commons_ld.vocabulary.scheme import LABELS, Scheme, term
from commons_ld.vocabulary.turtle import Document, UneditableError
from commons_ld.vocabulary.words import said

__all__ = ["Decisions", "deciding"]

Sentence = dict[Language, str]

_TYPE: Final = term("rdf:type")
_PREF, _ALT = term("skos:prefLabel"), term("skos:altLabel")
_TRUE: Final = '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'


class Decisions:
    """What is decided in one go: all of it is written, or nothing.

    :param language: of the labels of pages
    """

    def __init__(self, text: str, where: str, language: str) -> None:
        self._where, self._language = where, language
        self._scheme = Scheme(text, where)
        with _understood(where):
            self._document = Document(text)
        #: What was done, in each language.
        self.done: list[Sentence] = []

    @property
    def scheme(self) -> Scheme:
        """The concepts as they stood before."""
        return self._scheme

    @property
    def text(self) -> str:
        """The file as it is to be.

        :raises VocabularyError: if it cannot be written as was meant
        """
        with _understood(self._where):
            return self._document.checked()

    def accept(
        self,
        candidate: CandidateConcept,
        labels: Mapping[str, str] = {},
        *,
        definitions: Mapping[str, str] = {},
        facets: Sequence[str] = (),
        broader: Sequence[str] = (),
    ) -> None:
        """Make a candidate a concept, under the IRI that it has.

        :param labels: by their language; that of the pages is the candidate's own, unless it is given
        :param facets: collections to stand in; where none are given, those of the fields that it was found in
        :param broader: concepts that it is narrower than
        :raises VocabularyError: if a label is another concept's, or a facet or concept is unknown
        """
        scheme, subject = self._scheme, term(candidate.iri)
        named = {self._language: candidate.label, **labels}
        texts = {language: _text(text, language) for language, text in named.items()}
        for label in named.values():
            self._must_be_free(label)
        said_of = [(_TYPE, term("skos:Concept"))]
        said_of += [(term("skos:inScheme"), term(scheme.iri))] if scheme.iri else []
        said_of += [(_PREF, texts[language]) for language in sorted(texts, key=_order)]
        said_of += [(term("skos:definition"), _text(text, tag)) for tag, text in sorted(definitions.items())]
        said_of += [(term("skos:broader"), term(scheme.find(name))) for name in broader]
        # The facets that pages used may not be those of this scheme; those that a person names must be.
        places = [scheme.facet(name) for name in facets] or [
            place for name in candidate.facets for place in self._facet_of(name)
        ]
        with _understood(self._where):
            self._document.insert(subject, said_of, map(term, scheme.concepts))
            for place in places:
                self._document.add(term(place), term("skos:member"), subject)
            if scheme.iri and not broader and scheme.links(scheme.iri, "skos:hasTopConcept"):
                self._document.add(term(scheme.iri), term("skos:hasTopConcept"), subject)
        self.done.append(said("accepted", value=candidate.label, iri=candidate.iri))

    def label(self, candidate: CandidateConcept, into: str) -> None:
        """Make the label of a candidate another label of a concept."""
        concept = self._in_force(into)
        self._must_be_free(candidate.label)
        with _understood(self._where):
            self._document.add(term(concept), _ALT, _text(candidate.label, self._language))
        self.done.append(said("labelled", value=candidate.label, into=self._scheme.name(concept)))

    def merge(self, concept: str, into: str) -> None:
        """Make two concepts one: the first keeps its IRI and its labels, which find the second from now on.

        One that was given up with nothing in its place may still be merged.
        """
        one, other = self._scheme.find(concept), self._in_force(into)
        if self._scheme.links(one, "dcterms:isReplacedBy"):
            raise VocabularyError(concept, said("given-up"))
        if one == other:
            raise VocabularyError(concept, said("into-itself"))
        self._give_up(one)
        labels = {term_ for name in LABELS for term_ in self._document.values(term(other), term(name))}
        with _understood(self._where):
            self._document.add(term(one), term("dcterms:isReplacedBy"), term(other))
            for name in LABELS:
                for label in self._document.values(term(one), term(name)):
                    if label not in labels:
                        self._document.add(term(other), _ALT, label)
        self.done.append(said("merged", value=self._scheme.name(one), into=self._scheme.name(other)))

    def rename(self, concept: str, label: str, language: str = "") -> None:
        """Call a concept otherwise in a language; what it was called stays another label of it."""
        iri, tag = self._in_force(concept), language or self._language
        new = _text(label, tag)
        self._must_be_free(label, but=iri)
        subject = term(iri)
        with _understood(self._where):
            old = [text for text in self._document.values(subject, _PREF) if text.lower().endswith(f'"@{tag.lower()}')]
            if new in self._document.values(subject, _ALT):
                self._document.remove(subject, _ALT, new)
            if old and old[0] != new:
                self._document.replace(subject, _PREF, old[0], new)
                self._document.add(subject, _ALT, old[0])
            elif not old:
                self._document.add(subject, _PREF, new)
        self.done.append(said("renamed", value=self._scheme.name(iri), label=label))

    def deprecate(self, concept: str) -> None:
        """Give a concept up, with nothing in its place: pages that name it are told of it in the report."""
        iri = self._in_force(concept)
        self._give_up(iri)
        self.done.append(said("deprecated", value=self._scheme.name(iri)))

    # ── What they share ──────────────────────────────────────────────────────────────────────────────

    def _give_up(self, iri: str) -> None:
        scheme, subject = self._scheme, term(iri)
        with _understood(self._where):
            self._document.add(subject, term("owl:deprecated"), _TRUE)
            for place in scheme.facets(iri):
                self._document.remove(term(place), term("skos:member"), subject)
            for top in [scheme.iri] if scheme.iri else []:
                if subject in self._document.values(term(top), term("skos:hasTopConcept")):
                    self._document.remove(term(top), term("skos:hasTopConcept"), subject)

    def _in_force(self, what: str) -> str:
        iri = self._scheme.find(what)
        if self._scheme.is_given_up(iri):
            raise VocabularyError(what, said("given-up"))
        return iri

    def _must_be_free(self, label: str, but: str = "") -> None:
        folded = fold(label)
        for iri in self._scheme.concepts:
            if iri != but and not self._scheme.is_given_up(iri):
                for name in LABELS:
                    if any(fold(text) == folded for text, _ in self._scheme.texts(iri, name)):
                        raise VocabularyError(label, said("known", value=self._scheme.name(iri)))

    def _facet_of(self, field: str) -> Iterator[str]:
        with suppress(VocabularyError):
            yield self._scheme.facet(field)


@contextmanager
def deciding(settings: Settings) -> Iterator[Decisions]:
    """Open the archive's own file of concepts, and write it when what is decided is decided.

    Where the archive has none, it begins with those that come with commons-ld. It is written beside and put in place
    as a whole, and not at all if somebody changed it meanwhile.

    :raises VocabularyError: if it cannot be read, changed or written; it is as it was then
    """
    path = settings.path(settings.vocabulary.concepts)
    try:
        with whole.held(path.parent):
            own = whole.read(path)
            data = artefact("ontology/concepts.ttl").read_bytes() if own is None else own
            decisions = Decisions(_decoded(data, str(path)), str(path), settings.language)
            yield decisions
            text = decisions.text.encode()
            if text != own and decisions.done:
                whole.put(path, text, own)
                if own is None:
                    decisions.done.insert(0, said("copied", value=path))
    except whole.ChangedMeanwhile:
        raise VocabularyError(str(path), said("changed-meanwhile")) from None
    except OSError as error:
        raise VocabularyError(str(path), said("unusable", value=error.strerror or error)) from None


@contextmanager
def _understood(where: str) -> Iterator[None]:
    try:
        yield
    except UneditableError:
        raise VocabularyError(where, said("uneditable")) from None


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise VocabularyError(where, said("not-utf-8")) from None


def _text(text: str, language: str) -> str:
    """Return a label as N-Triples writes it, on one line.

    :raises VocabularyError: if it cannot be a label
    """
    plain, dropped = clean(" ".join(text.split()))
    if not plain or dropped or not is_language_tag(language.lower()):
        raise VocabularyError(text or '""', said("bad-label"))
    return str(ox.Literal(plain, language=language.lower()))


def _order(language: str) -> tuple[int, str]:
    return (("fr", "en", "es").index(language) if language in ("fr", "en", "es") else 9, language)
