"""Answers of reconciliation services that are kept, so that nobody is asked the same again."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from commons_ld.errors import StoreError
from commons_ld.reconciling.words import said

__all__ = ["Cache"]

#: Seconds for which an answer is kept.
_KEPT: Final = 30 * 86_400


class Cache:
    """Answers of services, in a file; by digests of what was asked, so that no label is in it.

    :param clock: tells the seconds since 1970
    :raises StoreError: here and by every method, if the file cannot be used
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._run("CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, at REAL NOT NULL, data BLOB NOT NULL)")
        self._run("DELETE FROM answer WHERE at < ?", clock() - _KEPT)

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key."""
        rows = self._run("SELECT data FROM answer WHERE key = ? AND at >= ?", key, self._clock() - _KEPT)
        return bytes(rows[0][0]) if rows else None

    def put(self, key: str, data: bytes) -> None:
        """Keep something."""
        self._run("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", key, self._clock(), data)

    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path)) as database, database:
                return list(database.execute(sql, values))
        except (sqlite3.Error, OSError) as error:
            raise StoreError(str(self._path), said("cache", str(error))) from error
