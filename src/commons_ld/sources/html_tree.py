"""Parse the bytes of a saved HTML page into a tree, within limits.

What a hostile page could do to a parser is bounded here: its size, its depth (libxml2 ends at 256 elements), the length
of its texts. Nothing is fetched and no script is run.
"""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from lxml import etree

from commons_ld.errors import MalformedSource
from commons_ld.origin import Origin
from commons_ld.sources.decoding import read_text

__all__ = ["class_names", "parse"]

#: A charset is declared within so many bytes (https://html.spec.whatwg.org/#charset).
_DECLARED_WITHIN: Final = 1024
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s?=\s?[\"']?\s?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
#: What pages in French declare, besides UTF-8: all of it is read as windows-1252 (https://encoding.spec.whatwg.org).
_WESTERN: Final = frozenset({"iso-8859-1", "iso8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252"})


def parse(stream: BinaryIO, origin: Origin) -> tuple[etree._Element, int]:
    """Return the root of a page, and how many characters were dropped from it because no output can carry them.

    :raises MalformedSource: if the page cannot be read as text, as :func:`~commons_ld.sources.decoding.read_text`
        says, is no HTML, or is nested deeper than any page is
    """
    text, dropped = read_text(stream, origin, declared=_declared)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=False, remove_pis=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        # The words of the parser may hold what stands on the page.
        raise MalformedSource("not-html", origin=origin.at(line=error.lineno or 0)) from error
    for entry in parser.error_log.filter_from_fatals():
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            raise MalformedSource("deep-html", origin=origin.at(line=entry.line))
    if root is None or root.find("body") is None:
        raise MalformedSource("not-html", origin=origin)
    return root, dropped


def _declared(data: bytes) -> str:
    """Return the codec of the charset that a page declares; UTF-8 where it declares none that we know."""
    match = _CHARSET.search(data[:_DECLARED_WITHIN])
    return "cp1252" if match and match[1].decode().lower() in _WESTERN else "utf-8-sig"


def class_names(element: etree._Element) -> frozenset[str]:
    """Return the classes of an element.

    >>> sorted(class_names(etree.fromstring('<p class="external  text"/>')))
    ['external', 'text']
    """
    return frozenset((element.get("class") or "").split())
