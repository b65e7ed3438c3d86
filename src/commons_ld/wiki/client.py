"""One request to a wiki, with all that can become of it.

Requests are made one after the other, say who asks, let a wiki that lags behind go first (``maxlag``), and wait as
long as they are told to (https://www.mediawiki.org/wiki/API:Etiquette). Every one has a time-out and a largest
answer. A redirect is followed on the same host only, proxies and ``.netrc`` of the environment are not looked at,
and a certificate that is not trusted ends the work. Nothing that is raised here holds a query, a header or a body.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import importlib.metadata
import random
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeVar

import httpx
import msgspec

from commons_ld.errors import WikiError
from commons_ld.messages import Language
from commons_ld.settings import Settings
from commons_ld.wiki.answers import Answer, warnings_of
from commons_ld.wiki.words import said, shown

__all__ = [
    "Client",
    "Credentials",
    "Note",
    "Response",
    "connect",
    "named",
    "retry_after",
    "same_host",
    "silent",
    "user_agent",
]

#: MediaWiki cuts its answers at 8 MiB of text (``$wgAPIMaxResultSize``), which JSON can only double or triple.
_LARGEST: Final = 32 * 1024 * 1024
_TIMEOUT: Final = 60.0
#: A whole answer takes no longer than so many time-outs, however often a byte of it comes.
_PATIENCE: Final = 10
_MOST_REDIRECTS: Final = 5

#: How often something is asked for until it is given up, and the longest wait that is kept to, in seconds.
_TRIES: Final = 6
_LONGEST_WAIT: Final = 600.0
_LONGEST_BACKOFF: Final = 60.0
#: Seconds that the wiki's databases may lag behind each other (https://www.mediawiki.org/wiki/Manual:Maxlag_parameter).
_MAXLAG: Final = "5"

_WORTH_TRYING_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
#: Errors of the API that pass (https://www.mediawiki.org/wiki/API:Errors_and_warnings).
_PASSING: Final = ("maxlag", "ratelimited", "readonly", "internal_api_error", "timeout", "cirrussearch-too-busy-error")
_NEEDS_LOGIN: Final = frozenset({"readapidenied", "permissiondenied", "mustbeloggedin"})

_T = TypeVar("_T")

#: Told something that does not stop the work.
Note = Callable[[dict[Language, str]], None]


def silent(_sentence: dict[Language, str]) -> None:
    """Tell nobody."""


class Credentials(NamedTuple):
    """Who signs in. It is never printed: not even by a debugger that shows this value."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(…)"


class Response(NamedTuple):
    """An answer of HTTP that was read in full."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes


class _PassingError(Exception):
    """Something that may be well again when it is tried once more.

    :param error: what is raised where it is not
    :param wait: the seconds that were asked for; ``None`` where none were
    :param connected: whether there was anybody to ask
    """

    def __init__(self, error: WikiError, wait: float | None = None, *, connected: bool = True) -> None:
        super().__init__()
        self.error, self.wait, self.connected = error, wait, connected


class _StatusError(WikiError):
    """The server answers, but not with what was asked for."""


class _SessionLostError(Exception):
    """The wiki knows no more who asks."""


def user_agent(settings: Settings) -> str:
    """Return what tells a wiki who asks, and where to complain.

    See https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy.

    >>> user_agent(Settings()).partition("/")[0]
    'commons-ld'
    """
    contact = "; ".join(part for part in (settings.dataset.homepage, settings.dataset.contact) if part)
    # A header holds ASCII; a host or address that does not is told as far as it does.
    plain = (contact or "no contact given").encode("ascii", "ignore").decode()
    return f"commons-ld/{importlib.metadata.version('commons-ld')} ({plain}) httpx/{httpx.__version__}"


def connect(agent: str, *, timeout: float = _TIMEOUT, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return a connection for :class:`Client`: the certificates of this system are trusted, and those of httpx.

    :param agent: what the wiki is told of who asks
    :param timeout: seconds that the wiki may be silent
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return httpx.Client(
        headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
        timeout=timeout, verify=context, trust_env=False, follow_redirects=False, transport=transport,
    )  # fmt: skip


class Client:
    """Asks the Action API of one wiki.

    :param http: as :func:`connect` makes it; it stays the caller's to close
    :param api: the address of ``api.php``
    :param sleep: what waits, in seconds
    :param note: told of what the wiki warns of, and of long waits
    """

    def __init__(
        self,
        http: httpx.Client,
        api: httpx.URL,
        *,
        credentials: Credentials | None = None,
        sleep: Callable[[float], None] = time.sleep,
        note: Note = silent,
    ) -> None:
        self._http, self.api = http, api
        self._credentials, self._sleep, self._note = credentials, sleep, note
        self._warned: set[str] = set()
        #: Whether anything has answered yet: if not, nobody waits for a host that may not exist.
        self._heard = False

    @property
    def url(self) -> str:
        """The address that errors name."""
        return named(self.api)

    def ask(self, params: Mapping[str, str]) -> Answer:
        """Return the answer to a query, asked again as long as that may help.

        :raises WikiError: if it cannot be had
        """
        asked = {"format": "json", "formatversion": "2", "maxlag": _MAXLAG, **params}
        if self._credentials:
            # A session that ended would get what everybody gets: fewer pages, and no error.
            asked["assert"] = "user"
        try:
            return self._patiently(lambda: self._answer("GET", asked))
        except _SessionLostError:
            self.sign_in()
            return self._patiently(lambda: self._answer("GET", asked))

    def sign_in(self) -> None:
        """Sign in, if there are credentials (https://www.mediawiki.org/wiki/API:Login, method 1).

        :raises WikiError: if the wiki does not take them, or they would be sent in clear
        """
        if self._credentials is None:
            return
        if self.api.scheme != "https" and self.api.host not in ("127.0.0.1", "::1", "localhost"):
            raise WikiError(self.url, said("login-in-clear"))
        self._patiently(lambda: self._sign_in(*self._credentials))  # type: ignore[misc]

    def get(self, url: httpx.URL) -> Response:
        """Return a page of the web that is no answer of the API, from the same host.

        :raises WikiError: if it cannot be had
        """
        return self._patiently(lambda: self._fetch("GET", url))

    def is_api(self, url: httpx.URL) -> bool:
        """Tell whether the Action API answers at an address, be it with a refusal.

        :raises WikiError: if that cannot be told, since nothing answers there at all
        """
        params = {"action": "query", "meta": "siteinfo", "format": "json", "formatversion": "2"}
        try:
            response = self._patiently(lambda: self._fetch("GET", url, params))
        except _StatusError:
            return False
        is_json = response.headers.get("content-type", "").startswith("application/json")
        return is_json and (b'"query"' in response.body or "mediawiki-api-error" in response.headers)

    # ── Trying again ─────────────────────────────────────────────────────────────────────────────────

    def _patiently(self, attempt: Callable[[], _T]) -> _T:
        for number in range(1, _TRIES + 1):
            try:
                result = attempt()
            except _PassingError as passing:
                if number == _TRIES or not (self._heard or passing.connected):
                    raise passing.error from None
                self._wait(number, passing.wait)
            else:
                self._heard = True
                return result
        raise AssertionError("unreachable")

    def _wait(self, number: int, asked: float | None) -> None:
        # Jitter keeps those who failed at the same moment from coming back at the same moment.
        backoff = min(_LONGEST_BACKOFF, 2.0 ** (number - 1)) * random.uniform(0.5, 1.0)  # noqa: S311
        seconds = max(asked or 0.0, backoff)
        if seconds > _LONGEST_WAIT:
            raise WikiError(self.url, said("wait", value=round(seconds)))
        if seconds >= 5:
            self._note(said("waiting", value=round(seconds)))
        self._sleep(seconds)

    # ── One request ──────────────────────────────────────────────────────────────────────────────────

    def _sign_in(self, user: str, password: str) -> None:
        plain = {"format": "json", "formatversion": "2"}
        told = self._answer("GET", {**plain, "action": "query", "meta": "tokens", "type": "login"})
        try:
            token = str(told["query"]["tokens"]["logintoken"])
        except (KeyError, TypeError):
            raise WikiError(self.url, said("incomplete", value="logintoken")) from None
        given = {"action": "login", "lgname": user, "lgpassword": password, "lgtoken": token}
        outcome = self._answer("POST", plain | given).get("login")
        result = outcome.get("result") if isinstance(outcome, dict) else None
        if result != "Success":
            # The reason that the wiki gives may repeat the name; the result is one of its own words.
            raise WikiError(self.url, said("login-refused", value=result or "?"))

    def _answer(self, method: str, params: Mapping[str, str]) -> Answer:
        response = self._fetch(method, self.api, params)
        # What the wiki sends on to https is asked there from now on: a password is not sent twice.
        self.api = response.url.copy_with(query=None)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise WikiError(self.url, said("not-json", value=kind or "?"))
        try:
            answer = msgspec.json.decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise _PassingError(WikiError(self.url, said("garbled"))) from None
        if not isinstance(answer, dict):
            raise _PassingError(WikiError(self.url, said("garbled")))
        # An error of the API comes with status 200; the header tells it even where the body was lost on the way.
        error, header = answer.get("error"), response.headers.get("mediawiki-api-error")
        if error is not None or header:
            self._fail(error if isinstance(error, dict) else {"code": header or "?"}, response)
        for module, text in warnings_of(answer).items():
            if module == "result" and "continue" not in answer:
                raise WikiError(self.url, said("incomplete", value=text))
            if module != "result" and text not in self._warned:
                self._warned.add(text)
                self._note(said("warning", value=text))
        return answer

    def _fail(self, error: Mapping[str, object], response: Response) -> None:
        code = str(error.get("code", "?"))
        if code in ("assertuserfailed", "assertnameduserfailed"):
            raise _SessionLostError
        if code in _NEEDS_LOGIN:
            raise WikiError(self.url, said("login-needed"))
        failure = WikiError(self.url, said("refused", value=f"{code}: {error.get('info', '')}"))
        if code.startswith(_PASSING):
            raise _PassingError(failure, retry_after(response.headers))
        raise failure

    def _fetch(self, method: str, url: httpx.URL, params: Mapping[str, str] | None = None) -> Response:
        """Return what stands at an address, after redirects, if its status is a good one."""
        asked = url.copy_merge_params(params) if params and method == "GET" else url
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._read(method, asked, params if method == "POST" else None)
            if response.status not in (301, 302, 303, 307, 308):
                break
            if method == "POST":
                raise WikiError(named(asked), said("status", value=response.status))
            asked = self._followed(asked, response.headers.get("location", ""))
        else:
            raise WikiError(named(url), said("many-redirects"))
        if response.status in _WORTH_TRYING_AGAIN:
            failure = WikiError(named(asked), said("status", value=response.status))
            raise _PassingError(failure, retry_after(response.headers))
        if response.status != 200:
            code = "login-needed" if response.status == 401 else "status"
            raise _StatusError(named(asked), said(code, value=response.status))
        return response

    def _followed(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            target = url.join(location)
        except httpx.InvalidURL:
            raise WikiError(named(url), said("many-redirects")) from None
        if not same_host(url, target):
            raise WikiError(named(url), said("other-host", value=named(target)))
        return target

    def _read(self, method: str, url: httpx.URL, data: Mapping[str, str] | None) -> Response:
        timeout = self._http.timeout.read
        deadline = time.monotonic() + _PATIENCE * (timeout or _TIMEOUT)
        try:
            with self._http.stream(method, url, data=data) as response:
                length = response.headers.get("content-length", "")
                if length.isdecimal() and int(length) > _LARGEST:
                    raise WikiError(named(url), said("large", value=f"{_LARGEST // 1024**2} MiB"))
                body = bytearray()
                for part in response.iter_bytes():
                    body += part
                    if len(body) > _LARGEST:
                        raise WikiError(named(url), said("large", value=f"{_LARGEST // 1024**2} MiB"))
                    if time.monotonic() > deadline:
                        raise httpx.ReadTimeout("the answer does not end")
                return Response(url, response.status_code, response.headers, bytes(body))
        except httpx.InvalidURL:
            raise WikiError(named(url), said("bad-address")) from None
        except httpx.HTTPError as error:
            # Its words are the system's; the request, and a password in it, are not taken along.
            if isinstance(error.__cause__, ssl.SSLError) or _names_certificate(error):
                raise WikiError(named(url), said("untrusted", value=_reason(error))) from None
            failure = WikiError(named(url), said("unreachable", value=_reason(error)))
            raise _PassingError(failure, connected=not isinstance(error, httpx.ConnectError)) from None


def named(url: httpx.URL) -> str:
    """Return an address as it can be told: without a query, a name or a password.

    >>> named(httpx.URL("https://ana:secret@wiki.exemple.test/api.php?lgpassword=x#y"))
    'https://wiki.exemple.test/api.php'
    """
    return shown(str(url.copy_with(userinfo=b"", query=None, fragment=None)))


def same_host(url: httpx.URL, target: httpx.URL) -> bool:
    """Tell whether a redirect stays where the wiki is: on its host and port, and never from https to http.

    >>> url = httpx.URL("http://wiki.exemple.test/")
    >>> same_host(url, httpx.URL("https://wiki.exemple.test/w/")), same_host(url, httpx.URL("http://exemple.test/"))
    (True, False)
    """
    if url.host != target.host or target.scheme not in ("http", "https") or target.userinfo:
        return False
    is_upgrade = (url.scheme, target.scheme) == ("http", "https") and url.port is None and target.port is None
    return is_upgrade or (url.scheme == target.scheme and url.port == target.port)


def _names_certificate(error: BaseException) -> bool:
    return isinstance(error, httpx.ConnectError) and "CERTIFICATE_VERIFY_FAILED" in str(error)


def _reason(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


def retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds to wait (RFC 9110, section 10.2.3: seconds, or a date)."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date - dt.datetime.now(tz=dt.UTC)).total_seconds()) if date.tzinfo else None
