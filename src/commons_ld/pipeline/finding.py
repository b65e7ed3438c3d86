"""Find the files of the sources, and tell whether they are as they were."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import SettingsError
from commons_ld.ledger.rows import SourceFile
from commons_ld.registers import register_paths
from commons_ld.sentences.settings import said
from commons_ld.settings import Settings
from commons_ld.sources import Source, by_suffix, sidecar

__all__ = [
    "Found",
    "digest_of",
    "find_sources",
    "is_about_sources",
    "is_export",
    "sha256_of",
    "size_of",
    "sources_of",
    "state_of",
]

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
                raise SettingsError("sources", str(given), said("same-name", value=name))
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


def is_about_sources(name: str) -> bool:
    """Tell whether a file tells of the sources beside it, and is none of them.

    >>> is_about_sources("README.md"), is_about_sources("readings.csv")
    (True, False)
    """
    return Path(name).stem.lower() in _NOT_SOURCES


def _files(given: Path) -> Iterator[tuple[Path, str]]:
    if given.is_file():
        yield given, given.name
    elif given.is_dir():
        root = given.resolve()
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(folder, name)
                if not name.startswith(".") and not is_about_sources(name) and (path.is_file() or _leads_nowhere(path)):
                    yield path, f"{root.name}/{path.relative_to(root).as_posix()}"
    else:
        raise SettingsError("sources", str(given), said("no-source"))


def _leads_nowhere(path: Path) -> bool:
    """Tell whether a path is a link to what is not there: its page is not gone, and whoever reads it is told so."""
    return path.is_symlink() and not path.exists()


def is_export(file: Found) -> bool:
    """Tell whether a file holds what Semantic MediaWiki exports of pages, and not pages."""
    return file.source is not None and file.source.is_export


def digest_of(file: Found) -> str:
    """Return what the ledger knows a file by: a digest of its name, since a name may be that of a person."""
    return hashlib.sha256(file.name.encode()).hexdigest()[:32]


def size_of(file: Found) -> int:
    """Return how large a file is, in bytes: at least 1, so that an empty one counts too."""
    try:
        return max(1, file.path.stat().st_size)
    except OSError:
        return 1


def state_of(file: Found) -> SourceFile | None:
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


def sha256_of(file: Found) -> str:
    """Return the SHA-256 of a file and of what lies beside it, in hexadecimal, or ``""`` if they cannot be read."""
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
