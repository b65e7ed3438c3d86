"""Queries answered in processes that may be killed, so that the one that serves never dies.

The engine has no time-out, no way to stop it and no bound of memory. Each worker is therefore a process of its own
with the store open for reading, a bound on its memory, and one query at a time. A query that takes too long is ended
with its worker, and a fresh one, started beforehand, takes its place. Those who wait for a worker wait in a queue with
an end.

There are two lanes. A query that is not answered soon goes on in the slow one, at a low priority,
and another worker takes its place in the quick one. So a few heavy queries do not keep everybody waiting; past a number
of them, the next heavy one is told to come back later.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from commons_ld.outputs.statements import prefixes
from commons_ld.rdf.namespaces import PREFIXES
from commons_ld.web.answers import Answer, Failure
from commons_ld.web.asking import Asking
from commons_ld.web.free_workers import FreeWorkers
from commons_ld.web.worker import Question
from commons_ld.web.worker_process import Worker, started

__all__ = ["Limits", "Workers"]

#: Characters of a query that a worker takes at once, so that nobody waits while it is sent.
_SHORT: Final = 10_000
_TOO_MANY: Final = Failure("busy", "too many queries wait already; come back later")
_NONE_FREE: Final = Failure(
    "busy", "no worker became free; come back later", fr="aucun processus ne s'est libéré ; revenir plus tard"
)


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
    waiting: int = 64
    answer: int = 64 * 2**20


class Workers:
    """The workers of one generation of the store; they start with the first question, or with :meth:`start`.

    >>> with Workers(Path("no-such-store"), Limits(workers=1)) as workers:
    ...     workers.ask(Question("ASK {}")).reason
    'died'

    :param store: the folder of the generation
    :param base_iri: of the archive, whose IRIs have short names in graphs then
    """

    def __init__(self, store: Path, limits: Limits = Limits(), base_iri: str = "") -> None:  # noqa: B008 - it is frozen
        self.store, self.limits = store, limits
        self.seconds, self.quick = limits.seconds, limits.quick
        self._names = prefixes(base_iri) if base_iri else PREFIXES
        self._free = FreeWorkers()
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
        for worker in self._free.rest():
            worker.end()

    def ask(self, question: Question) -> Answer | Failure:
        """Answer a question, from any thread; waits for a worker to be free, and for its whole answer."""
        if not self._places.acquire(blocking=False):
            return _TOO_MANY
        try:
            return self._asked(question)
        finally:
            self._places.release()

    async def answer(
        self, question: Question, threads: Executor, left: Callable[[], Coroutine[Any, Any, None]] | None = None
    ) -> Answer | Failure:
        """Answer a question, from an event loop, which is not held up.

        What a free worker answers soon and in one piece is read by the loop itself: going to a thread and back takes
        longer than most answers.

        :param threads: who waits for everything else; it has a thread for each place
        :param left: comes to its end when nobody wants the answer any more, which ends the question too
        """
        if not self._places.acquire(blocking=False):
            return _TOO_MANY
        loop = asyncio.get_running_loop()
        try:
            self.start()
            worker = await self._free.taken(self.seconds)
            while worker and self._is_gone(worker):
                worker = await self._free.taken(self.seconds)
            if worker is None:
                return self._without_worker()
            asking = Asking(self, worker, question)
            answer = await asking.soon(loop) if len(question.query) <= _SHORT else None
            if answer is not None:
                return answer
            slow = loop.run_in_executor(threads, asking.answer)
            if left:
                leaving = asyncio.ensure_future(left())
                try:
                    await asyncio.wait((slow, leaving), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    has_left = not leaving.cancel()
                if has_left and not slow.done():
                    asking.break_off()
            return await slow
        except TimeoutError:
            return _NONE_FREE
        finally:
            self._places.release()

    def _asked(self, question: Question) -> Answer | Failure:
        self.start()
        try:
            worker = self._free.take(self.seconds)
            while worker and self._is_gone(worker):
                worker = self._free.take(self.seconds)
        except TimeoutError:
            return _NONE_FREE
        return Asking(self, worker, question).answer() if worker else self._without_worker()

    def _is_gone(self, worker: Worker) -> bool:
        """Tell whether a free worker has ended, as the system ends processes for want of memory; replace it then."""
        if not worker.has_said(0):
            return False
        worker.end()
        self.replace()
        return True

    def _without_worker(self) -> Failure:
        self._wanted.put(True)
        return Failure("died", "the store cannot be opened", fr="le dépôt ne peut pas être ouvert")

    # ── Of the workers themselves ────────────────────────────────────────────────────────────────────────

    def _starting(self) -> None:
        """Start a worker whenever one is wanted, until all is closed: the whole life of a thread."""
        while self._wanted.get():
            worker = started(self.store, self.limits.memory, self.limits.answer, self._names)
            with self._lock:
                if not self._is_closed:
                    self._free.put(worker)
                    continue
            if worker:
                worker.end()

    def give_back(self, worker: Worker) -> None:
        """Have a worker answer the next question."""
        with self._lock:
            if not self._is_closed:
                self._free.put(worker)
                return
        worker.end()

    def replace(self) -> None:
        """Have a worker started for one that does not come back to the quick lane."""
        self._wanted.put(True)

    def enter_slow_lane(self) -> bool:
        """Let one more query take its time; tell whether that is still possible."""
        return self._slow.acquire(blocking=False)

    def leave_slow_lane(self) -> None:
        """End what :meth:`enter_slow_lane` began."""
        self._slow.release()
