"""Tell which chunks of the dumps stand as they are, so that nothing of their pages is looked at again.

A chunk stands if the ledger says of its pages what it said when the chunk was made, which its key tells, and if it
would be cut out of the blocks as it was.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from commons_ld.ledger.rows import Version
from commons_ld.outputs.kept_dumps import Chunk

__all__ = [
    "TOGETHER",
    "StalePublicationError",
    "Standing",
    "begins_chunk",
    "between",
    "key_of",
    "standing",
    "standing_but",
    "stands",
    "within",
]

#: About one record in so many begins a chunk.
TOGETHER: Final = 32


class StalePublicationError(Exception):
    """The publication that stands is not the one that the ledger knows: nothing of it may be taken over."""


class Standing(NamedTuple):
    """Chunks that stand, one after the other.

    :param first: the name in IRIs of the first of their records
    :param end: that of the record that begins the chunk after them, or ``""``
    :param start: where they began in the N-Quads, in bytes
    """

    first: str
    end: str
    start: int
    chunks: tuple[Chunk, ...]

    @property
    def length(self) -> int:
        """How long they are as N-Quads, in bytes."""
        return sum(chunk.sizes[0] for chunk in self.chunks)

    def holds(self, slug: str) -> bool:
        """Tell whether a page of that name in IRIs belongs to them."""
        return self.first <= slug and (not self.end or slug < self.end)


def stands(slug: str, standing: Sequence[Standing]) -> bool:
    """Tell whether a page of that name in IRIs belongs to what stands.

    >>> some = [Standing("b", "d", 0, ()), Standing("f", "", 9, ())]
    >>> "".join(name for name in "abcdefg" if stands(name, some))
    'bcfg'
    """
    at = bisect_right(standing, slug, key=lambda one: one.first) - 1
    return at >= 0 and standing[at].holds(slug)


def within(standing: Sequence[Standing]) -> Callable[[str], bool]:
    """Return what tells as :func:`stands` does, and quicker where names are asked for about in their order.

    >>> asked = within([Standing("b", "d", 0, ()), Standing("f", "", 9, ())])
    >>> "".join(name for name in "abcdefg" if asked(name))
    'bcfg'
    """
    first = end = ""
    is_last = False

    def asked(slug: str) -> bool:
        nonlocal first, end, is_last
        if first <= slug and (slug < end or is_last):
            return True
        at = bisect_right(standing, slug, key=lambda one: one.first) - 1
        if at < 0 or not standing[at].holds(slug):
            return False
        first, end, is_last = standing[at].first, standing[at].end, not standing[at].end
        return True

    return asked


def between(standing: Iterable[Standing]) -> Iterator[tuple[str, str]]:
    """Yield where what stands leaves something: the first name there, and the first one after it, ``""`` for none.

    >>> list(between([Standing("b", "d", 0, ()), Standing("f", "", 9, ())]))
    [('', 'b'), ('d', 'f')]
    >>> list(between([]))
    [('', '')]
    """
    first = ""
    for one in standing:
        yield first, one.first
        if not one.end:
            return
        first = one.end
    yield first, ""


def begins_chunk(name: bytes) -> bool:
    """Tell whether a name begins a chunk: about one in :data:`TOGETHER` does, always the same ones."""
    return zlib.crc32(name) % TOGETHER == 0


def key_of(digests: bytes | bytearray) -> bytes:
    """Return the key of a chunk.

    :param digests: the SHA-256 of each of its blocks
    """
    return hashlib.sha256(digests).digest()


def standing(chunks: Sequence[Chunk], pages: Iterable[Version]) -> list[Standing]:
    """Return what stands of the chunks of records, in their order.

    The first chunk is made again in any case: it holds the blocks that belong to no page.

    :param chunks: of the dumps that stand
    :param pages: all pages, in the order of their names in IRIs
    """
    if not chunks:
        return []  # nothing is known of the dumps: a run was killed once they were published
    firsts = _firsts(chunks)
    same = [False] * len(chunks)
    for number, some in groupby(pages, key=lambda page: bisect_right(firsts, page.slug)):
        digests, is_settled = bytearray(), True
        for page in some:
            digests += page.digests
            is_settled = is_settled and page.is_settled
        same[number] = is_settled and key_of(digests) == chunks[number].key
    return _stretches(chunks, same)


def standing_but(chunks: Sequence[Chunk], touched: Iterable[str]) -> list[Standing]:
    """Return as :func:`standing` does what stands, where all pages are known that are not as they were.

    :param touched: the names in IRIs of these pages, of those that are gone too
    """
    firsts = _firsts(chunks)
    same = [True] * len(chunks)
    for slug in touched:
        if chunks:
            same[bisect_right(firsts, slug)] = False
    return _stretches(chunks, same)


def _firsts(chunks: Sequence[Chunk]) -> list[str]:
    return [chunk.first for chunk in chunks[1:]]


def _stretches(chunks: Sequence[Chunk], same: Sequence[bool]) -> list[Standing]:
    """Return what stands, by which chunks have the pages that they had, and these as they were."""
    firsts = _firsts(chunks)
    if not chunks or firsts != sorted(set(firsts)):
        return []
    # A chunk goes on up to the record that begins the next one, which may be there no more.
    again = [not (is_same and is_next_same) for is_same, is_next_same in zip(same, [*same[1:], True], strict=True)]
    found: list[Standing] = []
    start = 0
    for number in range(len(chunks)):
        # Where the chunk before is made again, only a name that begins a chunk anywhere surely begins this one.
        again[number] |= not number or (again[number - 1] and not begins_chunk(chunks[number].first.encode()))
    for is_again, numbers in groupby(range(len(chunks)), key=again.__getitem__):
        of = list(numbers)
        run = tuple(chunks[number] for number in of)
        if not is_again:
            end = firsts[of[-1]] if of[-1] < len(firsts) else ""
            found.append(Standing(run[0].first, end, start, run))
        start += sum(chunk.sizes[0] for chunk in run)
    return found
