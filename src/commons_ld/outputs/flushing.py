"""See to it that files are on the disk: one at a time where they are few, all of the file system where they are many.

A publication of 10,000 records with its site has 77,000 files. To ask for each of them takes as long as to write them;
Linux writes all that a file system has to write when it is asked once.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Final

__all__ = ["flush"]

#: From how many files on the whole file system is asked; fewer go one at a time, since others may have much to write.
_MANY: Final = 1024
#: So many are flushed at once, so that the disk writes its journal once for all of them.
_FLUSHERS: Final = 16
#: Since then ``syncfs`` tells of what could not be written (its manual page, "Errors").
_TELLS: Final = (5, 8)


def flush(folder: Path, paths: Iterable[Path]) -> None:
    """Return when files and folders are on the disk.

    :param folder: one that they all lie in
    :raises OSError: if one cannot be written, with its name

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a").write_text("a")
    >>> flush(folder, [folder / "a", folder])
    """
    left = iter(paths)
    some = list(islice(left, _MANY))
    if len(some) == _MANY and _flush_file_system(folder):
        return
    with ThreadPoolExecutor(_FLUSHERS) as flushers:
        while some:
            list(flushers.map(_flush_each, (some[start::_FLUSHERS] for start in range(_FLUSHERS))))
            some = list(islice(left, _MANY))


def _flush_file_system(folder: Path) -> bool:
    """Flush all that lies on the disk of a folder; tell whether this system can, and tells what went wrong."""
    if platform.system() != "Linux" or _version(platform.release()) < _TELLS:
        return False
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(descriptor):
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), str(folder))
    finally:
        os.close(descriptor)
    return True


def _version(release: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", release)[:2]))


def _flush_each(paths: Sequence[Path]) -> None:
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error
        finally:
            os.close(descriptor)
