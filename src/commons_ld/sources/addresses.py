"""Find the web addresses in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Address", "broken_address", "find_addresses", "label_beside"]

#: What no address holds as it is (RFC 3986, appendix C), and the quotation marks that stand around one.
_ADDRESS: Final = re.compile(r"""https?://[^\s<>"{}|\\^`\[\]«»“”]+""", re.IGNORECASE)
#: What ends the sentence and not the address.
_TRAILING: Final = frozenset(".,;:!?'’…*_)")
#: What was meant to be an address: a scheme that is misspelt, or cut, or no scheme at all.
_BROKEN: Final = re.compile(r"(?<!\w)(?:[a-z]{2,8}:/{1,3}|www\.)[^\s/<>\"«»“”][^\s<>\"«»“”]*", re.IGNORECASE)
_AROUND_LABEL: Final = " \t\u00a0\u202f-–—:•*,;|"


class Address(NamedTuple):
    """An address, and where it stands in the text."""

    url: str
    start: int
    end: int


def find_addresses(text: str) -> Iterator[Address]:
    """Yield the addresses of ``text`` in order, without the punctuation of the sentence they stand in.

    >>> [address.url for address in find_addresses("Voir (https://exemple.org/a_(b)). Ou http://exemple.org !")]
    ['https://exemple.org/a_(b)', 'http://exemple.org']
    """
    if "://" not in text:
        return
    for match in _ADDRESS.finditer(text):
        start, end = match.span()
        # A closing bracket belongs to the address only if the opening one does. Counted once, so that
        # a million closing brackets cost a million steps.
        unopened = text.count(")", start, end) - text.count("(", start, end)
        while text[end - 1] in _TRAILING and (text[end - 1] != ")" or unopened > 0):
            unopened -= text[end - 1] == ")"
            end -= 1
        url = text[start:end]
        if url[url.find(":") + 1 :].strip("/"):
            yield Address(url, start, end)


def label_beside(text: str, address: Address) -> str:
    """Return what a line says of the address in it: what follows it, else what comes before.

    >>> line = "02/12/21 https://exemple.org - Une coopérative"
    >>> label_beside(line, next(find_addresses(line)))
    'Une coopérative'
    """
    return text[address.end :].strip(_AROUND_LABEL) or text[: address.start].strip(_AROUND_LABEL)


def broken_address(text: str) -> Address | None:
    """Return what is meant as an address in a text that has none, and is none; ``None`` where nothing is.

    >>> [found and found.url for found in map(broken_address, ["Le guide htp:/exemple.org/a.pdf.", "Voir : et/ou"])]
    ['htp:/exemple.org/a.pdf', None]
    """
    match = _BROKEN.search(text) if "/" in text or "www." in text.lower() else None
    if match is None:
        return None
    url = match[0].rstrip("".join(_TRAILING))
    return Address(url, match.start(), match.start() + len(url))
