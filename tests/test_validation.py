"""Validation: what is found in blocks and in graphs, and what is not let pass for a finding."""

import os
import subprocess
import sys
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, SH, XSD, Dataset, Graph, Literal, URIRef

from commons_ld.errors import ArtefactError, ValidationFailure
from commons_ld.iris import IriPolicy
from commons_ld.validation import BlockReport, Result, Shapes, validate

CASES = Path(__file__).parent / "cases" / "validation"
BASE, SHAPE, P = "https://example.org/", "https://example.org/shapes#", "https://example.org/p/"


class Block(NamedTuple):
    """A block as validation sees it."""

    graph: str
    subject: str
    data: bytes
    outline: None = None


def read_blocks() -> dict[str, Block]:
    """Return the blocks of ``blocks.trig`` by the names of their sessions."""
    statements: dict[str, list[bytes]] = {}
    for quad in ox.parse(path=CASES / "blocks.trig", format=ox.RdfFormat.TRIG):
        line = ox.serialize([quad], format=ox.RdfFormat.N_QUADS)
        assert line
        statements.setdefault(quad.graph_name.value.rpartition("/")[2], []).append(line)
    return {
        name: Block(f"{BASE}graph/{name}", f"{BASE}session/{name}", b"".join(sorted(lines)))
        for name, lines in sorted(statements.items())
    }


def block_graph(block: Block) -> Graph:
    """Return a block as a graph of rdflib."""
    return Graph().parse(data=block.data.replace(f" <{block.graph}> .".encode(), b" ."), format="nt")


class Known:
    """What ``concepts.ttl`` says."""

    predicates = ()

    def about(self, iri: str) -> list[str]:
        """Return what it says of an IRI."""
        quads = ox.parse(path=CASES / "concepts.ttl", format=ox.RdfFormat.TURTLE)
        return [str(quad.triple) for quad in quads if quad.subject == ox.NamedNode(iri)]


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return Shapes.load([CASES / "shapes.ttl"])


@pytest.fixture(scope="module")
def reports(shapes: Shapes) -> dict[str, BlockReport]:
    blocks = read_blocks()
    return dict(zip(blocks, shapes.validate(blocks.values(), context=Known(), policy=IriPolicy(BASE)), strict=True))


def only(report: BlockReport, label: str) -> Result:
    """Return the one result of a report about a field."""
    (result,) = [result for result in report.results if result.label.get("en") == label]
    return result


def flat(results: Iterable[Result]) -> Iterable[Result]:
    """Yield results and their details, to the bottom."""
    for result in results:
        yield result
        yield from flat(result.details)


# ── Blocks ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_block_has_its_report(reports: dict[str, BlockReport]) -> None:
    """Reports come in the order of the blocks, one each, and tell whose they are."""
    assert [(report.graph, report.subject) for report in reports.values()] == [
        (f"{BASE}graph/{name}", f"{BASE}session/{name}") for name in "abcd"
    ]


def test_a_block_without_fault_conforms(reports: dict[str, BlockReport]) -> None:
    """Nothing is found in what is as the shapes ask."""
    assert reports["a"].results == ()
    assert reports["a"].conforms


@pytest.mark.parametrize("order", [*permutations("abcd", 3)])
def test_a_block_is_judged_alone(shapes: Shapes, reports: dict[str, BlockReport], order: tuple[str, ...]) -> None:
    """Neighbours that say something else of the same person change nothing in what is found in a block."""
    blocks = read_blocks()

    found = shapes.validate((blocks[name] for name in order), context=Known(), policy=IriPolicy(BASE))

    assert list(found) == [reports[name] for name in order]


def test_focus_nodes_are_counted(reports: dict[str, BlockReport]) -> None:
    """A report tells how many nodes each shape with a target met, also those that met none."""
    assert reports["c"].focus_nodes == {
        f"{SHAPE}ConceptShape": 0,
        f"{SHAPE}SessionShape": 1,
        f"{SHAPE}guests": 2,
    }


def test_nodes_are_counted_by_kind(reports: dict[str, BlockReport]) -> None:
    """The kinds are those that IRIs tell, and the classes."""
    assert reports["a"].kinds == {"//example.org/p/Person": 1, "//example.org/p/Session": 1, "session": 1}


def test_a_record_that_no_shape_met_does_not_conform(shapes: Shapes) -> None:
    """That nothing was found in what nobody looked at says nothing."""
    block = Block(f"{BASE}graph/x", f"{BASE}media/x", f'<{BASE}media/x> <{P}title> "X" <{BASE}graph/x> .\n'.encode())

    (report,) = shapes.validate([block])

    assert (report.results, report.is_checked, report.conforms) == ((), False, False)


def test_a_warning_does_not_hold_a_record_back(reports: dict[str, BlockReport]) -> None:
    """Only a Violation makes a block not conform."""
    warnings = [result for result in reports["c"].results if result.severity != "Violation"]

    assert warnings
    assert msgspec.structs.replace(reports["c"], results=tuple(warnings)).conforms
    assert not reports["c"].conforms


def test_what_is_known_of_a_concept_is_used_and_not_checked(shapes: Shapes, reports: dict[str, BlockReport]) -> None:
    """The known concept has no label, which is no fault of the block; the unknown one is no concept."""
    alone = next(iter(shapes.validate([read_blocks()["a"]])))

    assert only(reports["c"], "Issue(s)").value == f"{BASE}unknown"
    assert only(alone, "Issue(s)").value == f"{BASE}known"


def test_lexical_forms_are_not_changed(shapes: Shapes) -> None:
    """A value is shown as it was written, also where rdflib would write it in another way."""
    subject, graph = f"{BASE}session/x", f"{BASE}graph/x"
    lines = [f"<{subject}> <{RDF.type}> <{P}Session>", f'<{subject}> <{P}month> "013"^^<{XSD.integer}>']

    (report,) = shapes.validate([Block(graph, subject, "".join(f"{line} <{graph}> .\n" for line in lines).encode())])

    assert (only(report, "Month").value, only(report, "Month").value_type) == ("013", str(XSD.integer))


# ── Results ──────────────────────────────────────────────────────────────────────────────────────────


def test_causes_inside_or_are_unfolded(reports: dict[str, BlockReport]) -> None:
    """Each form that is accepted tells in its own words why the value is not of it, in the order of the shape."""
    result = only(reports["c"], "Duration")

    assert (result.value, result.messages["fr"]) == (
        "00/25:00",
        "La durée ne se lit pas ; écrire par exemple 01:00:00.",
    )
    assert [cause.messages["fr"] for cause in result.details] == [
        "Ce n'est pas un temps.",
        "Ce n'est pas un nombre de pages.",
    ]
    assert {cause.label["en"] for cause in result.details} == {"Duration"}
    assert {cause.source_shape for cause in result.details} == {f"{SHAPE}duration"}


def test_causes_inside_node_are_unfolded(reports: dict[str, BlockReport]) -> None:
    """A guest without a name and one with two are told apart by what is found in them."""
    causes = {
        result.value: [cause.messages["en"] for cause in result.details]
        for result in reports["c"].results
        if result.label.get("en") == "Guests"
    }

    assert causes == {
        f"{BASE}louise": ["this field has too many values; keep only as many as are expected"],
        f"{BASE}nobody": ["this field is missing; fill it in"],
    }


def test_causes_inside_xone_are_unfolded_where_no_form_is_met(reports: dict[str, BlockReport]) -> None:
    """A node of neither class has two causes; one of both classes has none, as each form is met."""
    found = {
        result.value: [cause.messages["en"] for cause in result.details]
        for result in reports["c"].results
        if result.source_shape == f"{SHAPE}guests"
    }

    assert found == {f"{BASE}louise": [], f"{BASE}nobody": ["It is no person.", "It is no organization."]}


def test_a_query_fills_in_its_message(reports: dict[str, BlockReport]) -> None:
    """The message of a SPARQL constraint names the value, in both languages."""
    assert only(reports["c"], "Month").messages == {"fr": "« 13 » n'est pas un mois.", "en": "'13' is no month."}


def test_a_path_is_told(reports: dict[str, BlockReport]) -> None:
    """A path of several steps is written as SPARQL does."""
    assert only(reports["c"], "Place").path == f"<{P}place> / <{P}town>"


def test_every_result_has_words_in_both_languages(reports: dict[str, BlockReport]) -> None:
    """Also a result of a shape without words; and no word of SHACL is among them."""
    for result in flat(result for report in reports.values() for result in report.results):
        assert set(result.messages) == {"fr", "en"}
        assert all(result.messages.values())
        assert "Constraint" not in str(result.messages)
        assert "Literal" not in str(result.messages)


def test_a_field_without_a_name_is_called_by_its_property(reports: dict[str, BlockReport]) -> None:
    """Where no shape names the field, the words of the property stand for it."""
    named = [cause for result in reports["c"].results for cause in result.details if cause.path == f"{P}fullName"]

    assert {cause.label["fr"] for cause in named} == {"full name"}


def test_results_are_those_of_pyshacl(reports: dict[str, BlockReport]) -> None:
    """Where pySHACL does not break down, nothing is added and nothing lost."""
    shapes_graph = Graph().parse(CASES / "shapes.ttl")
    blocks = read_blocks()
    with pytest.raises(TypeError):
        pyshacl.validate(block_graph(blocks.pop("d")), shacl_graph=shapes_graph)
    for name, block in blocks.items():
        data_graph = block_graph(block)
        for line in Known().about(f"{BASE}known"):
            data_graph.parse(data=f"{line} .", format="nt")
        data_graph.add((URIRef(f"{BASE}known"), URIRef(f"{P}label"), Literal("known")))
        _, found, _ = pyshacl.validate(data_graph, shacl_graph=shapes_graph)
        assert isinstance(found, Graph)
        theirs = {
            tuple(
                str(found.value(node, predicate) or "")
                for predicate in (SH.focusNode, SH.value, SH.sourceConstraintComponent, SH.resultSeverity)
            )
            for node in found.objects(None, SH.result)
        }
        ours = {(r.focus_node, r.value, r.component, str(SH[r.severity])) for r in reports[name].results}

        assert ours == theirs
        assert (name == "c") == bool(ours)


# ── Shapes of the author's own ────────────────────────────────────────────────────────────────────────

OWN = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .
:Most a sh:ConstraintComponent ; sh:parameter [ sh:path :most ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (strlen(str($value)) <= $most) }" ] .
:s a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:property :own , [ a sh:PropertyShape ; sh:path :p ; :most 6 ] .
:own a sh:PropertyShape ; sh:path :p ; :most 4 ; sh:lessThanOrEquals :q .
:t a sh:NodeShape ; sh:targetSubjectsOf :q ; sh:nodeKind sh:Literal .
"""


def test_shapes_that_are_not_compiled_are_checked_by_pyshacl_and_the_report_says_so(tmp_path: Path) -> None:
    """A constraint component of the author's own; values that cannot be compared are found there too, and break nothing."""
    path, graph, node = tmp_path / "own.ttl", Graph(), URIRef("https://example.org/a")
    path.write_text(OWN)
    graph.add((node, URIRef("https://example.org/p"), Literal("jadis", datatype=XSD.date)))
    graph.add((node, URIRef("https://example.org/q"), Literal("2021-01-01", datatype=XSD.date)))

    report = validate(graph, Shapes.load([path]))

    assert report.by_pyshacl == ("https://example.org/own", "https://example.org/s")
    assert {(one.component.rpartition("/")[2], one.value) for one in report.results} == {
        ("Most", ""),
        ("shacl#LessThanOrEqualsConstraintComponent", "jadis"),
        ("shacl#NodeKindConstraintComponent", str(node)),
    }


# ── Whole graphs ─────────────────────────────────────────────────────────────────────────────────────


def test_a_graph_conforms_without_a_violation(shapes: Shapes) -> None:
    """Results of a lesser severity are told, and do not make it not conform."""
    session, graph = URIRef(f"{BASE}session/x"), Graph()
    graph.add((session, RDF.type, URIRef(f"{P}Session")))
    graph.add((session, URIRef(f"{P}before"), Literal("soon")))
    graph.add((session, URIRef(f"{P}after"), Literal(1)))
    assert [result.severity for result in validate(graph, shapes).results] == ["Violation", "Info"]
    assert not validate(graph, shapes).conforms

    graph.add((session, URIRef(f"{P}title"), Literal("X")))

    assert [result.severity for result in validate(graph, shapes).results] == ["Info"]
    assert validate(graph, shapes).conforms


def test_a_dataset_is_checked_as_one_graph(shapes: Shapes) -> None:
    """What stands in one named graph is seen from another; the person has two names there."""
    dataset = Dataset()
    dataset.parse(CASES / "blocks.trig")
    names = [cause for result in flat(validate(dataset, shapes).results) for cause in result.details]

    assert f"{P}fullName" in {cause.path for cause in names}


def test_a_plain_text_is_found_in_a_list_of_texts(shapes: Shapes) -> None:
    """A value typed xsd:string is the same text as one without a datatype."""
    graph = Graph()
    graph.add((URIRef("urn:s"), RDF.type, URIRef(f"{P}Session")))
    graph.add((URIRef("urn:s"), URIRef(f"{P}title"), Literal("S")))
    graph.add((URIRef("urn:s"), URIRef(f"{P}place"), URIRef("urn:p")))
    graph.add((URIRef("urn:p"), URIRef(f"{P}town"), Literal("Lyon", datatype=XSD.string)))

    assert validate(graph, shapes).conforms


# ── Never emptily ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("target", "kinds", "empty"),
    [
        ("http://schema.org/Event", {"//schema.org/Event": 3}, True),
        ("http://schema.org/Person", {"//schema.org/Event": 3}, False),
        ("https://example.org/p/Nobody", {"session": 1}, True),
        ("https://example.org/p/Nobody", {"note": 1}, False),
    ],
)
def test_a_shape_that_met_none_of_its_kind_is_told(
    tmp_path: Path, target: str, kinds: dict[str, int], empty: bool
) -> None:
    """A wrong namespace or a class that nobody uses shows, unless there is nothing that the shape is for."""
    graph = Graph()
    graph.add((URIRef(f"{SHAPE}SessionShape"), RDF.type, SH.NodeShape))
    graph.add((URIRef(f"{SHAPE}SessionShape"), SH.targetClass, URIRef(target)))
    graph.serialize(tmp_path / "shapes.ttl")
    shapes = Shapes.load([tmp_path / "shapes.ttl"])

    assert shapes.empty_shapes({f"{SHAPE}SessionShape": 0}, kinds) == [f"{SHAPE}SessionShape"] * empty
    assert shapes.empty_shapes({f"{SHAPE}SessionShape": 2}, kinds) == []


def test_a_graph_that_no_shape_meets_by_a_slip_does_not_conform(tmp_path: Path) -> None:
    """``http`` for ``https`` in a namespace does not make everything good."""
    shapes_graph, data_graph = Graph(), Graph()
    shapes_graph.add((URIRef(f"{SHAPE}event"), SH.targetClass, URIRef("http://schema.org/Event")))
    shapes_graph.serialize(tmp_path / "shapes.ttl")
    data_graph.add((URIRef("urn:s"), RDF.type, URIRef("https://schema.org/Event")))

    report = validate(data_graph, Shapes.load([tmp_path / "shapes.ttl"]))

    assert (report.conforms, report.results, report.empty_shapes) == (False, (), (f"{SHAPE}event",))


# ── Broken shapes ────────────────────────────────────────────────────────────────────────────────────

REFUSALS = {
    "advanced": "sh:rule is unknown, or not supported; the nearest known is sh:or",
    "misspelt": "sh:minCout is unknown, or not supported; the nearest known is sh:minCount",
    "no-count": "pySHACL refuses these shapes: MinCountConstraintComponent sh:minCount must be a literal with "
    "datatype xsd:integer. For reference, see https://www.w3.org/TR/shacl/#MinCountConstraintComponent",
    "no-path": "pySHACL refuses these shapes: A shape defined as a PropertyShape must include one `sh:path` property. "
    "For reference, see https://www.w3.org/TR/shacl/#property-shapes",
    "no-pattern": "pySHACL refuses these shapes: missing ), unterminated subpattern at position 0",
    "no-query": "pySHACL refuses these shapes: Expected SelectQuery, found end of text",
    "no-shape": "pySHACL refuses these shapes: 'https://example.org/shapes#b' exists but is not a well-formed SHACL "
    "PropertyShape.",
    "no-target": "no shape has a target such as sh:targetClass, so nothing would be checked",
    "recursive": f"a shape refers to itself, which SHACL leaves undefined: {SHAPE}a",
    "syntax": "breaks its syntax (4:1: Unexpected end",
}


@pytest.mark.parametrize("path", sorted((CASES / "broken").glob("*.ttl")), ids=lambda path: path.stem)
def test_broken_shapes_are_refused(path: Path) -> None:
    """Each names the file and what is wrong; what only SHACL's own shapes find is found on demand."""
    if path.stem in REFUSALS:
        with pytest.raises(ArtefactError) as caught:
            Shapes.load([path])
        assert str(caught.value).startswith(f"{path}: {REFUSALS[path.stem]}")
    else:
        assert path.stem == "not-meta"
        Shapes.load([path])
        with pytest.raises(ArtefactError, match=r"is not as SHACL demands: \[\]"):
            Shapes.load([path], meta_shacl=True)


def test_missing_shapes_are_refused(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ArtefactError, match=r"none\.ttl: cannot be read \("):
        Shapes.load([tmp_path / "none.ttl"])


def test_sound_shapes_are_sound_to_shacl_too() -> None:
    """The shapes of these tests are shapes as SHACL defines them."""
    Shapes.load([CASES / "shapes.ttl"], meta_shacl=True)


def test_a_breakdown_of_the_validator_is_no_conformity(tmp_path: Path) -> None:
    """Where pySHACL has to check, and gives up at data nested too deep for it, an error says so instead of a report."""
    shapes_graph, data_graph = Graph(), Graph()
    shapes_graph.parse(CASES / "component.ttl")
    shapes_graph.add((URIRef(f"{SHAPE}0"), URIRef(f"{P}longerThan"), Literal(1)))
    for n in range(20):
        shape, field = URIRef(f"{SHAPE}{n}"), URIRef(f"{SHAPE}{n}-next")
        shapes_graph.add((shape, SH.property, field))
        shapes_graph.add((field, SH.path, URIRef(f"{P}next")))
        shapes_graph.add((field, SH.node, URIRef(f"{SHAPE}{n + 1}")))
        data_graph.add((URIRef(f"urn:{n}"), URIRef(f"{P}next"), URIRef(f"urn:{n + 1}")))
    shapes_graph.add((URIRef(f"{SHAPE}20"), SH.nodeKind, SH.IRI))
    shapes_graph.add((URIRef(f"{SHAPE}0"), SH.targetNode, URIRef("urn:0")))
    shapes_graph.serialize(tmp_path / "shapes.ttl")
    shapes = Shapes.load([tmp_path / "shapes.ttl"])

    with pytest.raises(ValidationFailure, match="the graph: could not be checked, so nothing is published"):
        validate(data_graph, shapes)


def test_the_same_data_gives_the_same_report() -> None:
    """The order of sets, which changes from process to process, does not show."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import msgspec, test_validation as t\n"
        "found = t.Shapes.load([t.CASES / 'shapes.ttl']).validate(t.read_blocks().values(), context=t.Known())\n"
        "print(msgspec.json.encode(list(found)).decode())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(outputs) == 1
    assert outputs.pop().count(b"focus_node") > 5
