"""An archive that is fetched from a wiki, and what the wiki holds, asked in another way than the fetch does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import msgspec

from commons_ld import wiki
from commons_ld.messages import Language
from commons_ld.pipeline import exporting
from commons_ld.settings import Settings, WikiSettings
from commons_ld.wiki import Fetched
from tests.archive import DATA
from tests.servers.fake_wiki import FakeWiki
from tests.servers.mediawiki import MediaWiki

PAGE = """{{{{Objet média
|Description={0}
|Date de création=2021/12/02
|Date de publication=2021/12/02
|Durée=01:00:00
|Langue du contenu=FR
|Pays=France
|Fait partie de=Appel en commun
|Type de document=Audio
|Enjeu=Politique des communs
|Identifiant de diffusion=https://exemple.test/a.mp3
}}}}
== En résumé ==
Un résumé.
"""


def page(text: str = "Une présentation.") -> str:
    """Return the wikitext of a record's page."""
    return PAGE.format(text)


def pages(count: int) -> dict[str, str]:
    """Return so many pages."""
    return {f"21.12 Page {number}": page(f"La page {number}.") for number in range(1, count + 1)}


def content(source: FakeWiki | MediaWiki) -> dict[str, str]:
    """Return the text of each page of a wiki that calls the template of a record, by title."""
    if isinstance(source, FakeWiki):
        found = {page.title: page.text for page in source.pages.values()}
    else:
        root = ElementTree.fromstring(source.dump())
        found = {
            page.findtext("{*}title", ""): page.findtext("{*}revision/{*}text", "")
            for page in root.iterfind("{*}page")
            if page.findtext("{*}ns") == "0" and page.find("{*}redirect") is None
        }
    # The export of MediaWiki, and its editor, take away the blanks at the end.
    return {title: text.rstrip() for title, text in found.items() if "{{Objet média" in text}


class Archive:
    """A folder that is fetched into, and published from."""

    def __init__(self, root: Path, url: str, **settings: Any) -> None:
        self.root, self.url = root, url
        self.folder, self.out = root / "data" / "wiki", root / "dist"
        self.settings = msgspec.structs.replace(
            Settings(root=root, wiki=WikiSettings(page_url=""), output=DATA), **settings
        )
        self.notes: list[str] = []
        self.waits: list[float] = []

    def note(self, sentence: dict[Language, str]) -> None:
        """Keep what is told beside."""
        self.notes.append(sentence["en"])

    def fetch(self, *categories: str, before: Callable[[httpx.Request], None] | None = None, **options: Any) -> Fetched:
        """Fetch, without ever waiting.

        :param before: called before each request is sent
        """
        timeout = options.pop("timeout", 30.0)
        if "titles" in options or categories:
            options["selection"] = wiki.Selection(categories, options.pop("titles", ()))
        transport = _Hooked(before) if before else None
        with wiki.connect("commons-ld/test", timeout=timeout, transport=transport) as http:
            return wiki.fetch(
                self.settings,
                options.pop("url", self.url),
                http=http,
                sleep=self.waits.append,
                note=self.note,
                **options,
            )

    def texts(self) -> dict[str, str]:
        """Return the text of each page in the folder, by the title in its sidecar."""
        found = {}
        for path in sorted(self.folder.glob("*.wiki.json")):
            sidecar = json.loads(path.read_text(encoding="utf-8"))
            found[sidecar["title"]] = path.with_suffix("").read_text(encoding="utf-8").rstrip()
        return found

    def files(self) -> dict[str, bytes]:
        """Return every file of the folder."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())} if self.folder.is_dir() else {}

    def sidecar(self, title: str) -> dict[str, Any]:
        """Return what the sidecar of a page tells."""
        told = (json.loads(path.read_text(encoding="utf-8")) for path in self.folder.glob("*.wiki.json"))
        return next(sidecar for sidecar in told if sidecar["title"] == title)

    def export(self) -> exporting.Outcome:
        """Publish what lies there."""
        return exporting.export(self.settings)

    def records(self) -> dict[str, tuple[str, str]]:
        """Return title and version of each published record, by IRI."""
        rows = json.loads((self.out / "manifest.json").read_text(encoding="utf-8"))["records"]
        return {row["iri"].removeprefix(self.settings.base_iri): (row["title"], row["sha256"]) for row in rows}


class _Hooked(httpx.HTTPTransport):
    """A transport that lets a test do something before each request."""

    def __init__(self, before: Callable[[httpx.Request], None]) -> None:
        super().__init__()
        self._before = before

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._before(request)
        return super().handle_request(request)


def kinds(fetched: Fetched) -> list[tuple[str, ...]]:
    """Return what changed, without the empty parts."""
    return [tuple(part for part in change if part) for change in fetched.changes]
