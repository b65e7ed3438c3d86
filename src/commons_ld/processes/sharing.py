"""Do the same to many items in several processes, in order, so that the result does not tell how many there were.

A task is a function of a module and takes all it needs with it, so that it can be done anywhere and done again: when
a process ends in the midst of it, the tasks whose results had not come yet are given to others. Each result comes
once, in the order of the items. No more than a few items wait at a time, so that memory does not grow.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Generic, Protocol, Self, TypeVar, cast

from commons_ld.errors import ProcessesLost
from commons_ld.processes.crew import Crew, Lost

__all__ = ["Engine", "Processes", "available"]

#: Fewer items than that are done here: to start processes would take longer.
_WORTH: Final = 12
#: How many items a process may have waiting, besides the one that it is at.
_AHEAD: Final = 1
#: How many items wait at most, those with nothing to do included.
_MOST_WAITING: Final = 32
#: How often processes may be lost without a result in between before that is taken for the fault of an item.
_MOST_LOSSES: Final = 3

_K = TypeVar("_K")
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


class Engine(Protocol):
    """Whoever does tasks: some processes of this machine, or the machines of a cluster."""

    def map(self, task: Callable[[_T], _R], items: Iterable[_T], /) -> Iterator[_R]:
        """Yield what ``task`` returns for each item, in the order of the items; one may be done more than once."""


class Processes:
    """Some processes that do tasks, started when there is enough to do.

    :param jobs: how many; with 1, everything is done in this process, and 0 stands for as many as there are cores
    :param worth: fewer items than that are done here

    >>> with Processes(1) as processes:
    ...     list(processes.map(len, ["a", "bb"]))
    [1, 2]
    """

    def __init__(self, jobs: int = 1, *, worth: int = _WORTH) -> None:
        self.jobs: Final = jobs or available()
        self._worth: Final = worth
        self._crew: Crew | None = None
        #: How often a process was lost, and its tasks were done again.
        self.losses = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._crew is not None:
            # What is under way is ended first: it writes nothing, but would keep this process waiting.
            self._crew.close()
            self._crew = None

    def map(self, task: Callable[[_T], _R], items: Iterable[_T]) -> Iterator[_R]:
        """Yield what ``task`` returns for each item, in the order of the items.

        :param task: a function of a module, a :func:`functools.partial` of one, or a method of what can be pickled; it
            changes nothing outside
        :param items: taken a few at a time, while results are
        :raises ProcessesLost: if processes keep ending before they have done what they were given
        """
        for _, result in self.beside(task, ((None, item, True) for item in items)):
            yield cast("_R", result)

    def beside(self, task: Callable[[_T], _R], items: Iterable[tuple[_K, _T, bool]]) -> Iterator[tuple[_K, _R | None]]:
        """Yield the first part of each item with what ``task`` returns for the second, or ``None`` without a task.

        :param items: what is to stand beside the result, what the task is given, and whether there is a task at all
        """
        waiting: deque[_Waiting[_K, _T, _R]] = deque()
        todo = 0
        for key, item, is_task in items:
            waiting.append(_Waiting(key, item, is_task))
            todo += is_task
            if is_task and (self._crew is not None or (self.jobs > 1 and todo >= self._worth)):
                self._submit(task, waiting)
            while len(waiting) > _MOST_WAITING or todo > self._most_tasks:
                todo -= waiting[0].is_task
                done = self._next(task, waiting)
                yield done.key, done.result
        while waiting:
            done = self._next(task, waiting)
            yield done.key, done.result

    @property
    def _most_tasks(self) -> int:
        if self._crew is not None:
            return self.jobs * (1 + _AHEAD)
        return self._worth if self.jobs > 1 else 0

    def _next(self, task: Callable[[_T], _R], waiting: deque[_Waiting[_K, _T, _R]]) -> _Waiting[_K, _T, _R]:
        """Return the next item with its result, once that is there."""
        first = waiting[0]
        if first.is_task:
            first.result = task(first.item) if first.future is None else self._result(task, first.future, waiting)
        waiting.popleft()
        return first

    def _result(self, task: Callable[[_T], _R], future: Future[_R], waiting: Iterable[_Waiting[_K, _T, _R]]) -> _R:
        """Return the result that a process has of the first item, whatever becomes of the process."""
        for _ in range(_MOST_LOSSES):
            try:
                return future.result()
            except Lost:
                self.losses += 1
                future = self._again(task, waiting)
        try:
            return future.result()
        except Lost as error:
            raise ProcessesLost(self.jobs) from error

    def _again(self, task: Callable[[_T], _R], waiting: Iterable[_Waiting[_K, _T, _R]]) -> Future[_R]:
        """Give to others what a lost process had not done; return what the first item will be."""
        for one in waiting:
            if one.future and one.future.done() and isinstance(one.future.exception(), Lost):
                one.future = None
        self._submit(task, waiting)
        return next(one.future for one in waiting if one.future)

    def _submit(self, task: Callable[[_T], _R], waiting: Iterable[_Waiting[_K, _T, _R]]) -> None:
        """Give to processes what nobody has been given."""
        if self._crew is None:
            self._crew = Crew(self.jobs)
        for one in waiting:
            if one.is_task and one.future is None:
                one.future = self._crew.submit(task, one.item)


@dataclass(slots=True)
class _Waiting(Generic[_K, _T, _R]):
    """An item whose turn has not come.

    :param future: what the processes will have made of it, once they were given it
    """

    key: _K
    item: _T
    is_task: bool
    future: Future[_R] | None = None
    result: _R | None = None
