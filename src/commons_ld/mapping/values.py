"""What becomes of the values of fields that no record is needed for: each the bytes of a term, or nothing."""

from __future__ import annotations

from typing import Final

from commons_ld import codes
from commons_ld.iris import MAX_LENGTH, is_plain, to_iri
from commons_ld.rdf import terms

__all__ = ["address", "country", "language", "language_tag", "media_file"]

#: Endings of addresses that are the recording itself, and not a page about it.
_MEDIA_FILES: Final = (
    *(b".aac", b".flac", b".m4a", b".mp3", b".oga", b".ogg", b".opus", b".wav"),
    *(b".m4v", b".mkv", b".mov", b".mp4", b".ogv", b".webm"),
    b".pdf",
)


def address(value: str) -> bytes | None:
    """Return the IRI of an address, such as ``https://exemple.test/``, or nothing where it is none."""
    iri = value if is_plain(value) and len(value) <= MAX_LENGTH else to_iri(value)
    return None if iri is None else f"<{iri}>".encode()


def media_file(value: str) -> bytes | None:
    """Return the IRI of an address that is a recording itself, and not a page about it."""
    term = address(value)
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
