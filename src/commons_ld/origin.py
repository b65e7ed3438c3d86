"""Where something was read: a file, and a line or a page in it."""

from __future__ import annotations

import msgspec

__all__ = ["Origin"]


class Origin(msgspec.Struct, frozen=True):
    """A place in a source, as a person would look it up.

    :param path: the file, relative to the folder of sources it was found in, with ``/``
    :param line: the line, counted from 1; 0 where the whole file is meant
    :param page: the title of the wiki page, or the identifier of the record, where known

    >>> print(Origin("pages/21.12.txt").at(line=4))
    pages/21.12.txt, line 4
    >>> print(Origin("all.jsonl", line=7, page="seed-libraries"))
    all.jsonl, line 7, seed-libraries
    """

    path: str
    line: int = 0
    page: str = ""

    def at(self, *, line: int = 0, page: str = "") -> Origin:
        """Return the same place, made more exact by a line, a page, or both."""
        return Origin(self.path, line or self.line, page or self.page)

    def __str__(self) -> str:
        parts = [self.path]
        if self.line:
            parts.append(f"line {self.line}")
        if self.page:
            parts.append(self.page)
        return ", ".join(parts)
