"""Shapes compiled, once, to functions: what SHACL asks of a node, without asking the shapes graph again.

A shape that asks for something which is not known here, such as a constraint component of its author's own, is left
to pySHACL, with all that it refers to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from commons_ld.validation.constraints import CONSTRAINTS, ValueCheck
from commons_ld.validation.data import Data
from commons_ld.validation.paths import Path, compile_path
from commons_ld.validation.shapes_graph import PARAMETERS, SH, ShapesGraph, is_true, number
from commons_ld.validation.sparql import Query, compile_query
from commons_ld.validation.tokens import is_iri, is_literal

__all__ = ["WITH", "Check", "Compiler", "Found", "Step"]


class Found(NamedTuple):
    """What is wrong with a node: a validation result, without words (https://www.w3.org/TR/shacl/#results).

    :param focus: the focus node, as N-Triples writes it
    :param value: the value node, or ``""`` for none
    :param shape: the shape whose constraint it is
    :param component: the constraint component
    :param path: the value of ``sh:path``, or the predicate that a closed shape does not know; ``""`` for none
    :param constraint: the SPARQL constraint, or ``""``
    """

    focus: str
    value: str
    shape: str
    component: str
    path: str
    constraint: str = ""


#: Returns what is wrong with a node.
Check = Callable[[Data, str], list[Found]]

#: What is held against values, and returns what is wrong with them as results of their own.
Step = Callable[[Data, str, list[str]], Iterable[Found]]

#: Terms that go with a parameter, and those that a shape is looked up for by others.
WITH: Final = frozenset(
    (SH.flags, SH.ignoredProperties, SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.qualifiedValueShapesDisjoint)
)

#: Parameters that find fault where there is no value.
_NEEDS_NO_VALUE: Final = frozenset((SH.minCount, SH.hasValue, SH.equals, SH.qualifiedMinCount, SH.sparql))


class Compiler:
    """Compiles the shapes of a graph, each once.

    :param shapes: the shapes, which :func:`commons_ld.validation.loading.load_shapes` has tried
    :param otherwise: what checks nodes against a shape that is not compiled
    """

    def __init__(self, shapes: ShapesGraph, otherwise: Callable[[str], Check]) -> None:
        self._graph: Final = shapes
        self._otherwise: Final = otherwise
        self._known: Final[dict[str, Check]] = {}
        self._about_values: Final[dict[str, tuple[str, list[Step]]]] = {}
        self._queries: Final[dict[tuple[str, str], Query]] = {}
        self._left: Final[list[str]] = []
        self._own_parameters: Final = [self._mandatory(one) for one in shapes.subjects_of(SH.parameter)]

    @property
    def left(self) -> tuple[str, ...]:
        """The shapes that were not compiled."""
        return tuple(self._left)

    def check(self, shape: str) -> Check:
        """Return what checks a node against a shape."""
        if shape not in self._known:
            try:
                self._known[shape] = self._compile(shape)
            except _NotCompiled:
                self._left.append(shape)
                self._known[shape] = self._otherwise(shape)
        return self._known[shape]

    def _compile(self, shape: str) -> Check:
        if any(map(is_true, self._graph.objects(shape, SH.deactivated))):
            return lambda _data, _focus: []
        path = self._graph.value(shape, SH.path)
        steps = list(self._steps(shape, path))
        if not path:
            return _of_node(steps)
        if is_iri(path) and _NEEDS_NO_VALUE.isdisjoint(self._graph.predicates(shape)):
            self._about_values[shape] = path, steps
        return _of_path(steps, compile_path(self._graph, path))

    def _steps(self, shape: str, path: str) -> Iterator[Step]:
        """Yield what a shape asks for, parameter by parameter."""
        for parameter in sorted(self._graph.predicates(shape)):
            yield from self.asked(shape, parameter, path)
        for parameters in self._own_parameters:
            if all(self._graph.has(shape, parameter) for parameter in parameters):
                raise _NotCompiled

    def asked(self, shape: str, parameter: str, path: str) -> Iterator[Step]:
        """Yield what a shape asks for by one parameter of it."""
        given = sorted(self._graph.objects(shape, parameter))
        if parameter in CONSTRAINTS:
            compile_check, component = CONSTRAINTS[parameter]
            for one in given:
                yield _checked(compile_check(self._graph, shape, one), shape, component, path)
        elif parameter == SH.property:
            yield self._properties(given)
        elif parameter in _SHAPED:
            for one in given:
                yield _SHAPED[parameter](self, shape, one, path)
        elif parameter == SH.sparql:
            for one in given:
                yield self._queried(shape, one, path)
        elif parameter in PARAMETERS and parameter not in WITH:
            raise _NotCompiled

    def _mandatory(self, component: str) -> list[str]:
        """Return what a shape must have for a constraint component of the shapes graph to be about it."""
        return [
            path
            for parameter in self._graph.objects(component, SH.parameter)
            if not any(map(is_true, self._graph.objects(parameter, SH.optional)))
            for path in self._graph.objects(parameter, SH.path)
        ]

    # ── Constraints that refer to shapes ─────────────────────────────────────────────────────────────

    def _properties(self, others: list[str]) -> Step:
        """Return a step that holds values against property shapes.

        Those that say something of values only are looked up by the properties that a value has, instead of each one
        looking for its own: of a hundred shapes, ten are about what is there.
        """
        by_predicate: dict[str, list[Step]] = {}
        checks = []
        for other in others:
            check = self.check(other)
            if other in self._about_values:
                predicate, steps = self._about_values[other]
                by_predicate.setdefault(predicate, []).extend(steps)
            else:
                checks.append(check)

        def step(data: Data, _focus: str, values: list[str]) -> list[Found]:
            found = list[Found]()
            for value in values:
                for predicate, objects in data.properties(value).items():
                    for one in by_predicate.get(predicate, ()):
                        found += one(data, value, objects)
                for check in checks:
                    found += check(data, value)
            return found

        return step

    def _held(self, component: str, is_good: Callable[[Data, str], bool], shape: str, path: str) -> Step:
        """Return a step whose results are about each value that is not good."""
        return lambda data, focus, values: [
            Found(focus, value, shape, component, path) for value in values if not is_good(data, value)
        ]

    def _node(self, shape: str, other: str, path: str) -> Step:
        results = self.check(other)
        return self._held(SH.NodeConstraintComponent, lambda data, value: not results(data, value), shape, path)

    def _not(self, shape: str, other: str, path: str) -> Step:
        results = self.check(other)
        return self._held(SH.NotConstraintComponent, lambda data, value: bool(results(data, value)), shape, path)

    def _and(self, shape: str, members: str, path: str) -> Step:
        others = [self.check(one) for one in self._graph.items(members)]
        is_good = lambda data, value: not any(results(data, value) for results in others)  # noqa: E731
        return self._held(SH.AndConstraintComponent, is_good, shape, path)

    def _or(self, shape: str, members: str, path: str) -> Step:
        others = [self.check(one) for one in self._graph.items(members)]
        is_good = lambda data, value: not all(results(data, value) for results in others)  # noqa: E731
        return self._held(SH.OrConstraintComponent, is_good, shape, path)

    def _xone(self, shape: str, members: str, path: str) -> Step:
        others = [self.check(one) for one in self._graph.items(members)]
        is_good = lambda data, value: sum(not results(data, value) for results in others) == 1  # noqa: E731
        return self._held(SH.XoneConstraintComponent, is_good, shape, path)

    def _qualified(self, shape: str, other: str, path: str) -> Step:
        results = self.check(other)
        siblings = [self.check(one) for one in self._siblings(shape, other)]
        least, most = (self._graph.value(shape, one) for one in (SH.qualifiedMinCount, SH.qualifiedMaxCount))

        def check(data: Data, focus: str, values: list[str]) -> Iterator[Found]:
            met = sum(
                not results(data, value) and all(sibling(data, value) for sibling in siblings) for value in values
            )
            if is_literal(most or "<") and met > number(most):
                yield Found(focus, "", shape, SH.QualifiedMaxCountConstraintComponent, path)
            if is_literal(least or "<") and met < number(least):
                yield Found(focus, "", shape, SH.QualifiedMinCountConstraintComponent, path)

        return check

    def _siblings(self, shape: str, own: str) -> list[str]:
        """Return the sibling shapes (https://www.w3.org/TR/shacl/#dfn-sibling-shapes)."""
        if not any(map(is_true, self._graph.objects(shape, SH.qualifiedValueShapesDisjoint))):
            return []
        found = {
            other
            for parent in self._graph.subjects(SH.property, shape)
            for one in self._graph.objects(parent, SH.property)
            for other in self._graph.objects(one, SH.qualifiedValueShape)
        }
        return sorted(found - {own})

    def query(self, constraint: str, path: str) -> Query:
        """Return the query of a SPARQL constraint, made once."""
        key = constraint, path
        if key not in self._queries:
            query = compile_query(self._graph, constraint, path)
            if query is None:
                raise _NotCompiled
            self._queries[key] = query
        return self._queries[key]

    @property
    def queries(self) -> list[Query]:
        """The queries of all SPARQL constraints that were compiled."""
        return list(self._queries.values())

    def _queried(self, shape: str, constraint: str, path: str) -> Step:
        query = self.query(constraint, path)

        def check(data: Data, focus: str, _values: list[str]) -> Iterator[Found]:
            for value, predicate in query.ask(data, focus):
                told = value or ("" if path else focus)
                yield Found(focus, told, shape, SH.SPARQLConstraintComponent, predicate or path, constraint)

        return check


_SHAPED: Final[dict[str, Callable[[Compiler, str, str, str], Step]]] = {
    SH.node: Compiler._node,
    SH["not"]: Compiler._not,
    SH["and"]: Compiler._and,
    SH["or"]: Compiler._or,
    SH.xone: Compiler._xone,
    SH.qualifiedValueShape: Compiler._qualified,
}


class _NotCompiled(Exception):
    """A shape asks for something that is not known here."""


def _checked(check: ValueCheck, shape: str, component: str, path: str) -> Step:
    def step(data: Data, focus: str, values: list[str]) -> list[Found]:
        wrong = check(data, focus, values)
        if not wrong:
            return []
        return [Found(focus, value, shape, component, predicate or path) for value, predicate in wrong]

    return step


def _of_node(steps: list[Step]) -> Check:
    def results(data: Data, focus: str) -> list[Found]:
        values, found = [focus], list[Found]()
        for step in steps:
            found += step(data, focus, values)
        return found

    return results


def _of_path(steps: list[Step], path: Path) -> Check:
    def results(data: Data, focus: str) -> list[Found]:
        values, found = path(data, focus), list[Found]()
        for step in steps:
            found += step(data, focus, values)
        return found

    return results
