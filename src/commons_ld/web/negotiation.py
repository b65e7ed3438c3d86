"""Which media type to answer in: RFC 9110, section 12.5.1."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from starlette.requests import Request

__all__ = ["accepted", "preferred"]

#: Characters of a header that are read.
_READ: Final = 4_000


def accepted(request: Request) -> str:
    """Return what a client accepts; several lines of a header are one list (RFC 9110, section 5.3)."""
    return ",".join(request.headers.getlist("accept"))


def preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """Return the media type that a client likes best of those offered, or nothing where it likes none.

    Of equals, the one offered first wins; an empty header likes all.

    >>> preferred("text/csv;q=0.5, application/*;q=0.7", ("application/xml", "text/csv"))
    'application/xml'
    >>> preferred("image/png, */*;q=0", ("text/csv",))
    """
    return _best(accept[:_READ], offered)


@lru_cache(maxsize=512)
def _best(accept: str, offered: tuple[str, ...]) -> str | None:
    """Choose. Clients are of a few kinds, each with the same words in every request."""
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    weights = [
        max(
            ((name != "*/*", not name.endswith("/*"), q) for name, q in ranges if _covers(name, offer)),
            default=(False, False, 0.0),
        )[2]
        for offer in offered
    ]
    best = max(weights, default=0.0)
    return offered[weights.index(best)] if best > 0 else None


def _range(part: str) -> tuple[str, float]:
    """Read one media range and its weight; a weight that is none counts as 0."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            value = value.strip()
            weight = min(float(value), 1.0) if value.replace(".", "", 1).isdecimal() else 0.0
    return name, weight


def _covers(name: str, offer: str) -> bool:
    """Tell whether a media range holds a media type."""
    return name in ("*/*", offer) or (name.endswith("/*") and offer.startswith(name[:-1]))
