"""What a store holds of the publication, as it remembers it itself, and as it can be counted there."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from commons_ld.errors import StoreError
from commons_ld.iris import IriPolicy
from commons_ld.stores import updates
from commons_ld.stores.buckets import BUCKETS, Remembered
from commons_ld.stores.publication import Place
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.updates import Ledger
from commons_ld.stores.values import Term, to_bytes
from commons_ld.stores.words import said

__all__ = [
    "WRITING",
    "batched",
    "counted",
    "given",
    "is_ours",
    "is_within",
    "known",
    "present",
    "remembered",
    "root",
    "rows",
    "rows_of",
    "statements",
    "written",
]

_Item = TypeVar("_Item")

#: What stands for the hash of a graph while it is written: whatever becomes of the loader, it is not trusted.
WRITING: Final = "writing"
#: Rows of one answer: Virtuoso cuts off what comes after 10,000, and says nothing.
_PAGE: Final = 5000
#: Rows of one answer that is sorted: Virtuoso refuses to sort many more.
_SORTED: Final = 10_000
#: Rows of some buckets that are read together, as far as it is known how many these have.
_ROWS: Final = 4000
_MOST_NAMED: Final = 100
#: What stands for a value that a row lacks: Virtuoso was seen to lose texts when its disk was full.
_LOST: Final = Term("bnode", "lost-by-the-store")


def root(store: RemoteStore, ledger: Ledger) -> frozenset[str]:
    """Return what the ledger tells of the digest of all its rows.

    :raises StoreError: if the store cannot be asked
    """
    rows = store.select(updates.values(ledger))
    return frozenset(row["v"].value for row in rows if row["p"].value == ledger.digest)


def remembered(store: RemoteStore, ledger: Ledger) -> Remembered:
    """Return all that the ledger tells of digests.

    :raises StoreError: if the store cannot be asked
    """
    whole, buckets = set[str](), dict[int, set[str]]()
    for row in store.select_many(updates.digests(ledger)):
        # Some stores give one row without a value where there is nothing.
        if "b" not in row:
            continue
        name, text = row["b"].value, row["d"].value
        if name == ledger.graph:
            whole.add(text)
        elif (number := ledger.bucket_number(name)) is not None:
            buckets.setdefault(number, set()).add(text)
    return Remembered(frozenset(whole), {number: frozenset(texts) for number, texts in buckets.items()})


def rows(store: RemoteStore, base_iri: str) -> Iterator[tuple[str, str]]:
    """Yield the IRIs of all graphs that were loaded with their hashes; one that is told to be in two buckets, twice.

    :raises StoreError: if the store cannot be asked
    """
    total = _total(store, updates.hashed(Ledger.of(base_iri)))
    if total <= _PAGE:
        yield from _rows(store, base_iri, ())
        return
    yield from rows_of(store, base_iri, range(BUCKETS), total // BUCKETS)
    yield from _rows(store, base_iri, None)


def rows_of(store: RemoteStore, base_iri: str, buckets: Sequence[int], usual: int) -> Iterator[tuple[str, str]]:
    """Yield those of some buckets.

    :param usual: how many rows a bucket is thought to have
    :raises StoreError: if the store cannot be asked
    """
    for some in batched(buckets, max(1, min(_MOST_NAMED, _ROWS // max(1, usual)))):
        yield from _rows(store, base_iri, some)


def _rows(store: RemoteStore, base_iri: str, buckets: Sequence[int] | None) -> Iterator[tuple[str, str]]:
    """Yield those of some buckets together, of all without any, or with ``None`` those of no bucket."""
    ledger, known = Ledger.of(base_iri), dict[str, str]()
    total, number = _total(store, _ordered(store, updates.hashed(ledger, buckets))), 0
    if 0 < total <= _PAGE:
        for row in store.select_many(_ordered(store, updates.hashes(ledger, buckets))):
            # Some stores give one row without a value where there is nothing.
            if "g" in row:
                number += 1
                iri = row["g"].value
                known[iri] = WRITING if iri in known else row["hash"].value
    # A store may give fewer rows than it was asked for, and not say so.
    told = known.items() if number == total else _sorted_rows(store, ledger, buckets, total)
    yield from ((iri, sha256) for iri, sha256 in told if is_ours(iri, base_iri))


def _sorted_rows(
    store: RemoteStore, ledger: Ledger, buckets: Sequence[int] | None, total: int
) -> Iterator[tuple[str, str]]:
    """Yield rows in parts: the store sorts all of them for each, which Oxigraph takes seconds for among 200,000."""
    last, seen = "", 0
    while True:
        found = store.select_many(_ordered(store, updates.hashes_after(ledger, last, _SORTED, buckets)))
        # Some stores give one row without a value where there is nothing to count.
        names = [row["g"].value for row in found if "g" in row]
        for row in found:
            if "g" in row:
                yield row["g"].value, row["hash"].value if _number(row, "n", store) == 1 else WRITING
        seen += len(names)
        if not names or (len(names) < _SORTED and seen >= total):
            return
        if names != sorted(names) or not names[-1] > last:
            raise StoreError(store.endpoint, said("unordered"))
        last = names[-1]


def known(store: RemoteStore, ledger: Ledger, iris: Iterable[str]) -> Iterator[str]:
    """Yield those of some graphs that the ledger knows.

    :raises StoreError: if the store cannot be asked
    """
    for some in batched(iris, _MOST_NAMED):
        yield from (row["g"].value for row in store.select(updates.known(ledger, some)) if "g" in row)


def is_ours(iri: str, base_iri: str) -> bool:
    """Tell whether a graph can be one of the publication: nothing else is ever removed, whatever a ledger says.

    >>> is_ours("https://example.org/graph/a", "https://example.org/"), is_ours("http://a/", "https://example.org/")
    (True, False)
    """
    found = IriPolicy(base_iri).parse(iri)
    is_graph = found is not None and found.kind in ("graph", "description") and not found.part
    return is_graph and iri != Ledger.of(base_iri).graph


def present(store: RemoteStore, iris: Iterable[str]) -> Iterator[str]:
    """Yield those of some graphs that are there.

    :raises StoreError: if the store cannot be asked
    """
    for some in batched(iris, _MOST_NAMED):
        yield from (row["g"].value for row in store.select(updates.present(some)) if "g" in row)


def counted(store: RemoteStore, iris: Iterable[str]) -> dict[str, Counter[str]]:
    """Return how many statements of each property there are in graphs, without those that are not there.

    :param iris: not so many that they have more than 10,000 properties, which Virtuoso would not tell
    :raises StoreError: if the store cannot be asked
    """
    found: dict[str, Counter[str]] = {}
    for row in store.select_many(_ordered(store, updates.counts(iris))):
        # Some stores give one row without a value where there is nothing to count.
        if "g" in row and (number := _number(row, "n", store)):
            found.setdefault(row["g"].value, Counter())[row["p"].value] = number
    return found


def written(store: RemoteStore, ledger: Ledger) -> dict[str, int]:
    """Return how many statements there are in each graph that the ledger tells to be written.

    :raises StoreError: if the store cannot be asked
    """
    found = store.select(_ordered(store, updates.counts_of_written(ledger, WRITING)))
    # Some stores give one row without a value where there is nothing to count.
    return {row["g"].value: _number(row, "n", store) for row in found if "g" in row}


def is_within(store: RemoteStore, source: str, target: str) -> bool:
    """Tell whether a graph has all statements of another; if it has as many, the two are the same.

    :raises StoreError: if the store cannot be asked
    """
    rows = store.select(updates.missing(source, target))
    return len(rows) == 1 and _number(rows[0], "n", store) == 0


def given(store: RemoteStore, iris: Sequence[str]) -> dict[str, list[bytes]]:
    """Return the statements that graphs have in a store, as :func:`statements` does, if one answer holds all of them.

    :return: nothing if the store counts others than it gives, or too many
    :raises StoreError: if the store cannot be asked
    """
    found: dict[str, list[bytes]] = {}
    number = _total(store, _ordered(store, updates.count(iris)))
    if number <= 2 * _PAGE:
        _take(store, updates.statements(iris), found)
    return found if sum(map(len, found.values())) == number else {}


def statements(store: RemoteStore, places: Sequence[Place]) -> dict[str, list[bytes]]:
    """Return the statements that graphs have in a store, as lines of N-Triples in no order.

    The store is told beforehand to count them, so that rows that it leaves out are missed: all together, and one by
    one where it does not give as many.

    :param places: graphs of a publication, all of which together have not many more statements than one answer holds
    :raises StoreError: if the store cannot be asked, or gives other rows than it counts
    """
    iris = [place.iri for place in places]
    if whole := given(store, iris):
        return whole
    counts = counted(store, iris)
    small = [iri for iri, found in counts.items() if found.total() <= _PAGE]
    found: dict[str, list[bytes]] = {iri: [] for iri in counts}
    for some in _portions({iri: counts[iri].total() for iri in small}):
        _take(store, updates.statements(some), found)
    for iri in counts.keys() - set(small):
        _take_large(store, iri, counts[iri], found)
    for iri, lines in found.items():
        if len(lines) != counts[iri].total():
            raise StoreError(store.endpoint, said("not-all-rows", f"{iri}: {len(lines)} / {counts[iri].total()}"))
    return found


def _take_large(store: RemoteStore, iri: str, counts: Counter[str], found: dict[str, list[bytes]]) -> None:
    """Read a graph that no answer holds, in parts."""
    for some in _portions({name: number for name, number in counts.items() if number <= _PAGE}):
        _take(store, updates.statements([iri], some), found)
    for name, number in counts.items():
        if number > _PAGE:
            # A hash is even: each part has about as many statements as the next.
            digits = 1 + int(math.log(2 * number / _PAGE, 16))
            for part in range(16**digits):
                query = updates.part_of_statements(iri, name, f"{part:0{digits}x}")
                _take(store, query, found, g=Term("uri", iri), p=Term("uri", name))


def _take(store: RemoteStore, query: str, found: dict[str, list[bytes]], **known: Term) -> None:
    for row in store.select_many(query):
        terms = row | known if known else row
        line = b" ".join((*(to_bytes(terms.get(name, _LOST)) for name in "spo"), b"."))
        found.setdefault(terms["g"].value, []).append(line)


def _portions(sizes: dict[str, int]) -> Iterator[list[str]]:
    """Yield names of things that go into one answer together."""
    portion: list[str] = []
    size = 0
    for name, number in sizes.items():
        if portion and (size + number > _PAGE or len(portion) == _MOST_NAMED):
            yield portion
            portion, size = [], 0
        portion.append(name)
        size += number
    if portion:
        yield portion


def _total(store: RemoteStore, query: str) -> int:
    """Return the number that a query asks for; some stores give no row where there is nothing to count."""
    rows = store.select(query)
    return _number(rows[0], "n", store) if rows and "n" in rows[0] else 0


def _ordered(store: RemoteStore, query: str) -> str:
    """Return a query as a store is to be asked it: Virtuoso, to do one part of it after the other as it is written."""
    return updates.in_order(query) if store.is_virtuoso else query


def _number(row: dict[str, Term], name: str, store: RemoteStore) -> int:
    try:
        return int(row[name].value)
    except (KeyError, ValueError):
        raise StoreError(store.endpoint, said("not-results", "COUNT")) from None


def batched(some: Iterable[_Item], most: int) -> Iterator[Sequence[_Item]]:
    """Yield things in their order, so many at a time.

    >>> list(batched("abcde", 2))
    [('a', 'b'), ('c', 'd'), ('e',)]
    """
    rest = iter(some)
    while batch := tuple(islice(rest, most)):
        yield batch
