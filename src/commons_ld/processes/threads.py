"""Do work that holds no lock of Python, such as compressing, in threads beside what this one goes on with, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["ahead"]

_T = TypeVar("_T")
_R = TypeVar("_R")


def ahead(task: Callable[[_T], _R], items: Iterable[_T], threads: int) -> Iterator[tuple[_T, _R]]:
    """Yield each item with what ``task`` returns for it, in the order of the items.

    :param task: changes nothing outside
    :param items: taken by this thread, a few more than were yielded
    :param threads: how many do tasks at a time; with 1, this one does them
    :raises Exception: what ``task`` raises, when the turn of its item comes

    >>> list(ahead(len, ["a", "bb"], 2))
    [('a', 1), ('bb', 2)]
    """
    if threads < 2:
        yield from ((item, task(item)) for item in items)
        return
    waiting: deque[tuple[_T, Future[_R]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in items:
            waiting.append((item, pool.submit(task, item)))
            if len(waiting) > 2 * threads:
                first, made = waiting.popleft()
                yield first, made.result()
        for item, made in waiting:
            yield item, made.result()
