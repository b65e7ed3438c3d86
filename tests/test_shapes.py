"""The shapes: well-formed, equal in French and English, and each one seen to fire.

A case is a conforming graph of ``cases/shapes/conforming/`` and a change to it, an RDF Patch
(https://afs.github.io/rdf-delta/rdf-patch.html) of ``cases/shapes/firing/``. Its header says which shape must
find a fault (``H fires``), in which graph or graphs (``H on``), and, where two constraints cannot be broken
apart, which other one must too (``H with``). Its rows take a statement away (``D``) or add one (``A``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from pyshacl import validate
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from commons_ld.artefacts import artefact, artefacts
from commons_ld.codes import languages
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.rdf.namespaces import PREFIXES, expand

CASES: Final = Path(__file__).parent / "cases"
BASE: Final = "https://w3id.org/commons-ld/remix/"
SHAPE: Final = "https://w3id.org/commons-ld/shapes#"
CONFORMING: Final = sorted((CASES / "shapes" / "conforming").glob("*.ttl"))

#: What asks something of a value: the parameters of SHACL Core that the shapes use, and SPARQL constraints.
CONSTRAINTS: Final = (
    *(SH["class"], SH.datatype, SH.equals, SH["in"], SH.languageIn, SH.lessThanOrEquals, SH.maxCount, SH.minCount),
    *(SH.minInclusive, SH.minLength, SH.nodeKind, SH["or"], SH.pattern, SH.sparql, SH.uniqueLang),
)
#: Words of specifications, which say nothing to the person who mends a page.
JARGON: Final = re.compile(
    r"[a-z](?:Count|Kind|Lang|In|Inclusive|Length)\b|\b(?:sh|xsd|rdf|dcterms|schema|skos):"
    r"|[Dd]atatype|[Ll]iteral|[Ll]ittéral|[Rr]egex|[Pp]attern"
)


class Case(NamedTuple):
    """A change to a conforming graph, and the shapes that must find fault with it."""

    name: str
    on: tuple[str, ...]
    fires: frozenset[str]
    rows: tuple[tuple[str, str], ...]


class Result(NamedTuple):
    """What a report says of one value."""

    shape: str
    severity: Node
    messages: frozenset[str]


@cache
def shapes() -> Graph:
    """Return all shapes as one graph."""
    graph = Graph()
    for path in artefacts("shapes"):
        graph.parse(path)
    return graph


@cache
def loaded() -> Graph:
    """Return the shapes for pySHACL, which writes what it infers into the graph that it is given."""
    return Graph() + shapes()


@cache
def conforming(name: str) -> Graph:
    return Graph().parse(CASES / "shapes" / "conforming" / f"{name}.ttl")


def names(kind: URIRef) -> set[str]:
    return {str(shape).removeprefix(SHAPE) for shape in shapes().subjects(RDF.type, kind)}


def in_languages(shape: URIRef, predicate: URIRef) -> dict[str | None, str]:
    """Return what a shape says, by language."""
    return {text.language: str(text) for text in shapes().objects(shape, predicate) if isinstance(text, Literal)}


def alternatives() -> set[Node]:
    """Return the shapes that stand in an ``sh:or``: they report through the shape that lists them."""
    return {shape for choice in shapes().objects(None, SH["or"]) for shape in Collection(shapes(), choice)}


def results(data_graph: Graph) -> list[Result]:
    _, report, _ = validate(data_graph, shacl_graph=loaded())
    return [
        Result(
            str(report.value(result, SH.sourceShape)).removeprefix(SHAPE),
            report.value(result, SH.resultSeverity),
            frozenset(str(message) for message in report.objects(result, SH.resultMessage)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    ]


def read_cases() -> Iterator[Case]:
    for path in sorted((CASES / "shapes" / "firing").glob("*.rdfp")):
        for number, patch in enumerate(path.read_text(encoding="utf-8").strip().split("\n\n"), start=1):
            rows = [line.partition(" ")[::2] for line in patch.splitlines() if not line.startswith("#")]
            header = [row.removesuffix(" .").split() for code, row in rows if code == "H"]
            said = {words[0]: tuple(words[1:]) for words in header}
            if unknown := {code for code, _ in rows} - {"H", "D", "A"} | said.keys() - {"fires", "on", "with"}:
                pytest.fail(f"{path.name}, case {number}: there is no such row: {unknown}")
            yield Case(
                f"{path.stem}-{number}-{said['fires'][0]}",
                said["on"],
                frozenset(said["fires"] + said.get("with", ())),
                tuple((code, row) for code, row in rows if code != "H"),
            )


def patched(case: Case) -> Graph:
    """Return the graph of a case; a change that changes nothing is a fault of the case."""
    graph = Graph()
    for name in case.on:
        graph += conforming(name)
    removed, added = statements(case, "D"), statements(case, "A")
    assert removed <= set(graph), f"not in {case.on}: {removed - set(graph)}"
    assert not added & set(graph)
    for triple in removed:
        graph.remove(triple)
    for triple in added:
        graph.add(triple)
    return graph


def statements(case: Case, code: str) -> set[tuple[Node, Node, Node]]:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    rows = "\n".join(row for of, row in case.rows if of == code)
    return set(Graph().parse(data=f"@base <{BASE}> .\n{prefixes}{rows}", format="turtle"))


CASE_LIST: Final = list(read_cases())


# ── What the shapes find ─────────────────────────────────────────────────────────────────────────────


# rdflib warns of a literal that is none of its datatype; that there is one is the point of a case.
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("case", CASE_LIST, ids=lambda case: case.name)
def test_a_fault_fires_its_shape_and_no_other(case: Case) -> None:
    """Each change breaks the shape that it names and nothing else; the result has that shape's words and severity."""
    found = results(patched(case))

    assert {result.shape for result in found} == case.fires
    for result in found:
        shape = URIRef(SHAPE + result.shape)
        assert result.severity == shapes().value(shape, SH.severity)
        assert result.messages == {str(message) for message in shapes().objects(shape, SH.message)}


@pytest.mark.parametrize("path", CONFORMING, ids=lambda path: path.stem)
def test_complete_data_gives_no_result(path: Path) -> None:
    """A graph that says all that it could gives no result at all, of whatever severity."""
    assert results(conforming(path.stem)) == []


def test_every_constraint_is_seen_to_fire() -> None:
    """No shape asks for something that no case breaks, and no case names a shape that is not there."""
    asking = {
        str(shape).removeprefix(SHAPE)
        for constraint in CONSTRAINTS
        for shape in shapes().subjects(constraint, None)
        if shape not in alternatives()
    }

    assert asking == {name for case in CASE_LIST for name in case.fires}


def test_the_example_record_only_lacks_what_is_nice_to_have() -> None:
    """The record of the seed page has an empty note, documents without address, and a recording that is not on line."""
    found = results(Graph().parse(CASES / "example" / "plaidoyer.ttl"))

    assert {result.shape for result in found} == {"note-text", "document-url", "audio-or-video-url"}
    assert {result.severity for result in found} == {SH.Info}


def test_the_concept_scheme_conforms() -> None:
    """The concepts that we publish have no fault."""
    graph = Graph()
    for path in artefacts("ontology"):
        if path.suffix == ".ttl":
            graph.parse(path)

    assert results(graph) == []


@pytest.mark.parametrize("kind", ["person", "organization", "collection", "concept"])
def test_what_records_share_is_judged_apart(kind: str) -> None:
    """Where several records describe one thing, no shape counts or compares values: merging records breaks nothing."""
    asked = {
        constraint
        for property_ in shapes().objects(URIRef(SHAPE + kind), SH.property)
        for constraint in CONSTRAINTS
        if (property_, constraint, None) in shapes()
    }

    assert asked <= {SH.minCount, SH.datatype, SH.nodeKind, SH["or"], SH.pattern}


def test_records_that_share_a_person_conform_together() -> None:
    """Two records that spell the name of one person in two ways, and say different things of them, stay conforming."""
    graph = conforming("session") + conforming("year") + conforming("media")
    person = URIRef(BASE + "person/p")
    graph.add((person, URIRef(expand("schema:name")), Literal("prénom nom")))
    graph.add((person, URIRef(expand("schema:description")), Literal("habite la ville.", lang="fr")))

    assert results(graph) == []


# ── How the shapes are written ───────────────────────────────────────────────────────────────────────


def test_the_shapes_conform_to_the_shape_of_shapes() -> None:
    """The shapes are well-formed by the W3C's own shapes for shapes (https://www.w3.org/TR/shacl/#shacl-shacl)."""
    conforms, _, _ = validate(Graph(), shacl_graph=loaded(), meta_shacl=True)

    assert conforms


def test_a_malformed_shape_breaks_the_shape_of_shapes() -> None:
    """The check above can fail: a property shape with two paths is refused."""
    broken = Graph().parse(artefact("shapes/collection.ttl"))
    broken.add((URIRef(SHAPE + "collection-title"), SH.path, URIRef(expand("schema:name"))))

    with pytest.raises(ReportableRuntimeError, match="does not validate against the SHACL Shapes SHACL"):
        validate(Graph(), shacl_graph=broken, meta_shacl=True)


def test_every_shape_has_an_iri_of_ours() -> None:
    """Blank nodes stand only where the syntax wants them: in lists."""
    described = set(shapes().subjects())

    assert all(str(shape).startswith(SHAPE.rstrip("#")) for shape in described if isinstance(shape, URIRef))
    assert all((node, RDF.first, None) in shapes() for node in described if isinstance(node, BNode))


def test_every_shape_is_of_a_file_that_its_name_tells() -> None:
    """``record-title`` stands in ``record.ttl``, so that a reader of a report finds it."""
    others = {"values.ttl": ("date-", "extent-", "agent-", "name-", "language-"), "media.ttl": ("audio-or-video",)}
    for path in artefacts("shapes"):
        graph = Graph().parse(path)
        for kind in (SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint):
            for shape in graph.subjects(RDF.type, kind):
                assert str(shape).removeprefix(SHAPE).startswith((path.stem, *others.get(path.name, ())))


@pytest.mark.parametrize("name", sorted(names(SH.NodeShape) | names(SH.PropertyShape)))
def test_every_message_says_what_to_do_in_both_languages(name: str) -> None:
    """Each shape says in French and in English what is wrong and what is right, by an example and without jargon."""
    messages = in_languages(URIRef(SHAPE + name), SH.message)

    assert messages.keys() == {"fr", "en"}
    assert " ; " in messages["fr"]
    assert "par exemple " in messages["fr"]
    assert "; " in messages["en"]
    assert "for example " in messages["en"]
    assert not any(JARGON.search(message) for message in messages.values())
    assert all(message.endswith(".") for message in messages.values())


@pytest.mark.parametrize("name", sorted(names(SH.NodeShape) | names(SH.PropertyShape)))
def test_every_shape_states_its_severity(name: str) -> None:
    """A severity is never left to the default, which is the worst."""
    assert len(set(shapes().objects(URIRef(SHAPE + name), SH.severity))) == 1


def test_all_three_severities_are_used() -> None:
    """What is wrong, what is recommended and what is nice to have are told apart."""
    assert set(shapes().objects(None, SH.severity)) == {SH.Violation, SH.Warning, SH.Info}


@pytest.mark.parametrize("name", sorted(names(SH.PropertyShape)))
def test_a_property_shape_asks_one_thing_of_a_named_field(name: str) -> None:
    """Each property shape has the field's label in both languages and one constraint, which its message is about."""
    shape = URIRef(SHAPE + name)

    assert in_languages(shape, SH.name).keys() == {"fr", "en"}
    assert sum(len(set(shapes().objects(shape, constraint))) for constraint in CONSTRAINTS) == 1


def test_every_property_shape_is_used() -> None:
    """A property shape that no node shape lists would never be looked at."""
    assert names(SH.PropertyShape) == {str(shape).removeprefix(SHAPE) for shape in shapes().objects(None, SH.property)}


# ── What the shapes share with the code ──────────────────────────────────────────────────────────────

#: The node shape of each kind of node of the crosswalk. A medium and a recording meet two.
NODE_SHAPES: Final = {
    "session": ("record", "session"),
    "media": ("record", "media", "audio-or-video"),
    "recording": ("recording", "media", "audio-or-video"),
    "person": ("person",),
    "participant": ("person",),
    "organization": ("organization",),
    "collection": ("collection",),
    "document": ("document",),
    "note": ("note",),
    "candidate": ("concept",),
}


def paths(node: str) -> set[str]:
    return {
        str(path)
        for shape in NODE_SHAPES[node]
        for property_ in shapes().objects(URIRef(SHAPE + shape), SH.property)
        for path in shapes().objects(property_, SH.path)
        if isinstance(path, URIRef)
    }


@pytest.mark.parametrize("rule", [rule for rule in CROSSWALK if rule.node in NODE_SHAPES], ids=str)
def test_every_row_of_the_crosswalk_is_held_by_a_shape(rule: Rule) -> None:
    """What the mapping writes is looked at, under one of its properties at least."""
    assert {expand(property_) for property_ in rule.properties} & paths(rule.node)


@pytest.mark.parametrize("node", NODE_SHAPES)
def test_no_shape_asks_for_what_the_mapping_never_writes(node: str) -> None:
    """A shape about a property that no row of the crosswalk has would be dead, or would always fire."""
    shared = {"record": ("session", "media"), "media": ("media", "recording"), "audio-or-video": ("media", "recording")}
    kinds = {kind for shape in NODE_SHAPES[node] for kind in shared.get(shape, (node,))} | {node}
    if node in ("person", "participant"):
        kinds = {"person", "participant"}
    written = {expand(property_) for rule in CROSSWALK if rule.node in kinds for property_ in rule.properties}
    # The concepts of the scheme have more to say than the candidates of records.
    written |= {expand("skos:altLabel"), expand("skos:inScheme")} if node == "candidate" else set()

    assert paths(node) <= written


def test_every_kind_of_node_is_targeted() -> None:
    """Each class that a node of the crosswalk has is the target of its shape."""
    targets = {str(target) for target in shapes().objects(None, SH.targetClass)}

    for node in NODE_SHAPES.keys() - {"media", "recording"}:
        assert {expand(class_) for class_ in NODE_TYPES[node]} & targets


def test_every_language_code_that_is_written_is_known() -> None:
    """The mapping writes no code of a language that the shapes would refuse."""
    listed = {
        str(code)
        for codes in shapes().objects(URIRef(SHAPE + "language-tag"), SH["in"])
        for code in Collection(shapes(), codes)
    }

    assert {language.alpha2 for language in languages()} <= listed
