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

__all__ = ["fingerprint"]

#: What only asks and serves what was published: the editor of a page, say, changes no block.
_SERVING: Final = frozenset(
    {
        "cli.py",
        "commands",
        "web",
        "querying",
        "queries",
        "cookbook.py",
        "searching.py",
        "rebuilding.py",
        "reconciling",
        "harvesting",
        "aligning",
        "linking",
        "naming.py",
        "http_client.py",
    }
)


def fingerprint(settings: Settings, **options: object) -> str:
    """Return a digest of all that a block depends on besides its source: our code, the artefacts, the settings.

    Where things lie (the folders of sources, state and output) is no part of it, nor is how they are served.
    """
    digest = hashlib.sha256()
    package = Path(__file__).parent
    parts = (part for part in package.iterdir() if part.name not in _SERVING)
    files = (path for part in parts for path in (part.rglob("*.*") if part.is_dir() else (part,)))
    # What Python keeps of the code comes and goes while others run, under names of its own for a moment.
    code = sorted(path for path in files if "__pycache__" not in path.parts and path.is_file())
    matches = [path for path in (alignments_file(settings),) if path.is_file()]
    for path in [*code, *artefacts("ontology"), *artefacts("shapes"), concepts_file(settings), *matches]:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for name in ("pyoxigraph", "pyshacl", "rdflib", "phonenumbers", "mwparserfromhell", "tzdata"):
        digest.update(f"{name} {importlib.metadata.version(name)}\0".encode())
    placeless = msgspec.structs.replace(settings, root=Path(), sources=(), state="", serve=ServeSettings())
    digest.update(msgspec.json.encode([placeless, options], order="deterministic", enc_hook=str))
    return digest.hexdigest()
