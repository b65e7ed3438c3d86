"""Publish a folder as a whole, or not at all.

A publication is built as a *generation*: a folder beside, on the same file system. When it is whole and on the
disk, a link is swapped to it, which POSIX makes in one step::

    dist                          a link to .dist.generations/5c1f0e7a90b2d344
    .dist.generations/
        5c1f0e7a90b2d344/         the generation that is published; its name is the hash of its content
        building/                 the one that is being written, if any
        spare                     what was left of the one before, to build the next one in: second names of its files
        lock                      held, and naming the process, while that goes on

Whoever reads ``dist`` finds the old files or the new ones, never some of each. A process that is killed leaves
the old ones, and what it was building is removed by the next run.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from commons_ld.errors import PublicationError
from commons_ld.files.locks import Taken, lock, unlock
from commons_ld.outputs.generation import Generation, identifier
from commons_ld.outputs.hashed_file import explaining
from commons_ld.sentences.publication import said

__all__ = ["publish", "published"]

_BUILDING, _LINK, _LOCK, _SPARE, _SPOOL = "building", "link", "lock", "spare", "spool"
_NAME: Final = re.compile(r"[0-9a-f]{16}")


@contextmanager
def publish(out: Path, place: Callable[[str], str] = str) -> Iterator[Generation]:
    """Yield a generation to write into, and publish it as ``out`` when the block ends without an error.

    A generation whose files are those that are published already changes nothing.

    :param out: where the publication is found: a link, made if there is none; an empty folder is replaced
    :param place: where files lie, see :class:`~commons_ld.outputs.generation.Generation`
    :raises PublicationError: if it cannot be written, if another process is publishing there, or if ``out`` is
        something that was not made here; what was published before stands

    >>> import tempfile
    >>> out = Path(tempfile.mkdtemp(), "dist")
    >>> with publish(out) as generation:
    ...     generation.write("hello.txt", b"hello\\n")
    >>> sorted(path.name for path in out.iterdir())
    ['SHA256SUMS', 'hello.txt']
    """
    out, store = _places(out)
    with explaining(out):
        _check(out, store)
        store.mkdir(parents=True, exist_ok=True)
    with _locked(out, store):
        with explaining(store):
            current = _current(out, store)
            _sweep(store, current, _SPARE if current else "")
            building, spare = store / _BUILDING, store / _SPARE
            if spare.exists():
                spare.rename(building)
            else:
                building.mkdir()
        try:
            with Generation(building, store / current if current else None, store / _SPOOL, place) as generation:
                yield generation
                generation.seal()
                with explaining(out):
                    name = identifier(building)
                    if name != current:
                        _check(out, store)
                        _swap(out, store, building, name)
                # The new one is in its place: nothing that fails from here on may look as if it were not.
                with suppress(OSError):
                    if name != current and generation.leave(store / name):
                        (store / current).rename(spare)
        finally:
            # What cannot be removed now is removed by the next run; how this one ended is told in any case.
            with suppress(OSError):
                _sweep(store, _current(out, store), _SPARE)


def published(out: Path) -> str:
    """Return the name of the generation that is published as ``out``, or ``""`` where none is.

    The name depends on nothing but the content, so that two publications of the same name are the same.

    >>> published(Path("no-such-folder"))
    ''
    """
    return _current(*_places(out))


def _places(out: Path) -> tuple[Path, Path]:
    """Return the absolute path of a publication, and of the folder of its generations."""
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow the link that is swapped
    return out, (out.with_name(f".{out.name}.generations") if out.name else out)


def _check(out: Path, store: Path) -> None:
    """Refuse to publish over something that was not made here."""
    if store == out or store.is_symlink():
        raise PublicationError(out, said("no-place"))
    if out.is_symlink():
        target = out.readlink()
        if target.parent != Path(store.name) or not _NAME.fullmatch(target.name):
            raise PublicationError(out, said("link", target))
    elif out.is_dir():
        if any(out.iterdir()):
            raise PublicationError(out, said("foreign-folder"))
    elif out.exists():
        raise PublicationError(out, said("file"))


def _current(out: Path, store: Path) -> str:
    """Return the name of the generation that is published, or ``""`` where there is none."""
    target = out.readlink() if out.is_symlink() else Path()
    return target.name if target.parent == Path(store.name) and (store / target.name).is_dir() else ""


@contextmanager
def _locked(out: Path, store: Path) -> Iterator[None]:
    """Hold the lock of ``store``; the kernel gives it back if this process is killed."""
    with explaining(store):
        held = [os.open(store / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)]
    descriptor = held[0]
    # A worker that outlives this process would go on holding a lock that it inherited.
    os.register_at_fork(after_in_child=lambda: os.close(held.pop()) if held else None)
    try:
        try:
            with explaining(store):
                lock(descriptor)
        except Taken as taken:
            raise PublicationError(out, said("being-written", taken.holder)) from taken
        yield
        with suppress(OSError):
            unlock(descriptor)
    finally:
        held.clear()
        os.close(descriptor)


def _sweep(store: Path, *kept: str) -> None:
    """Remove what killed runs left, and generations that are published no more."""
    for path in store.iterdir():
        if path.name in (*kept, _LOCK):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _swap(out: Path, store: Path, building: Path, name: str) -> None:
    building.rename(store / name)
    link = store / _LINK
    link.symlink_to(Path(store.name, name))
    _flush(store)
    # An empty folder gives way; one that has been filled since it was looked at does not, and is the user's.
    with suppress(FileNotFoundError, NotADirectoryError):
        out.rmdir()
    link.replace(out)
    _flush(out.parent)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
