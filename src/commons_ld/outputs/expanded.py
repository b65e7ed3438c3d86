r"""Statements in the expanded form of JSON-LD, which needs no context, byte for byte as pyoxigraph writes them.

A text of canonical N-Triples is a string of JSON, so terms are not taken apart and made again
(https://www.w3.org/TR/json-ld11/#expanded-document-form).

>>> from commons_ld.outputs.things import things_of
>>> expanded(things_of(b'<http://a/s> <http://a/p> "eau"@fr <http://a/g> .\n'))
b'[{"@id":"http://a/s","http://a/p":[{"@language":"fr","@value":"eau"}]}]'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from commons_ld.outputs.terse import unescaped
from commons_ld.outputs.things import Thing

__all__ = ["expanded"]

#: What a string of JSON holds no more as it is, once the long escapes of N-Triples are undone (RFC 8259, section 7).
_SPECIAL: Final = re.compile(rb'[\x00-\x1f"\\]')
_SHORT: Final = {
    b'"': b'\\"',
    b"\\": b"\\\\",
    b"\b": b"\\b",
    b"\t": b"\\t",
    b"\n": b"\\n",
    b"\f": b"\\f",
    b"\r": b"\\r",
}


def expanded(apart: Iterable[Thing]) -> bytes:
    """Return a document of what is said of things, an object a thing.

    :param apart: things and properties each once, as in a block
    """
    return b"[%b]" % b",".join([b'{"@id":"' + thing.subject[1:-1] + b'"' + _said(thing) + b"}" for thing in apart])


def _said(thing: Thing) -> bytes:
    # To put parts together takes less than to fill a form, and to call nothing for an IRI.
    members = [
        b',"'
        + name[1:-1]
        + b'":['
        + b",".join([b'{"@id":"' + term[1:-1] + b'"}' if term[:1] == b"<" else _literal(term) for term in values])
        + b"]"
        for name, values in thing.said
    ]
    return b"".join(members)


def _literal(term: bytes) -> bytes:
    end = term.rindex(b'"') + 1
    text, kind = term[:end], term[end:]
    if b"\\u" in text:
        text = b'"%b"' % _SPECIAL.sub(_escape, unescaped(text[1:-1]))
    if not kind:
        return b'{"@value":' + text + b"}"
    if kind[:1] == b"@":
        return b'{"@language":"' + kind[1:] + b'","@value":' + text + b"}"
    return b'{"@type":"' + kind[3:-1] + b'","@value":' + text + b"}"


def _escape(found: re.Match[bytes]) -> bytes:
    return _SHORT.get(found[0]) or b"\\u%04x" % ord(found[0])
