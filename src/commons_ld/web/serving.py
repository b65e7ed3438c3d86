"""Serving a publication: load it where it is newer than the store, and listen."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.responses import RedirectResponse
from starlette.routing import Route

from commons_ld.errors import PublicationError
from commons_ld.outputs.publication import published
from commons_ld.outputs.search_index import index_path
from commons_ld.settings import Settings
from commons_ld.stores import embedded
from commons_ld.web.app import create_app
from commons_ld.web.pages import asset_routes
from commons_ld.web.query_page import query_page_routes
from commons_ld.web.search_routes import search_routes
from commons_ld.web.workers import Workers

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["application", "refresh", "serve"]

#: How the process that listens is told what it serves: the generation of the store, and the settings as JSON.
_STORE: Final = "_COMMONS_LD_STORE"
_SETTINGS: Final = "_COMMONS_LD_SETTINGS"


def refresh(publication: Path, state: Path) -> Path:
    """Load a publication into the embedded store if it is another than the current one; return the generation.

    :raises PublicationError: there is no publication, or it cannot be loaded
    """
    dump = publication / "dataset.nq"
    try:
        with dump.open("rb") as file:
            version = hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except FileNotFoundError as error:
        raise PublicationError(dump, "there is no such file; run commons-ld export first") from error
    return embedded.load(dump, state, version=version)


def application() -> Starlette:
    """Return the application of the generation that this process was told to serve: the endpoint, and its pages."""
    settings = msgspec.json.decode(os.environ[_SETTINGS], type=Settings, dec_hook=lambda kind, value: kind(value))
    state, out = settings.path(settings.state), settings.path(settings.output.directory)
    routes = (
        Route("/", lambda _request: RedirectResponse("query")),
        *query_page_routes(settings),
        *search_routes(settings, lambda: index_path(state, published(out))),
        *asset_routes(),
    )
    return create_app(Workers(Path(os.environ[_STORE])), routes)


def serve(generation: Path, settings: Settings, *, host: str, port: int) -> None:
    """Answer over HTTP until the process is told to end.

    :param generation: of the store, as :func:`refresh` returns it
    """
    from granian import Granian
    from granian.constants import Interfaces

    os.environ[_STORE] = str(generation.resolve())
    os.environ[_SETTINGS] = msgspec.json.encode(
        msgspec.structs.replace(settings, root=settings.root.resolve()), enc_hook=str
    ).decode()
    Granian(
        "commons_ld.web.serving:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
