"""Measure exports that machines share: with one worker and with two, on this machine.

``python -m benchmarks.sharing 1000 10000`` prints a table, and ``--json FILE`` writes the figures. Scheduler and
workers are started before, as those of a cluster are, and each run is the command, in a process of its own. Runs with
one worker and with two take turns, and the quickest of each counts: other programs can only make a run longer. Where
these want the cores as well, the clock says nothing of efficiency; by the processor it is reckoned as if the
coordinator and its busiest worker had a core each, and never worked at the same time. What is fixed is what an archive
of one record takes. That all of them publish what one machine publishes is checked at the smallest size.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from benchmarks.records import archive, write_records

__all__ = ["Run", "main"]

#: Dask has the allocator give memory back at once, which costs a third of the work.
_ALLOCATOR: Final = {"MALLOC_TRIM_THRESHOLD_": "134217728", "MALLOC_MMAP_THRESHOLD_": "33554432"}
_TICK: Final = os.sysconf("SC_CLK_TCK")


class Run(NamedTuple):
    """What an export took.

    :param seconds: from the start of the command to its end
    :param coordinator: seconds of the processor, of the command itself
    :param workers_took: the same of all workers
    :param busiest: the same of the one that took most
    """

    records: int
    workers: int
    seconds: float
    coordinator: float
    workers_took: float
    busiest: float


def main(arguments: Sequence[str]) -> int:
    """Measure, print and write; return 1 if publications differ."""
    parser = argparse.ArgumentParser(prog="benchmarks.sharing")
    parser.add_argument("counts", nargs="*", type=int, default=[1000])
    parser.add_argument("--times", type=int, default=3, help="how often each is run")
    parser.add_argument("--json", type=Path, help="where the figures are written")
    given = parser.parse_args(arguments)
    runs: list[Run] = []
    same = True
    print("| records | workers | seconds | coordinator | workers | the busiest | efficiency, clock | processor |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    with _cluster(1) as one, _cluster(2) as two:
        for count in (1, *given.counts):
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder)
                _prepare(root, count)
                turns = [
                    {workers: _export(root, count, cluster, workers) for workers, cluster in ((1, one), (2, two))}
                    for _ in range(given.times)
                ]
                found = {
                    workers: min((turn[workers] for turn in turns), key=lambda run: run.seconds) for workers in (1, 2)
                }
                if count == min(given.counts):
                    same = _is_the_same(root)
            for run in found.values():
                runs.append(run)
                clock = found[1].seconds / (run.workers * run.seconds)
                alone = found[1].coordinator + found[1].busiest
                processor = alone / (run.workers * (run.coordinator + run.busiest))
                print(
                    f"| {count:,} | {run.workers} | {run.seconds:.2f} | {run.coordinator:.2f} | {run.workers_took:.2f} "
                    f"| {run.busiest:.2f} | {clock:.0%} | {processor:.0%} |",
                    flush=True,
                )
    print(f"\nThe same bytes from one worker, from two, and from one machine: {'yes' if same else 'NO'}")
    if given.json:
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
        rows = [run._asdict() for run in runs]
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode({"machine": machine, "runs": rows}), indent=1))
    return 0 if same else 1


@contextmanager
def _cluster(workers: int) -> Iterator[Any]:
    import dask
    import distributed

    with (
        dask.config.set({"distributed.nanny.pre-spawn-environ": _ALLOCATOR}),
        distributed.LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers, threads_per_worker=1, dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        yield cluster


def _prepare(root: Path, count: int) -> None:
    names = ", ".join(f'"{name}"' for name in archive().agents.organizations)
    (root / "sources").mkdir()
    write_records(root / "sources" / "all.jsonl", count)
    (root / "commons-ld.toml").write_text(
        f'sources = ["sources"]\n[agents]\norganizations = [{names}]\n'
        '[output]\ncompression = "plain"\nrecords = false\n',
        encoding="utf-8",
    )


def _export(root: Path, count: int, cluster: Any, workers: int) -> Run:
    pids = [nanny.pid for nanny in cluster.workers.values()]
    before = list(map(_processor, pids))
    command = [sys.executable, "-m", "commons_ld", "export", "--quiet", "--engine", "dask"]
    command += ["--scheduler", cluster.scheduler_address, "--out", f"by-{workers}", "--state", f"state-{workers}"]
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=root) as process:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: failed")
    took = [_processor(pid) - was for pid, was in zip(pids, before, strict=True)]
    return Run(count, workers, seconds, usage.ru_utime + usage.ru_stime, sum(took), max(took))


def _processor(process: int) -> float:
    """Return how many seconds of the processor a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _is_the_same(root: Path) -> bool:
    """Tell whether both published what an export on one machine publishes."""
    command = [sys.executable, "-m", "commons_ld", "export", "--quiet"]
    subprocess.run(command, cwd=root, check=True)
    found = []
    for folder in ("by-1", "by-2"):
        name = json.loads((root / folder / "publication.json").read_bytes())["publication"]
        files = root / folder / name
        shards = b"".join(path.read_bytes() for path in sorted((files / "dataset").iterdir()))
        found.append([shards, *((files / name).read_bytes() for name in ("manifest.json", "void.nt"))])
    whole = [(root / "dist" / name).read_bytes() for name in ("dataset.nq", "manifest.json", "site/void.nt")]
    return found == [whole, whole]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
