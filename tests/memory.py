"""What a process holds in memory."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

__all__ = ["peak"]


def peak() -> int:
    """Return the most that this process has held, in KiB.

    Linux has ``ru_maxrss`` begin with what the process held that started this one (getrusage(2)), which may be the
    larger; its own peak is told in ``/proc`` (proc_pid_status(5)).
    """
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
