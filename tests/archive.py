"""A small archive for tests: pages in a folder, exported and looked at."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from commons_ld.pipeline import exporting
from commons_ld.settings import OutputSettings, Settings

#: What an archive publishes where a test looks at the data, and at no page made of it: it takes half the time.
DATA = OutputSettings(site=False, feeds=False, compression="plain")

PAGE = """{title}

Dans la collection : Appel en commun

Objet(s) de commun : Puissance publique  Enjeu(x) : {enjeu}

{lead}

Métadonnées

Date de création {created}
Date de publication {created}
Durée {duration}
Langue du contenu FR
Pays France
Fait partie de Appel en commun
Média Audio


En résumé

{abstract}

Notes laissées par les participant·e·s

[14:09] Ana Exemple :

Bonjour à tout le monde

  • [14:10] Remix the commons : bienvenue
"""


def page(title: str = "21.12 Un essai", **fields: str) -> str:
    """Return the text of a page."""
    defaults = {
        "enjeu": "Politique des communs",
        "lead": "Une présentation.",
        "created": "2021/12/02",
        "duration": "01:00:00",
        "abstract": "Un résumé.",
    }
    return PAGE.format(title=title, **(defaults | fields))


#: What tells the history of a publication, which two archives with the same records need not share.
_HISTORY = (
    *("site/feeds/", "site/gone/", "site/.well-known/resourcesync", "site/.htaccess", "hosting/"),
    "site/renderings/schema-ap-nde.nt",
)


def is_history(name: str) -> bool:
    """Tell whether a published file tells what changed, and when."""
    return name.startswith(_HISTORY)


def unpacked(path: Path) -> bytes:
    """Return what a file holds: of a packed one what was packed, with the names of its files."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return b"\n".join(name.encode() + b"\n" + archive.read(name) for name in archive.namelist())
    return inflated(path.read_bytes()) if path.name == "records.bin" else path.read_bytes()


def inflated(data: bytes) -> bytes:
    """Return what streams of DEFLATE hold that follow each other."""
    found = b""
    while data:
        stream = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        found += stream.decompress(data)
        data = stream.unused_data
    return found


def _timeless(path: Path) -> bytes:
    data = path.read_bytes()
    if path.name != "SHA256SUMS":
        return data
    return b"".join(line for line in data.splitlines(keepends=True) if not is_history(line[66:-1].decode()))


class Archive:
    """A folder with data, a state and a publication."""

    def __init__(self, root: Path, **settings: object) -> None:
        self.root, self.data, self.out = root, root / "data", root / "dist"
        self.data.mkdir(parents=True, exist_ok=True)
        self.settings = msgspec.structs.replace(Settings(root=root), **settings)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a source."""
        path = self.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def export(self, *, keep_invalid: bool = False, allow_deletions: bool = False, jobs: int = 1) -> exporting.Outcome:
        """Export all of it."""
        return exporting.export(self.settings, keep_invalid=keep_invalid, allow_deletions=allow_deletions, jobs=jobs)

    def copied(self, root: Path) -> Archive:
        """Return the same archive in another folder, with all that was done there."""
        shutil.copytree(self.root, root, symlinks=True)
        made = Archive(root)
        made.settings = msgspec.structs.replace(self.settings, root=root)
        return made

    def read(self, name: str) -> str:
        """Return the text of a published file."""
        return (self.out / name).read_text(encoding="utf-8")

    def graph(self, name: str) -> list[str]:
        """Return the lines of a named graph, such as ``graph/21-12-un-essai``."""
        end = f" <{self.settings.base_iri}{name}> ."
        return [line.removesuffix(end) for line in self.read("dataset.nq").splitlines() if line.endswith(end)]

    def records(self) -> dict[str, str]:
        """Return the published records: IRI below the base, and version."""
        rows = json.loads(self.read("manifest.json"))["records"]
        return {row["iri"].removeprefix(self.settings.base_iri): row["sha256"] for row in rows}

    def files(self) -> Mapping[str, str]:
        """Return every published file with a digest of its bytes, but for those that tell how it came to be so."""
        paths = sorted(path for path in self.out.rglob("*") if path.is_file())
        names = {path.relative_to(self.out).as_posix(): path for path in paths}
        return {
            name: hashlib.sha256(_timeless(path)).hexdigest() for name, path in names.items() if not is_history(name)
        }
