"""By how many bytes the blocks of pages moved in the dump since their rows were written.

Where a block grows, all that follow it move. Their rows are left as they are, and what is to be added to their places
is kept for all of them together: from the page of one name in IRIs to that of another.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

__all__ = ["Shifts"]


class Shifts:
    """By how many bytes blocks moved.

    :param steps: the names in IRIs from which on blocks moved by so many bytes, in their order

    >>> shifts = Shifts([("b", 5), ("d", 0)])
    >>> [shifts.of(slug) for slug in "abcd"]
    [0, 5, 5, 0]
    >>> shifts.moved([("a", "c", 2), ("d", "", -1)]).steps
    [('a', 2), ('b', 7), ('c', 0), ('d', -1)]
    """

    def __init__(self, steps: Iterable[tuple[str, int]] = ()) -> None:
        self.steps: Final = list(steps)

    def of(self, slug: str) -> int:
        """Return by how many bytes the block of a page moved."""
        at = bisect_right(self.steps, slug, key=lambda step: step[0]) - 1
        return self.steps[at][1] if at >= 0 else 0

    def moved(self, runs: Iterable[tuple[str, str, int]]) -> Shifts:
        """Return what they are once some pages moved again; what is in none of the runs is where its row says.

        :param runs: as :class:`commons_ld.ledger.rows.Moves` has them
        """
        found: dict[str, int] = {}
        for first, end, by in runs:
            found[first] = self.of(first) + by
            at = bisect_right(self.steps, first, key=lambda step: step[0])
            for slug, moved in self.steps[at:]:
                if end and slug >= end:
                    break
                found[slug] = moved + by
            if end:
                found[end] = 0
        steps: list[tuple[str, int]] = []
        for slug, by in found.items():
            if by != (steps[-1][1] if steps else 0):
                steps.append((slug, by))
        return Shifts(steps)
