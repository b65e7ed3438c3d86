"""Measure how fast pages are read: ``python -m benchmarks.reading 1000 10000 [100000] [--json FILE]``.

Pages are made by :mod:`benchmarks.pages`, as text, as wikitext, as HTML and as a dump. Every reader runs as a process
of its own, on one core, from its start to its end, one after the other and around again, and the median counts. Those
that read the same must find the same titles, or nothing is timed. See ``docs/performance.md``.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import click

from benchmarks import options
from benchmarks.processes import Usage, keep_to_one_core, run

__all__ = ["main"]

_ROOT: Final = Path(__file__).parent.parent
_MIB: Final = 1 << 20

#: How many times as fast as the peer a dump is to be read, and how much more memory ten times as many pages may take.
_BAR: Final = 10
_MEMORY_BAR: Final = 1.2


class Reader(NamedTuple):
    """One way to read pages.

    :param command: what Python runs
    :param source: what it reads: a folder of files with this suffix, or a dump
    """

    name: str
    command: tuple[str, ...]
    source: str
    is_peer: bool = False


_READ: Final = ("-m", "benchmarks.read_sources")
_DUMP: Final = Reader("commons-ld, dump", _READ, ".xml")
_MWXML: Final = Reader(
    "mwxml and mwparserfromhell, dump", (str(_ROOT / "benchmarks" / "read_mwxml.py"),), ".xml", is_peer=True
)
#: A format that gets a reader gets its row, and its pages in :func:`benchmarks.pages.write_files`.
READERS: Final = (
    Reader("commons-ld, page text", _READ, ".txt"),
    Reader("commons-ld, wikitext", _READ, ".wiki"),
    Reader("commons-ld, HTML", _READ, ".html"),
    _DUMP,
    Reader("commons-ld, dump, by the parser alone", (*_READ, "--parser"), ".xml"),
    _MWXML,
)


class Result(NamedTuple):
    """What one reader took at one size."""

    pages: int
    reader: Reader
    runs: list[Usage]

    @property
    def wall(self) -> float:
        return median(usage.wall for usage in self.runs)

    @property
    def peak(self) -> int:
        return max(usage.peak for usage in self.runs)


def _command(reader: Reader, folder: Path, peers: Path) -> list[str]:
    python = str(peers) if reader.is_peer else sys.executable
    return [python, *reader.command, str(folder / f"pages{reader.source}")]


def _environment(*, ours: bool) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if ours:
        environment["PYTHONPATH"] = os.pathsep.join([str(_ROOT), str(_ROOT / "src")])
    return environment


def _prepare(folder: Path, count: int, readers: Sequence[Reader]) -> None:
    folder.mkdir()
    for source in {reader.source for reader in readers}:
        # In a process of its own: this one must stay small, since what it starts inherits its peak of memory.
        command = [sys.executable, "-m", "benchmarks.pages", str(folder / f"pages{source}"), str(count)]
        subprocess.run(command, env=_environment(ours=True), check=True)


def _compare(readers: Sequence[Reader], folder: Path, peers: Path) -> None:
    """Prove that the readers of the same source find the same records."""
    found: dict[str, str] = {}
    for reader in readers:
        # Through a file and its digest: this process must not grow.
        titles = folder / "titles"
        with titles.open("wb") as stream:
            done = subprocess.run(
                _command(reader, folder, peers),
                env=_environment(ours=not reader.is_peer),
                stdout=stream,
                stderr=subprocess.PIPE,
                check=False,
            )
        with titles.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if done.returncode or not titles.stat().st_size or found.setdefault(reader.source, digest) != digest:
            sys.exit(f"{reader.name} does not read what the others read\n{done.stderr.decode()}")


def _measure(readers: Sequence[Reader], folder: Path, peers: Path, count: int, repeat: int) -> Iterator[Result]:
    runs: dict[Reader, list[Usage]] = {reader: [] for reader in readers}
    for turn in range(1, repeat + 1):
        for reader in readers:
            click.echo(f"{count:,} pages, {turn} of {repeat}: {reader.name} …", err=True)
            environment = _environment(ours=not reader.is_peer)
            runs[reader].append(run(_command(reader, folder, peers), folder=folder, environment=environment))
    for reader in readers:
        yield Result(count, reader, runs[reader])


def _table(results: Sequence[Result]) -> Iterator[str]:
    yield "| pages | reader | seconds | pages/s | peak MiB | as long as commons-ld |"
    yield "|--:|---|--:|--:|--:|--:|"
    for result in results:
        ours = next((other for other in results if other.reader is _DUMP and other.pages == result.pages), None)
        is_compared = ours is not None and ours is not result and result.reader.source == _DUMP.source
        times = f"{result.wall / ours.wall:.1f} times" if ours and is_compared else ""
        yield (
            f"| {result.pages:,} | {result.reader.name} | {result.wall:.2f} | {result.pages / result.wall:,.0f}"
            f" | {result.peak / _MIB:,.0f} | {times} |"
        )


def _bars(results: Sequence[Result]) -> Iterator[tuple[str, bool]]:
    """Yield every bar that these results can be held against, and whether it is met."""
    found = {(result.pages, result.reader): result for result in results}
    sizes = sorted({pages for pages, reader in found if (pages, _DUMP) in found and reader is _DUMP})
    for pages in sizes:
        if (pages, _MWXML) in found:
            times = found[pages, _MWXML].wall / found[pages, _DUMP].wall
            yield (
                f"{pages:,} pages: {times:.1f} times as fast as mwxml and mwparserfromhell; the bar is {_BAR}",
                times >= _BAR,
            )
    if len(sizes) > 1:
        growth = found[sizes[-1], _DUMP].peak / found[sizes[0], _DUMP].peak
        bar = f"memory at {sizes[-1]:,} pages: {growth:.2f} times that at {sizes[0]:,}; the bar is {_MEMORY_BAR}"
        yield bar, growth <= _MEMORY_BAR


@click.command()
@click.argument("sizes", type=click.IntRange(min=12), nargs=-1, required=True)
@options.into_json
@options.peers("mwxml is")
@click.option("--files-up-to", type=int, default=10_000, show_default=True, help="Single files are not read beyond.")
@click.option(
    "--compare-up-to", type=int, default=100_000, show_default=True, help="What is compared is not run beyond."
)
@options.repeated("reader")
def main(
    sizes: tuple[int, ...], json_file: Path | None, peers: Path, files_up_to: int, compare_up_to: int, repeat: int
) -> None:
    """Measure the readers at these numbers of pages."""
    keep_to_one_core()
    sizes = tuple(sorted(set(sizes)))
    # Not resolved: an environment is told by where its link to Python lies.
    peers = peers.absolute()
    readers = [reader for reader in READERS if not reader.is_peer or peers.exists()]
    if _MWXML not in readers:
        click.echo(f"mwxml is not measured: there is no {peers}; 'make bench-reading' installs it", err=True)
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as root:
        for count in sizes:
            most = {reader: files_up_to if reader.source != _DUMP.source else compare_up_to for reader in readers}
            taking_part = [reader for reader in readers if reader is _DUMP or count <= most[reader]]
            folder = Path(root, str(count))
            _prepare(folder, count, taking_part)
            if count == sizes[0]:
                _compare(taking_part, folder, peers)
            results += _measure(taking_part, folder, peers, count, repeat)
    for line in _table(results):
        click.echo(line)
    bars = list(_bars(results))
    for bar, is_met in bars:
        click.echo(f"\n{bar}: {'met' if is_met else 'MISSED'}")
    if json_file:
        document = [
            {
                "pages": result.pages,
                "reader": result.reader.name,
                "seconds": round(result.wall, 3),
                "pages_per_second": round(result.pages / result.wall),
                "peak_bytes": result.peak,
                "runs": [usage._asdict() for usage in result.runs],
            }
            for result in results
        ]
        json_file.write_text(json.dumps({"results": document}, indent=2) + "\n", encoding="utf-8")
    sys.exit(0 if all(is_met for _, is_met in bars) else 1)


if __name__ == "__main__":
    main()
