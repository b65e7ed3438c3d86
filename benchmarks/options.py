"""The options that benchmarks have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

__all__ = ["into_json", "peers", "repeated"]

_PEERS: Final = Path(__file__).parent.parent / ".venv" / "peers" / "bin" / "python"

#: Where results are written for programs too.
into_json: Final = click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the results there."
)


def peers(names: str) -> Callable[[Any], Any]:
    """Return the option that tells where peers are, such as ``"DuckDB and maplib are"``."""
    return click.option(
        "--peers",
        type=click.Path(path_type=Path),
        default=_PEERS,
        envvar="BENCHMARK_PEERS",
        help=f"The Python of the environment that {names} in.",
    )


def repeated(what: str, default: int = 3) -> Callable[[Any], Any]:
    """Return the option that tells how often each thing is run, such as ``"engine"``."""
    return click.option(
        "--repeat", type=click.IntRange(min=1), default=default, show_default=True, help=f"Runs of each {what}."
    )
