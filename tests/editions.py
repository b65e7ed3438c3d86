"""The demonstration data, published and served in this very process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commons_ld.pipeline.exporting import export
from commons_ld.settings import Settings
from commons_ld.web.edition import Edition
from commons_ld.web.serving import edition_of, terms_of

__all__ = ["DEMONSTRATION", "published", "serving"]

DEMONSTRATION = Path(__file__).parent.parent / "data" / "demonstration"


def published(folder: Path, **changed: object) -> Settings:
    """Publish the demonstration data in a folder, and return its settings."""
    settings = Settings(root=folder, **changed)  # type: ignore[arg-type]
    export(settings, [DEMONSTRATION])
    return settings


@contextmanager
def serving(settings: Settings) -> Iterator[Edition]:
    """Serve what is published."""
    edition = edition_of(settings, terms_of(settings))
    try:
        yield edition
    finally:
        edition.close()
