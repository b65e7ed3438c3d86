"""A place that all machines reach: a folder, or a bucket, by any address that fsspec knows."""

from __future__ import annotations

import importlib
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from commons_ld.cluster.words import cannot
from commons_ld.errors import ClusterError
from commons_ld.files.whole import replacing

__all__ = ["Place", "is_address", "place_of"]

_SECRETS: Final = re.compile(r"(?<=://)[^/@]*@")


def is_address(source: str) -> bool:
    """Tell an address from a path.

    >>> is_address("s3://archive/records"), is_address("data/records")
    (True, False)
    """
    return "://" in source


@lru_cache(maxsize=16)
def place_of(address: str) -> Place:
    """Return a place, opened once a process.

    :raises ClusterError: if nobody here knows such addresses
    """
    return Place(address)


class Place:
    """A folder, by its path or by an address such as ``s3://bucket/folder``; names below it have ``/``.

    :raises ClusterError: by every method, if the place cannot be used as is asked

    >>> import tempfile
    >>> place = Place(tempfile.mkdtemp())
    >>> place.write("a/b.txt", [b"one ", b"two"])
    >>> place.read("a/b.txt"), place.names(), place.ranges("a/b.txt", [(0, 3), (4, 7)])
    (b'one two', ['a'], [b'one', b'two'])
    """

    def __init__(self, address: str) -> None:
        self.address: Final = _SECRETS.sub("", address)
        try:
            core = importlib.import_module("fsspec.core")
        except ImportError as error:
            raise cannot(self.address, "missing", value="fsspec") from error
        with self._explaining():
            try:
                filesystem, root = core.url_to_fs(address)
            except ValueError as error:
                raise cannot(self.address, "no-address", value=str(error)) from error
        self._files: Final[Any] = filesystem
        self._root: Final = str(root).rstrip("/")
        protocols = (filesystem.protocol,) if isinstance(filesystem.protocol, str) else filesystem.protocol
        self._is_local: Final = "file" in protocols

    def names(self, folder: str = "") -> list[str]:
        """Return what stands in a folder, sorted; nothing if there is none."""
        with self._explaining():
            self._files.invalidate_cache()
            try:
                found = self._files.ls(self._path(folder), detail=False)
            except FileNotFoundError:
                return []
        return sorted({path.rstrip("/").rpartition("/")[2] for path in found} - {""})

    def files(self) -> Iterator[tuple[str, int]]:
        """Yield name and size of each file below the place, however deep; or ``""`` if the place is a file itself."""
        with self._explaining():
            self._files.invalidate_cache()
            if self._files.isfile(self._root):
                yield "", int(self._files.info(self._root)["size"])
                return
            for path, told in sorted(self._files.find(self._root, detail=True).items()):
                yield path.removeprefix(self._root).lstrip("/"), int(told["size"])

    def read(self, name: str) -> bytes:
        """Return what a file holds."""
        with self._explaining(name):
            return cast("bytes", self._files.cat_file(self._path(name)))

    def ranges(self, name: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return parts of a file, each from its first byte to the one after its last."""
        with self._explaining(name):
            path = self._path(name)
            if self._is_local:
                with Path(path).open("rb") as file:
                    return [_at(file, start, end) for start, end in ranges]
            starts, ends = zip(*ranges, strict=True)
            return cast("list[bytes]", self._files.cat_ranges([path] * len(ranges), list(starts), list(ends)))

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        """Open a file, to read from any byte of it on."""
        with self._explaining(name):
            file = self._files.open(self._path(name), "rb")
        try:
            yield file
        except OSError as error:
            with self._explaining(name):
                raise error
        finally:
            file.close()

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file: it is there as a whole or not at all, and in place of one of that name."""
        path = self._path(name)
        if self._is_local:
            with self._explaining(name):
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                # Another machine may write the same file at the same time.
                with replacing(Path(path), secrets.token_hex(8)) as whole:
                    whole.writelines(pieces)
            return
        with self._explaining(name):
            file = self._files.open(path, "wb", autocommit=False)
            try:
                for piece in pieces:
                    file.write(piece)
                file.close()
            except BaseException:
                with suppress(OSError):
                    file.discard()
                raise
            file.commit()

    def remove(self, name: str) -> None:
        """Remove a file, or a folder with all that is in it, if there is one."""
        with self._explaining(name):
            self._files.invalidate_cache()
            with suppress(FileNotFoundError):
                self._files.rm(self._path(name), recursive=True)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    @contextmanager
    def _explaining(self, name: str = "") -> Iterator[None]:
        where = f"{self.address.rstrip('/')}/{name}" if name else self.address
        try:
            yield
        except ClusterError:
            raise
        except ImportError as error:
            raise cannot(where, "no-driver", value=str(error)) from error
        except FileNotFoundError as error:
            raise cannot(where, "not-there") from error
        except PermissionError as error:
            raise cannot(where, "not-allowed") from error
        except OSError as error:
            raise cannot(where, "refused", value=error.strerror or str(error)) from error
        except Exception as error:
            # Libraries of stores have errors of their own, of which fsspec translates some alone.
            if type(error).__module__ == "builtins":
                raise
            raise cannot(where, "refused", value=f"{type(error).__name__}: {error}") from error


def _at(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)
