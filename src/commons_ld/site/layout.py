"""Where things lie in ``site/``, the folder that holds all that a web host serves.

Whoever copies it has published everything: the data files lie in it under the names that they have in the publication,
as second names for the same bytes, and beside them the pages. The page about what ``BASE/session/x`` names is
``session/x.html`` in French, the language of the archive, and ``session/x.en.html`` in English. All links are relative,
so that the folder can lie anywhere.
"""

from __future__ import annotations

from typing import Final

from commons_ld.messages import Language
from commons_ld.outputs.generation import Generation

__all__ = ["LANGUAGES", "ROOT", "nth", "other", "page_name", "pager", "root_of", "write_data"]

#: The folder, below that of the publication.
ROOT: Final = "site/"

#: The languages of the pages; the first one needs no mark in addresses.
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")


def page_name(path: str, language: Language) -> str:
    """Return the address of a page, after the base.

    :param path: of the document, without a suffix

    >>> page_name("session/a", "fr"), page_name("index", "en")
    ('session/a.html', 'index.en.html')
    """
    return f"{path}.html" if language == LANGUAGES[0] else f"{path}.{language}.html"


def root_of(path: str) -> str:
    """Return how a page leads back to the folder of the site.

    >>> root_of("index"), root_of("concept/eau/2")
    ('', '../../')
    """
    return "../" * path.count("/")


def other(language: Language) -> Language:
    """Return the other language of the pages.

    >>> other("fr")
    'en'
    """
    return "en" if language == "fr" else "fr"


def pager(path: str, number: int, pages: int, language: Language) -> dict[str, str]:
    """Return where the page before and the page after one lead, from that page.

    >>> pager("concept/a", 2, 3, "fr")
    {'previous': '../concept/a.html', 'next': '../concept/a.3.html'}
    """
    here = nth(path, number)

    def leads(other: int) -> str:
        return root_of(here) + page_name(nth(path, other), language) if 1 <= other <= pages else ""

    return {"previous": leads(number - 1), "next": leads(number + 1)}


def nth(path: str, number: int) -> str:
    """Return the path of a page of a list.

    No name in an IRI holds a point. A folder of the name would stand in the way of what a web server chooses for it.

    >>> nth("concept/a", 1), nth("concept/a", 2)
    ('concept/a', 'concept/a.2')
    """
    return path if number == 1 else f"{path}.{number}"


def write_data(generation: Generation) -> None:
    """Give each file that was written so far its place in the site too.

    :raises PublicationError: if that cannot be done
    """
    for name in generation.names():
        if not name.startswith(ROOT) and not generation.digest(ROOT + name):
            generation.link(ROOT + name, name)
