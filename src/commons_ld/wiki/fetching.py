"""Bring a folder of pages up to date with a wiki.

The folder changes only when everything is there: first the list, then the texts of the revisions that are new, then
the list once more for what was done meanwhile, then what the wiki says of each page that seems to be gone. What was
fetched waits in the state folder, so that a run that ends before that goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from commons_ld.credentials import Credentials
from commons_ld.errors import PagesVanished, SnapshotError, WikiError
from commons_ld.http_client import Note, connect, silent, user_agent
from commons_ld.messages import Language
from commons_ld.settings import Settings
from commons_ld.sources.sidecar import Sidecar, parse_sidecar, to_bytes
from commons_ld.wiki.addresses import api_of, parsed
from commons_ld.wiki.client import Client
from commons_ld.wiki.crawl import Crawl, Listed, Selection
from commons_ld.wiki.planning import Change, Plan, planned
from commons_ld.wiki.semantics import fetch_exports
from commons_ld.wiki.snapshot import (
    Journal,
    Kept,
    Snapshot,
    Staging,
    apply,
    locked,
    put_aside_name,
    read_snapshot,
    read_text,
    sha1,
)
from commons_ld.wiki.words import said

__all__ = ["Fetched", "Progress", "credentials_of", "default_folder", "fetch"]

#: How often the list is made anew because pages changed while texts were fetched.
_ROUNDS: Final = 4
#: The share of the pages that may be gone at once without asking; one always may, unless it is the last.
_BELIEVED_GONE: Final = 0.05
_MOST_TOLD: Final = 5
_SINCE: Final = "since"

#: Called with what is being done, how much of it was done since the last call, and how much there is in all.
Progress = Callable[[str, int, int], None]


def _unseen(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody how far the work is."""


class Fetched(NamedTuple):
    """What a fetch came to.

    :param changes: by title
    :param pages: how many pages of the wiki there are in the folder now
    :param texts: how many texts were asked for
    :param exports: how many exports of Semantic MediaWiki were laid beside their pages
    """

    folder: Path
    wiki: str
    changes: tuple[Change, ...]
    pages: int
    texts: int
    exports: int = 0


def credentials_of(environment: Mapping[str, str]) -> Credentials | None:
    """Return who signs in, from ``COMMONS_LD_WIKI_USER`` and ``COMMONS_LD_WIKI_PASSWORD``; ``None`` without both.

    >>> credentials_of({"COMMONS_LD_WIKI_USER": "Ana@commons"})
    """
    user, password = (environment.get(f"COMMONS_LD_WIKI_{name}", "") for name in ("USER", "PASSWORD"))
    return Credentials(user, password) if user and password else None


def default_folder(settings: Settings) -> Path:
    """Return where fetched pages lie: ``wiki/`` in the first folder of the sources.

    >>> default_folder(Settings()).as_posix()
    'data/wiki'
    """
    folders = [settings.path(name) for name in settings.sources if not settings.path(name).is_file()]
    return (folders or [settings.path("data")])[0] / "wiki"


def fetch(
    settings: Settings,
    url: str = "",
    *,
    selection: Selection = Selection(),  # noqa: B008 - a named tuple cannot change
    into: Path | None = None,
    allow_deletions: bool = False,
    with_rdf: bool = False,
    credentials: Credentials | None = None,
    progress: Progress = _unseen,
    note: Note = silent,
    http: httpx.Client | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Bring the fetched pages up to date with the wiki.

    :param url: the address of any page of the wiki; by default that of the setting ``wiki.page_url``
    :param selection: which pages; by default the categories of the settings, else those that call the template
    :param into: the folder of the pages; by default :func:`default_folder`
    :param allow_deletions: remove the files of pages that are gone, however many they are
    :param with_rdf: lay beside each page what Semantic MediaWiki exports of it, too
    :param credentials: who signs in, where the wiki is not read by everybody
    :param note: told of what does not stop the work
    :param http: the connection, for one with other time-outs; see :func:`commons_ld.wiki.client.connect`
    :raises WikiError: if the wiki cannot be reached or answers wrongly; the folder is then as it was
    :raises PagesVanished: if more pages are gone at once than is believed
    :raises SnapshotError: if the folder cannot be written, or another fetch is at work there
    """
    given = url or settings.wiki.page_url.partition("{title}")[0]
    if not given:
        raise WikiError("wiki.page_url", said("no-address"))
    address = parsed(given)
    folder = into or default_folder(settings)
    if not _is_source(folder, settings):
        note(said("outside", value=folder))
    if not selection.categories and not selection.titles:
        selection = selection._replace(categories=settings.wiki.categories)
    with locked(folder):
        staging = Staging(_staging_folder(settings, folder))
        if apply(folder, staging):
            note(said("finished"))
        if not staging.meta(_SINCE) and not (settings.dataset.contact or settings.dataset.homepage):
            note(said("no-contact"))
        connection = http or connect(user_agent(settings))
        try:
            client = Client(connection, address, credentials=credentials, sleep=sleep, note=note)
            client.api = api_of(client, address)
            client.sign_in()
            run = _Run(Crawl(client, selection), selection, folder, staging, progress, note)
            fetched = run.fetch(allow_deletions=allow_deletions)
            if not with_rdf:
                return fetched
            lying = read_snapshot(folder, fetched.wiki).pages
            return fetched._replace(exports=fetch_exports(client, folder, lying, note))
        finally:
            if http is None:
                connection.close()


def _is_source(folder: Path, settings: Settings) -> bool:
    return any(folder.resolve().is_relative_to(settings.path(name).resolve()) for name in settings.sources)


def _staging_folder(settings: Settings, folder: Path) -> Path:
    # One for each folder of pages, however it is named.
    key = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return settings.path(settings.state) / "fetch" / key


class _Run:
    """One fetch: what it asks, what lies in the folder, and what it has so far."""

    def __init__(
        self, crawl: Crawl, selection: Selection, folder: Path, staging: Staging, progress: Progress, note: Note
    ) -> None:
        self._crawl, self._selection, self._url = crawl, selection, crawl.url
        self._folder, self._staging = folder, staging
        self._progress, self._note = progress, note
        self._snapshot: Final[Snapshot] = read_snapshot(folder, crawl.site.wiki)
        #: Of a page that is there twice, the first whose text is as it was fetched.
        self._known: Final[dict[int, Kept]] = {}
        for kept in sorted(self._snapshot.pages, key=lambda kept: (not kept.intact, kept.stem)):
            self._known.setdefault(kept.sidecar.pageid, kept)
        self._texts = 0
        self._hidden: set[int] = set()

    def fetch(self, *, allow_deletions: bool) -> Fetched:
        listing = self._list()
        for _ in range(_ROUNDS):
            missing = [page for page in listing.values() if not self._has_text(page)]
            if not missing:
                break
            self._get(missing)
            # What was edited, moved or deleted while the texts came is seen now.
            listing = self._list()
        listing = self._without_logged_deletions(listing)
        plan = self._plan(listing)
        self._check(plan, allow_deletions=allow_deletions)
        self._carry_out(plan)
        return Fetched(self._folder, self._crawl.site.wiki, plan.changes, len(plan.pages), self._texts)

    # ── What the wiki has ────────────────────────────────────────────────────────────────────────────

    def _list(self) -> dict[int, Listed]:
        """Return the pages of the selection, after asking about each that the list lacks and that was there."""
        listing = self._crawl.sweep()
        gone = self._expected() - listing.keys()
        if gone:
            listing |= self._crawl.still_there(gone)
        if not listing and not self._known:
            raise WikiError(self._url, self._nothing())
        for title in sorted(self._crawl.absent):
            if not any(title in (page.title, *page.redirects) for page in self._sidecars()):
                raise WikiError(self._url, said("no-title", value=title))
        return {number: page for number, page in listing.items() if number not in self._hidden}

    def _expected(self) -> set[int]:
        """Return the numbers of the pages that a list of the selection would have, had nothing changed."""
        if not self._selection.titles:
            return set(self._known)
        return {page.pageid for page in self._sidecars() if self._crawl.absent & {page.title, *page.redirects}}

    def _sidecars(self) -> Iterable[Sidecar]:
        return (kept.sidecar for kept in self._known.values())

    def _nothing(self) -> dict[Language, str]:
        if self._selection.titles:
            return said("no-title", value=self._selection.titles[0])
        return said("no-pages")

    def _without_logged_deletions(self, listing: dict[int, Listed]) -> dict[int, Listed]:
        """Ask about the pages that the log says were deleted, though a list may still have them."""
        titles = self._crawl.logged_deletions(self._staging.meta(_SINCE) or self._crawl.site.time)
        doubtful = {number for number, page in listing.items() if page.title in titles}
        if not doubtful:
            return listing
        there = self._crawl.still_there(doubtful)
        return {number: page for number, page in listing.items() if number not in doubtful or number in there}

    def _get(self, pages: list[Listed]) -> None:
        self._texts += len(pages)
        for page, text in self._crawl.texts(pages):
            if text is None:
                self._hidden.add(page.pageid)
                self._note(said("hidden", value=page.title))
            else:
                self._staging.put(page.pageid, page.revid, text)
            self._progress("fetching", 1, len(pages))

    # ── What becomes of the folder ───────────────────────────────────────────────────────────────────

    def _has_text(self, page: Listed) -> bool:
        """Tell whether the text of a revision is here: fetched, or known to be the one that lies in the folder."""
        return self._kept_sha1(page) != "" or self._staging.get(page.pageid, page.revid) is not None

    def _kept_sha1(self, page: Listed) -> str:
        """Return the ``sha1`` of the text in the folder if it is that of this revision, or ``""``."""
        kept = self._known.get(page.pageid)
        if kept is None or not kept.intact:
            return ""
        # A move or a protection makes a new revision of the same text.
        return kept.sha1 if page.revid == kept.sidecar.revid or page.sha1 == kept.sha1 else ""

    def _plan(self, listing: dict[int, Listed]) -> Plan:
        gone = self._expected() - listing.keys()
        pages = {number: kept.sidecar for number, kept in self._known.items() if number not in gone}
        moving = 0
        for number, page in listing.items():
            staged = self._staging.get(number, page.revid)
            digest = sha1(staged) if staged is not None else self._kept_sha1(page)
            if digest:
                pages[number] = self._sidecar(page, digest)
            else:
                moving += 1
        if moving:
            self._note(said("still-moving", value=moving))
        return planned(self._snapshot, self._known, pages, listing.keys())

    def _sidecar(self, page: Listed, digest: str) -> Sidecar:
        try:
            told = Sidecar(
                self._crawl.site.wiki, page.pageid, page.title, page.url, page.revid, page.timestamp, digest,
                page.redirects,
            )  # fmt: skip
            # What is written must be read again.
            return parse_sidecar(to_bytes(told))
        except ValueError as error:
            raise WikiError(self._url, said("incomplete", value=f"pageid {page.pageid}: {error}")) from error

    def _check(self, plan: Plan, *, allow_deletions: bool) -> None:
        gone = sorted(self._known[number].sidecar.title for number in self._known if number not in plan.pages)
        if gone and not allow_deletions and (len(gone) > max(1, _BELIEVED_GONE * len(self._known)) or not plan.pages):
            told = ", ".join(gone[:_MOST_TOLD]) + (" …" if len(gone) > _MOST_TOLD else "")
            problem = said("vanished", value=len(gone), known=len(self._known), titles=told)
            raise PagesVanished(str(self._folder), problem, gone=tuple(gone), known=len(self._known))

    def _carry_out(self, plan: Plan) -> None:
        journal = plan.journal
        for put in journal.put:
            number, revision = put.sidecar.pageid, put.sidecar.revid
            if self._staging.get(number, revision) is None:
                text = read_text(self._folder, self._known[number])
                if text is None:
                    raise SnapshotError(self._folder, said("touched", value=put.stem))
                self._staging.put(number, revision, text)
        if journal != Journal():
            apply(self._folder, self._staging, journal, lambda: self._progress("saving", 1, len(journal.put)))
        for stem, _ in journal.aside:
            self._note(said("put-aside", value=f"{stem}.wiki", kept=put_aside_name(stem)))
        self._staging.clear()
        self._staging.set_meta(_SINCE, self._crawl.site.time)
