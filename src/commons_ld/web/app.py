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

from commons_ld.messages import Language
from commons_ld.web.addresses import by_address
from commons_ld.web.dereferencing import dereferencing_routes
from commons_ld.web.edition import Edition
from commons_ld.web.endpoint import Page, endpoint_routes
from commons_ld.web.pages import language_of
from commons_ld.web.responses import FAULT, HEADERS, Refused, problem

__all__ = ["create_app"]

_SENTENCES: Final = {
    0: ("the request cannot be answered", "il n'est pas possible de répondre à cette demande"),
    404: ("there is nothing at this address", "il n'y a rien à cette adresse"),
    405: ("this method is not allowed here", "cette méthode n'est pas permise ici"),
}


def create_app(
    edition: Callable[[], Edition],
    routes: Iterable[BaseRoute] = (),
    *,
    page: Page | None = None,
    ending: Callable[[], None] = lambda: None,
) -> Starlette:
    """Return the application.

    :param edition: tells what is served now; a request is answered from one edition to its end
    :param routes: more to serve, beside ``/sparql`` and ``/health``; they come before the IRIs of the publication
    :param page: what a person gets who opens the address of a query
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

    app = Starlette(
        routes=by_address(
            (
                *endpoint_routes(edition, page),
                Route("/health", health, methods=["GET"], name="health"),
                *routes,
                *dereferencing_routes(edition),
            )
        ),
        exception_handlers={Refused: _refused, HTTPException: _not_served, Exception: _fault},
        lifespan=lifespan,
    )
    # Every path has its answer here: what has no route, such as that of CONNECT, is led nowhere.
    app.router.redirect_slashes = False
    return app


def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)  # noqa: S101 - for who reads types; this is registered for nothing else
    return problem(refused, language=_language(request))


def _language(request: Request) -> Language:
    """Return the language in which a client is told what is wrong: English, unless it says that it reads another.

    What has an address for each language, such as the service for reconciliation, is asked in that of its address.
    """
    asked: Language | None = getattr(request.state, "language", None)
    says = "accept-language" in request.headers or "lang" in request.query_params
    return asked or (language_of(request) if says else "en")


def _fault(request: Request, _error: Exception) -> Response:
    """Answer where something of ours went wrong; it is raised on, and logged."""
    return problem(FAULT, language=_language(request))


def _not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the same
    detail, fr = _SENTENCES.get(error.status_code, _SENTENCES[0])
    # A set of methods has another order in each process.
    sorted_ = {name: ", ".join(sorted(value.split(", "))) for name, value in (error.headers or {}).items()}
    return problem(Refused(error.status_code, detail, fr=fr, headers=sorted_), language=_language(request))
