"""The lock of a file: one process holds it, and the others can name it."""

import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld.files.locks import Taken, lock, unlock


@pytest.fixture
def first(tmp_path: Path) -> Iterator[int]:
    """Yield a file, open."""
    descriptor = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def second(tmp_path: Path) -> Iterator[int]:
    """Yield the same file, opened again, as another process would."""
    descriptor = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def test_who_comes_second_is_told_who_holds_it(first: int, second: int) -> None:
    """The number of the process stands in the file."""
    lock(first)

    with pytest.raises(Taken) as taken:
        lock(second)
    assert taken.value.holder == str(os.getpid())


def test_who_comes_between_lock_and_number_waits_for_the_number(
    first: int, second: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder has the lock before it could write its number."""
    fcntl.flock(first, fcntl.LOCK_EX)
    monkeypatch.setattr(time, "sleep", lambda _: os.pwrite(first, b"4711\n", 0))

    with pytest.raises(Taken, match="4711"):
        lock(second)


def test_a_holder_that_never_writes_its_number_is_unknown(
    first: int, second: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait ends: another program may hold the lock."""
    fcntl.flock(first, fcntl.LOCK_EX)
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)

    with pytest.raises(Taken, match="unknown"):
        lock(second)
    assert 1 < len(pauses) <= 100


def test_an_unlocked_file_names_nobody(first: int, second: int) -> None:
    """What is left of a holder that ended cannot be taken for the next one's number."""
    lock(first)
    unlock(first)

    assert os.pread(second, 20, 0) == b""
