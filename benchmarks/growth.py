"""What exports of archives of several sizes took, as a table and as a chart of how that grows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final
from xml.sax.saxutils import escape

__all__ = ["chart", "table"]

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _FOOT = 760, 420, 70, 190, 44, 46
_COLOURS: Final = {
    "first": "#1f6f5c",
    "one changed": "#b35c1e",
    "another changed": "#8a4fa0",
    "nothing changed": "#5b6fa8",
}
_REFERENCE: Final = "#b9c0cc"


def table(found: dict[str, Any]) -> str:
    """Return what was found as a table, with what was proved, and where."""
    machine, firsts = found["machine"], dict[tuple[int, str, int], float]()
    lines = [
        "| records | site | jobs | export | seconds | of the processors | MiB | MB published | of the first |",
        "|--:|---|--:|---|--:|--:|--:|--:|--:|",
    ]
    for run in found["runs"]:
        first = firsts.setdefault((run["records"], _site(run), run["jobs"]), run["seconds"])
        lines.append(
            f"| {run['records']:,} | {_site(run)} | {run['jobs']} | {run['export']} "
            f"| {run['seconds']:.1f} | {run['processor']:.1f} | {run['memory']} | {run['bytes'] / 1e6:,.0f} "
            f"| {run['seconds'] / first:.1%} |"
        )
    lines += [
        "",
        f"Proved besides: {found['proof']}.",
        f"Measured on {machine['system']} ({machine['machine']}, {machine['cores']} cores), "
        f"Python {machine['python']}, one run each.",
    ]
    return "\n".join(lines) + "\n"


def _site(run: dict[str, Any]) -> str:
    """Return whether a site was made; an export is lean that writes compressed N-Quads and nothing else a record."""
    return "yes" if run["has_site"] else "no, lean" if run.get("is_lean") else "no"


def chart(found: dict[str, Any]) -> str:
    """Return an SVG of the seconds by the number of records, of the exports of all dumps that no site is part of.

    Where only lean ones were measured, it is of these. Both scales are logarithmic, so that what grows in proportion
    rises as the grey line does.
    """
    jobs = max(run["jobs"] for run in found["runs"])
    without = [run for run in found["runs"] if run["jobs"] == jobs and not run["has_site"]]
    full = [run for run in without if not run.get("is_lean")]
    runs = full or without
    sizes, seconds = sorted({run["records"] for run in runs}), [run["seconds"] for run in runs]
    place = _Place((sizes[0], sizes[-1]), (min(seconds), max(seconds)))
    what = "exporting" if full else "lean exports"
    title = f"{what}, {jobs} processes: seconds by the number of records, both on logarithmic scales"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        '<g font-family="sans-serif" font-size="13" fill="#222222">',
        f'<text x="12" y="26" font-size="14" font-weight="bold">{escape(title)}</text>',
        *place.grid(sizes),
    ]
    largest = [run for run in runs if run["records"] == sizes[-1]]
    for name, most in ((run["export"], run["seconds"]) for run in largest):
        points = [place.of(run["records"], run["seconds"]) for run in runs if run["export"] == name]
        if name == "first":
            parts += _line([place.of(sizes[0], most * sizes[0] / sizes[-1]), points[-1]], _REFERENCE, "6 4")
        parts += _line(points, _COLOURS[name])
        x, y = points[-1]
        parts.append(f'<text x="{x + 10:.1f}" y="{y + 4:.1f}" fill="{_COLOURS[name]}">{name}, {most:,.1f} s</text>')
    return "\n".join([*parts, "</g>", "</svg>"]) + "\n"


class _Place:
    """Where a number of records and of seconds is drawn.

    :param sizes: the fewest records and the most
    :param seconds: the same of seconds
    """

    def __init__(self, sizes: tuple[float, float], seconds: tuple[float, float]) -> None:
        self._x = math.log10(sizes[0]), math.log10(sizes[1] / sizes[0]) or 1
        # Whole powers of ten, so that the lines of the grid have round numbers.
        low, high = math.floor(math.log10(seconds[0])), math.ceil(math.log10(seconds[1]))
        self._y = low, max(high - low, 1)

    def of(self, records: float, seconds: float) -> tuple[float, float]:
        """Return the point of so many records and seconds."""
        right = (math.log10(records) - self._x[0]) / self._x[1]
        up = (math.log10(seconds) - self._y[0]) / self._y[1]
        return (
            _LEFT + right * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _FOOT - up * (_HEIGHT - _TOP - _FOOT),
        )

    def grid(self, sizes: Sequence[int]) -> list[str]:
        """Return the lines of the scales, and their numbers."""
        parts = []
        for power in range(self._y[0], self._y[0] + self._y[1] + 1):
            y = self.of(sizes[0], 10.0**power)[1]
            parts += _line([(_LEFT, y), (_WIDTH - _RIGHT, y)], "#e4e7ec", points=False)
            parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>')
        for size in sizes:
            x = self.of(size, 1)[0]
            parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 18}" text-anchor="middle">{size:,}</text>')
        return parts


def _line(found: Sequence[tuple[float, float]], colour: str, dashes: str = "", *, points: bool = True) -> list[str]:
    style = f'stroke="{colour}" stroke-width="2"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
    parts = [
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" {style}/>' for a, b in pairwise(found)
    ]
    if points and not dashes:
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in found]
    return parts
