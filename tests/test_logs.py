"""What is logged of requests and of faults, and what is not."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from commons_ld.web.logs import Logged
from tests.asgi import Client


def _answer(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("well")


async def _faulty(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise KeyError("jeanne@example.org")


@pytest.mark.parametrize("has_access_log", [True, False])
def test_a_fault_is_answered_and_logged_by_its_place_without_its_words(has_access_log: bool) -> None:
    """500 as a problem; the message of an exception may hold what a stranger sent."""
    told: list[dict[str, Any]] = []
    app = Logged(_faulty, has_access_log=has_access_log, write=told.append)

    response = Client(app).get("/a/jeanne?fault=jeanne@example.org")

    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert [row["event"] for row in told] == ["fault", "request"]
    assert (told[0]["error"], told[0]["where"][-1].partition(":")[0]) == ("KeyError", "_faulty")
    assert "jeanne" not in repr(told) + response.text


def test_what_went_well_is_logged_where_that_is_wished() -> None:
    """The route, and not the address that was asked for."""
    told: list[dict[str, Any]] = []
    routes = [Route("/a/{b}", _answer)]
    Client(Logged(Starlette(routes=routes), write=told.append)).get("/a/jeanne")
    Client(Logged(Starlette(routes=routes), has_access_log=False, write=told.append)).get("/a/jeanne")

    (row,) = told
    assert (row["method"], row["route"], row["status"], row["bytes"]) == ("GET", "/a/{b}", 200, 4)
