"""How many statements go into one request: as many as a store is quickest with.

Stores differ here by far: most take more statements a second in longer requests, and Virtuoso, which makes SQL of a
request, was seen to take fewer of them, and to refuse 1,200. So a load begins with short requests, tries longer ones,
and stays with those that went fastest; from time to time it tries again, since a store changes while it fills.

Where nothing is there yet that somebody reads, requests become longer as long as this makes the store no slower, and
longer than otherwise: each is marked and counted besides, and Jena TDB2 writes anew, in each request, every block of
its trees that one statement of it falls into, and keeps the old ones. Of 4,000 records, it had 2.2 GB by requests of
2,000 statements, and 0.4 by requests of 20,000. Virtuoso, which writes no more for short ones, takes a quarter longer
for each statement of 20,000 than of 2,000.
"""

from __future__ import annotations

import statistics
from typing import Final

__all__ = ["SURE", "USUAL", "Pace"]

#: Statements of a request, from those that every store takes to the most that one may hold.
_STEPS: Final = (400, 900, 2_000)
#: The most of them that a request holds that replaces anything.
USUAL: Final = _STEPS[-1]
#: Those that it may hold besides, where nothing is replaced, and that spares the store something.
_STEPS_OF_NEW: Final = (6_000, 20_000)
#: Statements that every store was seen to take at once.
SURE: Final = 900
#: Requests of one length that are timed.
_LOOKS: Final = 4
#: How much faster longer requests have to be: they keep more statements from readers at once.
_GAIN: Final = 1.05
#: How much slower they may be where nobody reads what they hold; the same requests are not equally quick twice.
_LOSS: Final = 0.8
#: Seconds that such a request may take.
_PATIENCE: Final = 15.0
#: Requests after which longer ones are tried again, and where nobody reads what they hold.
_AGAIN: Final = 100
_AGAIN_OF_NEW: Final = 20


class Pace:
    """The length of the requests of one load.

    :param is_new: whether nothing of what is sent is there yet
    :param spares: whether the store has less to do then for much longer requests

    >>> pace = Pace()
    >>> for _ in range(4):
    ...     pace.took(pace.most, seconds=1.0)
    >>> pace.most
    900
    >>> pace.refused()
    >>> pace.most
    400
    """

    def __init__(self, *, is_new: bool = False, spares: bool = True) -> None:
        self._steps = _STEPS + _STEPS_OF_NEW if is_new and spares else _STEPS
        #: Requests until longer ones are tried again, and how many times as quick as shorter ones these have to be.
        self._again, self._worth = (_AGAIN_OF_NEW, _LOSS) if is_new else (_AGAIN, _GAIN)
        self._step, self._last = 0, len(self._steps) - 1
        self._rates: list[list[float]] = [[] for _ in self._steps]
        #: Requests until longer ones are tried.
        self._rest = 0
        self._taken = SURE

    @property
    def most(self) -> int:
        """Statements that are put together into one request."""
        return self._steps[self._step]

    @property
    def times(self) -> int:
        """How many times as much as otherwise is put together, of bytes and of graphs."""
        return max(1, self.most // USUAL)

    @property
    def limit(self) -> int:
        """Statements of one graph that go in one request, because the store is known to take so many."""
        return self._taken

    def took(self, statements: int, seconds: float) -> None:
        """Learn how long a request took that was done; one that was not nearly full teaches nothing."""
        self._taken = max(self._taken, min(statements, self._steps[-1]))
        if statements < self.most * 3 // 4:
            return
        rates = self._rates[self._step]
        rates.append(statements / max(seconds, 1e-9))
        del rates[:-_LOOKS]
        self._rest = max(self._rest - 1, 0)
        if len(rates) < _LOOKS or self._rest:
            return
        rate = statistics.median(rates)
        if self._step and rate < self._worth * statistics.median(self._rates[self._step - 1]):
            self._go(self._step - 1, rest=self._again)
        elif self._step < self._last and (
            self._step + 1 < len(_STEPS) or self._steps[self._step + 1] < rate * _PATIENCE
        ):
            self._go(self._step + 1, rest=0)

    def _go(self, step: int, *, rest: int) -> None:
        self._step, self._rest = step, rest
        if not rest:
            self._rates[step].clear()

    def refused(self) -> None:
        """Learn that the store does not take requests of this length."""
        self._last = max(self._step - 1, 0)
        self._go(self._last, rest=self._again)
        self._taken = SURE
