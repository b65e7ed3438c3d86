"""maplib; :mod:`benchmarks.mapping` runs it in another environment: see :mod:`benchmarks.templates`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import maplib  # type: ignore[import-not-found]
import polars as pl  # type: ignore[import-not-found]

_COLUMN = re.compile(r"\{([^}]*)\}")
_RDF, _XSD = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2001/XMLSchema#"


def main(target: Path) -> None:
    """Expand the templates of this folder with their tables, and write the graph."""
    model = maplib.Model()
    for one in json.loads(Path("templates.json").read_text(encoding="utf-8")):
        table = pl.read_csv(f"{one['table']}.csv", infer_schema=False)
        values = [_value(column).alias(f"v{number}") for number, column in enumerate(one["columns"])]
        model.add_template(one["template"])
        model.map(f"urn:table:{one['table']}", table.select(_filled(one["subject"]).alias("subject"), *values))
    model.write(target, format="ntriples")


def _value(column: dict[str, Any]) -> pl.Expr:
    """Return what makes the values of a parameter of a column."""
    value = pl.col(column["name"])
    if column["pattern"]:
        return pl.when(value.is_not_null()).then(_filled(column["pattern"]))
    if column["language"]:
        # This is how maplib holds texts with their languages.
        text = pl.struct(value.alias(f"<{_RDF}langString>"), pl.lit(column["language"]).alias("l"))
        return pl.when(value.is_not_null()).then(text)
    if column["datatype"] == f"{_XSD}date":
        return value.str.to_date()
    if column["datatype"] == f"{_XSD}dateTime":
        return value.str.to_datetime(time_zone="UTC")
    return value.cast(pl.Int64) if column["datatype"] == f"{_XSD}integer" else value


def _filled(pattern: str) -> pl.Expr:
    return pl.format(_COLUMN.sub("{}", pattern), *map(pl.col, _COLUMN.findall(pattern)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
