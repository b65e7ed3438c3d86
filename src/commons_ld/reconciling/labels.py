"""The labels of a publication while they are looked up: in its search index, which nobody writes to any more.

See :mod:`commons_ld.outputs.label_index` for how they lie there.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter, deque
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from commons_ld.errors import StoreError
from commons_ld.likeness import trigrams
from commons_ld.outputs.label_index import NUMBERS
from commons_ld.outputs.search_record import ROLES
from commons_ld.sentences.publication import said

__all__ = ["Entity", "Label", "Labels"]

#: How many entries of the rows of rare trigrams are counted at most, and where a label is known that is the same.
_ENTRIES, _ENTRIES_BESIDE = 12_000, 2_000
#: The fewest rows of trigrams that are looked at.
_FEWEST: Final = 3
#: How many labels are compared letter by letter.
_COMPARED: Final = 60
_LABEL: Final = "l.id, l.entity, e.kind, e.slug, l.label, l.language, l.rank, l.key, e.records"
#: Where the labels stand, in the order of what is named the most.
_FROM: Final = "entity_label l JOIN entity e ON e.id = l.entity"


class Label(NamedTuple):
    """A label of an entity.

    :param rank: 0 for its name, 1 for another one, 2 for one that is not to be shown
    :param key: as :func:`commons_ld.likeness.to_key` makes it
    :param records: how many name the entity
    """

    number: int
    entity: int
    kind: str
    slug: str
    label: str
    language: str
    rank: int
    key: str
    records: int


class Entity(NamedTuple):
    """What is told of an entity beside its labels.

    :param date: of a record
    :param facets: of a concept, in how many records it has which role; of a collection, how many are in it
    """

    number: int
    kind: str
    slug: str
    records: int
    date: str
    facets: tuple[tuple[str, int], ...]


class Labels:
    """The labels in one index, looked up from any thread.

    :param index: as :func:`commons_ld.outputs.search_index.index_path` tells it
    :raises StoreError: here and by every method, if it is missing or broken
    """

    def __init__(self, index: Path, base_iri: str) -> None:
        if not index.is_file():
            raise StoreError(str(index), said("no-index"))
        self._index, self._base_iri = index, base_iri
        #: Connections that nobody uses just now; giving and taking one is one step of the interpreter.
        self._idle: deque[sqlite3.Connection] = deque()

    def close(self) -> None:
        """Close what is open and not in use."""
        while self._idle:
            self._idle.pop().close()

    # ── Finding ──────────────────────────────────────────────────────────────────────────────────────

    def of_key(self, key: str, kinds: Collection[str] = ()) -> list[Label]:
        """Return the labels that have a key."""
        return self._labels("l.key = ?", [key], kinds)

    def of_words(self, words: str, kinds: Collection[str] = ()) -> list[Label]:
        """Return the labels that have these words, in whatever order."""
        return self._labels("l.words = ?", [words], kinds)

    def of_stems(self, stems: Sequence[str], kinds: Collection[str] = ()) -> list[Label]:
        """Return the labels that have one of these stems; each begins with its language and a colon."""
        return self._labels(f"l.stem IN ({_marks(stems)})", list(stems), kinds)

    def of_entities(self, numbers: Sequence[int]) -> list[Label]:
        """Return all labels of some entities."""
        return self._labels(f"l.entity IN ({_marks(numbers)})", list(numbers))

    def named(self, kind: str, slug: str) -> list[Label]:
        """Return the labels of an entity by its kind and its name in IRIs."""
        return self._labels("e.kind = ? AND e.slug = ?", [kind, slug])

    def near(self, key: str, kinds: Collection[str] = (), *, is_known: bool = False) -> list[Label]:
        """Return labels that resemble a key, by the trigrams that they share with it, the rarest ones first.

        :param is_known: whether a label is known that is the same, so that these are wanted less
        """
        most_entries = _ENTRIES_BESIDE if is_known else _ENTRIES
        grams = sorted(set(trigrams(key)))
        counts: Counter[int] = Counter()
        entries = 0
        rows = self._rows(
            f"SELECT gram, labels FROM trigram WHERE gram IN ({_marks(grams)}) ORDER BY labels, gram", grams
        )
        for position, (gram, labels) in enumerate(rows):
            if entries + labels > most_entries and position >= _FEWEST:
                break
            entries += labels
            ((postings,),) = self._rows("SELECT postings FROM trigram WHERE gram = ?", [gram])
            counts.update(array(NUMBERS, postings))
        # Where a kind is asked for, those of others stand in the way.
        most = _COMPARED * (4 if kinds else 1)
        numbers = _foremost(counts, most)
        return self._labels(f"l.id IN ({_marks(numbers)})", numbers, kinds)

    def beginning(self, prefix: str, kinds: Collection[str], most: int) -> list[Label]:
        """Return labels that begin with a key, those of entities that the most records name first."""
        end = prefix + "\U0010ffff"
        return self._labels(
            "l.key >= ? AND l.key < ?", [prefix, end], kinds, f"ORDER BY e.records DESC, l.key, l.id LIMIT {most:d}"
        )

    def first(self, kinds: Collection[str], most: int) -> list[Label]:
        """Return the names of the entities that the most records name."""
        return self._labels("l.rank = 0", [], kinds, f"ORDER BY e.records DESC, l.key, l.id LIMIT {most:d}")

    def all_of(self, kind: str) -> list[Label]:
        """Return the names of all entities of a kind, in their order; other names of one are left out."""
        return self._labels("e.kind = ? AND l.rank = 0", [kind], (), "ORDER BY l.label, l.id")

    # ── Telling ──────────────────────────────────────────────────────────────────────────────────────

    def entity(self, number: int) -> Entity:
        """Return what is told of an entity."""
        ((kind, slug, records),) = self._rows("SELECT kind, slug, records FROM entity WHERE id = ?", [number])
        date, facets = "", list[tuple[str, int]]()
        if kind in ("session", "media"):
            rows = self._rows("SELECT date FROM record WHERE iri = ?", [f"{self._base_iri}{kind}/{slug}"])
            date = rows[0][0] if rows else ""
        elif kind in ("concept", "collection"):
            names = ROLES if kind == "concept" else ("collection",)
            facets = self._rows(
                f"SELECT facet, records FROM total WHERE value = ? AND facet IN ({_marks(names)}) ORDER BY facet",
                [slug, *names],
            )
        return Entity(number, kind, slug, records, date, tuple(facets))

    def pages_of(self, kind: str, slug: str, most: int) -> list[str]:
        """Return the titles of some records that name an entity, the latest first."""
        rows = self._rows(
            "SELECT DISTINCT r.title, r.date, r.iri FROM named n JOIN record r ON r.id = n.record "
            "WHERE n.kind = ? AND n.slug = ? ORDER BY r.date DESC, r.iri LIMIT ?",
            [kind, slug, most],
        )
        return [title for title, _, _ in rows]

    # ── SQL: put together from constants of ours; what somebody gives is a parameter ───────────────────

    def _labels(self, condition: str, values: list[Any], kinds: Collection[str] = (), end: str = "") -> list[Label]:
        if kinds:
            condition += f" AND e.kind IN ({_marks(kinds)})"
            values = [*values, *kinds]
        return [Label(*row) for row in self._rows(f"SELECT {_LABEL} FROM {_FROM} WHERE {condition} {end}", values)]

    def _rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            database = self._idle.pop()
        except IndexError:
            database = self._opened()
        try:
            return list(database.execute(sql, values))
        except sqlite3.DatabaseError as error:
            raise StoreError(str(self._index), said("not-read", error)) from error
        finally:
            self._idle.append(database)

    def _opened(self) -> sqlite3.Connection:
        # Nothing writes to an index that is finished, so that it needs no locks.
        uri = f"{self._index.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            return sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.DatabaseError as error:
            raise StoreError(str(self._index), said("not-read", error)) from error


def _foremost(counts: Counter[int], most: int) -> list[int]:
    """Return the numbers that were counted most often, of equal ones the lowest; a heap of tuples takes far longer.

    >>> _foremost(Counter({1: 2, 2: 5, 3: 2, 4: 1}), 2)
    [2, 1]
    """
    room, least = most, 0
    for times, numbers in sorted(Counter(counts.values()).items(), reverse=True):
        room, least = room - numbers, times
        if room <= 0:
            break
    found = [number for number, times in counts.items() if times > least]
    edge = sorted(number for number, times in counts.items() if times == least)
    return found + edge[: most - len(found)]


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
