"""The peer rdflib: its terms of every cell of the crosswalk, in three ways.

``python -m benchmarks.terms IN.jsonl OUT.nq --together`` does what is usual: one dataset of everything, a named graph
a record, which is written at the end. That is what has to be made. ``python -m benchmarks.terms IN.jsonl OUT.nt`` does
less: one graph of everything, without names. ``python -m benchmarks.terms IN.jsonl OUT.nq`` is for those who know why
the first is slow (what thousands of graphs say, such as the name of a collection, is looked up in all of them for each
of them): a dataset a record, each written at once and thrown away.
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
from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.rdf.namespaces import expand

__all__ = ["DATATYPES", "LITERALS", "main"]

#: The terms of the crosswalk that are typed literals, and their datatypes.
DATATYPES: Final = {"integer": XSD.integer, "date": XSD.date, "moment": XSD.dateTime, "duration": XSD.duration}
#: The terms of the crosswalk that are literals.
LITERALS: Final = frozenset({"string", "text", "language_tag", *DATATYPES})

_PREDICATES: Final = {
    properties: tuple(rdflib.URIRef(expand(name)) for name in properties)
    for properties in {("rdf:type",), *(rule.properties for rule in CROSSWALK)}
}


def main(source: Path, target: Path, *, together: bool = False) -> None:
    """Map a file of JSON Lines to a file of N-Triples or N-Quads, by its suffix.

    :param together: whether all named graphs are in one dataset until the end
    """
    settings = archive()
    interpreter = Interpreter(settings, Concepts.load(artefact("ontology/concepts.ttl")))
    with target.open("wb") as out:
        if target.suffix == ".nt":
            everything = rdflib.Graph()
            for record in read_records(source):
                for triple in _triples(interpreter.cells(record), settings.language):
                    everything.add(triple)
            everything.serialize(out, format="nt", encoding="utf-8")
            return
        dataset = rdflib.Dataset()
        for record in read_records(source):
            graph = dataset.graph(rdflib.URIRef(interpreter.graph(record)))
            for triple in _triples(interpreter.cells(record), settings.language):
                graph.add(triple)
            if not together:
                dataset.serialize(out, format="nquads", encoding="utf-8")
                dataset = rdflib.Dataset()
        dataset.serialize(out, format="nquads", encoding="utf-8")


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
    main(*map(Path, sys.argv[1:3]), together="--together" in sys.argv)
