"""Threads work ahead in order, not far, and tell a fault where it belongs."""

import threading
from collections.abc import Iterator

import pytest

from commons_ld.processes.threads import ahead


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_the_order_of_the_items_whoever_is_first(threads: int) -> None:
    """What was begun later may be done earlier, and waits."""
    later = threading.Event()

    def task(number: int) -> int:
        if number == 1:
            later.set()
        elif number == 0 and threads > 1:
            assert later.wait(60)
        return -number

    assert list(ahead(task, range(100), threads)) == [(number, -number) for number in range(100)]


def test_what_is_taken_ahead_does_not_grow() -> None:
    """Memory does not depend on how many items there are."""
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    most = max(len(taken) - number for number, _ in ahead(abs, items(), 3))
    assert 1 < most <= 8


@pytest.mark.parametrize("threads", [1, 2])
def test_a_fault_comes_when_it_is_the_turn_of_its_item(threads: int) -> None:
    """What is before it is whole."""
    made = ahead(lambda number: 1 // number, [3, 2, 0, 1], threads)
    assert [next(made), next(made)] == [(3, 0), (2, 0)]
    with pytest.raises(ZeroDivisionError):
        next(made)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_items_are_taken_by_the_thread_that_asks(threads: int) -> None:
    """They may come from a database that belongs to it."""
    takers = set()

    def items() -> Iterator[int]:
        for number in range(20):
            takers.add(threading.get_ident())
            yield number

    assert len(list(ahead(str, items(), threads))) == 20
    assert takers == {threading.get_ident()}
