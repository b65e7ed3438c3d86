"""The pages in ``cases/pages``: what each one must give stands beside it.

``<page>.json`` holds the behaviour in one sentence, and either all of the record (``record``, ``lines``,
``unrecognised``, ``remarks``) or the refusal (``error``, ``message``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from commons_ld.errors import SourceError
from commons_ld.origin import Origin
from commons_ld.record import RecordFields
from commons_ld.sources import by_suffix

CASES = Path(__file__).parent / "cases" / "pages"
PAGES = sorted(path for path in CASES.iterdir() if path.suffix != ".json")
KEYS = {"behaviour", "record", "lines", "unrecognised", "remarks", "error", "message"}


def outcome(path: Path) -> dict[str, Any]:
    """Return what reading a page gives, in the form of the cases."""
    source = by_suffix(path.name)
    assert source is not None
    try:
        with path.open("rb") as stream:
            [record] = source.read(stream, origin=Origin(path.name))
    except SourceError as error:
        return {"error": type(error).__name__, "message": str(error)}
    built = json.loads(msgspec.json.encode(record))
    found = {"record": {key: built[key] for key in RecordFields.__struct_fields__ if key in built}}
    return found | {key: built[key] for key in ("lines", "unrecognised", "remarks") if key in built}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_gives_what_stands_beside_it(path: Path) -> None:
    """Each page of the cases becomes exactly its record, or is refused in exactly these words."""
    expected = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))

    assert set(expected) <= KEYS
    assert expected.pop("behaviour").endswith(".")
    assert outcome(path) == expected


def test_every_case_has_its_page() -> None:
    """An expectation whose page was renamed would be silent: there is none."""
    assert {f"{path.name}.json" for path in PAGES} == {path.name for path in CASES.glob("*.json")}
