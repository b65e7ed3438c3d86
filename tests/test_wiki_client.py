"""One request to a wiki: what is sent, what is taken for an answer, and what is never done."""

from __future__ import annotations

import datetime as dt
import email.utils
import gzip
import json
import ssl
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from commons_ld.credentials import Credentials
from commons_ld.errors import WikiError
from commons_ld.http_client import connect, user_agent
from commons_ld.messages import Language
from commons_ld.settings import DatasetSettings, Settings
from commons_ld.wiki.addresses import api_of, parsed
from commons_ld.wiki.client import Client

API = "https://wiki.exemple.test/api.php"
SECRET = "hunter2hunter2"

Handler = Callable[[httpx.Request], httpx.Response]


class Talk:
    """A client whose wiki is a function, with what was asked and how long it waited."""

    def __init__(self, handler: Handler, api: str = API, credentials: Credentials | None = None) -> None:
        self.asked: list[httpx.Request] = []
        self.waits: list[float] = []
        self.notes: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            return handler(request)

        http = connect("commons-ld/test", transport=httpx.MockTransport(answer))
        self.client = Client(
            http, httpx.URL(api), credentials=credentials, sleep=self.waits.append, note=self._note
        )  # fmt: skip

    def _note(self, sentence: dict[Language, str]) -> None:
        self.notes.append(sentence["en"])


def answering(*answers: Any) -> Handler:
    """Return a wiki that gives one answer after the other, and the last one for ever."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, Exception):
            raise given
        return given if isinstance(given, httpx.Response) else httpx.Response(200, json=given)

    return answer


GOOD: dict[str, Any] = {"batchcomplete": True, "query": {}}


def test_who_asks_is_told_with_a_contact() -> None:
    """The settings' homepage and contact; what a header cannot hold is left out."""
    settings = msgspec.structs.replace(
        Settings(), dataset=DatasetSettings(homepage="https://exemple.test/été", contact="ici@exemple.test")
    )

    assert "(https://exemple.test/t; ici@exemple.test) httpx/" in user_agent(settings)
    assert "(no contact given)" in user_agent(Settings())


def test_every_request_asks_politely(monkeypatch: pytest.MonkeyPatch) -> None:
    """maxlag, JSON, and who asks; proxies and passwords of the environment are not looked at."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    talk = Talk(answering(GOOD))

    talk.client.ask({"action": "query"})

    [request] = talk.asked
    assert dict(request.url.params) == {"format": "json", "formatversion": "2", "maxlag": "5", "action": "query"}
    assert request.headers["user-agent"] == "commons-ld/test"
    with connect("x") as http:
        assert http.trust_env is False
        assert http.follow_redirects is False


@pytest.mark.parametrize(
    ("passing", "least"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), 7.0),
        (httpx.Response(503, headers={"Retry-After": "soon"}), 0.0),
        (httpx.Response(502), 0.0),
        (httpx.Response(200, json={"error": {"code": "maxlag", "info": "x"}}, headers={"Retry-After": "5"}), 5.0),
        (httpx.Response(200, json={"error": {"code": "internal_api_error_DBQueryError", "info": "x"}}), 0.0),
        (httpx.Response(200, json={}, headers={"MediaWiki-API-Error": "readonly"}), 0.0),
        (httpx.Response(200, content=b"{", headers={"Content-Type": "application/json"}), 0.0),
        (httpx.Response(200, json=[]), 0.0),
        (httpx.Response(200, content=b"[" * 100_000, headers={"Content-Type": "application/json"}), 0.0),
        (httpx.ReadTimeout("slow"), 0.0),
        (httpx.RemoteProtocolError("cut"), 0.0),
        (httpx.ReadError("reset"), 0.0),
    ],
)  # fmt: skip
def test_what_passes_is_asked_again(passing: httpx.Response | Exception, least: float) -> None:
    """After the wait that was asked for, or a short one."""
    talk = Talk(answering(passing, passing, GOOD))

    assert talk.client.ask({}) == GOOD

    assert len(talk.asked) == 3
    assert min(talk.waits) >= least


def test_a_date_to_wait_for_is_waited_for() -> None:
    """Retry-After may be a date (RFC 9110, section 10.2.3)."""
    date = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=500))
    talk = Talk(answering(httpx.Response(503, headers={"Retry-After": date}), GOOD))

    assert talk.client.ask({}) == GOOD

    [wait] = talk.waits
    assert 60 < wait <= 500


def test_what_does_not_pass_is_given_up() -> None:
    """After six attempts, with longer and longer waits and never the same ones."""
    talk = Talk(answering(httpx.Response(503)))

    with pytest.raises(WikiError, match="the server answers 503"):
        talk.client.ask({})

    assert len(talk.asked) == 6
    assert [1 / 2 <= wait / 2**number <= 1 for number, wait in enumerate(talk.waits)] == [True] * 5
    assert len(set(talk.waits)) == 5


def test_a_host_that_nobody_is_at_is_not_waited_for() -> None:
    """Unless it has answered before."""
    talk = Talk(answering(httpx.ConnectError("refused")))
    with pytest.raises(WikiError, match=r"does not answer \(refused\)"):
        talk.client.ask({})
    assert len(talk.asked) == 1

    talk = Talk(answering(GOOD, httpx.ConnectError("refused"), GOOD))
    talk.client.ask({})

    assert talk.client.ask({}) == GOOD


def test_a_wait_that_is_too_long_is_told_instead() -> None:
    """Nobody sits before a program for an hour."""
    talk = Talk(answering(httpx.Response(429, headers={"Retry-After": "3600"})))

    with pytest.raises(WikiError, match="asks to wait 3600 seconds"):
        talk.client.ask({})

    assert talk.waits == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.Response(200, html="<form>Connexion</form>"), r"\(text/html\) is not that of an interface"),
        (httpx.Response(200, content=b"{}"), r"\(\?\) is not that of an interface"),
        (httpx.Response(404), "the server answers 404"),
        (httpx.Response(401), "read with an account only"),
        (httpx.Response(200, json={"error": {"code": "readapidenied", "info": "x"}}), "read with an account only"),
        (httpx.Response(200, json={"error": {"code": "badvalue", "info": "No \x1b[31mway"}}), r"badvalue: No \[31mway$"),
        (httpx.Response(200, json={}, headers={"MediaWiki-API-Error": "badtoken"}), "refuses what was asked: badtoken"),
        (httpx.Response(200, json={"warnings": {"result": {"warnings": "cut at 8 MiB"}}}), r"incomplete \(cut at 8 MiB\)"),
        (httpx.Response(302, headers={"Location": "https://ailleurs.test/?x=1"}), "https://ailleurs.test/, another server"),
        (httpx.Response(302, headers={"Location": "http://wiki.exemple.test/"}), "another server"),
        (httpx.Response(302, headers={"Location": "https://wiki.exemple.test:8443/"}), "another server"),
        (httpx.Response(302, headers={"Location": "file:///etc/passwd"}), "another server"),
        (httpx.Response(302, headers={"Location": "https://a:b@wiki.exemple.test/"}), "another server"),
        (httpx.Response(302, headers={"Location": "/again"}), "sends on without end"),
        (httpx.Response(200, headers={"Content-Length": str(10**12)}), "larger than 32 MiB"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"), "certificate of the wiki is not trusted"),
    ],
)  # fmt: skip
def test_what_is_no_answer_ends_the_work(answer: httpx.Response | Exception, told: str) -> None:
    """At once, with a sentence that says what it is; an answer that passes for one would empty the archive."""
    talk = Talk(answering(answer))

    with pytest.raises(WikiError, match=told):
        talk.client.ask({})

    assert talk.waits == []


def test_a_small_answer_that_swells_is_not_held() -> None:
    """What is counted is what comes out of the compression."""
    bomb = gzip.compress(bytes(40 * 1024 * 1024))
    talk = Talk(
        answering(
            httpx.Response(200, content=bomb, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
        )
    )

    with pytest.raises(WikiError, match="larger than 32 MiB"):
        talk.client.ask({})


def test_a_redirect_to_https_is_followed_and_kept_to() -> None:
    """On the same host; the next request goes there directly."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http":
            return httpx.Response(301, headers={"Location": str(request.url.copy_with(scheme="https"))})
        return httpx.Response(200, json=GOOD)

    talk = Talk(answer, "http://wiki.exemple.test/api.php")
    talk.client.ask({})
    talk.client.ask({})

    assert [request.url.scheme for request in talk.asked] == ["http", "https", "https"]


def test_warnings_are_told_once() -> None:
    """They do not stop the work."""
    talk = Talk(answering({**GOOD, "warnings": {"main": {"warnings": "Unrecognized parameter: x."}}}))
    talk.client.ask({})
    talk.client.ask({})

    assert talk.notes == ["The wiki warns: Unrecognized parameter: x."]


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────

TOKEN = {"query": {"tokens": {"logintoken": "t+\\"}}}
LOST = httpx.Response(200, json={"error": {"code": "assertuserfailed", "info": "x"}})


def test_signing_in_sends_the_password_in_a_body_and_then_demands_the_account() -> None:
    """Never in an address; and a session that ended is seen, and begun again."""
    talk = Talk(answering(TOKEN, {"login": {"result": "Success"}}, LOST, TOKEN, {"login": {"result": "Success"}}, GOOD),
                credentials=Credentials("Ana@bot", SECRET))  # fmt: skip
    talk.client.sign_in()

    assert talk.client.ask({}) == GOOD

    assert [request.method for request in talk.asked] == ["GET", "POST", "GET", "GET", "POST", "GET"]
    assert not [request for request in talk.asked if SECRET in str(request.url)]
    assert talk.asked[2].url.params["assert"] == "user"


@pytest.mark.parametrize(
    "answers",
    [
        [TOKEN, {"login": {"result": "Failed", "reason": f"no {SECRET} for Ana@bot"}}],
        [TOKEN, {"login": "?"}],
        [{"query": {}}],
        [TOKEN, httpx.Response(302, headers={"Location": "https://ailleurs.test/"})],
        [TOKEN, httpx.Response(500)],
        [TOKEN, httpx.ReadError(f"reset while sending {SECRET[:0]}")],
        [TOKEN, httpx.Response(200, html=f"<p>{SECRET}</p>")],
        [TOKEN, httpx.Response(200, json={"error": {"code": "x", "info": "no"}})],
    ],
)
def test_a_password_is_in_no_error(answers: list[Any]) -> None:
    """Nor in what led to it: the whole traceback is looked through."""
    credentials = Credentials("Ana@bot", SECRET)
    talk = Talk(answering(*answers), credentials=credentials)

    with pytest.raises(WikiError) as caught:
        talk.client.sign_in()

    told = "".join(traceback.format_exception(caught.value)) + repr(credentials) + repr(caught.value.__dict__)
    assert SECRET not in told
    assert "Ana@bot" not in told
    assert {request.url.host for request in talk.asked} == {"wiki.exemple.test"}


def test_a_password_is_not_sent_in_clear() -> None:
    """Except to this machine itself."""
    talk = Talk(
        answering(TOKEN, {"login": {"result": "Success"}}), "http://wiki.exemple.test/api.php", Credentials("a", "b")
    )

    with pytest.raises(WikiError, match="not sent in clear"):
        talk.client.sign_in()
    assert talk.asked == []


# ── Where the interface is ───────────────────────────────────────────────────────────────────────────


def site(head: str = "", api: str = "/api.php") -> Handler:
    """Return a wiki whose pages have this head, with its interface at a path."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == api:
            return httpx.Response(200, json={"query": {}})
        if request.url.path.endswith("api.php"):
            return httpx.Response(404)
        return httpx.Response(200, html=f"<html><head>{head}</head>")

    return answer


LINK = '<link rel="EditURI" type="application/rsd+xml" href="{}"/>'


@pytest.mark.parametrize(
    ("given", "head", "api"),
    [
        ("wiki.exemple.test/deep/api.php?action=help", "", "/deep/api.php"),
        ("https://wiki.exemple.test/w/index.php?title=A", "", "/w/api.php"),
        ("https://wiki.exemple.test/wiki/A", LINK.format("//wiki.exemple.test/x/api.php?action=rsd"), "/x/api.php"),
        ("https://wiki.exemple.test/wiki/A", LINK.format("/y/api.php?action=rsd&amp;a=b"), "/y/api.php"),
        ("https://wiki.exemple.test/wiki/A", "", "/w/api.php"),
        ("https://wiki.exemple.test/z/A", "", "/z/api.php"),
        ("https://wiki.exemple.test", LINK.format("https://wiki.exemple.test:port/api.php"), "/api.php"),
    ],
)
def test_the_interface_is_found(given: str, head: str, api: str) -> None:
    """By its own address, beside index.php, by the head of a page, or at the usual places."""
    talk = Talk(site(head, api))

    assert api_of(talk.client, parsed(given)) == httpx.URL(f"https://wiki.exemple.test{api}")


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("", r"no interface of MediaWiki \(api\.php\) is found"),
        (LINK.format("https://ailleurs.test/api.php"), "https://ailleurs.test/api.php, another server"),
        ("<link " * 20_000, "no interface"),
    ],
)
def test_where_there_is_none_it_is_said(head: str, told: str) -> None:
    """What a page says of another host is not followed."""
    talk = Talk(site(head, "/nowhere"))

    with pytest.raises(WikiError, match=told):
        api_of(talk.client, parsed("https://wiki.exemple.test/wiki/A"))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("ftp://wiki.exemple.test", "no address of a wiki"),
        ("https://", "no address of a wiki"),
        ("https://[::", "no address of a wiki"),
        (f"https://ana:{SECRET}@wiki.exemple.test/", "holds a name or a password"),
    ],
)
def test_a_bad_address_is_told_without_what_is_secret_in_it(address: str, told: str) -> None:
    """Before anything is asked."""
    with pytest.raises(WikiError, match=told) as caught:
        parsed(address)

    assert SECRET not in str(caught.value)


def test_certificates_are_always_looked_at() -> None:
    """There is no way to switch it off."""
    with connect("x") as http:
        pool = http._transport._pool  # type: ignore[attr-defined]

    assert pool._ssl_context.verify_mode is ssl.CERT_REQUIRED
    assert pool._ssl_context.check_hostname


def test_errors_are_told_in_french_too() -> None:
    """The command line prints them in the language of its user."""
    talk = Talk(answering(httpx.Response(404)))

    with pytest.raises(WikiError) as caught:
        talk.client.ask({})

    assert caught.value.told("fr").startswith(f"{API} : le serveur répond 404 ; ")
    assert json.dumps(caught.value.told("en")) == json.dumps(str(caught.value))
