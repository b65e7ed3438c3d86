"""Answers that are kept: a generation of the store never changes, so what it answered once it will answer again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

__all__ = ["Cache", "is_lasting"]

#: Functions whose value is another one each time (SPARQL 1.1, 17.4), wherever the words stand: one too many is no harm.
_FLEETING: Final = ("NOW", "RAND", "UUID", "BNODE", "\\U")
_Value = TypeVar("_Value")
#: What an entry takes beside its bytes.
_OVERHEAD: Final = 1_000


def is_lasting(query: str) -> bool:
    """Tell whether a query has the same answer each time.

    >>> is_lasting("SELECT * { ?s ?p ?o }"), is_lasting("SELECT (now() AS ?n) {}")
    (True, False)
    """
    words = query.upper()
    return not any(fleeting in words for fleeting in _FLEETING)


class Cache(Generic[_Value]):
    """Answers by what was asked, the ones asked for last, of a bounded size.

    >>> cache = Cache[str](2_500)
    >>> for number in range(3):
    ...     cache.put(number, "answer", 100)
    >>> [cache.get(number) is not None for number in range(3)]
    [False, True, True]

    :param most: bytes of all of them together
    """

    def __init__(self, most: int) -> None:
        self._most, self.size = most, 0
        self._kept: OrderedDict[Hashable, tuple[_Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> _Value | None:
        """Return the answer to what was asked, if it is kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: _Value, size: int) -> None:
        """Keep an answer, and let go of those that nobody asked for in the longest time.

        :param size: bytes of it and of the key
        """
        size += _OVERHEAD
        if size > self._most:
            return
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = value, size
            self.size += size
            while self.size > self._most:
                _, (_, gone) = self._kept.popitem(last=False)
                self.size -= gone
