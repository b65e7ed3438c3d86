"""The query page: an editor, the cookbook, and the answer as a table, a chart, a map or text.

Everything on it comes from this server. Its editor is bundled when the wheel is built; where it is missing, a text area
takes its place, and all the rest stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commons_ld.artefacts import artefact
from commons_ld.concepts import concepts_text
from commons_ld.cookbook import recipes
from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.messages import Language
from commons_ld.querying.answers import ANSWER_FORMATS, TABLE
from commons_ld.rdf.namespaces import PREFIXES
from commons_ld.settings import Settings
from commons_ld.web.endpoint import Page
from commons_ld.web.page_words import QUERY_WORDS
from commons_ld.web.pages import answered, assets, language_of, rendered

__all__ = ["query_page", "query_page_routes", "vocabulary_terms"]

#: What is in the editor at first.
_FIRST: Final = "sessions-by-issue-and-year"
#: The address of the SPARQL endpoint, relative to the page's.
_ENDPOINT: Final = "sparql"


def query_page_routes(settings: Settings) -> tuple[Route, ...]:
    """Return the route of the query page."""
    page = query_page(settings)
    return (Route("/query", lambda request: page(request, "", (), ()), name="query-page"),)


def query_page(settings: Settings) -> Page:
    """Return what writes the query page: with a query that is asked at once, or with one to begin from."""

    def page(request: Request, query: str, defaults: tuple[str, ...], named: tuple[str, ...]) -> Response:
        language = language_of(request)
        told = _told(settings.base_iri, concepts_text(settings), language)
        text = rendered(
            "query.html",
            archive=settings.dataset.title.get(language, ""),
            words=QUERY_WORDS[language],
            recipes=told["recipes"],
            first=next(recipe for recipe in told["recipes"] if recipe["name"] == _FIRST),
            asked=query,
            graphs=[("default-graph-uri", graph) for graph in defaults]
            + [("named-graph-uri", graph) for graph in named],
            formats=told["formats"],
            endpoint=_ENDPOINT,
            search="search",
            language=language,
            other="en" if language == "fr" else "fr",
            data=_data(settings.base_iri, concepts_text(settings), language),
        )
        vary = "Accept, Accept-Language" if query else "Accept-Language"
        return answered(request, text, "text/html; charset=utf-8", Vary=vary, Content_Language=language)

    return page


@lru_cache(maxsize=8)
def _data(base_iri: str, concepts: str, language: Language) -> str:
    """Return what the script of the page is told, as it stands in the page."""
    # A block of data in a page ends at the first "</": in JSON, a "<" can be written otherwise.
    return msgspec.json.encode(_told(base_iri, concepts, language)).decode().replace("<", "\\u003c")


@lru_cache(maxsize=8)
def _told(base_iri: str, concepts: str, language: Language) -> dict[str, Any]:
    return {
        "endpoint": _ENDPOINT,
        "baseIri": base_iri,
        "prefixes": PREFIXES,
        "words": QUERY_WORDS[language],
        "recipes": [
            {
                "name": recipe.name,
                # In French a blank stands before the mark; a line is not to break there.
                "title": recipe.titles[language].replace(" ?", "\u202f?"),
                "comment": recipe.comments[language],
                "query": recipe.query_in(language),
                "isOfTwo": bool(recipe.companion),
            }
            for recipe in recipes()
        ],
        "formats": [
            {"name": row.name, "mediaType": row.rows or row.graph, "isGraph": not row.rows}
            for row in ANSWER_FORMATS
            if row is not TABLE
        ],
        "terms": vocabulary_terms(language, concepts),
        "editor": assets().get("editor.js", ""),
        "land": assets()["land.svg"],
        "language": language,
    }


@lru_cache(maxsize=2)
def vocabulary_terms(language: Language, concepts: str) -> list[dict[str, str]]:
    """Return what can be completed: terms of the vocabulary and of those it leans on, prefixes, and concepts.

    :param language: of their labels
    :param concepts: the Turtle of the archive's concepts

    >>> concepts = artefact("ontology/concepts.ttl").read_text(encoding="utf-8")
    >>> [term["detail"] for term in vocabulary_terms("fr", concepts) if term["label"] == "cld:enjeu"]
    ['enjeu']
    """
    terms = {term["label"]: term for term in (*_used(), *_own(language))}
    prefixes = [
        {"label": f"PREFIX {name}:", "insert": f"PREFIX {name}: <{iri}>\n", "type": "keyword", "detail": iri}
        for name, iri in PREFIXES.items()
    ]
    return [*sorted(terms.values(), key=lambda term: term["label"]), *prefixes, *_concepts(language, concepts)]


def _used() -> Iterator[dict[str, str]]:
    for rule in CROSSWALK:
        for name in rule.properties:
            yield {"label": name, "type": "property", "detail": rule.field}


def _own(language: Language) -> Iterator[dict[str, str]]:
    labels = _labels(_text("ontology/commons.ttl"), "rdfs:label", language)
    comments = _labels(_text("ontology/commons.ttl"), "rdfs:comment", language)
    for iri, label in labels.items():
        name = iri.removeprefix(PREFIXES["cld"])
        if name != iri and name:
            kind = "class" if name[0].isupper() else "property"
            yield {"label": f"cld:{name}", "type": kind, "detail": label, "info": comments.get(iri, "")}


def _concepts(language: Language, concepts: str) -> Iterator[dict[str, str]]:
    for iri, label in sorted(_labels(concepts, "skos:prefLabel", language).items()):
        yield {"label": label, "insert": f"<{iri}>", "type": "constant", "detail": iri.rpartition("/")[2]}


def _text(name: str) -> str:
    return artefact(name).read_text(encoding="utf-8")


def _labels(text: str, predicate: str, language: Language) -> dict[str, str]:
    import pyoxigraph as ox

    from commons_ld.rdf.namespaces import expand

    found = {}
    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
        subject, literal = quad.subject, quad.object
        is_label = quad.predicate.value == expand(predicate) and isinstance(literal, ox.Literal)
        if is_label and literal.language == language and isinstance(subject, ox.NamedNode):
            found[subject.value] = literal.value
    return found
