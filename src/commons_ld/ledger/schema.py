"""The tables of the publication ledger, and what makes those of each older version into those of the next."""

from __future__ import annotations

from typing import Final

__all__ = ["MIGRATIONS", "SCHEMA", "VERSION"]

VERSION: Final = 7

_EXPORT: Final = """\
CREATE TABLE export (
    path TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    saved TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (path, number)
) WITHOUT ROWID;
CREATE INDEX page_name ON page (name);
CREATE INDEX export_name ON export (name);
CREATE INDEX export_key ON export (key)
"""

_CHANGE: Final = """\
CREATE TABLE change (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    target TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    cause TEXT NOT NULL,
    record TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX change_subject ON change (subject, number);
CREATE INDEX page_subject ON page (subject);
CREATE TABLE version (number INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE suppression (digest TEXT PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID
"""

_PART: Final = """\
CREATE TABLE part (path TEXT PRIMARY KEY, digests BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX page_line ON page (path, line)
"""

#: Where pages are found of which there is something to do, without going through all of them; and by how many bytes
#: blocks moved, from the page of a name in IRIs on (:mod:`commons_ld.ledger.shifts`).
_SINCE_7: Final = """\
CREATE INDEX page_todo ON page (slug) WHERE present AND changed;
CREATE INDEX page_absent ON page (slug) WHERE NOT present;
CREATE INDEX page_record ON page (key) WHERE record <> x'';
CREATE INDEX page_exports ON page (key) WHERE exports <> '';
CREATE TABLE shift (slug TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID
"""

#: What makes a new ledger.
SCHEMA: Final = (
    """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    refusals BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE page (
    key TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    slug TEXT UNIQUE,
    title TEXT NOT NULL,
    former_titles BLOB NOT NULL DEFAULT x'90',
    record_sha256 TEXT NOT NULL,
    record BLOB NOT NULL,
    changed INTEGER NOT NULL DEFAULT 1,
    present INTEGER NOT NULL DEFAULT 1,
    first_seen TEXT NOT NULL,
    last_changed TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '',
    held INTEGER NOT NULL DEFAULT 0,
    start INTEGER NOT NULL DEFAULT 0,
    length INTEGER NOT NULL DEFAULT 0,
    findings BLOB NOT NULL DEFAULT x'',
    reader TEXT NOT NULL DEFAULT '',
    described INTEGER NOT NULL DEFAULT 0,
    description_sha256 TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    exports TEXT NOT NULL DEFAULT '',
    renamed INTEGER NOT NULL DEFAULT 0,
    line INTEGER NOT NULL DEFAULT 0
);
"""
    + _EXPORT
    + ";\n"
    + _CHANGE
    + ";\n"
    + _PART
    + ";\n"
    + _SINCE_7
)


#: What makes a ledger of each older version one of the next; names in IRIs are kept.
MIGRATIONS: Final = {
    1: """
ALTER TABLE page ADD COLUMN reader TEXT NOT NULL DEFAULT '';
ALTER TABLE page ADD COLUMN described INTEGER NOT NULL DEFAULT 0;
ALTER TABLE page ADD COLUMN description_sha256 TEXT NOT NULL DEFAULT ''
""",
    2: """
UPDATE source SET size = -1, sha256 = '';
ALTER TABLE page ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE page ADD COLUMN exports TEXT NOT NULL DEFAULT '';
"""
    + _EXPORT,
    3: """
ALTER TABLE page ADD COLUMN renamed INTEGER NOT NULL DEFAULT 0;
"""
    + _CHANGE,
    4: """
DROP INDEX page_path;
ALTER TABLE page ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
"""
    + _PART,
    # The same tables; the digest of what they hold is another one.
    5: "",
    6: """
ALTER TABLE source DROP COLUMN seen;
"""
    + _SINCE_7,
}
