"""Loading real stores through faults: of the network, of the store, of the loader, of two loaders at once.

Each fault meets one update of a load, counted from the first; in ``make test`` a few of them, in ``make test-long`` each
of them at each moment, by one kind of fault after another.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld.errors import CommonsError, StoreError, StoreUnavailable
from commons_ld.stores.remote import RemoteStore
from tests.loads import BASE, Publisher, anew, is_held, publication, spread
from tests.servers import gateway
from tests.servers.gateway import Gateway
from tests.targets import Target

_FEW = [f"g{number}" for number in range(10)]
_ALL = [f"g{number}" for number in range(10, 20)]
#: Two publications: graphs of which few statements differ and graphs of which all do, one of those takes more than a
#: request, one that comes, one that goes.
ONE = publication(big=950, gone=5, **dict.fromkeys(_ALL, 40)) | spread(catalog=30, **dict.fromkeys(_FEW, 40))
TWO = anew(big=1001, new=7, **dict.fromkeys(_ALL, 41)) | spread(catalog=31, **dict.fromkeys(_FEW, 41))
#: Updates of a load of the second, when nothing goes wrong: the lease is taken and given back with the first and the
#: last. Virtuoso is told of texts in some of them.
UPDATES = {"oxigraph": 13, "jena": 13, "virtuoso": 16}
#: Those of a load of either into a store that has the other, at least.
FEWEST = UPDATES | {"virtuoso": 15}
#: Those of the load of the first one, into an empty store.
FIRST = 14
#: What a loader may see of a fault.
FAULTS = ("502", "sign-in", "reset")
#: How often a store, and a loader, is killed by ``make test-long``.
KILLS = 50


@pytest.fixture
def passed(remote: Target) -> Iterator[Gateway]:
    """Yield a gateway before each store."""
    assert remote.server
    with gateway.serve(remote.server.url, signs_in=remote.credentials is not None) as passed:
        yield passed


def publisher(remote: Target, folder: Path, passed: Gateway | None = None, *, timeout: float = 60.0) -> Publisher:
    """Return one who loads a store, by way of a gateway or not, and waits for nothing."""
    assert remote.server
    urls = (remote.server.url, remote.server.update_url)
    if passed:
        urls = (passed.through(urls[0]), passed.through(urls[1]))
    return Publisher(folder, RemoteStore(*urls, credentials=remote.credentials, timeout=timeout))


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Tell whether ``--long`` was given."""
    return bool(request.config.getoption("--long"))


def _shortly_with(*stores: str) -> pytest.MarkDecorator:
    """Have ``make test`` meet some of the stores, and ``make test-long`` all of them."""
    every = [name if name in stores else pytest.param(name, marks=pytest.mark.long) for name in UPDATES]
    return pytest.mark.parametrize("remote", every, indirect=True)


@_shortly_with("oxigraph")
def test_a_load_has_as_many_updates_as_faults_can_meet(remote: Target, tmp_path: Path, passed: Gateway) -> None:
    """Else the numbers of these tests would say nothing."""
    ana = publisher(remote, tmp_path, passed)
    assert ana.load(ONE).updates == FIRST
    passed.harm("before", "reset")

    assert ana.load(TWO).updates == passed.count == UPDATES[remote.name]
    assert is_held(ana.store, TWO)
    assert ana.load(ONE).updates == FEWEST[remote.name]


@pytest.mark.parametrize(
    ("remote", "moment"),
    # In ``make test`` each store meets half of the moments.
    [
        pytest.param(store, moment, marks=[] if (row + column) % 2 else [pytest.mark.long])
        for row, store in enumerate(UPDATES)
        for column, moment in enumerate(gateway.MOMENTS)
    ],
    indirect=["remote"],
)
def test_a_load_gets_past_a_fault(
    remote: Target, tmp_path: Path, passed: Gateway, moment: str, *, is_long: bool
) -> None:
    """What is not known to be done is looked after, and done once more where it was not."""
    ana, unharmed = publisher(remote, tmp_path, passed), publisher(remote, tmp_path)
    first, last = gateway.MOMENTS.index(moment), UPDATES[remote.name]
    for at in range(1, last + 1) if is_long else [2 + 5 * first % (last - 2)]:
        kind = FAULTS[(first + at) % len(FAULTS)]
        remote.clear()
        unharmed.load(ONE)
        passed.harm(moment, kind, at)
        ana.publish(TWO)
        end = _end(ana)
        passed.heal()
        passed.deliver(all_of_it=True)

        assert passed.harmed == 1
        # Whether the lease is had is not guessed, and who was disturbed by what came late says so.
        assert end is None or at == 1 or (moment == "late" and "run again" in str(end)), end
        assert all(status < 300 for status in passed.late)
        ana.load()
        assert is_held(ana.store, TWO), (kind, at)
        ana.load()
        assert ana.load().updates == 0


@_shortly_with("oxigraph")
def test_a_store_that_is_silent_is_asked_what_it_did(remote: Target, tmp_path: Path, passed: Gateway) -> None:
    """The time-out is that of the request; nothing is waited for without end."""
    publisher(remote, tmp_path).load(ONE)
    ana = publisher(remote, tmp_path, passed, timeout=2.0)
    passed.harm("after", "silence", 3)
    ana.load(TWO)

    assert passed.harmed == 1
    assert is_held(ana.store, TWO)


@_shortly_with("oxigraph", "jena")
def test_a_store_that_is_killed_is_loaded_by_the_next_try(
    remote: Target, tmp_path: Path, passed: Gateway, *, is_long: bool
) -> None:
    """Before, while and after it does an update: what it has answered for is there when it is started again."""
    assert remote.server
    ana, direct = publisher(remote, tmp_path, passed), publisher(remote, tmp_path)
    direct.load(ONE)
    there, wanted = ONE, TWO
    for number in range(KILLS if is_long else 1):
        at = 2 + (5 * number + 2) % (FEWEST[remote.name] - 2)
        passed.harm(("during", "after", "before")[number % 3], remote.server.stop, at)
        with pytest.raises(StoreUnavailable):
            ana.load(wanted)
        remote.server.start()

        direct.load()
        assert is_held(direct.store, wanted), at
        assert direct.load().updates == 0
        there, wanted = wanted, there


def test_a_loader_that_is_killed_is_finished_by_the_next(
    remote: Target, tmp_path: Path, passed: Gateway, *, is_long: bool
) -> None:
    """By SIGKILL before, while and after the store does an update; nobody waits, and nothing is left."""
    direct = publisher(remote, tmp_path)
    direct.load(ONE)
    there, wanted = ONE, TWO
    for number in range(KILLS if is_long else 1):
        at = 1 + (5 * number + 2) % FEWEST[remote.name]
        direct.publish(wanted)
        _kill_a_load(remote, tmp_path, passed, ("during", "after", "before")[number % 3], at)
        waits: list[float] = []
        direct.store.sleep = waits.append

        direct.load()
        assert is_held(direct.store, wanted), at
        assert waits == []
        direct.load()
        assert direct.load().updates == 0
        there, wanted = wanted, there


def _kill_a_load(remote: Target, folder: Path, passed: Gateway, moment: str, at: int) -> None:
    """Begin a load in a process of its own, and kill it at one of its updates."""
    assert remote.server
    variables = {"COMMONS_LD_BASE_IRI": BASE}
    if remote.credentials:
        variables |= {
            "COMMONS_LD_STORE_USER": remote.credentials.user,
            "COMMONS_LD_STORE_PASSWORD": remote.credentials.password,
        }
    started = threading.Event()

    def kill() -> None:
        started.wait()
        process.send_signal(signal.SIGKILL)
        process.wait()

    passed.harm(moment, kill, at)
    process = subprocess.Popen(
        [
            sys.executable, "-m", "commons_ld", "load", "--quiet", "--out", str(folder), "--state", str(folder / "state"),
            "--to", passed.through(remote.server.url), "--update", passed.through(remote.server.update_url),
        ],
        cwd=folder, env=os.environ | variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    started.set()
    assert process.wait() == -signal.SIGKILL
    assert passed.harmed == 1


@_shortly_with("oxigraph", "virtuoso")
def test_a_loader_that_slept_and_was_taken_for_dead_does_no_harm_that_stays(
    remote: Target, tmp_path: Path, *, is_long: bool
) -> None:
    """The update that it had sent comes after all, and perhaps some more; the next load of the other finds it out."""
    assert remote.server
    # The last one gives back the lease.
    for at in range(2, FIRST) if is_long else (2, FIRST - 1):
        remote.clear()
        with gateway.serve(remote.server.url, signs_in=remote.credentials is not None) as passed:
            slow = publisher(remote, tmp_path / f"slow-{at}", passed)
            quick = publisher(remote, tmp_path / "quick", timeout=4.0)
            passed.harm("before", "pause", at)
            ends: list[CommonsError | None] = []
            slow.publish(ONE)
            thread = threading.Thread(target=lambda slow=slow, ends=ends: ends.append(_end(slow)))
            thread.start()
            assert passed.paused.wait(60)

            quick.load(TWO)
            assert is_held(quick.store, TWO)
            passed.released.set()
            thread.join()

        (end,) = ends
        assert isinstance(end, StoreError), at
        assert "run again" in str(end)
        quick.load()
        assert is_held(quick.store, TWO), at
        assert quick.load().updates == 0


def _end(publisher: Publisher) -> CommonsError | None:
    """Load, and return how it ended."""
    try:
        publisher.load()
    except CommonsError as error:
        return error
    return None


def test_a_load_leaves_one_that_is_at_work_alone(remote: Target, tmp_path: Path, passed: Gateway) -> None:
    """Who comes second waits until the first does something, and then says so; what the first loads is whole."""
    first, second = publisher(remote, tmp_path / "first", passed), publisher(remote, tmp_path / "second")
    passed.harm("before", "pause", 4)
    ends: list[CommonsError | None] = []
    first.publish(ONE)
    thread = threading.Thread(target=lambda: ends.append(_end(first)))
    thread.start()
    assert passed.paused.wait(60)

    def wait(_seconds: float) -> None:
        passed.released.set()
        thread.join()

    second.store.sleep = wait
    second.publish(TWO)
    end = _end(second)

    assert ends == [None]
    # The first may have ended while the second looked: then what it did stands in the way of nobody.
    assert end is None or "at work" in str(end) or "was not loaded" in str(end)
    assert is_held(second.store, ONE) or (end is None and is_held(second.store, TWO))
