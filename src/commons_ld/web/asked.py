"""The address that a client asked for: a proxy in front takes the encryption off, and says that it did."""

from __future__ import annotations

from starlette.datastructures import URL
from starlette.requests import Request

__all__ = ["asked_url"]


def asked_url(request: Request, *, is_behind_proxy: bool) -> URL:
    """Return the address of a request as the client wrote it.

    :param is_behind_proxy: that a proxy of ours stands in front; ``X-Forwarded-Proto`` is believed then, and else not
    """
    is_secure = is_behind_proxy and request.headers.get("x-forwarded-proto", "").strip().lower() == "https"
    return request.url.replace(scheme="https") if is_secure else request.url
