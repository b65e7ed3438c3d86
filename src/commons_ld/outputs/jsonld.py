"""JSON-LD as schema.org's consumers read it: an object with what belongs to it inside.

:func:`objects` makes the objects, by the rules of :class:`~commons_ld.outputs.context.Context`. They hold the
statements they were made of and no others: a value that no term of the context fits is written in full.

Nothing is made of the statements but text: a literal of canonical N-Triples, without its language or datatype, is a
string of JSON, and how a property and a kind of value are written is found once.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
import pyoxigraph as ox

from commons_ld.artefacts import artefact
from commons_ld.memo import Memo
from commons_ld.outputs.context import Context, Term
from commons_ld.outputs.statements import natural
from commons_ld.outputs.things import Thing, things
from commons_ld.rdf.namespaces import expand
from commons_ld.rdf.syntax import unescaped

__all__ = [
    "Framing",
    "Statements",
    "content_of",
    "document",
    "framing_of",
    "objects",
    "objects_of",
    "order",
    "our_context",
    "recoded",
    "whole_document",
]

_TYPE, _STRING, _INTEGER = expand("rdf:type"), expand("xsd:string"), expand("xsd:integer")
_TYPE_TERM: Final = b"<%b>" % _TYPE.encode()
_INTEGER_END: Final = b"^^<%b>" % _INTEGER.encode()

#: Integers whose number in JSON every reader takes for the same literal.
_NUMBER: Final = re.compile(rb'"(?:0|-?[1-9][0-9]{0,14})"')

#: How deep objects stand in each other at most: deeper ones stand beside. Readers of JSON-LD recurse, and ours crash.
_DEEPEST: Final = 16

#: Statements without blank nodes, in any order; as bytes, they are canonical N-Triples, which take less time.
Statements = Iterable[ox.Triple] | bytes
#: What is said of each subject, by property; terms as N-Triples writes them.
_Described = dict[bytes, dict[bytes, list[bytes]]]
#: The object and the property in which an object stands; nothing for one at the top.
_Homes = dict[bytes, tuple[bytes, bytes]]


@cache
def our_context() -> Context:
    """Return the context of ``ontology/context.jsonld``, read once.

    :raises ArtefactError: if it cannot be understood
    :raises ArtefactNotFound: if it is missing
    """
    return Context.load(artefact("ontology/context.jsonld"))


def document(statements: Statements, top: str, context: Context) -> bytes:
    """Return statements as a JSON-LD document that brings its context along, on one line, and is indented after it.

    :param top: the IRI of what the document is about

    >>> event = ox.Triple(ox.NamedNode("http://a/e"), ox.NamedNode("https://schema.org/position"), ox.Literal(2))
    >>> print(document([event], "http://a/e", Context({"schema": "https://schema.org/"})).decode(), end="")
    {
      "@context": {"schema":"https://schema.org/"},
      "@id": "http://a/e",
      "schema:position": 2
    }
    """
    return whole_document(objects(statements, top, context), context)


def whole_document(made: Sequence[bytes], context: Context) -> bytes:
    """Return objects as a JSON-LD document, as :func:`document` does.

    :param made: what :func:`objects` returns
    """
    content = msgspec.json.format(content_of(made), indent=2)
    return b'{\n  "@context": %b,%b\n' % (context.encoded, content.removeprefix(b"{"))


def content_of(made: Sequence[bytes]) -> bytes:
    """Return the same on one line, and without the context."""
    return made[0] if len(made) == 1 else b'{"@graph":[%b]}' % b",".join(made)


def objects(statements: Statements, top: str, context: Context) -> list[bytes]:
    """Return statements as objects: the one of ``top`` first, then those that it does not lead to.

    An object stands where it is first referred to, counted in steps from the top; elsewhere stands its IRI.

    :param top: an IRI
    :return: each as JSON

    >>> event = ox.Triple(ox.NamedNode("http://a/e"), ox.NamedNode("https://schema.org/position"), ox.Literal(2))
    >>> objects([event], "http://a/e", Context({"schema": "https://schema.org/"}))
    [b'{"@id":"http://a/e","schema:position":2}']
    """
    lines = (
        statements.split(b" .\n")[:-1] if isinstance(statements, bytes) else [str(one).encode() for one in statements]
    )
    return objects_of(things(lines), top, context)


def objects_of(described_things: Iterable[Thing], top: str, context: Context) -> list[bytes]:
    """Return what is said of some things as objects, as :func:`objects` does."""
    framing = framing_of(context)
    said: dict[bytes, dict[bytes, list[bytes]]] = {}
    for thing in described_things:
        properties = said.setdefault(thing.subject, {})
        for predicate, values in thing.said:
            properties[predicate] = properties[predicate] + values if predicate in properties else values
    rank = framing.ranks.__getitem__
    described: _Described = {
        subject: {
            name: properties[name] if len(properties[name]) == 1 else sorted(properties[name], key=order)
            for name in sorted(properties, key=rank)
        }
        for subject, properties in said.items()
    }
    roots, homes = _place(described, b"<%b>" % top.encode())
    return [framing.object(root, described, homes) for root in roots]


def order(term: bytes) -> tuple[Any, ...]:
    """Return what to sort values by: IRIs by their numbers, then literals by language and text."""
    if term[:1] == b"<":
        return (0, *natural(term[1:-1].decode()))
    text, _, kind = term[1:].rpartition(b'"')
    language = kind[1:].decode() if kind[:1] == b"@" else ""
    return (1, language, unescaped(text.decode()), kind[3:-1].decode() if kind and not language else "")


def recoded(text: bytes) -> bytes:
    """Return a string of canonical N-Triples, quotes included, as one of JSON, which differs where it has numbers."""
    return _encode(unescaped(text[1:-1].decode()))


def _place(described: _Described, top: bytes) -> tuple[list[bytes], _Homes]:
    """Return which objects stand at the top, and in which member of which object each of the others stands."""
    roots: list[bytes] = []
    homes: _Homes = {}
    for root in sorted(described, key=lambda term: (term != top, natural(term[1:-1].decode()))):
        if root in homes:
            continue
        roots.append(root)
        homes[root] = b"", b""
        queue = deque([(root, 1)])
        while queue:
            subject, depth = queue.popleft()
            for property_, values in described[subject].items():
                # The class that a thing is of is named, even where the class is described as well.
                if property_ == _TYPE_TERM or depth == _DEEPEST:
                    continue
                for value in values:
                    if value in described and value not in homes:
                        homes[value] = subject, property_
                        queue.append((value, depth + 1))
    return roots, homes


class _Member(NamedTuple):
    """How values of a property stand in an object; they differ in their text alone.

    :param before: what stands before the text of a value
    :param is_bare: whether the text stands without quotation marks
    :param alone: what stands before a value that is the only one of its property, key included, and after it
    :param language: under which texts stand in an object by language, as JSON; or nothing
    """

    term: Term
    before: bytes
    after: bytes
    is_bare: bool
    alone: tuple[bytes, bytes]
    language: bytes


def _member(term: Term, before: bytes = b"", after: bytes = b"", *, bare: bool = False, language: str = "") -> _Member:
    tag = _encode(language) if language else b""
    start = b",%b:" % _encode(term.name) + (b"{%b:" % tag if tag else b"")
    set_, end = (b"[", b"]") if term.is_set else (b"", b"")
    return _Member(term, before, after, bare, (start + set_, end + (b"}" if tag else b"")), tag)


class Framing:
    """The rules of a context, each looked up once for a property and a kind of value."""

    def __init__(self, context: Context) -> None:
        self._context: Final = context
        self._references: Final[Memo[bytes, _Member]] = Memo(self._reference, limit=4096)
        self._literals: Final[Memo[tuple[bytes, bytes], _Member]] = Memo(lambda key: self._literal(*key), limit=4096)
        self._numbers: Final[Memo[bytes, _Member]] = Memo(
            lambda predicate: self._literal(predicate, _INTEGER_END, is_number=True), limit=4096
        )
        self._classes: Final[Memo[bytes, bytes]] = Memo(
            lambda term: _encode(context.shorten(term[1:-1].decode())), limit=4096
        )
        self.ranks: Final[Memo[bytes, tuple[int, str]]] = Memo(
            lambda predicate: context.rank(predicate[1:-1].decode()), limit=4096
        )

    def object(self, subject: bytes, described: _Described, homes: _Homes) -> bytes:
        """Return the object of a subject, with the objects that have their home in it, as JSON."""
        written = [b'{"@id":"', subject[1:-1], b'"']
        references, literals = self._references, self._literals
        for property_, values in described[subject].items():
            forms: list[tuple[_Member, bytes]] = []
            for value in values:
                if value[:1] == b"<":
                    member = references[property_]
                    if property_ == _TYPE_TERM:
                        form = self._classes[value]
                    elif value in homes and homes[value] == (subject, property_):
                        form = self.object(value, described, homes)
                    else:
                        # To put parts together takes less than to fill a form.
                        form = member.before + b'"' + value[1:-1] + b'"' + member.after
                else:
                    end = value.rindex(b'"') + 1
                    text, kind = value[:end], value[end:]
                    if b"\\" in text and (b"\\u" in text or b"\\U" in text):
                        text = recoded(text)
                    if kind == _INTEGER_END and _NUMBER.fullmatch(text):
                        member = self._numbers[property_]
                    else:
                        member = literals[property_, kind]
                    if member.is_bare:
                        text = text[1:-1]
                    form = member.before + text + member.after
                if values[-1] is value and not forms:
                    before, after = member.alone
                    written += (before, form, after)
                else:
                    forms.append((member, form))
            if forms:
                written += _members(forms)
        written.append(b"}")
        return b"".join(written)

    def members(self, property_: bytes, values: Iterable[bytes]) -> bytes:
        """Return what an object says by one property, a comma first, where no value of it is an object."""
        whole = self.object(b"<>", {b"<>": {property_: list(values)}}, {})
        return whole.removeprefix(b'{"@id":""').removesuffix(b"}")

    def around(self, property_: bytes, kind: bytes = b"") -> tuple[bytes, bytes]:
        """Return what stands before and after a text that is the only value of its property.

        :param kind: how its literal ends: its language or datatype; nothing for a string
        """
        member = self._literals[property_, kind]
        return member.alone[0] + member.before, member.after + member.alone[1]

    def references(self, property_: bytes) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
        """Return what stands before and after the only IRI of a property, and before and after several.

        :raises ValueError: if IRIs have no term of the context
        """
        member = self._references[property_]
        if member.before:
            raise ValueError(f"the context has no term for the IRIs of {property_.decode()}")
        return member.alone, (b",%b:[" % _encode(member.term.name), b"]")

    def _literal(self, predicate: bytes, kind: bytes, *, is_number: bool = False) -> _Member:
        """Return how literals that end so stand."""
        property_ = predicate[1:-1].decode()
        language = kind[1:].decode() if kind[:1] == b"@" else ""
        datatype = "" if language else kind[3:-1].decode() or _STRING
        for term in self._context.terms(property_):
            if term.by_language:
                if language or datatype == _STRING:
                    return _member(term, language=language or "@none")
            elif not language and (datatype == (term.type or _STRING) or (is_number and not term.type)):
                return _member(term, bare=is_number)
        term = _fallback(property_, self._context)
        if language:
            return _member(term, b'{"@language":%b,"@value":' % _encode(language), b"}")
        if datatype == _STRING:
            return _member(term, b'{"@value":', b"}")
        if is_number and not term.type:
            return _member(term, bare=True)
        return _member(term, b'{"@type":%b,"@value":' % _encode(self._context.shorten(datatype)), b"}")

    def _reference(self, predicate: bytes) -> _Member:
        if predicate == _TYPE_TERM:
            return _member(Term("@type"))
        property_ = predicate[1:-1].decode()
        for term in self._context.terms(property_):
            if term.type == "@id" and not term.by_language:
                return _member(term)
        return _member(_fallback(property_, self._context), b'{"@id":', b"}")


_encode: Final[Callable[[object], bytes]] = msgspec.json.Encoder().encode


@cache
def framing_of(context: Context) -> Framing:
    """Return the rules of a context, made once."""
    return Framing(context)


def _fallback(property_: str, context: Context) -> Term:
    """Return a term for a value that is written in full, which no type of a term then changes."""
    for term in context.terms(property_):
        if not term.by_language:
            return term
    return Term(context.shorten(property_))


def _members(forms: list[tuple[_Member, bytes]]) -> Iterator[bytes]:
    """Yield the members of one property: no other property has a term of it."""
    first = forms[0][0]
    if all(member is first for member, _ in forms):
        tag = b"{%b:" % first.language if first.language else b""
        yield b",%b:%b[%b]%b" % (
            _encode(first.term.name),
            tag,
            b",".join([form for _, form in forms]),
            b"}" if tag else b"",
        )
        return
    by_term: dict[str, list[tuple[_Member, bytes]]] = {}
    for form in forms:
        by_term.setdefault(form[0].term.name, []).append(form)
    for name, some in by_term.items():
        term = some[0][0].term
        yield b",%b:" % _encode(name)
        if not term.by_language:
            yield _listed([form for _, form in some], term)
            continue
        texts: dict[bytes, list[bytes]] = {}
        for member, text in some:
            texts.setdefault(member.language, []).append(text)
        yield b"{%b}" % b",".join(b"%b:%b" % (language, _listed(texts[language], term)) for language in sorted(texts))


def _listed(forms: list[bytes], term: Term) -> bytes:
    return b"[%b]" % b",".join(forms) if term.is_set or len(forms) > 1 else forms[0]
