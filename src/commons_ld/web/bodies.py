"""What a request carries, read with bounds: a form, and a body that has to be short, and there soon."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from commons_ld.web.responses import Refused

__all__ = ["FORM", "body", "fields", "left"]

FORM: Final = "application/x-www-form-urlencoded"
#: Parameters of a form.
_MAX_FIELDS: Final = 1_000


def fields(form: str | bytes) -> list[tuple[str, str]]:
    """Return the names and values of a form, or of the query of an address, as it was sent or as text.

    :raises Refused: if it is none, or has too many of them

    >>> fields("query=ASK%20%7B%7D&lang=")
    [('query', 'ASK {}'), ('lang', '')]
    """
    try:
        text = form if isinstance(form, str) else form.decode()
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise Refused(
            400,
            f"this is no form of at most {_MAX_FIELDS:,} fields in UTF-8",
            fr=f"ce n'est pas un formulaire d'au plus {_MAX_FIELDS} champs en UTF-8",
        ) from error


async def body(request: Request, seconds: float, most: int) -> str:
    """Read the body of a request.

    :param seconds: in which it has to be there
    :param most: bytes
    :raises Refused: if it is longer, or late, or no text
    """
    too_long = Refused(413, f"a request has at most {most:,} bytes", fr=f"une demande a au plus {most} octets")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused(415, "send the body as it is, not compressed", fr="envoyer le corps tel quel, sans compression")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > most:
        raise too_long
    read = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                read += piece
                if len(read) > most:
                    raise too_long
        return read.decode("utf-8")
    except TimeoutError as error:
        raise Refused(
            408,
            f"the request was not there whole after {seconds:g} seconds",
            fr=f"la demande n'était pas là tout entière après {seconds:g} secondes",
        ) from error
    except ClientDisconnect as error:
        raise Refused(400, "the request broke off", fr="la demande s'est interrompue") from error
    except UnicodeDecodeError as error:
        raise Refused(400, "the body is not UTF-8", fr="le corps n'est pas en UTF-8") from error


async def left(request: Request) -> None:
    """Wait until a client goes away that has sent all of its request."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
