"""Where the published artefacts lie: the ontology, the concepts, the context and the shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from commons_ld.errors import ArtefactNotFound

__all__ = ["artefact", "artefacts"]

_PACKAGE: Final = Path(__file__).parent
_INSTALLED, _CHECKOUT = _PACKAGE / "_artefacts", _PACKAGE.parent.parent


def artefact(name: str) -> Path:
    """Return the path of an artefact, such as ``"ontology/commons.ttl"``.

    :raises ArtefactNotFound: if there is none of that name

    >>> artefact("ontology/commons.ttl").name
    'commons.ttl'
    """
    path = _root() / name
    if not path.is_file():
        raise ArtefactNotFound(name, path.parent)
    return path


def artefacts(folder: str) -> list[Path]:
    """Return the artefacts of ``"ontology"`` or ``"shapes"``, by name.

    :raises ArtefactNotFound: if the folder is empty or missing
    """
    paths = sorted(path for path in (_root() / folder).glob("*") if path.suffix in {".ttl", ".jsonld", ".json"})
    if not paths:
        raise ArtefactNotFound(folder, _root())
    return paths


def _root() -> Path:
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
