"""Read the sources ahead: what there is to do with each file, in turn, so that the ledger can follow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from commons_ld.errors import MalformedSource, SourceError
from commons_ld.files.parts import LINES, digests_of, pieces_of, unchanged
from commons_ld.ledger import Ledger, SourceFile
from commons_ld.origin import Origin
from commons_ld.outputs.report import Refusal
from commons_ld.pipeline import receiving
from commons_ld.pipeline.finding import Found, is_export, sha256_of, size_of, state_of
from commons_ld.pipeline.receiving import Lines, Raw, Receiving, is_page
from commons_ld.pipeline.smw_exports import Exports
from commons_ld.record import MediaRecord
from commons_ld.sources.json_records import MAX_RECORD

__all__ = ["DUPLICATE", "UNREAD", "Begin", "End", "Given", "Keep", "Reading", "Refuse", "Step", "Take", "looked_at"]

#: What is told of a record whose name another one before it has.
DUPLICATE: Final = "duplicate-identifier"
#: A file of which nothing is known.
UNREAD: Final = SourceFile(-1, 0, "")
#: How many records, or files of one page, are received together; and how many steps wait with them.
_BATCH, _MOST_STEPS = 24, 1000

#: What is received: a record that was read, a file that is one page, or lines with a record each.
Given = Raw | Found | Lines


class Keep(NamedTuple):
    """A file is as before.

    :param digest: what the ledger knows it by
    :param size: how many bytes it has
    """

    digest: str
    state: SourceFile
    size: int


class Begin(NamedTuple):
    """A file is read from here on.

    :param parts: digests of the parts that it has now, if it is looked at in parts
    :param same: those that are as before, whose pages stand
    """

    digest: str
    state: SourceFile
    parts: bytes
    same: Mapping[int, int]


class Refuse(NamedTuple):
    """Something of the file is refused."""

    refusal: Refusal


class Take(NamedTuple):
    """What was given with this is received: records, or refusals.

    :param size: how many bytes of the file it was read from
    """

    digest: str
    size: int = 0


class End(NamedTuple):
    """The file is read.

    :param size: how many bytes of it no other step told of
    """

    digest: str
    size: int


Step = Keep | Begin | Refuse | Take | End


def looked_at(ledger: Ledger, file: Found, digest: str) -> tuple[SourceFile, bool, bytes]:
    """Return what a file is now, and whether it holds what it held before; and what :func:`_summed` does.

    The latter as far as that was asked for.
    """
    now, known = state_of(file), ledger.source(digest)
    if now is None or known is None:
        return UNREAD, False, b""
    if now.mtime_ns >= 0 and now[:2] == known[:2]:
        return now._replace(sha256=known.sha256), True, b""
    sha256, parts = _summed(file)
    return now._replace(sha256=sha256), sha256 == known.sha256, parts


def _has_parts(file: Found) -> bool:
    """Tell whether a file has a record a line, whatever is in the other lines."""
    return file.source is not None and file.source.name == "json-lines" and file.sidecar is None


def _summed(file: Found) -> tuple[str, bytes]:
    """Return what tells whether a file holds what it held before, and the digests of its parts, if it has some."""
    if not _has_parts(file):
        return sha256_of(file), b""
    try:
        parts = digests_of(file.path)
    except OSError:
        return "", b""
    return hashlib.sha256(parts).hexdigest(), parts


class Reading:
    """The reading of sources in one run: it goes ahead, and says what there is to do.

    :param files: by what the ledger knows them by
    """

    def __init__(self, ledger: Ledger, files: Mapping[str, Found], receives: Receiving, exports: Exports) -> None:
        self._ledger, self._files, self._receiving, self._exports = ledger, files, receives, exports

    def steps(self) -> Iterator[tuple[list[Step], list[Given], bool]]:
        """Yield what there is to do, some records at a time; what is received for it, and whether that is anything."""
        steps: list[Step] = []
        given: list[Given] = []
        for step, what in self._each():
            steps.append(step)
            if what is not None:
                given.append(what)
            if len(given) == _BATCH or len(steps) == _MOST_STEPS or isinstance(what, Lines):
                yield steps, given, bool(given)
                steps, given = [], []
        yield steps, given, bool(given)

    def _each(self) -> Iterator[tuple[Step, Given | None]]:
        outdated = self._exports.changed_sources(self._ledger)
        has_exports = self._ledger.has_exports()
        for digest, file in self._files.items():
            if is_export(file):
                continue
            now, is_as_before, parts = looked_at(self._ledger, file, digest)
            if digest not in outdated and is_as_before:
                yield Keep(digest, now, size_of(file)), None
            else:
                yield from self.read(digest, file, now, parts, is_alone=not has_exports)

    def read(
        self, digest: str, file: Found, state: SourceFile, parts: bytes, *, is_alone: bool, is_whole: bool = False
    ) -> Iterator[tuple[Step, Given | None]]:
        """Yield what there is to do with a file that is read, and what is to be received for it.

        :param state: of the file, as far as it was looked at; and ``parts``, its digests
        :param is_alone: whether no export tells of the pages of files: parts that are as before can stand then
        :param is_whole: whether it is read wholly, whatever is as before
        """
        # Taken before the file is read: if somebody writes to it meanwhile, the next run reads it again.
        if not state.sha256 or (_has_parts(file) and not parts):
            state = state_of(file) or state
            sha256, parts = _summed(file)
            state = state._replace(sha256=sha256)
        parts = parts if is_alone else b""
        same, stands = (dict[int, int](), list[Refusal]()) if is_whole else self._same(digest, parts)
        size, done = size_of(file), 0
        yield Begin(digest, state, parts, same), None
        if is_alone and file.source is not None and file.source.is_page:
            yield Take(digest), file
        elif parts:
            for step, lines in self._lines(digest, file, same):
                while lines and stands and stands[0].origin.line <= lines.piece.line:
                    yield Refuse(stands.pop(0)), None
                yield step, lines
                done = lines.piece.end if lines else done
            yield from ((Refuse(refusal), None) for refusal in stands)
        else:
            yield from self._records(digest, file)
        yield End(digest, max(0, size - done)), None

    def _lines(self, digest: str, file: Found, same: Mapping[int, int]) -> Iterator[tuple[Refuse | Take, Lines | None]]:
        done = 0
        try:
            for piece in pieces_of(file.path, same, MAX_RECORD):
                yield Take(digest, piece.end - done), Lines(file, piece)
                done = piece.end
        except OSError as error:
            unreadable = MalformedSource("unreadable", origin=Origin(file.name), value=error.strerror or "")
            yield Refuse(self._receiving.refusal(unreadable)), None

    def _records(self, digest: str, file: Found) -> Iterator[tuple[Refuse | Take, Raw | None]]:
        refused: list[Refusal] = []

        def reject(error: SourceError) -> None:
            refused.append(self._receiving.refusal(error))

        for record in receiving.read_records(file, reject):
            yield from ((Refuse(refusal), None) for refusal in refused)
            refused.clear()
            yield Take(digest), self._raw(record, file)
        yield from ((Refuse(refusal), None) for refusal in refused)

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
