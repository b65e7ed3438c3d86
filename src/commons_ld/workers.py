"""Do the same to many items in several processes, in order, so that the result does not tell how many there were.

A task is a function of a module and takes all it needs with it, so that it can be done anywhere and done again: when
a process ends in the midst of it, the tasks whose results had not come yet are given to others. Each result comes
once, in the order of the items. No more than a few items wait at a time, so that memory does not grow.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from types import TracebackType
from typing import Final, Self, TypeVar

from commons_ld.errors import WorkersLost
from commons_ld.sandbox import die_with_parent

__all__ = ["Workers", "available"]

#: Fewer items than that are done here: to start processes would take longer.
_WORTH: Final = 12
#: How many items a process may have waiting, besides the one that it is at.
_AHEAD: Final = 2
#: How often processes may be lost without a result in between before that is taken for the fault of an item.
_MOST_LOSSES: Final = 3

_T = TypeVar("_T")
_R = TypeVar("_R")


def available() -> int:
    """Return how many cores this process may use.

    >>> available() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """Some processes that do tasks, started when there is enough to do.

    :param jobs: how many; with 1, everything is done in this process, and 0 stands for as many as there are cores
    :param worth: fewer items than that are done here

    >>> with Workers(1) as workers:
    ...     list(workers.map(len, ["a", "bb"]))
    [1, 2]
    """

    def __init__(self, jobs: int = 1, *, worth: int = _WORTH) -> None:
        self.jobs: Final = jobs or available()
        self._worth: Final = worth
        self._pool: ProcessPoolExecutor | None = None
        #: How often a process was lost, and its tasks were done again.
        self.losses = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            # What is under way is ended first: it writes nothing, but would keep this process waiting.
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def map(self, task: Callable[[_T], _R], items: Iterable[_T]) -> Iterator[_R]:
        """Yield what ``task`` returns for each item, in the order of the items.

        :param task: a function of a module, or a :func:`functools.partial` of one; it changes nothing outside
        :param items: taken one at a time, while results are
        :raises WorkersLost: if processes keep ending before they have done what they were given
        """
        coming = iter(items)
        first = list(islice(coming, self._worth)) if self.jobs > 1 and self._pool is None else []
        if self.jobs == 1 or (self._pool is None and len(first) < self._worth):
            yield from map(task, chain(first, coming))
            return
        waiting: deque[tuple[_T, Future[_R]]] = deque()
        lost = 0
        for item in chain(first, coming):
            if len(waiting) > self.jobs * (1 + _AHEAD):
                result, lost = self._result(task, waiting, lost)
                yield result
            waiting.append((item, self._submit(task, item)))
        while waiting:
            result, lost = self._result(task, waiting, lost)
            yield result

    def _submit(self, task: Callable[[_T], _R], item: _T) -> Future[_R]:
        if self._pool is None:
            # Processes of their own from the ground up: one that is forked has the locks of threads that it has not.
            spawning = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.jobs, mp_context=spawning, initializer=_begin)
        try:
            return self._pool.submit(task, item)
        except BrokenProcessPool as error:
            broken: Future[_R] = Future()
            broken.set_exception(error)  # told when its turn comes
            return broken

    def _result(self, task: Callable[[_T], _R], waiting: deque[tuple[_T, Future[_R]]], lost: int) -> tuple[_R, int]:
        """Return the next result, and how many processes were lost since the last one: none."""
        while True:
            try:
                result = waiting[0][1].result()
            except BrokenProcessPool as error:
                lost += 1
                self.losses += 1
                if lost > _MOST_LOSSES:
                    raise WorkersLost(self.jobs) from error
                self._again(task, waiting)
            else:
                waiting.popleft()
                return result, 0

    def _again(self, task: Callable[[_T], _R], waiting: deque[tuple[_T, Future[_R]]]) -> None:
        """Give to new processes what the lost ones had not done."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
        for number, (item, future) in enumerate(waiting):
            if not future.done() or future.cancelled() or future.exception() is not None:
                waiting[number] = (item, self._submit(task, item))


def _begin() -> None:
    """Begin a process: it ends with the one that started it, which alone is told of an interrupt."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
