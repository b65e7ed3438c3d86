"""XML of our own, written piece by piece, with what XML 1.0 cannot hold left out."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

__all__ = ["DECLARATION", "element", "text"]

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
#: What is no character of XML (https://www.w3.org/TR/xml/#charsets).
_NO_CHARACTER: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """Return a text as it may stand between tags.

    >>> text("a < b" + chr(11) + "!")
    'a &lt; b!'
    """
    return escape(_NO_CHARACTER.sub("", value))


def element(name: str, value: str = "", **attributes: str) -> str:
    """Return an element that holds a text; ``_`` in the name of an attribute stands for ``:``.

    >>> element("dc:title", "Eau & terre", xml_lang="fr")
    '<dc:title xml:lang="fr">Eau &amp; terre</dc:title>'
    """
    told = "".join(
        f" {key.rstrip('_').replace('_', ':')}={quoteattr(_NO_CHARACTER.sub('', given))}"
        for key, given in attributes.items()
        if given
    )
    return f"<{name}{told}>{text(value)}</{name}>" if value else f"<{name}{told}/>"
