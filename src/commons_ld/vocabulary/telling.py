"""Tell a person, or a program, of concepts, candidates, and what is to be mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from commons_ld.messages import Language
from commons_ld.outputs.report_words import field_label
from commons_ld.sentences import in_number
from commons_ld.text import shown
from commons_ld.vocabulary.candidates import CandidateConcept
from commons_ld.vocabulary.checking import Finding
from commons_ld.vocabulary.scheme import LABELS, Scheme
from commons_ld.vocabulary.words import said

__all__ = ["candidates_text", "concept_text", "findings_text", "list_text", "to_json"]

_SEVERITIES: Final[dict[str, dict[Language, str]]] = {
    "fault": {"fr": "faute", "en": "fault"},
    "warning": {"fr": "avertissement", "en": "warning"},
    "advice": {"fr": "conseil", "en": "advice"},
}
_WORDS: Final[dict[str, dict[Language, str]]] = {
    "concept": {"fr": "concept", "en": "concept"},
    "facets": {"fr": "facettes", "en": "facets"},
    "given-up": {"fr": "abandonné", "en": "given up"},
    "pages": {"fr": "fiche(s)", "en": "record(s)"},
    "near": {"fr": "proche de", "en": "near"},
    "nothing-near": {"fr": "rien de proche", "en": "nothing near"},
    "none": {"fr": "Aucun concept candidat.", "en": "No candidate concept."},
}
_MOST_PAGES: Final = 3
_LANGUAGES: Final = ("fr", "en", "es")


def list_text(scheme: Scheme, concepts: Iterable[str], language: Language) -> str:
    """Return the concepts, a line each: name, labels in each language, facets."""
    rows: list[tuple[str, ...]] = [(_WORDS["concept"][language], *_LANGUAGES, _WORDS["facets"][language])]
    for iri in concepts:
        facets = ", ".join(scheme.label(facet, language) or scheme.name(facet) for facet in scheme.facets(iri))
        state = f"({_WORDS['given-up'][language]})" if scheme.is_given_up(iri) else facets
        rows.append((scheme.name(iri), *(scheme.label(iri, tag) or "–" for tag in _LANGUAGES), state))
    return _table(rows)


def concept_text(scheme: Scheme, iri: str) -> str:
    """Return all that the scheme says of a concept."""
    lines = [iri]
    for name in (*LABELS, "skos:definition", "skos:scopeNote", "skos:note"):
        lines += [f"  {name:<22}{shown(text)} @{tag}" for text, tag in scheme.texts(iri, name)]
    lines += [f"  {'facet':<22}{scheme.name(facet)}" for facet in scheme.facets(iri)]
    for name in ("skos:broader", "skos:narrower", "skos:related", "skos:exactMatch", "skos:closeMatch",
                 "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch", "dcterms:isReplacedBy"):  # fmt: skip
        lines += [f"  {name:<22}{to}" for to in scheme.links(iri, name)]
    if scheme.is_given_up(iri):
        lines.append(f"  {'owl:deprecated':<22}true")
    return "\n".join(lines)


def candidates_text(candidates: Sequence[CandidateConcept], scheme: Scheme, language: Language) -> str:
    """Return the candidates, with the pages that use them and what they resemble."""
    lines: list[str] = []
    for candidate in candidates:
        facets = ", ".join(field_label(facet, language) for facet in candidate.facets)
        used = in_number(f"{len(candidate.pages)} {_WORDS['pages'][language]}", language)
        lines.append(f"{shown(candidate.label)}  ({facets}; {used})")
        lines += [f"    {shown(title)}" for title, _ in candidate.pages[:_MOST_PAGES]]
        if len(candidate.pages) > _MOST_PAGES:
            lines.append("    …")
        near = ", ".join(f"{scheme.name(near.iri)} “{near.label}” {near.score:.2f}" for near in candidate.near)
        lines.append(f"  → {_WORDS['near'][language]} {near}" if near else f"  → {_WORDS['nothing-near'][language]}")
    return "\n".join(lines) or _WORDS["none"][language]


def findings_text(findings: Sequence[Finding], scheme: Scheme, language: Language) -> str:
    """Return what is to be mended, a line each, and how much there is of it."""
    lines = [f"{_SEVERITIES[one.severity][language]}: {one.name} {one.problem[language]}" for one in findings]
    counts = Counter(one.severity for one in findings)
    total = len(scheme.concepts)
    code = "summary" if findings else "all-well"
    told = said(code, value=total, faults=counts["fault"], warnings=counts["warning"], advice=counts["advice"])
    return "\n".join([*lines, told[language]])


def to_json(value: Any) -> bytes:
    """Return named tuples, and lists of them, as JSON objects."""
    return msgspec.json.format(msgspec.json.encode(_plain(value)), indent=2)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(shown(row[column])) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(shown(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])
