"""A gateway between a loader and a store: it passes requests on, and does harm to the updates it is told to."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, NamedTuple
from urllib.parse import urlsplit

__all__ = ["KINDS", "MOMENTS", "Gateway", "serve"]

#: When harm is done to an update: before the store has it, while the store works on it, after the store has answered,
#: or before, and the store has it behind the one after its repetition.
MOMENTS: Final = ("before", "during", "after", "late")
#: What the loader sees of it.
KINDS: Final = (
    "502",  # the page of a gateway
    "sign-in",  # a page for people, with status 200
    "reset",  # the connection breaks off
    "silence",  # no answer at all
    "pause",  # nothing but time: the update goes on when the gateway is told so
)
_PATIENCE: Final = 60
_SIGN_IN: Final = b"<!DOCTYPE html><title>Connexion</title><form>Mot de passe</form>"
_BAD_GATEWAY: Final = b"<html><h1>502 Bad Gateway</h1></html>"
_PASSED: Final = ("accept", "authorization", "content-type", "user-agent")


class _Request(NamedTuple):
    """A request as it is passed on."""

    path: str
    body: bytes
    headers: dict[str, str]


class Gateway:
    """The gateway; made by :func:`serve`.

    :param upstream: host and port of the store
    :param signs_in: whether the store takes updates only of who signs in
    """

    def __init__(self, upstream: str, *, signs_in: bool) -> None:
        self.upstream, self._signs_in = upstream, signs_in
        #: Host and port of the gateway itself.
        self.host = ""
        self.count = self.harmed = 0
        #: Statuses with which the store took updates that came late.
        self.late: list[int] = []
        self.paused, self.released = threading.Event(), threading.Event()
        self._at: frozenset[int] = frozenset()
        self._moment, self._what = "before", ""
        self._act: Callable[[], object] | None = None
        #: What is to come late, each with the number of the update that it comes behind.
        self._held: list[tuple[int, _Request]] = []
        self._lock = threading.Lock()

    def through(self, url: str) -> str:
        """Return the address of the store by way of here."""
        return urlsplit(url)._replace(netloc=self.host).geturl()

    def harm(self, moment: str, what: str | Callable[[], object], *at: int) -> None:
        """Do harm to these updates from now on, counted anew from 1.

        :param moment: one of :data:`MOMENTS`
        :param what: one of :data:`KINDS`, or what to do before the connection breaks off
        """
        assert moment in MOMENTS
        assert callable(what) or what in KINDS
        self._moment, self._at, self.count, self.harmed = moment, frozenset(at), 0, 0
        self._act, self._what = (what, "reset") if callable(what) else (None, what)

    def heal(self) -> None:
        """Pass everything on."""
        self._at = frozenset()

    def moment(self, request: _Request) -> str:
        """Count a request if it is an update, and return when it is to be harmed, or ``""``."""
        is_update = request.body.startswith(b"update=")
        if not is_update or (self._signs_in and "Authorization" not in request.headers):
            return ""
        with self._lock:
            self.count += 1
            is_one = self.count in self._at
            self.harmed += is_one
        return self._moment if is_one else ""

    def act(self) -> str:
        """Do what is to be done besides, and return what the loader sees."""
        if self._act is not None:
            self._act()
        return self._what

    def keep(self, request: _Request) -> None:
        """Keep an update that is to come late."""
        self._held.append((self.count + 2, request))

    def deliver(self, *, all_of_it: bool = False) -> None:
        """Let the store have what is late enough by now."""
        with self._lock:
            due = [request for number, request in self._held if all_of_it or number <= self.count]
            self._held = [(number, request) for number, request in self._held if request not in due]
        for request in due:
            with self.begun(request) as connection:
                self.late.append(connection.getresponse().status)

    @contextmanager
    def begun(self, request: _Request) -> Iterator[http.client.HTTPConnection]:
        """Send a request to the store, and give the connection on which it answers."""
        connection = http.client.HTTPConnection(self.upstream, timeout=_PATIENCE)
        try:
            connection.request("POST", request.path, request.body, request.headers)
            yield connection
        finally:
            connection.close()


@contextmanager
def serve(url: str, *, signs_in: bool) -> Iterator[Gateway]:
    """Serve a gateway before a store, given an address of the store, on a free port."""
    gateway = Gateway(urlsplit(url).netloc, signs_in=signs_in)

    class Requests(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() in _PASSED}
            request = _Request(self.path, body, headers)
            moment = gateway.moment(request)
            if moment == "late":
                gateway.keep(request)
            if moment in ("before", "late"):
                if self._harm() == "pause":
                    self._pass_on(request)
                return
            try:
                with gateway.begun(request) as connection:
                    if moment == "during":
                        self._harm()
                    answer = connection.getresponse()
                    told = answer.status, answer.headers, answer.read()
            except (OSError, http.client.HTTPException):
                # The store is gone: so is this connection.
                self._break_off()
                return
            if moment == "after":
                self._harm()
            elif not moment:
                gateway.deliver()
                self._answer(*told)

        def _pass_on(self, request: _Request) -> None:
            with gateway.begun(request) as connection:
                answer = connection.getresponse()
                self._answer(answer.status, answer.headers, answer.read())

        def _harm(self) -> str:
            kind = gateway.act()
            if kind == "502":
                self._send(502, "text/html", _BAD_GATEWAY, {})
            elif kind == "sign-in":
                self._send(200, "text/html; charset=utf-8", _SIGN_IN, {})
            elif kind == "pause":
                gateway.paused.set()
                gateway.released.wait(_PATIENCE)
            elif kind == "silence":
                gateway.released.wait(_PATIENCE)
            else:
                self._break_off()
            return kind

        def _answer(self, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
            asks = headers.get("WWW-Authenticate")
            self._send(status, headers.get("Content-Type", ""), body, {"WWW-Authenticate": asks} if asks else {})

        def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
            with suppress(OSError):  # a loader that was killed
                self.send_response(status)
                for name, value in {"Content-Type": kind, **headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()

        def _break_off(self) -> None:
            with suppress(OSError):
                # A closing that does not linger sends a reset.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            """A loader that hangs up is what these tests are about."""

    server = Server(("127.0.0.1", 0), Requests)
    gateway.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
