"""Keep beside the ledger how the dumps are put together, so that only the pieces of what changed are made again.

One SQLite file in the state folder, ``dumps.sqlite``: of each chunk of the dumps a hash of what it is made of and how
long its piece is in each file, what is told of its records elsewhere, and what records share, with the number of graphs
that say it. It can be thrown away at any time; it is believed only if it is that of the publication that stands.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.chunks import KEPT, Chunk
from commons_ld.errors import PublicationError
from commons_ld.sentences.publication import said

__all__ = ["Chunk", "KeptDumps", "keeping", "passing"]

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE chunk (number INTEGER PRIMARY KEY, key BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE facts (key BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE shared (statement BLOB PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID;
"""


class KeptDumps:
    """How dumps are put together, in one run; made by :func:`keeping` or :func:`passing`.

    :param has_previous: whether it is that of the dumps that stand
    """

    def __init__(self, database: sqlite3.Connection, where: Path, *, has_previous: bool) -> None:
        self._database, self._where = database, where
        self.has_previous = has_previous
        #: Whether each stray statement that was added or taken out in this run was there before.
        self._touched: Final[dict[bytes, bool]] = {}
        #: Of the chunks that were put, and whether any was.
        self._digest, self._is_made = hashlib.sha256(), False

    def chunks(self) -> list[Chunk]:
        """Return the chunks of the dumps that stand, in their order, and forget them."""
        with self._explaining():
            decode = msgspec.msgpack.Decoder(Chunk).decode
            rows = [row[0] for row in self._database.execute("SELECT data FROM chunk ORDER BY number")]
            kept = self._database.execute("SELECT value FROM meta WHERE name = 'chunks'").fetchone()
            if rows and kept != (hashlib.sha256(b"".join(rows)).hexdigest(),):
                self.forget()  # damaged in a way that SQLite does not see
                return []
            self._database.execute("DELETE FROM chunk")
            return list(map(decode, rows))

    def forget(self) -> None:
        """Forget the dumps that stand: nothing is taken over."""
        with self._explaining():
            self._database.execute("DELETE FROM chunk")
            self._database.execute("DELETE FROM shared")
            self._database.execute("DELETE FROM facts")
            self.has_previous = False

    def put(self, chunk: Chunk, facts: bytes = b"") -> None:
        """Add the next chunk of the dumps that are being made.

        :param facts: what is told of its records elsewhere; those of a chunk that is taken over are there
        """
        with self._explaining():
            data = msgspec.msgpack.encode(chunk)
            self._database.execute("INSERT INTO chunk (key, data) VALUES (?, ?)", (chunk.key, data))
            self._digest.update(data)
            self._is_made = True
            if facts:
                self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (chunk.key, facts))

    def facts(self) -> Iterator[bytes]:
        """Yield the facts of each chunk of the dumps that are being made, in their order."""
        with self._explaining():
            for row in self._database.execute("SELECT f.data FROM chunk c JOIN facts f USING (key) ORDER BY c.number"):
                yield bytes(row[0])

    # ── What records share ───────────────────────────────────────────────────────────────────────────────

    def share(self, uses: Mapping[bytes, int], strays: tuple[bytes, ...], *, by: int = 1) -> None:
        """Note that statements are made by some graphs more, or less.

        :param uses: by how many of them each is made
        :param strays: what statements begin with that are about a record, by another one
        :param by: 1 or -1
        """
        with self._explaining():
            if self.has_previous:
                for statement in uses:
                    if statement.startswith(strays) and statement not in self._touched:
                        self._touched[statement] = self._has(statement)
            self._database.executemany(
                "INSERT INTO shared VALUES (?1, ?2) ON CONFLICT (statement) DO UPDATE SET uses = uses + ?2",
                ((statement, by * number) for statement, number in uses.items()),
            )

    def settle(self) -> list[bytes]:
        """End the counting; return the stray statements that are new, or gone."""
        with self._explaining():
            self._database.execute("DELETE FROM shared WHERE uses <= 0")
            return sorted(statement for statement, was in self._touched.items() if self._has(statement) != was)

    def shared(self) -> Iterator[bytes]:
        """Yield every statement that is shared once, in the order of their bytes."""
        with self._explaining():
            for row in self._database.execute("SELECT statement FROM shared ORDER BY statement"):
                yield bytes(row[0])

    def begins(self, start: bytes) -> bool:
        """Tell whether a shared statement begins with some bytes, which end before ``0xFF``."""
        with self._explaining():
            end = start[:-1] + bytes([start[-1] + 1])
            query = "SELECT 1 FROM shared WHERE statement >= ? AND statement < ? LIMIT 1"
            return self._database.execute(query, (start, end)).fetchone() is not None

    def beginning_with(self, start: bytes) -> list[bytes]:
        """Return the shared statements that begin with some bytes, which end before ``0xFF``."""
        with self._explaining():
            end = start[:-1] + bytes([start[-1] + 1])
            rows = self._database.execute(
                "SELECT statement FROM shared WHERE statement >= ? AND statement < ?", (start, end)
            )
            return [bytes(row[0]) for row in rows]

    def finish(self, publication: str) -> None:
        """Have it kept, as that of a publication."""
        with self._explaining():
            self._database.execute("DELETE FROM facts WHERE key NOT IN (SELECT key FROM chunk)")
            told = {"publication": publication} | ({"chunks": self._digest.hexdigest()} if self._is_made else {})
            self._database.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", told.items())
            self._database.execute("COMMIT")

    def _has(self, statement: bytes) -> bool:
        found = self._database.execute("SELECT 1 FROM shared WHERE statement = ? AND uses > 0", (statement,))
        return found.fetchone() is not None

    @contextlib.contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise PublicationError(self._where, said("not-kept", error)) from error


@contextlib.contextmanager
def keeping(state: Path, *, publication: str, made_with: str) -> Iterator[KeptDumps]:
    """Open what is kept in a state folder; leaving without :meth:`KeptDumps.finish` undoes every change.

    :param publication: the one that stands, or ``""``
    :param made_with: a digest of all that dumps depend on besides the blocks
    :raises PublicationError: if it cannot be used
    """
    path = state / KEPT
    try:
        state.mkdir(parents=True, exist_ok=True)
        database, is_known = _opened(path, publication, made_with)
    except (OSError, sqlite3.Error) as error:
        raise PublicationError(path, said("not-written-for-room", error)) from error
    with contextlib.closing(database):
        yield KeptDumps(database, path, has_previous=is_known)


@contextlib.contextmanager
def passing(path: Path) -> Iterator[KeptDumps]:
    """Yield what is needed while dumps are made, and keep nothing.

    :param path: a file that does not exist; it has no name any more while it is used
    :raises PublicationError: if the disk is full
    """
    try:
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        _prepare(database)
        path.unlink()
    except (OSError, sqlite3.Error) as error:
        raise PublicationError(path.parent, said("not-sorted", error)) from error
    with contextlib.closing(database):
        yield KeptDumps(database, path.parent, has_previous=False)


def _opened(path: Path, publication: str, made_with: str) -> tuple[sqlite3.Connection, bool]:
    if path.is_file():
        with contextlib.suppress(sqlite3.DatabaseError):
            database = sqlite3.connect(path, isolation_level=None)
            try:
                known = dict(database.execute("SELECT name, value FROM meta"))
                if publication and (known.get("publication"), known.get("made_with")) == (publication, made_with):
                    _tune(database)
                    database.execute("BEGIN IMMEDIATE")
                    return database, True
            except sqlite3.DatabaseError:
                pass  # a damaged one is made anew
            database.close()
        path.unlink()
        path.with_name(f"{KEPT}-journal").unlink(missing_ok=True)
    database = sqlite3.connect(path, isolation_level=None)
    _prepare(database)
    database.execute("INSERT INTO meta VALUES ('made_with', ?)", (made_with,))
    return database, False


def _prepare(database: sqlite3.Connection) -> None:
    _tune(database)
    database.executescript(_SCHEMA)
    database.execute("BEGIN IMMEDIATE")


def _tune(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA secure_delete = ON")  # what is withdrawn is in no byte of the file
    database.execute("PRAGMA cache_size = -16384")
    database.execute("PRAGMA temp_store = MEMORY")
