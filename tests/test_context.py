"""The JSON-LD context: a key for every property that is published, and nothing lost on the way there and back.

Its rule: a term of schema.org is called as there (``name``), any other by its compact name (``dcterms:title``).
Texts stand by language, with ``@none`` for names that are in none; what can be repeated is always an array.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import pyoxigraph as ox
import pytest
from pyld import jsonld
from rdflib import Graph
from rdflib.compare import isomorphic

from commons_ld.artefacts import artefact
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.media_types import MEDIA_TYPES
from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.record import RecordFields

EXAMPLE: Final = Path(__file__).parent / "cases" / "example" / "plaidoyer.ttl"

#: How the values of the crosswalk are written: as texts by language, with a datatype, as they are, or as IRIs.
TEXTS: Final = frozenset({"text", "label", "pages"})
DATATYPES: Final = {
    "date": "date",
    "duration": "duration",
    "integer": "integer",
    "decimal": "decimal",
    "moment": "dateTime",
    "start": "dateTime",
}
STRINGS: Final = frozenset({"string", "language_tag"})

#: The fields of a record that hold several values.
REPEATED: Final = {field.name for field in msgspec.structs.fields(RecordFields) if field.default == ()}


@cache
def context() -> dict[str, Any]:
    document: dict[str, dict[str, Any]] = json.loads(artefact("ontology/context.jsonld").read_text(encoding="utf-8"))
    return document["@context"]


@cache
def terms() -> dict[str, dict[str, str]]:
    """Return the definitions that are no prefixes, by name."""
    return {name: definition for name, definition in context().items() if isinstance(definition, dict)}


@cache
def by_iri() -> dict[str, tuple[str, dict[str, str]]]:
    """Return name and definition of each term, by its IRI."""
    return {expand(definition["@id"]): (name, definition) for name, definition in terms().items()}


def n_quads(*paths: Path) -> str:
    """Return the statements of files, one a line."""
    return "".join(f"{quad.triple} .\n" for path in paths for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE))


def compacted(statements: str) -> dict[str, Any]:
    """Return statements as pyld compacts them with our context."""
    expanded = jsonld.from_rdf(statements, {"format": "application/n-quads"})
    document: dict[str, Any] = jsonld.compact(expanded, {"@context": context()}, {"graph": True})
    return document


def lines(statements: str) -> list[str]:
    return sorted(filter(None, statements.splitlines()))


def members(node: Any) -> list[tuple[str, Any]]:
    """Return the keys and values of a document, at any depth."""
    if isinstance(node, list):
        return [pair for item in node for pair in members(item)]
    if isinstance(node, dict):
        return [pair for key, value in node.items() for pair in ((key, value), *members(value))]
    return []


# ── How it is written ────────────────────────────────────────────────────────────────────────────────


def test_only_the_plain_part_of_json_ld_is_used() -> None:
    """Prefixes, and terms with an IRI, a type and a container: any reader understands them, and none asks the network."""
    assert {name for name in context() if name.startswith("@")} == {"@version"}
    for definition in terms().values():
        assert "@id" in definition
        assert definition.keys() <= {"@id", "@type", "@container"}
        assert definition.get("@container", "@set") in {"@set", "@language"}
        assert not ("@type" in definition and definition.get("@container") == "@language")


def test_the_prefixes_are_those_of_the_code() -> None:
    """A compact name means the same in JSON-LD as in Turtle."""
    assert {name: iri for name, iri in context().items() if isinstance(iri, str)} == PREFIXES


@pytest.mark.parametrize("name", sorted(terms()))
def test_a_term_is_called_by_the_rule(name: str) -> None:
    """A term of schema.org has its name there; any other has its compact name."""
    compact = terms()[name]["@id"]

    assert name == compact.removeprefix("schema:")


def test_no_iri_has_two_terms() -> None:
    """There is one key for a property, so that a reader knows where to look."""
    assert [iri for iri, count in Counter(term["@id"] for term in terms().values()).items() if count > 1] == []


# ── What it holds to the crosswalk ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("property_", sorted({name for rule in CROSSWALK for name in rule.properties}))
def test_every_property_that_is_written_has_a_term(property_: str) -> None:
    """No property of a record is left to a prefix alone."""
    assert expand(property_) in by_iri()


def test_every_class_of_schema_org_that_is_written_has_a_term() -> None:
    """The type of a node reads ``Event``; those of other vocabularies read ``cld:Session``."""
    classes = {name for row in NODE_TYPES.values() for name in row} | {
        name for row in MEDIA_TYPES.values() for name in row
    }
    for name in classes:
        if name.startswith("schema:"):
            assert by_iri()[expand(name)] == (name.removeprefix("schema:"), {"@id": name})


@pytest.mark.parametrize("rule", CROSSWALK, ids=str)
def test_a_term_has_the_form_of_its_values(rule: Rule) -> None:
    """Texts stand by language, numbers and durations have their datatype, and what points to a thing is an IRI."""
    for property_ in rule.properties:
        definition = by_iri()[expand(property_)][1]
        by_language = definition.get("@container") == "@language"
        if rule.term in TEXTS:
            # The length of a text stands where most values are durations: it brings its language along.
            assert by_language or property_ == "dcterms:extent"
        elif rule.term in STRINGS:
            assert "@type" not in definition
        elif rule.term in DATATYPES:
            kinds = {
                DATATYPES[other.term]
                for other in CROSSWALK
                if property_ in other.properties and other.term in DATATYPES
            }
            assert definition["@type"].removeprefix("xsd:") in kinds
        else:
            assert definition["@type"] == "@id"


@pytest.mark.parametrize(
    "rule", [rule for rule in CROSSWALK if rule.node in ("session", "media") and rule.field in REPEATED], ids=str
)
def test_what_can_be_repeated_is_always_an_array(rule: Rule) -> None:
    """A reader never has to ask whether there is one value or several."""
    for property_ in rule.properties:
        assert by_iri()[expand(property_)][1].get("@container") == "@set"


# ── There and back ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [EXAMPLE, artefact("ontology/concepts.ttl")], ids=["a record", "the concept scheme"])
def test_compacting_and_expanding_loses_nothing(path: Path) -> None:
    """What pyld compacts with the context, pyld, pyoxigraph and rdflib read back as the same statements."""
    statements = n_quads(path)

    document = compacted(statements)

    assert lines(jsonld.to_rdf(document, {"format": "application/n-quads"})) == lines(statements)
    text = json.dumps(document)
    read = {str(quad.triple) + " ." for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD)}
    assert sorted(read) == lines(statements)
    graph = Graph().parse(data=text, format="json-ld")
    assert isomorphic(graph, Graph().parse(data=statements, format="nt"))


def test_a_record_reads_like_schema_org() -> None:
    """Every key of the example is a term, every reference a bare IRI and every literal bare or by language."""
    document = compacted(n_quads(EXAMPLE))

    found = [(key, value) for key, value in members(document["@graph"]) if key in terms()]
    keywords = {"@id", "@type", "@none", "fr", "und"}
    assert {key for key, _ in members(document["@graph"])} <= terms().keys() | keywords
    assert found
    assert not [pair for pair in found if "@value" in json.dumps(pair[1]) or "@id" in json.dumps(pair[1])]


def test_names_and_titles_are_found_under_one_key() -> None:
    """A title stands under its language, a name that is in no language under ``@none``, both in ``name``."""
    nodes = {node["@id"]: node for node in compacted(n_quads(EXAMPLE))["@graph"]}
    base = "https://w3id.org/commons-ld/remix/"

    assert nodes[f"{base}session/21-12-plaidoyer-2022"]["name"] == {"fr": "21.12 Plaidoyer 2022"}
    assert nodes[f"{base}person/louise-guillot"]["name"] == {"@none": "Louise Guillot"}
    assert nodes["https://www.org.meet.coop"]["name"] == {"und": "The Online Meeting Co-operative"}


@pytest.mark.parametrize(
    ("property_", "literal"),
    [
        ("dcterms:created", f'"2021"^^<{expand("xsd:gYear")}>'),
        ("schema:startDate", f'"2021-12"^^<{expand("xsd:gYearMonth")}>'),
        ("schema:dateCreated", f'"2021-12-02"^^<{expand("xsd:date")}>'),
        ("schema:dateCreated", f'"2021-12-02T14:09:00+01:00"^^<{expand("xsd:dateTime")}>'),
        ("dcterms:extent", '"12 pages"@fr'),
        ("schema:duration", '"00/25:00"'),
        ("schema:latitude", f'"45.76"^^<{expand("xsd:decimal")}>'),
        ("schema:name", '"Deux\\nlignes"@fr-ca'),
    ],
)
def test_a_value_of_another_form_survives(property_: str, literal: str) -> None:
    """A year, a number of pages, or what is no duration at all keeps its datatype or language there and back."""
    statement = f"<https://example.org/a> <{expand(property_)}> {literal} .\n"

    document = compacted(statement)

    assert lines(jsonld.to_rdf(document, {"format": "application/n-quads"})) == lines(statement)
    read = [str(quad.triple) + " ." for quad in ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD)]
    assert read == lines(statement)
