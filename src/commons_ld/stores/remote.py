"""One SPARQL 1.1 store over HTTP: ask it, and change it.

What stores that archives run were seen to do is provided for here: queries and updates are sent as forms, since
Virtuoso waits for ever for the other kind; every answer is welcome after a write, since it would otherwise do the
write and then refuse to tell of it; and nothing is waited for without end.
"""

from __future__ import annotations

import http.client
import ipaddress
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import IO, Any, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

import msgspec
from SPARQLWrapper import JSON, POST, URLENCODED, SPARQLWrapper

from commons_ld.errors import QueryRejected, StoreError, StoreUnavailable
from commons_ld.stores.words import said, shown

__all__ = ["Credentials", "RemoteStore", "Term", "credentials_of", "update_url"]

#: Seconds that a store may be silent.
TIMEOUT: Final = 60.0
#: How many times that an answer may take in all.
_PATIENCE: Final = 5
#: The largest answer that is read, in bytes: the statements of one request, many times over.
_LARGEST: Final = 64 * 1024**2
_MOST_OF_A_REFUSAL: Final = 4096
_RESULTS: Final = ("application/sparql-results+json", "application/json")


class Credentials(NamedTuple):
    """Who signs in. It is never printed: not even by a debugger that shows this value."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(…)"


class Term(NamedTuple):
    """One RDF term of an answer (https://www.w3.org/TR/sparql11-results-json/#select-encode-terms).

    :param kind: ``uri``, ``literal`` or ``bnode``
    """

    kind: str
    value: str
    datatype: str = ""
    language: str = ""


def credentials_of(environment: Mapping[str, str]) -> Credentials | None:
    """Return who signs in, from ``COMMONS_LD_STORE_USER`` and ``COMMONS_LD_STORE_PASSWORD``; ``None`` without both.

    >>> credentials_of({"COMMONS_LD_STORE_USER": "ana", "COMMONS_LD_STORE_PASSWORD": "secret"})
    Credentials(…)
    >>> credentials_of({"COMMONS_LD_STORE_USER": "ana"})
    """
    user, password = (environment.get(f"COMMONS_LD_STORE_{name}", "") for name in ("USER", "PASSWORD"))
    return Credentials(user, password) if user and password else None


def update_url(query_url: str) -> str:
    """Return where a store takes updates, given where it takes queries: beside ``…/query``, else the same address.

    >>> update_url("http://localhost:7878/query"), update_url("http://localhost:8890/sparql-auth")
    ('http://localhost:7878/update', 'http://localhost:8890/sparql-auth')
    """
    head, found, tail = query_url.rpartition("/query")
    return f"{head}/update" if found and not tail else query_url


class RemoteStore:
    """A store that answers the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/).

    :param url: where it takes queries
    :param update: where it takes updates; by default as :func:`update_url` tells
    :param timeout: seconds that it may be silent
    :raises StoreError: if an address is none, or holds a password
    """

    def __init__(
        self, url: str, update: str = "", *, credentials: Credentials | None = None, timeout: float = TIMEOUT
    ) -> None:
        self._query_url = _checked(url)
        self._update_url = _checked(update or update_url(url))
        self._credentials, self._timeout = credentials, timeout
        self._opener = _opener((self._query_url, self._update_url), credentials)
        #: How many updates were sent.
        self.updates = 0

    @property
    def endpoint(self) -> str:
        """The address that errors name."""
        return named(self._query_url)

    @property
    def timeout(self) -> float:
        """The seconds that the store may be silent."""
        return self._timeout

    @property
    def tells_password(self) -> bool:
        """Whether a password may go over the network as it is: there is one, and no https, and another host."""
        return self._credentials is not None and any(
            urlsplit(url).scheme == "http" and not _is_loopback(urlsplit(url).hostname or "")
            for url in (self._query_url, self._update_url)
        )

    def select(self, query: str) -> list[dict[str, Term]]:
        """Return the rows of a SELECT query.

        :raises StoreUnavailable: if the store does not answer, or not as a store
        :raises QueryRejected: if it refuses the query
        """
        answer = self._send(query)
        try:
            # A bound variable is missing from a row where it has no value.
            return [{name: _term(term) for name, term in row.items()} for row in answer["results"]["bindings"]]
        except (KeyError, TypeError, AttributeError):
            raise StoreUnavailable(self.endpoint, said("not-results", value="JSON")) from None

    def ask(self, query: str) -> bool:
        """Return the answer to an ASK query.

        :raises StoreUnavailable: if the store does not answer, or not as a store
        :raises QueryRejected: if it refuses the query
        """
        answer = self._send(query).get("boolean")
        if not isinstance(answer, bool):
            raise StoreUnavailable(self.endpoint, said("not-results", value="JSON"))
        return answer

    def update(self, update: str) -> None:
        """Do an update.

        :raises StoreUnavailable: if the store does not tell that it is done; whether it is may then be unknown
        :raises QueryRejected: if the store refuses it
        """
        self.updates += 1
        wrapper = self._wrapper(update)
        if not wrapper.isSparqlUpdateRequest():
            raise ValueError("this is no update")
        body, kind = self._read(wrapper, self._update_url)
        # A page for people with status 200 comes from what stands before the store: a form to sign in, an error.
        # Virtuoso answers in HTML too, but then says what it did.
        if kind == "text/html" and (b"<form" in body.lower() or not body.strip()):
            raise StoreUnavailable(named(self._update_url), said("not-results", value=kind))

    def _send(self, query: str) -> dict[str, Any]:
        wrapper = self._wrapper(query)
        if wrapper.isSparqlUpdateRequest():
            raise ValueError("this is no query")
        body, kind = self._read(wrapper, self._query_url)
        if kind not in _RESULTS:
            raise StoreUnavailable(self.endpoint, said("not-results", value=kind or "?"))
        try:
            answer = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise StoreUnavailable(self.endpoint, said("not-results", value="JSON")) from None
        if not isinstance(answer, dict):
            raise StoreUnavailable(self.endpoint, said("not-results", value="JSON"))
        return answer

    def _wrapper(self, text: str) -> _Wrapper:
        wrapper = _Wrapper(self._query_url, self._update_url, opener=self._opener, timeout=self._timeout)
        wrapper.setQuery(text)
        return wrapper

    def _read(self, wrapper: _Wrapper, url: str) -> tuple[bytes, str]:
        """Return what a store answers, and its media type.

        Nothing of the request is taken along by an error: a header of it holds the password.
        """
        endpoint = named(url)
        try:
            with wrapper.send() as response:
                kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                return self._read_all(response, endpoint), kind
        except urllib.error.HTTPError as error:
            raise self._refused(error, endpoint) from None
        except urllib.error.URLError as error:
            reason = error.reason
            if isinstance(reason, ssl.SSLError):
                raise StoreUnavailable(endpoint, said("untrusted", shown(str(reason))), outcome_unknown=False) from None
            unknown = not isinstance(reason, ConnectionRefusedError)
            words = said("unreachable", shown(str(reason) or type(reason).__name__))
            raise StoreUnavailable(endpoint, words, outcome_unknown=unknown) from None
        except (http.client.HTTPException, OSError) as error:
            words = said("unreachable", shown(str(error) or type(error).__name__))
            raise StoreUnavailable(endpoint, words) from None
        except ValueError:
            # urllib says so of a challenge that it cannot take (RFC 9110, section 11.6.1).
            raise StoreError(endpoint, said("login-unknown")) from None

    def _read_all(self, response: IO[bytes], endpoint: str) -> bytes:
        deadline = time.monotonic() + _PATIENCE * self._timeout
        body = bytearray()
        while part := response.read(1024 * 64):
            body += part
            if len(body) > _LARGEST:
                raise StoreUnavailable(endpoint, said("large", f"{_LARGEST // 1024**2} MiB"))
            if time.monotonic() > deadline:
                raise TimeoutError("the answer does not end")
        return bytes(body)

    def _refused(self, error: urllib.error.HTTPError, endpoint: str) -> StoreError:
        with error:
            status = error.code
            if 300 <= status < 400:
                return StoreError(endpoint, said("redirected", named(error.headers.get("Location", "?"))))
            if status in (401, 403):
                if status == 401 and self._credentials is None:
                    return StoreError(endpoint, said("login-needed"))
                if status == 401:
                    return StoreError(endpoint, said("login-refused"))
            words = self._words(error)
            if status == 404:
                # Virtuoso answers so at times when it is busy.
                return StoreUnavailable(endpoint, said("rejected", f"404 {words}".strip()))
            if status in (408, 425, 429) or status >= 500:
                # Virtuoso answers 500 to what it merely refuses, too.
                return StoreUnavailable(endpoint, said("status", f"{status} ({words})" if words else status))
            return QueryRejected(endpoint, said("rejected", f"{status} {words}".strip()))

    @staticmethod
    def _words(error: urllib.error.HTTPError) -> str:
        """Return what a store says of a refusal: not a page for people, and not the update, which some repeat."""
        try:
            text = error.read(_MOST_OF_A_REFUSAL).decode("utf-8", "replace")
        except (http.client.HTTPException, OSError):
            return ""
        return "" if "<html" in text.lower() else shown(text.partition("SPARQL query:")[0])


class _Wrapper(SPARQLWrapper):
    """A request as SPARQLWrapper makes it, sent with a time-out and over a connection of one store alone.

    What SPARQLWrapper does by default for a digest holds for every request of the process, and follows a redirect
    to any host with the password.
    """

    def __init__(
        self, query_url: str, update_url: str, *, opener: urllib.request.OpenerDirector, timeout: float
    ) -> None:
        super().__init__(query_url, update_url, returnFormat=JSON, agent="commons-ld (SPARQLWrapper)")
        self._opener, self._seconds = opener, timeout
        self.setMethod(POST)
        self.setRequestMethod(URLENCODED)
        self.setOnlyConneg(True)

    def _parseQueryType(self, query: str) -> str | None:  # noqa: N802 - the name that SPARQLWrapper calls it by
        """Return what kind of request this is, from its first word: ours have no prologue.

        SPARQLWrapper searches all of it, texts of pages included, with an expression that these could make slow.
        """
        return query.split(None, 1)[0].upper() if query.strip() else None

    def send(self) -> Any:
        """Return the answer as urllib gives it."""
        request = self._createRequest()
        if self.isSparqlUpdateRequest():
            request.add_header("Accept", "*/*")
        else:
            request.add_header("Accept", ", ".join((_RESULTS[0], f"{_RESULTS[1]};q=0.5")))
        return self._opener.open(request, timeout=self._seconds)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: an update would become a query on the way, and a password would go along."""

    def redirect_request(self, *_arguments: object) -> None:
        """Return no request, so that the redirect is an error."""


class _Passwords(urllib.request.HTTPPasswordMgrWithDefaultRealm):
    """Knows the password for the addresses of one store; and whether it asked for it as it is (RFC 7617)."""

    is_basic = False

    def is_authenticated(self, _url: str) -> bool:
        """Tell whether a request goes out with the password: urllib asks that before each."""
        return self.is_basic

    def update_authenticated(self, _url: str, _is_authenticated: bool = False) -> None:
        """Learn nothing from an answer: a store that takes a digest is never sent the password itself."""


def _answered(challenge: IO[bytes], answer: Callable[[], Any]) -> Any:
    """Return the answer to a challenge, and close what held it: urllib leaves that open."""
    try:
        answered = answer()
    except (OSError, http.client.HTTPException, ValueError):
        challenge.close()
        raise
    if answered is not None:
        challenge.close()
    return answered


class _Basic(urllib.request.HTTPBasicAuthHandler):
    """Waits until it is asked, and then answers before it is, since every statement would go twice otherwise."""

    def http_error_401(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any) -> Any:
        """Answer a challenge, and close what held it: urllib leaves it open."""
        return _answered(fp, lambda: super(_Basic, self).http_error_401(req, fp, code, msg, headers))

    def retry_http_basic_auth(self, host: str, req: urllib.request.Request, realm: str) -> Any:
        """Answer a challenge."""
        answer = super().retry_http_basic_auth(host, req, realm)
        self.passwd.is_basic = answer is not None  # type: ignore[attr-defined]
        return answer


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Answers a challenge once: a digest that was refused is not right the second time."""

    def http_error_401(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any) -> Any:
        """Answer a challenge, and close what held it."""
        if str(req.get_header(self.auth_header)).startswith("Digest "):
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)
        return _answered(fp, lambda: super(_Digest, self).http_error_401(req, fp, code, msg, headers))


def _opener(urls: tuple[str, ...], credentials: Credentials | None) -> urllib.request.OpenerDirector:
    made: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({}), _NoRedirects()]
    if credentials:
        known = _Passwords()
        known.add_password(None, list(urls), *credentials)
        made += [_Basic(known), _Digest(known)]
    return urllib.request.build_opener(*made)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise StoreError("--", said("bad-address")) from None
    if parts.username or parts.password or "@" in parts.netloc:
        raise StoreError(named(url), said("address-with-password"))
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise StoreError(named(url), said("bad-address"))
    return url


def named(url: str) -> str:
    """Return an address as it can be told: without a query, a name or a password.

    >>> named("https://ana:secret@store.exemple.test/sparql?key=x#y")
    'https://store.exemple.test/sparql'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "--"
    return shown(urlunsplit(SplitResult(parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _term(binding: Mapping[str, Any]) -> Term:
    # Virtuoso calls a literal with a datatype "typed-literal", as a draft of the standard did.
    kind = {"typed-literal": "literal"}.get(binding["type"], binding["type"])
    return Term(str(kind), str(binding["value"]), str(binding.get("datatype", "")), str(binding.get("xml:lang", "")))
