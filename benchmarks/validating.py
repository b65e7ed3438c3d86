"""Compare validation with pySHACL and the Rust engine ``shacl``: ``python -m benchmarks.validating 1000 10000``.

The blocks are those of invented sessions; every tenth has a fault. Each engine is a process of its own that reads the
shapes and the blocks from a file. Before anything is timed, the engines are seen to find the same in some of them.
pySHACL is used a record at a time, as whoever wants to know which record is to blame has to, and with all records in
one graph.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import click

from benchmarks.measuring import ROOT, Bar, Engine, Result, bars_of, document, environment, finish, measure, versions
from benchmarks.processes import keep_to_one_core

__all__ = ["FAULTS", "bars", "main", "make", "ours", "theirs"]

_SAMPLE: Final = 200
#: How many records the Rust engine gets at a time: 50 cost it least.
_BATCH: Final = 50
_XSD: Final = b"http://www.w3.org/2001/XMLSchema#"
#: What is done to every tenth record, in turn: a line that has the first is written with the second.
FAULTS: Final = (
    (b"#date>", b"#gYear>"),
    (b"http://purl.org/dc/terms/title>", b"http://purl.org/dc/terms/alternative>"),
    (b"^^<%bduration>" % _XSD, b""),
    (b"https://schema.org/Person>", b"https://schema.org/Thing>"),
    (b"/resource/authority/language/", b"/resource/authority/langue/"),
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
    """Write the blocks; and for the others N-Triples, each with what is known of the concepts that it refers to."""
    from benchmarks.records import archive, make_records
    from commons_ld.artefacts import artefact
    from commons_ld.concepts import Concepts
    from commons_ld.mapping import Mapper
    from commons_ld.origin import Origin
    from commons_ld.record import MediaRecord

    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    mapper = Mapper(archive(), concepts)
    with (
        (folder / "blocks.nq").open("wb") as blocks,
        (folder / "triples.nt").open("wb") as triples,
        (folder / "lengths").open("w") as lengths,
    ):
        for number, fields in enumerate(make_records(count)):
            values = {name: getattr(fields, name) for name in fields.__struct_fields__}
            made = mapper.block(MediaRecord(**values, origin=Origin("invented")), fields.identifier)
            data = made.data.replace(*FAULTS[number // 10 % len(FAULTS)]) if number % 10 == 0 else made.data
            data = b"".join(sorted(data.splitlines(keepends=True)))
            statements = data.split(b" <%b> .\n" % made.graph.encode())[:-1]
            described = {one.split(b" ", 1)[0] for one in statements}
            referred = {one.split(b" ", 2)[2] for one in statements} - described
            known = [
                one.encode()
                for iri in sorted(referred)
                if iri[:1] == b"<"
                for one in concepts.about(iri[1:-1].decode())
            ]
            plain = b"".join(b"%b .\n" % one for one in (*statements, *known))
            blocks.write(data)
            triples.write(plain)
            lengths.write(f"{len(data)} {len(plain)}\n")


def _read(folder: Path, name: str, column: int) -> Iterator[bytes]:
    with (folder / name).open("rb") as file, (folder / "lengths").open() as lengths:
        for line in lengths:
            yield file.read(int(line.split()[column]))


def ours(folder: Path, *, guarded: bool = True, count: int | None = None) -> Iterator[Row]:
    """Yield what we find."""
    from commons_ld.artefacts import artefact
    from commons_ld.concepts import Concepts
    from commons_ld.validation import Shapes

    shapes = Shapes.load(_shapes())
    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    blocks = map(_block, islice(_read(folder, "blocks.nq", 0), count))
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
    from commons_ld.artefacts import artefacts

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
_COMPILED: Final = "commons-ld, compiled shapes alone"
_APART: Final = "pySHACL, record by record"
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
@click.argument("engine", type=click.Choice(["guard", "compiled", "apart", "together"]))
@click.argument("folder", type=click.Path(path_type=Path))
def _run(engine: str, folder: Path) -> None:
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
                Engine("commons-ld, guard and compiled shapes", (*_SELF, "run", "guard", name), is_peer=False),
                Engine(_COMPILED, (*_SELF, "run", "compiled", name), is_peer=False),
                Engine(
                    "pySHACL, record by record", (*_SELF, "run", "apart", name), bar=100, up_to=pyshacl_up_to, at_most=1
                ),
                Engine(
                    "pySHACL, one graph", (*_SELF, "run", "together", name), up_to=min(pyshacl_up_to, 1000), at_most=1
                ),
            ]
            if rust:
                engines.append(Engine(f"shacl (Rust), {_BATCH} records at a time", _rust(folder, peers), bar=2.5))
            results += measure(engines, count, repeat, ROOT)
    finish(document("validating", results, proof=proof, used=used | rust, bars=list(bars(results))), json_file)


def bars(results: list[Result]) -> Iterator[Bar]:
    """Yield the bars, each at the largest size at which the engine was run."""
    largest = {result.engine.name: result.records for result in results}
    for size in sorted(set(largest.values())):
        yield from bars_of([one for one in results if not one.engine.is_peer or largest[one.engine.name] == size], size)
    if most := largest.get(_APART):
        at = {result.engine.name: result.wall for result in results if result.records == most}
        times = at[_APART] / at[_COMPILED]
        text = f"{most:,} records: {times:.1f} times as fast as {_APART} without the guard; the bar is {_WITHOUT}"
        yield Bar(text, times >= _WITHOUT)


def _pyshacl(title: str, how: str, folder: str, up_to: int, bar: float = 0) -> Engine:
    # A run takes minutes.
    return Engine(f"pySHACL, {title}", (*_SELF, "run", how, folder), bar=bar, up_to=up_to, at_most=1)


def _step(*step: str) -> str:
    done = subprocess.run([*_SELF, *step], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    commands()
