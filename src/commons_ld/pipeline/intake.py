"""The intake: read the sources that changed, withhold personal data, and note the pages in the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

import msgspec

from commons_ld.errors import InvalidRecord, MalformedSource, SourceError
from commons_ld.files.parts import EVERY_LINE, LINES, changed, digests_of, pieces_of, unchanged
from commons_ld.iris import RESERVED, numbered, slug
from commons_ld.ledger import Exported, Ledger, SourceFile
from commons_ld.origin import Origin
from commons_ld.outputs.report import Refusal
from commons_ld.pipeline import receiving
from commons_ld.pipeline.finding import Found, digest_of, is_export, sha256_of, size_of, state_of
from commons_ld.pipeline.receiving import Lines, Raw, Receiving, Taken, complete, is_page, key_of
from commons_ld.pipeline.smw_exports import Exports, fingerprint
from commons_ld.privacy import Policy, policy_of, redact, redact_error
from commons_ld.processes.sharing import Processes
from commons_ld.record import MediaRecord
from commons_ld.settings import Settings
from commons_ld.sources.json_records import MAX_RECORD

__all__ = [
    "DUPLICATE",
    "Refused",
    "name_pages",
    "read_export",
    "reread",
    "take_in",
    "unclaimed",
]

#: What is told of a record whose name another one before it has.
DUPLICATE: Final = "duplicate-identifier"
#: How many records, or files of one page, are received together; and how many steps wait with them.
_BATCH, _MOST_STEPS = 24, 1000


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
            now, is_as_before, _ = _looked_at(ledger, file, digest)
            if is_as_before:
                ledger.keep_source(digest, now)
                skipped += 1
            else:
                read_export(ledger, file, digest, policy, exports)
            progress(size_of(file))
    ledger.drop_unseen_exports()
    for steps, taken in (processes or Processes()).beside(intake.receive, intake.steps()):
        progress(intake.take(steps, iter(taken or ())))
    intake.put_exported()
    name_pages(ledger)
    return skipped + intake.skipped


def _has_parts(file: Found) -> bool:
    """Tell whether a file has a record a line, whatever is in the other lines."""
    return file.source is not None and file.source.name == "json-lines" and file.sidecar is None


def _looked_at(ledger: Ledger, file: Found, digest: str) -> tuple[SourceFile, bool, bytes]:
    """Return what a file is now, and whether it holds what it held before; and what :func:`_summed` does.

    The latter as far as that was asked for.
    """
    now, known = state_of(file), ledger.source(digest)
    if now is None or known is None:
        return SourceFile(-1, 0, ""), False, b""
    if now.mtime_ns >= 0 and now[:2] == known[:2]:
        return now._replace(sha256=known.sha256), True, b""
    sha256, parts = _summed(file)
    return now._replace(sha256=sha256), sha256 == known.sha256, parts


def _summed(file: Found) -> tuple[str, bytes]:
    """Return what tells whether a file holds what it held before, and the digests of its parts, if it has some."""
    if not _has_parts(file):
        return sha256_of(file), b""
    try:
        parts = digests_of(file.path)
    except OSError:
        return "", b""
    return hashlib.sha256(parts).hexdigest(), parts


def _exports(ledger: Ledger, files: Mapping[str, Found], settings: Settings) -> Exports:
    """Return what exports say; what is refused of a file that is read a second time was told the first time."""

    def load(digest: str) -> Iterator[MediaRecord]:
        return receiving.read_records(files[digest], lambda _error: None)

    return Exports(ledger, load, settings.date_order)


def read_export(ledger: Ledger, file: Found, digest: str, policy: Policy, exports: Exports) -> None:
    """Note which pages a file of exports tells of; what it says is read when a record is made of it."""
    state = (state_of(file) or SourceFile(-1, 0, ""))._replace(sha256=sha256_of(file))
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


class _Step(NamedTuple):
    """Something to do with what a file holds, in turn.

    :param digest: what the ledger knows the file by
    :param what: ``begin``, ``refuse``, ``take``, ``end``, or ``keep`` where the file is as before
    :param done: how many bytes of the file are read with it
    :param parts: digests of the parts that it has now, if it is looked at in parts
    :param same: those that are as before, whose pages stand
    """

    digest: str
    what: str
    state: SourceFile | None = None
    refusal: Refusal | None = None
    done: int = 0
    parts: bytes = b""
    same: Mapping[int, int] = {}


#: What is to be done, what is received for it, and whether that is anything.
_Given = Raw | Found | Lines
_Steps = tuple[list[_Step], list[_Given], bool]


class _Intake:
    """The taking in of sources, in one run: reading goes ahead, and the ledger follows in the same order."""

    def __init__(
        self, ledger: Ledger, files: Mapping[str, Found], settings: Settings, policy: Policy, exports: Exports
    ) -> None:
        self._ledger, self._files, self._policy, self._exports = ledger, files, policy, exports
        self._receiving: Final = Receiving(settings, policy)
        self._today: Final = dt.datetime.now(tz=dt.UTC).date().isoformat()
        self._refused = Refused()
        self._shares_pages = self._is_sparse = self._is_doubtful = False
        self._state, self._parts = SourceFile(-1, 0, ""), b""
        #: How many files were as before.
        self.skipped = 0

    @property
    def receive(self) -> Callable[[Sequence[_Given]], list[list[Taken | Refusal]]]:
        """What reads and redacts, in whatever process."""
        return self._receiving.receive

    # ── Reading ahead ────────────────────────────────────────────────────────────────────────────────────

    def steps(self) -> Iterator[_Steps]:
        """Yield what there is to do, some records at a time."""
        steps: list[_Step] = []
        given: list[_Given] = []
        for step, what in self._each():
            steps.append(step)
            if what is not None:
                given.append(what)
            if len(given) == _BATCH or len(steps) == _MOST_STEPS or isinstance(what, Lines):
                yield steps, given, bool(given)
                steps, given = [], []
        yield steps, given, bool(given)

    def _each(self) -> Iterator[tuple[_Step, _Given | None]]:
        outdated = self._exports.changed_sources(self._ledger)
        has_exports = self._ledger.has_exports()
        for digest, file in self._files.items():
            if is_export(file):
                continue
            now, is_as_before, parts = _looked_at(self._ledger, file, digest)
            if digest not in outdated and is_as_before:
                yield _Step(digest, "keep", state=now, done=size_of(file)), None
            else:
                yield from self._read(digest, file, now, parts, is_alone=not has_exports)

    def _read(
        self, digest: str, file: Found, state: SourceFile, parts: bytes, *, is_alone: bool, is_whole: bool = False
    ) -> Iterator[tuple[_Step, _Given | None]]:
        # Taken before the file is read: if somebody writes to it meanwhile, the next run reads it again.
        if not state.sha256 or (_has_parts(file) and not parts):
            state = state_of(file) or state
            sha256, parts = _summed(file)
            state = state._replace(sha256=sha256)
        parts = parts if is_alone else b""
        same, stands = (dict[int, int](), list[Refusal]()) if is_whole else self._same(digest, parts)
        size, done = size_of(file), 0
        yield _Step(digest, "begin", state=state, parts=parts, same=same), None
        if is_alone and file.source is not None and file.source.is_page:
            yield _Step(digest, "take"), file
        elif parts:
            for step, lines in self._lines(digest, file, same):
                while lines and stands and stands[0].origin.line <= lines.piece.line:
                    yield _Step(digest, "refuse", refusal=stands.pop(0)), None
                yield step, lines
                done += step.done
            yield from ((_Step(digest, "refuse", refusal=refusal), None) for refusal in stands)
        else:
            yield from self._records(digest, file)
        yield _Step(digest, "end", done=max(0, size - done)), None

    def _lines(self, digest: str, file: Found, same: Mapping[int, int]) -> Iterator[tuple[_Step, Lines | None]]:
        done = 0
        try:
            for piece in pieces_of(file.path, same, MAX_RECORD):
                yield _Step(digest, "take", done=piece.end - done), Lines(file, piece)
                done = piece.end
        except OSError as error:
            unreadable = MalformedSource("unreadable", origin=Origin(file.name), value=error.strerror or "")
            yield _Step(digest, "refuse", refusal=self._receiving.refusal(unreadable)), None

    def _records(self, digest: str, file: Found) -> Iterator[tuple[_Step, Raw | None]]:
        refused: list[Refusal] = []

        def reject(error: SourceError) -> None:
            refused.append(self._receiving.refusal(error))

        for record in receiving.read_records(file, reject):
            yield from ((_Step(digest, "refuse", refusal=refusal), None) for refusal in refused)
            refused.clear()
            yield _Step(digest, "take"), self._raw(record, file)
        yield from ((_Step(digest, "refuse", refusal=refusal), None) for refusal in refused)

    def _same(self, digest: str, parts: bytes) -> tuple[dict[int, int], list[Refusal]]:
        """Return which parts of a file are as before, and what was refused of them."""
        before, refusals = self._ledger.parts(digest) if parts else (b"", b"")
        known = msgspec.msgpack.decode(refusals, type=list[Refusal]) if before else []
        if any(refusal.code == DUPLICATE for refusal in known):
            return {}, []  # what is refused for another part may be due once that one is gone
        same = unchanged(before, parts)
        return same, [refusal for refusal in known if (refusal.origin.line - 1) // LINES in same]

    def _raw(self, record: MediaRecord, file: Found) -> Raw:
        # What an export says of the page's number does not change what the page is known by.
        raw = self._receiving.raw(record, file)
        if not is_page(record, file):
            return raw
        whole, made_with = self._exports.merged(record)
        return raw._replace(record=whole, made_with=made_with)

    # ── Following in the ledger ──────────────────────────────────────────────────────────────────────────

    def take(self, steps: Sequence[_Step], taken: Iterator[list[Taken | Refusal]]) -> int:
        """Do what was read ahead; return how many bytes of the files are done with it."""
        done = 0
        for step in steps:
            if step.what == "keep" and step.state is not None:
                self._keep(step.digest, step.state)
            elif step.what == "begin":
                self._refused, self._shares_pages, self._is_doubtful = Refused(), False, False
                self._state, self._parts, self._is_sparse = step.state or self._state, step.parts, bool(step.same)
                self._ledger.clear_pages(step.digest, changed(step.same) if step.same else EVERY_LINE)
            elif step.what == "refuse" and step.refusal is not None:
                self._refused.add(step.refusal)
            elif step.what == "take":
                for one in next(taken):
                    self._put(step.digest, one)
            elif step.what == "end" and self._is_doubtful:
                # A page of a part that was read has a name that one of another part has: which is first, all tell.
                self._read_here(step.digest, is_whole=True)
            elif step.what == "end":
                # Another file may lose the page one day: this one is read again in every run, to have it then.
                state = SourceFile(-1, 0, "shared") if self._shares_pages else self._state
                self._ledger.read_source(step.digest, state, self._refused.encoded(), self._parts)
            done += step.done
        return done

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
        unknown = SourceFile(-1, 0, "")
        file = self._files[digest]
        for step, raw in self._read(digest, file, unknown, b"", is_alone=is_alone, is_whole=is_whole):
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
