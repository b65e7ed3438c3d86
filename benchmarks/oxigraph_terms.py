"""The peer pyoxigraph: its terms of every cell of the crosswalk, made in Python and written by its own serializer.

``python -m benchmarks.oxigraph_terms IN.jsonl OUT.nq`` writes statement by statement, and holds no dataset.
``python -m benchmarks.oxigraph_terms IN.jsonl`` goes through the cells alone and makes no term: what that takes is not
pyoxigraph's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from benchmarks.blocks import read_records
from benchmarks.interpreted import Interpreter
from benchmarks.records import archive
from benchmarks.terms import DATATYPES, LITERALS
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.rdf.namespaces import expand

__all__ = ["main"]

_PREDICATES: Final = {
    properties: tuple(ox.NamedNode(expand(name)) for name in properties)
    for properties in {("rdf:type",), *(rule.properties for rule in CROSSWALK)}
}
_DATATYPES: Final = {term: ox.NamedNode(str(datatype)) for term, datatype in DATATYPES.items()}


def main(source: Path, target: Path | None = None) -> None:
    """Map a file of JSON Lines to a file of N-Quads, or to nothing."""
    settings = archive()
    interpreter = Interpreter(settings, Concepts.load(artefact("ontology/concepts.ttl")))
    if target:
        ox.serialize(_quads(interpreter, source, settings.language), output=target, format=ox.RdfFormat.N_QUADS)
        return
    for record in read_records(source):
        for _ in interpreter.cells(record):
            pass


def _quads(interpreter: Interpreter, source: Path, language: str) -> Iterator[ox.Quad]:
    # The same IRIs come again and again, and each is checked when it is made.
    node = lru_cache(maxsize=65536)(ox.NamedNode)
    for record in read_records(source):
        graph = ox.NamedNode(interpreter.graph(record))
        for rule, subject, value in interpreter.cells(record):
            if rule.node == "collection":
                # Whatever is said of a collection is said of it as a series, which these all are.
                continue
            object_: ox.NamedNode | ox.Literal
            if rule.term == "text":
                object_ = ox.Literal(value, language=language)
            elif rule.term in LITERALS:
                object_ = ox.Literal(value, datatype=_DATATYPES.get(rule.term))
            else:
                object_ = node(value)
            described = node(subject)
            for predicate in _PREDICATES[rule.properties]:
                yield ox.Quad(described, predicate, object_, graph)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
