"""The command line: what it prints, where, and what it exits with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from commons_ld.cli import commands
from commons_ld.pipeline import exporting
from tests.archive import Archive, page


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, as a user whose system speaks English."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COMMONS_LD_", "LC_", "LANG"))}
    return subprocess.run(
        [sys.executable, "-m", "commons_ld", *arguments],
        cwd=folder, env={**clean, "LANG": "en_GB.UTF-8", **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return an archive of one good page."""
    made = Archive(tmp_path)
    made.write("1.txt", page("21.12 Un essai"))
    return made


def test_export_publishes_and_says_where(archive: Archive) -> None:
    """A new user sees what was done and where it lies."""
    result = run(archive.root, "export")

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-4:] == [
        "Published in dist/.",
        "To be read: dist/report/en.html.",
        "To see the site: make serve, or commons-ld serve.",
        "What harvesters would say of it, and the settings that they ask for: make check, or commons-ld check.",
    ]
    assert (archive.out / "report" / "en.html").is_file()
    assert (archive.out / "dataset.nq").is_file()


def test_a_site_that_is_left_out_is_not_to_be_seen(archive: Archive) -> None:
    """Then the report alone is there to be looked at."""
    result = run(archive.root, "export", "--lang", "fr", COMMONS_LD_OUTPUT__SITE="false")

    assert result.stdout.splitlines()[-2:] == ["Publié dans dist/.", "À lire : dist/report/index.html."]


@pytest.mark.parametrize(("flags", "code", "said"), [((), 0, "Published in dist/."), (("--json",), 3, "")])
def test_a_report_that_another_export_has_overtaken_is_no_failure(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...], code: int, said: str
) -> None:
    """The publication stands, and that is told; a program, which asked for the report alone, is told that it has none."""
    archive.write("1.txt", page("21.12 Un essai", enjeu="Un candidat"))
    run(archive.root, "export")
    # What there is to say is as before, so that nobody looks it up until it is printed.
    archive.write("1.txt", page("21.12 Un essai", enjeu="Un candidat", lead="Autre."))
    export = exporting.export

    def overtaken(*given: Any, **named: Any) -> exporting.Outcome:
        outcome = export(*given, **named)
        archive.write("1.txt", page("21.12 Un essai", enjeu="Un autre candidat"))
        run(archive.root, "export")
        return outcome

    monkeypatch.chdir(archive.root)
    monkeypatch.setattr(exporting, "export", overtaken)
    ended = CliRunner().invoke(commands, ["export", *flags, "--jobs", "1", "--lang", "en"])

    assert (ended.exit_code, said in ended.stdout, "candidat" in ended.stdout) == (code, True, False)
    assert "another export has changed the ledger since this one, whose publication is made" in ended.stderr


def test_a_second_export_says_that_nothing_changed(archive: Archive) -> None:
    """The publication is up to date."""
    run(archive.root, "export")

    assert run(archive.root, "export").stdout.splitlines()[-1] == "Nothing changed: dist/ is up to date."


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--lang", "fr"], {}, "Publié dans dist/."),
        ([], {"LANG": "fr_FR.UTF-8"}, "Publié dans dist/."),
        ([], {"COMMONS_LD_LANG": "fr"}, "Publié dans dist/."),
        (["--lang", "en"], {"LANG": "fr_FR.UTF-8"}, "Published in dist/."),
    ],
)
def test_it_speaks_the_language_of_its_user(
    archive: Archive, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    """French and English are equals: a flag, then a variable, then the system decides."""
    assert run(archive.root, "export", *arguments, **environment).stdout.splitlines()[-4] == said


@pytest.mark.parametrize(
    ("arguments", "text", "told"),
    [
        ([], 'licence = "x"\n', "commons-ld.toml, ligne 1 : licence : ce réglage n'existe pas ; le plus proche est « "),
        (
            [],
            '[dataset]\nlicense = "CC0"\n',
            "commons-ld.toml, ligne 2 : dataset.license : ce doit être un IRI http ou https, et",
        ),
        ([], "a b\n", "commons-ld.toml, ligne 1 : ce n'est pas du TOML"),
        (
            ["--config", "nowhere.toml"],
            "",
            "nowhere.toml : ce fichier n'existe pas ; en faire un avec « commons-ld init »",
        ),
        (
            ["nowhere"],
            "",
            "nowhere : sources : ce fichier ou ce dossier n'existe pas ; le créer, ou en donner un autre",
        ),
    ],
)
def test_what_is_wrong_with_the_settings_is_told_in_the_language_of_the_user(
    archive: Archive, arguments: list[str], text: str, told: str
) -> None:
    """It is who sets them who reads it; the language is found before the settings are."""
    (archive.root / "commons-ld.toml").write_text(text, encoding="utf-8")

    french = run(archive.root, "export", "--lang", "fr", *arguments)
    english = run(archive.root, "export", *arguments)

    assert (french.returncode, english.returncode) == (3, 3)
    assert told in french.stderr
    assert french.stderr != english.stderr


def test_quiet_prints_nothing(archive: Archive) -> None:
    """Errors only."""
    result = run(archive.root, "export", "--quiet")

    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_json_prints_the_report_and_nothing_else(archive: Archive) -> None:
    """A machine reads standard output."""
    assert json.loads(run(archive.root, "export", "--json").stdout)["published"] == 1


def test_verbose_tells_the_settings_in_force(archive: Archive) -> None:
    """A folder without a settings file works with the defaults and says so."""
    assert "Settings: none; the defaults." in run(archive.root, "export", "--verbose").stderr


@pytest.mark.parametrize(
    ("fields", "strict", "export_code", "validate_code"),
    [
        ({}, False, 0, 0),
        ({"duration": "00/25:00"}, False, 0, 1),
        ({"duration": "00/25:00"}, True, 1, 1),
        ({"created": "2020/11/02"}, False, 0, 0),
        ({"created": "2020/11/02"}, True, 1, 1),
    ],
)
def test_exit_codes_tell_what_does_not_conform(
    archive: Archive, fields: dict[str, str], strict: bool, export_code: int, validate_code: int
) -> None:
    """0 done, 1 does not conform: validate demands it, export under --strict only, where a warning counts too."""
    archive.write("1.txt", page("21.12 Un essai", **fields))
    flags = ["--strict"] if strict else []

    assert run(archive.root, "export", *flags).returncode == export_code
    assert run(archive.root, "validate", *flags).returncode == validate_code


def test_validate_writes_nothing(archive: Archive) -> None:
    """Neither a publication nor anything else of it."""
    run(archive.root, "validate")

    assert not archive.out.exists()


def test_an_error_is_one_sentence_on_the_error_stream(tmp_path: Path) -> None:
    """What a user can act upon has no traceback, and exits with 3."""
    result = run(tmp_path, "export")

    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr == "data: sources: there is no such file or folder; make it, or name another\n"


def test_a_bad_settings_key_names_the_nearest(archive: Archive) -> None:
    """The error names file, key and the nearest known one."""
    (archive.root / "commons-ld.toml").write_text('[output]\ncompresion = "both"\n')

    result = run(archive.root, "export")

    assert result.returncode == 3
    assert (
        result.stderr
        == "commons-ld.toml, line 2: output.compresion: there is no such setting; the nearest is 'output.compression'\n"
    )


@pytest.mark.parametrize(
    "arguments", [["exprot"], ["export", "--lang", "de"], ["export", "--nothing"], ["validate", "--out", "x"]]
)
def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: list[str]) -> None:
    """The code of click, with a hint at the help."""
    result = run(tmp_path, *arguments)

    assert result.returncode == 2
    assert "Usage: " in result.stderr


def test_a_state_and_an_out_folder_can_be_named(archive: Archive, tmp_path: Path) -> None:
    """Flags override the settings, and are relative to where the command is given."""
    other = tmp_path / "elsewhere"
    other.mkdir()

    result = run(other, "export", str(archive.data), "--out", "site", "--state", "memory")

    assert result.returncode == 0
    assert (other / "site" / "dataset.nq").is_file()
    assert (other / "memory" / "ledger.sqlite").is_file()


def test_no_progress_is_shown_where_there_is_no_terminal(archive: Archive) -> None:
    """Logs stay clean, however long the work takes."""
    for number in range(40):
        archive.write(f"p{number}.txt", page(f"22.01 Appel {number}"))

    assert run(archive.root, "export").stderr == ""


def test_every_command_and_option_has_a_help_that_reads_well() -> None:
    """Each begins with a capital and ends with a full stop."""
    for command in [commands, *commands.commands.values()]:
        assert command.help, command.name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{command.name} {parameter.name}"
                assert parameter.help[0].isupper()
                assert parameter.help.endswith(".")


def test_explain_tells_where_a_statement_comes_from(archive: Archive) -> None:
    """In the language of its user, however quiet it is to be, or as JSON."""
    run(archive.root, "export")
    arguments = ("explain", "session/21-12-un-essai", "dcterms:created", "--quiet")

    english, french = run(archive.root, *arguments), run(archive.root, *arguments, "--lang", "fr")
    told = json.loads(run(archive.root, *arguments, "--json").stdout)

    assert (english.returncode, english.stderr) == (0, "")
    assert "  field     Date of creation (in the source: Date de création), line 11\n" in english.stdout
    assert "  champ     Date de création, ligne 11\n" in french.stdout
    assert [statement["value"] for statement in told["records"][0]["statements"]] == ["2021/12/02"]


def test_explain_takes_what_was_exported_and_where(tmp_path: Path) -> None:
    """A publication and sources that are not those of the settings are named as they were to export."""
    archive = Archive(tmp_path / "elsewhere")
    path = archive.write("1.txt", page("21.12 Un essai"))
    archive.write("2.txt", page("22.01 Un autre"))
    root, places = tmp_path, ("--out", str(tmp_path / "public"))
    run(root, "export", str(archive.data), *places)
    concept = ("explain", "concept/politique-des-communs", "cld:enjeu", *places, "--source", str(archive.data))

    assert run(root, *concept).stdout.count("\n  session/") == 2
    assert run(root, *concept, "--in", "session/22-01-un-autre").stdout.count(" cld:enjeu ") == 1
    assert run(root, *concept, "--all").stdout.count(" cld:enjeu ") == 2
    assert run(root, "explain", "session/21-12-un-essai", "--source", str(path.parent)).returncode == 0


def test_explain_exits_with_3_where_nothing_is_known(archive: Archive) -> None:
    """One sentence on the error stream, with the nearest that is known."""
    run(archive.root, "export")

    result = run(archive.root, "explain", "session/21-12-un-essay")

    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith(
        "the nearest that is known is https://w3id.org/commons-ld/remix/session/21-12-un-essai\n"
    )
