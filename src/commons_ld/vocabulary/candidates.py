"""The candidate concepts: labels that pages use and the scheme does not know, as the last export found them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from commons_ld.errors import VocabularyError
from commons_ld.text import fold
from commons_ld.vocabulary.scheme import LABELS, Scheme
from commons_ld.vocabulary.words import said, unknown

__all__ = ["CandidateConcept", "Near", "candidate_if_any", "candidate_of", "read_candidates"]

#: How many known concepts are shown beside a candidate, and how alike they must be.
_NEAR: Final = 3
_CUTOFF: Final = 0.5
_LONGEST: Final = 200


class Near(NamedTuple):
    """A known concept that resembles a candidate.

    :param score: from 0 to 1: how much of both labels is the same, in order
    """

    iri: str
    label: str
    score: float


class CandidateConcept(NamedTuple):
    """A label that awaits a decision.

    :param facets: the fields that it stands in
    :param pages: title and IRI of the records that have it
    """

    label: str
    iri: str
    facets: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]
    near: tuple[Near, ...]


class _Found(msgspec.Struct):
    label: str
    facet: str
    iri: str


class _Page(msgspec.Struct):
    title: str = ""
    iri: str = ""
    candidates: list[_Found] = []


class _Report(msgspec.Struct):
    pages: list[_Page] = []


def read_candidates(out: Path, scheme: Scheme) -> list[CandidateConcept]:
    """Return the candidates of a publication that the scheme does not know meanwhile, those of most pages first.

    :param out: the folder of the publication
    :raises VocabularyError: if there is none
    """
    path = out / "report" / "report.json"
    try:
        report = msgspec.json.decode(path.read_bytes(), type=_Report)
    except (OSError, msgspec.DecodeError):
        raise VocabularyError(str(path), said("no-report")) from None
    labels: dict[str, tuple[str, str]] = {}
    for iri in scheme.concepts:
        for name in LABELS:
            labels.update((fold(text), (text, iri)) for text, _ in scheme.texts(iri, name))
    found: dict[str, list[tuple[_Found, _Page]]] = {}
    for page in report.pages:
        for candidate in page.candidates:
            if fold(candidate.label) not in labels:
                found.setdefault(candidate.iri, []).append((candidate, page))
    candidates = [
        CandidateConcept(
            label=rows[0][0].label,
            iri=iri,
            facets=tuple(sorted({candidate.facet for candidate, _ in rows})),
            pages=tuple(dict.fromkeys((page.title, page.iri) for _, page in rows)),
            near=tuple(_near(rows[0][0].label, labels, scheme)),
        )
        for iri, rows in found.items()
    ]
    return sorted(candidates, key=lambda candidate: (-len(candidate.pages), fold(candidate.label), candidate.iri))


def candidate_of(label: str, found: list[CandidateConcept]) -> CandidateConcept:
    """Return the candidate that a person means, by its label or its IRI.

    :raises VocabularyError: if there is none
    """
    for candidate in found:
        if label == candidate.iri or fold(label) == fold(candidate.label):
            return candidate
    raise VocabularyError(label, unknown("no-candidate", label, [candidate.label for candidate in found]))


def candidate_if_any(what: str, out: Path, scheme: Scheme) -> CandidateConcept | None:
    """Return the candidate that is called so; nothing if a concept is, or if nothing was published yet."""
    if any(what in (iri, scheme.name(iri)) for iri in scheme.concepts):
        return None
    try:
        return candidate_of(what, read_candidates(out, scheme))
    except VocabularyError:
        return None


def _near(label: str, labels: dict[str, tuple[str, str]], scheme: Scheme) -> Iterable[Near]:
    folded = fold(label)[:_LONGEST]
    seen: set[str] = set()
    for close in difflib.get_close_matches(folded, labels, n=_NEAR * 2, cutoff=_CUTOFF):
        text, iri = labels[close]
        if iri not in seen and not scheme.is_given_up(iri) and len(seen) < _NEAR:
            seen.add(iri)
            yield Near(iri, text, round(difflib.SequenceMatcher(None, folded, close).ratio(), 2))
