"""``GET /search``: words and facets in, records out, as a page or as JSON.

The JSON is plain: ``total``, ``page``, ``pages``, ``items`` (each with the IRI of its record as ``id``), ``facets`` and
links to the pages around. ``docs/query.md`` describes it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commons_ld.errors import QueryRejected, StoreError, StoreUnavailable
from commons_ld.messages import Language
from commons_ld.outputs.search_record import FACETS
from commons_ld.searching import Found, SearchQuery, search
from commons_ld.sentences import figure
from commons_ld.sentences.asking import said
from commons_ld.settings import Settings
from commons_ld.site.words import day
from commons_ld.web.negotiation import accepted, preferred
from commons_ld.web.page_words import FACET_NAMES, SEARCH_WORDS, facet_label
from commons_ld.web.pages import answered, language_of, rendered
from commons_ld.web.responses import Refused, problem

__all__ = ["search_routes"]

_OTHERS: Final = ("q", "page", "size", "format", "lang")
_HTML, _JSON = "text/html; charset=utf-8", "application/json"
#: What is offered; JSON for who likes it as well, or takes anything.
_OFFERED: Final = (_JSON, "application/ld+json", "text/html")


def search_routes(settings: Settings, index: Callable[[], Path]) -> tuple[Route, ...]:
    """Return the route of search.

    :param index: tells where the index of the publication lies that is served now
    """

    def answer(request: Request) -> Response:
        language = language_of(request)
        is_page = _wants_page(request)
        asked, found, refused = SearchQuery(), Found(0, 0, (), {}), None
        try:
            asked = _asked(request, is_page=is_page)
            found = search(index(), asked, language)
        except StoreError as error:
            refused = _refused(error)
            if not is_page:
                says = request.query_params.get("lang") or request.headers.get("accept-language")
                return problem(refused, language=language if says else "en")
        if not is_page:
            told = _json(request, asked, found, language)
            return answered(
                request,
                msgspec.json.encode(told),
                _JSON,
                Vary="Accept, Accept-Language",
                Access_Control_Allow_Origin="*",
            )
        text = rendered(
            "search.html",
            archive=settings.dataset.title.get(language, ""),
            words=SEARCH_WORDS[language],
            language=language,
            other="en" if language == "fr" else "fr",
            asked=asked,
            found=found,
            problem=refused.told(language) if refused else "",
            leads=lambda iri: _leads(settings.base_iri, iri, language),
            day=day,
            figure=figure,
            groups=_groups(request, asked, found, language),
            chosen=_chosen(asked, found, request, language),
            links=_links(request, asked, found),
            query_page="query",
            other_language=_link(request, lang="en" if language == "fr" else "fr"),
            as_json=_link(request, format="json"),
            clear=_link(request, page=None, **dict.fromkeys(FACETS)),
        )
        headers = {"Vary": "Accept, Accept-Language", "Content_Language": language}
        if refused:
            headers["Cache_Control"] = "no-store"
        return answered(request, text, _HTML, status=refused.status if refused else 200, **headers)

    return (Route("/search", answer, name="search"),)


def _asked(request: Request, *, is_page: bool) -> SearchQuery:
    """Return what a request asks.

    :param is_page: whether a person asks; what others append to links, such as ``utm_source``, is nothing to them
    :raises QueryRejected: if a parameter is unknown, or no number where one is due: what is misspelt is not ignored
    """
    given = request.query_params
    unknown = [name for name in given if name not in FACETS and name not in _OTHERS]
    if unknown and not is_page:
        known = ", ".join((*_OTHERS, *FACETS))
        raise QueryRejected("search", said("no-parameter", unknown[0], known=known))
    if given.get("format", "json") not in ("json", "html"):
        raise QueryRejected("search", said("bad-format"))
    facets = {facet: tuple(dict.fromkeys(filter(None, given.getlist(facet)))) for facet in FACETS if given.get(facet)}
    return SearchQuery(given.get("q", ""), facets, _number(given.get("page"), 1), _number(given.get("size"), 20))


def _number(text: str | None, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise QueryRejected("search", said("bad-number", text[:20]))
    return int(text)


def _wants_page(request: Request) -> bool:
    """Tell whether a page is wanted and not JSON: by ``?format=``, else as ``Accept`` weighs them."""
    asked = request.query_params.get("format")
    return asked == "html" if asked else preferred(accepted(request), _OFFERED) == "text/html"


def _refused(error: StoreError) -> Refused:
    """Return an error as it is told; its words hold nothing of the server's own paths."""
    if isinstance(error, QueryRejected):
        return Refused(400, error.problem["en"], fr=error.problem["fr"])
    if isinstance(error, StoreUnavailable):
        return Refused(503, error.problem["en"], fr=error.problem["fr"], wait=5)
    return Refused(
        500,
        "the search index is broken; the publisher can export again",
        fr="l'index de recherche est abîmé ; qui publie peut exporter de nouveau",
    )


def _json(request: Request, asked: SearchQuery, found: Found, language: Language) -> dict[str, Any]:
    return {
        "total": found.total,
        "page": asked.page,
        "pages": found.pages,
        "items": [
            {
                "id": hit.iri,
                "title": hit.title,
                "date": hit.date,
                "snippet": [{"text": text, "found": is_found} for text, is_found in hit.snippet],
            }
            for hit in found.hits
        ],
        "facets": {
            facet: [
                {
                    "value": row.value,
                    "label": facet_label(facet, row.value, row.label, language),
                    "count": row.records,
                    "chosen": row.chosen,
                }
                for row in rows
            ]
            for facet, rows in found.facets.items()
        },
        **_links(request, asked, found),
    }


def _links(request: Request, asked: SearchQuery, found: Found) -> dict[str, str]:
    """Return the addresses of the pages before and after, relative to this one, where there are any."""
    links = {}
    if 1 < asked.page <= found.pages:
        links["previous"] = _link(request, page=str(asked.page - 1))
    if asked.page < found.pages:
        links["next"] = _link(request, page=str(asked.page + 1))
    return links


def _leads(base_iri: str, iri: str, language: Language) -> str:
    """Return where an IRI leads on this server, relative to the address of the search, if it is one of ours.

    >>> _leads("https://e.test/", "https://e.test/session/a", "en"), _leads("https://e.test/", "https://x.test/", "en")
    ('./session/a?lang=en', 'https://x.test/')
    """
    name = iri.removeprefix(base_iri)
    return iri if name == iri else f"./{name}?{urlencode({'lang': language})}"


def _link(request: Request, **changed: str | None) -> str:
    """Return the address of this search with some parameters changed, or left out where they are ``None``."""
    given = [(name, value) for name, value in _given(request) if name not in changed]
    given += [(name, value) for name, value in changed.items() if value is not None]
    return f"search?{urlencode(given)}" if given else "search"


def _given(request: Request) -> list[tuple[str, str]]:
    """Return the parameters of a request that mean something here."""
    return [item for item in request.query_params.multi_items() if item[0] in FACETS or item[0] in _OTHERS]


def _toggled(request: Request, facet: str, value: str) -> str:
    """Return the address of this search with a value of a facet chosen, or not any more, from its first page."""
    pair = (facet, value)
    given = [item for item in _given(request) if item[0] != "page"]
    given = [item for item in given if item != pair] if pair in given else [*given, pair]
    return f"search?{urlencode(given)}" if given else "search"


def _groups(request: Request, asked: SearchQuery, found: Found, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "name": facet,
            "label": FACET_NAMES[language][facet],
            "is_open": bool(asked.facets.get(facet)) or facet in ("enjeu", "year"),
            "rows": [
                {
                    "label": facet_label(facet, row.value, row.label, language),
                    "records": row.records,
                    "chosen": row.chosen,
                    "link": _toggled(request, facet, row.value),
                }
                for row in rows
            ],
        }
        for facet, rows in found.facets.items()
        if rows
    ]


def _chosen(asked: SearchQuery, found: Found, request: Request, language: Language) -> list[dict[str, str]]:
    return [
        {
            "facet": FACET_NAMES[language][facet],
            "label": facet_label(facet, row.value, row.label, language),
            "link": _toggled(request, facet, row.value),
        }
        for facet, rows in found.facets.items()
        if asked.facets.get(facet)
        for row in rows
        if row.chosen
    ]
