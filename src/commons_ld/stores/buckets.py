"""Digests of parts of what a store remembers, so that a load reads no more of it than what differs.

The rows of a ledger, of which each tells the hash of a graph, fall into buckets by the names of the graphs. Beside them
the ledger tells a digest of each bucket that has rows, and one of all of them: sums of a hash of each row, which do not
depend on the order, and are kept while rows change. Whatever changes a row begins with a *mark* of its bucket, and of
the whole: a bucket with a mark is read row by row. The digest of all is told with the name of the load that wrote it,
so that what comes late from another load never passes for it; where anything does not add up, all rows are read. A load
that reads all of them, as the first one of a store does, marks no buckets, but all of it.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

__all__ = ["BUCKETS", "MODULUS", "Remembered", "bucket_of", "is_mark", "mark_of_all", "text_of", "value_of", "weight"]

#: How many there are: so many digests are read in one answer, and of some millions of graphs few are in one of them.
BUCKETS: Final = 4096
#: Sums are taken modulo this.
MODULUS: Final = 1 << 256

_ALL: Final = "all."
_VALUE: Final = re.compile(r"([0-9a-f]{64})(?:\.[0-9A-Za-z-]+)?")


def bucket_of(iri: str) -> int:
    """Return the number of the bucket into which the row of a graph falls.

    >>> bucket_of("https://example.org/graph/a")
    1170
    """
    return zlib.crc32(iri.encode()) % BUCKETS


def weight(iri: str, text: str) -> int:
    """Return what a row is in a sum."""
    return int.from_bytes(hashlib.sha256(f"{iri} {text}".encode()).digest())


def text_of(value: int, name: str = "") -> str:
    """Return how a digest is told.

    :param name: of the load that wrote it, in that of all rows

    >>> text_of(10, "ana-1")[-9:], value_of(text_of(10, "ana-1"))
    ('00a.ana-1', 10)
    """
    return f"{value % MODULUS:064x}{'.' if name else ''}{name}"


def value_of(text: str) -> int | None:
    """Return a digest as it was told, or ``None`` where that is a mark."""
    found = _VALUE.fullmatch(text)
    return int(found[1], 16) if found else None


def is_mark(text: str) -> bool:
    """Tell whether this stands in the place of a digest while rows are changed."""
    return value_of(text) is None


def mark_of_all(name: str) -> str:
    """Return what stands in the place of the digest of all rows while any of them may be changed, in whatever bucket.

    :param name: of the load that changes them
    """
    return f"{_ALL}{name}"


class Remembered(NamedTuple):
    """What a ledger tells of its digests.

    :param root: what is told of all rows
    :param buckets: what is told of each bucket of which anything is told
    """

    root: frozenset[str] = frozenset()
    buckets: Mapping[int, frozenset[str]] = {}

    @property
    def is_sure(self) -> bool:
        """Whether it adds up: of whatever is told, there is one digest, beside marks of buckets; no digest was lost."""
        if any(text.startswith(_ALL) for text in self.root):
            return False
        whole, parts = _values(self.root), [_values(texts) for texts in self.buckets.values()]
        return len(whole) == 1 and all(len(part) < 2 for part in parts) and sum(map(sum, parts)) % MODULUS == whole[0]

    @property
    def has_whole(self) -> bool:
        """Whether a digest of all rows was told, be they as they were since or not."""
        return bool(_values(self.root))

    @property
    def is_clean(self) -> bool:
        """Whether nothing has changed a row since the digest of all was written."""
        return len(self.root) == 1 and self.has_whole

    @property
    def value(self) -> int:
        """The digest of all rows, where :attr:`is_sure`."""
        return _values(self.root)[0]

    def of(self, bucket: int) -> int:
        """Return the digest of a bucket, where :attr:`is_sure`; that of one without rows is 0."""
        return sum(_values(self.buckets.get(bucket, ())))

    def is_marked(self, bucket: int) -> bool:
        """Tell whether the rows of a bucket were changed since."""
        return any(map(is_mark, self.buckets.get(bucket, ())))


def _values(texts: Iterable[str]) -> list[int]:
    return [value for value in map(value_of, texts) if value is not None]
