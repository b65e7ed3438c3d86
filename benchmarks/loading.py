"""Load real stores by the command, and compare each with its own way of taking a whole dump at once.

``python -m benchmarks.loading 1000 10000 --stores oxigraph,virtuoso,jena --changed 10,100`` prints, for each number of
records and each store, a line as soon as each of these is done: the store's own bulk path, a first load, one when
nothing changed, one after so many records changed, and one that verifies every statement. A line has the seconds, the
statements a second, the processor seconds of the store and of the loader, the memory of the loader, the graphs and the
requests that were sent, and the room that the store takes on the disk then. With ``--after-bulk`` the first load is the
store's own, of the dump and of the ledger that ``commons-ld load --ledger`` writes. A store that is not installed is
left out, and named.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.processes import Usage, run
from benchmarks.records import archive, write_records
from commons_ld.stores.bulk import write_ledger
from tests.servers import jena, oxigraph, virtuoso

__all__ = ["main"]


class _Store(NamedTuple):
    """A store that can be measured.

    :param load_at_once: loads N-Quads into an empty folder by the store's own way, which has the name ``bulk``; returns
        the seconds that passed, and those of the processor
    :param graph_store: what its address for graphs has in the place of the last part of that for updates
    """

    name: str
    missing: Callable[[], str]
    serve: Callable[[Path], AbstractContextManager[Any]]
    load_at_once: Callable[[Path, Path], tuple[float, float]]
    bulk: str
    graph_store: str


#: Memory for ten million statements: pages of 8 KiB for Virtuoso, what Java is told for Jena.
_PAGES, _MEMORY = 250_000, "2g"


def _serve_virtuoso(folder: Path) -> AbstractContextManager[virtuoso.Virtuoso]:
    return virtuoso.serve(folder, _PAGES)


def _serve_jena(folder: Path) -> AbstractContextManager[jena.Jena]:
    return jena.serve(folder, _MEMORY)


def _load_into_oxigraph(folder: Path, dump: Path) -> tuple[float, float]:
    program = str(Path(sys.executable).with_name("oxigraph"))
    folder.mkdir()
    command = [program, "load", "--location", str(folder / "data"), "--file", str(dump)]
    return _taken(lambda: subprocess.run(command, check=True, capture_output=True), _of_children)


def _load_into_virtuoso(folder: Path, dump: Path) -> tuple[float, float]:
    with _serve_virtuoso(folder) as server:
        return _taken(lambda: server.load(dump), lambda: server.processor)


def _load_into_jena(folder: Path, dump: Path) -> tuple[float, float]:
    folder.mkdir()
    return _taken(lambda: jena.load_at_once(folder, dump, _MEMORY), _of_children)


def _taken(do: Callable[[], object], processor: Callable[[], float]) -> tuple[float, float]:
    """Return the seconds that something took, and those of the processor."""
    before, begun = processor(), time.perf_counter()
    do()
    return time.perf_counter() - begun, processor() - before


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


_STORES: Final = (
    _Store("oxigraph", lambda: "", oxigraph.serve, _load_into_oxigraph, "oxigraph load", "store"),
    _Store("virtuoso", virtuoso.missing, _serve_virtuoso, _load_into_virtuoso, "ld_dir", "sparql-graph-crud-auth"),
    _Store("jena", jena.missing, _serve_jena, _load_into_jena, "tdb2.tdbloader", "data"),
)
_HEADER: Final = (
    f"{'records':>9} {'store':<9}{'what':<21}{'seconds':>9}{'statements/s':>13}{'of store':>9}{'of loader':>10}"
    f"{'MiB':>6}{'graphs':>9}{'requests':>9}{'MB':>8}"
)


def main(arguments: list[str]) -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="benchmarks.loading")
    parser.add_argument("counts", type=int, nargs="*", default=[1000])
    parser.add_argument("--stores", default=",".join(store.name for store in _STORES))
    parser.add_argument("--changed", default="10", help="how many records are changed before each load of those after")
    parser.add_argument("--graph-store", action="store_true", help="send graphs by the Graph Store Protocol")
    parser.add_argument("--after-bulk", action="store_true", help="have the store itself take what is loaded first")
    asked = parser.parse_args(arguments)
    chosen = [store for store in _STORES if store.name in asked.stores.split(",")]
    for store in chosen:
        if missing := store.missing():
            print(f"{store.name} is left out: {missing}")
    print(_HEADER, flush=True)
    for count in asked.counts:
        for store in chosen:
            if not store.missing():
                _measure(count, store, asked)


def _measure(count: int, store: _Store, asked: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        published = _Archive(folder / "archive", count)
        lines = _Lines(count, store, published.publish(), folder / "loaded")
        with _served(store, folder, published.dump, lines, after_bulk=asked.after_bulk) as server:
            load = _Load(server, store, published.root, lines, puts=asked.graph_store)
            first, second = load("first load"), load("nothing changed")
            if second["updates"] or (asked.after_bulk and first["updates"]):
                raise AssertionError("a load sent what was there")
            for number, changed in enumerate(map(int, asked.changed.split(",")), 2):
                published.publish(changed, f"({number})")
                load(f"{changed:,} changed")
            verified = load("verified", "--verify")["verified"]
            print(f"{'':>20}{verified['whole']:,} of {verified['graphs']:,} whole, {verified['damaged']} damaged")


class _Lines:
    """What is printed of one store, a line for each thing that was done."""

    def __init__(self, count: int, store: _Store, statements: int, loaded: Path) -> None:
        self._count, self._store, self._statements, self._loaded = count, store.name, statements, loaded

    def of_bulk(self, what: str, taken: tuple[float, float], room: float) -> None:
        """Print what the store's own way took."""
        seconds, processor = taken
        self._print(what, seconds, self._statements, f"{processor:,.1f}", ["", "", "", ""], room)

    def of_load(self, what: str, usage: Usage, processor: float, told: Mapping[str, Any]) -> None:
        """Print what a load took: seconds, those of the processors, memory of the loader, what was sent."""
        statements = told["verified"]["statements"] if "verified" in told else told["statements"]
        told_of = f"{usage.cpu:,.1f}", *(f"{n:,}" for n in (usage.peak >> 20, told["sent"], told["updates"]))
        self._print(what, usage.wall, statements, f"{processor:,.1f}", told_of, room_of(self._loaded))

    def _print(
        self, what: str, seconds: float, statements: int, processor: str, told: Sequence[str], room: float
    ) -> None:
        rate = f"{statements / seconds:,.0f}" if statements else ""
        loader, memory, graphs, requests = told
        print(
            f"{self._count:>9,} {self._store:<9}{what:<21}{seconds:>9,.1f}{rate:>13}{processor:>9}{loader:>10}"
            f"{memory:>6}{graphs:>9}{requests:>9}{room:>8,.0f}",
            flush=True,
        )


class _Load:
    """Runs ``commons-ld load`` as a user does, in a process of its own."""

    def __init__(self, server: Any, store: _Store, folder: Path, lines: _Lines, *, puts: bool) -> None:
        self._server, self._folder, self._lines = server, folder, lines
        command = [sys.executable, "-m", "commons_ld", "load", "--json", "--quiet"]
        self._command = [*command, "--to", server.url, "--update", server.update_url]
        if puts:
            self._command += ["--graph-store", f"{server.update_url.rpartition('/')[0]}/{store.graph_store}"]
        self._environment = dict(os.environ)
        if credentials := getattr(server, "credentials", None):
            names = ("COMMONS_LD_STORE_USER", "COMMONS_LD_STORE_PASSWORD")
            self._environment |= dict(zip(names, credentials, strict=True))

    def __call__(self, what: str, *options: str) -> Any:
        """Load, print what it took, and return what it told."""
        output = self._folder / "told.json"
        command = [*self._command, *options]
        before = self._server.processor
        usage = run(command, folder=self._folder, environment=self._environment, output=output)
        told = json.loads(output.read_bytes())
        self._lines.of_load(what, usage, self._server.processor - before, told)
        return told


@contextmanager
def _served(store: _Store, folder: Path, dump: Path, lines: _Lines, *, after_bulk: bool) -> Iterator[Any]:
    """Yield a store, which is empty, or was loaded in its own way; what that took is printed."""
    if not after_bulk:
        bulk = store.load_at_once(folder / "bulk", dump)
        lines.of_bulk(store.bulk, bulk, room_of(folder / "bulk"))
        shutil.rmtree(folder / "bulk")
        with store.serve(folder / "loaded") as server:
            yield server
        return
    both = folder / "both.nq"
    write_ledger(dump, both, archive().base_iri)
    with both.open("ab") as file, dump.open("rb") as blocks:
        shutil.copyfileobj(blocks, file)
    if store.bulk != "ld_dir":
        bulk = store.load_at_once(folder / "loaded", both)
    with store.serve(folder / "loaded") as server:
        if store.bulk == "ld_dir":  # it loads while it is served
            bulk = _taken(lambda: server.load(both), lambda: server.processor)
        lines.of_bulk(store.bulk, bulk, room_of(folder / "loaded"))
        yield server


def room_of(folder: Path) -> float:
    """Return the megabytes that the files of a store take on the disk, holes left out."""
    return sum(path.stat().st_blocks for path in folder.rglob("*") if path.is_file()) * 512 / 1e6


class _Archive:
    """An archive of invented records, published by the command as a user publishes it.

    :param root: its folder, where ``commons-ld load`` finds what it published
    """

    def __init__(self, root: Path, count: int) -> None:
        self.root, self._count = root, count
        self._first, self._source = root / "first.jsonl", root / "sources" / "all.jsonl"
        self._source.parent.mkdir(parents=True)
        write_records(self._first, count)
        names = ", ".join(f'"{name}"' for name in archive().agents.organizations)
        (root / "commons-ld.toml").write_text(
            f'sources = ["sources"]\n[agents]\norganizations = [{names}]\n'
            '[output]\nsite = false\nfeeds = false\nrecords = false\ndumps = ["n-quads"]\ncompression = "plain"\n',
            encoding="utf-8",
        )

    @property
    def dump(self) -> Path:
        """What is published."""
        return self.root / "dist" / "dataset.nq"

    def publish(self, changed: int = 0, text: str = "") -> int:
        """Publish the records, and return how many statements that are.

        :param changed: how many of them have this before their abstract, from the first to the last as far apart
        """
        every = max(1, self._count // changed) if changed else self._count + 1
        with self._first.open("rb") as before, self._source.open("wb") as after:
            for number, line in enumerate(before):
                is_changed = number % every == every - 1
                after.write(line.replace(b'"abstract":"', f'"abstract":"{text} '.encode()) if is_changed else line)
        # What was written a moment ago may be written again within the same tick of the clock, and is read again.
        old = time.time() - 60
        os.utime(self._source, (old, old))
        command = [sys.executable, "-m", "commons_ld", "export", "--quiet", "--jobs", "2"]
        subprocess.run(command, cwd=self.root, check=True)
        with self.dump.open("rb") as lines:
            return sum(1 for _ in lines)


if __name__ == "__main__":
    main(sys.argv[1:])
