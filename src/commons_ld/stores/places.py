"""Where the graphs of a publication stand in its N-Quads, and what they are known by, kept on the disk.

So what a load holds in memory does not grow with the archive. Where the export noted of which chunks it put the N-Quads
together (:mod:`commons_ld.chunks`), what was found in each chunk is kept in the state folder, in ``places.sqlite``, and
only chunks that were not there before are read: each of them has the hash that the export noted. Else the N-Quads are
read from their beginning to their end. The file can be thrown away at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from commons_ld.chunks import chunks_of
from commons_ld.errors import PublicationError
from commons_ld.stores import holdings, publication
from commons_ld.stores.buckets import MODULUS, bucket_of, weight
from commons_ld.stores.publication import Place
from commons_ld.stores.words import said

__all__ = ["KEPT", "PLACE", "PLACES", "POSITION", "Places"]

#: A :class:`~commons_ld.stores.publication.Place`, and where it begins, as columns of :data:`PLACES`.
POSITION: Final = "chunk.start + place.start"
PLACE: Final = f"place.iri, place.sha256, place.statements, {POSITION}, place.length, place.longest"
PLACES: Final = "place JOIN chunk ON chunk.id = place.chunk"

#: The file of a state folder in which it is kept.
KEPT: Final = "places.sqlite"
#: How it is kept: what was kept in another way is not believed.
_LAYOUT: Final = 1
#: Where it begins is told from where its chunk begins, so that it stays where the chunk moves.
_SCHEMA: Final = """
CREATE TABLE meta (base_iri TEXT NOT NULL);
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    start INTEGER NOT NULL,
    graphs INTEGER NOT NULL,
    statements INTEGER NOT NULL
);
CREATE TABLE place (
    number INTEGER PRIMARY KEY,
    chunk INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    iri TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    statements INTEGER NOT NULL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    longest TEXT NOT NULL
);
CREATE TABLE bucket (number INTEGER PRIMARY KEY, sum TEXT NOT NULL);
CREATE INDEX chunk_start ON chunk (start);
CREATE INDEX place_chunk ON place (chunk, start);
CREATE INDEX place_bucket ON place (bucket);
"""


class _NotAsNotedError(Exception):
    """A chunk is not what the export noted."""


class Places:
    """The graphs of a publication, in the order of its N-Quads.

    :param dump: the N-Quads
    :param base_iri: what the IRIs of the archive begin with
    :param state: the folder in which the export keeps its state, if what it noted is to be believed
    :raises PublicationError: if there are none, or they are not of this archive
    """

    database: sqlite3.Connection

    def __init__(self, dump: Path, base_iri: str, state: Path | None = None) -> None:
        self._dump, self._base_iri = dump, base_iri
        #: How many graphs were read of the N-Quads, because they were not known.
        self.read = 0
        #: The sum of each bucket that has graphs.
        self.sums: dict[int, int] = defaultdict(int)
        try:
            if state is None or not self._is_kept(state):
                self._read_all()
            counts = "SELECT coalesce(sum(graphs), 0), coalesce(sum(statements), 0) FROM chunk"
            self._count, self.statements = self.database.execute(counts).fetchone()
        except sqlite3.Error as error:
            raise PublicationError(dump, said("no-room", str(error))) from error
        if not self._count:
            raise PublicationError(dump, said("no-dump"))

    def _read_all(self) -> None:
        """Read the N-Quads from their beginning to their end, and keep nothing."""
        # A file without a name, which SQLite writes once its cache is full.
        self.database, self.read = sqlite3.connect("", isolation_level=None), 0
        self.sums.clear()
        _make(self.database, self._base_iri)
        self.database.execute("BEGIN")
        self._add(b"", 0, publication.places(self._dump))
        self.database.execute("COMMIT")

    def _is_kept(self, state: Path) -> bool:
        """Bring what is kept to this publication, if that can be told; tell whether it was."""
        folder = self._dump.parent.resolve()
        chunks = chunks_of(folder, state)
        database = _opened(state / KEPT, self._base_iri) if chunks else None
        if database is None:
            return False
        self.database = database
        with contextlib.ExitStack() as unless_brought:
            unless_brought.callback(database.close)
            # Whatever is wrong is told when all of it is read.
            with contextlib.suppress(sqlite3.Error, PublicationError, _NotAsNotedError):
                database.execute("BEGIN IMMEDIATE")
                self._bring(folder / self._dump.name, chunks)
                database.execute("COMMIT")
                unless_brought.pop_all()
                return True
            with contextlib.suppress(OSError):
                (state / KEPT).unlink()  # it is begun anew the next time
        return False

    def _bring(self, dump: Path, chunks: Sequence[tuple[bytes, int]]) -> None:
        """Read the chunks that are not known, and forget those that are not there any more."""
        self.sums.update((number, int(text, 16)) for number, text in self.database.execute("SELECT * FROM bucket"))
        kept = self.database.execute("SELECT key, id, start FROM chunk").fetchall()
        begins = accumulate((size for _, size in chunks), initial=0)
        starts, known = dict(zip((key for key, _ in chunks), begins, strict=False)), {key for key, _, _ in kept}
        for number in (number for key, number, _ in kept if key not in starts):
            self._drop(number)
        moved = [(starts[key], number) for key, number, start in kept if starts.get(key, start) != start]
        self.database.executemany("UPDATE chunk SET start = ? WHERE id = ?", moved)
        new = [(key, size) for key, size in chunks if key not in known]
        parts = ((starts[key], size) for key, size in new)
        for (key, _), places in zip(new, publication.places_within(dump, parts), strict=True):
            self._add(key, starts[key], places)
            if hashlib.sha256(b"".join(bytes.fromhex(place.sha256) for place in places)).digest() != key:
                raise _NotAsNotedError
        self.database.execute("DELETE FROM bucket")
        sums = ((number, f"{sum_:x}") for number, sum_ in self.sums.items() if sum_)
        self.database.executemany("INSERT INTO bucket VALUES (?, ?)", sums)

    def _add(self, key: bytes, start: int, places: Iterable[Place]) -> None:
        chunk = self.database.execute("INSERT INTO chunk VALUES (NULL, ?, ?, 0, 0)", (key, start)).lastrowid
        graphs = statements = 0
        for place in places:
            if not holdings.is_ours(place.iri, self._base_iri):
                raise PublicationError(self._dump, said("other-base", place.iri))
            bucket, row = bucket_of(place.iri), place._replace(offset=place.offset - start)
            try:
                self.database.execute("INSERT INTO place VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", (chunk, bucket, *row))
            except sqlite3.IntegrityError as error:  # a graph that stands in two places
                raise PublicationError(self._dump, said("bad-dump", statements + 1)) from error
            self.sums[bucket] = (self.sums[bucket] + weight(place.iri, place.sha256)) % MODULUS
            graphs += 1
            statements += place.statements
        self.read += graphs
        self.database.execute("UPDATE chunk SET graphs = ?, statements = ? WHERE id = ?", (graphs, statements, chunk))

    def _drop(self, chunk: int) -> None:
        for bucket, iri, sha256 in self.database.execute(
            "SELECT bucket, iri, sha256 FROM place WHERE chunk = ?", (chunk,)
        ):
            self.sums[bucket] = (self.sums[bucket] - weight(iri, sha256)) % MODULUS
        self.database.execute("DELETE FROM place WHERE chunk = ?", (chunk,))
        self.database.execute("DELETE FROM chunk WHERE id = ?", (chunk,))

    @property
    def value(self) -> int:
        """The sum of all."""
        return sum(self.sums.values()) % MODULUS

    def __len__(self) -> int:
        """Return how many graphs there are."""
        return int(self._count)

    def __iter__(self) -> Iterator[Place]:
        """Yield all of them."""
        query = f"SELECT {PLACE} FROM chunk CROSS JOIN place ON place.chunk = chunk.id "
        query += "ORDER BY chunk.start, place.start"
        yield from map(Place._make, self.database.execute(query))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()


def _opened(path: Path, base_iri: str) -> sqlite3.Connection | None:
    """Open what is kept, or begin anew; return nothing where that cannot be, as somebody else has it open."""
    for _ in range(2):
        with contextlib.suppress(sqlite3.Error, OSError):
            database = sqlite3.connect(path, isolation_level=None, timeout=0)
            try:
                database.execute("PRAGMA secure_delete = ON")  # what is withdrawn is in no byte of the file
                database.execute("PRAGMA locking_mode = EXCLUSIVE")
                database.execute("BEGIN EXCLUSIVE")
                (layout,) = database.execute("PRAGMA user_version").fetchone()
                if not layout:
                    _make(database, base_iri)
                elif layout != _LAYOUT or database.execute("SELECT base_iri FROM meta").fetchone() != (base_iri,):
                    raise sqlite3.DatabaseError("kept in another way, or of another archive")
                database.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                database.close()
                if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY:
                    return None
                path.unlink()
            else:
                return database
    return None


def _make(database: sqlite3.Connection, base_iri: str) -> None:
    for statement in _SCHEMA.split(";"):
        database.execute(statement)
    database.execute("INSERT INTO meta VALUES (?)", (base_iri,))
    database.execute(f"PRAGMA user_version = {_LAYOUT}")
