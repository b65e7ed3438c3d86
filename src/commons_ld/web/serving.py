"""Serving a publication: load it where it is newer than the store, and listen."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons_ld.errors import PublicationError
from commons_ld.stores import embedded
from commons_ld.web.app import create_app
from commons_ld.web.workers import Workers

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["application", "refresh", "serve"]

#: How the process that listens is told what it serves.
_STORE: Final = "_COMMONS_LD_STORE"


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
    """Return the application of the generation that this process was told to serve."""
    return create_app(Workers(Path(os.environ[_STORE])))


def serve(generation: Path, *, host: str, port: int) -> None:
    """Answer over HTTP until the process is told to end."""
    from granian import Granian
    from granian.constants import Interfaces

    os.environ[_STORE] = str(generation.resolve())
    Granian(
        "commons_ld.web.serving:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
