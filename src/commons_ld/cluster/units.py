"""Cut sources into units of work: some small files, a file, or the lines of a file that begin between two bytes."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, NamedTuple, cast

from commons_ld.cluster.places import is_address, place_of
from commons_ld.cluster.words import cannot
from commons_ld.errors import SettingsError
from commons_ld.pipeline.finding import Found, is_about_sources, sources_of
from commons_ld.sentences.settings import said
from commons_ld.settings import Settings
from commons_ld.sources import by_suffix, sidecar

__all__ = ["File", "OwnLines", "Unit", "count_lines", "cut", "files_of", "local", "opened"]

#: How many units there are about, how large each is at least and at most, in bytes; and files that go together.
_UNITS, _LEAST, _MOST, _FILES = 64, 1 << 20, 64 << 20, 64
_PIECE: Final = 1 << 20


class File(NamedTuple):
    """A file of the sources, as every machine gets at it.

    :param found: how it is called and read; its path is where it lies, if it lies in a folder
    :param folder: the address of the folder it lies below, or ``""``
    :param size: in bytes, when the work was shared out
    """

    found: Found
    folder: str
    size: int

    @property
    def name(self) -> str:
        """What a person is told of it."""
        return self.found.name


class Unit(NamedTuple):
    """Something to read.

    :param start: of a file with a record a line, where the lines of this unit begin, in bytes
    :param end: where they end; 0 for whole files
    :param line: how many lines stand before them
    """

    files: tuple[File, ...]
    start: int = 0
    end: int = 0
    line: int = 0

    @property
    def size(self) -> int:
        """How much there is to read, in bytes."""
        return self.end - self.start if self.end else sum(file.size for file in self.files)


def files_of(settings: Settings, sources: Sequence[str]) -> list[File]:
    """Return the files to read, in the order of their names; the registers are none of them.

    :param sources: paths of files and folders, or their addresses; by default those of the settings
    :raises SettingsError: if there is no such file or folder, or two files would have the same name
    :raises ClusterError: if an address cannot be read
    """
    given = sources or [name if is_address(name) else str(settings.path(name)) for name in settings.sources]
    paths = [Path(name) for name in given if not is_address(name)]
    found = [File(one, "", one.path.stat().st_size) for one in (sources_of(settings, paths) if paths else ())]
    for address in given:
        if is_address(address):
            found += _below(address)
    found.sort(key=lambda file: file.name)
    for before, after in pairwise(found):
        if before.name == after.name:
            problem = said("same-name", value=after.name)
            raise SettingsError("sources", after.folder or str(after.found.path), problem)
    return found


def _below(address: str) -> Iterator[File]:
    """Yield the files below an address, called as those of a folder are."""
    place = place_of(address)
    files = {name: size for name, size in place.files() if not any(part[:1] == "." for part in name.split("/"))}
    if not files:
        raise SettingsError("sources", place.address, said("no-source"))
    above, _, last = address.rstrip("/").rpartition("/")
    for name, size in files.items():
        path = PurePosixPath(name or last)
        if is_about_sources(path.name):
            continue
        page = name.removesuffix(".json")
        if name.endswith(sidecar.SUFFIX):
            if page not in files:
                yield File(Found(Path(name), f"{last}/{name}", None, Path(name)), address, size)
            continue
        beside = Path(f"{name}.json") if f"{name}.json".endswith(sidecar.SUFFIX) and f"{name}.json" in files else None
        called = f"{last}/{name}" if name else last
        yield File(Found(Path(name or last), called, by_suffix(path.name), beside), address if name else above, size)


def cut(files: Iterable[File]) -> list[Unit]:
    """Return the units that files are read in; it depends on the files alone how they are cut.

    Lines before those of a unit are not counted yet: see :func:`count_lines`.
    """
    files = list(files)
    most = min(_MOST, max(_LEAST, sum(file.size for file in files) // _UNITS))
    units: list[Unit] = []
    together: list[File] = []
    for file in files:
        has_lines = file.found.source is not None and file.found.source.name == "json-lines"
        if together and (len(together) == _FILES or sum(one.size for one in together) + file.size > most):
            units.append(Unit(tuple(together)))
            together = []
        if has_lines and file.size > most:
            if together:
                units.append(Unit(tuple(together)))
                together = []
            units += [Unit((file,), start, min(start + most, file.size)) for start in range(0, file.size, most)]
        else:
            together.append(file)
    return [*units, Unit(tuple(together))] if together else units


def count_lines(unit: Unit) -> int:
    """Return how many lines begin in a unit.

    :raises ClusterError: if the file cannot be read here
    """
    # A line begins after each end of a line, and the first one with the file.
    left, count = unit.end - 1 - max(0, unit.start - 1), int(unit.start == 0)
    with opened(unit.files[0]) as stream:
        stream.seek(max(0, unit.start - 1))
        while left > 0 and (piece := stream.read(min(left, _PIECE))):
            count += piece.count(b"\n")
            left -= len(piece)
    return count


@contextmanager
def opened(file: File) -> Iterator[BinaryIO]:
    """Open a file, on whatever machine this is.

    :raises ClusterError: if it is not there, or is not as it was when the work was shared out
    """
    if file.folder:
        with place_of(file.folder).opened(file.found.path.as_posix()) as stream:
            yield io.BufferedReader(cast("io.RawIOBase", stream), _PIECE)
        return
    with _checked(file).found.path.open("rb") as stream:
        yield stream


@contextmanager
def local(file: File) -> Iterator[Found]:
    """Have a file, with what lies beside it, in a folder of this machine.

    :raises ClusterError: as :func:`opened`
    """
    if not file.folder:
        yield _checked(file).found
        return
    with tempfile.TemporaryDirectory(prefix="commons-ld-") as folder:
        place, copied = place_of(file.folder), {}
        for part in {file.found.path, file.found.sidecar or file.found.path}:
            copied[part] = Path(folder, part.name)
            with place.opened(part.as_posix()) as stream, copied[part].open("wb") as copy:
                while piece := stream.read(_PIECE):
                    copy.write(piece)
        beside = copied[file.found.sidecar] if file.found.sidecar else None
        yield file.found._replace(path=copied[file.found.path], sidecar=beside)


def _checked(file: File) -> File:
    path = file.found.path
    try:
        size = path.stat().st_size
    except OSError as error:
        raise cannot(str(path), "not-here") from error
    if size != file.size:
        raise cannot(str(path), "changed")
    return file


class OwnLines:
    """The lines of a stream that begin between two bytes.

    >>> lines = OwnLines(io.BytesIO(b"a" + bytes([10]) + b"bc" + bytes([10]) + b"d"), 1, 3)
    >>> lines.readline(), lines.readline()
    (b'bc\\n', b'')
    """

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream = stream
        at = max(0, start - 1)
        stream.seek(at)
        is_begun = start == 0
        while not is_begun and (piece := stream.readline(_PIECE)):
            at += len(piece)
            is_begun = piece.endswith(b"\n")
        self._left, self._begins = end - at, True

    def readline(self, size: int = -1) -> bytes:
        """Return the next line, or as much of it."""
        if self._begins and self._left <= 0:
            return b""
        piece = self._stream.readline(size)
        self._left -= len(piece)
        self._begins = piece.endswith(b"\n")
        return piece
