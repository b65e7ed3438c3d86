"""A line of the log: JSON on standard error, from whichever process."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import msgspec

__all__ = ["write"]


def write(told: dict[str, Any]) -> None:
    """Write a line with the time before it."""
    # In one piece, so that lines of several threads do not mix; JSON escapes what could begin another line.
    line = msgspec.json.encode({"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **told})
    sys.stderr.write(line.decode() + "\n")
    sys.stderr.flush()
