"""What the benchmark of the endpoint asks with: it measures only here, and takes no wrong answer for a quick one."""

from __future__ import annotations

import pytest

from benchmarks.requests import Request, ask
from tests.servers import answers


def test_every_answer_is_counted_and_timed() -> None:
    """As many times as statuses, in order, with the size of the body."""
    with answers.serve() as server:
        url = server.url.removesuffix("/sparql")
        load = ask(url, [Request("/a", "*/*"), Request("/b", "*/*")], seconds=0.05, connections=1, rate=100)

    assert load.statuses == {200: len(load.taken)}
    assert load.taken == sorted(load.taken)
    assert load.size == len(server.body)
    assert {request.path for request in server.asked} <= {"/a", "/b"}
    assert load.percentile(99) <= load.taken[-1]


def test_a_wrong_answer_ends_the_benchmark() -> None:
    """A server that refuses quickly is not measured as one that answers quickly."""
    with answers.serve() as server, pytest.raises(SystemExit, match="200 instead of 303"):
        ask(server.url.removesuffix("/sparql"), [Request("/", "*/*", 303)], seconds=0.05)


@pytest.mark.parametrize("url", ["http://192.0.2.1:80", "http://127.0.0.1", "https://example.org"])
def test_no_other_machine_is_measured(url: str) -> None:
    """Load goes to this machine alone, to a port that is named."""
    with pytest.raises(SystemExit, match="only a server on this machine"):
        ask(url, [Request("/", "*/*")], seconds=0.05)
