"""The benchmark of reconciliation runs, and its engines find what is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.labels import make_entities, make_questions

REPOSITORY = Path(__file__).parent.parent


@pytest.mark.long
def test_reconciliation_is_measured_beside_a_scan() -> None:
    """A line for each engine, with its rate, its ratio, and how often it was right."""
    command = [sys.executable, "-m", "benchmarks.reconciling", "50", "--peers", "no-such-python"]
    made, header, ours, scan = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert made.startswith("50 entities indexed in ")
    assert header.split()[:2] == ["engine", "labels/s"]
    assert (ours.split()[0], scan.split()[0]) == ("commons-ld", "rapidfuzz")
    assert float(ours.split()[4].rstrip("%")) > 90
    assert float(scan.split()[1]) > 0


def test_invented_labels_are_the_same_every_time() -> None:
    """So that two measurements are of the same."""
    entities = list(make_entities(200))

    assert entities == list(make_entities(200))
    assert len({label for _, label in entities}) == 200
    assert list(make_questions(entities, 50)) == list(make_questions(entities, 50))
