"""Pages that arrive in great numbers, in a run that makes every page again: a statement for many, and not for each.

A new page is named when it arrives, as long as nobody else wants the name. Where somebody does, who has it is decided
once all pages are there (:func:`commons_ld.pipeline.intake.name_pages`), and is what it would be if nobody had been
named before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from commons_ld.ledger.digest import Digest

__all__ = ["Arrival", "Arrivals", "Known", "Placed"]

#: How many pages are asked about at once: SQLite takes 999 values in a statement, or more.
_ASKED: Final = 500
_MARKS: Final = ", ".join("?" * _ASKED)

#: Where the records lie, as long as the ledger is open: it is told of each where, and not what it says.
_LYING: Final = """\
CREATE TEMP TABLE lying (
    key TEXT PRIMARY KEY,
    unit INTEGER NOT NULL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    sha256 BLOB NOT NULL
) WITHOUT ROWID
"""


class Arrival(NamedTuple):
    """A page that was read; see :class:`commons_ld.ledger.Page`.

    :param path: of its source
    :param slug: the name in IRIs that it gets if it is new and nobody has it, or ``None``
    :param record_sha256: of its record
    :param name: what exports of the page are found by, if it can have some
    :param line: where it stands in its source
    """

    key: str
    path: str
    slug: str | None
    title: str
    record_sha256: str
    reader: str
    name: str
    line: int


class Known(NamedTuple):
    """What is known of a page before it arrives.

    :param title: that it had when it was read last
    :param is_met: whether it arrived in this run
    """

    title: str
    is_met: bool


class Placed(NamedTuple):
    """A page, and where its record lies.

    :param slug: its name in IRIs
    :param former_titles: MessagePack of the titles that it had before
    :param unit: the number of the unit that it was read with
    :param start: where its record begins among those of the unit, in bytes
    :param sha256: of its record
    """

    key: str
    slug: str
    title: str
    former_titles: bytes
    reader: str
    unit: int
    start: int
    length: int
    sha256: bytes


class Arrivals:
    """The pages of a ledger that is open, while they arrive."""

    def __init__(self, connection: sqlite3.Connection, digest: Digest) -> None:
        self._connection, self._digest = connection, digest
        self._first = 0

    def begin(self) -> None:
        """Begin a run, once the pages of all sources were taken for gone."""
        self._digest.stop()
        self._connection.execute(_LYING)
        # Rows come one after the other: those of new pages are known by their numbers.
        (self._first,) = self._connection.execute("SELECT coalesce(max(rowid), 0) + 1 FROM page").fetchone()

    def known(self, keys: Iterable[str]) -> dict[str, Known]:
        """Return what is known of some pages, by their keys."""
        asked: list[str | None] = list(keys)
        asked += [None] * (-len(asked) % _ASKED)
        found: dict[str, Known] = {}
        for first in range(0, len(asked), _ASKED):
            for key, title, present in self._connection.execute(
                f"SELECT key, title, present FROM page WHERE key IN ({_MARKS})", asked[first : first + _ASKED]
            ):
                found[key] = Known(title, bool(present))
        return found

    def put(self, arrived: Sequence[Arrival], lying: Iterable[tuple[str, int, int, int, bytes]], today: str) -> None:
        """Note pages that were read, each of which arrives once in a run.

        The title of a page that is known already is changed by :meth:`commons_ld.ledger.Ledger.retitle`.

        :param lying: key, unit, start, length and SHA-256 of the record of each
        """
        self._connection.executemany(
            "INSERT INTO page (key, path, slug, title, record_sha256, record, first_seen, last_changed, reader, name, "
            "line) VALUES (?1, ?2, CASE WHEN EXISTS (SELECT 1 FROM page WHERE slug = ?3) THEN NULL ELSE ?3 END, ?4, "
            "?5, x'', ?9, ?9, ?6, ?7, ?8) "
            "ON CONFLICT (key) DO UPDATE SET path = ?2, record_sha256 = ?5, record = x'', present = 1, reader = ?6, "
            "name = ?7, line = ?8, changed = 1, "
            "last_changed = CASE WHEN record_sha256 <> ?5 THEN ?9 ELSE last_changed END",
            ((*one, today) for one in arrived),
        )
        self._connection.executemany("INSERT INTO lying VALUES (?, ?, ?, ?, ?)", lying)

    def unname(self, name: str) -> list[str]:
        """Take a name in IRIs, and those that it is with a number, from new pages; return which of them were given."""
        rows = self._connection.execute(
            "SELECT slug FROM page WHERE rowid >= ?2 AND slug = ?1 UNION ALL "
            "SELECT slug FROM page WHERE rowid >= ?2 AND slug >= ?1 || '-0' AND slug < ?1 || '-:' "
            "AND substr(slug, length(?1) + 2) NOT GLOB '*[^0-9]*'",
            (name, self._first),
        ).fetchall()
        self._connection.executemany("UPDATE page SET slug = NULL WHERE slug = ?", rows)
        return [row[0] for row in rows]

    def placed(self, size: int) -> Iterator[list[Placed]]:
        """Yield the pages that arrived, in the order of their names in IRIs, ``size`` at a time."""
        rows = self._connection.execute(
            "SELECT key, slug, title, former_titles, reader, lying.unit, lying.start, lying.length, lying.sha256 "
            "FROM page JOIN lying USING (key) WHERE present AND slug IS NOT NULL ORDER BY slug"
        )
        while some := rows.fetchmany(size):
            yield list(map(Placed._make, some))

    def end(self) -> None:
        """Sum up what the ledger holds, once all pages have names: it is to be done before it is kept, whenever."""
        self._digest.value()
