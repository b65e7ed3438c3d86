"""The intake: find the sources, read those that changed, withhold personal data, and note the pages in the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from commons_ld.errors import InvalidRecord, MalformedSource, Reject, SettingsError, SourceError
from commons_ld.exports import Exports, fingerprint, name_of, wiki_key
from commons_ld.iris import RESERVED, numbered, slug
from commons_ld.ledger import Ledger, SourceFile
from commons_ld.mapping import wiki_page
from commons_ld.origin import Origin
from commons_ld.outputs.report import Refusal
from commons_ld.privacy import Policy, policy_of, redact, redact_error
from commons_ld.record import MediaRecord
from commons_ld.settings import Settings
from commons_ld.sources import Source, by_suffix

__all__ = ["Found", "find_sources", "read_records", "reread", "take_in"]

#: Coarser than the time stamps of any file system in use, in nanoseconds.
_TICK_NS: Final = 2_000_000_000

#: Files of a folder of sources that are about it, and none of it.
_NOT_SOURCES: Final = ("readme", "license", "copying", "changelog")


class Found(NamedTuple):
    """A file of the sources.

    :param name: how a person is told of it: its path below the folder of sources, after the folder's name
    :param source: how it is read, or ``None`` if it is in no format that we know
    """

    path: Path
    name: str
    source: Source | None


def find_sources(paths: Sequence[Path]) -> list[Found]:
    """Return the files to read, in the order of their names.

    A folder is searched to the bottom; hidden files, links to folders and files such as ``README.md`` are
    passed over.

    :raises SettingsError: if a path does not exist, or two files would have the same name
    """
    found: dict[str, Found] = {}
    for given in paths:
        for path, name in _files(given):
            if name in found and found[name].path != path:
                raise SettingsError("sources", str(given), f"'{name}' is there twice; give the folders different names")
            found[name] = Found(path, name, by_suffix(path.name))
    return [found[name] for name in sorted(found)]


def _files(given: Path) -> Iterator[tuple[Path, str]]:
    if given.is_file():
        yield given, given.name
    elif given.is_dir():
        root = given.resolve()
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(folder, name)
                if not name.startswith(".") and path.stem.lower() not in _NOT_SOURCES and path.is_file():
                    yield path, f"{root.name}/{path.relative_to(root).as_posix()}"
    else:
        raise SettingsError("sources", str(given), "there is no such file or folder; make it, or name another")


def read_records(found: Found, reject: Reject) -> Iterator[MediaRecord]:
    """Yield the records of one file, complete but with all personal data still in them.

    What is refused goes to ``reject``, and reading goes on; what breaks the whole file does so too, and the
    records that were yielded before stand.
    """
    origin = Origin(found.name)
    if found.source is None:
        reject(MalformedSource("unknown-format", origin=origin, value=found.path.suffix))
        return
    try:
        with found.path.open("rb") as stream:
            yield from found.source.read(stream, origin=origin, reject=reject)
    except SourceError as error:
        reject(error)
    except OSError as error:
        reject(MalformedSource("unreadable", origin=origin, value=error.strerror or ""))


def take_in(ledger: Ledger, found: Sequence[Found], settings: Settings, progress: Callable[[int], None]) -> None:
    """Bring the ledger up to date with the sources: files that are as before are not opened.

    :param progress: called with 1 after each file
    """
    policy = policy_of(settings)
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    files = {_path_digest(file): file for file in found}
    exports = Exports(ledger, lambda digest: read_records(files[digest], _pass_over))
    ledger.begin()
    ledger.clear_exported_pages()
    for digest, file in files.items():
        if file.source and file.source.is_export:
            if not _is_as_before(ledger, file, digest):
                _read_export(ledger, file, digest, policy, exports)
            progress(1)
    ledger.drop_unseen_exports()
    outdated = exports.changed_sources()
    for digest, file in files.items():
        if not file.source or not file.source.is_export:
            if digest in outdated or not _is_as_before(ledger, file, digest):
                _read_in(ledger, file, digest, settings, policy, today, exports)
            progress(1)
    ledger.drop_unseen()
    _put_exported(ledger, files, settings, policy, today, exports)
    _name(ledger)


def _is_as_before(ledger: Ledger, file: Found, digest: str) -> bool:
    """Tell whether a file holds what it held when it was read last, and have the ledger keep it if so."""
    now, known = _state(file.path), ledger.source(digest)
    if known and now and ((now.mtime_ns >= 0 and now[:2] == known[:2]) or _sha256(file.path) == known.sha256):
        ledger.keep_source(digest, now._replace(sha256=known.sha256))
        return True
    return False


def _pass_over(_error: SourceError) -> None:
    """Say nothing of what is refused of a file that is read a second time."""


def _read_export(ledger: Ledger, file: Found, digest: str, policy: Policy, exports: Exports) -> None:
    """Note which pages a file of exports tells of; what it says is read when a record is made of it."""
    state = (_state(file.path) or SourceFile(-1, 0, ""))._replace(sha256=_sha256(file.path))
    refusals: list[Refusal] = []
    records = read_records(file, lambda error: refusals.append(Refusal.of(redact_error(error, policy))))
    ledger.clear_pages(digest)
    exports.keep(digest, records)
    ledger.read_source(digest, state, msgspec.msgpack.encode(refusals))


def _put_exported(
    ledger: Ledger, files: Mapping[str, Found], settings: Settings, policy: Policy, today: str, exports: Exports
) -> None:
    """Make records of the exports of pages whose own text is in no source."""
    for _, rows in groupby(ledger.unclaimed_exports(), key=lambda row: row.name):
        found = list(rows)
        key = found[0].key or f"{found[0].path}#{found[0].name}"
        if ledger.has_page(key) or ledger.keep_page(key, fingerprint(found)):
            continue
        raw = exports.record(found)
        if raw is not None:
            record = complete(redact(raw, policy), files[found[0].path], settings)
            _put(ledger, key, found[0].path, record, today, _reader(files[found[0].path]), exports=fingerprint(found))


def _read_in(
    ledger: Ledger, file: Found, digest: str, settings: Settings, policy: Policy, today: str, exports: Exports
) -> None:
    # Taken before the file is read: if somebody writes to it meanwhile, the next run reads it again.
    state = (_state(file.path) or SourceFile(-1, 0, ""))._replace(sha256=_sha256(file.path))
    refusals: list[Refusal] = []

    def reject(error: SourceError) -> None:
        refusals.append(Refusal.of(redact_error(error, policy)))

    ledger.clear_pages(digest)
    for raw in read_records(file, reject):
        is_page = (file.source is not None and file.source.is_page) or wiki_key(raw) != ""
        whole, made_with = exports.merged(raw) if is_page else (raw, "")
        # What an export says of the page's number does not change what the page is known by.
        key = _key(raw, file, digest)
        record = complete(redact(whole, policy), file, settings)
        if ledger.has_page(key):
            reject(
                InvalidRecord(
                    "duplicate-identifier",
                    origin=record.origin,
                    field="identifier",
                    value=record.identifier or record.title,
                )
            )
            continue
        name = name_of(raw) if is_page else ""
        _put(ledger, key, digest, record, today, _reader(file), name=name, exports=made_with)
    ledger.read_source(digest, state, msgspec.msgpack.encode(refusals))


def _put(
    ledger: Ledger,
    key: str,
    path: str,
    record: MediaRecord,
    today: str,
    reader: str,
    *,
    name: str = "",
    exports: str = "",
) -> None:
    former = ledger.title(key)
    ledger.put_page(key, path, record.title, msgspec.json.encode(record), today, reader, name=name, exports=exports)
    if former is not None and former != record.title:
        ledger.retitle(key, record.title, former)


def reread(
    found: Sequence[Found], keys: Collection[str], paths: Collection[str], settings: Settings
) -> dict[str, MediaRecord]:
    """Return the records of some pages by their keys, as an export would read them now, without personal data.

    :param keys: of the pages, as the ledger has them
    :param paths: of their files, as the ledger has them: no other file is opened
    """
    policy = policy_of(settings)
    records: dict[str, MediaRecord] = {}
    for file in found:
        digest = _path_digest(file)
        if digest in paths:
            for raw in read_records(file, lambda _error: None):
                record = complete(redact(raw, policy), file, settings)
                key = _key(record, file, digest)
                if key in keys:
                    records.setdefault(key, record)
    return records


def _path_digest(file: Found) -> str:
    # The ledger knows files by a digest of their names, since a name may be that of a person.
    return hashlib.sha256(file.name.encode()).hexdigest()[:32]


def _reader(file: Found) -> str:
    return file.source.name if file.source else ""


def _key(record: MediaRecord, file: Found, digest: str) -> str:
    """Return what a record is known by from run to run: its page's number on the wiki, its file, or its identifier."""
    if number := wiki_key(record):
        return number
    if file.source and file.source.is_page:
        return digest
    if file.source and file.source.is_export:
        return f"{digest}#{name_of(record)}"
    return f"{digest}#{record.identifier or record.title}"


def complete(record: MediaRecord, file: Found, settings: Settings) -> MediaRecord:
    """Give a page of the wiki its address, which the page itself does not tell."""
    if record.page or file.source is None or not (file.source.is_page or file.source.is_export):
        return record
    return msgspec.structs.replace(record, page=wiki_page(record.title, settings))


def _name(ledger: Ledger) -> None:
    """Give every new page its name in IRIs: that of its title, or with a number where another page has that."""
    for key, title in ledger.unnamed():
        natural = slug(title)
        holder = ledger.holder(natural)
        if holder and not holder.present:
            ledger.inherit(key, holder.key, title)
        else:
            ledger.name_page(key, numbered(natural, lambda name: name in RESERVED or ledger.holder(name) is not None))


def _state(path: Path) -> SourceFile | None:
    try:
        status = path.stat()
    except OSError:
        return None
    # A file that was written a moment ago may be written again within the same tick of the clock.
    is_fresh = time.time_ns() - status.st_mtime_ns < _TICK_NS
    return SourceFile(status.st_size, -1 if is_fresh else status.st_mtime_ns, "")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
