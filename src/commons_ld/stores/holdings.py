"""What a store holds of the publication, as it remembers it itself, and as it can be counted there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from commons_ld.errors import StoreError
from commons_ld.iris import IriPolicy
from commons_ld.stores import updates
from commons_ld.stores.remote import RemoteStore, Term
from commons_ld.stores.updates import Ledger
from commons_ld.stores.words import said

__all__ = ["WRITING", "counted", "is_ours", "read"]

#: What stands for the hash of a graph while it is written: whatever becomes of the loader, it is not trusted.
WRITING: Final = "writing"
#: Rows of one answer: Virtuoso cuts off what comes after 10,000, and says nothing.
_PAGE: Final = 5000
_MOST_NAMED: Final = 100


def read(store: RemoteStore, base_iri: str) -> dict[str, str]:
    """Return the hashes of the graphs that were loaded, by IRI.

    :raises StoreError: if the store cannot be asked
    """
    ledger, known, last = Ledger.of(base_iri), dict[str, str](), ""
    while True:
        rows = store.select(updates.hashes_after(ledger, last, _PAGE))
        # Some stores give one row without a value where there is nothing to count.
        names = [row["g"].value for row in rows if "g" in row]
        for row in rows:
            if "g" in row and is_ours(row["g"].value, base_iri):
                known[row["g"].value] = row["hash"].value if _number(row, "n", store) == 1 else WRITING
        if len(names) < _PAGE:
            return known
        if not max(names) > last:
            raise StoreError(store.endpoint, said("unordered"))
        last = max(names)


def is_ours(iri: str, base_iri: str) -> bool:
    """Tell whether a graph can be one of the publication: nothing else is ever removed, whatever a ledger says.

    >>> is_ours("https://example.org/graph/a", "https://example.org/"), is_ours("http://a/", "https://example.org/")
    (True, False)
    """
    found = IriPolicy(base_iri).parse(iri)
    is_graph = found is not None and found.kind in ("graph", "description") and not found.part
    return is_graph and iri != Ledger.of(base_iri).graph


def counted(store: RemoteStore, iris: Iterable[str]) -> dict[str, int]:
    """Return how many statements there are in graphs, without those that are not there.

    :raises StoreError: if the store cannot be asked
    """
    found: dict[str, int] = {}
    for some in _batched(iris, _MOST_NAMED):
        rows = store.select(updates.counts(some))
        found |= {row["g"].value: _number(row, "n", store) for row in rows if "g" in row}
    return {iri: number for iri, number in found.items() if number}


def _number(row: dict[str, Term], name: str, store: RemoteStore) -> int:
    try:
        return int(row[name].value)
    except (KeyError, ValueError):
        raise StoreError(store.endpoint, said("not-results", "COUNT")) from None


def _batched(iris: Iterable[str], size: int) -> Iterator[Sequence[str]]:
    rest = iter(iris)
    while some := tuple(islice(rest, size)):
        yield some
