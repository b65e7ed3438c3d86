"""What a reader sees where there is nothing: a page in the frame of the site, and one that any web host can show."""

from __future__ import annotations

from html import escape
from typing import Final

from commons_ld.messages import Language
from commons_ld.site.layout import page_name, root_of
from commons_ld.site.pages import Frame, assets, render
from commons_ld.site.words import WORDS

__all__ = ["MISSING", "any_missing_page", "missing_page"]

#: The page for web hosts, below the site: the name that they look for.
MISSING: Final = "404.html"

_PAGE: Final = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{fr[missing]} – {en[missing]}</title>
<link rel="stylesheet" href="{style}">
</head>
<body>
<main>
<h1>{fr[missing]}</h1>
<p>{fr[missing_why]}</p>
<p><a href="{home_fr}">{fr[missing_home]}</a></p>
<section lang="en">
<h2>{en[missing]}</h2>
<p>{en[missing_why]}</p>
<p><a href="{home_en}">{en[missing_home]}</a></p>
</section>
</main>
</body>
</html>
"""


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
    """Return the page that a web host shows at any address where there is nothing, so that its links are absolute.

    >>> "https://example.org/index.en.html" in any_missing_page("https://example.org/")
    True
    """
    # Below a base that ends in # there are no addresses: then the root of the host is the best guess.
    base = base_iri if base_iri.endswith("/") else "/"
    return _PAGE.format(
        fr=WORDS["fr"],
        en=WORDS["en"],
        style=escape(base + assets().marks["site.css"]),
        home_fr=escape(base + page_name("index", "fr")),
        home_en=escape(base + page_name("index", "en")),
    )
