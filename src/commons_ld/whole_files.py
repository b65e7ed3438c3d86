"""Change a file as a whole: written beside and put in its place, by one process at a time, over what was read alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["ChangedMeanwhile", "held", "put", "read"]


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


def put(path: Path, data: bytes, was: bytes | None) -> None:
    """Write a file.

    :param was: what :func:`read` returned
    :raises ChangedMeanwhile: if it is something else by now
    :raises OSError: if it cannot be written; it is as it was then
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if read(path) != was:
            raise ChangedMeanwhile
        if was is not None:
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
