"""Graphs that the endpoint answers have our short names, and say the same in every syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pyoxigraph as ox
import pytest
import rdflib

from commons_ld.outputs.statements import prefixes
from commons_ld.querying.prefixes import used_alone
from commons_ld.rdf.formats import N_TRIPLES, RDF_XML, TRIG, TURTLE
from commons_ld.rdf.namespaces import PREFIXES
from commons_ld.settings import ServeSettings
from commons_ld.web.app import create_app
from commons_ld.web.edition import Edition
from commons_ld.web.endpoint import TRIPLES
from commons_ld.web.worker import PIECE, Question
from commons_ld.web.workers import Limits, Workers
from tests.asgi import Client
from tests.editions import published, serving

#: A short answer, and one that goes over the line in more than one piece.
QUERIES = {
    "short": "CONSTRUCT { ?s a ?type ; dcterms:created ?day } WHERE { ?s a ?type ; dcterms:created ?day }",
    "long": "CONSTRUCT { ?s dcterms:abstract ?text } WHERE { ?s schema:name ?name . ?a a ?c "
    "BIND(CONCAT(?name, STR(?a), STR(?c)) AS ?text) }",
    "described": "DESCRIBE ?s { ?s a cld:Session }",
    "shared": "CONSTRUCT { ?s dcterms:subject ?concept } WHERE { ?s dcterms:subject ?concept }",
    "empty": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(false) }",
}
DECLARED = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edition]:
    """Return what is served of the demonstration data: long answers wait for whatever else the machine does."""
    limits = ServeSettings(query_seconds=600)
    with serving(published(tmp_path_factory.mktemp("archive"), serve=limits)) as edition:
        yield edition


def asked(edition: Edition, query: str, media_type: str) -> httpx.Response:
    """Return what the endpoint answers."""
    client = Client(create_app(lambda: edition))
    response = client.get("/sparql", params={"query": DECLARED + QUERIES[query]}, headers={"accept": media_type})
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, media_type)
    return response


def _names(text: str) -> list[str]:
    return [turtle or xml for turtle, xml in re.findall(r"@prefix ([\w-]+):|xmlns:([\w-]+)=", text)]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("media_type", TRIPLES)
def test_each_syntax_says_the_same_to_two_readers(edition: Edition, query: str, media_type: str) -> None:
    """Whatever the short names, and however long the answer is."""
    said = set(ox.parse(asked(edition, query, N_TRIPLES.media_type).content, format=ox.RdfFormat.N_TRIPLES))
    found = asked(edition, query, media_type)
    read = rdflib.Dataset(default_union=True).parse(data=found.content, format=media_type)

    assert {quad.triple for quad in ox.parse(found.content, format=ox.RdfFormat.from_media_type(media_type))} == {
        quad.triple for quad in said
    }
    assert len(read) == len(said)
    assert (len(found.content) > PIECE) == (query == "long")


@pytest.mark.parametrize("media_type", [TURTLE.media_type, TRIG.media_type])
def test_a_short_answer_declares_the_names_that_it_uses(edition: Edition, media_type: str) -> None:
    """A long one declares them all, which is little there; an empty one none."""
    short, long = (asked(edition, query, media_type).text for query in ("short", "long"))

    names = prefixes("https://w3id.org/commons-ld/remix/")
    used = {name for name in names if re.search(rf"[ \t]{name}:", short.partition("\n<")[2])}
    assert used | {"xsd"} <= set(_names(short)) < set(names)
    assert "a cld:Session" in short
    assert "dcterms:created" in short
    assert not re.search(r"<http://purl.org/dc/terms/|<https://schema.org/", short.partition("\n<")[2])
    assert sorted(_names(long)) == sorted(names)
    assert asked(edition, "empty", media_type).text == ""


def test_what_records_share_has_short_names_as_in_the_dumps(edition: Edition) -> None:
    """Concepts, persons, organizations and collections."""
    found = asked(edition, "shared", TURTLE.media_type).text

    assert "dcterms:subject concept:" in found
    assert set(_names(found)) == {"concept", "dcterms"}


def test_rdf_xml_has_our_names_too(edition: Edition) -> None:
    """Instead of a declaration in every element."""
    found = asked(edition, "short", RDF_XML.media_type).text

    assert "<dcterms:created " in found
    assert "xmlns=" not in found
    assert set(_names(found)) == {"rdf", "dcterms"}


def test_the_same_question_has_the_same_bytes_in_another_process(edition: Edition) -> None:
    """Names come in the same order from every worker: the mark of an answer holds for all of them."""
    question = Question(DECLARED + QUERIES["short"])
    with Workers(edition.workers.store, Limits(workers=1), edition.policy.base_iri) as other:
        answers = [workers.ask(question) for workers in (edition.workers, other)]

    assert answers[0] == answers[1]
    assert answers[0].mark == answers[1].mark  # type: ignore[union-attr]


def test_a_graph_that_is_too_long_is_told(edition: Edition) -> None:
    """Past the bound there is no answer, however much of it was written."""
    with Workers(edition.workers.store, Limits(workers=1, answer=PIECE + 1000)) as workers:
        found = workers.ask(Question(DECLARED + QUERIES["long"]))

    assert getattr(found, "reason", "") == "size"


def test_what_is_no_declaration_is_left_alone() -> None:
    """Lines of a text look like declarations of Turtle in other syntaxes, and names in texts keep theirs."""
    line = b'<http://e/s> <http://e/p> "@prefix a: <http://a/> ." .\n'
    graph = b'@prefix a: <http://a/> .\n<http://e/s> <http://e/p> "a:b" .\n'

    assert used_alone(line, "application/n-triples") == line
    assert used_alone(line, "text/turtle") == line
    assert used_alone(graph, "text/turtle") == graph
