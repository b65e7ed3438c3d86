"""Routes by their whole address: found by one look, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

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
        route = self._routes.get(scope["path"].removeprefix(scope.get("root_path", "")))
        if route is None:
            return Match.NONE, {}
        match, told = route.matches(scope)
        return match, {**told, "route": route}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the route answer that was found."""
        await scope["route"].handle(scope, receive, send)

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
