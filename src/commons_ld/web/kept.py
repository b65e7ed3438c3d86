"""Whole responses by whole requests: what is asked again in the very same words needs not even be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from commons_ld.web.edition import Edition

__all__ = ["Kept", "keep"]

#: Where answers are kept of; and headers with which a request is another one.
_PATH: Final = "/sparql"
_CONDITIONS: Final = frozenset((b"if-none-match", b"range", b"content-length", b"transfer-encoding"))


class Kept:
    """An application that answers what it was asked before, and hands on the rest.

    :param edition: tells what is served now, and so whose answers count
    """

    def __init__(self, app: ASGIApp, edition: Callable[[], Edition]) -> None:
        self._app, self._edition = app, edition

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await (self.known(scope) or self._app)(scope, receive, send)

    def known(self, scope: Scope) -> Response | None:
        """Return the response to a request that was answered before, if it is kept."""
        key = _key(scope)
        return self._edition().responses.get(key) if key else None


def keep(scope: Scope, edition: Edition, response: Response) -> None:
    """Keep the response to a request, if it is one that will come again in the same words.

    :param response: whose answer lasts as long as the edition
    """
    key = _key(scope)
    if key and response.status_code == 200 and isinstance(response.body, bytes):
        edition.responses.put(key, response, len(response.body) + len(key[0]) + len(key[1]))


def _key(scope: Scope) -> tuple[bytes, bytes] | None:
    """Return all that the answer to a request depends on, or nothing if it is no plain one."""
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != _PATH:
        return None
    accept = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept += b"," + value
        elif name in _CONDITIONS:
            return None
    return scope["query_string"], accept
