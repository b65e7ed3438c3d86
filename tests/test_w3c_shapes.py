"""The test suite of the W3C for SHACL (https://w3c.github.io/data-shapes/data-shapes-test-suite/), where it is at hand.

``pytest tests/test_w3c_shapes.py --suite DIR`` runs it, where ``DIR`` holds its ``manifest.ttl``; the source archive of
pySHACL brings it along. No part of it is kept here. What is found is compared with what the suite expects: focus node,
value, path, component, severity and shape, where a blank node is like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox
import pytest
from rdflib import RDF, SH, BNode, Graph, Namespace
from rdflib.term import Node

from commons_ld.errors import ArtefactError
from commons_ld.validation.breakdown import Breakdown, breakdowns
from commons_ld.validation.engine import Engine
from commons_ld.validation.graphs import Converter, statements_of
from commons_ld.validation.loading import tried
from commons_ld.validation.tokens import to_node

MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT: Final = Namespace("http://www.w3.org/ns/shacl-test#")

#: Where we differ, and what the standard says there.
DIFFERENT: Final = {
    "core/node/qualified-001": "sh:qualifiedValueShape at a node shape is refused, not passed over (section 4.7.3)",
    "sparql/pre-binding/shapesGraph-001": "$shapesGraph is refused, which processors need not support (section 5.3.1)",
}

_PARTS: Final = (SH.focusNode, SH.value, SH.resultPath, SH.sourceConstraintComponent, SH.resultSeverity, SH.sourceShape)
#: What a result says, in the order of :data:`_PARTS`.
Row = tuple[str, ...]


class Case(NamedTuple):
    """A test of the suite."""

    name: str
    data: Path
    shapes: Path
    expected: Counter[Row] | None

    @property
    def is_expected_to_fail(self) -> bool:
        """Whether the shapes are to be refused."""
        return self.expected is None


def read_cases(manifest: Path) -> Iterator[Case]:
    """Yield the tests of a manifest, and of those that it includes."""
    graph = read(manifest)
    for included in sorted(graph.objects(None, MF.include), key=str):
        yield from read_cases(_path(included))
    for entries in graph.objects(None, MF.entries):
        for entry in graph.items(entries):
            action = graph.value(entry, MF.action)
            report = graph.value(entry, MF.result)
            data, shapes = (_path(graph.value(action, one)) for one in (SHT.dataGraph, SHT.shapesGraph))
            expected = None if report == SHT.Failure else Counter(_rows(graph, report))
            yield Case("/".join([*manifest.parts[-3:-1], manifest.stem]), data, shapes, expected)


def _path(iri: Node | None) -> Path:
    return Path(unquote(urlsplit(str(iri)).path))


def _rows(graph: Graph, report: Node | None) -> Iterator[Row]:
    for result in graph.objects(report, SH.result):
        yield tuple(_name(graph.value(result, part)) for part in _PARTS)


def _name(term: Node | None) -> str:
    if term is None:
        return ""
    return "[]" if isinstance(term, BNode) else term.n3()


def read(path: Path) -> Graph:
    """Return a graph as the product reads it, which leaves ``"1"^^xsd:boolean`` as it is written."""
    graph = Graph()
    for statement in Converter().statements(ox.parse(path=path, base_iri=path.as_uri())):
        graph.add(statement)
    return graph


#: What leads from a test to what it is made of.
_OF_TESTS: Final = (MF.entries, MF.action, MF.result, SH.result, SH.detail, RDF.first, RDF.rest)


def without_tests(path: Path) -> Graph:
    """Return a graph without the tests that stand in it, and without what they expect."""
    graph = read(path)
    todo: list[Node] = [*graph.subjects(RDF.type, MF.Manifest), *graph.subjects(RDF.type, SHT.Validate)]
    while todo:
        for statement in list(graph.triples((todo.pop(), None, None))):
            graph.remove(statement)
            if statement[1] in _OF_TESTS:
                todo.append(statement[2])
    return graph


def found(case: Case) -> Counter[Row]:
    """Return what our shapes find."""
    shapes = without_tests(case.shapes)
    # One file is one graph, so that shapes and data share blank nodes.
    data = shapes if case.data == case.shapes else without_tests(case.data)
    engine = Engine(tried(statements_of(shapes), case.shapes, meta_shacl=False))
    return Counter(
        (
            _name(to_node(one.focus)),
            _name(to_node(one.value)) if one.value else "",
            _name(to_node(one.path)) if one.path else "",
            _name(to_node(one.component)),
            _name(shapes.value(to_node(one.shape), SH.severity) or SH.Violation),
            _name(to_node(one.shape)),
        )
        for one in engine.found(statements_of(data))
    )


def test_the_documentation_tells_where_we_differ() -> None:
    """Each test of the suite that we do not pass, with its paragraph."""
    page = (Path(__file__).parent.parent / "docs" / "validation.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `") and "section" in line]

    assert {line.split("`")[1] for line in rows} == set(DIFFERENT)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each case."""
    if "case" not in metafunc.fixturenames:
        return
    suite = metafunc.config.getoption("--suite")
    cases = list(read_cases(Path(suite) / "manifest.ttl")) if suite else []
    metafunc.parametrize("case", cases, ids=[case.name for case in cases])


def test_what_the_suite_expects_is_found(case: Case) -> None:
    """Result for result; shapes that are to be refused are."""
    if case.name in DIFFERENT:
        with pytest.raises(ArtefactError):
            found(case)
    elif case.is_expected_to_fail:
        with pytest.raises((ArtefactError, Breakdown, *breakdowns())):
            found(case)
    else:
        assert found(case) == case.expected
