"""The constraints of SHACL Core, compiled to functions: https://www.w3.org/TR/shacl/#core-components, in its order.

A check is given the graph, a focus node and its value nodes, and returns what is wrong: pairs of a value, or ``""``
where a result has none, and the predicate where the result is about another path than that of the shape. Those that
hold values against other shapes are in :mod:`commons_ld.validation.compiling`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from commons_ld.validation.comparing import is_ordered
from commons_ld.validation.data import Data
from commons_ld.validation.patterns import compiled
from commons_ld.validation.shapes_graph import RDF, RDFS, SH, XSD, ShapesGraph, number
from commons_ld.validation.tokens import (
    datatype,
    is_blank,
    is_literal,
    is_well_typed,
    language,
    lexical,
)

__all__ = ["CONSTRAINTS", "ValueCheck", "Wrong", "by_pair", "by_value"]

#: A value that is wrong, and the predicate of ``sh:resultPath`` where it is not the path of the shape.
Wrong = tuple[str, str]
ValueCheck = Callable[[Data, str, list[str]], Sequence[Wrong]]

_GOOD: Final[tuple[Wrong, ...]] = ()


class _Each:
    """A check that looks at each value by itself."""

    def __init__(self, is_good: Callable[[str], bool]) -> None:
        self.is_good: Final = is_good

    def __call__(self, _data: Data, _focus: str, values: list[str]) -> Sequence[Wrong]:
        is_good = self.is_good
        return [(value, "") for value in values if not is_good(value)]


def _each(is_good: Callable[[str], bool]) -> ValueCheck:
    return _Each(is_good)


def by_value(check: ValueCheck) -> Callable[[str], bool] | None:
    """Return what tells whether a value is good, if a check looks at each value by itself."""
    return check.is_good if isinstance(check, _Each) else None


class _EachPair:
    """A check that holds each value against each of another property of the node."""

    def __init__(self, other: str, is_good: Callable[[str, str], bool]) -> None:
        self.other: Final = other
        self.is_good: Final = is_good

    def __call__(self, data: Data, focus: str, values: list[str]) -> Sequence[Wrong]:
        others, is_good = data.values(focus, self.other), self.is_good
        return [(value, "") for value in values for other in others if not is_good(value, other)]


def by_pair(check: ValueCheck) -> Callable[[str, str], bool] | None:
    """Return what tells whether two values are good, if a check looks at each pair by itself."""
    return check.is_good if isinstance(check, _EachPair) else None


# ── Value types ──────────────────────────────────────────────────────────────────────────────────────


def _class(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    def check(data: Data, _focus: str, values: list[str]) -> Sequence[Wrong]:
        return [(value, "") for value in values if is_literal(value) or not data.is_instance(value, parameter)]

    return check


def _datatype(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    wanted = lexical(parameter)
    if parameter == RDF.langString:
        return _each(lambda value: bool(language(value)))
    if parameter == XSD.string:
        return _each(lambda value: value[-1] == '"')
    if parameter == RDFS.Literal:
        return _each(is_literal)
    return _each(lambda value: is_literal(value) and datatype(value) == wanted and is_well_typed(value))


_KINDS: Final[dict[str, str]] = {
    SH.IRI: "<", SH.BlankNode: "_", SH.Literal: '"', SH.BlankNodeOrIRI: "_<", SH.BlankNodeOrLiteral: '_"',
    SH.IRIOrLiteral: '<"',
}  # fmt: skip


def _node_kind(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    kinds = _KINDS.get(parameter, "")
    return _each(lambda value: value[0] in kinds)


# ── Cardinality ──────────────────────────────────────────────────────────────────────────────────────


def _min_count(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    least = number(parameter)
    return lambda _data, _focus, values: _GOOD if len(values) >= least else [("", "")]


def _max_count(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    most = number(parameter)
    return lambda _data, _focus, values: _GOOD if len(values) <= most else [("", "")]


# ── Value range ──────────────────────────────────────────────────────────────────────────────────────


def _range(*, is_least: bool, or_equal: bool) -> Callable[[ShapesGraph, str, str], ValueCheck]:
    """Return what compiles a bound: the least that values may be, or the most."""

    def compile_bound(_shapes: ShapesGraph, _shape: str, bound: str) -> ValueCheck:
        if is_least:
            return _each(lambda value: is_ordered(bound, value, or_equal=or_equal))
        return _each(lambda value: is_ordered(value, bound, or_equal=or_equal))

    return compile_bound


# ── Strings ──────────────────────────────────────────────────────────────────────────────────────────


def _min_length(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    least = number(parameter)
    return _each(lambda value: not is_blank(value) and len(lexical(value)) >= least)


def _max_length(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    most = number(parameter)
    return _each(lambda value: not is_blank(value) and len(lexical(value)) <= most)


def _pattern(shapes: ShapesGraph, shape: str, parameter: str) -> ValueCheck:
    flags = "".join(map(lexical, shapes.objects(shape, SH.flags)))
    found = compiled(lexical(parameter), flags).search

    def is_good(value: str) -> bool:
        if value[0] == '"' and "\\" not in value:
            return found(value[1 : value.rindex('"')]) is not None
        return value[0] != "_" and found(lexical(value)) is not None

    return _each(is_good)


def _language_in(shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    ranges = [lexical(one).lower() for one in shapes.items(parameter)]

    def is_good(value: str) -> bool:
        tag = language(value)
        return bool(tag) and any(one == "*" or tag == one or tag.startswith(f"{one}-") for one in ranges)

    return _each(is_good)


def _unique_lang(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    if not _truth(parameter):
        return _nothing

    def check(_data: Data, _focus: str, values: list[str]) -> Sequence[Wrong]:
        if len(values) < 2:
            return _GOOD
        tags = [tag for value in values if (tag := language(value))]
        return [("", "") for tag in dict.fromkeys(tags) if tags.count(tag) > 1]

    return check


# ── Pairs of properties ──────────────────────────────────────────────────────────────────────────────


def _equals(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    def check(data: Data, focus: str, values: list[str]) -> Sequence[Wrong]:
        others = data.values(focus, parameter)
        if values == others:
            return _GOOD
        return [(value, "") for value in {*values} ^ {*others}]

    return check


def _disjoint(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    return _EachPair(parameter, str.__ne__)


def _less_than(*, or_equal: bool) -> Callable[[ShapesGraph, str, str], ValueCheck]:
    def compile_pair(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
        return _EachPair(parameter, lambda value, greater: is_ordered(value, greater, or_equal=or_equal))

    return compile_pair


# ── Others ───────────────────────────────────────────────────────────────────────────────────────────


def _closed(shapes: ShapesGraph, shape: str, parameter: str) -> ValueCheck:
    if not _truth(parameter):
        return _nothing
    paths = (path for one in shapes.objects(shape, SH.property) for path in shapes.objects(one, SH.path))
    ignored = (one for members in shapes.objects(shape, SH.ignoredProperties) for one in shapes.items(members))
    allowed = {*paths, *ignored}

    def check(data: Data, _focus: str, values: list[str]) -> Sequence[Wrong]:
        return [
            (found, predicate)
            for value in values
            for predicate, objects in data.properties(value).items()
            if predicate not in allowed
            for found in objects
        ]

    return check


def _has_value(_shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    return lambda _data, _focus, values: _GOOD if parameter in values else [("", "")]


def _in(shapes: ShapesGraph, _shape: str, parameter: str) -> ValueCheck:
    allowed = frozenset(shapes.items(parameter))
    return _each(allowed.__contains__)


def _nothing(_data: Data, _focus: str, _values: list[str]) -> Sequence[Wrong]:
    return _GOOD


def _truth(parameter: str) -> bool:
    return parameter == f'"true"^^{XSD.boolean}'


#: What compiles each parameter, and the component that its results name. What needs other shapes is not here.
CONSTRAINTS: Final[dict[str, tuple[Callable[[ShapesGraph, str, str], ValueCheck], str]]] = {
    SH["class"]: (_class, SH.ClassConstraintComponent),
    SH.datatype: (_datatype, SH.DatatypeConstraintComponent),
    SH.nodeKind: (_node_kind, SH.NodeKindConstraintComponent),
    SH.minCount: (_min_count, SH.MinCountConstraintComponent),
    SH.maxCount: (_max_count, SH.MaxCountConstraintComponent),
    SH.minExclusive: (_range(is_least=True, or_equal=False), SH.MinExclusiveConstraintComponent),
    SH.minInclusive: (_range(is_least=True, or_equal=True), SH.MinInclusiveConstraintComponent),
    SH.maxExclusive: (_range(is_least=False, or_equal=False), SH.MaxExclusiveConstraintComponent),
    SH.maxInclusive: (_range(is_least=False, or_equal=True), SH.MaxInclusiveConstraintComponent),
    SH.minLength: (_min_length, SH.MinLengthConstraintComponent),
    SH.maxLength: (_max_length, SH.MaxLengthConstraintComponent),
    SH.pattern: (_pattern, SH.PatternConstraintComponent),
    SH.languageIn: (_language_in, SH.LanguageInConstraintComponent),
    SH.uniqueLang: (_unique_lang, SH.UniqueLangConstraintComponent),
    SH.equals: (_equals, SH.EqualsConstraintComponent),
    SH.disjoint: (_disjoint, SH.DisjointConstraintComponent),
    SH.lessThan: (_less_than(or_equal=False), SH.LessThanConstraintComponent),
    SH.lessThanOrEquals: (_less_than(or_equal=True), SH.LessThanOrEqualsConstraintComponent),
    SH.closed: (_closed, SH.ClosedConstraintComponent),
    SH.hasValue: (_has_value, SH.HasValueConstraintComponent),
    SH["in"]: (_in, SH.InConstraintComponent),
}
