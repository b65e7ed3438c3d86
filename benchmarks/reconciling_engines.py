"""One engine that finds what labels mean: ``python -m benchmarks.reconciling_engines ENGINE FOLDER``.

It reads ``entities.csv`` and ``questions.json`` from the folder, asks one label after the other, and prints as JSON how
long that took and how many of its first answers were right. ``csv-reconcile`` runs in an environment of its own, which
has nothing of ours; so nothing of ours is imported before it is wanted.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["main"]

#: Asks for one label, and returns the number of the entity that comes first.
_Asking = Callable[[str], int]


def main(engine: str, folder: Path) -> None:
    """Print what an engine took."""
    with (folder / "entities.csv").open(encoding="utf-8", newline="") as file:
        labels = [row["label"] for row in csv.DictReader(file)]
    questions = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    ask = {"commons-ld": _ours, "rapidfuzz": _rapidfuzz, "csv-reconcile": _csv_reconcile}[engine](folder, labels)
    begun = time.perf_counter()
    right = sum(ask(label) == means for label, means in questions)
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "asked": len(questions), "right": right, "kib": _peak()}))


def _peak() -> int:
    """Return the most memory that this process held, in KiB.

    Linux tells it of what the process runs now; elsewhere that of who started it may be in it.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _ours(folder: Path, _labels: list[str]) -> _Asking:
    from commons_ld.iris import IriPolicy
    from commons_ld.reconciling.labels import Labels
    from commons_ld.reconciling.matching import Matcher
    from commons_ld.reconciling.questions import Query

    policy = IriPolicy("https://example.org/")
    matcher = Matcher(Labels(folder / "search" / "benchmark.sqlite", policy.base_iri), policy)

    def ask(label: str) -> int:
        found = matcher.match(Query(label))
        return int(found[0].slug.removeprefix("e")) if found else -1

    return ask


def _rapidfuzz(_folder: Path, labels: list[str]) -> _Asking:
    from rapidfuzz import fuzz, process

    from commons_ld.likeness import to_key

    keys = [to_key(label) for label in labels]

    def ask(label: str) -> int:
        found = process.extractOne(to_key(label), keys, scorer=fuzz.ratio)
        return int(found[2]) if found else -1

    return ask


def _csv_reconcile(folder: Path, _labels: list[str]) -> _Asking:
    import csv_reconcile  # type: ignore[import-not-found]
    from csv_reconcile import initdb
    from csv_reconcile.db import get_db  # type: ignore[import-not-found]
    from csv_reconcile.score import processQueryBatch  # type: ignore[import-not-found]

    app = csv_reconcile.create_app("", instance_path=str(folder / "csv-reconcile"), scorerOption="")
    app.app_context().push()
    with contextlib.redirect_stdout(io.StringIO()):
        initdb.init_db_with_context(str(folder / "entities.tsv"), "number", "label")
    threshold = app.config.get("THRESHOLD") or 0.0

    def ask(label: str) -> int:
        found = processQueryBatch(get_db(), {"q": {"query": label}}, limit=10, threshold=threshold)["q"]["result"]
        return int(found[0]["id"]) if found else -1

    return ask


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
