"""The query page and search with an endpoint behind them, for a browser: ``python -m tests.servers.pages PORT OUT STATE``.

The endpoint is pyoxigraph in this very process, with nothing around it that a server for the world needs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from commons_ld.outputs.publication import published
from commons_ld.outputs.search_index import index_path
from commons_ld.settings import Settings
from commons_ld.web.pages import asset_routes
from commons_ld.web.query_page import query_page_routes
from commons_ld.web.search_routes import search_routes

__all__ = ["app"]


def app(out: Path, state: Path) -> Starlette:
    """Return an application over a publication and its state."""
    store = ox.Store()
    store.bulk_load(path=out / "dataset.nq")
    settings = Settings()
    return Starlette(
        routes=[
            *query_page_routes(settings),
            *search_routes(settings, lambda: index_path(state, published(out))),
            *asset_routes(),
            Route("/sparql", _endpoint(store), methods=["GET", "POST"]),
        ]
    )


def _endpoint(store: ox.Store) -> Callable[..., object]:
    async def answer(request: Request) -> Response:
        body = parse_qs((await request.body()).decode())
        query = (body.get("query") or [request.query_params.get("query", "")])[0]
        accept = [part.split(";")[0].strip() for part in request.headers.get("accept", "").split(",")]
        try:
            found = store.query(query, use_default_graph_as_union=True)
            if isinstance(found, ox.QueryTriples):
                format_ = next(filter(None, map(ox.RdfFormat.from_media_type, accept)), ox.RdfFormat.TURTLE)
                return Response(ox.serialize(dict.fromkeys(found), format=format_), media_type=format_.media_type)
            results = next(filter(None, map(ox.QueryResultsFormat.from_media_type, accept)), ox.QueryResultsFormat.JSON)
            return Response(found.serialize(format=results), media_type=results.media_type)
        except SyntaxError as error:
            return JSONResponse(
                {"title": "Bad query", "detail": str(error)}, 400, media_type="application/problem+json"
            )

    return answer


def _serve(port: int, out: Path, state: Path) -> None:
    import asyncio

    from granian.constants import Interfaces
    from granian.server.embed import Server

    asyncio.run(Server(app(out, state), address="127.0.0.1", port=port, interface=Interfaces.ASGI).serve())


if __name__ == "__main__":
    _serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
