"""Compare the mapping with its peers: ``python -m benchmarks.mapping 1000 10000 [100000] [--json FILE]``.

Every engine gets the same records and must write the same dataset as N-Quads; that is proved first, at the smallest
size, and nothing is timed if it does not hold. Then each engine runs as a process of its own, on one core, from
its start to its end, one after the other and around again, and the median counts. See ``docs/performance.md``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from benchmarks import options
from benchmarks.measuring import (
    ROOT,
    Bar,
    Engine,
    Result,
    bars_of,
    document,
    environment,
    files_of,
    finish,
    measure,
    once,
    versions,
)
from benchmarks.processes import keep_to_one_core

__all__ = ["bars", "main"]

_OURS: Final = "commons-ld, blocks"
_TWO: Final = "commons-ld, blocks, two processes"
_FLOOR: Final = "the floor: decode, and write the same bytes"
_DUCKDB: Final = "DuckDB, strings in SQL, two threads"
#: What is made outside the environment of ours.
_PEERS: Final = ("duckdb", "maplib", "morph-kgc")

#: How many times as fast as one process two are to be.
_SHARED_BAR: Final = 1.7
#: What share of the speed of the floor is aimed at.
_FLOOR_BAR: Final = 0.5
#: How much memory may be held, however many records there are.
_MEMORY_BAR: Final = 64 << 20
#: With more records rdflib takes hours, or more memory than most machines have.
_RDFLIB_UP_TO: Final = 10_000


def _engines(folder: Path, peers: Path | None, up_to: int) -> list[Engine]:
    """Return the engines that work in a folder; the first one is ours.

    :param peers: the Python of the environment of those that need one of their own, if there is one
    :param up_to: peers do not run where there are more records
    """

    def ours(name: str, file: str, *module: str, cores: int = 1) -> Engine:
        command = (sys.executable, "-m", *module, file)
        return Engine(name, command, is_peer=False, cores=cores, writes=folder / file)

    def peer(name: str, file: str, *command: str, bar: float = 0, cores: int = 1, at_most: int = sys.maxsize) -> Engine:
        most = min(up_to, _RDFLIB_UP_TO) if "rdflib" in name else up_to
        return Engine(name, command, True, bar, up_to=most, at_most=at_most, cores=cores, writes=folder / file)

    blocks, terms = ("benchmarks.blocks", "records.jsonl"), (sys.executable, "-m", "benchmarks.terms", "records.jsonl")
    oxigraph = (sys.executable, "-m", "benchmarks.oxigraph_terms", "records.jsonl")
    two = ours(_TWO, "two.nq", *blocks, cores=2)
    engines = [
        ours(_OURS, "blocks.nq", *blocks),
        ours("commons-ld, through its reader", "reader.nq", *blocks)._replace(
            command=(sys.executable, "-m", *blocks, "reader.nq", "--reader")
        ),
        two._replace(command=(*two.command, "--two-processes")),
        ours(_FLOOR, "floor.nq", "benchmarks.floor", "records.jsonl", "blocks.nq"),
    ]
    if peers:
        scripts = ROOT / "benchmarks"
        python = str(peers)
        engines += [
            peer(_DUCKDB, "duckdb.nq", python, str(scripts / "build_strings.py"), "duckdb.sql", "2", cores=2),
            peer("morph-kgc", "morph-kgc.nq", python, "-m", "morph_kgc", "config.ini", bar=12),
            peer("maplib", "maplib.utc.nt", python, str(scripts / "expand_templates.py"), "maplib.utc.nt", bar=15),
        ]
    return [
        *engines,
        peer("pyoxigraph, terms in Python", "oxigraph.nq", *oxigraph, "oxigraph.nq", bar=5),
        peer("of which the cells alone", "", *oxigraph)._replace(writes=None),
        peer("rdflib, one dataset", "together.nq", *terms, "together.nq", "--together", bar=50, at_most=1),
        peer("rdflib, one graph without names", "triples.nt", *terms, "triples.nt"),
        peer("rdflib, a dataset a record", "apart.nq", *terms, "apart.nq"),
    ]


def _prepare(folder: Path, count: int) -> None:
    """Write the records, and what peers read."""
    _step(folder, "benchmarks.records", "records.jsonl", str(count))
    _step(folder, "benchmarks.inputs", "records.jsonl", ".")


def _step(folder: Path, *module: str) -> None:
    # What takes memory is done elsewhere: this process has to stay small, so as not to hide how much the others hold.
    subprocess.run([sys.executable, "-m", *module], cwd=folder, env=environment(), check=True)


def _compare(engines: Sequence[Engine], folder: Path) -> None:
    """Prove that all engines write the same dataset.

    :raises subprocess.CalledProcessError: if they do not
    """
    for engine in engines:
        once(engine, folder)
    _step(folder, "benchmarks.equality", *(str(_written(engine)) for engine in engines if engine.writes))


def _written(engine: Engine) -> Path:
    """Return the file that an engine wrote, put together if it is several."""
    assert engine.writes
    parts = [path for path in files_of(engine) if path != engine.writes]
    if parts:
        with engine.writes.open("wb") as whole:
            for part in parts:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, whole)
    return engine.writes


class _Counting:
    """How many statements the engines wrote; what is counted is not kept, since it takes gigabytes."""

    def __init__(self) -> None:
        self.found: Final[dict[str, int]] = {}

    def __call__(self, engine: Engine) -> None:
        """Look at what an engine wrote.

        :raises SystemExit: if it is not the same number of statements for all that name graphs
        """
        # Without the names of graphs, what several records say is said once.
        if engine.name not in self.found and engine.writes and engine.writes.suffix == ".nq":
            self.found[engine.name] = sum(map(_statements, files_of(engine)))
            if len(set(self.found.values())) > 1:
                sys.exit(f"not all wrote the same number of statements: {self.found}")
        # The floor writes what ours wrote.
        if engine.name != _OURS:
            for path in files_of(engine):
                path.unlink()


def _statements(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for line in lines if not line.isspace())


def bars(results: Sequence[Result]) -> Iterator[Bar]:
    """Yield what is aimed at, each at the largest size at which the engine was run."""
    largest = {result.engine.name: result.records for result in results}
    for size in sorted(set(largest.values())):
        yield from bars_of(
            [one for one in results if one.engine.name == _OURS or largest[one.engine.name] == size], size
        )
    most = results[-1].records
    wall = {result.engine.name: result.wall for result in results if result.records == largest[result.engine.name]}
    times = wall[_OURS] / wall[_TWO]
    text = f"{most:,} records: two processes are {times:.2f} times as fast as one; the bar is {_SHARED_BAR}"
    yield Bar(text, times >= _SHARED_BAR)
    if largest.get(_DUCKDB) == most:
        times = wall[_DUCKDB] / wall[_TWO]
        yield Bar(
            f"{most:,} records: two processes are {times:.2f} times as fast as {_DUCKDB}; the bar is 1", times >= 1
        )
    share = wall[_FLOOR] / wall[_OURS]
    text = f"{most:,} records: {share:.0%} of the speed of decoding and writing alone; the bar is {_FLOOR_BAR:.0%}"
    yield Bar(text, share >= _FLOOR_BAR)
    peak = max(result.peak for result in results if result.engine.name in (_OURS, _TWO))
    text = f"at most {peak / (1 << 20):.0f} MiB at any size; the bar is {_MEMORY_BAR >> 20}"
    yield Bar(text, peak <= _MEMORY_BAR)


@click.command()
@click.argument("sizes", type=click.IntRange(min=1), nargs=-1, required=True)
@options.into_json
@options.peers("DuckDB, maplib and morph-kgc are")
@click.option("--peers-up-to", type=int, default=10_000, show_default=True, help="Peers do not run at larger sizes.")
@options.repeated("engine")
def main(sizes: tuple[int, ...], json_file: Path | None, peers: Path, peers_up_to: int, repeat: int) -> None:
    """Compare the mapping with its peers at these numbers of records."""
    sizes = tuple(sorted(set(sizes)))
    if sizes[0] > 10_000:
        raise click.UsageError("the smallest size is the one at which datasets are compared; give 1000 too")
    keep_to_one_core()
    # Not resolved: an environment is told by where its link to Python lies.
    python = peers.absolute() if peers.exists() else None
    if python is None:
        click.echo(f"{', '.join(_PEERS)} are not measured: there is no {peers}; 'make bench' installs them", err=True)
    results: list[Result] = []
    statements: dict[int, int] = {}
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            engines = [engine for engine in _engines(folder, python, peers_up_to) if count <= engine.up_to]
            _prepare(folder, count)
            if count == sizes[0]:
                click.echo(f"{count:,} records: whether all engines write the same dataset …", err=True)
                _compare(engines, folder)
            counting = _Counting()
            results += measure(engines, count, repeat, folder, counting)
            statements[count] = counting.found[_OURS]
    told = " and ".join(f"{number:,} statements of {count:,} records" for count, number in statements.items())
    proof = f"the same dataset from every engine at the smallest size, parsed and canonicalized; {told}"
    used = versions("msgspec", "pyoxigraph", "rdflib") | (versions(*_PEERS, peers=python) if python else {})
    finish(document("mapping", results, proof=proof, used=used, bars=list(bars(results))), json_file)


if __name__ == "__main__":
    main()
