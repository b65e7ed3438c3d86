"""Routes are found by their whole address, with the answers that a router would give."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import NoMatchFound, Route

from commons_ld.web.addresses import Addresses, by_address
from tests.asgi import Client


def _told(name: str) -> Route:
    def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{name} {request.scope['route'].path}")

    path = {"rest": "/{path:path}", "one": "/one/{name}"}.get(name, f"/{name}")
    return Route(path, answer, methods=["GET", "OPTIONS"] if name == "rest" else ["GET", "POST"], name=name)


ROUTES = [_told(name) for name in ("one", "one/two", "three", "rest")]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "PUT"])
@pytest.mark.parametrize("path", ["/one/1", "/three", "/four/", "/four", "/", "/Three"])
def test_a_request_is_answered_as_by_a_router(path: str, method: str) -> None:
    """The status, the body and the methods allowed; a method that a route has not may be one of a later route."""
    plain, ours = (Client(Starlette(routes=routes)).request(method, path) for routes in (ROUTES, by_address(ROUTES)))

    assert (ours.status_code, ours.text) == (plain.status_code, plain.text)
    assert sorted(ours.headers.get("allow", "").split(", ")) == sorted(plain.headers.get("allow", "").split(", "))


def test_a_whole_address_comes_before_one_with_parameters() -> None:
    """Whatever the order in which they are given; and of two alike, the first counts."""
    client = Client(Starlette(routes=by_address([*ROUTES, Route("/three", lambda _request: PlainTextResponse("no"))])))

    assert client.get("/one/two").text == "one/two /one/two"
    assert client.get("/three").text == "three /three"


def test_a_route_has_its_address_by_name() -> None:
    """And one that is not there has none."""
    addresses = Addresses(ROUTES[1:3])

    assert addresses.url_path_for("three") == "/three"
    with pytest.raises(NoMatchFound):
        addresses.url_path_for("four")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_slash_too_many_leads_to_the_address_without_it(method: str) -> None:
    """Relative, so that it holds below a path too, and with the method, the body and the query that were sent."""
    client = Client(Starlette(routes=by_address(ROUTES)))
    told = [client.request(method, f"{path}?a=%20b&c") for path in ("/three/", "/one/two/")]

    assert [answer.status_code for answer in told] == [308, 308]
    assert [answer.headers["location"] for answer in told] == ["../three?a=%20b&c", "../two?a=%20b&c"]
    assert [told[0].headers[name] for name in ("access-control-allow-origin",)] == ["*"]
    assert client.get("/three//").text == "rest /{path:path}"
