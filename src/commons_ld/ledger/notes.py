"""What is noted of all pages together, so that not all of them are gone through to say it again.

It holds as long as whatever is published of a page changes only while it is followed, and is noted again then.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import PublicationError
from commons_ld.ledger.digest import Digest
from commons_ld.sentences.publication import said

__all__ = ["FINDINGS", "Noted", "Notes", "read_findings"]

#: What asks for the findings of all pages.
FINDINGS: Final = "SELECT slug, held, findings FROM page WHERE present AND slug IS NOT NULL ORDER BY slug"
_START: Final = "noted:"


class Noted(NamedTuple):
    """Of the row of a page, what notes are about; the fields are those of :class:`commons_ld.ledger.rows.Page`.

    :param present: whether the page is in the sources
    """

    slug: str | None
    present: int
    held: int
    subject: str
    findings: bytes

    @property
    def is_published(self) -> bool:
        """Whether its record is published, or was when the row was written."""
        return bool(self.present and not self.held and self.subject)


@contextlib.contextmanager
def read_findings(folder: Path) -> Iterator[Iterator[tuple[str, bool, bytes]]]:
    """Give what :meth:`commons_ld.ledger.Ledger.findings` yields, without opening the ledger alone.

    :param folder: the state folder
    :raises PublicationError: if the ledger cannot be read
    """
    path = folder / "ledger.sqlite"
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            yield connection.execute(FINDINGS)
    except sqlite3.Error as error:
        raise PublicationError(path, said("not-read", error)) from error


#: Called with what the row of a page said, and what it says; ``None`` if there was none, or is none any more.
Listener = Callable[[Noted | None, Noted | None], None]


class Notes:
    """The notes of a ledger that is open."""

    def __init__(self, connection: sqlite3.Connection, digest: Digest) -> None:
        self._connection, self._digest = connection, digest
        names = [row[1] for row in connection.execute("PRAGMA table_info(page)")]
        self._places: Final = [names.index(name) for name in Noted._fields]
        self._listeners: Final[list[Listener]] = []
        self._is_touched = False
        self._put: Final = set[str]()
        digest.listener = self._wrote

    @property
    def is_following(self) -> bool:
        """Whether each row was told of that was written since the ledger was opened."""
        return self._digest.is_following

    def follow(self, listener: Listener) -> None:
        """Have somebody told of the rows of pages that say something else from now on."""
        self._listeners.append(listener)

    def get(self, name: str) -> str:
        """Return what was noted last, or ``""`` if that may not hold."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (_START + name,)).fetchone()
        return str(row[0]) if row and self.is_following else ""

    def put(self, name: str, value: str) -> None:
        """Note something of the pages as they are now."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_START + name, value))
        self._put.add(name)

    def settle(self) -> None:
        """Forget what was not noted again though pages are not as they were; the ledger is about to be kept."""
        if self._is_touched or not self.is_following:
            known = self._connection.execute("SELECT name FROM meta WHERE name GLOB ?", (_START + "*",)).fetchall()
            old = [row for row in known if row[0].removeprefix(_START) not in self._put]
            self._connection.executemany("DELETE FROM meta WHERE name = ?", old)
        self._is_touched = False
        self._put.clear()

    def _wrote(self, old: tuple[object, ...] | None, new: tuple[object, ...] | None) -> None:
        was, is_ = (Noted(*[row[place] for place in self._places]) if row else None for row in (old, new))  # type: ignore[arg-type]
        if was != is_:
            self._is_touched = True
            for listener in self._listeners:
                listener(was, is_)
