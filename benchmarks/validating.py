"""Compare validation with seven other engines: ``python -m benchmarks.validating compare 1000``.

The records are invented sessions; every tenth has a fault. Each engine is a process of its own. Ours reads the records,
maps and validates them; the others, and our compiled shapes alone, read what was mapped before, so that they are spared
the mapping. Before anything is timed, pySHACL is seen to find the same in some of them, and it is told how many results
each of the others finds in all.
pySHACL is used a record at a time, as whoever wants to know which record is to blame has to, and with all records in
one graph; the others get some records at a time. Those that are not installed are left out, aloud.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from benchmarks import options
from benchmarks.measuring import ROOT, Bar, Engine, Result, bars_of, document, environment, finish, measure, versions
from benchmarks.processes import keep_to_one_core
from tests.servers import jena_shapes

__all__ = ["bars", "main"]

#: How many records engines get at a time: shacl, pyrudof and Jena take least with it, those of npm a tenth more.
_BATCH: Final = 50

_SELF: Final = (sys.executable, "-m", "benchmarks.validating")
#: As the Rust engine, ours is spared the libraries of this module, which it does not need.
_OURS: Final = (sys.executable, str(ROOT / "benchmarks" / "validate_records.py"))
_GUARDED: Final = "commons-ld, mapping, guard and compiled shapes"
_WHOLE: Final = "commons-ld, the same, each block put together and hashed"
_MAPPED: Final = "commons-ld, mapping alone"
_COMPILED: Final = "commons-ld, compiled shapes alone"
_APART: Final = "pySHACL, record by record"
_AT_A_TIME: Final = f"{_BATCH} records at a time"
_RUST: Final = f"shacl (Rust), {_AT_A_TIME}"
_RUDOF: Final = f"pyrudof (Rust), {_AT_A_TIME}"
_JENA: Final = f"Jena, {_AT_A_TIME}"
_JAVASCRIPT: Final = f"shacl-engine, {_AT_A_TIME}"
_JAVASCRIPT_CORE: Final = f"shacl-engine, SHACL Core alone, {_AT_A_TIME}"
_JAVASCRIPT_OTHER: Final = f"rdf-validate-shacl, SHACL Core alone, {_AT_A_TIME}"
#: What takes minutes is run once, or not at all with more records than that.
_FEW: Final = 1000
#: How many times as fast as pySHACL the compiled shapes alone are to be.
_WITHOUT: Final = 30


@click.group(invoke_without_command=False)
def commands() -> None:
    """Steps of the benchmark, each a process of its own."""


@commands.command("make")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("count", type=int)
def _make(folder: Path, count: int) -> None:
    # These take memory, which the process that measures others must not.
    from benchmarks.validating_engines import make

    make(folder, count)


@commands.command("agree")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("peers", type=json.loads)
def _agree(folder: Path, peers: dict[str, list[str]]) -> None:
    from benchmarks.validating_engines import agree

    click.echo(agree(folder, peers))


@commands.command("pyshacl")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--together", is_flag=True, help="All records in one graph.")
def _pyshacl(folder: Path, together: bool) -> None:
    from benchmarks.validating_engines import theirs

    click.echo(sum(1 for _ in theirs(folder, together=together)))


@commands.command("compare")
@click.argument("sizes", type=click.IntRange(min=1), nargs=-1, required=True)
@options.into_json
@options.peers("other engines are")
@click.option(
    "--pyshacl-up-to", type=int, default=1000, show_default=True, help="pySHACL does not run at larger sizes."
)
@options.repeated("engine")
def main(sizes: tuple[int, ...], json_file: Path | None, peers: Path, pyshacl_up_to: int, repeat: int) -> None:
    """Compare validation with its peers at these numbers of records."""
    keep_to_one_core()
    used = versions("pyshacl", "rdflib", "pyoxigraph")
    results: list[Result] = []
    proof = ""
    for count in sorted(set(sizes)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            others, of_others = _others(folder, peers)
            used |= of_others
            # This process stays small, so that it does not hide how much memory the others hold.
            _step("make", name, str(count))
            proof = proof or _step("agree", name, json.dumps({one.name: one.command for one in others}))
            engines = [
                Engine(_GUARDED, (*_OURS, "guard", name), is_peer=False),
                Engine(_WHOLE, (*_OURS, "whole", name), is_peer=False),
                Engine(_MAPPED, (*_OURS, "mapping", name), is_peer=False),
                Engine(_COMPILED, (*_OURS, "compiled", name), is_peer=False),
                Engine(_APART, (*_SELF, "pyshacl", name), bar=100, up_to=pyshacl_up_to, at_most=1),
                Engine(
                    "pySHACL, one graph",
                    (*_SELF, "pyshacl", name, "--together"),
                    up_to=min(pyshacl_up_to, _FEW),
                    at_most=1,
                ),
                *others,
            ]
            results += measure(engines, count, repeat, ROOT)
    finish(
        document("validating", results, proof=proof + _added(results), used=used, bars=list(bars(results))),
        json_file,
    )


def _others(folder: Path, peers: Path) -> tuple[list[Engine], dict[str, str]]:
    """Return the other engines that are installed, and their versions; say which are not."""
    given = (str(folder), str(_BATCH), *sorted(map(str, (ROOT / "shapes").glob("*.ttl"))))
    found, used = list[Engine](), dict[str, str]()
    for name, package, bar in ((_RUST, "shacl", 2.5), (_RUDOF, "pyrudof", 2.5)):
        if version := versions(package, peers=peers) if peers.exists() else {}:
            script = str(ROOT / "benchmarks" / f"validate_{package}.py")
            found.append(Engine(name, (str(peers), script, *given), bar=bar))
            used |= version
        else:
            click.echo(f"{package} is not measured: it is not in {peers}; 'make bench' installs it", err=True)
    if reason := jena_shapes.missing():
        click.echo(f"Jena is not measured: {reason}; tests/servers/install-stores.sh installs it", err=True)
    else:
        found.append(Engine(_JENA, (*jena_shapes.command(folder / "jena"), *given), bar=2.5))
        used["jena"] = jena_shapes.version()
    modules = peers.parent.parent / "npm" / "node_modules"
    if shutil.which("node") and modules.is_dir():
        # Node looks for modules beside the script.
        (folder / "node_modules").symlink_to(modules)
        script = str(shutil.copy(ROOT / "benchmarks" / "npm" / "validate.mjs", folder))
        for name, engine in (
            (_JAVASCRIPT, "shacl-engine"),
            (_JAVASCRIPT_CORE, "shacl-engine-core"),
            (_JAVASCRIPT_OTHER, "rdf-validate-shacl"),
        ):
            found.append(Engine(name, ("node", script, engine, *given), bar=2.5, up_to=_FEW, at_most=1))
        for package in ("shacl-engine", "rdf-validate-shacl"):
            used[package] = json.loads((modules / package / "package.json").read_text(encoding="utf-8"))["version"]
    else:
        click.echo(
            f"shacl-engine and rdf-validate-shacl are not measured: not in {modules}; 'make bench' installs them",
            err=True,
        )
    return found, used


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
    """Return by how much ours is ahead of the Rust engine in other counts, by processor time."""
    size = max((one.records for one in results if one.engine.name == _RUST), default=0)
    if not size:
        return ""
    guarded, whole, mapped, rust = (_seconds(results, name, size) for name in (_GUARDED, _WHOLE, _MAPPED, _RUST))
    return (
        f"; at {size:,} records, by processor time: {_RUST} takes {rust / guarded:.1f} times as long as ours, "
        f"{rust / whole:.1f} times where ours puts each block together and hashes it too, and "
        f"{rust / (guarded - mapped):.1f} times what validation adds to the mapping, {guarded - mapped:.2f} s"
    )


def _step(*step: str) -> str:
    done = subprocess.run([*_SELF, *step], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    commands()
