"""Run a command as a process of its own and say what it took: time, processor time and peak memory."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["Usage", "keep_to_one_core", "run"]

#: The cores that there were when this was imported, which :func:`keep_to_one_core` changes for this process.
_CORES: Final = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set[int]()
#: What ``ru_maxrss`` counts in: bytes on macOS, KiB elsewhere.
_PEAK_UNIT: Final = 1 if sys.platform == "darwin" else 1024


class Usage(NamedTuple):
    """What a process took, from its start to its end.

    :param wall: seconds that passed
    :param cpu: seconds of processor time, its own and the system's, and those of the processes that it started
    :param peak: the most memory that it held, or one of those, in bytes
    """

    wall: float
    cpu: float
    peak: int


def keep_to_one_core() -> bool:
    """Keep this process, and all that it starts, to one core; return whether the system can."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return True


#: A process inherits the peak of the one that starts it, so that a small one starts it, which tells what it took.
_START: Final = """
import os, sys, time
begun = time.perf_counter()
process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(process, 0)
wall, cpu = time.perf_counter() - begun, usage.ru_utime + usage.ru_stime
os.write(int(sys.argv[1]), repr((wall, cpu, usage.ru_maxrss, os.waitstatus_to_exitcode(status))).encode())
"""


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    cores: int = 1,
    output: Path = Path(os.devnull),
) -> Usage:
    """Run a command to its end.

    :param output: where what it writes is kept
    :param cores: on how many cores, if :func:`keep_to_one_core` was called: on the same as this process, or on all
    :raises SystemExit: if it fails, with what it said
    """
    reader, writer = os.pipe()
    starting = [sys.executable, "-I", "-S", "-c", _START, str(writer), *command]
    with os.fdopen(reader, "rb") as told, output.open("wb") as written, _on(cores):
        try:
            done = subprocess.run(
                starting, cwd=folder, env=dict(environment), stdout=written, stderr=subprocess.PIPE,
                pass_fds=[writer], check=False,
            )  # fmt: skip
        finally:
            os.close(writer)
        wall, cpu, peak, code = ast.literal_eval(told.read().decode() or "(0, 0, 0, 1)")
    if code:
        sys.exit(f"{' '.join(command)}: failed\n{done.stderr.decode(errors='replace')}")
    return Usage(wall, cpu, peak * _PEAK_UNIT)


@contextmanager
def _on(cores: int) -> Iterator[None]:
    """Have what is started meanwhile run on all cores, if it is to run on more than one."""
    if cores == 1 or not _CORES:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _CORES)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
