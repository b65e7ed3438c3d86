"""A web host that knows nothing of us: it serves the folder of a publication, and follows the rule for what is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["serve"]

_TYPES = {
    ".trig": "application/trig",
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".json": "application/json",
    ".xml": "application/xml",
    ".html": "text/html",
}

#: Answers what is no file: the arguments of a request in, a body out.
Answering = Callable[[list[tuple[str, str]]], bytes]


@contextmanager
def serve(out: Path, port: int = 0, oai: Answering | None = None) -> Iterator[str]:
    """Serve a publication, whichever it is at the time of a request; yield the address it is served at."""

    class Host(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            name = unquote(url.path).lstrip("/")
            status, body, suffix = 404, b"", Path(name).suffix
            if name == "oai" and oai is not None:
                status, body, suffix = 200, oai(parse_qsl(url.query, keep_blank_values=True)), ".xml"
            elif ".." not in name:
                for folder, found in (("site/gone", 410), ("site", 200), ("", 200)):
                    path = out / folder / name
                    if path.is_file():
                        status, body = found, path.read_bytes()
                        break
            self.send_response(status)
            self.send_header("Content-Type", _TYPES.get(suffix, "application/xml"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Host)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
