"""What every benchmark does: run engines in turns, compare medians, and keep what was found as JSON.

``docs/benchmarks/*.json`` is what ``docs/performance.md`` and its charts are made of; see :mod:`benchmarks.charts`.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import click

from benchmarks.processes import Usage, run

__all__ = [
    "ROOT",
    "Bar",
    "Engine",
    "Result",
    "bars_of",
    "document",
    "environment",
    "files_of",
    "finish",
    "machine",
    "measure",
    "once",
    "versions",
]

ROOT: Final = Path(__file__).parent.parent
_MIB: Final = 1 << 20
_NOT_PASSED_ON: Final = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")


class Engine(NamedTuple):
    """One way to do some work.

    :param command: what is run
    :param is_peer: whether it is somebody else's
    :param bar: how many times as long as ours it has to take; 0 for no bar
    :param up_to: it does not run where there are more records
    :param at_most: how often it is run, where it takes minutes
    :param cores: on how many cores it runs, if it is not kept to one
    :param writes: the file that it writes, or what the names of several begin with: they are taken away before, since
        to write over them would cost time
    """

    name: str
    command: tuple[str, ...]
    is_peer: bool = True
    bar: float = 0
    up_to: int = sys.maxsize
    at_most: int = sys.maxsize
    cores: int = 1
    writes: Path | None = None


class Result(NamedTuple):
    """What one engine took at one size: the medians of its runs, and the highest of its peaks."""

    records: int
    engine: Engine
    runs: list[Usage]

    @property
    def wall(self) -> float:
        """Seconds that passed."""
        return median(usage.wall for usage in self.runs)

    @property
    def cpu(self) -> float:
        """Seconds of processor time."""
        return median(usage.cpu for usage in self.runs)

    @property
    def peak(self) -> int:
        """The most memory that was held, in bytes."""
        return max(usage.peak for usage in self.runs)


class Bar(NamedTuple):
    """What is aimed at."""

    text: str
    is_met: bool


def environment(*, ours: bool = True) -> dict[str, str]:
    """Return the environment of a process: only ours finds the modules of this repository.

    All of them may keep what they compile, as whatever is installed was compiled before.
    """
    found = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    if ours:
        found["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return found


def measure(
    engines: Sequence[Engine], count: int, repeat: int, folder: Path, after: Callable[[Engine], None] | None = None
) -> Iterator[Result]:
    """Run every engine ``repeat`` times, taking turns, so that a slow minute of the machine meets all of them.

    :param after: what is done after each run, such as to look at what was written
    """
    runs: dict[Engine, list[Usage]] = {engine: [] for engine in engines if count <= engine.up_to}
    for turn in range(1, repeat + 1):
        for engine in (engine for engine in runs if turn <= engine.at_most):
            click.echo(f"{count:,} records, {turn} of {repeat}: {engine.name} …", err=True)
            runs[engine].append(once(engine, folder))
            if after:
                after(engine)
    for engine, used in runs.items():
        yield Result(count, engine, used)


def files_of(engine: Engine) -> list[Path]:
    """Return the files that an engine wrote."""
    return sorted(engine.writes.parent.glob(f"{engine.writes.name}*")) if engine.writes else []


def once(engine: Engine, folder: Path) -> Usage:
    """Run an engine."""
    for written in files_of(engine):
        written.unlink()
    ours = engine.command[0] == sys.executable
    return run(engine.command, folder=folder, environment=environment(ours=ours), cores=engine.cores)


def machine() -> dict[str, Any]:
    """Return what the machine is."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }


def versions(*names: str, peers: Path | None = None) -> dict[str, str]:
    """Return the versions of packages.

    :param peers: the Python of the environment that they are in, if it is not this one
    """
    if peers is None:
        return {name: importlib.metadata.version(name) for name in names}
    probe = f"import importlib.metadata as m, json; print(json.dumps({{n: m.version(n) for n in {names!r}}}))"
    done = subprocess.run([str(peers), "-c", probe], capture_output=True, text=True, check=False)
    found: dict[str, str] = json.loads(done.stdout) if not done.returncode else {}
    return found


def document(
    name: str, results: Sequence[Result], *, proof: str, used: dict[str, str], bars: Sequence[Bar]
) -> dict[str, Any]:
    """Return what is kept of a benchmark.

    :param proof: what was seen to be the same before anything was timed
    """
    # The first engine is ours.
    first = {result.records: result.wall for result in reversed(results)}
    return {
        "benchmark": name,
        "machine": machine(),
        "versions": used,
        "proof": proof,
        "results": [
            {
                "records": result.records,
                "engine": result.engine.name,
                "is_peer": result.engine.is_peer,
                "seconds": round(result.wall, 3),
                "processor_seconds": round(result.cpu, 3),
                "records_per_second": round(result.records / result.wall),
                "peak_bytes": result.peak,
                "times_as_long": round(result.wall / first[result.records], 2),
                "runs": [usage._asdict() for usage in result.runs],
            }
            for result in results
        ],
        "bars": [bar._asdict() for bar in bars],
    }


def finish(made: dict[str, Any], json_file: Path | None) -> None:
    """Print what was found, write it, and end with 1 if a bar is missed."""
    for result in made["results"]:
        click.echo(
            f"{result['records']:>9,} {result['engine']:<44} {result['seconds']:>9.2f} s"
            f" {result['records_per_second']:>9,}/s {result['peak_bytes'] / _MIB:>7,.0f} MiB"
            f" {result['times_as_long']:>8.2f}"
        )
    for bar in made["bars"]:
        click.echo(f"{bar['text']}: {'met' if bar['is_met'] else 'MISSED'}")
    if json_file:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.exit(0 if all(bar["is_met"] for bar in made["bars"]) else 1)


def bars_of(results: Sequence[Result], size: int) -> Iterator[Bar]:
    """Yield the bars of the engines at a size: how many times as long as the first one each takes."""
    at = [result for result in results if result.records == size]
    for result in at:
        if result.engine.bar:
            times = result.wall / at[0].wall
            text = (
                f"{size:,} records: {times:.1f} times as fast as {result.engine.name}; the bar is {result.engine.bar:g}"
            )
            yield Bar(text, times >= result.engine.bar)
