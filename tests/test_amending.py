"""Sending only the statements in which graphs differ: what is sent, and what becomes of it where a store fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from commons_ld.errors import QueryRejected
from commons_ld.stores import holdings
from commons_ld.stores.amending import amendments, portions
from commons_ld.stores.pace import SURE
from commons_ld.stores.publication import Graph, places
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.values import Term
from commons_ld.stores.verifying import verify
from tests.loads import BASE, Publisher, anew, is_held, publication, spread
from tests.servers import oxigraph
from tests.targets import Target

XSD = "http://www.w3.org/2001/XMLSchema#"
#: A value of each kind that records have, and another one in its place.
VALUES = {
    "text": ('"eau"', '"l\'eau"'),
    "french": ('"l’eau"@fr', '"« l’eau »"@fr'),
    "other-language": ('"eau"@fr', '"eau"@en'),
    "lines": (r'"un\ndeux"@fr', r'"un\n\"deux\"\\"@fr'),
    "date": (f'"2021-12-02"^^<{XSD}date>', f'"2021-12-03"^^<{XSD}date>'),
    "month": (f'"2021-12"^^<{XSD}gYearMonth>', f'"2021"^^<{XSD}gYear>'),
    "time": (f'"2021-12-02T14:19:00Z"^^<{XSD}dateTime>', f'"2021-12-02T14:20:00Z"^^<{XSD}dateTime>'),
    "duration": (f'"PT1H"^^<{XSD}duration>', f'"PT59M"^^<{XSD}duration>'),
    "integer": (f'"7"^^<{XSD}integer>', f'"8"^^<{XSD}integer>'),
    "decimal": (f'"45.76"^^<{XSD}decimal>', f'"4.83"^^<{XSD}decimal>'),
    "address": ("<http://a/é>", "<http://a/b?c=d&e=f#g>"),
    "two": (f"<http://a/1> . <{BASE}s> <{BASE}p/two> <http://a/2>", "<http://a/2>"),
}
OLD = spread(one=20, two=20, three=20)
NEW = spread(one=21, two=19, three=20)


def sent_by(ana: Publisher) -> list[str]:
    """Return the updates that are sent from now on."""
    do, sent = ana.store.update, list[str]()

    def noted(update: str) -> None:
        sent.append(update)
        do(update)

    ana.store.update = noted  # type: ignore[method-assign]
    return sent


def is_whole(update: list[str], name: str) -> bool:
    """Tell whether a graph was sent whole."""
    return any(f"DROP SILENT GRAPH <{BASE}graph/{name}>" in text for text in update)


def of_values(which: int) -> dict[str, list[str]]:
    """Return a graph of every kind of value, each the first or the second of its two, beside some that stay."""
    values = (f"<{BASE}s> <{BASE}p/{name}> {both[which]}" for name, both in VALUES.items())
    return {"values": [*publication(same=40)["same"], *(line for text in values for line in text.split(" . "))]}


def test_values_of_every_kind_are_replaced_by_others(remote: Target, tmp_path: Path) -> None:
    """Each store takes the old value away, in whatever way it writes it, and nothing else is sent."""
    assert remote.server
    store = RemoteStore(remote.server.url, remote.server.update_url, credentials=remote.credentials)
    ana = Publisher(tmp_path, store)
    ana.load(of_values(0))
    sent = sent_by(ana)
    for which in (1, 0):
        ana.load(of_values(which))
        found = verify(ana.dump, places(ana.dump), partial(holdings.statements, store))

        assert found.damages == ()
        assert {change.kind for change in found.changes} <= {"xsd:duration", "xsd:decimal", "xsd:dateTime"}
        assert ana.load().updates == 0
    assert not is_whole(sent, "values")
    assert f"<{BASE}same>" not in "".join(sent)


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Publisher]:
    """Yield who loads an empty store."""
    with oxigraph.serve(tmp_path / "store") as server:
        yield Publisher(tmp_path / "ana", RemoteStore(server.url))


def test_a_graph_that_differs_in_more_than_it_has_is_sent_whole(ana: Publisher) -> None:
    """The others of the same load are not."""
    new = NEW | anew(three=20)
    ana.load(OLD)
    sent = sent_by(ana)
    ana.load(new)

    assert is_held(ana.store, new)
    assert [is_whole(sent, name) for name in new] == [False, False, True]


def test_a_value_that_is_written_in_another_way_is_replaced(ana: Publisher) -> None:
    """It is the same to a store that keeps values, and not to one that keeps what was written."""
    for text in ("2021-12-02T14:19:00+01:00", "2021-12-02T13:19:00Z"):
        ana.load({"one": [*OLD["one"], f'<http://a/s> <http://a/q> "{text}"^^<{XSD}dateTime>']})
        rows = ana.store.select("SELECT ?o { GRAPH ?g { ?s <http://a/q> ?o } }")

        assert [row["o"].value for row in rows] == [text]


@pytest.mark.parametrize("takes", ["nothing", "an error"])
def test_a_store_that_does_not_take_statements_away_is_sent_the_graph(ana: Publisher, takes: str) -> None:
    """Whether it says so or not."""
    ana.load(OLD)
    sent = sent_by(ana)
    do = ana.store.update

    def keeping(update: str) -> None:
        if takes == "an error" and f"{BASE}graph/two> {{ <" in update:
            raise QueryRejected(ana.store.endpoint, "not this")
        do(re.sub(r"DELETE WHERE \{ GRAPH <[^>]*/graph/two>[^}]*\} \} ;", "", update))

    ana.store.update = keeping  # type: ignore[method-assign]
    ana.load(NEW)

    assert is_held(ana.store, NEW)
    assert is_whole(sent, "two")
    assert ana.load().updates == 0


def test_a_store_that_cuts_off_its_answers_is_sent_the_graphs(ana: Publisher) -> None:
    """What it holds is not known then."""
    ana.load(OLD)
    sent, select = sent_by(ana), ana.store.select

    def cut_off(query: str) -> list[dict[str, Term]]:
        return select(query)[:10]

    ana.store.select = cut_off  # type: ignore[method-assign]
    ana.load(NEW)
    ana.store.select = select  # type: ignore[method-assign]

    assert is_held(ana.store, NEW)
    assert is_whole(sent, "one")


def test_what_comes_between_reading_and_writing_is_found(ana: Publisher) -> None:
    """A request of a load that was taken for dead puts another version there: as many statements of each property."""
    other = {"one": [line.replace('"3"', '"three"') for line in OLD["one"]]}
    ana.load(OLD)
    do, late = ana.store.update, [f'DELETE DATA {{ GRAPH <{BASE}graph/one> {{ {OLD["one"][3]} }} }} ;'
                                 f'INSERT DATA {{ GRAPH <{BASE}graph/one> {{ {other["one"][3]} }} }}']  # fmt: skip

    def interrupted(update: str) -> None:
        if late and f"GRAPH <{BASE}graph/one>" in update:
            do(late.pop())
        do(update)

    ana.store.update = interrupted  # type: ignore[method-assign]
    ana.load(NEW)

    assert not late
    assert is_held(ana.store, NEW)


def test_graphs_that_are_there_as_they_are_to_be_are_not_sent(ana: Publisher) -> None:
    """Loaded by other means, and adopted: what is written down is their hash."""
    ana.load(OLD)
    ana.store.update(f"DROP GRAPH <{BASE}graph/ledger>")
    sent = sent_by(ana)
    loaded = ana.load(adopt=True)

    assert loaded.sent == 3
    assert "<http://a/p>" not in "".join(sent)
    assert is_held(ana.store, OLD)
    assert ana.load().updates == 0


def test_what_is_sent_depends_on_what_changed_and_not_on_what_there_is(ana: Publisher) -> None:
    """As many requests, and as many bytes, in an archive ten times as large."""
    told = []
    for size in (20, 200):
        graphs = spread(**{f"g{size:03}-{number:03}": 9 for number in range(size)})
        ana.load(graphs)
        sent = sent_by(ana)
        ana.load(graphs | {f"g{size:03}-007": graphs[f"g{size:03}-007"][1:]})
        told.append((len(sent), sum(map(len, sent))))

    (few, short), (many, long) = told
    assert few == many
    assert abs(long - short) < 20
    assert long < 6_000


def test_many_amendments_go_in_requests_of_the_usual_length() -> None:
    """Halves of halves, each below what every store takes."""
    graphs = [
        Graph(f"http://a/{g}", tuple(b'<http://a/s> <http://a/p%d> "1" .' % p for p in range(90))) for g in range(50)
    ]
    given = {graph.iri: graph.triples[40:] for graph in graphs}
    parts = list(portions(list(amendments(graphs, given))))

    assert [one.graph for part in parts for one in part] == graphs
    assert max(sum(one.statements for one in part) for part in parts) <= SURE
    assert len(parts) < 5
    assert list(portions([])) == []


def test_a_statement_about_a_blank_node_is_not_told_apart() -> None:
    """Somebody else's, in a graph of ours: it is sent whole."""
    graph = Graph("http://a/g", tuple(b'<http://a/s> <http://a/p> "%d" .' % n for n in range(9)))

    assert list(amendments([graph], {graph.iri: [*graph.triples, b'_:b <http://a/p> "1" .']})) == []
