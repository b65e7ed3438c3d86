"""A site for tests: every page of it, taken apart by a parser that is none of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

from commons_ld.site.missing import MISSING

__all__ = ["broken_links", "pages", "parsed", "texts"]


def pages(site: Path) -> Iterator[Path]:
    """Yield every page that the site made: the report and the page for what is not there have tests of their own."""
    return (path for path in sorted(site.rglob("*.html")) if path.parent.name != "report" and path.name != MISSING)


def parsed(path: Path) -> html.HtmlElement:
    """Return the tree of a page."""
    return html.fromstring(path.read_bytes())


def texts(page: html.HtmlElement, path: str) -> list[str]:
    """Return the text of the elements at a path."""
    return [" ".join(found.text_content().split()) for found in page.iterfind(path)]


def broken_links(site: Path) -> set[tuple[str, str]]:
    """Return page and address of each link within the site that leads to no file, or to no place in its page.

    The page for what is not there has none: it is shown at any address.
    """
    broken, places = set(), {}
    for path in sorted(site.rglob("*.html")):
        if path.name == MISSING:
            continue
        for attribute in ("href", "src"):
            for element in parsed(path).iterfind(f".//*[@{attribute}]"):
                link = str(element.get(attribute))
                parts = urlsplit(link)
                if parts.scheme or parts.netloc:
                    continue
                target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
                if target.suffix == ".html" and parts.fragment:
                    if target not in places:
                        places[target] = {str(found.get("id")) for found in parsed(target).iterfind(".//*[@id]")}
                    if parts.fragment not in places[target]:
                        broken.add((path.name, link))
                if not target.is_file() or not target.is_relative_to(site.resolve()):
                    broken.add((path.name, link))
    return broken
