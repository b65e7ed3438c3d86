"""Load the embedded store, and compare that with what the same engine takes for a dump alone.

``python -m benchmarks.embedding 10000 80000`` prints a line for each number of records. ``oxigraph load`` puts each
statement into its named graph; ours puts it into the union of all graphs too, counts what the description of the
endpoint tells, and makes the generation the current one. Each runs in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.records import archive, make_records
from commons_ld.artefacts import artefact
from commons_ld.catalog import concepts_block
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.stores import embedded

__all__ = ["main"]

_OURS: Final = """
import sys
from pathlib import Path
from commons_ld.stores import embedded
if __name__ == "__main__":
    embedded.refresh(Path(sys.argv[1]), Path(sys.argv[2]))
"""


class _Taken(NamedTuple):
    """What a process took.

    :param memory: the most that it held, in MiB
    :param disk: what it left, in MB
    """

    seconds: float
    processor: float
    memory: int
    disk: float


def main(arguments: Sequence[str]) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.embedding")
    parser.add_argument("counts", type=int, nargs="*", default=[1000])
    given = parser.parse_args(arguments)
    print(
        "| records | quads | triples of the union | engine | seconds | quads/s | of the processors | MiB | MB on disk |"
    )
    print("|--:|--:|--:|---|--:|--:|--:|--:|--:|")
    for count in given.counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            dump = folder / "dist" / "dataset.nq"
            quads = _write_n_quads(dump, count)
            oxigraph = str(Path(sys.executable).with_name("oxigraph"))
            theirs = _run(
                [oxigraph, "load", "--location", str(folder / "theirs"), "--file", str(dump)], folder / "theirs"
            )
            ours = _run([sys.executable, "-c", _OURS, str(dump.parent), str(folder / "state")], folder / "state")
            generation = embedded.current(folder / "state")
            triples = embedded.statistics(generation).triples if generation else 0
        for engine, taken in (("oxigraph load", theirs), ("commons-ld", ours)):
            print(
                f"| {count:,} | {quads:,} | {triples:,} | {engine} | {taken.seconds:.1f} "
                f"| {quads / taken.seconds:,.0f} | {taken.processor:.1f} | {taken.memory:,} | {taken.disk:,.0f} |",
                flush=True,
            )
        print(f"\nours takes {ours.processor / theirs.processor:.2f} times the processor\n")


def _run(command: Sequence[str], left: Path) -> _Taken:
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    if process.returncode:
        sys.exit(f"{' '.join(command[:2])}: failed")
    disk = sum(path.stat().st_size for path in left.rglob("*") if path.is_file())
    return _Taken(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss >> 10, disk / 1e6)


def _write_n_quads(dump: Path, count: int) -> int:
    """Write the N-Quads of so many records, and return how many statements there are."""
    dump.parent.mkdir(exist_ok=True)
    statements = 0
    settings, concepts = archive(), Concepts.load(artefact("ontology/concepts.ttl"))
    mapper = Mapper(settings, concepts)
    with dump.open("wb") as file:
        for number, fields in enumerate(make_records(count)):
            values = {name: getattr(fields, name) for name in fields.__struct_fields__}
            block = mapper.block(MediaRecord(**values, origin=Origin("invented")), fields.identifier).data
            if not number:
                block = concepts_block(settings, concepts).data + block
            file.write(block)
            statements += block.count(b"\n")
    return statements


if __name__ == "__main__":
    main(sys.argv[1:])
