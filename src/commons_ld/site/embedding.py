"""The data that a page carries: its JSON-LD, short enough to go along with the page."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from commons_ld.outputs.jsonld import document, our_context
from commons_ld.outputs.statements import triples

__all__ = ["LONGEST", "embedded", "json_ld"]

#: Bytes of data that a page carries at most; a longer one goes without its notes, which its file has.
LONGEST: Final = 32_000

#: The name of a member or a class, which may be short for an IRI.
_WORD: Final = re.compile(rb'"([A-Za-z][\w-]*)(:[\w-]+)?"', re.ASCII)


def json_ld(statements: bytes, top: str) -> bytes:
    """Return statements as a document of JSON-LD.

    :param statements: N-Triples or N-Quads of one graph
    :param top: the IRI of what it is about
    """
    return document(triples(statements), top, our_context())


def embedded(data: bytes, *, has_notes: bool = True) -> bytes:
    r"""Return a document of JSON-LD on one line, with no more of its context than it uses.

    :param has_notes: whether the notes of a record may go along

    >>> embedded(b'{"@context": {"a": "http://a/", "name": "a:name", "b": "http://b/"}, "@id": "a:x", "name": "N"}')
    b'{"@context":{"a":"http://a/","name":"a:name"},"@id":"a:x","name":"N"}'
    """
    members: dict[str, Any] = msgspec.json.decode(data)
    if len(data) > LONGEST or not has_notes:
        members.pop("comment", None)
    context = members.pop("@context")
    content = msgspec.json.encode(members)
    used = _used(context, content)
    kept = {name: value for name, value in context.items() if name.startswith("@") or name in used}
    return b'{"@context":%b,%b' % (msgspec.json.encode(kept), content[1:])


def _used(context: dict[str, Any], content: bytes) -> set[str]:
    """Return the names of a context that a document uses, and those that these are made of."""
    found = set(_WORD.findall(content))
    used = {name.decode() for start, end in found for name in (start, start + end)}
    for name in sorted(used & set(context)):
        definition = context[name]
        texts = definition.values() if isinstance(definition, dict) else (definition,)
        used |= {text.partition(":")[0] for text in texts if isinstance(text, str)}
    return used
