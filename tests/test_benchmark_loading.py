"""The benchmark of loading runs, and proves what it loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent


def test_a_store_is_loaded_and_verified() -> None:
    """A line for each number of records: everything is there, and one record in a hundred was sent again."""
    command = [sys.executable, "-m", "benchmarks.loading", "101", "--stores", "oxigraph"]
    header, row = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    told = dict(zip(header.split(), row.split(), strict=False))

    assert (told["records"], told["store"]) == ("101", "oxigraph")
    assert "102 of 102, 0 damaged" in row
    assert row.split()[10] == "2"


def test_the_embedded_store_is_loaded_beside_its_engine() -> None:
    """Both from the same dump; ours holds each statement of the union once, which are fewer than the quads."""
    command = [sys.executable, "-m", "benchmarks.embedding", "20"]
    told = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    rows = [line.strip("| ").split(" | ") for line in told.splitlines() if line.startswith("| 20 ")]

    assert [row[3] for row in rows] == ["oxigraph load", "commons-ld"]
    assert 0 < int(rows[0][2].replace(",", "")) < int(rows[0][1].replace(",", ""))
    assert "times the processor" in told
