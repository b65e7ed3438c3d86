"""What pySHACL and rdflib raise where they cannot go on, as one error of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

__all__ = ["Breakdown", "breakdowns", "translated"]


class Breakdown(Exception):
    """pySHACL or rdflib cannot go on; nothing is then known of the graph."""


@cache
def breakdowns() -> tuple[type[Exception], ...]:
    """Return what pySHACL and rdflib are known to raise where they cannot go on.

    RuntimeError is the root of pySHACL's own errors; the others come from its code, and from rdflib's.
    """
    from pyparsing import ParseBaseException
    from pyshacl.errors import ConstraintLoadWarning

    return (
        RuntimeError,
        ConstraintLoadWarning,
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        ArithmeticError,
        AssertionError,
        SyntaxError,
        re.error,
        ParseBaseException,
    )


@contextmanager
def translated() -> Iterator[None]:
    """Have what one of them raises be a :class:`Breakdown` as long as the context lasts."""
    try:
        yield
    except breakdowns() as error:
        raise Breakdown(f"{type(error).__name__}: {' '.join(str(error).split())}") from error
