"""What may stand in an IRI, a literal and a language tag, by the grammars of RDF 1.1 and BCP 47."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_http_iri", "is_iri", "is_language_tag", "unescaped"]

#: RDF 1.1 N-Quads, rule IRIREF: what ends an IRI, or cannot be in one.
_NOT_IN_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`]')
#: A scheme, and a host.
_HTTP: Final = re.compile(r"https?://[^/?#:]")
#: RDF 1.1 N-Triples, rules ECHAR and UCHAR.
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_LANGUAGE_TAG: Final = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")


def is_iri(text: str) -> bool:
    """Tell whether ``text`` can stand between angle brackets.

    >>> is_iri("https://exemple.test/a"), is_iri("a> <b")
    (True, False)
    """
    return _NOT_IN_IRI.search(text) is None


def is_http_iri(text: str) -> bool:
    """Tell whether ``text`` is an absolute http or https IRI.

    >>> is_http_iri("https://exemple.test/"), is_http_iri("CC0"), is_http_iri("https://")
    (True, False, False)
    """
    return _HTTP.match(text) is not None and is_iri(text)


def is_language_tag(tag: str) -> bool:
    """Tell whether ``tag`` is a language tag in lower case.

    >>> is_language_tag("fr-ca"), is_language_tag("français")
    (True, False)
    """
    return _LANGUAGE_TAG.fullmatch(tag) is not None


def unescaped(text: str) -> str:
    r"""Return what a string of N-Triples says, given without its quotes.

    >>> unescaped(r"\u00e0 la \"une\"")
    'à la "une"'
    """
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(found[3], found[3])
