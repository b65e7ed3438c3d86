"""Regular expressions that take one digit for another: days, times and numbers are alike to them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["treats_digits_alike"]

#: A set; or a number of repeats, an escape of a sign or of a kind of characters, or a character that is no digit.
_PART: Final = re.compile(
    r"""(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | (?P<sure>\{[0-9]+(?:,[0-9]*)?\} | \\[dDsSwW.\[\](){}|?*+^$/-] | \(\?: | [^\\0-9(] | \((?!\?))""",
    re.VERBOSE | re.DOTALL,
)


def treats_digits_alike(pattern: str) -> bool:
    """Tell whether a search in a text finds the same when digits of it are exchanged for others; if in doubt, no.

    >>> treats_digits_alike("^[0-9]{4}-[0-9]{2}$"), treats_digits_alike("^2[0-9]{3}$")
    (True, False)
    """
    place = 0
    while place < len(pattern):
        part = _PART.match(pattern, place)
        if part is None or (part["set"] and not _has_all_or_none(part["set"])):
            return False
        place = part.end()
    return True


def _has_all_or_none(members: str) -> bool:
    """Tell whether a set has all digits, or none of them."""
    return len({bool(re.fullmatch(members, digit)) for digit in "0123456789"}) == 1
