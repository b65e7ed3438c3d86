"""JSON-LD as schema.org's consumers read it: an object with what belongs to it inside.

:func:`frame` makes the objects, by the rules of :class:`~commons_ld.outputs.context.Context`. They hold the
statements they were made of and no others: a value that no term of the context fits is written in full.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import pyoxigraph as ox

from commons_ld.artefacts import artefact
from commons_ld.namespaces import expand
from commons_ld.outputs.context import Context, Term
from commons_ld.outputs.statements import natural

__all__ = ["document", "frame", "our_context"]

_TYPE, _STRING, _INTEGER = expand("rdf:type"), expand("xsd:string"), expand("xsd:integer")

#: Integers whose number in JSON every reader takes for the same literal.
_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")

#: How deep objects stand in each other at most: deeper ones stand beside. Readers of JSON-LD recurse, and ours crash.
_DEEPEST: Final = 16

Node = dict[str, Any]
_Value = ox.NamedNode | ox.Literal
#: What is said of each subject, by property.
_Described = dict[str, dict[str, list[_Value]]]
#: The object and the property in which an object stands; nothing for one at the top.
_Homes = dict[str, tuple[str, str]]


def our_context() -> Context:
    """Return the context of ``ontology/context.jsonld``, read once.

    :raises ArtefactError: if it cannot be understood
    :raises ArtefactNotFound: if it is missing
    """
    return _load(artefact("ontology/context.jsonld"))


def document(triples: Iterable[ox.Triple], top: str, context: Context) -> bytes:
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
    nodes = frame(triples, top, context)
    content = msgspec.json.format(msgspec.json.encode(nodes[0] if len(nodes) == 1 else {"@graph": nodes}), indent=2)
    return b'{\n  "@context": %b,%b\n' % (msgspec.json.encode(context.definitions), content.removeprefix(b"{"))


def frame(triples: Iterable[ox.Triple], top: str, context: Context) -> list[Node]:
    """Return statements as objects: the one of ``top`` first, then those that it does not lead to.

    An object stands where it is first referred to, counted in steps from the top; elsewhere stands its IRI.

    :param triples: without blank nodes, in any order
    :param top: an IRI
    """
    described: _Described = {}
    for subject, predicate, object_ in triples:
        described.setdefault(subject.value, {}).setdefault(predicate.value, []).append(object_)
    for subject, properties in described.items():
        for values in properties.values():
            values.sort(key=_order)
        described[subject] = dict(sorted(properties.items(), key=lambda item: context.rank(item[0])))
    roots, homes = _place(described, top)
    return [_node(root, described, homes, context) for root in roots]


@cache
def _load(path: Path) -> Context:
    return Context.load(path)


def _order(value: _Value) -> tuple[Any, ...]:
    """Return what to sort values by: IRIs by their numbers, then literals by language and text."""
    if isinstance(value, ox.NamedNode):
        return (0, *natural(value.value))
    return (1, value.language or "", value.value, value.datatype.value)


def _place(described: _Described, top: str) -> tuple[list[str], _Homes]:
    """Return which objects stand at the top, and in which member of which object each of the others stands."""
    roots: list[str] = []
    homes: _Homes = {}
    for root in sorted(described, key=lambda iri: (iri != top, natural(iri))):
        if root in homes:
            continue
        roots.append(root)
        homes[root] = "", ""
        queue = deque([(root, 1)])
        while queue:
            subject, depth = queue.popleft()
            for property_, values in described[subject].items():
                # The class that a thing is of is named, even where the class is described as well.
                if property_ == _TYPE or depth == _DEEPEST:
                    continue
                for value in values:
                    if isinstance(value, ox.NamedNode) and value.value in described and value.value not in homes:
                        homes[value.value] = subject, property_
                        queue.append((value.value, depth + 1))
    return roots, homes


def _node(iri: str, described: _Described, homes: _Homes, context: Context) -> Node:
    """Return the object of ``iri``, with the objects that have their home in it."""
    members: dict[str, tuple[Term, list[Any]]] = {}
    for property_, values in described[iri].items():
        for value in values:
            term, form = _member(property_, value, context)
            if homes.get(value.value) == (iri, property_) and isinstance(value, ox.NamedNode):
                form = _node(value.value, described, homes, context)
            members.setdefault(term.name, (term, []))[1].append(form)
    return {"@id": iri, **{key: _contained(*member) for key, member in members.items()}}


def _member(property_: str, value: _Value, context: Context) -> tuple[Term, Any]:
    """Return the term under which a value stands, and its form there."""
    if isinstance(value, ox.Literal):
        return _literal(property_, value, context)
    if property_ == _TYPE:
        return Term("@type"), context.shorten(value.value)
    return _reference(property_, value.value, context)


def _reference(property_: str, iri: str, context: Context) -> tuple[Term, Any]:
    for term in context.terms(property_):
        if term.type == "@id" and not term.by_language:
            return term, iri
    return _fallback(property_, context), {"@id": iri}


def _literal(property_: str, literal: ox.Literal, context: Context) -> tuple[Term, Any]:
    text, language, datatype = literal.value, literal.language, literal.datatype.value
    is_number = datatype == _INTEGER and _NUMBER.fullmatch(text) is not None
    for term in context.terms(property_):
        if term.by_language:
            if language or datatype == _STRING:
                return term, (language or "@none", text)
        elif not language and (datatype == (term.type or _STRING) or (is_number and not term.type)):
            return term, int(text) if is_number else text
    term = _fallback(property_, context)
    if language:
        return term, {"@language": language, "@value": text}
    if datatype == _STRING:
        return term, {"@value": text}
    if is_number and not term.type:
        return term, int(text)
    return term, {"@type": context.shorten(datatype), "@value": text}


def _fallback(property_: str, context: Context) -> Term:
    """Return a term for a value that is written in full, which no type of a term then changes."""
    for term in context.terms(property_):
        if not term.by_language:
            return term
    return Term(context.shorten(property_))


def _contained(term: Term, forms: list[Any]) -> Any:
    """Return the value of a member: one form, an array of them, or an object by language."""
    if not term.by_language:
        return forms if term.is_set or len(forms) > 1 else forms[0]
    texts: dict[str, list[str]] = {}
    for language, text in forms:
        texts.setdefault(language, []).append(text)
    return {language: _contained(Term(term.name, is_set=term.is_set), texts[language]) for language in sorted(texts)}
