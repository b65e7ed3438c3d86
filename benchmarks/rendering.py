"""Ask the queries of renderings of invented records: compiled, and by the engine, which reads a query each time.

``python -m benchmarks.rendering 200`` prints microseconds a record, the least of several turns each, so that other work
on the machine disturbs it little. That both make the same statements of every record is proved first. The engine is
pyoxigraph, with all that a query sees in a store in memory; to fill it is told apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

import pyoxigraph as ox

from benchmarks.records import archive, make_records
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.provenance import describe
from commons_ld.record import MediaRecord
from commons_ld.rendering import Rendering, constructing
from commons_ld.rendering.compiling import Compiled, Graph, Made, compiled
from commons_ld.rendering.constructing import ask, n_triples
from commons_ld.rendering.writing import render_record

__all__ = ["main"]

_QUERIES: Final = Path(constructing.__file__).parent.parent / "queries" / "renderings"
_NAMES: Final = ("schema-ap-nde", "edm", "oai_dc", "media")
_TURNS: Final = 7


class _Record(NamedTuple):
    """What a record is rendered from."""

    block: bytes
    description: bytes


def main(count: int) -> int:
    """Compare, and print; return 1 if the two make different statements."""
    settings, concepts = archive(), Concepts.load(artefact("ontology/concepts.ttl"))
    rendering = Rendering(settings, concepts)
    records = list(_records(count))
    queries = {name: compiled((_QUERIES / f"{name}.rq").read_text(encoding="utf-8")) for name in _NAMES}
    for record in records:
        graph = rendering.graph(*record)
        store = _store(graph)
        for name, query in queries.items():
            by_engine = {tuple(str(term).encode() for term in made) for made in ask(store, name)}
            if query(graph) != by_engine:
                print(f"{name} makes other statements of a record than the engine")
                return 1
    least: dict[str, float] = {}
    for record in records:
        graph = rendering.graph(*record)
        store = _store(graph)
        least_of: dict[str, Callable[[], object]] = {
            "to fill a store for the engine": partial(_store, graph),
            "all renderings of the record": partial(render_record, rendering, *record),
        }
        for name, query in queries.items():
            least_of[f"{name}, compiled"] = partial(_sorted, query, graph)
            least_of[f"{name}, by the engine"] = partial(ask, store, name)
        for name, work in least_of.items():
            least[name] = least.get(name, 0) + min(_seconds(work) for _ in range(_TURNS))
    print(f"{count:,} records: the same statements from both; microseconds a record")
    for name, seconds in sorted(least.items()):
        print(f"{name:<34}{seconds / count * 1e6:>9.0f}")
    return 0


def _sorted(query: Compiled, graph: Graph) -> list[Made]:
    return sorted(query(graph))


def _seconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def _store(graph: Graph) -> ox.Store:
    store = ox.Store()
    store.extend(ox.parse(n_triples(graph), format=ox.RdfFormat.N_TRIPLES))
    return store


def _records(count: int) -> Iterator[_Record]:
    settings, concepts = archive(), Concepts.load(artefact("ontology/concepts.ttl"))
    mapper = Mapper(settings, concepts)
    for fields in make_records(count):
        values = {name: getattr(fields, name) for name in fields.__struct_fields__}
        record = MediaRecord(**values, origin=Origin("invented"))
        block = mapper.block(record, fields.identifier)
        described = describe(block, record, fields.identifier, reader="json", base_iri=settings.base_iri)
        yield _Record(block.data, described.data)


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or ["200"])[0])))
