"""One request over HTTP, with all that can become of it: for the wikis that are fetched and the archives harvested.

Requests are made one after the other, say who asks, and wait as long as they are told to. Every one has a time-out and
a largest answer. A redirect is followed on the same host only, proxies and ``.netrc`` of the environment are not looked
at, and a certificate that is not trusted ends the work. Nothing that is raised here holds a query, a header or a body.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import importlib.metadata
import random
import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Mapping
from typing import Final, NamedTuple, TypeVar

import httpx

from commons_ld.errors import CommonsError
from commons_ld.messages import Language
from commons_ld.settings import Settings
from commons_ld.text import shown

__all__ = [
    "LARGEST",
    "WORTH_TRYING_AGAIN",
    "Note",
    "PassingError",
    "Problem",
    "Requester",
    "Response",
    "connect",
    "named",
    "retry_after",
    "same_host",
    "silent",
    "user_agent",
]

#: MediaWiki cuts its answers at 8 MiB of text (``$wgAPIMaxResultSize``), which JSON can only double or triple.
LARGEST: Final = 32 * 1024 * 1024
_TIMEOUT: Final = 60.0
#: A whole answer takes no longer than so many time-outs, however often a byte of it comes.
_PATIENCE: Final = 10
_MOST_REDIRECTS: Final = 5

#: How often something is asked for until it is given up, and the longest wait that is kept to, in seconds.
_TRIES: Final = 6
_LONGEST_WAIT: Final = 600.0
_LONGEST_BACKOFF: Final = 60.0
#: Statuses with which a server may be well again soon.
WORTH_TRYING_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})

_T = TypeVar("_T")

#: Told something that does not stop the work.
Note = Callable[[dict[Language, str]], None]
#: Makes an error of an address, the code of a sentence about it, and what is filled in there.
#: The codes are ``bad-address``, ``unreachable``, ``untrusted``, ``other-host``, ``many-redirects``, ``status``,
#: ``login-needed``, ``large`` and ``wait``.
Problem = Callable[[str, str, object], CommonsError]


def silent(_sentence: dict[Language, str]) -> None:
    """Tell nobody."""


class Response(NamedTuple):
    """An answer of HTTP that was read in full."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case; ``""`` where none is told."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()


class PassingError(Exception):
    """Something that may be well again when it is tried once more.

    :param error: what is raised where it is not
    :param wait: the seconds that were asked for; ``None`` where none were
    :param connected: whether there was anybody to ask
    """

    def __init__(self, error: CommonsError, wait: float | None = None, *, connected: bool = True) -> None:
        super().__init__()
        self.error, self.wait, self.connected = error, wait, connected


def user_agent(settings: Settings) -> str:
    """Return what tells a server who asks, and where to complain.

    See https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy.

    >>> user_agent(Settings()).partition("/")[0]
    'commons-ld'
    """
    contact = "; ".join(part for part in (settings.dataset.homepage, settings.dataset.contact) if part)
    # A header holds ASCII; a host or address that does not is told as far as it does.
    plain = (contact or "no contact given").encode("ascii", "ignore").decode()
    return f"commons-ld/{importlib.metadata.version('commons-ld')} ({plain}) httpx/{httpx.__version__}"


def connect(agent: str, *, timeout: float = _TIMEOUT, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return a connection for :class:`Requester`: the certificates of this system are trusted, and those of httpx.

    :param agent: what servers are told of who asks
    :param timeout: seconds that a server may be silent
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return httpx.Client(
        headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
        timeout=timeout, verify=context, trust_env=False, follow_redirects=False, transport=transport,
    )  # fmt: skip


class Requester(ABC):
    """Asks one server, one request after the other.

    :param http: as :func:`connect` makes it; it stays the caller's to close
    :param problem: makes the errors that are raised
    :param sleep: what waits, in seconds
    :param waiting: told of long waits, in seconds
    """

    def __init__(
        self,
        http: httpx.Client,
        problem: Problem,
        *,
        sleep: Callable[[float], None] = time.sleep,
        waiting: Callable[[int], None] = lambda _seconds: None,
    ) -> None:
        self._http, self._problem = http, problem
        self._sleep, self._waiting = sleep, waiting
        #: Whether anything has answered yet: if not, nobody waits for a host that may not exist.
        self._heard = False

    @property
    @abstractmethod
    def url(self) -> str:
        """The address that errors name which are about no request of their own."""

    def get(
        self, url: httpx.URL, headers: Mapping[str, str] | None = None, *, accept: Container[int] = (200,)
    ) -> Response:
        """Return what stands at an address, after redirects on the same host, asked again as long as that may help.

        :param accept: the statuses that are an answer; any other is raised
        :raises CommonsError: as the problem is told, if it cannot be had
        """
        return self._patiently(lambda: self._fetch("GET", url, headers=headers, accept=accept))

    def _patiently(self, attempt: Callable[[], _T]) -> _T:
        for number in range(1, _TRIES + 1):
            try:
                result = attempt()
            except PassingError as passing:
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
            raise self._problem(self.url, "wait", round(seconds))
        if seconds >= 5:
            self._waiting(round(seconds))
        self._sleep(seconds)

    def _fetch(
        self,
        method: str,
        url: httpx.URL,
        params: Mapping[str, str] | None = None,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Container[int] = (200,),
    ) -> Response:
        """Return what stands at an address, after redirects, if its status is a good one.

        :param params: of the address, or by ``POST`` of the form that is sent
        :param content: what is sent instead of a form
        """
        asked = url.copy_merge_params(params) if params and method == "GET" else url
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._read(method, asked, params if method == "POST" else None, content, headers)
            if response.status not in (301, 302, 303, 307, 308):
                break
            if method == "POST":
                raise self._problem(named(asked), "status", response.status)
            asked = self._followed(asked, response.headers.get("location", ""))
        else:
            raise self._problem(named(url), "many-redirects", "")
        if response.status in WORTH_TRYING_AGAIN:
            failure = self._problem(named(asked), "status", response.status)
            raise PassingError(failure, retry_after(response.headers))
        if response.status not in accept:
            code = "login-needed" if response.status == 401 else "status"
            raise self._problem(named(asked), code, response.status)
        return response

    def _followed(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            target = url.join(location)
        except httpx.InvalidURL:
            raise self._problem(named(url), "many-redirects", "") from None
        if not self.follows(url, target):
            raise self._problem(named(url), "other-host", named(target))
        return target

    def follows(self, url: httpx.URL, target: httpx.URL) -> bool:
        """Tell whether a redirect is followed."""
        return same_host(url, target)

    def _read(
        self,
        method: str,
        url: httpx.URL,
        data: Mapping[str, str] | None,
        content: bytes | None,
        headers: Mapping[str, str] | None,
    ) -> Response:
        timeout = self._http.timeout.read
        deadline = time.monotonic() + _PATIENCE * (timeout or _TIMEOUT)
        try:
            with self._http.stream(method, url, data=data, content=content, headers=headers) as response:
                length = response.headers.get("content-length", "")
                if length.isdecimal() and int(length) > LARGEST:
                    raise self._problem(named(url), "large", f"{LARGEST // 1024**2} MiB")
                body = bytearray()
                for part in response.iter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise self._problem(named(url), "large", f"{LARGEST // 1024**2} MiB")
                    if time.monotonic() > deadline:
                        raise httpx.ReadTimeout("the answer does not end")
                return Response(url, response.status_code, response.headers, bytes(body))
        except httpx.InvalidURL:
            raise self._problem(named(url), "bad-address", "") from None
        except httpx.HTTPError as error:
            # Its words are the system's; the request, and a password in it, are not taken along.
            if isinstance(error.__cause__, ssl.SSLError) or _names_certificate(error):
                raise self._problem(named(url), "untrusted", _reason(error)) from None
            failure = self._problem(named(url), "unreachable", _reason(error))
            raise PassingError(failure, connected=not isinstance(error, httpx.ConnectError)) from None


def named(url: httpx.URL) -> str:
    """Return an address as it can be told: without a query, a name or a password.

    >>> named(httpx.URL("https://ana:secret@wiki.exemple.test/api.php?lgpassword=x#y"))
    'https://wiki.exemple.test/api.php'
    """
    return shown(str(url.copy_with(userinfo=b"", query=None, fragment=None)))


def same_host(url: httpx.URL, target: httpx.URL) -> bool:
    """Tell whether a redirect stays where it was: on its host and port, and never from https to http.

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
