"""The guard: with it, the reports are those of the compiled shapes alone, whatever is wrong with a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph

from commons_ld.artefacts import artefact, artefacts
from commons_ld.concepts import Concepts
from commons_ld.iris import IriPolicy
from commons_ld.validation import BlockReport, Shapes
from commons_ld.validation.graphs import statements_of
from tests.defects import Block, good_blocks, spoiled
from tests.test_compiled_shapes import data_graphs, engine_of, shapes_graphs
from tests.test_shapes import BASE, CASE_LIST, CONFORMING, conforming, patched

CONCEPTS: Final = Concepts.load(artefact("ontology/concepts.ttl"))
POLICY: Final = IriPolicy(BASE)


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    """Return the shapes that we publish."""
    return Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])


def both(shapes: Shapes, blocks: Iterable[Block], **options: Any) -> Iterator[tuple[BlockReport, BlockReport]]:
    """Yield the reports with the guard and without it."""
    blocks = list(blocks)
    with_it = shapes.validate(blocks, context=CONCEPTS.about, policy=POLICY, **options)
    return zip(with_it, shapes.validate(blocks, context=CONCEPTS.about, policy=POLICY, guarded=False), strict=True)


def block_of(graph: Graph) -> Block:
    """Return a graph as a block."""
    block = Block(f"{BASE}graph/a", f"{BASE}session/a", b"")
    return block.with_statements([" ".join(statement).encode() for statement in statements_of(graph)])


def passes(shapes: Shapes, block: Block) -> bool:
    """Tell whether the guard passes a block."""
    guard = shapes._engine.guard
    found = guard.passed(block.data, CONCEPTS.about)
    return found is not None and guard.answered({0: found}) == {0}


def test_the_guard_passes_records_as_the_mapping_makes_them(shapes: Shapes) -> None:
    """All of them, also those that lack what it is only advised to tell."""
    blocks = list(good_blocks(100))

    assert all(passes(shapes, block) for block in blocks)
    reports = list(both(shapes, blocks))
    assert all(guarded == alone for guarded, alone in reports)
    assert {len(guarded.results) for guarded, _ in reports} == {0, 1}


def test_defects_of_every_kind_are_reported_the_same(shapes: Shapes) -> None:
    """Statements that are missing, too many, of another type, about another node …"""
    good = list(good_blocks(40, seed=2))
    blocks = [spoiled(block, number) for number, block in enumerate(islice(cycle(good), 2200))]

    reports = list(both(shapes, blocks))

    assert [guarded for guarded, alone in reports if guarded != alone] == []
    assert sum(bool(guarded.results) for guarded, _ in reports) > 1000
    assert len({result.source_shape for guarded, _ in reports for result in guarded.results}) > 50


@pytest.mark.long
def test_defects_in_a_hundred_thousand_records_are_reported_the_same(shapes: Shapes) -> None:
    """As above, each record another one."""
    for number in range(0, 100_000, 1000):
        good = good_blocks(1000, seed=3 + number)
        blocks = [spoiled(block, number + place) if place % 10 else block for place, block in enumerate(good)]
        assert [guarded.graph for guarded, alone in both(shapes, blocks) if guarded != alone] == []


@pytest.mark.parametrize("case", CASE_LIST, ids=lambda case: case.name)
def test_every_fault_that_a_shape_finds_is_reported_the_same(shapes: Shapes, case: Any) -> None:
    """In each graph with a fault that a shape is there for."""
    ((guarded, alone),) = both(shapes, [block_of(patched(case))])

    assert guarded == alone
    assert guarded.results


@pytest.mark.parametrize("path", CONFORMING, ids=lambda path: path.stem)
def test_complete_data_is_reported_the_same(shapes: Shapes, path: Path) -> None:
    """Nothing is found in it."""
    ((guarded, alone),) = both(shapes, [block_of(conforming(path.stem))])

    assert guarded == alone
    assert guarded.results == ()


def test_what_is_known_of_other_nodes_can_call_for_the_shapes(shapes: Shapes) -> None:
    """A class below another one, told of a node that a block only refers to, counts in the block."""
    (block,) = good_blocks(1)
    below = "http://www.w3.org/2000/01/rdf-schema#subClassOf"

    def about(iri: str) -> list[str]:
        return [f"<{iri}> <{below}> <https://schema.org/Person>"] if "/concept/" in iri else []

    guard = shapes._engine.guard
    assert guard.passed(block.data, CONCEPTS.about) is not None
    assert guard.passed(block.data, about) is None
    assert guard.passed(block.data, CONCEPTS.about) is not None


def test_nodes_that_differ_in_a_language_alone_are_not_alike(shapes: Shapes) -> None:
    """Two titles may stand in two languages, and not in one."""
    (block,) = good_blocks(1)
    titles = [
        statement
        for statement in block.statements
        if statement.startswith(b"<%b> " % block.subject.encode()) and b"@fr" in statement
        if b"/title> " in statement or b"/name> " in statement
    ]
    blocks = [
        block.with_statements([*block.statements, *(title.replace(b'"@fr', end) for title in titles)])
        for end in (b' bis"@en', b' bis"@fr')
    ]

    # One after the other: of two blocks about one session that come together, the second is not passed.
    reports = [guarded for block in blocks for guarded, alone in both(shapes, [block]) if guarded == alone]

    assert [any("title-language" in result.source_shape for result in report.results) for report in reports] == [
        False,
        True,
    ]


def test_a_class_below_another_one_is_checked_as_that(shapes: Shapes) -> None:
    """A block may say so itself."""
    (block,) = good_blocks(1)
    node = (
        b"<https://example.org/remark> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/Remark>"
    )
    class_ = (
        b"<https://example.org/Remark> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <https://schema.org/Comment>"
    )

    blocks = [block.with_statements([*block.statements, *more]) for more in ([node], [node, class_])]

    reports = [pair for block in blocks for pair in both(shapes, [block])]

    assert all(guarded == alone for guarded, alone in reports)
    assert [len(guarded.results) > 1 for guarded, _ in reports] == [False, True]


def test_a_node_that_two_blocks_speak_of_is_asked_about_apart(shapes: Shapes) -> None:
    """What a query finds in one block is not found in another one that says something else of the same node."""
    (block,) = good_blocks(1)
    wrong = [
        statement.replace(b'created> "20', b'created> "19').replace(b'startDate> "20', b'startDate> "19')
        for statement in block.statements
    ]
    blocks = [block, block.with_statements(wrong), block]

    reports = [guarded for guarded, alone in both(shapes, blocks) if guarded == alone]

    assert len(reports) == 3
    assert [any("month" in result.source_shape for result in report.results) for report in reports] == [
        False,
        True,
        False,
    ]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_bytes_that_are_no_n_quads_are_never_passed(shapes: Shapes, data: st.DataObject) -> None:
    """The guard passes nothing that cannot be read, and nothing in which something else is read."""
    (block,) = good_blocks(1)
    place = data.draw(st.integers(0, len(block.data) - 1))
    new = data.draw(
        st.sampled_from([b"", b'"', b"\\", b"<", b">", b" ", b"\n", b"\r", b"\x80", b".", b"_:a", b"\\u0041"])
    )
    broken = block._replace(data=block.data[:place] + new + block.data[place + data.draw(st.integers(0, 2)) :])

    if passes(shapes, broken):
        ((guarded, alone),) = both(shapes, [broken])
        assert guarded == alone


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(shapes_graphs(), st.lists(data_graphs(), min_size=1, max_size=4))
def test_any_shapes_find_the_same_with_a_guard(
    tmp_path_factory: pytest.TempPathFactory, shapes: Graph, graphs: list[Graph]
) -> None:
    """It declines what it does not understand; also where it has seen nodes that are alike."""
    made = Shapes(engine_of(shapes, tmp_path_factory.getbasetemp()))

    for guarded, alone in both(made, [block_of(graph) for graph in graphs]):
        assert guarded == alone
