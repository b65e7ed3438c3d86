"""The fetched pages in the data folder, and how they are brought from one whole state to the next.

A page is two files, ``Title.wiki`` and its sidecar ``Title.wiki.json``. New texts wait in a staging folder until
all of them are there. Then a journal is written that says what is to be put and what is to be removed, it is
carried out, and it is removed: a process that is killed meanwhile leaves a journal that the next one carries out
first, with or without the network. What is removed is removed last, so that no page is missing in between.

What Semantic MediaWiki exports of a page may lie beside it, as ``Title.wiki.rdf``. Its last line is a comment that
tells of which page and revision it was asked for, so that nothing else has to be kept in step with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from commons_ld.errors import SnapshotError
from commons_ld.files.whole import flush
from commons_ld.sources.sidecar import SUFFIX, Sidecar, parse_sidecar, to_bytes
from commons_ld.wiki.names import folded
from commons_ld.wiki.words import said

__all__ = [
    "Journal",
    "Kept",
    "Put",
    "Snapshot",
    "Staging",
    "apply",
    "locked",
    "ordered",
    "put_aside_name",
    "put_export",
    "read_export",
    "read_snapshot",
    "read_text",
    "sha1",
    "using",
]

_TEXT: Final = ".wiki"
_EXPORT: Final = ".wiki.rdf"
#: What ends an export: the page and the revision that it was asked for.
_ASKED_FOR: Final = re.compile(rb"<!-- commons-ld: page ([0-9]{1,16}), revision ([0-9]{1,16}) -->\n\Z")
_LONGEST_MARK: Final = 100
#: One at a time under the lock; its dot keeps it from being read as a source.
_NEW: Final = ".fetched.new"
_JOURNAL: Final = "journal.json"


class Kept(NamedTuple):
    """A page that lies in the folder.

    :param stem: what its two files begin with
    :param sha1: that of its text as it is now; ``""`` where there is none
    """

    stem: str
    sidecar: Sidecar
    sha1: str

    @property
    def intact(self) -> bool:
        """Whether its text is the one that was fetched."""
        return self.sha1 == self.sidecar.sha1


class Snapshot(NamedTuple):
    """What lies in the folder.

    :param pages: those of the wiki in question; of a page that is there twice, both
    :param foreign: the stems of pages that are not ours to touch, folded
    :param lone: the ``sha1`` of each text that has no sidecar, by its stem
    """

    pages: tuple[Kept, ...]
    foreign: frozenset[str]
    lone: dict[str, str]


class Put(msgspec.Struct, frozen=True):
    """A page to put into the folder, whose text waits in the staging folder."""

    stem: str
    sidecar: Sidecar


class Journal(msgspec.Struct, frozen=True):
    """What is to be done to the folder.

    :param put: pages to write, in this order
    :param drop: stems whose files go
    :param aside: texts that somebody changed, and which are kept under another name: their stems, and ``sha1``
    """

    put: tuple[Put, ...] = ()
    drop: tuple[str, ...] = ()
    aside: tuple[tuple[str, str], ...] = ()


@contextlib.contextmanager
def using(path: Path) -> Iterator[None]:
    """Raise what the system refuses to do as an error that says what to do.

    :raises SnapshotError: in place of ``OSError``
    """
    try:
        yield
    except OSError as error:
        raise SnapshotError(path, said("unusable", value=error.strerror or error)) from error


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make a folder and hold it alone; the kernel gives it back if this process is killed.

    :raises SnapshotError: if another process holds it, or it cannot be made
    """
    with using(folder):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SnapshotError(folder, said("fetch-at-work")) from error
        yield
    finally:
        os.close(descriptor)


def sha1(data: bytes) -> str:
    """Return what MediaWiki calls the ``sha1`` of a text: it tells texts apart, and protects nothing."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def read_snapshot(folder: Path, wiki: str) -> Snapshot:
    """Return what lies in a folder.

    :param wiki: the host of the wiki whose pages are ours
    :raises SnapshotError: if the folder cannot be read
    """
    pages: list[Kept] = []
    foreign: set[str] = set()
    lone: dict[str, str] = {}
    with using(folder):
        names = sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))
        with_sidecar = {name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)}
        for stem in sorted(with_sidecar):
            # A sidecar that is broken is nobody's: the page that has its name mends it.
            with contextlib.suppress(ValueError):
                sidecar = parse_sidecar(_bytes(folder / f"{stem}{SUFFIX}") or b"")
                text = _bytes(folder / f"{stem}{_TEXT}")
                if sidecar.wiki == wiki:
                    pages.append(Kept(stem, sidecar, "" if text is None else sha1(text)))
                else:
                    foreign.add(folded(stem))
        for name in names:
            stem = name.removesuffix(_TEXT)
            if name.endswith(_TEXT) and stem not in with_sidecar:
                foreign.add(folded(stem))
                lone[stem] = sha1(_bytes(folder / name) or b"")
    return Snapshot(tuple(pages), frozenset(foreign), lone)


def read_text(folder: Path, kept: Kept) -> bytes | None:
    """Return the text of a page as it lies in the folder, or ``None`` if it is gone or not what it was a moment ago.

    :raises SnapshotError: if it cannot be read
    """
    with using(folder):
        text = _bytes(folder / f"{kept.stem}{_TEXT}")
    return text if text is not None and sha1(text) == kept.sha1 else None


def read_export(folder: Path, stem: str) -> tuple[int, int] | None:
    """Return the page and the revision that the export beside a page was asked for, or ``None`` if there is none.

    :raises SnapshotError: if it cannot be read
    """
    with using(folder):
        try:
            with (folder / f"{stem}{_EXPORT}").open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _LONGEST_MARK))
                told = _ASKED_FOR.search(file.read())
        except FileNotFoundError:
            return None
    return (int(told[1]), int(told[2])) if told else None


def put_export(folder: Path, kept: Kept, data: bytes) -> None:
    """Lay an export, RDF/XML, beside its page.

    :raises SnapshotError: if it cannot be written
    """
    # Comments may follow the root element (XML 1.0, section 2.1).
    mark = f"<!-- commons-ld: page {kept.sidecar.pageid}, revision {kept.sidecar.revid} -->\n"
    with using(folder):
        _write(folder, f"{kept.stem}{_EXPORT}", data.rstrip() + b"\n" + mark.encode())


class Staging:
    """Texts that were fetched and wait for the others, by page and revision; and the journal.

    :param folder: a folder of our own, made if it is not there
    """

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder
        with using(folder):
            (folder / "texts").mkdir(parents=True, exist_ok=True)

    def put(self, page_id: int, revision: int, text: bytes) -> None:
        """Keep a text."""
        path = self._path(page_id, revision)
        with using(path):
            _write(path.parent, path.name, sha1(text).encode() + b"\n" + text)

    def get(self, page_id: int, revision: int) -> bytes | None:
        """Return a text, or ``None`` if it is not here or not as it was written."""
        with using(self.folder):
            data = _bytes(self._path(page_id, revision))
        if data is None or data[:41] != sha1(data[41:]).encode() + b"\n":
            return None
        return data[41:]

    def clear(self) -> None:
        """Let go of all texts."""
        with using(self.folder):
            for path in (self.folder / "texts").iterdir():
                path.unlink()

    def meta(self, name: str) -> str:
        """Return a word kept with :meth:`set_meta`, or ``""``."""
        with using(self.folder):
            data = _bytes(self.folder / name)
        return (data or b"").decode("utf-8", "replace")

    def set_meta(self, name: str, value: str) -> None:
        """Keep a word for the next time."""
        with using(self.folder):
            _write(self.folder, name, value.encode())

    def _path(self, page_id: int, revision: int) -> Path:
        return self.folder / "texts" / f"{page_id}.{revision}"

    # ── The journal ──────────────────────────────────────────────────────────────────────────────────

    def write_journal(self, journal: Journal) -> None:
        """Have it be done, from now on, whatever happens."""
        with using(self.folder):
            _write(self.folder, _JOURNAL, msgspec.json.encode(journal))

    def journal(self) -> Journal | None:
        """Return what was to be done and may not have been, or ``None``."""
        with using(self.folder):
            data = _bytes(self.folder / _JOURNAL)
        try:
            return msgspec.json.decode(data, type=Journal) if data else None
        except ValueError:
            return None

    def end_journal(self) -> None:
        """Have it be done."""
        with using(self.folder):
            (self.folder / _JOURNAL).unlink(missing_ok=True)
            flush(self.folder)


def apply(
    folder: Path, staging: Staging, journal: Journal | None = None, advance: Callable[[], None] = lambda: None
) -> bool:
    """Carry out a journal, or the one that a killed process left; tell whether there was one.

    Doing it twice is doing it once. Where a text that was to be put is gone from the staging folder and is not in
    place either, nothing is removed: the next crawl finds what is missing.

    :param advance: called after each page
    :raises SnapshotError: if that fails; the journal then stays
    """
    if journal is not None:
        staging.write_journal(journal)
    else:
        journal = staging.journal()
    if journal is None:
        return False
    is_whole = True
    with using(folder):
        for stem, digest in journal.aside:
            _put_aside(folder, stem, digest)
        for put in journal.put:
            is_whole = _put(folder, staging, put) and is_whole
            advance()
        for stem in journal.drop if is_whole else ():
            # The export first: alone it would be taken for a page that nothing else is known of. Then the text: without
            # its sidecar it would be taken for another page.
            (folder / f"{stem}{_EXPORT}").unlink(missing_ok=True)
            (folder / f"{stem}{_TEXT}").unlink(missing_ok=True)
            (folder / f"{stem}{SUFFIX}").unlink(missing_ok=True)
        flush(folder)
    staging.end_journal()
    staging.clear()
    return True


def ordered(puts: Iterable[Put], held: Mapping[str, int]) -> tuple[Put, ...]:
    """Return pages in an order in which each is written elsewhere before another one takes the name that it had.

    :param held: the number of the page that has each stem now
    """
    waiting = sorted(puts, key=lambda put: put.stem)
    result: list[Put] = []
    while waiting:
        pending = {put.sidecar.pageid for put in waiting}
        free = [put for put in waiting if held.get(put.stem, put.sidecar.pageid) not in pending - {put.sidecar.pageid}]
        # Pages that changed names in a circle have no first one.
        ready = free or waiting[:1]
        result += ready
        waiting = [put for put in waiting if put not in ready]
    return tuple(result)


def _put(folder: Path, staging: Staging, put: Put) -> bool:
    name, sidecar_name = f"{put.stem}{_TEXT}", f"{put.stem}{SUFFIX}"
    text = staging.get(put.sidecar.pageid, put.sidecar.revid)
    if text is None:
        present = _bytes(folder / name)
        if present is None or sha1(present) != put.sidecar.sha1:
            return False
    if read_export(folder, put.stem) != (put.sidecar.pageid, put.sidecar.revid):
        # It would go on saying what the page says no more.
        (folder / f"{put.stem}{_EXPORT}").unlink(missing_ok=True)
    if _holder(folder / sidecar_name) not in (None, put.sidecar.pageid):
        # The text of one page must not stand beside the sidecar of another, be it for a moment.
        (folder / name).unlink(missing_ok=True)
    # The sidecar first: until its text is there, the one before is told to be no revision of the wiki.
    _write(folder, sidecar_name, to_bytes(put.sidecar))
    if text is not None:
        _write(folder, name, text)
    return True


def _holder(path: Path) -> int | None:
    try:
        return parse_sidecar(_bytes(path) or b"").pageid
    except ValueError:
        return None


def put_aside_name(stem: str) -> str:
    """Return where a text is kept that somebody changed: hidden, so that it is not read as a page."""
    return f".{stem}{_TEXT}.changed-here"


def _put_aside(folder: Path, stem: str, digest: str) -> None:
    text = _bytes(folder / f"{stem}{_TEXT}")
    # When this is done a second time, the wiki's text may be in place already.
    if text is not None and sha1(text) == digest:
        _write(folder, put_aside_name(stem), text)


def _write(folder: Path, name: str, data: bytes) -> None:
    """Write a file whole or not at all; a link of that name is replaced, and not followed."""
    new = folder / _NEW
    new.unlink(missing_ok=True)
    with new.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / name)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
