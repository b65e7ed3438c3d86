"""Lock a file for one process, which writes its number there so that others can name it."""

from __future__ import annotations

import fcntl
import os
import time
from typing import Final

__all__ = ["Taken", "lock", "unlock"]

#: How often the number of the holder is looked for, and how long is waited between, in seconds.
_LOOKS: Final = 50
_PAUSE: Final = 0.01


class Taken(Exception):
    """Another process holds the lock.

    :param holder: its process number, or ``"unknown"``
    """

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder: Final = holder


def lock(descriptor: int) -> None:
    """Lock an open file for this process alone, and write its number there.

    The kernel takes the lock back when the file is closed, as it is when the process dies.

    :raises Taken: if another process holds it
    :raises OSError: if the number cannot be written

    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     lock(file.fileno())
    ...     file.read().decode().strip() == str(os.getpid())
    True
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Taken(_holder(descriptor)) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)


def unlock(descriptor: int) -> None:
    """Take the number out of a locked file, before it is closed.

    :raises OSError: if it cannot be written
    """
    os.ftruncate(descriptor, 0)


def _holder(descriptor: int) -> str:
    """Return the number that the holder wrote, who may have taken the lock this very moment and be about to write."""
    for _ in range(_LOOKS):
        if holder := os.pread(descriptor, 20, 0).decode("ascii", "replace").strip():
            return holder
        time.sleep(_PAUSE)
    return "unknown"
