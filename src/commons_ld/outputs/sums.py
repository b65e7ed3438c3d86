"""The hashes of the files of a publication, by their names: those of the one before, and those of one that is made.

There are as many as there are files, so neither is held in memory. A ``SHA256SUMS`` stands in the order of its names,
and what is taken over of it a folder at a time is not copied anywhere: it is read there once more when it is wanted.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import lru_cache
from heapq import merge
from itertools import chain, pairwise
from pathlib import Path
from typing import Final

from commons_ld.outputs.spool import Spool

__all__ = ["Entries", "Sums"]

#: How much of the file is looked through for a name, and how many such blocks are kept once they were.
_BLOCK, _KEPT = 1 << 14, 64
#: Hexadecimal digits of a hash, and where the name begins behind it.
_DIGEST, _NAME = 64, 66
#: What stands after a hash where a file is another name of one that is flushed: it was in the generation before, which
#: is on the disk, or is in this one.
_LINKED: Final = b"="


class Sums:
    """A ``SHA256SUMS`` in the order of its names, as it was written; who makes it closes it.

    :param path: the file
    :raises OSError: here and by every method, if it cannot be read

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "SHA256SUMS")
    >>> _ = path.write_bytes(b"0" * 64 + b"  a/b" + bytes([10]) + b"1" * 64 + b"  c" + bytes([10]))
    >>> sums = Sums(path)
    >>> sums.get(b"c")[:3], sums.get(b"b"), [name for name, _ in sums.within(b"a/")]
    (b'111', None, [b'a/b'])
    >>> sums.close()
    """

    def __init__(self, path: Path) -> None:
        self._file: Final = path.open("rb")
        #: Where each block begins, and the name in its first line.
        self._starts: Final[list[int]] = []
        self._firsts: Final[list[bytes]] = []
        digest, at = hashlib.sha256(), 0
        while lines := self._file.read(_BLOCK):
            lines += self._file.readline()
            self._starts.append(at)
            self._firsts.append(lines[_NAME : lines.find(b"\n")])
            digest.update(lines)
            at += len(lines)
        self._starts.append(at)
        #: The SHA-256 of the file, in hexadecimal.
        self.sha256: Final = digest.hexdigest()
        self._block: Final = lru_cache(_KEPT)(self._found)

    def get(self, name: bytes) -> bytes | None:
        """Return the hash of a file, in hexadecimal, or ``None`` where the name is not among them."""
        number = bisect_right(self._firsts, name) - 1
        return self._block(number).get(name) if number >= 0 else None

    def within(self, start: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the names that begin with some bytes, and their hashes, in their order."""
        for number in range(max(0, bisect_right(self._firsts, start) - 1), len(self._firsts)):
            for line in self._lines(number):
                name = line[_NAME:]
                if name.startswith(start):
                    yield name, line[:_DIGEST]
                elif name > start:
                    return

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _lines(self, number: int) -> list[bytes]:
        start = self._starts[number]
        self._file.seek(start)
        return self._file.read(self._starts[number + 1] - start).splitlines()

    def _found(self, number: int) -> dict[bytes, bytes]:
        return {line[_NAME:]: line[:_DIGEST] for line in self._lines(number)}


class Entries:
    """The names of the files of a generation that is made, with their hashes.

    :param path: of a file that may be made for a while
    :raises PublicationError: by every method, if the disk is full
    """

    def __init__(self, path: Path) -> None:
        self._own: Final = Spool(path)
        #: Of each folder of which files were taken over together: of what they are, and which they are.
        self._taken: Final[dict[str, tuple[Sums, Callable[[str], bool]]]] = {}

    def add(self, name: str, digest: bytes, *, is_linked: bool) -> None:
        """Add a file; the first hash of a name stays.

        :param is_linked: whether it is another name of a file that is flushed, or will be
        """
        self._own.add([(name.encode(), digest + _LINKED if is_linked else digest)])

    def take(self, sums: Sums, folder: str, is_taken: Callable[[str], bool]) -> None:
        """Add files of the generation before, which are linked.

        :param folder: in which they lie, and not in one below it
        :param is_taken: tells of the last part of a name whether it is one of them, whenever it is asked
        """
        self._taken[f"{folder}/"] = sums, is_taken

    def get(self, name: str) -> bytes | None:
        """Return the hash of a file, or ``None`` where there is none of that name."""
        if own := self._own.get(name.encode()):
            return own[:_DIGEST]
        leaf = name[name.rfind("/") + 1 :]
        taken = self._taken.get(name.removesuffix(leaf))
        return taken[0].get(name.encode()) if taken and taken[1](leaf) else None

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the names and the hashes, in the order of the names as bytes compare."""
        with closing(iter(self._own)) as own:
            for name, digest, _ in self._merged(own):
                yield name, digest[:_DIGEST]

    def linked(self) -> Generator[tuple[bytes, bool], None, None]:
        """Yield the names of the files that are other names of some, in their order.

        :return: and whether each was taken over together with others
        """
        with closing(iter(self._own)) as own:
            linked = ((name, digest) for name, digest in own if digest.endswith(_LINKED))
            for name, _, is_taken in self._merged(linked):
                yield name, is_taken

    def _merged(self, own: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes, bool]]:
        """Yield the entries in their order, and of each whether it was taken over; of two of a name, the own one."""
        mine = next(own, None)
        for name, digest in self._together():
            while mine is not None and mine[0] <= name:
                yield *mine, False
                last, mine = mine[0], next(own, None)
                if last == name:
                    break
            else:
                yield name, digest, True
        while mine is not None:
            yield *mine, False
            mine = next(own, None)

    def _together(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield what was taken over, in its order."""
        folders = sorted(self._taken)
        lanes = [_of_folder(folder, *self._taken[folder]) for folder in folders]
        # The names of one folder stand together, unless another one lies in it.
        is_nested = any(after.startswith(folder) for folder, after in pairwise(folders))
        return merge(*lanes) if is_nested else chain.from_iterable(lanes)

    def unflushed(self) -> Generator[str, None, None]:
        """Yield the names of the files that are not known to be on the disk."""
        with closing(iter(self._own)) as own:
            yield from (name.decode() for name, digest in own if not digest.endswith(_LINKED))

    def close(self) -> None:
        """Give the disk space back."""
        self._own.close()


def _of_folder(folder: str, sums: Sums, is_taken: Callable[[str], bool]) -> Iterator[tuple[bytes, bytes]]:
    for name, digest in sums.within(folder.encode()):
        leaf = name[len(folder) :].decode()
        if "/" not in leaf and is_taken(leaf):
            yield name, digest
