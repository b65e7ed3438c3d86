"""Keep what was rendered of each record beside the ledger, so that only what changed is rendered again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

__all__ = ["Kept", "kept"]

_NAME: Final = "renderings.sqlite"


class Kept:
    """Renderings by a digest of what they were made of.

    :param old: those of the run before; ``new`` is filled with those of this one, and nothing else
    """

    def __init__(self, old: sqlite3.Connection | None, new: sqlite3.Connection) -> None:
        self._old, self._new = old, new
        #: How many were made, and not only found.
        self.made = 0

    def get(self, digest: bytes, make: Callable[[], dict[str, bytes]]) -> dict[str, bytes]:
        """Return the renderings of that digest; ``make`` makes them where they are not kept."""
        packed = self._find(digest)
        if packed is None:
            packed = msgspec.msgpack.encode(make())
            self.made += 1
        self._new.execute("INSERT OR IGNORE INTO kept VALUES (?, ?)", (digest, packed))
        return msgspec.msgpack.decode(packed, type=dict[str, bytes])

    def _find(self, digest: bytes) -> bytes | None:
        if self._old is None:
            return None
        try:
            row = self._old.execute("SELECT made FROM kept WHERE digest = ?", (digest,)).fetchone()
        except sqlite3.Error:
            # It can be thrown away at any time, and so can a damaged one.
            self._old = None
            return None
        return None if row is None else bytes(row[0])


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[Kept]:
    """Yield what is kept in a folder; what this run did not use is kept no more once it ends well.

    Nothing that was withdrawn stays in it, and if the run fails, that of the run before stands.
    """
    path, fresh = folder / _NAME, folder / f"{_NAME}.new"
    folder.mkdir(parents=True, exist_ok=True)
    fresh.unlink(missing_ok=True)
    old = sqlite3.connect(path) if path.is_file() else None
    new = sqlite3.connect(fresh, isolation_level=None)
    try:
        new.execute("PRAGMA journal_mode = OFF")
        new.execute("PRAGMA synchronous = OFF")
        new.execute("CREATE TABLE kept (digest BLOB PRIMARY KEY, made BLOB NOT NULL) WITHOUT ROWID")
        new.execute("BEGIN")
        yield Kept(old, new)
        new.execute("COMMIT")
        new.close()
        fresh.replace(path)
    finally:
        new.close()
        if old is not None:
            old.close()
        fresh.unlink(missing_ok=True)
