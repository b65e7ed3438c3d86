"""What the benchmarks found, as tables and charts for ``docs/performance.md``: of ``docs/benchmarks/*.json`` alone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from benchmarks import growth

__all__ = ["KEPT", "chart", "charts", "load", "table"]

#: Where what was found is kept.
KEPT: Final = Path(__file__).parent.parent / "docs" / "benchmarks"
_MIB: Final = 1 << 20

_WIDTH, _NAMES, _STEP, _HEAD = 840, 380, 26, 44
_COLOURS: Final = {True: "#8a94a6", False: "#1f6f5c"}


def load(name: str) -> dict[str, Any]:
    """Return what a benchmark found when it was last run."""
    found: dict[str, Any] = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
    return found


def table(found: dict[str, Any]) -> str:
    """Return what a benchmark found as a table, with what was proved, where, and which aims were met."""
    if "runs" in found:
        return growth.table(found)
    machine = found["machine"]
    lines = [
        "| records | engine | seconds | of the processor | records/s | peak MiB | as long as the first |",
        "|--:|---|--:|--:|--:|--:|--:|",
        *(
            f"| {row['records']:,} | {row['engine']} | {row['seconds']:.2f} | {row['processor_seconds']:.2f}"
            f" | {row['records_per_second']:,} | {_peak(row)} | {row['times_as_long']:.1f} times |"
            for row in found["results"]
        ),
        "",
        f"Proved first: {found['proof']}.",
        f"Measured on {machine['system']} ({machine['machine']}, {machine['cores']} cores), Python {machine['python']}"
        f"{''.join(f', {name} {version}' for name, version in found['versions'].items())}.",
        "",
        *(f"- {'Met' if bar['is_met'] else '**Missed**'}: {bar['text']}." for bar in found["bars"]),
    ]
    return "\n".join(lines) + "\n"


def _peak(row: dict[str, Any]) -> str:
    return f"{row['peak_bytes'] / _MIB:,.0f}" if row["peak_bytes"] else ""


def chart(found: dict[str, Any]) -> str:
    """Return what a benchmark found at its largest size as an SVG: how many times as long as the first each takes.

    Of exports it is how that grows with the archive.
    """
    if "runs" in found:
        return growth.chart(found)
    largest = max(row["records"] for row in found["results"])
    rows = [row for row in found["results"] if row["records"] == largest]
    most = max(row["times_as_long"] for row in rows)
    # One is seen too, and two hundred still fit.
    scale = (_WIDTH - _NAMES - 90) / math.log2(2 * max(most, 1))
    title = f"{found['benchmark']}, {largest:,} records: how many times as long as the first, on a logarithmic scale"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEAD + _STEP * len(rows) + 12}" role="img">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        '<g font-family="sans-serif" font-size="13" fill="#222222">',
        f'<text x="12" y="26" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for number, row in enumerate(rows):
        top = _HEAD + number * _STEP
        width = max(2, round(scale * math.log2(2 * row["times_as_long"]), 1))
        parts += [
            f'<text x="{_NAMES}" y="{top + 15}" text-anchor="end">{escape(row["engine"])}</text>',
            f'<rect x="{_NAMES + 8}" y="{top + 2}" width="{width}" height="18" fill="{_COLOURS[row["is_peer"]]}"/>',
            f'<text x="{_NAMES + 14 + width}" y="{top + 15}">{row["times_as_long"]:.1f}</text>',
        ]
    return "\n".join([*parts, "</g>", "</svg>"]) + "\n"


def charts() -> dict[Path, str]:
    """Return the chart of each benchmark that was kept."""
    return {path.with_suffix(".svg"): chart(load(path.stem)) for path in sorted(KEPT.glob("*.json"))}
