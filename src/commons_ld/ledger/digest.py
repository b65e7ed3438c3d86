"""The digest of what a ledger holds: SQLite finds a damaged page of its file, but not a damaged letter.

It is the sum of the SHA-256 of all rows, modulo 2²⁵⁶, which does not depend on their order. So it can be kept while
rows are written: what a row was is taken from it, and what it is now is added. Triggers tell of each row that is
written.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from typing import Final

import msgspec

__all__ = ["TABLES", "Digest", "sum_of"]

#: The tables of a ledger.
TABLES: Final = ("source", "page", "meta", "export", "change", "version", "suppression", "part", "shift")
#: What is no part of the digest: the digest.
_APART: Final = {"meta": " WHERE name <> 'digest'"}
_MODULUS: Final = 1 << 256
#: After so many rows it takes less to sum all of them up in the end.
_MANY: Final = 50_000

_Row = tuple[object, ...]

_pack: Final = msgspec.msgpack.Encoder().encode


def sum_of(connection: sqlite3.Connection) -> int:
    """Return the digest of all rows, which are all read for it."""
    return (
        sum(
            _of(table, row)
            for table in TABLES
            for row in connection.execute(f"SELECT * FROM {table}{_APART.get(table, '')}")
        )
        % _MODULUS
    )


def _of(table: str, row: _Row) -> int:
    return int.from_bytes(hashlib.sha256(_pack((table, *row))).digest())


class Digest:
    """The digest of a ledger that is open.

    :param known: what it is now; ``None`` if all rows are to be summed up when it is asked for
    """

    def __init__(self, connection: sqlite3.Connection, known: int | None = None) -> None:
        self._connection: Final = connection
        self._known = known
        self._written = 0
        self._is_following = False
        #: Called with what the row of a page was, and what it is.
        self.listener: Callable[[_Row | None, _Row | None], None] = lambda _old, _new: None
        if known is not None:
            self._follow()

    @property
    def is_following(self) -> bool:
        """Whether each row that was written since it was opened was told of."""
        return self._known is not None

    def value(self) -> str:
        """Return it, in hexadecimal, and go on from there."""
        if self._known is None:
            self._known, self._written = sum_of(self._connection), 0
            self._follow()
        return f"{self._known % _MODULUS:064x}"

    def stop(self) -> None:
        """Follow no more, as many rows are going to be written."""
        self._known = None
        if self._is_following:
            for table in TABLES:
                for event in ("insert", "update", "delete"):
                    self._connection.execute(f"DROP TRIGGER temp.{table}_{event}")
            self._is_following = False

    def _follow(self) -> None:
        if self._is_following:
            return
        self._connection.create_function("commons_ld_wrote", -1, self._wrote)
        for table in TABLES:
            names = [row[1] for row in self._connection.execute(f"PRAGMA table_info({table})")]
            old, new = (", ".join(f"{which}.{name}" for name in names) for which in ("OLD", "NEW"))
            for event, rows in (("insert", (new,)), ("update", (old, new)), ("delete", (old,))):
                signs = {"insert": "1", "update": "0", "delete": "-1"}[event]
                last = "OLD" if event == "delete" else "NEW"
                when = f"WHEN {last}.name <> 'digest' " if table in _APART else ""
                self._connection.execute(
                    f"CREATE TEMP TRIGGER {table}_{event} AFTER {event} ON main.{table} {when}"
                    f"BEGIN SELECT commons_ld_wrote('{table}', {signs}, {', '.join(rows)}); END"
                )
        self._is_following = True

    def _wrote(self, table: str, sign: int, *values: object) -> None:
        """Note a row that is there now (1), or not any more (-1), or what one was and is (0)."""
        if self._known is None:
            return
        self._written += 1
        if self._written > _MANY:
            self._known = None
            return
        half = 0 if sign == 1 else len(values) if sign == -1 else len(values) // 2
        old, new = values[:half] or None, values[half:] or None
        self._known += (_of(table, new) if new else 0) - (_of(table, old) if old else 0)
        if table == "page":
            self.listener(old, new)
