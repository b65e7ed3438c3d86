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
from commons_ld.ledger import Exported, Ledger, SourceFile
from commons_ld.mapping import wiki_page
from commons_ld.origin import Origin
from commons_ld.outputs.report import Refusal
from commons_ld.privacy import Policy, policy_of, redact, redact_error
from commons_ld.record import MediaRecord
from commons_ld.registers import register_paths
from commons_ld.settings import Settings
from commons_ld.sources import Source, by_suffix, sidecar

__all__ = ["Found", "find_sources", "read_records", "reread", "sources_of", "take_in"]

#: Coarser than the time stamps of any file system in use, in nanoseconds.
_TICK_NS: Final = 2_000_000_000

#: Files of a folder of sources that are about it, and none of it.
_NOT_SOURCES: Final = ("readme", "license", "copying", "changelog")


class Found(NamedTuple):
    """A file of the sources.

    :param name: how a person is told of it: its path below the folder of sources, after the folder's name
    :param source: how it is read, or ``None`` if it is in no format that we know
    :param sidecar: what lies beside the page if it was fetched from a wiki; read with it, and never for itself
    """

    path: Path
    name: str
    source: Source | None
    sidecar: Path | None = None


def sources_of(settings: Settings, sources: Sequence[Path] = ()) -> list[Found]:
    """Return the files to read of an archive; its registers are none of them.

    :param sources: files and folders; by default those of the settings
    :raises SettingsError: as :func:`find_sources` does
    """
    apart = frozenset(path.resolve() for path in register_paths(settings).values())
    return find_sources(sources or [settings.path(name) for name in settings.sources], apart)


def find_sources(paths: Sequence[Path], apart: Collection[Path] = ()) -> list[Found]:
    """Return the files to read, in the order of their names.

    A folder is searched to the bottom; hidden files, links to folders and files such as ``README.md`` are
    passed over.

    :param apart: files that are passed over too, as the system resolves their paths
    :raises SettingsError: if a path does not exist, or two files would have the same name
    """
    found: dict[str, Found] = {}
    for given in paths:
        for path, name in _files(given):
            if apart and path.resolve() in apart:
                continue
            if name in found and found[name].path != path:
                raise SettingsError("sources", str(given), f"'{name}' is there twice; give the folders different names")
            found[name] = _found(path, name)
    # A sidecar goes with its page; one that lost it is told of.
    return [file for _, file in sorted(found.items()) if file.sidecar != file.path or not _page_beside(file.path)]


def _found(path: Path, name: str) -> Found:
    if path.name.endswith(sidecar.SUFFIX):
        return Found(path, name, None, path)
    beside = path.with_name(f"{path.name}.json")
    is_fetched = beside.name.endswith(sidecar.SUFFIX) and beside.is_file()
    return Found(path, name, by_suffix(path.name), beside if is_fetched else None)


def _page_beside(path: Path) -> bool:
    return path.with_name(path.name.removesuffix(".json")).is_file()


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
        code = "lone-sidecar" if found.sidecar else "unknown-format"
        reject(MalformedSource(code, origin=origin, value=found.path.suffix))
        return
    try:
        with found.path.open("rb") as stream:
            if found.sidecar is None:
                yield from found.source.read(stream, origin=origin, reject=reject)
                return
            told = sidecar.read_sidecar(found.sidecar, origin)
            sha1 = hashlib.file_digest(stream, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()
            stream.seek(0)
            for record in found.source.read(stream, origin=origin, reject=reject):
                yield sidecar.described(record, told, sha1)
    except SourceError as error:
        reject(error)
    except OSError as error:
        reject(MalformedSource("unreadable", origin=origin, value=error.strerror or ""))


def take_in(ledger: Ledger, found: Sequence[Found], settings: Settings, progress: Callable[[int], None]) -> None:
    """Bring the ledger up to date with the sources: files that are as before are not opened.

    :param progress: called with 1 after each file
    """
    policy = policy_of(settings, ledger.log.suppressions())
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    files = {_path_digest(file): file for file in found}
    exports = _exports(ledger, files)
    ledger.begin(files)
    ledger.clear_exported_pages()
    for digest, file in files.items():
        if _is_export(file):
            if not _is_as_before(ledger, file, digest):
                _read_export(ledger, file, digest, policy, exports)
            progress(1)
    ledger.drop_unseen_exports()
    outdated = exports.changed_sources()
    for digest, file in files.items():
        if not _is_export(file):
            if digest in outdated or not _is_as_before(ledger, file, digest):
                _read_in(ledger, file, digest, settings, policy, today, exports)
            progress(1)
    _put_exported(ledger, files, settings, policy, today, exports)
    _name(ledger)


def _is_export(file: Found) -> bool:
    return file.source is not None and file.source.is_export


def _is_as_before(ledger: Ledger, file: Found, digest: str) -> bool:
    """Tell whether a file holds what it held when it was read last, and have the ledger keep it if so."""
    now, known = _state(file), ledger.source(digest)
    if known and now and ((now.mtime_ns >= 0 and now[:2] == known[:2]) or _sha256(file) == known.sha256):
        ledger.keep_source(digest, now._replace(sha256=known.sha256))
        return True
    return False


def _exports(ledger: Ledger, files: Mapping[str, Found]) -> Exports:
    """Return what exports say; what is refused of a file that is read a second time was told the first time."""
    return Exports(ledger, lambda digest: read_records(files[digest], lambda _error: None))


def _read_export(ledger: Ledger, file: Found, digest: str, policy: Policy, exports: Exports) -> None:
    """Note which pages a file of exports tells of; what it says is read when a record is made of it."""
    state = (_state(file) or SourceFile(-1, 0, ""))._replace(sha256=_sha256(file))
    refused = _Refused()
    ledger.clear_pages(digest)
    exports.keep(digest, read_records(file, lambda error: refused.add(Refusal.of(redact_error(error, policy)))))
    ledger.read_source(digest, state, refused.encoded())


def _put_exported(
    ledger: Ledger, files: Mapping[str, Found], settings: Settings, policy: Policy, today: str, exports: Exports
) -> None:
    """Make records of the exports of pages whose own text is in no source."""
    for key, rows in _unclaimed(ledger):
        path = rows[0].path
        if ledger.met_in(key, path) or ledger.keep_page(key, fingerprint(rows)):
            continue
        raw = exports.record(rows)
        if raw is not None:
            record = complete(redact(raw, policy), files[path], settings)
            if policy.suppressed.holds_page(key, slug(record.title)):
                continue
            _put(ledger, key, path, record, today, reader=_reader(files[path]), exports=fingerprint(rows))


def _unclaimed(ledger: Ledger) -> Iterator[tuple[str, list[Exported]]]:
    """Yield what each page is known by that exports alone tell of, and these exports."""
    for _, group in groupby(ledger.unclaimed_exports(), key=lambda row: row.name):
        rows = list(group)
        yield rows[0].key or f"{rows[0].path}#{rows[0].name}", rows


def _read_in(
    ledger: Ledger, file: Found, digest: str, settings: Settings, policy: Policy, today: str, exports: Exports
) -> None:
    # Taken before the file is read: if somebody writes to it meanwhile, the next run reads it again.
    state = (_state(file) or SourceFile(-1, 0, ""))._replace(sha256=_sha256(file))
    refused = _Refused()
    shares_pages = False

    def reject(error: SourceError) -> None:
        refused.add(Refusal.of(redact_error(error, policy)))

    ledger.clear_pages(digest)
    for raw in read_records(file, reject):
        whole, made_with = exports.merged(raw) if _is_page(raw, file) else (raw, "")
        # What an export says of the page's number does not change what the page is known by.
        key = _key(raw, file, digest, policy)
        record = complete(redact(whole, policy), file, settings)
        if policy.suppressed.holds_page(key, slug(record.title)):
            continue
        if holder := ledger.met_in(key, digest):
            shares_pages = shares_pages or holder != digest
            reject(
                InvalidRecord(
                    "duplicate-identifier",
                    origin=record.origin,
                    field="identifier",
                    value=record.identifier or record.title,
                )
            )
            continue
        name = name_of(raw) if _is_page(raw, file) else ""
        _put(ledger, key, digest, record, today, reader=_reader(file), name=name, exports=made_with)
    if shares_pages:
        # Another file may lose the page one day: this one is read again in every run, to have it then.
        state = SourceFile(-1, 0, "shared")
    ledger.read_source(digest, state, refused.encoded())


class _Refused:
    """What was refused of a file, encoded at once: a wiki may hold a hundred thousand pages that are no records."""

    def __init__(self) -> None:
        self._encoder, self._items, self._count = msgspec.msgpack.Encoder(), bytearray(), 0

    def add(self, refusal: Refusal) -> None:
        self._items += self._encoder.encode(refusal)
        self._count += 1

    def encoded(self) -> bytes:
        """Return all of them as MessagePack: an ``array 32``, of which the items need no more than to follow."""
        return b"\xdd" + self._count.to_bytes(4, "big") + bytes(self._items)


def _put(ledger: Ledger, key: str, path: str, record: MediaRecord, today: str, **known: str) -> None:
    former = ledger.title(key)
    ledger.put_page(key, path, record.title, msgspec.json.encode(record), today, **known)
    if former is not None and former != record.title:
        ledger.retitle(key, record.title, former)


def reread(
    ledger: Ledger, found: Sequence[Found], keys: Collection[str], paths: Collection[str], settings: Settings
) -> dict[str, MediaRecord]:
    """Return the records of some pages by their keys, as an export would read them now, without personal data.

    :param keys: of the pages, as the ledger has them
    :param paths: of their files, as the ledger has them: no other file is opened, but for what is exported of a page
    """
    policy = policy_of(settings, ledger.log.suppressions())
    files = {_path_digest(file): file for file in found}
    exports = _exports(ledger, files)
    records: dict[str, MediaRecord] = {}
    for digest, file in files.items():
        if digest in paths and not _is_export(file):
            for raw in read_records(file, lambda _error: None):
                key = _key(raw, file, digest, policy)
                if key in keys and key not in records:
                    whole = exports.merged(raw)[0] if _is_page(raw, file) else raw
                    records[key] = complete(redact(whole, policy), file, settings)
                    if len(records) == len(keys):
                        break  # the rest of a dump need not be read
    for key, rows in _unclaimed(ledger):
        if key in keys and key not in records and rows[0].path in files and (exported := exports.record(rows)):
            records[key] = complete(redact(exported, policy), files[rows[0].path], settings)
    return records


def _is_page(record: MediaRecord, file: Found) -> bool:
    """Tell whether a record is that of a page of a wiki, which something else may be exported of."""
    return (file.source is not None and file.source.is_page) or wiki_key(record) != ""


def _path_digest(file: Found) -> str:
    # The ledger knows files by a digest of their names, since a name may be that of a person.
    return hashlib.sha256(file.name.encode()).hexdigest()[:32]


def _reader(file: Found) -> str:
    return file.source.name if file.source else ""


def _key(record: MediaRecord, file: Found, digest: str, policy: Policy) -> str:
    """Return what a record is known by from run to run: its page's number on the wiki, its file, or its identifier."""
    if record.revision and record.revision.page_id:
        return wiki_key(record) or f"{digest}#{record.revision.page_id}"
    if file.source and file.source.is_page:
        return digest
    name = record.identifier or record.title
    if policy.suppressed.is_in(name):
        name = hashlib.blake2b(name.encode(), key=policy.suppressed.key, digest_size=16).hexdigest()
    return f"{digest}#{name}"


def complete(record: MediaRecord, file: Found, settings: Settings) -> MediaRecord:
    """Give a page of the wiki its address, which the page itself does not tell."""
    is_page = record.revision or (file.source and (file.source.is_page or file.source.is_export))
    if record.page or not is_page:
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


def _state(file: Found) -> SourceFile | None:
    """Return what tells cheaply whether a file, or what lies beside it, was written to."""
    try:
        states = [path.stat() for path in _paths(file)]
    except OSError:
        return None
    # A file that was written a moment ago may be written again within the same tick of the clock.
    is_fresh = any(time.time_ns() - state.st_mtime_ns < _TICK_NS for state in states)
    if len(states) == 1:
        size, mtime_ns = states[0].st_size, states[0].st_mtime_ns
    else:
        # The ledger keeps one size and one time: a digest of two pairs differs when one of the four does.
        pairs = repr([(state.st_size, state.st_mtime_ns) for state in states])
        size, mtime_ns = 0, int.from_bytes(hashlib.sha256(pairs.encode()).digest()[:7])
    return SourceFile(size, -1 if is_fresh else mtime_ns, "")


def _sha256(file: Found) -> str:
    digest = hashlib.sha256()
    try:
        for path in _paths(file):
            with path.open("rb") as stream:
                part = hashlib.file_digest(stream, "sha256")
            digest = part if path is file.path else hashlib.sha256(digest.digest() + part.digest())
    except OSError:
        return ""
    return digest.hexdigest()


def _paths(file: Found) -> list[Path]:
    return [file.path] if file.sidecar is None or file.sidecar == file.path else [file.path, file.sidecar]
