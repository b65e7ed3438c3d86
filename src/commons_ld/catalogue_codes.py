"""The codes of data catalogues and what each is called: themes, frequencies, kinds of publishers.

``tables/catalogue_codes.csv`` has them as ``table/code``: those of the Publications Office of the European Union
(https://op.europa.eu/en/web/eu-vocabularies), and the kinds of publishers of ADMS (https://www.w3.org/TR/vocab-adms/).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["codes_of", "names_of_code"]

_TABLE: Final = Path(__file__).parent / "tables" / "catalogue_codes.csv"


def codes_of(table: str) -> tuple[str, ...]:
    """Return the codes of a table.

    >>> "SOCI" in codes_of("data-theme"), codes_of("nothing")
    (True, ())
    """
    return tuple(code.removeprefix(f"{table}/") for code in _names() if code.startswith(f"{table}/"))


def names_of_code(table: str, code: str) -> dict[str, str]:
    """Return what a code is called in each language, or nothing where the table has it not.

    >>> names_of_code("frequency", "MONTHLY")
    {'fr': 'mensuel', 'en': 'monthly'}
    """
    return _names().get(f"{table}/{code}", {})


@cache
def _names() -> dict[str, dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: {"fr": row["name_fr"], "en": row["name_en"]} for row in csv.DictReader(file)}
