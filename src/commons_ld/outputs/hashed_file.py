"""A file that is hashed while it is written, and what is to be done where the system refuses to write one."""

from __future__ import annotations

import errno
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from commons_ld.errors import PublicationError
from commons_ld.sentences.publication import said

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["explained", "explaining", "hashed"]

#: About 0.5 MB a write: larger pieces leave the cache of the processor.
_BUFFER: Final = 1 << 19

_ADVICE: Final = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "share-full",
    errno.EFBIG: "too-large",
    errno.EACCES: "not-permitted",
    errno.EPERM: "not-permitted",
    errno.EROFS: "only-read",
    errno.ENOTDIR: "file-above",
    errno.ENAMETOOLONG: "long-name",
}


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Raise what the system refuses to do with ``path`` as an error that says what to do.

    >>> with explaining(Path("dist")):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    commons_ld.errors.PublicationError: dist: the disk is full; free some space, then run again
    """
    try:
        yield
    except OSError as error:
        raise explained(path, error) from error


def explained(path: Path, error: OSError) -> PublicationError:
    """Return what the system refused to do with ``path`` as an error that says what to do."""
    return PublicationError(path, said(_ADVICE.get(error.errno or 0, "not-written"), error.strerror or error))


def hashed(path: Path, done: Callable[[bytes], None]) -> BinaryIO:
    """Return a new file to write bytes into.

    :param done: called with its SHA-256, in hexadecimal, once it is closed
    :raises PublicationError: if it cannot be written; its methods raise it too
    """
    with explaining(path):
        return io.BufferedWriter(_HashedFile(path, done), _BUFFER)


class _HashedFile(io.FileIO):
    """A new file that hashes what is written to it, and tells its digest when it is closed."""

    def __init__(self, path: Path, done: Callable[[bytes], None]) -> None:
        self._path, self._done, self._sha256 = path, done, hashlib.sha256()
        super().__init__(path, "xb")

    def write(self, data: ReadableBuffer, /) -> int:
        with explaining(self._path):
            written = super().write(data)
        self._sha256.update(memoryview(data)[:written])
        return written

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        if not self.closed:
            with explaining(self._path):
                super().close()
            self._done(self._sha256.hexdigest().encode())
