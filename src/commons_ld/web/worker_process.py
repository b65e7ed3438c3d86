"""A worker as the process that serves sees it: how it is started, spoken to and ended."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Final

from commons_ld.web.worker import work

__all__ = ["Worker", "started"]

#: Seconds that a worker may take to open its store.
_OPENING: Final = 30.0
#: How nice a process is that steps aside, of 19: a tenth of the time of one that is not (sched(7)).
_ASIDE: Final = 10
#: Seconds after which a worker that has hung up has ended, if it has.
_ENDING: Final = 1.0


@dataclass
class Worker:
    """One process, and the line to it."""

    process: BaseProcess
    line: Connection

    def __post_init__(self) -> None:
        # Made once: Connection.poll() would make one each time, which takes longer than a small query.
        self._poll = select.poll()
        self._poll.register(self.line.fileno(), select.POLLIN)

    def has_said(self, seconds: float) -> bool:
        """Wait so long for something to be said, or for the end of the process; tell whether there is."""
        return bool(self._poll.poll(max(seconds, 0) * 1_000))

    def lacked_memory(self) -> bool:
        """Tell whether the process has ended since it was refused memory: the engine aborts then."""
        self.process.join(_ENDING)
        return self.process.exitcode == -signal.SIGABRT

    def step_aside(self) -> None:
        """Have the system run the process after all others, for good, with a tenth of their time if they leave none.

        It is not left to the time that nobody wants (SCHED_IDLE): whatever keeps the machine busy, such as an export,
        would have every such query fail.
        """
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, self.process.pid or 0, _ASIDE)

    def kill(self) -> None:
        """Kill the process; who listens to the line hears of it."""
        self.process.kill()

    def end(self) -> None:
        """Kill the process and close the line."""
        self.kill()
        self.process.join()
        self.line.close()


def started(store: Path, memory: int, answer: int, names: dict[str, str]) -> Worker | None:
    """Start a process that answers from a store; return nothing where it cannot open it.

    :param memory: bytes of address space beyond what the open store takes
    :param answer: bytes of one answer
    :param names: namespaces by their short names
    """
    # A process that forks from one that has the engine loaded is there in a few milliseconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_imported(sys.modules["__main__"]), work.__module__, "pyoxigraph"])
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, store, memory, answer, names), daemon=True)
    try:
        process.start()
    except (OSError, RuntimeError, EOFError):
        # No process or file is left, multiprocessing cannot begin, or the fork server was ended meanwhile.
        ours.close()
        return None
    finally:
        theirs.close()
    worker = Worker(process, ours)
    try:
        if worker.has_said(_OPENING) and ours.recv_bytes() == b"o":
            return worker
    except (EOFError, OSError):
        pass
    worker.end()
    return None


def _imported(script: ModuleType) -> list[str]:
    """Return the modules that the names of a script are from.

    Each new process runs the script that was called as far as its imports, which would take several times as long as
    all else. The fork server is meant to load the script itself beforehand, and in Python 3.11 does not.
    """
    values = vars(script).values()
    found = {value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "") for value in values}
    return sorted(name for name in found if name in sys.modules and name != "__main__")
