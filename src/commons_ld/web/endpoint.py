"""``/sparql``: the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), for queries."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from commons_ld.querying.answers import ANSWER_FORMATS, TABLE
from commons_ld.rdf.formats import N_QUADS, TRIG
from commons_ld.sparql.guard import MAX_LENGTH
from commons_ld.web.answers import Answer
from commons_ld.web.asked import asked_url
from commons_ld.web.bodies import FORM, body, fields, left
from commons_ld.web.budget import client_of
from commons_ld.web.edition import Edition
from commons_ld.web.kept import keep
from commons_ld.web.negotiation import accepted, preferred
from commons_ld.web.responses import HEADERS, Refused, allowing, answer_response, validated
from commons_ld.web.worker import Question

__all__ = ["RESULTS", "TRIPLES", "client", "endpoint_routes"]

#: What rows and truth values are written in; the first one is for who does not say.
RESULTS: Final = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
#: What graphs are written in.
TRIPLES: Final = (
    "text/turtle",
    "application/n-triples",
    "application/n-quads",
    "application/trig",
    "application/ld+json",
    "application/rdf+xml",
)
#: What ``format`` may be: the names that the command line has too, and media types, as Virtuoso's users write them.
#: Others mean nothing: SPARQLWrapper sends its own.
_FORMATS: Final = (
    {row.name: row.rows or row.graph for row in ANSWER_FORMATS if row is not TABLE}
    | {row.name: row.media_type for row in (N_QUADS, TRIG)}
    | {media_type: media_type for media_type in (*RESULTS, *TRIPLES)}
)
_PAGE: Final = "text/html"
#: What clients say that mean these, and are answered in their own words.
_ALIASES: Final = {"application/json": RESULTS[0], "application/xml": RESULTS[1]}
#: All there is; of equals the first one is taken, so that a page is for who likes pages better than answers.
_OFFERED: Final = (*RESULTS, *_ALIASES, *TRIPLES, _PAGE)
_METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
#: Bytes of a body: a query and the graphs, percent-encoded.
_MAX_BODY: Final = 12 * MAX_LENGTH


class _Operation(NamedTuple):
    """A query operation (section 2.1)."""

    query: str
    defaults: tuple[str, ...]
    named: tuple[str, ...]


#: Writes a page with a query, its default graphs and its named graphs.
Page = Callable[[Request, str, tuple[str, ...], tuple[str, ...]], Response]


def endpoint_routes(edition: Callable[[], Edition], page: Page | None = None) -> tuple[Route, ...]:
    """Return the route of the endpoint.

    :param edition: tells what is served now
    :param page: what a person in a browser gets, who opens the address of a query
    """

    async def sparql(request: Request) -> Response:
        if request.method == "OPTIONS":
            return allowing(", ".join(_METHODS), "Accept, Content-Type, If-None-Match")
        serving = edition()
        accept = accepted(request)
        if request.method != "POST" and not request.scope["query_string"]:
            return await run_in_threadpool(_description, request, serving, accept)
        operation, named = await _operation(request, serving)
        if page and not named and request.method != "POST" and preferred(accept, _OFFERED) == _PAGE:
            return await run_in_threadpool(page, request, *operation)
        results = named if named in RESULTS else preferred(accept, (*RESULTS, *_ALIASES))
        triples = named if named in TRIPLES else preferred(accept, TRIPLES)
        if results is None and triples is None:
            there_are = ", ".join(RESULTS + TRIPLES)
            raise Refused(406, f"there are: {there_are}", fr=f"il y a : {there_are}")
        question = Question(*operation, _ALIASES.get(results or "", results) or RESULTS[0], triples or TRIPLES[0])
        answer = serving.kept(question)
        if answer is None:
            answer = await serving.answer(question, client(request, serving), partial(left, request))
        response = _told(request, serving, answer, results, triples)
        if serving.kept(question):
            keep(request.scope, serving, response)
        return response

    return (Route("/sparql", sparql, methods=list(_METHODS), name="sparql"),)


def client(request: Request, edition: Edition) -> str:
    """Return whose budget a request is on."""
    peer = request.client.host if request.client else ""
    return client_of(peer, request.headers, is_behind_proxy=edition.terms.is_behind_proxy)


def _told(request: Request, edition: Edition, answer: Answer, results: str | None, triples: str | None) -> Response:
    """Write an answer, if it is of the kind that the client takes."""
    if results in _ALIASES and answer.media_type == _ALIASES[results]:
        answer = dataclasses.replace(answer, media_type=results, mark=answer.mark[:24] + "-alias")
    if answer.media_type not in (results, triples):
        if answer.spool:
            answer.spool.close()
        raise Refused(
            406,
            f"this form of query is not answered so; it is in {answer.media_type}, say",
            fr=f"cette forme de requête n'a pas de telle réponse ; elle en a en {answer.media_type}, par exemple",
        )
    return answer_response(request, answer, edition.terms.sending, client(request, edition))


def _description(request: Request, edition: Edition, accept: str) -> Response:
    """Describe the endpoint to who asks nothing; a person in a browser is led to the query page."""
    from commons_ld.web.description import service_description

    media_type = preferred(accept, (*TRIPLES, _PAGE))
    if media_type == _PAGE:
        return RedirectResponse("query", 303, HEADERS)
    if media_type is None:
        there_are = ", ".join(TRIPLES)
        raise Refused(
            406,
            f"the description of the endpoint is in: {there_are}",
            fr=f"la description du point d'accès est en : {there_are}",
        )
    try:
        endpoint = str(asked_url(request, is_behind_proxy=edition.terms.is_behind_proxy))
        body = service_description(edition, endpoint, media_type)
    except ValueError as error:
        raise Refused(
            400, "the address that was asked for is no IRI", fr="l'adresse demandée n'est pas un IRI"
        ) from error
    mark = hashlib.sha256(media_type.encode() + body).hexdigest()[:32]
    return validated(request, body, media_type, mark)


async def _operation(request: Request, edition: Edition) -> tuple[_Operation, str]:
    """Read a request: what is asked of which graphs, and the media type that it names by ``format``, or ``""``."""
    pairs = fields(request.scope["query_string"])
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/sparql-update":
            raise _no_update()
        if kind not in (FORM, "application/sparql-query"):
            raise Refused(
                415, f"send application/sparql-query or {FORM}", fr=f"envoyer application/sparql-query ou {FORM}"
            )
        sent = await body(request, edition.terms.body_seconds, _MAX_BODY)
        if kind == FORM:
            # The parameters may stand in either place, and are together what is asked.
            pairs += fields(sent)
        elif any(key == "query" for key, _ in pairs):
            raise Refused(
                400,
                "the query stands in the body already: leave the parameter out",
                fr="la requête est déjà dans le corps : enlever le paramètre",
            )
        else:
            # Some editors write a mark of the order of bytes, which is none of the text.
            pairs.append(("query", sent.removeprefix("\ufeff")))
    if any(key == "update" for key, _ in pairs):
        raise _no_update()
    queries = [value for key, value in pairs if key == "query"]
    if len(queries) != 1:
        raise Refused(400, "give one query, in the parameter query", fr="donner une requête, dans le paramètre query")
    if len(queries[0]) > MAX_LENGTH:
        raise Refused(
            413,
            f"the query is longer than {MAX_LENGTH:,} characters",
            fr=f"la requête a plus de {MAX_LENGTH} caractères",
        )
    defaults = tuple(value for key, value in pairs if key == "default-graph-uri")
    operation = _Operation(queries[0], defaults, tuple(value for key, value in pairs if key == "named-graph-uri"))
    formats = (_FORMATS[value] for key, value in pairs if key == "format" and value in _FORMATS)
    return operation, next(formats, "")


def _no_update() -> Refused:
    return Refused(
        403,
        "this endpoint is read-only: it takes no update",
        fr="ce point d'accès ne fait que répondre : il ne prend pas de mise à jour",
    )
