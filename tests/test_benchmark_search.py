"""The benchmark of search runs, and asks both sides something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent


def test_search_is_measured_beside_sparql() -> None:
    """A line for each question, with both times and their ratio."""
    command = [sys.executable, "-m", "benchmarks.searching", "20"]
    made, header, *rows = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert made.startswith("20 records mapped and indexed in ")
    assert header.split() == ["question", "search", "ms", "SPARQL", "ms", "ratio"]
    assert [row.split()[0] for row in rows] == ["commun", "ressource", "introuvable", "facets"]
    assert all(float(number) >= 0 for row in rows for number in row.split()[1:3])
