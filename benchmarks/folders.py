"""Measure folders: what the files of a large archive take in one folder a kind, and shared out among many.

``python -m benchmarks.folders 100000`` makes as many empty files as a site has of so many invented sessions, and tells
how many the largest folder has; how long it takes to make them, to list that folder with ``ls`` and to remove them
all; and how many IRIs Apache, if it is here, leads to their Turtle a second. Seconds are those of the processor, spent
by the programs and by the system for them; of Apache it is the clock.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import httpx

from benchmarks.records import make_records
from commons_ld.folders import sharded
from tests.servers import web

__all__ = ["main"]

#: What a site has of each record.
_SUFFIXES: Final = (".html", ".en.html", ".ttl", ".jsonld", ".nt")
_REQUESTS: Final = 200


def main(arguments: Sequence[str]) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.folders")
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    given = parser.parse_args(arguments)
    names = [str(record.identifier) for record in make_records(given.count)]
    print("| | folders | files in the largest | make | list | remove | IRIs a second, Apache |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for folders, place in (("flat", str), ("sharded", sharded)):
        files = [place(f"session/{name}{suffix}") for name in names for suffix in _SUFFIXES]
        sizes = Counter(file.rpartition("/")[0] for file in files)
        with tempfile.TemporaryDirectory() as root:
            site = Path(root) / "site"
            made = _make(site, files)
            listed = _run("ls", str(site / max(sizes, key=lambda folder: sizes[folder])))
            answers = "–" if web.missing("apache") else f"{_answers(site, names, is_sharded=place is sharded):,.0f}"
            removed = _run("rm", "-r", str(site))
        print(
            f"| {folders} | {len(sizes):,} | {max(sizes.values()):,} | {made:.2f} | {listed:.2f} "
            f"| {removed:.2f} | {answers} |",
            flush=True,
        )
    return 0


def _make(site: Path, files: Sequence[str]) -> float:
    """Make empty files, and return how many seconds of the processor that takes."""
    begun = time.process_time()
    for folder in {file.rpartition("/")[0] for file in files}:
        (site / folder).mkdir(parents=True)
    for file in files:
        os.close(os.open(f"{site}/{file}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
    (site / "robots.txt").touch()
    return time.process_time() - begun


def _run(*command: str) -> float:
    """Return how many seconds of the processor a program takes."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: failed")
    return usage.ru_utime + usage.ru_stime


def _answers(site: Path, names: Sequence[str], *, is_sharded: bool) -> float:
    """Return how many IRIs Apache leads to their Turtle a second, one after the other."""
    with (
        tempfile.TemporaryDirectory() as folder,
        web.serve("apache", site, Path(folder), (), is_sharded=is_sharded) as address,
        httpx.Client(base_url=address, headers={"Accept": "text/turtle"}, follow_redirects=True) as client,
    ):
        begun = time.perf_counter()
        for name in _spread(names):
            client.get(f"/session/{name}").raise_for_status()
        return _REQUESTS / (time.perf_counter() - begun)


def _spread(names: Sequence[str]) -> Iterator[str]:
    return (names[number * len(names) // _REQUESTS] for number in range(_REQUESTS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
