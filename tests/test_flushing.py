"""What is published is on the disk before it counts, and what cannot be written there is told."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from pathlib import Path

import pytest

from commons_ld.errors import PublicationError
from commons_ld.outputs import flushing
from commons_ld.outputs.publication import publish

#: So many files are flushed together.
_MANY = 3


class System:
    """What flushes files in place of the system, and notes it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, release: str = "6.1.0-13-amd64", error: int = 0) -> None:
        self.flushed: list[int] = []
        self.whole = 0
        self._error = error
        monkeypatch.setattr(flushing, "_MANY", _MANY)
        monkeypatch.setattr(platform, "system", lambda: "Linux")
        monkeypatch.setattr(platform, "release", lambda: release)
        monkeypatch.setattr(ctypes, "CDLL", lambda *_args, **_named: self)
        monkeypatch.setattr(os, "fsync", self._fsync)

    def syncfs(self, _descriptor: int) -> int:
        """Flush a file system, or say why not."""
        self.whole += 1
        ctypes.set_errno(self._error)
        return -1 if self._error else 0

    def _fsync(self, descriptor: int) -> None:
        self.flushed.append(os.fstat(descriptor).st_ino)


def files(folder: Path, count: int) -> list[Path]:
    """Return so many files."""
    found = [folder / str(number) for number in range(count)]
    for path in found:
        path.touch()
    return found


def test_few_files_are_flushed_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What others have to write on that disk is not waited for."""
    system, few = System(monkeypatch), files(tmp_path, _MANY - 1)
    flushing.flush(tmp_path, few)

    assert (sorted(system.flushed), system.whole) == (sorted(path.stat().st_ino for path in few), 0)


def test_many_files_are_flushed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system is asked once."""
    system = System(monkeypatch)
    flushing.flush(tmp_path, files(tmp_path, 50))

    assert (system.flushed, system.whole) == ([], 1)


@pytest.mark.parametrize("release", ["5.7.19", "4.18.0-553.el8", "strange"])
def test_a_system_that_would_not_tell_is_asked_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    """Before 5.8, Linux did not tell what could not be written when the whole file system was flushed."""
    system, many = System(monkeypatch, release=release), files(tmp_path, 50)
    flushing.flush(tmp_path, iter(many))

    assert (sorted(system.flushed), system.whole) == (sorted(path.stat().st_ino for path in many), 0)


def test_a_disk_that_fails_then_leaves_what_was_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the folder and says what happened."""
    out = tmp_path / "dist"
    with publish(out) as generation:
        generation.write("a.txt", b"old")
    System(monkeypatch, error=errno.EIO)

    def again() -> None:
        with publish(out) as generation:
            for number in range(9):
                generation.write(f"{number}.txt", b"new")

    with pytest.raises(PublicationError, match="cannot be written"):
        again()
    assert [path.name for path in sorted(out.iterdir())] == ["SHA256SUMS", "a.txt"]
