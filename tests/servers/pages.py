"""The query page and search as an application, with nothing around them."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette

from commons_ld.outputs.publication import published
from commons_ld.outputs.search_index import index_path
from commons_ld.settings import Settings
from commons_ld.web.pages import asset_routes
from commons_ld.web.query_page import query_page_routes
from commons_ld.web.search_routes import search_routes

__all__ = ["app"]


def app(out: Path, state: Path) -> Starlette:
    """Return an application over a publication and its state."""
    settings = Settings()
    return Starlette(
        routes=[
            *query_page_routes(settings),
            *search_routes(settings, lambda: index_path(state, published(out))),
            *asset_routes(),
        ]
    )
