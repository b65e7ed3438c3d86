"""The address that a client asked for: a proxy in front takes off the encryption, and perhaps a path, and says so."""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import URL
from starlette.requests import Request

__all__ = ["asked_url"]

#: A path of names that stand for themselves in an address (RFC 3986, section 2.3).
_PREFIX: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+){1,8}")


def asked_url(request: Request, *, is_behind_proxy: bool) -> URL:
    """Return the address of a request as the client wrote it.

    :param is_behind_proxy: that a proxy of ours stands in front; ``X-Forwarded-Proto`` and ``X-Forwarded-Prefix``, the
        path that it took off, are believed then, and else not
    """
    url = request.url
    if is_behind_proxy:
        prefix = request.headers.get("x-forwarded-prefix", "").strip().rstrip("/")
        if _PREFIX.fullmatch(prefix):
            url = url.replace(path=prefix + url.path)
        if request.headers.get("x-forwarded-proto", "").strip().lower() == "https":
            url = url.replace(scheme="https")
    return url
