r"""Records whose texts are tokens of JSON, as they stand in the file: a text that only passes through is not decoded.

A JSON string, quotes and all, is a string literal of N-Quads, but for what JSON alone escapes
(https://www.rfc-editor.org/rfc/rfc8259#section-7, https://www.w3.org/TR/n-quads/#grammar-production-STRING_LITERAL_QUOTE).

>>> line = b'{"title":"21.12 Un \\"essai\\""}'
>>> bytes(decode(line).title)
b'"21.12 Un \\"essai\\""'
>>> decode(line.replace(b"essai", b"\\u00e9t\\u00e9")).title
'21.12 Un "été"'
"""

from __future__ import annotations

from typing import Final

import msgspec

from commons_ld.origin import Origin
from commons_ld.rdf.terms import is_literal
from commons_ld.record import Document, Guest, Link, MediaRecord, Note

__all__ = ["TokenRecord", "decode"]

_EMPTY: Final = msgspec.Raw(b'""')
_NOWHERE: Final = Origin("")


class TokenGuest(Guest, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A guest whose biography is a token."""

    biography: msgspec.Raw = _EMPTY  # type: ignore[assignment]


class TokenDocument(Document, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A document whose title is a token."""

    title: msgspec.Raw = _EMPTY  # type: ignore[assignment]


class TokenLink(Link, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A link whose label is a token."""

    label: msgspec.Raw = _EMPTY  # type: ignore[assignment]


class TokenNote(Note, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A message whose text is a token."""

    text: msgspec.Raw = _EMPTY  # type: ignore[assignment]


class TokenRecord(MediaRecord, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A record whose texts are tokens: those that the crosswalk writes as they are, and no others."""

    origin: Origin = _NOWHERE
    title: msgspec.Raw  # type: ignore[assignment]
    description: msgspec.Raw = _EMPTY  # type: ignore[assignment]
    abstract: msgspec.Raw = _EMPTY  # type: ignore[assignment]
    notes_heading: msgspec.Raw = _EMPTY  # type: ignore[assignment]
    guests: tuple[TokenGuest, ...] = ()
    documents: tuple[TokenDocument, ...] = ()
    links: tuple[TokenLink, ...] = ()
    notes: tuple[TokenNote, ...] = ()


class _TextRecord(MediaRecord, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A record with texts, which like one with tokens may lack an origin."""

    origin: Origin = _NOWHERE


_decode_tokens: Final = msgspec.json.Decoder(TokenRecord).decode
_decode_texts: Final = msgspec.json.Decoder(_TextRecord).decode


def decode(data: bytes) -> MediaRecord:
    """Return a record that was checked and encoded by us: with tokens, or with texts where tokens are no literals.

    The JSON has the types of :class:`~commons_ld.record.MediaRecord` and is UTF-8: this is for what was written by
    :func:`msgspec.json.encode`, never for what somebody sent, which :mod:`commons_ld.sources.json_records` reads.

    :raises msgspec.ValidationError: if something else is not a record
    """
    return _decode_tokens(data) if is_literal(data) else _decode_texts(data)
