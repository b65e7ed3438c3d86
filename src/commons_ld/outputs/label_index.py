"""The labels of the search index: by which concepts, persons, organizations, collections and records are found.

Each label that a block gives to one of them is kept with the record that gives it, so that it goes with the last
record that does. What is looked up is made of these when the index is finished, anew only for what was touched: of
each label its key, its words and its stem (:mod:`commons_ld.likeness`), and for each trigram of the keys the labels
that hold it, as one row of 32-bit numbers.

A part of a record is none of these: who took part in a chat has no label here, whatever the settings publish of them.
"""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from commons_ld.iris import IriPolicy
from commons_ld.likeness import to_key, to_stem, to_words, trigrams
from commons_ld.outputs.search_index import Gatherings
from commons_ld.outputs.search_record import ROLES, Searchable, graph_iri, value_of
from commons_ld.outputs.things import Thing, things_of
from commons_ld.rdf.namespaces import expand

__all__ = ["KINDS", "NUMBERS", "LabelGatherings"]

#: What has labels here.
KINDS: Final = ("concept", "person", "organization", "collection", "session", "media")
#: The type of the numbers in a row of postings: four bytes each, as this machine has them.
NUMBERS: Final = "I"

#: Of how many things what changes is held in memory, before it is written.
_TOGETHER: Final = 100_000

#: How much a property says of its subject's name: the name, another one, one that is not to be shown.
_RANKS: Final = {
    "skos:prefLabel": 0,
    "schema:name": 0,
    "dcterms:title": 0,
    "skos:altLabel": 1,
    "schema:alternateName": 1,
    "dcterms:alternative": 1,
    "skos:hiddenLabel": 2,
}
_RANK_OF: Final = {f"<{expand(name)}>".encode(): rank for name, rank in _RANKS.items()}
_REPLACED: Final = frozenset(f"<{expand(name)}>".encode() for name in ("dcterms:isReplacedBy", "owl:deprecated"))
#: The numbers under which stands what no record says, but the scheme or the registers; those of records are above.
_NO_RECORDS: Final = {"concepts": 0, "registers": -1}

_ROLES: Final = ", ".join(f"'{role}'" for role in ROLES)

_SCHEMA: Final = """
CREATE TABLE named (
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    label TEXT NOT NULL,
    language TEXT NOT NULL,
    rank INTEGER NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (kind, slug, label, language, rank, record)
) WITHOUT ROWID;
CREATE INDEX named_record ON named (record);
CREATE TABLE named_touched (kind TEXT NOT NULL, slug TEXT NOT NULL, PRIMARY KEY (kind, slug)) WITHOUT ROWID;
CREATE TABLE entity (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    records INTEGER NOT NULL,
    UNIQUE (kind, slug)
);
CREATE TABLE entity_label (
    id INTEGER PRIMARY KEY,
    entity INTEGER NOT NULL,
    label TEXT NOT NULL,
    language TEXT NOT NULL,
    rank INTEGER NOT NULL,
    key TEXT NOT NULL,
    words TEXT NOT NULL,
    stem TEXT NOT NULL
);
CREATE INDEX entity_label_entity ON entity_label (entity);
CREATE INDEX entity_label_key ON entity_label (key);
CREATE INDEX entity_label_words ON entity_label (words);
CREATE INDEX entity_label_stem ON entity_label (stem);
CREATE TABLE trigram (gram TEXT PRIMARY KEY, labels INTEGER NOT NULL, postings BLOB NOT NULL) WITHOUT ROWID;
"""


#: Of what kind a thing is that is called so, its name in IRIs, the label, its language, and its rank.
_Label = tuple[str, str, str, str, int]


class LabelGatherings(Gatherings):
    """The tables, while records come and go."""

    schema = _SCHEMA

    def __init__(self, policy: IriPolicy) -> None:
        self._taken: set[int] = set()
        #: What is no part of another thing, in the canonical form of a block.
        self._subject: Final = re.compile(
            rb"<%b(%b)/([a-z0-9-]+)>" % (re.escape(policy.base_iri.encode()), "|".join(KINDS).encode())
        )

    def gather(self, apart: Sequence[Thing], found: Searchable) -> list[_Label]:  # noqa: ARG002
        """Return the labels that a record gives."""
        return self._rows(apart)

    def write(self, database: sqlite3.Connection, number: int, gathered: list[_Label]) -> None:
        """Keep the labels that a record gives."""
        database.executemany(
            "INSERT OR IGNORE INTO named VALUES (?, ?, ?, ?, ?, ?)", [(*row, number) for row in gathered]
        )
        database.executemany("INSERT OR IGNORE INTO named_touched VALUES (?, ?)", {row[:2] for row in gathered})

    def take(self, database: sqlite3.Connection, block: bytes) -> None:
        """Gather the labels of the scheme or the registers, of which those take no part that others have replaced."""
        number = _NO_RECORDS[graph_iri(block).rpartition(b"/")[2].decode()]
        self._taken.add(number)
        self._retake(database, number, {(*row, number) for row in self._rows(things_of(block))})

    @staticmethod
    def _retake(database: sqlite3.Connection, number: int, rows: set[tuple[str, str, str, str, int, int]]) -> None:
        known = set(
            database.execute("SELECT kind, slug, label, language, rank, record FROM named WHERE record = ?", (number,))
        )
        database.executemany(
            "DELETE FROM named WHERE kind = ? AND slug = ? AND label = ? AND language = ? AND rank = ? AND record = ?",
            known - rows,
        )
        database.executemany("INSERT INTO named VALUES (?, ?, ?, ?, ?, ?)", rows - known)
        database.executemany("INSERT OR IGNORE INTO named_touched VALUES (?, ?)", {row[:2] for row in rows ^ known})

    def drop(self, database: sqlite3.Connection, number: int) -> None:
        """Take out the labels that a record gave."""
        database.execute("INSERT OR IGNORE INTO named_touched SELECT kind, slug FROM named WHERE record = ?", (number,))
        database.execute("DELETE FROM named WHERE record = ?", (number,))

    def complete(self, database: sqlite3.Connection) -> None:
        """Take out what the scheme or the registers said that are not there any more."""
        for number in set(_NO_RECORDS.values()) - self._taken:
            self._retake(database, number, set())

    def finish(self, database: sqlite3.Connection) -> None:
        """Make what is looked up, for what was touched."""
        postings = _Postings()
        last = database.execute("SELECT coalesce(max(id), 0) FROM entity_label").fetchone()[0]
        touched = database.execute("SELECT kind, slug FROM named_touched ORDER BY kind, slug")
        for number, (kind, slug) in enumerate(touched, 1):
            last = _renew(database, kind, slug, postings, last)
            if number % _TOGETHER == 0:
                postings.write(database)
                postings = _Postings()
        postings.write(database)
        # Records point to concepts and name them not, unless the scheme lacks them.
        database.execute(
            f"""UPDATE entity SET records = coalesce((
                SELECT max(records) FROM total WHERE value = entity.slug AND facet IN ({_ROLES})
            ), 0) WHERE kind = 'concept'"""
        )
        database.execute("DELETE FROM named_touched")

    def _rows(self, apart: Iterable[Thing]) -> list[_Label]:
        found: list[_Label] = []
        for thing in apart:
            named = self._subject.fullmatch(thing.subject)
            if named is None:
                continue
            kind, slug = named[1].decode(), named[2].decode()
            labels, is_replaced = list[_Label](), False
            for predicate, values in thing.said:
                if predicate in _REPLACED:
                    # A concept may be said not to be deprecated.
                    is_replaced = is_replaced or not all(value.startswith(b'"false"') for value in values)
                elif predicate in _RANK_OF:
                    rank = _RANK_OF[predicate]
                    for value in values:
                        if value[:1] == b'"' and (label := value_of(value).strip()):
                            labels.append((kind, slug, label, _language(value), rank))
            if not is_replaced:
                found += labels
        return found


def _language(literal: bytes) -> str:
    """Return the primary subtag of the language of a literal, or nothing where none is told."""
    tag = literal[literal.rindex(b'"') + 1 :]
    primary = tag[1:].partition(b"-")[0].decode().lower() if tag.startswith(b"@") else ""
    return "" if primary == "und" else primary


class _Postings:
    """What changes in the rows of the trigrams."""

    def __init__(self) -> None:
        self._added: defaultdict[str, array[int]] = defaultdict(lambda: array(NUMBERS))
        self._removed: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, number: int, key: str) -> None:
        """Have a label found; numbers come in their order."""
        for gram in set(trigrams(key)):
            self._added[gram].append(number)

    def remove(self, number: int, key: str) -> None:
        """Have a label found no more."""
        for gram in set(trigrams(key)):
            self._removed[gram].add(number)

    def write(self, database: sqlite3.Connection) -> None:
        """Write the rows that differ."""
        for gram in sorted(self._added.keys() | self._removed.keys()):
            row = database.execute("SELECT postings FROM trigram WHERE gram = ?", (gram,)).fetchone()
            known = array(NUMBERS, row[0]) if row else array(NUMBERS)
            if gone := self._removed.get(gram):
                known = array(NUMBERS, (number for number in known if number not in gone))
            known.extend(self._added.get(gram, ()))
            if known:
                database.execute("REPLACE INTO trigram VALUES (?, ?, ?)", (gram, len(known), known.tobytes()))
            else:
                database.execute("DELETE FROM trigram WHERE gram = ?", (gram,))


def _renew(database: sqlite3.Connection, kind: str, slug: str, postings: _Postings, last: int) -> int:
    """Make what is looked up of one thing, and return the last number of a label."""
    labels = {
        (label, language, rank)
        for label, language, rank in database.execute(
            "SELECT label, language, min(rank) FROM named WHERE kind = ? AND slug = ? GROUP BY label, language",
            (kind, slug),
        )
    }
    row = database.execute("SELECT id FROM entity WHERE kind = ? AND slug = ?", (kind, slug)).fetchone()
    if row is None:
        if not labels:
            return last
        made = database.execute("INSERT INTO entity (kind, slug, records) VALUES (?, ?, 0)", (kind, slug))
        entity = made.lastrowid
    else:
        (entity,) = row
    known = {
        (label, language, rank): (number, key)
        for number, label, language, rank, key in database.execute(
            "SELECT id, label, language, rank, key FROM entity_label WHERE entity = ?", (entity,)
        )
    }
    for number, key in (known[old] for old in known.keys() - labels):
        postings.remove(number, key)
        database.execute("DELETE FROM entity_label WHERE id = ?", (number,))
    if not labels:
        database.execute("DELETE FROM entity WHERE id = ?", (entity,))
        return last
    for label, language, rank in sorted(labels - known.keys()):
        last += 1
        key = to_key(label)
        # Names and titles have no plural.
        stem = to_stem(key, language) if kind == "concept" else ""
        database.execute(
            "INSERT INTO entity_label VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (last, entity, label, language, rank, key, to_words(key), f"{language}:{stem}" if stem else ""),
        )
        postings.add(last, key)
    database.execute(
        """UPDATE entity SET records = (
            SELECT count(DISTINCT record) FROM named WHERE kind = ?1 AND slug = ?2 AND record > 0
        ) WHERE id = ?3""",
        (kind, slug, entity),
    )
    return last
