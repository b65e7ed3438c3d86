"""The peer morph-kgc: the tables it reads, the RML mapping made from the crosswalk, and its configuration.

``python -m benchmarks.rml IN.jsonl FOLDER`` writes them; ``python -m morph_kgc config.ini`` in that folder then
writes ``morph-kgc.nq``. There is a table a kind of node, with a column a field, and a table for every field that
can have more than one value. The mapping mints the IRIs of nodes from names and numbers, as every mapping has
to. What RML cannot say stands in the tables ready made: names made of titles, concepts by their labels, who
is an organization, codes of languages and countries, ISO dates, durations and times. That is work that morph-kgc
is spared, and so is writing the tables: neither is counted.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import rdflib
from rdflib.namespace import Namespace

from benchmarks.blocks import read_records
from benchmarks.interpreted import CLASS, Cell, Interpreter, is_list
from benchmarks.records import archive
from benchmarks.terms import DATATYPES, LITERALS
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.namespaces import expand
from commons_ld.record import MediaRecord
from commons_ld.settings import Settings

__all__ = ["write_inputs"]

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
#: The columns that every table has: the name of the record, and that of the node, which may be a number.
_KEYS: Final = ("record", "key")

#: The IRIs of nodes below the base, by the kind of node or the term that points to it; ``%s`` is the name's column.
_MINTED: Final = {
    "session": "session/{record}",
    "recording": "session/{record}/recording",
    "document": "session/{record}/document/{%s}",
    "note": "session/{record}/note/{%s}",
    "reply_to": "session/{record}/note/{%s}",
    "participant": "session/{record}/participant/{%s}",
    "person": "person/{%s}",
    "organization": "organization/{%s}",
    "collection": "collection/{%s}",
    "series": "collection/{%s}",
    "candidate": "concept/{%s}",
}
#: The terms that point to nodes of one kind. Others may be a person or an organization, or a concept or a candidate.
_POINTERS: Final = frozenset({"session", "recording", "document", "note", "reply_to", "collection"})


def write_inputs(records: Iterable[MediaRecord], folder: Path) -> None:
    """Write the tables, the mapping and the configuration into ``folder``."""
    settings = archive()
    interpreter = Interpreter(settings, Concepts.load(artefact("ontology/concepts.ttl")))
    tables = {name: list(rules) for name, rules in _tables()}
    place = {rule: name for name, rules in tables.items() for rule in rules}
    filled: set[str] = set()
    with ExitStack() as stack:
        writers = {}
        for name, rules in tables.items():
            file = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(file, lineterminator="\n")
            writers[name].writerow([*_KEYS, *map(_column, rules)])
        for record in records:
            for name, subject, values in _rows(interpreter.cells(record), place):
                row = (record.identifier, _key(subject), *(values.get(rule, "") for rule in tables[name]))
                writers[name].writerow(row)
                filled.add(name)
    mapping = _mapping({name: tables[name] for name in sorted(filled)}, settings)
    mapping.serialize(folder / "mapping.ttl", format="turtle")
    (folder / "config.ini").write_text(_CONFIGURATION, encoding="utf-8")


def _tables() -> Iterator[tuple[str, Iterable[Rule]]]:
    """Yield every table by its name, with the rows of the crosswalk that its columns are for."""
    for node, classes in NODE_TYPES.items():
        rules = [rule for rule in CROSSWALK if rule.node == node]
        if not classes:
            rules.insert(0, Rule(node, *CLASS))
        yield node, [rule for rule in rules if not is_list(rule)]
        for rule in rules:
            if is_list(rule):
                yield f"{node}-{_column(rule)}", [rule]


def _column(rule: Rule) -> str:
    return f"{rule.field}-{rule.term}"


def _key(iri: str) -> str:
    return iri.rpartition("/")[2]


def _rows(cells: Iterable[Cell], place: dict[Rule, str]) -> Iterator[tuple[str, str, dict[Rule, str]]]:
    """Yield the rows of one record: the table, the node, and the value of each field."""
    wide: dict[tuple[str, str], dict[Rule, str]] = {}
    for rule, subject, value in cells:
        if rule.term in _POINTERS:
            value = _key(value)
        if is_list(rule):
            yield place[rule], subject, {rule: value}
        else:
            # A class that all nodes of a kind have is no column: the mapping says it.
            values = wide.setdefault((rule.node, subject), {})
            if rule in place:
                values[rule] = value
    for (name, subject), values in wide.items():
        yield name, subject, values


def _mapping(tables: dict[str, list[Rule]], settings: Settings) -> rdflib.Graph:
    """Return the mapping of those tables in RML (https://kg-construct.github.io/rml-core/spec/docs/)."""
    graph = rdflib.Graph()
    graph.bind("rml", RML)

    def node(parent: rdflib.IdentifiedNode, property_: rdflib.URIRef, **said: rdflib.term.Node) -> rdflib.BNode:
        child = rdflib.BNode()
        graph.add((parent, property_, child))
        for name, value in said.items():
            graph.add((child, RML[name], value))
        return child

    def template(iri: str, column: str) -> rdflib.Literal:
        return rdflib.Literal(settings.base_iri + iri.replace("%s", column))

    for name, rules in tables.items():
        kind = name.partition("-")[0]
        triples_map = rdflib.URIRef(f"#{name}")
        graph.add((triples_map, rdflib.RDF.type, RML.TriplesMap))
        source = rdflib.Literal(f"{name}.csv")
        node(triples_map, RML.logicalSource, source=source, referenceFormulation=RML.CSV)
        subject_map = node(triples_map, RML.subjectMap, template=template(_MINTED[kind], "key"))
        node(subject_map, RML.graphMap, template=template("graph/{record}", ""))
        for class_ in NODE_TYPES.get(name, ()):
            graph.add((subject_map, RML["class"], rdflib.URIRef(expand(class_))))
        for rule in rules:
            row = node(triples_map, RML.predicateObjectMap)
            for property_ in rule.properties:
                graph.add((row, RML.predicate, rdflib.URIRef(expand(property_))))
            if rule.term in _POINTERS:
                node(row, RML.objectMap, template=template(_MINTED[rule.term], _column(rule)))
                continue
            term_type = RML.Literal if rule.term in LITERALS else RML.IRI
            value = node(row, RML.objectMap, reference=rdflib.Literal(_column(rule)), termType=term_type)
            if rule.term == "text":
                graph.add((value, RML.language, rdflib.Literal(settings.language)))
            elif rule.term in DATATYPES:
                graph.add((value, RML.datatype, DATATYPES[rule.term]))
    return graph


if __name__ == "__main__":
    write_inputs(read_records(Path(sys.argv[1])), Path(sys.argv[2]))
