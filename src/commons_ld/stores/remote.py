"""One SPARQL 1.1 store over HTTP: ask it, and change it.

What stores that archives run were seen to do is provided for here: queries and updates are sent as forms, since
Virtuoso waits for ever for the other kind; every answer is welcome after a write, since it would otherwise do the
write and then refuse to tell of it; and nothing is waited for without end.
"""

from __future__ import annotations

import http.client
import ipaddress
import itertools
import random
import re
import shutil
import socket
import ssl
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any, BinaryIO, Final, TypeVar
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import msgspec

from commons_ld.credentials import Credentials
from commons_ld.errors import QueryRejected, StoreError, StoreUnavailable
from commons_ld.messages import Language
from commons_ld.stores.forms import Form
from commons_ld.stores.publication import Graph
from commons_ld.stores.rows import Row, rows_of, rows_of_xml
from commons_ld.stores.signing import opener
from commons_ld.stores.words import said
from commons_ld.text import shown

__all__ = ["TRIES", "RemoteStore", "named", "update_url"]

#: How often a request is sent that is not known to be done.
TRIES: Final = 5
_LONGEST_WAIT: Final = 30.0

#: Seconds that a store may be silent.
TIMEOUT: Final = 60.0
#: How many times that an answer may take in all.
_PATIENCE: Final = 5
#: The largest answer that is read, in bytes: the statements of one request, many times over.
_LARGEST: Final = 64 * 1024**2
_MOST_OF_A_REFUSAL: Final = 4096
#: Signs of an update from which on a form may be too long: Jetty, which Fuseki stands on, takes 200,000 bytes unless it
#: is told otherwise, and a sign may take nine of them.
_LONG_FORM: Final = 20_000
#: What servers answer to a form that is too long; Fuseki did so with 500 until version 5.4.
_TOO_LONG: Final = (400, 413, 500)
#: How Virtuoso begins to say that a request is wrong, with status 500 as well: SQLSTATE of the classes 22, 37 and 42.
_REFUSAL: Final = re.compile(r"Virtuoso (?:22|37|42)[0-9A-Z]{3} ")
#: How it says that an account has no right to do something.
_DENIAL: Final = "Error SR186:SECURITY"
_RESULTS: Final = ("application/sparql-results+json", "application/json")
_XML: Final = "application/sparql-results+xml"

_Answer = TypeVar("_Answer")


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
    :param graph_store: where it takes graphs by the Graph Store Protocol
        (https://www.w3.org/TR/sparql11-http-rdf-update/), if they are to go there
    :param timeout: seconds that it may be silent
    :raises StoreError: if an address is none, or holds a password
    """

    def __init__(
        self,
        url: str,
        update: str = "",
        graph_store: str = "",
        *,
        credentials: Credentials | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._query_url = _checked(url)
        self._update_url = _checked(update or update_url(url))
        self._graph_store_url = _checked(graph_store) if graph_store else ""
        self._credentials, self._timeout = credentials, timeout
        self._urls = tuple(filter(None, (self._query_url, self._update_url, self._graph_store_url)))
        self._opener = opener(self._urls, credentials)
        #: What waits.
        self.sleep: Callable[[float], None] = time.sleep
        #: How many updates were sent.
        self.updates = 0
        self._has_answered = False
        #: Whether it is Virtuoso 7, which may give a row of a text that is new to it without that text, in the very
        #: moment in which the row comes, and which is read as XML in half the time.
        self.is_virtuoso = False
        #: Whether long updates are sent as they are, because the store takes no long forms.
        self._sends_directly = False

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
            urlsplit(url).scheme == "http" and not _is_loopback(urlsplit(url).hostname or "") for url in self._urls
        )

    @property
    def has_graph_store(self) -> bool:
        """Whether graphs go by the Graph Store Protocol."""
        return bool(self._graph_store_url)

    def wait(self, number: int, error: StoreUnavailable) -> None:
        """Wait before a request is sent again, longer each time, or as long as the store asks for.

        :param number: how often it was sent
        """
        # Jitter, so that many who were sent away together do not come back together.
        seconds = max(2.0 ** (number - 1) * random.uniform(0.75, 1.25), error.retry_after)  # noqa: S311
        self.sleep(min(_LONGEST_WAIT, seconds))

    def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT query.

        :raises StoreUnavailable: if the store does not answer, or not as a store
        :raises QueryRejected: if it refuses the query
        """
        return self._rows(self._ask(query))

    def select_many(self, query: str) -> list[Row]:
        """Return the rows of a SELECT query that has thousands of them.

        Virtuoso writes them as XML in less than half the time that it takes for JSON.

        :raises StoreError: as :meth:`select` does
        """
        if self.is_virtuoso:
            body, kind = self._asking(lambda: self._read(self._wrapper(query, "SELECT", _XML), self._query_url))
            rows = rows_of_xml(body) if kind == _XML else None
            if rows is not None:
                return rows
        return self.select(query)

    def _rows(self, answer: Mapping[str, Any]) -> list[Row]:
        try:
            return rows_of(answer)
        except (KeyError, TypeError, AttributeError):
            raise StoreUnavailable(self.endpoint, said("not-results", value="JSON")) from None

    def ask(self, query: str) -> bool:
        """Return the answer to an ASK query.

        :raises StoreUnavailable: if the store does not answer, or not as a store
        :raises QueryRejected: if it refuses the query
        """
        told = self._ask(query)
        answer = told.get("boolean")
        if isinstance(answer, bool):
            return answer
        # Virtuoso 7.2 answers as to SELECT: with one row, or with none.
        head = told.get("head")
        if not isinstance(head, dict) or head.get("vars") != ["__ASK_RETVAL"]:
            raise StoreUnavailable(self.endpoint, said("not-results", value="JSON"))
        return len(self._rows(told)) == 1

    def answer(self, query: str, accept: str) -> tuple[str, BinaryIO]:
        """Return the answer to any query as it comes, whatever its length: its media type, and a file of its bytes.

        :param query: as a user wrote it
        :param accept: the media types that are asked for (RFC 9110, section 12.5.1)
        :raises StoreUnavailable: if the store does not answer, or breaks off
        :raises QueryRejected: if it refuses the query
        """
        with ExitStack() as unless_whole:
            data = unless_whole.enter_context(tempfile.TemporaryFile())
            with self._answering(self._wrapper(query, "SELECT", accept).request(), self._query_url) as response:
                shutil.copyfileobj(response, data)
                _check_whole(response)
                kind = _media_type(response)
            unless_whole.pop_all()
        data.seek(0)
        return kind, data

    def update(self, update: str) -> None:
        """Do an update.

        :raises StoreUnavailable: if the store does not tell that it is done; whether it is may then be unknown
        :raises QueryRejected: if the store refuses it
        """
        self.updates += 1
        body, kind = self._updated(update)
        # A page for people with status 200 comes from what stands before the store: a form to sign in, an error.
        # Virtuoso answers in HTML too, but then says what it did.
        if kind == "text/html" and (b"<form" in body.lower() or not body.strip()):
            raise StoreUnavailable(named(self._update_url), said("a-page", value=kind))
        self._has_answered = True
        # What stands before it may have its own name told instead.
        self.is_virtuoso |= b'"callret-0"' in body

    def _updated(self, update: str) -> tuple[bytes, str]:
        """Return what a store answers to an update; a long one that it refuses as a form is sent as it is."""
        form, is_long = self._wrapper(update, "INSERT", "*/*"), len(update) > _LONG_FORM
        if is_long and self._sends_directly:
            return self._read(form, self._update_url, directly=True)
        try:
            return self._read(form, self._update_url)
        except (QueryRejected, StoreUnavailable) as error:
            is_virtuoso = self.is_virtuoso or "Virtuoso" in error.problem["en"]
            if not is_long or is_virtuoso or error.status not in _TOO_LONG:
                raise
            with suppress(StoreError):
                answer = self._read(form, self._update_url, directly=True)
                self._sends_directly = True
                return answer
            raise

    def put(self, graph: Graph) -> None:
        """Put a graph in the place of what it holds, by the Graph Store Protocol.

        Some stores have one that is empty, or that holds a part, meanwhile.

        :raises StoreUnavailable: if the store does not tell that it is done
        :raises QueryRejected: if the store refuses it
        """
        self.updates += 1
        url = self._graph_store_url
        request = urllib.request.Request(  # noqa: S310 - its scheme was checked
            f"{url}{'&' if '?' in url else '?'}graph={quote(graph.iri, safe='')}",
            data=b"\n".join(graph.triples),
            # N-Triples is Turtle, which every store takes.
            headers={"Content-Type": "text/turtle; charset=utf-8", "Accept": "*/*", "User-Agent": "commons-ld"},
            method="PUT",
        )
        with self._answering(request, url) as response:
            self._read_all(response, named(url))

    def _ask(self, query: str) -> dict[str, Any]:
        """Return an answer of JSON."""
        return self._asking(lambda: self._asked(query))

    def _asking(self, ask: Callable[[], _Answer]) -> _Answer:
        """Return what a store answers; one that has answered before is asked again while it is not well."""
        for number in itertools.count(1):
            try:
                return ask()
            except StoreUnavailable as error:
                if number == TRIES or not self._has_answered:
                    raise
                self.wait(number, error)
        raise AssertionError

    def _asked(self, query: str) -> dict[str, Any]:
        accept = ", ".join((_RESULTS[0], f"{_RESULTS[1]};q=0.5"))
        body, kind = self._read(self._wrapper(query, "SELECT", accept), self._query_url)
        if kind not in _RESULTS:
            is_page = kind in ("text/html", "application/xhtml+xml")
            raise StoreUnavailable(self.endpoint, said("a-page" if is_page else "not-results", value=kind or "?"))
        try:
            answer = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise StoreUnavailable(self.endpoint, said("not-results", value="JSON")) from None
        if not isinstance(answer, dict):
            raise StoreUnavailable(self.endpoint, said("not-results", value="JSON"))
        self._has_answered = True
        return answer

    def _wrapper(self, text: str, kind: str, accept: str) -> Form:
        wrapper = Form(self._query_url, self._update_url, kind, accept)
        wrapper.setQuery(text)
        return wrapper

    def _read(self, wrapper: Form, url: str, *, directly: bool = False) -> tuple[bytes, str]:
        """Return what a store answers, and its media type."""
        with self._answering(wrapper.request(directly=directly), url) as response:
            body = self._read_all(response, named(url))
            _check_whole(response)
            self.is_virtuoso |= str(response.headers.get("Server", "")).startswith("Virtuoso")
            return body, _media_type(response)

    @contextmanager
    def _answering(self, request: urllib.request.Request, url: str) -> Iterator[Any]:
        """Give what a store answers, as urllib does, and translate what goes wrong until it is read.

        Nothing of the request is taken along by an error: a header of it holds the password.
        """
        endpoint = named(url)
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                yield response
        except urllib.error.HTTPError as error:
            raise self._refused(error, endpoint) from None
        except urllib.error.URLError as error:
            reason = error.reason
            if isinstance(reason, ssl.SSLError):
                raise StoreUnavailable(endpoint, said("untrusted", shown(str(reason))), outcome_unknown=False) from None
            unknown = not isinstance(reason, ConnectionRefusedError)
            raise StoreUnavailable(endpoint, self._why_silent(reason), outcome_unknown=unknown) from None
        except (http.client.HTTPException, OSError) as error:
            raise StoreUnavailable(endpoint, self._why_silent(error)) from None
        except ValueError:
            # urllib says so of a challenge that it cannot take (RFC 9110, section 11.6.1).
            raise StoreError(endpoint, said("login-unknown")) from None

    def _why_silent(self, reason: str | BaseException) -> dict[Language, str]:
        """Return why a store does not answer."""
        if isinstance(reason, ConnectionRefusedError):
            return said("nobody")
        if isinstance(reason, socket.gaierror):
            return said("no-host")
        if isinstance(reason, TimeoutError):
            return said("silent", f"{self._timeout:g}")
        return said("unreachable", shown(str(reason) or type(reason).__name__))

    def _read_all(self, response: IO[bytes], endpoint: str) -> bytes:
        deadline = time.monotonic() + _PATIENCE * self._timeout
        body = bytearray()
        while part := response.read(1024 * 64):
            body += part
            if len(body) > _LARGEST:
                raise StoreUnavailable(endpoint, said("large", f"{_LARGEST // 1024**2} MiB"))
            if time.monotonic() > deadline:
                raise OSError("the answer does not end")
        return bytes(body)

    def _refused(self, error: urllib.error.HTTPError, endpoint: str) -> StoreError:
        with error:
            status = error.code
            if 300 <= status < 400:
                return StoreError(endpoint, said("redirected", named(error.headers.get("Location", "?"))))
            if status == 401:
                return StoreError(endpoint, said("login-needed" if self._credentials is None else "login-refused"))
            words = _words(error)
            if status == 404:
                # Virtuoso answers so at times when it is busy.
                return StoreUnavailable(endpoint, said("not-there", f"404 {words}".strip()), status=status)
            if status in (408, 425, 429) or (status >= 500 and not _REFUSAL.match(words)):
                told = said("gateway" if status in (502, 504) else "status", f"{status} ({words})" if words else status)
                return StoreUnavailable(endpoint, told, retry_after=_retry_after(error), status=status)
            is_denied = status == 403 or _DENIAL in words
            told = said("forbidden" if is_denied else "rejected", f"{status} {words}".strip())
            return QueryRejected(endpoint, told, status=status)


class _Problem(msgspec.Struct):
    detail: str = ""


def _media_type(response: Any) -> str:
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def _check_whole(response: Any) -> None:
    """See that an answer has not broken off: reading it in pieces does not tell."""
    if response.length:
        raise ConnectionError("the answer broke off")


def _retry_after(error: urllib.error.HTTPError) -> float:
    """Return how many seconds a store asks to wait (RFC 9110, section 10.2.3); not until which day."""
    told = error.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() and len(told) < 6 else 0.0


def _words(error: urllib.error.HTTPError) -> str:
    """Return what a store says of a refusal: not a page for people, and not the update, which some repeat."""
    try:
        text = error.read(_MOST_OF_A_REFUSAL).decode("utf-8", "replace")
    except (http.client.HTTPException, OSError):
        return ""
    if _media_type(error) == "application/problem+json":
        text = _detail(text)
    return "" if "<html" in text.lower() else shown(text.partition("SPARQL query:")[0])


def _detail(problem: str) -> str:
    """Return what a problem tells a person (RFC 9457, section 3.1), or all of it if it is none."""
    try:
        return msgspec.json.decode(problem, type=_Problem).detail or problem
    except msgspec.DecodeError:
        return problem


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
