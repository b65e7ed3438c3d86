"""What a reader sees where there is nothing: a page in the frame of the site, and one that any web host can show."""

from __future__ import annotations

from html import escape
from typing import Final

from commons_ld.bare_page import bare_page
from commons_ld.messages import Language
from commons_ld.site.layout import LANGUAGES, page_name, root_of
from commons_ld.site.pages import Frame, render
from commons_ld.site.words import WORDS

__all__ = ["MISSING", "any_missing_page", "missing_page"]

#: The page for web hosts, below the site: the name that they look for.
MISSING: Final = "404.html"


def missing_page(frame: Frame, path: str, language: Language) -> str:
    """Return the page for a path at which there is nothing.

    :param frame: what the archive is called, and whether it has a site
    :param path: after the base; nothing of it but its depth comes into the page
    """
    # No address of a page that is not there is told, and its other language is that of the home page.
    place = frame._replace(base_iri="", path="./" * path.count("/") + "index")
    words = WORDS[language]
    home = root_of(path) + (page_name("index", language) if frame.has_site else "search")
    return render("missing.html", place, language, title=words["missing"], home=home)


def any_missing_page(base_iri: str) -> str:
    """Return the page that a web host shows at any address where there is nothing: its own style, and absolute links.

    >>> "https://example.org/index.en.html" in any_missing_page("https://example.org/")
    True
    """
    french, english = (
        f"<{heading}>{words['missing']}</{heading}>\n<p>{words['missing_why']}</p>\n"
        f'<p><a href="{escape(base_iri + page_name("index", language))}">{words["missing_home"]}</a></p>\n'
        for heading, language in (("h1", LANGUAGES[0]), ("h2", LANGUAGES[1]))
        for words in [WORDS[language]]
    )
    return bare_page(f"{WORDS['fr']['missing']} – {WORDS['en']['missing']}", french, english)
