"""Statements that records share, in their order and each once: in memory as long as they are few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from commons_ld.outputs.spool import Spool

__all__ = ["Sorted"]

#: How many are held in memory, of some 200 bytes each: those of a shard, or of an archive of 20,000 records.
_MOST: Final = 100_000


class Sorted:
    """What :class:`commons_ld.outputs.counting.Counts` sorts statements in.

    :param spool: where they are put once they are many; it is used by nobody else

    >>> found = Sorted()
    >>> found.add([(b"b", b""), (b"a", b""), (b"b", b"")])
    >>> [statement for statement, _ in found]
    [b'a', b'b']
    """

    def __init__(self, spool: Spool | None = None) -> None:
        self._spool: Final = spool
        self._found: Final = set[bytes]()
        self._is_spooled = False

    def add(self, entries: Iterable[tuple[bytes, bytes]], /) -> None:
        """Add statements, each with a value that counts for nothing."""
        self.update(statement for statement, _ in entries)

    def update(self, statements: Iterable[bytes]) -> None:
        """Add statements."""
        self._found.update(statements)
        if len(self._found) >= _MOST and self._spool is not None:
            self._put_aside(self._spool)

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each statement once, in the order of their bytes."""
        if self._is_spooled and self._spool is not None:
            self._put_aside(self._spool)
            yield from self._spool
        else:
            yield from ((statement, b"") for statement in sorted(self._found))

    def _put_aside(self, spool: Spool) -> None:
        # In their order, those that are next to each other on the disk are put there together.
        spool.add((statement, b"") for statement in sorted(self._found))
        self._found.clear()
        self._is_spooled = True
