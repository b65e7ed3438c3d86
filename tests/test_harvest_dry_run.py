"""``harvest --dry-run``: it tells what the harvest then does, by each protocol, and leaves no trace of itself."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from commons_ld import harvesting
from commons_ld.errors import HarvestError
from commons_ld.settings import Settings
from tests.archive import Archive, page
from tests.foreign import HOST, Foreign

MEMBERS = """@prefix ldes: <https://w3id.org/ldes#> . @prefix tree: <https://w3id.org/tree#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
</stream> a ldes:EventStream ; ldes:versionOfPath dcterms:isVersionOf ; tree:view </ldes> ; tree:member </v/1>, </v/9> .
</v/1> dcterms:isVersionOf </a> ; dcterms:title "A" . </v/9> dcterms:isVersionOf </z> .
"""


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    """Return an archive in which there is nothing yet."""
    return Foreign(tmp_path)


def seen(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return what is in a folder and below: each file with its time and bytes."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


def command(url: str, *options: str, folder: Path, language: str = "en") -> str:
    """Harvest by the command, and return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "commons_ld", "harvest", url, *options],
        cwd=folder, capture_output=True, text=True, timeout=120, env=os.environ | {"COMMONS_LD_LANG": language},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("protocol", sorted(harvesting.PROTOCOLS))
def test_it_tells_what_the_harvest_then_does_and_writes_nothing(
    tmp_path: Path, followed: tuple[Archive, str], protocol: str
) -> None:
    """The first time, and when records are new, changed and deleted since; no folder is made for it."""
    archive, url = followed
    task = harvesting.Task(url, tmp_path / "copy", protocol, prefix="rdf" if protocol == "oai-pmh" else "")

    def harvest(task: harvesting.Task) -> harvesting.Harvested:
        return harvesting.harvest(task, Settings(), sleep=lambda _seconds: None)

    for number in range(3):
        archive.write(f"{number}.txt", page(f"Page {number}"))
    archive.export()
    told = harvest(task._replace(dry_run=True))
    assert not task.into.exists()
    done = harvest(task)
    assert (told.changes, told.records) == (done.changes, done.records)
    assert {change.kind for change in told.changes} == {"new"}

    (archive.data / "0.txt").unlink()
    archive.write("1.txt", page("Page 1", abstract="Autre chose."))
    archive.write("3.txt", page("Page 3"))
    archive.export()
    before = seen(task.into)
    told = harvest(task._replace(dry_run=True))
    assert seen(task.into) == before
    done = harvest(task)
    assert (told.changes, told.records) == (done.changes, done.records)
    gone = "dropped" if protocol == "schema.org" else "deleted"
    assert {"new", "changed", gone} == {change.kind for change in told.changes}
    assert harvest(task._replace(dry_run=True)).changes == []


def test_the_command_tells_it_in_both_languages_and_to_programs(tmp_path: Path, followed: tuple[Archive, str]) -> None:
    """With names, and the counts; the folder in which it runs stays as it was."""
    archive, url = followed
    archive.write("a.txt", page("Un"))
    archive.write("b.txt", page("Deux"))
    archive.export()
    here = tmp_path / "here"
    here.mkdir()

    english = command(url, "--dry-run", "--into", "copy", folder=here)
    french = command(url, "--dry-run", "--into", "copy", folder=here, language="fr")
    told: dict[str, Any] = json.loads(command(url, "--dry-run", "--into", "copy", "--json", folder=here))

    assert f"  new: {url}session/un\n" in english
    assert english.splitlines()[-1].endswith(" would be in copy/ (nothing is written): 2 new.")
    assert f"  nouvelle: {url}session/un\n" in french
    assert french.splitlines()[-1].endswith(" seraient dans copy/ (rien n'est écrit) : 2 nouvelles.")
    assert (told["dry_run"], told["records"], len(told["changes"])) == (True, 2, 2)
    assert seen(here) == {}
    assert f" would be in harvested/127.0.0.1-{httpx.URL(url).port}/ (nothing" in command(url, "--dry-run", folder=here)
    command(url, "--into", "copy", folder=here)
    assert "would be in copy/ (nothing is written): nothing would change." in command(
        url, "--dry-run", "--into", "copy", folder=here
    )
    assert "(rien n'est écrit) : rien ne changerait." in command(
        url, "--dry-run", "--into", "copy", folder=here, language="fr"
    )


def test_what_could_not_be_read_is_told_and_not_remembered(foreign: Foreign) -> None:
    """Nothing is promised of the next run, which knows nothing of it."""
    foreign.put("/ldes", MEMBERS, "text/turtle")

    told = foreign.harvest(f"{HOST}/ldes", "ldes", dry_run=True)

    assert ([refused.key for refused in told.refused], told.is_whole) == ([f"{HOST}/z"], False)
    assert "1 could not be read." in harvesting.to_text(told, "en")
    assert "1 n'ont pu être lues." in harvesting.to_text(told, "fr")
    assert not (foreign.folder / "copy").exists()


def test_a_folder_of_another_archive_is_told_of_in_a_dry_run_too(foreign: Foreign) -> None:
    """As the harvest would."""
    foreign.put("/ldes", MEMBERS, "text/turtle")
    foreign.harvest(f"{HOST}/ldes", "ldes")

    with pytest.raises(HarvestError, match=r"a copy of https://archive\.example/ldes already"):
        foreign.harvest(f"{HOST}/oai", "oai-pmh", dry_run=True)


def test_a_copy_that_was_cut_off_within_a_transaction_is_not_mended_by_a_dry_run(foreign: Foreign) -> None:
    """That takes writing: it is told what does it, and that does."""
    foreign.put("/ldes", MEMBERS, "text/turtle")
    foreign.harvest(f"{HOST}/ldes", "ldes")
    folder = foreign.folder / "copy"
    # A process that dies within a transaction, when some of it is on the disk already.
    killed = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size=1")
database.execute("BEGIN IMMEDIATE")
database.executemany("INSERT INTO state VALUES (?, ?)", ((f"half {n}", "x" * 900) for n in range(2000)))
os._exit(9)
"""
    done = subprocess.run([sys.executable, "-c", killed, str(folder / "harvest.sqlite")], check=False)
    assert done.returncode == 9
    assert (folder / "harvest.sqlite-journal").stat().st_size > 0
    before = seen(folder)

    with pytest.raises(HarvestError, match="run once without --dry-run"):
        foreign.harvest(f"{HOST}/ldes", "ldes", dry_run=True)

    assert seen(folder) == before
    foreign.harvest(f"{HOST}/ldes", "ldes")
    with sqlite3.connect(folder / "harvest.sqlite") as database:
        assert database.execute("SELECT count(*) FROM state WHERE name LIKE 'half%'").fetchone() == (0,)
    assert foreign.harvest(f"{HOST}/ldes", "ldes", dry_run=True).changes == []


def test_a_damaged_copy_is_told_of_in_a_dry_run_too(foreign: Foreign) -> None:
    """And left as it is."""
    foreign.put("/ldes", MEMBERS, "text/turtle")
    folder = foreign.folder / "copy"
    folder.mkdir()
    (folder / "harvest.sqlite").write_bytes(b"no database" * 1000)

    with pytest.raises(HarvestError, match="is damaged"):
        foreign.harvest(f"{HOST}/ldes", "ldes", dry_run=True)
    assert list(seen(folder)) == ["harvest.sqlite"]
