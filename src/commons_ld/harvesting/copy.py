"""The copy of another archive: a database of its records, and ``dataset.nq``, which is made of it.

The database changes by transactions, so that a run may be cut off anywhere: what it had kept is kept, and the next run
goes on from there. ``dataset.nq`` is written beside and put in place as a whole. Both depend on nothing but what was
harvested. What is gone leaves its name and its time, and nothing else.

A rehearsal works on a copy of the database that has no name on the disk, and leaves nothing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import msgspec

from commons_ld.errors import HarvestError
from commons_ld.files.locks import Taken, lock
from commons_ld.files.whole import replacing
from commons_ld.harvesting.told import Cursor, Deed, Left, Listed, Refused, Told
from commons_ld.harvesting.words import said

__all__ = ["Change", "Copy"]

DATABASE: Final = "harvest.sqlite"
DUMP: Final = "dataset.nq"

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
    key TEXT PRIMARY KEY,           -- what the feed calls it
    iri TEXT NOT NULL,              -- what it is in RDF
    at TEXT NOT NULL,               -- when it became so, by the feed
    tag TEXT NOT NULL,              -- by which the feed tells that it is still the same
    round INTEGER NOT NULL,         -- the reading from the beginning in which it was last met
    lines BLOB,                     -- its statements as N-Quads; NULL if it is gone
    replaced_by TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS record_iri ON record (iri, key);
CREATE TABLE IF NOT EXISTS refused (
    key TEXT PRIMARY KEY,           -- what the feed calls a record that could not be read
    problem TEXT NOT NULL,          -- what is wrong with it, in each language
    at TEXT NOT NULL,               -- when it became so, by the feed
    again TEXT NOT NULL,            -- what it takes to ask for it again
    round INTEGER NOT NULL          -- the reading from the beginning in which it was last met
) WITHOUT ROWID;
"""
#: Whether a later version of a record was read already.
_LATER: Final = "SELECT 1 FROM record WHERE key = ? AND round = ? AND at > ?"


class Change(NamedTuple):
    """What became of one record.

    :param kind: ``new``, ``changed``, ``deleted`` or ``dropped``: not there any more, without a word from the feed
    """

    kind: str
    iri: str


class Copy:
    """The copy in one folder, for one process at a time.

    :param source: what it is a copy of, and how it is harvested; a folder holds one copy
    :param dry_run: change nothing in the folder, nor make it: what is kept is forgotten at the end
    :raises HarvestError: if the folder cannot be used
    """

    def __init__(self, folder: Path, source: str, *, dry_run: bool = False) -> None:
        self._folder, self._dry_run = folder, dry_run
        with ExitStack() as opened, self._explained():
            if not dry_run:
                folder.mkdir(parents=True, exist_ok=True)
                opened.enter_context(_alone(folder))
            self._database = sqlite3.connect("" if dry_run else folder / DATABASE, isolation_level=None)
            opened.callback(self._database.close)
            if dry_run:
                _take_over(folder, self._database)
            self._database.executescript(f"PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; {_SCHEMA}")
            held = self._state("source")
            if held and held != source:
                raise HarvestError(str(folder), said("another", value=held))
            self._remember("source", source)
            # From here on it is closed by whoever uses it.
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def cursor(self) -> Cursor:
        """Where the last deed ended; empty before the first."""
        cursor: Cursor = msgspec.json.decode(self._state("cursor") or "{}")
        return cursor

    @property
    def count(self) -> int:
        """How many records there are."""
        return int(self._one("SELECT count(*) FROM record WHERE lines IS NOT NULL"))

    @property
    def refused(self) -> list[Refused]:
        """The records that could not be read, in this run or before, and were not read since."""
        rows = self._rows("SELECT key, problem, at, again FROM refused ORDER BY key")
        return [
            Refused(str(key), msgspec.json.decode(problem), str(at), str(again)) for key, problem, at, again in rows
        ]

    def tag_of(self, key: str) -> str:
        """Return the tag of a record that is there; ``""`` if none is."""
        return str(self._one("SELECT tag FROM record WHERE key = ? AND lines IS NOT NULL", key) or "")

    @property
    def is_reading(self) -> bool:
        """Whether the feed is being read from the beginning, in this run or since an earlier one that was cut off."""
        return self._state("reading") != "0"

    def begin_anew(self) -> None:
        """Begin to read from the beginning: what is not met again until the end is gone."""
        with self._transaction():
            self._remember("round", str(self._round + 1))
            self._remember("cursor", "{}")
            self._remember("reading", "1")

    def keep(self, deed: Deed) -> list[Change]:
        """Keep what a feed told, and where it goes on, as one."""
        changes: list[Change] = []
        with self._transaction():
            for told in deed.told:
                self._mark(told)
                if isinstance(told, Listed | Refused):
                    # A record that cannot be read any more stays as it was last read.
                    self._database.execute("UPDATE record SET round = ? WHERE key = ?", (self._round, told.key))
                elif isinstance(told, Told) and (change := self._put(told)):
                    changes.append(change)
            self._remember("cursor", msgspec.json.encode(deed.cursor).decode())
            if changes:
                self._remember("written", "")
        return changes

    def unmet(self) -> list[str]:
        """Return the records that were not met since reading began anew."""
        rows = self._rows("SELECT iri FROM record WHERE lines IS NOT NULL AND round < ? ORDER BY iri", self._round)
        return [str(iri) for (iri,) in rows]

    def end_reading(self) -> list[Change]:
        """Take away the records that were not met since reading began: the feed was read to its end.

        Not even their names stay: where nobody is told of a deletion, that may be since the name tells of somebody.
        """
        gone = self.unmet()
        with self._transaction():
            self._remember("reading", "0")
            self._database.execute("DELETE FROM refused WHERE round < ?", (self._round,))
            self._database.execute("DELETE FROM record WHERE round < ?", (self._round,))
            if gone:
                self._remember("written", "")
        return [Change("dropped", iri) for iri in gone]

    def write(self) -> Path:
        """Bring ``dataset.nq`` to what was harvested: every record's lines, in the order of their graphs.

        :raises HarvestError: if it cannot be written; the one that stood before stands
        """
        path = self._folder / DUMP
        if self._dry_run or (self._state("written") and path.is_file()):
            return path
        with self._explained(), replacing(path, "new") as file:
            rows = self._rows("SELECT iri, lines FROM record WHERE lines IS NOT NULL ORDER BY iri, key")
            for _, same in groupby(rows, key=itemgetter(0)):
                blocks = [bytes(lines) for _, lines in same]
                # Where a feed has two names for one thing, its graph is what both say.
                if len(blocks) > 1:
                    blocks = sorted({line for block in blocks for line in block.splitlines(keepends=True)})
                file.writelines(blocks)
        self._remember("written", "1")
        return path

    # ── The database ─────────────────────────────────────────────────────────────────────────────────

    @property
    def _round(self) -> int:
        return int(self._state("round") or 0)

    def _put(self, told: Told) -> Change | None:
        row = self._row("SELECT iri, at, round, lines FROM record WHERE key = ?", told.key)
        iri, at, met, lines = row or (told.iri, "", -1, None)
        if met == self._round and told.at and at > told.at:
            return None
        if told.is_gone:
            self._save(told._replace(iri=str(iri), lines=b""), None)
            return Change("deleted", str(iri)) if lines is not None else None
        self._save(told, told.lines)
        if lines == told.lines:
            return None
        return Change("new" if lines is None else "changed", told.iri)

    def _mark(self, told: Told | Listed | Refused | Left) -> None:
        """Mark a record as one that cannot be read, or as such a one no longer; an older version of it says nothing."""
        at = told.at if isinstance(told, Told | Refused) else ""
        self._database.execute(
            "DELETE FROM refused WHERE key = ? AND (? = '' OR at <= ? OR round < ?)", (told.key, at, at, self._round)
        )
        if isinstance(told, Refused) and not (told.at and self._one(_LATER, told.key, self._round, told.at)):
            problem = msgspec.json.encode(told.problem).decode()
            self._database.execute(
                "INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?, ?)",
                (told.key, problem, told.at, told.again, self._round),
            )

    def _save(self, told: Told, lines: bytes | None) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO record (key, iri, at, tag, round, lines, replaced_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (told.key, told.iri, told.at, told.tag, self._round, lines, told.replaced_by),
        )

    def _state(self, name: str) -> str:
        return str(self._one("SELECT value FROM state WHERE name = ?", name) or "")

    def _remember(self, name: str, value: str) -> None:
        with self._explained():
            self._database.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))

    def _one(self, query: str, *values: object) -> Any:
        row = self._row(query, *values)
        return row[0] if row else None

    def _row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        return next(iter(self._rows(query, *values)), None)

    def _rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with self._explained():
            yield from self._database.execute(query, values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._explained():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise HarvestError(str(self._folder), said("unusable", value=error.strerror or error)) from None
        except sqlite3.OperationalError as error:
            raise HarvestError(str(self._folder), said("unusable", value=error)) from None
        except sqlite3.DatabaseError as error:
            raise HarvestError(str(self._folder), said("damaged", value=error)) from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from the copy in a folder."""
    descriptor = os.open(folder / "harvest.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            lock(descriptor)
        except Taken:
            raise HarvestError(str(folder), said("at-work")) from None
        yield
    finally:
        os.close(descriptor)


def _take_over(folder: Path, database: sqlite3.Connection) -> None:
    """Bring what the database in a folder holds into another one; no byte of the folder changes.

    :raises HarvestError: if a run was cut off in the middle of a transaction, which takes writing to undo
    """
    path = folder / DATABASE
    if not path.exists():
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as kept:
        try:
            kept.backup(database)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
                raise
            raise HarvestError(str(folder), said("cut-off")) from None
