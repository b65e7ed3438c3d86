"""``/oai``: the publication for harvesters that speak OAI-PMH 2.0, by GET and by POST."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from commons_ld.feeds.oai import Repository, respond
from commons_ld.feeds.oai_publication import read_labels, read_rows, repository_of
from commons_ld.feeds.oai_state import Row
from commons_ld.settings import Settings
from commons_ld.web.asked import asked_url
from commons_ld.web.edition import Edition
from commons_ld.web.responses import HEADERS, Refused, overtaken

__all__ = ["oai_routes"]

_METHODS: Final = "GET, HEAD, POST"
#: Bytes of a body, and fields of a form: a request has six arguments at most.
_MAX_BODY, _MAX_FIELDS = 1 << 14, 16


def oai_routes(edition: Callable[[], Edition], settings: Settings) -> tuple[Route, ...]:
    """Return the route of OAI-PMH.

    :param edition: tells what is served now
    """
    kept: dict[str, tuple[Sequence[Row], dict[str, str]]] = {}

    def repository(folder: Path, base_url: str) -> Repository:
        found = kept.get(folder.name)
        if found is None:
            found = read_rows(folder), read_labels(folder, settings)
            kept.clear()  # the publication before is asked for no more
            kept[folder.name] = found
        return repository_of(settings, folder, *found, base_url)

    def answered(folder: Path, base_url: str, arguments: Sequence[tuple[str, str]]) -> Response:
        try:
            body = respond(arguments, repository(folder, base_url))
        except OSError as error:
            raise overtaken() from error
        return Response(body, headers={**HEADERS, "Cache-Control": "no-cache"}, media_type="text/xml")

    async def oai(request: Request) -> Response:
        serving = edition()
        text = await _form(request) if request.method == "POST" else request.url.query
        try:
            arguments = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
        except ValueError:
            arguments = []  # no verb: the protocol has its own words for that
        asked = asked_url(request, is_behind_proxy=serving.terms.is_behind_proxy)
        base_url = str(asked.replace(query=""))
        return await run_in_threadpool(answered, serving.files.folder, base_url, arguments)

    return (Route("/oai", oai, methods=_METHODS.split(", "), name="oai"),)


async def _form(request: Request) -> str:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _MAX_BODY:
                raise Refused(
                    413,
                    f"a request of OAI-PMH has at most {_MAX_BODY} bytes",
                    fr=f"une demande d'OAI-PMH a au plus {_MAX_BODY} octets",
                )
    except ClientDisconnect as error:
        raise Refused(400, "the body did not arrive whole", fr="le corps n'est pas arrivé en entier") from error
    return body.decode("utf-8", "replace")
