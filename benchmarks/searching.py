"""Compare search with SPARQL: words, and facets, over the same records in one run.

``python -m benchmarks.searching 10000`` prints a table. The words are searched in the index, and with CONTAINS in an
embedded store on disk; every search counts all facets as well, which no query here does.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from benchmarks.records import archive, make_records
from commons_ld.artefacts import artefact
from commons_ld.catalog import concepts_block
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.search_index import writing
from commons_ld.record import MediaRecord
from commons_ld.searching import SearchQuery, search

__all__ = ["main"]

_TEXT: Final = """
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?record ?title {
  VALUES ?property { dcterms:title dcterms:description dcterms:abstract }
  ?record ?property ?text ; dcterms:identifier ?identifier ; dcterms:title ?title .
  FILTER (CONTAINS(LCASE(STR(?text)), "%s"))
} ORDER BY ?record LIMIT 20
"""
_FACET: Final = """
PREFIX cld: <https://w3id.org/commons-ld/ns#>
SELECT ?concept (COUNT(DISTINCT ?record) AS ?records) { ?record cld:enjeu ?concept } GROUP BY ?concept
"""
_TIMES: Final = 5


def main(count: int) -> None:
    """Make the records, index and load them, and print how long each question takes."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder, "dataset.nq")
        begun = time.perf_counter()
        with (
            writing(Path(folder), base_iri=archive().base_iri, made_with="", previous="") as index,
            dump.open("wb") as out,
        ):
            out.writelines(block.data for block in index.passing(_blocks(count)))
            path = index.finish("benchmark")
        print(f"{count} records mapped and indexed in {time.perf_counter() - begun:.1f} s, {path.stat().st_size} bytes")
        store = ox.Store(Path(folder, "store"))
        store.bulk_load(path=dump)
        print(f"{'question':<20}{'search ms':>12}{'SPARQL ms':>12}{'ratio':>8}")
        for word in ("commun", "ressource", "introuvable"):
            _compare(word, partial(search, path, SearchQuery(word)), partial(_ask, store, _TEXT % word))
        _compare("facets", partial(search, path, SearchQuery()), partial(_ask, store, _FACET))


def _blocks(count: int) -> Iterator[PassedBlock]:
    settings, concepts = archive(), Concepts.load(artefact("ontology/concepts.ttl"))
    mapper = Mapper(settings, concepts)
    yield PassedBlock(concepts_block(settings, concepts).data)
    for fields in make_records(count):
        values = {name: getattr(fields, name) for name in fields.__struct_fields__}
        yield PassedBlock(mapper.block(MediaRecord(**values, origin=Origin("invented")), fields.identifier).data)


def _ask(store: ox.Store, query: str) -> object:
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return found.serialize(format=ox.QueryResultsFormat.JSON)


def _compare(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    fast, slow = (_median(ask) * 1000 for ask in (ours, theirs))
    print(f"{name:<20}{fast:>12.2f}{slow:>12.2f}{slow / fast:>8.1f}")


def _median(ask: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
