"""Prove that a store holds what was published: the number of statements and the canonical hash of every graph.

What a store gives is brought to the form of canonical N-Quads and sorted, so that its hash is the one of the dump
where every term came back as it was sent. Where it is not, the statements are compared one by one: a value that the
store merely writes in another way is told as such, anything else is damage.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.stores import publication
from commons_ld.stores.comparing import compare, object_of
from commons_ld.stores.publication import Place

__all__ = ["Change", "Damage", "Read", "Verified", "verify"]

#: How many damaged graphs are told of.
_MOST_DAMAGES: Final = 1000

#: Gives the statements that graphs have in a store, as lines of N-Triples, by the IRI of the graph.
Read = Callable[[Sequence[Place]], Mapping[str, Sequence[bytes]]]


class Change(NamedTuple):
    """Values that a store writes in another way.

    :param kind: their datatype, or ``language tag``
    :param sent: one of them as it was published; ``held`` as the store gives it
    """

    kind: str
    values: int
    sent: str
    held: str


class Damage(NamedTuple):
    """A graph that a store does not hold as it was published.

    :param lost: statements that are not there, and ``added`` statements that are there besides
    :param example: one of them
    """

    graph: str
    lost: int
    added: int
    example: str


class Verified(NamedTuple):
    """What a store was found to hold.

    :param whole: graphs with the same canonical hash
    :param damages: graphs with other statements; those past the first thousand are only counted, as ``damaged``
    """

    graphs: int
    statements: int
    whole: int
    damaged: int
    changes: tuple[Change, ...]
    damages: tuple[Damage, ...]


def verify(
    dump: Path, places: Iterable[Place], read: Read, *, progress: Callable[[int], None] = lambda _done: None
) -> Verified:
    """Compare the graphs of a publication with those of a store.

    :param progress: called with the number of statements that were compared
    :raises PublicationError: if the dump is not what it was when its places were found
    :raises StoreError: if the store cannot be asked
    """
    found = _Findings()
    for some in publication.together(places):
        held = read(some)
        for place in some:
            found.compare(dump, place, held.get(place.iri, ()))
            progress(place.statements)
    return found.told()


class _Findings:
    """What was found so far."""

    def __init__(self) -> None:
        self._graphs = self._statements = self._whole = self._damaged = 0
        self._changes: Counter[str] = Counter()
        self._examples: dict[str, tuple[str, str]] = {}
        self._damages: list[Damage] = []

    def compare(self, dump: Path, place: Place, held: Sequence[bytes]) -> None:
        """Compare one graph."""
        self._graphs += 1
        self._statements += place.statements
        if len(held) == place.statements and _hash(place.iri, held) == place.sha256:
            self._whole += 1
            return
        (graph,) = publication.read(dump, iter((place,)))
        found = compare(graph, held)
        for kind, *both in found.changes:
            self._changes[kind] += 1
            sent, told = (object_of(line).decode() for line in both)
            self._examples.setdefault(kind, (sent, told))
        if found.statements:
            self._damaged += 1
            if len(self._damages) < _MOST_DAMAGES:
                example = min(found.lost or found.added).decode("utf-8", "replace")
                self._damages.append(Damage(place.iri, len(found.lost), len(found.added), example))

    def told(self) -> Verified:
        """Return all of it."""
        changes = (Change(kind, count, *self._examples[kind]) for kind, count in sorted(self._changes.items()))
        return Verified(
            self._graphs, self._statements, self._whole, self._damaged, tuple(changes), tuple(self._damages)
        )


def _hash(iri: str, lines: Sequence[bytes]) -> str:
    """Return the canonical hash of a graph: that of its sorted N-Quads."""
    end = b" <" + iri.encode() + b"> .\n"
    return hashlib.sha256(b"".join(sorted(line.removesuffix(b" .") + end for line in lines))).hexdigest()
