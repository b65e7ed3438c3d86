"""Many records that are gone at once: nothing is withdrawn that nobody meant to withdraw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from commons_ld.cli import commands
from commons_ld.errors import RecordsVanished
from tests.archive import DATA, Archive, page
from tests.publications import files

TABLE = "title,created,duration\n"


def rows(count: int, duration: str = "01:00:00") -> str:
    """Return a table of recordings."""
    return TABLE + "".join(f"Réunion {number},2021-12-02,{duration}\n" for number in range(count))


def unmounted(archive: Archive) -> None:
    """Leave the folder of the data as one is where nothing is mounted."""
    (archive.data / "table.csv").unlink()


def in_another_encoding(archive: Archive) -> None:
    """Save the table as spreadsheets on Windows do."""
    (archive.data / "table.csv").write_bytes(rows(8).encode("cp1252"))


def with_a_column_that_cannot_be_read(archive: Archive) -> None:
    """Have every record held back."""
    archive.write("table.csv", rows(8, duration="long"))


@pytest.mark.parametrize("happens", [unmounted, in_another_encoding, with_a_column_that_cannot_be_read])
def test_an_archive_that_is_gone_as_a_whole_is_not_withdrawn(
    tmp_path: Path, happens: Callable[[Archive], None]
) -> None:
    """What is published stands, byte for byte, until the sources are back, and nothing changed meanwhile."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("table.csv", rows(8))
    archive.export()
    before = files(archive.out)

    happens(archive)
    with pytest.raises(RecordsVanished) as caught:
        archive.export()

    assert len(caught.value.gone) == 8
    assert "8 of the 8 published records would be withdrawn" in caught.value.told("en")
    assert "8 des 8 fiches publiées seraient retirées" in caught.value.told("fr")
    assert files(archive.out) == before
    archive.write("table.csv", rows(8))
    assert not archive.export().changed


@pytest.mark.parametrize(
    ("count", "left", "believed"), [(12, 7, True), (12, 6, False), (120, 114, True), (120, 113, False)]
)
def test_a_few_are_believed_to_be_gone(tmp_path: Path, count: int, left: int, believed: bool) -> None:
    """Five, or a twentieth of all, are what an archive takes out now and then."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("table.csv", rows(count))
    archive.export()

    archive.write("table.csv", rows(left))
    if believed:
        assert archive.export().report.published == left
    else:
        with pytest.raises(RecordsVanished):
            archive.export()


def test_an_archive_that_another_one_takes_the_place_of_is_not_withdrawn(tmp_path: Path) -> None:
    """However many records come: what counts is what was published before."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("table.csv", rows(3))
    archive.export()
    archive.write("table.csv", TABLE + "".join(f"Atelier {number},2021-12-02,PT1H\n" for number in range(100)))

    with pytest.raises(RecordsVanished, match="3 of the 3 published records"):
        archive.export()
    assert archive.export(allow_deletions=True).report.published == 100


def test_another_base_is_asked_about(tmp_path: Path) -> None:
    """Every address would be another one: the addresses of a publication are for good."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("table.csv", rows(8))
    archive.export()
    archive.settings = msgspec.structs.replace(archive.settings, base_iri="https://exemple.test/ld/")

    with pytest.raises(RecordsVanished, match="base_iri is another one, so that 8 published records") as caught:
        archive.export()
    assert "base_iri a changé" in caught.value.told("fr")
    assert archive.export(allow_deletions=True).report.published == 8


def test_the_only_record_may_go(tmp_path: Path) -> None:
    """It is a few, too."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.txt", page())
    archive.export()
    (archive.data / "a.txt").unlink()

    assert archive.export().report.published == 0


def test_the_command_says_what_to_do_and_does_what_is_meant(tmp_path: Path) -> None:
    """It ends with 3 and changes nothing; with the flag the records are withdrawn, the site and the search too."""
    archive = Archive(tmp_path)
    archive.write("commons-ld.toml", "")
    archive.write("table.csv", rows(8))
    command = [
        "--state",
        str(archive.root / ".commons-ld"),
        "--out",
        str(archive.out),
        "--lang",
        "en",
        str(archive.data),
    ]
    assert CliRunner().invoke(commands, ["export", *command]).exit_code == 0
    before = files(archive.out)
    in_another_encoding(archive)

    refused = CliRunner().invoke(commands, ["export", *command])
    assert (refused.exit_code, files(archive.out)) == (3, before)
    assert "--allow-deletions" in refused.stderr
    assert "Réunion 0" in refused.stderr

    meant = CliRunner().invoke(commands, ["export", "--allow-deletions", *command])
    assert meant.exit_code == 0, meant.output
    assert not list((archive.out / "site" / "media").glob("*.html"))
    assert '"total":0' in (archive.out / "site" / "search" / "index.json").read_text()
    again = CliRunner().invoke(commands, ["export", *command])
    assert "Nothing changed" in again.output
