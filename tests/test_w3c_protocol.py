"""The tests of the W3C for the SPARQL 1.1 Protocol and Service Description, by their names, of ``commons-ld serve``.

The names are those of its lists (https://w3c.github.io/rdf-tests/sparql/sparql11/); the requests are our own, over
graphs of the demonstration data. The endpoint is read-only: what changes a store is to be refused, and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from commons_ld.settings import Settings
from tests.editions import published
from tests.servers import endpoint
from tests.servers.endpoint import Endpoint

SCHEMA = Path(__file__).parent / "cases" / "service-description" / "schema.ttl"
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"

#: Three records: each stands in a graph of its own, and nowhere else has it a type.
NAMES: Final = (
    "22-05-demonstration-un-atelier-sur-l-eau",
    "23-01-demonstration-un-appel-en-anglais",
    "23-06-demonstration-un-verger-partage",
)
ONE, TWO, THREE = (f"<{Settings().base_iri}session/{name}> a ?type" for name in NAMES)
GRAPHS: Final = tuple(f"{Settings().base_iri}graph/{name}" for name in NAMES)
BOTH = f"ASK {{ {ONE} . {TWO} }}"
NAMED = f"ASK {{ GRAPH ?g1 {{ {ONE} }} GRAPH ?g2 {{ {TWO} }} }}"
FULL = f"ASK {{ {THREE} . GRAPH ?g1 {{ {ONE} }} GRAPH ?g2 {{ {TWO} }} }}"
CHANGE = f"INSERT DATA {{ GRAPH <{GRAPHS[0]}> {{ <urn:s> <urn:p> <urn:o> }} }}"
SELECT = "SELECT ?s { ?s ?p ?o } LIMIT 1"

ROWS = {"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"}
TRUTHS = {"application/sparql-results+json", "application/sparql-results+xml"}
TRIPLES = {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"}

Parameters = tuple[tuple[str, str], ...]


class Case(NamedTuple):
    """A request.

    :param parameters: of its address
    :param body: what is sent, of the media type ``kind``; none of them for GET
    """

    method: str = "GET"
    parameters: Parameters = ()
    body: bytes = b""
    kind: str = ""


def get(query: str, *more: tuple[str, str]) -> Case:
    """Return a query by GET."""
    return Case("GET", (("query", query), *more))


def form(*fields: tuple[str, str], parameters: Parameters = ()) -> Case:
    """Return a POST of a form."""
    return Case("POST", parameters, encoded(fields).encode(), FORM)


def direct(text: str, *parameters: tuple[str, str], kind: str = QUERY) -> Case:
    """Return a POST of a query or an update."""
    return Case("POST", parameters, text.encode(), kind)


def encoded(fields: Parameters) -> str:
    """Return fields as a form or an address has them."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in fields)


def default(*numbers: int) -> Parameters:
    """Return the parameters that choose default graphs."""
    return tuple(("default-graph-uri", GRAPHS[number - 1]) for number in numbers)


def named(*numbers: int) -> Parameters:
    """Return the parameters that choose named graphs."""
    return tuple(("named-graph-uri", GRAPHS[number - 1]) for number in numbers)


#: Queries that have an answer, and whether that is yes.
TRUE: Final = {
    "query_get": get("ASK {}"),
    "query_post_form": form(("query", "ASK {}"), parameters=default(1)),
    "query_post_direct": direct("ASK {}"),
    "query_dataset_default_graphs_get": get(BOTH, *default(1, 2)),
    "query_dataset_default_graphs_post": direct(BOTH, *default(1, 2)),
    "query_dataset_named_graphs_get": get(NAMED, *named(1, 2)),
    "query_dataset_named_graphs_post": direct(NAMED, *named(1, 2)),
    "query_dataset_full": direct(FULL, *default(3), *named(1, 2)),
    # What the protocol says of the dataset stands above what the query says of it (section 2.1.4).
    "query_multiple_dataset": direct(BOTH.replace("ASK", f"ASK FROM <{GRAPHS[2]}>"), *default(1, 2)),
}
#: The same with another dataset: they would be true if it were not looked at.
FALSE: Final = {
    "a default graph by GET": get(BOTH, *default(1)),
    "a default graph by POST": direct(BOTH, *default(2)),
    "a default graph in a form": form(("query", BOTH), *default(1)),
    "a default graph beside a form": form(("query", BOTH), parameters=default(1)),
    "a named graph by GET": get(NAMED, *named(1)),
    "a named graph by POST": direct(NAMED, *named(2)),
    "a named graph in a form": form(("query", NAMED), *named(2)),
    "no default graph": direct(f"ASK {{ {ONE} }}", *named(1)),
    "no named graph": direct(NAMED, *default(1, 2)),
    "named graphs as default ones": direct(FULL, *default(1), *named(2, 3)),
    "a dataset of the query": get(BOTH.replace("ASK", f"ASK FROM <{GRAPHS[0]}>")),
    "a dataset above that of the query": get(BOTH.replace("ASK", f"ASK FROM <{GRAPHS[1]}>"), *default(1)),
}
#: The media types that an answer may have, for the one that asks for each.
KINDS: Final = {
    "query_content_type_select": (get(SELECT), ROWS),
    "query_content_type_ask": (get("ASK {}"), TRUTHS),
    "query_content_type_describe": (get(f"DESCRIBE <{GRAPHS[0]}>"), TRIPLES),
    "query_content_type_construct": (get("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1"), TRIPLES),
}
#: What cannot be asked, and the status that says why.
BAD: Final = {
    "bad_query_method": (Case("PUT", (("query", "ASK {}"),)), 405),
    "bad_multiple_queries": (get("ASK {}", ("query", SELECT)), 400),
    "bad_query_wrong_media_type": (direct("ASK {}", kind="text/plain"), 415),
    "bad_query_missing_form_type": (direct("query=ASK%20%7B%7D", kind=""), 415),
    "bad_query_missing_direct_type": (direct("ASK {}", kind=""), 415),
    "bad_query_non_utf8": (Case("POST", (), "ASK {}".encode("utf-16"), QUERY), 400),
    "bad_query_syntax": (get("ASK {"), 400),
    # Not in the list, and meant by it.
    "multiple queries in a form": (form(("query", "ASK {}"), ("query", "ASK {}")), 400),
    "multiple queries in two places": (form(("query", "ASK {}"), parameters=(("query", "ASK {}"),)), 400),
    "multiple queries in one": (get("ASK {} ASK {}"), 400),
    "UTF-16 without a mark": (Case("POST", (), "ASK {}".encode("utf-16-le"), QUERY), 400),
    "Latin-1 bytes": (Case("POST", (), "ASK { ?s ?p 'é' }".encode("latin-1"), QUERY), 400),
    "Latin-1 in a form": (Case("POST", (), b"query=ASK%20%7B%20%3Fs%20%3Fp%20%27%E9%27%20%7D", FORM), 400),
    "a graph that is no IRI": (get("ASK {}", ("default-graph-uri", "no IRI")), 400),
}
#: Updates that a store which may be written would do, and those that none would: all are refused here.
UPDATES: Final = {
    "update_post_form": (form(("update", CHANGE)), 403),
    "update_post_direct": (direct(CHANGE, kind=UPDATE), 403),
    "update_base_uri": (direct(f"BASE <http://example.org/> {CHANGE}", kind=UPDATE), 403),
    "update_dataset_default_graph": (
        direct("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", ("using-graph-uri", GRAPHS[0]), kind=UPDATE), 403,
    ),
    "update_dataset_default_graphs": (
        direct("CLEAR ALL", ("using-graph-uri", GRAPHS[0]), ("using-graph-uri", GRAPHS[1]), kind=UPDATE), 403,
    ),
    "update_dataset_named_graphs": (direct("CLEAR NAMED", ("using-named-graph-uri", GRAPHS[0]), kind=UPDATE), 403),
    "update_dataset_full": (
        form(("update", "DROP ALL"), ("using-graph-uri", GRAPHS[0]), ("using-named-graph-uri", GRAPHS[1])), 403,
    ),
    "bad_update_get": (Case("GET", (("update", CHANGE),)), 403),
    "bad_multiple_updates": (form(("update", CHANGE), ("update", CHANGE)), 403),
    "bad_update_wrong_media_type": (direct(CHANGE, kind="text/plain"), 415),
    "bad_update_missing_form_type": (direct(encoded((("update", CHANGE),)), kind=""), 415),
    "bad_update_non_utf8": (Case("POST", (), CHANGE.encode("utf-16"), UPDATE), 403),
    "bad_update_syntax": (direct("CLEAR XYZ", kind=UPDATE), 403),
    "bad_update_dataset_conflict": (
        form(("update", "WITH <urn:g> DELETE {} WHERE {}"), ("using-graph-uri", GRAPHS[0])), 403,
    ),
    # Not in the list: an update where a query is looked for.
    "an update as a query by GET": (get(CHANGE), 400),
    "an update as a query by POST": (direct(CHANGE), 400),
    "an update as a query in a form": (form(("query", CHANGE)), 400),
    "an update beside a query": (form(("query", "ASK {}"), parameters=(("update", CHANGE),)), 403),
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """Return a server of the demonstration data as a user starts it."""
    root = tmp_path_factory.mktemp("protocol")
    published(root)
    with endpoint.serve(root, root / "log") as served:
        yield served


def ask(served: Endpoint, case: Case, accept: str = "*/*") -> httpx.Response:
    """Send a request; it has no media type where the case has none."""
    url = f"{served.url}/sparql" + ("?" + encoded(case.parameters) if case.parameters else "")
    headers = {"Accept": accept} | ({"Content-Type": case.kind} if case.kind else {})
    return httpx.request(
        case.method, url, content=case.body or None, headers=headers, trust_env=False, timeout=60
    )  # fmt: skip


def media_type(response: httpx.Response) -> str:
    """Return what an answer says that it is."""
    return response.headers["content-type"].partition(";")[0]


def says(response: httpx.Response) -> bool:
    """Return the truth value of an answer, as a second implementation reads it."""
    assert response.status_code == 200, response.text
    format_ = ox.QueryResultsFormat.from_media_type(media_type(response))
    found = ox.parse_query_results(response.content, format=format_)
    assert isinstance(found, ox.QueryBoolean)
    return bool(found)


@pytest.mark.parametrize("name", TRUE)
def test_a_query_is_answered(served: Endpoint, name: str) -> None:
    """By GET and by both kinds of POST, over the graphs that the request chooses, in either notation."""
    assert says(ask(served, TRUE[name]))
    assert says(ask(served, TRUE[name], "application/sparql-results+xml"))


@pytest.mark.parametrize("name", FALSE)
def test_a_query_is_answered_from_the_dataset_that_was_chosen(served: Endpoint, name: str) -> None:
    """Wherever the choice stands, graphs that are not in it are not looked at."""
    assert not says(ask(served, FALSE[name]))


@pytest.mark.parametrize("name", KINDS)
def test_an_answer_says_what_it_is_written_in(served: Endpoint, name: str) -> None:
    """Each media type that may be asked for is given, and can be read as what it is called."""
    case, kinds = KINDS[name]

    assert media_type(ask(served, case)) in kinds
    for kind in kinds:
        response = ask(served, case, kind)
        assert (response.status_code, media_type(response)) == (200, kind)
        if kind in TRIPLES:
            assert len(list(ox.parse(response.content, format=ox.RdfFormat.from_media_type(kind)))) >= 1
        elif kind != "text/csv":
            assert ox.parse_query_results(response.content, format=ox.QueryResultsFormat.from_media_type(kind))
        else:
            assert response.text.startswith("s\r\nhttp")


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_asked_is_refused(served: Endpoint, name: str) -> None:
    """With a status of the client's fault, and a sentence that says what is wrong."""
    case, status = BAD[name]

    response = ask(served, case)

    assert response.status_code == status, response.text
    assert response.json()["detail"]


def test_an_address_that_is_not_utf_8_is_refused(served: Endpoint) -> None:
    """A letter that cannot be read is not another letter."""
    query = quote("ASK { ?s ?p 'é' }", encoding="latin-1")

    assert httpx.get(f"{served.url}/sparql?query={query}", trust_env=False).status_code == 400


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_is_refused_and_changes_nothing(served: Endpoint, name: str) -> None:
    """Whatever it would do, and whether it is right or wrong."""
    case, status = UPDATES[name]
    # The clock is asked for too, so that no answer is one that was kept.
    count = "SELECT (COUNT(*) AS ?n) (SAMPLE(NOW()) AS ?now) { ?s ?p ?o }"
    before = ask(served, get(count), "text/csv").text.split(",")[1:2]

    response = ask(served, case)

    assert response.status_code == status, response.text
    assert response.json()["detail"]
    assert ask(served, get(count), "text/csv").text.split(",")[1:2] == before
    assert not says(ask(served, get("ASK { <urn:s> <urn:p> <urn:o> }")))


def test_every_test_of_the_list_has_its_case() -> None:
    """34 names, once each; a name in words is a case of ours."""
    names = [name for cases in (TRUE, FALSE, KINDS, BAD, UPDATES) for name in cases if " " not in name]

    assert len(set(names)) == len(names)
    assert len(names) == 34


@pytest.fixture(scope="module")
def description(served: Endpoint) -> Graph:
    """Return what the endpoint tells of itself to who asks nothing, as rdflib reads it."""
    response = httpx.get(f"{served.url}/sparql", headers={"Accept": "text/turtle"}, trust_env=False)
    assert response.status_code == 200
    return Graph().parse(data=response.content, format="turtle")


def test_returns_rdf(served: Endpoint, description: Graph) -> None:
    """GET of the endpoint without a query gives RDF, the same in every syntax, also to who does not say which."""
    assert media_type(httpx.get(f"{served.url}/sparql", trust_env=False)) in TRIPLES
    for kind in TRIPLES:
        response = httpx.get(f"{served.url}/sparql", headers={"Accept": kind}, trust_env=False)
        format_ = "json-ld" if kind == "application/ld+json" else kind
        assert set(Graph().parse(data=response.content, format=format_)) == set(description)


def test_has_endpoint_triple(served: Endpoint, description: Graph) -> None:
    """One service, whose endpoint is the address that was asked."""
    (service,) = description.subjects(RDF.type, SD.Service)

    assert list(description.objects(service, SD.endpoint)) == [URIRef(f"{served.url}/sparql")]


def conforms(description: Graph) -> tuple[bool, str]:
    """Compare a description with the schema."""
    found, _, told = pyshacl.validate(description, shacl_graph=Graph().parse(SCHEMA), inference="none")
    return found, str(told)


def test_conforms_to_schema(served: Endpoint, description: Graph) -> None:
    """Every property of the vocabulary stands where it may and leads where it must; the graphs are those there are."""
    found, told = conforms(description)
    graphs = ask(served, get("SELECT DISTINCT ?g { GRAPH ?g {} }"), "text/csv").text.split()[1:]

    assert found, told
    assert {str(graph) for graph in description.objects(None, SD.name)} == set(graphs)


@pytest.mark.parametrize("term", [SD.endpoint, SD.supportedLanguage, SD.defaultDataset, SD.defaultGraph, SD.name])
def test_a_description_that_lacks_a_term_does_not_conform(description: Graph, term: URIRef) -> None:
    """The schema can fail."""
    lacking = Graph()
    for triple in description:
        if triple[1] != term:
            lacking.add(triple)

    assert not conforms(lacking)[0]
