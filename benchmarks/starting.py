"""How long ``commons-ld --help`` takes, beside a Python that does nothing: ``python -m benchmarks.starting``."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import click

from benchmarks import options
from benchmarks.measuring import Bar, Engine, Result, document, environment, finish
from benchmarks.processes import Usage, keep_to_one_core

__all__ = ["main"]

#: How many times as long as Python itself it may take.
_BAR: Final = 8.0
_HELP: Final = "import sys; sys.argv = ['commons-ld', '--help']; from commons_ld.cli import main; main()"
_COUNT: Final = "import sys; before = len(sys.modules); import commons_ld.cli; print(len(sys.modules) - before)"


@click.command()
@options.into_json
@options.repeated("command", 15)
def main(json_file: Path | None, repeat: int) -> None:
    """Compare the start of the command line with that of Python."""
    keep_to_one_core()
    engines = [
        Engine("python -c pass", (sys.executable, "-c", "pass")),
        Engine("commons-ld --help", (sys.executable, "-c", _HELP), is_peer=False),
    ]
    turns = [[_run(engine) for engine in engines] for _ in range(repeat)]
    results = [Result(1, engine, list(runs)) for engine, runs in zip(engines, zip(*turns, strict=True), strict=True)]
    done = subprocess.run([sys.executable, "-c", _COUNT], env=environment(), capture_output=True, text=True, check=True)
    times = results[1].wall / results[0].wall
    bar = Bar(
        f"commons-ld --help takes {times:.1f} times as long as python -c pass; the bar is {_BAR:g}", times <= _BAR
    )
    proof = f"{int(done.stdout)} modules are imported"
    finish(document("starting", results, proof=proof, used={}, bars=[bar]), json_file)


def _run(engine: Engine) -> Usage:
    """Run a process that is too small for its memory to be told from ours."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(engine.command, env=environment(), stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 0)


if __name__ == "__main__":
    main()
