r"""Read records from CSV (https://www.rfc-editor.org/rfc/rfc4180), as spreadsheets save it.

The first row names the columns: the fields of the record schema, or what the pages or the report call them; see
:func:`~commons_ld.record_schema.csv_columns` for how a cell is written. The encoding is UTF-8, with or
without a byte order mark; what parts the cells (``,``, ``;`` or a tab) is told from the first row, above which Excel's
``sep=;`` may stand. Rows are read one by one, so that memory does not grow with the size of the file.

A cell holds at most 131,072 characters, the limit of :mod:`csv`, which is four times what a spreadsheet
lets one hold. It is left as it is, since it cannot be set for one reader alone.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, BinaryIO, Final

import msgspec

from commons_ld.errors import InvalidRecord, MalformedSource, Reject, SourceError, fail
from commons_ld.field_names import FIELDS
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord, Remark
from commons_ld.record_schema import Field, fields, to_record
from commons_ld.sources.labels import LABELS
from commons_ld.text import clean, fold, split_list

__all__ = ["MAX_ROW", "read_csv"]

#: The largest row that is read, in bytes.
MAX_ROW: Final = 5 * 1024 * 1024

#: What may part the cells; the first one does where the header does not tell.
_DELIMITERS: Final = (",", ";", "\t")

_BOM: Final = b"\xef\xbb\xbf"
#: What Excel is told of the cells, in a line of its own.
_SEPARATOR_LINE: Final = re.compile(r"sep=.\s*", re.IGNORECASE)
_BETWEEN_VALUES: Final = re.compile(r"(?<!\\)\|")
_BETWEEN_LINES: Final = re.compile(r"[\r\n]+")
#: What people put between texts; the ``;`` of an entity such as ``&amp;`` is none.
_BETWEEN_TEXTS: Final = re.compile(r"[\r\n]+|(?<!&amp);")
#: Where a comma may stand inside a value: many catalogues put a surname before one.
_NAMES: Final = ("participants", "authors")
#: What makes a word a plural or a feminine: ``Invités``, ``Invité·e·s``, ``Invité(s)``.
_ENDINGS: Final = re.compile(r"(?:[(·.-]?(?:e|s|x)\)?)+(?![\w·.(-])")
_NOTE: Final = re.compile(r"\[([^\]]*)\]([^:]*):(.*)", re.DOTALL)


def read_csv(stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]:
    r"""Yield one record a row, in the order of the file.

    Rows without any value are skipped. A row whose content is wrong is handed to ``reject``; if that does
    not raise, reading goes on. In the name of a column case, accents and kinds of blank do not matter.

    :raises MalformedSource: if the columns cannot be told, a quotation mark is not closed, a row or a cell is
        too large, or a line is not UTF-8: where the next row would begin is not known then. The records
        already yielded stand.

    >>> import io
    >>> rows = io.BytesIO("Titre;Langue du contenu;guests\nEau;FR|EN;Ada: ingénieure | Max".encode())
    >>> [record] = read_csv(rows, origin=Origin("a.csv"))
    >>> record.languages, record.guests[0].biography, record.guests[1].name
    (('FR', 'EN'), 'ingénieure', 'Max')
    """
    rows = _rows(stream, origin)
    line, cells = next(rows, (1, []))
    header = _header(cells, origin.at(line=line))
    for line, cells in rows:
        try:
            record = _record(header, cells, origin.at(line=line))
        except SourceError as error:
            reject(error)
        else:
            if record:
                yield record


def _rows(stream: BinaryIO, origin: Origin) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, after the line that it begins on."""
    lines = _Lines(stream, origin)
    first = next((line for line in lines if line.strip() and not _SEPARATOR_LINE.fullmatch(line)), "")
    reader = csv.reader(itertools.chain([first], lines), delimiter=_delimiter(first), strict=True)
    start = lines.number
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start, lines.size = lines.number + 1, 0
    except csv.Error as error:
        here = origin.at(line=start)
        if "field limit" in str(error):
            raise MalformedSource("large-cell", origin=here, value=str(csv.field_size_limit())) from error
        raise MalformedSource("bad-csv", origin=here) from error


class _Lines:
    """The lines of a stream as text.

    :ivar number: how many have been read
    :ivar size: how many bytes have been read since a row began; who reads the rows sets it back
    """

    def __init__(self, stream: BinaryIO, origin: Origin) -> None:
        self._stream, self._origin = stream, origin
        self.number, self.size = 0, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(MAX_ROW + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.size += len(line)
        here = self._origin.at(line=self.number)
        if self.size > MAX_ROW:
            raise MalformedSource("large-record", origin=here, value=f"{MAX_ROW // 1024**2} MiB")
        try:
            return (line.removeprefix(_BOM) if self.number == 1 else line).decode()
        except UnicodeDecodeError as error:
            # The byte itself says enough: what stands around it may be somebody's name.
            raise MalformedSource("not-utf-8", origin=here, value=f"0x{error.object[error.start]:02X}") from error


def _delimiter(header: str) -> str:
    """Return what parts the cells of a row: that which finds the most columns that are known."""
    return max(
        _DELIMITERS, key=lambda mark: sum(_label(cell.strip('" \r\n')) in fields() for cell in header.split(mark))
    )


def _header(cells: Sequence[str], origin: Origin) -> list[str]:
    labels = [_label(cell) or f"column {number}" for number, cell in enumerate(cells, 1)]
    if "title" not in labels:
        raise MalformedSource("no-title-column", origin=origin)
    seen: set[str] = set()
    for label in labels:
        if label in seen:
            raise MalformedSource("repeated-column", origin=origin, value=label)
        seen.add(label)
    return labels


@cache
def _columns() -> Mapping[str, str]:
    """Return the field that each name of a column means, by the name as it is compared.

    A field may be called as the schema has it, as the report does in either language, and as the pages do; and so in
    the singular, the plural or the feminine, where that is not another field: ``Média`` is not ``Médias``.
    """
    named = [(label, field) for field, labels in FIELDS.items() for label in labels]
    named += [(label, row.field) for row in LABELS for label in row.shown]
    named += [(field.replace("_", " "), field) for field in fields()]
    columns = {_read(label): field for label, field in named if field in fields()}
    return {_ENDINGS.sub("", label): field for label, field in columns.items()} | columns


def _read(label: str) -> str:
    return fold(label).replace("_", " ")


def _label(cell: str) -> str:
    """Return the field that a column is named after, or the name as it is where there is none."""
    name = clean(cell)[0].strip()
    read = _read(name)
    return _columns().get(read) or _columns().get(_ENDINGS.sub("", read)) or name


def _record(header: Sequence[str], cells: Sequence[str], origin: Origin) -> MediaRecord | None:
    given = {
        label: _value(fields().get(label), cell) for label, cell in zip(header, cells, strict=False) if cell.strip()
    }
    if any(cell.strip() for cell in cells[len(header) :]):
        raise InvalidRecord("extra-cells", origin=origin, value=str(len(header)))
    if not given:
        return None
    record = to_record(given, origin=origin, lines={})
    doubtful = [
        Remark("comma-in-name", name, value, origin.line)
        for name in _NAMES
        for value in getattr(record, name)
        if "," in value
    ]
    return msgspec.structs.replace(record, remarks=(*record.remarks, *doubtful)) if doubtful else record


def _value(field: Field | None, cell: str) -> Any:
    if field is None or field.kind not in ("texts", "parts"):
        return cell
    values = [value.replace(r"\|", "|").strip() for value in _listed(field, cell)]
    if field.part is None:
        return values
    return [_PARTS[field.part.__name__](value) for value in values if value]


def _listed(field: Field, cell: str) -> Sequence[str]:
    """Return the values of a cell: those of a page, but for the bar, are parted as people do it who know of no bar."""
    if field.name == "notes" or _BETWEEN_VALUES.search(cell):
        return _BETWEEN_VALUES.split(cell)
    if field.part is not None:
        return _BETWEEN_LINES.split(cell)
    return [value for text in _BETWEEN_TEXTS.split(cell) for value in _parted(text, are_names=field.name in _NAMES)]


def _parted(text: str, *, are_names: bool) -> Sequence[str]:
    """Return the values that commas part, as on the page; ``Exemple, Alice`` is one name, of two words."""
    values = split_list(text)
    return [text.strip(" ,")] if are_names and not all(" " in value for value in values) else values


def _guest(value: str) -> dict[str, str]:
    name, _, biography = value.partition(":")
    return {"name": name, "biography": biography}


def _document(value: str) -> dict[str, str]:
    title, url = _addressed(value)
    return {"title": title, "url": url}


def _link(value: str) -> dict[str, str]:
    label, url = _addressed(value)
    return {"label": label, "url": url} if url else {"url": label}


def _addressed(value: str) -> tuple[str, str]:
    """Return the words and the address of ``words <address>``, of which either may lack."""
    words, opening, address = value.rpartition("<")
    if opening and value.endswith(">"):
        return words, address.removesuffix(">")
    return ("", value) if value.startswith(("http://", "https://")) else (value, "")


def _note(value: str) -> dict[str, str]:
    match = _NOTE.fullmatch(value)
    if match is None:
        return {"text": value}
    time, author, text = match.groups()
    return {"time": time, "author": author, "text": text}


#: How a value is taken apart, by the part of a record that it becomes.
_PARTS: Final[dict[str, Callable[[str], dict[str, str]]]] = {
    "Guest": _guest,
    "Document": _document,
    "Link": _link,
    "Note": _note,
}
