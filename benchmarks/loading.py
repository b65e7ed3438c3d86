"""Load real stores, and compare each with its own way of taking a whole dump at once.

``python -m benchmarks.loading 1000 10000 --stores oxigraph,virtuoso,jena`` prints a line for each number of records and
each store: statements a second of a first load, those of the store's own bulk path, and then what a load costs when
nothing changed and when one record in a hundred did, and the room that the store takes on the disk after the first
load, and besides after the last. With ``--after-bulk`` the first load is the store's own, of the dump and of the ledger
that ``commons-ld load --ledger`` writes. A store that is not installed is left out, and named. What is loaded is
verified after the last load, statement by statement.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.records import archive, make_records
from commons_ld.artefacts import artefact
from commons_ld.catalog import concepts_block
from commons_ld.concepts import Concepts
from commons_ld.credentials import Credentials
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.stores.bulk import write_ledger
from commons_ld.stores.task import Outcome, Task, carry_out
from tests.servers import jena, oxigraph, virtuoso

__all__ = ["main", "write_publication"]


class _Store(NamedTuple):
    """A store that can be measured.

    :param load_at_once: loads N-Quads into an empty folder by the store's own way, which has the name ``bulk``
    :param graph_store: what its address for graphs has in the place of the last part of that for updates
    """

    name: str
    missing: Callable[[], str]
    serve: Callable[[Path], AbstractContextManager[Any]]
    load_at_once: Callable[[Path, Path], float]
    bulk: str
    graph_store: str


#: Memory for ten million statements: pages of 8 KiB for Virtuoso, what Java is told for Jena.
_PAGES, _MEMORY = 250_000, "2g"


def _serve_virtuoso(folder: Path) -> AbstractContextManager[virtuoso.Virtuoso]:
    return virtuoso.serve(folder, _PAGES)


def _serve_jena(folder: Path) -> AbstractContextManager[jena.Jena]:
    return jena.serve(folder, _MEMORY)


def _load_into_oxigraph(folder: Path, dump: Path) -> float:
    program = str(Path(sys.executable).with_name("oxigraph"))
    folder.mkdir()
    begun = time.perf_counter()
    command = [program, "load", "--location", str(folder / "data"), "--file", str(dump)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def _load_into_virtuoso(folder: Path, dump: Path) -> float:
    with _serve_virtuoso(folder) as server:
        begun = time.perf_counter()
        server.load(dump)
        return time.perf_counter() - begun


def _load_into_jena(folder: Path, dump: Path) -> float:
    folder.mkdir()
    begun = time.perf_counter()
    jena.load_at_once(folder, dump, _MEMORY)
    return time.perf_counter() - begun


_STORES: Final = (
    _Store("oxigraph", lambda: "", oxigraph.serve, _load_into_oxigraph, "oxigraph load", "store"),
    _Store("virtuoso", virtuoso.missing, _serve_virtuoso, _load_into_virtuoso, "ld_dir", "sparql-graph-crud-auth"),
    _Store("jena", jena.missing, _serve_jena, _load_into_jena, "tdb2.tdbloader", "data"),
)
_HEADER: Final = (
    f"{'records':>8} {'store':<10}{'statements':>11}{'load/s':>9}{'bulk/s':>9}{'share':>7}{'requests':>9}{'MB':>8}"
    f"{'nothing':>9}{'1 in 100':>9}{'graphs':>7}{'requests':>9}{'MB more':>8}{'verified':>9}  whole"
)


def main(arguments: list[str]) -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="benchmarks.loading")
    parser.add_argument("counts", type=int, nargs="*", default=[1000])
    parser.add_argument("--stores", default=",".join(store.name for store in _STORES))
    parser.add_argument("--graph-store", action="store_true", help="send graphs by the Graph Store Protocol")
    parser.add_argument("--after-bulk", action="store_true", help="have the store itself take what is loaded first")
    asked = parser.parse_args(arguments)
    chosen = [store for store in _STORES if store.name in asked.stores.split(",")]
    for store in chosen:
        if missing := store.missing():
            print(f"{store.name} is left out: {missing}")
    print(_HEADER)
    for count in asked.counts:
        for store in chosen:
            if not store.missing():
                print(_measured(count, store, asked), flush=True)


def _measured(count: int, store: _Store, asked: argparse.Namespace) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dump = folder / "dist" / "dataset.nq"
        statements = write_publication(dump, count, changed=False)
        with _served(store, folder, dump, after_bulk=asked.after_bulk) as (server, bulk):
            put = f"{server.update_url.rpartition('/')[0]}/{store.graph_store}" if asked.graph_store else ""
            task = Task(
                out=folder / "dist",
                state=folder / "state",
                base_iri=archive().base_iri,
                url=server.url,
                update_url=server.update_url,
                graph_store_url=put,
                timeout=600,
            )
            credentials = getattr(server, "credentials", None)
            who = Credentials(*credentials) if credentials else None
            first, taken = _timed(task, who)
            room = _room_of(folder / "loaded")
            second, nothing = _timed(task, who)
            write_publication(dump, count, changed=True)
            third, some = _timed(task, who)
            more = _room_of(folder / "loaded") - room
            verified, proved = _timed(task._replace(verify=True), who)
        if second.loaded.updates or (asked.after_bulk and first.loaded.updates):
            raise AssertionError("a load sent what was there")
        whole = verified.verified
        held = f"{whole.whole} of {whole.graphs}, {whole.damaged} damaged" if whole else ""
        loaded = (
            f"{'':>9}{statements / bulk:>9,.0f}{'':>7}"
            if asked.after_bulk
            else f"{statements / taken:>9,.0f}{statements / bulk:>9,.0f}{bulk / taken:>7.2f}"
        )
        return (
            f"{count:>8,} {store.name:<10}{statements:>11,}{loaded}{first.loaded.updates:>9,}{room:>8,.0f}"
            f"{nothing:>9.2f}{some:>9.2f}{third.loaded.sent:>7,}{third.loaded.updates:>9,}{more:>8,.0f}"
            f"{proved:>9.2f}  {held}"
        )


@contextmanager
def _served(store: _Store, folder: Path, dump: Path, *, after_bulk: bool) -> Iterator[tuple[Any, float]]:
    """Yield a store, with what its own way of loading took: the store is empty, or was loaded that way."""
    if not after_bulk:
        bulk = store.load_at_once(folder / "bulk", dump)
        with store.serve(folder / "loaded") as server:
            yield server, bulk
        return
    both = folder / "both.nq"
    write_ledger(dump, both, archive().base_iri)
    with both.open("ab") as file, dump.open("rb") as blocks:
        shutil.copyfileobj(blocks, file)
    if store.bulk == "ld_dir":
        # It loads while it is served.
        with store.serve(folder / "loaded") as server:
            begun = time.perf_counter()
            server.load(both)
            yield server, time.perf_counter() - begun
        return
    bulk = store.load_at_once(folder / "loaded", both)
    with store.serve(folder / "loaded") as server:
        yield server, bulk


def _room_of(folder: Path) -> float:
    """Return the megabytes that the files of a store take on the disk, holes left out."""
    return sum(path.stat().st_blocks for path in folder.rglob("*") if path.is_file()) * 512 / 1e6


def _timed(task: Task, who: Credentials | None) -> tuple[Outcome, float]:
    begun = time.perf_counter()
    outcome = carry_out(task, who, progress=lambda *_: None, note=lambda _: None)
    return outcome, time.perf_counter() - begun


def write_publication(dump: Path, count: int, *, changed: bool) -> int:
    """Write a publication of so many records, and return how many statements it has.

    :param changed: whether one record in a hundred has another title
    """
    dump.parent.mkdir(exist_ok=True)
    statements = 0
    with dump.open("wb") as file:
        for block in _blocks(count, changed=changed):
            file.write(block)
            statements += block.count(b"\n")
    return statements


def _blocks(count: int, *, changed: bool) -> Iterator[bytes]:
    settings, concepts = archive(), Concepts.load(artefact("ontology/concepts.ttl"))
    mapper = Mapper(settings, concepts)
    yield concepts_block(settings, concepts).data
    for number, fields in enumerate(make_records(count)):
        values = {name: getattr(fields, name) for name in fields.__struct_fields__}
        if changed and number % 100 == 0:
            values["title"] = f"{values['title']} (2)"
        yield mapper.block(MediaRecord(**values, origin=Origin("invented")), fields.identifier).data


if __name__ == "__main__":
    main(sys.argv[1:])
