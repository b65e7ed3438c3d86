"""Where pages and files lie in the site: each thing at the path of its IRI, with a suffix for the kind of document."""

from __future__ import annotations

from typing import Final, get_args

from commons_ld.messages import Language

__all__ = ["LANGUAGES", "MAIN", "SITE", "nice_name", "other", "page_name", "relative"]

#: The folder of the site in a publication.
SITE: Final = "site"

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

#: The language whose pages have no language in their name.
MAIN: Final[Language] = "fr"


def page_name(path: str, language: Language) -> str:
    """Return the name of the page of a path.

    >>> page_name("session/21-12-plaidoyer-2022", "fr"), page_name("index", "en")
    ('session/21-12-plaidoyer-2022.html', 'index.en.html')
    """
    return f"{path}.html" if language == MAIN else f"{path}.{language}.html"


def other(language: Language) -> Language:
    """Return the other language."""
    return LANGUAGES[1 - LANGUAGES.index(language)]


def relative(path: str) -> str:
    """Return what leads from the page of a path to the top of the site.

    >>> relative("index"), relative("session/21-12-plaidoyer-2022")
    ('', '../')
    """
    return "../" * path.count("/")


def nice_name(iri: str) -> str:
    """Return an address as a person reads it: without scheme, ``www.`` and a slash at the end, and not too long.

    >>> nice_name("https://www.example.org/")
    'example.org'
    """
    name = iri.partition("://")[2].removeprefix("www.").rstrip("/") or iri
    return name if len(name) <= 70 else f"{name[:69]}…"
