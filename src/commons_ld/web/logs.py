"""What is logged: a line of JSON a request, on standard error, with nothing personal in it.

No query, no parameter, no path that is not one of ours, and of an address only the network. What goes wrong inside is
logged by where it did, without its message, which may hold what a stranger sent.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commons_ld.web.budget import client_of, shortened
from commons_ld.web.log_lines import write
from commons_ld.web.responses import FAULT, problem

__all__ = ["Logged"]

_FRAMES: Final = 5


class Logged:
    """An application whose requests are logged, and whose faults are answered and logged instead of raised.

    :param is_behind_proxy: as :func:`commons_ld.web.budget.client_of` takes it
    :param has_access_log: whether to log requests that go well too
    :param known: gives what answers a request that is sure to go well, if there is such a thing: without an access log
        nothing has to be looked at there
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        is_behind_proxy: bool = False,
        has_access_log: bool = True,
        known: Callable[[Scope], ASGIApp | None] = lambda _scope: None,
        write: Callable[[dict[str, Any]], None] = write,
    ) -> None:
        self._app, self._write, self._known = app, write, known
        self._is_behind_proxy, self._has_access_log = is_behind_proxy, has_access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        sure = self._app if scope["type"] != "http" else None if self._has_access_log else self._known(scope)
        if sure:
            await sure(scope, receive, send)
            return
        start, told = time.perf_counter(), {"status": 0, "bytes": 0}

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
            else:
                told["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception as error:  # noqa: BLE001 - the last one that can answer; what it was is logged
            self._write({"event": "fault", "error": type(error).__name__, "where": _where(error)})
            if not told["status"]:
                await problem(FAULT)(scope, receive, counted)
        if self._has_access_log or told["status"] >= 500:
            self._write(self._request(scope, told, time.perf_counter() - start))

    def _request(self, scope: Scope, told: dict[str, int], seconds: float) -> dict[str, Any]:
        request = Request(scope)
        peer = request.client.host if request.client else ""
        client = client_of(peer, request.headers, is_behind_proxy=self._is_behind_proxy)
        route = scope.get("route")
        return {
            "event": "request",
            "method": request.method if request.method.isalpha() and len(request.method) < 10 else "",
            "route": getattr(route, "path", ""),
            **told,
            "ms": round(seconds * 1_000, 1),
            "client": shortened(client),
        }


def _where(error: Exception) -> list[str]:
    """Return where something went wrong, the innermost place last."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{frame.name}:{frame.lineno}" for frame in frames]
