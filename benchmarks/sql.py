"""The peer DuckDB: a query made from the crosswalk, which builds the statements as strings of its tables.

:mod:`benchmarks.build_strings` runs it, and it writes ``duckdb.nq``. What stands in the tables ready made, and what is
left to the query, is told in :mod:`benchmarks.tables`. DuckDB knows nothing of RDF: no IRI is checked, nothing is
sorted, and what is said twice would be written twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.tables import Column, Table
from commons_ld.rdf.namespaces import expand

__all__ = ["write_sql"]

_COLUMN: Final = re.compile(r"\{([^}]*)\}")
#: What literals escape of what these records hold (https://www.w3.org/TR/n-quads/#grammar-production-ECHAR).
_ESCAPES: Final = ((r"'\'", r"'\\'"), ("'\"'", "'\\\"'"), ("chr(10)", r"'\n'"))


def write_sql(tables: Iterable[Table], graph: str, folder: Path) -> None:
    """Write the query into the folder of the tables.

    :param graph: what the IRIs of named graphs are made of
    """
    # Whatever is said of a collection is said of it as a series, which these all are.
    selects = [_select(table, graph) for table in tables if table.name != "collection"]
    lines = "\nUNION ALL\n".join(selects)
    written = "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
    (folder / "duckdb.sql").write_text(f"COPY (\n{lines}\n) TO 'duckdb.nq' {written};\n", encoding="utf-8")


def _select(table: Table, graph: str) -> str:
    """Return what makes the statements of each row, one a line."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in ("record", "key", *(one.name for one in table.columns)))
    read = f"read_csv('{table.name}.csv', header = true, auto_detect = false, columns = {{{columns}}}, nullstr = '')"
    keys = f"*, {_filled(table.subject)} AS s, ' ' || {_filled(graph)} || ' .' AS g"
    statements = ",\n  ".join(_statements(table))
    return f"SELECT concat_ws(chr(10),\n  {statements})\nFROM (SELECT {keys} FROM {read})"


def _statements(table: Table) -> Iterator[str]:
    for class_ in table.classes:
        yield f"s || ' <{expand('rdf:type')}> <{class_}>' || g"
    for column in table.columns:
        for property_ in column.properties:
            yield f"s || ' <{property_}> ' || {_object(column)} || g"


def _object(column: Column) -> str:
    """Return what makes the term of a value, or nothing where there is none."""
    value = f'"{column.name}"'
    if column.pattern:
        return f"CASE WHEN {value} IS NOT NULL THEN {_filled(column.pattern)} END"
    if not column.is_literal:
        return f"'<' || {value} || '>'"
    # What has a datatype holds nothing to escape.
    if column.datatype:
        return f"""'"' || {value} || '"^^<{column.datatype}>'"""
    for found, written in _ESCAPES:
        value = f"replace({value}, {found}, {written})"
    end = f'"@{column.language}' if column.language else '"'
    return f"""'"' || {value} || '{end}'"""


def _filled(pattern: str) -> str:
    """Return what makes an IRI of a pattern and the columns of a row."""
    # No quote is in an IRI that the crosswalk or the settings name.
    parts = _COLUMN.split(f"<{pattern}>")
    return " || ".join(f'"{part}"' if number % 2 else f"'{part}'" for number, part in enumerate(parts))
