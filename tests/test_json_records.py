"""JSON and JSON Lines are read record by record, and what is wrong in one does not cost the others."""

from __future__ import annotations

import io
import itertools
import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.errors import InvalidRecord, MalformedSource, SourceError
from commons_ld.messages import message
from commons_ld.origin import Origin
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, Remark
from commons_ld.sources.json_records import MAX_FILE, MAX_RECORD, read_json, read_json_lines
from tests.hostile import only_our_errors

Read = Callable[..., Iterator[MediaRecord]]
BOTH = pytest.mark.parametrize("read", [read_json, read_json_lines])

SESSION: dict[str, Any] = {
    "title": "21.12 Plaidoyer 2022",
    "identifier": "plaidoyer",
    "collections": ["Appel en commun"],
    "enjeux": ["Politique des communs"],
    "created": "2021/12/02",
    "duration": "01:00:00",
    "languages": ["FR", "EN"],
    "guests": [{"name": "Louise Guillot", "biography": "spécialiste"}, {"name": "Rémy Seillier"}],
    "documents": [{"title": "L'appel"}, {"url": "https://exemple.test/livret"}],
    "links": [{"url": "https://www.org.meet.coop", "label": "The Online Meeting Co-operative"}],
    "notes": [{"author": "A", "time": "14:09"}, {"author": "B", "text": "Bonjour !", "reply_to": 1}],
}


def records(read: Read, data: bytes | str) -> list[MediaRecord]:
    """Return every record; what is refused raises."""
    return list(read(io.BytesIO(data if isinstance(data, bytes) else data.encode()), origin=Origin("f")))


def both(read: Read, data: bytes | str) -> tuple[list[str], list[SourceError]]:
    """Return the titles that were read, and what was refused."""
    rejected: list[SourceError] = []
    stream = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    return [record.title for record in read(stream, origin=Origin("f"), reject=rejected.append)], rejected


@BOTH
def test_an_object_becomes_a_record(read: Read) -> None:
    """The members are the fields of the record schema, and values stay as the source wrote them."""
    [record] = records(read, json.dumps(SESSION))

    assert record == MediaRecord(
        title="21.12 Plaidoyer 2022",
        identifier="plaidoyer",
        collections=("Appel en commun",),
        enjeux=("Politique des communs",),
        created="2021/12/02",
        duration="01:00:00",
        languages=("FR", "EN"),
        guests=(Guest("Louise Guillot", "spécialiste"), Guest("Rémy Seillier")),
        documents=(Document("L'appel"), Document(url="https://exemple.test/livret")),
        links=(Link("https://www.org.meet.coop", "The Online Meeting Co-operative"),),
        notes=(Note("A", "14:09"), Note("B", text="Bonjour !", reply_to=1)),
        origin=Origin("f", 1, "plaidoyer"),
        lines=dict.fromkeys(SESSION, 1),
    )


def test_a_list_of_objects_becomes_records_in_its_order() -> None:
    """The order of the file is that of the records."""
    found = records(read_json, '[{"title": "b"}, {"title": "a"}]')

    assert [record.title for record in found] == ["b", "a"]
    assert records(read_json, "[]") == []


def test_each_line_becomes_a_record_with_its_line() -> None:
    """Blank lines are skipped, but counted; the last line need not be closed, and Windows closes them by two marks."""
    found = records(read_json_lines, '{"title": "a"}\r\n\n  \n{"title": "b"}')

    assert [(record.title, record.origin) for record in found] == [
        ("a", Origin("f", 1, "a")),
        ("b", Origin("f", 4, "b")),
    ]
    assert records(read_json_lines, "") == []


def test_the_lines_of_the_fields_of_a_json_file_are_known() -> None:
    """A person looks for the line in the file, and a JSON file is often written with one member a line."""
    text = '\n[\n {\n  "title": "title",\n  "languages": [\n   "FR"\n  ],\n  "pad": "FR"\n },\n {"title": "b"}\n]\n'

    first, second = records(read_json, text)

    assert (first.origin.line, first.lines) == (3, {"title": 4, "languages": 5, "pad": 8})
    assert (second.origin.line, second.lines) == (10, {"title": 10})


@BOTH
def test_texts_are_trimmed_and_keep_what_is_inside(read: Read) -> None:
    """No-break spaces stay inside a text and go at its ends; empty values of a list go too."""
    [record] = records(read, json.dumps({"title": "\u00a0Débat\u00a0: l’eau \n", "enjeux": [" ", "Eau\u202f", ""]}))

    assert record.title == "Débat\u00a0: l’eau"
    assert record.enjeux == ("Eau",)


@BOTH
def test_parts_that_say_nothing_are_left_out_but_notes_stay(read: Read) -> None:
    """A reply counts the notes, so an empty message keeps its number."""
    [record] = records(read, '{"title": "a", "documents": [{}, {"title": " "}, {"title": "t"}], "notes": [{}, {}]}')

    assert record.documents == (Document("t"),)
    assert record.notes == (Note(), Note())


@BOTH
def test_a_byte_order_mark_is_no_part_of_the_text(read: Read) -> None:
    """Windows programs begin UTF-8 with one."""
    assert [record.title for record in records(read, "\ufeff" + '{"title": "a"}')] == ["a"]


@BOTH
def test_unknown_members_are_kept_with_the_nearest_known_one(read: Read) -> None:
    """What no field is known for is neither lost nor guessed, at any depth, and it stops nothing."""
    [record] = records(
        read, '{"title": "a", "Titre": "b", "langages": ["FR"], "guests": [{"name": "x", "biografy": "y"}], "zzz": 1.5}'
    )

    assert [(found.label, found.text, found.nearest) for found in record.unrecognised] == [
        ("Titre", "b", "title"),
        ("langages", '["FR"]', "languages"),
        ("guests[1].biografy", "y", "biography"),
        ("zzz", "1.5", ""),
    ]
    assert {found.line for found in record.unrecognised} == {1}


@BOTH
def test_of_two_members_of_one_name_the_last_stands(read: Read) -> None:
    """As with most readers of JSON (RFC 8259, section 4)."""
    [record] = records(read, '{"title": "a", "pad": "x", "title": "b"}')

    assert record.title == "b"


@BOTH
def test_characters_that_nothing_can_hold_are_dropped_with_a_remark(read: Read) -> None:
    """NUL and other controls, and halves of surrogate pairs; whole pairs and backslashes stay."""
    [record] = records(
        read,
        r'{"title": "a\u0000b", "abstract": "\ud83d\ude00 \\ud800 \uD83D", "authors": ["\udc00x\ud800\u0041\u0007"]}',
    )

    assert (record.title, record.abstract, record.authors) == ("ab", "😀 \\ud800", ("xA",))
    assert record.remarks == (
        Remark("dropped-characters", "title", "1", 1),
        Remark("dropped-characters", "abstract", "1", 1),
        Remark("dropped-characters", "authors", "3", 1),
    )


WRONG = [
    ('{"title": 12}', "field-not-text", "title", "12"),
    ('{"title": null}', "field-not-text", "title", "null"),
    ('{"title": ["a"]}', "field-not-text", "title", "[…]"),
    ('{"title": {"fr": "a"}}', "field-not-text", "title", "{…}"),
    ("{}", "field-missing", "title", ""),
    ('{"title": " \u00a0"}', "field-missing", "title", ""),
    (r'{"title": "\u200b \u2060"}', "field-missing", "title", ""),
    ('{"title": "a", "kind": "seance"}', "field-not-choice", "kind", "seance"),
    ('{"title": "a", "languages": "FR"}', "field-not-list", "languages", '"…"'),
    ('{"title": "a", "languages": ["FR", 1]}', "field-not-text", "languages[2]", "1"),
    ('{"title": "a", "guests": {"name": "b"}}', "field-not-list", "guests", "{…}"),
    ('{"title": "a", "guests": ["b"]}', "field-not-object", "guests[1]", '"…"'),
    ('{"title": "a", "guests": [{"name": "b"}, {"biography": "c"}]}', "field-missing", "guests[2].name", ""),
    ('{"title": "a", "links": [{"url": "", "label": "b"}]}', "field-missing", "links[1].url", ""),
    ('{"title": "a", "notes": [{"reply_to": "1"}]}', "field-not-number", "notes[1].reply_to", '"…"'),
    ('{"title": "a", "notes": [{"reply_to": true}]}', "field-not-number", "notes[1].reply_to", "true"),
    ('{"title": "a", "notes": [{"reply_to": 1.5}]}', "field-not-number", "notes[1].reply_to", "1.5"),
    ("12", "not-an-object", "", "12"),
    ('"a"', "not-an-object", "", '"…"'),
]


@BOTH
@pytest.mark.parametrize(("text", "code", "field", "value"), WRONG, ids=[row[0] for row in WRONG])
def test_a_value_of_the_wrong_kind_is_refused(read: Read, text: str, code: str, field: str, value: str) -> None:
    """The refusal names the field, and shows numbers; a text is not shown, since it may be what is withheld."""
    with pytest.raises(InvalidRecord) as raised:
        records(read, text)

    error = raised.value
    assert (error.code, error.field, error.value, error.origin.line) == (code, field, value, 1)


def test_refused_records_do_not_stop_the_reading_of_a_list() -> None:
    """The caller may collect what is refused and still get the rest; a record without a name is called by its number."""
    text = '[\n{"title": "a"},\n{"pad": "x"},\n7,\n{"title": "c",\n "kind": "x"},\n{"title": "d"}]'

    titles, rejected = both(read_json, text)

    assert titles == ["a", "d"]
    assert [str(error) for error in rejected] == [
        "f, line 3, item 2: 'title' is missing or empty; fill it in",
        "f, line 4, item 3: a record is a JSON object and not 7; write it between braces, with the names of its fields",
        "f, line 6, c: 'kind' cannot be 'x'; write session or media, or nothing",
    ]


def test_refused_lines_do_not_stop_the_reading_of_json_lines() -> None:
    """A line that is no JSON costs that line only."""
    titles, rejected = both(
        read_json_lines, b'{"title": "a"}\n{"title": NaN}\n{"title": "b"\n{"title": "\xe9"}\n[]\n{"title": "e"}'
    )

    assert titles == ["a", "e"]
    assert [str(error) for error in rejected] == [
        "f, line 2: the JSON is malformed at character 11 of the line; check its quotation marks, commas and braces",
        "f, line 3: the JSON ends before it is complete; save the file again, or close what is open",
        "f, line 4: the byte 0xE9 is not UTF-8; save the file as UTF-8",
        "f, line 5: a record is a JSON object and not […]; write it between braces, with the names of its fields",
    ]


def test_a_refusal_is_said_in_french_too() -> None:
    """The error carries the parts of its message."""
    _, [error] = both(read_json_lines, '{"title": 12}')

    assert message(error.code, "fr", field=error.field, value=error.value) == (
        "« title » doit être un texte et non 12 ; l'écrire entre guillemets, ou ne pas donner ce champ"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"title": "a"},\n{"title": "é" "b"}]', "line 2: the JSON is malformed at character 15 of the line"),
        ('[{"title": "a"},\n\n]', "line 3: the JSON is malformed at character 1 of the line"),
        ('[{"title": "a"},\n{"title": "b"}\n', "line 2: the JSON ends before it is complete"),
        ('[{"title": Infinity}]', "line 1: the JSON is malformed at character 12 of the line"),
    ],
)
def test_a_list_that_does_not_parse_is_refused_as_a_whole(text: str, problem: str) -> None:
    """Half a file would look like an archive from which the rest was deleted."""
    rejected: list[SourceError] = []

    with pytest.raises(MalformedSource, match=problem):
        list(read_json(io.BytesIO(text.encode()), origin=Origin("f"), reject=rejected.append))

    assert rejected == []


@pytest.mark.parametrize("text", ["", " ", "{", '{"title": "a"', "nothing", '{"title": "a"} {"title": "b"}', "\x00"])
def test_a_file_that_is_no_json_is_refused(text: str) -> None:
    """An empty file is no list of nothing."""
    titles, [error] = both(read_json, text)

    assert titles == []
    assert isinstance(error, MalformedSource)


@BOTH
def test_a_byte_that_is_no_utf_8_is_refused_with_its_line(read: Read) -> None:
    """No encoding is guessed."""
    titles, [error] = both(read, b'{"title": "a", "pad": "Dur\xc3\xa9e \xc3"}')

    assert (titles, error.code, error.value, error.origin.line) == ([], "not-utf-8", "0xC3", 1)


@BOTH
@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000 + "1" + "}" * 50_000, '{"title": "a", "b": ' + "[" * 900 + "]" * 900 + "}"]
)
def test_deep_nesting_ends_in_a_refusal_or_a_record(read: Read, text: str) -> None:
    """No depth ends the process or raises what is not ours."""
    refused: list[SourceError] = []
    titles: list[str] = []
    try:
        titles.extend(
            record.title for record in read(io.BytesIO(text.encode()), origin=Origin("f"), reject=refused.append)
        )
    except MalformedSource as error:
        refused.append(error)

    assert (titles, [error.code for error in refused]) in (([], ["deep-json"]), (["a"], []))


@BOTH
@pytest.mark.parametrize("number", ["1e999", "9" * 5_000])
def test_a_number_too_large_is_refused(read: Read, number: str) -> None:
    """It is no value of the schema, and could not be shown."""
    _, [error] = both(read, f'{{"title": "a", "pages": {number}}}')

    assert error.code == "huge-number"


def test_a_record_too_large_is_refused_and_the_next_one_read() -> None:
    """The bound is that of a page; a line beyond it is passed over in pieces."""
    large = b'{"title": "' + b"x" * (3 * MAX_RECORD) + b'"}'

    for read, data in (
        (read_json_lines, large + b'\n{"title": "b"}'),
        (read_json, b"[" + large + b', {"title": "b"}]'),
    ):
        titles, [error] = both(read, data)

        assert titles == ["b"]
        assert str(error).endswith(
            "the record is larger than 5 MiB; close what is open before this line, or shorten its texts"
        )


def test_a_file_too_large_to_be_held_is_refused() -> None:
    """JSON is read as a whole, so a larger archive is given as JSON Lines."""
    with pytest.raises(MalformedSource, match="larger than 64 MiB; save it as JSON Lines"):
        records(read_json, b" " * (MAX_FILE + 1))


class Endless(io.RawIOBase):
    """The same line again and again, as often as it is asked for."""

    def __init__(self, line: bytes, times: int) -> None:
        self._line, self._left = line, times

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        times = min(len(buffer) // len(self._line), self._left)
        self._left -= times
        buffer[: times * len(self._line)] = self._line * times
        return times * len(self._line)


def test_json_lines_are_read_as_they_come() -> None:
    """The first record is there before the last line is."""
    stream = io.BufferedReader(Endless(b'{"title": "a"}\n', 10**12))

    found = list(itertools.islice(read_json_lines(stream, origin=Origin("f")), 3))

    assert [record.origin.line for record in found] == [1, 2, 3]


def test_memory_does_not_grow_with_the_size_of_json_lines() -> None:
    """50 MB are read in less than 2."""
    line = json.dumps(SESSION | {"abstract": "x" * 10_000}).encode() + b"\n"
    stream = io.BufferedReader(Endless(line, 5_000), 1 << 16)
    tracemalloc.start()
    try:
        read = sum(1 for _ in read_json_lines(stream, origin=Origin("f")))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert read == 5_000
    assert peak < 2_000_000


#: What JSON is made of, and what breaks it.
SCRAPS = st.sampled_from(
    [
        *("{", "}", "[", "]", ":", ",", '"', "{}", "null", "-1", "1e9", "NaN", "[" * 2_000, " ", "\n", "\r", "\\"),
        *('"title":', '"a"', '{"title":"a"}', '"guests":[', '"notes":', '"name":', r"\u0000", r"\ud83d", r"\ude00"),
        *("\0", "\u2028", "\ufeff", "\ud800", "é"),
    ]
)
TEXT = st.lists(SCRAPS, max_size=12).map("".join) | st.text(max_size=20)
JSON_TEXT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*SESSION, "name", "url", "text", "x"]), inner, max_size=5)
    ),
    max_leaves=8,
).map(json.dumps)


@BOTH
@given(texts=st.lists(TEXT, min_size=5, max_size=5))
def test_no_text_raises_what_is_not_ours(read: Read, texts: list[str]) -> None:
    """2,500 texts end in records and in errors that a person can act upon."""
    for text in texts:
        only_our_errors(read, text.encode(errors="surrogatepass"))


@BOTH
@given(data=st.binary(max_size=40))
def test_no_bytes_raise_what_is_not_ours(read: Read, data: bytes) -> None:
    """Nor do bytes that are no text."""
    only_our_errors(read, data)


@BOTH
@given(text=JSON_TEXT, titled=st.booleans())
def test_no_json_raises_what_is_not_ours(read: Read, text: str, titled: bool) -> None:
    """Whatever stands in the fields, what is yielded is a record whose texts can be written."""
    only_our_errors(read, (f'{{"title": "a", {text[1:]}' if titled and text.startswith('{"') else text).encode())
