"""The endpoint as an ASGI application: the SPARQL 1.1 Protocol over the workers, and ``/health``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from commons_ld.web.guard import MAX_LENGTH, QueryRefused, check
from commons_ld.web.negotiation import preferred
from commons_ld.web.workers import Answer, Failure, Question, Workers

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

__all__ = ["create_app"]

_RESULTS: Final = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
_TRIPLES: Final = (
    "text/turtle",
    "application/n-triples",
    "application/n-quads",
    "application/trig",
    "application/ld+json",
    "application/rdf+xml",
)
_STATUS: Final = {"syntax": 400, "size": 413, "memory": 503, "time": 503, "busy": 503, "died": 503}
_ALWAYS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
}
_METHODS: Final = "GET, HEAD, POST, OPTIONS"
#: Bytes of a body: a query and the graphs, percent-encoded.
_MAX_BODY: Final = 12 * MAX_LENGTH


class _Refused(Exception):
    """A request that is answered with a problem (RFC 9457)."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def create_app(workers: Workers, routes: Iterable[BaseRoute] = ()) -> Starlette:
    """Return the application that serves one generation of the store.

    :param workers: who answers queries; closed when the application ends
    :param routes: more to serve, beside ``/sparql`` and ``/health``
    """
    import pyoxigraph

    store = pyoxigraph.Store.read_only(str(workers.store))
    graphs = frozenset(graph.value for graph in store.named_graphs())
    generation = workers.store.name

    async def sparql(request: Request) -> Response:
        if request.method == "OPTIONS":
            allowed = {"Allow": _METHODS, "Access-Control-Allow-Methods": _METHODS}
            return Response(status_code=204, headers=_ALWAYS | allowed | {"Access-Control-Allow-Headers": "*"})
        try:
            return await _answered(request, workers, graphs, generation)
        except _Refused as refused:
            return _problem(refused.status, refused.detail)

    async def health(_request: Request) -> Response:
        return Response(json.dumps({"status": "ok", "generation": generation}), 200, _ALWAYS, "application/json")

    def lifespan(_app: Starlette) -> AbstractAsyncContextManager[None]:
        from contextlib import asynccontextmanager

        @asynccontextmanager
        async def living():  # type: ignore[no-untyped-def]
            yield
            workers.close()

        return living()

    own = (
        Route("/sparql", sparql, methods=["GET", "HEAD", "POST", "OPTIONS"]),
        Route("/health", health, methods=["GET"]),
    )
    return Starlette(routes=[*own, *routes], lifespan=lifespan)


async def _answered(request: Request, workers: Workers, graphs: frozenset[str], generation: str) -> Response:
    """Answer one query: SPARQL 1.1 Protocol, section 2.1."""
    query, defaults, named = await _operation(request)
    accept = request.headers.get("accept", "")
    results, triples = preferred(accept, _RESULTS), preferred(accept, _TRIPLES)
    if results is None and triples is None:
        raise _Refused(406, f"known media types: {', '.join(_RESULTS + _TRIPLES)}")
    try:
        check(query, graphs)
    except QueryRefused as error:
        raise _Refused(400, str(error)) from error
    for graph in (*defaults, *named):
        if graph not in graphs:
            raise _Refused(400, "a graph asked for is none of the dataset")
    question = Question(query, defaults, named, results or _RESULTS[0], triples or _TRIPLES[0])
    answer = await run_in_threadpool(workers.ask, question)
    if isinstance(answer, Failure):
        raise _Refused(_STATUS[answer.reason], answer.detail)
    if answer.media_type not in (results, triples):
        raise _Refused(406, "this form of query is not answered in the media types that are accepted")
    return _found(request, answer, generation)


def _found(request: Request, answer: Answer, generation: str) -> Response:
    """Write an answer, or that the client has it already."""
    mark = hashlib.sha256(b"\0".join((generation.encode(), answer.media_type.encode(), answer.body))).hexdigest()
    headers = _ALWAYS | {"ETag": f'"{mark[:32]}"', "Cache-Control": "no-cache"}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if request.method != "POST" and known & {headers["ETag"], "*"}:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type=answer.media_type)


async def _operation(request: Request) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the query, the default graphs and the named graphs of a request."""
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        body = await _body(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/sparql-query":
            if any(key == "query" for key, _ in pairs):
                raise _Refused(400, "the query stands in the body already: leave the parameter out")
            pairs.append(("query", body))
        elif kind == "application/x-www-form-urlencoded":
            pairs = parse_qsl(body, keep_blank_values=True)
        else:
            raise _Refused(415, "send application/sparql-query or application/x-www-form-urlencoded")
    if any(key == "update" for key, _ in pairs):
        raise _Refused(400, "this endpoint is read-only: it takes no update")
    queries = [value for key, value in pairs if key == "query"]
    if len(queries) != 1:
        raise _Refused(400, "give one query, in the parameter query")
    defaults = tuple(value for key, value in pairs if key == "default-graph-uri")
    return queries[0], defaults, tuple(value for key, value in pairs if key == "named-graph-uri")


async def _body(request: Request) -> str:
    """Read a body of bounded length."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MAX_BODY:
            raise _Refused(413, f"a request has at most {_MAX_BODY:,} bytes")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Refused(400, "the body is not UTF-8") from error


def _problem(status: int, detail: str) -> Response:
    """Write what is wrong as RFC 9457 has it."""
    headers = _ALWAYS | ({"Retry-After": "5"} if status == 503 else {})
    body = json.dumps({"status": status, "detail": detail}, ensure_ascii=False)
    return Response(body, status, headers, "application/problem+json")
