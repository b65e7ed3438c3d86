"""What the store tells a reconciliation service: the values of properties, and the entities that have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import msgspec
import pyoxigraph as ox

from commons_ld.likeness import to_key
from commons_ld.rdf.namespaces import expand
from commons_ld.reconciling.matching import Matcher
from commons_ld.reconciling.questions import Condition
from commons_ld.web.edition import Edition
from commons_ld.web.worker import Question

__all__ = ["StoreFacts", "Value"]

#: How many entities are asked about in one query of the store, and how many are found by a property alone.
_ASKED, _FOUND = 200, 200
_DATE: Final = ox.NamedNode(expand("xsd:date"))
_YEAR: Final = (ox.NamedNode(expand("xsd:gYear")), ox.NamedNode(expand("xsd:gYearMonth")))
#: In which languages a text may stand that is sought as a value.
_LANGUAGES: Final = ("fr", "en", "es", "und")


class Value(NamedTuple):
    """A value of a property.

    :param text: of the literal, or the IRI
    :param datatype: its IRI, or ``""``
    """

    is_iri: bool
    text: str
    language: str = ""
    datatype: str = ""


class StoreFacts:
    """Asks the store that is served, on the account of one client.

    :raises Refused: by every method, if the store does not answer now
    """

    def __init__(self, edition: Edition, matcher: Matcher, client: str) -> None:
        self._edition, self._matcher, self._client = edition, matcher, client

    def values(self, iris: Collection[str], properties: Collection[str]) -> Mapping[tuple[str, str], list[Value]]:
        """Return the values of properties of entities, in their order, each once."""
        found: defaultdict[tuple[str, str], set[Value]] = defaultdict(set)
        subjects, predicates = _terms(iris), _terms(properties)
        if not predicates:
            return {}
        for start in range(0, len(subjects), _ASKED):
            query = (
                f"SELECT DISTINCT ?s ?p ?o {{ VALUES ?s {{ {' '.join(subjects[start : start + _ASKED])} }} "
                f"VALUES ?p {{ {' '.join(predicates)} }} ?s ?p ?o }}"
            )
            for row in self._rows(query):
                found[row["s"]["value"], row["p"]["value"]].add(_value(row["o"]))
        return {key: sorted(values) for key, values in found.items()}

    def texts(self, iris: Collection[str], properties: Collection[str]) -> Mapping[tuple[str, str], list[str]]:
        """Return the values as texts, as the matching compares them."""
        return {key: [value.text for value in values] for key, values in self.values(iris, properties).items()}

    def having(self, condition: Condition) -> list[str]:
        """Return the IRIs of some entities that have one of the values of a property."""
        terms: list[str] = []
        for value in condition.values:
            terms += _terms([value]) if "://" in value else ()
            key = to_key(value)
            labels = self._matcher.labels.of_key(key) if key else ()
            terms += _terms({f"{self._matcher.policy.base_iri}{label.kind}/{label.slug}" for label in labels})
            literals = [ox.Literal(value), ox.Literal(value, datatype=_DATE)]
            literals += (ox.Literal(value, datatype=datatype) for datatype in _YEAR)
            literals += (ox.Literal(value, language=language) for language in _LANGUAGES)
            terms += map(str, literals)
        prop = _terms([condition.prop]) if condition.prop else []
        if not prop:
            return []
        query = (
            f"SELECT DISTINCT ?s {{ VALUES ?o {{ {' '.join(dict.fromkeys(terms))} }} ?s {prop[0]} ?o "
            f"FILTER isIRI(?s) }} ORDER BY ?s LIMIT {_FOUND}"
        )
        return [row["s"]["value"] for row in self._rows(query)]

    def _rows(self, query: str) -> list[dict[str, Any]]:
        answer = self._edition.asked(Question(query), self._client)
        body = answer.body
        if answer.spool:
            with answer.spool as spool:
                body = spool.read()
        rows: list[dict[str, Any]] = msgspec.json.decode(body)["results"]["bindings"]
        return rows


def _terms(iris: Collection[str]) -> list[str]:
    """Return IRIs as they are written in a query, without those that are none."""
    terms = []
    for iri in iris:
        try:
            terms.append(str(ox.NamedNode(iri)))
        except ValueError:
            continue
    return terms


def _value(term: Mapping[str, str]) -> Value:
    return Value(term["type"] == "uri", term["value"], term.get("xml:lang", ""), term.get("datatype", ""))
