"""What each page was made of, so that the next publication can take it over: ``site.sums``, a line a page."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Final, Self

from commons_ld.outputs.generation import Generation

__all__ = ["Sums"]

_NAME: Final = "site.sums"


class Sums:
    """The digests of what pages are made of, of this generation and of the one before.

    :param continues: whether those before can be believed to be made as they would be now
    """

    def __init__(self, generation: Generation, *, continues: bool) -> None:
        self._generation = generation
        self._opened = ExitStack()
        self._now, self._before = (self._opened.enter_context(generation.spool()) for _ in range(2))
        previous = generation.previous / _NAME if generation.previous else None
        if continues and previous and previous.is_file():
            with previous.open("rb") as file:
                self._before.add((line[66:-1], line[:64]) for line in file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def is_same(self, name: str, digest: bytes) -> bool:
        """Note what a page is made of, and tell whether the page before was made of the same."""
        self._now.add([(name.encode(), digest)])
        return self._before.get(name.encode()) == digest

    def finish(self) -> None:
        """Write the file."""
        with self._generation.open(_NAME) as file:
            file.writelines(b"%b  %b\n" % (digest, name) for name, digest in self._now)
