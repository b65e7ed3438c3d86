"""The peer maplib: OTTR templates made from the crosswalk, one a table, and what their columns are.

:mod:`benchmarks.expand_templates` expands them and writes ``maplib.nt``. What stands in the tables ready made, and what
is left to the templates, is told in :mod:`benchmarks.tables`. maplib puts all that a template says into one graph, so
that there is none a record; and it writes moments in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.tables import Table
from commons_ld.rdf.namespaces import expand

__all__ = ["write_templates"]


def write_templates(tables: Iterable[Table], folder: Path) -> None:
    """Write the templates and their columns into the folder of the tables, as JSON.

    Templates are in stOTTR (https://dev.spec.ottr.xyz/stOTTR/).
    """
    made = [
        {
            "table": table.name,
            "template": _template(table),
            "subject": table.subject,
            "columns": [column._asdict() for column in table.columns],
        }
        for table in tables
    ]
    (folder / "templates.json").write_text(json.dumps(made, indent=1), encoding="utf-8")


def _template(table: Table) -> str:
    parameters = ["ottr:IRI ?subject"]
    triples = [f"ottr:Triple(?subject, <{expand('rdf:type')}>, <{class_}>)" for class_ in table.classes]
    for number, column in enumerate(table.columns):
        kind = "ottr:IRI" if not column.is_literal else f"<{_datatype(column.datatype, column.language)}>"
        parameters.append(f"? {kind} ?v{number}")
        triples += [f"ottr:Triple(?subject, <{property_}>, ?v{number})" for property_ in column.properties]
    signature, pattern = ", ".join(parameters), ", ".join(triples)
    return f"@prefix ottr: <http://ns.ottr.xyz/0.4/> .\n<urn:table:{table.name}> [ {signature} ] :: {{ {pattern} }} ."


def _datatype(datatype: str, language: str) -> str:
    return expand("rdf:langString") if language else datatype or expand("xsd:string")
