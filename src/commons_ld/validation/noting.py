"""What the mapper is to note of nodes, so that the guard can judge them.

Of each term it notes which of the tests it passes that the shapes put to its row of the crosswalk: see
:mod:`commons_ld.mapping.outlining`. What the templates guarantee is not looked at: that two properties are equal which
the same rows give, how all terms of a row end, and of which classes the nodes are that it leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from typing import Final

from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.mapping.nodes import DESCRIBED, MEDIA, PARTS, TEXTS
from commons_ld.memo import Memo
from commons_ld.rdf.namespaces import expand
from commons_ld.validation.guarding import Look, Property, Rules, Test, by_class
from commons_ld.validation.targets import Targets

__all__ = ["Noting", "Templates", "are_of_one_class"]

#: How many terms are remembered; then it begins anew, so that memory is flat.
_LIMIT: Final = 16_384

#: Terms of the crosswalk that have the form of their datatype if they have one.
_WELL_TYPED: Final = frozenset(("date", "decimal", "duration", "integer", "moment", "pages"))
#: What gives texts that differ in digits alone one form.
_FORM: Final = bytes.maketrans(b"0123456789", b"1111111111")

#: Terms of the crosswalk that are IRIs whatever the value, besides the kinds of nodes.
_IRIS: Final = frozenset(
    ("author", "concept", "country", "dcmi_type", "image", "language", "media_file", "producer", "reply_to", "url")
)


class Templates:
    """What the crosswalk says of the nodes that it describes."""

    def __init__(self) -> None:
        self._rows: Final[dict[tuple[str, str], list[Rule]]] = {}
        for rule in CROSSWALK:
            for name in rule.properties:
                self._rows.setdefault((rule.node, f"<{expand(name)}>"), []).append(rule)

    @property
    def predicates(self) -> frozenset[str]:
        """All that nodes say, but for their classes."""
        return frozenset(predicate for _, predicate in self._rows)

    def rows(self, node: str, predicate: str) -> list[Rule]:
        """Return the rows that give a kind of node a predicate."""
        return self._rows.get((node, predicate), [])

    def are_equal(self, node: str, predicate: str, other: str) -> bool:
        """Tell whether two predicates of a kind of node always say the same: they are given by the same rows."""
        return node in NODE_TYPES and self.rows(node, predicate) == self.rows(node, other)

    def pointed_to(self, node: str, predicate: str) -> frozenset[str]:
        """Return the kinds of the nodes that a predicate leads to, if the block describes all of them; else none."""
        rows = self.rows(node, predicate)
        if any(row.term not in DESCRIBED for row in rows):
            return frozenset()
        kinds = frozenset(kind for row in rows for kind in DESCRIBED[row.term])
        return frozenset() if kinds.intersection(MEDIA) else kinds


class Noting:
    """Says what is to be noted: a :class:`commons_ld.mapping.outlining.Outliner`.

    :param rules: what each shape with a target asks for, ``None`` where not all of it is understood
    :param targets: the targets of these shapes
    """

    def __init__(self, rules: Sequence[Rules | None], targets: Sequence[Targets]) -> None:
        self._rules: Final = rules
        self._targets: Final = targets
        self.templates: Final = Templates()
        #: The predicates whose values a shape meets, and the number of that shape.
        self.pointed: Final = [
            (predicate, number) for number, one in enumerate(targets) for predicate in one.objects_of
        ]
        #: The shapes that may meet each kind of node.
        self.met: Final = {node: self._shapes_of(node) for node in NODE_TYPES}
        self._looked_at: Final = {node: self._looks_of(node) for node in NODE_TYPES}
        self._kinds: Final[dict[tuple[Test, ...], Memo[bytes, Hashable]]] = {}

    def kinds(self, rule: Rule) -> Callable[[bytes], Hashable] | None:
        """Return what tells of a term which of the tests that the shapes put to its row it passes."""
        asked = (one for name in rule.properties for one in self._properties(rule.node, f"<{expand(name)}>"))
        tests = dict.fromkeys(test for one in asked for test in one.tests)
        if rule.term in TEXTS or rule.term in _IRIS or rule.term in NODE_TYPES:
            # All terms of such a row end alike, so that one of them tells of all what depends on that.
            tests = {test: None for test in tests if not test.by_suffix}
        if not tests:
            return None
        key = tuple(tests)
        if rule.term in _WELL_TYPED and all(test.by_form for test in key):
            # All of one form are alike, so that it is told of one of them.
            return _by_form(_outcomes(key))
        if rule.term in TEXTS and rule.node in PARTS and rule.field != "name":
            return _outcomes(key)  # hardly any of them comes again
        if key not in self._kinds:
            self._kinds[key] = Memo(_outcomes(key), limit=_LIMIT)
        return self._kinds[key].__getitem__

    def is_counted(self, node: str, predicate: str) -> bool:
        """Tell whether a shape counts the terms of a predicate of a kind of node."""
        return any(one.counted for one in self._properties(node, predicate))

    def looked_at(self, node: str) -> Collection[str]:
        """Return the predicates of a kind of node that shapes look at."""
        return self._looked_at[node]

    def is_proved(self, look: Look, node: str) -> bool:
        """Tell whether the templates guarantee what is looked at in a kind of node that is described once."""
        if look.equal is not None:
            return self.templates.are_equal(node, *look.equal)
        if look.pointing is None:
            return False
        predicate, step = look.pointing
        kinds = self.templates.pointed_to(node, predicate)
        return bool(kinds) and all(by_class(step, _classes(kind)) for kind in kinds)

    def _shapes_of(self, node: str) -> list[int]:
        """Return the shapes that may meet a kind of node, by its classes or by what it says."""
        classes = _classes(node)
        return [
            number
            for number, targets in enumerate(self._targets)
            # What a page says of its medium decides of which class that is.
            if not classes.isdisjoint(targets.classes)
            or (targets.classes and node in MEDIA)
            or any(self.templates.rows(node, predicate) for predicate in targets.subjects_of)
        ]

    def _looks_of(self, node: str) -> frozenset[str]:
        wanted = {predicate for predicate, _ in self.pointed}
        # A path may lead to a node of any kind.
        wanted.update(name for rules in self._rules if rules for look in rules.all_looks for name in look.further)
        for number in self.met[node]:
            for look in rules.all_looks if (rules := self._rules[number]) else ():
                if not self.is_proved(look, node):
                    wanted.update(look.needs)
        return frozenset(wanted)

    def _properties(self, node: str, predicate: str) -> Iterator[Property]:
        """Yield what is asked of a predicate of a kind of node."""
        for number in self.met[node]:
            for one in rules.properties if (rules := self._rules[number]) else ():
                if one.predicate == predicate:
                    yield one


def are_of_one_class(kinds: Iterable[str]) -> bool:
    """Tell whether several descriptions of one node are of the same classes, but for those that are of none.

    >>> are_of_one_class(["person", "participant", "link"]), are_of_one_class(["person", "organization"])
    (True, False)
    """
    # A page decides of which class its medium is.
    found = {(kind,) if kind in MEDIA else NODE_TYPES[kind] for kind in kinds}
    return len(found - {()}) < 2


def _classes(node: str) -> frozenset[str]:
    return frozenset(f"<{expand(name)}>" for name in NODE_TYPES[node])


def _outcomes(tests: Sequence[Test]) -> Callable[[bytes], Hashable]:
    """Return what tells of a term which tests it passes."""
    passes = [test.passes for test in tests]
    if len(passes) == 1:
        (only,) = passes
        return lambda term: only(term.decode())

    def outcomes(term: bytes) -> Hashable:
        value = term.decode()
        return tuple([one(value) for one in passes])

    return outcomes


def _by_form(outcomes: Callable[[bytes], Hashable]) -> Callable[[bytes], Hashable]:
    """Return what tells of a literal what is told of another one that differs in digits alone."""
    # Datatypes do not differ in digits alone, so that all of a literal may be translated.
    known: dict[bytes, Hashable] = {}

    def told(term: bytes) -> Hashable:
        form = term.translate(_FORM)
        found = known.get(form)
        if found is None:
            if len(known) >= _LIMIT:
                known.clear()
            text, mark, end = term.rpartition(b'"')
            found = known[form] = outcomes(text.translate(_FORM) + mark + end)
        return found

    return told
