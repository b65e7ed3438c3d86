"""What is served, as an ASGI application: the endpoint, the IRIs and files of the publication, and more routes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from commons_ld.web.addresses import by_address
from commons_ld.web.dereferencing import dereferencing_routes
from commons_ld.web.edition import Edition
from commons_ld.web.endpoint import endpoint_routes
from commons_ld.web.responses import HEADERS, Refused, problem

__all__ = ["create_app"]

_SENTENCES: Final = {404: "there is nothing at this address", 405: "this method is not allowed here"}


def create_app(
    edition: Callable[[], Edition], routes: Iterable[BaseRoute] = (), *, ending: Callable[[], None] = lambda: None
) -> Starlette:
    """Return the application.

    :param edition: tells what is served now; a request is answered from one edition to its end
    :param routes: more to serve, beside ``/sparql`` and ``/health``; they come before the IRIs of the publication
    :param ending: called when the application ends
    """

    async def health(_request: Request) -> Response:
        serving = edition()
        body = {"status": "ok", "generation": serving.name, "graphs": len(serving.graphs)}
        return Response(msgspec.json.encode(body), 200, {**HEADERS, "Cache-Control": "no-store"}, "application/json")

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        edition().workers.start()
        yield
        ending()

    return Starlette(
        routes=by_address(
            (
                *endpoint_routes(edition),
                Route("/health", health, methods=["GET"], name="health"),
                *routes,
                *dereferencing_routes(edition),
            )
        ),
        exception_handlers={Refused: _refused, HTTPException: _not_served, Exception: _fault},
        lifespan=lifespan,
    )


def _refused(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)  # noqa: S101 - for who reads types; this is registered for nothing else
    return problem(refused)


def _fault(_request: Request, _error: Exception) -> Response:
    """Answer where something of ours went wrong; it is raised on, and logged."""
    return problem(Refused(500, "a fault of ours, which is logged"))


def _not_served(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the same
    detail = _SENTENCES.get(error.status_code, "the request cannot be answered")
    return problem(Refused(error.status_code, detail), error.headers or {})
