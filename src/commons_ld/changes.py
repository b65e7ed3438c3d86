"""The change log: what became of each record at each publication, for those who harvest.

It is written when a publication is made, and a publication that changes no record adds nothing to it. All changes of
one publication have one datestamp, which is recorded then and never made up again. It is later than any before it,
even where the clock was put back.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple

from commons_ld.errors import PublicationError, SettingsError

__all__ = ["Change", "ChangeLog", "Kind", "datestamp", "read_log"]

Kind = Literal["create", "update", "delete", "rename", "merge"]

_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_COLUMNS: Final = "number, at, kind, subject, target, before, after, cause, record, erased"
#: What ends the life of a record.
GONE: Final = ("delete", "merge")
_LAST: Final = "number = (SELECT max(number) FROM change AS later WHERE later.subject = change.subject)"


class Change(NamedTuple):
    """One change of one record.

    :param number: counted from 1, in the order of the changes
    :param at: when it was published, in UTC, to the second: ``2026-11-25T10:00:00Z``
    :param kind: what happened; after a ``rename`` the record has another title, after a ``merge`` it is another one
    :param subject: the IRI of the record; ``""`` where even that had to be forgotten
    :param target: the IRI of the record that it was merged into
    :param before: the SHA-256 of its block before the change; ``""`` if it was not published
    :param after: that of its block after the change; ``""`` if it is not published any more
    :param cause: ``rebuild`` where the page is as before, and what makes blocks of pages is not; ``held`` where the
        record does not conform any more; ``withdrawn`` and ``forgotten`` where that was asked for; or ``""``
    :param record: a digest of what was read of the page
    :param erased: whether what the record said then may be told no more, or is not known any more
    """

    number: int
    at: str
    kind: Kind
    subject: str
    target: str = ""
    before: str = ""
    after: str = ""
    cause: str = ""
    record: str = ""
    erased: bool = False

    @property
    def is_end(self) -> bool:
        """Whether the record is gone after it."""
        return self.kind in GONE


def datestamp(last: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the datestamp of a publication: now, or ``SOURCE_DATE_EPOCH``, but always later than the last one.

    :param last: the last datestamp that was given, or ``""``
    :raises SettingsError: if ``SOURCE_DATE_EPOCH`` is no number of seconds
        (https://reproducible-builds.org/specs/source-date-epoch/)

    >>> datestamp("", {"SOURCE_DATE_EPOCH": "0"})
    '1970-01-01T00:00:00Z'
    >>> datestamp("2026-11-25T10:00:00Z", {"SOURCE_DATE_EPOCH": "0"})
    '2026-11-25T10:00:01Z'
    """
    given = environment.get("SOURCE_DATE_EPOCH", "")
    try:
        now = dt.datetime.fromtimestamp(int(given) if given else int(time.time()), tz=dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        problem = f"'{given}' is no number of seconds since 1970-01-01"
        raise SettingsError("SOURCE_DATE_EPOCH", "the environment", problem) from error
    if last:
        after = dt.datetime.strptime(last, _FORMAT).replace(tzinfo=dt.UTC) + dt.timedelta(seconds=1)
        now = max(now, after)
    return now.strftime(_FORMAT)


def read_log(folder: Path, *, since: str = "") -> list[Change]:
    """Return the changes that the ledger of a state folder knows of, without opening the ledger alone.

    :param since: a datestamp, or the beginning of one such as a day: only changes from then on
    :raises PublicationError: if the ledger cannot be read

    >>> read_log(Path("no-such-folder"))
    []
    """
    path = folder / "ledger.sqlite"
    if not path.is_file():
        return []
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'change'").fetchone() is None:
                return []  # a ledger of an older version: its next export begins the log
            return list(ChangeLog(connection).since(since))
    except sqlite3.Error as error:
        raise PublicationError(path, f"{error}; run commons-ld export again") from error


class ChangeLog:
    """The log in a ledger that is open; it is kept and undone with the ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: Final = connection
        self._at = ""

    # ── Adding to it ─────────────────────────────────────────────────────────────────────────────────────

    def add(
        self,
        kind: Kind,
        subject: str,
        *,
        target: str = "",
        before: str = "",
        after: str = "",
        cause: str = "",
        record: str = "",
    ) -> None:
        """Add a change of the publication that is being made.

        :raises SettingsError: as :func:`datestamp` does
        """
        self._at = self._at or datestamp(self.last_datestamp())
        self._connection.execute(
            "INSERT INTO change (at, kind, subject, target, before, after, cause, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self._at, kind, subject, target, before, after, cause, record),
        )

    def put(self, subject: str, after: str, record: str, *, is_renamed: bool = False, cause: str = "") -> None:
        """Note that a record is published, if it was not, or not like that.

        :param after: the SHA-256 of its block
        :param record: a digest of what was read of its page
        :param cause: what is known of the cause of an update
        """
        last = self.last(subject)
        if last is None or last.is_end:
            self.add("create", subject, after=after, record=record)
        elif last.after != after:
            kind: Kind = "rename" if is_renamed else "update"
            cause = cause or ("rebuild" if last.record == record and not is_renamed else "")
            self.add(kind, subject, before=last.after, after=after, cause=cause, record=record)

    def end(self, subject: str, *, target: str = "", cause: str = "") -> None:
        """Note that a record is not published any more, if it was.

        :param target: the record that it was merged into
        """
        last = self.last(subject)
        if last is not None and not last.is_end:
            self.add("merge" if target else "delete", subject, target=target, before=last.after, cause=cause)

    # ── Reading it ───────────────────────────────────────────────────────────────────────────────────────

    def last_datestamp(self) -> str:
        """Return the datestamp of the last change, or ``""``."""
        row = self._connection.execute("SELECT at FROM change ORDER BY number DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    def last(self, subject: str) -> Change | None:
        """Return the last change of a record, or ``None`` if it was never published."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM change WHERE subject = ? ORDER BY number DESC LIMIT 1",  # noqa: S608
            (subject,),
        ).fetchone()
        return _change(row) if row else None

    def count(self) -> int:
        """Return the number of the last change."""
        return int(self._connection.execute("SELECT coalesce(max(number), 0) FROM change").fetchone()[0])

    def between(self, first: int, last: int) -> list[Change]:
        """Return the changes of these numbers, both included."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM change WHERE number BETWEEN ? AND ? ORDER BY number",  # noqa: S608
            (first, last),
        )
        return [_change(row) for row in rows]

    def since(self, at: str) -> Iterator[Change]:
        """Yield the changes of a datestamp and later ones."""
        yield from map(
            _change,
            self._connection.execute(f"SELECT {_COLUMNS} FROM change WHERE at >= ? ORDER BY number", (at,)),  # noqa: S608
        )

    def latest(self) -> Iterator[Change]:
        """Yield the last change of each record, the oldest first."""
        yield from map(
            _change,
            self._connection.execute(
                f"SELECT {_COLUMNS} FROM change WHERE subject <> '' AND {_LAST} ORDER BY number"  # noqa: S608
            ),
        )

    def unpublished(self) -> list[str]:
        """Return the IRIs of records that the log takes for published, and that the pages of the ledger are none of."""
        return [
            row[0]
            for row in self._connection.execute(
                f"SELECT subject FROM change WHERE subject <> '' AND kind NOT IN {GONE} AND {_LAST} "  # noqa: S608
                "AND subject NOT IN (SELECT subject FROM page WHERE present AND NOT held) ORDER BY subject"
            )
        ]

    def titles_of(self, subjects: Iterable[str]) -> dict[str, str]:
        """Return the titles of the pages of some records, by their IRIs."""
        rows = (
            self._connection.execute("SELECT subject, title FROM page WHERE subject = ?", (subject,)).fetchone()
            for subject in subjects
        )
        return {row[0]: row[1] for row in rows if row}

    # ── What records said ────────────────────────────────────────────────────────────────────────────────

    def version(self, number: int) -> bytes | None:
        """Return the block of a record after a change, if it is kept here."""
        row = self._connection.execute("SELECT data FROM version WHERE number = ?", (number,)).fetchone()
        return zlib.decompress(row[0]) if row else None

    def keep_versions(self, versions: Iterable[tuple[int, bytes]]) -> None:
        """Keep the blocks of records after some changes, and no others."""
        self._connection.execute("DELETE FROM version")
        self._connection.executemany(
            "INSERT INTO version VALUES (?, ?)", ((number, zlib.compress(data, 6)) for number, data in versions)
        )

    def erase(self, number: int) -> None:
        """Note that what a record said after a change can be told no more."""
        self._connection.execute("UPDATE change SET erased = 1 WHERE number = ?", (number,))
        self._connection.execute("DELETE FROM version WHERE number = ?", (number,))


def _change(row: tuple[object, ...]) -> Change:
    change = Change(*row)  # type: ignore[arg-type]
    return change._replace(erased=bool(change.erased))
