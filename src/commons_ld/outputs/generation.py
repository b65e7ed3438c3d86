"""A generation: the files of a publication while they are written, each with its hash."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from commons_ld.errors import PublicationError
from commons_ld.outputs.flushing import flush
from commons_ld.outputs.spool import Spool

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["SUMS", "Generation", "explaining", "identifier"]

#: The file that lists the others with their hashes, for ``sha256sum --check``.
SUMS: Final = "SHA256SUMS"

#: What a file may be called. No part is empty, ``.`` or ``..``, so that none leads out of the folder.
_NAME: Final = re.compile(r"(?:(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._-]+(?:/(?!\Z)|\Z))+")

#: About 0.5 MB a write: larger pieces leave the cache of the processor.
_BUFFER: Final = 1 << 19

#: Hexadecimal digits of a hash; and what stands after them where a file is another name of one that is flushed: it was
#: in the generation before, which is on the disk, or is in this one.
_DIGEST, _LINKED = 64, b"="

#: Where a file cannot be linked, it is copied.
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOSYS, errno.EOPNOTSUPP})

_ADVICE: Final = {
    errno.ENOSPC: "the disk is full; free some space, then run again",
    errno.EDQUOT: "your share of the disk is used up; free some space, then run again",
    errno.EFBIG: "the file would be larger than files may be here; choose another disk with --out",
    errno.EACCES: "may not be written; give yourself the right to, or choose another folder with --out",
    errno.EPERM: "may not be written; give yourself the right to, or choose another folder with --out",
    errno.EROFS: "is on a disk that can only be read; choose another folder with --out",
    errno.ENOTDIR: "has a file among the folders above it; choose another folder with --out",
    errno.ENAMETOOLONG: "is too long a name for this disk; choose another folder with --out",
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
        raise _explained(path, error) from error


def _explained(path: Path, error: OSError) -> PublicationError:
    return PublicationError(path, _ADVICE.get(error.errno or 0, f"cannot be written ({error.strerror or error})"))


def identifier(folder: Path) -> str:
    """Return the name of a generation that is sealed: it depends on nothing but its content."""
    return hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()[:16]


class Generation:
    """The files of a publication that is being built; made by :func:`commons_ld.outputs.publication.publish`.

    :param folder: where they are written; it exists, and is empty
    :param previous: the folder of the generation that is published now, if any
    :param spool: the path of a file that may be made for a while
    """

    def __init__(self, folder: Path, previous: Path | None, spool: Path) -> None:
        self.folder: Final = folder
        self.previous: Final = previous
        self._spool: Final = spool
        self._sums: Final = Spool(spool)
        self._previous_sums: Spool | None = None
        self._sealed = 0
        self._root: Final = f"{folder}/"
        #: The folders that exist, in this one.
        self._folders: Final = {""}
        #: Folders, of this generation and the one before, that were found not to be behind a link.
        self._enclosed: Final[set[str]] = set()
        self._lock: Final = threading.Lock()

    def open(self, name: str) -> BinaryIO:
        """Return a new file to write bytes into; it counts once it is closed.

        :param name: its path in the publication, with ``/``
        :raises PublicationError: if the name leads out of the publication or was given before, or the file
            cannot be written; the methods of the file raise it too
        """
        path = Path(self._path(name))
        with explaining(path):
            return io.BufferedWriter(_HashedFile(path, partial(self._enter, name)), _BUFFER)

    def write(self, name: str, data: bytes) -> None:
        """Write a file at once. See :meth:`open`."""
        self._write(name, data, hashlib.sha256(data).hexdigest().encode())

    def keep(self, *names: str) -> bool:
        """Take files over from the generation before, without reading them; tell whether that could be done.

        It is all of them or none: one that is missing there, or was changed since it was published, is to be written.

        :raises PublicationError: as :meth:`open` does
        """
        digests = [self._previous_digest(name) for name in names]
        if not all(digests):
            return False
        for name, digest in zip(names, digests, strict=True):
            self._link(name, f"{self.previous}/{name}", digest or b"")
        return True

    def had(self, name: str) -> bool:
        """Tell whether the generation before was published with a file of that name, whatever became of it since."""
        try:
            return self.previous is not None and self._read_sums(self.previous).get(name.encode()) is not None
        except OSError:
            return False

    def renew(self, name: str, data: bytes) -> bool:
        """Write a file, or take it over from the generation before if it holds the same; tell whether it was written.

        :raises PublicationError: as :meth:`open` does
        """
        digest = hashlib.sha256(data).hexdigest().encode()
        if self._previous_digest(name) == digest and self.keep(name):
            return False
        self._write(name, data, digest)
        return True

    def link(self, name: str, source: str) -> None:
        """Give a file of this generation a second name, without a second copy of its bytes where the disk can.

        :param source: its name, which was written or kept before
        :raises PublicationError: as :meth:`open` does, or if there is no such file
        """
        with self._lock:
            digest = self._sums.get(source.encode())
        if digest is None:
            raise PublicationError(self.folder, f"'{source}' is no file of this publication")
        self._link(name, self._root + source, digest[:_DIGEST])

    def names(self) -> Iterator[str]:
        """Yield the names of the files that there are by now, in the order of their bytes.

        Of a file that is written meanwhile it is left open whether it comes.
        """
        return (name.decode() for name, _ in self._sums)

    def digest(self, name: str) -> str:
        """Return the SHA-256, in hexadecimal, of a file that is closed, or ``""`` if there is none."""
        with self._lock:
            return (self._sums.get(name.encode()) or b"")[:_DIGEST].decode()

    def untouched(self, name: str) -> Path | None:
        """Return the path of a file of the generation before, if it is there and was not changed since then."""
        return self.previous / name if self.previous is not None and self._previous_digest(name) else None

    @property
    def spool_path(self) -> Path:
        """The path of a file on the same disk that may be made for a while."""
        return self._spool

    def spool(self) -> Spool:
        """Return a new place to sort on the same disk; who asks for it closes it."""
        return Spool(self._spool)

    def seal(self) -> None:
        """Write ``SHA256SUMS``, and see to it that every byte is on the disk.

        :raises PublicationError: if that fails
        """
        path = self.folder / SUMS
        with explaining(path), path.open("xb") as file:
            file.writelines(b"%b  %b\n" % (entry[:_DIGEST], name) for name, entry in self._sums)
        with closing(iter(self._sums)) as entries:
            files = (self.folder / name.decode() for name, entry in entries if not entry.endswith(_LINKED))
            folders = (self.folder / name for name in self._folders)
            try:
                flush(self.folder, chain(files, [path], folders))
            except OSError as error:
                raise _explained(Path(error.filename), error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sums.close()
        if self._previous_sums is not None:
            self._previous_sums.close()

    def _write(self, name: str, data: bytes, digest: bytes) -> None:
        """Write a file in as few calls of the system as there can be: a publication has many, most of them small."""
        path = self._path(name)
        try:
            # The same flags as those of ``open(path, "xb")``.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            try:
                written = os.write(descriptor, data)
                while written < len(data):
                    written += os.write(descriptor, memoryview(data)[written:])
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _explained(Path(path), error) from error
        self._enter(name, digest)

    def _link(self, name: str, source: str, digest: bytes) -> None:
        path = self._path(name)
        try:
            os.link(source, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise _explained(Path(path), error) from error
        else:
            self._enter(name, digest + _LINKED)
            return
        with explaining(Path(path)):
            shutil.copyfile(source, path)
        self._enter(name, digest)

    def _path(self, name: str) -> str:
        """Return the path of a new file, in a folder that exists."""
        if not _NAME.fullmatch(name) or name == SUMS:
            raise PublicationError(self.folder, f"'{name}' is refused as the name of a file in a publication")
        folder = name.rpartition("/")[0]
        if folder not in self._folders:
            self._make(folder)
            while folder not in self._folders:
                self._folders.add(folder)
                folder = folder.rpartition("/")[0]
        return self._root + name

    def _make(self, folder: str) -> None:
        path = self.folder / folder
        with explaining(path):
            path.mkdir(parents=True, exist_ok=True)
            if not self._encloses(self.folder, folder):
                raise PublicationError(path, "is behind a link, which may lead elsewhere; it is refused")

    def _encloses(self, root: Path, folder: str) -> bool:
        """Tell whether no link leads from ``root`` to a folder in it."""
        path = f"{root}/{folder}"
        if path not in self._enclosed and Path(path).resolve() == root.resolve() / folder:
            self._enclosed.add(path)
        return path in self._enclosed

    def _enter(self, name: str, digest: bytes) -> None:
        with self._lock:
            self._sums.add([(name.encode(), digest)])

    def _previous_digest(self, name: str) -> bytes | None:
        """Return the hash that a file had when the generation before was sealed, unless it was changed since."""
        if self.previous is None or not _NAME.fullmatch(name):
            return None
        try:
            # Asked for each file that is taken over, without an object for its path.
            status = os.lstat(f"{self.previous}/{name}")
            is_ours = stat.S_ISREG(status.st_mode) and self._encloses(self.previous, name.rpartition("/")[0])
            sums = self._read_sums(self.previous)
        except OSError:
            return None
        return sums.get(name.encode()) if is_ours and status.st_mtime_ns <= self._sealed else None

    def _read_sums(self, previous: Path) -> Spool:
        """Return the hashes of the generation before, by the names of its files."""
        if self._previous_sums is None:
            self._previous_sums = self.spool()
            sums = previous / SUMS
            self._sealed = sums.stat().st_mtime_ns
            # The name of a generation is the hash of its sums: one that was tampered with is not believed.
            if identifier(previous) == previous.name:
                with sums.open("rb") as file:
                    self._previous_sums.add((line[66:-1], line[:64]) for line in file)
        return self._previous_sums


class _HashedFile(io.FileIO):
    """A new file that hashes what is written to it, and tells its digest when it is closed."""

    def __init__(self, path: Path, done: partial[None]) -> None:
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
