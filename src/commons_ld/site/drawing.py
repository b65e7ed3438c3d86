"""Charts and a map as SVG, drawn when the site is built: nothing is asked of anybody when they are looked at.

Each is marked up as an image with a name; the same numbers stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from markupsafe import Markup

__all__ = ["Point", "bars", "matrix", "world"]

_WIDTH: Final = 720
_ROW: Final = 22


class Point(NamedTuple):
    """A place on the map, and the page that it leads to."""

    latitude: float
    longitude: float
    title: str
    href: str


def bars(values: Mapping[str, float], title: str) -> Markup:
    """Return a chart with a bar for each value, in their order.

    >>> "2021" in bars({"2021": 1.5}, "Hours")
    True
    """
    if not values:
        return Markup("")
    most = max(values.values()) or 1
    height, gap = 200, 6
    step = min(64.0, _WIDTH / len(values))
    parts = []
    for place, (name, value) in enumerate(values.items()):
        x, tall = place * step + gap / 2, value / most * height
        middle, top = f'x="{x + (step - gap) / 2:.1f}"', height - tall
        parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{top + 20:.1f}" width="{step - gap:.1f}" height="{tall:.1f}"/>'
            f'<text {middle} y="{top + 14:.1f}" text-anchor="middle">{_short(value)}</text>'
            f'<text class="quiet" {middle} y="{height + 38}" text-anchor="middle">{escape(name)}</text>'
        )
    return _svg(len(values) * step, height + 46, title, "".join(parts))


def matrix(names: Sequence[str], counts: Mapping[tuple[int, int], int], title: str) -> Markup:
    """Return how often things come together: a square for each two of them, the darker the oftener.

    :param counts: by the places of the two in ``names``, the smaller one first
    """
    if not counts:
        return Markup("")
    most = max(counts.values())
    left = 8.0 * max(len(name) for name in names)
    parts = []
    for row, name in enumerate(names):
        y = row * _ROW
        parts.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        for column in range(row):
            count = counts.get((column, row), 0)
            x = left + column * _ROW
            shade = round(0.15 + 0.85 * count / most, 2) if count else 0.04
            parts.append(
                f'<rect class="bar" x="{x}" y="{y}" width="{_ROW - 2}" height="{_ROW - 2}" fill-opacity="{shade}">'
                f"<title>{escape(names[column])} · {escape(name)} : {count}</title></rect>"
            )
            if count:
                parts.append(f'<text class="on" x="{x + 10}" y="{y + 15}" text-anchor="middle">{count}</text>')
        parts.append(f'<text class="quiet" x="{left + row * _ROW}" y="{y + 15}">{escape(name)}</text>')
    return _svg(left + len(names) * _ROW + left, len(names) * _ROW + 4, title, "".join(parts))


def world(points: Sequence[Point], land: str, title: str) -> Markup:
    """Return the places on the part of the world where they lie (plate carrée, in tenths of a degree).

    :param land: the outline of the land, as the ``d`` of a path
    """
    if not points:
        return Markup("")
    xs, ys = [point.longitude * 10 for point in points], [-point.latitude * 10 for point in points]
    # At least a continent, so that one place is seen somewhere.
    wide = min(max(max(xs) - min(xs), (max(ys) - min(ys)) * 2, 300.0) * 1.2, 3600.0)
    tall = wide / 2
    left = min(max((max(xs) + min(xs) - wide) / 2, -1800.0), 1800.0 - wide)
    top = min(max((max(ys) + min(ys) - tall) / 2, -900.0), 900.0 - tall)
    marks = "".join(
        f'<a href="{escape(point.href)}"><circle class="point" cx="{x:.2f}" cy="{y:.2f}" r="{wide / 90:.2f}">'
        f"<title>{escape(point.title)}</title></circle></a>"
        for point, x, y in zip(points, xs, ys, strict=True)
    )
    drawn = (
        f'<svg viewBox="{left:.2f} {top:.2f} {wide:.2f} {tall:.2f}" role="group" aria-label="{escape(title)}">'
        f'<path class="land" d="{escape(land)}"/>{marks}</svg>'
    )
    return Markup(drawn)  # noqa: S704 - every text in it is escaped above


def _svg(width: float, height: float, title: str, content: str) -> Markup:
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    drawn = f'<svg {size} role="img" aria-label="{escape(title)}">{content}</svg>'
    return Markup(drawn)  # noqa: S704 - every text in it is escaped by who calls


def _short(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if value < 10 else f"{value:.0f}"
