"""The file of the publication ledger: opened, brought up to this version, and held to the digest of what it holds."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.ledger.digest import Digest, sum_of
from commons_ld.ledger.schema import MIGRATIONS, SCHEMA, VERSION
from commons_ld.ledger.seal import Seal

__all__ = ["connect", "digest_of", "repr_of"]

#: From this version on rows are digested as MessagePack, which takes a fifth of the time.
_PACKED: Final = 6

#: What SQLite says of a damaged file, among what it says of others.
_DAMAGED: Final = ("malformed", "decode")
_OTHER: Final = "malformed: what it holds is not what was written"
_pack: Final = msgspec.msgpack.Encoder().encode


def connect(seal: Seal) -> tuple[sqlite3.Connection, Digest]:
    """Open a ledger, and begin a transaction; a file that is no ledger any more is put aside, and a new one begun.

    :param seal: of the file, which is not looked at as a whole if that holds
    :raises sqlite3.OperationalError: if the file cannot be used
    """
    path = seal.path
    try:
        return _checked(path, is_as_left=seal.holds)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if isinstance(error, sqlite3.OperationalError) and not any(word in str(error) for word in _DAMAGED):
            raise
        # What SQLite says of a damaged file may be no text itself.
        path.replace(path.with_name("ledger.sqlite.broken"))
        for suffix in ("-journal", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return _checked(path, is_as_left=False)


def _checked(path: Path, *, is_as_left: bool) -> tuple[sqlite3.Connection, Digest]:
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=64)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -32768")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is in no byte of the file
        connection.execute("PRAGMA recursive_triggers = ON")  # so that a row that is replaced is told of too
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (state,) = ("ok",) if is_as_left else connection.execute("PRAGMA integrity_check(1)").fetchone()
        if state != "ok" or version not in (0, *MIGRATIONS, VERSION):
            raise sqlite3.DatabaseError(f"malformed: {state}, version {version}")
        connection.execute("BEGIN IMMEDIATE")
        known = None
        if version == 0:
            _execute(connection, SCHEMA)
        elif version == VERSION:
            known = _known(connection, is_as_left=is_as_left)
        elif digest_of(connection, spell=repr_of if version < _PACKED else _pack) != _kept_digest(connection):
            raise sqlite3.DatabaseError(_OTHER)
        for older in range(version or VERSION, VERSION):
            _execute(connection, MIGRATIONS[older])
        connection.execute(f"PRAGMA user_version = {VERSION}")
        return connection, Digest(connection, known)
    except BaseException:
        connection.close()
        raise


def _known(connection: sqlite3.Connection, *, is_as_left: bool) -> int:
    kept = _kept_digest(connection)
    if not is_as_left and f"{sum_of(connection):064x}" != kept:
        raise sqlite3.DatabaseError(_OTHER)
    return int(kept, 16)


def _execute(connection: sqlite3.Connection, statements: str) -> None:
    # Not executescript(), which would end the transaction.
    for statement in statements.split(";\n"):
        connection.execute(statement)


def repr_of(row: tuple[object, ...]) -> bytes:
    """Return a row as versions before 6 digested it."""
    return repr(row).encode()


def digest_of(connection: sqlite3.Connection, *, spell: Callable[[tuple[object, ...]], bytes] = _pack) -> str:
    """Return the digest that versions before 7 had.

    :param spell: how a row is told as bytes
    """
    digest = hashlib.sha256()
    selects = [
        "* FROM source ORDER BY path",
        "* FROM page ORDER BY key",
        "* FROM meta WHERE name <> 'digest' ORDER BY name",
    ]
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    orders = {"export": "path, number", "change": "number", "version": "number"}
    orders |= {"suppression": "digest", "part": "path"}
    selects += [f"* FROM {table} ORDER BY {order}" for table, order in orders.items() if table in tables]
    for select in selects:
        for row in connection.execute(f"SELECT {select}"):
            digest.update(spell(row))
    return digest.hexdigest()


def _kept_digest(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT value FROM meta WHERE name = 'digest'").fetchone()
    return str(row[0]) if row else ""
