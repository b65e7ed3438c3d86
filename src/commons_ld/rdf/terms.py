r"""RDF terms as canonical N-Quads writes them: the one place where RDF is made of bytes.

Every function returns the bytes of one term, or ``None`` where its value is not one that it knows. The
forms are those of RDFC-1.0, section 5 (https://www.w3.org/TR/rdf-canon/#canonical-quads), and of the
canonical mappings of XML Schema 1.1, part 2.

>>> text("La « pluie »\n", "fr")
b'"La \xc2\xab pluie \xc2\xbb\\n"@fr'
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from commons_ld.dates import Date, DateOrder, read_date
from commons_ld.rdf.namespaces import expand
from commons_ld.rdf.syntax import is_iri

__all__ = [
    "Clock",
    "Day",
    "Point",
    "clock",
    "coordinates",
    "date",
    "date_time",
    "decimal",
    "duration",
    "full_date",
    "integer",
    "iri",
    "is_literal",
    "pages",
    "seconds_of",
    "string",
    "text",
]

_encode: Final = msgspec.json.Encoder().encode


def _typed(local: str) -> bytes:
    return f"^^<{expand('xsd:' + local)}>".encode()


_DATE, _YEAR_MONTH, _YEAR = _typed("date"), _typed("gYearMonth"), _typed("gYear")
_DATE_TIME, _DURATION = _typed("dateTime"), _typed("duration")
_INTEGER, _DECIMAL = _typed("integer"), _typed("decimal")


def iri(value: str) -> bytes:
    """Return the term of an IRI that was minted or checked before.

    :raises ValueError: if it holds a character that no IRI can (RDF 1.1 N-Quads, rule IRIREF)
    """
    if not is_iri(value):
        raise ValueError(f"not an IRI: {value!r}")
    return b"<%b>" % value.encode()


def string(value: str) -> bytes:
    """Return a plain literal (``xsd:string``)."""
    encoded = _encode(value)
    return encoded if is_literal(encoded) else _escaped(value)


def is_literal(json: bytes) -> bool:
    r"""Tell whether every string in some JSON is a literal of canonical N-Quads as it stands.

    JSON's short escapes are N-Quads' own. What differs is an escape that needs not be one, the solidus, and the
    delete character, which RDFC-1.0 escapes. Where this is told of what is a literal after all, nothing is lost but
    time.

    >>> is_literal(b'["a\\nb"]'), is_literal(b'["caf\\u00e9"]'), is_literal(b'["1\\/2"]')
    (True, False, False)
    """
    return _OTHER_ESCAPE(json) is None and _DELETE not in json


#: As a number, since to look for a text of one byte takes longer.
_DELETE: Final = 0x7F
_OTHER_ESCAPE: Final = re.compile(rb"\\[u/]").search


def text(value: str, language: str) -> bytes:
    """Return a language-tagged literal; the tag is one that :func:`~commons_ld.rdf.syntax.is_language_tag` knows."""
    return string(value) + b"@" + language.encode()


def integer(value: int) -> bytes:
    """Return an ``xsd:integer``."""
    return b'"%d"' % value + _INTEGER


def decimal(value: Decimal) -> bytes:
    """Return an ``xsd:decimal``, without an exponent or trailing zeros.

    >>> decimal(Decimal("4.83500"))
    b'"4.835"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    """
    plain = f"{value:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return b'"%b"' % ("0" if plain in ("-0", "") else plain).encode() + _DECIMAL


def date(value: str, order: DateOrder = "") -> bytes | None:
    """Return a date, a month or a year: ``2021/12/02``, ``2 décembre 2021``, ``2021-12``, ``2021``.

    :param order: what comes first in ``02/12/2021``: see :func:`commons_ld.dates.read_date`

    >>> date("2021/12/02")
    b'"2021-12-02"^^<http://www.w3.org/2001/XMLSchema#date>'
    >>> date("2021/13/02") is None
    True
    """
    if full := full_date(value, order):
        return f'"{full.isoformat()}"'.encode() + _DATE
    match read_date(value, order):
        case Date(first, 2):
            return b'"%04d-%02d"' % (first.year, first.month) + _YEAR_MONTH
        case Date(first, 1):
            return b'"%04d"' % first.year + _YEAR
    return None


def full_date(value: str, order: DateOrder = "") -> dt.date | None:
    """Return the day that ``value`` names, or ``None`` if it names none, or only a month or a year."""
    if len(value) == 10 and value[4] in "-/" and value[7] in "-/":
        # Nearly all are written like this, and are read many times as fast.
        try:
            return dt.date.fromisoformat(value.replace("/", "-"))
        except ValueError:
            return None
    found = read_date(value, order)
    return found.first if found and found.precision == 3 else None


#: ``14:09``, ``14:09:30``, and as French writes it: ``14h09``, ``14 h``.
_TIME_FORM: Final = re.compile(r"([0-9]{1,2})(?:\s?[:.hH]\s?([0-9]{2})(?:[:.]([0-9]{2}))?|\s?[hH])")


class Clock(msgspec.Struct, frozen=True):
    """A time of day.

    :param written: ``14:09:00``
    :param seconds: how many of them since midnight
    """

    written: bytes
    time: dt.time
    seconds: int


@lru_cache(maxsize=2048)
def clock(value: str) -> Clock | None:
    """Return a time of day, or ``None`` where a text is none.

    >>> clock("14:09").written, clock("14 h 09").seconds, clock("25:00")
    (b'14:09:00', 50940, None)
    """
    match = _TIME_FORM.fullmatch(value)
    if match is None:
        return None
    try:
        at = dt.time(int(match[1]), int(match[2] or 0), int(match[3] or 0))
    except ValueError:
        return None
    return Clock(at.isoformat().encode(), at, at.hour * 3600 + at.minute * 60 + at.second)


class Day(msgspec.Struct, frozen=True):
    """A day in a time zone, on which times of day become ``xsd:dateTime``.

    :param start: what their literals begin with
    :param end: what they end with, the offset of the zone first; ``b""`` on a day on which the clocks change
    """

    date: dt.date
    zone: str
    start: bytes
    end: bytes

    @classmethod
    def of(cls, date: dt.date, zone: str) -> Day:
        """Return the day of a date in a time zone, such as ``Europe/Paris``."""
        rules = zoneinfo.ZoneInfo(zone)
        offset = rules.utcoffset(dt.datetime(date.year, date.month, date.day))
        last = rules.utcoffset(dt.datetime(date.year, date.month, date.day, 23, 59, 59))
        end = _offset(offset) + b'"' + _DATE_TIME if offset == last and offset is not None else b""
        return cls(date, zone, f'"{date.isoformat()}T'.encode(), end)

    def date_time(self, time: str) -> bytes | None:
        """Return the ``xsd:dateTime`` of a time of day, ``14:09`` or ``14:09:30``, with the offset of the zone.

        >>> Day.of(dt.date(2021, 12, 2), "Europe/Paris").date_time("14:19")
        b'"2021-12-02T14:19:00+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
        """
        at = clock(time)
        return None if at is None else self.at(at)

    def at(self, time: Clock) -> bytes:
        """Return the ``xsd:dateTime`` of a time of day, with the offset of the zone."""
        if self.end:
            return self.start + time.written + self.end
        return date_time(dt.datetime.combine(self.date, time.time, zoneinfo.ZoneInfo(self.zone)))


def date_time(moment: dt.datetime) -> bytes:
    """Return the ``xsd:dateTime`` of a moment whose zone is known.

    >>> date_time(dt.datetime(2021, 12, 2, 14, 19, tzinfo=dt.UTC))
    b'"2021-12-02T14:19:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    """
    return b'"%b"' % moment.isoformat().replace("+00:00", "Z").encode() + _DATE_TIME


@lru_cache(maxsize=64)
def _offset(offset: dt.timedelta) -> bytes:
    written = dt.datetime(1970, 1, 1, tzinfo=dt.timezone(offset)).isoformat()[19:]
    return written.replace("+00:00", "Z").encode()


_CLOCK_FORM: Final = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")
#: As people write it, in French or in English; minutes that follow hours need no unit.
_SPOKEN_FORM: Final = re.compile(
    r"([0-9]{1,3})\s?h(?:eures?|ours?)?(?:\s?([0-5]?[0-9])(?:\s?min(?:utes?)?)?)?|([0-9]{1,4})\s?min(?:utes?)?",
    re.IGNORECASE,
)
_ISO_FORM: Final = re.compile(r"P(?:([0-9]{1,5})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?")


def duration(value: str) -> bytes | None:
    """Return the ``xsd:duration`` of ``01:00:00`` (hours, minutes, seconds), of ``PT1H`` or of ``1h30``.

    Two numbers alone are not read: ``25:00`` may be minutes or hours.

    >>> duration("01:30:00")
    b'"PT1H30M"^^<http://www.w3.org/2001/XMLSchema#duration>'
    >>> duration("00/25:00") is None
    True
    """
    total = seconds_of(value)
    if total is None:
        return None
    days, rest = divmod(total, 86400)
    hours, minutes, seconds = rest // 3600, rest // 60 % 60, rest % 60
    clock = (b"%dH" % hours if hours else b"") + (b"%dM" % minutes if minutes else b"")
    clock += b"%dS" % seconds if seconds or not total else b""
    return b'"P%b%b"' % (b"%dD" % days if days else b"", b"T" + clock if clock else b"") + _DURATION


def seconds_of(value: str) -> int | None:
    """Return how many seconds ``01:00:00``, ``PT1H`` or ``1h30`` has, or ``None`` where a text is no duration.

    >>> seconds_of("01:30:00"), seconds_of("PT1M"), seconds_of("1h30"), seconds_of("12 pages")
    (5400, 60, 5400, None)
    """
    if match := _CLOCK_FORM.fullmatch(value):
        days, hours, minutes, seconds = 0, int(match[1]), int(match[2]), int(match[3])
    elif (match := _ISO_FORM.fullmatch(value)) and any(match.groups()) and not value.endswith("T"):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    elif match := _SPOKEN_FORM.fullmatch(value):
        days, hours, minutes, seconds = 0, int(match[1] or 0), int(match[2] or match[3] or 0), 0
    else:
        return None
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


_PAGES_FORM: Final = re.compile(r"([0-9]{1,5})\s?(?:p|pp|pages?)\.?", re.IGNORECASE)


def pages(value: str) -> str | None:
    """Return ``12 pages`` where what stands for a duration is the length of a text.

    >>> pages("12 p."), pages("01:00:00")
    ('12 pages', None)
    """
    match = _PAGES_FORM.fullmatch(value)
    if match is None:
        return None
    count = int(match[1])
    return f"{count} page{'s' if count != 1 else ''}"


_DEGREES_FORM: Final = re.compile(
    r"([0-9]{1,3})\s?°\s?(?:([0-9]{1,2})\s?['′’]\s?)?(?:([0-9]{1,2}(?:[.,][0-9]{1,6})?)\s?(?:\"|″|''|”)\s?)?([NSEWO])"
)
#: A number as French spreadsheets have it, and no two of whole degrees: nobody writes these without a blank.
_ONE_NUMBER: Final = re.compile(r"[+-]?[0-9]+,[0-9]+")
_DECIMAL_FORM: Final = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,12})?")


class Point(NamedTuple):
    """A place on the earth, in decimal degrees (WGS84)."""

    latitude: Decimal
    longitude: Decimal


@lru_cache(maxsize=1024)
def coordinates(value: str) -> Point | None:
    """Return latitude and longitude in decimal degrees (WGS84), from either way of writing them.

    >>> coordinates("45° 45' 36.00\\" N, 4° 50' 6.00\\" E")
    Point(latitude=Decimal('45.760000'), longitude=Decimal('4.835000'))
    >>> coordinates("45.76000, 4.83500")
    Point(latitude=Decimal('45.76000'), longitude=Decimal('4.83500'))
    >>> coordinates("45,76000; 4,83500") == coordinates("45.76000, 4.83500")  # as French spreadsheets have them
    True
    >>> coordinates("45,76")  # one number, of which the other one got lost
    """
    if _ONE_NUMBER.fullmatch(value.strip()):
        return None
    parted = value.replace(",", ".").split(";") if ";" in value else value.split(",")
    halves = [half.strip() for half in parted]
    if len(halves) != 2:
        return None
    first, second = (_degrees(half) for half in halves)
    if first is None or second is None:
        return None
    (latitude, north_south), (longitude, east_west) = first, second
    if north_south not in ("", "N", "S") or east_west not in ("", "E", "W", "O"):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Point(latitude, longitude)


def _degrees(half: str) -> tuple[Decimal, str] | None:
    if _DECIMAL_FORM.fullmatch(half):
        return Decimal(half), ""
    match = _DEGREES_FORM.fullmatch(half)
    if match is None:
        return None
    degrees, minutes, seconds, side = match.groups()
    exact = (
        int(degrees) + Fraction(int(minutes or 0), 60) + Fraction(Fraction((seconds or "0").replace(",", ".")), 3600)
    )
    sign = -1 if side in "SWO" else 1
    millionths = round(exact * 1_000_000)
    return sign * Decimal(millionths).scaleb(-6), side


def _escaped(value: str) -> bytes:
    """Escape what JSON writes in another way: controls in capitals, and the delete character."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
    written = (escapes.get(c) or (f"\\u{ord(c):04X}" if c < " " or c == "\x7f" else c) for c in value)
    return b'"%b"' % "".join(written).encode()
