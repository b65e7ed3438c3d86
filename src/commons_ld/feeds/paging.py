"""The pages that a change log is cut into: each has its place in it, and is never written again once it is full."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from commons_ld.ledger.log import Change, ChangeLog

__all__ = ["SIZE", "Page", "last_page", "mark_of", "page_of", "pages"]

_NOT_DIGITS: Final = re.compile("[^0-9]")
#: Changes on a page.
SIZE: Final = 250


class Page(NamedTuple):
    """Some changes that follow each other.

    :param number: of the page, counted from 1
    :param name: what its files are called. It stays as long as what the page says stays. Once something on the page
        is to be told no more, the page is another one, and the old name leads nowhere.
    :param is_closed: whether the page is full, and will not change
    """

    number: int
    name: str
    changes: Sequence[Change]
    is_closed: bool

    @property
    def told(self) -> Iterator[Change]:
        """The changes that may be told of: those whose record may be named."""
        return (change for change in self.changes if change.subject)


def mark_of(change: Change) -> str:
    """Return what a change is called in every feed; its time keeps it apart from those of a log that was begun anew.

    >>> mark_of(Change(3, "2026-11-26T08:59:14Z", "delete", "http://e.test/a"))
    '3-20261126085914'
    """
    return f"{change.number}-{_NOT_DIGITS.sub('', change.at)}"


def pages(log: ChangeLog, size: int = SIZE) -> Iterator[Page]:
    """Yield the pages of a log, the oldest first."""
    for number in range(1, last_page(log, size) + 1):
        yield page_of(log, number, size)


def last_page(log: ChangeLog, size: int = SIZE) -> int:
    """Return the number of the last page of a log, 0 of an empty one."""
    return -(-log.count() // size)


def page_of(log: ChangeLog, number: int, size: int = SIZE) -> Page:
    """Return a page of a log by its number."""
    changes = log.between((number - 1) * size + 1, number * size)
    # By its first change, so that the name stays while the page fills, and another log never has the same one.
    first = changes[0]
    marks = [first.number, first.at, first.after, *(change.number for change in changes if change.erased)]
    digest = hashlib.sha256(repr(marks).encode()).hexdigest()[:12]
    return Page(number, f"{number:06d}-{digest}", changes, len(changes) == size)
