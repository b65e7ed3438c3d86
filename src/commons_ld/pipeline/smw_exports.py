"""Find what exports of Semantic MediaWiki say of a page, and read it when the page's record is made.

The ledger keeps only where it stands and a digest of it: a text of an export may name somebody whom only the
page's chat tells to be withheld, so that what it says is read from the file each time, and redacted with the page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from commons_ld.dates import DateOrder
from commons_ld.ledger import Exported, Ledger
from commons_ld.origin import Origin
from commons_ld.pipeline.merging import merge
from commons_ld.record import MediaRecord, Remark
from commons_ld.text import fold

__all__ = ["Exports", "Known", "described", "fingerprint", "name_of", "wiki_key"]


def name_of(record: MediaRecord) -> str:
    """Return what a page and its exports find each other by: a digest of the title, however it is written."""
    return hashlib.sha256(fold(record.title).encode()).hexdigest()[:32]


def wiki_key(record: MediaRecord) -> str:
    """Return the page's number on its wiki, ``wiki.example.org#12``, or ``""`` where it is not told."""
    revision = record.revision
    return f"{revision.wiki}#{revision.page_id}" if revision and revision.wiki and revision.page_id else ""


def fingerprint(found: Sequence[Exported]) -> str:
    """Return a digest of what exports say of a page; ``""`` if there are none."""
    # Where it stands counts too, since a remark may name it.
    return hashlib.sha256(repr([(row.path, row.sha256) for row in found]).encode()).hexdigest() if found else ""


def described(path: str, number: int, record: MediaRecord) -> Exported:
    """Return what the ledger keeps of a record of an export."""
    saved = record.revision.timestamp if record.revision else ""
    said = replace(record, origin=Origin(""), remarks=())
    digest = hashlib.sha256(msgspec.msgpack.encode(said)).hexdigest()
    return Exported(path, number, name_of(record), wiki_key(record), saved, digest)


#: Records are held packed: those of a dump of a wiki, as long as the run takes.
_pack: Final = msgspec.msgpack.Encoder().encode


class Places(Protocol):
    """Who knows where exports tell of a page, such as the ledger."""

    def exports(self, name: str, key: str, /) -> list[Exported]:
        """Return what exports tell of a page, the one that was saved last first."""


class Known:
    """What a ledger knows of exports, without the ledger: for processes that have none.

    >>> row = Exported("file", 0, "name", "", "2024-01-01T00:00:00Z", "00")
    >>> Known([row]).exports("name", "") == [row], Known([row]).exports("other", "")
    (True, [])
    """

    def __init__(self, rows: Iterable[Exported]) -> None:
        self._rows: Final[dict[tuple[str, str], list[Exported]]] = {}
        for row in rows:
            for sought in (("name", row.name), ("key", row.key)):
                self._rows.setdefault(sought, []).append(row)

    def exports(self, name: str, key: str, /) -> list[Exported]:
        """Return what exports tell of a page, the one that was saved last first."""
        found = {*self._rows.get(("name", name), ()), *(self._rows.get(("key", key), ()) if key else ())}
        ordered = sorted(found, key=lambda row: (row.path, row.number))
        return sorted(ordered, key=lambda row: row.saved, reverse=True)


class Exports:
    """What the exports among the sources say, in one run.

    :param places: the ledger, or what it knows
    :param load: what yields the records of a file, given what the ledger calls it
    :param order: what comes first in a day that ends with the year, as the settings say
    """

    def __init__(self, places: Places, load: Callable[[str], Iterable[MediaRecord]], order: DateOrder = "") -> None:
        self._order: Final = order
        self._places: Final = places
        self._load: Final = load
        self._loaded: Final[dict[str, list[bytes]]] = {}

    def keep(self, ledger: Ledger, path: str, records: Iterable[MediaRecord]) -> None:
        """Have the ledger note what a file says that was read in this run, so that it need not be read twice."""
        described_records = []
        self._loaded[path] = []
        for number, record in enumerate(records):
            described_records.append(described(path, number, record))
            self._loaded[path].append(_pack(record))
        ledger.put_exports(path, described_records)

    def changed_sources(self, ledger: Ledger) -> set[str]:
        """Return the files with pages of which exports say something else than when their records were made."""
        return {
            path
            for path, key, name, made_with in ledger.pages_with_exports()
            if fingerprint(ledger.exports(name, key)) != made_with
        }

    def merged(self, page: MediaRecord) -> tuple[MediaRecord, str]:
        """Return the record of a page, with what its exports say, and a digest of these."""
        found = self._places.exports(name_of(page), wiki_key(page))
        export = self.record(found)
        return (merge(page, export, self._order) if export else page), fingerprint(found)

    def record(self, found: Sequence[Exported]) -> MediaRecord | None:
        """Return what the latest of some exports of one page says."""
        if not found:
            return None
        record = self._record(found[0])
        others = [row for row in found[1:] if row.sha256 != found[0].sha256]
        if record and others and (other := self._record(others[0])):
            remark = Remark("several-exports", value=other.origin.path)
            record = replace(record, remarks=(*record.remarks, remark))
        return record

    def _record(self, row: Exported) -> MediaRecord | None:
        if row.path not in self._loaded:
            self._loaded[row.path] = [_pack(record) for record in self._load(row.path)]
        records = self._loaded[row.path]
        if row.number >= len(records):
            return None  # somebody wrote to the file meanwhile; the next run reads it again
        return msgspec.msgpack.decode(records[row.number], type=MediaRecord)
