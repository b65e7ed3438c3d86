"""What stands in the way of a publication is told in the language of whoever publishes."""

from __future__ import annotations

import errno
import importlib
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from commons_ld.cli import commands
from commons_ld.outputs.hashed_file import explained
from commons_ld.sentences import Sentence
from tests.generated import REPOSITORY

PACKAGE = REPOSITORY / "src" / "commons_ld"


TABLES = [
    f"commons_ld.{path.relative_to(PACKAGE).with_suffix('').as_posix().replace('/', '.')}"
    for path in sorted(PACKAGE.rglob("*.py"))
    if "\nWORDS: Final[dict[str, Sentence]]" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("module", TABLES)
def test_every_sentence_is_said_somewhere_and_in_two_languages(module: str) -> None:
    """None is left over, and none is the same in both."""
    table: dict[str, Sentence] = importlib.import_module(module).WORDS
    sources = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    said = {code for code in table if len(re.findall(f"[\"']{code}[\"']", sources)) > 1}

    assert said == set(table)
    assert [code for code, sentence in table.items() if sentence.fr == sentence.en] == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_a_system_refuses_is_told_in_french(number: int) -> None:
    """A full disk above all: with what to do."""
    error = explained(Path("dist"), OSError(number, os.strerror(number)))

    assert error.told("en") == str(error)
    assert error.told("fr").startswith("dist : ")
    assert error.told("fr") != error.told("en").replace(": ", " : ", 1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["withdraw", "session/x"], "il n'y a pas de notice 'session/x' ; donner son IRI"),
        (["withdraw", "session/x", "--undo"], "'session/x' n'a pas été retiré"),
        (["forget", "Ana"], "donner le prénom et le nom"),
        (["forget", "Ana Exemple", "--undo"], "personne de ce nom n'a été oublié"),
        (["site"], "il n'y a pas de publication ; lancer d'abord commons-ld export"),
        (["check"], "n'a pas de site d'une publication"),
    ],
)
def test_commands_tell_in_french_what_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    """In an empty folder, where nothing was published yet."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(commands, [*arguments, "--lang", "fr"])

    assert result.exit_code == 3
    assert told in result.stderr


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("concepts", "<urn:a> <urn:b>", "concepts.ttl : ne suit pas sa syntaxe ("),
        (
            "concepts",
            "<urn:a> <urn:b> [] .",
            "est un nœud anonyme, qui n'a pas de nom pour les autres ; lui donner un IRI",
        ),
        ("concepts", "\xff", "concepts.ttl : ne peut pas être lu ("),
        ("alignments", "<urn:a> <urn:b>", "alignments.ttl : ne suit pas sa syntaxe ("),
        ("alignments", "[] <urn:b> <urn:c> .", "est un nœud anonyme"),
    ],
)
def test_a_file_of_the_publisher_that_is_broken_is_told_in_french(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, told: str
) -> None:
    """The concepts and the alignments are theirs to write; what the parser says stands in brackets."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / f"{name}.ttl").write_bytes(text.encode("latin-1"))

    result = CliRunner().invoke(commands, ["export", "--lang", "fr"])

    assert result.exit_code == 3
    assert told in result.stderr
