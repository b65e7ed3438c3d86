"""Shapes that were compiled find what pySHACL finds: for shapes and graphs put together at random, and for ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pyshacl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import OWL, RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from commons_ld.artefacts import artefacts
from commons_ld.errors import ArtefactError
from commons_ld.validation.engine import CheckedData, Engine
from commons_ld.validation.graphs import statements_of
from commons_ld.validation.mending import standard_comparison
from commons_ld.validation.tokens import to_node
from tests.test_shapes import CASE_LIST, CONFORMING, conforming, in_languages, patched

N: Final = "https://example.org/"
NODES: Final = [URIRef(f"{N}{name}") for name in "abcde"]
PREDICATES: Final = [URIRef(f"{N}{name}") for name in "pqr"]
CLASSES: Final = [URIRef(f"{N}{name}") for name in ("One", "Two")]
LITERALS: Final = [
    Literal("x"), Literal("xyz"), Literal(""), Literal("x", lang="fr"), Literal("y", lang="fr"), Literal("x", lang="en"),
    Literal("x", lang="fr-be"), Literal(1), Literal(2), Literal("01", datatype=XSD.integer, normalize=False),
    Literal("un", datatype=XSD.integer), Literal("2021-12-02", datatype=XSD.date), Literal("2021-13-02", datatype=XSD.date),
    Literal("2021", datatype=XSD.gYear), Literal("PT1H", datatype=XSD.duration), Literal("1h", datatype=XSD.duration),
    Literal(True), Literal("1.5", datatype=XSD.decimal), Literal("2021-12-02T10:00:00Z", datatype=XSD.dateTime),
    Literal("2021-12-02T10:00:00", datatype=XSD.dateTime), Literal("a\n\"b\"\\", lang="en"), Literal("é", datatype=XSD.anyURI),
]  # fmt: skip
#: A result: focus node, value, source shape, component, path and severity.
Row = tuple[str, str, str, str, str, str]

nodes = st.sampled_from(NODES)
terms = st.sampled_from([*NODES, *LITERALS, BNode("b0"), BNode("b1")])


@st.composite
def data_graphs(draw: st.DrawFn) -> Graph:
    """Return a small graph."""
    graph = Graph()
    subjects = st.sampled_from([*NODES, BNode("b0"), BNode("b1")])
    for _ in range(draw(st.integers(1, 14))):
        graph.add((draw(subjects), draw(st.sampled_from(PREDICATES)), draw(terms)))
    for _ in range(draw(st.integers(0, 5))):
        graph.add((draw(subjects), RDF.type, draw(st.sampled_from(CLASSES))))
    if draw(st.booleans()):
        graph.add((CLASSES[0], URIRef("http://www.w3.org/2000/01/rdf-schema#subClassOf"), CLASSES[1]))
    return graph


def listed(graph: Graph, members: list[Node]) -> Node:
    """Add an RDF list, and return it."""
    return Collection(graph, BNode(), members).uri


def any_path(draw: st.DrawFn, graph: Graph, depth: int = 2) -> Node:
    """Add a property path, and return it."""
    kind = draw(st.integers(0, 9)) if depth else 0
    if kind < 5:
        return draw(st.sampled_from(PREDICATES))
    if kind == 5:
        return listed(graph, [any_path(draw, graph, depth - 1) for _ in range(2)])
    path = BNode()
    if kind == 6:
        graph.add((path, SH.alternativePath, listed(graph, [any_path(draw, graph, depth - 1) for _ in range(2)])))
    else:
        parameter = (SH.inversePath, SH.zeroOrMorePath, draw(st.sampled_from([SH.oneOrMorePath, SH.zeroOrOnePath])))
        graph.add((path, parameter[kind - 7], any_path(draw, graph, depth - 1)))
    return path


def _terms(draw: st.DrawFn) -> list[Node]:
    return draw(st.lists(st.sampled_from([*NODES, *LITERALS]), min_size=1, max_size=6))


#: A parameter for any shape, and what makes a value of it.
ANYWHERE: Final[dict[Node, Callable[[st.DrawFn, Graph], Node]]] = {
    SH["class"]: lambda draw, _: draw(st.sampled_from(CLASSES)),
    SH.datatype: lambda draw, _: draw(
        st.sampled_from([XSD.string, RDF.langString, XSD.integer, XSD.date, XSD.gYear, XSD.duration, XSD.dateTime, XSD.decimal])
    ),
    SH.nodeKind: lambda draw, _: draw(
        st.sampled_from([SH.IRI, SH.Literal, SH.BlankNode, SH.BlankNodeOrIRI, SH.BlankNodeOrLiteral, SH.IRIOrLiteral])
    ),
    SH.minLength: lambda draw, _: Literal(draw(st.integers(1, 20))),
    SH.maxLength: lambda draw, _: Literal(draw(st.integers(0, 20))),
    SH.pattern: lambda draw, _: Literal(draw(st.sampled_from(["x", "^x", r"[^\s]", "a$", r"^\d+$"]))),
    SH.languageIn: lambda draw, graph: listed(graph, [Literal(tag) for tag in draw(st.sets(st.sampled_from(["fr", "en", "de"]), min_size=1))]),
    SH["in"]: lambda draw, graph: listed(graph, _terms(draw)),
    SH.hasValue: lambda draw, _: draw(st.sampled_from([*NODES, *LITERALS])),
    SH.equals: lambda draw, _: draw(st.sampled_from(PREDICATES)),
    SH.disjoint: lambda draw, _: draw(st.sampled_from(PREDICATES)),
    SH.closed: lambda draw, _: Literal(draw(st.booleans())),
}  # fmt: skip
#: A parameter for property shapes only.
ON_PATHS: Final[dict[Node, Callable[[st.DrawFn, Graph], Node]]] = {
    SH.minCount: lambda draw, _: Literal(draw(st.integers(0, 3))),
    SH.maxCount: lambda draw, _: Literal(draw(st.integers(0, 3))),
    SH.uniqueLang: lambda draw, _: Literal(draw(st.booleans())),
    SH.lessThan: lambda draw, _: draw(st.sampled_from(PREDICATES)),
    SH.lessThanOrEquals: lambda draw, _: draw(st.sampled_from(PREDICATES)),
}


def add_shape(draw: st.DrawFn, graph: Graph, *, depth: int, on_path: bool) -> Node:
    """Add a shape with all that it refers to, and return it."""
    shape = URIRef(f"{N}shape{len(graph)}")
    graph.add((shape, RDF.type, SH.PropertyShape if on_path else SH.NodeShape))
    if on_path:
        graph.add((shape, SH.path, any_path(draw, graph)))
    if draw(st.booleans()):
        graph.add((shape, SH.severity, draw(st.sampled_from([SH.Info, SH.Warning]))))
    parameters = ANYWHERE | ON_PATHS if on_path else ANYWHERE
    for parameter in draw(st.sets(st.sampled_from(sorted(parameters, key=str)), min_size=1, max_size=3)):
        graph.add((shape, parameter, parameters[parameter](draw, graph)))
    if depth and draw(st.booleans()):
        _add_referred(draw, graph, shape, depth, on_path)
    return shape


def _add_referred(draw: st.DrawFn, graph: Graph, shape: Node, depth: int, on_path: bool) -> None:
    kind = draw(st.integers(0, 6 if on_path else 5))
    if kind == 0:
        for _ in range(draw(st.integers(1, 3))):
            graph.add((shape, SH.property, add_shape(draw, graph, depth=depth - 1, on_path=True)))
    elif kind < 3:
        parameter = (SH.node, SH["not"])[kind - 1]
        graph.add((shape, parameter, add_shape(draw, graph, depth=depth - 1, on_path=False)))
    elif kind < 6:
        parameter = (SH["and"], SH["or"], SH.xone)[kind - 3]
        members = [add_shape(draw, graph, depth=depth - 1, on_path=draw(st.booleans())) for _ in range(2)]
        graph.add((shape, parameter, listed(graph, members)))
    else:
        graph.add((shape, SH.qualifiedValueShape, add_shape(draw, graph, depth=depth - 1, on_path=False)))
        graph.add((shape, draw(st.sampled_from([SH.qualifiedMinCount, SH.qualifiedMaxCount])), Literal(1)))
        graph.add((shape, SH.qualifiedValueShapesDisjoint, Literal(draw(st.booleans()))))


@st.composite
def shapes_graphs(draw: st.DrawFn) -> Graph:
    """Return shapes, each with a target."""
    graph = Graph()
    for _ in range(draw(st.integers(1, 3))):
        shape = add_shape(draw, graph, depth=2, on_path=draw(st.booleans()))
        target = draw(st.integers(0, 3))
        found = (draw(st.sampled_from(CLASSES)), draw(nodes), *draw(st.tuples(*[st.sampled_from(PREDICATES)] * 2)))[
            target
        ]
        graph.add((shape, (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)[target], found))
    return graph


def theirs(shapes: Graph, data: Graph) -> Counter[Row]:
    """Return the results of pySHACL."""
    with standard_comparison():
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(report, Graph)
    # A result inside another tells why; it is none of its own.
    inside = set(report.objects(None, SH.detail))
    return Counter(
        tuple(  # type: ignore[misc]
            _name(report.value(result, predicate))
            for predicate in (SH.focusNode, SH.value, SH.sourceShape, SH.sourceConstraintComponent, SH.resultPath, SH.resultSeverity)
        )
        for result in set(report.objects(None, SH.result)) - inside
    )  # fmt: skip


def ours(engine: Engine, shapes: Graph, data: Graph) -> Counter[Row]:
    """Return the results of the compiled shapes, before they are told in words."""
    found = engine.found(statements_of(data))
    return Counter(
        (
            _unquoted(one.focus), _unquoted(one.value), _unquoted(one.shape), _unquoted(one.component), _unquoted(one.path),
            str(shapes.value(to_node(one.shape), SH.severity) or SH.Violation),
        )
        for one in found
    )  # fmt: skip


def _name(term: Any) -> str:
    """Return a term as text; the report of pySHACL has paths of several steps as other blank nodes than the shapes."""
    if isinstance(term, BNode) and str(term) not in ("b0", "b1"):
        return "[]"
    return "" if term is None else str(term)


def _unquoted(term: str) -> str:
    return _name(to_node(term)) if term else ""


def engine_of(shapes: Graph, folder: Path) -> Engine:
    """Return shapes as they are read from a file."""
    path = folder / "shapes.ttl"
    shapes.serialize(path)
    return Engine.load([path], meta_shacl=False)


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@settings(suppress_health_check=list(HealthCheck))
@given(shapes_graphs(), data_graphs())
def test_any_shapes_find_in_any_graph_what_pyshacl_finds(
    tmp_path_factory: pytest.TempPathFactory, shapes: Graph, data: Graph
) -> None:
    """Result for result: focus node, value, shape, component, path and severity."""
    engine = engine_of(shapes, tmp_path_factory.getbasetemp())

    assert engine.not_compiled == ()
    assert set(ours(engine, shapes, data)) == set(theirs(shapes, data))


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("bound", [SH.minInclusive, SH.minExclusive, SH.maxInclusive, SH.maxExclusive])
def test_bounds_hold_numbers_as_pyshacl_does_and_let_nothing_else_pass(tmp_path: Path, bound: Node) -> None:
    """SHACL has a result for what cannot be compared (section 4.3); pySHACL lets a day be less than a number."""
    shapes, numbers, others = Graph(), Graph(), Graph()
    shapes.add((NODES[0], SH.targetObjectsOf, PREDICATES[0]))
    shapes.add((NODES[0], bound, Literal(2)))
    for number in (Literal(1), Literal(2), Literal(3), Literal("2.0", datatype=XSD.decimal)):
        numbers.add((NODES[1], PREDICATES[0], number))
    uncomparable = [one for one in LITERALS if one.datatype not in (XSD.integer, XSD.decimal) or one.ill_typed]
    for other in uncomparable:
        others.add((NODES[1], PREDICATES[0], other))
    engine = engine_of(shapes, tmp_path)

    assert set(ours(engine, shapes, numbers)) == set(theirs(shapes, numbers))
    assert sum(ours(engine, shapes, others).values()) == len(uncomparable)


def test_a_blank_node_has_no_length_at_all(tmp_path: Path) -> None:
    """Not even none (section 4.4.1), where pySHACL finds no fault."""
    shapes, data = Graph(), Graph()
    shapes.add((NODES[0], SH.targetObjectsOf, PREDICATES[0]))
    shapes.add((NODES[0], SH.minLength, Literal(0)))
    for value in (BNode("b0"), Literal(""), NODES[1]):
        data.add((NODES[1], PREDICATES[0], value))

    assert [one.value for one in engine_of(shapes, tmp_path).found(statements_of(data))] == ["_:b0"]
    assert not theirs(shapes, data)


@pytest.mark.parametrize(
    ("pattern", "flags", "good", "bad"),
    [
        (r"[^\s]", "", "\u00a0", " \t\r\n"),
        (r"^\S+$", "", "a\u00a0b", "a b"),
        (r"^[\Sx ]$", "", " ", "\t"),
        ("a$", "", "ba", "a\n"),
        ("a$", "m", "a\nb", "ab"),
        (r"a[$]\$", "", "a$$", "a"),
        ("A.B", "is", "a\nb", "ab"),
        ("a.b", "", "a-b", "a\nb"),
    ],
)
def test_patterns_are_those_of_xpath(tmp_path: Path, pattern: str, flags: str, good: str, bad: str) -> None:
    """A blank of another kind than four is none to ``\\s``; ``$`` is the end (section 4.4.3, and SPARQL 17.4.3.14)."""
    shapes, data = Graph(), Graph()
    shapes.add((NODES[0], SH.targetSubjectsOf, PREDICATES[0]))
    shapes.add((NODES[0], SH.property, NODES[1]))
    shapes.add((NODES[1], SH.path, PREDICATES[0]))
    shapes.add((NODES[1], SH.pattern, Literal(pattern)))
    if flags:
        shapes.add((NODES[1], SH.flags, Literal(flags)))
    for text in (good, bad):
        data.add((NODES[2], PREDICATES[0], Literal(text)))

    found = engine_of(shapes, tmp_path).found(statements_of(data))

    assert [to_node(one.value) for one in found] == [Literal(bad)]


@pytest.fixture(scope="module")
def published() -> Engine:
    """Return the shapes that we publish."""
    return Engine.load([path for path in artefacts("shapes") if path.suffix == ".ttl"], meta_shacl=False)


def test_the_published_shapes_are_all_compiled(published: Engine) -> None:
    """None of them is left to pySHACL."""
    assert published.not_compiled == ()


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("case", CASE_LIST, ids=lambda case: case.name)
def test_the_published_shapes_find_every_fault_that_pyshacl_finds(published: Engine, case: Any) -> None:
    """In each graph with a fault."""
    shapes = Graph()
    for path in artefacts("shapes"):
        shapes.parse(path)
    data = patched(case)

    assert set(ours(published, shapes, data)) == set(theirs(shapes, data))


@pytest.mark.parametrize("case", CASE_LIST, ids=lambda case: case.name)
def test_the_published_shapes_tell_each_fault_in_their_own_words(published: Engine, case: Any) -> None:
    """A person reads what the shape says, also where a query of the shape found the fault."""
    results, _ = published.check(CheckedData.of(statements_of(patched(case))), where=case.name)

    assert results
    for result in results:
        assert result.messages == in_languages(URIRef(result.source_shape), SH.message)


@pytest.mark.parametrize("path", CONFORMING, ids=lambda path: path.stem)
def test_the_published_shapes_find_nothing_in_complete_data(published: Engine, path: Path) -> None:
    """What pySHACL finds no fault with has none here."""
    assert list(published.found(statements_of(conforming(path.stem)))) == []


def asking(select: str, *more: tuple[Node, Node, Node]) -> Graph:
    """Return a shape that asks a query of every node with a property."""
    shapes = Graph()
    shapes.add((NODES[0], RDF.type, SH.NodeShape))
    shapes.add((NODES[0], SH.targetSubjectsOf, PREDICATES[0]))
    shapes.add((NODES[0], SH.sparql, NODES[1]))
    shapes.add((NODES[1], SH.select, Literal(select)))
    for statement in more:
        shapes.add(statement)
    return shapes


def test_a_query_may_ask_whether_the_node_is_bound(tmp_path: Path) -> None:
    """It is, everywhere (section 5.3.1), also in a group that has no pattern."""
    shapes = asking(f"SELECT $this WHERE {{ {{ FILTER (bound($this)) }} $this <{N}p> ?value }}")
    data = Graph().add((NODES[2], PREDICATES[0], Literal("x")))

    assert set(ours(engine_of(shapes, tmp_path), shapes, data)) == set(theirs(shapes, data)) != set()


def test_the_prefixes_of_a_query_may_be_imported(tmp_path: Path) -> None:
    """Declarations lead to others by owl:imports (section 5.2.1); a prefix that nobody declares is refused."""
    select = "SELECT $this WHERE { $this ex:p ?value }"
    with pytest.raises(ArtefactError, match="prefix"):
        engine_of(asking(select), tmp_path)
    declared = BNode()
    shapes = asking(
        select,
        (NODES[1], SH.prefixes, NODES[3]),
        (NODES[3], OWL.imports, NODES[4]),
        (NODES[4], SH.declare, declared),
        (declared, SH.prefix, Literal("ex")),
        (declared, SH.namespace, Literal(N, datatype=XSD.anyURI)),
    )
    data = Graph().add((NODES[2], PREDICATES[0], Literal("x")))

    assert len(ours(engine_of(shapes, tmp_path), shapes, data)) == 1


def test_a_shape_that_is_a_class_checks_its_instances(tmp_path: Path) -> None:
    """It needs no other target (section 2.1.3.3)."""
    shapes, data = Graph(), Graph()
    shapes.add((CLASSES[0], RDF.type, SH.NodeShape))
    shapes.add((CLASSES[0], RDF.type, RDFS.Class))
    shapes.add((CLASSES[0], SH.nodeKind, SH.Literal))
    data.add((NODES[2], RDF.type, CLASSES[0]))

    assert set(ours(engine_of(shapes, tmp_path), shapes, data)) == set(theirs(shapes, data)) != set()


def test_only_true_is_true(tmp_path: Path) -> None:
    """Another way to write it leaves languages alone (section 4.4.5)."""
    lines = [
        f"<{N}a> <{SH.targetSubjectsOf}> <{N}p> .",
        f"<{N}a> <{SH.path}> <{N}p> .",
        f'<{N}a> <{SH.uniqueLang}> "1"^^<{XSD.boolean}> .',
    ]
    path = tmp_path / "shapes.ttl"
    path.write_text("\n".join(lines), encoding="utf-8")
    data = Graph()
    for text in "ab":
        data.add((NODES[1], PREDICATES[0], Literal(text, lang="fr")))

    assert not list(Engine.load([path], meta_shacl=False).found(statements_of(data)))
