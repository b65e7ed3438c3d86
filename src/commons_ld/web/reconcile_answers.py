"""What a reconciliation service answers: candidates, suggestions and values, in the JSON of each version of the API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from commons_ld.iris import IriPolicy
from commons_ld.likeness import to_key
from commons_ld.messages import Language
from commons_ld.rdf.namespaces import expand
from commons_ld.reconciling.labels import Entity, Label
from commons_ld.reconciling.matching import Matcher, best_label
from commons_ld.reconciling.questions import Candidate
from commons_ld.sentences import in_number
from commons_ld.web.reconcile_facts import StoreFacts, Value
from commons_ld.web.reconcile_manifest import Version
from commons_ld.web.reconcile_reading import Extension, to_property
from commons_ld.web.reconcile_words import FEATURES, WORDS, Named, properties_of, types_of

__all__ = ["Answers"]

_INTEGERS: Final = frozenset(expand(f"xsd:{name}") for name in ("integer", "int", "long", "nonNegativeInteger"))
_NUMBERS: Final = frozenset(expand(f"xsd:{name}") for name in ("decimal", "double", "float"))
_DATE, _MOMENT = expand("xsd:date"), expand("xsd:dateTime")
#: A day, and a moment, as the schema of the answers has them.
_DAY: Final = re.compile(r"-?\d{4,}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII)


class Answers:
    """Answers in one language and one version of the API."""

    def __init__(self, matcher: Matcher, policy: IriPolicy, language: Language, version: Version) -> None:
        self._matcher, self._policy, self._language, self._version = matcher, policy, language, version

    # ── Candidates and suggestions ────────────────────────────────────────────────────────────────────

    def candidates(self, found: Sequence[Candidate]) -> list[dict[str, Any]]:
        """Return the candidates of one query."""
        labels = self._labels(found)
        return [
            {
                "id": self.iri(candidate.kind, candidate.slug),
                "name": labels[candidate.number].label,
                "description": self._description(candidate, labels[candidate.number]),
                "type": [type_._asdict() for type_ in types_of(candidate.kind, self._language)],
                "score": candidate.score,
                "match": candidate.is_match,
                "features": [self._feature(name, value) for name, value in candidate.features],
            }
            for candidate in found
        ]

    def entities(self, found: Sequence[Candidate]) -> list[dict[str, Any]]:
        """Return entities that are suggested."""
        labels = self._labels(found)
        return [
            {
                "id": self.iri(candidate.kind, candidate.slug),
                "name": labels[candidate.number].label,
                "description": self._description(candidate, labels[candidate.number]),
                "notable": [type_._asdict() for type_ in types_of(candidate.kind, self._language)],
            }
            for candidate in found
        ]

    @staticmethod
    def named(known: Iterable[Named], prefix: str) -> list[dict[str, Any]]:
        """Return the types, or the properties, that are called so, or a word of whose names begins so."""
        key, unique = to_key(prefix), {row.id: row for row in known}
        if prefix in unique:
            return [unique[prefix]._asdict()]
        return [row._asdict() for row in unique.values() if not prefix.strip() or f" {key}" in f" {to_key(row.name)}"]

    def _labels(self, found: Sequence[Candidate]) -> dict[int, Label]:
        """Return the label that each candidate is shown by."""
        of: dict[int, list[Label]] = {}
        for label in self._matcher.labels.of_entities([candidate.number for candidate in found]):
            of.setdefault(label.entity, []).append(label)
        return {number: best_label(labels, self._language) for number, labels in of.items()}

    def _description(self, candidate: Candidate, shown: Label) -> str:
        """Tell an entity from others of its name: what it is, how often and when, and what it was found by."""
        entity = self._matcher.labels.entity(candidate.number)
        parts = [types_of(candidate.kind, self._language)[0].name, *self._told(entity)]
        if candidate.label not in ("", shown.label):
            parts.append(f"« {candidate.label} »" if self._language == "fr" else f"“{candidate.label}”")
        return " · ".join(parts)

    def _told(self, entity: Entity) -> list[str]:
        words = WORDS[self._language]
        if entity.date:
            return [entity.date]
        if entity.kind in ("person", "organization"):
            return [in_number(words["records"].format(count=entity.records), self._language)] if entity.records else []
        return [in_number(words[facet].format(count=count), self._language) for facet, count in entity.facets]

    def _feature(self, name: str, value: float | bool) -> dict[str, Any]:
        told = {"id": name, "value": value}
        return told | {"name": FEATURES[self._language][name]} if self._version == "1.0-draft" else told

    # ── Values of properties ───────────────────────────────────────────────────────────────────────────

    def proposal(self, kinds: tuple[str, ...], limit: int) -> list[dict[str, Any]]:
        """Return the properties that are told of some kinds of entities."""
        known = [row._asdict() for row in properties_of(kinds, self._language)]
        return known[:limit] if limit else known

    def extension(self, asked: Extension, facts: StoreFacts) -> dict[str, Any]:
        """Return the values of properties of entities."""
        names = {row.id: row.name for row in properties_of((), self._language)}
        iris = {given: self.entity_iri(given) for given in asked.ids}
        properties = {wanted.id: to_property(wanted.id) for wanted in asked.properties}
        told = facts.values([iri for iri in iris.values() if iri], [prop for prop in properties.values() if prop])
        rows = {
            given: {
                wanted.id: self._values(told.get((iri, properties[wanted.id]), ()), wanted.limit)
                for wanted in asked.properties
            }
            for given, iri in iris.items()
        }
        meta = [{"id": wanted.id, "name": names.get(properties[wanted.id], wanted.id)} for wanted in asked.properties]
        if self._version == "0.2":
            return {"meta": meta, "rows": rows}
        listed = [
            {"id": given, "properties": [{"id": prop, "values": values} for prop, values in row.items()]}
            for given, row in rows.items()
        ]
        return {"meta": meta, "rows": listed}

    def _values(self, values: Sequence[Value], limit: int) -> list[dict[str, Any]]:
        # Texts in the reader's language come first; those in others are there too.
        ordered = sorted(values, key=lambda value: value.language not in ("", self._language))
        return [self._value(value) for value in (ordered[:limit] if limit else ordered)]

    def _value(self, value: Value) -> dict[str, Any]:
        if value.is_iri:
            known = self._policy.parse(value.text)
            labels = self._matcher.labels.named(known.kind, known.slug) if known and not known.part else []
            # What is no entity of this service is told as a text (section "Data Extension Responses").
            return (
                {"id": value.text, "name": best_label(labels, self._language).label} if labels else {"str": value.text}
            )
        if value.datatype in (_DATE, _MOMENT) and _DAY.fullmatch(value.text):
            return {"date": value.text if "T" in value.text else f"{value.text}T00:00:00Z"}
        try:
            if value.datatype in _INTEGERS:
                return {"int": int(value.text)}
            if value.datatype in _NUMBERS:
                return {"float": float(value.text)}
        except ValueError:
            pass  # it is told as it is written
        told = {"str": value.text}
        if self._version == "1.0-draft" and value.language not in ("", "und"):
            told["lang"] = value.language
        return told

    # ── IRIs ─────────────────────────────────────────────────────────────────────────────────────────

    def iri(self, kind: str, slug: str) -> str:
        """Return the IRI of an entity."""
        return f"{self._policy.base_iri}{kind}/{slug}"

    def entity_iri(self, given: str) -> str:
        """Return the IRI of an entity that is here, given whole or without its beginning; ``""`` for any other."""
        for iri in (given, self._policy.base_iri + given):
            known = self._policy.parse(iri)
            if known is not None and not known.part and self._matcher.labels.named(known.kind, known.slug):
                return iri
        return ""

    def preview(self, iri: str, facts: StoreFacts | None) -> Mapping[str, Any]:
        """Return what a small page tells of an entity.

        :param iri: as :meth:`entity_iri` returns it
        :param facts: what tells its texts; ``None`` to do without
        """
        known = self._policy.parse(iri)
        labels = self._matcher.labels.named(known.kind, known.slug) if known else []
        shown = best_label(labels, self._language)
        texts: Mapping[tuple[str, str], list[Value]] = {}
        if facts is not None:
            texts = facts.values([iri], [expand(name) for name in _TEXTS])
        told = [value for values in texts.values() for value in values if not value.is_iri]
        told.sort(key=lambda value: (value.language != self._language, value.text))
        entity = self._matcher.labels.entity(shown.entity)
        return {
            "iri": iri,
            "name": shown.label,
            "name_language": shown.language,
            "type": types_of(entity.kind, self._language)[0].name,
            "told": self._told(entity),
            "others": sorted({label.label for label in labels if label.rank < 2} - {shown.label}),
            "other_names": WORDS[self._language]["other"],
            "text": told[0].text if told else "",
            "text_language": told[0].language if told else "",
        }


#: What describes an entity.
_TEXTS: Final = ("skos:definition", "schema:description", "dcterms:description", "dcterms:abstract")
