"""Of a large file only the lines that changed are read again, and what comes of it is the same."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from commons_ld.files import parts
from commons_ld.pipeline import reading
from commons_ld.sources import json_records
from tests.archive import DATA, Archive


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have parts be of four lines, and return the numbers of the lines that are read as records."""
    lines: list[int] = []
    record = json_records._record

    def noted(data: bytes, origin: object, found: object) -> object:
        lines.append(origin.line)  # type: ignore[attr-defined]
        return record(data, origin, found)  # type: ignore[arg-type]

    monkeypatch.setattr(json_records, "_record", noted)
    monkeypatch.setattr(parts, "LINES", 4)
    monkeypatch.setattr(reading, "LINES", 4)
    return lines


def archive(root: Path) -> Archive:
    """Return an empty archive without a site."""
    return Archive(root, output=DATA)


def line(number: int, **fields: str) -> str:
    """Return a record."""
    return json.dumps({"title": f"Fiche {number}", "media_type": "Texte"} | fields)


def write(made: Archive, lines: list[str]) -> None:
    """Write the source."""
    made.write("all.jsonl", "".join(f"{line}\n" for line in lines))


def test_only_the_parts_that_changed_are_read(tmp_path: Path, read: list[int]) -> None:
    """At the beginning, in the midst, and what is put at the end."""
    made = archive(tmp_path)
    lines = [line(number) for number in range(1, 23)]
    write(made, lines)
    made.export()
    read.clear()
    lines[9] = line(10, media_type="Audio")
    lines.append(line(23))
    write(made, lines)
    outcome = made.export()

    assert read == [9, 10, 11, 12, 21, 22, 23]
    assert outcome.work.mapped == 2
    assert len(made.records()) == 23


def test_a_file_that_is_cut_short_loses_its_last_records(tmp_path: Path, read: list[int]) -> None:
    """Those of parts that are there no more, too."""
    made = archive(tmp_path)
    lines = [line(number) for number in range(1, 23)]
    write(made, lines)
    made.export()
    read.clear()
    write(made, lines[:6])
    made.export(allow_deletions=True)

    assert read == [5, 6]
    assert sorted(made.records()) == sorted(f"media/fiche-{number}" for number in range(1, 7))


def steps(chance: random.Random) -> Iterator[list[str]]:
    """Yield what a file holds, time after time: records that come, go and change, and lines that are none."""
    lines = [line(number) for number in range(30)]
    for _ in range(5):
        for _ in range(chance.choice([1, 1, 3])):
            at = chance.randrange(len(lines))
            match chance.randrange(6):
                case 0:
                    del lines[at]
                case 1:
                    lines.insert(at, line(100 + chance.randrange(8)))  # may be there already
                case 2:
                    lines[at] = chance.choice(['{"title": 12}', "no JSON", "", lines[-1]])
                case 3:
                    lines += [line(200 + len(lines))]
                case _:
                    number = chance.randrange(30)
                    lines[at] = line(number, media_type=chance.choice(["Audio", "Texte"]))
        yield list(lines)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 12))])
@pytest.mark.usefixtures("read")
def test_whatever_changed_the_files_are_those_of_an_export_from_nothing(tmp_path: Path, seed: int) -> None:
    """The report of what was refused too, and of what is there twice."""
    made = archive(tmp_path / "kept")
    for number, lines in enumerate(steps(random.Random(seed))):
        anew = archive(tmp_path / f"anew-{number}")
        for one in (made, anew):
            write(one, lines)
        report, expected = made.export().report, anew.export().report

        assert report == expected
        assert made.files() == anew.files()


def test_a_record_that_takes_the_name_of_a_later_one_comes_first(tmp_path: Path, read: list[int]) -> None:
    """The later one is refused then, though the part that it stands in is as before."""
    made = archive(tmp_path)
    lines = [line(number) for number in range(1, 13)]
    write(made, lines)
    made.export()
    read.clear()
    lines[0] = line(11, media_type="Audio")
    write(made, lines)
    report = made.export().report

    assert [refusal.origin.line for refusal in report.refused] == [11]
    assert read == [1, 2, 3, 4, *range(1, 13)]


def test_other_settings_have_every_line_read_again(tmp_path: Path, read: list[int]) -> None:
    """What was withheld may not be any more."""
    made = archive(tmp_path)
    write(made, [line(number) for number in range(1, 13)])
    made.export()
    read.clear()
    made.settings = msgspec.structs.replace(made.settings, base_iri="https://exemple.test/ld/")
    made.export(allow_deletions=True)

    assert read == list(range(1, 13))


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"a", b"a\nb", b"a\n" * 1000, b"b" * 1000 + b"\na\n", (b"x" * (1 << 19) + b"\n") * 100]
)
def test_a_file_read_in_parts_holds_what_it_holds(tmp_path: Path, data: bytes) -> None:
    """Whatever the length of its lines; what is passed over is not there, and of the others the place is known."""
    path = tmp_path / "file"
    path.write_bytes(data)
    digests = parts.digests_of(path)
    number = len(digests) // parts.ENTRY
    same = parts.unchanged(digests, digests)
    every = list(parts.pieces_of(path, {}, 1 << 20))
    odd = list(parts.pieces_of(path, {one: same[one] for one in range(0, number, 2)}, 1 << 20))
    lines = data.splitlines(keepends=True)

    assert number == -(-len(lines) // parts.LINES)
    assert b"".join(piece.data for piece in every) == data
    assert all(data[: piece.end].endswith(piece.data) for piece in every)
    assert all(data[: piece.end - len(piece.data)].count(b"\n") == piece.line for piece in every)
    assert all(len(piece.data) <= 2 << 20 for piece in every)
    assert b"".join(piece.data for piece in odd) == b"".join(
        line for place, line in enumerate(lines) if place // parts.LINES % 2
    )
    assert list(parts.pieces_of(path, same, 1 << 20)) == []


def test_of_a_line_that_is_too_long_no_more_is_held_than_tells_so(tmp_path: Path) -> None:
    """The next line is another one."""
    path = tmp_path / "file"
    path.write_bytes(b"a\n" + b"b" * 5000 + b"\nc\n")

    assert [tuple(piece) for piece in parts.pieces_of(path, {}, 99)] == [
        (0, b"a\n" + b"b" * 100, 5003),
        (2, b"c\n", 5005),
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_record_that_is_too_long_is_refused_where_it_stands(tmp_path: Path, jobs: int) -> None:
    """In a file whose other lines are read by whatever process."""
    made = archive(tmp_path)
    lines = [line(number) for number in range(1, 901)]
    lines[499] = line(500, abstract="x" * json_records.MAX_RECORD)
    lines[700] = "{"
    write(made, lines)
    outcome = made.export(jobs=jobs)

    refused = [(refusal.code, refusal.origin.line) for refusal in outcome.report.refused]
    assert (outcome.report.published, refused) == (898, [("large-record", 500), ("cut-json", 701)])
