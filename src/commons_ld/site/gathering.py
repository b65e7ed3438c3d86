"""What many records say of one thing, gathered beside the search index: in the same file, in tables of its own.

The page of a person, a collection or a concept is made of what all records say of it. That is gathered here on disk, so
that memory does not grow with the archive; and it is known which of these things a change touches, so that no other
page is made again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from commons_ld.iris import IriPolicy
from commons_ld.memo import Memo
from commons_ld.outputs.search_index import Gatherings
from commons_ld.outputs.search_record import ROLES, Searchable
from commons_ld.outputs.things import Thing, things_of
from commons_ld.rdf.namespaces import expand
from commons_ld.site.record_view import coordinates_of
from commons_ld.site.told import seconds_of, tell_things, text_of

__all__ = ["KINDS", "Entry", "Gathered", "SiteGatherings"]

#: The kinds of things that many records speak of.
KINDS: Final = ("concept", "collection", "person", "organization")

#: Roles of persons and organizations by property; a contributor who is a guest too is counted once.
_AGENT_ROLES: Final = {
    "schema:performer": "guest",
    "dcterms:creator": "creator",
    "schema:creator": "creator",
    "schema:producer": "producer",
    "schema:author": "author",
    "dcterms:contributor": "contributor",
    "schema:contributor": "contributor",
}
#: The number under which stands what no record says, but the scheme or the catalogue.
_NO_RECORD: Final = 0
#: The number under which stands what the registers say, which may be less than before.
_REGISTERS: Final = -1
_REPLACED: Final = f"> <{expand('dcterms:isReplacedBy')}> <".encode()
_SCHEMA: Final = """
CREATE TABLE site_record (
    record INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    language TEXT NOT NULL,
    seconds INTEGER NOT NULL,
    latitude REAL,
    longitude REAL
);
CREATE TABLE site_agent (
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    role TEXT NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (kind, slug, role, record)
) WITHOUT ROWID;
CREATE INDEX site_agent_record ON site_agent (record);
CREATE TABLE site_said (kind TEXT NOT NULL, slug TEXT NOT NULL, statement BLOB NOT NULL, record INTEGER NOT NULL);
CREATE INDEX site_said_thing ON site_said (kind, slug);
CREATE INDEX site_said_record ON site_said (record);
CREATE TABLE site_drawn (
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    page TEXT NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (kind, slug, page)
) WITHOUT ROWID;
-- A row without names stands for everything.
CREATE TABLE site_touched (kind TEXT NOT NULL, slug TEXT NOT NULL, PRIMARY KEY (kind, slug)) WITHOUT ROWID;
"""
#: The roles of concepts, as a query lists them.
_ROLES: Final = ", ".join(f"'{role}'" for role in ROLES)
#: The year of a record; a date that was published though it is none has no year.
_YEAR: Final = "CASE WHEN r.date GLOB '[0-9][0-9][0-9][0-9]*' THEN substr(r.date, 1, 4) ELSE '' END"
_DATE_ORDER: Final = "r.date DESC, r.iri"


class Entry(NamedTuple):
    """A record in a list.

    :param language: of the title
    """

    kind: str
    slug: str
    title: str
    language: str
    date: str
    seconds: int
    summary: str = ""


class _Gathered(NamedTuple):
    """What is gathered from a record.

    :param row: of the table of records, without its number
    :param agents: kind, name and role
    :param said: kind, name and statement
    """

    row: tuple[str, str, str, int, float | None, float | None]
    agents: list[tuple[str, str, str]]
    said: list[tuple[str, str, bytes]]


class SiteGatherings(Gatherings):
    """The tables, while records come and go."""

    schema = _SCHEMA

    def __init__(self, policy: IriPolicy) -> None:
        #: What IRIs name: those that records share come again and again.
        self._parsed: Final = Memo(policy.parse, 4096)
        #: What a line begins with whose subject has a page of its own.
        self._begins: Final = tuple(f"<{policy.base_iri}{kind}/".encode() for kind in KINDS)
        #: Whether everything is new, or ``None`` before the first record is written.
        self._is_new: bool | None = None

    def gather(self, apart: Sequence[Thing], found: Searchable) -> _Gathered:
        """Return what is gathered from a record."""
        told = tell_things(apart)
        iri = self._parsed[found.iri]
        own = told.get(found.iri, {})
        recording = told.get(f"{found.iri}/recording", {})
        title = next((text_of(value) for value in own.get("dcterms:title", ())), None)
        extents = [
            text_of(value).text
            for about in (recording, own)
            for value in about.get("dcterms:extent", ())
            if value.startswith(b'"')
        ]
        latitude, longitude = coordinates_of(told, found.iri) or (None, None)
        row = (
            iri.kind if iri else "media",
            iri.slug if iri else "",
            title.language if title else "",
            max(map(seconds_of, extents), default=0),
            latitude,
            longitude,
        )
        agents: set[tuple[str, str, str]] = {
            (agent.kind, agent.slug, role)
            for about in told.values()
            for name, role in _AGENT_ROLES.items()
            for value in about.get(name, ())
            if value.startswith(b"<")
            and (agent := self._parsed[value[1:-1].decode()])
            and agent.kind in ("person", "organization")
            and not agent.part
        }
        return _Gathered(row, sorted(agents), list(self._said(apart)))

    def write(self, database: sqlite3.Connection, number: int, gathered: _Gathered) -> None:
        """Keep what was gathered from a record that is new, or is written again."""
        if self._is_new is None:
            self._is_new = database.execute("SELECT 1 FROM site_record").fetchone() is None
            if self._is_new:
                database.execute("INSERT OR IGNORE INTO site_touched VALUES ('', '')")
        database.execute("INSERT INTO site_record VALUES (?, ?, ?, ?, ?, ?, ?)", (number, *gathered.row))
        database.executemany(
            "INSERT INTO site_agent VALUES (?, ?, ?, ?)", [(*agent, number) for agent in gathered.agents]
        )
        database.executemany("INSERT INTO site_said VALUES (?, ?, ?, ?)", [(*said, number) for said in gathered.said])
        if not self._is_new:
            self._touch(database, number)

    def drop(self, database: sqlite3.Connection, number: int) -> None:
        """Take out what a record said."""
        self._touch(database, number)
        for table in ("site_record", "site_agent", "site_said"):
            database.execute(f"DELETE FROM {table} WHERE record = ?", (number,))  # noqa: S608 - three names of ours

    def finish(self, database: sqlite3.Connection) -> None:
        """Forget what was touched, whose pages are made, and the pages about things that are gone."""
        database.execute("DELETE FROM site_touched")
        database.execute(
            """DELETE FROM site_drawn WHERE kind <> '' AND (kind, slug) NOT IN
            (SELECT kind, slug FROM site_said UNION SELECT kind, slug FROM site_agent)"""
        )

    def say(self, database: sqlite3.Connection, block: bytes) -> None:
        """Keep what a block that is of no record says of things that have pages of their own."""
        known = {
            (kind, slug, statement)
            for kind, slug, statement in database.execute(
                "SELECT kind, slug, statement FROM site_said WHERE record = ?", (_NO_RECORD,)
            )
        }
        rows = [(*said, _NO_RECORD) for said in self._said(things_of(block)) if said not in known]
        database.executemany("INSERT INTO site_said VALUES (?, ?, ?, ?)", rows)
        database.executemany("INSERT OR IGNORE INTO site_touched VALUES (?, ?)", {row[:2] for row in rows})

    def tell(self, database: sqlite3.Connection, block: bytes) -> None:
        """Keep what the registers say, in place of what they said before; an IRI that was replaced has no page."""
        said = list(self._said(things_of(block))) if block else []
        replaced = {(kind, slug) for kind, slug, statement in said if _REPLACED in statement}
        rows = {(kind, slug, statement) for kind, slug, statement in said if (kind, slug) not in replaced}
        known = set(
            database.execute("SELECT kind, slug, statement FROM site_said WHERE record = ?", (_REGISTERS,)).fetchall()
        )
        database.executemany(
            "DELETE FROM site_said WHERE kind = ? AND slug = ? AND statement = ? AND record = ?",
            ((*row, _REGISTERS) for row in known - rows),
        )
        database.executemany("INSERT INTO site_said VALUES (?, ?, ?, ?)", ((*row, _REGISTERS) for row in rows - known))
        database.executemany("INSERT OR IGNORE INTO site_touched VALUES (?, ?)", {row[:2] for row in rows ^ known})

    def _said(self, apart: Iterable[Thing]) -> Iterator[tuple[str, str, bytes]]:
        """Yield kind, name and statement of what is said of things that have pages of their own."""
        for thing in apart:
            # Most of a block is about the record itself, which need not be looked at more closely.
            iri = self._parsed[thing.subject[1:-1].decode()] if thing.subject.startswith(self._begins) else None
            if iri is not None and not iri.part:
                for property_, values in thing.said:
                    for value in values:
                        yield str(iri.kind), iri.slug, b"%b %b %b .\n" % (thing.subject, property_, value)

    def _touch(self, database: sqlite3.Connection, number: int) -> None:
        database.execute(
            f"""INSERT OR IGNORE INTO site_touched
            SELECT CASE WHEN facet IN ({_ROLES}) THEN 'concept' ELSE facet END, value FROM facet
            WHERE record = ? AND facet IN ({_ROLES}, 'collection')
            UNION SELECT kind, slug FROM site_said WHERE record = ?
            UNION SELECT kind, slug FROM site_agent WHERE record = ?""",  # noqa: S608 - names of ours
            (number, number, number),
        )


class Gathered:
    """What was gathered, once all records are there."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def draw(self, page: str, digest: bytes, kind: str = "", slug: str = "") -> bool:
        """Keep a digest of what a page is made of; tell whether it is another one than before.

        :param kind: of the thing that the page is about, if it is about one
        """
        drawn = self._database.execute(
            """INSERT INTO site_drawn VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET digest = excluded.digest WHERE digest <> excluded.digest""",
            (kind, slug, page, digest),
        )
        return drawn.rowcount > 0

    def things(self, kind: str) -> Iterator[tuple[str, bool]]:
        """Yield what the things of a kind are called in IRIs, and whether a change touched each of them."""
        yield from (
            (slug, bool(touched))
            for slug, touched in self._database.execute(
                """SELECT slug,
                    EXISTS (SELECT 1 FROM site_touched WHERE (kind, slug) IN (VALUES (?1, s.slug), ('', '')))
                FROM (SELECT DISTINCT slug FROM site_said WHERE kind = ?1
                      UNION SELECT DISTINCT slug FROM site_agent WHERE kind = ?1) s ORDER BY slug""",
                (kind,),
            )
        )

    def said(self, kind: str, slug: str) -> bytes:
        """Return what is said with a thing as subject, each statement once, as N-Triples in their order."""
        rows = self._database.execute(
            "SELECT DISTINCT statement FROM site_said WHERE kind = ? AND slug = ? ORDER BY statement", (kind, slug)
        )
        return b"".join(statement for (statement,) in rows)

    def records_of(self, kind: str, slug: str) -> Iterator[tuple[Entry, tuple[str, ...]]]:
        """Yield the records that speak of a thing, the latest first, with the roles it has in each."""
        inner, values = _mentions(kind, slug)
        rows = self._database.execute(
            f"""SELECT s.kind, s.slug, r.title, s.language, r.date, s.seconds, '', group_concat(m.role)
            FROM ({inner}) m JOIN record r ON r.id = m.record JOIN site_record s ON s.record = r.id
            GROUP BY r.id ORDER BY {_DATE_ORDER}""",  # noqa: S608 - texts of ours
            values,
        )
        for row in rows:
            yield Entry(*row[:7]), tuple(sorted(row[7].split(",")))

    def count_of(self, kind: str, slug: str) -> int:
        """Return how many records speak of a thing."""
        inner, values = _mentions(kind, slug)
        found = self._database.execute(f"SELECT count(DISTINCT record) FROM ({inner})", values)  # noqa: S608 - ours
        return int(found.fetchone()[0])

    def together(self, slug: str, most: int) -> list[tuple[str, str, int]]:
        """Return the concepts that records have beside one: name, label if a record gives it, and how many records."""
        return list(
            self._database.execute(
                # The label stands in no index, and is looked up for those alone that are returned.
                f"""WITH beside AS (
                    SELECT g.value, count(DISTINCT g.record) AS n FROM facet f JOIN facet g ON g.record = f.record
                    WHERE f.facet IN ({_ROLES}) AND f.value = ?1 AND g.facet IN ({_ROLES}) AND g.value <> ?1
                    GROUP BY g.value ORDER BY n DESC, g.value LIMIT ?2
                )
                SELECT value, (SELECT max(label) FROM facet WHERE facet IN ({_ROLES}) AND value = beside.value), n
                FROM beside ORDER BY n DESC, value""",  # noqa: S608 - names of ours
                (slug, most),
            )
        )

    def years_of(self, slug: str) -> list[tuple[str, dict[str, int]]]:
        """Return in how many records a concept stands in each role, by year, the latest first; ``""`` is no year."""
        found: dict[str, dict[str, int]] = {}
        for year, role, number in self._database.execute(
            f"""SELECT {_YEAR} AS year, f.facet, count(DISTINCT r.id) FROM facet f JOIN record r ON r.id = f.record
            WHERE f.facet IN ({_ROLES}) AND f.value = ? GROUP BY year, f.facet ORDER BY year DESC""",  # noqa: S608 - ours
            (slug,),
        ):
            found.setdefault(year, {})[role] = number
        return list(found.items())

    def latest(self, most: int) -> list[Entry]:
        """Return the records that are the latest, with what they are about."""
        rows = self._database.execute(
            f"""SELECT s.kind, s.slug, r.title, s.language, r.date, s.seconds, r.summary
            FROM record r JOIN site_record s ON s.record = r.id ORDER BY {_DATE_ORDER} LIMIT ?""",  # noqa: S608 - ours
            (most,),
        )
        return [Entry(*row) for row in rows]

    def years(self) -> list[tuple[str, int, int]]:
        """Return each year with its records and their seconds, the earliest first; ``""`` is no year."""
        return list(
            self._database.execute(
                f"""SELECT {_YEAR} AS year, count(*), sum(s.seconds) FROM record r
                JOIN site_record s ON s.record = r.id GROUP BY year ORDER BY year"""  # noqa: S608 - a text of ours
            )
        )

    def of_year(self, year: str) -> Iterator[Entry]:
        """Yield the records of a year, the latest first."""
        rows = self._database.execute(
            f"""SELECT s.kind, s.slug, r.title, s.language, r.date, s.seconds
            FROM record r JOIN site_record s ON s.record = r.id WHERE {_YEAR} = ?
            ORDER BY {_DATE_ORDER}""",  # noqa: S608 - a text of ours
            (year,),
        )
        return (Entry(*row) for row in rows)

    def of_facet(self, facet: str, value: str) -> Iterator[Entry]:
        """Yield the records that have a value of a facet, the latest first."""
        rows = self._database.execute(
            f"""SELECT s.kind, s.slug, r.title, s.language, r.date, s.seconds FROM facet f
            JOIN record r ON r.id = f.record JOIN site_record s ON s.record = f.record
            WHERE f.facet = ? AND f.value = ? ORDER BY {_DATE_ORDER}""",  # noqa: S608 - a text of ours
            (facet, value),
        )
        return (Entry(*row) for row in rows)

    def totals(self, facet: str) -> list[tuple[str, str, int]]:
        """Return the values of a facet: name, label if a record gives it, and how many records have it."""
        return list(
            self._database.execute(
                """SELECT value, max(label), count(*) AS n FROM facet WHERE facet = ?
                GROUP BY value ORDER BY n DESC, value""",
                (facet,),
            )
        )

    def concepts(self) -> list[tuple[str, str, int]]:
        """Return the concepts that records have, in whatever role: name, label if a record gives it, how many."""
        return list(
            self._database.execute(
                f"""SELECT value, max(label), count(DISTINCT record) AS n FROM facet WHERE facet IN ({_ROLES})
                GROUP BY value ORDER BY n DESC, value"""  # noqa: S608 - names of ours
            )
        )

    def meetings(self, slugs: Iterable[str]) -> dict[tuple[str, str], int]:
        """Return in how many records each two of some concepts meet."""
        names = sorted(slugs)
        marks = ", ".join("?" * len(names))
        rows = self._database.execute(
            f"""WITH chosen AS (
                SELECT DISTINCT value, record FROM facet WHERE facet IN ({_ROLES}) AND value IN ({marks})
            )
            SELECT a.value, b.value, count(*) FROM chosen a JOIN chosen b ON a.record = b.record AND a.value < b.value
            GROUP BY a.value, b.value""",  # noqa: S608 - names of ours, and marks
            names,
        )
        return {(first, second): number for first, second, number in rows}

    def agents(self, kind: str) -> Iterator[tuple[str, int]]:
        """Yield the persons, or the organizations, with the number of records that they have a part in."""
        yield from self._database.execute(
            """SELECT s.slug, (SELECT count(DISTINCT record) FROM site_agent a WHERE a.kind = ?1 AND a.slug = s.slug)
            FROM (SELECT DISTINCT slug FROM site_said WHERE kind = ?1
                  UNION SELECT DISTINCT slug FROM site_agent WHERE kind = ?1) s ORDER BY s.slug""",
            (kind,),
        )

    def places(self, most: int) -> list[tuple[Entry, float, float]]:
        """Return the records whose coordinates are known, with latitude and longitude."""
        rows = self._database.execute(
            f"""SELECT s.kind, s.slug, r.title, s.language, r.date, s.seconds, s.latitude, s.longitude
            FROM site_record s JOIN record r ON r.id = s.record WHERE s.latitude IS NOT NULL
            ORDER BY {_DATE_ORDER} LIMIT ?""",  # noqa: S608 - a text of ours
            (most,),
        )
        return [(Entry(*row[:6]), row[6], row[7]) for row in rows]

    def counts(self) -> dict[str, int]:
        """Return how much there is of what."""
        row = self._database.execute(
            """SELECT count(*), coalesce(sum(kind = 'session'), 0), coalesce(sum(seconds), 0) FROM site_record"""
        ).fetchone()
        found = dict(zip(("records", "sessions", "seconds"), row, strict=True))
        for kind in KINDS:
            found[kind] = sum(1 for _ in self.things(kind))
        return found


def _mentions(kind: str, slug: str) -> tuple[str, tuple[str, ...]]:
    """Return a query for the records that speak of a thing, each with a role, and its values."""
    if kind == "concept":
        return f"SELECT facet AS role, record FROM facet WHERE facet IN ({_ROLES}) AND value = ?", (slug,)  # noqa: S608
    if kind == "collection":
        return "SELECT 'member' AS role, record FROM facet WHERE facet = 'collection' AND value = ?", (slug,)
    return "SELECT role, record FROM site_agent WHERE kind = ? AND slug = ?", (kind, slug)
