"""The client of reconciliation services: against our own, and against one that lies, stalls and answers anything."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld import aligning
from commons_ld.errors import StoreError, StoreUnavailable
from commons_ld.outputs.publication import published as name_of
from commons_ld.outputs.search_index import index_path
from commons_ld.reconciling.client import Service
from commons_ld.reconciling.elsewhere import elsewhere
from commons_ld.reconciling.kept_answers import Cache
from commons_ld.reconciling.service_data import Answered, Asked
from commons_ld.settings import Settings
from commons_ld.web.app import create_app
from commons_ld.web.reconcile_routes import reconcile_routes
from tests.archive import Archive, page
from tests.asgi import Client
from tests.editions import serving

BASE = Settings().base_iri
URL = "https://service.exemple.test/reconcile"
MANIFEST = {"versions": ["0.2"], "name": "Un service", "identifierSpace": "https://service.exemple.test/id/", "schemaSpace": "https://schema.org/"}  # fmt: skip


def service(answer: Callable[[httpx.Request], httpx.Response], **given: Any) -> Service:
    """Return a client of a service that is a function; nobody waits."""
    http = httpx.Client(transport=httpx.MockTransport(answer), timeout=1)
    return Service(http, given.pop("url", URL), **{"sleep": lambda _seconds: None, **given})


def answering(result: Any, manifest: dict[str, Any] = MANIFEST) -> Callable[[httpx.Request], httpx.Response]:
    """Return a service that answers the same to every query of a batch."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=manifest)
        queries = json.loads(parse_qs(request.content.decode())["queries"][0])
        return httpx.Response(
            200,
            text=json.dumps({name: {"result": result} for name in queries}),
            headers={"Content-Type": "application/json"},
        )

    return answer


def candidate(id_: Any = "1", **fields: Any) -> dict[str, Any]:
    """Return a candidate as a service answers it."""
    return {"id": id_, "name": "Eau", "type": [{"id": "T", "name": "Thème"}], "score": 90, "match": True} | fields


# ── Our own service ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[httpx.Request], httpx.Response]]:
    """Serve a session, and yield what answers."""
    archive = Archive(tmp_path_factory.mktemp("ours"))
    archive.write("1.txt", page("21.12 Plaidoyer 2022"))
    archive.export()
    settings = archive.settings
    index = index_path(settings.path(settings.state), name_of(archive.out))
    with serving(settings) as edition:
        client = Client(create_app(lambda: edition, reconcile_routes(lambda: edition, lambda: index)))

        def answer(request: httpx.Request) -> httpx.Response:
            kind = {"Content-Type": request.headers["content-type"]} if request.content else {}
            told = client.request(request.method, str(request.url), content=request.content, headers=kind)
            return httpx.Response(told.status_code, content=told.content, headers=told.headers)

        yield answer


@pytest.mark.parametrize("path", ["/fr/reconcile", "/en/reconcile/1.0-draft"])
def test_our_own_service_is_understood(ours: Callable[[httpx.Request], httpx.Response], path: str) -> None:
    """In both versions: labels in, IRIs out, in their order; by a type, and with a property."""
    client = service(ours, url=f"http://pages.test{path}")
    asked = [
        Asked("politique des communs"),
        Asked("21.12 Plaidoyer 2022", "cld:Session", 5, (("dcterms:isPartOf", "Appel en commun"),)),
        Asked("rien de tel qui soit"),
    ]
    first, second, third = client.match([*asked])

    assert client.manifest().version == ("1.0-draft" if "1.0" in path else "0.2")
    assert (first[0].iri, first[0].score, first[0].is_match) == (f"{BASE}concept/politique-des-communs", 100.0, True)
    assert first[0].types == ("Concept",)
    assert (second[0].iri, second[0].is_match) == (f"{BASE}session/21-12-plaidoyer-2022", True)
    assert not any(one.is_match for one in third)


def test_what_things_of_ours_may_be_elsewhere_is_asked_by_all_their_labels(
    ours: Callable[[httpx.Request], httpx.Response],
) -> None:
    """The best answer to any label counts, once for each thing and candidate, and says which label found it."""
    things = [
        ("https://e.test/a", ["Politics of the communs", "Politique des communs"]),
        ("https://e.test/b", ["zzzz"]),
        ("https://e.test/c", []),
    ]
    found = list(elsewhere(service(ours, url="http://pages.test/fr/reconcile"), things, "skos:Concept"))

    assert [(one.iri, one.label, one.candidate.iri) for one in found if one.candidate.is_match] == [
        ("https://e.test/a", "Politique des communs", f"{BASE}concept/politique-des-communs")
    ]
    assert len({(one.iri, one.candidate.iri) for one in found}) == len(found)
    assert {one.iri for one in found} == {"https://e.test/a"}


# ── One that lies ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "row",
    [
        candidate(""), candidate(7), candidate(None), candidate("x" * 1_001), candidate("a\nb\x00"), candidate(name=""), candidate(name=None), {}, [], "Eau", None, 7,
        candidate("http://a b"), candidate("https://"), candidate("http://user@evil.exemple.test/"),
    ],
)  # fmt: skip
def test_what_is_no_candidate_is_left_out(row: Any) -> None:
    """An id that can be no IRI, or no name: nothing could be said with it. What stands beside it counts."""
    (found,) = service(answering([row, candidate("2")])).match([Asked("eau")])

    assert [one.id for one in found if one.id != "a\nb\x00"] == ["2"]
    assert all("\n" not in one.iri and "\0" not in one.iri for one in found)


@pytest.mark.parametrize("score", ["NaN", "90", None, True, 10**400, [90], {}])
def test_a_score_that_is_no_number_is_none(score: Any) -> None:
    """The candidate stays, and nothing is compared with what cannot be."""
    (found,) = service(answering([candidate(score=score)])).match([Asked("eau")])

    assert [one.score for one in found] == [None]


def test_a_number_that_json_does_not_have_is_no_answer() -> None:
    """``NaN`` makes the whole of it no JSON; what reads it all the same would read anything."""
    with pytest.raises(StoreError, match="no JSON"):
        list(service(answering([candidate(score=float("nan"))])).match([Asked("eau")]))


def test_more_than_was_asked_for_is_cut_and_what_comes_twice_comes_once() -> None:
    """A service may send a thousand candidates; so many are read as were wanted."""
    rows = [candidate(str(number // 2), match=False) for number in range(1_000)]
    (found,) = service(answering(rows)).match([Asked("eau", limit=3)])

    assert [one.id for one in found] == ["0", "1", "2"]


@pytest.mark.parametrize("sure", ["true", 1, "yes", None])
def test_only_true_is_sure(sure: Any) -> None:
    """What is like it is not."""
    (found,) = service(answering([candidate(match=sure)])).match([Asked("eau")])

    assert [one.is_match for one in found] == [False]


def test_two_sure_matches_are_none() -> None:
    """A label means one thing, or somebody has to look."""
    (found,) = service(answering([candidate("1"), candidate("2")])).match([Asked("eau")])

    assert [one.is_match for one in found] == [False, False]


def test_what_is_not_answered_has_no_candidates() -> None:
    """Of a batch half of which is missing, the other half counts."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=MANIFEST)
        return httpx.Response(
            200, json={"q1": {"result": [candidate("2")]}, "q9": {"result": [candidate("3")]}, "x": 1}
        )

    first, second = service(answer).match([Asked("a"), Asked("b")])

    assert (first, [one.id for one in second]) == ([], ["2"])


@pytest.mark.parametrize("answer", [{}, [], {"results": []}, {"q0": "x"}, "x", None, {"status": "error"}])
def test_an_answer_to_something_else_is_an_error(answer: Any) -> None:
    """And not that nothing was found."""
    other = service(lambda request: httpx.Response(200, json=MANIFEST if request.method == "GET" else answer))

    with pytest.raises(StoreError):
        list(other.match([Asked("eau")]))


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [([], "no JSON object"), ({"versions": ["3.0"]}, "neither version"), ({"versions": []}, "neither version")],
)
def test_a_manifest_that_is_none_is_an_error(manifest: Any, problem: str) -> None:
    """With what to do, in French too."""
    with pytest.raises(StoreError, match=problem) as raised:
        service(lambda _request: httpx.Response(200, json=manifest)).manifest()
    assert raised.value.told("fr").startswith(f"{URL} : ")


def test_names_of_strangers_are_bounded_and_one_line() -> None:
    """They are shown to people, and written into tables."""
    (found,) = service(answering([candidate(name="Eau\n\u202e" + "x" * 10_000, description="\x1b[31mrouge")])).match(
        [Asked("eau")]
    )

    assert len(found[0].name) <= 500
    assert found[0].name.isprintable()
    assert found[0].description == "[31mrouge"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "name", "score", "match", "type", "x"]), inner, max_size=5)
        ),
        max_leaves=12,
    )
)
def test_whatever_is_answered_is_read_or_left_out(row: Any) -> None:
    """No value of JSON breaks the reading."""
    (found,) = service(answering([row, candidate("2", match=False)])).match([Asked("eau")])

    assert "2" in [one.id for one in found]


# ── One that answers badly ───────────────────────────────────────────────────────────────────────────


def test_a_page_is_no_answer() -> None:
    """A sign-in page, or the front page of a site, comes with 200."""
    with pytest.raises(StoreError, match="text/html and not JSON"):
        service(lambda _request: httpx.Response(200, html="<title>Sign in</title>")).manifest()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
def test_a_refusal_is_not_asked_again(status: int) -> None:
    """Its number is told."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status)

    with pytest.raises(StoreError, match=str(status)):
        service(answer).manifest()
    assert len(seen) == 1


def test_who_is_told_to_wait_waits() -> None:
    """As long as ``Retry-After`` says; then it goes on."""
    waited: list[float] = []
    answers = [
        httpx.Response(429, headers={"Retry-After": "17"}),
        httpx.Response(503),
        httpx.Response(200, json=MANIFEST),
    ]

    assert service(lambda _request: answers.pop(0), sleep=waited.append, pause=0.0).manifest().name == "Un service"
    assert 17 in waited


def test_who_is_told_to_wait_for_an_hour_ends() -> None:
    """And says how long it would have been."""
    with pytest.raises(StoreUnavailable, match="3600 seconds"):
        service(lambda _request: httpx.Response(429, headers={"Retry-After": "3600"})).manifest()


def test_one_that_never_gets_well_is_given_up() -> None:
    """After six requests; at once where nobody was ever there."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise error("refused", request=request)

    error: type[httpx.TransportError] = httpx.ReadError
    with pytest.raises(StoreUnavailable, match="refused"):
        service(answer).manifest()
    assert len(seen) == 6
    error = httpx.ConnectError
    with pytest.raises(StoreUnavailable, match="refused"):
        service(answer).manifest()
    assert len(seen) == 7


def test_requests_keep_a_distance() -> None:
    """One after the other, with a pause before each but the first."""
    waited: list[float] = []
    client = service(answering([]), sleep=waited.append, pause=0.25)
    list(client.match(Asked(str(number)) for number in range(25)))

    assert waited == [0.25] * 3


def test_a_batch_that_is_too_large_goes_in_halves() -> None:
    """Down to one label; the answers stay in their order."""
    sizes: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=MANIFEST | {"batchSize": 8})
        queries = json.loads(parse_qs(request.content.decode())["queries"][0])
        sizes.append(len(queries))
        if len(queries) > 3:
            return httpx.Response(413)
        return httpx.Response(
            200, json={name: {"result": [candidate(query["query"], match=False)]} for name, query in queries.items()}
        )

    found = [one.id for (one,) in service(answer).match(Asked(f"l{number}") for number in range(8))]

    assert found == [f"l{number}" for number in range(8)]
    assert sizes == [8, 4, 2, 2, 4, 2, 2]


def test_a_redirect_stays_on_its_host() -> None:
    """From http to https, or to another path; another host is told, and not asked."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/reconcile":
            return httpx.Response(301, headers={"Location": "/v2/reconcile"})
        if request.url.path == "/elsewhere":
            return httpx.Response(302, headers={"Location": "https://evil.exemple.test/reconcile"})
        return answering([candidate()])(request)

    assert [one.id for (one,) in service(answer).match([Asked("eau")])] == ["1"]
    with pytest.raises(StoreError, match=r"evil\.exemple\.test"):
        service(answer, url="https://service.exemple.test/elsewhere").manifest()


def test_an_answer_without_end_is_cut_off() -> None:
    """Neither memory nor time is a stranger's."""

    def pieces() -> Iterator[bytes]:
        while True:
            yield b"x" * (1 << 20)

    with pytest.raises(StoreError, match="32 MiB"):
        service(
            lambda _request: httpx.Response(200, content=pieces(), headers={"Content-Type": "application/json"})
        ).manifest()


def test_one_that_says_nothing_is_given_up() -> None:
    """A host that takes the connection and never answers, over a real socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            taken.extend(server.accept()[0] for _ in range(6))

        threading.Thread(target=take, daemon=True).start()
        client = httpx.Client(timeout=0.05, trust_env=False)
        with client, pytest.raises(StoreUnavailable, match="timed out"):
            Service(client, f"http://127.0.0.1:{server.getsockname()[1]}/", sleep=lambda _seconds: None).manifest()
        for one in taken:
            one.close()


@pytest.mark.parametrize("url", ["", "ftp://a.test/", "file:///etc/passwd", "service", "https://", "http://[::1"])
def test_what_is_no_address_is_none(url: str) -> None:
    """Before anything is asked."""
    with pytest.raises(StoreError, match="address"):
        service(lambda _request: httpx.Response(500), url=url)


def test_no_name_or_password_of_the_address_is_told() -> None:
    """Errors go to logs and tickets."""
    with pytest.raises(StoreError) as raised:
        service(
            lambda _request: httpx.Response(404), url="https://ana:secret@service.exemple.test/r?key=secret"
        ).manifest()
    assert "secret" not in str(raised.value)


# ── What is kept ─────────────────────────────────────────────────────────────────────────────────────


def test_nobody_is_asked_the_same_again(tmp_path: Path) -> None:
    """For thirty days; by digests, so that no label that was sought lies in the file."""
    asked: list[str] = []
    now = [1_000_000.0]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            asked.append(request.content.decode())
        return answering([candidate(match=False)])(request)

    def match(*labels: str) -> list[list[Answered]]:
        cache = Cache(tmp_path / "cache" / "answers.sqlite", clock=lambda: now[0])
        return list(service(answer, cache=cache).match(map(Asked, labels)))

    first = match("Marchepied", "eau")
    assert match("eau", "Marchepied") == first[::-1]
    assert len(asked) == 1
    match("eau", "terre")
    assert len(asked) == 2
    assert "eau" not in asked[1]
    now[0] += 31 * 86_400
    match("eau")
    assert len(asked) == 3
    assert b"Marchepied" not in (tmp_path / "cache" / "answers.sqlite").read_bytes()


def test_a_cache_that_is_none_says_so(tmp_path: Path) -> None:
    """And what to do; it is not written over."""
    (tmp_path / "answers.sqlite").write_bytes(b"something else " * 100)
    with pytest.raises(StoreError, match="remove it"):
        Cache(tmp_path / "answers.sqlite")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "answers.sqlite").execute("SELECT * FROM answer")


# ── Proposals of the command align ───────────────────────────────────────────────────────────────────────


def test_what_a_service_proposes_goes_into_the_table_to_decide_in(tmp_path: Path) -> None:
    """Concepts alone, with the score of the service; what was decided before is not proposed again."""
    settings = Settings(root=tmp_path)
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=MANIFEST)
        queries = json.loads(parse_qs(request.content.decode())["queries"][0])
        asked.extend(query["query"] for query in queries.values())
        found = {"Plaidoyer": [candidate("1", name="Plaidoyer")], "Advocacy": [candidate("2", match=False, score=40)]}
        return httpx.Response(
            200, json={key: {"result": found.get(query["query"], [])} for key, query in queries.items()}
        )

    def proposed() -> dict[str, tuple[str, float]]:
        task = aligning.Task(Path(), tmp_path / "table", tmp_path / "dist", kinds=("concept",))
        outcome = aligning.align(task, settings, service(answer))
        assert outcome.table.is_file()
        return {one.match.target: (one.match.relation, one.score) for one in outcome.proposals}

    first = proposed()
    assert first == {
        "https://service.exemple.test/id/1": ("skos:exactMatch", 0.9),
        "https://service.exemple.test/id/2": ("skos:closeMatch", 0.4),
    }
    assert "Users' assembly" in asked
    rows = aligning.read_table(tmp_path / "table.csv")
    aligning.apply(settings, [row._replace(decision="refuse") for row in rows if row.match.target.endswith("/2")])
    assert set(proposed()) == {"https://service.exemple.test/id/1"}


def test_what_is_no_service_ends_the_alignment_with_a_sentence(tmp_path: Path) -> None:
    """And no table is written."""
    task = aligning.Task(Path(), tmp_path / "table", tmp_path / "dist", kinds=("concept",))
    with pytest.raises(StoreError):
        aligning.align(task, Settings(root=tmp_path), service(lambda _request: httpx.Response(200, text="<html>")))
    assert not (tmp_path / "table.csv").exists()
