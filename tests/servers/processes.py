"""A server of somebody else's as a process of ours: it ends with us, however we end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

__all__ = ["Restarted", "Server"]

_PATIENCE: Final = 90.0


class Server:
    """A process that listens, once it answers.

    :param command: what is run
    :param log: where it writes what it says
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        # util-linux has the kernel kill it when we die, even if we are killed.
        with_us = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with log.open("ab") as file:
            self._process: Final = subprocess.Popen(
                [*with_us, *command], stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )
        self._log: Final = log

    def wait_for(self, url: str) -> None:
        """Wait until an address is answered at all.

        :raises RuntimeError: if the server ends or is silent for too long, with the last that it said
        """
        end = time.monotonic() + _PATIENCE
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while self._process.poll() is None and time.monotonic() < end:
            try:
                opener.open(url, timeout=5).close()
            except urllib.error.HTTPError as error:
                error.close()
            except OSError:
                time.sleep(0.05)
                continue
            # Somebody else may listen there, and ours has ended for it.
            if self._process.poll() is None:
                return
        self.kill()
        raise RuntimeError(f"{url} is not answered: {self._log.read_text(errors='replace')[-2000:]}")

    def wait_until(self, is_ready: Callable[[], object]) -> None:
        """Wait until something is true of what listens on no port.

        :raises RuntimeError: if the server ends or is not ready for too long, with the last that it said
        """
        end = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < end:
            if is_ready():
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"it is not ready: {self._log.read_text(errors='replace')[-2000:]}")

    @property
    def processor(self) -> float:
        """Seconds of the processor that it has taken (Linux alone tells)."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """Kill it with all that it started, in the middle of whatever it does."""
        # The group is its own: start_new_session made it.
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Restarted:
    """What is started again on what it has on disk, each time as a process of its own."""

    server: Server | None = None

    def stop(self) -> None:
        """Kill it: what it has answered for is on disk."""
        if self.server is not None:
            self.server.kill()
            self.server = None

    @property
    def processor(self) -> float:
        """Seconds of the processor that it has taken since it was started."""
        return self.server.processor if self.server else 0.0
