"""What the peers of the mapping read: ``python -m benchmarks.inputs IN.jsonl FOLDER`` writes it all."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.blocks import read_records
from benchmarks.records import archive
from benchmarks.rml import write_rml
from benchmarks.sql import write_sql
from benchmarks.tables import graph, write_tables
from benchmarks.templates import write_templates
from commons_ld.record import MediaRecord

__all__ = ["write_inputs"]


def write_inputs(records: Iterable[MediaRecord], folder: Path) -> None:
    """Write the tables of those records, and what each peer is told of them."""
    settings = archive()
    tables = write_tables(records, folder, settings)
    write_rml(tables, graph(settings), folder)
    write_sql(tables, graph(settings), folder)
    write_templates(tables, folder)


if __name__ == "__main__":
    write_inputs(read_records(Path(sys.argv[1])), Path(sys.argv[2]))
