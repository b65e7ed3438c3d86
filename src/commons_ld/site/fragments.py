"""The pieces that pages have many of, made without a template: links, paragraphs, lines of lists.

Each escapes what it is given, and returns text that stands in a page as it is. A macro of Jinja2 takes several times as
long, and a page has hundreds of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from commons_ld.memo import Memo
from commons_ld.messages import Language
from commons_ld.site.escaping import escaped
from commons_ld.site.gathering import Entry
from commons_ld.site.layout import page_name
from commons_ld.site.record_view import Link
from commons_ld.site.told import Text
from commons_ld.site.words import WORDS, day, length

__all__ = ["all_linked", "entry", "linked", "paragraphs", "spoken", "turned"]


def linked(link: Link) -> str:
    """Return a name that leads where it leads, or nowhere.

    >>> linked(Link("<b>", "a.html", "fr")), linked(Link("b"))
    ('<a href="a.html" lang="fr"><bdi>&lt;b&gt;</bdi></a>', '<bdi>b</bdi>')
    """
    return _LINKED[link] if len(link.text) + len(link.href) < _SHORT else _linked(link)


def _linked(link: Link) -> str:
    lang = f' lang="{escaped(link.language)}"' if link.language else ""
    if not link.href:
        return f"<bdi{lang}>{escaped(link.text)}</bdi>"
    return f'<a href="{escaped(link.href)}"{lang}><bdi>{escaped(link.text)}</bdi></a>'


def all_linked(links: Iterable[Link]) -> str:
    """Return names one after the other."""
    return ", ".join(map(linked, links))


def paragraphs(texts: Iterable[Text], language: Language) -> str:
    r"""Return texts as paragraphs, each with its language where that is another than the page's.

    >>> paragraphs([Text("a\n\n<b>", "fr")], "fr")
    '<p dir="auto">a</p>\n<p dir="auto">&lt;b&gt;</p>\n'
    """
    parts = []
    for text in texts:
        tongue = text.differs(language)
        lang = f' lang="{escaped(tongue)}"' if tongue else ""
        parts += [f'<p{lang} dir="auto">{part}</p>\n' for part in _PARAGRAPHS[text.text]]
    return "".join(parts)


def _paragraphs(text: str) -> list[str]:
    return [escaped(part.strip()) for part in text.split("\n\n") if part.strip()]


@lru_cache(maxsize=1024)
def spoken(roles: tuple[str, ...], language: Language) -> str:
    """Return the roles that a thing has in a record: that somebody took part goes without saying where more is told.

    >>> spoken(("contributor", "guest"), "en")
    '<span class="guest">Guest</span>'
    """
    words = WORDS[language]
    told = [role for role in roles if role != "contributor"] or roles
    parts = [f'<span class="{role}">{escaped(words.get(role) or words[f"as_{role}"])}</span>' for role in told]
    return ", ".join(parts)


def turned(links: Mapping[str, str], number: int, pages: int, language: Language) -> str:
    """Return how one turns from a page of several to the one before and the one after; nothing of a single one.

    >>> turned({"previous": "", "next": "a.2.html"}, 1, 1, "en")
    ''
    """
    if pages < 2:
        return ""
    words = WORDS[language]
    before, after = escaped(links["previous"]), escaped(links["next"])
    here = words["page_of"].replace("{page}", str(number)).replace("{pages}", str(pages))
    return (
        f'<nav class="pager" aria-label="{escaped(words["pages_nav"])}">\n'
        + (f'<a rel="prev" href="{before}">← {escaped(words["previous"])}</a>' if before else "")
        + f"<span>{escaped(here)}</span>\n"
        + (f'<a rel="next" href="{after}">{escaped(words["next"])} →</a>' if after else "")
        + "</nav>\n"
    )


def entry(row: Entry, language: Language, root: str, level: str = "h3") -> str:
    """Return the line of a record in a list: its title, its day, how long it lasts.

    :param level: the element of its title
    """
    return _ENTRIES[row, language, root, level] if len(row.title) < _SHORT else _entry(row, language, root, level)


def _entry(row: Entry, language: Language, root: str, level: str) -> str:
    lang = f' lang="{escaped(row.language)}"' if row.language not in ("", "und", language) else ""
    href = escaped(root + page_name(f"{row.kind}/{row.slug}", language))
    when = f'<time datetime="{escaped(row.date[:10])}">{escaped(day(row.date, language))}</time>' if row.date else ""
    lasting = escaped(length(row.seconds))
    return (
        f'<{level}><a href="{href}"{lang}><bdi>{escaped(row.title or row.slug)}</bdi></a></{level}>\n'
        f'<p class="quiet">{when}{" · " if when and lasting else ""}{lasting}</p>'
    )


#: What many pages lead to, and what the pages of a record in other languages show too.
_LINKED: Final[Memo[Link, str]] = Memo(_linked, 8192)
_PARAGRAPHS: Final[Memo[str, list[str]]] = Memo(_paragraphs, 64)
#: Lines of records, which stand in the list of each thing that they speak of.
_ENTRIES: Final[Memo[tuple[Entry, Language, str, str], str]] = Memo(lambda line: _entry(*line), 16384)
_SHORT: Final = 400
