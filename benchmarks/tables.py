"""What peers that read tables are given: the cells of the crosswalk written down, and what each column means.

There is a table a kind of node, with a column a field, and a table for every field that can have more than one value.
How the IRIs of nodes are made of names and numbers is said of each table and column, as every mapping has to say it.
The rest stands in the tables ready made: names made of titles, concepts by their labels, who is an organization, codes
of languages and countries, ISO dates, durations and times. That is work that these peers are spared, and so is writing
the tables: neither is counted.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.interpreted import CLASS, Cell, Interpreter, is_list
from benchmarks.terms import DATATYPES, LITERALS
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.rdf.namespaces import expand
from commons_ld.record import MediaRecord
from commons_ld.settings import Settings

__all__ = ["Column", "Table", "graph", "write_tables"]

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


class Column(NamedTuple):
    """What a column becomes; where it is empty, nothing.

    :param properties: their IRIs
    :param pattern: what an IRI is made of, with the names of columns in braces; ``""`` where the value stands as it is
    :param is_literal: whether the value is a literal
    :param datatype: the IRI of the datatype of that, or ``""``
    :param language: the language of that, or ``""``
    """

    name: str
    properties: tuple[str, ...]
    pattern: str = ""
    is_literal: bool = False
    datatype: str = ""
    language: str = ""


class Table(NamedTuple):
    """What a table becomes.

    :param subject: what the IRI of a row's node is made of, with the names of columns in braces
    :param classes: the IRIs of the classes that every row has
    """

    name: str
    subject: str
    classes: tuple[str, ...]
    columns: tuple[Column, ...]


def graph(settings: Settings) -> str:
    """Return what the IRI of the named graph of a row is made of."""
    return f"{settings.base_iri}graph/{{record}}"


def write_tables(records: Iterable[MediaRecord], folder: Path, settings: Settings) -> list[Table]:
    """Write the tables into ``folder``, as CSV, and return those that are not empty."""
    interpreter = Interpreter(settings, Concepts.load(artefact("ontology/concepts.ttl")))
    tables = {name: list(rules) for name, rules in _tables()}
    place = {rule: name for name, rules in tables.items() for rule in rules}
    filled: set[str] = set()
    with ExitStack() as stack:
        writers = {}
        for name, rules in tables.items():
            file = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(file, lineterminator="\n")
            writers[name].writerow([*_KEYS, *map(_name, rules)])
        for record in records:
            for name, subject, values in _rows(interpreter.cells(record), place):
                row = (record.identifier, _key(subject), *(values.get(rule, "") for rule in tables[name]))
                writers[name].writerow(row)
                filled.add(name)
    return [_table(name, tables[name], settings) for name in sorted(filled)]


def _tables() -> Iterator[tuple[str, Iterable[Rule]]]:
    """Yield every table by its name, with the rows of the crosswalk that its columns are for."""
    for node, classes in NODE_TYPES.items():
        rules = [rule for rule in CROSSWALK if rule.node == node]
        if not classes:
            rules.insert(0, Rule(node, *CLASS))
        yield node, [rule for rule in rules if not is_list(rule)]
        for rule in rules:
            if is_list(rule):
                yield f"{node}-{_name(rule)}", [rule]


def _name(rule: Rule) -> str:
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
            # A class that all nodes of a kind have is no column: the table has it.
            values = wide.setdefault((rule.node, subject), {})
            if rule in place:
                values[rule] = value
    for (name, subject), values in wide.items():
        yield name, subject, values


def _table(name: str, rules: Iterable[Rule], settings: Settings) -> Table:
    subject = settings.base_iri + _MINTED[name.partition("-")[0]].replace("%s", "key")
    classes = tuple(map(expand, NODE_TYPES.get(name, ())))
    return Table(name, subject, classes, tuple(_column(rule, settings) for rule in rules))


def _column(rule: Rule, settings: Settings) -> Column:
    name, properties = _name(rule), tuple(map(expand, rule.properties))
    if rule.term in _POINTERS:
        return Column(name, properties, pattern=settings.base_iri + _MINTED[rule.term].replace("%s", name))
    return Column(
        name,
        properties,
        is_literal=rule.term in LITERALS,
        datatype=str(DATATYPES.get(rule.term, "")),
        language=settings.language if rule.term == "text" else "",
    )
