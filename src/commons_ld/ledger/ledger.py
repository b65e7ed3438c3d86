"""The publication ledger: which page has which name in IRIs, and what was published of it.

One SQLite file in the state folder. It makes IRIs last (a page that is renamed keeps its own) and work
proportional to change (a page whose source and record are as before is not read, mapped or validated
again). It holds records only after their personal data was withheld. What an export changes in it is
one transaction, which ends after the publication was put in place: a run that is killed leaves the
ledger as it was, and the next run does the same work again with the same result.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from commons_ld.errors import PublicationError
from commons_ld.files.locks import Taken, lock, unlock
from commons_ld.files.parts import EVERY_LINE
from commons_ld.ledger.arrivals import Arrivals
from commons_ld.ledger.digest import Digest
from commons_ld.ledger.file import connect
from commons_ld.ledger.log import ChangeLog
from commons_ld.ledger.notes import FINDINGS, Notes
from commons_ld.ledger.rows import Changes, Exported, Holder, Moves, Page, SourceFile, Version
from commons_ld.ledger.seal import Seal
from commons_ld.ledger.shifts import Shifts
from commons_ld.sentences.publication import said

__all__ = ["Ledger", "open_ledger"]

#: After every name in IRIs, which are of letters, digits and hyphens.
_BEYOND: Final = "~"
_COLUMNS: Final = ", ".join(Page._fields)
#: What ``changed`` says of a page that is mapped again only because a register tells otherwise of whom it names.
_FOR_A_NAME: Final = 2
#: With more of them, rows are written again: what they are added up from is read whenever the ledger is opened.
_MOST_SHIFTS: Final = 2000


@contextlib.contextmanager
def open_ledger(folder: Path) -> Iterator[Ledger]:
    """Open the ledger of a state folder, alone: as long as it is open, a second opener is refused.

    Leaving the context without :meth:`Ledger.commit` undoes every change. A file that is no ledger any
    more is put aside under the name ``ledger.sqlite.broken`` and a new one begun.

    :raises PublicationError: if the folder cannot be used, or another process has the ledger open
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise PublicationError(folder, said("no-state", error.strerror)) from error
    seal = Seal(folder / "ledger.sqlite")
    try:
        try:
            lock(descriptor)
        except Taken as taken:
            raise PublicationError(folder, said("at-work", taken.holder)) from taken
        except OSError as error:
            raise PublicationError(folder, said("no-state", error.strerror)) from error
        ledger = Ledger(*connect(seal))
        try:
            yield ledger
        finally:
            ledger.close()
            seal.put()
            unlock(descriptor)
    except sqlite3.DatabaseError as error:
        seal.tear()
        is_whole = isinstance(error, sqlite3.OperationalError)
        advice = "ledger-unfit" if is_whole else "ledger-broken"
        raise PublicationError(folder / "ledger.sqlite", said(advice, error)) from error
    finally:
        os.close(descriptor)  # which frees the lock, as the death of the process does


class Ledger:
    """The ledger while a run has it open; see :func:`open_ledger`."""

    def __init__(self, connection: sqlite3.Connection, digest: Digest) -> None:
        self._connection: Final = connection
        self._digest: Final = digest
        #: The paths of the sources that were seen in this run.
        self._seen: Final = set[str]()
        self.is_open = True
        self._shifts = Shifts(connection.execute("SELECT slug, bytes FROM shift ORDER BY slug"))
        #: What is noted of all pages together.
        self.notes: Final = Notes(connection, digest)
        #: What became of the records, publication by publication.
        self.log: Final = ChangeLog(connection)
        #: Pages that arrive in great numbers.
        self.arrivals: Final = Arrivals(connection, digest)

    def commit(self) -> None:
        """Make every change since the ledger was opened last, and begin anew."""
        self.notes.settle()
        self.set_meta("digest", self._digest.value())
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Undo what was not committed."""
        self._connection.close()
        self.is_open = False

    # ── What was in force ────────────────────────────────────────────────────────────────────────────

    def meta(self, name: str) -> str:
        """Return a value kept with :meth:`set_meta`, or ``""``."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set_meta(self, name: str, value: str) -> None:
        """Keep a value, such as what the last run was made with."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def forget_work(self, keys: Iterable[str] | None = None) -> None:
        """Have every page read and mapped again, or those of some keys for what they name; names in IRIs are kept."""
        if keys is None:
            self._digest.stop()
            self.move(Moves())  # whose names may be those of pages that are to be forgotten
        rows = [()] if keys is None else [(key,) for key in keys]
        changed = 1 if keys is None else _FOR_A_NAME
        where = ("1", "1") if keys is None else ("path = (SELECT path FROM page WHERE key = ?)", "key = ?")
        self._connection.executemany(f"UPDATE source SET size = -1, sha256 = '' WHERE {where[0]}", rows)
        self._connection.executemany(f"DELETE FROM part WHERE {where[0]}", rows)
        self._connection.executemany(f"UPDATE page SET changed = {changed}, exports = '' WHERE {where[1]}", rows)

    # ── Sources ──────────────────────────────────────────────────────────────────────────────────────

    def begin(self, paths: Collection[str]) -> None:
        """Begin a run over these sources, of which none has been seen yet; the others are gone, and their pages too."""
        known = self._connection.execute("SELECT path FROM source").fetchall()
        gone = [row for row in known if row[0] not in paths]
        self._connection.executemany("UPDATE page SET present = 0 WHERE path = ?", gone)
        self._connection.executemany("DELETE FROM source WHERE path = ?", gone)
        self._connection.executemany("DELETE FROM part WHERE path = ?", gone)
        self._seen.clear()

    def source(self, path: str) -> SourceFile | None:
        """Return what a source file was when it was read last, or ``None``."""
        row = self._connection.execute("SELECT size, mtime_ns, sha256 FROM source WHERE path = ?", (path,)).fetchone()
        return SourceFile(*row) if row else None

    def keep_source(self, path: str, file: SourceFile) -> None:
        """Note that a source is as it was: its pages stand."""
        self._connection.execute(
            "UPDATE source SET size = ?1, mtime_ns = ?2 WHERE path = ?3 AND (size <> ?1 OR mtime_ns <> ?2)",
            (file.size, file.mtime_ns, path),
        )
        self._seen.add(path)

    def read_source(self, path: str, file: SourceFile, refusals: bytes, parts: bytes = b"") -> None:
        """Note that a source was read, with what was refused of it (MessagePack).

        :param parts: digests of its parts, if it has some (:mod:`commons_ld.files.parts`)
        """
        self._connection.execute("INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?)", (path, *file, refusals))
        self._seen.add(path)
        self._connection.execute("DELETE FROM part WHERE path = ?", (path,))
        if parts:
            self._connection.execute("INSERT INTO part VALUES (?, ?)", (path, parts))

    def parts(self, path: str) -> tuple[bytes, bytes]:
        """Return the digests of the parts that a source had when it was read last, and what was refused of it."""
        row = self._connection.execute(
            "SELECT digests, refusals FROM part JOIN source USING (path) "
            "WHERE path = ? AND sha256 NOT IN ('', 'shared')",
            (path,),
        ).fetchone()
        return (bytes(row[0]), bytes(row[1])) if row else (b"", b"")

    def refusals(self) -> Iterator[bytes]:
        """Yield what was refused of each source, in the order of their paths."""
        for (refusals,) in self._connection.execute("SELECT refusals FROM source ORDER BY path"):
            yield bytes(refusals)

    # ── Pages ────────────────────────────────────────────────────────────────────────────────────────

    def clear_pages(self, path: str, lines: Iterable[tuple[int, int]] = EVERY_LINE) -> None:
        """Take the pages of a source for gone, until they are met again.

        :param lines: the first and the last of those that are read again
        """
        self._connection.executemany(
            "UPDATE page SET present = 0 WHERE path = ? AND line BETWEEN ? AND ?", ((path, *some) for some in lines)
        )

    def met_in(self, key: str, path: str) -> str:
        """Return the source in which a page of that key was met in this run: ``path`` or one before it; else ``""``.

        A source that comes later and had the page in the run before gives it up, and is to be read again.
        """
        row = self._connection.execute("SELECT path FROM page WHERE key = ? AND present", (key,)).fetchone()
        if row is None:
            return ""
        if row[0] == path or row[0] in self._seen:
            return str(row[0])
        self._connection.execute("UPDATE source SET size = -1, sha256 = 'shared' WHERE path = ?", row[:1])
        return ""

    def title(self, key: str) -> str | None:
        """Return the title that a page had when it was read last, or ``None`` if it is new."""
        row = self._connection.execute("SELECT title FROM page WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def put_page(
        self,
        key: str,
        path: str,
        title: str,
        record: bytes,
        today: str,
        reader: str = "",
        *,
        line: int = 0,
        name: str = "",
        exports: str = "",
    ) -> None:
        """Note a page that was read; it counts as changed if its record, or what read it, is not the one known.

        The title of a page that is known already is changed by :meth:`retitle`.

        :param line: where it stands in its source
        :param name: what exports of the page are found by, if it can have some
        :param exports: a digest of those that its record was made with
        """
        digest = hashlib.sha256(record).hexdigest()
        self._connection.execute(
            "INSERT INTO page (key, path, title, record_sha256, record, first_seen, last_changed, "
            "reader, name, exports, line) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10) "
            "ON CONFLICT (key) DO UPDATE SET path = ?2, record_sha256 = ?4, record = ?5, present = 1, reader = ?7, "
            "name = ?8, exports = ?9, line = ?10, "
            "changed = CASE WHEN record_sha256 <> ?4 OR reader <> ?7 THEN 1 ELSE changed END, "
            "last_changed = CASE WHEN record_sha256 <> ?4 THEN ?6 ELSE last_changed END",
            (key, path, title, digest, record, today, reader, name, exports, line),
        )

    # ── What exports say of pages ────────────────────────────────────────────────────────────────────

    def put_exports(self, path: str, exported: Iterable[Exported]) -> None:
        """Note what pages a file of exports tells of, in place of what it told before."""
        self._connection.execute("DELETE FROM export WHERE path = ?", (path,))
        self._connection.executemany("INSERT INTO export VALUES (?, ?, ?, ?, ?, ?)", exported)

    def drop_unseen_exports(self) -> None:
        """Forget the exports of files that were not seen in this run, once all files of exports were."""
        known = self._connection.execute("SELECT DISTINCT path FROM export").fetchall()
        self._connection.executemany(
            "DELETE FROM export WHERE path = ?", [row for row in known if row[0] not in self._seen]
        )

    def has_exports(self) -> bool:
        """Tell whether any export is known."""
        return self._connection.execute("SELECT 1 FROM export LIMIT 1").fetchone() is not None

    def exports(self, name: str, key: str) -> list[Exported]:
        """Return what exports tell of a page, the one that was saved last first."""
        # Two questions, each of which an index answers: one question with OR would go through the whole table.
        rows = self._connection.execute(
            "SELECT * FROM export WHERE name = ?1 UNION SELECT * FROM export WHERE ?2 <> '' AND key = ?2 "
            "ORDER BY saved DESC, path, number",
            (name, key),
        )
        return [Exported(*row) for row in rows]

    def every_export(self) -> list[Exported]:
        """Return what all exports tell of, in the order in which they stand."""
        return [Exported(*row) for row in self._connection.execute("SELECT * FROM export ORDER BY path, number")]

    def pages_with_exports(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield path, key, name and :meth:`put_page`'s ``exports`` of each page that has or had an export."""
        yield from self._connection.execute(
            "SELECT path, key, name, exports FROM page WHERE present AND name <> '' AND key IN ("
            "SELECT key FROM page WHERE exports <> '' UNION SELECT key FROM export WHERE key <> '' "
            "UNION SELECT key FROM page WHERE name IN (SELECT name FROM export))"
        ).fetchall()

    def unclaimed_exports(self) -> Iterator[Exported]:
        """Yield the exports of pages whose own text is in no source, those of one page after each other."""
        rows = self._connection.execute(
            "SELECT * FROM export WHERE NOT EXISTS (SELECT 1 FROM page WHERE present AND page.name <> '' "
            "AND (page.name = export.name OR (export.key <> '' AND page.key = export.key))) "
            "ORDER BY name, saved DESC, path, number"
        ).fetchall()
        yield from map(Exported._make, rows)

    def clear_exported_pages(self) -> None:
        """Take the pages that are told of by exports alone for gone, until they are met again."""
        self._connection.execute("UPDATE page SET present = 0 WHERE path IN (SELECT path FROM export)")

    def keep_page(self, key: str, exports: str) -> bool:
        """Note that a page that was made of those exports alone stands; return whether there was such a one."""
        found = self._connection.execute(
            "UPDATE page SET present = 1 WHERE key = ? AND name = '' AND exports = ? AND NOT changed", (key, exports)
        )
        return found.rowcount == 1

    def count(self) -> int:
        """Return the number of pages."""
        # Each of them from an index, and none from the rows.
        counts = "(SELECT count(*) FROM page) - (SELECT count(*) FROM page WHERE NOT present)"
        return int(self._connection.execute(f"SELECT {counts}").fetchone()[0])

    def gone(self) -> Iterator[str]:
        """Yield the IRIs of records that were published once, and are not any more."""
        query = "SELECT DISTINCT subject FROM page WHERE NOT present AND subject <> '' AND subject NOT IN "
        here = "(SELECT subject FROM page WHERE present) ORDER BY subject"
        yield from (row[0] for row in self._connection.execute(query + here))

    def count_between(self, first: str, end: str) -> int:
        """Return how many of the pages have names in IRIs from one on, up to another, ``""`` for all after it."""
        between = "SELECT count(*) FROM page WHERE slug >= ?1 AND slug < ?2"
        counts = f"SELECT ({between}) - ({between} AND NOT present)"
        return int(self._connection.execute(counts, (first, end or _BEYOND)).fetchone()[0])

    def touched(self) -> Iterator[str]:
        """Yield the names in IRIs of the pages that changed, and of those that were published and are gone."""
        for which in ("present AND changed", "NOT present AND sha256 <> ''"):
            query = f"SELECT slug FROM page WHERE {which} AND slug IS NOT NULL ORDER BY slug"
            yield from (row[0] for row in self._connection.execute(query))

    def changes(self) -> Changes:
        """Return how many pages have to be mapped again, and why, and how many that were published are gone."""
        is_new = "findings = x''"
        counted = ("1", is_new, f"changed = {_FOR_A_NAME} AND NOT {is_new}")
        sums = ", ".join(f"coalesce(sum({condition}), 0)" for condition in counted)
        todo = self._connection.execute(f"SELECT {sums} FROM page WHERE present AND changed").fetchone()
        gone = self._connection.execute("SELECT count(*) FROM page WHERE NOT present AND sha256 <> ''").fetchone()
        return Changes(self.count(), *todo, *gone)

    # ── Names in IRIs ────────────────────────────────────────────────────────────────────────────────

    def unnamed(self) -> Iterator[tuple[str, str]]:
        """Yield key and title of each page that has no name in IRIs yet, by title and key."""
        # It is sorted before the first one is told, so that naming them meanwhile changes nothing of it.
        yield from self._connection.execute(
            "SELECT key, title FROM page WHERE present AND slug IS NULL ORDER BY title, key"
        )

    def holder(self, slug: str) -> Holder | None:
        """Return the page that has a name in IRIs, or ``None`` if the name is free."""
        row = self._connection.execute("SELECT key, present FROM page WHERE slug = ?", (slug,)).fetchone()
        return Holder(row[0], bool(row[1])) if row else None

    def name_page(self, key: str, slug: str) -> None:
        """Give a page its name in IRIs."""
        self._connection.execute("UPDATE page SET slug = ?, changed = 1 WHERE key = ?", (slug, key))

    def inherit(self, key: str, gone: str, title: str) -> None:
        """Let a page take the place of one that is gone: the same page, in another file."""
        slug, former_title, former_titles, first_seen = self._connection.execute(
            "SELECT slug, title, former_titles, first_seen FROM page WHERE key = ?", (gone,)
        ).fetchone()
        self._connection.execute("DELETE FROM page WHERE key = ?", (gone,))
        self._connection.execute(
            "UPDATE page SET slug = ?, title = ?, former_titles = ?, first_seen = ?, changed = 1 WHERE key = ?",
            (slug, former_title, former_titles, first_seen, key),
        )
        if title != former_title:
            self.retitle(key, title, former_title)

    def retitle(self, key: str, title: str, former: str) -> None:
        """Note the title that a page has now, and the one it had before."""
        (known,) = self._connection.execute("SELECT former_titles FROM page WHERE key = ?", (key,)).fetchone()
        titles = [*msgspec.msgpack.decode(known, type=list[str]), former]
        kept = [name for name in dict.fromkeys(titles) if name != title]
        self._connection.execute(
            "UPDATE page SET title = ?, former_titles = ?, changed = 1, renamed = 1 WHERE key = ?",
            (title, msgspec.msgpack.encode(kept), key),
        )

    def named(self, slug: str) -> Page | None:
        """Return the page that has a name in IRIs and is there, or ``None``."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM page WHERE slug = ? AND present",
            (slug,),
        ).fetchone()
        return self._placed(row) if row else None

    def place(self, subject: str) -> tuple[str, int, int] | None:
        """Return hash, start and length of the block of a record that is published, or ``None``."""
        row = self._connection.execute(
            "SELECT sha256, start, length, slug FROM page WHERE subject = ? AND present AND NOT held", (subject,)
        ).fetchone()
        return (row[0], row[1] + self._shifts.of(row[3]), row[2]) if row else None

    # ── What was made of them ────────────────────────────────────────────────────────────────────────

    def chunks(self, size: int, first: str = "", end: str = _BEYOND) -> Iterator[list[Page]]:
        """Yield the pages in the order of their names in IRIs, ``size`` at a time.

        :param first: the first name that is wanted
        :param end: the first name that is not
        """
        which = ">="
        while rows := self._connection.execute(
            f"SELECT {_COLUMNS} FROM page WHERE present AND slug {which} ? AND slug < ? ORDER BY slug LIMIT ?",
            (first, end, size),
        ).fetchall():
            pages = [self._placed(row) for row in rows]
            yield pages
            which, first = ">", pages[-1].slug

    def findings(self) -> Iterator[tuple[str, bool, bytes]]:
        """Yield of each page its name in IRIs, whether it is held back and what was found, in their order."""
        yield from self._connection.execute(FINDINGS)

    def versions(self) -> Iterator[Version]:
        """Yield what was published of each page, in the order of their names in IRIs."""
        rows = self._connection.execute(
            "SELECT slug, changed, held, sha256, description_sha256 FROM page "
            "WHERE present AND slug IS NOT NULL ORDER BY slug"
        )
        for slug, changed, held, sha256, described in rows:
            yield Version(slug, not changed, b"" if held else bytes.fromhex(sha256 + described))

    def subjects(self, first: str, end: str = _BEYOND) -> Iterator[str]:
        """Yield the IRIs of the records that are published, in the order of their names in IRIs; see :meth:`chunks`."""
        query = "SELECT subject FROM page WHERE present AND NOT held AND slug >= ? AND slug < ? ORDER BY slug"
        yield from (row[0] for row in self._connection.execute(query, (first, end)))

    def published(self) -> Iterator[tuple[str, str, str, str, int, int, int]]:
        """Yield the records that are published, in the order of their names in IRIs.

        :return: of each that name, its IRI, the SHA-256 of its block and of its description, where the block begins in
            the N-Quads of the publication, and how long it and its description are
        """
        for slug, subject, sha256, described, start, *lengths in self._connection.execute(
            "SELECT slug, subject, sha256, description_sha256, start, length, described FROM page "
            "WHERE present AND NOT held ORDER BY slug"
        ):
            yield slug, subject, sha256, described, start + self._shifts.of(slug), *lengths

    def every_title(self) -> list[tuple[str, str, str, str, bytes]]:
        """Return key, slug, IRI, title and former titles of all pages, those that are gone too."""
        return self._connection.execute(
            "SELECT key, coalesce(slug, ''), subject, title, former_titles FROM page ORDER BY key"
        ).fetchall()

    def drop_page(self, key: str) -> None:
        """Forget a page, its name in IRIs included."""
        self._connection.execute("DELETE FROM page WHERE key = ?", (key,))

    def put_result(self, page: Page) -> None:
        """Keep what was made of a page."""
        self._connection.execute(
            "UPDATE page SET changed = 0, renamed = 0, record = x'', subject = ?, sha256 = ?, held = ?, start = ?, "
            "length = ?, findings = ?, described = ?, description_sha256 = ? WHERE key = ?",
            (
                page.subject,
                page.sha256,
                page.held,
                page.start,
                page.length,
                page.findings,
                page.described,
                page.description_sha256,
                page.key,
            ),
        )

    def move(self, moves: Moves) -> None:
        """Note that the blocks of pages that did not change moved in the dump."""
        self._shifts = self._shifts.moved(moves.runs)
        if len(self._shifts.steps) > _MOST_SHIFTS:
            ends = [slug for slug, _ in self._shifts.steps[1:]]
            self._connection.executemany(
                "UPDATE page SET start = start + ?3 WHERE slug >= ?1 AND slug < ?2",
                [(slug, end, by) for (slug, by), end in zip(self._shifts.steps, [*ends, _BEYOND], strict=True) if by],
            )
            self._shifts = Shifts()
        self._connection.execute("DELETE FROM shift")
        self._connection.executemany("INSERT INTO shift VALUES (?, ?)", self._shifts.steps)

    def drop_records(self) -> None:
        """Let go of the records of pages that turned out to be as before."""
        self._connection.execute("UPDATE page SET record = x'' WHERE record <> x''")

    def forget_gone(self) -> None:
        """Forget what was published of pages that are gone, all but their names in IRIs."""
        self._connection.execute(
            "UPDATE page SET record = x'', findings = x'', sha256 = '', length = 0, description_sha256 = '', "
            "described = 0, changed = 1 "
            "WHERE NOT present AND (sha256 <> '' OR record <> x'' OR findings <> x'' OR changed <> 1)"
        )

    def _placed(self, row: tuple[Any, ...]) -> Page:
        page = Page(*row)
        by = self._shifts.of(page.slug)
        return page._replace(start=page.start + by) if by else page
