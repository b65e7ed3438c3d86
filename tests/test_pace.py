"""How long the requests of a load become."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commons_ld.errors import QueryRejected
from commons_ld.stores.pace import SURE, Pace
from commons_ld.stores.remote import RemoteStore
from tests.loads import Publisher, is_held, publication
from tests.servers import oxigraph
from tests.servers.oxigraph import Oxigraph


def paced(cost: Callable[[int], float], refuses: int = 100_000) -> Pace:
    """Return the pace of a load of many requests to a store.

    :param cost: seconds that a request of so many statements takes
    :param refuses: statements of which it takes no more in one request
    """
    pace = Pace()
    for _ in range(30):
        if pace.most > refuses:
            pace.refused()
        else:
            pace.took(pace.most, cost(pace.most))
    return pace


@pytest.mark.parametrize(
    ("cost", "most"),
    [
        (lambda n: 0.1 + n / 10_000, 2_000),  # each request costs something
        (lambda n: n * n / 1e6, 400),  # twice as many take four times as long
        (lambda n: n / 1_000 if n > 1_000 else 0.1 + n / 20_000, 900),  # best in between
        (lambda n: n / 10_000, 400),  # all the same: the shortest
    ],
)
def test_a_load_stays_with_the_requests_that_go_fastest(cost: Callable[[int], float], most: int) -> None:
    """Whatever a store is like."""
    assert paced(cost).most == most


def test_longer_requests_are_tried_again_while_a_store_fills() -> None:
    """Each one may come to cost more than it did at first."""
    pace = paced(lambda n: n / 10_000)
    assert pace.most == 400
    for _ in range(150):
        pace.took(pace.most, 0.1 + pace.most / 10_000)

    assert pace.most == 2_000


def test_short_requests_teach_nothing() -> None:
    """The last one of a load, or one of long texts, says nothing of what longer ones would take."""
    pace = Pace()
    for _ in range(30):
        pace.took(100, 1e-9)

    assert pace.most == 400


def test_what_a_store_refuses_is_not_tried_again() -> None:
    """And large graphs are put together beside those that are read again."""
    pace = paced(lambda n: 0.1 + n / 10_000)
    assert pace.limit == 2_000
    pace.refused()

    assert (pace.most, pace.limit) == (900, SURE)
    assert paced(lambda n: 0.1 + n / 10_000, refuses=1_200).most == 900


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Oxigraph]:
    """Yield an empty store."""
    with oxigraph.serve(tmp_path / "store") as server:
        yield server


@pytest.mark.parametrize("is_done", [False, True])
def test_a_store_that_refuses_long_requests_is_loaded_by_shorter_ones(
    server: Oxigraph, tmp_path: Path, *, is_done: bool
) -> None:
    """Virtuoso does, and may have done the first operations of what it refuses."""
    ana = Publisher(tmp_path / "ana", RemoteStore(server.url))
    do, sizes = ana.store.update, list[int]()

    def picky(update: str) -> None:
        size = update.count(" <http://a/p> ")
        sizes.append(size)
        if size > 1_000:
            if is_done:
                do(update.partition("INSERT DATA {\nGRAPH <https://example.org/graph/g")[0].rstrip(" ;\n"))
            raise QueryRejected(ana.store.endpoint, {"fr": "trop long", "en": "too long"})
        do(update)

    ana.store.update = picky  # type: ignore[method-assign]
    graphs = publication(**{f"g{number:03}": 97 for number in range(150)}, large=1_500)
    ana.load(graphs)

    assert is_held(ana.store, graphs)
    assert sum(size > 1_000 for size in sizes) <= 1
    assert ana.load().updates == 0
