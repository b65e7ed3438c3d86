"""The shapes find what Apache Jena finds, where it is installed: result for result, in the words of the shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from rdflib import RDF, SH, XSD, Graph, Literal

from benchmarks.records import make_records
from benchmarks.validating_engines import plain
from commons_ld.artefacts import artefact, artefacts
from commons_ld.concepts import Concepts
from commons_ld.record import RecordFields
from commons_ld.validation import Result, Shapes
from commons_ld.validation import shapes_graph as terms
from commons_ld.validation.engine import CheckedData, Engine
from commons_ld.validation.graphs import statements_of
from commons_ld.validation.paths import to_sparql
from commons_ld.validation.shapes_graph import ShapesGraph
from commons_ld.validation.tokens import datatype, is_blank, is_iri, is_literal, language, lexical
from tests.defects import outlined_blocks
from tests.servers import jena_shapes
from tests.servers.jena_shapes import JenaShapes
from tests.test_compiled_shapes import data_graphs, engine_of, shapes_graphs
from tests.test_data import SESSION, demonstration
from tests.test_data import read as read_page
from tests.test_guarded_shapes import spoiled_records
from tests.test_shapes import CASE_LIST, conforming, patched, shapes

#: A result: focus node, path, value and its type, component, severity, source shape, and the messages.
Row = tuple[str, str, str, str, str, str, str, frozenset[str]]

CONCEPTS: Final = Concepts.load(artefact("ontology/concepts.ttl"))
#: Tell one file of shapes from the next.
_numbers: Final = count()
#: The documentation of where we differ.
PAGE: Final = Path(__file__).parent.parent / "docs" / "validation.md"
_PREFIXES: Final = f"@prefix sh: <{SH}> . @prefix xsd: <{XSD}> . @prefix : <https://example.org/> .\n"


class Difference(NamedTuple):
    """What Jena 4.5 does otherwise than the standard asks, and shapes and data that show it.

    :param section: of SHACL, or for the last one of RDF Concepts
    :param ours: what we find: the component, and the end of the value
    """

    what: str
    section: str
    shapes: str
    data: str
    ours: set[tuple[str, str]]
    theirs: set[tuple[str, str]]


DIFFERENT: Final = (
    Difference(
        "`sh:property` of a property shape that is no value of `sh:property` itself",
        "4.7.2",
        ":s sh:targetNode :a ; sh:path :p ; sh:property [ sh:path :q ; sh:nodeKind sh:Literal ] .",
        ":a :p :b ; :q :c . :b :q :d .",
        {("NodeKind", "d")},
        {("NodeKind", "c")},
    ),
    Difference(
        "`sh:closed` of a property shape",
        "4.8.1",
        ":s sh:targetNode :a ; sh:path :p ; sh:closed true .",
        ":a :p :b . :b :q :c .",
        {("Closed", "c")},
        {("Closed", "b")},
    ),
    Difference(
        "`sh:lessThanOrEquals` of a value that cannot be compared",
        "4.5.4",
        ":s sh:targetNode :a ; sh:path :p ; sh:lessThanOrEquals :p .",
        ":a :p 'jadis'^^xsd:date . :b :p 'x'@fr .",
        {("LessThanOrEquals", "jadis")},
        set(),
    ),
    Difference(
        "`1` and `01`",
        "3.3",
        ":s sh:targetNode 1 ; sh:path [ sh:inversePath :p ] ; sh:maxCount 0 .",
        ":a :p 01 .",
        set(),
        {("MaxCount", "")},
    ),
)


@pytest.fixture(scope="module")
def jena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JenaShapes]:
    """Yield the engine of Jena."""
    if reason := jena_shapes.missing():
        pytest.skip(f"{reason}: tests/servers/install-stores.sh installs it")
    with jena_shapes.serve(tmp_path_factory.mktemp("jena")) as engine:
        yield engine


@pytest.fixture(scope="module")
def published() -> Shapes:
    """Return the shapes that we publish."""
    return Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])


@pytest.fixture(scope="module")
def published_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return them as one file."""
    path = tmp_path_factory.mktemp("published") / "shapes.ttl"
    shapes().serialize(path)
    return path


def ours(results: Iterable[Result]) -> set[Row]:
    """Return what we find."""
    return {
        (
            one.focus_node, one.path, one.value, one.value_type, one.component, one.severity, one.source_shape,
            frozenset(one.messages.values()),
        )
        for one in results
    }  # fmt: skip


def theirs(report: bytes) -> set[Row]:
    """Return what a report of Jena tells."""
    statements = ox.parse(report, format=ox.RdfFormat.N_TRIPLES)
    graph = ShapesGraph((str(one.subject), str(one.predicate), str(one.object)) for one in statements)
    return {_row(graph, result) for result in graph.subjects(terms.RDF.type, terms.SH.ValidationResult)}


def _row(graph: ShapesGraph, result: str) -> Row:
    focus, path, value, component, severity, shape = (
        graph.value(result, terms.SH[name])
        for name in ("focusNode", "resultPath", "value", "sourceConstraintComponent", "resultSeverity", "sourceShape")
    )
    return (
        _name(focus), to_sparql(graph, path) if path and not is_iri(path) else _name(path), _name(value), _kind(value),
        _name(component), _name(severity).removeprefix(str(SH)), _name(shape),
        frozenset(map(lexical, graph.objects(result, terms.SH.resultMessage))),
    )  # fmt: skip


def _name(term: str) -> str:
    if not term:
        return ""
    return lexical(term).removeprefix("B") if is_blank(term) else lexical(term)


def _kind(value: str) -> str:
    if not value or not is_literal(value):
        return "@id" if value else ""
    return f"@{tag}" if (tag := language(value)) else datatype(value)


def wordless(rows: set[Row]) -> set[tuple[str, ...]]:
    """Return results without their messages, which each engine puts in words of its own where a shape has none."""
    return {row[:-1] for row in rows}


def write(path: Path, data: Graph) -> Path:
    """Write a graph, whose blank nodes keep their names."""
    path.write_text("".join(f"{' '.join(one)} .\n" for one in statements_of(data)), encoding="utf-8")
    return path


@pytest.mark.parametrize("case", CASE_LIST, ids=lambda case: case.name)
def test_the_published_shapes_find_every_fault_that_jena_finds(
    jena: JenaShapes, published: Shapes, published_file: Path, tmp_path: Path, case: Any
) -> None:
    """In each graph with a fault."""
    data = patched(case)

    found = ours(published._engine.check(CheckedData.of(statements_of(data)), where=case.name)[0])

    assert found == theirs(jena.report(published_file, write(tmp_path / "data.ttl", data))) != set()


def test_jena_finds_nothing_in_complete_data(jena: JenaShapes, published_file: Path, tmp_path: Path) -> None:
    """As we do."""
    for name in ("dataset", "session"):
        assert theirs(jena.report(published_file, write(tmp_path / "data.ttl", conforming(name)))) == set()


def disagreeing(
    jena: JenaShapes, published: Shapes, published_file: Path, path: Path, records: Iterable[RecordFields]
) -> Iterator[tuple[str, set[Row]]]:
    """Yield each record of which Jena finds something else, with what only one of us finds."""
    blocks, total = list(outlined_blocks(published, records)), 0
    for block, report in zip(blocks, published.validate(blocks, context=CONCEPTS), strict=True):
        path.write_bytes(plain(block, CONCEPTS))
        found = ours(report.results)
        if different := found ^ theirs(jena.report(published_file, path)):
            yield block.graph, different
        total += len(found)
    assert total > 0


def test_jena_finds_the_same_in_the_data_of_the_repository(
    jena: JenaShapes, published: Shapes, published_file: Path, tmp_path: Path
) -> None:
    """Record by record, as they are and with defects."""
    records = [*demonstration(), *read_page(SESSION)]
    fields = [
        RecordFields(**{name: getattr(record, name) for name in RecordFields.__struct_fields__}) for record in records
    ]

    for some in (fields, list(spoiled_records(3 * len(fields), good=fields))):
        assert list(disagreeing(jena, published, published_file, tmp_path / "data.nt", some)) == []


def test_jena_finds_the_same_in_records_with_defects_of_every_kind(
    jena: JenaShapes, published: Shapes, published_file: Path, tmp_path: Path
) -> None:
    """Values that are missing, too many, of another form, or the addresses of other nodes …"""
    records = spoiled_records(500)

    assert list(disagreeing(jena, published, published_file, tmp_path / "data.nt", records)) == []


@pytest.mark.long
def test_jena_finds_the_same_in_a_hundred_thousand_records(
    jena: JenaShapes, published: Shapes, published_file: Path, tmp_path: Path
) -> None:
    """As above, each record another one."""
    for seed in range(100):
        records = spoiled_records(1000, good=list(make_records(1000, seed=seed)), first=1000 * seed)
        assert list(disagreeing(jena, published, published_file, tmp_path / "data.nt", records)) == []


def same_to_jena(*graphs: Graph) -> None:
    """Take out of shapes and data what Jena is known to do otherwise, but for ``sh:lessThanOrEquals``."""
    written, other = (Literal(text, datatype=XSD.integer, normalize=False) for text in ("01", "03"))
    for graph in graphs:
        for shape in list(graph.subjects(RDF.type, SH.PropertyShape)):
            graph.remove((shape, SH.closed, None))
            if (None, SH.property, shape) not in graph:
                graph.remove((shape, SH.property, None))
        for subject, predicate, _ in list(graph.triples((None, None, written))):
            graph.remove((subject, predicate, written))
            graph.add((subject, predicate, other))


def compare(jena: JenaShapes, folder: Path, shapes: Graph, data: Graph) -> None:
    """See that Jena finds the same, but for what it takes to be equal to itself."""
    same_to_jena(shapes, data)
    engine = engine_of(shapes, folder)
    statements = list(statements_of(data))
    # Of the path that it knows, Jena's process does not read the shapes again.
    read = (folder / "shapes.ttl").rename(folder / f"shapes-{next(_numbers)}.ttl")
    told = wordless(theirs(jena.report(read, write(folder / "data.ttl", data))))
    read.unlink()
    equal = {
        (lexical(subject), str(shape), lexical(value), _kind(value))
        for shape, other in shapes.subject_objects(SH.lessThanOrEquals)
        for subject, predicate, value in statements
        if predicate == f"<{other}>" and is_literal(value)
    }

    found = wordless(ours(engine.check(CheckedData.of(statements), where="any graph")[0]))

    assert told <= found
    for focus, _, value, kind, component, _, shape in found - told:
        assert component == str(SH.LessThanOrEqualsConstraintComponent)
        assert (focus, shape, value, kind) in equal


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@settings(suppress_health_check=list(HealthCheck))
@given(shapes_graphs(), data_graphs())
def test_any_shapes_find_in_any_graph_what_jena_finds(
    jena: JenaShapes, tmp_path_factory: pytest.TempPathFactory, shapes: Graph, data: Graph
) -> None:
    """Result for result: focus node, path, value, component, severity and shape."""
    compare(jena, tmp_path_factory.getbasetemp(), shapes, data)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@settings(max_examples=5000, suppress_health_check=list(HealthCheck))
@given(shapes_graphs(), data_graphs())
def test_thousands_of_shapes_find_in_thousands_of_graphs_what_jena_finds(
    jena: JenaShapes, tmp_path_factory: pytest.TempPathFactory, shapes: Graph, data: Graph
) -> None:
    """As above."""
    compare(jena, tmp_path_factory.getbasetemp(), shapes, data)


@pytest.mark.parametrize("case", DIFFERENT, ids=lambda case: case.section)
def test_jena_differs_as_the_documentation_tells(jena: JenaShapes, tmp_path: Path, case: Difference) -> None:
    """Whoever holds our reports against Jena's knows what to expect; and the tests above leave out no more."""
    texts = {"shapes": case.shapes, "data": case.data}
    paths = {name: tmp_path / f"{name}.ttl" for name in texts}
    for name, text in texts.items():
        paths[name].write_text(_PREFIXES + text, encoding="utf-8")
    engine = Engine.load([paths["shapes"]], meta_shacl=False)
    data = [(str(one.subject), str(one.predicate), str(one.object)) for one in ox.parse(path=paths["data"])]

    found = ours(engine.check(CheckedData.of(data), where="data.ttl")[0])

    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert _short(found) == case.ours
    assert _short(theirs(jena.report(paths["shapes"], paths["data"]))) == case.theirs
    assert f"| {case.what} |" in next(line for line in lines if f"[{case.section}](" in line)


def _short(rows: set[Row]) -> set[tuple[str, str]]:
    return {(row[4].rpartition("#")[2].removesuffix("ConstraintComponent"), row[2].rpartition("/")[2]) for row in rows}
