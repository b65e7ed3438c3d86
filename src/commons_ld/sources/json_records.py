"""Read records from JSON (https://www.rfc-editor.org/rfc/rfc8259) and JSON Lines (https://jsonlines.org).

A record is an object whose members are the fields of the record schema. A JSON file holds one such object,
or a list of them, and is read as a whole; a JSON Lines file holds one a line, and is read line by line, so
that memory does not grow with its size. Of a member that is there twice, the last stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final, TypeVar

import msgspec

from commons_ld.errors import InvalidRecord, MalformedSource, Reject, SourceError, fail
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.record_schema import shown, to_record

__all__ = ["MAX_FILE", "MAX_RECORD", "read_json", "read_json_lines"]

_MIB: Final = 1024 * 1024

#: The largest record that is read, in bytes.
MAX_RECORD: Final = 5 * _MIB
#: The largest JSON file that is read, in bytes. A larger archive is JSON Lines.
MAX_FILE: Final = 64 * _MIB

_BOM: Final = b"\xef\xbb\xbf"

#: Three depths of reading: the list, one object of it, and all that is in it.
_decode_items: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode: Final = msgspec.json.Decoder().decode

#: An escape in a JSON string; group 1 is half of a surrogate pair without its other half.
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_BYTE: Final = re.compile(r"\(byte (\d+)\)")

_T = TypeVar("_T")


def read_json(stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]:
    r"""Yield the records of a JSON file, in the order of the file.

    A record whose content is wrong is handed to ``reject``; if that does not raise, reading goes on.

    :raises MalformedSource: if the file is larger than :data:`MAX_FILE`, or its list does not parse; no record
        was yielded

    >>> import io
    >>> [record] = read_json(io.BytesIO(b'{"title": "Voisinage"}'), origin=Origin("a.json"))
    >>> record.title
    'Voisinage'
    """
    data = stream.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise MalformedSource("large-file", origin=origin, value=f"{MAX_FILE // _MIB} MiB")
    data = _mended(data.removeprefix(_BOM))
    items = _parsed(_decode_items, data, origin.at(line=1)) if data.lstrip()[:1] == b"[" else [data.strip()]
    line, position = 1, 0
    for number, item in enumerate(map(bytes, items), 1):
        start = data.index(item, position)
        line += data.count(b"\n", position, start)
        here = origin.at(line=line, page=f"item {number}" if len(items) > 1 else "")
        try:
            record = _record(item, here, _lines(item, line))
        except SourceError as error:
            reject(error)
        else:
            yield record
        line += item.count(b"\n")
        position = start + len(item)


def read_json_lines(stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]:
    """Yield the records of a JSON Lines file, in the order of the file.

    Blank lines are skipped. A line that does not parse, is longer than :data:`MAX_RECORD` or whose content
    is wrong is handed to ``reject``; if that does not raise, reading goes on.

    :param origin: its line is that before the first one of the stream: 0 where that is the whole file

    >>> import io
    >>> rejected = []
    >>> lines = io.BytesIO(b'{"title": "Eau"}' + b"\\n" + b'{"title": 12}')
    >>> [record.title for record in read_json_lines(lines, origin=Origin("a.jsonl"), reject=rejected.append)]
    ['Eau']
    >>> print(rejected[0].origin, rejected[0].field, rejected[0].value)
    a.jsonl, line 2 title 12
    """
    number = origin.line
    while line := stream.readline(MAX_RECORD + 1):
        number += 1
        if line == b"\n":
            continue  # so are lines that are as before told, of which a file may have many
        here = origin.at(line=number)
        try:
            if len(line) > MAX_RECORD:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MAX_RECORD)
                raise MalformedSource("large-record", origin=here, value=f"{MAX_RECORD // _MIB} MiB")
            if number == 1:
                line = line.removeprefix(_BOM)
            if not line.strip():
                continue
            record = _record(_mended(line), here, {})
        except SourceError as error:
            reject(error)
        else:
            yield record


def _mended(data: bytes) -> bytes:
    """Return JSON in which every half of a surrogate pair is U+0000, which is dropped from texts with a remark.

    RFC 8259, section 8.2, lets such halves stand, and a text that was cut inside an emoji ends in one; but
    they are no characters, and nothing can be made of them.
    """
    if b"\\ud" in data or b"\\uD" in data:
        return _ESCAPE.sub(lambda match: rb"\u0000" if match[1] else match[0], data)
    return data


def _record(data: bytes, origin: Origin, lines: Mapping[str, int]) -> MediaRecord:
    if len(data) > MAX_RECORD:
        raise MalformedSource("large-record", origin=origin, value=f"{MAX_RECORD // _MIB} MiB")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        # The byte itself says enough: what stands around it may be somebody's name.
        byte = f"0x{data[error.start]:02X}"
        raise MalformedSource("not-utf-8", origin=_below(origin, data, error.start), value=byte) from error
    given = _parsed(_decode, data, origin)
    if not isinstance(given, dict):
        raise InvalidRecord("not-an-object", origin=origin, value=shown(given))
    try:
        return to_record(given, origin=origin, lines=lines)
    except RecursionError as error:
        raise MalformedSource("deep-json", origin=origin) from error


def _parsed(decode: Callable[[bytes], _T], data: bytes, origin: Origin) -> _T:
    """Return what ``decode`` makes of ``data``, with the errors of msgspec translated.

    :param origin: the line that ``data`` begins on
    """
    try:
        return decode(data)
    except RecursionError as error:
        raise MalformedSource("deep-json", origin=origin) from error
    except msgspec.ValidationError as error:
        raise MalformedSource("huge-number", origin=origin) from error
    except msgspec.DecodeError as error:
        match = _BYTE.search(str(error))
        if match is None:
            raise MalformedSource("cut-json", origin=_below(origin, data, len(data.rstrip()))) from error
        position = int(match[1])
        column = len(data[data.rfind(b"\n", 0, position) + 1 : position].decode(errors="replace")) + 1
        raise MalformedSource("bad-json", origin=_below(origin, data, position), value=str(column)) from error


def _below(origin: Origin, data: bytes, position: int) -> Origin:
    return origin.at(line=origin.line + data.count(b"\n", 0, position))


def _lines(data: bytes, line: int) -> dict[str, int]:
    """Return the line of each member of an object that begins on ``line``."""
    if b"\n" not in data:
        return {}
    try:
        members = _decode_members(data)
    except (msgspec.DecodeError, RecursionError):
        return {}  # refused when it is read
    lines, position = {}, 0
    for name, value in members.items():
        # Members come in their order, so each value is the first of its kind after the one before.
        start = data.find(bytes(value), position)
        if start < 0:
            break  # a member that is there twice comes out of its order
        line += data.count(b"\n", position, start)
        lines[name] = line
        line += bytes(value).count(b"\n")
        position = start + len(bytes(value))
    return lines
