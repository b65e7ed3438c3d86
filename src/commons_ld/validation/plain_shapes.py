"""Shapes that are surely well-formed: those that are not, pySHACL has to judge, which takes half a second to start.

A shape is plain if it says what it is, and if all that it asks for is asked as most shapes ask it: see
https://www.w3.org/TR/shacl/#syntax-rules. What is not plain here may well be a good shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from commons_ld.validation.patterns import compiled
from commons_ld.validation.plain_queries import predicates_of
from commons_ld.validation.shapes_graph import PARAMETERS, RDF, SH, XSD, ShapesGraph
from commons_ld.validation.sparql import prefixes_of, text_of
from commons_ld.validation.targets import TARGETS
from commons_ld.validation.tokens import datatype, is_blank, is_iri, is_literal, is_surely_well_typed, lexical

__all__ = ["are_plain"]

_COUNT: Final = re.compile(rf'"[0-9]{{1,9}}"\^\^{re.escape(XSD.integer)}')
_TRUTHS: Final = frozenset(f'"{truth}"^^{XSD.boolean}' for truth in ("true", "false"))
_KINDS: Final = frozenset(
    SH[name] for name in ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
)
_SEVERITIES: Final = frozenset((SH.Violation, SH.Warning, SH.Info))
_SHAPES: Final = (SH.NodeShape, SH.PropertyShape)
#: What property shapes alone may ask for.
_ON_PATHS: Final = frozenset((SH.minCount, SH.maxCount, SH.uniqueLang, SH.lessThan, SH.lessThanOrEquals))
#: What a shape may have several values of.
_REPEATED: Final = frozenset(
    (*TARGETS, SH.property, SH.node, SH["not"], SH["and"], SH["or"], SH.xone, SH["class"], SH.equals, SH.disjoint,
     SH.lessThan, SH.lessThanOrEquals, SH.hasValue, SH.sparql, SH.name, SH.message, SH.description)
)  # fmt: skip


def are_plain(shapes: ShapesGraph) -> bool:
    """Tell whether all shapes of a graph are surely well-formed, and ask for nothing unusual."""
    if any(map(shapes.subjects_of, (SH.parameter, SH.qualifiedValueShape))):
        return False
    told = frozenset(node for kind in _SHAPES for node in shapes.subjects(RDF.type, kind))
    parameters = {SH.path, *TARGETS, *PARAMETERS}
    asking = {node for node in shapes.nodes if not parameters.isdisjoint(shapes.predicates(node))}
    return asking <= told and all(_is_plain(shapes, node, told) for node in told)


def _is_plain(shapes: ShapesGraph, shape: str, told: frozenset[str]) -> bool:
    types = shapes.objects(shape, RDF.type)
    paths = shapes.objects(shape, SH.path)
    if sum(types.count(kind) for kind in _SHAPES) != 1 or len(paths) != types.count(SH.PropertyShape):
        return False
    if not all(_is_path(shapes, path) for path in paths):
        return False
    for predicate in shapes.predicates(shape):
        if not predicate.startswith(f"<{SH.base}") or predicate == SH.path:
            continue
        given, is_good = shapes.objects(shape, predicate), _GOOD.get(predicate)
        if is_good is None or (len(given) > 1 and predicate not in _REPEATED) or (predicate in _ON_PATHS and not paths):
            return False
        if not all(is_good(shapes, shape, one) for one in given):
            return False
    return all(
        other in told and (parameter != SH.property or shapes.has(other, SH.path))
        for parameter in (SH.property, SH.node, SH["not"], *_LISTS)
        for given in shapes.objects(shape, parameter)
        for other in (shapes.items(given) if parameter in _LISTS else [given])
    )


_LISTS: Final = (SH["and"], SH["or"], SH.xone)


def _is_path(shapes: ShapesGraph, path: str) -> bool:
    return is_iri(path) or (len(_members(shapes, path)) > 1 and all(map(is_iri, _members(shapes, path))))


def _members(shapes: ShapesGraph, head: str) -> list[str]:
    """Return the members of a list that is well-formed, and has any; of another none."""
    found, seen = list[str](), set[str]()
    while head != RDF.nil:
        members, rests = shapes.objects(head, RDF.first), shapes.objects(head, RDF.rest)
        if head in seen or len(members) != 1 or len(rests) != 1:
            return []
        seen.add(head)
        found += members
        head = rests[0]
    return found


def _is_text(term: str) -> bool:
    return is_literal(term) and f"<{datatype(term)}>" in (XSD.string, RDF.langString)


def _is_bare_text(term: str) -> bool:
    return is_literal(term) and f"<{datatype(term)}>" == XSD.string


def _is_pattern(term: str) -> bool:
    try:
        compiled(lexical(term))
    except re.error:
        return False
    return _is_bare_text(term)


def _is_query(shapes: ShapesGraph, shape: str, constraint: str) -> bool:
    select = shapes.objects(constraint, SH.select)
    known = {SH.select, SH.prefixes, SH.message, RDF.type}
    if len(select) != 1 or not _is_bare_text(select[0]) or not known.issuperset(shapes.predicates(constraint)):
        return False
    if not all(map(_is_text, shapes.objects(constraint, SH.message))):
        return False
    names = [name for name, _ in prefixes_of(shapes, constraint)]
    text = text_of(shapes, constraint, shapes.value(shape, SH.path))
    return len(names) == len(set(names)) and bool(text) and predicates_of(text) is not None


_Good = Callable[[ShapesGraph, str, str], bool]


def _by_itself(is_good: Callable[[str], bool]) -> _Good:
    return lambda _shapes, _shape, term: is_good(term)


def _listed(is_good: Callable[[str], bool]) -> _Good:
    return lambda shapes, _shape, head: bool(found := _members(shapes, head)) and all(map(is_good, found))


#: What each term of SHACL that a plain shape may have is to be.
_GOOD: Final[dict[str, _Good]] = {
    **dict.fromkeys((*TARGETS, SH["class"], SH.datatype), _by_itself(is_iri)),
    **dict.fromkeys((SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals), _by_itself(is_iri)),
    **dict.fromkeys((SH.property, SH.node, SH["not"]), _by_itself(lambda term: not is_literal(term))),
    **dict.fromkeys(_LISTS, _listed(lambda term: not is_literal(term))),
    **dict.fromkeys(
        (SH.minCount, SH.maxCount, SH.minLength, SH.maxLength), _by_itself(lambda term: bool(_COUNT.fullmatch(term)))
    ),
    **dict.fromkeys((SH.uniqueLang, SH.closed, SH.deactivated), _by_itself(_TRUTHS.__contains__)),
    **dict.fromkeys((SH.name, SH.message, SH.description), _by_itself(_is_text)),
    **dict.fromkeys(
        (SH.minInclusive, SH.minExclusive, SH.maxInclusive, SH.maxExclusive),
        _by_itself(lambda term: is_literal(term) and is_surely_well_typed(term)),
    ),
    SH.nodeKind: _by_itself(_KINDS.__contains__),
    SH.severity: _by_itself(_SEVERITIES.__contains__),
    SH.pattern: _by_itself(_is_pattern),
    SH.flags: _by_itself(lambda term: _is_bare_text(term) and set(lexical(term)) <= {"i", "m"}),
    SH.languageIn: _listed(_is_bare_text),
    SH["in"]: _listed(lambda term: not is_blank(term)),
    SH.hasValue: _by_itself(lambda term: not is_blank(term)),
    SH.ignoredProperties: _listed(is_iri),
    SH.sparql: _is_query,
}
