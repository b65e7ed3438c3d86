"""What is said of one thing, as a graph: from a file of the publication, from a named graph, or asked of the store.

A record has its named graph. A person, a collection or a concept stands in those of many records; of these, the
description is what is said with the thing as subject, each statement once.
"""

from __future__ import annotations

from typing import NamedTuple

from commons_ld.iris import IriPolicy, Kind
from commons_ld.rdf.namespaces import expand
from commons_ld.web.edition import Edition
from commons_ld.web.worker import Question

__all__ = ["Document", "exists", "graph_question", "is_withdrawn", "replaced_by", "term"]

_RECORDS = ("session", "media")
#: The kinds of things of which one may take the place of another.
_REPLACEABLE = ("person", "organization")
#: The kinds of IRIs that stand for what one graph says.
_GRAPHS = (*_RECORDS, "graph", "description")


class Document(NamedTuple):
    """A document about one thing; its parts are described in it too."""

    kind: Kind
    slug: str

    @property
    def path(self) -> str:
        """Its address after the base, without a suffix."""
        return f"{self.kind}/{self.slug}"

    def iri(self, policy: IriPolicy) -> str:
        """Return the IRI of what it is about."""
        return policy.mint(self.kind, self.slug)

    def graph(self, policy: IriPolicy) -> str:
        """Return the name of the graph that holds what it says, or ``""`` if many do."""
        if self.kind not in _GRAPHS:
            return ""
        return policy.mint("description" if self.kind == "description" else "graph", self.slug)


def term(iri: str) -> str:
    """Return an IRI as it is written in a query.

    :raises ValueError: if it is none
    """
    import pyoxigraph

    return str(pyoxigraph.NamedNode(iri))


async def exists(edition: Edition, iri: str) -> bool:
    """Tell whether anything is said of an IRI, or in the graph of that name.

    :raises Refused: if it cannot be told now
    """
    parsed = edition.policy.parse(iri)
    if parsed is not None and not parsed.part and f"{parsed.kind}/{parsed.slug}.ttl" in edition.files:
        return True
    if iri in edition.graphs:
        return True
    question = Question(f"ASK {{ {term(iri)} ?p ?o }}", results="text/csv")
    return (await edition.told(question)).body.strip() == b"true"


async def replaced_by(edition: Edition, document: Document) -> Document | None:
    """Return the document about what has taken the place of a thing, if anything has (``dcterms:isReplacedBy``).

    :raises Refused: if it cannot be told now
    """
    if document.kind not in _REPLACEABLE or f"{document.path}.ttl" in edition.files:
        return None
    about, prop = term(document.iri(edition.policy)), term(expand("dcterms:isReplacedBy"))
    query = f"SELECT DISTINCT ?o {{ {about} {prop} ?o FILTER isIRI(?o) }} ORDER BY ?o LIMIT 1"
    _, *rows = (await edition.told(Question(query, results="text/csv"))).body.decode().split()
    found = edition.policy.parse(rows[0]) if rows else None
    return Document(found.kind, found.slug) if found is not None and not found.part else None


def is_withdrawn(edition: Edition, document: Document) -> bool:
    """Tell whether a document, or what it is a description of, belongs to a record that was withdrawn."""
    if document.kind in _RECORDS:
        return document.iri(edition.policy) in edition.withdrawn
    if document.kind in ("graph", "description") and (
        edition.is_behind or document.graph(edition.policy) not in edition.graphs
    ):
        return any(edition.policy.mint(kind, document.slug) in edition.withdrawn for kind in ("session", "media"))
    return False


def graph_question(edition: Edition, document: Document, media_type: str) -> Question:
    """Return the question whose answer is what is said of a thing."""
    graph = document.graph(edition.policy)
    if graph:
        return Question("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", (graph,), (), triples=media_type)
    about = term(document.iri(edition.policy))
    query = f"CONSTRUCT {{ {about} ?p ?o }} WHERE {{ SELECT DISTINCT ?p ?o {{ {about} ?p ?o }} }}"
    return Question(query, triples=media_type)
