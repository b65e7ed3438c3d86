"""An Oxigraph server on a free port of this machine (from PyPI: the package ``oxigraph``)."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

__all__ = ["Oxigraph", "free_port", "serve"]

_PATIENCE: Final = 30.0


class Oxigraph:
    """The server; made by :func:`serve`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}/query"
        self.update_url = f"http://127.0.0.1:{self._port}/update"

    def start(self, *, read_only: bool = False) -> None:
        """Start it on what its folder holds, and wait until it answers."""
        beside = Path(sys.executable).with_name("oxigraph")
        program = str(beside) if beside.is_file() else shutil.which("oxigraph")
        assert program, "make .venv/.developing installs oxigraph"
        command = [program, "serve-read-only" if read_only else "serve", "--location", str(self._folder)]
        self._process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{self._port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(f"http://127.0.0.1:{self._port}/", self._process)

    def stop(self) -> None:
        """Kill it: what it has answered for is on disk."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers at all."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(url)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(folder: Path) -> Iterator[Oxigraph]:
    """Serve an empty store."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Oxigraph(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
