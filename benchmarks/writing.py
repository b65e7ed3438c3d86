"""How fast each syntax is written: ``python -m benchmarks.writing 10000``.

N-Quads are what the mapping makes; the others are written from its blocks. Each syntax is a process of its own that
maps the same records and writes one file of them. Before anything is timed, the files are seen to hold the same
statements.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
import msgspec

from benchmarks.measuring import ROOT, Bar, Engine, Result, document, environment, finish, measure, versions
from benchmarks.processes import keep_to_one_core

__all__ = ["main", "write"]

_SUFFIXES: Final = {"n-quads": ".nq", "turtle": ".ttl", "trig": ".trig", "rdf-xml": ".rdf", "json-ld": ".jsonld"}
#: What share of the rate of N-Quads each of these is to have.
_BAR: Final = {"turtle": 0.7, "json-ld": 0.7}
_SAMPLE: Final = 200
_SELF: Final = (sys.executable, "-m", "benchmarks.writing")


def write(syntax: str, records: Path, target: Path) -> None:
    """Map records and write them."""
    from benchmarks.records import archive
    from commons_ld.artefacts import artefact
    from commons_ld.concepts import Concepts
    from commons_ld.mapping import Block, Mapper
    from commons_ld.outputs.jsonld import objects, our_context
    from commons_ld.outputs.statements import in_reading_order, prefixes
    from commons_ld.outputs.terse import RDF_XML_FOOT, Terse
    from commons_ld.tokens import decode

    mapper = Mapper(archive(), Concepts.load(artefact("ontology/concepts.ttl")))
    terse, context = Terse(prefixes(archive().base_iri)), our_context()

    def lines(block: Block) -> bytes:
        end = -len(f" <{block.graph}> .\n".encode())
        statements = [line[:end] + b" .\n" for line in block.data.splitlines(keepends=True)]
        return in_reading_order(statements, block.subject)

    makers: dict[str, tuple[bytes, Callable[[Block], bytes], bytes]] = {
        "n-quads": (b"", lambda block: block.data, b""),
        "turtle": (terse.turtle_head, lambda block: terse.turtle(lines(block)), b""),
        "trig": (terse.turtle_head, lambda block: terse.trig(lines(block), f"<{block.graph}>".encode()), b""),
        "rdf-xml": (terse.rdf_xml_head, lambda block: terse.rdf_xml(lines(block)), RDF_XML_FOOT),
        "json-ld": (
            b'{"@context":%b,"@graph":[\n{}' % msgspec.json.encode(context.definitions),
            lambda block: b"".join(b",\n" + one for one in objects(lines(block), block.subject, context)),
            b"\n]}\n",
        ),
    }
    head, make, foot = makers[syntax]
    with records.open("rb") as source, target.open("wb", buffering=1 << 19) as out:
        out.write(head)
        for record in map(decode, source):
            out.write(make(mapper.block(record, record.identifier)))
        out.write(foot)


def agree(folder: Path) -> str:
    """See that all files hold the same statements, and say so.

    :raises SystemExit: if they do not
    """
    import pyoxigraph as ox

    def triples(syntax: str) -> set[ox.Triple]:
        name = f"sample{_SUFFIXES[syntax]}"
        write(syntax, folder / "sample.jsonl", folder / name)
        format_ = ox.RdfFormat.from_extension(_SUFFIXES[syntax].removeprefix("."))
        return {quad.triple for quad in ox.parse(path=folder / name, format=format_)}

    expected = triples("n-quads")
    for syntax in _SUFFIXES:
        if triples(syntax) != expected:
            sys.exit(f"{syntax} does not hold what N-Quads hold")
    return f"the {len(expected):,} statements of {_SAMPLE} records are the same in each syntax"


@click.group()
def commands() -> None:
    """Steps of the benchmark, each a process of its own."""


@commands.command("run")
@click.argument("syntax", type=click.Choice(list(_SUFFIXES)))
@click.argument("records", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
def _run(syntax: str, records: Path, target: Path) -> None:
    write(syntax, records, target)


@commands.command("agree")
@click.argument("folder", type=click.Path(path_type=Path))
def _agree(folder: Path) -> None:
    click.echo(agree(folder))


@commands.command("compare")
@click.argument("count", type=click.IntRange(min=1))
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the results there.")
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True, help="Runs of each syntax.")
def main(count: int, json_file: Path | None, repeat: int) -> None:
    """Compare the syntaxes at a number of records."""
    keep_to_one_core()
    with tempfile.TemporaryDirectory() as name:
        for file, records in (("sample.jsonl", _SAMPLE), ("records.jsonl", count)):
            _step("-m", "benchmarks.records", f"{name}/{file}", str(records))
        proof = _step("-m", "benchmarks.writing", "agree", name)
        records_file = f"{name}/records.jsonl"
        engines = [
            Engine(syntax, (*_SELF, "run", syntax, records_file, f"{name}/records{suffix}"), is_peer=False)
            for syntax, suffix in _SUFFIXES.items()
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
