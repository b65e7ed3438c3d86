"""The change log: what it says after each publication, and when."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from commons_ld.cli import commands
from commons_ld.errors import SettingsError
from commons_ld.ledger import open_ledger
from commons_ld.ledger.digest import sum_of
from commons_ld.ledger.log import read_log
from commons_ld.pipeline import exporting
from tests.archive import DATA, Archive, page

BASE = "https://w3id.org/commons-ld/remix/"
DUMP = """<mediawiki><page><title>{title}</title><ns>0</ns><id>7</id><revision><id>1</id>
<timestamp>2021-12-02T10:00:00Z</timestamp><text>{{{{Objet média|Date de création=2021/12/02|Description=Un texte.}}}}</text>
</revision></page>{more}</mediawiki>"""


def log(archive: Archive) -> list[tuple[str, str, str]]:
    """Return kind, record and cause of each change."""
    found = read_log(archive.root / ".commons-ld")
    return [(change.kind, change.subject.removeprefix(BASE), change.cause) for change in found]


def test_a_life_is_told_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    """Published, updated, renamed with its IRI kept, withdrawn, published again; nothing where nothing changed."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.txt", page("Un titre"))
    archive.export()
    archive.export()
    archive.write("a.txt", page("Un titre", lead="Autre chose."))
    archive.export()
    archive.write("a.txt", page("Un autre titre", lead="Autre chose."))
    archive.export()
    (archive.data / "a.txt").unlink()
    archive.write("b.txt", page("Le second"))
    archive.export()
    archive.write("c.txt", page("Un autre titre"))
    (archive.data / "b.txt").unlink()
    archive.export()

    assert log(archive) == [
        ("create", "session/un-titre", ""),
        ("update", "session/un-titre", ""),
        ("rename", "session/un-titre", ""),
        ("create", "session/le-second", ""),
        ("delete", "session/un-titre", ""),
        ("create", "session/un-autre-titre", ""),
        ("delete", "session/le-second", ""),
    ]
    changes = read_log(archive.root / ".commons-ld")
    lives = [change for change in changes if change.subject == BASE + "session/un-titre"]
    assert [change.before for change in lives[1:]] == [change.after for change in lives[:-1]]
    assert (lives[0].before, lives[-1].after) == ("", "")


def test_datestamps_are_given_once_and_never_go_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the time of the publication, or later than the last one where the clock stepped back."""
    archive = Archive(tmp_path, output=DATA)
    for epoch, title in (("1000000000", "a"), ("999999999", "b"), ("1000000100", "c")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        archive.write(f"{title}.txt", page(title))
        archive.export()
        archive.export()

    assert [change.at for change in read_log(archive.root / ".commons-ld")] == [
        "2001-09-09T01:46:40Z",
        "2001-09-09T01:46:41Z",
        "2001-09-09T01:48:20Z",
    ]

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    archive.write("d.txt", page("d"))
    with pytest.raises(SettingsError, match="'yesterday' is no number of seconds"):
        archive.export()


def test_a_rebuild_that_changes_blocks_is_an_update_and_said_to_be_one(tmp_path: Path) -> None:
    """The page is as before, and a setting is not."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.txt", page("a"))
    archive.export()
    before = read_log(archive.root / ".commons-ld")
    (archive.root / ".commons-ld" / "ledger.sqlite").exists()
    archive.out.unlink()
    archive.export()
    assert read_log(archive.root / ".commons-ld") == before

    archive = Archive(tmp_path, timezone="Europe/Lisbon", output=DATA)
    archive.export()

    assert log(archive) == [("create", "session/a", ""), ("update", "session/a", "rebuild")]


def test_a_record_that_does_not_conform_any_more_is_withdrawn(tmp_path: Path) -> None:
    """And it says why."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.txt", page("a"))
    archive.write("b.txt", page("b"))
    archive.export()
    archive.write("b.txt", page("b", duration="00/25:00"))
    archive.export()

    assert log(archive)[2:] == [("delete", "session/b", "held")]


def merge_second_into_first(archive: Archive) -> None:
    """Publish two records, and then a dump of a wiki in which a redirect tells that the second is the first."""
    archive.write("b.txt", page("Second"))
    archive.write("wiki.xml", DUMP.format(title="Premier", more=""))
    archive.export()
    (archive.data / "b.txt").unlink()
    redirect = '<page><title>Second</title><ns>0</ns><id>8</id><redirect title="Premier"/></page>'
    archive.write("wiki.xml", DUMP.format(title="Premier", more=redirect))
    archive.export()


def test_a_page_that_sends_on_to_another_was_merged_into_it(tmp_path: Path) -> None:
    """A dump of a wiki tells it by a redirect."""
    archive = Archive(tmp_path, output=DATA)
    merge_second_into_first(archive)

    last = read_log(archive.root / ".commons-ld")[-1]
    assert (last.kind, last.subject, last.target) == ("merge", f"{BASE}session/second", f"{BASE}media/premier")


def test_many_pages_may_be_merged_at_once(tmp_path: Path) -> None:
    """None of them is gone: whoever harvests is sent on, and loses nothing."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("wiki.xml", DUMP.format(title="Premier", more=""))
    for number in range(8):
        archive.write(f"{number}.txt", page(f"Second {number}"))
    archive.export()
    for number in range(8):
        (archive.data / f"{number}.txt").unlink()
    redirect = '<page><title>Second {0}</title><ns>0</ns><id>{1}</id><redirect title="Premier"/></page>'
    archive.write("wiki.xml", DUMP.format(title="Premier", more="".join(redirect.format(n, n + 8) for n in range(8))))
    archive.export()

    assert [kind for kind, _, _ in log(archive)[-8:]] == ["merge"] * 8


def test_an_older_ledger_dates_its_records_at_the_first_export_that_knows_of_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was published before the log began is published by it once; the ledger is taken for what it is."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.txt", page("a"))
    archive.export()
    with sqlite3.connect(archive.root / ".commons-ld" / "ledger.sqlite") as connection:
        connection.execute("DELETE FROM change")
        connection.execute("DELETE FROM version")
        connection.execute("DELETE FROM meta WHERE name = 'made_with'")
        connection.execute("UPDATE meta SET value = ? WHERE name = 'digest'", (f"{sum_of(connection):064x}",))
    connection.close()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    archive.export()

    assert [(change.kind, change.at) for change in read_log(archive.root / ".commons-ld")] == [
        ("create", "2001-09-09T01:46:40Z")
    ]
    assert not (archive.root / ".commons-ld" / "ledger.sqlite.broken").exists()


def test_what_is_published_is_counted_as_far_as_it_is_asked(tmp_path: Path) -> None:
    """What is held back is not; a large archive is not gone through for a small number."""
    archive = Archive(tmp_path, output=DATA)
    for number in range(3):
        archive.write(f"{number}.txt", page(f"Fiche {number}"))
    archive.write("held.txt", page("Une autre", created="un jour"))
    archive.export()

    with open_ledger(tmp_path / ".commons-ld") as ledger:
        assert [ledger.log.count_published(most) for most in (2, 10)] == [2, 3]


def test_checking_without_writing_changes_no_log(tmp_path: Path) -> None:
    """validate() tells what an export would say, and publishes nothing."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.txt", page("a"))
    exporting.validate(archive.settings)

    assert log(archive) == []


def test_the_command_lists_the_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a table in two languages and as JSON, from a time on."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.txt", page("a"))
    archive.export()
    monkeypatch.chdir(tmp_path)
    run = CliRunner()

    assert (
        run.invoke(commands, ["changes", "--lang", "fr"]).output == f"2001-09-09T01:46:40Z  publié    {BASE}session/a\n"
    )
    assert json.loads(run.invoke(commands, ["changes", "--json"]).output)[0]["kind"] == "create"
    assert run.invoke(commands, ["changes", "--since", "2001-09-10", "--lang", "en"]).output == "No change is known.\n"
    assert (
        run.invoke(commands, ["changes", "--since", "10/09/2001"]).exit_code == 2
    )  # and no answer that looks like one
