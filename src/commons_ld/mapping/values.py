"""What becomes of the values of fields that no record is needed for: each the bytes of a term, or nothing."""

from __future__ import annotations

import re
from typing import Final

from commons_ld import codes
from commons_ld.iris import MAX_LENGTH, is_plain, to_iri
from commons_ld.rdf import terms

__all__ = ["address", "country", "language", "language_tag", "media_file", "spaced_address"]

#: Endings of addresses that are the recording itself, and not a page about it.
_MEDIA_FILES: Final = (
    *(b".aac", b".flac", b".m4a", b".mp3", b".oga", b".ogg", b".opus", b".wav"),
    *(b".m4v", b".mkv", b".mov", b".mp4", b".ogv", b".webm"),
    b".pdf",
)


#: Where a second address begins.
_SECOND: Final = re.compile(r"\s+(?=https?://)", re.IGNORECASE)


def address(value: str) -> bytes | None:
    """Return the IRI of an address, such as ``https://exemple.test/``, or nothing where it is none, or has a blank."""
    if is_plain(value) and len(value) <= MAX_LENGTH:
        return f"<{value}>".encode()
    iri = to_iri(value) if len(value.split()) == 1 else None
    return None if iri is None else f"<{iri}>".encode()


def spaced_address(value: str) -> bytes | None:
    """Return the IRI of the first address of a value that has blanks, where it begins with one: they are encoded in it.

    >>> spaced_address("https://exemple.test/1 https://exemple.test/2")
    b'<https://exemple.test/1>'
    >>> spaced_address("https://exemple.test/Un livret.pdf")
    b'<https://exemple.test/Un%20livret.pdf>'
    """
    iri = to_iri(_SECOND.split(value.strip(), maxsplit=1)[0].rstrip(",;|"))
    return None if iri is None else f"<{iri}>".encode()


def media_file(value: str) -> bytes | None:
    """Return the IRI of an address that is a recording itself, and not a page about it."""
    term = address(value) or spaced_address(value)
    if term is None:
        return None
    path = term[1:-1].partition(b"#")[0].partition(b"?")[0]
    return term if path.lower().endswith(_MEDIA_FILES) else None


def language(name: str) -> bytes | None:
    """Return the IRI of a language, by its name or code."""
    known = codes.language(name)
    return None if known is None else terms.iri(known.authority)


def language_tag(name: str) -> bytes | None:
    """Return the tag of a language, by its name or code."""
    known = codes.language(name)
    return None if known is None else terms.string(known.alpha2)


def country(name: str) -> bytes | None:
    """Return the IRI of a country, by its name or code."""
    known = codes.country(name)
    return None if known is None else terms.iri(known.authority)
