"""Change a file as a whole: written beside and put in its place, by one process at a time, over what was read alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["ChangedMeanwhile", "flush", "held", "put", "read", "replacing"]


class ChangedMeanwhile(Exception):
    """Somebody else changed the file since it was read; it is as they left it."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made if need be, until those who hold it too are done.

    :raises OSError: if that cannot be done
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def read(path: Path) -> bytes | None:
    """Return what a file holds, or ``None`` if there is none."""
    return path.read_bytes() if path.is_file() else None


def flush(folder: Path) -> None:
    """Have the disk keep the names of the files of a folder: one that was put in its place is lost with none of them.

    :raises OSError: if that cannot be done
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def replacing(path: Path, mark: str) -> Iterator[BinaryIO]:
    """Give a file to write in the place of another, which is as it was until all is written and on the disk.

    :param mark: what the name of the file that is written ends in; another one for each who may write at once
    :raises OSError: if it cannot be written
    """
    beside = path.with_name(f".{path.name}.{mark}")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        flush(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def put(path: Path, data: bytes, was: bytes | None) -> None:
    """Write a file.

    :param was: what :func:`read` returned
    :raises ChangedMeanwhile: if it is something else by now
    :raises OSError: if it cannot be written; it is as it was then
    """
    with replacing(path, "new") as file:
        file.write(data)
        if read(path) != was:
            raise ChangedMeanwhile
        if was is not None:
            os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
