"""In which line of a TOML file a key is set: the parser of the standard library tells of none."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

__all__ = ["line_of"]


def line_of(text: str, key: str) -> int:
    """Return the line, counted from 1, where what sets a key begins; 0 where that is not known.

    It is the parser itself that tells: up to the line before, the text is whole and lacks the key; some lines on, it
    is whole and has it. So nothing is taken for a key that stands in a comment or within a text of several lines.

    >>> line_of("# notes = 1\\n[privacy]\\nnotes = 'omit'\\n", "privacy.notes")
    3

    :param text: a whole TOML file
    :param key: dotted, its parts without quotes
    """
    name = key.rpartition(".")[2]
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if name in line and _has(lines[:index], key) is False:
            told = (_has(lines[:end], key) for end in range(index + 1, len(lines) + 1))
            if next(has for has in told if has is not None):
                return index + 1
    return 0


def _has(lines: Sequence[str], key: str) -> bool | None:
    """Tell whether lines set a key; ``None`` where they end within a value."""
    try:
        found: Any = tomllib.loads("\n".join(lines) + "\n")
    except tomllib.TOMLDecodeError:
        return None
    for name in key.split("."):
        if not isinstance(found, dict) or name not in found:
            return False
        found = found[name]
    return True
