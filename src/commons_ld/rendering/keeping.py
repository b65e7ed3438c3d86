"""Keep what was rendered of each record beside the ledger, so that only what changed is rendered again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.errors import PublicationError
from commons_ld.outputs.standing import StalePublicationError
from commons_ld.sentences.publication import said

__all__ = ["Kept", "keep_nothing", "kept"]

_NAME: Final = "renderings.sqlite"


class Kept:
    """Renderings by a digest of what they were made of.

    :raises PublicationError: by every method, if the file cannot be written
    :raises StalePublicationError: by every method, if it is damaged: it is thrown away then
    """

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database, self._path = database, path
        self._decode: Final = msgspec.msgpack.Decoder(dict[str, bytes]).decode
        #: How many were made, and not only found.
        self.made = 0

    def has(self, digest: bytes) -> bool:
        """Tell whether the renderings of that digest are kept."""
        with _explaining(self._path):
            found = self._database.execute("SELECT 1 FROM kept WHERE digest = ?", (digest,))
            return found.fetchone() is not None

    def put(self, digest: bytes, made: Mapping[str, bytes]) -> None:
        """Keep renderings that were made."""
        with _explaining(self._path):
            self._database.execute("INSERT OR IGNORE INTO kept VALUES (?, ?)", (digest, msgspec.msgpack.encode(made)))
        self.made += 1

    def get(self, digest: bytes) -> dict[str, bytes] | None:
        """Return the renderings of that digest, which are kept from then on, or ``None``."""
        with _explaining(self._path):
            row = self._database.execute("SELECT made FROM kept WHERE digest = ?", (digest,)).fetchone()
            self._database.execute("INSERT OR IGNORE INTO temp.used VALUES (?)", (digest,))
        return None if row is None else self._decode(row[0])


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[Kept]:
    """Yield what is kept in a folder; what this run did not get is kept no more once it ends well.

    Nothing that was withdrawn stays in it, and if the run fails, that of the run before stands.

    :raises PublicationError: if it cannot be written
    :raises StalePublicationError: if it is damaged; it is thrown away then
    """
    path = folder / _NAME
    with _explaining(path):
        folder.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, isolation_level=None)
    with contextlib.closing(database):
        with _explaining(path):
            database.execute("PRAGMA secure_delete = ON")  # what is withdrawn is in no byte of the file
            database.execute("BEGIN IMMEDIATE")
            database.execute("CREATE TABLE IF NOT EXISTS kept (digest BLOB NOT NULL UNIQUE, made BLOB NOT NULL)")
            database.execute("CREATE TEMP TABLE used (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        yield Kept(database, path)
        with _explaining(path):
            database.execute("DELETE FROM kept WHERE digest NOT IN (SELECT digest FROM temp.used)")
            database.execute("COMMIT")


def keep_nothing(folder: Path) -> None:
    """Throw away what is kept in a folder, where nothing is rendered any more, and what is gone would stay in it.

    :raises PublicationError: if it cannot be removed
    """
    path = folder / _NAME
    with _explaining(path):
        path.unlink(missing_ok=True)
        path.with_name(f"{_NAME}-journal").unlink(missing_ok=True)


@contextlib.contextmanager
def _explaining(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise PublicationError(path, said("not-written-for-room", error)) from error
    except sqlite3.DatabaseError as error:
        path.unlink(missing_ok=True)
        path.with_name(f"{_NAME}-journal").unlink(missing_ok=True)
        raise StalePublicationError from error
