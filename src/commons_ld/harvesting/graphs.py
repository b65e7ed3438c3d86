"""Foreign RDF made ours: one named graph a record, sorted, without blank nodes.

JSON-LD is read with the contexts that are known here or that the archive itself has; no other is fetched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import httpx
import msgspec
import pyoxigraph as ox

from commons_ld.errors import HarvestError
from commons_ld.harvesting.skolem import skolem_iris
from commons_ld.harvesting.told import Archive
from commons_ld.harvesting.words import said
from commons_ld.harvesting.xml import read
from commons_ld.http_client import Response, named

__all__ = ["ACCEPT", "MOST", "ContextError", "lines_of", "parse", "with_context"]

#: What is asked for where RDF is wanted.
ACCEPT: Final = (
    "application/n-quads, application/trig, text/turtle;q=0.9, application/n-triples;q=0.9, "
    "application/ld+json;q=0.8, application/rdf+xml;q=0.7"
)
#: The statements that one record may have.
MOST: Final = 200_000
_DEPTH: Final = 200

#: schema.org's own context is 200 KB, and says this of what we read: its terms are its names.
_SCHEMA: Final = {"@vocab": "https://schema.org/", "id": "@id", "type": "@type"} | {
    term: {"@type": "@id"}
    for term in ("url", "sameAs", "mainEntityOfPage", "license", "contentUrl", "embedUrl", "thumbnailUrl", "isPartOf")
}
_SCHEMA_CONTEXTS: Final = frozenset({"schema.org", "www.schema.org"})

_Term = ox.NamedNode | ox.BlankNode | ox.Literal


class ContextError(Exception):
    """A JSON-LD context that is neither known here nor to be had from the archive."""


def parse(response: Response, archive: Archive) -> list[ox.Quad]:
    """Return the statements of an answer, with its address as base.

    :raises HarvestError: if it is no RDF, or XML with a document type
    """
    format_ = ox.RdfFormat.from_media_type(response.media_type) if response.media_type else None
    format_ = format_ or ox.RdfFormat.from_extension(response.url.path.rpartition(".")[2])
    body = response.body
    if format_ is None:
        raise HarvestError(named(response.url), said("broken-rdf", value=response.media_type or "?"))
    base = str(response.url.copy_with(fragment=None))
    try:
        if format_ == ox.RdfFormat.JSON_LD:
            body = with_context(body, archive, base)
        elif format_ == ox.RdfFormat.RDF_XML:
            read(response)  # the parser of RDF would follow the entities of a document type
        return list(ox.parse(body, format=format_, base_iri=base))
    except (SyntaxError, ValueError, RecursionError) as error:
        raise HarvestError(named(response.url), said("broken-rdf", value=_without_text(error))) from None
    except ContextError as error:
        raise HarvestError(named(response.url), said("record-context", value=error)) from None


def _without_text(error: Exception) -> str:
    """Return where a parser stopped; its words may hold text of the record, which is not to be told."""
    line = getattr(error, "lineno", None)
    return f"line {line}" if line else type(error).__name__


def with_context(data: bytes, archive: Archive, base: str) -> bytes:
    """Return JSON-LD whose contexts are all in it: ours, schema.org's in short, or fetched from the archive itself.

    :raises ContextError: for any other
    :raises ValueError: if it is no JSON
    """
    document = msgspec.json.decode(data)
    return msgspec.json.encode(_inlined(document, archive, base, 0))


def _inlined(value: object, archive: Archive, base: str, depth: int) -> object:
    if depth > _DEPTH:
        raise ValueError("too deep")
    if isinstance(value, list):
        return [_inlined(item, archive, base, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _context(item, archive, base, depth + 1) if key == "@context" else _inlined(item, archive, base, depth + 1)
        for key, item in value.items()
    }


def _context(value: object, archive: Archive, base: str, depth: int) -> object:
    if depth > _DEPTH:
        raise ValueError("too deep")
    if isinstance(value, list):
        return [_context(item, archive, base, depth + 1) for item in value]
    if not isinstance(value, str):
        return value
    try:
        url = httpx.URL(base).join(value)
    except httpx.InvalidURL:
        raise ContextError(value) from None
    if url.host in _SCHEMA_CONTEXTS:
        return _SCHEMA
    if not archive.is_allowed(url):
        raise ContextError(named(url))
    if (known := str(url)) not in archive.contexts:
        archive.contexts[known] = {}  # what a context that names itself finds
        try:
            document = msgspec.json.decode(archive.ask(url, accept="application/ld+json, application/json").body)
        except (msgspec.DecodeError, RecursionError):
            raise ContextError(named(url)) from None
        if not isinstance(document, dict) or "@context" not in document:
            raise ContextError(named(url))
        archive.contexts[known] = _context(document["@context"], archive, known, depth + 1)
    return archive.contexts[known]


def lines_of(triples: Iterable[ox.Triple], graph: str, genid: str) -> bytes:
    """Return statements as lines of N-Quads in one named graph: sorted, each once, without blank nodes.

    :param genid: what the names of blank nodes begin with
    :raises ValueError: if the name of the graph is no IRI

    >>> blank, p = ox.BlankNode("x"), ox.NamedNode("http://a/p")
    >>> lines_of([ox.Triple(blank, p, ox.Literal("v"))], "http://a/g", "http://b/").decode()[:15]
    '<http://b/6b517'
    """
    found = list(triples)
    names = skolem_iris(found, f"{genid}{hashlib.sha256(graph.encode()).hexdigest()[:12]}-")
    name = ox.NamedNode(graph)
    quads = (
        ox.Quad(_named(triple.subject, names), triple.predicate, _named(triple.object, names), name) for triple in found
    )
    lines = {ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b"" for quad in quads}
    return b"".join(sorted(lines))


def _named(term: Any, names: dict[str, ox.NamedNode]) -> Any:
    return names[term.value] if isinstance(term, ox.BlankNode) else term
