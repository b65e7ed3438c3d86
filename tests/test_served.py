"""The server as it runs: what clients of every kind get from it, and that nothing a stranger does ends it."""

import contextlib
import json
import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from commons_ld.pipeline.exporting import export
from commons_ld.settings import Settings
from tests.editions import DEMONSTRATION, published
from tests.servers import endpoint
from tests.servers.endpoint import Endpoint, children_of, workers_of

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
MAKE = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5"
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }"
#: One that is not done before anybody has stopped waiting for it.
ENDLESS = PRODUCT.replace("FILTER", ". ?j ?k ?l . ?m ?n_ ?o FILTER")
BOMB = (
    "SELECT ?z { BIND('0123456789abcdef' AS ?a) "
    + " ".join(f"BIND(CONCAT({', '.join([f'?{a}'] * 16)}) AS ?{b})" for a, b in zip("abcdefg", "bcdefgz", strict=True))
    + "}"
)
#: What strangers send, and what they may be answered: never 200 with half an answer, never 500.
HOSTILE = {
    "braces": ("ASK " + "{" * 2_500 + "}" * 2_500, {400}),
    "parentheses": ("ASK { FILTER(" + "(" * 5_000 + "1" + ")" * 5_000 + ") }", {400}),
    "a long chain": ("ASK { FILTER(" + "true||" * 12_000 + "true) }", {400}),
    "service": ("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", {400}),
    "load": ("LOAD <file:///etc/passwd>", {400}),
    "update": ("DELETE WHERE { ?s ?p ?o }", {400}),
    "from a file": ("ASK FROM <file:///etc/passwd> { ?s ?p ?o }", {400}),
    "cartesian product": (PRODUCT, {503, 429}),
    "CONCAT bomb": (BOMB, {503, 429}),
    "GROUP_CONCAT": (
        "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?a), STR(?c), STR(?f)) AS ?x) }",
        {413, 503, 429},
    ),
    "every row of a product": ("SELECT * { ?a ?b ?c . ?d ?e ?f }", {413, 503, 429}),
    "no SPARQL": ("SELECT", {400}),
}


def logged(served: Endpoint) -> list[dict[str, Any]]:
    """Return what the server has logged so far, line by line; the last one may be about to be written."""
    whole = served.log.read_text().rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of a publication of the demonstration data."""
    return published(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def served(archive: Settings) -> Iterator[Endpoint]:
    """Return a server of it, with tight limits and without a budget, since all clients here are one."""
    with endpoint.serve(
        archive.root, archive.root / "log", query_seconds=2, client_seconds=0, query_memory=256, answer_size=8
    ) as served:
        yield served


def asked(served: Endpoint, query: str, *, timeout: float = 60) -> httpx.Response:
    """Return the answer to a query that is sent by POST."""
    return httpx.post(
        f"{served.url}/sparql",
        content=query.encode(),
        headers={"content-type": "application/sparql-query"},
        timeout=timeout,
        trust_env=False,
    )


def test_five_lines_of_sparqlwrapper_get_their_rows(served: Endpoint) -> None:
    """By GET and by POST, in two formats."""
    client = SPARQLWrapper(f"{served.url}/sparql", returnFormat=JSON)
    client.setQuery(COUNT)
    found = client.queryAndConvert()
    client.setMethod(POST)
    client.setReturnFormat(CSV)

    assert isinstance(found, dict)
    count = found["results"]["bindings"][0]["n"]["value"]
    assert int(count) > 1_000
    assert client.queryAndConvert() == f"n\r\n{count}\r\n".encode()


@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize(
    ("query", "format_", "kind"),
    [
        *[(COUNT, JSON, "application/sparql-results+json"), (COUNT, XML, "application/sparql-results+xml")],
        *[(COUNT, CSV, "text/csv"), (COUNT, TSV, "text/tab-separated-values")],
        *[(MAKE, TURTLE, "text/turtle"), (MAKE, JSONLD, "application/ld+json"), (MAKE, XML, "application/rdf+xml")],
        *[(MAKE, RDFXML, "application/rdf+xml"), (MAKE, N3, "text/turtle")],
    ],
)
def test_sparqlwrapper_gets_every_format_that_it_asks_for(
    served: Endpoint, method: str, query: str, format_: str, kind: str
) -> None:
    """It names formats in the address in words of its own, beside what it accepts."""
    client = SPARQLWrapper(f"{served.url}/sparql", returnFormat=format_)
    client.setMethod(method)
    client.setQuery(query)

    assert client.query().info()["content-type"].partition(";")[0] == kind


def test_a_graph_of_rdflib_reads_from_it(served: Endpoint, archive: Settings) -> None:
    """SPARQLStore asks SELECT and ASK, and binds terms."""
    graph = Graph(SPARQLStore(f"{served.url}/sparql"))
    subject = URIRef(f"{archive.base_iri}collection/appel-en-commun")

    assert (subject, None, None) in graph
    assert len(list(graph.predicates(subject))) >= 3


def test_rdflib_follows_an_iri_to_its_graph(served: Endpoint) -> None:
    """What a linked data client does: fetch the IRI, follow 303, parse what comes."""
    graph = Graph().parse(f"{served.url}/session/22-05-demonstration-un-atelier-sur-l-eau")

    assert len(graph) > 50


@pytest.mark.parametrize(("language", "page"), [("fr", "index.html"), ("en-GB,en", "index.en.html")])
def test_the_bare_address_leads_to_the_home_page(served: Endpoint, language: str, page: str) -> None:
    """Whoever types what `commons-ld serve` says sees the site, in their language."""
    headers = {"Accept": "text/html", "Accept-Language": language}

    answer = httpx.get(f"{served.url}/", headers=headers, follow_redirects=True)

    assert (answer.status_code, str(answer.url)) == (200, f"{served.url}/{page}")
    assert "Accept-Language" in answer.history[0].headers["Vary"]


def test_head_has_the_headers_of_get_and_no_body(served: Endpoint) -> None:
    """RFC 9110, section 9.3.2."""
    given = {"params": {"query": COUNT}, "trust_env": False}
    got, head = httpx.get(f"{served.url}/sparql", **given), httpx.head(f"{served.url}/sparql", **given)  # type: ignore[arg-type]

    assert head.content == b""
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_gets_a_problem_and_the_next_one_its_answer(served: Endpoint, name: str) -> None:
    """Each is told what is wrong in the words of RFC 9457; those that may come back are told when."""
    query, allowed = HOSTILE[name]
    refused = asked(served, query)

    assert refused.status_code in allowed, refused.text
    assert refused.json()["detail"]
    assert ("retry-after" in refused.headers) == (refused.status_code in (429, 503))
    assert asked(served, COUNT).status_code == 200
    assert httpx.get(f"{served.url}/sparql", params={"query": f"{COUNT} #{name}"}, trust_env=False).status_code == 200


def test_a_body_of_megabytes_is_refused_before_it_is_read(served: Endpoint) -> None:
    """With its length told, and in pieces without one."""
    assert asked(served, "x" * 5_000_000).status_code == 413
    pieces = httpx.post(
        f"{served.url}/sparql",
        content=(b"x" * 100_000 for _ in range(50)),
        headers={"content-type": "application/sparql-query"},
        trust_env=False,
    )
    assert pieces.status_code == 413


def test_slow_clients_keep_nobody_waiting(served: Endpoint) -> None:
    """Sixty that never finish their head, and sixty that never finish their body: plain queries are answered."""
    host, port = served.url.removeprefix("http://").split(":")
    begun = b"POST /sparql HTTP/1.1\r\nHost: e\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n"
    slow = [socket.create_connection((host, int(port))) for _ in range(120)]
    try:
        for place, client in enumerate(slow):
            client.sendall(begun if place % 2 else begun + b"\r\nASK")
        assert [asked(served, f"{COUNT} # {n}").status_code for n in range(20)] == [200] * 20
    finally:
        for client in slow:
            client.close()


def test_a_body_that_never_ends_is_given_up(served: Endpoint) -> None:
    """408 after ten seconds, and the connection is closed."""
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: e\r\nContent-Type: application/sparql-query\r\nContent-Length: 9\r\n\r\nASK"
        )
        assert client.recv(20).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
    ],
)
def test_a_request_of_two_lengths_is_not_answered_twice(served: Endpoint, head: bytes) -> None:
    """What a proxy in front could read as two requests is one here, and the connection ends with it."""
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: e\r\nContent-Type: application/sparql-query\r\n" + head
            + b"\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: e\r\nConnection: close\r\n\r\n"
        )  # fmt: skip
        answer = b""
        while piece := client.recv(65_536):
            answer += piece

    assert answer.startswith(b"HTTP/1.1 4")
    assert b'"generation"' not in answer


def test_who_reads_long_answers_slowly_has_a_share_of_them(archive: Settings, tmp_path: Path) -> None:
    """Each lies in a file until it is sent: a client has four on their way, and the others are told to come back."""
    answers: list[bytes] = []
    with contextlib.ExitStack() as opened:
        limits = {"client_seconds": 0, "query_seconds": 600}
        served = opened.enter_context(endpoint.serve(archive.root, tmp_path / "log", **limits))
        host, port = served.url.removeprefix("http://").split(":")
        for number in range(6):
            query = f"SELECT ?a ?c ?f ?x{number} {{ ?a ?b ?c . ?d ?e ?f }} LIMIT 60000"
            client = opened.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(60)
            client.connect((host, int(port)))
            client.sendall(
                f"GET /sparql?{urlencode({'query': query})} HTTP/1.1\r\nHost: e\r\nAccept: text/csv\r\n\r\n".encode()
            )
            answers.append(client.recv(12))
        assert asked(served, COUNT).status_code == 200

    assert answers == [b"HTTP/1.1 200"] * 4 + [b"HTTP/1.1 503"] * 2


def is_in_slow_lane(process: int) -> bool:
    """Tell whether a process answers a long query: others are busy now and then, but at a priority of their own."""
    try:
        return os.getpriority(os.PRIO_PROCESS, process) == 10
    except ProcessLookupError:
        return False


def test_a_worker_killed_while_it_answers_is_told_and_replaced(served: Endpoint) -> None:
    """Whoever kills the processes below the server, it goes on."""
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(asked(served, PRODUCT + "# killed")))
    thread.start()
    busy: list[int] = []
    while not busy and thread.is_alive():
        busy = [number for number in workers_of(served) if is_in_slow_lane(number)]
        time.sleep(0.02)
    for number in busy:
        os.kill(number, signal.SIGKILL)
    thread.join()

    assert busy
    assert (answers[0].status_code, "ended" in answers[0].json()["detail"]) == (503, True)
    assert asked(served, COUNT + "# after").status_code == 200


@pytest.mark.parametrize("more", ["", " #" + "x" * 12_000], ids=["short", "long"])
def test_a_query_ends_when_its_client_goes_away(archive: Settings, tmp_path: Path, more: str) -> None:
    """The one place for long queries is free again at once, and not after the ten minutes that a query may take."""
    with endpoint.serve(archive.root, tmp_path / "log", query_seconds=600, slow_workers=1, client_seconds=0) as served:
        host, port = served.url.removeprefix("http://").split(":")
        query = (PRODUCT + more).encode()
        head = f"POST /sparql HTTP/1.1\r\nHost: e\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(query)}\r\n\r\n"
        with socket.create_connection((host, int(port))) as client:
            client.sendall(head.encode() + query)
            while not any(map(is_in_slow_lane, workers_of(served))):
                time.sleep(0.02)
            assert asked(served, PRODUCT).status_code == 503
        last = time.monotonic() + 60
        while any(map(is_in_slow_lane, workers_of(served))):
            assert time.monotonic() < last
            time.sleep(0.02)

        assert asked(served, COUNT).status_code == 200
        with pytest.raises(httpx.ReadTimeout):  # it has its place, and is answered some day
            asked(served, PRODUCT, timeout=1)


def test_a_process_that_listens_is_started_again_when_it_is_killed(archive: Settings, tmp_path: Path) -> None:
    """Whoever asks next is answered by another one, and the log says what happened."""
    with endpoint.serve(archive.root, tmp_path / "log") as served:
        (listening,) = children_of(served.process)
        os.kill(listening, signal.SIGKILL)
        last = time.monotonic() + 60
        while Path(f"/proc/{listening}/exe").exists() or not is_there(served):
            assert time.monotonic() < last
            time.sleep(0.05)

        assert asked(served, COUNT).status_code == 200
        assert "Unexpected exit" in served.log.read_text()


def has_stepped_aside(process: int) -> bool:
    """Tell whether a process is in the middle of a long query."""
    try:
        return os.getpriority(os.PRIO_PROCESS, process) > os.getpriority(os.PRIO_PROCESS, 0)
    except ProcessLookupError:
        return False


def test_who_is_killed_makes_room_for_the_next(archive: Settings, tmp_path: Path) -> None:
    """SIGKILL of the one that was started, as when memory runs out: nobody listens any more, and it can be started again."""
    with endpoint.serve(archive.root, tmp_path / "log") as served:
        os.kill(served.process, signal.SIGKILL)
        last = time.monotonic() + 60
        while not is_free(int(served.url.rpartition(":")[2])):
            assert time.monotonic() < last
            time.sleep(0.02)


def is_free(port: int) -> bool:
    """Tell whether one can listen at a port."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def is_there(served: Endpoint) -> bool:
    """Tell whether the server answers."""
    try:
        return httpx.get(f"{served.url}/health", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_a_server_that_is_killed_leaves_no_query_running(archive: Settings, tmp_path: Path) -> None:
    """SIGKILL of all that serves: the processes that answer end with it, even in the middle of a long query."""
    with endpoint.serve(archive.root, tmp_path / "log", query_seconds=600) as served:

        def broken_off() -> None:
            with pytest.raises(httpx.TransportError):
                asked(served, ENDLESS)

        thread = threading.Thread(target=broken_off)
        thread.start()
        while not any(has_stepped_aside(number) for number in workers_of(served)):
            time.sleep(0.02)
        below = workers_of(served)
        (listening,) = children_of(served.process)
        os.kill(listening, signal.SIGKILL)
        os.kill(served.process, signal.SIGKILL)
        thread.join()
        last = time.monotonic() + 60
        while alive := [number for number in below if Path(f"/proc/{number}/exe").exists()]:
            assert time.monotonic() < last, alive
            time.sleep(0.02)


def test_nothing_personal_is_logged(served: Endpoint) -> None:
    """No query, no path of a stranger, no whole address; every line is JSON or a word of the server itself."""
    canary = "canary-jeanne-dupont"
    asked(served, f"ASK {{ ?s ?p '{canary}' }}")
    asked(served, f"ASK {{ {canary} ")
    httpx.get(f"{served.url}/session/{canary}?q={canary}", headers={"user-agent": canary}, trust_env=False)
    # A line is written after its answer was sent.
    last = time.monotonic() + 60
    while {200, 400, 404} - {row["status"] for row in logged(served) if row["event"] == "request"}:
        assert time.monotonic() < last
        time.sleep(0.02)
    requests = [row for row in logged(served) if row["event"] == "request"]

    assert canary not in served.log.read_text()
    assert "127.0.0.1/" not in served.log.read_text()
    assert all(row["client"] in ("127.0.0.0/24", "") for row in requests)
    assert not [row for row in logged(served) if row["event"] == "fault"]


def test_what_is_published_later_is_served_without_a_restart(tmp_path: Path) -> None:
    """Nobody is left without an answer while it changes, and the old generation goes when nobody has it open."""
    settings = Settings(root=tmp_path)
    export(settings, [DEMONSTRATION / "appels.jsonl"])
    with endpoint.serve(tmp_path, tmp_path / "log") as served:
        before = httpx.get(f"{served.url}/health", trust_env=False).json()["generation"]
        export(settings, [DEMONSTRATION])
        last, now, statuses = time.monotonic() + 60, before, Counter[int]()
        while now == before and time.monotonic() < last:
            statuses[asked(served, COUNT).status_code] += 1
            now = httpx.get(f"{served.url}/health", trust_env=False).json()["generation"]
        record = httpx.get(f"{served.url}/session/23-06-demonstration-un-verger-partage.ttl", trust_env=False)

    assert now != before
    assert set(statuses) == {200}
    assert record.status_code == 200


def soak(served: Endpoint, count: int, seed: int) -> Counter[tuple[str, int]]:
    """Send so many requests, of which 15 of 100 are hostile, from eight clients; return what came of them."""
    chance = random.Random(seed)
    names = [chance.choice(sorted(HOSTILE)) if chance.random() < 0.15 else "" for _ in range(count)]

    def one(place: int) -> tuple[str, int]:
        query = HOSTILE[names[place]][0] if names[place] else f"{COUNT} # {place % 50}"
        return names[place], asked(served, query, timeout=120).status_code

    with ThreadPoolExecutor(8) as clients:
        return Counter(clients.map(one, range(count)))


def check_soak(served: Endpoint, count: int, seed: int) -> None:
    """Check that plain queries were answered, hostile ones refused as they should, and that the server is the same."""
    found = soak(served, count, seed)
    plain = Counter({status: number for (name, status), number in found.items() if not name})

    assert set(plain) <= {200, 503}
    assert plain[200] >= 0.98 * sum(plain.values()), plain
    for (name, status), number in found.items():
        # Whatever does not come soon, while too many long queries run, is told to come back.
        assert not name or status in HOSTILE[name][1] | {503}, (name, status, number)
    assert "fault" not in {row["event"] for row in logged(served)}
    assert "Unexpected exit" not in served.log.read_text()
    assert asked(served, f"{COUNT} # {seed}").status_code == 200


def test_a_short_soak_ends_nothing(served: Endpoint) -> None:
    """Three hundred requests, 15 in 100 hostile."""
    check_soak(served, 300, 1)


@pytest.mark.long
def test_a_long_soak_ends_nothing(served: Endpoint) -> None:
    """Five thousand requests, 15 in 100 hostile."""
    check_soak(served, 5_000, 2)
