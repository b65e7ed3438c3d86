"""The endpoint keeps the SPARQL 1.1 Protocol and describes itself, case by case."""

import json
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pyoxigraph as ox
import pytest
from lxml import html
from starlette.types import Receive, Scope, Send

from commons_ld.settings import Settings
from commons_ld.stores import embedded
from commons_ld.web.answers import Answer, Failure
from commons_ld.web.app import create_app
from commons_ld.web.budget import Budgets
from commons_ld.web.edition import Edition, Terms
from commons_ld.web.endpoint import RESULTS, TRIPLES
from commons_ld.web.kept import Kept
from commons_ld.web.query_page import query_page
from commons_ld.web.worker import Question
from commons_ld.web.workers import Limits
from tests.asgi import Client

ASK = "ASK { <http://e/1> ?p ?o }"
MAKE = "CONSTRUCT WHERE { <http://e/1> ?p ?o }"
FORM = "application/x-www-form-urlencoded"
JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a generation of the store, with 20 quads in two graphs."""
    folder = tmp_path_factory.mktemp("state")
    dump = folder / "dataset.nq"
    dump.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" <http://e/g{n % 2}> .\n' for n in range(20)))
    return embedded.load(dump, folder, version="1")


@pytest.fixture(scope="module")
def edition(generation: Path) -> Iterator[Edition]:
    """Return what is served of it."""
    edition = Edition(generation, Terms("http://e/", Limits(seconds=5, workers=1), budgets=Budgets(0)))
    yield edition
    edition.close()


@pytest.fixture
def client(edition: Edition) -> Client:
    """Return a client of the endpoint."""
    return Client(create_app(lambda: edition))


def get(query: str, accept: str = "", **more: str) -> dict[str, Any]:
    """Return a GET of a query."""
    return {"method": "GET", "params": {"query": query, **more}, "headers": {"accept": accept}}


def post(content: str, kind: str, **params: str) -> dict[str, Any]:
    """Return a POST of a body."""
    return {"method": "POST", "content": content, "headers": {"content-type": kind}, "params": params}


CASES = {
    "GET": (get(ASK), 200, JSON),
    "POST of a form": (post("query=ASK%20%7B%7D", FORM), 200, JSON),
    "POST of a query": (post(ASK, "application/sparql-query; charset=utf-8"), 200, JSON),
    "HEAD": (get(ASK) | {"method": "HEAD"}, 200, JSON),
    "results in XML": (get(ASK, "application/sparql-results+xml"), 200, "application/sparql-results+xml"),
    "CSV by weight": (get("SELECT * {}", f"{JSON};q=0.1, text/csv;q=0.9"), 200, "text/csv"),
    "TSV": (get("SELECT * {}", "text/tab-separated-values"), 200, "text/tab-separated-values"),
    "triples": (get(MAKE), 200, "text/turtle"),
    **{
        kind: (get(MAKE, f"{kind}, */*;q=0.1"), 200, kind)
        for kind in ("application/n-triples", "application/n-quads", "application/trig", "application/ld+json")
    },
    "RDF/XML": (get(MAKE, "application/rdf+xml"), 200, "application/rdf+xml"),
    "a graph": (get(ASK, **{"default-graph-uri": "http://e/g1"}), 200, JSON),
    "a graph elsewhere": (get(ASK, **{"default-graph-uri": "http://x/"}), 400, ""),
    "a named graph elsewhere": (get(ASK, **{"named-graph-uri": "http://x/"}), 400, ""),
    "no query": ({"method": "GET", "params": {"default-graph-uri": "http://e/g1"}}, 400, ""),
    "no query in a form": (post("a=b", FORM), 400, ""),
    "a form that is none": (post("query=%ff", FORM), 400, ""),
    "too many fields": (post("a=b&" * 2_000, FORM), 400, ""),
    "two queries": ({"method": "GET", "params": [("query", ASK), ("query", ASK)]}, 400, ""),
    "two places": (post(ASK, "application/sparql-query", query=ASK), 400, ""),
    "no SPARQL": (get("SELECT"), 400, ""),
    "an update": (post("update=CLEAR+ALL", FORM), 403, ""),
    "an update by GET": ({"method": "GET", "params": {"update": "CLEAR ALL"}}, 403, ""),
    "an update as body": (post("CLEAR ALL", "application/sparql-update"), 403, ""),
    "an update as query": (get("INSERT DATA { <s:> <p:> <o:> }"), 400, ""),
    "load": (get("LOAD <http://127.0.0.1/>"), 400, ""),
    "from of the dataset": (get("ASK FROM <http://e/g1> { ?s ?p ?o }"), 200, JSON),
    "from elsewhere": (get("ASK FROM <http://x/> { ?s ?p ?o }"), 400, ""),
    "service": (get("ASK { SERVICE <http://127.0.0.1/> {} }"), 400, ""),
    "braces": (get("ASK " + "{" * 2_500 + "}" * 2_500), 400, ""),
    "no type": (post(ASK, ""), 415, ""),
    "a mark of the order of bytes": (post(f"\ufeff{ASK}", "application/sparql-query"), 200, JSON),
    "a packed body": (
        {"method": "POST", "content": b"\x1f\x8b", "headers": {"content-type": FORM, "content-encoding": "gzip"}},
        415,
        "",
    ),
    "not UTF-8": ({**post("", "application/sparql-query"), "content": b"\xff"}, 400, ""),
    "too long": (post("x" * 1_300_000, "application/sparql-query"), 413, ""),
    "nothing acceptable": (get(ASK, "image/png"), 406, ""),
    "triples of ASK": (get(ASK, "text/turtle"), 406, ""),
    "rows of CONSTRUCT": (get(MAKE, "text/csv"), 406, ""),
    "a weight of nothing": (get(ASK, f"{JSON};q=0"), 406, ""),
    "the words of JSON": (get(ASK, "application/json"), 200, "application/json"),
    "the words of XML": (get(ASK, "application/xml"), 200, "application/xml"),
    "a browser": (get(ASK, "text/html,application/xhtml+xml,*/*;q=0.8"), 200, JSON),
    "DESCRIBE": (get("DESCRIBE <http://e/1>", "application/n-triples"), 200, "application/n-triples"),
    "a long query": (post("ASK { ?s ?p '" + "x" * 100_000 + "' }", "application/sparql-query"), 413, ""),
    "PUT": ({"method": "PUT"}, 405, ""),
    "DELETE": ({"method": "DELETE"}, 405, ""),
    "PATCH": ({"method": "PATCH"}, 405, ""),
}


@pytest.mark.parametrize(("request_", "status", "kind"), CASES.values(), ids=CASES)
def test_each_request_has_its_answer(client: Client, request_: dict[str, Any], status: int, kind: str) -> None:
    """The status and the media type are those of the protocol; what is wrong is said as RFC 9457 has it."""
    response = client.request(path="/sparql", **request_)

    assert response.status_code == status
    assert response.headers["content-type"].partition(";")[0] == (kind or "application/problem+json")
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers
    assert response.headers["x-content-type-options"] == "nosniff"
    if status >= 400:
        told = json.loads(response.content)
        assert (told["status"], bool(told["title"]), bool(told["detail"])) == (status, True, True)
    else:
        assert response.headers["vary"] == "Accept"


def asked(client: Client, query: str = ASK, **headers: str) -> httpx.Response:
    """Return the answer to a query."""
    return client.get("/sparql", params={"query": query}, headers=headers)


def test_what_the_client_has_is_not_sent_again(client: Client) -> None:
    """Each representation has a mark of its own, and weak comparison is what GET asks for (RFC 9110, 13.1.2)."""
    first, other = asked(client), asked(client, accept="text/csv, application/*;q=0.5")
    words = asked(client, accept="application/json")

    assert first.json()["boolean"] is True
    assert len({response.headers["etag"] for response in (first, other, words)}) == 3
    for given in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = asked(client, **{"if-none-match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert asked(client, **{"if-none-match": '"x"'}).status_code == 200


def test_an_answer_is_asked_of_the_engine_once(
    client: Client, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A generation never changes: what was answered is kept, unless its query asks for the time or for chance."""
    questions: list[Question] = []
    asked_before = edition.workers.answer

    async def noted(question: Question, threads: Executor, left: Any) -> Answer | Failure:
        questions.append(question)
        return await asked_before(question, threads, left)

    monkeypatch.setattr(edition.workers, "answer", noted)
    for query in ("SELECT ('once' AS ?x) {}", "SELECT (NOW() AS ?x) {}"):
        first, second = asked(client, query), asked(client, query)
        assert first.status_code == second.status_code == 200

    assert [question.query for question in questions].count("SELECT ('once' AS ?x) {}") == 1
    assert len(questions) == 3


def test_a_whole_request_that_comes_again_is_answered_alike(edition: Edition) -> None:
    """The same bytes and headers, without the application; another Accept, a condition or HEAD go to it as before."""
    app = create_app(lambda: edition)
    client, query = Client(Kept(app, lambda: edition)), "SELECT ('whole' AS ?x) {}"
    first = asked(client, query)
    again: list[str] = []

    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        again.append(scope["method"])
        await app(scope, receive, send)

    client = Client(Kept(noted, lambda: edition))
    second = asked(client, query)
    assert (second.content, second.headers, again) == (first.content, first.headers, [])
    assert asked(client, query, accept="text/csv").text == "x\r\nwhole\r\n"
    assert asked(client, query, **{"if-none-match": first.headers["etag"]}).status_code == 304
    assert client.request("HEAD", "/sparql", params={"query": query}).headers["etag"] == first.headers["etag"]
    assert asked(client, "SELECT (NOW() AS ?x) {}").content != asked(client, "SELECT (NOW() AS ?x) {}").content
    assert again == ["GET", "GET", "HEAD", "GET", "GET"]


def test_a_syntax_error_is_told_where_it_is_in_the_language_of_the_reader(client: Client) -> None:
    """Who wrote the query learns which place of it to look at; who says no language reads English."""
    query = "SELECT ?s {\n  ?s a \u201cx\u201d }"
    told = {language: asked(client, query, **{"accept-language": language}) for language in ("fr", "en-GB", "de")}

    assert asked(client, query).json()["detail"].startswith("line 2, column 8: the character \u201c (U+201C)")
    assert [answer.headers["content-language"] for answer in told.values()] == ["fr", "en", "en"]
    assert told["fr"].json()["detail"].startswith("ligne 2, colonne 8 : le caractère \u201c (U+201C)")
    assert told["de"].json() == told["en-GB"].json() == asked(client, query).json()
    assert {answer.headers["vary"] for answer in told.values()} == {"Accept, Accept-Language"}
    assert (
        asked(client, "SELECT ?s { ?s a schema:Event }")
        .json()["detail"]
        .endswith("write at the beginning: PREFIX schema: <https://schema.org/>")
    )


def test_every_refusal_of_a_query_is_told_in_french_too(client: Client) -> None:
    """Whoever reads the query page in French reads these."""
    for name, (request_, status, _) in CASES.items():
        if status >= 400:
            told = [
                client.request(
                    path="/sparql", **request_ | {"headers": request_.get("headers", {}) | {"accept-language": tag}}
                )
                for tag in ("en", "fr")
            ]
            english, french = (answer.json()["detail"] for answer in told)
            assert (english != french, told[1].headers["content-language"]) == (True, "fr"), name


def test_several_lines_of_a_header_are_one_list(client: Client) -> None:
    """RFC 9110, section 5.3: what is accepted, and what the client has already."""
    lines = httpx.Headers(
        [("accept", "image/png"), ("accept", "text/csv"), ("if-none-match", '"x"'), ("if-none-match", "*")]
    )

    assert client.get("/sparql", params={"query": ASK}, headers=lines).status_code == 304
    del lines["if-none-match"]
    assert client.get("/sparql", params={"query": ASK}, headers=lines).headers["content-type"].startswith("text/csv")


def test_what_has_no_route_leads_nowhere(client: Client) -> None:
    """CONNECT names no path; what it names is repeated to nobody."""
    response = client.request("CONNECT", "")

    assert (response.status_code, "location" in response.headers) == (405, False)
    assert client.request("PUT", "/sparql").headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_graph_that_is_asked_for_is_the_default_graph(client: Client) -> None:
    """Section 2.1.4: the dataset of the protocol stands in the place of all graphs together."""
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    one = client.get(
        "/sparql", params={"query": count, "default-graph-uri": "http://e/g1"}, headers={"accept": "text/csv"}
    )
    named = {"query": "SELECT ?g { GRAPH ?g { <http://e/1> ?p ?o } }", "named-graph-uri": "http://e/g0"}

    assert asked(client, count, accept="text/csv").text.split() == ["n", "20"]
    assert one.text.split() == ["n", "10"]
    assert client.get("/sparql", params=named, headers={"accept": "text/csv"}).text.split() == ["g"]


def test_other_methods_are_named(client: Client) -> None:
    """OPTIONS tells what may be asked and lets pages of other sites ask; PUT may not."""
    options = client.request("OPTIONS", "/sparql")

    assert options.status_code == 204
    assert options.headers["allow"] == options.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    assert "Content-Type" in options.headers["access-control-allow-headers"]
    assert set(client.request("PUT", "/sparql").headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert client.get("/health").json() == {"status": "ok", "generation": "1", "graphs": 2}


@pytest.mark.parametrize("media_type", TRIPLES)
def test_the_endpoint_describes_itself(client: Client, media_type: str) -> None:
    """SPARQL 1.1 Service Description, section 2, in every syntax: the same graph, without blank nodes."""
    response = client.get("/sparql", headers={"accept": media_type})
    format_ = ox.RdfFormat.from_media_type(media_type)
    found = {(q.subject.value, q.predicate.value, q.object.value) for q in ox.parse(response.content, format=format_)}
    values = {(predicate, value) for _, predicate, value in found}

    assert response.headers["content-type"].partition(";")[0] == media_type
    assert {
        (f"{SD}endpoint", "http://pages.test/sparql"),
        (f"{SD}supportedLanguage", f"{SD}SPARQL11Query"),
        (f"{SD}feature", f"{SD}UnionDefaultGraph"),
        (f"{SD}name", "http://e/g0"),
        (f"{SD}name", "http://e/g1"),
        (f"{VOID}triples", "20"),
        (f"{VOID}property", "http://e/p"),
        (f"{VOID}sparqlEndpoint", "http://pages.test/sparql"),
    } <= values
    assert len([row for row in found if row[1] == f"{SD}endpoint"]) == 1
    assert all(subject.startswith("http") for subject, _, _ in found)


def test_who_asks_nothing_is_answered_by_accept(client: Client) -> None:
    """A person in a browser is led to the query page; who takes no RDF is told so."""
    browser = client.get("/sparql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert (browser.status_code, browser.headers["location"]) == (303, "query")
    assert client.get("/sparql", headers={"accept": "image/png"}).status_code == 406
    first = client.get("/sparql")
    assert client.get("/sparql", headers={"if-none-match": first.headers["etag"]}).status_code == 304


@pytest.fixture
def paged(edition: Edition) -> Client:
    """Return a client of the endpoint with its page for people."""
    return Client(Kept(create_app(lambda: edition, page=query_page(Settings())), lambda: edition))


#: What browsers send, when somebody opens an address.
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_person_who_opens_the_address_of_a_query_gets_the_page_with_it(paged: Client, method: str) -> None:
    """Whatever stands in the query is text there; a cache is told that machines get something else."""
    query = "SELECT * { ?s ?p '</textarea><script>alert(1)</script>' }"
    params = {"query": query, "default-graph-uri": "http://e/g1", "named-graph-uri": "http://e/g0"}
    told = paged.request(method, "/sparql", params=params, headers={"accept": BROWSER, "accept-language": "en"})

    assert (told.status_code, told.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (told.headers["vary"], told.headers["content-language"]) == ("Accept, Accept-Language", "en")
    known = {"accept": BROWSER, "accept-language": "en", "if-none-match": told.headers["etag"]}
    assert paged.get("/sparql", params=params, headers=known).status_code == 304
    if method == "GET":
        page = html.document_fromstring(told.text)
        assert page.findtext(".//textarea[@id='query']") == query
        assert [(box.get("name"), box.get("value")) for box in page.iterfind(".//fieldset[@id='graphs']//input")] == [
            ("default-graph-uri", "http://e/g1"),
            ("named-graph-uri", "http://e/g0"),
        ]
        assert page.get("data-asked") == ""


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", JSON),
        ("*/*", JSON),
        (f"{JSON}, text/html", JSON),
        ("text/html;q=0.2, text/csv;q=0.3", "text/csv"),
        ("text/html;q=0.5, */*;q=0.8", JSON),
        ("application/json", "application/json"),
        ("application/rdf+xml, application/sparql-results+xml, text/html;q=0.3", XML),
    ],
)
def test_a_program_gets_data_as_before(paged: Client, accept: str, kind: str) -> None:
    """A page is for who likes pages better than anything else; whoever asked before, no answer is another one's."""
    page = asked(paged, accept=BROWSER)
    answer = asked(paged, accept=accept)

    assert (answer.headers["content-type"].partition(";")[0], answer.headers["vary"]) == (kind, "Accept")
    assert asked(paged, accept=BROWSER).text == page.text
    assert page.headers["etag"] != answer.headers["etag"]


def test_a_form_that_is_posted_gets_data(paged: Client) -> None:
    """Its address does not hold the query, so that nobody can come back to it."""
    request = post("query=ASK%20%7B%7D", FORM)
    told = paged.request(path="/sparql", **request | {"headers": request["headers"] | {"accept": BROWSER}})

    assert told.headers["content-type"] == "application/xml"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("csv", "text/csv"), ("tsv", "text/tab-separated-values"), ("json", JSON), ("xml", XML)),
        *(("turtle", "text/turtle"), ("n-triples", "application/n-triples"), ("n-quads", "application/n-quads")),
        *(("trig", "application/trig"), ("json-ld", "application/ld+json"), ("rdf-xml", "application/rdf+xml")),
        *(("text/csv", "text/csv"), (JSON, JSON), ("application/rdf+xml", "application/rdf+xml")),
    ],
)
def test_a_format_may_be_named_in_the_address(paged: Client, name: str, kind: str) -> None:
    """For spreadsheets and people, who cannot say what they accept; it stands above that, for answers of its kind."""
    good, other = (ASK, MAKE) if kind in RESULTS else (MAKE, ASK)
    told = [
        paged.get("/sparql", params={"query": query, "format": name}, headers={"accept": BROWSER})
        for query in (good, other)
    ]

    assert [answer.status_code for answer in told] == [200, 200]
    assert told[0].headers["content-type"].partition(";")[0] == kind
    assert told[1].headers["content-type"] in ("application/xml", "text/turtle; charset=utf-8")
    posted = paged.request("POST", "/sparql", data={"query": good, "format": name})
    assert posted.headers["content-type"].partition(";")[0] == kind


@pytest.mark.parametrize("name", ["n3", "rdf", "rdf+xml", "xls", ""])
def test_names_of_formats_that_others_have_mean_nothing(client: Client, name: str) -> None:
    """SPARQLWrapper sends the names of its own, and says what it accepts all the same."""
    told = client.get("/sparql", params={"query": MAKE, "format": name}, headers={"accept": "application/rdf+xml"})

    assert told.headers["content-type"] == "application/rdf+xml"


def test_who_took_too_much_is_told_when_to_come_back(generation: Path) -> None:
    """429 with Retry-After, for new questions alone: what is kept costs nothing."""
    budgets = Budgets(60, clock=lambda: 0.0)
    edition = Edition(generation, Terms("http://e/", Limits(workers=1), budgets=budgets, is_behind_proxy=True))
    client = Client(create_app(lambda: edition))
    try:
        assert asked(client, **{"x-forwarded-for": "192.0.2.1"}).status_code == 200
        budgets.spend("192.0.2.1", 90)
        refused = asked(client, "ASK { ?new ?p ?o }", **{"x-forwarded-for": "192.0.2.1"})

        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) in (30, 31)  # the guard's own work counts too
        assert asked(client, **{"x-forwarded-for": "192.0.2.1"}).status_code == 200
        assert asked(client, "ASK { ?new ?p ?o }", **{"x-forwarded-for": "192.0.2.2"}).status_code == 200
    finally:
        edition.close()


def test_a_long_answer_is_whole_or_an_error(generation: Path) -> None:
    """Megabytes come with their length and mark; past the bound there is 413, and nothing that looks like an answer."""
    product = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    edition = Edition(generation, Terms("http://e/", Limits(seconds=30, quick=30, workers=1, answer=3 * 2**20)))
    client = Client(create_app(lambda: edition))
    try:
        whole = asked(client, product, accept="text/csv")
        assert (whole.status_code, whole.text.count("\n")) == (200, 8_001)
        assert int(whole.headers["content-length"]) == len(whole.content)
        refused = asked(client, product, accept=XML)
        assert (refused.status_code, refused.headers["content-type"]) == (413, "application/problem+json")
    finally:
        edition.close()


def test_an_answer_in_a_file_is_sent_as_one_in_memory(client: Client, edition: Edition, tmp_path: Path) -> None:
    """The bytes, the length and the mark of a spooled answer; HEAD and 304 close the file without sending it."""
    files: list[BinaryIO] = []

    async def spooled(*_given: object) -> Answer:
        path = tmp_path / f"{len(files)}"
        path.write_bytes(b"x" * 200_000)
        files.append(path.open("rb"))
        return Answer(JSON, b"", files[-1], 200_000, "mark")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edition, "answer", spooled)
        got = asked(client, "ASK { ?file ?p ?o }")
        head = client.request("HEAD", "/sparql", params={"query": "ASK { ?file ?p ?o }"})
        known = asked(client, "ASK { ?file ?p ?o }", **{"if-none-match": '"mark"'})
        unacceptable = asked(client, "ASK { ?file ?p ?o }", accept="text/turtle")

    assert (got.content, got.headers["content-length"], got.headers["etag"]) == (b"x" * 200_000, "200000", '"mark"')
    assert (head.headers["content-length"], known.status_code, unacceptable.status_code) == ("200000", 304, 406)
    assert [file.closed for file in files] == [True] * 4
