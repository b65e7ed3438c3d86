"""What the benchmark of the endpoint asks with: it measures only here, and takes no wrong answer for a quick one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.requests import Request, ask


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """Return the address of a server that keeps connections open."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Requests)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_every_answer_is_counted_and_timed(url: str) -> None:
    """As many times as statuses, in order, with the size of the body; as fast as it goes, or when it is due."""
    for rate in (0, 100):
        load = ask(url, [Request("/a", "*/*"), Request("/b", "*/*")], seconds=0.1, connections=2, rate=rate)

        assert load.statuses == {200: len(load.taken)}
        assert load.taken == sorted(load.taken)
        assert load.size == len(b"hello")
        assert load.percentile(99) <= load.taken[-1]


def test_a_wrong_answer_ends_the_benchmark(url: str) -> None:
    """A server that refuses quickly is not measured as one that answers quickly."""
    with pytest.raises(SystemExit, match="200 instead of 303"):
        ask(url, [Request("/", "*/*", 303)], seconds=0.05, connections=1)


@pytest.mark.parametrize("elsewhere", ["http://192.0.2.1:80", "http://127.0.0.1", "https://example.org"])
def test_no_other_machine_is_measured(elsewhere: str) -> None:
    """Load goes to this machine alone, to a port that is named."""
    with pytest.raises(SystemExit, match="only a server on this machine"):
        ask(elsewhere, [Request("/", "*/*")], seconds=0.05)
