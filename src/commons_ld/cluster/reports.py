"""The last task: write the report in one of its forms, which take the coordinator as long as all else it tells.

What there is to say lies in files of the work by then, as the coordinator put it together: whatever the forms and
whoever writes them, they say the same.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, Final, TypeVar

import msgspec

from commons_ld.cluster.making import Written
from commons_ld.cluster.places import Place
from commons_ld.cluster.tools import AT_WORK, Job, Tools
from commons_ld.outputs import report_files
from commons_ld.outputs.report import PageReport, Refusal, Report
from commons_ld.outputs.stored import Encoded, Stored

__all__ = ["hand_on", "write_form"]

_PIECE: Final = 1 << 20

_T = TypeVar("_T")


class _Columns(msgspec.Struct, frozen=True):
    """Of a sequence on disk, what its items are found by.

    :param lengths: as :attr:`Stored.lengths` has them
    :param marks: as :attr:`Stored.marks` has them
    """

    lengths: list[int]
    marks: bytes


class _HandedOn(msgspec.Struct, frozen=True):
    """A report, without what lies in files of their own.

    :param columns: of its pages, of those that were refused, and of those that were passed over
    """

    report: Report
    columns: tuple[_Columns, _Columns, _Columns]


def hand_on(place: Place, folder: str, found: Report) -> None:
    """Put a report where tasks find it.

    :param folder: where the files of the work lie
    :raises ClusterError: if it cannot be written
    """
    columns = []
    for number, items in enumerate((found.pages, found.refused, found.passed_over)):
        if not isinstance(items, Stored):
            raise TypeError("a report of an export lies on disk")
        place.write(_part_of(folder, number), items.data())
        columns.append(_Columns(items.lengths, bytes(items.marks)))
    rest = msgspec.structs.replace(found, pages=(), refused=(), passed_over=())
    pages, refused, passed_over = columns
    place.write(_head_of(folder), [msgspec.msgpack.encode(_HandedOn(rest, (pages, refused, passed_over)))])


def write_form(job: Job, folder: str, publication: str, name: str) -> Written:
    """Write the report in one form.

    :param folder: where the files of the work lie
    :param publication: the folder of the publication
    :param name: of the file there, one of :data:`commons_ld.outputs.report_files.NAMES`
    :raises ClusterError: if the report cannot be read, or the form cannot be written
    """
    with AT_WORK:
        place = Tools.of(job).place
        with tempfile.TemporaryFile() as file:
            report_files.write_form(_report(place, folder), name, file)
            digest = hashlib.sha256()
            for piece in _pieces(file):
                digest.update(piece)
            place.write(f"{publication}/{name}", _pieces(file))
            return Written(name, file.tell(), digest.hexdigest())


def _report(place: Place, folder: str) -> Report:
    given = msgspec.msgpack.decode(place.read(_head_of(folder)), type=_HandedOn)
    pages, refused, passed_over = given.columns
    return msgspec.structs.replace(
        given.report,
        pages=_stored(place, _part_of(folder, 0), PageReport, pages),
        refused=_stored(place, _part_of(folder, 1), Refusal, refused),
        passed_over=_stored(place, _part_of(folder, 2), Refusal, passed_over),
    )


def _stored(place: Place, name: str, kind: type[_T], columns: _Columns) -> Stored[_T]:
    with place.opened(name) as stream:
        pieces = iter(lambda: stream.read(_PIECE), b"")
        return Stored.again([Encoded(pieces, columns.lengths, columns.marks)], kind)


def _head_of(folder: str) -> str:
    return f"{folder}/report"


def _part_of(folder: str, number: int) -> str:
    return f"{folder}/report-{number}"


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
