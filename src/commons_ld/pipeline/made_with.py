"""What a publication is made with, besides its sources: when that changed, everything is made anew."""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.alignments import alignments_file
from commons_ld.artefacts import artefacts
from commons_ld.concepts import concepts_file
from commons_ld.settings import ServeSettings, Settings

__all__ = ["LIBRARIES", "code_digest", "fingerprint"]

#: The libraries whose versions tell in what is published.
LIBRARIES: Final = ("pyoxigraph", "pyshacl", "rdflib", "phonenumbers", "mwparserfromhell", "tzdata")

#: What only asks and serves what was published: the editor of a page, say, changes no block.
_SERVING: Final = frozenset(
    {
        "__main__.py",
        "cli.py",
        "commands",
        "web",
        "querying",
        "queries/cookbook",
        "queries/field.rq",
        "queries/records.rq",
        "queries/statement.rq",
        "cookbook.py",
        "searching.py",
        "pipeline/rebuilding.py",
        "reconciling",
        "harvesting",
        "aligning",
        "cluster",
        "linking",
        "http_client.py",
    }
)


def fingerprint(settings: Settings, **options: object) -> str:
    """Return a digest of all that a block depends on besides its source: our code, the artefacts, the settings.

    Where things lie (the folders of sources, state and output) is no part of it, nor is how they are served.
    """
    digest = hashlib.sha256()
    matches = [path for path in (alignments_file(settings),) if path.is_file()]
    for path in [
        *_code(_SERVING),
        *artefacts("ontology"),
        *artefacts("shapes"),
        concepts_file(settings),
        *matches,
    ]:
        digest.update(_named(path))
    for name in LIBRARIES:
        digest.update(f"{name} {importlib.metadata.version(name)}\0".encode())
    placeless = msgspec.structs.replace(settings, root=Path(), sources=(), state="", serve=ServeSettings())
    digest.update(msgspec.json.encode([placeless, options], order="deterministic", enc_hook=str))
    return digest.hexdigest()


def code_digest() -> str:
    """Return a digest of our code and of the artefacts that come with it, wherever these lie."""
    digest = hashlib.sha256()
    code = _code(_SERVING - {"cluster"} | {"_artefacts"})
    for path in [*code, *artefacts("ontology"), *artefacts("shapes")]:
        digest.update(_named(path))
    return digest.hexdigest()


def _code(but: frozenset[str]) -> list[Path]:
    package = Path(__file__).parent.parent
    files = (path for path in package.rglob("*.*") if not but & _within(path.relative_to(package)))
    # What Python keeps of the code comes and goes while others run, under names of its own for a moment.
    return sorted(path for path in files if "__pycache__" not in path.parts and path.is_file())


def _within(path: Path) -> set[str]:
    """Return the file or folder of the package that a path is in, and that which is in it."""
    return {path.parts[0], "/".join(path.parts[:2])}


def _named(path: Path) -> bytes:
    return path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
