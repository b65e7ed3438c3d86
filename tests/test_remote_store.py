"""One SPARQL store over HTTP: what is asked of it, who signs in, and what is made of its answers."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.credentials import Credentials
from commons_ld.errors import QueryRejected, StoreError, StoreUnavailable
from commons_ld.stores.forms import form_encoded
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.values import Term
from tests.servers import answers, oxigraph
from tests.servers.answers import AnsweringServer

ASK = "ASK { GRAPH ?g { ?s ?p ?o } }"
INSERT = 'INSERT DATA { GRAPH <http://a/g> { <http://a/s> <http://a/p> "é\\n\\"x\\""@fr , 7 , <http://a/o> } }'
ANA = Credentials("ana", "s3cret")


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    """Yield a server that answers ASK queries with true."""
    with answers.serve() as told:
        yield told


def test_a_real_store_takes_an_update_and_gives_its_terms_back(tmp_path: Path) -> None:
    """Kinds, language tags and datatypes come back as they were given."""
    with oxigraph.serve(tmp_path / "store") as real:
        store = RemoteStore(real.url)
        store.update(INSERT)
        rows = store.select("SELECT ?o WHERE { GRAPH <http://a/g> { ?s ?p ?o } }")

        assert {row["o"] for row in rows} == {
            Term("literal", 'é\n"x"', language="fr"),
            Term("literal", "7", "http://www.w3.org/2001/XMLSchema#integer"),
            Term("uri", "http://a/o"),
        }
        assert store.ask(ASK)


def test_a_store_that_is_down_is_unavailable_and_surely_did_nothing() -> None:
    """Nobody listens there; the sentence says what to do."""
    with pytest.raises(StoreUnavailable, match=r"does not answer.*run again") as caught:
        RemoteStore(f"http://127.0.0.1:{oxigraph.free_port()}/query").ask(ASK)

    assert not caught.value.outcome_unknown
    assert caught.value.told("fr") != caught.value.told("en")


@pytest.mark.parametrize(
    ("status", "kind", "english", "french"),
    [
        (200, "text/html", r"a web page \(text/html\).*open the address in a browser", "une page web (text/html)"),
        (200, "text/plain", r"not that of a SPARQL store \(text/plain\)", "pas celle d'un dépôt SPARQL (text/plain)"),
        (502, "text/html", "what stands before the store answers 502; check that the store itself runs", "devant le"),
        (403, "text/html", "403; this account has no right to it, or the store is read-only", "lecture seule"),
        (404, "text/html", "404, there is nothing at this address", "il n'y a rien à cette adresse"),
        (503, "text/html", "the store answers 503; wait until it is well again", "le dépôt répond 503"),
    ],
)
def test_what_answers_is_named_with_what_to_do(
    server: AnsweringServer, status: int, kind: str, english: str, french: str
) -> None:
    """A page to sign in, a proxy before a store that is down, an account without rights, a wrong address."""
    server.status, server.kind, server.body = status, kind, b"<html><form>sign in</form></html>"
    with pytest.raises(StoreError, match=english) as caught:
        RemoteStore(server.url).ask(ASK)

    assert french in caught.value.told("fr")


def test_a_name_that_no_machine_has_is_told() -> None:
    """The address is wrong, or there is no network."""
    with pytest.raises(StoreUnavailable, match="the name of its machine is not known") as caught:
        RemoteStore("http://store.invalid/query").ask(ASK)

    assert "ce nom de machine est inconnu" in caught.value.told("fr")


@pytest.mark.parametrize("status", [400, 413, 500])
def test_an_update_that_is_too_long_for_a_form_is_sent_as_it_is(server: AnsweringServer, status: int) -> None:
    """Fuseki takes no long forms; it is asked in vain once, and short updates go on as forms."""
    server.longest_form, server.too_long = 200_000, status
    store, long = RemoteStore(server.url), f"# {'é' * 100_000}\n{INSERT}"
    for update in (INSERT, long, long, INSERT):
        store.update(update)

    kinds = [asked.headers["Content-Type"].rpartition("/")[2] for asked in server.asked]
    assert kinds == ["x-www-form-urlencoded"] * 2 + ["sparql-update"] * 2 + ["x-www-form-urlencoded"]
    assert [asked.body for asked in server.asked[2:4]] == [long.encode()] * 2


def test_a_long_update_that_is_wrong_is_refused_in_the_words_of_the_store(server: AnsweringServer) -> None:
    """Sent the other way, it is no better."""
    server.status, server.body = 400, b"no such thing"
    with pytest.raises(QueryRejected, match="no such thing"):
        RemoteStore(server.url).update(f"# {'é' * 100_000}\nnonsense")
    assert len(server.asked) == 2


def test_virtuoso_is_sent_no_update_as_it_is(server: AnsweringServer) -> None:
    """It would wait for ever."""
    server.status, server.body = 500, b"Virtuoso 37000 Error SQ074: Line 1: memory exhausted"
    with pytest.raises(QueryRejected, match="memory exhausted"):
        RemoteStore(server.url).update(f"# {'é' * 100_000}\n{INSERT}")
    assert len(server.asked) == 1


def test_a_read_only_store_refuses_an_update_in_its_own_words(tmp_path: Path) -> None:
    """Oxigraph answers so when it is started to be read only."""
    with oxigraph.serve(tmp_path / "store") as real:
        real.stop()
        real.start(read_only=True)

        with pytest.raises(StoreError, match=r"refuses the request: 40[345]"):
            RemoteStore(real.url).update(INSERT)


def test_a_query_that_is_none_is_rejected_in_the_words_of_the_store(tmp_path: Path) -> None:
    """A fault of ours is seen as one, and not tried again."""
    with oxigraph.serve(tmp_path / "store") as real, pytest.raises(QueryRejected, match=r"400 .*expected"):
        RemoteStore(real.url).ask("ASK { ?s ?p")


def test_a_store_that_is_silent_is_not_waited_for_without_end() -> None:
    """Every request has a time-out; what became of this one is unknown."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = RemoteStore(f"http://127.0.0.1:{silent.getsockname()[1]}/query", timeout=0.2)
        with pytest.raises(StoreUnavailable, match=r"nothing came for 0\.2 s; .*--timeout") as caught:
            store.update(INSERT)

    assert caught.value.outcome_unknown


def test_requests_are_forms_and_any_answer_to_an_update_is_welcome(server: AnsweringServer) -> None:
    """Virtuoso waits for ever for other bodies, and refuses to tell of an update where one type is asked for."""
    store = RemoteStore(server.url)
    store.ask(ASK)
    server.kind = "text/html"
    server.body = b"<html>Insert into &lt;g&gt;, 3 triples -- done</html>"
    store.update(INSERT)

    query, update = server.asked
    assert query.form["query"] == [ASK]
    assert query.headers["Accept"].startswith("application/sparql-results+json")
    assert update.form == {"update": [INSERT]}
    assert update.headers["Accept"] == "*/*"


def test_virtuoso_is_known_by_its_name_and_by_how_it_tells_of_an_update(server: AnsweringServer) -> None:
    """A proxy before it may tell a name of its own; who is known is known for good."""
    by_name, by_answer, other = RemoteStore(server.url), RemoteStore(server.url), RemoteStore(server.url)
    server.name = "Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu VDB"
    by_name.ask(ASK)
    server.name = "nginx"
    by_name.ask(ASK)
    other.update(INSERT)
    server.kind = "application/sparql-results+xml"
    server.body = (
        b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="callret-0"/></head></sparql>'
    )
    by_answer.update(INSERT)

    assert (by_name.is_virtuoso, by_answer.is_virtuoso, other.is_virtuoso) == (True, True, False)


@pytest.mark.parametrize("login", ["basic", "digest"])
def test_who_signs_in_is_let_in(server: AnsweringServer, login: str) -> None:
    """RFC 7617 and RFC 7616; queries and updates alike."""
    server.login = login
    store = RemoteStore(server.url, credentials=ANA)

    assert store.ask(ASK)
    store.update(INSERT)


def test_a_password_goes_out_only_where_it_was_asked_for(server: AnsweringServer) -> None:
    """A store that wants none, and one that takes a digest, never see it; each sees every body once but the first."""
    store = RemoteStore(server.url, credentials=ANA)
    store.ask(ASK)
    server.login = "digest"
    store.ask(ASK)
    store.ask(ASK)
    assert [asked.headers.get("Authorization", "").partition(" ")[0] for asked in server.asked] == [
        "", "", "Digest", "Digest",
    ]  # fmt: skip

    server.login = "basic"
    server.asked.clear()
    store.ask(ASK)
    store.update(INSERT)
    assert [asked.headers.get("Authorization", "")[:6] for asked in server.asked] == ["Digest", "Basic ", "Basic "]


def test_a_digest_is_made_for_each_request_and_anew_when_the_store_asks_for_it(server: AnsweringServer) -> None:
    """RFC 7616, sections 3.4 and 3.6: the count of a nonce grows, and one that is over is asked for again."""
    server.login = "digest"
    store = RemoteStore(server.url, credentials=ANA)
    store.update(INSERT)
    store.update(INSERT)
    server.nonce = "xyz"
    store.update(INSERT)
    store.update(INSERT)

    told = [asked.headers.get("Authorization", "") for asked in server.asked]
    found = [(re.findall(r'\bnonce="(\w+)"', text), re.findall(r"nc=(\d+)", text)) for text in told]
    assert found == [
        ([], []), (["abc"], ["00000001"]), (["abc"], ["00000002"]),
        (["abc"], ["00000003"]), (["xyz"], ["00000001"]), (["xyz"], ["00000002"]),
    ]  # fmt: skip


def test_a_password_that_is_changed_meanwhile_is_said_to_be_wrong(server: AnsweringServer) -> None:
    """After one more challenge, and no more than that."""
    server.login = "digest"
    store = RemoteStore(server.url, credentials=ANA)
    store.update(INSERT)
    server.password = "other"
    server.asked.clear()

    with pytest.raises(StoreError, match="refuses the name or the password"):
        store.update(INSERT)
    assert len(server.asked) == 2


def test_a_digest_goes_nowhere_but_to_the_address_that_asked_for_it(server: AnsweringServer) -> None:
    """Who asks of a store that everybody may ask tells nobody's name."""
    with answers.serve() as other:
        server.login = "digest"
        store = RemoteStore(other.url, server.url, credentials=ANA)
        store.update(INSERT)
        store.ask(ASK)

    assert [asked.headers.get("Authorization", "") for asked in other.asked] == [""]


def test_a_digest_is_still_right_after_many_requests_that_failed(server: AnsweringServer) -> None:
    """urllib counts challenges whose request then fails, and would take the sixth for a wrong password."""
    server.login, server.status = "digest", 500
    store = RemoteStore(server.url, credentials=ANA)
    for _ in range(8):
        with pytest.raises(StoreUnavailable, match="answers 500"):
            store.update(INSERT)

    server.status = 200
    store.update(INSERT)


@pytest.mark.parametrize("login", ["basic", "digest"])
def test_a_wrong_password_is_said_to_be_one_and_not_shown(server: AnsweringServer, login: str) -> None:
    """Neither the name nor the password stands in the message."""
    server.login = login
    with pytest.raises(StoreError, match="refuses the name or the password") as caught:
        RemoteStore(server.url, credentials=Credentials("wrong-user", "wrong-word")).ask(ASK)

    assert "wrong-" not in str(caught.value) + repr(caught.value.__dict__)
    assert "wrong-" not in repr(Credentials("wrong-user", "wrong-word"))


@pytest.mark.parametrize(("login", "words"), [("basic", "asks for a name"), ("Negotiate", "asks for a name")])
def test_a_store_that_wants_a_password_says_where_to_give_it(server: AnsweringServer, login: str, words: str) -> None:
    """The names of the variables are in the sentence."""
    server.login = login
    with pytest.raises(StoreError, match=f"{words}.*COMMONS_LD_STORE_PASSWORD"):
        RemoteStore(server.url).ask(ASK)


def test_an_authentication_of_another_kind_is_said_to_be_one(server: AnsweringServer) -> None:
    """Kerberos, say."""
    server.login = "Negotiate"
    with pytest.raises(StoreError, match="neither basic nor digest"):
        RemoteStore(server.url, credentials=ANA).ask(ASK)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_never_followed(server: AnsweringServer, status: int) -> None:
    """An update would become a query on the way, and the password would go along."""
    with answers.serve() as other:
        server.login, server.status, server.headers = "basic", status, {"Location": other.url}
        with pytest.raises(StoreError, match=f"sends on to {other.url}"):
            RemoteStore(server.url, credentials=ANA).update(INSERT)

        assert other.asked == []


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_is_not_well_may_have_done_the_work(server: AnsweringServer, status: int) -> None:
    """The page that a proxy shows people is not repeated."""
    server.status, server.kind, server.body = status, "text/html", b"<html><h1>Bad gateway</h1></html>"
    with pytest.raises(StoreUnavailable, match=f"answers {status};") as caught:
        RemoteStore(server.url).update(INSERT)

    assert caught.value.outcome_unknown


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html><form>Password</form></html>"),
        (answers.RESULTS, b"{ not json"),
        (answers.RESULTS, b"[]"),
        (answers.RESULTS, b"{}"),
        (answers.RESULTS, b""),
    ],
)
def test_an_answer_that_is_no_answer_of_a_store_is_an_error(server: AnsweringServer, kind: str, body: bytes) -> None:
    """With status 200, whatever it holds: it is never taken for "there is nothing"."""
    server.kind, server.body = kind, body
    store = RemoteStore(server.url)
    with pytest.raises(StoreUnavailable, match="not that of a SPARQL store"):
        store.ask(ASK)
    with pytest.raises(StoreUnavailable, match="not that of a SPARQL store"):
        store.select("SELECT * {}")


def test_a_form_to_sign_in_is_not_taken_for_a_write_that_was_done(server: AnsweringServer) -> None:
    """A gateway answers so with status 200."""
    server.kind, server.body = "text/html", b"<html><FORM>Password</form></html>"
    with pytest.raises(StoreUnavailable, match="not that of a SPARQL store"):
        RemoteStore(server.url).update(INSERT)


def test_an_answer_without_end_is_not_read(server: AnsweringServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read has a limit."""
    monkeypatch.setattr("commons_ld.stores.remote._LARGEST", 10)
    with pytest.raises(StoreUnavailable, match="larger than"):
        RemoteStore(server.url).ask(ASK)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("store.exemple.test/sparql", "no address"),
        ("ftp://store.exemple.test/", "no address"),
        ("http://[::1/", "no address"),
        ("http://store.exemple.test:port/", "no address"),
        ("http://store.exemple.test/a b", "no address"),
        ("http://ana:s3cret@store.exemple.test/sparql", "take them out"),
    ],
)
def test_an_address_that_is_none_is_refused_without_showing_a_password(url: str, words: str) -> None:
    """Before anything is sent."""
    with pytest.raises(StoreError, match=words) as caught:
        RemoteStore(url)

    assert "s3cret" not in str(caught.value)


def test_a_password_in_clear_to_another_host_can_be_warned_of() -> None:
    """On this machine, over https, and without a password there is nothing to warn of."""
    told = {
        url: RemoteStore(url, credentials=ANA).tells_password
        for url in (
            "http://store.exemple.test/",
            "https://store.exemple.test/",
            "http://127.0.0.1/",
            "http://localhost/",
        )
    }

    assert [url for url, tells in told.items() if tells] == ["http://store.exemple.test/"]
    assert not RemoteStore("http://store.exemple.test/").tells_password


@given(st.text())
def test_a_form_says_what_was_asked(text: str) -> None:
    """Read back by the library, whatever the text."""
    assert parse_qsl(f"update={form_encoded(text)}", keep_blank_values=True) == [("update", text)]
