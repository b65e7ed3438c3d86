"""``/oai``: the publication for harvesters that speak OAI-PMH 2.0, by GET and by POST."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from commons_ld.concepts import Concepts
from commons_ld.errors import PublicationError
from commons_ld.feeds.oai import Repository, respond
from commons_ld.feeds.oai_state import STATE, Row
from commons_ld.n_quads import NQuads, n_quads_of, opened
from commons_ld.namespaces import expand
from commons_ld.outputs.search_record import graph_iri, statements, value_of
from commons_ld.rendering import Rendering
from commons_ld.settings import Settings
from commons_ld.web.asked import asked_url
from commons_ld.web.edition import Edition
from commons_ld.web.responses import HEADERS, Refused

__all__ = ["oai_routes", "read_labels", "read_rows", "repository_of"]

_METHODS: Final = "GET, HEAD, POST"
#: Bytes of a body, and fields of a form: a request has six arguments at most.
_MAX_BODY, _MAX_FIELDS = 1 << 14, 16
_PREF_LABEL: Final = expand("skos:prefLabel").encode()


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
            raise Refused(503, "another publication is taking the place of this one", wait=5) from error
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
                raise Refused(413, f"a request of OAI-PMH has at most {_MAX_BODY} bytes")
    except ClientDisconnect as error:
        raise Refused(400, "the body did not arrive whole") from error
    return body.decode("utf-8", "replace")


def repository_of(
    settings: Settings, folder: Path, rows: Sequence[Row], labels: dict[str, str], base_url: str
) -> Repository:
    """Return what is harvested from a publication."""
    title = settings.dataset.title

    def block(row: Row) -> bytes:
        with NQuads(n_quads_of(folder)) as n_quads:
            return n_quads.read(row.start, row.length)

    return Repository(
        rows=rows,
        block=block,
        base_iri=settings.base_iri,
        base_url=base_url,
        name=title.get(settings.language) or next(iter(title.values()), settings.base_iri),
        contact=settings.dataset.contact,
        rendering=Rendering(settings, Concepts.of(settings)),
        now=dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        labels=labels,
    )


def read_rows(folder: Path) -> list[Row]:
    """Return what there is to harvest of a publication, by datestamp and name; nothing if it has no feeds.

    :raises PublicationError: if what the feeds were made with is damaged
    """
    path = folder / STATE
    if not path.is_file():
        return []
    decode = msgspec.json.Decoder(Row).decode
    try:
        with path.open("rb") as file:
            return sorted((decode(line) for line in file), key=lambda row: (row.at, row.name))
    except msgspec.MsgspecError as error:
        raise PublicationError(path, f"cannot be read: {error}; run commons-ld export again") from error


def read_labels(folder: Path, settings: Settings) -> dict[str, str]:
    """Return what the concepts of the scheme are called in the language of the archive, by their IRIs."""
    labels: dict[str, str] = {}
    tag = f"@{settings.language}".encode()
    scheme = f"{settings.base_iri}graph/concepts".encode()
    is_there = False
    with opened(n_quads_of(folder)) as file:
        for line in file:
            if graph_iri(line) != scheme:
                if is_there:
                    break  # its block stands in one piece, near the beginning
                continue
            is_there = True
            for subject, predicate, label in statements(line):
                if predicate == _PREF_LABEL and label.endswith(tag):
                    labels[subject.decode()] = value_of(label)
    return labels
