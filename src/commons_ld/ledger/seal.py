"""Tell whether a file is as it was left, by what the file system says of it.

What is said of it lies beside the file. Its time of change is set back when it is left: whoever writes to it
afterwards, be it in the same tick of the clock, gives it another one.
"""

from __future__ import annotations

import datetime as dt
import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

__all__ = ["Seal"]

#: After so many days a file is looked at from its beginning to its end all the same: disks forget.
_DAYS: Final = 30
_BACK_NS: Final = 2_000_000_000


class _Told(msgspec.Struct, frozen=True):
    """What the file system said of a file when it was left.

    :param checked: the day on which it was looked at as a whole, counted from the first of January of the year 1
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    checked: int


class Seal:
    """What is known of a file that was left.

    :param path: the file
    """

    def __init__(self, path: Path) -> None:
        self.path, self._beside = path, path.with_suffix(".seal")
        self._today: Final = dt.datetime.now(tz=dt.UTC).date().toordinal()
        self._checked = self._today
        self._told: _Told | None = None

    @cached_property
    def holds(self) -> bool:
        """Whether the file was as it was left, when this was asked first."""
        try:
            told = msgspec.json.decode(self._beside.read_bytes(), type=_Told)
            now = _told_of(self.path, told.checked)
        except (OSError, msgspec.DecodeError):
            return False
        holds = told == now and told.checked <= self._today < told.checked + _DAYS
        self._checked, self._told = told.checked if holds else self._today, told
        return holds

    def tear(self) -> None:
        """Have the file looked at as a whole when it is opened next."""
        self._beside.unlink(missing_ok=True)

    def put(self) -> None:
        """Leave the file as it is now: whoever opened it looked at it as a whole, if this did not hold."""
        # Where it cannot be told, or is cut off in the middle, the file is looked at as a whole the next time.
        with suppress(OSError):
            if self.holds and _told_of(self.path, self._checked) == self._told:
                return
            status = self.path.stat()
            os.utime(self.path, ns=(status.st_atime_ns, status.st_mtime_ns - _BACK_NS))
            self._beside.write_bytes(msgspec.json.encode(_told_of(self.path, self._checked)))


def _told_of(path: Path, checked: int) -> _Told:
    status = path.stat()
    return _Told(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, checked)
