"""The search index: an SQLite file with the words and the facets of every record, made in the export's own pass.

It lies in the state folder, ``search/<publication>.sqlite``, not in the publication: its bytes depend on the version
of SQLite, and everything in it can be made again from the N-Quads. It is named for the publication that it belongs
to, so that whoever serves one never searches another. A new one begins as a copy of the one before, in which only the
records are written again whose blocks differ.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Protocol

from commons_ld.errors import PublicationError
from commons_ld.iris import IriPolicy
from commons_ld.outputs.hashed_file import explained
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.search_record import Indexed, Searchable, graph_iri, labels_of, searchable, statements, value_of
from commons_ld.outputs.standing import Standing, between
from commons_ld.outputs.things import Thing, things_of
from commons_ld.rdf.n_quads import BROKEN, opened
from commons_ld.rdf.namespaces import expand
from commons_ld.sentences.publication import said

__all__ = ["Companion", "Gatherings", "Indexing", "SearchIndex", "Together", "index_path", "writing"]

#: Words are compared without case and accents. A word ends at an apostrophe, so that ``l'eau`` holds ``eau``.
_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    iri TEXT NOT NULL UNIQUE,
    sha256 BLOB NOT NULL,
    title TEXT NOT NULL,
    date TEXT NOT NULL,
    summary TEXT NOT NULL
);
CREATE INDEX record_date ON record (date DESC, iri);
CREATE TABLE facet (
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    record INTEGER NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (facet, value, record)
) WITHOUT ROWID;
CREATE INDEX facet_record ON facet (record);
CREATE TABLE total (
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    label TEXT NOT NULL,
    records INTEGER NOT NULL,
    PRIMARY KEY (facet, value)
) WITHOUT ROWID;
CREATE TABLE label (
    value TEXT NOT NULL,
    language TEXT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (value, language)
) WITHOUT ROWID;
"""
#: The fields of a record that are searched, and how they are split into words.
_WORDS: Final = 'titles, people, concepts, texts, notes, tokenize = "unicode61 remove_diacritics 2"'
#: Of more records than that nobody asks for the words that they had and have.
_FEW: Final = 500
_PREF_LABEL: Final = expand("skos:prefLabel").encode()
#: How much the system is asked to copy at once.
_PIECE: Final = 1 << 30
_SUFFIX: Final = ".sqlite"
_WRITING: Final = "writing"


def index_path(state: Path, publication: str) -> Path:
    """Return where the index of a publication lies.

    :param state: the state folder
    :param publication: its name, as :func:`commons_ld.outputs.publication.published` tells it

    >>> index_path(Path(".commons-ld"), "5c1f0e7a90b2d344").as_posix()
    '.commons-ld/search/5c1f0e7a90b2d344.sqlite'
    """
    return state / "search" / f"{publication}{_SUFFIX}"


@contextmanager
def writing(
    state: Path, *, base_iri: str, made_with: str, previous: str, gatherings: tuple[Gatherings, ...] = ()
) -> Iterator[SearchIndex]:
    """Begin the index of a publication that is being made; nothing stays of one that is not finished.

    :param base_iri: of the archive
    :param made_with: a digest of all that an index depends on besides the blocks: with another one, all is made anew
    :param previous: the publication whose index is to be continued, or ``""``
    :param gatherings: what else is gathered from the records, in tables of its own
    :raises PublicationError: here and by every method, if it cannot be written
    """
    folder = state / "search"
    path = folder / f"{_WRITING}{_SUFFIX}"
    with _explaining(folder):
        folder.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        before = index_path(state, previous)
        if previous and _continues(before, made_with):
            _copy(before, path)
        database = sqlite3.connect(path, isolation_level=None)
    try:
        with closing(database):
            yield SearchIndex(database, path, IriPolicy(base_iri), made_with, Together(gatherings))
    finally:
        # Once it is finished it has another name.
        path.unlink(missing_ok=True)


class Gatherings:
    """What else is gathered from records into the index, and lives and ends with it; here nothing."""

    #: The statements that make its tables.
    schema: str = ""

    def gather(self, apart: Sequence[Thing], found: Searchable) -> Any:
        """Return what is gathered from a record: it depends on nothing else, so that any process can make it.

        :param apart: what the block says
        """

    def write(self, database: sqlite3.Connection, number: int, gathered: Any) -> None:
        """Write what was gathered from a record that is new in the index, or is written again."""

    def take(self, database: sqlite3.Connection, block: bytes) -> None:
        """Gather from a block that is of no record, such as that of the concept scheme."""

    def drop(self, database: sqlite3.Connection, number: int) -> None:
        """Take out what was gathered from a record, whose rows in the index are still there."""

    def complete(self, database: sqlite3.Connection) -> None:
        """Take out what did not come again, once all blocks were seen; it may be called again."""

    def finish(self, database: sqlite3.Connection) -> None:
        """End before the index is put in its place."""


class Together(Gatherings):
    """Several gatherings as one."""

    def __init__(self, parts: tuple[Gatherings, ...]) -> None:
        self._parts = parts
        self.schema = "".join(part.schema for part in parts)

    def gather(self, apart: Sequence[Thing], found: Searchable) -> Any:
        return tuple([part.gather(apart, found) for part in self._parts])

    def write(self, database: sqlite3.Connection, number: int, gathered: Any) -> None:
        for part, some in zip(self._parts, gathered, strict=True):
            part.write(database, number, some)

    def take(self, database: sqlite3.Connection, block: bytes) -> None:
        for part in self._parts:
            part.take(database, block)

    def drop(self, database: sqlite3.Connection, number: int) -> None:
        for part in self._parts:
            part.drop(database, number)

    def complete(self, database: sqlite3.Connection) -> None:
        for part in self._parts:
            part.complete(database)

    def finish(self, database: sqlite3.Connection) -> None:
        for part in self._parts:
            part.finish(database)


class Indexing:
    """What makes of blocks what an index holds of them.

    :param labels: of each concept of the scheme, its labels in any language
    :param gatherings: what else is gathered from the records
    """

    def __init__(self, policy: IriPolicy, labels: Mapping[str, Sequence[str]], gatherings: Gatherings) -> None:
        self._policy, self._labels, self._gatherings = policy, labels, gatherings

    def indexed(self, block: bytes, apart: Sequence[Thing] | None = None) -> Indexed | None:
        """Return what an index holds of a block, or ``None`` if it is of no record.

        :param apart: what it says, if it was taken apart already
        """
        apart = things_of(block) if apart is None else apart
        found = searchable(block, self._policy, self._labels, apart)
        return Indexed(found, self._gatherings.gather(apart, found)) if found else None


class Companion(Protocol):
    """What is shown the blocks as they are indexed."""

    def see(self, block: bytes, *, is_new: bool) -> None:
        """Look at a block."""


class SearchIndex:
    """An index while it is written; made by :func:`writing`."""

    def __init__(
        self,
        database: sqlite3.Connection,
        path: Path,
        policy: IriPolicy,
        made_with: str,
        gatherings: Gatherings,
    ) -> None:
        self._database, self._path, self._policy, self._gatherings = database, path, policy, gatherings
        self._indexing = Indexing(policy, {}, gatherings)
        #: The graphs of no record that name what records name.
        self._shared: Final = frozenset(policy.mint("graph", name) for name in ("concepts", "registers"))
        #: How many records were written, and not only kept.
        self.written = 0
        #: Whether it began as that of the publication that stands.
        self.is_continued = False
        #: What stands of the dumps, whose records are kept as they are.
        self._standing: Sequence[Standing] = ()
        #: How many records more may be written or taken out so that their words are looked at alone.
        self._few = _FEW
        #: How many records more have a choice of a facet than before, by facet, value and label.
        self._choices: Final = Counter[tuple[str, str, str]]()
        #: Of each record whose words are: whether they are those that it has now, its IRI and its date.
        self._touched: Final[dict[int, tuple[bool, str, str]]] = {}
        with _explaining(path):
            self._kept = self._begin(made_with)

    def _begin(self, made_with: str) -> bytearray:
        """Return one bit for each record that is there already: whether it came again."""
        database = self._database
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -16384")
        if not database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            database.executescript(_SCHEMA + self._gatherings.schema)
            database.execute(f"CREATE VIRTUAL TABLE words USING fts5 ({_WORDS})")
            database.execute("INSERT INTO meta VALUES ('made_with', ?)", (made_with,))
        database.execute("BEGIN")
        last = database.execute("SELECT coalesce(max(id), 0) FROM record").fetchone()[0]
        self.is_continued = last > 0
        # The words of what is written or taken out in this run, split as those of the index are.
        database.execute(f"CREATE VIRTUAL TABLE temp.touched USING fts5 ({_WORDS})")
        return bytearray(last // 8 + 1)

    def touched_words(self) -> list[str] | None:
        """Return the words that records came to or went from in this run, in their order; ``None`` if of many records.

        A record of another date counts as another one.
        """
        if not self.is_continued or self._few < 0:
            return None
        with _explaining(self._path):
            self._database.execute("CREATE VIRTUAL TABLE temp.touching USING fts5vocab('temp', 'touched', 'instance')")
            rows = self._database.execute("SELECT DISTINCT term, doc FROM temp.touching").fetchall()
            self._database.execute("DROP TABLE temp.touching")
        had, has = (
            {(word, *self._touched[number][1:]) for word, number in rows if self._touched[number][0] is is_new}
            for is_new in (False, True)
        )
        return sorted({word for word, *_ in had ^ has})

    def pass_over(self, standing: Sequence[Standing]) -> None:
        """Keep the records of what stands of the dumps, though their blocks do not come by."""
        self._standing = standing

    def passing(self, blocks: Iterable[PassedBlock], also: Companion | None = None) -> Iterator[PassedBlock]:
        """Yield blocks as they are, and index those of records on their way.

        :param also: shown each block once it is indexed, and whether it was written again
        """
        for block in blocks:
            yield block
            with _explaining(self._path):
                is_new = self.add(block.data, block.version, block.indexed)
                if also is not None:
                    also.see(block.data, is_new=is_new)

    def read(self, dump: Path) -> None:
        """Index the blocks of the N-Quads that are published."""
        with _explaining(dump), opened(dump) as file:
            for _, lines in groupby(file, key=graph_iri):
                self.add(b"".join(lines))

    def add(self, block: bytes, sha256: bytes = b"", indexed: Indexed | None = None) -> bool:
        """Index a block, unless it is there already; that of the concept scheme comes before those of records.

        :param sha256: of the block, if it is known already
        :param indexed: what the index is to hold of it, if that was made already
        :return: whether a record was written
        """
        if not block:
            return False
        graph = graph_iri(block).decode()
        named = self._policy.parse(graph)
        if named is not None and named.kind == "description":
            return False
        if graph == self._policy.mint("graph", "concepts"):
            self._take_labels(block)
        if graph in self._shared:
            self._gatherings.take(self._database, block)
            return False
        sha256 = sha256 or hashlib.sha256(block).digest()
        # A record is found by its version first: an index that is continued knows most of them.
        row = self._database.execute(
            "SELECT id FROM record WHERE iri IN (?, ?) AND sha256 = ?", (*self._subjects(block), sha256)
        ).fetchone()
        if row is not None:
            self._keep(row[0])
        elif (made := indexed or self._indexing.indexed(block)) is not None:
            self._write(made, sha256)
            return True
        return False

    def complete(self) -> None:
        """Take out the records that did not come again: from here on, the index holds what is published."""
        with _explaining(self._path):
            for number in self._not_standing() if self._kept else ():
                if not self._kept[number >> 3] & 1 << (number & 7):
                    self._drop(number)
            self._kept = bytearray()
            self._gatherings.complete(self._database)

    def _not_standing(self) -> list[int]:
        """Return the numbers of the records that were there already, but for those of what stands."""
        query = "SELECT id FROM record WHERE id < ? AND iri >= ? AND iri < ?"
        return [
            row[0]
            for first, end in between(self._standing)
            for start in self._subjects_of("")
            # No name in IRIs has a letter after that.
            for row in self._database.execute(query, (len(self._kept) * 8, start + first, start + (end or "~")))
        ]

    def finish(self, publication: str) -> Path:
        """Put the index in its place, without the records that did not come again."""
        self.complete()
        with _explaining(self._path):
            self._count()
            self._gatherings.finish(self._database)
            self._database.execute("COMMIT")
            self._database.execute("PRAGMA optimize")
            descriptor = os.open(self._path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            place = self._path.with_name(f"{publication}{_SUFFIX}")
            self._path.replace(place)
            for other in place.parent.glob(f"*{_SUFFIX}"):
                if other != place:
                    # A server that has it open goes on reading it.
                    other.unlink()
        return place

    def _count(self) -> None:
        """Count what a search without words and choices shows, which is what a reader sees first."""
        count = "INSERT INTO total SELECT facet, value, max(label), count(*) FROM facet"
        if not self.is_continued:
            self._database.execute(f"{count} GROUP BY facet, value")
            return
        for choice in sorted({key[:2] for key, more in self._choices.items() if more}):
            self._database.execute("DELETE FROM total WHERE facet = ? AND value = ?", choice)
            self._database.execute(f"{count} WHERE facet = ? AND value = ? GROUP BY facet, value", choice)

    @property
    def database(self) -> sqlite3.Connection:
        """What it is written into, for those who read from it what is published."""
        return self._database

    def _subjects(self, block: bytes) -> tuple[str, str]:
        graph = self._policy.parse(graph_iri(block).decode())
        return self._subjects_of(graph.slug if graph else "")

    def _subjects_of(self, name: str) -> tuple[str, str]:
        return self._policy.mint("session", name), self._policy.mint("media", name)

    def _take_labels(self, block: bytes) -> None:
        self._indexing = Indexing(self._policy, labels_of(block), self._gatherings)
        rows = []
        for subject, _, label in statements(block, {_PREF_LABEL}):
            iri = self._policy.parse(subject.decode())
            if iri is not None:
                rows.append((iri.slug, label[label.rindex(b'"') + 2 :].decode(), value_of(label)))
        self._database.execute("DELETE FROM label")
        self._database.executemany("INSERT OR IGNORE INTO label VALUES (?, ?, ?)", rows)

    def _keep(self, number: int) -> None:
        if number >> 3 < len(self._kept):
            self._kept[number >> 3] |= 1 << (number & 7)

    def _write(self, made: Indexed, sha256: bytes) -> None:
        found = made.found
        row = self._database.execute("SELECT id FROM record WHERE iri = ?", (found.iri,)).fetchone()
        if row is not None:
            self._drop(row[0])
        number = self._database.execute(
            "INSERT INTO record (iri, sha256, title, date, summary) VALUES (?, ?, ?, ?, ?)",
            (found.iri, sha256, found.title, found.date, found.summary),
        ).lastrowid
        # The number of the last record may be given again once that record is gone.
        self._keep(number or 0)
        facets = {(facet, value): label for facet, value, label in reversed(found.facets)}
        self._database.executemany(
            "INSERT INTO facet VALUES (?, ?, ?, ?)", ((*choice, number, label) for choice, label in facets.items())
        )
        if self.is_continued:
            self._choices.update((*choice, label) for choice, label in facets.items())
        self._database.execute(
            "INSERT INTO words (rowid, titles, people, concepts, texts, notes) VALUES (?, ?, ?, ?, ?, ?)",
            (number, found.titles, found.people, found.concepts, found.texts, found.notes),
        )
        self._touch(number or 0, is_new=True)
        self._gatherings.write(self._database, number or 0, made.gathered)
        self.written += 1

    def _drop(self, number: int) -> None:
        self._gatherings.drop(self._database, number)
        self._touch(number, is_new=False)
        self._database.execute("DELETE FROM words WHERE rowid = ?", (number,))
        gone = self._database.execute("SELECT facet, value, label FROM facet WHERE record = ?", (number,))
        self._choices.subtract(map(tuple, gone.fetchall()))
        self._database.execute("DELETE FROM facet WHERE record = ?", (number,))
        self._database.execute("DELETE FROM record WHERE id = ?", (number,))

    def _touch(self, number: int, *, is_new: bool) -> None:
        """Note the words of a record that is taken out, or was written."""
        self._few -= 1
        if self.is_continued and self._few >= 0:
            place = self._database.execute(
                "INSERT INTO temp.touched SELECT titles, people, concepts, texts, notes FROM words WHERE rowid = ?",
                (number,),
            ).lastrowid
            iri, date = self._database.execute("SELECT iri, date FROM record WHERE id = ?", (number,)).fetchone()
            self._touched[place or 0] = is_new, iri, date


def _copy(source: Path, target: Path) -> None:
    """Copy a file: where the disk can do that (Btrfs, XFS), it has no second copy of what stays the same."""
    with source.open("rb") as before, target.open("xb") as after, suppress(OSError, AttributeError):
        while os.copy_file_range(before.fileno(), after.fileno(), _PIECE):
            pass
        return
    shutil.copyfile(source, target)


def _continues(path: Path, made_with: str) -> bool:
    """Tell whether an index is whole, and was made as it would be made now."""
    if not path.is_file():
        return False
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        row = database.execute("SELECT value FROM meta WHERE name = 'made_with'").fetchone()
        return bool(row == (made_with,))
    return False


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise explained(path, error) from error
    except (sqlite3.Error, *BROKEN) as error:
        raise PublicationError(path, said("not-written", error)) from error
