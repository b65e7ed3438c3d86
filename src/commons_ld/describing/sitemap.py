"""Tell crawlers of the pages: ``sitemap.xml``, ``robots.txt`` and ``security.txt``.

A day stands in the sitemap (https://www.sitemaps.org/protocol.html) where the wiki tells when the page of a record
was revised; pages that gather what many records say have none, since their day would be a guess. Addresses are URIs
here, whatever characters the IRIs have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final
from xml.sax.saxutils import escape

from commons_ld.iris import IriPolicy, to_address
from commons_ld.outputs.spool import Spool
from commons_ld.settings import Settings

__all__ = ["MOST", "Sitemap", "robots", "security"]

#: How many addresses one file may hold.
MOST: Final = 50_000

_HEAD: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_XMLNS: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Sitemap:
    """The days on which records were revised.

    :param days: where they are kept, by the path of the record
    """

    def __init__(self, policy: IriPolicy, days: Spool) -> None:
        self._policy, self._days = policy, days

    def note(self, revisions: Iterable[tuple[str, str]]) -> None:
        """Note the days on which some records were revised."""
        base = self._policy.base_iri
        self._days.add((record.removeprefix(base).encode(), day.encode()) for record, day in revisions)

    def files(self, base_iri: str, pages: Iterable[str], most: int = MOST) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of each file: one, or an index and parts where there are too many addresses.

        :param pages: the names of the pages, below the base
        """
        parts, left, base = 0, iter(pages), to_address(base_iri)
        first = list(islice(left, most))
        following = list(islice(left, most))
        if not following:
            yield "sitemap.xml", self._urls(base, first)
            return
        while first:
            parts += 1
            yield f"sitemap-{parts}.xml", self._urls(base, first)
            first, following = following, list(islice(left, most))
        rows = "".join(
            f"  <sitemap><loc>{escape(base)}sitemap-{number}.xml</loc></sitemap>\n" for number in range(1, parts + 1)
        )
        yield "sitemap.xml", _HEAD + f'<sitemapindex xmlns="{_XMLNS}">\n{rows}</sitemapindex>\n'.encode()

    def _urls(self, base: str, pages: Iterable[str]) -> bytes:
        rows = "".join(f"  <url><loc>{escape(base + page)}</loc>{self._day(page)}</url>\n" for page in pages)
        return _HEAD + f'<urlset xmlns="{_XMLNS}">\n{rows}</urlset>\n'.encode()

    def _day(self, page: str) -> str:
        path = page.removesuffix(".html").removesuffix(".en")
        day = self._days.get(path.encode())
        return f"<lastmod>{escape(day.decode())}</lastmod>" if day else ""


def robots(settings: Settings) -> bytes:
    """Return ``robots.txt`` (RFC 9309): all may be read, and here is what there is."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {to_address(settings.base_iri)}sitemap.xml\n".encode()


def security(settings: Settings) -> bytes:
    """Return ``security.txt`` (RFC 9116), or nothing where the settings name no contact, or no day it stands until.

    >>> security(Settings())
    b''
    """
    about = settings.dataset
    if not about.contact or not about.contact_until:
        return b""
    lines = (
        f"Contact: mailto:{about.contact}",
        f"Expires: {about.contact_until}T00:00:00Z",
        "Preferred-Languages: fr, en",
        f"Canonical: {to_address(settings.base_iri)}.well-known/security.txt",
    )
    return "".join(f"{line}\n" for line in lines).encode()
