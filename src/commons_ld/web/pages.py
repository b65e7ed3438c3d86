"""What every page has in common: its language, its policy, its templates, and the files it is shown with."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commons_ld.messages import Language

__all__ = ["POLICY", "answered", "asset_routes", "assets", "language_of", "rendered"]

_PACKAGE: Final = Path(__file__).parent.parent
_STATIC: Final = Path(__file__).parent / "static"

#: Nothing from elsewhere, and nothing inline (https://www.w3.org/TR/CSP3/).
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_DAY: Final = 86_400


def language_of(request: Request) -> Language:
    """Return the language of a reader: that of ``?lang=``, else the first one of the browser that there is.

    The order of ``Accept-Language`` is taken for the order of preference, as browsers send it.
    """
    asked = [request.query_params.get("lang", ""), *request.headers.get("accept-language", "").split(",")]
    for name in asked:
        tag = name.split(";")[0].strip().lower().partition("-")[0]
        if tag in ("fr", "en"):
            return "fr" if tag == "fr" else "en"
    return "en" if any(asked) else "fr"


def rendered(template: str, **values: Any) -> str:
    """Return a page. Everything in it is escaped."""
    return _environment().get_template(template).render(assets=assets(), **values)


def answered(request: Request, body: str | bytes, media_type: str, *, status: int = 200, **headers: str) -> Response:
    """Return a response with a validator, or 304 if the reader has it already (RFC 9110, section 13.1.2)."""
    data = body.encode() if isinstance(body, str) else body
    etag = f'"{hashlib.sha256(media_type.encode() + data).hexdigest()[:32]}"'
    told = {
        "ETag": etag,
        "Cache-Control": "no-cache",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    known = {tag.strip().removeprefix("W/") for tag in ",".join(request.headers.getlist("if-none-match")).split(",")}
    if status == 200 and known & {etag, "*"}:
        return Response(status_code=304, headers=told)
    return Response(data, status, told, media_type)


def asset_routes() -> tuple[Route, ...]:
    """Return the route of the files that pages are shown with: style sheets, scripts, the outline of the land."""
    return (Route("/assets/{name}", _asset, name="asset"),)


def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in assets():
        return Response("There is no such file.\n", 404, media_type="text/plain")
    # The address holds a hash of the content, so that it may be kept; without it, it is asked for again.
    is_known = request.query_params.get("v") == assets()[name].rpartition("=")[2]
    keep = f"public, max-age={_DAY * 365}, immutable" if is_known else "no-cache"
    data = (_STATIC / name).read_bytes()
    return answered(request, data, _MEDIA_TYPES[Path(name).suffix], Cache_Control=keep)


@lru_cache(maxsize=1)
def assets() -> dict[str, str]:
    """Return the files that there are, each with its address; the editor is there only if it was built."""
    found = sorted(path for path in _STATIC.iterdir() if path.suffix in _MEDIA_TYPES)
    return {path.name: f"assets/{path.name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:16]}" for path in found}


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PACKAGE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
