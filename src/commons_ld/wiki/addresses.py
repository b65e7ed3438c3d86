"""Find the interface of a wiki from the address of one of its pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

import httpx

from commons_ld.errors import WikiError
from commons_ld.http_client import Response, named, same_host
from commons_ld.wiki.client import Client
from commons_ld.wiki.words import said

__all__ = ["api_of", "parsed"]

#: The head of a page is at its beginning; more is not looked at.
_HEAD: Final = 512 * 1024
_LINK: Final = re.compile(r"<link\s([^<>]{1,2000})>", re.IGNORECASE)
_HREF: Final = re.compile(r"""href\s?=\s?(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
#: Where wikis have it that do not say so (https://www.mediawiki.org/wiki/API:Main_page#Endpoint).
_USUAL: Final = ("/w/api.php", "/api.php", "/wiki/api.php")


def parsed(address: str) -> httpx.URL:
    """Return what a person gave as the address of a wiki, as one that can be asked.

    :raises WikiError: if it is none, or holds a name or a password

    >>> str(parsed("wiki.exemple.test/index.php/Accueil"))
    'https://wiki.exemple.test/index.php/Accueil'
    """
    try:
        url = httpx.URL(address if "://" in address else f"https://{address}")
    except httpx.InvalidURL:
        raise WikiError("--", said("bad-address")) from None
    if url.userinfo:
        raise WikiError(named(url), said("address-with-password"))
    if url.scheme not in ("http", "https") or not url.host:
        raise WikiError(named(url), said("bad-address"))
    return url.copy_with(fragment=None)


def api_of(client: Client, url: httpx.URL) -> httpx.URL:
    """Return the address of ``api.php``, given that of any page of the wiki, of ``index.php`` or of ``api.php``.

    A page tells it in its head (``EditURI``, https://www.mediawiki.org/wiki/API:Rsd); where it does not, the usual
    places are tried.

    :raises WikiError: if there is none, or it is on another host
    """
    if url.path.endswith("api.php"):
        return url.copy_with(query=None)
    before, index, _ = url.path.partition("index.php")
    if index:
        beside = url.copy_with(path=f"{before}api.php", query=None)
        if client.is_api(beside):
            return beside
    page = client.get(url)
    for candidate in _candidates(page):
        if client.is_api(candidate):
            return candidate
    raise WikiError(named(url), said("no-api"))


def _candidates(page: Response) -> Iterator[httpx.URL]:
    told = _told(page)
    if told is not None:
        if not same_host(page.url, told):
            raise WikiError(named(page.url), said("other-host", value=named(told)))
        yield told
    folder = page.url.path.rpartition("/")[0]
    for path in dict.fromkeys((f"{folder}/api.php", *_USUAL)):
        yield page.url.copy_with(path=path, query=None)


def _told(page: Response) -> httpx.URL | None:
    """Return the address that the head of a page gives, or ``None``."""
    head = page.body[:_HEAD].decode("utf-8", "replace")
    for link in _LINK.finditer(head):
        address = _HREF.search(link[1])
        if "edituri" in link[1].lower() and address:
            try:
                return page.url.join(html.unescape(address[1] or address[2])).copy_with(query=None, fragment=None)
            except httpx.InvalidURL:
                return None
    return None
