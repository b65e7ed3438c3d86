"""OAI-PMH on a web host that runs PHP: a program of ours, and the three files that it answers from.

The program is ``oai.php``, the same for every archive; it says what the files are. It answers as
:mod:`commons_ld.feeds.oai` does, and a test holds the one against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

import msgspec

from commons_ld.errors import PublicationError
from commons_ld.feeds.oai import BATCH, Repository, respond
from commons_ld.feeds.oai_publication import read_labels, repository_of
from commons_ld.feeds.oai_state import STATE, Row
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.spool import Spool
from commons_ld.rendering.oai import PARTS
from commons_ld.sentences.publication import said
from commons_ld.settings import Settings

__all__ = ["StaticOai"]

_FOLDER: Final = "site/feeds/oai/"
_PROGRAM: Final = Path(__file__).with_name("oai.php")
#: What is answered in the same words whoever asks, but for the time and the address.
_WRITTEN: Final = ("Identify", "ListMetadataFormats", "ListSets")


class StaticOai:
    """The program and its files, while the renderings are written; without feeds, nothing.

    :raises PublicationError: by every method, if a file cannot be written
    """

    def __init__(self, generation: Generation, settings: Settings) -> None:
        self._generation, self._settings = generation, settings
        self._opened: Final = ExitStack()
        self._end = 0
        if settings.output.feeds:
            self._file: Final = self._opened.enter_context(generation.open(f"{_FOLDER}records.bin"))
            self._places: Final = self._opened.enter_context(generation.spool())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._opened.__exit__(*raised)  # type: ignore[arg-type]

    def add(self, name: str, packed: bytes) -> None:
        """Write a record.

        :param name: its IRI, after the base
        :param packed: as :func:`commons_ld.rendering.oai.packed` makes it
        """
        self._file.write(packed)
        self._places.add([(name.encode(), f"{self._end}\t{len(packed)}".encode())])
        self._end += len(packed)

    def finish(self) -> None:
        """Write the other files, once what ``serve`` answers from is written."""
        if not self._settings.output.feeds:
            return
        folder = self._generation.folder
        with self._generation.spool() as spool, self._generation.open(f"{_FOLDER}records.txt") as file:
            telling = list(_telling(self._listing(_sorted(folder / STATE, spool), file.write)))
        repository = repository_of(
            self._settings, folder, telling, read_labels(folder, self._settings), base_url=""
        )._replace(now="")
        self._generation.write(f"{_FOLDER}repository.json", msgspec.json.encode(_told(repository)) + b"\n")
        self._generation.write(f"{_FOLDER}oai.php", _PROGRAM.read_bytes())

    def _listing(self, rows: Iterable[Row], write: Callable[[bytes], object]) -> Iterator[Row]:
        """Write a line for each record on its way."""
        for row in rows:
            place = self._places.get(row.name.encode()) if row.length else b"0\t0"
            if place is None:
                raise PublicationError(self._generation.folder, said("not-rendered", row.name))
            write(f"{row.at}\t{row.name}\t{' '.join(row.sets)}\t".encode() + place + b"\n")
            yield row


def _sorted(state: Path, spool: Spool) -> Iterator[Row]:
    """Yield what OAI-PMH answers from by datestamp and name, sorted on disk."""
    decode = msgspec.json.Decoder(Row).decode
    with state.open("rb") as file:
        spool.add((f"{row.at}{row.name}".encode(), line) for line in file for row in (decode(line),))
    for _, line in spool:
        yield decode(line)


def _telling(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows by which the archive and its sets are told of: the first, the last two, and the first of each set.

    The last two are the last one that is there, which is an example, and the last one of all.

    What is gone cannot tell what its sets are called.
    """
    found: set[tuple[str, bool]] = set()
    last = living = None
    for row in rows:
        sets = {(name, bool(row.length)) for name in row.sets}
        if last is None or not sets <= found:
            yield row
        found |= sets
        last, living = row, row if row.length else living
    yield from (row for row in (living, last) if row is not None)


def _told(repository: Repository) -> dict[str, object]:
    """Return what the program has to know; the time and the address of each request are left empty."""
    whole = {verb: respond([("verb", verb)], repository).decode() for verb in _WRITTEN}
    identify = whole["Identify"]
    return {
        "answers": whole,
        "batch": BATCH,
        "begin": identify[: identify.index("<responseDate/>")],
        "formats": PARTS,
        "identifiers": repository.identifiers,
    }
