"""Starting an archive: what is made, what is left alone, and that it works."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from commons_ld.cli import commands
from commons_ld.errors import SettingsError
from commons_ld.messages import Language
from commons_ld.origin import Origin
from commons_ld.sentences.settings import MEANINGS_FR
from commons_ld.settings import DatasetSettings, Settings, documented, load_settings
from commons_ld.sources import by_suffix
from commons_ld.starting import settings_text, start
from tests.archive import DATA, Archive, page


def uncommented(text: str) -> str:
    """Return a settings file with every default put in force."""
    return re.sub(r"(?m)^#(?=[a-z])", "", text)


def test_a_settings_file_and_an_example_page_are_made(tmp_path: Path) -> None:
    """What was made is told, in the order of making."""
    folder = tmp_path / "new" / "archive"

    made = start(folder)

    assert made == [folder / "commons-ld.toml", folder / "Makefile", folder / "data" / "exemple.txt"]
    assert {path for path in folder.rglob("*") if path.is_file()} == set(made)


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    """Neither the settings nor a page is overwritten, and nothing is said to have been made."""
    (tmp_path / "commons-ld.toml").write_text("language = 'es'\n")
    (tmp_path / "Makefile").write_text("all: mine\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "exemple.txt").write_text("Mine")

    made = start(tmp_path)

    assert made == []
    assert (tmp_path / "commons-ld.toml").read_text() == "language = 'es'\n"
    assert (tmp_path / "Makefile").read_text() == "all: mine\n"
    assert (tmp_path / "data" / "exemple.txt").read_text() == "Mine"


def test_no_example_is_put_beside_pages(tmp_path: Path) -> None:
    """It would be published with them."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "21.12.txt").write_text("21.12 Un appel")

    assert start(tmp_path) == [tmp_path / "commons-ld.toml", tmp_path / "Makefile"]


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder, as a user does: not below the make that runs these tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "ARGS"))}
    return subprocess.run(["make", *arguments], cwd=folder, env=own, capture_output=True, text=True)


@pytest.mark.parametrize("target", ["export", "fetch", "validate", "check", "load", "serve"])
def test_make_calls_the_command_with_the_options_given(tmp_path: Path, target: str) -> None:
    """Even where the command lies in a folder with a name that make and the shell would split."""
    called = tmp_path / "a $(shell false) # place" / "commons-ld"
    called.parent.mkdir()
    called.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    called.chmod(0o755)
    start(tmp_path, command=[str(called)])

    told = make(tmp_path, target, "ARGS=--lang fr")

    assert (told.stdout, told.returncode) == (f"{target}|--lang|fr|", 0)


def test_make_alone_lists_every_target(tmp_path: Path) -> None:
    """Each is a command of ours."""
    start(tmp_path)

    told = make(tmp_path).stdout
    targets = [line.split()[1] for line in told.splitlines()]

    assert targets == ["export", "fetch", "validate", "check", "load", "serve"]
    assert set(targets) <= set(commands.commands)


def test_the_settings_made_change_nothing(tmp_path: Path) -> None:
    """All of them are comments."""
    start(tmp_path)

    assert load_settings(tmp_path / "commons-ld.toml", {}) == Settings(root=tmp_path)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_setting_is_in_the_file_with_its_default_and_its_meaning(tmp_path: Path, language: Language) -> None:
    """In the language asked for; taking the # away from every line leaves the settings as they were."""
    text = settings_text(language)
    path = tmp_path / "commons-ld.toml"
    path.write_text(uncommented(text), encoding="utf-8")
    tree = tomllib.loads(uncommented(text))

    given = {key for key, value in tree.items() if not isinstance(value, dict)}
    given |= {f"{name}.{key}" for name, table in tree.items() if isinstance(table, dict) for key in table}
    assert given == {key for key, _, _, _ in documented()}
    assert load_settings(path, {}) == Settings(root=tmp_path)
    meanings = MEANINGS_FR if language == "fr" else {key: meaning for key, _, _, meaning in documented()}
    assert meanings.keys() == {key for key, _, _, _ in documented()}
    assert [meaning for meaning in meanings.values() if f"# {meaning}\n" not in text] == []


def test_the_example_is_a_page_that_is_read_in_full(tmp_path: Path) -> None:
    """It has the parts that most pages have, and none that is not understood."""
    start(tmp_path)
    source = by_suffix("exemple.txt")
    assert source is not None

    with (tmp_path / "data" / "exemple.txt").open("rb") as stream:
        [record] = source.read(stream, origin=Origin("exemple.txt"))

    assert (record.unrecognised, record.remarks) == ((), ())
    assert record.collections == ("Appel en commun",)
    assert [guest.name for guest in record.guests] == ["Alice Exemple"]
    assert [note.reply_to for note in record.notes] == [0, 1]
    assert record.links
    assert record.documents


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """The message names the path and says what to do."""
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(SettingsError, match=r"taken.*: cannot be written \(.+\); name another folder"):
        start(tmp_path / "taken")


@pytest.mark.parametrize(
    ("language", "first", "next_step", "comment"),
    [
        ("fr", "fait : {}/commons-ld.toml", "Régler maintenant base_iri", "# Langue des textes des pages (BCP 47)."),
        ("en", "made {}/commons-ld.toml", "Now set base_iri", "# Language of the texts of the pages (BCP 47)."),
    ],
)
def test_an_archive_begins_in_the_language_of_who_begins_it(
    tmp_path: Path, language: str, first: str, next_step: str, comment: str
) -> None:
    """By the system, or by the flag: what is told, and how the settings explain themselves."""
    folder = tmp_path / "archive"
    by_system, by_flag = {"LANG": f"{language}_XX.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}, {"LC_ALL": "C"}

    told = CliRunner().invoke(commands, ["init", str(folder)], env=by_system).stdout
    again = CliRunner().invoke(commands, ["init", str(tmp_path / "other"), "--lang", language], env=by_flag).stdout

    assert told.startswith(first.format(folder))
    assert next_step in told
    assert again.replace("other", "archive") == told
    assert comment in (folder / "commons-ld.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("publisher", "base_iri", "is_told"),
    [
        ("Les communs d'à côté", Settings().base_iri, True),
        ("Les communs d'à côté", "https://exemple.test/", False),
        (Settings().dataset.publisher, Settings().base_iri, False),
    ],
)
def test_who_publishes_under_the_iris_of_another_archive_is_warned(
    tmp_path: Path, publisher: str, base_iri: str, is_told: bool
) -> None:
    """IRIs do not change any more, and those of the default are not anybody's."""
    archive = Archive(tmp_path, output=DATA, base_iri=base_iri, dataset=DatasetSettings(publisher=publisher))
    archive.write("1.txt", page())

    remarks = [remark for told in archive.export().report.pages for remark in told.remarks]

    assert [remark.code for remark in remarks if remark.field == "base_iri"] == ["foreign-base"] * is_told
