"""List the pages of a wiki that are records, tell which are gone, and fetch texts.

A list is made by a generator with the number of each page's latest revision, so that only the texts of changed
revisions are asked for. No page is taken for gone because a list lacks it: the wiki is asked about that very page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from commons_ld.errors import WikiError
from commons_ld.http_client import named
from commons_ld.rdf.syntax import is_http_iri
from commons_ld.wiki.answers import Answer, Namespace, Page, batches, pages_of
from commons_ld.wiki.client import Client
from commons_ld.wiki.words import said

__all__ = ["Crawl", "Listed", "Selection", "Site"]

#: The template that the page of a record calls, and the category that it may be in. MediaWiki takes the English
#: names of namespaces in every language (https://www.mediawiki.org/wiki/Help:Namespaces).
_TEMPLATE: Final = "Template:Objet média"
_CATEGORY: Final = "Category:Objet média"

#: As many pages as may be named in one request (https://www.mediawiki.org/wiki/API:Query#Limits).
_AT_ONCE: Final = 50

#: What is told of every page; the redirects of other namespaces may be the drafts of a person.
_PROPERTIES: Final = {
    "action": "query",
    "prop": "info|revisions|redirects",
    "inprop": "url",
    "rvprop": "ids|timestamp|sha1",
    "rdprop": "title|fragment",
    "rdlimit": "max",
}

_T = TypeVar("_T")


class Selection(NamedTuple):
    """Which pages are fetched: by default those that call the template of a record, else those of its category.

    :param categories: the categories whose pages are fetched instead, without ``Catégorie:``
    :param titles: the pages that are fetched instead, and no others looked at
    """

    categories: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


class Site(NamedTuple):
    """What a wiki says of itself.

    :param wiki: its host, as its own addresses have it
    :param time: what time it is there
    :param namespaces: the numbers of the namespaces that hold content
    """

    wiki: str
    time: str
    namespaces: tuple[int, ...]


class Listed(NamedTuple):
    """A page of the wiki, and its latest revision."""

    pageid: int
    title: str
    url: str
    revid: int
    timestamp: str
    sha1: str
    redirects: tuple[str, ...]


class Crawl:
    """Asks one wiki for the pages of one selection."""

    def __init__(self, client: Client, selection: Selection) -> None:
        self._client, self._selection = client, selection
        self.site: Final = self._site()
        self._namespaces: Final = "|".join(str(number) for number in self.site.namespaces)
        #: The titles that were named and are not there, as of the last sweep.
        self.absent: set[str] = set()

    @property
    def url(self) -> str:
        """The address that errors name."""
        return self._client.url

    # ── Lists ────────────────────────────────────────────────────────────────────────────────────────

    def sweep(self) -> dict[int, Listed]:
        """Return every page of the selection.

        :raises WikiError: if the wiki cannot be asked, or a category that was named has no page
        """
        if self._selection.titles:
            return self._named_pages(self._selection.titles)
        if self._selection.categories:
            found: dict[int, Listed] = {}
            for name in self._selection.categories:
                members = self._members(f"Category:{_bare(name)}")
                if not members:
                    # A name that is misspelt must not look as if every page had left the category.
                    raise WikiError(self.url, said("empty-category", value=_bare(name)))
                found |= members
            return found
        return self._callers() or self._members(_CATEGORY)

    def logged_deletions(self, since: str) -> set[str]:
        """Return the titles of the pages that the wiki's log says were deleted since a time, who did it aside."""
        params = {"action": "query", "list": "logevents", "letype": "delete", "leprop": "title|type|timestamp",
                  "lelimit": "max", "ledir": "newer", "lestart": since}  # fmt: skip
        titles: set[str] = set()
        for batch in self._batches(params):
            for event in batch.get("logevents") or ():
                # An entry whose title is hidden has none.
                if isinstance(event, dict) and event.get("action") == "delete":
                    titles.add(str(event.get("title", "")))
        return titles

    def still_there(self, page_ids: Collection[int]) -> dict[int, Listed]:
        """Return those of these pages that are there and in the selection; of the others the wiki says so.

        :raises WikiError: if the wiki says nothing of one of them
        """
        found: dict[int, Listed] = {}
        for some in _chunks(sorted(page_ids), _AT_ONCE):
            params = {"pageids": "|".join(map(str, some)), **self._membership()}
            told: dict[int, Page] = {}
            for batch in self._batches({**_PROPERTIES, "rdnamespace": self._namespaces} | params):
                told |= {page.pageid: page for page in pages_of(batch, self._client.url)}
            for number in some:
                page = told.get(number)
                if page is None:
                    raise WikiError(self._client.url, said("incomplete", value=f"pageid {number}"))
                listed = None if page.missing else self._listed(page)
                if listed is not None and self._selects(page):
                    found[number] = listed
                elif listed is None and not page.missing and not page.redirect and page.contentmodel == "wikitext":
                    raise WikiError(self._client.url, said("incomplete", value=f"pageid {number}"))
        return found

    def _callers(self) -> dict[int, Listed]:
        return self._generated(
            {"generator": "embeddedin", "geititle": _TEMPLATE, "geilimit": "max",
             "geifilterredir": "nonredirects", "geinamespace": self._namespaces}
        )  # fmt: skip

    def _members(self, category: str) -> dict[int, Listed]:
        return self._generated(
            {"generator": "categorymembers", "gcmtitle": category, "gcmlimit": "max", "gcmtype": "page",
             "gcmnamespace": self._namespaces}
        )  # fmt: skip

    def _named_pages(self, titles: Sequence[str]) -> dict[int, Listed]:
        found: dict[int, Listed] = {}
        self.absent = set()
        for title in dict.fromkeys(titles):
            pages = self._generated({"titles": title, "redirects": "1"})
            found |= pages
            if not pages:
                self.absent.add(" ".join(title.replace("_", " ").split()))
        return found

    def _generated(self, params: dict[str, str]) -> dict[int, Listed]:
        found: dict[int, Listed] = {}
        for batch in self._batches({**_PROPERTIES, "rdnamespace": self._namespaces} | params):
            for page in pages_of(batch, self._client.url):
                listed = self._listed(page)
                if listed is not None:
                    found[listed.pageid] = listed
        return found

    def _listed(self, page: Page) -> Listed | None:
        """Return a page that may be a record: that is there, has a text of its own, and is wikitext."""
        if page.missing or page.invalid or page.special or page.redirect or page.contentmodel != "wikitext":
            return None
        # One that was deleted while the list was being made comes without its revision.
        if not (page.pageid and page.title and page.revisions and page.revisions[0].revid):
            return None
        revision = page.revisions[0]
        url = next((url for url in (page.canonicalurl, page.fullurl) if is_http_iri(url)), "")
        if not url:
            raise WikiError(self._client.url, said("incomplete", value="canonicalurl"))
        # A redirect to one section of a page is not another name of the page.
        others = sorted({other.title for other in page.redirects if not other.fragment and other.title})
        return Listed(page.pageid, page.title, url, revision.revid, revision.timestamp, revision.sha1, tuple(others))

    def _membership(self) -> dict[str, str]:
        """Return what is asked of a page to know whether the selection has it."""
        if self._selection.titles:
            return {}
        properties = f"{_PROPERTIES['prop']}|categories"
        if self._selection.categories:
            names = "|".join(f"Category:{_bare(name)}" for name in self._selection.categories)
            return {"prop": properties, "clcategories": names, "cllimit": "max"}
        return {"prop": f"{properties}|templates", "clcategories": _CATEGORY, "cllimit": "max",
                "tltemplates": _TEMPLATE, "tllimit": "max"}  # fmt: skip

    def _selects(self, page: Page) -> bool:
        if self._selection.titles:
            return True
        return page.ns in self.site.namespaces and bool(page.templates or page.categories)

    # ── Texts ────────────────────────────────────────────────────────────────────────────────────────

    def texts(self, pages: Iterable[Listed]) -> Iterator[tuple[Listed, bytes | None]]:
        """Yield the text of each page's revision; ``None`` where the wiki hides it.

        A revision that is gone meanwhile is left out: so is its page, or it has another one.

        :raises WikiError: if the wiki cannot be asked
        """
        for some in _chunks(list(pages), _AT_ONCE):
            asked = {page.revid: page for page in some}
            params = {"action": "query", "prop": "revisions", "rvprop": "ids|content", "rvslots": "main",
                      "revids": "|".join(map(str, asked))}  # fmt: skip
            for batch in self._batches(params):
                for page in pages_of(batch, self._client.url):
                    for revision in page.revisions:
                        listed = asked.get(revision.revid)
                        if listed is None:
                            continue
                        if revision.content is None and not revision.texthidden:
                            raise WikiError(self._client.url, said("incomplete", value=f"revid {revision.revid}"))
                        text = None if revision.content is None else revision.content.encode("utf-8", "replace")
                        yield listed, text

    # ── The wiki ─────────────────────────────────────────────────────────────────────────────────────

    def _site(self) -> Site:
        told: dict[str, Any] = {}
        for batch in self._batches({"action": "query", "meta": "siteinfo", "siprop": "general|namespaces"}):
            told |= batch
        try:
            general = msgspec.convert(told.get("general", {}), dict[str, Any])
            namespaces = msgspec.convert(told.get("namespaces", []), list[Namespace])
        except msgspec.ValidationError as error:
            raise WikiError(self._client.url, said("incomplete", value=error)) from error
        content = tuple(sorted(namespace.id for namespace in namespaces if namespace.content and namespace.id >= 0))
        wiki, time = _host(self._client, str(general.get("base", ""))), str(general.get("time", ""))
        if not content or not time:
            raise WikiError(self._client.url, said("incomplete", value="siteinfo"))
        return Site(wiki, time, content)

    def _batches(self, params: dict[str, str]) -> Iterator[Answer]:
        ask: Callable[[dict[str, str]], Answer] = self._client.ask
        return batches(ask, params, self._client.url)


def _host(client: Client, base: str) -> str:
    """Return the host of a wiki as its own addresses have it, which is that of its dumps too; else the one asked."""
    url = base if is_http_iri(base) else named(client.api)
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()


def _bare(category: str) -> str:
    """Return the name of a category without its namespace, which a person may give or not.

    >>> _bare("Catégorie:Objet média"), _bare("Objet média")
    ('Objet média', 'Objet média')
    """
    prefix, colon, name = category.partition(":")
    return name.strip() if colon and prefix.strip().lower() in ("category", "catégorie") else category.strip()


def _chunks(values: Sequence[_T], size: int) -> Iterator[list[_T]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
