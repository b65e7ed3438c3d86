"""DuckDB, on two threads; :mod:`benchmarks.mapping` runs it in another environment: see :mod:`benchmarks.sql`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb  # type: ignore[import-not-found]


def main(query: Path, threads: int) -> None:
    """Run a query in this folder."""
    # In order they would wait for each other, which nobody asked for.
    configuration = {"threads": threads, "preserve_insertion_order": False}
    duckdb.connect(config=configuration).execute(query.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
