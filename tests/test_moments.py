"""When a recording began, and when the notes of its chat were written."""

from __future__ import annotations

import datetime as dt

import pytest

from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.moments import Chat, Running, beginning
from commons_ld.origin import Origin
from commons_ld.rdf.namespaces import expand
from commons_ld.rdf.terms import Day
from commons_ld.record import MediaRecord, Note
from commons_ld.settings import Settings

DAY = dt.date(2021, 12, 2)
PARIS = "Europe/Paris"


def written(term: bytes | None) -> str:
    """Return what a literal says."""
    return term.split(b'"')[1].decode() if term else ""


def record(
    start: str, *times: str, created: str = "2021/12/02", issued: str = "", duration: str = "01:00:00"
) -> MediaRecord:
    """Return a session whose recording begins so, with a note at each time."""
    notes = tuple(Note("Ana", time, "Bonjour", participant=1) for time in times)
    return MediaRecord(
        origin=Origin("x"),
        title="21.12 X",
        created=created,
        start=start,
        issued=issued,
        duration=duration,
        notes=notes,
    )


def mapped(told: MediaRecord) -> tuple[str, list[str], list[tuple[str, str, str]]]:
    """Return when the recording began, when the notes were written, and the remarks about that."""
    block = Mapper(Settings(), Concepts()).block(told, "x")
    lines = block.data.decode().splitlines()
    start = [line.split('"')[1] for line in lines if f"/recording> <{expand('schema:startDate')}>" in line]
    times = [line.split('"')[1] for line in lines if f"<{expand('schema:dateCreated')}>" in line]
    remarks = [(one.code, one.value, one.hint) for one in block.remarks]
    return next(iter(start), ""), times, remarks


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("14:00", "2021-12-02T14:00:00+01:00"),
        ("14:00:30", "2021-12-02T14:00:30+01:00"),
        ("14h", "2021-12-02T14:00:00+01:00"),
        ("14\u00a0h\u00a005", "2021-12-02T14:05:00+01:00"),
        ("14:00-05:00", "2021-12-02T14:00:00-05:00"),
        ("2021/12/03 9:05", "2021-12-03T09:05:00+01:00"),
        ("2021-07-14 à 9h05", "2021-07-14T09:05:00+02:00"),
        ("2 décembre 2021 à 14h", "2021-12-02T14:00:00+01:00"),
        ("25/12/2021 14:00", "2021-12-25T14:00:00+01:00"),
        ("December 2 2021 at 14h", "2021-12-02T14:00:00+01:00"),
        ("2021-12-02T14:00:00Z", "2021-12-02T14:00:00+00:00"),
        ("2021-12-02T14:00+01:00", "2021-12-02T14:00:00+01:00"),
    ],
)
def test_a_start_is_a_time_with_or_without_its_day_and_its_offset(value: str, told: str) -> None:
    """What it does not tell is that of the session and of the archive."""
    began = beginning(value, DAY, PARIS)

    assert began is not None
    assert began.isoformat() == told


@pytest.mark.parametrize(
    "value",
    [
        *("", "hier", "25:00", "14:60", "14", "2021-12-02", "2021-13-02T14:00", "2021-12-02T14:00+25:00"),
        *("2021-12-02T14:00+15:00", "0001-01-01T00:00", "9999-12-31T23:00", "14:00 - 15:00", "-01:00", "T14:00"),
    ],
)
def test_what_is_no_start_is_not_made_one(value: str) -> None:
    """Nothing is guessed."""
    assert beginning(value, DAY, PARIS) is None


def test_days_that_end_with_the_year_are_read_as_the_settings_say() -> None:
    """That of the session, that of its publication, and that of a start that tells its own."""
    told = record("03/02/2021 14h", "14:10", created="03/02/2021", issued="05/02/2021")

    block = Mapper(Settings(date_order="DMY"), Concepts()).block(told, "x")
    text = block.data.decode()

    assert block.remarks == ()
    assert f'<{expand("dcterms:created")}> "2021-02-03"^^<{expand("xsd:date")}>' in text
    assert f'<{expand("dcterms:issued")}> "2021-02-05"^^<{expand("xsd:date")}>' in text
    assert {line.split('"')[1] for line in text.splitlines() if expand("xsd:dateTime") in line} >= {
        "2021-02-03T14:00:00+01:00",
        "2021-02-03T14:10:00+01:00",
    }


def test_a_chat_goes_on_past_midnight() -> None:
    """A note is of the day on which it is nearest to the one before."""
    start, times, remarks = mapped(record("23:30", "23:50", "00:05", "00:20", "23:59", duration="01:00:00"))

    assert start == "2021-12-02T23:30:00+01:00"
    assert times == [
        "2021-12-02T23:50:00+01:00",
        "2021-12-03T00:05:00+01:00",
        "2021-12-03T00:20:00+01:00",
        "2021-12-02T23:59:00+01:00",
    ]
    assert remarks == []


def test_a_chat_begins_before_midnight_for_a_recording_that_begins_after_it() -> None:
    """Only then is a note of the day before."""
    _, known, _ = mapped(record("00:10", "23:58", "00:12"))
    _, unknown, _ = mapped(record("", "00:12", "23:58"))

    assert known == ["2021-12-01T23:58:00+01:00", "2021-12-02T00:12:00+01:00"]
    assert unknown == ["2021-12-02T00:12:00+01:00", "2021-12-02T23:58:00+01:00"]


def test_one_wrong_time_puts_no_other_one_wrong() -> None:
    """After it, notes are of their day again."""
    _, times, _ = mapped(record("", "14:15", "01:10", "14:16"))

    assert [time[:10] for time in times] == ["2021-12-02", "2021-12-03", "2021-12-02"]


def test_notes_are_near_the_start_where_that_tells_another_day() -> None:
    """A start that tells its day is more exact than the page's date."""
    _, times, _ = mapped(record("2021-12-04T23:30", "23:40", "00:05"))

    assert [time[:10] for time in times] == ["2021-12-04", "2021-12-05"]


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
def test_no_day_is_beyond_the_calendar(day: dt.date) -> None:
    """On the first and the last day there is, a chat does not go on."""
    chat = Chat(Day.of(day, "Etc/UTC"))

    assert {written(chat.moment(time))[:10] for time in ("23:50", "00:05", "23:50")} <= {day.isoformat()}


@pytest.mark.parametrize(
    ("told", "remark"),
    [
        (record("hier"), ("bad-start", "hier", "")),
        (record("14:00", created="2021"), ("start-without-day", "14:00", "")),
        (record("pas une heure", created="2021"), ("bad-start", "pas une heure", "")),
        (record("2021-12-03T14:00"), ("start-on-another-day", "2021-12-03T14:00", "2021/12/02")),
        (record("2021-12-03T14:00", created="2021-11"), ("start-on-another-day", "2021-12-03T14:00", "2021-11")),
        (
            record("2021-12-03T14:00", created="", issued="2021/12/02"),
            ("start-after-publication", "2021-12-03T14:00", "2021/12/02"),
        ),
    ],
)
def test_a_start_that_cannot_be_right_is_told(told: MediaRecord, remark: tuple[str, str, str]) -> None:
    """Each with its value, and the date that it contradicts."""
    assert mapped(told)[2] == [remark]


def test_a_start_with_its_day_is_the_day_of_the_notes_where_there_is_no_other() -> None:
    """The page tells the day all the same."""
    start, times, remarks = mapped(record("2021-12-02T14:00", "14:09", created="2021"))

    assert (start, times, remarks) == ("2021-12-02T14:00:00+01:00", ["2021-12-02T14:09:00+01:00"], [])


def test_notes_that_were_not_written_while_the_recording_ran_are_counted() -> None:
    """Before its start or after its end: they stay notes, and are no chapters."""
    _, times, remarks = mapped(record("14:00", "13:58", "14:00", "14:59", "15:00", "15:30"))

    assert len(times) == 5
    assert remarks == [("notes-outside-recording", "3", "")]


def test_without_a_length_no_note_is_after_the_end() -> None:
    """What is not known is not held against a page."""
    assert mapped(record("14:00", "23:58", duration=""))[2] == []


def test_clocks_that_are_put_back_do_not_put_a_note_before_the_start() -> None:
    """Where an hour comes twice, moments are compared, and not what clocks show."""
    running = Running.of(["2021-10-31T02:30:00+02:00"], 7200)

    assert running is not None
    assert running.offset("2021-10-31T02:15:00+01:00") == 2700
    assert mapped(record("2021-10-31T02:30:00+02:00", "03:10", created="2021-10-31", duration="02:00:00"))[2] == []


@pytest.mark.parametrize(("told", "seconds"), [(["2021-12-02"], 60), ([], 60), (["2021-12-02T14:00:00"], 60),
                                               (["2021-12-02T14:00:00Z"], 0), (["no time at T"], 60)])  # fmt: skip
def test_nothing_has_a_place_in_a_recording_whose_start_or_length_is_not_known(told: list[str], seconds: int) -> None:
    """A day, a time without its offset, or no length: there are no chapters."""
    assert Running.of(told, seconds) is None
