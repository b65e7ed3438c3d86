"""A query may cost its worker, and never the server."""

import asyncio
import json
import multiprocessing
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest
import uvloop

from commons_ld.stores import embedded
from commons_ld.web import worker_process
from commons_ld.web.answers import Answer, Failure
from commons_ld.web.asking import Asking
from commons_ld.web.worker import Question
from commons_ld.web.worker_process import Worker
from commons_ld.web.workers import Limits, Workers
from tests.disks import mounted

SELECT = Question("SELECT ?o { <http://e/1> ?p ?o }", results="text/csv")
PRODUCT = Question("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?f) }")
BOMB = Question(
    "SELECT ?z { BIND('0123456789abcdef' AS ?a) "
    + " ".join(f"BIND(CONCAT({', '.join([f'?{a}'] * 16)}) AS ?{b})" for a, b in zip("abcdefg", "bcdefgz", strict=True))
    + "}"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a generation of 500 quads."""
    folder = tmp_path_factory.mktemp("state")
    dump = folder / "dataset.nq"
    dump.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" <http://e/g{n % 2}> .\n' for n in range(500)))
    return embedded.load(dump, folder, version="1")


def test_a_fork_server_that_ends_while_it_starts_a_worker_does_not_end_the_starting(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the system is short of memory and ends it: one question is told so, and the next one is answered."""
    read, broken = forkserver.read_signed, ["once"]

    def read_signed(descriptor: int) -> int:
        if broken.pop() if broken else "":
            raise EOFError("unexpected EOF")
        return int(read(descriptor))

    monkeypatch.setattr(forkserver, "read_signed", read_signed)
    with Workers(store, Limits(workers=1, seconds=5)) as workers:
        first, second = workers.ask(SELECT), workers.ask(SELECT)

    assert isinstance(first, Failure)
    assert first.reason == "died"
    assert isinstance(second, Answer)


class OfALoop(Workers):
    """Workers that are asked by an event loop, as the endpoint asks them, and not by a thread."""

    def ask(self, question: Question) -> Answer | Failure:
        """Ask in a loop of its own."""
        with ThreadPoolExecutor(4) as threads:
            return asyncio.run(self.answer(question, threads))


class OfUvloop(Workers):
    """Workers that are asked by the loop that the server takes."""

    def ask(self, question: Question) -> Answer | Failure:
        """Ask in a loop of its own."""
        with ThreadPoolExecutor(4) as threads, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(self.answer(question, threads))


@pytest.fixture(params=[Workers, OfALoop, OfUvloop], ids=["thread", "loop", "uvloop"])
def kind(request: pytest.FixtureRequest) -> type[Workers]:
    """Return the way in which workers are asked."""
    found: type[Workers] = request.param
    return found


@pytest.fixture
def workers(store: Path, kind: type[Workers]) -> Iterator[Workers]:
    """Return one worker with tight limits."""
    with kind(store, Limits(seconds=2, memory=256 * 2**20, workers=1, slow=1, waiting=0, answer=1_000)) as workers:
        yield workers


def test_a_store_that_cannot_be_opened_is_told_in_both_languages(tmp_path: Path) -> None:
    """Each question is told so, and has it tried again."""
    workers = Workers(tmp_path / "none", Limits(workers=1), "https://w3id.org/commons-ld/remix/")
    try:
        failures = [workers.ask(SELECT) for _ in range(2)]
    finally:
        workers.close()

    assert failures == [Failure("died", "the store cannot be opened", fr="le dépôt ne peut pas être ouvert")] * 2


def test_why_a_store_cannot_be_opened_is_logged(tmp_path: Path) -> None:
    """By the process that was to open it; the path is ours, and nobody has asked anything yet."""
    script = (
        "import sys; from multiprocessing import Pipe; from pathlib import Path; from commons_ld.web.worker import work\n"
        "work(Pipe()[0], Path(sys.argv[1]), 2**30, 1000, {})"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "none")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr

    (line,) = map(json.loads, said.splitlines())
    assert (line["event"], line["where"]) == ("fault", ["store"])
    assert str(tmp_path / "none") in line["error"]


def test_a_worker_that_ended_while_it_was_free_costs_nobody_an_answer(workers: Workers) -> None:
    """The system may end it, for want of memory: another one answers."""
    assert isinstance(workers.ask(SELECT), Answer)
    free = workers._free.take(30)
    assert free
    free.kill()
    free.process.join()
    workers._free.put(free)

    assert isinstance(workers.ask(Question("SELECT ?o { <http://e/2> ?p ?o }")), Answer)
    assert isinstance(workers.ask(SELECT), Answer)


def test_a_query_is_answered_in_the_media_type_asked_for(workers: Workers) -> None:
    """SELECT and CONSTRUCT have each their own."""
    assert workers.ask(SELECT) == Answer("text/csv", b"o\r\n1\r\n")
    triples = workers.ask(Question("CONSTRUCT WHERE { <http://e/1> ?p ?o }", triples="application/n-triples"))
    assert triples == Answer("application/n-triples", b'<http://e/1> <http://e/p> "1" .\n')


def test_a_question_may_choose_its_graphs(workers: Workers) -> None:
    """Default and named graphs of the protocol replace the union of all."""
    chosen = Question(SELECT.query, default_graphs=("http://e/g0",), results="text/csv")

    assert workers.ask(chosen) == Answer("text/csv", b"o\r\n")


@pytest.mark.parametrize(
    ("question", "reasons"),
    [
        (PRODUCT, {"time"}),
        (BOMB, {"memory", "time"}),
        (Question("ASK " + "{" * 5_000 + "}" * 5_000), {"died"}),
        (Question("SELECT * { ?s ?p ?o }"), {"size"}),
        (Question("SELECT"), {"syntax"}),
    ],
    ids=["cartesian product", "CONCAT bomb", "stack overflow", "long answer", "no SPARQL"],
)
def test_after_a_hostile_query_the_next_is_answered(workers: Workers, question: Question, reasons: set[str]) -> None:
    """Each is told why it got nothing, and the next one is as if it had not been."""
    failure = workers.ask(question)

    assert isinstance(failure, Failure)
    assert failure.reason in reasons
    assert isinstance(workers.ask(SELECT), Answer)


def test_a_worker_killed_while_it_answers_is_replaced(store: Path, kind: type[Workers]) -> None:
    """Whoever kills a worker, its query is told and the next is answered."""
    with kind(store, Limits(workers=1, seconds=5)) as workers:
        workers.ask(SELECT)
        worker = workers._free._free[0]
        assert worker
        answers: list[Answer | Failure] = []
        asking = threading.Thread(target=lambda: answers.append(workers.ask(PRODUCT)))
        asking.start()
        os.kill(worker.process.pid or 0, signal.SIGKILL)
        asking.join()

        assert isinstance(workers.ask(SELECT), Answer)
        assert len(answers) == 1


def test_the_kernel_refuses_the_network_to_a_query_that_the_guard_would_have_let_through(workers: Workers) -> None:
    """SERVICE reaches nobody, not even here; this one never passed a guard."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        answer = workers.ask(Question(f"ASK {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"))
        listening.setblocking(False)

        assert isinstance(answer, Failure)
        assert "denied" in answer.detail.lower()
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_a_slow_query_leaves_the_quick_lane(store: Path, kind: type[Workers]) -> None:
    """While one takes its time, plain ones are answered; a second slow one is told to come back; its lane is freed."""
    with kind(store, Limits(seconds=4, quick=0.1, workers=1, slow=1, waiting=4)) as workers:
        answers: list[Answer | Failure] = []
        slow = threading.Thread(target=lambda: answers.append(workers.ask(PRODUCT)))
        slow.start()
        while workers._slow._value:
            time.sleep(0.01)
        second = workers.ask(PRODUCT)
        plain = [workers.ask(SELECT) for _ in range(5)]
        slow.join()

        assert isinstance(second, Failure)
        assert (second.reason, answers) == (
            "busy",
            [Failure("time", "the query took longer than 4 seconds; narrow it down, or add a LIMIT")],
        )
        assert all(isinstance(answer, Answer) for answer in plain)
        assert workers._slow.acquire(blocking=False)


def test_a_question_that_nobody_waits_for_any_more_is_ended(store: Path) -> None:
    """Its worker with it; who has come to another answer meanwhile ends nobody else's."""
    with Workers(store, Limits(seconds=600, workers=1)) as workers, ThreadPoolExecutor(4) as threads:

        async def asked(question: Question, seconds: float) -> Answer | Failure:
            return await workers.answer(question, threads, lambda: asyncio.sleep(seconds))

        assert asyncio.run(asked(PRODUCT, 0.2)) == Failure("left", "the client has gone")
        assert isinstance(asyncio.run(asked(SELECT, 0)), Answer)
        worker = workers._free.take(30)
        assert worker
        asking = Asking(workers, worker, SELECT)
        assert isinstance(asking.answer(), Answer)
        asking.break_off()
        assert isinstance(workers.ask(SELECT), Answer)
        assert worker.process.is_alive()


def test_more_than_may_wait_are_told_to_come_back(workers: Workers) -> None:
    """One runs, one waits, the third is refused at once."""
    assert workers._places.acquire(blocking=False)
    assert workers._places.acquire(blocking=False)

    assert workers.ask(SELECT) == Failure("busy", "too many queries wait already; come back later")


def test_an_answer_of_many_pieces_is_whole_however_it_is_asked_for(store: Path, kind: type[Workers]) -> None:
    """What the worker sends in pieces, and what waits in a file."""
    with kind(store, Limits(workers=1, seconds=5)) as workers:
        spooled = []
        for times in (1, 40, 700):
            query = f"SELECT ?o {{ {{ SELECT ?o {{ ?s ?p ?o }} }} VALUES ?n {{ {'1 ' * times} }} }}"
            answer = workers.ask(Question(query, results="text/csv"))

            assert isinstance(answer, Answer)
            data = answer.spool.read() if answer.spool else answer.body
            assert data.count(b"\r\n") == 1 + 500 * times
            assert answer.size == len(data)
            spooled.append(answer.spool is not None)
            if answer.spool:
                answer.spool.close()
        assert spooled == [False, False, True]


def test_a_full_disk_is_told_to_the_operator_and_the_next_answer_has_its_room(
    store: Path, kind: type[Workers], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The client hears that there is no room, and nothing of a fault of the engine."""
    query = f"SELECT ?o {{ {{ SELECT ?o {{ ?s ?p ?o }} }} VALUES ?n {{ {'1 ' * 700} }} }}"
    with (
        mounted(tmp_path / "disk", "size=1m") as disk,
        kind(store, Limits(workers=1, seconds=30)) as workers,
        monkeypatch.context() as patching,
    ):
        patching.setattr(tempfile, "tempdir", str(disk))
        failure = workers.ask(Question(query, results="text/csv"))
        assert isinstance(failure, Failure)
        assert (failure.reason, "no room" in failure.detail, "pas de place" in failure.fr) == ("room", True, True)
        assert list(disk.iterdir()) == []
        assert isinstance(workers.ask(SELECT), Answer)
        patching.undo()
        answer = workers.ask(Question(query, results="text/csv"))
        assert isinstance(answer, Answer)
        assert answer.spool
        answer.spool.close()
    assert "temporary files: No space left on device" in capfd.readouterr().err


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_an_answer_of_which_a_part_is_there_is_waited_for(
    loop_factory: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    """Its length comes first, and the rest when the worker is let to run again; uvloop makes lines not wait."""
    lanes = SimpleNamespace(seconds=30.0, quick=30.0, give_back=lambda _worker: None)
    ours, theirs = multiprocessing.Pipe()
    message = b"e0.1\0text/csv\0" + b"x" * 30_000

    def slowly() -> None:
        theirs.recv_bytes()
        os.write(theirs.fileno(), struct.pack("!i", len(message)))
        time.sleep(0.1)
        os.write(theirs.fileno(), message)

    async def asked() -> Answer | Failure | None:
        worker = Worker(cast("BaseProcess", SimpleNamespace(kill=int, join=int)), ours)
        return await Asking(cast("Workers", lanes), worker, SELECT).soon(asyncio.get_running_loop())

    with ours, theirs, ThreadPoolExecutor(1) as threads, asyncio.Runner(loop_factory=loop_factory) as runner:
        threads.submit(slowly)
        answer = runner.run(asked())

    assert isinstance(answer, Answer)
    assert (answer.size, answer.body) == (30_000, b"x" * 30_000)


def test_who_waits_first_is_served_first(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads and loops stand in one queue, and nobody gets ahead."""
    served: list[int] = []

    class Noted(Asking):
        def __init__(self, lanes: Workers, worker: Worker, question: Question) -> None:
            served.append(int(question.query.rpartition("#")[2]))
            super().__init__(lanes, worker, question)

    monkeypatch.setattr("commons_ld.web.workers.Asking", Noted)
    with Workers(store, Limits(workers=1, seconds=30)) as workers, ThreadPoolExecutor(8) as threads:
        workers.start()
        busy = workers._free.take(30)
        assert busy

        async def all_of_them() -> list[Answer | Failure]:
            loop = asyncio.get_running_loop()
            asked: list[asyncio.Future[Answer | Failure]] = []
            for number in range(8):
                question = SELECT._replace(query=f"{SELECT.query} #{number}")
                if number % 2:
                    asked.append(asyncio.ensure_future(workers.answer(question, threads)))
                else:
                    asked.append(loop.run_in_executor(threads, workers.ask, question))
                while len(workers._free._waiting) <= number:
                    await asyncio.sleep(0.01)
            workers.give_back(busy)
            return await asyncio.gather(*asked)

        answers = asyncio.run(all_of_them())

    assert all(isinstance(answer, Answer) for answer in answers)
    assert served == list(range(8))


def test_who_waits_no_more_leaves_the_queue(store: Path) -> None:
    """A task that is cancelled while it waits costs nobody a worker."""
    with Workers(store, Limits(workers=1, seconds=5)) as workers:
        workers.ask(SELECT)
        busy = workers._free.take(30)
        assert busy

        async def cancelled(threads: ThreadPoolExecutor) -> None:
            task = asyncio.ensure_future(workers.answer(SELECT, threads))
            while not workers._free._waiting:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        with ThreadPoolExecutor(1) as threads:
            asyncio.run(cancelled(threads))
        workers.give_back(busy)

        assert isinstance(workers.ask(SELECT), Answer)


def test_what_the_script_imports_is_loaded_before_a_worker_starts() -> None:
    """The modules of its functions, of its classes and those that it names; not itself, nor values that are from none."""
    script = ModuleType("__main__")
    exec("import json\nfrom commons_ld.cli import main\nfrom pathlib import Path\ndef own(): ...\nA = 1", vars(script))

    assert {"commons_ld.cli", "json", "pathlib"} <= set(worker_process._imported(script))
    assert "__main__" not in worker_process._imported(script)
    assert all(name in sys.modules for name in worker_process._imported(script))
