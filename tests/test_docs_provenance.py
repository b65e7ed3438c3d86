"""docs/provenance.md: its session prints what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated import REPOSITORY

PAGE = REPOSITORY / "docs" / "provenance.md"
PRINTED = re.findall(r"<!-- printed by: ([^\n]*?) -->\n```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def run(state: Path, *arguments: str) -> str:
    """Return what a command prints, run in the repository as its reader would."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMMONS_LD_")}
    places = ["--state", str(state / "state"), "--out", str(state / "dist")]
    result = subprocess.run(
        [str(Path(sys.executable).with_name("commons-ld")), *arguments, *places],
        cwd=REPOSITORY,
        env=environment | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode in (0, 3)
    return result.stdout + result.stderr


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the repository's own data."""
    folder = tmp_path_factory.mktemp("provenance")
    assert run(folder, "export", "--quiet") == ""
    return folder


@pytest.mark.parametrize(("command", "text"), PRINTED, ids=[command for command, _ in PRINTED])
def test_the_session_prints_what_it_shows(exported: Path, command: str, text: str) -> None:
    """Line for line."""
    assert run(exported, *shlex.split(command)) == text


def test_each_command_of_the_session_has_its_output() -> None:
    """What is shown as typed is what was run."""
    typed = re.findall(r"^\$ commons-ld (explain .*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert typed == [command for command, _ in PRINTED]
    assert len(typed) >= 4
