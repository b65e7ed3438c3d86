"""The dumps in ``cases/dumps``: what each one must give stands beside it.

They have the form that MediaWiki itself gave them, with content of ours. ``<dump>.json`` holds the behaviour in one
sentence, the records, and what is refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from commons_ld.record import RecordFields
from tests.dumps import read

CASES = Path(__file__).parent / "cases" / "dumps"
DUMPS = sorted(path for path in CASES.iterdir() if path.suffix == ".xml")
KEPT = (*RecordFields.__struct_fields__, "origin", "revision", "other_titles", "lines", "unrecognised", "remarks")


def outcome(path: Path) -> dict[str, Any]:
    """Return what reading a dump gives, in the form of the cases."""
    records, refused = read(path.read_bytes(), path.name)
    built = [json.loads(msgspec.json.encode(record)) for record in records]
    return {
        "records": [{key: record[key] for key in KEPT if key in record} for record in built],
        "refused": [str(error) for error in refused],
    }


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_a_dump_gives_what_stands_beside_it(path: Path) -> None:
    """Each dump of the cases becomes exactly its records, and the others of its pages are told in exactly these words."""
    expected = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))

    assert expected.pop("behaviour").endswith(".")
    assert outcome(path) == expected


def test_every_case_has_its_dump() -> None:
    """An expectation whose dump was renamed would be silent: there is none."""
    assert len(DUMPS) > 1
    assert {f"{path.name}.json" for path in DUMPS} == {path.name for path in CASES.glob("*.json")}
