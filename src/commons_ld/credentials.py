"""A name and a password: who signs in somewhere."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Credentials"]


class Credentials(NamedTuple):
    """Who signs in. It is never printed: not even by a debugger that shows this value.

    >>> Credentials("ana", "secret")
    Credentials(…)
    """

    user: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(…)"
