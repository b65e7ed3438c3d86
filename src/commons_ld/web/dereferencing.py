"""Every IRI of the publication leads to what is said of it (https://www.w3.org/TR/cooluris/).

What an IRI names, a session or a person, cannot be sent over HTTP. So it is answered with 303 and the address of a
document about it, in the syntax that ``Accept`` asks for; the document has the same address with a suffix, ``.html``,
``.ttl``, ``.jsonld``, ``.nt`` or ``.rdf``. A part of a record, such as a note, is described in the document of the
record. IRIs are understood at the root of the server as well as below the path that ``base_iri`` has, so that both
a redirecting service (w3id.org) and a server of one's own can lead here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from commons_ld.feeds import tombstones
from commons_ld.hosting.table import media_type_of
from commons_ld.iris import IriPolicy
from commons_ld.rdf.formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from commons_ld.rendering.places import record_of
from commons_ld.site.layout import LANGUAGES, ROOT, page_name
from commons_ld.site.missing import missing_page
from commons_ld.site.pages import FRAMELESS, Frame, assets
from commons_ld.web.documents import Document, exists, graph_question, is_withdrawn, replaced_by
from commons_ld.web.edition import Edition
from commons_ld.web.endpoint import client
from commons_ld.web.files import file_response
from commons_ld.web.negotiation import accepted, preferred
from commons_ld.web.pages import language_of
from commons_ld.web.resource_page import resource_page
from commons_ld.web.responses import HEADERS, Refused, allowing, answer_response, overtaken, validated

__all__ = ["SUFFIXES", "Named", "dereferencing_routes", "named"]

#: The suffixes of documents, with their media types; the first is for who accepts anything.
SUFFIXES: Final = {
    ".ttl": TURTLE.media_type,
    ".jsonld": JSON_LD.media_type,
    ".nt": N_TRIPLES.media_type,
    ".rdf": RDF_XML.media_type,
    ".html": "text/html",
}
#: The concept scheme and its collections, which are described in one graph.
_SCHEME: Final = re.compile(r"concepts(?:/[a-z0-9-]+)?")
#: What the description for catalogues is about, and what its files in the site are called.
_DESCRIBED: Final = ("", "dataset", "catalog")
_DESCRIPTION: Final = "catalog"
#: Where something leads depends on what is accepted.
_CHOSEN: Final = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}
#: Of each media type that a client may ask for, the suffix of the document that it gets.
_OFFERED: Final = {media_type: suffix for suffix, media_type in SUFFIXES.items()} | {
    "application/xhtml+xml": ".html",
    "application/json": ".jsonld",
}


#: The parts of a record that have a place of their own in its page; the others stand among its details.
_PLACES: Final = ("note-", "document-")


#: What a client is told in that there is nothing; the first is for who accepts anything.
_TOLD_IN: Final = ("application/problem+json", "text/html")


class Named(NamedTuple):
    """What an IRI names, and the document that describes it.

    :param iri: what is described
    :param document: the address of the document, after the base and without its suffix
    :param fragment: where in its page the thing stands
    """

    iri: str
    document: Document
    fragment: str = ""


def named(path: str, policy: IriPolicy) -> Named | None:
    """Return what the IRI names that has this path after the base, or nothing if no IRI of ours has it.

    >>> found = named("session/a/note/2", IriPolicy("https://e.test/"))
    >>> found.document.path, found.fragment
    ('session/a', 'note-2')
    >>> named("../etc/passwd", IriPolicy("https://e.test/")) is None
    True
    """
    base = policy.base_iri
    iri = f"{base}{path}"
    if path in ("", "dataset"):
        return Named(policy.dataset, Document("graph", "catalog"))
    if _SCHEME.fullmatch(path):
        return Named(iri, Document("graph", "concepts"))
    parsed = policy.parse(iri)
    if parsed is None:
        return None
    fragment = "-".join(filter(None, (parsed.part, str(parsed.number or ""))))
    return Named(iri, Document(parsed.kind, parsed.slug), fragment)


def dereferencing_routes(edition: Callable[[], Edition]) -> tuple[Route, ...]:
    """Return the route of everything that has no other: IRIs, their documents, and the files of the publication.

    :param edition: tells what is served now
    """

    async def dereference(request: Request) -> Response:
        if request.method == "OPTIONS":
            return allowing(_METHODS, "Accept, If-None-Match, If-Range, Range")
        serving = edition()
        path = _path(request, serving.policy)
        if file := _file_name(path, serving):
            return _file(request, serving, file)
        if asset := assets().files.get(path.removeprefix("design/")) if path.startswith("design/") else None:
            # A site that was left out has no such file, but its pages that are made here need them.
            mark = hashlib.sha256(asset).hexdigest()[:32]
            return validated(request, asset, media_type_of(path), mark)
        try:
            return await _answered(request, serving, path)
        except Refused as refused:
            if refused.status == 404 and serving.is_behind:
                raise overtaken() from refused  # what is new may be in the store that is being loaded
            if refused.status == 404 and preferred(accepted(request), _TOLD_IN) == "text/html":
                return _missing(request, serving, path)
            raise

    return (Route("/{path:path}", dereference, methods=_METHODS.split(", "), name="iri"),)


_METHODS: Final = "GET, HEAD, OPTIONS"
#: Where the files lie that a web host serves, in the folder of the publication.


def _missing(request: Request, edition: Edition, path: str) -> Response:
    """Tell a person in a browser that there is nothing, and where the archive is."""
    language = "en" if path.endswith(f".{LANGUAGES[1]}.html") else language_of(request)
    titles = edition.terms.titles
    frame = Frame(edition.policy.base_iri, titles, titles, has_site="site/index.html" in edition.files)
    headers = {
        **HEADERS,
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Language",
        "Content-Language": language,
        "Content-Security-Policy": FRAMELESS,
    }
    return Response(missing_page(frame, path, language), 404, headers, "text/html; charset=utf-8")


def _path(request: Request, policy: IriPolicy) -> str:
    """Return the path of a request after the base."""
    path = str(request.path_params["path"])
    return path.removeprefix(urlsplit(policy.base_iri).path.lstrip("/"))


def _file_name(path: str, edition: Edition) -> str:
    """Return the file that has a path, in the publication or in its site, or ``""``."""
    return next((name for name in (path, ROOT + path) if name in edition.files), "")


def _file(request: Request, edition: Edition, name: str) -> Response:
    """Answer with a file of the publication; one of a record links to the other documents about it."""
    path = name.removeprefix(ROOT)
    stem, dot, suffix = path.rpartition(".")
    stem = stem.removesuffix(f".{LANGUAGES[1]}") if suffix == "html" else stem
    found = named(stem, edition.policy) if f"{dot}{suffix}" in SUFFIXES and "/" in stem else None
    headers = {"Link": _links(found, path)} if found and found.document.path == stem else {}
    if stem == _DESCRIPTION:
        headers["Link"] = _described_links(edition, path)
    if suffix == "html" and name.startswith(ROOT):
        headers["Content-Language"] = LANGUAGES[path.endswith(f".{LANGUAGES[1]}.html")]
    return file_response(request, edition.files, name, **headers)


async def _answered(request: Request, edition: Edition, path: str) -> Response:
    if path in _DESCRIBED and f"{ROOT}{_DESCRIPTION}{TURTLE.suffix}" in edition.files:
        return _described(request, edition, path)
    stem, dot, ending = path.rpartition(".")
    suffix = f"{dot}{ending}"
    is_document = suffix in SUFFIXES
    found = named(stem if is_document else path, edition.policy)
    if path.startswith("feeds/") and f"{ROOT}{tombstones.FOLDER}{path}" in edition.files:
        raise Refused(
            410,
            "this page of a feed was issued anew; begin again at the root of the feed",
            fr="cette page d'un flux a été refaite ; recommencer à la racine du flux",
        )
    made_of = found or _made_of(path, edition.policy)
    if made_of and is_withdrawn(edition, made_of.document):
        return _gone(request, edition, made_of, suffix if is_document else "")
    if found is None:
        raise _never()
    if other := await replaced_by(edition, found.document):
        # What took its place is where it leads for good (RFC 9110, section 15.4.2).
        location = "../" * path.count("/") + other.path + (suffix if is_document else "")
        return RedirectResponse(location, 301, {**HEADERS, "Link": f'<{other.iri(edition.policy)}>; rel="canonical"'})
    if not is_document:
        return await _see_other(request, edition, found, path)
    if found.fragment or (stem != found.document.path) or not await exists(edition, found.document.iri(edition.policy)):
        raise Refused(
            404,
            "there is no document at this address, and never was",
            fr="il n'y a pas de document à cette adresse, et il n'y en a jamais eu",
        )
    graph = found.document.graph(edition.policy)
    if graph and edition.is_behind and graph not in edition.graphs:
        raise overtaken()
    links = _links(found, path)
    if suffix == ".html":
        language = language_of(request)
        body, mark = await run_in_threadpool(resource_page, edition, found.document, language)
        headers = {
            "Vary": "Accept, Accept-Language",
            "Content-Language": language,
            "Content-Security-Policy": FRAMELESS,
        }
        return validated(request, body, "text/html; charset=utf-8", mark, Link=links, **headers)
    answer = await edition.told(graph_question(edition, found.document, SUFFIXES[suffix]))
    return answer_response(request, answer, edition.terms.sending, client(request, edition), Link=links)


def _never() -> Refused:
    return Refused(
        404,
        "there is nothing at this address, and never was",
        fr="il n'y a rien à cette adresse, et il n'y a jamais rien eu",
    )


def _described(request: Request, edition: Edition, path: str) -> Response:
    """Lead from the dataset, its catalogue or the base to the description for catalogues of datasets, or to a page."""
    suffix = _chosen(request)
    up = "../" * path.count("/")
    page = page_name("dataset" if path else "index", language_of(request))
    name = page if suffix == ".html" else f"{_DESCRIPTION}{suffix}"
    return RedirectResponse(up + name, 303, {**HEADERS, **_CHOSEN, "Link": _described_links(edition, path)})


def _described_links(edition: Edition, path: str) -> str:
    """Return what ``Link`` says of the description for catalogues: its other documents, and what it is about."""
    links = [
        f'<{"../" * path.count("/")}{_DESCRIPTION}{ending}>; rel="alternate"; type="{media_type}"'
        for ending, media_type in SUFFIXES.items()
        if f"{ROOT}{_DESCRIPTION}{ending}" in edition.files and path != f"{_DESCRIPTION}{ending}"
    ]
    about = f'<{edition.policy.dataset}>; rel="describes"'
    return ", ".join([*links, about] if path.startswith(f"{_DESCRIPTION}.") else links)


def _chosen(request: Request) -> str:
    """Return the suffix of the document that a client likes best.

    :raises Refused: if it likes none
    """
    chosen = preferred(accepted(request), tuple(_OFFERED))
    if chosen is None:
        there_are = ", ".join(SUFFIXES.values())
        raise Refused(406, f"the documents are in: {there_are}", fr=f"les documents sont en : {there_are}")
    return _OFFERED[chosen]


def _made_of(path: str, policy: IriPolicy) -> Named | None:
    """Return the record of which a file is made that is no document about it: chapters, a page of notes in English."""
    record = record_of(path)
    return named(record, policy) if record else None


def _gone(request: Request, edition: Edition, found: Named, suffix: str) -> Response:
    """Answer with what stands where a record was: a page or statements, and 410 (RFC 9110, section 15.5.11)."""
    offered = {"text/html": ".html", "application/xhtml+xml": ".html", "text/turtle": ".ttl"}
    wanted = suffix or offered.get(preferred(accepted(request), tuple(offered)) or "", "")
    name = f"{ROOT}{tombstones.FOLDER}{found.document.path}{wanted}"
    if wanted not in offered.values() or name not in edition.files:
        raise Refused(
            410,
            "this record was published here, and has been withdrawn",
            fr="cette fiche a été publiée ici, et en a été retirée",
        )
    response = file_response(request, edition.files, name)
    if response.status_code == 200:
        response.status_code = 410
    return response


async def _see_other(request: Request, edition: Edition, found: Named, path: str) -> Response:
    """Lead from what is named to the document about it."""
    if not await exists(edition, found.iri):
        raise _never()
    if (successor := edition.given_up.get(found.iri)) is not None:
        if not successor:
            document = f"{found.document.path}.ttl"
            raise Refused(
                410,
                f"this concept was given up; what was said of it is at {document}",
                fr=f"ce concept a été abandonné ; ce qui en était dit est à {document}",
            )
        return RedirectResponse(successor.replace(edition.policy.base_iri, "../" * path.count("/"), 1), 301, HEADERS)
    suffix = _chosen(request)
    location = "../" * path.count("/") + found.document.path + suffix
    if suffix == ".html":
        page = _page(request, edition, found, path)
        if page:
            return RedirectResponse("../" * path.count("/") + page, 303, _told(found, path))
        location += f"#{found.fragment}" if found.fragment else ""
    # The language of a page is chosen by the reader, and no part of its address: it goes along.
    if suffix == ".html" and request.query_params.get("lang") in ("fr", "en"):
        path_, hash_, fragment = location.partition("#")
        location = f"{path_}?lang={request.query_params['lang']}{hash_}{fragment}"
    return RedirectResponse(location, 303, _told(found, path))


def _told(found: Named, path: str) -> dict[str, str]:
    """Return the headers of what leads elsewhere; where it leads depends on what is accepted."""
    return {**HEADERS, **_CHOSEN, "Link": _links(found, path)}


def _page(request: Request, edition: Edition, found: Named, path: str) -> str:
    """Return the page of the site about what is named, in the language of the reader, or ``""`` where there is none."""
    stem = {"": "index", "dataset": "dataset"}.get(path, found.document.path)
    name = page_name(stem, language_of(request))
    if ROOT + name not in edition.files:
        return ""
    return f"{name}#{found.fragment}" if found.fragment.startswith(_PLACES) else name


def _links(found: Named, path: str) -> str:
    """Return what ``Link`` says (RFC 8288): the other documents, and what they are about."""
    up = "../" * path.count("/")
    links = [
        f'<{up}{found.document.path}{suffix}>; rel="alternate"; type="{media_type}"'
        for suffix, media_type in SUFFIXES.items()
        if f"{found.document.path}{suffix}" != path
    ]
    return ", ".join([*links, f'<{found.iri}>; rel="describes"' if path.endswith(tuple(SUFFIXES)) else ""]).rstrip(", ")
