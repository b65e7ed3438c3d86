"""The vocabulary and the concepts: complete in French and English, sound as OWL and SKOS, and in step with the code."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from commons_ld.artefacts import artefact, artefacts
from commons_ld.crosswalk_graph import crosswalk_block
from commons_ld.iris import slug
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES
from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.settings import Settings
from commons_ld.text import fold

CLD: Final = Namespace(PREFIXES["cld"])
SCHEMA: Final = Namespace(PREFIXES["schema"])
REMIX: Final = "https://w3id.org/commons-ld/remix/"
ONTOLOGY: Final = URIRef("https://w3id.org/commons-ld/ns")
SCHEME: Final = URIRef(REMIX + "concepts")
CC0: Final = URIRef("https://creativecommons.org/publicdomain/zero/1.0/")

#: The list that the concepts were taken from; it is not part of the project.
VOCABULARY: Final = Path(__file__).parents[2] / "shared" / "vocabulary.csv"
FACETS: Final = {"objet": "objets", "enjeu": "enjeux", "action": "actions", "resultat": "resultats"}


@cache
def commons() -> Graph:
    return Graph().parse(artefact("ontology/commons.ttl"))


@cache
def concepts() -> Graph:
    return Graph().parse(artefact("ontology/concepts.ttl"))


def declared() -> set[URIRef]:
    return {term for term in commons().subjects() if isinstance(term, URIRef) and term in CLD}


def all_concepts() -> set[URIRef]:
    return {term for term in concepts().subjects(RDF.type, SKOS.Concept) if isinstance(term, URIRef)}


def texts(graph: Graph, subject: URIRef, predicate: URIRef) -> list[Literal]:
    return [text for text in graph.objects(subject, predicate) if isinstance(text, Literal)]


def languages(graph: Graph, subject: URIRef, predicate: URIRef) -> list[str | None]:
    return [text.language for text in texts(graph, subject, predicate)]


# ── The vocabulary ───────────────────────────────────────────────────────────────────────────────────


def test_the_terms_that_the_crosswalk_uses_are_the_declared_ones() -> None:
    """Every term of ours that a record, or the crosswalk, is written with is declared, and every declared term is used."""
    block = crosswalk_block(Settings()).data.decode()
    told = {URIRef(iri) for iri in re.findall(f"<({re.escape(PREFIXES['cld'])}\\w+)>", block)}
    names = {name for rule in CROSSWALK for name in rule.properties} | {
        name for row in NODE_TYPES.values() for name in row
    }

    assert {URIRef(expand(name)) for name in names if name.startswith("cld:")} | told == declared()


def test_the_terms_that_the_shapes_and_the_context_use_are_declared() -> None:
    """No published file says a term of ours that the vocabulary does not declare."""
    pattern = re.compile(r"\bcld:(\w+)|" + re.escape(PREFIXES["cld"]) + r"(\w+)")
    for path in (*artefacts("shapes"), artefact("ontology/context.jsonld"), artefact("ontology/concepts.ttl")):
        said = {local or other for local, other in pattern.findall(path.read_text(encoding="utf-8"))}
        assert {CLD[local] for local in said} <= declared(), path.name


@pytest.mark.parametrize("term", sorted(declared()), ids=lambda term: term.rpartition("#")[2])
def test_every_term_is_told_in_french_and_in_english(term: URIRef) -> None:
    """Each class and property has one label, one comment and one example a language, French and English at least."""
    for predicate in (RDFS.label, RDFS.comment, SKOS.example):
        told = languages(commons(), term, predicate)
        assert {"fr", "en"} <= set(told)
        assert len(told) == len(set(told))
    assert (term, RDFS.isDefinedBy, ONTOLOGY) in commons()


def test_the_classes_narrow_those_that_others_know() -> None:
    """A session is an event, a candidate is a concept."""
    assert set(commons().subject_objects(RDFS.subClassOf)) == {
        (CLD.Session, SCHEMA.Event),
        (CLD.CandidateConcept, SKOS.Concept),
    }
    assert set(commons().subjects(RDF.type, OWL.Class)) == {
        CLD.Session,
        CLD.CandidateConcept,
        CLD.CrosswalkRow,
        CLD.NodeKind,
    }


@pytest.mark.parametrize("facet", ["objetDeCommun", "enjeu", "action", "resultatAttendu"])
def test_a_facet_narrows_subject_and_about(facet: str) -> None:
    """Whoever asks for the subject of a record finds its facets; and they are concepts."""
    assert (CLD[facet], RDF.type, OWL.ObjectProperty) in commons()
    assert set(commons().objects(CLD[facet], RDFS.subPropertyOf)) == {DCTERMS.subject, SCHEMA.about}
    assert set(commons().objects(CLD[facet], RDFS.range)) == {SKOS.Concept}


@pytest.mark.parametrize("facet", ["objetDeCommun", "enjeu", "action", "resultatAttendu"])
def test_the_crosswalk_writes_what_a_facet_implies(facet: str) -> None:
    """A store without inference answers alike: beside each facet stand the properties that it narrows."""
    rules = [rule for rule in CROSSWALK if f"cld:{facet}" in rule.properties]

    assert len(rules) == 2
    assert all({"dcterms:subject", "schema:about"} <= set(rule.properties) for rule in rules)


def test_the_header_tells_version_licence_and_authors() -> None:
    """The ontology says what it is called, which version it is, who made it and what one may do with it."""
    assert (ONTOLOGY, RDF.type, OWL.Ontology) in commons()
    assert {"fr", "en"} <= set(languages(commons(), ONTOLOGY, DCTERMS.title))
    assert {"fr", "en"} <= set(languages(commons(), ONTOLOGY, DCTERMS.description))
    assert commons().value(ONTOLOGY, DCTERMS.license) == CC0
    version = commons().value(ONTOLOGY, OWL.versionInfo)
    assert commons().value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/{version}")
    creator = commons().value(ONTOLOGY, DCTERMS.creator)
    assert isinstance(creator, URIRef)
    assert (creator, SCHEMA.name, None) in commons()


def test_nothing_is_disjoint() -> None:
    """A concept may be any facet of a record, and a session anything else: the vocabulary excludes nothing."""
    excluding = {
        OWL.disjointWith,
        OWL.AllDisjointClasses,
        OWL.propertyDisjointWith,
        OWL.complementOf,
        OWL.disjointUnionOf,
    }

    assert not excluding & {term for triple in commons() for term in triple}


@pytest.mark.parametrize("graph", [commons, concepts], ids=["commons", "concepts"])
def test_there_are_no_blank_nodes(graph: Callable[[], Graph]) -> None:
    """Whatever is described can be cited."""
    assert not [term for triple in graph() for term in triple if isinstance(term, BNode)]


@pytest.mark.parametrize("folder", ["ontology", "shapes"])
def test_prefixes_are_those_of_the_code(folder: str) -> None:
    """A prefix means the same in the published files as in the code."""
    prefix = re.compile(r"^@prefix (\w+):\s+<([^>]+)> \.$", re.MULTILINE)
    for path in artefacts(folder):
        if path.suffix == ".ttl":
            for name, iri in prefix.findall(path.read_text(encoding="utf-8")):
                assert PREFIXES.get(name, iri) == iri, path.name


# ── The concepts ─────────────────────────────────────────────────────────────────────────────────────


def test_the_scheme_is_described_in_both_languages() -> None:
    """The one scheme has a title, a description and a licence."""
    assert list(concepts().subjects(RDF.type, SKOS.ConceptScheme)) == [SCHEME]
    assert set(languages(concepts(), SCHEME, DCTERMS.title)) == {"fr", "en"}
    assert set(languages(concepts(), SCHEME, DCTERMS.description)) == {"fr", "en"}
    assert concepts().value(SCHEME, DCTERMS.license) == CC0


def test_every_concept_is_in_the_scheme_and_at_its_top() -> None:
    """There is no hierarchy yet, so that each concept is a top concept; and nothing else is."""
    assert set(concepts().subjects(SKOS.inScheme, SCHEME)) == all_concepts()
    assert set(concepts().objects(SCHEME, SKOS.hasTopConcept)) == all_concepts()


@pytest.mark.parametrize("concept", sorted(all_concepts()), ids=lambda concept: concept.rpartition("/")[2])
def test_a_concept_is_named_after_its_french_label(concept: URIRef) -> None:
    """The IRI of a concept holds the slug of its French label, as the mapping would make it."""
    labels = {label.language: str(label) for label in texts(concepts(), concept, SKOS.prefLabel)}

    assert labels.keys() == {"fr", "en"}
    assert str(concept) == f"{REMIX}concept/{slug(labels['fr'])}"


def test_no_label_names_two_concepts() -> None:
    """A label of a page, however it is spelled, finds one concept."""
    named: dict[str, set[Node]] = {}
    for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
        for concept, label in concepts().subject_objects(predicate):
            if concept in all_concepts():
                named.setdefault(fold(str(label)), set()).add(concept)

    assert not {label: found for label, found in named.items() if len(found) > 1}


def test_every_concept_stands_in_a_facet() -> None:
    """The four collections hold all concepts, some of them twice, and have labels in both languages."""
    collections = {URIRef(f"{REMIX}concepts/{name}") for name in FACETS.values()}
    members = list(concepts().objects(None, SKOS.member))

    assert set(concepts().subjects(RDF.type, SKOS.Collection)) == collections
    assert set(members) == all_concepts()
    assert len(members) > len(set(members))
    for collection in collections:
        assert set(languages(concepts(), collection, SKOS.prefLabel)) == {"fr", "en"}


def skos_faults(graph: Graph) -> set[str]:
    """Return the integrity conditions of SKOS (https://www.w3.org/TR/skos-reference/) that ``graph`` breaks."""
    faults = set()
    kinds = [set(graph.subjects(RDF.type, kind)) for kind in (SKOS.Concept, SKOS.ConceptScheme, SKOS.Collection)]
    if kinds[0] & kinds[1]:
        faults.add("S9")
    if kinds[2] & (kinds[0] | kinds[1]):
        faults.add("S37")
    labels = [set(graph.subject_objects(kind)) for kind in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)]
    if any(one & other for one, other in combinations(labels, 2)):
        faults.add("S13")
    by_language = [(subject, label.language) for subject, label in labels[0] if isinstance(label, Literal)]
    if len(by_language) > len(set(by_language)):
        faults.add("S14")
    hierarchy = Graph()
    for narrow, wide in graph.subject_objects(SKOS.broader):
        hierarchy.add((narrow, SKOS.broader, wide))
    for wide, narrow in graph.subject_objects(SKOS.narrower):
        hierarchy.add((narrow, SKOS.broader, wide))
    for one, other in graph.subject_objects(SKOS.related):
        if other in hierarchy.transitive_objects(one, SKOS.broader) or one in hierarchy.transitive_objects(
            other, SKOS.broader
        ):
            faults.add("S27")
    exact = {frozenset(pair) for pair in graph.subject_objects(SKOS.exactMatch)}
    for kind in (SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch):
        if exact & {frozenset(pair) for pair in graph.subject_objects(kind)}:
            faults.add("S46")
    return faults


def test_the_concepts_keep_the_integrity_of_skos() -> None:
    """Schemes are no concepts, labels do not clash, and what is related is not broader (S9, S13, S14, S27, S37, S46)."""
    published = Graph()
    for path in artefacts("ontology"):
        if path.suffix == ".ttl":
            published.parse(path)

    assert skos_faults(published) == set()


@pytest.mark.parametrize(
    ("condition", "statements"),
    [
        ("S9", "<concepts> a skos:Concept ."),
        ("S13", '<concept/plaidoyer> skos:altLabel "Plaidoyer"@fr .'),
        ("S13", '<concept/plaidoyer> skos:altLabel "Avocat"@fr ; skos:hiddenLabel "Avocat"@fr .'),
        ("S14", '<concept/plaidoyer> skos:prefLabel "Avocat"@fr .'),
        (
            "S27",
            "<concept/a> skos:broader <concept/b> . <concept/c> skos:narrower <concept/b> ; skos:related <concept/a> .",
        ),
        ("S37", "<concepts/actions> a skos:Concept ."),
        ("S46", "<concept/a> skos:exactMatch <concept/b> . <concept/b> skos:broadMatch <concept/a> ."),
    ],
)
def test_each_condition_of_skos_is_seen_to_break(condition: str, statements: str) -> None:
    """The check above finds each fault where there is one."""
    prefixes = f"@base <{REMIX}> . @prefix skos: <{SKOS}> . "
    graph = concepts() + Graph().parse(data=prefixes + statements, format="turtle")

    assert skos_faults(graph) == {condition}


def vocabulary() -> list[dict[str, str]]:
    """Return the rows of the list that are about concepts."""
    with VOCABULARY.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["facet"] in FACETS]


@pytest.mark.skipif(not VOCABULARY.is_file(), reason="the list that the concepts were taken from is not at hand")
def test_every_label_of_the_list_is_a_concept_of_its_facet() -> None:
    """No label is lost, none is added, and each stands in the collection of its facet, under its English label."""
    rows = vocabulary()

    assert {URIRef(f"{REMIX}concept/{slug(row['label_fr'])}") for row in rows} == all_concepts()
    for row in rows:
        concept = URIRef(f"{REMIX}concept/{slug(row['label_fr'])}")
        collection = URIRef(f"{REMIX}concepts/{FACETS[row['facet']]}")
        assert Literal(row["label_fr"], lang="fr") in set(concepts().objects(concept, SKOS.prefLabel))
        assert (collection, SKOS.member, concept) in concepts()
        known = {
            fold(label)
            for predicate in (SKOS.prefLabel, SKOS.altLabel)
            for label in texts(concepts(), concept, predicate)
            if label.language == "en"
        }
        assert {fold(part) for part in re.split(r" / | \(|\)", row["label_en"]) if part} <= known


@pytest.mark.skipif(not VOCABULARY.is_file(), reason="the list that the concepts were taken from is not at hand")
def test_only_what_is_known_is_told_of_a_concept() -> None:
    """A definition or a note stands where the list gives a fact, in both languages, and nowhere else."""
    told = {
        concept: set(languages(concepts(), concept, predicate))
        for predicate in (SKOS.definition, SKOS.note)
        for concept in all_concepts()
        if (concept, predicate, None) in concepts()
    }

    assert all(found == {"fr", "en"} for found in told.values())
    assert told.keys() == {
        URIRef(f"{REMIX}concept/{slug(row['label_fr'])}") for row in vocabulary() if row["definition_fact"]
    }


def test_concepts_are_sorted() -> None:
    """A new concept has one place in the file."""
    text = artefact("ontology/concepts.ttl").read_text(encoding="utf-8")
    described = re.findall(r"^concept:([a-z0-9-]+) a skos:Concept", text, re.MULTILINE)

    assert described == sorted(described)
    for block in re.findall(r"^    skos:(?:member|hasTopConcept)\n([^.;]+)[.;]", text, re.MULTILINE):
        listed = re.findall(r"concept:([a-z0-9-]+)", block)
        assert listed == sorted(listed)
        assert listed


@pytest.mark.parametrize("folder", ["ontology", "shapes"])
def test_what_is_published_is_free(folder: str) -> None:
    """The folder carries its licence, by name and address."""
    text = (artefacts(folder)[0].parent / "LICENSE").read_text(encoding="utf-8")

    assert "CC0-1.0" in text
    assert str(CC0) in text
