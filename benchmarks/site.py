"""Compare the site with our own dumps, and with a generator that asks a query and fills a template a page.

``python -m benchmarks.site 1000 10000`` prints a table. The peer does what Snowman does: it asks a store in SPARQL for
each page and renders the answer with Jinja2; it makes the pages of records only, in one language, and nothing else of
the site. Each generation runs in a process of its own.

What harvesters read, the feeds and the renderings, is made by the export alone: it is measured from end to end, with
and without the site and that.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import jinja2
import msgspec
import pyoxigraph as ox

from benchmarks.records import archive, make_records, write_records
from commons_ld.artefacts import artefact
from commons_ld.catalog import catalog_block, concepts_block
from commons_ld.concepts import Concepts
from commons_ld.dump_files import Dumps
from commons_ld.iris import IriPolicy
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.outputs import dumps, records, search_index
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.label_index import LabelGatherings
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.publication import publish
from commons_ld.outputs.search_record import graph_iri
from commons_ld.pipeline.exporting import export
from commons_ld.record import MediaRecord
from commons_ld.settings import OutputSettings, Settings
from commons_ld.site.gathering import SiteGatherings
from commons_ld.site.writing import Site

__all__ = ["main", "write_blocks"]

_QUERY: Final = """
SELECT ?subject ?property ?value ?label {
  GRAPH <%s> { ?subject ?property ?value }
  OPTIONAL { ?value <http://www.w3.org/2004/02/skos/core#prefLabel>|<https://schema.org/name> ?label }
}
"""
_TEMPLATE: Final = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>{{ iri }}</title></head><body><h1>{{ iri }}</h1><dl>
{% for row in rows %}<dt>{{ row.subject }} {{ row.property }}</dt><dd>{{ row.label or row.value }}</dd>
{% endfor %}</dl></body></html>
"""


class Run(NamedTuple):
    """What a generation took.

    :param seconds: from begin to end
    :param processor: seconds of the processor, which do not depend on what else the machine does
    :param memory: the most that the process held, in MiB
    """

    seconds: float
    processor: float
    files: int
    bytes: int
    memory: int


def main(*counts: int) -> None:
    """Make the records, generate, and print what that took."""
    print(f"{'records':>9}  {'generation':<42}{'seconds':>9}{'CPU s':>9}{'files':>9}{'MB':>8}{'MiB held':>10}")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write_blocks(root / "blocks.nq", count)
            write_records(root / "records.jsonl", count)
            runs = {
                "the dumps": _apart(_dumps, root, "dumps"),
                "dumps, files of records, search index": _apart(_without, root, "without"),
                "the same and the site": _apart(_with, root, "with"),
                "the same again, one record changed": _apart(_again, root, "with"),
                "a query and a template a record": _apart(_snowman, root, "snowman"),
                "an export of the dumps and files of records": _apart(_export_bare, root, "bare"),
                "an export, site and renderings too": _apart(_export_site, root, "site"),
                "an export, and the feeds": _apart(_export, root, "whole"),
            }
            for name, run in runs.items():
                figures = (
                    f"{run.seconds:>9.2f}{run.processor:>9.2f}{run.files:>9}{run.bytes / 1e6:>8.0f}{run.memory:>10}"
                )
                print(f"{count:>9,}  {name:<42}{figures}")
            whole, bare, dumped = (
                runs[name].processor
                for name in ("the same and the site", "dumps, files of records, search index", "the dumps")
            )
            print(f"{count:>9,}  the site takes {(whole - bare) / dumped:.2f} times the processor that the dumps take")
            plain, _, exported = (runs[name].processor for name in list(runs)[-3:])
            print(f"{count:>9,}  with what harvesters read, {(exported - plain) / dumped:.2f} times")


def write_blocks(path: Path, count: int) -> None:
    """Write the blocks of invented sessions, one after the other."""
    settings, concepts = archive(), Concepts.load(artefact("ontology/concepts.ttl"))
    mapper = Mapper(settings, concepts)
    with path.open("wb") as file:
        file.write(catalog_block(settings).data)
        file.write(concepts_block(settings, concepts).data)
        for fields in make_records(count):
            values = {name: getattr(fields, name) for name in fields.__struct_fields__}
            file.write(mapper.block(MediaRecord(**values, origin=Origin("invented")), fields.identifier).data)


def _blocks(root: Path) -> Iterator[PassedBlock]:
    with (root / "blocks.nq").open("rb") as file:
        for _, lines in groupby(file, key=graph_iri):
            yield PassedBlock(b"".join(lines))


def _apart(generation: Callable[[Path, Path], float], root: Path, name: str) -> Run:
    """Run a generation in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        seconds, processor, memory = pool.apply(_measured, (generation, root, root / name))
    files = [path for path in (root / name).resolve().rglob("*") if path.is_file()]
    sizes = {path.stat().st_ino: path.stat().st_size for path in files}
    return Run(seconds, processor, len(files), sum(sizes.values()), memory)


def _measured(generation: Callable[[Path, Path], float], root: Path, out: Path) -> tuple[float, float, int]:
    begun = time.process_time()
    seconds = generation(root, out)
    return seconds, time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _dumps(root: Path, out: Path) -> float:
    begun = time.perf_counter()
    with publish(out) as generation:
        _write_dumps(generation, _blocks(root), archive())
    return time.perf_counter() - begun


def _without(root: Path, out: Path) -> float:
    begun = time.perf_counter()
    settings = archive()
    with _index(root / "state-without", settings, "", has_site=False) as index:
        with publish(out) as generation:
            _write_dumps(generation, index.passing(_filed(generation, _blocks(root), settings)), settings)
        index.finish("publication")
    return time.perf_counter() - begun


def _with(root: Path, out: Path, *, changed: bool = False) -> float:
    begun = time.perf_counter()
    settings = archive()
    with _index(root / "state-with", settings, "publication" if changed else "", has_site=True) as index:
        with publish(out) as generation:
            site = Site(generation, index, settings)
            blocks = _one_changed(_blocks(root)) if changed else _blocks(root)
            _write_dumps(generation, index.passing(_filed(generation, blocks, settings), site), settings)
            site.finish({})
        index.finish("publication")
    return time.perf_counter() - begun


def _again(root: Path, out: Path) -> float:
    return _with(root, out, changed=True)


def _index(
    state: Path, settings: Settings, previous: str, *, has_site: bool
) -> AbstractContextManager[search_index.SearchIndex]:
    policy = IriPolicy(settings.base_iri)
    gatherings = (LabelGatherings(policy), *((SiteGatherings(policy),) if has_site else ()))
    return search_index.writing(
        state, base_iri=settings.base_iri, made_with="", previous=previous, gatherings=gatherings
    )


def _write_dumps(generation: Generation, blocks: Iterator[PassedBlock], settings: Settings) -> None:
    with dumps.previous_dumps(generation, settings.base_iri, Dumps.of(settings.output)) as previous:
        dumps.write_dumps(previous, blocks)


def _filed(generation: Generation, blocks: Iterator[PassedBlock], settings: Settings) -> Iterator[PassedBlock]:
    """Yield blocks, once the files of each record are there, as an export does."""
    policy = IriPolicy(settings.base_iri)
    for passed in blocks:
        block = passed.data
        graph = policy.parse(graph_iri(block).decode())
        subject = policy.mint("session", graph.slug) if graph else ""
        if b"<%b> <" % subject.encode() in block:
            names = records.record_files(subject, settings.base_iri)
            if b"Un autre titre" in block or not generation.keep(*names):
                records.write_record(generation, subject, block, settings.base_iri)
        yield passed


def _one_changed(blocks: Iterator[PassedBlock]) -> Iterator[PassedBlock]:
    """Yield blocks, the hundredth one with another title."""
    for number, block in enumerate(blocks):
        if number == 100:
            lines = [
                line.replace(b'title> "', b'title> "Un autre titre, ') if b"/terms/title>" in line else line
                for line in block.data.splitlines(keepends=True)
            ]
            yield PassedBlock(b"".join(sorted(lines)))
        else:
            yield block


def _export(root: Path, out: Path, *, site: bool = True, feeds: bool = True) -> float:
    """Export the records from nothing, as the command does."""
    state = root / f"state-{out.name}"
    state.mkdir()
    output = OutputSettings(directory=str(out), site=site, feeds=feeds)
    settings = msgspec.structs.replace(archive(), root=state, output=output)
    begun = time.perf_counter()
    export(settings, [root / "records.jsonl"])
    return time.perf_counter() - begun


def _export_site(root: Path, out: Path) -> float:
    return _export(root, out, feeds=False)


def _export_bare(root: Path, out: Path) -> float:
    return _export(root, out, site=False, feeds=False)


def _snowman(root: Path, out: Path) -> float:
    begun = time.perf_counter()
    store = ox.Store()
    store.bulk_load(path=root / "blocks.nq", format=ox.RdfFormat.N_QUADS)
    template = jinja2.Environment(autoescape=True).from_string(_TEMPLATE)
    out.mkdir()
    for graph in store.named_graphs():
        iri = str(graph.value)
        found = store.query(_QUERY % iri, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        names = ("subject", "property", "value", "label")
        rows = [{name: getattr(row[name], "value", "") for name in names} for row in found]
        (out / f"{iri.rpartition('/')[2]}.html").write_text(template.render(iri=iri, rows=rows), encoding="utf-8")
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:] or ("1000",)))
