"""Shapes as the guard asks them: what a signature tells, what is looked at in each block, what is not understood.

A constraint is held against a node by the same functions as by the compiled shapes; here is only said how often that
has to be done: once a value, once a signature, once a pair of values, once a class, or for every node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, Protocol

from commons_ld.mapping.outlining import NO_VALUES
from commons_ld.memo import Memo
from commons_ld.rdf.block import Values
from commons_ld.validation.compiling import WITH, Check, Compiler, Step
from commons_ld.validation.constraints import CONSTRAINTS, by_pair, by_value
from commons_ld.validation.data import TYPE, Data
from commons_ld.validation.digits import treats_digits_alike
from commons_ld.validation.shapes_graph import PARAMETERS, RDF, SH, XSD, ShapesGraph, is_true, number
from commons_ld.validation.sparql import Query
from commons_ld.validation.tokens import is_iri, lexical

__all__ = ["Described", "Look", "Property", "Rules", "Test", "Understanding", "View", "by_class"]

#: What is true of a value by itself, in whatever node and graph it stands.
_BY_VALUE: Final = frozenset(
    (SH.datatype, SH.nodeKind, SH.minExclusive, SH.minInclusive, SH.maxExclusive, SH.maxInclusive, SH.minLength,
     SH.maxLength, SH.pattern, SH.languageIn, SH["in"])
)  # fmt: skip
#: What is true of values by how many there are, and of which language.
_BY_COUNT: Final = frozenset((SH.minCount, SH.maxCount, SH.uniqueLang))
#: What holds values against those of another property, and finds nothing where either has none.
_PAIRED: Final = frozenset((SH.disjoint, SH.lessThan, SH.lessThanOrEquals))
#: What holds a value against other shapes.
_LOGICAL: Final = frozenset((SH.node, SH["not"], SH["and"], SH["or"], SH.xone))
#: What is true of a node by its classes, or because it is an IRI.
_BY_CLASS: Final = frozenset((SH["class"], SH.nodeKind))

#: How many values are held against others at most; where there are more, the compiled shapes are asked.
_PAIRS: Final = 8

_NODE: Final = "<urn:node>"
_NOTHING: Final = Data(())


class Described(Protocol):
    """What nodes of a kind have in common."""

    @property
    def outcomes(self) -> Mapping[Step, bool]:
        """Whether nothing is wrong with the classes of such a node, as the target of a property."""


class View(Protocol):
    """A block as it is looked at."""

    @property
    def nodes(self) -> Mapping[bytes, Described]:
        """Its nodes, by their terms."""

    @property
    def said(self) -> Mapping[bytes, Values]:
        """What those of its nodes say that say something with the predicates that are looked at."""


class Look(NamedTuple):
    """What is looked at in each node.

    :param passes: tells whether nothing is wrong with a node; ``False`` also where that is not known
    :param needs: the predicates whose terms it looks at. It finds nothing where a node lacks one of them, but for those
        of ``equal``
    :param further: those of nodes that the node points to
    :param equal: the predicates that have to say the same, where that is all it asks for
    :param pointing: the predicate whose values have to be of some classes, and what asks for these, where that is all
    """

    passes: Callable[[View, bytes, Values], bool]
    needs: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    equal: tuple[str, str] | None = None
    pointing: tuple[str, Step] | None = None


class Test(NamedTuple):
    """What a value must be by itself.

    :param passes: tells whether nothing is wrong with it
    :param by_suffix: whether that depends only on its kind, its language, and whether it has a datatype
    :param by_form: whether it is the same for all values of the form of their datatype that differ in digits alone
    """

    passes: Callable[[str], bool]
    by_suffix: bool
    by_form: bool


class Property(NamedTuple):
    """What a property shape asks of a node.

    :param predicate: its path; ``""`` where that has several steps
    :param counts: what is held against all values together, of which signatures tell enough
    :param counted: whether it matters how many values there are, and not only whether there are any
    :param check: holds a node against all that is asked
    """

    predicate: str
    tests: tuple[Test, ...]
    counts: tuple[Step, ...]
    looks: tuple[Look, ...]
    counted: bool
    check: Check


class Rules(NamedTuple):
    """What a shape asks of a node.

    :param on_node: what is held against the node itself, of which its signature tells enough
    """

    on_node: tuple[Step, ...]
    looks: tuple[Look, ...]
    properties: tuple[Property, ...]

    @property
    def all_looks(self) -> list[Look]:
        """What is looked at, for the node itself and for its properties."""
        return [*self.looks, *(look for one in self.properties for look in one.looks)]


class _NotUnderstood(Exception):
    """A shape asks for something that the guard does not look at."""


class Understanding:
    """Reads what the shapes of a graph ask for."""

    def __init__(self, graph: ShapesGraph, compiler: Compiler) -> None:
        self._graph: Final = graph
        self._compiler: Final = compiler
        self._known: Final[dict[tuple[str, ...], Test]] = {}

    def rules(self, shape: str) -> Rules | None:
        """Return what a shape asks of a node; ``None`` if not all of it is understood."""
        try:
            return self._rules(shape)
        except _NotUnderstood:
            return None

    def _rules(self, shape: str) -> Rules:
        if self._graph.has(shape, SH.path):
            one = self._property(shape)
            return Rules((), (), (one,) if one else ())
        on_node: list[Step] = []
        looks: list[Look] = []
        properties: list[Property] = []
        for parameter, given in self._parameters(shape):
            steps = self._compiler.asked(shape, parameter, "")
            if parameter == SH.property:
                properties += [one for other in given if (one := self._property(other))]
            elif parameter in (SH["class"], SH.nodeKind, SH.closed):
                on_node += steps
            elif parameter in _BY_VALUE:
                looks += [_look_at_subject(step) for step in steps]
            elif parameter in _LOGICAL and self._all(parameter, given, self._is_by_class):
                on_node += steps
            elif parameter in _LOGICAL and self._all(parameter, given, self._is_by_value):
                looks += [_look_at_subject(step) for step in steps]
            elif parameter == SH.sparql:
                looks += [self._query(one, "") for one in given]
            else:
                raise _NotUnderstood
        return Rules(tuple(on_node), tuple(looks), tuple(properties))

    def _property(self, shape: str) -> Property | None:
        if any(map(is_true, self._graph.objects(shape, SH.deactivated))):
            return None
        path = self._graph.value(shape, SH.path)
        steps = self._steps(path)
        predicate = steps[0] if len(steps) == 1 else ""
        tests: list[Test] = []
        counts: list[Step] = []
        looks: list[Look] = []
        counted = False
        for parameter, given in self._parameters(shape):
            if predicate and self._is_of_values(parameter, given):
                tests += self._tests(shape, parameter, given)
            elif predicate and parameter in _BY_COUNT:
                counts += self._compiler.asked(shape, parameter, path)
                counted = counted or parameter != SH.minCount or any(number(one) > 1 for one in given)
            else:
                looks += self._looks(shape, parameter, given, steps)
        whole = self._compiler.check(shape)
        return Property(predicate, tuple(tests), tuple(counts), tuple(looks), counted, whole)

    def _is_of_values(self, parameter: str, given: list[str]) -> bool:
        """Tell whether a parameter asks something of each value by itself."""
        return parameter in _BY_VALUE or (parameter in _LOGICAL and self._all(parameter, given, self._is_by_value))

    def _tests(self, shape: str, parameter: str, given: list[str]) -> Iterator[Test]:
        """Yield what a property shape asks of each value by itself, with a parameter."""
        by_suffix = self._is_true_of(parameter, given, self._is_by_suffix)
        by_form = self._is_true_of(parameter, given, self._is_by_form)
        flags = sorted(self._graph.objects(shape, SH.flags))
        asked = self._compiler.asked(shape, parameter, self._graph.value(shape, SH.path))
        for one, step in zip(given, asked, strict=True):
            passes = self._by_value(shape, parameter, one) or _passes(step)
            # Many shapes ask the same of values; but for flags, which are part of what is asked.
            yield self._known.setdefault((parameter, one, *flags), Test(passes, by_suffix, by_form))

    def _looks(self, shape: str, parameter: str, given: list[str], steps: list[str]) -> list[Look]:
        """Return what has to be looked at for what a property shape asks with a parameter.

        :param steps: the predicates of its path
        """
        if parameter in _PAIRED:
            return [_look_at_pairs(self._by_pair(shape, parameter, other), steps, other) for other in given]
        if len(steps) > 1:
            raise _NotUnderstood
        [predicate] = steps
        if parameter == SH["class"] or (parameter in _LOGICAL and self._all(parameter, given, self._is_by_class)):
            asked = self._compiler.asked(shape, parameter, self._graph.value(shape, SH.path))
            return [_look_at_classes(step, predicate) for step in asked]
        if parameter == SH.equals:
            return [_look_at_equals(predicate, one) for one in given]
        if parameter == SH.sparql:
            return [self._query(one, self._graph.value(shape, SH.path)) for one in given]
        raise _NotUnderstood

    def _by_value(self, shape: str, parameter: str, given: str) -> Callable[[str], bool] | None:
        """Return the quickest way to hold a value against a constraint, where there is one."""
        if parameter not in CONSTRAINTS:
            return None
        return by_value(CONSTRAINTS[parameter][0](self._graph, shape, given))

    def _by_pair(self, shape: str, parameter: str, other: str) -> Callable[[str, str], bool]:
        is_good = by_pair(CONSTRAINTS[parameter][0](self._graph, shape, other))
        if is_good is None:
            raise _NotUnderstood
        return is_good

    def _parameters(self, shape: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the parameters of a shape with what is given, in the order in which the compiler has them."""
        for parameter in sorted(self._graph.predicates(shape)):
            if parameter in PARAMETERS and parameter not in WITH:
                yield parameter, sorted(self._graph.objects(shape, parameter))

    def _steps(self, path: str) -> list[str]:
        """Return the predicates of a path that leads along one after the other."""
        steps = [path] if is_iri(path) else self._graph.items(path)
        if steps and all(map(is_iri, steps)):
            return steps
        raise _NotUnderstood

    def _all(self, parameter: str, given: list[str], is_so: Callable[[str], bool]) -> bool:
        """Tell whether something is so of all shapes that a parameter refers to."""
        return all(is_so(one) for one in self._referred(parameter, given))

    def _referred(self, parameter: str, given: list[str]) -> list[str]:
        if parameter in (SH.node, SH["not"]):
            return given
        return [member for members in given for member in self._graph.items(members)]

    def _is_by_value(self, shape: str) -> bool:
        return self._is_made_of(shape, _BY_VALUE, self._is_by_value)

    def _is_by_class(self, shape: str) -> bool:
        return self._is_made_of(shape, _BY_CLASS, self._is_by_class)

    def _is_made_of(self, shape: str, parameters: frozenset[str], is_so: Callable[[str], bool]) -> bool:
        return not self._graph.has(shape, SH.path) and all(
            parameter in parameters or (parameter in _LOGICAL and self._all(parameter, given, is_so))
            for parameter, given in self._parameters(shape)
        )

    def _is_true_of(self, parameter: str, given: list[str], is_so: Callable[[str, list[str]], bool]) -> bool:
        """Tell whether something is so of a constraint, or of all that it is made of."""
        if parameter in _LOGICAL:
            return all(
                self._is_true_of(inner, values, is_so)
                for other in self._referred(parameter, given)
                for inner, values in self._parameters(other)
            )
        return is_so(parameter, given)

    def _is_by_suffix(self, parameter: str, given: list[str]) -> bool:
        if parameter == SH.datatype:
            return all(one in (RDF.langString, XSD.string) for one in given)
        return parameter in (SH.nodeKind, SH.languageIn)

    def _is_by_form(self, parameter: str, given: list[str]) -> bool:
        if parameter == SH.pattern:
            return all(treats_digits_alike(lexical(one)) for one in given)
        return parameter in (SH.datatype, SH.nodeKind, SH.languageIn, SH.minLength, SH.maxLength)

    def _query(self, constraint: str, path: str) -> Look:
        query = self._compiler.query(constraint, path)
        if query.needs is None:
            raise _NotUnderstood
        return _look_at_answers(query, query.needs)


def _passes(step: Step) -> Callable[[str], bool]:
    return lambda value: not list(step(_NOTHING, _NODE, [value]))


def _look_at_subject(step: Step) -> Look:
    known: Memo[bytes, bool] = Memo(
        lambda subject: not list(step(_NOTHING, subject.decode(), [subject.decode()])), limit=4096
    )
    return Look(lambda _view, subject, _values: known[subject])


def _look_at_equals(predicate: str, other: str) -> Look:
    one, two = predicate.encode(), other.encode()
    return Look(
        lambda _view, _subject, values: {*values.get(one, ())} == {*values.get(two, ())},
        needs=(predicate, other),
        equal=(predicate, other),
    )


def _look_at_pairs(is_good: Callable[[str, str], bool], path: list[str], other: str) -> Look:
    first, *rest = (predicate.encode() for predicate in path)
    greater = other.encode()

    def passes(view: View, _subject: bytes, said: Values) -> bool:
        others, values = said.get(greater), said.get(first, ())
        for predicate in rest:
            following = list[bytes]()
            for value in values:
                if value not in view.nodes:
                    return False
                following += view.said.get(value, NO_VALUES).get(predicate, ())
            values = following
        if not others or not values:
            return True
        if len(values) == len(others) == 1:
            return is_good(values[0].decode(), others[0].decode())
        if len(values) > _PAIRS or len(others) > _PAIRS:
            return False
        return all(is_good(value.decode(), one.decode()) for value in values for one in others)

    return Look(passes, needs=(path[0], other), further=tuple(path[1:]))


def _look_at_classes(step: Step, predicate: str) -> Look:
    name = predicate.encode()

    def passes(view: View, _subject: bytes, said: Values) -> bool:
        nodes = view.nodes
        for value in said.get(name, ()):
            # Of what the block does not describe, something may be known all the same.
            found = nodes.get(value)
            if found is None or not found.outcomes[step]:
                return False
        return True

    return Look(passes, needs=(predicate,), pointing=(predicate, step))


def _look_at_answers(query: Query, needs: frozenset[str]) -> Look:
    foreseen = query.foreseen
    wanted = [predicate.encode() for predicate in foreseen.predicates] if foreseen else []

    def passes(_view: View, _subject: bytes, said: Values) -> bool:
        # A node that lacks a predicate is not looked at: see :class:`Look`.
        return foreseen is not None and foreseen.has_none(
            [[value.decode() for value in said.get(predicate, ())] for predicate in wanted]
        )

    return Look(passes, needs=tuple(sorted(needs)))


def by_class(step: Step, classes: frozenset[str]) -> bool:
    """Tell whether nothing is wrong with a node of these classes, as the target of a property."""
    data = Data((_NODE, TYPE, class_) for class_ in classes)
    return not list(step(data, "<urn:focus>", [_NODE]))
