"""A generation: the files of a publication while they are written, each with its hash."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from commons_ld.chunks import SUMS, identifier, named
from commons_ld.errors import PublicationError
from commons_ld.outputs.flushing import flush
from commons_ld.outputs.hashed_file import explained, explaining, hashed
from commons_ld.outputs.spare import leave, tidy
from commons_ld.outputs.spool import Spool
from commons_ld.outputs.sums import Entries, Sums
from commons_ld.sentences.publication import said

__all__ = ["SUMS", "Generation", "identifier"]

#: What a file may be called. No part is empty, ``.`` or ``..``, so that none leads out of the folder.
_NAME: Final = re.compile(r"(?:(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._-]+(?:/(?!\Z)|\Z))+")

#: Where a file cannot be linked, it is copied.
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOSYS, errno.EOPNOTSUPP})


class Generation:
    """The files of a publication that is being built; made by :func:`commons_ld.outputs.publication.publish`.

    :param folder: where they are written; it exists, and is empty but for what was left of another one with
        :meth:`leave`
    :param previous: the folder of the generation that is published now, if any
    :param spool: the path of a file that may be made for a while
    :param place: tells of the name of a file where it lies, which of that place is the place itself; by default, files
        lie as they are named
    """

    def __init__(self, folder: Path, previous: Path | None, spool: Path, place: Callable[[str], str] = str) -> None:
        self.folder: Final = folder
        self.previous: Final = previous
        self._place: Final = place
        self._spool: Final = spool
        self._sums: Final = Entries(spool)
        #: The hashes of the generation before, once they were asked for; ``None`` where they cannot be believed.
        self._previous_sums: Sums | None = None
        #: When they were written, or -1 before they were asked for.
        self._sealed = -1
        self._root: Final = f"{folder}/"
        #: The folders that exist, in this one.
        self._folders: Final = {""}
        #: Whether it is built in what was left of another one, and the files in it that are being written.
        self._is_reused: Final = any(folder.iterdir())
        self._opened: Final = set[str]()
        #: Folders, of this generation and the one before, that were found not to be behind a link.
        self._enclosed: Final[set[str]] = set()
        self._lock: Final = threading.Lock()

    def open(self, name: str) -> BinaryIO:
        """Return a new file to write bytes into; it counts once it is closed.

        :param name: its path in the publication, with ``/``
        :raises PublicationError: if the name leads out of the publication or was given before, or the file
            cannot be written; the methods of the file raise it too
        """
        name = self._place(name)
        path = Path(self._path(name))
        self._free(name)
        self._opened.add(name)
        with explaining(path):
            return hashed(path, partial(self._enter, name))

    def write(self, name: str, data: bytes) -> None:
        """Write a file at once. See :meth:`open`."""
        self._write(self._place(name), data, hashlib.sha256(data).hexdigest().encode())

    def keep(self, *names: str) -> bool:
        """Take files over from the generation before, without reading them; tell whether that could be done.

        It is all of them or none: one that is missing there, or was changed since it was published, is to be written.

        :raises PublicationError: as :meth:`open` does
        """
        places = [self._place(name) for name in names]
        digests = [self._previous_digest(place) for place in places]
        if not all(digests):
            return False
        for place, digest in zip(places, digests, strict=True):
            self._link(place, f"{self.previous}/{place}", digest or b"")
        return True

    def keep_folder(self, folder: str, is_wanted: Callable[[str], bool]) -> list[str]:
        """Take over files of a folder from the generation before, without reading them.

        :param folder: in which they lie, and not in one below it
        :param is_wanted: tells of the last part of a name whether it is one of them, whenever it is asked
        :return: the names of those that are missing there, or were changed since they were published: they are to be
            written
        :raises PublicationError: as :meth:`open` does
        """
        sums = self._believed()
        if sums is None or self.previous is None:
            return []
        failed = list[str]()
        names = (name.decode() for name, _ in sums.within(f"{folder}/".encode()))
        for place, some in groupby(names, lambda name: name.rpartition("/")[0]):
            leaves = (name.rpartition("/")[2] for name in some)
            wanted = (
                leaf for leaf in leaves if self._place(f"{folder}/{leaf}") == f"{place}/{leaf}" and is_wanted(leaf)
            )
            if (first := next(wanted, None)) is not None:
                failed += self._keep_in(place, chain([first], wanted), sums, is_wanted)
        return [f"{folder}/{leaf}" for leaf in sorted(failed)]

    def _keep_in(
        self, folder: str, wanted: Iterable[str], sums: Sums, is_wanted: Callable[[str], bool]
    ) -> Iterable[str]:
        """Take over files of a folder as it lies; return the last parts of the names of those that cannot be."""
        previous = cast("Path", self.previous)
        self._see_to(folder)
        failed, copied = set[str](), set[str]()
        is_enclosed = self._encloses(previous, folder)
        with _directory(previous / folder) as source, _directory(self.folder / folder) as target:
            for leaf in wanted:
                there = self._as_it_was(leaf, source) if source is not None and is_enclosed else None
                if there is None:
                    failed.add(leaf)
                elif not (self._is_reused and self._is_in_place(leaf, there, target)):
                    try:
                        os.link(leaf, leaf, src_dir_fd=source, dst_dir_fd=target)
                    except OSError:
                        # It is copied where nothing can be linked; or it is told what is wrong.
                        (copied if self.keep(f"{folder}/{leaf}") else failed).add(leaf)
        apart = failed | copied
        self._sums.take(sums, folder, lambda leaf: leaf not in apart and is_wanted(leaf))
        return failed

    def had(self, name: str) -> bool:
        """Tell whether the generation before was published with a file of that name, whatever became of it since."""
        sums = self._believed()
        return sums is not None and sums.get(self._place(name).encode()) is not None

    def renew(self, name: str, data: bytes) -> bool:
        """Write a file, or take it over from the generation before if it holds the same; tell whether it was written.

        :raises PublicationError: as :meth:`open` does
        """
        name, digest = self._place(name), hashlib.sha256(data).hexdigest().encode()
        if self._previous_digest(name) == digest and self.keep(name):
            return False
        self._write(name, data, digest)
        return True

    def link(self, name: str, source: str) -> None:
        """Give a file of this generation a second name, without a second copy of its bytes where the disk can.

        :param source: its name, which was written or kept before
        :raises PublicationError: as :meth:`open` does, or if there is no such file
        """
        source = self._place(source)
        with self._lock:
            digest = self._sums.get(source)
        if digest is None:
            raise PublicationError(self.folder, said("no-file", source))
        self._link(self._place(name), self._root + source, digest)

    def names(self) -> Iterator[str]:
        """Yield where the files lie that there are by now, in the order of the bytes.

        Of a file that is written meanwhile it is left open whether it comes.
        """
        return (name.decode() for name, _ in self._sums)

    def digest(self, name: str) -> str:
        """Return the SHA-256, in hexadecimal, of a file that is closed, or ``""`` if there is none."""
        with self._lock:
            return (self._sums.get(self._place(name)) or b"").decode()

    def path(self, name: str) -> Path:
        """Return the path of a file of this generation, whether it is there or not."""
        return self.folder / self._place(name)

    def untouched(self, name: str) -> Path | None:
        """Return the path of a file of the generation before, if it is there and was not changed since then."""
        place = self._place(name)
        return self.previous / place if self.previous is not None and self._previous_digest(place) else None

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
        counts = Counter({b"": 1})
        with explaining(path), path.open("xb") as file:
            for name, digest in self._sums:
                file.write(b"%b  %b\n" % (digest, name))
                counts[name[: name.rfind(b"/") + 1]] += 1
        if self._is_reused:
            expected = {folder.decode()[:-1]: count for folder, count in counts.items()}

            def is_ours(place: str) -> bool:
                return place == SUMS or self._sums.get(place) is not None

            with explaining(self.folder):
                self._folders.update(tidy(self.folder, expected, is_ours))
        with closing(self._sums.unflushed()) as names:
            files = (self.folder / name for name in names)
            folders = (self.folder / name for name in self._folders)
            try:
                flush(self.folder, chain(files, [path], folders))
            except OSError as error:
                raise explained(Path(error.filename), error) from error

    def leave(self, folder: Path) -> bool:
        """Leave in the folder of the generation before nothing but what this one has too; tell whether that was done.

        :param folder: of this generation, once it is published
        """
        if self.previous is None or self._previous_sums is None:
            return False
        names = (name for name, _ in self._previous_sums.within(b""))
        with suppress(OSError, PublicationError), closing(self._sums.linked()) as linked:
            (self.previous / SUMS).unlink()
            return leave(self.previous, folder, names, linked)
        return False

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
        self._free(name)
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
            raise explained(Path(path), error) from error
        self._enter(name, digest)

    def _link(self, name: str, source: str, digest: bytes) -> None:
        path = self._path(name)
        if self._is_reused:
            with explaining(Path(path)):
                if self._is_in_place(path, os.lstat(source)):
                    self._enter(name, digest, is_linked=True)
                    return
        try:
            os.link(source, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise explained(Path(path), error) from error
        else:
            self._enter(name, digest, is_linked=True)
            return
        with explaining(Path(path)):
            shutil.copyfile(source, path)
        self._enter(name, digest)

    def _path(self, name: str) -> str:
        """Return the path of a new file, in a folder that exists."""
        if not _NAME.fullmatch(name) or name == SUMS:
            raise PublicationError(self.folder, said("no-name", name))
        self._see_to(name.rpartition("/")[0])
        return self._root + name

    def _see_to(self, folder: str) -> None:
        """See to it that a folder exists in this generation."""
        if folder not in self._folders:
            self._see_to(folder.rpartition("/")[0])
            self._make(folder)
            self._folders.add(folder)

    def _make(self, folder: str) -> None:
        """Make a folder in one that is there, unless it is there too and is no link."""
        path = self.folder / folder
        if self._is_reused and (path.is_symlink() or path.is_file()):
            self._free(folder)
        with explaining(path):
            try:
                path.mkdir()
            except FileExistsError:
                if not path.is_dir():
                    raise
                if not self._encloses(self.folder, folder):
                    raise PublicationError(path, said("behind-link")) from None

    def _encloses(self, root: Path, folder: str) -> bool:
        """Tell whether no link leads from ``root`` to a folder in it."""
        path = f"{root}/{folder}"
        if path not in self._enclosed and Path(path).resolve() == root.resolve() / folder:
            self._enclosed.add(path)
        return path in self._enclosed

    def _enter(self, name: str, digest: bytes, *, is_linked: bool = False) -> None:
        with self._lock:
            self._opened.discard(name)
            self._sums.add(name, digest, is_linked=is_linked)

    def _previous_digest(self, name: str) -> bytes | None:
        """Return the hash that a file had when the generation before was sealed, unless it was changed since."""
        if self.previous is None or not _NAME.fullmatch(name):
            return None
        sums = self._believed()
        try:
            is_enclosed = self._encloses(self.previous, name.rpartition("/")[0])
        except OSError:
            return None
        if sums is None or not is_enclosed or self._as_it_was(f"{self.previous}/{name}") is None:
            return None
        return sums.get(name.encode())

    def _as_it_was(self, path: str, folder: int | None = None) -> os.stat_result | None:
        """Return the status of a file of the generation before, if it is there, and was not changed since then."""
        try:
            # Asked for each file that is taken over, without an object for its path.
            status = os.stat(path, dir_fd=folder, follow_symlinks=False)
        except OSError:
            return None
        return status if stat.S_ISREG(status.st_mode) and status.st_mtime_ns <= self._sealed else None

    def _is_in_place(self, path: str, there: os.stat_result, folder: int | None = None) -> bool:
        """Tell whether a file is in its place already, from another generation; what was left there else is removed."""
        try:
            here = os.stat(path, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        if os.path.samestat(here, there):
            return True
        if folder is None:
            self._free(path.removeprefix(self._root))
        else:
            os.unlink(path, dir_fd=folder)
        return False

    def _free(self, name: str) -> None:
        """Remove what was left of another generation where a file is to be."""
        if self._is_reused and name not in self._opened and self._sums.get(name) is None:
            path = self.folder / name
            with explaining(path), suppress(FileNotFoundError):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def _believed(self) -> Sums | None:
        """Return the hashes of the generation before, by the names of its files, if they can be believed."""
        if self._sealed < 0:
            self._sealed = 0
            try:
                if self.previous is not None:
                    sealed = (self.previous / SUMS).stat().st_mtime_ns
                    sums = Sums(self.previous / SUMS)
                    # The name of a generation is the hash of its sums: one that was tampered with is not believed.
                    if named(sums.sha256) == self.previous.name:
                        self._previous_sums, self._sealed = sums, sealed
                    else:
                        sums.close()
            except OSError:
                return None
        return self._previous_sums


@contextmanager
def _directory(path: Path) -> Iterator[int | None]:
    """Open a folder, as a place that paths may be told from; ``None`` where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
