"""A proxy that passes requests on to a wiki or a store, and does harm to the one it is told to."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

__all__ = ["BEFORE", "KINDS", "FaultProxy", "serve"]

_SIGN_IN: Final = (
    b"<!DOCTYPE html><html><head><title>Connexion</title></head><body><form>Mot de passe</form></body></html>"
)

#: What may happen to a request; the server has answered each of them before the harm is done.
KINDS: Final = (
    "reset",  # the connection breaks off before the answer
    "truncated",  # … and in the midst of it
    "stall",  # the answer begins, and does not go on
    "429",
    "503",
    "sign-in",  # a page for people, with status 200
    "wrong-type",  # the answer, called HTML
    "garbage",  # no JSON, called JSON
    "half-json",  # the beginning of the answer, as if it were all of it
    "empty",
    "maxlag",
)
#: What happens to a request that never gets to the server.
BEFORE: Final = ("502",)


class FaultProxy:
    """The proxy; made by :func:`serve`.

    :param kind: one of :data:`KINDS` or :data:`BEFORE`
    :param at: the requests to harm, counted from 1; every one from ``since`` on where that is set
    """

    def __init__(self, upstream: str) -> None:
        self.upstream, self.url = upstream, ""
        self.kind = ""
        self.at: set[int] = set()
        self.since = 0
        self.count = 0
        self.harmed = 0
        #: Let go at the end, so that a stalled answer does not outlive its test.
        self.released = threading.Event()
        self._lock = threading.Lock()

    def harm(self, kind: str, *at: int, since: int = 0) -> None:
        """Do harm to these requests from now on, counting anew."""
        assert kind in KINDS + BEFORE
        self.kind, self.at, self.since, self.count, self.harmed = kind, set(at), since, 0, 0

    def heal(self) -> None:
        """Pass everything on."""
        self.at, self.since, self.count = set(), 0, 0

    def is_harmed(self) -> bool:
        """Count a request, and tell whether it is one to harm."""
        with self._lock:
            self.count += 1
            is_one = self.count in self.at or 0 < self.since <= self.count
            self.harmed += is_one
            return is_one


@contextmanager
def serve(upstream: str) -> Iterator[FaultProxy]:
    """Serve a proxy before a server on a free port."""
    proxy = FaultProxy(upstream)

    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            is_harmed = proxy.is_harmed()
            if is_harmed and proxy.kind in BEFORE:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self._send(int(proxy.kind), "text/html", b"<html>bad gateway</html>", {})
                return
            status, headers, body = self._upstream()
            if is_harmed:
                self._harm(proxy.kind, body)
            else:
                self._send(status, headers.get("Content-Type", ""), body, {
                    name: value for name, value in headers.items()
                    if name.lower() in ("location", "retry-after", "mediawiki-api-error", "set-cookie")
                })  # fmt: skip

        def do_POST(self) -> None:
            self.do_GET()

        def do_PUT(self) -> None:
            self.do_GET()

        def _upstream(self) -> tuple[int, http.client.HTTPMessage, bytes]:
            connection = http.client.HTTPConnection(urlsplit(proxy.upstream).netloc, timeout=60)
            length = int(self.headers.get("Content-Length") or 0)
            passed = {
                name: value
                for name, value in self.headers.items()
                if name.lower() in ("accept", "cookie", "content-type", "user-agent")
            }
            connection.request(self.command, self.path, self.rfile.read(length) if length else None, passed)
            answer = connection.getresponse()
            try:
                return answer.status, answer.headers, answer.read()
            finally:
                connection.close()

        def _harm(self, kind: str, body: bytes) -> None:
            json = "application/json; charset=utf-8"
            if kind == "reset":
                self._break_off()
            elif kind in ("truncated", "stall"):
                self._head(200, json, len(body), {})
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                if kind == "stall":
                    proxy.released.wait(60)
                self._break_off()
            elif kind in ("429", "503"):
                self._send(int(kind), "text/html", b"<html>later</html>", {"Retry-After": "2"})
            elif kind == "sign-in":
                self._send(200, "text/html; charset=utf-8", _SIGN_IN, {})
            elif kind == "wrong-type":
                self._send(200, "text/html", body, {})
            elif kind == "garbage":
                self._send(200, json, b"\x00\xff{[" + body[:20], {})
            elif kind == "half-json":
                self._send(200, json, body[: len(body) // 2], {})
            elif kind == "empty":
                self._send(200, json, b"", {})
            else:
                told = b'{"error": {"code": "maxlag", "info": "Waiting for a database server: 9 seconds lagged."}}'
                self._send(200, json, told, {"Retry-After": "5", "MediaWiki-API-Error": "maxlag"})

        def _break_off(self) -> None:
            # A closing that does not linger sends a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
            self._head(status, kind, len(body), headers)
            self.wfile.write(body)

        def _head(self, status: int, kind: str, length: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, **headers, "Content-Length": str(length)}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_arguments: object) -> None:
            """A client that hangs up is what these tests are about."""

    server = Server(("127.0.0.1", 0), Requests)
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
