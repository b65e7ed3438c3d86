"""The peer morph-kgc: the RML mapping made from the crosswalk, and its configuration, beside its tables.

``python -m morph_kgc config.ini`` in that folder then writes ``morph-kgc.nq``. What stands in the tables ready made,
and what is left to the mapping, is told in :mod:`benchmarks.tables`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import rdflib
from rdflib.namespace import Namespace

from benchmarks.tables import Table

__all__ = ["write_rml"]

RML: Final = Namespace("http://w3id.org/rml/")

_CONFIGURATION: Final = """\
[CONFIGURATION]
output_file = morph-kgc.nq
output_format = N-QUADS
number_of_processes = 1
logging_level = ERROR

[records]
mappings = mapping.ttl
"""


def write_rml(tables: Iterable[Table], graph: str, folder: Path) -> None:
    """Write the mapping and the configuration into the folder of the tables.

    :param graph: what the IRIs of named graphs are made of
    """
    _mapping(tables, graph).serialize(folder / "mapping.ttl", format="turtle")
    (folder / "config.ini").write_text(_CONFIGURATION, encoding="utf-8")


def _mapping(tables: Iterable[Table], graph_pattern: str) -> rdflib.Graph:
    """Return the mapping of those tables in RML (https://kg-construct.github.io/rml-core/spec/docs/)."""
    graph = rdflib.Graph()
    graph.bind("rml", RML)

    def node(parent: rdflib.IdentifiedNode, property_: rdflib.URIRef, **said: rdflib.term.Node) -> rdflib.BNode:
        child = rdflib.BNode()
        graph.add((parent, property_, child))
        for name, value in said.items():
            graph.add((child, RML[name], value))
        return child

    for table in tables:
        triples_map = rdflib.URIRef(f"#{table.name}")
        graph.add((triples_map, rdflib.RDF.type, RML.TriplesMap))
        source = rdflib.Literal(f"{table.name}.csv")
        node(triples_map, RML.logicalSource, source=source, referenceFormulation=RML.CSV)
        subject_map = node(triples_map, RML.subjectMap, template=rdflib.Literal(table.subject))
        node(subject_map, RML.graphMap, template=rdflib.Literal(graph_pattern))
        for class_ in table.classes:
            graph.add((subject_map, RML["class"], rdflib.URIRef(class_)))
        for column in table.columns:
            row = node(triples_map, RML.predicateObjectMap)
            for property_ in column.properties:
                graph.add((row, RML.predicate, rdflib.URIRef(property_)))
            if column.pattern:
                node(row, RML.objectMap, template=rdflib.Literal(column.pattern))
                continue
            term_type = RML.Literal if column.is_literal else RML.IRI
            value = node(row, RML.objectMap, reference=rdflib.Literal(column.name), termType=term_type)
            if column.language:
                graph.add((value, RML.language, rdflib.Literal(column.language)))
            elif column.datatype:
                graph.add((value, RML.datatype, rdflib.URIRef(column.datatype)))
    return graph
