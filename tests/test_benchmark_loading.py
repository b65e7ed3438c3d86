"""The benchmark of loading runs, and proves what it loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent


def test_a_store_is_loaded_and_verified() -> None:
    """A line for each thing that is done: everything is there, and the records that changed were sent again."""
    command = [sys.executable, "-m", "benchmarks.loading", "60", "--stores", "oxigraph", "--changed", "2,5"]
    header, *rows, proof = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert header.split()[-4:] == ["MiB", "graphs", "requests", "MB"]
    assert [row[19:40].strip() for row in rows] == [
        "oxigraph load", "first load", "nothing changed", "2 changed", "5 changed", "verified",
    ]  # fmt: skip
    # What changed before is as it was again, but for a record that changes both times.
    assert [row.split()[-3] for row in rows[1:]] == ["123", "0", "4", "12", "0"]
    assert proof.strip() == "123 of 123 whole, 0 damaged"


def test_the_embedded_store_is_loaded_beside_its_engine() -> None:
    """Both from the same dump; ours holds each statement of the union once, which are fewer than the quads."""
    command = [sys.executable, "-m", "benchmarks.embedding", "20"]
    told = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    rows = [line.strip("| ").split(" | ") for line in told.splitlines() if line.startswith("| 20 ")]

    assert [row[3] for row in rows] == ["oxigraph load", "commons-ld"]
    assert 0 < int(rows[0][2].replace(",", "")) < int(rows[0][1].replace(",", ""))
    assert "times the processor" in told
