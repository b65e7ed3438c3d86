"""A small wiki of our own that answers as MediaWiki 1.39 does what ``commons-ld fetch`` asks.

It has the same words as :class:`tests.servers.mediawiki.MediaWiki`, so that a test can be run with either, and some that
make a real one's rare answers common: short lists, small results, lag, an old format.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

__all__ = ["FakeWiki", "serve"]

Answer = dict[str, Any]
_HEAD: Final = (
    '<!DOCTYPE html><html><head><link rel="EditURI" type="application/rsd+xml" href="{url}/api.php?action=rsd"/>'
)


@dataclass
class FakePage:
    """A page with its revisions, the oldest first: number, time and text."""

    pageid: int
    title: str
    revisions: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.revisions[-1][2]

    @property
    def target(self) -> str:
        return self.text[len("#REDIRECTION [[") : -2] if self.text.startswith("#REDIRECTION") else ""


class FakeWiki:
    """The wiki; made by :func:`serve`.

    :param limit: the most pages in one answer
    :param redirect_limit: the most redirects in one answer
    :param result_size: the most characters of text in one answer
    :param legacy: answer as MediaWiki before 1.25 did
    :param before: called before each answer, with what is asked
    :param export: what ``Special:ExportRDF`` answers for a page: status, type and body; ``None`` where there is none
    """

    def __init__(self) -> None:
        self.host = ""
        self.pages: dict[int, FakePage] = {}
        self.deleted: dict[str, FakePage] = {}
        self.log: list[tuple[str, str, str]] = []
        self.requests: list[dict[str, str]] = []
        self.agents: set[str] = set()
        self.limit, self.redirect_limit, self.result_size = 500, 500, 8_000_000
        self.legacy = self.private = False
        self.hidden: set[int] = set()
        self.lagging = 0
        self.before: Callable[[dict[str, str]], None] = lambda _asked: None
        self.export: Callable[[FakePage], tuple[int, str, bytes]] | None = None
        self.exported: list[str] = []
        self._clock = self._pages_made = self._revisions_made = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def answer_export(self, title: str) -> tuple[int, str, bytes]:
        """Return status, type and body of the export of a page."""
        self.exported.append(title)
        page = self._find(title.replace("_", " "))
        if self.export is None or page is None:
            return 404, "text/html", b"<!DOCTYPE html><html><body>No such special page</body></html>"
        return self.export(page)

    # ── What people do ───────────────────────────────────────────────────────────────────────────────

    def edit(self, title: str, text: str) -> None:
        """Save a page."""
        page = self._find(title) or self._add(title)
        self._revise(page, text)

    def write(self, pages: Mapping[str, str]) -> None:
        """Save many pages."""
        for title, text in pages.items():
            self.edit(title, text)

    def move(self, title: str, to: str) -> None:
        """Give a page another title; its former one becomes a redirect."""
        page = self._find(title)
        assert page is not None
        page.title = to
        self._revise(page, page.text)
        self.edit(title, f"#REDIRECTION [[{to}]]")

    def delete(self, *titles: str) -> None:
        """Delete pages."""
        for title in titles:
            page = self._find(title)
            assert page is not None
            self.deleted[title] = self.pages.pop(page.pageid)
            self.log.append((self._now(), "delete", title))

    def undelete(self, title: str) -> None:
        """Bring a deleted page back, with its number."""
        page = self.deleted.pop(title)
        self.pages[page.pageid] = page
        self.log.append((self._now(), "restore", title))

    def run_jobs(self) -> None:
        """Nothing is put off here."""

    def _find(self, title: str) -> FakePage | None:
        return next((page for page in self.pages.values() if page.title == title), None)

    def _add(self, title: str) -> FakePage:
        self._pages_made += 1
        page = self.pages[self._pages_made] = FakePage(self._pages_made, title)
        return page

    def _revise(self, page: FakePage, text: str) -> None:
        self._revisions_made += 1
        page.revisions.append((self._revisions_made, self._now(), text))

    def _now(self) -> str:
        self._clock += 1
        return f"2026-01-{1 + self._clock // 86400:02d}T{self._clock // 3600 % 24:02d}:{self._clock // 60 % 60:02d}:{self._clock % 60:02d}Z"

    # ── What is answered ─────────────────────────────────────────────────────────────────────────────

    def answer(self, asked: dict[str, str], cookie: str) -> tuple[Answer, dict[str, str]]:
        """Return the answer to a request, and its headers."""
        with self._lock:
            self.requests.append(asked)
            self.before(asked)
            if self.lagging and "maxlag" in asked:
                self.lagging -= 1
                return _error("maxlag", "Waiting for a database server: 9 seconds lagged.", {"Retry-After": "5"})
            if asked.get("action") == "login":
                is_good = (asked.get("lgname"), asked.get("lgpassword"), asked.get("lgtoken")) == (
                    "Ana@commons",
                    "secret",
                    "t+\\",
                )
                return {"login": {"result": "Success" if is_good else "Failed"}}, {
                    "Set-Cookie": "session=ana"
                } if is_good else {}
            if asked.get("meta") == "tokens":
                return {"batchcomplete": True, "query": {"tokens": {"logintoken": "t+\\"}}}, {}
            is_known = "session=ana" in cookie
            if asked.get("assert") == "user" and not is_known:
                return _error("assertuserfailed", "You are no longer logged in.", {})
            if self.private and not is_known:
                return _error("readapidenied", "You need read permission to use this module.", {})
            if asked.get("action") != "query":
                return _error("badvalue", 'Unrecognized value for parameter "action".', {})
            told = self._query(asked)
            return (_aged(told) if self.legacy else told), {}

    def _query(self, asked: dict[str, str]) -> Answer:
        if asked.get("meta") == "siteinfo":
            return {"batchcomplete": True, "query": {
                "general": {"base": f"{self.url}/index.php/Accueil", "time": self._now(), "generator": "MediaWiki 1.39.0"},
                "namespaces": {"0": {"id": 0, "content": True}, "1": {"id": 1, "content": False}, "-1": {"id": -1, "content": False}},
            }}  # fmt: skip
        if asked.get("list") == "logevents":
            return {"batchcomplete": True, "query": {"logevents": [
                {"type": "delete", "action": action, "title": title, "timestamp": time}
                for time, action, title in self.log if time >= asked["lestart"]
            ]}}  # fmt: skip
        if "revids" in asked:
            return self._revisions(asked)
        return self._listed(asked)

    def _revisions(self, asked: dict[str, str]) -> Answer:
        numbers = [int(number) for number in asked["revids"].split("|")]
        holders = {revision[0]: page for page in self.pages.values() for revision in page.revisions}
        found = [number for number in numbers if number in holders]
        start, size = int(asked.get("rvcontinue") or 0), 0
        pages: dict[int, Answer] = {}
        for position, number in enumerate(found):
            page = holders[number]
            told = pages.setdefault(page.pageid, {"pageid": page.pageid, "ns": 0, "title": page.title})
            text = next(text for revid, _, text in page.revisions if revid == number)
            if position < start or size < 0:
                continue
            size += len(text)
            if size > self.result_size and size > len(text):
                start, size = position, -1
                continue
            hidden = {"texthidden": True} if number in self.hidden else {"content": text}
            told.setdefault("revisions", []).append(
                {"revid": number, "slots": {"main": {"contentmodel": "wikitext", **hidden}}}
            )
        query: Answer = {"pages": list(pages.values())}
        if missing := set(numbers) - holders.keys():
            query["badrevids"] = {str(number): {"revid": number, "missing": True} for number in missing}
        if size < 0:
            return {"continue": {"rvcontinue": str(start), "continue": "||"}, "query": query,
                    "warnings": {"result": {"warnings": "This result was truncated."}}}  # fmt: skip
        return {"batchcomplete": True, "query": query}

    def _listed(self, asked: dict[str, str]) -> Answer:
        pages, told = self._chosen(asked)
        start = int(asked.get("geicontinue") or asked.get("gcmcontinue") or 0)
        batch = pages[start : start + self.limit] if "generator" in asked else pages
        first = int(asked.get("rdcontinue") or 0)
        redirects = [(page, other) for page in batch for other in self.pages.values() if other.target == page.title]
        for page in batch:
            entry: Answer = {"pageid": page.pageid, "ns": 0, "title": page.title, "contentmodel": "wikitext",
                             "canonicalurl": f"{self.url}/index.php/{quote(page.title.replace(' ', '_'))}"}  # fmt: skip
            if page.target:
                entry["redirect"] = True
            if not first:
                revid, time, text = page.revisions[-1]
                entry["revisions"] = [
                    {"revid": revid, "timestamp": time, "sha1": hashlib.sha1(text.encode()).hexdigest()}
                ]
                if "templates" in asked["prop"] and "{{Objet média" in page.text:
                    entry["templates"] = [{"ns": 10, "title": "Modèle:Objet média"}]
                if "categories" in asked["prop"] and any(_in(page, name) for name in asked["clcategories"].split("|")):
                    entry["categories"] = [{"ns": 14, "title": asked["clcategories"]}]
            mine = [other for holder, other in redirects[first : first + self.redirect_limit] if holder is page]
            if mine:
                entry["redirects"] = [{"ns": 0, "title": other.title} for other in mine]
            told.append(entry)
        name = "geicontinue" if asked.get("generator") == "embeddedin" else "gcmcontinue"
        here = {name: str(start)} if start else {}
        if first + self.redirect_limit < len(redirects):
            going_on = {"rdcontinue": str(first + self.redirect_limit), "continue": "||info|revisions"}
            return {"continue": going_on | here, "query": {"pages": told}}
        answer: Answer = {"batchcomplete": True}
        if told:
            answer["query"] = {"pages": told}
        if "generator" in asked and start + self.limit < len(pages):
            answer["continue"] = {name: str(start + self.limit), "continue": "-||"}
        return answer

    def _chosen(self, asked: dict[str, str]) -> tuple[list[FakePage], list[Answer]]:
        ordered = sorted(self.pages.values(), key=lambda page: page.pageid)
        if asked.get("generator") == "embeddedin":
            return [page for page in ordered if "{{Objet média" in page.text], []
        if asked.get("generator") == "categorymembers":
            return [page for page in ordered if _in(page, asked["gcmtitle"])], []
        if "pageids" in asked:
            numbers = [int(number) for number in asked["pageids"].split("|")]
            return [page for page in ordered if page.pageid in numbers], [
                {"pageid": number, "missing": True} for number in numbers if number not in self.pages
            ]
        title = asked["titles"].replace("_", " ")
        page = self._find(title)
        if page is not None and page.target:
            page = self._find(page.target)
        return ([page], []) if page else ([], [{"ns": 0, "title": title, "missing": True}])


def _in(page: FakePage, category: str) -> bool:
    return f"[[Catégorie:{category.partition(':')[2]}]]" in page.text


def _error(code: str, info: str, headers: dict[str, str]) -> tuple[Answer, dict[str, str]]:
    return {"error": {"code": code, "info": info}}, {"MediaWiki-API-Error": code, **headers}


def _aged(answer: Answer) -> Answer:
    """Return an answer as ``formatversion=1`` has it, without slots."""
    text = json.dumps(answer)
    old: Answer = json.loads(text, object_hook=_aged_object)
    query = old.get("query", {})
    if "pages" in query:
        query["pages"] = {str(page.get("pageid", -1)): page for page in query["pages"]}
    return old


def _aged_object(item: Answer) -> Answer:
    main = item.pop("slots", {}).get("main") if "slots" in item else None
    item |= main or {}
    if isinstance(item.get("content"), str) and item["content"] != "":
        item["*"] = item.pop("content")
    if "warnings" in item and isinstance(item["warnings"], str):
        item["*"] = item.pop("warnings")
    return {name: "" if value is True else value for name, value in item.items() if value is not False}


@contextmanager
def serve() -> Iterator[FakeWiki]:
    """Serve an empty wiki on a free port."""
    wiki = FakeWiki()

    class Requests(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/":
                self._send(301, b"", {"Location": f"{wiki.url}/index.php/Accueil"})
            elif "title=Special:ExportRDF/" in url.query:
                title = dict(parse_qsl(url.query))["title"].removeprefix("Special:ExportRDF/")
                status, kind, body = wiki.answer_export(title)
                self._send(status, body, {"Content-Type": kind})
            elif url.path != "/api.php":
                self._send(200, _HEAD.format(url=wiki.url).encode(), {"Content-Type": "text/html; charset=utf-8"})
            else:
                self._answer(url.query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, query: str) -> None:
            wiki.agents.add(self.headers.get("User-Agent", ""))
            asked = dict(parse_qsl(query, keep_blank_values=True))
            told, headers = wiki.answer(asked, self.headers.get("Cookie", ""))
            self._send(200, json.dumps(told).encode(), {"Content-Type": "application/json; charset=utf-8", **headers})

        def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    wiki.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield wiki
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
