"""A sequence that lies on disk, so that a report may be of any number of pages."""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Final, Generic, NamedTuple, TypeVar, overload

import msgspec

__all__ = ["Encoded", "Later", "Stored", "encoded"]

_T = TypeVar("_T")

#: Bytes that stay in memory: only a report of more than a few pages needs a file.
_SMALL: Final = 1 << 20
#: Bytes that are read at once.
_PIECE: Final = 1 << 15


class Encoded(NamedTuple):
    """Items as a sequence keeps them.

    :param data: each in MessagePack, one after the other, in pieces of whatever size
    :param lengths: of each, in bytes
    :param marks: the number of each, as a byte
    """

    data: Iterable[bytes]
    lengths: Sequence[int]
    marks: bytes


def encoded(items: Iterable[_T], mark: Callable[[_T], int]) -> Encoded:
    """Return items as :meth:`Stored.again` takes them."""
    items = list(items)
    data = list(map(msgspec.msgpack.Encoder().encode, items))
    return Encoded(data, list(map(len, data)), bytes(map(mark, items)))


class Stored(Sequence[_T], Generic[_T]):
    """Items in a file without a name, each with a small number to know it by; the file ends with the sequence.

    It compares as a tuple of the same items does.

    :param items: values that MessagePack can hold
    :param kind: the type of them all
    :param mark: returns the number of an item, from 0 to 255
    :raises OSError: if the disk is full

    >>> found = Stored(["a", "b", "c"], str, mark=lambda text: text == "b")
    >>> found[-1], list(found), list(found.marked(1)), found == ("a", "b", "c")
    ('c', ['a', 'b', 'c'], ['b'], True)
    """

    def __init__(self, items: Iterable[_T], kind: type[_T], mark: Callable[[_T], int] = lambda _item: 0) -> None:
        self._file: Final = tempfile.SpooledTemporaryFile(_SMALL)  # noqa: SIM115 - it ends with the sequence
        weakref.finalize(self, self._file.close)
        self._decode: Final = msgspec.msgpack.Decoder(kind).decode
        self._starts: Final = array("Q")
        self._lengths: Final = array("L")
        #: The number of each item.
        self.marks: Final = array("B")
        encode, at, digest = msgspec.msgpack.Encoder().encode, 0, hashlib.sha256()
        for item in items:
            data = encode(item)
            self._file.write(data)
            digest.update(len(data).to_bytes(8) + data)
            self._starts.append(at)
            self._lengths.append(len(data))
            self.marks.append(mark(item))
            at += len(data)
        #: The SHA-256 of the items, in the order in which they came.
        self.digest = digest.hexdigest()

    @classmethod
    def again(cls, parts: Iterable[Encoded], kind: type[_T]) -> Stored[_T]:
        """Return a sequence of what others told of theirs, one after the other; its digest is nothing."""
        found, at = cls((), kind), 0
        for part in parts:
            found._file.writelines(part.data)
            *starts, at = accumulate(part.lengths, initial=at)
            found._starts.extend(starts)
            found._lengths.extend(part.lengths)
            found.marks.frombytes(part.marks)
        found.digest = ""
        return found

    def data(self) -> Iterator[bytes]:
        """Yield its items, encoded, in their order."""
        return self._pieces(range(len(self)))

    @property
    def lengths(self) -> list[int]:
        """How long each item is, encoded."""
        return self._lengths.tolist()

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> _T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[_T]: ...
    def __getitem__(self, index: int | slice) -> _T | Sequence[_T]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        self._file.seek(self._starts[index])
        return self._decode(self._file.read(self._lengths[index]))

    def __iter__(self) -> Iterator[_T]:
        return self._read(range(len(self)))

    def _read(self, numbers: Iterable[int]) -> Iterator[_T]:
        return map(self._decode, self._pieces(numbers))

    def _pieces(self, numbers: Iterable[int]) -> Iterator[bytes]:
        """Yield items as they lie in the file, of which those that lie one after the other are read together."""
        begin = end = 0
        piece = b""
        for number in numbers:
            start, length = self._starts[number], self._lengths[number]
            if not begin <= start <= start + length <= end:
                self._file.seek(start)
                piece = self._file.read(max(_PIECE, length))
                begin, end = start, start + len(piece)
            yield piece[start - begin : start - begin + length]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, (str, bytes)):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Stored({list(self[:3])!r}, of {len(self)})"

    def marked(self, *marks: int) -> Iterator[_T]:
        """Yield the items of some numbers, in the order of the sequence."""
        return self._read(number for number, found in enumerate(self.marks) if found in marks)

    def sort(self, key: Callable[[_T], tuple[str, int]]) -> None:
        """Put the items in the order of their keys; those of the same key stay as they are."""
        texts: dict[str, str] = {}
        keys = [(texts.setdefault(text, text), number) for text, number in map(key, self)]
        order = sorted(range(len(self)), key=keys.__getitem__)
        for column in (self._starts, self._lengths, self.marks):
            column[:] = array(column.typecode, (column[number] for number in order))


class Later(Sequence[_T], Generic[_T]):
    """A sequence of which it is known how long it is, and which is made when somebody asks for more than that.

    :param make: makes it
    :param marks: how many of its items have each number
    :param digest: as that of :class:`Stored`, or another one that differs when what is in it does

    >>> later = Later(lambda: Stored("abc", str), {0: 3}, "")
    >>> len(later), list(later)
    (3, ['a', 'b', 'c'])
    """

    def __init__(self, make: Callable[[], Stored[_T]], marks: Mapping[int, int], digest: str) -> None:
        self._make: Final = make
        self._length: Final = sum(marks.values())
        #: The numbers that its items have.
        self.marks: Final = frozenset(number for number, items in marks.items() if items)
        self.digest: Final = digest

    @cached_property
    def made(self) -> Stored[_T]:
        """The sequence itself."""
        return self._make()

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> _T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[_T]: ...
    def __getitem__(self, index: int | slice) -> _T | Sequence[_T]:
        return self.made[index]

    def __iter__(self) -> Iterator[_T]:
        return iter(self.made)

    def __eq__(self, other: object) -> bool:
        return self.made == other

    def __hash__(self) -> int:
        return hash(self.digest)

    def marked(self, *marks: int) -> Iterator[_T]:
        """Yield the items that have one of these numbers."""
        return self.made.marked(*marks)
