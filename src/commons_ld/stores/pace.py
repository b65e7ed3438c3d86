"""How many statements go into one request: as many as a store is quickest with.

Stores differ here by far: most take more statements a second in longer requests, and Virtuoso, which makes SQL of a
request, was seen to take fewer of them, and to refuse 1,200. So a load begins with short requests, tries longer ones,
and stays with those that went fastest; from time to time it tries again, since a store changes while it fills.
"""

from __future__ import annotations

import statistics
from typing import Final

__all__ = ["SURE", "Pace"]

#: Statements of a request, from those that every store takes to the most that one may hold.
_STEPS: Final = (400, 900, 2_000)
#: Statements that every store was seen to take at once.
SURE: Final = 900
#: Requests of one length that are timed.
_LOOKS: Final = 4
#: How much faster longer requests have to be: they keep more statements from readers at once.
_GAIN: Final = 1.05
#: Requests after which longer ones are tried again.
_AGAIN: Final = 100


class Pace:
    """The length of the requests of one load.

    >>> pace = Pace()
    >>> for _ in range(4):
    ...     pace.took(pace.most, seconds=1.0)
    >>> pace.most
    900
    >>> pace.refused()
    >>> pace.most
    400
    """

    def __init__(self) -> None:
        self._step, self._last = 0, len(_STEPS) - 1
        self._rates: list[list[float]] = [[] for _ in _STEPS]
        #: Requests until longer ones are tried.
        self._rest = 0
        self._taken = SURE

    @property
    def most(self) -> int:
        """Statements that are put together into one request."""
        return _STEPS[self._step]

    @property
    def limit(self) -> int:
        """Statements of one graph that go in one request, because the store is known to take so many."""
        return self._taken

    def took(self, statements: int, seconds: float) -> None:
        """Learn how long a request took that was done; one that was not nearly full teaches nothing."""
        self._taken = max(self._taken, min(statements, _STEPS[-1]))
        if statements < self.most * 3 // 4:
            return
        rates = self._rates[self._step]
        rates.append(statements / max(seconds, 1e-9))
        del rates[:-_LOOKS]
        self._rest = max(self._rest - 1, 0)
        if len(rates) < _LOOKS or self._rest:
            return
        if self._step and statistics.median(rates) < _GAIN * statistics.median(self._rates[self._step - 1]):
            self._go(self._step - 1, rest=_AGAIN)
        elif self._step < self._last:
            self._go(self._step + 1, rest=0)

    def _go(self, step: int, *, rest: int) -> None:
        self._step, self._rest = step, rest
        if not rest:
            self._rates[step].clear()

    def refused(self) -> None:
        """Learn that the store does not take requests of this length."""
        self._last = max(self._step - 1, 0)
        self._go(self._last, rest=_AGAIN)
        self._taken = SURE
