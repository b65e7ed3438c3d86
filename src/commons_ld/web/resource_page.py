"""What the page about one thing is made of, asked of the store; the site renders it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import pyoxigraph as ox

from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.outputs.statements import natural
from commons_ld.rdf.namespaces import expand
from commons_ld.site.pages import Frame
from commons_ld.site.resource import MOST, SAME
from commons_ld.site.resource import resource_page as rendered
from commons_ld.web.answers import Answer
from commons_ld.web.documents import Document, graph_question, term
from commons_ld.web.edition import Edition
from commons_ld.web.worker import Question

__all__ = ["resource_page"]

_LABELS: Final = tuple(expand(name) for name in ("skos:prefLabel", "schema:name", "dcterms:title", "rdfs:label"))


def resource_page(edition: Edition, document: Document, language: Language) -> tuple[bytes, str]:
    """Return the page of a document, and its mark.

    :raises Refused: if the store does not answer now
    """
    key = ("page", document.path, language)
    kept = edition.cache.get(key)
    if kept is None:
        body = _page(edition, document, language).encode()
        mark = hashlib.sha256(body).hexdigest()[:32]
        kept = Answer("text/html", body, None, len(body), mark)
        edition.cache.put(key, kept, len(body))
    return kept.body, kept.mark


def _page(edition: Edition, document: Document, language: Language) -> str:
    about = document.iri(edition.policy)
    triples = _triples(edition.asked(graph_question(edition, document, "application/n-triples")))
    sayings = sorted(_incoming(edition, about), key=lambda row: (row[0], natural(row[1])))
    labels = _labels(edition, {about, *_iris(triples), *(subject for _, subject in sayings)}, language)
    top = _top(edition.policy, document, triples)
    frame = Frame(
        edition.policy.base_iri,
        edition.terms.titles,
        edition.terms.titles,
        path=document.path,
        data=document.path,
        has_site="site/index.html" in edition.files,
    )
    return rendered(frame, language, about=about, top=top, triples=triples, sayings=sayings, labels=labels)


def _top(policy: IriPolicy, document: Document, triples: Iterable[ox.Triple]) -> str:
    """Return what is shown first: the thing itself, or what a graph or a description is about."""
    slug = document.slug
    about = {
        "graph": (
            policy.mint("session", slug),
            policy.mint("media", slug),
            policy.dataset,
            f"{policy.base_iri}concepts",
        ),
        "description": (policy.mint("graph", slug),),
    }
    subjects = dict.fromkeys(triple.subject.value for triple in triples if isinstance(triple.subject, ox.NamedNode))
    wanted = (document.iri(policy), *about.get(document.kind, ()))
    return next((iri for iri in (*wanted, *subjects) if iri in subjects), wanted[0])


def _triples(answer: Answer) -> list[ox.Triple]:
    body = answer.body
    if answer.spool:
        with answer.spool as spool:
            body = spool.read()
    return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]


def _iris(triples: Iterable[ox.Triple]) -> Iterator[str]:
    for triple in triples:
        for node in (triple.subject, triple.object):
            if isinstance(node, ox.NamedNode):
                yield node.value


def _rows(answer: Answer) -> Iterator[list[dict[str, str]]]:
    """Yield the cells of each row of results in JSON."""
    body = answer.body
    if answer.spool:
        with answer.spool as spool:
            body = spool.read()
    found = msgspec.json.decode(body)
    for row in found["results"]["bindings"]:
        yield [row[name] for name in found["head"]["vars"]]


def _incoming(edition: Edition, about: str) -> list[tuple[str, str]]:
    """Return who speaks of a thing, with the property; one more than is shown, where there are more."""
    query = f"SELECT DISTINCT ?p ?s {{ ?s ?p {term(about)} }} LIMIT {MOST + 1}"
    own = f"{about}/"
    found = {(row[0]["value"], row[1]["value"]) for row in _rows(edition.asked(Question(query)))}
    rows = {(predicate, subject) for predicate, subject in found if not subject.startswith(own)}
    for same in SAME:
        for place, predicate in enumerate(same):
            rows -= {(other, subject) for known, subject in rows if known == predicate for other in same[place + 1 :]}
    return list(rows)


def _labels(edition: Edition, iris: set[str], language: Language) -> dict[str, str]:
    """Return what things are called: in the language of the page if there is a label in it, else in another."""
    ours = sorted(iri for iri in iris if iri.startswith(edition.policy.base_iri))
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(ours), 500):
        values = " ".join(map(term, ours[start : start + 500]))
        names = " ".join(map(term, _LABELS))
        query = f"SELECT DISTINCT ?s ?l {{ VALUES ?s {{ {values} }} VALUES ?p {{ {names} }} ?s ?p ?l }}"
        for subject, label in _rows(edition.asked(Question(query))):
            tag = label.get("xml:lang", "").partition("-")[0]
            rank = 0 if tag == language else 1 if not tag else 2
            best = found.get(subject["value"])
            if best is None or (rank, label["value"]) < best:
                found[subject["value"]] = rank, label["value"]
    return {iri: label for iri, (_, label) in found.items()}
