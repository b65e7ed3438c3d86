"""A client that asks an application in this very process; starlette's own wants another version of httpx."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

__all__ = ["Client"]


class Client:
    """Ask an ASGI application as over HTTP."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def get(self, path: str, **given: Any) -> httpx.Response:
        """Return what the application answers to GET."""
        return self.request("GET", path, **given)

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Return what the application answers."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            # A header that is not given is not sent, not even the usual ones of the library.
            async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
                client.headers = httpx.Headers({"Host": "pages.test"})
                return await client.request(method, path, **given)

        return asyncio.run(ask())
