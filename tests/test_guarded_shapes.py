"""The guard: with it, the reports are those of the compiled shapes alone, whatever is wrong with a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rdflib import RDF, SH, Graph, Literal, URIRef

from benchmarks.records import make_records
from commons_ld.artefacts import artefact, artefacts
from commons_ld.concepts import Concepts
from commons_ld.iris import IriPolicy
from commons_ld.mapping import Block
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES
from commons_ld.mapping.nodes import DESCRIBED, MEDIA
from commons_ld.rdf.namespaces import expand
from commons_ld.record import Guest, Link, RecordFields
from commons_ld.validation import BlockReport, Shapes
from commons_ld.validation import guard as guarding
from commons_ld.validation.data import read_block
from tests.defects import good_blocks, outlined_blocks, spoiled, spoiled_record
from tests.test_compiled_shapes import CLASSES, LITERALS, NODES, PREDICATES, engine_of, shapes_graphs
from tests.test_shapes import BASE

CONCEPTS: Final = Concepts.load(artefact("ontology/concepts.ttl"))
POLICY: Final = IriPolicy(BASE)


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    """Return the shapes that we publish."""
    return Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])


def both(shapes: Shapes, blocks: Iterable[Any], **options: Any) -> Iterator[tuple[BlockReport, BlockReport]]:
    """Yield the reports with the guard and without it."""
    blocks, options = list(blocks), {"context": CONCEPTS, "policy": POLICY, **options}
    with_it = shapes.validate(blocks, **options)
    return zip(with_it, shapes.validate(blocks, guarded=False, **options), strict=True)


def unsure(shapes: Shapes, block: Block) -> list[bytes] | None:
    """Return the nodes that the compiled shapes are asked about; ``None`` if they are asked about all."""
    guard = shapes._engine.guard
    judged = guard.judged(block, CONCEPTS.predicates)
    if judged is None:
        return None
    return list(judged.unsure)


def spoiled_records(count: int, *, good: Iterable[RecordFields] = (), first: int = 0) -> Iterator[RecordFields]:
    """Yield records with defects of every kind.

    :param good: what they are made of, again and again, if not invented records
    :param first: the number of the first, on which its defects depend
    """
    of = list(good) or list(make_records(40, seed=2))
    return (spoiled_record(fields, number) for number, fields in enumerate(islice(cycle(of), count), start=first))


def test_the_guard_is_sure_of_records_as_the_mapping_makes_them(shapes: Shapes) -> None:
    """Of all of them, also of those that lack what it is only advised to tell."""
    blocks = list(outlined_blocks(shapes, make_records(100)))

    assert all(unsure(shapes, block) == [] for block in blocks)
    reports = list(both(shapes, blocks))
    assert all(guarded == alone for guarded, alone in reports)
    assert {len(guarded.results) for guarded, _ in reports} == {0, 1}


def test_an_outline_changes_nothing_in_a_block(shapes: Shapes) -> None:
    """Nor is it there when nobody asks for it."""
    outlined = list(outlined_blocks(shapes, spoiled_records(40)))
    plain = list(outlined_blocks(Shapes(_Deaf()), spoiled_records(40)))  # type: ignore[arg-type]

    assert [block._replace(outline=None) for block in outlined] == plain
    assert None not in [block.outline for block in outlined]


class _Deaf:
    """Shapes that no outline helps with."""

    class guard:  # noqa: N801 - it stands for one
        """A guard that is not able."""

        is_able = False


@pytest.mark.parametrize("tokens", [True, False])
def test_defects_of_every_kind_are_reported_the_same(shapes: Shapes, tokens: bool) -> None:
    """Values that are missing, too many, of another form, or the addresses of other nodes …"""
    blocks = list(outlined_blocks(shapes, spoiled_records(2200), tokens=tokens))

    reports = list(both(shapes, blocks))

    assert [guarded for guarded, alone in reports if guarded != alone] == []
    assert sum(bool(guarded.results) for guarded, _ in reports) > 1000
    assert len({result.source_shape for guarded, _ in reports for result in guarded.results}) > 30
    asked = [unsure(shapes, block) for block in blocks]
    assert None not in asked
    assert {bool(nodes) for nodes in asked} == {True, False}


def test_defective_blocks_that_nobody_outlined_are_left_to_the_shapes(shapes: Shapes) -> None:
    """Statements that are missing, too many, of another type, about another node …"""
    blocks = [spoiled(block, number) for number, block in enumerate(good_blocks(200, seed=2))]

    reports = list(both(shapes, blocks))

    assert [guarded for guarded, alone in reports if guarded != alone] == []
    assert len({result.source_shape for guarded, _ in reports for result in guarded.results}) > 30


@pytest.mark.long
def test_defects_in_a_hundred_thousand_records_are_reported_the_same(shapes: Shapes) -> None:
    """As above, each record another one."""
    for number in range(0, 100_000, 1000):
        records = (
            spoiled_record(fields, number + place) if place % 10 else fields
            for place, fields in enumerate(make_records(1000, seed=3 + number))
        )
        found = both(shapes, outlined_blocks(shapes, records))
        assert [guarded.graph for guarded, alone in found if guarded != alone] == []


def test_a_node_that_is_described_twice_is_held_against_the_shapes_whole(shapes: Shapes) -> None:
    """A link may lead to a person, with a label that is a second name; it is no other person's name."""
    (record,) = make_records(1)
    person = Guest("Ana Exemple", "conteuse")
    twice = replace(record, guests=(person,), links=(Link(f"{BASE}person/ana-exemple", "ana@exemple.example"),))
    blocks = list(outlined_blocks(shapes, [twice, replace(record, guests=(person,)), twice]))

    reports = list(both(shapes, blocks))

    assert all(guarded == alone for guarded, alone in reports)
    assert [
        any("person-name-address" in result.source_shape for result in guarded.results) for guarded, _ in reports
    ] == [True, False, True]


def test_a_node_of_two_kinds_is_left_to_the_shapes_with_its_block(shapes: Shapes) -> None:
    """What is proved of the nodes of a kind need not be true of it."""
    (block,) = outlined_blocks(shapes, make_records(1))
    assert block.outline is not None
    person = next(node for node in block.outline.nodes if node[1][0] == "person")
    twice = [(person[0], ("organization", *person[1][2:]), person[2]), (person[0], person[1], person[2])]

    assert [
        unsure(shapes, block._replace(outline=block.outline._replace(nodes=[*block.outline.nodes, other])))
        for other in twice
    ] == [None, []]


def test_the_nodes_that_the_templates_lead_to_are_described_and_of_those_kinds(shapes: Shapes) -> None:
    """Else what is proved of them would be so of none."""
    pointed_to, seen = shapes._engine.guard.noting.templates.pointed_to, set[str]()
    for block in outlined_blocks(shapes, chain(make_records(60), spoiled_records(1500))):
        assert block.outline is not None
        kinds: dict[str, set[str]] = {}
        for term, key, _ in block.outline.nodes:
            kinds.setdefault(term.decode(), set()).add(str(key[0]))
        for subject, predicate, value in read_block(block.data):
            if len(kinds[subject]) > 1:
                continue
            wanted = pointed_to(min(kinds[subject]), predicate)
            assert not wanted or wanted & kinds[value]
            seen |= wanted
    assert seen == {kind for kinds in DESCRIBED.values() for kind in kinds} - {*MEDIA}


def test_what_is_known_of_other_nodes_can_call_for_the_shapes(shapes: Shapes) -> None:
    """A class below another one, told of a node that a block only refers to, counts in the block."""
    (block,) = outlined_blocks(shapes, make_records(1))
    below = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"

    class Known:
        predicates = (below,)

        def about(self, iri: str) -> list[str]:
            return [f"<{iri}> {below} <https://schema.org/Person>"] if "/concept/" in iri else []

    assert shapes._engine.guard.judged(block, CONCEPTS.predicates) is not None
    assert shapes._engine.guard.judged(block, Known.predicates) is None
    ((guarded, alone),) = both(shapes, [block], context=Known())
    assert guarded == alone


def test_an_outline_for_other_shapes_is_not_taken(shapes: Shapes) -> None:
    """It tells of values only what those shapes ask for."""
    other = Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])
    (block,) = outlined_blocks(other, make_records(1))

    assert other._engine.guard.judged(block) is not None
    assert shapes._engine.guard.judged(block) is None


def test_what_is_remembered_is_bounded(shapes: Shapes, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins anew, and finds the same."""
    monkeypatch.setattr(guarding, "_LIMIT", 3)
    blocks = list(outlined_blocks(shapes, spoiled_records(60)))

    assert all(guarded == alone for guarded, alone in both(shapes, blocks))
    assert len(shapes._engine.guard._signatures) < 30


def test_a_node_that_two_blocks_speak_of_is_asked_about_apart(shapes: Shapes) -> None:
    """What a query finds in one block is not found in another one that says something else of the same node."""
    (record,) = make_records(1)
    wrong = replace(record, created="1999/01/01", issued="1999/01/01")
    blocks = list(outlined_blocks(shapes, [record, wrong, record]))

    reports = [guarded for guarded, alone in both(shapes, blocks) if guarded == alone]

    assert len(reports) == 3
    assert [any("month" in result.source_shape for result in report.results) for report in reports] == [
        False,
        True,
        False,
    ]


def test_a_query_of_which_nothing_is_foreseen_is_asked_about_every_node(tmp_path: Path) -> None:
    """Whatever it finds, and in more blocks than wait for it at once."""
    graph, shape, query = Graph(), URIRef("urn:shape"), URIRef("urn:query")
    title = expand("dcterms:title")
    select = (
        f'SELECT $this ?value WHERE {{ $this <{title}> ?value . FILTER (lang(?value) = "fr" && strlen(?value) > 27) }}'
    )
    for predicate, value in (
        (RDF.type, SH.NodeShape),
        (SH.targetClass, URIRef(expand("cld:Session"))),
        (SH.sparql, query),
    ):
        graph.add((shape, predicate, value))
    graph.add((query, SH.select, Literal(select)))
    made = Shapes(engine_of(graph, tmp_path))
    blocks = list(outlined_blocks(made, make_records(200)))

    reports = list(both(made, blocks))

    assert [guarded for guarded, alone in reports if guarded != alone] == []
    assert [guarded.graph for guarded, _ in reports] == [block.graph for block in blocks]
    assert {len(guarded.results) for guarded, _ in reports} == {0, 1}
    assert all(unsure(made, block) for block in blocks)


@settings(suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 10_000_000)), min_size=1, max_size=6))
def test_any_records_are_reported_the_same(shapes: Shapes, picked: list[tuple[int, int]]) -> None:
    """Whatever came before them."""
    good = list(make_records(30, seed=5))
    records = [spoiled_record(good[place - 1], number) for place, number in picked]

    for guarded, alone in both(shapes, outlined_blocks(shapes, records)):
        assert guarded == alone


#: What stands for the vocabulary of the random shapes: that of the mapping.
_PROPERTIES: Final = sorted({expand(name) for rule in CROSSWALK for name in rule.properties})
_CLASSES: Final = sorted(
    {expand(name) for names in NODE_TYPES.values() for name in names} | {expand("schema:AudioObject")}
)
_VALUES: Final = [
    Literal("fr"), Literal("en"), Literal("Appel en commun", lang="fr"), Literal("Ana Exemple"), Literal("x", lang="fr"),
    Literal("2021-12-02", datatype=URIRef(expand("xsd:date"))), Literal("PT1H", datatype=URIRef(expand("xsd:duration"))),
]  # fmt: skip
#: Properties that are often compared, or that several fields have.
_TOGETHER: Final = (
    "dcterms:title",
    "schema:name",
    "dcterms:created",
    "schema:startDate",
    "dcterms:extent",
    "dcterms:subject",
)


@st.composite
def shapes_of_the_mapping(draw: st.DrawFn) -> Graph:
    """Return random shapes that ask something of the nodes of blocks."""
    graph = draw(shapes_graphs())
    properties = st.sampled_from(
        [*_PROPERTIES, *(expand(name) for name in _TOGETHER), *(expand(name) for name in _TOGETHER)]
    )
    others: dict[Any, Any] = {one: URIRef(draw(properties)) for one in PREDICATES}
    others |= {one: URIRef(draw(st.sampled_from(_CLASSES))) for one in CLASSES}
    nodes = [f"{BASE}collection/appel-en-commun", f"{BASE}concept/plaidoyer", f"{BASE}person/ana-exemple"]
    others |= {one: URIRef(draw(st.sampled_from(nodes))) for one in NODES}
    values = [one for one in LITERALS if one.language or one.datatype not in (None, URIRef(expand("xsd:integer")))]
    others |= dict(zip(values, draw(st.permutations(_VALUES)), strict=False))
    renamed = Graph()
    for statement in graph:
        # Lists are named by blank nodes, and numbers are parameters.
        renamed.add(tuple(others.get(term, term) for term in statement))
    return renamed


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(shapes_of_the_mapping(), st.lists(st.integers(0, 10_000_000), min_size=1, max_size=4))
def test_any_shapes_find_the_same_with_a_guard(
    tmp_path_factory: pytest.TempPathFactory, shapes: Graph, numbers: list[int]
) -> None:
    """It leaves to the compiled shapes what it does not understand; also where it has seen nodes that are alike."""
    made = Shapes(engine_of(shapes, tmp_path_factory.getbasetemp()))
    good = list(make_records(8, seed=7))
    records = chain(
        good[:4], (spoiled_record(fields, number) for fields, number in zip(good[4:], numbers, strict=False))
    )

    for guarded, alone in both(made, outlined_blocks(made, records)):
        assert guarded == alone
