"""Compare reconciliation with its peers: ``python -m benchmarks.reconciling 100000 [--peers PYTHON]``.

The same labels are asked for one by one, each engine in a process of its own on one core: ours; a scan of all labels by
rapidfuzz, which is as quick as a scan can be; and, where it is installed, csv-reconcile, which scans them too.
A scan is asked fewer labels. The engines go around three times, and the median counts.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

import click

from benchmarks import options
from benchmarks.labels import make_entities, make_questions
from benchmarks.processes import keep_to_one_core
from commons_ld.iris import IriPolicy
from commons_ld.outputs.label_index import LabelGatherings
from commons_ld.outputs.search_index import writing
from commons_ld.rdf import terms
from commons_ld.rdf.namespaces import expand

__all__ = ["main"]

_ROOT: Final = Path(__file__).parent.parent
_POLICY: Final = IriPolicy("https://example.org/")
#: How many labels each engine is asked for.
_ASKED: Final = {"commons-ld": 4_000, "rapidfuzz": 200, "csv-reconcile": 6}
_ROUNDS: Final = 3


@click.command()
@click.argument("count", type=click.IntRange(min=10))
@options.peers("csv-reconcile is")
def main(count: int, peers: Path) -> None:
    """Make the entities, index them, and print what each engine takes."""
    is_alone = keep_to_one_core()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        entities = list(make_entities(count))
        begun = time.perf_counter()
        size = _index(folder, entities)
        click.echo(f"{count} entities indexed in {time.perf_counter() - begun:.1f} s, {size / 2**20:.1f} MiB")
        _write(folder, entities)
        engines = {"commons-ld": sys.executable, "rapidfuzz": sys.executable}
        if _has_csv_reconcile(peers):
            engines["csv-reconcile"] = str(peers)
        else:
            click.echo(f"csv-reconcile is not measured: it is not there for {peers}", err=True)
        told: dict[str, list[dict[str, Any]]] = {engine: [] for engine in engines}
        for _ in range(_ROUNDS):
            for engine, python in engines.items():
                questions = list(make_questions(entities, _ASKED[engine]))
                (folder / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
                told[engine].append(_run(engine, python, folder))
    rates = {engine: median(row["asked"] / row["seconds"] for row in rows) for engine, rows in told.items()}
    core = "one core" if is_alone else "any core"
    click.echo(f"{'engine':<16}{'labels/s':>12}{'ms a label':>12}{'ratio':>9}{'right':>8}{'MiB':>8}   on {core}")
    for engine, rows in told.items():
        right = sum(row["right"] for row in rows) / sum(row["asked"] for row in rows)
        memory = median(row["kib"] for row in rows) / 1024
        click.echo(
            f"{engine:<16}{rates[engine]:>12.1f}{1000 / rates[engine]:>12.2f}"
            f"{rates['commons-ld'] / rates[engine]:>9.1f}{right:>8.1%}{memory:>8.1f}"
        )


def _index(folder: Path, entities: list[tuple[str, str]]) -> int:
    """Index the entities as blocks of an archive would have them, and return the size of the index."""
    gatherings = (LabelGatherings(_POLICY),)
    with writing(folder, base_iri=_POLICY.base_iri, made_with="", previous="", gatherings=gatherings) as index:
        graph = terms.iri(_POLICY.mint("graph", "concepts"))
        lines = [
            _statement("concept", number, "skos:prefLabel", terms.string(label) + b"@fr", graph)
            for number, (kind, label) in enumerate(entities)
            if kind == "concept"
        ]
        index.add(b"".join(sorted(lines)))
        for number, (kind, label) in enumerate(entities):
            if kind == "session":
                graph = terms.iri(_POLICY.mint("graph", f"e{number}"))
                index.add(_statement("session", number, "dcterms:title", terms.string(label) + b"@fr", graph))
            elif kind == "person":
                # A record that names her, and has no name of its own.
                graph = terms.iri(_POLICY.mint("graph", f"r{number}"))
                record = terms.iri(_POLICY.mint("session", f"r{number}"))
                created = b"%b <%b> %b %b .\n" % (
                    record,
                    expand("dcterms:created").encode(),
                    terms.string("2021"),
                    graph,
                )
                index.add(_statement("person", number, "schema:name", terms.string(label), graph) + created)
        return index.finish("benchmark").stat().st_size


def _statement(kind: str, number: int, name: str, literal: bytes, graph: bytes) -> bytes:
    subject = terms.iri(_POLICY.mint(kind, f"e{number}"))  # type: ignore[arg-type]
    return b"%b <%b> %b %b .\n" % (subject, expand(name).encode(), literal, graph)


def _write(folder: Path, entities: list[tuple[str, str]]) -> None:
    for name, delimiter in (("entities.csv", ","), ("entities.tsv", "\t")):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerow(("number", "label"))
            writer.writerows((number, label) for number, (_, label) in enumerate(entities))


def _has_csv_reconcile(python: Path) -> bool:
    command = [str(python), "-c", "import csv_reconcile"]
    return python.is_file() and not subprocess.run(command, check=False, capture_output=True).returncode


def _run(engine: str, python: str, folder: Path) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(_ROOT), str(_ROOT / "src")))}
    command = [python, str(_ROOT / "benchmarks" / "reconciling_engines.py"), engine, str(folder)]
    found = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    if found.returncode:
        sys.exit(f"{engine} failed\n{found.stderr}")
    told: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    main()
