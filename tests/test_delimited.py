"""CSV is read as spreadsheets save it, row by row."""

from __future__ import annotations

import csv
import io
import itertools
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.errors import MalformedSource, SourceError
from commons_ld.field_names import FIELDS
from commons_ld.messages import message
from commons_ld.origin import Origin
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, Remark, Unrecognised
from commons_ld.record_schema import fields
from commons_ld.sources.delimited import MAX_ROW, read_csv
from tests.hostile import only_our_errors


def records(data: bytes | str) -> list[MediaRecord]:
    """Return every record; what is refused raises."""
    return list(read_csv(io.BytesIO(data if isinstance(data, bytes) else data.encode()), origin=Origin("f.csv")))


def both(data: bytes | str) -> tuple[list[str], list[SourceError]]:
    """Return the titles that were read, and what was refused."""
    rejected: list[SourceError] = []
    stream = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    return [record.title for record in read_csv(stream, origin=Origin("f.csv"), reject=rejected.append)], rejected


def test_a_row_becomes_a_record_with_its_line() -> None:
    """Quoted cells hold separators, quotation marks and lines; the line is the one that the row begins on."""
    first, second = records('title,abstract,countries\r\n"Eau, ""air""","a\n\nb",France\r\n\r\nc,,\r\n')

    assert first == MediaRecord(
        title='Eau, "air"',
        abstract="a\n\nb",
        countries=("France",),
        origin=Origin("f.csv", 2, 'Eau, "air"'),
        lines={"title": 2, "abstract": 2, "countries": 2},
    )
    assert (second.title, second.origin.line) == ("c", 6)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n", "\ufeff\r\n"])
def test_the_separator_is_told_from_the_header(mark: str, start: str) -> None:
    """A French spreadsheet writes semicolons, and begins with a byte order mark."""
    [record] = records(f'{start}"title"{mark}created{mark}pad\n"a;b,c\td"{mark}2021{mark}\n')

    assert (record.title, record.created) == ("a;b,c\td", "2021")


@pytest.mark.parametrize("language", [0, 1], ids=["fr", "en"])
@pytest.mark.parametrize("field", sorted({*FIELDS} & {*fields()} - {"notes_heading"}))  # called as the notes are
def test_a_column_may_be_called_as_the_report_calls_its_field(field: str, language: int) -> None:
    """Whoever keeps a spreadsheet need not know the names that programs use."""
    name = FIELDS[field][language]

    [record] = records(f'"Titre";"{name}"\n"Eau";"session"\n' if field != "title" else f"{name}\nEau\n")

    assert record.unrecognised == ()
    assert field in record.lines


def test_a_column_may_be_called_as_pages_do() -> None:
    """Singular or plural, with or without brackets."""
    [record] = records("Titre;Enjeu;Participants;Ressources\nEau;Climat;Ada|Max;La carte\n")

    assert (record.enjeux, record.participants, record.documents) == (
        ("Climat",),
        ("Ada", "Max"),
        (Document("La carte"),),
    )


@pytest.mark.parametrize("name", ["Invités", "Invitées", "Invité", "Invité.e.s", "invité-e-s", "INVITÉ(E)S", "Guest"])
def test_plural_and_feminine_of_a_column_do_not_matter(name: str) -> None:
    """The report writes ``Invité·e·s``, which few type."""
    [record] = records(f"Titre;{name}\nEau;Ada")

    assert record.guests == (Guest("Ada"),)


def test_no_two_fields_are_called_alike() -> None:
    """However a column is compared, each field keeps the names that it has."""
    for field in fields():
        [record] = records(f'"title";"{field}"\n"Eau";"session"\n' if field != "title" else "title\nEau\n")
        assert set(record.lines) == {"title", field}


@pytest.mark.parametrize(
    "header", ["title;resultats_attendus", "Title;Résultats attendus", " TITLE ;RESULTATS\u00a0ATTENDUS"]
)
def test_case_accents_and_blanks_of_a_column_do_not_matter(header: str) -> None:
    """A person names the columns as they are read."""
    [record] = records(f"{header}\na;b")

    assert record.resultats_attendus == ("b",)


def test_a_file_of_one_column_is_read() -> None:
    """Nothing parts its cells."""
    assert [record.title for record in records("title\na\nb")] == ["a", "b"]


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("a|b", ("a", "b")),
        (" a |\u00a0b | ", ("a", "b")),
        (r"a\|b|c", ("a|b", "c")),
        (r"C:\a|b", (r"C:\a", "b")),
        ("a, b; c|", ("a, b; c",)),
        ("a, b; c", ("a", "b", "c")),
        ("a (b, c),\r\n\r\nd,", ("a (b, c)", "d")),
        ("a &amp; b", ("a &amp; b",)),
        (r"a\|b, c", ("a|b", "c")),
        ("|", ()),
    ],
)
def test_values_of_a_cell_are_parted_as_people_do_it(cell: str, values: tuple[str, ...]) -> None:
    """A backslash before the bar makes it a part of the value; commas part as they do on the page."""
    [record] = records(f'title\tenjeux\na\t"{cell}"')

    assert record.enjeux == values


@pytest.mark.parametrize(
    ("cell", "names", "doubtful"),
    [
        ("Alice Exemple, Basile Inventé", ("Alice Exemple", "Basile Inventé"), ()),
        ("Exemple, Alice", ("Exemple, Alice",), ("Exemple, Alice",)),
        (
            "Exemple, Alice; Inventé, Basile",
            ("Exemple, Alice", "Inventé, Basile"),
            ("Exemple, Alice", "Inventé, Basile"),
        ),
        ("Exemple, Alice\nBasile Inventé,", ("Exemple, Alice", "Basile Inventé"), ("Exemple, Alice",)),
        ("Alice, Basile et Tom", ("Alice, Basile et Tom",), ("Alice, Basile et Tom",)),
        ("Alice Exemple, Basile", ("Alice Exemple, Basile",), ("Alice Exemple, Basile",)),
        ("Alice Exemple", ("Alice Exemple",), ()),
    ],
)
@pytest.mark.parametrize("column", ["participants", "authors"])
def test_a_comma_may_stand_inside_a_name(
    column: str, cell: str, names: tuple[str, ...], doubtful: tuple[str, ...]
) -> None:
    """Many catalogues put the surname first; what may be two names is remarked on."""
    [record] = records(f'title\t{column}\na\t"{cell}"')

    assert getattr(record, column) == names
    assert record.remarks == tuple(Remark("comma-in-name", column, value, 2) for value in doubtful)


def test_the_line_by_which_a_spreadsheet_is_told_of_the_separator_is_no_row() -> None:
    """Nor is it counted out: lines are those of the file."""
    [record] = records("\ufeffsep=;\r\ntitle;pad\r\na;b\r\n")

    assert (record.title, record.pad, record.origin.line) == ("a", "b", 3)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("guests", "Ada: dit, oui; non\nMax", (Guest("Ada", "dit, oui; non"), Guest("Max"))),
        ("notes", "[14:09] Ada: un\ndeux", (Note("Ada", "14:09", "un\ndeux"),)),
        ("guests", "Ada\u00a0: dit: oui", (Guest("Ada", "dit: oui"),)),
        ("guests", "Ada | Max", (Guest("Ada"), Guest("Max"))),
        ("documents", "a < b <https://e.test/>", (Document("a < b", "https://e.test/"),)),
        ("documents", "https://e.test/", (Document(url="https://e.test/"),)),
        ("documents", "<https://e.test/>|a > b", (Document(url="https://e.test/"), Document("a > b"))),
        ("links", "e.test", (Link("e.test"),)),
        ("links", "a <e.test>", (Link("e.test", "a"),)),
        ("notes", "[14:09] Ada : oui : non", (Note("Ada", "14:09", "oui : non"),)),
        ("notes", "voir ici : là", (Note(text="voir ici : là"),)),
        ("notes", "[14:10] sans nom", (Note(text="[14:10] sans nom"),)),
    ],
)
def test_parts_are_told_from_their_form(column: str, cell: str, value: tuple[Any, ...]) -> None:
    """What does not have the form is a text: nothing is lost."""
    [record] = records(f'title\t{column}\na\t"{cell}"')

    assert getattr(record, column) == value


def test_unknown_columns_are_kept_with_the_nearest_known_one() -> None:
    """What no field is known for is neither lost nor guessed; a column without a name is called by its number."""
    [record] = records("title;Langages;;vide\na;FR;x;")

    assert record.unrecognised == (
        Unrecognised("Langages", "FR", 2, "languages"),
        Unrecognised("column 3", "x", 2, ""),
    )


def test_characters_that_nothing_can_hold_are_dropped_with_a_remark() -> None:
    """As in every other source."""
    [record] = records("title,pad\na\0b,c")

    assert record.title == "ab"
    assert record.remarks == (Remark("dropped-characters", "title", "1", 2),)


def test_rows_without_values_are_skipped_and_short_ones_are_read() -> None:
    """Spreadsheets leave rows of separators behind, and cut off those at the end of a row."""
    assert [record.title for record in records("title;pad;links\n;;\n \na\n;\nb;;;;\n")] == ["a", "b"]


def test_refused_rows_do_not_stop_the_reading() -> None:
    """The caller may collect what is refused and still get the rest."""
    titles, rejected = both("title,kind,guests\na,,\n,media,\nb,x,\nc,,d,e\nd,,: ingénieure\ne,,\n")

    assert titles == ["a", "e"]
    assert [str(error) for error in rejected] == [
        "f.csv, line 3: 'title' is missing or empty; fill it in",
        "f.csv, line 4, b: 'kind' cannot be 'x'; write session or media, or nothing",
        "f.csv, line 5: the row has more cells than the 3 columns; put the text with the separator between quotation marks",
        "f.csv, line 6, d: 'guests[1].name' is missing or empty; fill it in",
    ]


def test_a_refusal_is_said_in_french_too() -> None:
    """The error carries the parts of its message."""
    _, [error] = both("title\na,b")

    assert message(error.code, "fr", value=error.value) == (
        "la ligne a plus de cellules que les 1 colonnes ; mettre entre guillemets le texte avec le séparateur"
    )


@pytest.mark.parametrize(
    ("data", "line", "code", "before"),
    [
        (b"", 1, "no-title-column", []),
        (b"\n\n", 1, "no-title-column", []),
        (b"name,place\na,b", 1, "no-title-column", []),
        (b"\n\ntitle;pad;Title\na;b;c", 3, "repeated-column", []),
        (b'title\na\n"b\nc\nd\n', 3, "bad-csv", ["a"]),
        (b'title,pad\na,b\n"c"d,e\nf,g', 3, "bad-csv", ["a"]),
        (b"title\na\rb", 2, "bad-csv", []),
        (b'title,pad\na,b\nc,"\n\xe9"\nf,g', 4, "not-utf-8", ["a"]),
        (b"\xff\xfet\0i\0t\0l\0e\0", 1, "not-utf-8", []),
        (b"title,pad\na,b\nc," + b"x" * 131_073, 3, "large-cell", ["a"]),
        (b"title,pad\na,b\nc," + b"x," * MAX_ROW, 3, "large-record", ["a"]),
        (b'title,pad\na,b\n"' + b"x\n" * MAX_ROW, 3, "large-cell", ["a"]),
    ],
)
def test_a_file_whose_rows_cannot_be_told_ends_there(data: bytes, line: int, code: str, before: list[str]) -> None:
    """Where the next row begins is not known then, and guessing would make records of pieces of text."""
    read: list[str] = []
    refused: list[SourceError] = []
    with pytest.raises(MalformedSource) as raised:
        read.extend(record.title for record in read_csv(io.BytesIO(data), origin=Origin("f"), reject=refused.append))

    assert (raised.value.code, raised.value.origin.line, refused) == (code, line, [])
    stream = read_csv(io.BytesIO(data), origin=Origin("f"))
    assert [record.title for record in itertools.islice(stream, len(before))] == before


def test_reading_leaves_the_limit_of_the_csv_module_alone() -> None:
    """It is one for the whole process, and others may count on it."""
    before = csv.field_size_limit()
    both("title\n" + "x" * 131_072)

    assert csv.field_size_limit() == before


class Rows(io.RawIOBase):
    """A header, and the same row again and again."""

    def __init__(self, header: bytes, row: bytes, times: int) -> None:
        self._header, self._row, self._left = header, row, times

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data, self._header = self._header, b""
        times = min((len(buffer) - len(data)) // len(self._row), self._left)
        self._left -= times
        data += self._row * times
        buffer[: len(data)] = data
        return len(data)


def test_memory_does_not_grow_with_the_size_of_the_file() -> None:
    """50 MB are read in less than 2."""
    stream = io.BufferedReader(Rows(b"title,abstract\n", b"a," + b"x" * 10_000 + b"\n", 5_000), 1 << 16)
    tracemalloc.start()
    try:
        read = sum(1 for _ in read_csv(stream, origin=Origin("f")))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert read == 5_000
    assert peak < 2_000_000


CELLS = st.text(st.sampled_from('ab ,;|"\n:é\u00a0'), max_size=8)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4), st.sampled_from([",", ";", "\t"]))
def test_what_a_spreadsheet_writes_is_read_back(rows: list[tuple[str, str]], mark: str) -> None:
    """Whatever stands in the cells, each row is told from the next."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark)
    writer.writerows([("title", "abstract"), *rows])

    titles, rejected = both(text.getvalue())

    assert titles == [title.strip() for title, _ in rows if title.strip()]
    assert len(rejected) == sum(bool(abstract.strip() and not title.strip()) for title, abstract in rows)


SCRAPS = st.sampled_from(
    [
        *("title", "guests", "links", "notes", "documents", "kind", "a", "é", "http://e.test", "[14:09] A: b"),
        *(",", ";", "\t", "|", "\\|", '"', '""', "<", ">", "[", "]", ":", " ", "\n", "\r", "\r\n", "\n\n"),
        *("\0", "\x85", "\u2028", "\ufeff", "\ud800"),
    ]
)
TEXT = st.lists(SCRAPS, max_size=16).map("".join) | st.text(max_size=20)
HEADERS = st.sampled_from(["", "title\n", "title,guests,notes\n", "title;links;documents;x\n", "\ufefftitle\tkind\n"])


@given(HEADERS, st.lists(TEXT, min_size=5, max_size=5))
def test_no_text_raises_what_is_not_ours(header: str, texts: list[str]) -> None:
    """2,500 texts end in records and in errors that a person can act upon."""
    for text in texts:
        only_our_errors(read_csv, (header + text).encode(errors="surrogatepass"))


@given(st.binary(max_size=40))
def test_no_bytes_raise_what_is_not_ours(data: bytes) -> None:
    """Nor do bytes that are no text."""
    only_our_errors(read_csv, b"title,guests\n" + data)
