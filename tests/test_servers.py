"""The servers that tests start: each ends with who started it, and says why it does not start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers.processes import Server

STARTING = """
import sys, time
from pathlib import Path
from tests.servers.processes import Server
Server(["sh", "-c", "echo $$ > started; exec sleep 600"], Path("log"))
time.sleep(600)
"""


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv of util-linux is not installed")
def test_a_server_ends_with_who_started_it_even_if_that_is_killed(tmp_path: Path) -> None:
    """SIGKILL leaves no time to clean up: the kernel does."""
    repository = Path(__file__).parent.parent
    variables = os.environ | {"PYTHONPATH": os.pathsep.join([str(repository), os.environ.get("PYTHONPATH", "")])}
    process = subprocess.Popen([sys.executable, "-c", STARTING], cwd=tmp_path, env=variables)
    last = time.monotonic() + 60
    while not (text := _text(tmp_path / "started")):
        assert process.poll() is None
        assert time.monotonic() < last
        time.sleep(0.02)
    assert Path(f"/proc/{int(text)}").exists()

    process.send_signal(signal.SIGKILL)
    process.wait()

    while _is_alive(int(text)):
        assert time.monotonic() < last
        time.sleep(0.02)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _is_alive(number: int) -> bool:
    """Tell whether a process runs; one that ended and that nobody waited for does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_server_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    """Without waiting for the end of all patience."""
    server = Server(["sh", "-c", "echo there is no room >&2; exit 3"], tmp_path / "log")

    with pytest.raises(RuntimeError, match="there is no room"):
        server.wait_for("http://127.0.0.1:9/")


def test_a_server_is_killed_with_what_it_started(tmp_path: Path) -> None:
    """Its children too: they are of one group."""
    server = Server(["sh", "-c", f"sleep 600 & echo $! > {tmp_path}/child; wait"], tmp_path / "log")
    last = time.monotonic() + 60
    while not (text := _text(tmp_path / "child")):
        assert time.monotonic() < last
        time.sleep(0.02)

    server.kill()

    while _is_alive(int(text)):
        assert time.monotonic() < last
        time.sleep(0.02)
