"""How fast each syntax is written: ``python -m benchmarks.writing compare 10000``.

N-Quads are what the mapping makes; Turtle and JSON-LD are written in the same pass, with the block and its hash, as an
export does for the files of a record. What dumps are put together from is made of the lines of blocks. Each way is a
process of its own that maps the same records and writes one file of them, or three. Before anything is timed, the
files are seen to hold the same statements.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from benchmarks import options
from benchmarks.measuring import ROOT, Bar, Engine, Result, document, environment, finish, measure, versions
from benchmarks.processes import keep_to_one_core

if TYPE_CHECKING:
    from commons_ld.mapping.nodes import Syntax
    from commons_ld.rdf.block import Block

__all__ = ["main", "write"]

#: Each way to write, and the suffix of its file.
_SUFFIXES: Final = {
    "n-quads": ".nq",
    "turtle": ".ttl",
    "json-ld": ".jsonld",
    "all three at once": ".nq",
    "trig": ".trig",
    "turtle of lines": ".ttl",
    "rdf-xml of lines": ".rdf",
    "json-ld of lines": ".jsonld",
}
#: What share of the rate of N-Quads each of these is to have.
_BAR: Final = {"turtle": 0.7, "json-ld": 0.7}
_SAMPLE: Final = 200
_SELF: Final = (sys.executable, "-m", "benchmarks.writing")


#: What a file begins with, what it has of each record, and what it ends with.
_File = tuple[bytes, "Callable[[Block], bytes]", bytes]


def write(way: str, records: Path, target: Path) -> None:
    """Map records and write them in one of these ways."""
    from benchmarks.records import archive
    from commons_ld.artefacts import artefact
    from commons_ld.concepts import Concepts
    from commons_ld.mapping import Mapper
    from commons_ld.mapping.tokens import decode
    from commons_ld.outputs.jsonld import objects, our_context
    from commons_ld.outputs.jsonld_plan import JsonLdPlan
    from commons_ld.outputs.statements import in_reading_order, prefixes, without_graph
    from commons_ld.outputs.terse import RDF_XML_FOOT, Terse
    from commons_ld.outputs.terse_plan import TurtlePlan

    base_iri = archive().base_iri
    terse, context = Terse(prefixes(base_iri)), our_context()
    turtle, json_ld = TurtlePlan(prefixes(base_iri), base_iri), JsonLdPlan(context)

    def lines(block: Block) -> bytes:
        return in_reading_order(without_graph(block.data), block.subject)

    def listed(objects: Sequence[bytes]) -> bytes:
        return b",\n".join([*objects, b""])

    json_ld_file = b'{"@context":%b,"@graph":[\n' % msgspec.json.encode(context.definitions), b"{}]}\n"
    block_file: _File = b"", lambda block: block.data, b""
    turtle_file: _File = terse.turtle_head, lambda block: block.others[0][0], b""
    #: What is written beside blocks, and what each file begins with, has of each record, and ends with.
    ways: dict[str, tuple[tuple[Syntax, ...], Sequence[_File]]] = {
        "n-quads": ((), [block_file]),
        "turtle": ((turtle,), [turtle_file]),
        "json-ld": ((json_ld,), [(json_ld_file[0], lambda block: listed(block.others[0]), json_ld_file[1])]),
        "all three at once": (
            (turtle, json_ld),
            [
                block_file,
                turtle_file,
                (json_ld_file[0], lambda block: listed(block.others[1]), json_ld_file[1]),
            ],
        ),
        "trig": (
            (turtle,),
            [
                (
                    terse.turtle_head,
                    lambda block: terse.in_graph(block.others[0][0], f"<{block.graph}>".encode()),
                    b"",
                )
            ],
        ),
        "turtle of lines": ((), [(terse.turtle_head, lambda block: terse.turtle(lines(block)), b"")]),
        "rdf-xml of lines": ((), [(terse.rdf_xml_head, lambda block: terse.rdf_xml(lines(block)), RDF_XML_FOOT)]),
        "json-ld of lines": (
            (),
            [
                (
                    json_ld_file[0],
                    lambda block: listed(objects(lines(block), block.subject, context)),
                    json_ld_file[1],
                )
            ],
        ),
    }
    also, files = ways[way]
    mapper = Mapper(archive(), Concepts.load(artefact("ontology/concepts.ttl")), also=also)
    with records.open("rb") as source, ExitStack() as stack:
        names = [target, *(target.with_suffix(f"{target.suffix}.{number}") for number in range(1, len(files)))]
        outs = [stack.enter_context(name.open("wb", buffering=1 << 19)) for name in names]
        writers = [(out.write, make) for out, (_, make, _) in zip(outs, files, strict=True)]
        for out, (head, _, _) in zip(outs, files, strict=True):
            out.write(head)
        for record in map(decode, source):
            block = mapper.block(record, record.identifier)
            _ = block.sha256  # is made when it is asked for, as a publication does whatever it writes
            for write_, make in writers:
                write_(make(block))
        for out, (_, _, foot) in zip(outs, files, strict=True):
            out.write(foot)


def agree(folder: Path) -> str:
    """See that all files hold the same statements, and say so.

    :raises SystemExit: if they do not
    """
    import pyoxigraph as ox

    def triples(way: str) -> set[ox.Triple]:
        path = folder / f"{way.replace(' ', '-')}{_SUFFIXES[way]}"
        write(way, folder / "sample.jsonl", path)
        format_ = ox.RdfFormat.from_extension(_SUFFIXES[way].removeprefix("."))
        return {quad.triple for quad in ox.parse(path=path, format=format_)}

    expected = triples("n-quads")
    for way in _SUFFIXES:
        if triples(way) != expected:
            sys.exit(f"{way} does not hold what N-Quads hold")
    for way in ("turtle", "json-ld"):
        one, other = (folder / f"{name}{_SUFFIXES[way]}" for name in (way, f"{way}-of-lines"))
        if one.read_bytes() != other.read_bytes():
            sys.exit(f"{way} is another file when it is made of lines")
    return f"the {len(expected):,} statements of {_SAMPLE} records are the same in each syntax"


@click.group()
def commands() -> None:
    """Steps of the benchmark, each a process of its own."""


@commands.command("run")
@click.argument("way", type=click.Choice(list(_SUFFIXES)))
@click.argument("records", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
def _run(way: str, records: Path, target: Path) -> None:
    write(way, records, target)


@commands.command("agree")
@click.argument("folder", type=click.Path(path_type=Path))
def _agree(folder: Path) -> None:
    click.echo(agree(folder))


@commands.command("compare")
@click.argument("count", type=click.IntRange(min=1))
@options.into_json
@options.repeated("way")
def main(count: int, json_file: Path | None, repeat: int) -> None:
    """Compare the syntaxes at a number of records."""
    keep_to_one_core()
    with tempfile.TemporaryDirectory() as name:
        for file, records in (("sample.jsonl", _SAMPLE), ("records.jsonl", count)):
            _step("-m", "benchmarks.records", f"{name}/{file}", str(records))
        proof = _step("-m", "benchmarks.writing", "agree", name)
        records_file = f"{name}/records.jsonl"
        engines = [
            Engine(way, (*_SELF, "run", way, records_file, f"{name}/records{suffix}"), is_peer=False)
            for way, suffix in _SUFFIXES.items()
        ]
        results = list(measure(engines, count, repeat, ROOT))
    bars = list(_bars(results))
    finish(document("writing", results, proof=proof, used=versions("pyoxigraph", "msgspec"), bars=bars), json_file)


def _bars(results: list[Result]) -> list[Bar]:
    shares = {result.engine.name: results[0].wall / result.wall for result in results}
    return [
        Bar(f"{name} at {shares[name]:.0%} of the rate of N-Quads; the bar is {bar:.0%}", shares[name] >= bar)
        for name, bar in _BAR.items()
    ]


def _step(*step: str) -> str:
    done = subprocess.run(
        [sys.executable, *step], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


if __name__ == "__main__":
    commands()
