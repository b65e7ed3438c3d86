"""Measure the export end to end: the first one, and those after a record changed, another did, and nothing did.

``python -m benchmarks.exporting 1000 10000`` prints a table, and ``--json FILE`` writes the figures. Every export is
the command itself, in a process of its own, on invented records in one file with a record a line. That one process and
two publish the same bytes is checked at every size, and that an export after a change publishes those of an export from
nothing at the smallest.

With ``--lean``, compressed N-Quads are all that is written of the records: the smallest publication that there is.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from benchmarks.records import archive, write_records
from commons_ld.outputs.publication import published

__all__ = ["Run", "main"]

#: Publications are told apart by their content alone if their changes have the same time.
_TIME: Final = "1700000000"
_SAMPLED_EVERY: Final = 0.2
#: Which part of the way a record is that changes: from the second change on, there are names of files to use again.
_CHANGED: Final = {"one changed": 2, "another changed": 3}


class Run(NamedTuple):
    """What an export took.

    :param export: ``first``, ``one changed``, ``another changed`` or ``nothing changed``
    :param has_site: whether it made the site and the feeds too
    :param seconds: from the start of the command to its end
    :param processor: seconds of all processors
    :param memory: the most that all processes held together, in MiB; what some of them share counts once
    :param bytes: of the publication
    :param state: bytes of the state folder
    :param is_lean: whether compressed N-Quads are the only dump, and there are no files of single records
    """

    records: int
    export: str
    has_site: bool
    jobs: int
    seconds: float
    processor: float
    memory: int
    bytes: int
    state: int
    is_lean: bool


class _Made(NamedTuple):
    """What an export makes."""

    has_site: bool
    is_lean: bool

    @property
    def told(self) -> str:
        """What the column of the site says."""
        return "yes" if self.has_site else "no, lean" if self.is_lean else "no"

    @property
    def settings(self) -> str:
        """The settings that say so."""
        switch = str(self.has_site).lower()
        lean = 'dumps = ["n-quads"]\ncompression = "compressed"\nrecords = false\n' if self.is_lean else ""
        return f"site = {switch}\nfeeds = {switch}\n{lean}"


def main(arguments: Sequence[str]) -> int:
    """Measure, print and write; return 1 if publications differ that should not."""
    parser = argparse.ArgumentParser(prog="benchmarks.exporting")
    parser.add_argument("counts", nargs="*", type=int, default=[1000])
    parser.add_argument("--jobs", nargs="*", type=int, default=[1, 2], help="how many processes share the work")
    parser.add_argument("--site-up-to", type=int, default=10_000, help="the most records that are measured with a site")
    parser.add_argument("--lean", action="store_true", help="write compressed N-Quads alone, and no file a record")
    parser.add_argument("--json", type=Path, help="where the figures are written")
    given = parser.parse_args(arguments)
    runs: list[Run] = []
    columns = ("export", "seconds", "of the processors", "MiB", "MB published", "MB of state", "of the first")
    print(f"| records | site | jobs | {' | '.join(columns)} |")
    print("|--:|---|--:|---|--:|--:|--:|--:|--:|--:|")
    is_same = True
    for count in given.counts:
        for has_site in (False, True) if count <= given.site_up_to and not given.lean else (False,):
            made = _Made(has_site, given.lean)
            with tempfile.TemporaryDirectory() as folder:
                found = list(_measured(Path(folder), count, given.jobs, made))
                is_same = is_same and len({name for _, name in found if name}) == 1
                runs += [run for run, _ in found]
            if count == min(given.counts):
                is_same = is_same and _is_the_same_from_nothing(count, made)
    print(
        f"\nThe same bytes from any number of processes, and from an export from nothing: {'yes' if is_same else 'NO'}"
    )
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(_told(runs, is_same=is_same)), indent=1) + b"\n")
    return 0 if is_same else 1


def _told(runs: Sequence[Run], *, is_same: bool) -> dict[str, object]:
    machine = {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
    }
    jobs = sorted({run.jobs for run in runs})
    shared = f"by {' and by '.join(map(str, jobs))} processes and " if len(jobs) > 1 else ""
    proof = f"{'the same' if is_same else 'NOT the same'} bytes {shared}after a change as from nothing"
    name = "exporting-lean" if all(run.is_lean for run in runs) else "exporting"
    return {"benchmark": name, "machine": machine, "proof": proof, "runs": [run._asdict() for run in runs]}


def _measured(root: Path, count: int, jobs: Sequence[int], made: _Made) -> Iterator[tuple[Run, str]]:
    """Yield each run, and with the last one of each number of processes the name of what is published then."""
    source = root / "sources" / "all.jsonl"
    source.parent.mkdir()
    for number in jobs:
        write_records(source, count)
        _clean(root)
        first: Run | None = None
        for export in ("first", "one changed", "another changed", "nothing changed"):
            if export in _CHANGED:
                _change(source, count // _CHANGED[export])
            run = _export(root, count, export, number, made)
            first = first or run
            print(
                f"| {count:,} | {made.told} | {number} | {export} | {run.seconds:.2f} | {run.processor:.2f} "
                f"| {run.memory} | {run.bytes / 1e6:,.0f} | {run.state / 1e6:,.0f} "
                f"| {run.seconds / first.seconds:.1%} |",
                flush=True,
            )
            yield run, published(root / "dist") if export == "nothing changed" else ""


def _is_the_same_from_nothing(count: int, made: _Made) -> bool:
    """Tell whether an export after a change publishes what an export from nothing does, all but the history of it."""
    names = []
    for is_new in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            source = root / "sources" / "all.jsonl"
            source.parent.mkdir()
            write_records(source, count)
            if not is_new:
                _export(root, count, "", 1, made)
            _change(source, count // 2)
            _export(root, count, "", 1, made)
            lines = (root / "dist" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
            history = (
                *("site/feeds/", "site/gone/", "site/.well-known/", "site/.htaccess", "hosting/"),
                "site/renderings/schema-ap-nde.nt",
            )
            names.append([line for line in lines if not line[66:].startswith(history)])
    return names[0] == names[1]


def _change(source: Path, line: int) -> None:
    """Change the text of one record, without a change of its title or of the number of lines."""
    changed = source.with_suffix(".changed")
    with source.open("rb") as before, changed.open("wb") as after:
        for number, text in enumerate(before):
            after.write(text.replace(b'"abstract":"', b'"abstract":"Autrement. ') if number == line else text)
    changed.replace(source)


def _clean(root: Path) -> None:
    for path in root.iterdir():
        if path.name != "sources":
            path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)


def _export(root: Path, count: int, export: str, jobs: int, made: _Made) -> Run:
    names = ", ".join(f'"{name}"' for name in archive().agents.organizations)
    (root / "commons-ld.toml").write_text(
        f'sources = ["sources"]\n[agents]\norganizations = [{names}]\n[output]\n{made.settings}',
        encoding="utf-8",
    )
    # What was written a moment ago may be written again within the same tick of the clock, and is read again.
    old = time.time() - 60
    os.utime(root / "sources" / "all.jsonl", (old, old))
    command = [sys.executable, "-m", "commons_ld", "export", "--quiet", "--jobs", str(jobs)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": _TIME}
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=root, env=environment) as process, _sampled(process.pid) as peak:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: failed")
    processor = usage.ru_utime + usage.ru_stime
    published, state = (_size(root / name) for name in ("dist", ".commons-ld"))
    return Run(count, export, made.has_site, jobs, seconds, processor, max(peak) >> 20, published, state, made.is_lean)


def _size(folder: Path) -> int:
    """Return how long the files in a folder are, in bytes; what has several names counts once."""
    found = (path.stat() for path in folder.resolve().rglob("*") if path.is_file())
    return sum({status.st_ino: status.st_size for status in found}.values())


@contextmanager
def _sampled(process: int) -> Iterator[list[int]]:
    """Yield what a process and those that it started hold together in memory, time after time, in bytes."""
    found, is_over = [0], threading.Event()

    def sample() -> None:
        while not is_over.wait(_SAMPLED_EVERY):
            found.append(_held(process))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield found
    finally:
        is_over.set()
        thread.join()


def _held(process: int) -> int:
    """Return what a process and those that it started hold, in bytes, each its part of what they share."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return 0
    kibibytes = next((int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")), 0)
    return (kibibytes << 10) + sum(_held(int(child)) for child in children)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
