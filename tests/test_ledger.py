"""The ledger: names in IRIs that last, and work that is not done twice."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from commons_ld.errors import PublicationError
from commons_ld.ledger import Ledger, Moves, Page, SourceFile, open_ledger
from commons_ld.ledger.file import digest_of, repr_of


def put(ledger: Ledger, key: str, title: str = "X", record: bytes = b"1", path: str = "p") -> None:
    """Note a page, of a source that was read."""
    ledger.read_source(path, SourceFile(1, 1, "s"), b"\x90")
    ledger.put_page(key, path, title, record, "2026-01-01")


def pages(ledger: Ledger) -> list[Page]:
    """Return every page there is."""
    return [page for chunk in ledger.chunks(2) for page in chunk]


def test_what_was_not_committed_is_undone(tmp_path: Path) -> None:
    """A run that fails leaves the ledger as it was."""
    with open_ledger(tmp_path) as ledger:
        put(ledger, "a")
        ledger.name_page("a", "kept")
        ledger.commit()
        ledger.name_page("a", "lost")

    with open_ledger(tmp_path) as ledger:
        assert [page.slug for page in pages(ledger)] == ["kept"]


def test_a_record_that_is_as_before_is_not_changed(tmp_path: Path) -> None:
    """Only a record that differs is mapped again, and its record is kept no longer than that takes."""
    with open_ledger(tmp_path) as ledger:
        put(ledger, "a")
        ledger.name_page("a", "a")
        (page,) = pages(ledger)
        ledger.put_result(page._replace(subject="iri", sha256="h", length=1))
        states = [(page.changed, page.record) for page in pages(ledger)]
        put(ledger, "a", record=b"1")
        states += [(page.changed, page.record) for page in pages(ledger)]
        put(ledger, "a", record=b"2")
        states += [(page.changed, page.record) for page in pages(ledger)]

    assert states == [(0, b""), (0, b"1"), (1, b"2")]


def test_pages_of_a_source_that_is_gone_are_gone_but_keep_their_names(tmp_path: Path) -> None:
    """When the page comes back it has the IRI that it had."""
    with open_ledger(tmp_path) as ledger:
        put(ledger, "a")
        ledger.name_page("a", "name")
        ledger.begin(())
        gone = pages(ledger)
        holder = ledger.holder("name")
        put(ledger, "a")

        assert gone == []
        assert holder == ("a", False)
        assert [(page.slug, page.changed) for page in pages(ledger)] == [("name", 1)]


def test_former_titles_are_those_that_differ_from_the_present_one(tmp_path: Path) -> None:
    """A page that is renamed and renamed back has the other title as a former one."""
    with open_ledger(tmp_path) as ledger:
        put(ledger, "a", "One")
        ledger.name_page("a", "one")
        ledger.retitle("a", "Two", "One")
        ledger.retitle("a", "Three", "Two")
        ledger.retitle("a", "Two", "Three")
        (page,) = pages(ledger)

    assert (page.slug, page.title) == ("one", "Two")
    assert msgspec.msgpack.decode(page.former_titles) == ["One", "Three"]


def test_a_page_takes_the_place_of_one_that_is_gone(tmp_path: Path) -> None:
    """The same page in another file has the name, and the history, of the old one."""
    with open_ledger(tmp_path) as ledger:
        put(ledger, "old", "Un titre", path="old.txt")
        ledger.name_page("old", "un-titre")
        ledger.begin(["new.txt"])
        put(ledger, "new", "Un Titre", path="new.txt")
        ledger.inherit("new", "old", "Un Titre")
        (page,) = pages(ledger)

    assert (page.key, page.slug, page.title) == ("new", "un-titre", "Un Titre")
    assert msgspec.msgpack.decode(page.former_titles) == ["Un titre"]


def test_pages_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Whatever the order in which they were read."""
    with open_ledger(tmp_path) as ledger:
        for name in ("c", "a", "d", "b", "e"):
            put(ledger, name)
            ledger.name_page(name, name)

        assert [page.slug for page in pages(ledger)] == ["a", "b", "c", "d", "e"]


def test_a_second_opener_is_told_who_is_at_work(tmp_path: Path) -> None:
    """One wins, the other says so."""
    with (
        open_ledger(tmp_path),
        pytest.raises(PublicationError, match=rf"another commons-ld is at work here \(process {os.getpid()}\)"),
        open_ledger(tmp_path),
    ):
        pass


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    """SIGKILL leaves a ledger that can be opened, without what was not committed."""
    script = (
        "import sys, time; from pathlib import Path; from commons_ld.ledger import *\n"
        "with open_ledger(Path(sys.argv[1])) as ledger:\n"
        "    ledger.set_meta('a', '1'); ledger.commit(); ledger.set_meta('a', '2'); print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)

    with open_ledger(tmp_path) as ledger:
        assert ledger.meta("a") == "1"


@pytest.mark.parametrize("junk", [b"no ledger", b"SQLite format 3\x00" + b"\xff" * 4096, b""])
def test_a_file_that_is_no_ledger_is_put_aside(tmp_path: Path, junk: bytes) -> None:
    """A new one is begun, and the broken one kept for who wants to look."""
    (tmp_path / "ledger.sqlite").write_bytes(junk)

    with open_ledger(tmp_path) as ledger:
        assert ledger.count() == 0

    if junk:
        assert (tmp_path / "ledger.sqlite.broken").read_bytes() == junk


def test_a_flipped_byte_never_gives_a_wrong_answer(tmp_path: Path) -> None:
    """A damaged ledger is either whole, or put aside, or refused: names are those that were given, or none."""
    with open_ledger(tmp_path / "good") as ledger:
        for name in "abcdefgh":
            put(ledger, name, record=name.encode() * 400)
            ledger.name_page(name, name)
        ledger.commit()
    good = (tmp_path / "good" / "ledger.sqlite").read_bytes()
    (tmp_path / "bad").mkdir()
    outcomes: set[tuple[str, ...]] = set()
    for position in range(0, len(good), len(good) // 200):
        flipped = bytearray(good)
        flipped[position] ^= 0xFF
        (tmp_path / "bad" / "ledger.sqlite").write_bytes(flipped)
        try:
            with open_ledger(tmp_path / "bad") as ledger:
                outcomes.add(tuple(page.slug for page in pages(ledger)))
        except PublicationError:
            outcomes.add(())

    assert outcomes == {tuple("abcdefgh"), ()}


def test_a_state_folder_that_cannot_be_made_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """The error names the folder and the flag."""
    (tmp_path / "file").write_text("")

    with pytest.raises(PublicationError, match=r"the state folder cannot be used: .*; name another with --state"):
        open_ledger(tmp_path / "file" / "state").__enter__()


def as_version_1(path: Path) -> None:
    """Make a ledger what it would be if the first version had written it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("DROP INDEX page_name; DROP TABLE export")
    connection.executescript("DROP INDEX page_subject; DROP TABLE change; DROP TABLE version; DROP TABLE suppression")
    connection.executescript("DROP INDEX page_line; DROP TABLE part; CREATE INDEX page_path ON page (path)")
    for column in ("line", "renamed", "reader", "described", "description_sha256", "name", "exports"):
        connection.execute(f"ALTER TABLE page DROP COLUMN {column}")
    connection.execute("UPDATE meta SET value = ? WHERE name = 'digest'", (digest_of(connection, spell=repr_of),))
    connection.execute("PRAGMA user_version = 1")
    connection.close()


def test_an_older_ledger_keeps_its_names(tmp_path: Path) -> None:
    """It is made one of this version when it is opened, and what cannot be opened any more is never put aside for that."""
    with open_ledger(tmp_path) as ledger:
        put(ledger, "a", "Un titre")
        ledger.name_page("a", "un-titre")
        ledger.commit()
    as_version_1(tmp_path / "ledger.sqlite")

    for _ in range(2):
        with open_ledger(tmp_path) as ledger:
            (page,) = pages(ledger)
            ledger.commit()

        assert (page.slug, page.title, page.reader, page.described) == ("un-titre", "Un titre", "", 0)
    assert not (tmp_path / "ledger.sqlite.broken").exists()


def test_a_page_that_another_reader_read_is_done_again(tmp_path: Path) -> None:
    """Its description names the reader, even where the record is the same."""
    with open_ledger(tmp_path) as ledger:
        put(ledger, "a")
        ledger.name_page("a", "a")
        (page,) = pages(ledger)
        ledger.put_result(page)
        ledger.put_page("a", "p", "X", b"1", "2026-01-01", "csv")

        assert [(page.changed, page.reader) for page in pages(ledger)] == [(1, "csv")]
        assert ledger.named("a") == pages(ledger)[0]
        assert ledger.named("b") is None


def test_blocks_that_moved_are_those_of_pages_that_did_not_change() -> None:
    """A page that changed and stands among them is none, though they move by as many bytes before it as after it."""
    moves = Moves()
    for slug, by in (("a", 5), ("b", 5), ("c", None), ("d", 5), ("e", -2), ("f", None)):
        moves.meet(slug, by)

    assert moves.runs == [("a", "c", 5), ("d", "e", 5), ("e", "f", -2)]
