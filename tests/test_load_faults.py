"""What may go wrong on the way to a store while it is loaded: in the end it holds what was published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld.errors import StoreError, StoreUnavailable
from commons_ld.stores.remote import RemoteStore
from tests.loads import Publisher, is_held, publication
from tests.servers import answers, faults, oxigraph
from tests.servers.faults import BEFORE, KINDS, FaultProxy
from tests.servers.oxigraph import Oxigraph

OLD = publication(catalog=3, one="old", two=5, three=1, big=950)
NEW = publication(catalog=4, one="new", two=5, four=2, big=951)
#: More than a load of these has requests.
MOST_REQUESTS = 40


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Oxigraph]:
    """Yield an empty store."""
    with oxigraph.serve(tmp_path / "store") as server:
        yield server


@pytest.fixture
def proxy(server: Oxigraph) -> Iterator[FaultProxy]:
    """Yield a proxy before it."""
    with faults.serve(server.url.removesuffix("/query")) as proxy:
        yield proxy


def prepared(server: Oxigraph, proxy: FaultProxy, folder: Path) -> tuple[RemoteStore, Publisher]:
    """Return a store that holds the old publication, asked without harm, and who loads through the proxy."""
    plain = RemoteStore(server.url)
    Publisher(folder, plain).load(OLD)
    return plain, Publisher(folder, RemoteStore(f"{proxy.url}/query", timeout=1))


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", [*sorted({*KINDS} - {"maxlag", "stall"}), *BEFORE])
def test_one_fault_anywhere_is_got_over(tmp_path: Path, kind: str, step: int) -> None:
    """Each request in turn fails: the load goes on, or where nothing was heard of the store yet, is run again."""
    cut_short, at = 0, 1
    while True:
        folder = tmp_path / str(at)
        # A store from which much was removed becomes slow, so each has one of its own.
        with oxigraph.serve(folder / "store") as server, faults.serve(server.url.removesuffix("/query")) as proxy:
            plain, ana = prepared(server, proxy, folder)
            proxy.harm(kind, at)
            try:
                ana.load(NEW)
            except StoreError:
                cut_short += 1
                ana.load(NEW)

            assert is_held(plain, NEW), at
            assert Publisher(folder, plain).load().updates == 0
            if not proxy.harmed:
                break
        at += step
        assert at < MOST_REQUESTS

    assert at > 20
    assert cut_short == 1


def test_a_store_that_does_not_answer_in_time_is_asked_whether_it_did(
    server: Oxigraph, proxy: FaultProxy, tmp_path: Path
) -> None:
    """The answer to an update begins and does not end: what was done is not done again."""
    plain, ana = prepared(server, proxy, tmp_path)
    proxy.harm("stall", 6)
    ana.load(NEW)

    assert proxy.harmed == 1
    assert is_held(plain, NEW)


def test_a_proxy_that_answers_for_the_store_is_found_out(server: Oxigraph, tmp_path: Path) -> None:
    """It says 200 to updates that go nowhere."""
    with answers.serve() as nowhere:
        ana = Publisher(tmp_path, RemoteStore(server.url, nowhere.url))
        with pytest.raises(StoreError, match=r"another load is at work|holds nothing of it"):
            ana.load(NEW)


def test_two_addresses_of_two_stores_are_found_out(server: Oxigraph, tmp_path: Path) -> None:
    """Updates that are done elsewhere are no updates of this store."""
    with oxigraph.serve(tmp_path / "other") as other:
        ana = Publisher(tmp_path / "ana", RemoteStore(server.url, other.update_url))
        with pytest.raises(StoreError):
            ana.load(NEW)


@pytest.mark.parametrize(
    ("status", "kind", "body", "words"),
    [
        (507, "text/plain", b"No space left on device", "answers 507 .No space left on device"),
        (500, "text/plain", b"Virtuoso 22003 Error SR346: no number", "refuses the request: 500 Virtuoso 22003"),
        (500, "text/plain", b"Virtuoso 40001 Error SR172: Transaction deadlocked", "answers 500 .Virtuoso 40001"),
        (403, "text/plain", b"read only", "refuses the request: 403 read only"),
        (500, "text/plain", b"Virtuoso 42000 Error SR186:SECURITY: No permission", "no right to it.*--update"),
        (502, "text/html", b"<html><h1>Bad gateway</h1></html>", "answers 502; check that the store itself runs"),
        (200, "text/html", b"<html><form>Password</form></html>", "not that of a SPARQL store"),
    ],
)
def test_what_a_store_says_stands_in_the_sentence(
    server: Oxigraph, tmp_path: Path, status: int, kind: str, body: bytes, words: str
) -> None:
    """A full disk, a value it cannot take, two transactions in each other's way, no right to write, a gateway."""
    with answers.serve() as gateway:
        gateway.status, gateway.kind, gateway.body = status, kind, body
        ana = Publisher(tmp_path, RemoteStore(server.url, gateway.url))
        with pytest.raises(StoreError, match=words) as caught:
            ana.load(NEW)

    # What cannot be right the second time is not sent again.
    passes = isinstance(caught.value, StoreUnavailable)
    assert len(gateway.asked) == (5 if passes else 1)
    assert caught.value.told("fr") != caught.value.told("en")


def test_a_store_that_asks_to_be_left_alone_is(server: Oxigraph, proxy: FaultProxy, tmp_path: Path) -> None:
    """As many seconds as it says, or more."""
    _, ana = prepared(server, proxy, tmp_path)
    waited: list[float] = []
    ana.store.sleep = waited.append
    proxy.harm("503", 5)
    ana.load(NEW)

    assert len(waited) == 1
    assert waited[0] >= 2
