"""Loading by the Graph Store Protocol: graphs are put beside those that are read, and then in their places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld.errors import StoreError, StoreUnavailable
from commons_ld.stores import holdings, updates
from commons_ld.stores.publication import Graph, places
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.verifying import verify
from tests.loads import BASE, Publisher, anew, held, is_held, publication
from tests.servers import answers, faults, oxigraph
from tests.servers.faults import FaultProxy
from tests.targets import Target

OLD = publication(one="old", two=5, big=950)
NEW = anew(one="new") | publication(two=5) | anew(big=951) | publication(more=3)


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[FaultProxy]:
    """Yield a proxy before an empty store."""
    with oxigraph.serve(tmp_path / "store") as server, faults.serve(server.url.removesuffix("/query")) as proxy:
        yield proxy


@pytest.fixture
def ana(proxy: FaultProxy, tmp_path: Path) -> Publisher:
    """Return who loads through it."""
    return Publisher(tmp_path / "ana", RemoteStore(f"{proxy.url}/query", graph_store=f"{proxy.url}/store"))


def puts(store: RemoteStore) -> list[Graph]:
    """Return what is put from now on."""
    put: list[Graph] = []
    do = store.put

    def noted(graph: Graph) -> None:
        put.append(graph)
        do(graph)

    store.put = noted  # type: ignore[method-assign]
    return put


def test_graphs_go_beside_those_that_are_read(ana: Publisher) -> None:
    """Each whole in one request, whatever its size; nothing is left of it; a second load sends nothing."""
    put = puts(ana.store)
    ana.load(OLD)
    loaded = ana.load(NEW)

    assert is_held(ana.store, NEW)
    assert (loaded.sent, loaded.kept) == (3, 1)
    assert [len(graph.triples) for graph in put] == [1, 5, 950, 1, 951, 3]
    assert all(graph.iri.startswith(f"{BASE}graph/ledger/staging/") for graph in put)
    assert set(held(ana.store, ledger=True)) == {*NEW, "ledger"}
    assert not any("staging" in name for name in graphs_of(ana.store))
    assert ana.load().updates == 0


def test_a_text_that_is_too_long_for_the_protocol_goes_as_an_update(ana: Publisher) -> None:
    """Virtuoso refuses more than 64 KiB in Turtle."""
    put = puts(ana.store)
    long = {"long": [f'<http://a/s> <http://a/p> "{"x" * 70_000}"'], "many": publication(many=950)["many"]}
    ana.load(long)

    assert is_held(ana.store, long)
    assert [len(graph.triples) for graph in put] == [950]


@pytest.mark.parametrize("kind", ["503", "reset", "502", "429"])
def test_a_graph_that_did_not_arrive_is_put_again(ana: Publisher, proxy: FaultProxy, kind: str) -> None:
    """Whether it was done or not: putting it twice comes to the same."""
    ana.load(OLD)
    proxy.harm(kind, *range(9, 12))
    ana.load(NEW)

    assert proxy.harmed == 3
    assert is_held(ana.store, NEW)


def test_a_store_that_loses_a_statement_is_found_out_before_anything_is_replaced(ana: Publisher) -> None:
    """Who reads has the old graph."""
    ana.load(OLD)
    do = ana.store.put
    ana.store.put = lambda graph: do(Graph(graph.iri, graph.triples[1:] or graph.triples))  # type: ignore[method-assign]
    with pytest.raises(StoreError, match=r"not there whole \(.*graph/big: 950 / 951"):
        ana.load(NEW)

    assert is_held(ana.store, OLD)


def test_a_store_that_does_not_put_is_unavailable(ana: Publisher) -> None:
    """After some tries."""
    with answers.serve() as gateway:
        gateway.status = 503
        bob = Publisher(ana.folder / "bob", RemoteStore(ana.store._query_url, graph_store=gateway.url))
        with pytest.raises(StoreUnavailable, match="answers 503"):
            bob.load(NEW)

    assert len(gateway.asked) == 5


def test_what_a_killed_load_put_together_is_removed_by_the_next(ana: Publisher) -> None:
    """By whatever way either of them goes, and whichever load it was."""
    ledger = updates.Ledger.of(BASE)
    for name in (ledger.staging(0)[0], ledger.staging(1)[7], ledger.staging(updates.ROUNDS - 1)[-1]):
        ana.store.update(updates.insert([Graph(name, (b"<http://a/s> <http://a/p> 1 .",))]))
    Publisher(ana.folder, RemoteStore(ana.store._query_url)).load(OLD)

    assert not any("staging" in name for name in graphs_of(ana.store))


def test_what_a_killed_load_put_does_no_harm_when_it_arrives_late(ana: Publisher) -> None:
    """Just before the next one puts its graphs in their places, with as many statements of the same properties."""
    late = puts(ana.store)
    ana.load(publication(one="old", big=950))
    ana.store.put = RemoteStore.put.__get__(ana.store)  # type: ignore[method-assign]
    do = ana.store.update

    def after_it(update: str) -> None:
        if "INSERT {" in update:
            for graph in late:
                ana.store.put(graph)
        do(update)

    ana.store.update = after_it  # type: ignore[method-assign]
    new = {"one": ['<http://a/s> <http://a/p> "new"'], "big": publication(big=951)["big"][1:]}
    ana.load(new)

    assert late
    assert is_held(ana.store, new)
    ana.store.update = do  # type: ignore[method-assign]
    ana.load(publication(one="third"))
    assert not any("staging" in name for name in graphs_of(ana.store))


def graphs_of(store: RemoteStore) -> set[str]:
    """Return the names of all graphs."""
    return {row["g"].value for row in store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}


#: What the address for graphs has in the place of the last part of that for updates.
GRAPH_STORES = {"oxigraph": "store", "virtuoso": "sparql-graph-crud-auth", "jena": "data"}
#: Every kind of value that pages have, and one that Virtuoso takes in no update.
VALUES = {
    "values": [
        f"<http://a/s> <http://a/p{number}> {value}"
        for number, value in enumerate(
            (
                '"PT12M30S"^^<http://www.w3.org/2001/XMLSchema#duration>',
                '"2021-12-02T14:19:00+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
                '"4.835"^^<http://www.w3.org/2001/XMLSchema#decimal>',
                r'"\" . } ; DROP ALL # é 李 𝔘"@fr',
                r'"two\nlines"',
                "<http://a/o?x=1&y=%20#z>",
            )
        )
    ]
}


def test_every_store_takes_graphs_by_the_protocol(remote: Target, tmp_path: Path) -> None:
    """What is there afterwards is what was published, value by value, and a change replaces its graph alone."""
    assert remote.server
    update = remote.server.update_url
    address = f"{update.rpartition('/')[0]}/{GRAPH_STORES[remote.name]}"
    store = RemoteStore(remote.server.url, update, address, credentials=remote.credentials)
    ana = Publisher(tmp_path, store)
    put = puts(store)
    ana.load(publication(one="old", big=950) | VALUES)
    ana.load(publication(one="new", big=950) | VALUES)

    assert [len(graph.triples) for graph in put] == [1, 950, 6, 1]
    found = verify(ana.dump, places(ana.dump), lambda some: holdings.statements(store, some))
    assert (found.graphs, found.damages) == (3, ())
    assert {change.kind for change in found.changes} <= {"xsd:duration", "xsd:dateTime"}
    assert not any("staging" in name for name in graphs_of(store))
