"""The moments of a recording: when it began, and when the notes of its chat were written.

A page tells times of day. The day is that of the session, and the zone that of the archive, unless the start tells
its own; a chat that goes on past midnight goes on the next day.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable
from typing import Final, NamedTuple

from commons_ld.dates import DateOrder
from commons_ld.rdf.terms import Clock, Day, clock, full_date

__all__ = ["AFTER", "Chat", "Running", "beginning", "contradiction", "day_of"]

#: What is wrong with a recording that was published before it began.
AFTER: Final = "start-after-publication"

#: A day or none, a time of day, and a zone or none.
_START_FORM: Final = re.compile(
    r"(?:(?P<day>.{6,30}?)(?:T|,?\s{1,3}(?:à\s|at\s)?))?"
    r"(?P<time>[0-9]{1,2}\s?[:.hH][^TZ+-]{0,10}?)\s?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)
#: The offsets that ``xsd:dateTime`` knows.
_FARTHEST: Final = dt.timedelta(hours=14)
_HALF_A_DAY: Final = 43_200
#: No day before or after is of these years, which are the first and the last that can be reckoned with.
_YEARS: Final = (dt.MINYEAR, dt.MAXYEAR - 1000)


def beginning(value: str, day: dt.date | None, zone: str, order: DateOrder = "") -> dt.datetime | None:
    """Return when a recording began, or ``None`` where that is not told.

    :param value: a time of day, or a day and a time, with or without an offset
    :param day: the day of the session, where ``value`` tells none
    :param zone: the zone of a time that tells no offset, such as ``Europe/Paris``
    :param order: what comes first in a day that ends with the year: see :func:`commons_ld.dates.read_date`

    >>> beginning("14h00", dt.date(2021, 12, 2), "Europe/Paris").isoformat()
    '2021-12-02T14:00:00+01:00'
    >>> beginning("2021-12-02T14:00-05:00", None, "Europe/Paris").isoformat()
    '2021-12-02T14:00:00-05:00'
    >>> beginning("2 décembre 2021 à 14h", None, "Europe/Paris").isoformat()
    '2021-12-02T14:00:00+01:00'
    >>> beginning("02/12/2021 14:00", None, "Europe/Paris", "DMY").isoformat()
    '2021-12-02T14:00:00+01:00'
    >>> beginning("25:00", dt.date(2021, 12, 2), "Europe/Paris") is None
    True
    """
    match = _START_FORM.fullmatch(value)
    at = clock(match["time"]) if match else None
    if match is None or at is None:
        return None
    date = full_date(match["day"], order) if match["day"] else day
    if date is None or not _YEARS[0] < date.year < _YEARS[1]:
        return None
    if not match["zone"]:
        return dt.datetime.combine(date, at.time, zoneinfo.ZoneInfo(zone))
    try:
        moment = dt.datetime.fromisoformat(f"{date.isoformat()}T{at.written.decode()}{match['zone']}")
    except ValueError:
        return None
    return moment if abs(moment.utcoffset() or dt.timedelta()) <= _FARTHEST else None


def day_of(began: dt.datetime, zone: str) -> dt.date:
    """Return the day on which something began, as it is counted in a zone."""
    return began.astimezone(zoneinfo.ZoneInfo(zone)).date()


def contradiction(day: dt.date, created: bytes | None, issued: bytes | None) -> str:
    """Return the code of what a day cannot be, given the dates of the page as literals, or ``""``.

    >>> day = dt.date(2021, 12, 3)
    >>> contradiction(day, b'"2021-12"', None), contradiction(day, b'"2021-12-02"', None)
    ('', 'start-on-another-day')
    """
    first, then = (term.split(b'"', 2)[1].decode() if term else "" for term in (created, issued))
    if not day.isoformat().startswith(first):
        return "start-on-another-day"
    return AFTER if then and then < day.isoformat()[: len(then)] else ""


class Chat:
    """When the notes of a chat were written, told one after the other, in their order.

    A note is taken to be of the day on which it is nearest to the one before it: after 23:50 comes 00:05 of the next
    day, and a time that is wrong once puts no other one wrong. No note is of the day before the session's, unless the
    recording began just after midnight.

    :param day: the day of the session
    :param began: when its recording began, where that is known
    :param seconds: how long the recording is, where that is known
    :param order: what comes first in a day that ends with the year; without it, that which makes it the session's day

    >>> chat = Chat(Day.of(dt.date(2021, 12, 2), "Europe/Paris"))
    >>> [chat.moment(time)[1:17] for time in ("23:50", "00:05", "00:10")]
    [b'2021-12-02T23:50', b'2021-12-03T00:05', b'2021-12-03T00:10']
    """

    __slots__ = ("_began", "_day", "_days", "_end", "_first", "_last", "_order", "_shift", "outside")

    def __init__(
        self, day: Day, began: dt.datetime | None = None, seconds: int | None = None, order: DateOrder = ""
    ) -> None:
        self._day: Final = day
        self._order: Final[DateOrder] = order
        self._days: Final = {0: day}
        #: The time of the note before, on the day that is so many days after the session's.
        self._last, self._shift = -1, 0
        # Moments of one zone would be compared by what clocks show, which are put back once a year.
        self._began = None if began is None else began.astimezone(dt.UTC)
        self._end = None if self._began is None or seconds is None else self._began + dt.timedelta(seconds=seconds)
        #: How many notes were written before the recording began or after it ended.
        self.outside = 0
        if began is not None:
            local = began.astimezone(zoneinfo.ZoneInfo(day.zone))
            self._last = local.hour * 3600 + local.minute * 60 + local.second
            self._shift = (local.date() - day.date).days
        self._first: Final = 0 if began is None else self._shift - 1

    def moment(self, time: str) -> bytes | None:
        """Return the ``xsd:dateTime`` of the next note, or ``None`` where its time is none.

        :param time: of day, ``14:09``; with its day, ``2021-12-02 14:09``; or since the beginning, ``+00:12:34``
        """
        at = clock(time)
        if at is not None:
            last = self._last
            if last >= 0 and not -_HALF_A_DAY <= at.seconds - last <= _HALF_A_DAY:
                self._turn(1 if at.seconds < last else -1)
        elif (told := self._since(time) if time.startswith("+") else self._dated(time)) is not None:
            date, at = told
            self._shift = (date - self._day.date).days
        else:
            return None
        self._last = at.seconds
        if self._began is not None:
            self._count(self._began, at)
        day = self._on(self._shift) if self._shift else self._day
        return day.start + at.written + day.end if day.end else day.at(at)

    def _since(self, time: str) -> tuple[dt.date, Clock] | None:
        """Return the day and the time of what was written so long after the beginning."""
        offset = clock(time[1:])
        if offset is None or self._began is None:
            return None
        moment = self._began + dt.timedelta(seconds=offset.seconds)
        local = moment.astimezone(zoneinfo.ZoneInfo(self._day.zone))
        at = clock(f"{local:%H:%M:%S}")
        return (local.date(), at) if at else None

    def _dated(self, time: str) -> tuple[dt.date, Clock] | None:
        """Return the day and the time of what tells both."""
        written, _, of_day = time.rpartition(" ")
        at = clock(of_day)
        meanings: tuple[DateOrder, ...] = ("DMY", "MDY")
        date = full_date(written, self._order) or next(
            (self._day.date for order in meanings if full_date(written, order) == self._day.date), None
        )
        return (date, at) if at and date and _YEARS[0] < date.year < _YEARS[1] else None

    def _turn(self, days: int) -> None:
        """Go on a day later, or go back to the day before."""
        if self._shift + days >= self._first and _YEARS[0] < self._day.date.year < _YEARS[1]:
            self._shift += days

    def _on(self, shift: int) -> Day:
        """Return the day that is so many days after the session's."""
        if shift not in self._days:
            self._days[shift] = Day.of(self._day.date + dt.timedelta(days=shift), self._day.zone)
        return self._days[shift]

    def _count(self, began: dt.datetime, at: Clock) -> None:
        day = self._on(self._shift)
        moment = dt.datetime.combine(day.date, at.time, zoneinfo.ZoneInfo(day.zone)).astimezone(dt.UTC)
        self.outside += moment < began or (self._end is not None and moment >= self._end)


class Running(NamedTuple):
    """When a recording ran, so that what was written meanwhile has a place in it.

    :param seconds: how long it is
    """

    began: dt.datetime
    seconds: int

    @classmethod
    def of(cls, told: Iterable[str], seconds: int) -> Running | None:
        """Return when a recording ran, or ``None`` where its start or its length is not known.

        :param told: what is told of its start, as ``xsd:dateTime``; a day alone is no start
        """
        began = next((moment for one in told if (moment := _moment(one))), None)
        return cls(began, seconds) if began and seconds else None

    def offset(self, written: str) -> int | None:
        """Return how many seconds after the start an ``xsd:dateTime`` is, or ``None`` where it is not in the recording.

        >>> running = Running.of(["2021-12-02", "2021-12-02T14:00:00+01:00"], 3600)
        >>> running.offset("2021-12-02T13:09:00Z"), running.offset("2021-12-02T15:00:00+01:00")
        (540, None)
        """
        moment = _moment(written)
        offset = int((moment - self.began).total_seconds()) if moment else -1
        return offset if 0 <= offset < self.seconds else None


def _moment(written: str) -> dt.datetime | None:
    """Return a time with its zone; a day alone is none."""
    try:
        moment = dt.datetime.fromisoformat(written) if "T" in written else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
