"""The record schema is published as JSON Schema and CSV columns, and the readers keep what it promises."""

from __future__ import annotations

import io
import json
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.errors import InvalidRecord
from commons_ld.origin import Origin
from commons_ld.record import Document, Guest, Link, Note, RecordFields
from commons_ld.record_schema import SCHEMA_IRI, csv_columns, fields, record_schema, to_record
from commons_ld.sources.delimited import read_csv

VALIDATOR = jsonschema.Draft202012Validator(record_schema())


def test_the_schema_is_a_valid_json_schema_with_an_address() -> None:
    """It says which draft it follows, where it is published and what it is."""
    schema = record_schema()

    jsonschema.Draft202012Validator.check_schema(schema)
    assert (schema["$schema"], schema["$id"]) == ("https://json-schema.org/draft/2020-12/schema", SCHEMA_IRI)
    assert schema["title"]
    assert set(schema["properties"]) == set(RecordFields.__struct_fields__)
    assert set(schema["$defs"]) == {"Document", "Guest", "Link", "Note"}


def test_the_schema_is_the_same_every_time() -> None:
    """Nobody who asks for it can change what the next one gets."""
    before = json.dumps(record_schema())
    record_schema()["properties"].clear()

    assert json.dumps(record_schema()) == before


def test_every_field_and_part_is_described_in_one_line() -> None:
    """What is published is for readers of the schema, without the marks of our docstrings."""
    schema = record_schema()

    for described in (*schema["properties"].values(), *schema["$defs"].values()):
        assert described["description"].endswith((".", "…"))
        assert "\n" not in described["description"]
        assert ":param" not in described["description"]


def test_there_is_a_column_for_every_field() -> None:
    """CSV has the fields of the schema, in its order, and says how each cell is written."""
    columns = csv_columns()

    assert [column.name for column in columns] == list(RecordFields.__struct_fields__)
    assert all(column.form and column.description for column in columns)
    assert {column.name: column.form for column in columns}["kind"] == "session or media"


def test_what_the_columns_say_is_what_csv_reads() -> None:
    """A row written as the forms say becomes the parts they speak of."""
    cells = {
        "title": "a",
        "languages": "FR|EN",
        "guests": "Ada: ingénieure | Max",
        "documents": "L'appel <https://exemple.test/a> | Le livret",
        "links": "Coop <https://exemple.test/b> | https://exemple.test/c",
        "notes": "[14:09] Ada: Bonjour | [] Max : | :-)",
    }
    data = "\t".join(cells) + "\n" + "\t".join(cells.values())

    [record] = read_csv(io.BytesIO(data.encode()), origin=Origin("a.csv"))

    assert record.languages == ("FR", "EN")
    assert record.guests == (Guest("Ada", "ingénieure"), Guest("Max"))
    assert record.documents == (Document("L'appel", "https://exemple.test/a"), Document("Le livret"))
    assert record.links == (Link("https://exemple.test/b", "Coop"), Link("https://exemple.test/c"))
    assert record.notes == (Note("Ada", "14:09", "Bonjour"), Note("Max"), Note(text=":-)"))


@pytest.mark.parametrize("struct", [RecordFields, Guest, Document, Link, Note])
def test_every_field_of_the_record_has_a_kind(struct: type[msgspec.Struct]) -> None:
    """A field of a new type would not be read; this is where that shows."""
    assert list(fields(struct)) == list(struct.__struct_fields__)
    assert {field.kind for field in fields(struct).values()} <= {"text", "number", "choice", "texts", "parts"}
    assert [field.choices for field in fields(struct).values() if field.choices] in ([], [("", "session", "media")])


def test_only_one_field_is_a_choice() -> None:
    """The message for a wrong choice names its choices: those of the kind of record."""
    assert [name for name, field in fields().items() if field.kind == "choice"] == ["kind"]


TEXTS = st.sampled_from(["", " ", "a", "session", "\u00a0", "b\u0000"])
VALUES = st.recursive(
    TEXTS | st.integers(-1, 2) | st.booleans() | st.none() | st.just(1.5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["name", "biography", "url", "title", "label", "text", "reply_to"]), inner, max_size=3
        )
    ),
    max_leaves=4,
)
GOOD = st.fixed_dictionaries(
    {"title": TEXTS},
    optional={
        "kind": st.sampled_from(["", "session", "media", "x"]),
        "languages": st.lists(TEXTS, max_size=2),
        "guests": st.lists(st.fixed_dictionaries({"name": TEXTS}, optional={"biography": TEXTS}), max_size=2),
        "links": st.lists(st.fixed_dictionaries({"url": TEXTS}, optional={"label": TEXTS}), max_size=2),
        "notes": st.lists(
            st.fixed_dictionaries({}, optional={"text": TEXTS, "reply_to": st.integers(0, 9)}), max_size=2
        ),
    },
)
ANY = st.dictionaries(
    st.sampled_from(["title", "kind", "pad", "languages", "guests", "links", "notes"]), VALUES, max_size=4
)


@given(GOOD | ANY)
def test_the_readers_accept_what_the_schema_accepts(given: dict[str, Any]) -> None:
    """Who checks a file against the schema before sending it is not refused, and the other way round.

    Members that the schema does not know are the exception: they are kept as unrecognised.
    """
    try:
        record = to_record(given, origin=Origin("a.json", 1), lines={})
    except InvalidRecord:
        is_read = False
    else:
        is_read = not record.unrecognised

    assert is_read == VALIDATOR.is_valid(given)


def test_the_search_for_hints_ends() -> None:
    """A record with thousands of unknown members is read in no time, and all of them are kept."""
    record = to_record({"title": "a"} | {f"page{number}": "" for number in range(20_000)}, origin=Origin("f"), lines={})

    assert len(record.unrecognised) == 20_000
    assert sum(bool(found.nearest) for found in record.unrecognised) == 100
