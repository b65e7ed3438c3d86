"""The data that a page carries: its JSON-LD, short enough to go along with the page."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import msgspec

from commons_ld.memo import Memo
from commons_ld.outputs.jsonld import our_context

__all__ = ["LONGEST", "embedded"]

#: Bytes of data that a page carries at most; a longer one goes without its notes, which its file has.
LONGEST: Final = 32_000

#: The name of a member or a class, which may be short for an IRI.
_WORD: Final = re.compile(rb'"([A-Za-z][\w-]*(?::[\w-]+)?)"', re.ASCII)


def embedded(data: bytes, *, has_notes: bool = True, content: bytes = b"") -> bytes:
    r"""Return a document of JSON-LD on one line, with no more of its context than it uses.

    :param has_notes: whether the notes of a record may go along
    :param content: the document on one line without its context, which is ours, if that is at hand: it is read no more

    >>> embedded(b'{"@context": {"a": "http://a/", "name": "a:name", "b": "http://b/"}, "@id": "a:x", "name": "N"}')
    b'{"@context":{"a":"http://a/","name":"a:name"},"@id":"a:x","name":"N"}'
    """
    is_whole = has_notes and len(data) <= LONGEST
    if content and is_whole:
        context = _context(our_context().encoded)
    else:
        # The blanks go, and no value is read, but that of the context, which is the same again and again.
        members = msgspec.json.decode(msgspec.json.format(data, indent=-1), type=dict[str, msgspec.Raw])
        if not is_whole:
            members.pop("comment", None)
        context = _context(bytes(members.pop("@context")))
        content = msgspec.json.encode(members)
    words = set(_WORD.findall(content))
    words |= {word[: word.index(b":")] for word in words if b":" in word}
    return b'{"@context":%b,%b' % (context.of[context.names & words], content[1:])


class _Context:
    """The context of documents.

    :param encoded: as JSON
    """

    def __init__(self, encoded: bytes) -> None:
        self._definitions: Final[dict[str, Any]] = msgspec.json.decode(encoded)
        #: What it says of some of its names, and of those that they are made of.
        self.of: Final[Memo[frozenset[bytes], bytes]] = Memo(self._part, 1024)
        self.names: Final = frozenset(name.encode() for name in self._definitions)

    def _part(self, names: frozenset[bytes]) -> bytes:
        used = {name.decode() for name in names}
        for name in sorted(used):
            definition = self._definitions[name]
            texts = definition.values() if isinstance(definition, dict) else (definition,)
            used |= {text.partition(":")[0] for text in texts if isinstance(text, str)}
        return msgspec.json.encode(
            {name: value for name, value in self._definitions.items() if name.startswith("@") or name in used}
        )


@lru_cache(maxsize=4)
def _context(encoded: bytes) -> _Context:
    return _Context(encoded)
