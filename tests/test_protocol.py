"""The endpoint keeps the SPARQL 1.1 Protocol, case by case."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from commons_ld.stores import embedded
from commons_ld.web.app import create_app
from commons_ld.web.workers import Limits, Workers

ASK = "ASK { <http://e/1> ?p ?o }"
MAKE = "CONSTRUCT WHERE { <http://e/1> ?p ?o }"
FORM = "application/x-www-form-urlencoded"
JSON = "application/sparql-results+json"


class Client:
    """Requests of an ASGI application, without a socket."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    def request(self, method: str, **given: Any) -> httpx.Response:
        """Send a request to the endpoint."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://e") as client:
                return await client.request(method, given.pop("url", "/sparql"), **given)

        return asyncio.run(asked())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Return a client of an endpoint with 20 quads in two graphs."""
    folder = tmp_path_factory.mktemp("state")
    dump = folder / "dataset.nq"
    dump.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" <http://e/g{n % 2}> .\n' for n in range(20)))
    store = embedded.load(dump, folder, version="1")
    with Workers(store, Limits(seconds=5, workers=1)) as workers:
        yield Client(create_app(workers))


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
    "no query": ({"method": "GET"}, 400, ""),
    "two queries": ({"method": "GET", "params": [("query", ASK), ("query", ASK)]}, 400, ""),
    "two places": (post(ASK, "application/sparql-query", query=ASK), 400, ""),
    "no SPARQL": (get("SELECT"), 400, ""),
    "an update": (post("update=CLEAR+ALL", FORM), 400, ""),
    "an update as body": (post("CLEAR ALL", "application/sparql-update"), 415, ""),
    "service": (get("ASK { SERVICE <http://127.0.0.1/> {} }"), 400, ""),
    "braces": (get("ASK " + "{" * 2_500 + "}" * 2_500), 400, ""),
    "no type": (post(ASK, ""), 415, ""),
    "not UTF-8": ({**post("", "application/sparql-query"), "content": b"\xff"}, 400, ""),
    "too long": (post("x" * 1_300_000, "application/sparql-query"), 413, ""),
    "nothing acceptable": (get(ASK, "image/png"), 406, ""),
    "triples of ASK": (get(ASK, "text/turtle"), 406, ""),
}


@pytest.mark.parametrize(("request_", "status", "kind"), CASES.values(), ids=CASES)
def test_each_request_has_its_answer(client: Client, request_: dict[str, Any], status: int, kind: str) -> None:
    """The status and the media type are those of the protocol; what is wrong is said as RFC 9457 has it."""
    response = client.request(**request_)

    assert response.status_code == status
    assert response.headers["content-type"].partition(";")[0] == (kind or "application/problem+json")
    assert response.headers["access-control-allow-origin"] == "*"
    if status >= 400:
        assert json.loads(response.content)["status"] == status


def test_what_the_client_has_is_not_sent_again(client: Client) -> None:
    """Each representation has a mark of its own."""
    first = client.request("GET", params={"query": ASK})
    other = client.request("GET", params={"query": ASK}, headers={"accept": "text/csv, application/*;q=0.5"})
    again = client.request("GET", params={"query": ASK}, headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.json()["boolean"] is True
    assert other.headers["etag"] != first.headers["etag"]
    assert other.headers["vary"] == "Accept"


def test_other_methods_are_named(client: Client) -> None:
    """OPTIONS tells what may be asked, and PUT may not."""
    assert client.request("OPTIONS").headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert client.request("PUT").status_code == 405
    assert client.request("GET", url="/health").json() == {"status": "ok", "generation": "1"}
