"""Compare the mapping with its peers: ``python -m benchmarks.mapping 1000 10000 [100000] [--json FILE]``.

Every engine gets the same records and must write the same dataset as N-Quads; that is proved first, at the smallest
size, and nothing is timed if it does not hold. Then each engine runs as a process of its own, on one core, from
its start to its end, one after the other and around again, and the median counts. See ``docs/performance.md``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import click

from benchmarks.measuring import machine, versions
from benchmarks.processes import Usage, keep_to_one_core, run

__all__ = ["main"]

_ROOT: Final = Path(__file__).parent.parent
_MIB: Final = 1 << 20


class Engine(NamedTuple):
    """One way to do the mapping.

    :param module: what Python runs, with its arguments: ``{records}`` is the file to read, ``{graph}`` the one to write
    :param is_peer: whether it is somebody else's
    :param bar: how many times as long as ours it has to take
    :param suffix: of the file that it writes: N-Quads, or N-Triples
    :param at_most: how often it is run, where it takes minutes
    """

    name: str
    module: tuple[str, ...]
    is_peer: bool = True
    bar: int = 0
    suffix: str = ".nq"
    at_most: int = sys.maxsize


_OURS: Final = Engine("commons-ld, blocks", ("benchmarks.blocks", "{records}", "{graph}"), is_peer=False)
_READER: Final = Engine("commons-ld, through its reader", (*_OURS.module, "--reader"), is_peer=False)
_MORPH_KGC: Final = Engine("morph-kgc", ("morph_kgc", "config.ini"), bar=8)
_TERMS: Final = ("benchmarks.terms", "{records}", "{graph}")
_RDFLIB: Final = Engine("rdflib, one dataset", (*_TERMS, "--together"), bar=30, at_most=1)
_RDFLIB_GRAPH: Final = Engine("rdflib, one graph without names", _TERMS, suffix=".nt")
_RDFLIB_APART: Final = Engine("rdflib, a dataset a record", _TERMS)
ENGINES: Final = (_OURS, _READER, _MORPH_KGC, _RDFLIB, _RDFLIB_GRAPH, _RDFLIB_APART)

#: How much more memory ten times as many records may take.
_MEMORY_BAR: Final = 1.5


class Result(NamedTuple):
    """What one engine took at one size: the medians of its runs, and the highest of its peaks."""

    records: int
    engine: Engine
    statements: int
    runs: list[Usage]

    @property
    def wall(self) -> float:
        return median(usage.wall for usage in self.runs)

    @property
    def cpu(self) -> float:
        return median(usage.cpu for usage in self.runs)

    @property
    def peak(self) -> int:
        return max(usage.peak for usage in self.runs)


class Bench(NamedTuple):
    """Where the engines run.

    :param folder: for everything that is written
    :param peers: the Python of the environment that morph-kgc is in
    """

    folder: Path
    peers: Path

    def prepare(self, count: int, engines: Sequence[Engine]) -> None:
        """Write the records, and the tables of morph-kgc, for one size."""
        (self.folder / str(count)).mkdir()
        records = f"{count}/records.jsonl"
        self._ours("benchmarks.records", records, str(count))
        if _MORPH_KGC in engines:
            self._ours("benchmarks.rml", records, str(count))

    def run(self, engine: Engine, count: int) -> Usage:
        """Run an engine on a core that nothing else of ours uses."""
        folder = self.folder / str(count)
        # To overwrite a file of the run before would cost time that says nothing of the engine.
        self.graph(engine, count).unlink(missing_ok=True)
        module = [part.format(records="records.jsonl", graph=self.graph(engine, count).name) for part in engine.module]
        if engine is _MORPH_KGC:
            return run([str(self.peers), "-m", *module], folder=folder, environment=_environment(ours=False))
        return run([sys.executable, "-m", *module], folder=folder, environment=_environment())

    def graph(self, engine: Engine, count: int) -> Path:
        """Return the file that an engine writes."""
        return self.folder / str(count) / f"{engine.name.replace(', ', '-').replace(' ', '-')}{engine.suffix}"

    def compare(self, engines: Sequence[Engine], count: int) -> None:
        """Prove that the engines wrote the same dataset.

        :raises SystemExit: if they did not
        """
        if count > 10_000:
            raise click.UsageError("the smallest size is the one at which datasets are compared; give 1000 too")
        self._ours("benchmarks.equality", *(str(self.graph(engine, count)) for engine in engines))

    def seconds_in_memory(self, count: int) -> float:
        """Return how long the mapping alone takes, of records in memory."""
        return float(self._ours("benchmarks.blocks", f"{count}/records.jsonl"))

    def _ours(self, *module: str) -> str:
        command = [sys.executable, "-m", *module]
        done = subprocess.run(
            command, cwd=self.folder, env=_environment(), capture_output=True, text=True, encoding="utf-8", check=False
        )
        if done.returncode:
            sys.exit(f"{' '.join(command)}: failed\n{done.stderr}")
        return done.stdout


def _environment(*, ours: bool = True) -> dict[str, str]:
    """Return the environment of a process: only ours finds the modules of this repository."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if ours:
        environment["PYTHONPATH"] = os.pathsep.join([str(_ROOT), str(_ROOT / "src")])
    return environment


def _statements(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for line in lines if not line.isspace())


def _measure(bench: Bench, count: int, engines: Sequence[Engine], repeat: int) -> Iterator[Result]:
    """Run every engine ``repeat`` times, taking turns, so that a slow minute of the machine meets all of them."""
    runs: dict[Engine, list[Usage]] = {engine: [] for engine in engines}
    for turn in range(1, repeat + 1):
        for engine in (engine for engine in engines if turn <= engine.at_most):
            click.echo(f"{count:,} records, {turn} of {repeat}: {engine.name} …", err=True)
            runs[engine].append(bench.run(engine, count))
    expected = _statements(bench.graph(_OURS, count))
    for engine in engines:
        statements = _statements(bench.graph(engine, count))
        # Without the names of graphs, what several records say is said once.
        if statements != expected and engine.suffix == _OURS.suffix:
            sys.exit(f"{engine.name} wrote {statements} statements, {_OURS.name} {expected}")
        yield Result(count, engine, expected, runs[engine])


def _table(results: Sequence[Result], alone: dict[int, float]) -> Iterator[str]:
    yield "| records | engine | seconds | of the processor | statements/s | peak MiB | as long as blocks |"
    yield "|--:|---|--:|--:|--:|--:|--:|"
    for result in results:
        ours = next(other for other in results if other.engine is _OURS and other.records == result.records)
        times = "" if result is ours else f"{result.wall / ours.wall:.1f} times"
        yield (
            f"| {result.records:,} | {result.engine.name} | {result.wall:.2f} | {result.cpu:.2f}"
            f" | {result.statements / result.wall:,.0f} | {result.peak / _MIB:,.0f} | {times} |"
        )
        if result is ours:
            seconds = alone[result.records]
            yield (
                f"| {result.records:,} | the mapping alone, records in memory | {seconds:.2f} |"
                f" | {result.statements / seconds:,.0f} | | |"
            )


def _bars(results: Sequence[Result]) -> Iterator[tuple[str, bool]]:
    """Yield every bar that these results can be held against, and whether it is met."""
    ours = {result.records: result for result in results if result.engine is _OURS}
    for result in results:
        if result.engine.bar and result.records == 10_000:
            times = result.wall / ours[result.records].wall
            bar = f"10,000 records: {times:.1f} times as fast as {result.engine.name}; the bar is {result.engine.bar}"
            yield bar, times >= result.engine.bar
    if {10_000, 100_000} <= ours.keys():
        growth = ours[100_000].peak / ours[10_000].peak
        bar = f"memory at 100,000 records: {growth:.2f} times that at 10,000; the bar is {_MEMORY_BAR}"
        yield bar, growth <= _MEMORY_BAR


@click.command()
@click.argument("sizes", type=click.IntRange(min=1), nargs=-1, required=True)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the results there.")
@click.option(
    "--peers",
    type=click.Path(path_type=Path),
    default=_ROOT / ".venv" / "peers" / "bin" / "python",
    envvar="BENCHMARK_PEERS",
    help="The Python of the environment that morph-kgc is in.",
)
@click.option("--peers-up-to", type=int, default=10_000, show_default=True, help="Peers do not run at larger sizes.")
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True, help="Runs of each engine.")
def main(sizes: tuple[int, ...], json_file: Path | None, peers: Path, peers_up_to: int, repeat: int) -> None:
    """Compare the mapping with its peers at these numbers of records."""
    keep_to_one_core()
    sizes = tuple(sorted(set(sizes)))
    # Not resolved: an environment is told by where its link to Python lies.
    peers = peers.absolute()
    engines = [engine for engine in ENGINES if engine is not _MORPH_KGC or peers.exists()]
    if _MORPH_KGC not in engines:
        click.echo(f"morph-kgc is not measured: there is no {peers}; 'make bench' installs it", err=True)
    results: list[Result] = []
    alone: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), peers)
        for count in sizes:
            taking_part = [engine for engine in engines if not engine.is_peer or count <= peers_up_to]
            bench.prepare(count, taking_part)
            if count == sizes[0]:
                click.echo(f"{count:,} records: whether all engines write the same dataset …", err=True)
                for engine in taking_part:
                    bench.run(engine, count)
                bench.compare(taking_part, count)
            results += _measure(bench, count, taking_part, repeat)
            alone[count] = median(bench.seconds_in_memory(count) for _ in range(repeat))
    for line in _table(results, alone):
        click.echo(line)
    bars = list(_bars(results))
    for bar, is_met in bars:
        click.echo(f"\n{bar}: {'met' if is_met else 'MISSED'}")
    if json_file:
        made = _document(results, alone, bars, peers)
        json_file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.exit(0 if all(is_met for _, is_met in bars) else 1)


def _document(
    results: Sequence[Result], alone: dict[int, float], bars: Sequence[tuple[str, bool]], peers: Path
) -> dict[str, Any]:
    ours = {result.records: result.wall for result in results if result.engine is _OURS}
    return {
        "benchmark": "mapping",
        "machine": machine(),
        "versions": versions("rdflib") | (versions("morph-kgc", peers=peers) if peers.exists() else {}),
        "proof": "the same dataset from every engine at the smallest size, parsed and canonicalized",
        "results": [
            {
                "records": result.records,
                "engine": result.engine.name,
                "is_peer": result.engine.is_peer,
                "statements": result.statements,
                "seconds": round(result.wall, 3),
                "processor_seconds": round(result.cpu, 3),
                "records_per_second": round(result.records / result.wall),
                "peak_bytes": result.peak,
                "times_as_long": round(result.wall / ours[result.records], 2),
                "runs": [usage._asdict() for usage in result.runs],
            }
            for result in results
        ],
        "mapping_alone_seconds": {str(count): round(seconds, 3) for count, seconds in alone.items()},
        "bars": [{"text": text, "is_met": is_met} for text, is_met in bars],
    }


if __name__ == "__main__":
    main()
