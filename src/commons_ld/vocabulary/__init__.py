"""The concepts that records are filed under, looked after: what they are, what pages ask for, and what is decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from commons_ld.concepts import under_base
from commons_ld.errors import VocabularyError
from commons_ld.validation.results import Result
from commons_ld.vocabulary.candidates import CandidateConcept, Near, candidate_if_any, candidate_of, read_candidates
from commons_ld.vocabulary.checking import Finding, check, results
from commons_ld.vocabulary.deciding import Decisions, deciding
from commons_ld.vocabulary.scheme import LABELS, Scheme
from commons_ld.vocabulary.telling import candidates_text, concept_text, findings_text, list_text, to_json
from commons_ld.vocabulary.words import said

__all__ = [
    "CandidateConcept",
    "Decisions",
    "Finding",
    "Near",
    "Scheme",
    "VocabularyError",
    "candidate_if_any",
    "candidate_of",
    "candidates_text",
    "check",
    "concept_text",
    "deciding",
    "described",
    "findings_text",
    "list_text",
    "read_candidates",
    "read_text",
    "results_of",
    "said",
    "to_json",
]


def read_text(path: Path, base_iri: str) -> str:
    """Return the text of a file of concepts, as it is published: see :func:`~commons_ld.concepts.under_base`.

    :raises VocabularyError: if it cannot be read
    """
    try:
        return under_base(path.read_text(encoding="utf-8"), base_iri)
    except UnicodeDecodeError:
        raise VocabularyError(str(path), said("not-utf-8")) from None
    except OSError as error:
        raise VocabularyError(str(path), said("unusable", value=error.strerror or error)) from None


def results_of(text: str, where: str) -> tuple[Result, ...]:
    """Return the faults and warnings of concepts, for the report of an export.

    :param text: in Turtle
    :raises VocabularyError: if it cannot be read
    """
    return results(Scheme(text, where))


def described(scheme: Scheme, iri: str) -> dict[str, Any]:
    """Return what a program is told of a concept."""
    labels = {
        name.partition(":")[2]: [{"text": t, "language": tag} for t, tag in scheme.texts(iri, name)] for name in LABELS
    }
    return {
        "iri": iri,
        "name": scheme.name(iri),
        **labels,
        "facets": [scheme.name(facet) for facet in scheme.facets(iri)],
        "deprecated": scheme.is_given_up(iri),
        "replacedBy": scheme.links(iri, "dcterms:isReplacedBy"),
    }
