"""The names that blank nodes of harvested graphs get."""

from __future__ import annotations

import random
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.harvesting import skolem
from commons_ld.harvesting.graphs import lines_of

NODES = st.sampled_from([ox.BlankNode(name) for name in "abcdef"] + [ox.NamedNode(f"http://x/{name}") for name in "pq"])
TRIPLES = st.lists(
    st.builds(ox.Triple, NODES, st.sampled_from([ox.NamedNode("http://x/r"), ox.NamedNode("http://x/s")]), NODES),
    max_size=12,
)


@given(TRIPLES)
def test_a_graph_keeps_its_shape_without_blank_nodes(triples: list[ox.Triple]) -> None:
    """Each blank node has a name of its own, as rdflib sees it: putting blank nodes back gives an isomorphic graph."""
    lines = lines_of(triples, "http://x/g", "http://h/.well-known/genid/")

    back, ours = rdflib.Graph(), rdflib.Graph()
    for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS):
        back.add((_rdflib(quad.subject), _rdflib(quad.predicate), _rdflib(quad.object)))
    for triple in triples:
        ours.add((_rdflib(triple.subject), _rdflib(triple.predicate), _rdflib(triple.object)))
    assert len(back) == len(ours)
    assert rdflib.compare.isomorphic(back, ours)
    assert lines == b"".join(sorted(set(lines.splitlines(keepends=True))))


def _rdflib(term: object) -> rdflib.term.Node:
    assert isinstance(term, ox.NamedNode | ox.BlankNode)
    is_blank = isinstance(term, ox.BlankNode) or "genid" in term.value
    return rdflib.BNode(term.value.rpartition("/")[2]) if is_blank else rdflib.URIRef(term.value)


def test_the_name_of_a_blank_node_does_not_depend_on_its_label() -> None:
    """The same statements under other labels, in another order, are the same bytes."""
    first = ox.parse('_:x <http://p> _:y . _:y <http://q> "v" . _:z <http://p> "w" .', format=ox.RdfFormat.TURTLE)
    second = ox.parse('_:z <http://q> "v" . _:y <http://p> "w" . _:x <http://p> _:z .', format=ox.RdfFormat.TURTLE)

    lines = [lines_of((quad.triple for quad in quads), "http://g", "http://h/") for quads in (first, second)]

    assert lines[0] == lines[1]


@given(TRIPLES, st.randoms(use_true_random=False))
def test_the_names_of_blank_nodes_do_not_depend_on_order(triples: list[ox.Triple], chance: random.Random) -> None:
    """Those of nodes that look alike neither, such as the nodes of a ring."""
    labels = [f"z{number}" for number in range(6)]
    chance.shuffle(labels)
    others = dict(zip("abcdef", labels, strict=True))
    shuffled = [
        ox.Triple(_relabelled(triple.subject, others), triple.predicate, _relabelled(triple.object, others))
        for triple in triples
    ]
    chance.shuffle(shuffled)

    assert lines_of(shuffled, "http://x/g", "http://h/") == lines_of(triples, "http://x/g", "http://h/")


def _relabelled(term: Any, labels: dict[str, str]) -> Any:
    return ox.BlankNode(labels[term.value]) if isinstance(term, ox.BlankNode) else term


def test_long_chains_and_many_rings_of_blank_nodes_have_the_same_bytes_in_any_order() -> None:
    """Though rounds of looking around do not reach from one end to the other."""
    p = ox.NamedNode("http://x/p")
    chain = [ox.Triple(ox.BlankNode(f"c{n}"), p, ox.BlankNode(f"c{n + 1}")) for n in range(30)]
    rings = [
        ox.Triple(ox.BlankNode(f"r{ring}x{n}"), p, ox.BlankNode(f"r{ring}x{(n + 1) % (3 + ring % 3)}"))
        for ring in range(9)
        for n in range(3 + ring % 3)
    ]
    triples = chain + rings
    first = lines_of(triples, "http://x/g", "http://h/")
    chance = random.Random(1)
    for _ in range(5):
        chance.shuffle(triples)
        assert lines_of(triples, "http://x/g", "http://h/") == first
    assert len(set(first.splitlines())) == len(triples)


def test_a_graph_of_nodes_that_all_look_alike_is_named_within_its_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond them nodes are numbered as they came; each has its own name all the same."""
    rounds = 0
    around = skolem._around

    def counted(*arguments: Any) -> Any:
        nonlocal rounds
        rounds += 1
        return around(*arguments)

    monkeypatch.setattr(skolem, "_around", counted)
    monkeypatch.setattr(skolem, "_SHARED", 0)
    p = ox.NamedNode("http://x/p")
    ring = [ox.Triple(ox.BlankNode(f"n{n}"), p, ox.BlankNode(f"n{(n + 1) % 1000}")) for n in range(1000)]

    lines = lines_of(ring, "http://x/g", "http://h/").splitlines()

    assert rounds <= skolem._ROUNDS + skolem._MORE_ROUNDS
    assert (len(set(lines)), len({line.split()[0] for line in lines})) == (1000, 1000)
