"""The last changes as an Atom feed (RFC 4287), for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from commons_ld.feeds.paging import mark_of
from commons_ld.feeds.xml import DECLARATION, element
from commons_ld.ledger.log import Change
from commons_ld.messages import Language

__all__ = ["SHOWN", "About", "feed", "name"]

#: How many changes a feed shows.
SHOWN: Final = 50
_NS: Final = "http://www.w3.org/2005/Atom"
_TITLES: Final[dict[str, dict[Language, str]]] = {
    "create": {"fr": "Publié : {title}", "en": "Published: {title}"},
    "update": {"fr": "Modifié : {title}", "en": "Updated: {title}"},
    "rename": {"fr": "Renommé : {title}", "en": "Renamed: {title}"},
    "merge": {"fr": "Fusionné avec un autre : {title}", "en": "Merged into another: {title}"},
    "delete": {"fr": "Retiré : {title}", "en": "Withdrawn: {title}"},
}
_SUBTITLE: Final[dict[Language, str]] = {
    "fr": "Ce qui a été publié, modifié et retiré",
    "en": "What was published, updated and withdrawn",
}


class About(NamedTuple):
    """What a feed says of itself."""

    title: str
    author: str
    base_iri: str


def name(language: Language) -> str:
    """Return what the file of a feed is called.

    >>> name("fr")
    'feeds/atom.fr.xml'
    """
    return f"feeds/atom.{language}.xml"


def feed(changes: Iterable[tuple[Change, str]], about: About, language: Language) -> bytes:
    """Return the feed.

    :param changes: the newest first, each with the title of its record, or what stands for it where it is gone
    """
    own = f"{about.base_iri}{name(language)}"
    entries = [_entry(change, title, about, language) for change, title in changes]
    updated = next((at for at, _ in entries), "1970-01-01T00:00:00Z")
    head = (
        element("id", own),
        element("title", about.title),
        element("subtitle", _SUBTITLE[language]),
        element("updated", updated),
        f"<author>{element('name', about.author)}</author>",
        element("link", rel="self", href=own, type="application/atom+xml"),
        element("link", rel="alternate", href=about.base_iri),
    )
    body = "\n".join((*head, *(entry for _, entry in entries)))
    return f'{DECLARATION}<feed xmlns="{_NS}" xml:lang="{language}">\n{body}\n</feed>\n'.encode()


def _entry(change: Change, title: str, about: About, language: Language) -> tuple[str, str]:
    page = change.target or change.subject
    told = (
        element("id", f"{about.base_iri}feeds/ldes/index.ttl#v{mark_of(change)}"),
        element("title", _TITLES[change.kind][language].format(title=title)),
        element("updated", change.at),
        element("link", rel="alternate", href=page),
    )
    return change.at, f"<entry>{''.join(told)}</entry>"
