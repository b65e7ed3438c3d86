"""Sorted entries on disk, each key once: for what is too much to sort in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from commons_ld.errors import PublicationError
from commons_ld.sentences.publication import said

__all__ = ["Spool"]

#: How much of it may stay in memory, in KiB, as SQLite wants it told: negative.
_CACHE: Final = -16_384
#: Entries that wait to be written together: one at a time they take the database several times as long.
_WAITING: Final = 500


class Spool:
    """A table of keys and values that lives on disk while it is used, and leaves no file behind.

    :param path: a file that does not exist; it has no name any more once the spool is open, so that a process
        that is killed leaves nothing
    :raises PublicationError: by every method, if the disk is full

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Spool(Path(folder, "spool")) as spool:
    ...     spool.add([(b"b", b"2"), (b"a", b"1"), (b"b", b"3")])
    ...     list(spool), spool.get(b"b"), list(Path(folder).iterdir())
    ([(b'a', b'1'), (b'b', b'2')], b'2', [])
    """

    def __init__(self, path: Path) -> None:
        self._path: Final = path
        self._waiting: Final[dict[bytes, bytes]] = {}
        try:
            # Files are finished in a second thread too; whoever shares a spool between threads locks it.
            self._database: Final = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute(f"PRAGMA cache_size = {_CACHE}")
            self._database.execute("CREATE TABLE entry (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
            path.unlink()
            self._database.execute("BEGIN")
        except (sqlite3.Error, OSError) as error:
            raise self._problem(error) from error

    def add(self, entries: Iterable[tuple[bytes, bytes]]) -> None:
        """Add entries; the first value of a key stays."""
        for key, value in entries:
            self._waiting.setdefault(key, value)
            if len(self._waiting) == _WAITING:
                self._write()

    def get(self, key: bytes) -> bytes | None:
        """Return the value of ``key``, or ``None`` where there is none."""
        try:
            row = self._database.execute("SELECT value FROM entry WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise self._problem(error) from error
        # What waits came later.
        return self._waiting.get(key) if row is None else bytes(row[0])

    def __iter__(self) -> Generator[tuple[bytes, bytes], None, None]:
        """Yield the entries in the order of their keys, as bytes compare."""
        self._write()
        try:
            yield from self._database.execute("SELECT key, value FROM entry ORDER BY key")
        except sqlite3.Error as error:
            raise self._problem(error) from error

    def close(self) -> None:
        """Give the disk space back."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self) -> None:
        try:
            self._database.executemany("INSERT OR IGNORE INTO entry VALUES (?, ?)", self._waiting.items())
        except sqlite3.Error as error:
            raise self._problem(error) from error
        self._waiting.clear()

    def _problem(self, error: Exception) -> PublicationError:
        return PublicationError(self._path.parent, said("not-sorted", error))
