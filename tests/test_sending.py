"""Long answers are sent whole, or their connection ends; their files are closed in either case."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message

from commons_ld.web import sending
from commons_ld.web.sending import LongResponse, Sending

DATA = b"x" * 200_000


async def receive() -> Message:
    """Say nothing: a response reads no request."""
    raise AssertionError


def sent(send: Callable[[Message], Awaitable[None]]) -> tuple[list[str], bool]:
    """Send an answer; return what became of its file and of its place."""
    spool, ended = io.BytesIO(DATA), list[str]()
    response = LongResponse(spool, len(DATA), {"etag": '"x"'}, lambda: ended.append("ended"))
    asyncio.run(response({"type": "http"}, receive, send))
    return ended, spool.closed


def test_an_answer_is_sent_whole_with_its_length() -> None:
    """In pieces, of which the last one says that it is the last."""
    messages = list[Message]()

    async def send(message: Message) -> None:
        messages.append(message)

    assert sent(send) == (["ended"], True)
    start, *pieces = messages
    assert dict(start["headers"]) == {b"etag": b'"x"', b"content-length": b"200000"}
    assert b"".join(piece["body"] for piece in pieces) == DATA
    assert [piece["more_body"] for piece in pieces] == [True] * (len(pieces) - 1) + [False]


@pytest.mark.parametrize("taken", [0, 2])
def test_who_does_not_read_gets_no_more(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    """It is never said to be the end of the answer."""
    monkeypatch.setattr(sending, "_GRACE", 0.05)
    monkeypatch.setattr(sending, "_PACE", 1e9)
    messages = list[Message]()

    async def send(message: Message) -> None:
        messages.append(message)
        if len(messages) > taken:
            await asyncio.sleep(60)

    assert sent(send) == (["ended"], True)
    assert len(messages) == taken + 1
    assert all(message.get("more_body", True) for message in messages)


def test_who_goes_away_leaves_nothing_behind() -> None:
    """The server tells it by an error."""

    async def send(_message: Message) -> None:
        raise OSError("gone")

    assert sent(send) == (["ended"], True)


def test_a_client_has_a_quarter_of_the_places() -> None:
    """So that there is something left for the others."""
    places = Sending(16)

    assert [places.begin("a") for _ in range(5)] == [True] * 4 + [False]
    assert [places.begin(client) for client in "bcdbcdbcdbcd"] == [True] * 12
    assert not places.begin("e")
    places.end("a")
    assert places.begin("e")
