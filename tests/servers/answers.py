"""A server that answers what it is told, asks for a password where it is told, and keeps what it was asked."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs

__all__ = ["RESULTS", "AnsweringServer", "Asked", "serve"]

RESULTS = "application/sparql-results+json"


class Asked(NamedTuple):
    """One request."""

    path: str
    headers: Mapping[str, str]
    form: Mapping[str, list[str]]
    body: bytes


class AnsweringServer:
    """The server; made by :func:`serve`.

    :param name: what it calls itself
    :param login: ``""``, ``basic``, ``digest`` or another scheme
    :param nonce: of the challenge to a digest; a digest with another one is not let in
    :param longest_form: bytes of a form that it takes; it answers ``too_long`` to a longer one
    """

    def __init__(self) -> None:
        self.url, self.login, self.name = "", "", "answers"
        self.user, self.password, self.nonce = "ana", "s3cret", "abc"
        self.status, self.kind = 200, RESULTS
        self.body = b'{"head":{},"boolean":true}'
        self.headers: dict[str, str] = {}
        self.longest_form, self.too_long = 10**9, 413
        self.asked: list[Asked] = []

    def is_let_in(self, method: str, authorization: str) -> bool:
        """Tell whether a header holds the password."""
        if not self.login:
            return True
        if self.login == "basic":
            return authorization == "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        parts: dict[str, str] = dict(re.findall(r'(\w+)="?([^",]*)"?', authorization.removeprefix("Digest ")))
        if not parts:
            return False
        first = _md5(f"{self.user}:{parts['realm']}:{self.password}")
        second = _md5(f"{method}:{parts['uri']}")
        told = _md5(f"{first}:{parts['nonce']}:{parts['nc']}:{parts['cnonce']}:{parts['qop']}:{second}")
        return told == parts["response"] and parts["nonce"] == self.nonce

    @property
    def challenge(self) -> str:
        """What it says when it asks for a password."""
        return {
            "basic": 'Basic realm="store"',
            "digest": f'Digest realm="store", qop="auth", nonce="{self.nonce}", opaque="def", algorithm="MD5"',
        }.get(self.login, f"{self.login} x=1")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@contextmanager
def serve() -> Iterator[AnsweringServer]:
    """Serve on a free port."""
    told = AnsweringServer()

    class Requests(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_form = str(self.headers.get("Content-Type")).startswith("application/x-www-form-urlencoded")
            told.asked.append(Asked(self.path, dict(self.headers.items()), parse_qs(body.decode()), body))
            if is_form and len(body) > told.longest_form:
                self._send(told.too_long, "text/plain", b"too long", {})
            elif told.is_let_in(self.command, self.headers.get("Authorization", "")):
                self._send(told.status, told.kind, told.body, told.headers)
            else:
                self._send(401, "text/plain", b"who are you", {"WWW-Authenticate": told.challenge})

        def do_GET(self) -> None:
            self.do_POST()

        def do_PUT(self) -> None:
            self.do_POST()

        def _send(self, status: int, kind: str, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def version_string(self) -> str:
            return told.name

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    told.url = f"http://127.0.0.1:{server.server_address[1]}/sparql"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
