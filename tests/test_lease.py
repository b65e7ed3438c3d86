"""Two who load into one store: one of them does."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld.errors import CommonsError, PublicationError, StoreError
from commons_ld.stores import updates
from commons_ld.stores.lease import publisher
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.values import Term
from tests.loads import BASE, FailingStore, Publisher, held, is_held, publication, rows_of
from tests.servers import oxigraph
from tests.servers.oxigraph import Oxigraph

LEDGER = updates.Ledger.of(BASE)
OF_ANA = publication(one="ana", two=900, three=1500, four=1200)
OF_BOB = publication(one="bob", two=901, three=1501, five=1200)


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oxigraph]:
    with oxigraph.serve(tmp_path_factory.mktemp("store")) as server:
        yield server


@pytest.fixture
def store(_server: Oxigraph) -> FailingStore:
    """Return an empty store."""
    store = FailingStore(_server.url)
    store.update("DROP ALL")
    return store


def test_of_two_loads_at_once_one_is_done_and_the_other_says_so(store: FailingStore, tmp_path: Path) -> None:
    """Five rounds: what is there in the end is what one of them published, never both."""
    for number in range(5):
        store.update("DROP ALL")
        outcomes: dict[str, str] = {}
        start = threading.Barrier(2)

        def run(
            name: str, graphs: dict[str, list[str]], number: int, start: threading.Barrier, told: dict[str, str]
        ) -> None:
            one = Publisher(tmp_path / f"{name}{number}", RemoteStore(store._query_url))
            one.publish(graphs)
            one.store.sleep = lambda seconds: time.sleep(seconds / 20)
            start.wait()
            try:
                one.load()
                told[name] = "done"
            except CommonsError as error:
                told[name] = str(error)

        threads = [
            threading.Thread(target=run, args=(name, graphs, number, start, outcomes))
            for name, graphs in (("ana", OF_ANA), ("bob", OF_BOB))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert "done" in outcomes.values(), outcomes
        assert all(
            told == "done" or re.search("another load (is at work|has taken over)", told) for told in outcomes.values()
        ), outcomes
        assert is_held(store, OF_ANA) or is_held(store, OF_BOB)


def test_what_another_load_puts_there_meanwhile_is_not_taken_for_that_of_a_stranger(
    store: FailingStore, tmp_path: Path
) -> None:
    """It comes between two looks: at what the store remembers, and at what is there."""
    ana, bob = Publisher(tmp_path / "ana", store), Publisher(tmp_path / "bob", RemoteStore(store._query_url))
    ask = store.select

    def overtaken(query: str) -> list[dict[str, Term]]:
        if query.startswith("SELECT DISTINCT ?g"):
            store.select = ask  # type: ignore[method-assign]
            bob.load(OF_BOB)
        return ask(query)

    store.select = overtaken  # type: ignore[method-assign]
    ana.load(OF_ANA)

    assert store.select == ask
    assert is_held(store, OF_ANA)


def test_a_holder_that_is_at_work_is_left_alone(store: FailingStore, tmp_path: Path) -> None:
    """As soon as its beat changes the other gives up, and has changed nothing."""
    store.update(updates.insert([LEDGER.held_by("other-1"), LEDGER.beating("other-1-1")]))
    ana = Publisher(tmp_path, store)
    beats: list[float] = []

    def works_on(seconds: float) -> None:
        beats.append(seconds)
        if len(beats) == 3:
            store.update(updates.insert([LEDGER.beating("other-1-2")]))

    store.sleep = works_on
    with pytest.raises(StoreError, match="another load is at work in this store"):
        ana.load(OF_ANA)

    assert len(beats) == 3
    assert set(held(store, ledger=True)) == {"ledger"}


def test_a_holder_that_does_nothing_for_long_is_taken_for_dead(store: FailingStore, tmp_path: Path) -> None:
    """Longer than a request may take; no clock of its own is needed."""
    store.update(updates.insert([LEDGER.held_by("other-1"), LEDGER.beating("other-1-1")]))
    ana = Publisher(tmp_path, store)
    waited: list[float] = []
    store.sleep = waited.append

    ana.load(OF_ANA)

    assert sum(waited) >= 2 * store.timeout
    assert is_held(store, OF_ANA)
    assert len(held(store, ledger=True)["ledger"]) == rows_of(OF_ANA)


def test_who_lost_the_lease_stops(store: FailingStore, tmp_path: Path) -> None:
    """A process that slept while another took over writes no more."""
    ana = Publisher(tmp_path, store)
    do = store.update
    seen: list[str] = []

    def overtaken(update: str) -> None:
        do(update)
        seen.append(update)
        if len(seen) == 2:
            do(f"DELETE WHERE {{ GRAPH <{LEDGER.graph}> {{ ?l <{LEDGER.holder}> ?h }} }}")
            do(updates.insert([LEDGER.held_by("other-1")]))

    store.update = overtaken  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="has taken over from this one"):
        ana.load(OF_ANA)

    assert not is_held(store, OF_ANA)
    told = store.select(updates.values(LEDGER))
    assert {row["v"].value for row in told if row["p"].value == LEDGER.holder} == {"other-1"}


def test_two_loads_from_one_folder_are_told_apart_at_once(store: FailingStore, tmp_path: Path) -> None:
    """By a lock that the kernel gives back, whatever ends the process."""
    ana = Publisher(tmp_path, store)
    with publisher(tmp_path / "state"), pytest.raises(PublicationError, match="another load is at work here"):
        ana.load(OF_ANA)

    ana.load(OF_ANA)


def test_a_copied_state_folder_is_another_publisher(tmp_path: Path) -> None:
    """Else its owner would be taken for dead; the same folder is always the same."""
    with publisher(tmp_path / "one") as one:
        pass
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "store.lock").write_bytes((tmp_path / "one" / "store.lock").read_bytes())
    with publisher(tmp_path / "two") as two, publisher(tmp_path / "one") as again:
        assert one == again != two
