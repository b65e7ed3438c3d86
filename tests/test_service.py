"""The unit that the documentation shows is one that systemd takes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated import REPOSITORY


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """Not even a setting that it does not know, which it would ignore."""
    text = (REPOSITORY / "docs" / "serve.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```ini\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    program = Path(sys.executable).with_name("commons-ld")
    assert program.is_file()
    unit = tmp_path / "archive.service"
    unit.write_text(shown.replace("/srv/commons-ld/.venv/bin/commons-ld", str(program)).replace("User=archive\n", ""))

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )

    assert (checked.returncode, [line for line in checked.stderr.splitlines() if unit.name in line]) == (0, [])
