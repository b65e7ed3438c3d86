"""The peer rdflib: its terms of every cell of the crosswalk, in two ways.

``python -m benchmarks.terms IN.jsonl OUT.nt`` does what is usual: one graph of everything, which is written at the
end, as N-Triples. ``python -m benchmarks.terms IN.jsonl OUT.nq`` is for those who know that graphs have names and
memory an end: a dataset a record, each written as N-Quads at once. What nobody can do is a dataset of everything:
what thousands of graphs say, such as the name of a collection, is looked up in all of them for each of them.
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

__all__ = ["DATATYPES", "LITERALS", "main"]

#: The terms of the crosswalk that are typed literals, and their datatypes.
DATATYPES: Final = {"integer": XSD.integer, "date": XSD.date, "moment": XSD.dateTime, "duration": XSD.duration}
#: The terms of the crosswalk that are literals.
LITERALS: Final = frozenset({"string", "text", "language_tag", *DATATYPES})

_PREDICATES: Final = {
    properties: tuple(rdflib.URIRef(expand(name)) for name in properties)
    for properties in {("rdf:type",), *(rule.properties for rule in CROSSWALK)}
}


def main(source: Path, target: Path) -> None:
    """Map a file of JSON Lines to a file of N-Triples or N-Quads, by its suffix."""
    settings = archive()
    interpreter = Interpreter(settings, Concepts.load(artefact("ontology/concepts.ttl")))
    everything = rdflib.Graph()
    with target.open("wb") as out:
        for record in read_records(source):
            triples = _triples(interpreter.cells(record), settings.language)
            if target.suffix == ".nt":
                for triple in triples:
                    everything.add(triple)
            else:
                dataset = rdflib.Dataset()
                graph = dataset.graph(rdflib.URIRef(interpreter.graph(record)))
                for triple in triples:
                    graph.add(triple)
                dataset.serialize(out, format="nquads", encoding="utf-8")
        everything.serialize(out, format="nt", encoding="utf-8")


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
    main(*map(Path, sys.argv[1:]))
