"""The ledger: names in IRIs that last, and work that is not done twice."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import msgspec
import pytest

from commons_ld.errors import PublicationError
from commons_ld.ledger import Exported, Ledger, Moves, Page, SourceFile, digest, file, open_ledger
from commons_ld.ledger import ledger as ledger_module
from commons_ld.ledger.digest import TABLES, sum_of
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
    connection.executescript("DROP INDEX page_todo; DROP INDEX page_absent; DROP INDEX page_record")
    connection.executescript("DROP INDEX page_exports; DROP TABLE shift")
    connection.executescript("ALTER TABLE source ADD COLUMN seen INTEGER NOT NULL DEFAULT 1")
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


def rows(ledger: Ledger) -> None:
    """Write to every table of a ledger: new rows, others in the place of rows, changes, and rows that go."""
    ledger.begin(["p", "q", "r"])
    for key in "abc":
        put(ledger, key, path="q")
        ledger.name_page(key, key)
    ledger.read_source("q", SourceFile(2, 2, "s"), b"\x90", b"0" * 16)
    ledger.read_source("q", SourceFile(3, 3, "s"), b"\x90", b"1" * 16)
    ledger.keep_source("q", SourceFile(4, 4, "s"))
    ledger.put_exports("r", [Exported("r", 0, "n", "a", "", "h"), Exported("r", 1, "n", "b", "", "h")])
    ledger.set_meta("name", "value")
    ledger.set_meta("name", "another")
    ledger.log.add("create", "iri", after="h")
    ledger.log.keep_versions([(1, b"block")])
    ledger.log.suppress(["d"], "record:d", "now")
    ledger.log.suppress_person(["e", "f"], "e", 2, "now")
    ledger.log.suppress_person(["g", "f"], "g", 2, "now")
    ledger.log.release_person(["g", "f"], "g")
    for page in pages(ledger):
        ledger.put_result(page._replace(subject=page.slug, sha256="h", length=1))
    moves = Moves()
    moves.meet("b", 7)
    ledger.move(moves)
    ledger.drop_page("c")
    ledger.drop_records()
    ledger.begin(["p", "q"])
    ledger.drop_unseen_exports()
    ledger.forget_gone()


def test_the_digest_that_is_kept_is_that_of_all_rows(tmp_path: Path) -> None:
    """Whatever is written to whatever table, by a ledger that is new and by one that was left."""
    for _ in range(3):
        with open_ledger(tmp_path) as ledger:
            rows(ledger)
            ledger.commit()
            rows(ledger)
            ledger.log.suppress_person(["h"], "h", 3, "now")
            ledger.log.release_person(["h"], "h")
            ledger.commit()
        with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
            (kept,) = connection.execute("SELECT value FROM meta WHERE name = 'digest'").fetchone()
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

            assert kept == f"{sum_of(connection):064x}"
            assert tables == set(TABLES)


def test_more_rows_than_are_worth_following_are_summed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And so are those of which it is known before that there are many."""
    monkeypatch.setattr(digest, "_MANY", 10)
    for forgets in (False, True, False):
        with open_ledger(tmp_path) as ledger:
            if forgets:
                ledger.forget_work()
            rows(ledger)
            ledger.commit()
        (tmp_path / "ledger.seal").unlink()

    with open_ledger(tmp_path) as ledger:
        assert [page.slug for page in pages(ledger)] == ["a", "b"]


def test_a_ledger_that_is_as_it_was_left_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not all of it: but for one that somebody wrote to, that was left long ago, or whose seal is not there."""
    looked = list[str]()

    def summed(connection: sqlite3.Connection) -> int:
        looked.append("all")
        return digest.sum_of(connection)

    monkeypatch.setattr(file, "sum_of", summed)
    path, seal = tmp_path / "ledger.sqlite", tmp_path / "ledger.seal"

    def reads() -> bool:
        looked.clear()
        with open_ledger(tmp_path) as ledger:
            ledger.set_meta("a", "b")
            ledger.commit()
        return bool(looked)

    def write() -> None:
        with path.open("r+b") as stream:
            start = stream.read(100)
            stream.seek(0)
            stream.write(start)

    def age(days: int) -> None:
        told = json.loads(seal.read_bytes())
        seal.write_bytes(json.dumps({**told, "checked": told["checked"] + days}).encode())

    assert [reads(), reads(), reads()] == [False, False, False]
    told = path.stat(), seal.stat()
    with open_ledger(tmp_path) as ledger:
        ledger.set_meta("a", "not kept")
    assert [one.st_mtime_ns for one in (path.stat(), seal.stat())] == [one.st_mtime_ns for one in told]
    for meddle in (write, seal.unlink, lambda: age(-31), lambda: age(2), lambda: seal.write_bytes(b"{")):
        meddle()
        assert [reads(), reads()] == [True, False]


def test_a_ledger_that_was_written_to_by_something_else_is_begun_anew(tmp_path: Path) -> None:
    """Even by another program that knows SQLite, and even in the same tick of the clock."""
    with open_ledger(tmp_path) as ledger:
        rows(ledger)
        ledger.commit()
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection, connection:
        connection.execute("UPDATE page SET slug = 'wrong' WHERE key = 'a'")

    with open_ledger(tmp_path) as ledger:
        assert ledger.count() == 0
    assert (tmp_path / "ledger.sqlite.broken").exists()


def test_damage_that_is_met_on_the_way_has_all_looked_at(tmp_path: Path) -> None:
    """A disk that forgets tells of no time: the run ends, and the next one finds a ledger that is none any more."""
    with open_ledger(tmp_path) as ledger:
        for number in range(300):
            put(ledger, f"{number:04}", record=b"1" * 100)
            ledger.name_page(f"{number:04}", f"{number:04}")
        ledger.commit()
    path = tmp_path / "ledger.sqlite"
    told = path.stat()
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    seal = json.loads((tmp_path / "ledger.seal").read_bytes())
    (tmp_path / "ledger.seal").write_bytes(json.dumps({**seal, "ctime_ns": path.stat().st_ctime_ns}).encode())

    script = (
        "import sys; from pathlib import Path; from commons_ld.ledger import *\n"
        "with open_ledger(Path(sys.argv[1])) as ledger:\n    list(ledger.chunks(50))"
    )
    ran = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=False)
    assert ran.stderr.rstrip().endswith("malformed; try again, and a new one is begun")
    with open_ledger(tmp_path) as ledger:
        assert ledger.count() == 0


def test_blocks_that_move_are_found_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time after time, whether their rows are written again or not."""
    monkeypatch.setattr(ledger_module, "_MOST_SHIFTS", 4)
    random.seed(6)
    lengths = {f"{number:03}": random.randrange(1, 50) for number in range(40)}
    for _ in range(30):
        with open_ledger(tmp_path) as ledger:
            if not ledger.count():
                for slug in lengths:
                    put(ledger, slug)
                    ledger.name_page(slug, slug)
            again = (
                set(lengths) if not ledger.meta("made") else set(random.sample(sorted(lengths), random.randrange(4)))
            )
            ledger.set_meta("made", "yes")
            lengths |= {slug: random.randrange(1, 50) for slug in again}
            moves, position = Moves(), 0
            for page in pages(ledger):
                if page.slug in again:
                    ledger.put_result(page._replace(subject=page.slug, start=position, length=lengths[page.slug]))
                moves.meet(page.slug, None if page.slug in again else position - page.start)
                position += lengths[page.slug]
            ledger.move(moves)
            ledger.commit()
            expected = dict(zip(lengths, accumulate(lengths.values(), initial=0), strict=False))

            assert {page.slug: page.start for page in pages(ledger)} == expected
            assert {row[0]: row[4] for row in ledger.published()} == expected
            assert {slug: ledger.place(slug)[1] for slug in lengths} == expected  # type: ignore[index]

    with open_ledger(tmp_path) as ledger:
        ledger.forget_work()
        ledger.commit()
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM shift").fetchone() == (0,)


def test_what_is_noted_of_all_pages_holds_until_one_is_not_as_it_was(tmp_path: Path) -> None:
    """Unless it is noted again; what is told of pages elsewhere in their rows does not matter."""

    def noted(change: Callable[[Ledger], object], *, again: bool = False) -> str:
        with open_ledger(tmp_path) as ledger:
            change(ledger)
            if again:
                ledger.notes.put("sum", "another")
            ledger.commit()
        with open_ledger(tmp_path) as ledger:
            return ledger.notes.get("sum")

    def hold(ledger: Ledger) -> None:
        (page,) = pages(ledger)
        ledger.put_result(page._replace(subject="iri", held=True, findings=b"1"))

    def add(ledger: Ledger) -> None:
        put(ledger, "a")
        ledger.name_page("a", "a")

    assert noted(add) == ""
    assert noted(lambda _: None, again=True) == "another"
    assert noted(lambda ledger: put(ledger, "a", record=b"2")) == "another"
    assert noted(hold) == ""
    assert noted(hold, again=True) == "another"
    assert noted(hold) == "another"
    assert noted(lambda ledger: ledger.forget_work()) == ""


def test_somebody_is_told_of_what_pages_were_and_are(tmp_path: Path) -> None:
    """As far as notes are about it, and once the ledger was there before."""
    told: list[tuple[object, ...]] = []
    for key in ("a", "b", ""):
        with open_ledger(tmp_path) as ledger:
            ledger.notes.follow(lambda old, new: told.append((old and old.slug, new and new.slug)))
            if key:
                put(ledger, key)
                ledger.name_page(key, key)
            else:
                ledger.drop_page("b")
            ledger.commit()

    assert told == [(None, None), (None, "b"), ("b", None)]
