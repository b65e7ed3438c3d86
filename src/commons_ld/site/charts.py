"""Drawings as SVG, made while the site is built: hours per year, concepts that meet, places on a map."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from markupsafe import Markup, escape

__all__ = ["Bar", "Point", "bars", "by_year", "land", "matrix", "world"]

#: How wide a drawing of meetings is at least, so that the letters of a small one are not larger than the text's.
_NARROWEST: Final = 656
_LAND: Final = Path(__file__).parent.parent / "web" / "static" / "land.svg"
_PATH: Final = re.compile(r' id="land" d="([MmLlZz0-9 .-]+)"')


#: How many years without anything a chart shows between two that have something.
_LONGEST_GAP: Final = 20


class Bar(NamedTuple):
    """A bar of a chart.

    :param text: what stands above it
    """

    label: str
    value: float
    text: str
    href: str = ""


class Point(NamedTuple):
    """A place on the map, in degrees."""

    latitude: float
    longitude: float
    label: str
    href: str


def by_year(rows: Sequence[Bar]) -> list[Bar]:
    """Return bars of years with the years between them, so that a gap is seen; a longer one is left out.

    :param rows: in order; their labels are years

    >>> [bar.label for bar in by_year([Bar("2019", 1, "1"), Bar("2022", 1, "1"), Bar("2099", 1, "1")])]
    ['2019', '2020', '2021', '2022', '2099']
    """
    found = list(rows[:1])
    for before, bar in pairwise(rows):
        first, last = int(before.label) + 1, int(bar.label)
        if last - first <= _LONGEST_GAP:
            found += [Bar(f"{year:04}", 0, "0") for year in range(first, last)]
        found.append(bar)
    return found


def bars(rows: Sequence[Bar], title: str) -> Markup:
    """Return a chart of bars, or nothing if there are none.

    >>> str(bars([], "Hours"))
    ''
    """
    if not rows:
        return Markup()
    step = 44
    width, height, floor = max(len(rows) * step, 3 * step), 220, 184
    most = max(row.value for row in rows) or 1
    parts = []
    for place, row in enumerate(rows):
        left, tall = place * step, round(150 * row.value / most, 1)
        shape = Markup(
            '<rect class="bar" x="{}" y="{}" width="{}" height="{}" rx="3"/><text class="value" x="{}" y="{}">{}</text>'
            '<text class="name" x="{}" y="{}">{}</text>'
        ).format(
            left + 7, floor - tall, step - 14, tall, left + step / 2, floor - tall - 6, row.text,
            left + step / 2, floor + 20, row.label,
        )  # fmt: skip
        parts.append(_led(shape, row.href))
    return Markup('<svg class="bars" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>').format(
        width,
        height,
        title,
        Markup('<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>').format(width, floor, floor),
        Markup("").join(parts),
    )


def matrix(names: Sequence[tuple[str, str]], meetings: Mapping[tuple[int, int], int], title: str) -> Markup:
    """Return a square of how often things meet, the darker the more often; nothing for fewer than two.

    :param names: of each thing its name, and where it leads
    :param meetings: by the places of two things in ``names``, the lower one first
    """
    if len(names) < 2:
        return Markup()
    cell, left, top = 26, 232, 12
    most = max(meetings.values(), default=0) or 1
    parts = []
    for row, (name, href) in enumerate(names):
        y = top + row * cell
        text = Markup('<text class="name end" x="{}" y="{}">{}</text>').format(left - 10, y + 18, _cut(name, 32))
        parts.append(_led(text, href))
        for column in range(row):
            number = meetings.get((column, row), 0)
            level = 0 if not number else 1 + min(4, number * 5 // (most + 1))
            tip = Markup("<title>{} + {}{}{}</title>").format(names[column][0], name, "\u202f: ", number)
            parts.append(
                Markup('<rect class="level{}" x="{}" y="{}" width="{}" height="{}" rx="3">{}</rect>').format(
                    level, left + column * cell, y, cell - 2, cell - 2, tip
                )
            )
            if number:
                digits = Markup('<text class="cell on{}" x="{}" y="{}">{}</text>')
                parts.append(digits.format(level, left + column * cell + cell / 2 - 1, y + 17, number))
        number_of = Markup('<text class="name diagonal" x="{}" y="{}">{}</text>')
        parts.append(number_of.format(left + row * cell + cell / 2 - 1, y + 17, row + 1))
    side = len(names) * cell
    return Markup('<svg class="matrix" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>').format(
        max(left + side + 8, _NARROWEST), top + side + 8, title, Markup("").join(parts)
    )


def world(points: Sequence[Point], title: str) -> Markup:
    """Return places on the land: as much of it as there is room around them."""
    left, top, width, height = _window(points)
    parts = [
        _led(
            Markup('<circle class="point" cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
                round(point.longitude * 10), round(-point.latitude * 10), round(width / 110, 1), point.label
            ),
            point.href,
            point.label,
        )
        for point in points
    ]
    return Markup(
        '<svg class="world" viewBox="{} {} {} {}" role="group" aria-label="{}"><path class="land" d="{}"/>{}</svg>'
    ).format(left, top, width, height, title, land(), Markup("").join(parts))


@lru_cache(maxsize=1)
def land() -> str:
    """Return the outline of the land, in tenths of a degree (Natural Earth, public domain)."""
    found = _PATH.search(_LAND.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{_LAND.name} has no outline of the land")
    return found[1]


def _window(points: Sequence[Point]) -> tuple[int, int, int, int]:
    """Return what is shown: all points with room around, twice as wide as high, and no less than sixty degrees."""
    if not points:
        return -1800, -900, 3600, 1800
    wests, norths = [point.longitude * 10 for point in points], [-point.latitude * 10 for point in points]
    width = min(3600, max(600, (max(wests) - min(wests)) * 1.5, (max(norths) - min(norths)) * 3))
    left = min(max((max(wests) + min(wests) - width) / 2, -1800), 1800 - width)
    top = min(max((max(norths) + min(norths) - width / 2) / 2, -900), 900 - width / 2)
    return round(left), round(top), round(width), round(width / 2)


def _led(shape: Markup, href: str, label: str = "") -> Markup:
    """Return a shape that leads somewhere; where it holds no text, it is read as ``label``."""
    if not href:
        return shape
    named = Markup(' aria-label="{}"').format(label) if label else Markup()
    return Markup('<a href="{}"{}>{}</a>').format(href, named, shape)


def _cut(text: str, most: int) -> Markup:
    return escape(text if len(text) <= most else f"{text[: most - 1]}…")
