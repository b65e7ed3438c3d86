"""An archive of another make, as a harvester sees it: answers by address, what was asked, and faults on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx

from commons_ld import harvesting
from commons_ld.http_client import connect
from commons_ld.messages import Language
from commons_ld.settings import Settings

__all__ = ["HOST", "Foreign", "oai", "oai_record"]

HOST = "https://archive.example"

_Answer = bytes | httpx.Response | Callable[[httpx.Request], httpx.Response]


class Foreign:
    """Answers without a network; what is not there is 404.

    :param folder: where copies of it lie
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, _Answer] = {}
        self.types: dict[str, str] = {}
        self.asked: list[str] = []
        self.waits: list[float] = []
        self.notes: list[dict[Language, str]] = []
        #: The request that is broken off, and the one at which whoever harvests is interrupted; counted from 1.
        self.breaks_at = self.stops_at = 0

    def put(self, path: str, body: bytes | str, media_type: str) -> None:
        """Let something stand at a path."""
        self.pages[path] = body.encode() if isinstance(body, str) else body
        self.types[path] = media_type

    def harvest(self, url: str = HOST, protocol: str = "", **task: object) -> harvesting.Harvested:
        """Harvest it."""
        done = harvesting.Task(url, self.folder / "copy", protocol)._replace(**task)  # type: ignore[arg-type]
        return harvesting.harvest(
            done,
            Settings(),
            note=self.notes.append,
            sleep=self.waits.append,
            http=connect("test", transport=httpx.MockTransport(self._answer)),
        )

    @property
    def dump(self) -> str:
        """What the copy says."""
        return (self.folder / "copy" / "dataset.nq").read_text(encoding="utf-8")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if len(self.asked) == self.breaks_at:
            raise httpx.ReadError("broken off")
        if len(self.asked) == self.stops_at:
            raise KeyboardInterrupt
        assert f"{request.url.scheme}://{request.url.netloc.decode()}" == HOST, "asked elsewhere"
        path = request.url.raw_path.decode()
        found = self.pages.get(path, self.pages.get(request.url.path))
        if callable(found):
            return found(request)
        if isinstance(found, httpx.Response):
            return found
        if found is None:
            return httpx.Response(404, text="<html>no</html>", headers={"Content-Type": "text/html"})
        tag = f'"{hashlib.sha256(found).hexdigest()[:8]}"'
        if request.headers.get("if-none-match") == tag:
            return httpx.Response(304)
        media_type = self.types.get(path) or self.types.get(request.url.path, "")
        return httpx.Response(200, content=found, headers={"Content-Type": media_type, "ETag": tag})


def oai(verb: str, body: str, at: str = "2026-06-01T00:00:00Z") -> str:
    """Return a response of OAI-PMH.

    :param at: when it is made, by the clock of the repository
    """
    inner = body if verb == "error" else f"<{verb}>{body}</{verb}>"
    return (
        '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>{at}</responseDate><request/>{inner}</OAI-PMH>"
    )


def oai_record(name: str, at: str, title: str | None) -> str:
    """Return a record in Dublin Core; without a title one that is deleted."""
    if title is None:
        return (
            f'<record><header status="deleted"><identifier>oai:x:{name}</identifier>'
            f"<datestamp>{at}</datestamp></header></record>"
        )
    return (
        f"<record><header><identifier>oai:x:{name}</identifier><datestamp>{at}</datestamp></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:title xml:lang="FR">{title}</dc:title><dc:identifier>https://archive.example/{name}</dc:identifier>'
        "</oai_dc:dc></metadata></record>"
    )
