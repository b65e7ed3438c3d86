"""Regular expressions as SPARQL means them (https://www.w3.org/TR/sparql11-query/#func-regex), made into Python's.

They are those of XPath (https://www.w3.org/TR/xpath-functions/#regex-syntax), in which ``\\s`` is four characters and
not every blank of Unicode, and ``$`` the end of the text and not also what is before a last line break.
All else is left as Python reads it.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["compiled"]

_FLAGS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
#: An escape, a set, or the end.
_PART: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)
_IN_SETS: Final = {r"\s": r" \t\n\r", r"\S": r"\x00-\x08\x0b\x0c\x0e-\x1f!-\U0010ffff"}
_ESCAPE: Final = re.compile(r"\\.", re.DOTALL)


def compiled(pattern: str, flags: str = "") -> re.Pattern[str]:
    """Return a pattern that is searched for in a text.

    :param flags: ``i`` for letters of either case, ``m`` for texts of several lines, ``s`` for dots that are line
        breaks too; others change nothing
    :raises re.error: if it is none

    >>> bool(compiled(r"[^\\s]").search(" ")), bool(compiled(r"[^\\s]").search(chr(0xA0)))
    (False, True)
    >>> bool(compiled("a$").search("a")), bool(compiled("a$").search("a" + chr(10)))
    (True, False)
    """
    given = {flag for flag in flags.lower() if flag in _FLAGS}

    def part(found: re.Match[str]) -> str:
        written = found[0]
        if written == "$":
            return written if "m" in given else r"\Z"
        if written[0] == "[":
            return _ESCAPE.sub(lambda escape: _IN_SETS.get(escape[0], escape[0]), written)
        return f"[{_IN_SETS[written]}]" if written in _IN_SETS else written

    return re.compile(_PART.sub(part, pattern), sum(_FLAGS[flag] for flag in sorted(given)))
