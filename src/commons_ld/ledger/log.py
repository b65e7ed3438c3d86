"""The change log: what became of each record at each publication, for those who harvest.

It is written when a publication is made, and a publication that changes no record adds nothing to it. All changes of
one publication have one datestamp, which is recorded then and never made up again. It is later than any before it,
even where the clock was put back.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import secrets
import sqlite3
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple

from commons_ld.errors import PublicationError, SettingsError
from commons_ld.redaction import Suppressions
from commons_ld.sentences import publication
from commons_ld.sentences.settings import said

__all__ = ["Change", "ChangeLog", "Kind", "datestamp", "is_moment", "read_log", "withdrawn"]

Kind = Literal["create", "update", "delete", "rename", "merge"]

_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
#: A datestamp, or what one begins with.
_MOMENT: Final = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\dZ?)?)?)?)?)?", re.ASCII)
_COLUMNS: Final = "number, at, kind, subject, target, before, after, cause, record, erased"
#: What ends the life of a record.
GONE: Final = ("delete", "merge")
#: What the kind of a digest of a name begins with; how many words that has follows, and whose name it is.
_PERSON: Final = "person:"
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
        raise SettingsError("SOURCE_DATE_EPOCH", "the environment", said("bad-moment", value=given)) from error
    if last:
        after = dt.datetime.strptime(last, _FORMAT).replace(tzinfo=dt.UTC) + dt.timedelta(seconds=1)
        now = max(now, after)
    return now.strftime(_FORMAT)


def is_moment(text: str) -> bool:
    """Tell whether a text is a datestamp, or the beginning of one.

    >>> [is_moment(text) for text in ("2026", "2026-11-25", "2026-11-25T10:00:00Z", "25/11/2026", "2026-1-5")]
    [True, True, True, False, False]
    """
    return _MOMENT.fullmatch(text) is not None


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
        raise PublicationError(path, publication.said("not-read", error)) from error


def withdrawn(folder: Path) -> frozenset[str]:
    """Return the IRIs of records that were published once and are not any more, without opening the ledger alone.

    They are told to nobody but who asks for one of them: a list of what was withdrawn would tell what to look for.

    :raises PublicationError: if the ledger cannot be read

    >>> withdrawn(Path("no-such-folder"))
    frozenset()
    """
    path = folder / "ledger.sqlite"
    if not path.is_file():
        return frozenset()
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            gone = connection.execute("SELECT subject FROM page WHERE NOT present AND subject <> ''").fetchall()
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'change'").fetchone():
                gone += [(change.subject,) for change in ChangeLog(connection).latest() if change.is_end]
            return frozenset(row[0] for row in gone)
    except sqlite3.Error as error:
        raise PublicationError(path, publication.said("not-read", error)) from error


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
        self._connection.execute(
            "INSERT INTO change (at, kind, subject, target, before, after, cause, record) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self.begin(), kind, subject, target, before, after, cause, record),
        )

    def put(self, subject: str, after: str, record: str, *, is_renamed: bool = False, cause: str = "") -> bool:
        """Note that a record is published, if it was not, or not like that; tell whether it was not.

        :param after: the SHA-256 of its block
        :param record: a digest of what was read of its page
        :param cause: what is known of the cause of an update
        """
        last = self.last(subject)
        is_new = last is None or last.is_end
        if last is None or last.is_end:
            self.add("create", subject, after=after, record=record)
        elif last.after != after:
            kind: Kind = "rename" if is_renamed else "update"
            cause = cause or ("rebuild" if last.record == record and not is_renamed else "")
            self.add(kind, subject, before=last.after, after=after, cause=cause, record=record)
        return is_new

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

    def complete_from(self) -> str:
        """Return the datestamp from which on the log tells everything, or ``""`` if it is empty.

        It is that of the first change, or of the last time that a record was forgotten whose address told a name:
        whoever knows such a record cannot be told that it is gone, but by comparing with all that there is.
        """
        row = self._connection.execute(
            "SELECT coalesce((SELECT max(at) FROM change WHERE subject = ''), min(at), '') FROM change"
        ).fetchone()
        return str(row[0])

    def last(self, subject: str) -> Change | None:
        """Return the last change of a record, or ``None`` if it was never published."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM change WHERE subject = ? ORDER BY number DESC LIMIT 1",
            (subject,),
        ).fetchone()
        return _change(row) if row else None

    def count(self) -> int:
        """Return the number of the last change."""
        return int(self._connection.execute("SELECT coalesce(max(number), 0) FROM change").fetchone()[0])

    def between(self, first: int, last: int) -> list[Change]:
        """Return the changes of these numbers, both included."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM change WHERE number BETWEEN ? AND ? ORDER BY number",
            (first, last),
        )
        return [_change(row) for row in rows]

    def since(self, at: str) -> Iterator[Change]:
        """Yield the changes of a datestamp and later ones."""
        yield from map(
            _change,
            self._connection.execute(f"SELECT {_COLUMNS} FROM change WHERE at >= ? ORDER BY number", (at,)),
        )

    def latest(self) -> Iterator[Change]:
        """Yield the last change of each record, the oldest first."""
        yield from map(
            _change,
            self._connection.execute(f"SELECT {_COLUMNS} FROM change WHERE subject <> '' AND {_LAST} ORDER BY number"),
        )

    def unpublished(self, among: Iterable[str] | None = None) -> list[str]:
        """Return the IRIs of records that the log takes for published, and that the pages of the ledger are none of.

        :param among: those that may be some of them; ``None`` if that is not known
        """
        if among is not None:
            query = "SELECT 1 FROM page WHERE subject = ? AND present AND NOT held"
            gone = (one for one in among if self._connection.execute(query, (one,)).fetchone() is None)
            return sorted(one for one in gone if (last := self.last(one)) is not None and not last.is_end)
        return [
            row[0]
            for row in self._connection.execute(
                f"SELECT subject FROM change WHERE subject <> '' AND kind NOT IN {GONE} AND {_LAST} "
                "AND subject NOT IN (SELECT subject FROM page WHERE present AND NOT held) ORDER BY subject"
            )
        ]

    def count_published(self, most: int) -> int:
        """Return how many pages of the ledger are published, or ``most``, if they are more: no others are looked at."""
        some = "SELECT 1 FROM page WHERE present AND NOT held LIMIT ?"
        return int(self._connection.execute(f"SELECT count(*) FROM ({some})", (most,)).fetchone()[0])

    def is_held(self, subject: str) -> bool:
        """Tell whether the page of a record is there, and held back from the publication."""
        found = self._connection.execute("SELECT 1 FROM page WHERE subject = ? AND present AND held", (subject,))
        return found.fetchone() is not None

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

    def versions(self) -> list[tuple[int, bytes]]:
        """Return the blocks that are kept here, by the numbers of their changes."""
        rows = self._connection.execute("SELECT number, data FROM version ORDER BY number").fetchall()
        return [(number, zlib.decompress(data)) for number, data in rows]

    # ── What is never told again ─────────────────────────────────────────────────────────────────────────

    def suppressions(self) -> Suppressions:
        """Return who asked to be forgotten, and what was withdrawn."""
        rows = self._connection.execute("SELECT digest, kind FROM suppression").fetchall()
        # All names may be run together, too, as one word.
        lengths = {length for _, kind in rows if kind.startswith(_PERSON) for length in (1, _owned(kind)[0])}
        key = self._connection.execute("SELECT value FROM meta WHERE name = 'suppression_key'").fetchone()
        return Suppressions(
            bytes.fromhex(key[0]) if key else b"", frozenset(digest for digest, _ in rows), frozenset(lengths)
        )

    def suppression_key(self) -> bytes:
        """Return the key of the digests of this archive, which is made when it is needed first."""
        made = secrets.token_hex(32)
        self._connection.execute("INSERT OR IGNORE INTO meta VALUES ('suppression_key', ?)", (made,))
        return self.suppressions().key

    def suppress(self, digests: Iterable[str], kind: str, at: str) -> None:
        """Have the pages never told of again that these digests stand for."""
        rows = [(digest, kind, at) for digest in digests]
        self._connection.executemany("INSERT OR IGNORE INTO suppression VALUES (?, ?, ?)", rows)

    def suppress_person(self, digests: Iterable[str], name: str, length: int, at: str) -> None:
        """Have a person never told of again.

        :param digests: of the ways to write the name, of which another person's name may share some: ``J. Modèle``
        :param name: that of the whole name, by which those of the person are known
        :param length: how many words the name has
        """
        for digest in digests:
            _, owners, since = self._suppressed(digest)
            self._put_person(digest, length, owners | {name}, since or at)

    def release_person(self, digests: Iterable[str], name: str) -> int:
        """Undo :meth:`suppress_person`, but for what another name shares; return how many digests there were."""
        count = 0
        for digest in digests:
            length, owners, since = self._suppressed(digest)
            if since and (name in owners or not owners):
                count += 1
                self._put_person(digest, length, owners - {name}, since)
        return count

    def _put_person(self, digest: str, length: int, owners: Collection[str], since: str) -> None:
        self._connection.execute("DELETE FROM suppression WHERE digest = ?", (digest,))
        if owners:
            row = digest, f"{_PERSON}{length}:{' '.join(sorted(owners))}", since
            self._connection.execute("INSERT INTO suppression VALUES (?, ?, ?)", row)

    def _suppressed(self, digest: str) -> tuple[int, set[str], str]:
        """Return of how many words a name on the list is, which persons have it, and since when it stands there."""
        query = "SELECT kind, at FROM suppression WHERE digest = ?"
        kind, since = self._connection.execute(query, (digest,)).fetchone() or ("", "")
        return (*_owned(kind), since) if kind else (0, set(), "")

    def begin(self) -> str:
        """Return the datestamp of what is added to the log now."""
        self._at = self._at or datestamp(self.last_datestamp())
        return self._at

    def release_record(self, kind: str) -> int:
        """Undo :meth:`suppress` for all digests of a kind; return how many there were."""
        return self._connection.execute("DELETE FROM suppression WHERE kind = ?", (kind,)).rowcount

    def erase_record(self, subject: str) -> int:
        """Note that nothing that a record ever said can be told any more; return how many versions there were."""
        rows = self._connection.execute("SELECT number FROM change WHERE subject = ?", (subject,)).fetchall()
        for (number,) in rows:
            self.erase(number)
        return len(rows)

    def forget_subject(self, subject: str) -> None:
        """Take the very IRI of a record out of the log; what is left tells that there was something, and when."""
        self.erase_record(subject)
        self._connection.execute("UPDATE change SET subject = '' WHERE subject = ?", (subject,))
        self._connection.execute("UPDATE change SET target = '' WHERE target = ?", (subject,))

    def erase(self, number: int) -> None:
        """Note that what a record said after a change can be told no more."""
        self._connection.execute("UPDATE change SET erased = 1 WHERE number = ?", (number,))
        self._connection.execute("DELETE FROM version WHERE number = ?", (number,))


def _owned(kind: str) -> tuple[int, set[str]]:
    """Return of how many words a name on the list is, and which persons have it; of a ledger from before, its own."""
    length, _, owners = kind.removeprefix(_PERSON).partition(":")
    return int(length), set(owners.split())


def _change(row: tuple[object, ...]) -> Change:
    change = Change(*row)  # type: ignore[arg-type]
    return change._replace(erased=bool(change.erased))
