"""Check whether addresses still lead somewhere: by ``HEAD``, and by ``GET`` where that is not answered.

One request at a time to a host, with a pause between; several hosts at once. What was found is kept, so that a run that
is interrupted goes on, and a later one asks again only for what is old. Nothing on a private network is asked.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import sqlite3
import threading
import time
import urllib.robotparser
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final, NamedTuple, Self

import httpx

from commons_ld.errors import PublicationError
from commons_ld.linking.words import said

__all__ = ["Checked", "Checker", "check"]

_AGENT: Final = "commons-ld"
_HOSTS: Final = 6
#: Seconds between two requests to one host.
_PAUSE: Final = 1.0
_REDIRECTS: Final = 5
#: Answers to HEAD that say nothing about GET.
_ASK_ANOTHER_WAY: Final = frozenset({400, 403, 404, 405, 406, 500, 501})
#: The server is there, and does not want to be asked: nothing is wrong with the link, as far as can be told.
_RELUCTANT: Final = frozenset({401, 403, 408, 425, 429, 999})
_SCHEMA: Final = """CREATE TABLE IF NOT EXISTS checked (
    url TEXT PRIMARY KEY, state TEXT NOT NULL, status INTEGER NOT NULL, target TEXT NOT NULL, at TEXT NOT NULL)"""


class Checked(NamedTuple):
    """What became of an address.

    :param state: ``good``, ``moved`` (for good, to ``target``), ``dead``, ``unsure`` or ``skipped``
    :param status: the last status of HTTP, or 0 where nobody answered
    :param at: when it was asked, in UTC
    """

    url: str
    state: str
    status: int = 0
    target: str = ""
    at: str = ""


class Checker:
    """What is known of addresses, and how they are asked.

    :param path: of the file in which it is kept
    :param http: a client that follows no redirect
    :param is_public: tells whether a host may be asked
    :raises PublicationError: if it cannot be kept
    """

    def __init__(
        self,
        path: Path,
        http: httpx.Client,
        *,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        sleep: Callable[[float], None] = time.sleep,
        is_public: Callable[[str], bool] | None = None,
    ) -> None:
        self._http, self._now, self._sleep = http, now, sleep
        self._is_public = is_public or _is_public
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._database.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise PublicationError(path, said("unusable", value=error)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def known(self, url: str, days: int) -> Checked | None:
        """Return what was found of an address in the last days; nothing where nobody could be asked then."""
        oldest = (self._now() - dt.timedelta(days=days)).isoformat(timespec="seconds")
        with self._lock:
            row = self._database.execute(
                "SELECT url, state, status, target, at FROM checked WHERE url = ? AND at >= ? AND state <> 'unsure'",
                (url, oldest),
            ).fetchone()
        return Checked(*row) if row else None

    def keep(self, checked: Checked) -> None:
        """Keep what was found."""
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO checked VALUES (?, ?, ?, ?, ?)", checked)

    def ask(self, urls: Iterable[str]) -> Iterator[Checked]:
        """Yield what became of addresses of one host, asked one after the other."""
        robots: urllib.robotparser.RobotFileParser | None = None
        for url in urls:
            if robots is None:
                robots = self._robots(url)
            if robots.can_fetch(_AGENT, url):
                found = self._followed(url)
                self._sleep(max(_PAUSE, min(float(robots.crawl_delay(_AGENT) or 0), 30.0)))
            else:
                found = Checked(url, "skipped")
            checked = found._replace(at=self._now().isoformat(timespec="seconds"))
            self.keep(checked)
            yield checked

    def _robots(self, url: str) -> urllib.robotparser.RobotFileParser:
        robots = urllib.robotparser.RobotFileParser()
        robots.parse([])
        with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL):
            address = httpx.URL(url).join("/robots.txt")
            if self._is_public(address.host):
                response = self._http.get(address)
                if response.status_code == 200:
                    robots.parse(response.text[:500_000].splitlines())
        return robots

    def _followed(self, url: str) -> Checked:
        """Return what becomes of an address, by way of redirects."""
        target, is_permanent, seen = url, True, {url}
        status = 0
        for _ in range(_REDIRECTS + 1):
            try:
                address = httpx.URL(target)
                if address.scheme not in ("http", "https") or not self._is_public(address.host):
                    return Checked(url, "skipped", status, "" if target == url else target)
                status, location = self._status(address)
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
                # Nobody there: the name is gone, or the server is, for now or for good.
                return Checked(url, "dead" if target == url else "unsure", 0, "" if target == url else target)
            if status not in (301, 302, 303, 307, 308) or not location:
                break
            is_permanent = is_permanent and status in (301, 308)
            target = str(address.join(location))
            if target in seen:
                return Checked(url, "dead", status, target)
            seen.add(target)
        else:
            return Checked(url, "dead", status, target)
        if status in _RELUCTANT or status >= 500:
            return Checked(url, "unsure", status, "" if target == url else target)
        if status >= 400:
            return Checked(url, "dead", status, "" if target == url else target)
        is_moved = target != url and is_permanent
        return Checked(url, "moved" if is_moved else "good", status, target if is_moved else "")

    def _status(self, address: httpx.URL) -> tuple[int, str]:
        response = self._http.head(address)
        if response.status_code in _ASK_ANOTHER_WAY:
            # The body is not read: whether there is one is all that is asked.
            with self._http.stream("GET", address) as streamed:
                return streamed.status_code, streamed.headers.get("location", "")
        return response.status_code, response.headers.get("location", "")


def check(urls: Iterable[str], checker: Checker, days: int, advance: Callable[[int], None]) -> dict[str, Checked]:
    """Return what becomes of each address: as it is known from the last days, or asked.

    :param advance: told how many were looked at since the last call
    """
    found: dict[str, Checked] = {}
    left: dict[str, list[str]] = defaultdict(list)
    for url in dict.fromkeys(urls):
        if known := checker.known(url, days):
            found[url] = known
            advance(1)
        else:
            left[httpx.URL(url).host if _is_url(url) else ""].append(url)

    def of_host(some: list[str]) -> list[Checked]:
        checked = []
        for one in checker.ask(some):
            checked.append(one)
            advance(1)
        return checked

    with ThreadPoolExecutor(_HOSTS, thread_name_prefix="links") as pool:
        for done in as_completed([pool.submit(of_host, some) for some in left.values()]):
            found.update((checked.url, checked) for checked in done.result())
    return found


def _is_url(url: str) -> bool:
    try:
        httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return True


def _is_public(host: str) -> bool:
    """Tell whether every address of a host is one of the public Internet; what has none may be asked, in vain."""
    try:
        found = {row[4][0] for row in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return True
    return all(ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found)
