"""All benchmarks whose figures are kept: ``python -m benchmarks.suite [--full]``, then ``make docs``."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import click

from benchmarks.charts import KEPT
from benchmarks.measuring import ROOT, environment

__all__ = ["main"]

#: What is run for each name that figures are kept under.
_USUAL: Final = {
    "mapping": ("benchmarks.mapping", "1000", "10000"),
    "writing": ("benchmarks.writing", "compare", "10000"),
    "validating": ("benchmarks.validating", "compare", "1000", "10000"),
    "starting": ("benchmarks.starting",),
}
_FULL: Final = _USUAL | {
    "mapping": ("benchmarks.mapping", "1000", "10000", "100000", "--peers-up-to", "100000"),
    "validating": ("benchmarks.validating", "compare", "1000", "10000", "--pyshacl-up-to", "10000"),
}


@click.command()
@click.option("--full", is_flag=True, help="Larger sizes too, which takes an hour.")
@click.option("--only", type=click.Choice(list(_USUAL)), multiple=True, help="Run these only.")
def main(full: bool, only: tuple[str, ...]) -> None:
    """Run the benchmarks one after the other; end with 1 if one of them missed a bar."""
    missed = []
    for name, module in (_FULL if full else _USUAL).items():
        if not only or name in only:
            command = [sys.executable, "-m", *module, "--json", str(KEPT / f"{name}.json")]
            if subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode:
                missed.append(name)
    click.echo("make docs writes the tables and charts again")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
