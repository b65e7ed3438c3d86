"""The endpoint as a user starts it: ``commons-ld serve``, in a process of its own, on a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

__all__ = ["Endpoint", "children_of", "serve", "workers_of"]

#: How long a server may take to be there; a test fails after it, and never passes sooner for it.
_PATIENCE = 60.0


class Endpoint(NamedTuple):
    """A server that runs.

    :param url: its address, without a slash at the end
    :param process: the number of the process that was started
    :param log: the file that it writes its log into
    """

    url: str
    process: int
    log: Path


@contextmanager
def serve(folder: Path, log: Path, **changed: object) -> Iterator[Endpoint]:
    """Serve what is published in a folder.

    :param changed: settings of the table ``serve``
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {f"COMMONS_LD_SERVE__{name.upper()}": str(value).lower() for name, value in changed.items()}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("commons-ld"), "serve", "--port", str(port)],
            cwd=folder,
            env={**os.environ, **variables},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, log)
        yield Endpoint(url, process.pid, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    last = time.monotonic() + _PATIENCE
    while time.monotonic() < last:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/health", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())


def workers_of(endpoint: Endpoint) -> Mapping[int, str]:
    """Return the processes below a server, each with its state: who answers queries, and who starts them."""
    parents = _processes()
    found: dict[int, str] = {}
    below = {endpoint.process}
    while below:
        below = {number for number, (parent, _) in parents.items() if parent in below} - found.keys()
        found |= {number: parents[number][1] for number in below}
    return found


def children_of(process: int) -> list[int]:
    """Return the processes that one has started and that do not serve multiprocessing itself."""
    return [
        number
        for number, (parent, _) in _processes().items()
        if parent == process and b"resource_tracker" not in Path(f"/proc/{number}/cmdline").read_bytes()
    ]


def _processes() -> dict[int, tuple[int, str]]:
    """Return parent and state of each process."""
    parents = {}
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                fields = (path / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(path.name)] = int(fields[1]), fields[0]
    return parents
