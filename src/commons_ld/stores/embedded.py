"""The embedded store: generations of a publication on disk, one of which is the current one.

::

    <state>/store/<version>/     a generation: written once, then only read
    <state>/store/current        the name of the generation that is served, in one line

A new generation is loaded in a folder of its own beside the others and made current by the renaming of one small
file. Whatever ends the loading, be it SIGKILL, a reader finds the old generation whole or the new one whole. What a
killed loading left is swept by the next. One loading runs at a time.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from commons_ld.errors import PublicationError

__all__ = ["current", "load"]

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_POINTER: Final = "current"
_UNFINISHED: Final = ".loading"


def load(dump: Path, state: Path, *, version: str) -> Path:
    """Load an N-Quads dump into a new generation, make it the current one, and return its folder.

    A version that is current already is not loaded again. The generation before stays until the next loading, for
    the readers that have it open; older ones are removed.

    :param dump: the N-Quads of the whole publication
    :param state: the folder of the state
    :param version: what the generation is called: letters, digits, ``.``, ``_`` and ``-``
    :raises ValueError: the version is no such name
    :raises PublicationError: the dump cannot be read, another loading runs, the disk is full; what is current stands
    """
    if not _VERSION.fullmatch(version) or version == _POINTER:
        raise ValueError(f"no name of a generation: {version!r}")
    folder = state / "store"
    generation = folder / version
    with _alone(folder):
        before = current(state)
        if before == generation:
            return generation
        _sweep(folder, keep={before})
        unfinished = folder / _UNFINISHED
        _bulk_load(dump, unfinished)
        try:
            unfinished.rename(generation)
            _point(folder, version)
        except OSError as error:
            raise PublicationError(folder, str(error)) from error
        _sweep(folder, keep={before, generation})
    return generation


def current(state: Path) -> Path | None:
    """Return the folder of the current generation, or nothing where none was ever loaded."""
    folder = state / "store"
    try:
        version = (folder / _POINTER).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    generation = folder / version
    return generation if _VERSION.fullmatch(version) and generation.is_dir() else None


def _bulk_load(dump: Path, folder: Path) -> None:
    """Load a dump into a store that nobody reads yet."""
    import pyoxigraph

    try:
        store = pyoxigraph.Store(str(folder))
        store.bulk_load(path=str(dump), format=pyoxigraph.RdfFormat.N_QUADS)
        store.flush()
    except (OSError, SyntaxError, ValueError) as error:
        raise PublicationError(dump, str(error)) from error


def _point(folder: Path, version: str) -> None:
    """Make a generation the current one, by one renaming."""
    new = folder / f".{_POINTER}"
    with new.open("w", encoding="ascii") as file:
        file.write(f"{version}\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / _POINTER)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path, *, keep: set[Path | None]) -> None:
    """Remove the generations that nobody should read any more, and what a killed loading left."""
    for path in folder.iterdir():
        if path.is_dir() and path not in keep:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of the store; the system lets go of it when the process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("w", encoding="ascii")
    except OSError as error:
        raise PublicationError(folder, str(error)) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublicationError(folder, "another loading runs; try again when it is done") from error
        yield
