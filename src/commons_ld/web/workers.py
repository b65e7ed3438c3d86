"""Queries answered in processes that may be killed, so that the one that serves never dies.

The engine has no time-out, no way to stop it and no bound of memory. Each worker is therefore a process of its own
with the store open for reading, a bound on its memory, and one query at a time. A query that takes too long is ended
with its worker, and a fresh one, started beforehand, takes its place. Those who wait for a worker wait in a queue with
an end.

There are two lanes. A query that is not answered soon goes on in the slow one, at the lowest priority of the system,
and another worker takes its place in the quick one. So a few heavy queries do not keep everybody waiting; past a number
of them, the next heavy one is told to come back later.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import select
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty, LifoQueue, SimpleQueue
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple, Self

from commons_ld.web.worker import Question, work

__all__ = ["Answer", "Failure", "Limits", "Question", "Workers"]

#: Seconds that a worker may take to open its store.
_OPENING: Final = 30.0
#: Bytes of an answer that are held in memory; a longer one waits in a file without a name.
_HELD: Final = 1 << 20


class Limits(NamedTuple):
    """What one query, and all of them together, may take.

    :param seconds: of wall clock for one query
    :param quick: seconds after which a query goes on in the slow lane
    :param memory: bytes of address space of one worker beyond what it has with its store open
    :param workers: quick queries that run at once
    :param slow: slow queries that run beside them
    :param waiting: queries that wait for a worker; one more is told to come back later
    :param answer: bytes of one answer
    """

    seconds: float = 10.0
    quick: float = 0.05
    memory: int = 512 * 2**20
    workers: int = 3
    slow: int = 4
    waiting: int = 16
    answer: int = 64 * 2**20


@dataclass(frozen=True)
class Answer:
    """What the engine answered, whole, written in a media type.

    :param body: its bytes, unless they are in ``spool``
    :param spool: a file with the bytes of a long answer, to be read from its start and closed
    :param size: how many bytes there are
    :param mark: a digest of the media type and the bytes
    :param cost: seconds of processor time that it took
    """

    media_type: str
    body: bytes
    spool: BinaryIO | None = field(default=None, compare=False)
    size: int = field(default=0, compare=False)
    mark: str = field(default="", compare=False)
    cost: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Failure:
    """Why there is no answer.

    :param reason: ``syntax``, ``time``, ``memory``, ``size``, ``busy`` or ``died``
    :param cost: seconds of processor time that it took, as far as that is known
    """

    reason: str
    detail: str
    cost: float = field(default=0.0, compare=False)


@dataclass
class _Worker:
    """One process, and the line to it."""

    process: BaseProcess
    line: Connection

    def __post_init__(self) -> None:
        # Made once: Connection.poll() would make one each time, which takes longer than a small query.
        self._poll = select.poll()
        self._poll.register(self.line.fileno(), select.POLLIN)

    def has_said(self, seconds: float) -> bool:
        """Wait so long for something to be said, or for the end of the process; tell whether there is."""
        return bool(self._poll.poll(max(seconds, 0) * 1_000))

    def step_aside(self) -> None:
        """Have the system run the process only while nobody else wants to run, for good."""
        with suppress(ProcessLookupError, PermissionError):
            os.sched_setscheduler(self.process.pid or 0, os.SCHED_IDLE, os.sched_param(0))

    def end(self) -> None:
        """Kill the process and close the line."""
        self.process.kill()
        self.process.join()
        self.line.close()


class Workers:
    """The workers of one generation of the store; they start with the first question, or with :meth:`start`.

    >>> with Workers(Path("no-such-store"), Limits(workers=1)) as workers:
    ...     workers.ask(Question("ASK {}")).reason
    'died'

    :param store: the folder of the generation
    """

    def __init__(self, store: Path, limits: Limits = Limits()) -> None:  # noqa: B008 - it is frozen
        self.store, self.limits = store, limits
        self._idle: LifoQueue[_Worker | None] = LifoQueue()
        self._wanted: SimpleQueue[bool] = SimpleQueue()
        self._places = threading.BoundedSemaphore(limits.workers + limits.slow + limits.waiting)
        self._slow = threading.BoundedSemaphore(limits.slow)
        self._lock = threading.Lock()
        self._starter: threading.Thread | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the workers of the quick lane, if they are not there yet, and go on without waiting for them."""
        with self._lock:
            if self._starter is None and not self._is_closed:
                for _ in range(self.limits.workers):
                    self._wanted.put(True)
                self._starter = threading.Thread(target=self._starting, name="starting workers", daemon=True)
                self._starter.start()

    def close(self) -> None:
        """End the workers; one that answers is ended by who waits for it."""
        with self._lock:
            self._is_closed = True
        self._wanted.put(False)
        if self._starter:
            self._starter.join()
        with suppress(Empty):
            while True:
                worker = self._idle.get_nowait()
                if worker:
                    worker.end()

    def ask(self, question: Question) -> Answer | Failure:
        """Answer a question, from any thread; waits for a worker to be free, and for its whole answer."""
        if not self._places.acquire(blocking=False):
            return Failure("busy", "too many queries wait already; come back later")
        try:
            self.start()
            try:
                worker = self._idle.get(timeout=self.limits.seconds)
            except Empty:
                return Failure("busy", "no worker became free; come back later")
            if worker is None:
                self._wanted.put(True)
                return Failure("died", "the store cannot be opened")
            return _Asking(self, worker).answer(question)
        finally:
            self._places.release()

    # ── Of the workers themselves ────────────────────────────────────────────────────────────────────────

    def _starting(self) -> None:
        """Start a worker whenever one is wanted, until all is closed: the whole life of a thread."""
        while self._wanted.get():
            worker = _start(self.store, self.limits)
            with self._lock:
                if not self._is_closed:
                    self._idle.put(worker)
                    continue
            if worker:
                worker.end()

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            if not self._is_closed:
                self._idle.put(worker)
                return
        worker.end()

    def _replace(self) -> None:
        """Have a worker started for one that does not come back to the quick lane."""
        self._wanted.put(True)

    def _enter_slow_lane(self) -> bool:
        return self._slow.acquire(blocking=False)

    def _leave_slow_lane(self) -> None:
        self._slow.release()


class _Asking:
    """One question on its way through the lanes."""

    def __init__(self, workers: Workers, worker: _Worker) -> None:
        self._workers, self._worker, self._limits = workers, worker, workers.limits
        self._is_slow = False
        self._start = time.monotonic()

    def answer(self, question: Question) -> Answer | Failure:
        """Return what the worker says, and see to what becomes of it."""
        is_well = False
        try:
            self._worker.line.send(tuple(question))
            answer = self._received()
            is_well = not self._is_slow and (isinstance(answer, Answer) or answer.reason in ("syntax", "size"))
        except (EOFError, OSError):
            answer = Failure("died", "the engine ended while it answered this query", self._passed)
        finally:
            if is_well:
                self._workers._give_back(self._worker)
            else:
                # What a slow query held is free again, and the priority that it was lowered to cannot be raised.
                self._worker.end()
                if self._is_slow:
                    self._workers._leave_slow_lane()
                else:
                    self._workers._replace()
        return answer

    @property
    def _passed(self) -> float:
        return time.monotonic() - self._start

    def _received(self) -> Answer | Failure:
        with ExitStack() as unless_whole:
            pieces: list[bytes] = []
            spool: BinaryIO | None = None
            size, digest = 0, hashlib.sha256()
            while True:
                if failure := self._waited():
                    return failure
                message = self._worker.line.recv_bytes()
                letter = message[:1]
                if letter == b"f":
                    reason, _, detail = message[1:].decode().partition("\0")
                    return Failure(reason, detail, self._passed)
                cost, media_type, data = message[1:].split(b"\0", 2) if letter == b"e" else (b"", b"", message[1:])
                digest.update(data)
                size += len(data)
                pieces.append(data)
                if size > _HELD:
                    spool = spool or unless_whole.enter_context(tempfile.TemporaryFile())
                    spool.write(b"".join(pieces))
                    pieces = []
                if letter == b"e":
                    unless_whole.pop_all()  # whoever sends the answer closes the file
                    if spool:
                        spool.seek(0)
                    digest.update(media_type)
                    mark = digest.hexdigest()[:32]
                    return Answer(media_type.decode("ascii"), b"".join(pieces), spool, size, mark, float(cost))

    def _waited(self) -> Failure | None:
        """Wait for the worker to say something, in the slow lane if it takes its time."""
        if not self._is_slow:
            if self._worker.has_said(self._limits.quick - self._passed):
                return None
            if not self._workers._enter_slow_lane():
                return Failure("busy", "too many long queries run already; come back later", self._passed)
            self._is_slow = True
            self._workers._replace()
            self._worker.step_aside()
        if self._worker.has_said(self._limits.seconds - self._passed):
            return None
        return Failure("time", f"the query took longer than {self._limits.seconds:g} seconds", self._passed)


def _start(store: Path, limits: Limits) -> _Worker | None:
    """Start a process that answers from a store; return nothing where it cannot open it."""
    # A process that forks from one that has the engine loaded is there in a few milliseconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["commons_ld.web.worker", "pyoxigraph"])
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, store, limits.memory, limits.answer), daemon=True)
    try:
        process.start()
    except (OSError, RuntimeError):  # no process or file is left, or multiprocessing cannot begin
        ours.close()
        return None
    finally:
        theirs.close()
    worker = _Worker(process, ours)
    try:
        if worker.has_said(_OPENING) and ours.recv_bytes() == b"o":
            return worker
    except (EOFError, OSError):
        pass
    worker.end()
    return None
