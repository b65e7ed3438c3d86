"""Days, months and years as people write them: in figures, or with the month as a word."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal, NamedTuple

from commons_ld.text import fold

__all__ = ["Date", "DateOrder", "read_date"]

#: What comes first where the year comes last: the day (``DMY``), the month (``MDY``), or nobody said.
DateOrder = Literal["", "DMY", "MDY"]

_IN_FIGURES: Final = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?")
#: ``03/02/2021``, ``3.2.2021``, ``03-02-2021``.
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")

#: The months in French and in English, folded, without the point that shortens one.
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept september sep",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
#: The days of the week, from Monday on, which may stand before a day.
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "lundi monday",
            "mardi tuesday",
            "mercredi wednesday",
            "jeudi thursday",
            "vendredi friday",
            "samedi saturday",
            "dimanche sunday",
        )
    )
    for name in names.split()
}
_WEEKDAY: Final = "(?:(?P<weekday>" + "|".join(_WEEKDAYS) + "),? (?:le )?)?"
_MONTH: Final = "(?P<month>" + "|".join(_MONTHS) + r")\.?"
#: ``2 décembre 2021``, ``1er mars 2021``, ``décembre 2021``; ``December 2, 2021``, ``Thursday, December 2nd, 2021``.
_IN_WORDS: Final = tuple(
    re.compile(form)
    for form in (
        rf"(?:{_WEEKDAY}(?P<day>[0-9]{{1,2}})(?:er|st|nd|rd|th)? )?{_MONTH} (?P<year>[0-9]{{4}})",
        rf"{_WEEKDAY}{_MONTH} (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<year>[0-9]{{4}})",
    )
)
#: A longer text is no date.
_LONGEST: Final = 40


class Date(NamedTuple):
    """A day, a month or a year of the calendar.

    :param first: its first day
    :param precision: 1 for a year, 2 for a month, 3 for a day
    """

    first: dt.date
    precision: int


def read_date(value: str, order: DateOrder = "") -> Date | None:
    """Return what ``value`` names, or ``None`` where it is no date, or may be either of two.

    :param value: what a person wrote
    :param order: what comes first in figures that end with the year; where that was not said, nobody knows which of
        ``02/12/2021`` is the month, while ``25/12/2021`` has but one meaning

    >>> read_date("2021/12/02") == read_date("2 décembre 2021") == read_date("December 2, 2021")
    True
    >>> read_date("déc. 2021")
    Date(first=datetime.date(2021, 12, 1), precision=2)
    >>> read_date("02/12/2021"), read_date("30 février 2021"), read_date("lundi 2 décembre 2021")
    (None, None, None)
    >>> read_date("02/12/2021", "DMY") == read_date("12/02/2021", "MDY") == read_date("2021-12-02")
    True
    """
    if found := _IN_FIGURES.fullmatch(value):
        year, month, day = found.groups()
    elif len(value) <= _LONGEST and (told := _in_words(value)):
        year, month, day = told["year"], str(_MONTHS[told["month"]]), told["day"]
        if told["weekday"] and (found_day := _day(year, month, day)):
            # A day that is not that of the week was meant to be another one.
            return Date(found_day, 3) if found_day.weekday() == _WEEKDAYS[told["weekday"]] else None
    elif found := _YEAR_LAST.fullmatch(value):
        one, _, other, year = found.groups()
        days = [_day(year, other, one)] if order != "MDY" else []
        days += [_day(year, one, other)] if order != "DMY" else []
        meanings = {day for day in days if day}
        return Date(meanings.pop(), 3) if len(meanings) == 1 else None
    else:
        return None
    first = _day(year, month or "1", day or "1")
    return Date(first, 3 if day else 2 if month else 1) if first else None


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _in_words(value: str) -> re.Match[str] | None:
    folded = fold(value)
    return next(filter(None, (form.fullmatch(folded) for form in _IN_WORDS)), None)
