"""An Oxigraph server on a free port of this machine (from PyPI: the package ``oxigraph``)."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import Restarted, Server

__all__ = ["Oxigraph", "free_port", "serve"]


class Oxigraph(Restarted):
    """The server; made by :func:`serve`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.url = f"http://127.0.0.1:{self._port}/query"
        self.update_url = f"http://127.0.0.1:{self._port}/update"
        self.data_url = f"http://127.0.0.1:{self._port}/store"

    def start(self, *, read_only: bool = False) -> None:
        """Start it on what its folder holds, and wait until it answers."""
        beside = Path(sys.executable).with_name("oxigraph")
        program = str(beside) if beside.is_file() else shutil.which("oxigraph")
        assert program, "make .venv/.developing installs oxigraph"
        command = [program, "serve-read-only" if read_only else "serve", "--location", str(self._folder / "data")]
        self.server = Server([*command, "--bind", f"127.0.0.1:{self._port}"], self._folder / "output.log")
        self.server.wait_for(f"http://127.0.0.1:{self._port}/")

    def clear(self) -> None:
        """Begin anew: a store from which much was removed is slow."""
        self.stop()
        shutil.rmtree(self._folder / "data")
        self.start()


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
    try:
        server.start()
        yield server
    finally:
        server.stop()
