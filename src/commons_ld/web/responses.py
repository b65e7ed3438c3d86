"""What every response of the endpoint has in common: its headers, its validator, and how a problem is told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from commons_ld.messages import Language
from commons_ld.web.answers import Answer
from commons_ld.web.sending import LongResponse, Sending

__all__ = [
    "FAULT",
    "HEADERS",
    "Refused",
    "allowing",
    "answer_response",
    "is_known",
    "overspent",
    "overtaken",
    "problem",
    "validated",
]

#: Data for any page of the web, without credentials (https://fetch.spec.whatwg.org/#http-cors-protocol), and nothing
#: that a browser would run.
HEADERS: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Location, Retry-After, Content-Location, Content-Range",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
}
#: What RFC 9110 calls otherwise than some versions of Python do; and in French, which RFC 9457 allows for a title.
_TITLES: Final[dict[Language, dict[int, str]]] = {
    "en": {413: "Content Too Large", 422: "Unprocessable Content"},
    "fr": {
        400: "Demande incorrecte",
        403: "Interdit",
        404: "Introuvable",
        405: "Méthode non permise",
        406: "Aucun format accepté",
        408: "Demande trop lente",
        410: "Retiré",
        413: "Contenu trop long",
        415: "Type de contenu non pris en charge",
        416: "Partie hors du fichier",
        429: "Trop de demandes",
        500: "Faute du serveur",
        503: "Service indisponible",
    },
}


class Refused(Exception):
    """A request that is answered with a problem (RFC 9457).

    :param detail: what is wrong, in English
    :param fr: the same in French
    :param wait: seconds after which the client may come back, where that makes sense
    :param headers: that tell a program more of it
    """

    def __init__(
        self, status: int, detail: str, *, fr: str, wait: float = 0, headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.fr, self.wait, self.headers = status, detail, fr, wait, headers

    def told(self, language: Language) -> str:
        """Return what is wrong in a language."""
        return self.fr if language == "fr" else self.detail


#: Where something of ours went wrong.
FAULT: Final = Refused(500, "a fault of ours, which is logged", fr="une faute de notre part, qui est notée au journal")


def overspent(wait: float) -> Refused:
    """Return what a client is told that took more than one may."""
    return Refused(
        429,
        "this client took as much as one may; come back later",
        fr="ce client a déjà pris tout ce qui lui revient ; revenir plus tard",
        wait=wait,
    )


def overtaken() -> Refused:
    """Return what a client is told whom the publication cannot answer any more, and the next one not yet."""
    return Refused(
        503,
        "another publication is taking the place of this one",
        fr="une autre publication prend la place de celle-ci",
        wait=5,
    )


def problem(refused: Refused, *, language: Language = "en") -> Response:
    """Write what is wrong (RFC 9457); a reader in a browser sees it as text."""
    told = dict(HEADERS) | {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"} | dict(refused.headers)
    told["Content-Language"] = language
    if refused.wait:
        told["Retry-After"] = str(max(math.ceil(refused.wait), 1))
    body = {
        "type": "about:blank",
        "title": _TITLES[language].get(refused.status) or HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": refused.told(language),
    }
    return Response(msgspec.json.encode(body), refused.status, told, "application/problem+json")


def allowing(methods: str, headers: str) -> Response:
    """Answer what a browser asks before it lets a page ask.

    :param methods: those that there are
    :param headers: those that a page may send
    """
    told = {
        **HEADERS,
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": headers,
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=told)


def is_known(request: Request, mark: str) -> bool:
    """Tell whether the client has what the mark stands for already (RFC 9110, section 13.1.2)."""
    given = ",".join(request.headers.getlist("if-none-match"))
    if not given or request.method not in ("GET", "HEAD"):
        return False
    return not {"*", mark}.isdisjoint(tag.strip().removeprefix("W/") for tag in given.split(","))


def validated(request: Request, body: bytes, media_type: str, mark: str, **headers: str) -> Response:
    """Write a representation with its mark, or that the client has it already.

    :param mark: what tells it from every other representation: an ETag, without its quotes
    """
    told = {**HEADERS, "ETag": f'"{mark}"', "Cache-Control": "no-cache"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    if is_known(request, told["ETag"]):
        return Response(status_code=304, headers=told)
    return Response(body, headers=told, media_type=media_type)


def answer_response(request: Request, answer: Answer, sending: Sending, client: str, **headers: str) -> Response:
    """Write what the engine answered; a long answer is sent piece by piece, and its length is told first.

    :param sending: tells whether one more long answer may be sent
    :raises Refused: if that is not so
    """
    response = validated(request, answer.body, answer.media_type, answer.mark, **headers)
    if answer.spool is None:
        return response
    if response.status_code == 304 or request.method == "HEAD":
        answer.spool.close()
        if response.status_code == 200:
            response.headers["content-length"] = str(answer.size)
        return response
    if not sending.begin(client):
        answer.spool.close()
        raise Refused(
            503,
            "too many long answers are on their way; come back later, or add a LIMIT",
            fr="trop de longues réponses sont en route ; revenir plus tard, ou ajouter LIMIT",
            wait=30,
        )
    return LongResponse(answer.spool, answer.size, response.headers, lambda: sending.end(client))
