"""The intake: read the sources that changed, withhold personal data, and note the pages in the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import msgspec

from commons_ld.errors import InvalidRecord
from commons_ld.files.parts import EVERY_LINE, changed
from commons_ld.iris import RESERVED, numbered, slug
from commons_ld.ledger import Exported, Ledger, SourceFile
from commons_ld.outputs.report import Refusal
from commons_ld.pipeline import receiving
from commons_ld.pipeline.finding import Found, digest_of, is_export, sha256_of, size_of, state_of
from commons_ld.pipeline.reading import (
    DUPLICATE,
    UNREAD,
    Begin,
    End,
    Given,
    Keep,
    Reading,
    Refuse,
    Step,
    Take,
    looked_at,
)
from commons_ld.pipeline.receiving import Raw, Receiving, Taken, complete, is_page, key_of
from commons_ld.pipeline.smw_exports import Exports, fingerprint
from commons_ld.privacy import Policy, policy_of, redact, redact_error
from commons_ld.processes.sharing import Processes
from commons_ld.record import MediaRecord
from commons_ld.settings import Settings

__all__ = [
    "Refused",
    "name_pages",
    "read_export",
    "reread",
    "take_in",
    "unclaimed",
]


def take_in(
    ledger: Ledger,
    found: Sequence[Found],
    settings: Settings,
    progress: Callable[[int], None],
    processes: Processes | None = None,
) -> int:
    """Bring the ledger up to date with the sources; return how many files were as before, and were skipped.

    :param progress: called with how many bytes of the files are read since the last call
    :param processes: who reads pages and withholds personal data; by default this process does
    """
    policy = policy_of(settings, ledger.log.suppressions())
    files = {digest_of(file): file for file in found}
    exports = _exports(ledger, files, settings)
    intake = _Intake(ledger, files, settings, policy, exports)
    ledger.begin(files)
    ledger.clear_exported_pages()
    skipped = 0
    for digest, file in files.items():
        if is_export(file):
            now, is_as_before, _ = looked_at(ledger, file, digest)
            if is_as_before:
                ledger.keep_source(digest, now)
                skipped += 1
            else:
                read_export(ledger, file, digest, policy, exports)
            progress(size_of(file))
    ledger.drop_unseen_exports()
    for steps, taken in (processes or Processes()).beside(intake.receive, intake.reading.steps()):
        progress(intake.take(steps, iter(taken or ())))
    intake.put_exported()
    name_pages(ledger)
    return skipped + intake.skipped


def _exports(ledger: Ledger, files: Mapping[str, Found], settings: Settings) -> Exports:
    """Return what exports say; what is refused of a file that is read a second time was told the first time."""

    def load(digest: str) -> Iterator[MediaRecord]:
        return receiving.read_records(files[digest], lambda _error: None)

    return Exports(ledger, load, settings.date_order)


def read_export(ledger: Ledger, file: Found, digest: str, policy: Policy, exports: Exports) -> None:
    """Note which pages a file of exports tells of; what it says is read when a record is made of it."""
    state = (state_of(file) or UNREAD)._replace(sha256=sha256_of(file))
    refused = Refused()
    ledger.clear_pages(digest)
    exports.keep(
        ledger, digest, receiving.read_records(file, lambda error: refused.add(Refusal.of(redact_error(error, policy))))
    )
    ledger.read_source(digest, state, refused.encoded())


def unclaimed(ledger: Ledger) -> Iterator[tuple[str, list[Exported]]]:
    """Yield what each page is known by that exports alone tell of, and these exports."""
    for _, group in groupby(ledger.unclaimed_exports(), key=lambda row: row.name):
        rows = list(group)
        yield rows[0].key or f"{rows[0].path}#{rows[0].name}", rows


class _Intake:
    """The taking in of sources, in one run: the ledger follows in the order in which reading goes ahead."""

    def __init__(
        self, ledger: Ledger, files: Mapping[str, Found], settings: Settings, policy: Policy, exports: Exports
    ) -> None:
        self._ledger, self._files, self._policy, self._exports = ledger, files, policy, exports
        self._receiving: Final = Receiving(settings, policy)
        self.reading: Final = Reading(ledger, files, self._receiving, exports)
        self._today: Final = dt.datetime.now(tz=dt.UTC).date().isoformat()
        self._refused = Refused()
        self._shares_pages = self._is_sparse = self._is_doubtful = False
        self._state, self._parts = UNREAD, b""
        #: How many files were as before.
        self.skipped = 0

    @property
    def receive(self) -> Callable[[Sequence[Given]], list[list[Taken | Refusal]]]:
        """What reads and redacts, in whatever process."""
        return self._receiving.receive

    def take(self, steps: Sequence[Step], taken: Iterator[list[Taken | Refusal]]) -> int:
        """Do what was read ahead; return how many bytes of the files are done with it.

        :param taken: what was received, for each :class:`~commons_ld.pipeline.reading.Take` among the steps
        """
        done = 0
        for step in steps:
            match step:
                case Keep(digest, state, size):
                    self._keep(digest, state)
                    done += size
                case Begin(digest, state, parts, same):
                    self._refused, self._shares_pages, self._is_doubtful = Refused(), False, False
                    self._state, self._parts, self._is_sparse = state, parts, bool(same)
                    self._ledger.clear_pages(digest, changed(same) if same else EVERY_LINE)
                case Refuse(refusal):
                    self._refused.add(refusal)
                case Take(digest, size):
                    for one in next(taken):
                        self._put(digest, one)
                    done += size
                case End(digest, size):
                    self._end(digest)
                    done += size
        return done

    def _end(self, digest: str) -> None:
        if self._is_doubtful:
            # A page of a part that was read has a name that one of another part has: which is first, all tell.
            self._read_here(digest, is_whole=True)
            return
        # Another file may lose the page one day: this one is read again in every run, to have it then.
        state = SourceFile(-1, 0, "shared") if self._shares_pages else self._state
        self._ledger.read_source(digest, state, self._refused.encoded(), self._parts)

    def _keep(self, digest: str, state: SourceFile) -> None:
        """Keep a file that was as before when its turn came to be read, unless it gave up a page to another since."""
        known = self._ledger.source(digest)
        if known is not None and known.sha256 == state.sha256:
            self._ledger.keep_source(digest, state)
            self.skipped += 1
            return
        self._read_here(digest)

    def _read_here(self, digest: str, *, is_whole: bool = False) -> None:
        """Read a file now, and put its records into the ledger one at a time."""
        is_alone = is_whole and not self._ledger.has_exports()
        file = self._files[digest]
        for step, raw in self.reading.read(digest, file, UNREAD, b"", is_alone=is_alone, is_whole=is_whole):
            self.take([step], iter(self._receiving.receive([raw]) if raw is not None else ()))

    def _put(self, digest: str, one: Taken | Refusal) -> None:
        if isinstance(one, Refusal):
            self._refused.add(one)
        elif self._policy.suppressed.holds_page(one.key, one.slug):
            pass
        elif holder := self._ledger.met_in(one.key, digest):
            self._shares_pages = self._shares_pages or holder != digest
            self._is_doubtful = self._is_doubtful or self._is_sparse
            duplicate = InvalidRecord(DUPLICATE, origin=one.origin, field="identifier", value=one.called)
            self._refused.add(self._receiving.refusal(duplicate))
        else:
            _put(self._ledger, digest, one, self._today, self._files[digest])

    def put_exported(self) -> None:
        """Make records of the exports of pages whose own text is in no source."""
        for key, rows in unclaimed(self._ledger):
            path = rows[0].path
            if self._ledger.met_in(key, path) or self._ledger.keep_page(key, fingerprint(rows)):
                continue
            record = self._exports.record(rows)
            if record is not None:
                taken = self._receiving.taken(Raw(self._files[path], key, record, made_with=fingerprint(rows)))
                if not self._policy.suppressed.holds_page(key, taken.slug):
                    _put(self._ledger, path, taken, self._today, self._files[path])


class Refused:
    """What was refused of a file, encoded at once: a wiki may hold a hundred thousand pages that are no records."""

    def __init__(self) -> None:
        self._encoder, self._items, self._count = msgspec.msgpack.Encoder(), bytearray(), 0

    def add(self, refusal: Refusal) -> None:
        self._items += self._encoder.encode(refusal)
        self._count += 1

    def encoded(self) -> bytes:
        """Return all of them as MessagePack: an ``array 32``, of which the items need no more than to follow."""
        return b"\xdd" + self._count.to_bytes(4, "big") + bytes(self._items)


def _put(ledger: Ledger, digest: str, taken: Taken, today: str, file: Found) -> None:
    former = ledger.title(taken.key)
    reader = file.source.name if file.source else ""
    ledger.put_page(
        taken.key,
        digest,
        taken.title,
        taken.record,
        today,
        reader,
        line=taken.origin.line,
        name=taken.name,
        exports=taken.made_with,
    )
    if former is not None and former != taken.title:
        ledger.retitle(taken.key, taken.title, former)


def reread(
    ledger: Ledger, found: Sequence[Found], keys: Collection[str], paths: Collection[str], settings: Settings
) -> dict[str, MediaRecord]:
    """Return the records of some pages by their keys, as an export would read them now, without personal data.

    :param keys: of the pages, as the ledger has them
    :param paths: of their files, as the ledger has them: no other file is opened, but for what is exported of a page
    """
    policy = policy_of(settings, ledger.log.suppressions())
    files = {digest_of(file): file for file in found}
    exports = _exports(ledger, files, settings)
    records: dict[str, MediaRecord] = {}
    for digest, file in files.items():
        if digest in paths and not is_export(file):
            for raw in receiving.read_records(file, lambda _error: None):
                key = key_of(raw, file, policy)
                if key in keys and key not in records:
                    whole = exports.merged(raw)[0] if is_page(raw, file) else raw
                    records[key] = complete(redact(whole, policy), file, settings)
                    if len(records) == len(keys):
                        break  # the rest of a dump need not be read
    for key, rows in unclaimed(ledger):
        if key in keys and key not in records and rows[0].path in files and (exported := exports.record(rows)):
            records[key] = complete(redact(exported, policy), files[rows[0].path], settings)
    return records


def name_pages(ledger: Ledger) -> None:
    """Give every new page its name in IRIs: that of its title, or with a number where another page has that."""
    for key, title in ledger.unnamed():
        natural = slug(title)
        holder = ledger.holder(natural)
        if holder and not holder.present:
            ledger.inherit(key, holder.key, title)
        elif not holder and natural not in RESERVED:
            ledger.name_page(key, natural)
        else:
            ledger.name_page(key, numbered(natural, lambda name: name in RESERVED or ledger.holder(name) is not None))
