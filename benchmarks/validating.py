"""Compare validation with pySHACL and the Rust engine ``shacl``: ``python -m benchmarks.validating compare 1000``.

The records are invented sessions; every tenth has a fault. Each engine is a process of its own. Ours reads the records,
maps and validates them, as an export does; the others, and our compiled shapes alone, read what was mapped before, so
that they are spared the mapping. Before anything is timed, the engines are seen to find the same in some of them.
pySHACL is used a record at a time, as whoever wants to know which record is to blame has to, and with all records in
one graph.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import click
import msgspec
from msgspec.structs import replace

from benchmarks.measuring import ROOT, Bar, Engine, Result, bars_of, document, environment, finish, measure, versions
from benchmarks.processes import keep_to_one_core
from benchmarks.records import archive, make_records
from commons_ld.artefacts import artefact, artefacts
from commons_ld.block import Block as MappedBlock
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.outlining import Outliner
from commons_ld.record import RecordFields
from commons_ld.tokens import decode
from commons_ld.validation import Shapes
from commons_ld.validation.blocks import NQuadsBlock

__all__ = ["FAULTS", "bars", "main", "make", "ours", "theirs"]

_SAMPLE: Final = 200
#: How many records the Rust engine gets at a time: 50 cost it least.
_BATCH: Final = 50
#: What is done to every tenth record, in turn.
FAULTS: Final[tuple[Callable[[RecordFields], RecordFields], ...]] = (
    lambda record: replace(record, created="jadis"),
    lambda record: replace(record, duration="une heure"),
    lambda record: replace(record, issued="1999/01/01"),
    lambda record: replace(record, created="2031/01/01", issued="2031/01/01"),
    lambda record: replace(record, guests=(replace(record.guests[0], name="nom@exemple.example"), *record.guests[1:])),
)
#: A result: focus node, value, component and source shape.
Row = tuple[str, ...]


class Block(NamedTuple):
    """A block of the file."""

    graph: str
    subject: str
    data: bytes
    outline: None = None


def make(folder: Path, count: int) -> None:
    """Write the records, their blocks, and for the others N-Triples, each with what is known of the concepts in it."""
    mapper, concepts = _mapper(None)
    with (
        (folder / "records.jsonl").open("wb") as records,
        (folder / "blocks.nq").open("wb") as blocks,
        (folder / "triples.nt").open("wb") as triples,
        (folder / "lengths").open("w") as lengths,
    ):
        for number, good in enumerate(make_records(count)):
            fields = FAULTS[number // 10 % len(FAULTS)](good) if number % 10 == 0 else good
            line = msgspec.json.encode(fields)
            made = mapper.block(decode(line), fields.identifier)
            statements = made.data.split(b" <%b> .\n" % made.graph.encode())[:-1]
            described = {one.split(b" ", 1)[0] for one in statements}
            referred = {one.split(b" ", 2)[2] for one in statements} - described
            known = [
                one.encode()
                for iri in sorted(referred)
                if iri[:1] == b"<"
                for one in concepts.about(iri[1:-1].decode())
            ]
            plain = b"".join(b"%b .\n" % one for one in (*statements, *known))
            records.write(line + b"\n")
            blocks.write(made.data)
            triples.write(plain)
            lengths.write(f"{len(made.data)} {len(plain)}\n")


def _mapper(outliner: Outliner | None) -> tuple[Mapper, Concepts]:
    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    return Mapper(archive(), concepts, outliner=outliner), concepts


def _mapped(folder: Path, mapper: Mapper, count: int | None) -> Iterator[MappedBlock]:
    with (folder / "records.jsonl").open("rb") as lines:
        for line in islice(lines, count):
            record = decode(line)
            yield mapper.block(record, record.identifier)


def _read(folder: Path, name: str, column: int) -> Iterator[bytes]:
    with (folder / name).open("rb") as file, (folder / "lengths").open() as lengths:
        for line in lengths:
            yield file.read(int(line.split()[column]))


def ours(folder: Path, *, guarded: bool = True, count: int | None = None) -> Iterator[Row]:
    """Yield what we find: in records, which are mapped, or without the guard in blocks that were mapped before."""
    shapes = Shapes.load(_shapes())
    mapper, concepts = _mapper(shapes.outliner)
    blocks: Iterator[NQuadsBlock] = (
        _mapped(folder, mapper, count) if guarded else map(_block, islice(_read(folder, "blocks.nq", 0), count))
    )
    for report in shapes.validate(blocks, context=concepts, guarded=guarded):
        for result in report.results:
            yield result.focus_node, result.value, result.component, result.source_shape


def _block(data: bytes) -> Block:
    graph = data[data.rindex(b" <") + 2 : -4].decode()
    return Block(graph, graph.replace("/graph/", "/session/"), data)


def theirs(folder: Path, *, together: bool = False, count: int | None = None) -> Iterator[Row]:
    """Yield what pySHACL finds."""
    import pyshacl
    from rdflib import SH, Graph

    from commons_ld.validation.mending import standard_comparison

    shapes = Graph()
    for path in _shapes():
        shapes.parse(path)
    texts = islice(_read(folder, "triples.nt", 1), count)
    for text in [b"".join(texts)] if together else texts:
        data = Graph().parse(data=text, format="nt")
        # pySHACL breaks down at values that cannot be compared, or errs, unless it is helped.
        with standard_comparison():
            _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
        assert isinstance(report, Graph)
        for result in report.objects(None, SH.result):
            parts = (SH.focusNode, SH.value, SH.sourceConstraintComponent, SH.sourceShape)
            yield tuple(str(report.value(result, part) or "") for part in parts)


def _shapes() -> list[Path]:
    return [path for path in artefacts("shapes") if path.suffix == ".ttl"]


def agree(folder: Path, peers: Path) -> str:
    """See that all find the same, and say what was seen.

    :raises SystemExit: if they do not
    """
    guarded, alone = list(ours(folder)), list(ours(folder, guarded=False))
    if guarded != alone:
        sys.exit("with the guard something else is found than without it")
    found, pyshacl = set(ours(folder, count=_SAMPLE)), set(theirs(folder, count=_SAMPLE))
    if found != pyshacl:
        sys.exit(f"pySHACL does not find the same: {sorted(found ^ pyshacl)[:5]}")
    proof = (
        f"{len(alone):,} results, the same with the guard and without; in the first {_SAMPLE} records "
        f"{len(found):,}, the same as pySHACL finds"
    )
    if peers.exists():
        counted = int(subprocess.run(_rust(folder, peers), capture_output=True, text=True, check=True).stdout)
        proof += f"; shacl finds {counted:,} in all of them"
    return proof


def _rust(folder: Path, peers: Path) -> tuple[str, ...]:
    return (str(peers), str(ROOT / "benchmarks" / "validate_shacl.py"), str(folder), str(_BATCH), *map(str, _shapes()))


_SELF: Final = (sys.executable, "-m", "benchmarks.validating")
_GUARDED: Final = "commons-ld, mapping, guard and compiled shapes"
_MAPPED: Final = "commons-ld, mapping alone"
_COMPILED: Final = "commons-ld, compiled shapes alone, of what was mapped before"
_APART: Final = "pySHACL, record by record"
_RUST: Final = f"shacl (Rust), {_BATCH} records at a time"
#: How many times as fast as pySHACL the compiled shapes alone are to be.
_WITHOUT: Final = 30


@click.group(invoke_without_command=False)
def commands() -> None:
    """Steps of the benchmark, each a process of its own."""


@commands.command("make")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("count", type=int)
def _make(folder: Path, count: int) -> None:
    make(folder, count)


@commands.command("agree")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("peers", type=click.Path(path_type=Path))
def _agree(folder: Path, peers: Path) -> None:
    click.echo(agree(folder, peers))


@commands.command("run")
@click.argument("engine", type=click.Choice(["guard", "mapping", "compiled", "apart", "together"]))
@click.argument("folder", type=click.Path(path_type=Path))
def _run(engine: str, folder: Path) -> None:
    if engine == "mapping":
        mapper, _ = _mapper(None)
        click.echo(sum(1 for _ in _mapped(folder, mapper, None)))
        return
    rows = (
        ours(folder, guarded=engine == "guard")
        if engine in ("guard", "compiled")
        else theirs(folder, together=engine == "together")
    )
    click.echo(sum(1 for _ in rows))


@commands.command("compare")
@click.argument("sizes", type=click.IntRange(min=1), nargs=-1, required=True)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the results there.")
@click.option(
    "--peers",
    type=click.Path(path_type=Path),
    default=ROOT / ".venv" / "peers" / "bin" / "python",
    envvar="BENCHMARK_PEERS",
    help="The Python of the environment that shacl is in.",
)
@click.option(
    "--pyshacl-up-to", type=int, default=1000, show_default=True, help="pySHACL does not run at larger sizes."
)
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True, help="Runs of each engine.")
def main(sizes: tuple[int, ...], json_file: Path | None, peers: Path, pyshacl_up_to: int, repeat: int) -> None:
    """Compare validation with its peers at these numbers of records."""
    keep_to_one_core()
    used = versions("pyshacl", "rdflib", "pyoxigraph")
    rust = versions("shacl", peers=peers) if peers.exists() else {}
    if not rust:
        click.echo(f"shacl is not measured: it is not in {peers}; 'make bench' installs it", err=True)
    results: list[Result] = []
    proof = ""
    for count in sorted(set(sizes)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            # This process stays small, so that it does not hide how much memory the others hold.
            _step("make", name, str(count))
            proof = proof or _step("agree", name, str(peers if rust else folder / "none"))
            engines = [
                Engine(_GUARDED, (*_SELF, "run", "guard", name), is_peer=False),
                Engine(_MAPPED, (*_SELF, "run", "mapping", name), is_peer=False),
                Engine(_COMPILED, (*_SELF, "run", "compiled", name), is_peer=False),
                Engine(_APART, (*_SELF, "run", "apart", name), bar=100, up_to=pyshacl_up_to, at_most=1),
                Engine(
                    "pySHACL, one graph", (*_SELF, "run", "together", name), up_to=min(pyshacl_up_to, 1000), at_most=1
                ),
            ]
            if rust:
                engines.append(Engine(_RUST, _rust(folder, peers), bar=2.5))
            results += measure(engines, count, repeat, ROOT)
    finish(
        document("validating", results, proof=proof + _added(results), used=used | rust, bars=list(bars(results))),
        json_file,
    )


def bars(results: list[Result]) -> Iterator[Bar]:
    """Yield the bars, each at the largest size at which the engine was run."""
    largest = {result.engine.name: result.records for result in results}
    for size in sorted(set(largest.values())):
        yield from bars_of([one for one in results if not one.engine.is_peer or largest[one.engine.name] == size], size)
    if most := largest.get(_APART):
        times = _seconds(results, _APART, most) / _seconds(results, _COMPILED, most)
        text = f"{most:,} records: {times:.1f} times as fast as {_APART} without the guard; the bar is {_WITHOUT}"
        yield Bar(text, times >= _WITHOUT)


def _seconds(results: list[Result], engine: str, size: int) -> float:
    return next(one.cpu for one in results if one.engine.name == engine and one.records == size)


def _added(results: list[Result]) -> str:
    """Return what validation adds to the mapping, beside the Rust engine that is spared it."""
    size = max((one.records for one in results if one.engine.name == _RUST), default=0)
    if not size:
        return ""
    added = _seconds(results, _GUARDED, size) - _seconds(results, _MAPPED, size)
    times = _seconds(results, _RUST, size) / added
    return (
        f"; at {size:,} records validation adds {added:.2f} s to the mapping, of which {_RUST} takes {times:.1f} times"
    )


def _step(*step: str) -> str:
    done = subprocess.run([*_SELF, *step], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    commands()
