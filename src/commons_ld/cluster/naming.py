"""What one process decides for all: which record stands where two have one name, what each is called, what goes where.

The ledger knows it, as after an export on one machine: names in IRIs last from one export to the next, wherever these
are made. Of a record it is told where it lies, and not the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from commons_ld.cluster.places import Place
from commons_ld.cluster.taking import Entry, Index, Refused, index_of, put_aside
from commons_ld.cluster.units import File, Unit, local
from commons_ld.errors import InvalidRecord
from commons_ld.iris import RESERVED, slug
from commons_ld.ledger import Arrival, Ledger, Placed, SourceFile
from commons_ld.pipeline.finding import digest_of, is_export
from commons_ld.pipeline.intake import Refused as RefusedOfFile
from commons_ld.pipeline.intake import name_pages, read_export, unclaimed
from commons_ld.pipeline.reading import DUPLICATE
from commons_ld.pipeline.receiving import Raw, Receiving, Taken, read_records
from commons_ld.pipeline.smw_exports import Exports
from commons_ld.privacy import Policy
from commons_ld.record import MediaRecord
from commons_ld.settings import Settings

__all__ = ["Naming", "said"]

#: About how many shards there are; how many records are in one at least, and at most.
_SHARDS, _LEAST, _MOST = 128, 250, 20_000
#: A file that the next export on one machine reads, whatever the ledger says of it.
_UNKNOWN: Final = SourceFile(-1, 0, "")


class Naming:
    """The ledger, while it is told of the records that tasks took in.

    :param policy: what is withheld
    :param files: all of the sources
    """

    def __init__(self, ledger: Ledger, settings: Settings, policy: Policy, files: Sequence[File]) -> None:
        self._ledger, self._policy = ledger, policy
        self._receiving: Final = Receiving(settings, policy)
        self._today: Final = dt.datetime.now(tz=dt.UTC).date().isoformat()
        self._file, self._refusals = "", RefusedOfFile()
        digests = [digest_of(file.found) for file in files]
        ledger.forget_work()
        ledger.begin(digests)
        ledger.clear_exported_pages()
        for digest in digests:
            ledger.clear_pages(digest)
        #: The files of what is exported of pages, by what the ledger calls them.
        self.exported: Final = {
            digest: file for digest, file in zip(digests, files, strict=True) if is_export(file.found)
        }
        self._exports: Final = Exports(ledger, self._read, settings.date_order)
        for digest, file in self.exported.items():
            with local(file) as found:
                read_export(ledger, found, digest, policy, self._exports)
        ledger.drop_unseen_exports()
        ledger.arrivals.begin()

    def take(self, number: int, unit: Unit, index: Index) -> None:
        """Note the records of a unit; units are given in their order.

        :param number: of the unit
        """
        arriving = _Arriving(self._ledger, number, [row for row in index if isinstance(row, Entry)])
        rows = iter(index)
        row = next(rows, None)
        for place, file in enumerate(unit.files):
            digest = digest_of(file.found)
            if digest != self._file:
                self._end_file()
                self._file, self._refusals = digest, RefusedOfFile()
            while row is not None and row.file == place:
                if isinstance(row, Refused):
                    self._refusals.add(row.refusal)
                elif not arriving.add(digest, file, row):
                    duplicate = InvalidRecord(DUPLICATE, origin=row.origin, field="identifier", value=row.called)
                    self._refusals.add(self._receiving.refusal(duplicate))
                row = next(rows, None)
        arriving.put(self._today)

    def end(self, place: Place, folder: str, number: int) -> None:
        """Take in what only exports tell of, once all units were taken, and give every new page its name in IRIs.

        :param number: of the unit that they make
        """
        self._end_file()
        taken = list(self._unclaimed())
        put_aside(place, folder, number, enumerate(one for _, one in taken))
        index = msgspec.msgpack.decode(place.read(index_of(folder, number)), type=list[Entry])
        arriving = _Arriving(self._ledger, number, index)
        for (digest, _), entry in zip(taken, index, strict=True):
            arriving.add(digest, self.exported[digest], entry)
        arriving.put(self._today)
        self._unname()
        name_pages(self._ledger)

    def _unname(self) -> None:
        """Take the names from new pages that others want as well, or that one which wants another may get."""
        wanted = {slug(title) for _, title in self._ledger.unnamed()}
        while wanted:
            wanted.update(self._ledger.arrivals.unname(wanted.pop()))

    def _unclaimed(self) -> Iterator[tuple[str, Taken]]:
        for key, rows in unclaimed(self._ledger):
            digest = rows[0].path
            record = None if self._ledger.met_in(key, digest) else self._exports.record(rows)
            if record is not None:
                taken = self._receiving.taken(Raw(self.exported[digest].found, key, record))
                if not self._policy.suppressed.holds_page(key, taken.slug):
                    yield digest, taken

    def _read(self, digest: str) -> Iterator[MediaRecord]:
        with local(self.exported[digest]) as found:
            yield from read_records(found, lambda _error: None)

    def shards(self) -> Iterator[list[Placed]]:
        """Yield what goes into each shard; it depends on the records alone where one ends."""
        return self._ledger.arrivals.placed(min(_MOST, max(_LEAST, -(-self._ledger.count() // _SHARDS))))

    def sum_up(self) -> None:
        """Have the ledger do what it has to before it is kept, while others are at work."""
        self._ledger.arrivals.end()

    def settle(self) -> None:
        """Have the ledger keep the names alone: the next export on one machine reads everything."""
        for name in ("generation", "made_with", "report", "refused"):
            self._ledger.set_meta(name, "")
        self._ledger.commit()

    def _end_file(self) -> None:
        if self._file:
            self._ledger.read_source(self._file, _UNKNOWN, self._refusals.encoded())


class _Arriving:
    """The records of a unit, which the ledger is told of together.

    :param unit: its number
    """

    def __init__(self, ledger: Ledger, unit: int, entries: Sequence[Entry]) -> None:
        self._ledger, self._unit = ledger, unit
        self._known: Final = ledger.arrivals.known(entry.key for entry in entries)
        self._entries: Final[dict[str, Entry]] = {}
        self._arrived: Final[list[Arrival]] = []

    def add(self, digest: str, file: File, entry: Entry) -> bool:
        """Note a record of a file, unless one of that key was met before; return whether there was none."""
        known = self._known.get(entry.key)
        if entry.key in self._entries or (known is not None and known.is_met):
            return False
        self._entries[entry.key] = entry
        self._arrived.append(
            Arrival(
                entry.key,
                digest,
                None if entry.slug in RESERVED else entry.slug,
                entry.title,
                entry.sha256.hex(),
                file.found.source.name if file.found.source else "",
                entry.name,
                entry.origin.line,
            )
        )
        if known is not None and known.title != entry.title:
            self._ledger.retitle(entry.key, entry.title, known.title)
        return True

    def put(self, today: str) -> None:
        """Tell the ledger."""
        lying = ((key, self._unit, one.start, one.length, one.sha256) for key, one in self._entries.items())
        self._ledger.arrivals.put(self._arrived, lying, today)


def said(planned: Iterable[Placed]) -> bytes:
    """Return what the bytes of a shard depend on, besides settings and code: not on where the records lie."""
    return msgspec.msgpack.encode(
        [(one.key, one.slug, one.title, one.former_titles, one.reader, one.sha256) for one in planned]
    )
