"""The peer rdflib: its terms of every cell of the crosswalk, in a dataset that it writes as N-Quads.

``python -m benchmarks.terms IN.jsonl OUT.nq`` holds all records in one dataset, as one does with rdflib;
``--apart`` makes a dataset a record, which is for those who know that memory ends.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import rdflib
from rdflib.namespace import XSD

from benchmarks.blocks import read_records
from benchmarks.interpreted import Cell, Interpreter
from benchmarks.records import archive
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.crosswalk import CROSSWALK
from commons_ld.namespaces import expand
from commons_ld.record import MediaRecord

__all__ = ["DATATYPES", "LITERALS"]

#: The terms of the crosswalk that are typed literals, and their datatypes.
DATATYPES: Final = {"integer": XSD.integer, "date": XSD.date, "moment": XSD.dateTime, "duration": XSD.duration}
#: The terms of the crosswalk that are literals.
LITERALS: Final = frozenset({"string", "text", "language_tag", *DATATYPES})

_PREDICATES: Final = {
    properties: tuple(rdflib.URIRef(expand(name)) for name in properties)
    for properties in {("rdf:type",), *(rule.properties for rule in CROSSWALK)}
}


def main(arguments: list[str]) -> None:
    """Map a file of JSON Lines to a file of N-Quads."""
    apart = "--apart" in arguments
    source, target = (Path(argument) for argument in arguments if argument != "--apart")
    settings = archive()
    interpreter = Interpreter(settings, Concepts.load(artefact("ontology/concepts.ttl")))
    with target.open("wb") as out:
        for batch in ([record] for record in read_records(source)) if apart else [read_records(source)]:
            _dataset(batch, interpreter, settings.language).serialize(out, format="nquads", encoding="utf-8")


def _dataset(records: Iterable[MediaRecord], interpreter: Interpreter, language: str) -> rdflib.Dataset:
    dataset = rdflib.Dataset()
    for record in records:
        graph = dataset.graph(rdflib.URIRef(interpreter.graph(record)))
        for triple in _triples(interpreter.cells(record), language):
            graph.add(triple)
    return dataset


def _triples(cells: Iterable[Cell], language: str) -> Iterator[tuple[rdflib.URIRef, rdflib.URIRef, rdflib.term.Node]]:
    for rule, subject, value in cells:
        object_: rdflib.term.Node
        if rule.term == "text":
            object_ = rdflib.Literal(value, lang=language)
        elif rule.term in LITERALS:
            # The lexical forms are canonical already: nothing is gained by parsing them once more.
            object_ = rdflib.Literal(value, datatype=DATATYPES.get(rule.term), normalize=False)
        else:
            object_ = rdflib.URIRef(value)
        described = rdflib.URIRef(subject)
        for predicate in _PREDICATES[rule.properties]:
            yield described, predicate, object_


if __name__ == "__main__":
    main(sys.argv[1:])
