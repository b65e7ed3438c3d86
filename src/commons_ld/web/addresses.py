"""Routes by their whole address: found by one look, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.datastructures import URLPath
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

from commons_ld.web.responses import HEADERS

__all__ = ["Addresses", "by_address"]


class Addresses(BaseRoute):
    """Routes whose paths have no parameters. Of two with one path, the first counts.

    A router asks one route after the other, which takes longer than most of what is answered here.

    :param routes: with no parameters in their paths
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[str, Route] = {}
        for route in routes:
            self._routes.setdefault(route.path, route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether a request is for one of these, and which one is to be told in the log."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        route = self._routes.get(path)
        if route is None:
            # People write a slash after an address that has none.
            meant = self._routes.get(path[:-1]) if path.endswith("/") else None
            return (Match.FULL, {"route": meant, "is_slashed": True}) if meant else (Match.NONE, {})
        match, told = route.matches(scope)
        return match, {**told, "route": route}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the route answer that was found, or lead to its address, with the method and the body of the request."""
        route: Route = scope["route"]
        if not scope.get("is_slashed"):
            await route.handle(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        location = f"../{route.path.rpartition('/')[2]}" + (f"?{query}" if query else "")
        await RedirectResponse(location, 308, HEADERS)(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Return the address of the route of that name.

        :raises NoMatchFound: if none of these has it
        """
        for route in self._routes.values():
            if route.name == name:
                return route.url_path_for(name, **path_params)
        raise NoMatchFound(name, path_params)


def by_address(routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """Return the same routes, with those together and first whose paths have no parameters."""
    given = list(routes)
    whole = [route for route in given if isinstance(route, Route) and not route.param_convertors]
    return [Addresses(whole), *(route for route in given if route not in whole)]
