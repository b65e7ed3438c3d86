"""The guard: says what the shapes find in a block that the mapper outlined, or which nodes they have to be asked about.

What most constraints ask of a node depends only on which template of the crosswalk wrote it, of which fields, and on
whether each of its values is good by itself: on its *key* in the outline. One node of each key is held against the
shapes, by the functions of the compiled shapes, and what is found is true of all others. So what the templates
guarantee is proved once, and the rest is a few looks a record: at values that must be equal to others or less, where
the table does not say that they are, at the classes of nodes that are pointed to, and at the answers to queries.

Values that are missing or too many are the only faults that the guard tells, since keys tell them. The compiled shapes
are asked about every node in which anything else is wrong or not sure, and about blocks that nobody outlined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from commons_ld.block import Key, Outline, Values
from commons_ld.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.memo import Memo
from commons_ld.namespaces import expand
from commons_ld.outlining import NO_VALUES
from commons_ld.plan_nodes import MEDIA, PARTS, TEXTS
from commons_ld.validation.compiling import Compiler, Found, Step
from commons_ld.validation.data import SUBCLASS, TYPE, Data, Triple, read_our_block
from commons_ld.validation.guarding import Look, Property, Rules, Test, Understanding, by_class
from commons_ld.validation.shapes_graph import ShapesGraph
from commons_ld.validation.sparql import Query, is_kept
from commons_ld.validation.targets import Targets, targets_of

__all__ = ["Guard", "Judged", "OutlinedBlock", "Sums"]

#: How many keys are remembered; then it begins anew, so that memory is flat.
_LIMIT: Final = 16_384

#: Terms of the crosswalk that have the form of their datatype if they have one.
_WELL_TYPED: Final = frozenset(("date", "decimal", "duration", "integer", "moment", "pages"))
#: What gives texts that differ in digits alone one form.
_FORM: Final = bytes.maketrans(b"0123456789", b"1111111111")

#: Terms of the crosswalk that are IRIs whatever the value, besides the kinds of nodes.
_IRIS: Final = frozenset(
    ("author", "concept", "country", "dcmi_type", "image", "language", "media_file", "producer", "reply_to", "url")
)


class OutlinedBlock(Protocol):
    """A block that may have an outline, such as :class:`commons_ld.mapping.Block`."""

    @property
    def outline(self) -> Outline | None:
        """What the mapper noted of its nodes."""


class Judged:
    """A block, node by node.

    :param nodes: what each node that is described has in common with others
    :param said: what they say with the predicates that are looked at, if they do
    :param missing: values that are missing or too many, by the node
    :param pending: the queries to be asked, each with the node that it is about and what that node says
    :param unsure: the nodes that the compiled shapes have to be asked about
    """

    __slots__ = ("missing", "nodes", "pending", "said", "unsure")

    def __init__(self) -> None:
        self.nodes: Final[dict[bytes, Signature]] = {}
        self.said: Final[dict[bytes, Values]] = {}
        self.missing: Final[dict[bytes, tuple[Found, ...]]] = {}
        self.pending: Final[list[tuple[Query, bytes, list[Triple]]]] = []
        self.unsure: Final[list[bytes]] = []

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of which shapes and classes its nodes are, by numbers: see :meth:`Guard.sums`."""
        return tuple(sorted([signature.number for signature in self.nodes.values()]))

    def is_checked(self, node: bytes) -> bool:
        """Tell whether a shape with a target met a node."""
        found = self.nodes.get(node)
        return found is not None and bool(found.shapes)


class Sums(NamedTuple):
    """What is counted in a block.

    :param met: how many nodes each shape with a target met, in the order of these shapes
    :param classes: how many nodes there are of each class
    """

    met: Sequence[int]
    classes: Mapping[str, int]


class Signature:
    """What nodes of a key have in common.

    :param shapes: the shapes with a target that meet such a node
    :param number: that of these shapes and classes together
    :param pointing: predicates whose values such a shape meets, and that shape
    :param missing: what is wrong with each of them, told of no node in particular
    :param is_sure: whether nothing is wrong with such a node but what is ``missing``, and what the looks find
    """

    __slots__ = ("is_plain", "is_sure", "looks", "missing", "number", "outcomes", "pointing", "shapes")

    def __init__(
        self,
        shapes: tuple[int, ...],
        classes: tuple[str, ...],
        number: int,
        pointing: tuple[tuple[bytes, int], ...],
        *,
        looks: tuple[Look, ...] = (),
        missing: tuple[Found, ...] = (),
        is_sure: bool,
    ) -> None:
        self.shapes, self.number, self.pointing = shapes, number, pointing
        self.looks, self.missing, self.is_sure = [look.passes for look in looks], missing, is_sure
        #: Whether there is nothing to look at in such a node, and nothing to tell.
        self.is_plain: Final = is_sure and not (looks or missing or pointing)
        of = frozenset(classes)
        #: Whether nothing is wrong with such a node as the target of a property, by what that asks for.
        self.outcomes: Final[Memo[Step, bool]] = Memo(lambda step: by_class(step, of))


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


class Guard:
    """Shapes, ready to judge blocks; and the outliner whose outlines it understands.

    :param targeted: the shapes with a target, in the order in which their focus nodes are counted
    """

    def __init__(self, graph: ShapesGraph, compiler: Compiler, targeted: Sequence[str]) -> None:
        understanding = Understanding(graph, compiler)
        self._rules: Final[list[Rules | None]] = [understanding.rules(shape) for shape in targeted]
        self._targets: Final = [targets_of(graph, shape) for shape in targeted]
        self._templates: Final = Templates()
        self._pointed: Final = [
            (predicate, number) for number, one in enumerate(self._targets) for predicate in one.objects_of
        ]
        #: A shape that checks nodes whether they are described or not is not for blocks; and the templates tell no
        #: class of a class.
        self.is_able: Final = (
            not compiler.left
            and not any(one.nodes for one in self._targets)
            and self._templates.predicates.isdisjoint((SUBCLASS, TYPE))
            and not any(TYPE in look.needs for rules in self._rules if rules for look in rules.all_looks)
        )
        #: Statements about what a block only refers to that change what is found in the block.
        self._telling: Final = frozenset((SUBCLASS, *(predicate for predicate, _ in self._pointed)))
        self._met: Final = {node: self._shapes_of(node) for node in NODE_TYPES}
        self._looked_at: Final = {node: self._looks_of(node) for node in NODE_TYPES}
        self._kinds: Final[dict[tuple[Test, ...], Memo[bytes, Hashable]]] = {}
        self._signatures: dict[Key, Signature] = {}
        #: The shapes and classes that nodes were found to be of, by their numbers.
        self._numbers: Final[dict[tuple[tuple[int, ...], tuple[str, ...]], int]] = {}

    def _shapes_of(self, node: str) -> list[int]:
        """Return the shapes that may meet a kind of node, by its classes or by what it says."""
        classes = {f"<{expand(name)}>" for name in NODE_TYPES[node]}
        return [
            number
            for number, targets in enumerate(self._targets)
            # What a page says of its medium decides of which class that is.
            if not classes.isdisjoint(targets.classes)
            or (targets.classes and node in MEDIA)
            or any(self._templates.rows(node, predicate) for predicate in targets.subjects_of)
        ]

    def _looks_of(self, node: str) -> frozenset[str]:
        wanted = {predicate for predicate, _ in self._pointed}
        # A path may lead to a node of any kind.
        wanted.update(name for rules in self._rules if rules for look in rules.all_looks for name in look.further)
        for number in self._met[node]:
            for look in rules.all_looks if (rules := self._rules[number]) else ():
                if not self._is_proved(look, node):
                    wanted.update(look.needs)
        return frozenset(wanted)

    def _properties(self, node: str, predicate: str) -> Iterator[Property]:
        """Yield what is asked of a predicate of a kind of node."""
        for number in self._met[node]:
            for one in rules.properties if (rules := self._rules[number]) else ():
                if one.predicate == predicate:
                    yield one

    # ── What is to be noted of nodes ─────────────────────────────────────────────────────────────────

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

    def _is_proved(self, look: Look, node: str) -> bool:
        return look.equal is not None and self._templates.are_equal(node, *look.equal)

    # ── What is found ────────────────────────────────────────────────────────────────────────────────

    def judged(self, block: OutlinedBlock, told: Collection[str] = ()) -> Judged | None:
        """Return what is found in a block, or ``None`` if it has no outline that is understood.

        :param told: the predicates of what is known of the nodes that the block only refers to
        """
        outline = block.outline
        if outline is None or outline.of is not self or not self._telling.isdisjoint(told):
            return None
        if len(self._signatures) > _LIMIT:
            self._signatures.clear()
        judged = Judged()
        known, nodes, said = self._signatures, judged.nodes, judged.said
        watched = []
        for term, key, values in outline.nodes:
            signature = known.get(key) or self._signature(term, key, outline)
            nodes[term] = signature
            if values:
                said[term] = values
            if not signature.is_plain:
                watched.append((term, signature, values))
        if len(nodes) != len(outline.nodes):
            # What two descriptions say together is in neither of them.
            for term, count in Counter(term for term, _, _ in outline.nodes).items():
                if count > 1:
                    nodes[term], said[term] = self._merged(term, outline)
            watched = [(term, nodes[term], said.get(term, NO_VALUES)) for term in nodes]
        return judged if self._look(judged, watched) else None

    def _look(self, judged: Judged, watched: Iterable[tuple[bytes, Signature, Values]]) -> bool:
        """Look at what keys do not tell, and tell whether it is known which shapes met which nodes."""
        nodes = judged.nodes
        for term, signature, values in watched:
            for predicate, shape in signature.pointing:
                for value in values.get(predicate, ()):
                    found = nodes.get(value)
                    if found is None or shape not in found.shapes:
                        return False
            if not signature.is_sure:
                judged.unsure.append(term)
                continue
            for look in signature.looks:
                if not look(judged, term, values):
                    judged.unsure.append(term)
                    break
            else:
                if signature.missing:
                    judged.missing[term] = signature.missing
        return True

    def sums(self, numbers: Iterable[int]) -> Sums:
        """Return what is counted in a block, by the numbers of its nodes."""
        known = list(self._numbers)
        met = Counter(shape for number in numbers for shape in known[number][0])
        classes = Counter(class_ for number in numbers for class_ in known[number][1])
        return Sums([met[number] for number in range(len(self._rules))], classes)

    def ask(self, blocks: Iterable[Judged]) -> None:
        """Ask the queries about all blocks at once, and note the nodes about which one found something."""
        asked = dict[Query, dict[str, tuple[Judged, bytes]]]()
        statements: dict[Query, list[Triple]] = {}
        for block in blocks:
            for query, term, said in block.pending:
                nodes, subject = asked.setdefault(query, {}), said[0][0]
                if subject in nodes or not all(is_kept(value) for _, _, value in said):
                    # Two blocks speak of it, or a store would change what they say.
                    block.unsure.append(term)
                else:
                    nodes[subject] = block, term
                    statements.setdefault(query, []).extend(said)
        for query, nodes in asked.items():
            wrong = query.ask_about(statements.get(query, ()))
            for subject in nodes if wrong is None else wrong:
                block, term = nodes[subject]
                block.unsure.append(term)

    # ── What is proved once ──────────────────────────────────────────────────────────────────────────

    def _signature(self, term: bytes, key: Key, outline: Outline) -> Signature:
        """Return what nodes of a key have in common, told by one of them that is not described twice."""
        said = _said(term, outline)
        if sum(one[0] == term for one in outline.nodes) > 1:
            return self._held("", term.decode(), said)
        found = self._signatures[key] = self._held(str(key[0]), term.decode(), said)
        return found

    def _merged(self, term: bytes, outline: Outline) -> tuple[Signature, Values]:
        """Return what is true of a node that was described twice, and its values."""
        values: dict[bytes, list[bytes]] = {}
        said = _said(term, outline)
        for _, predicate, value in said:
            values.setdefault(predicate.encode(), []).append(value.encode())
        return self._held("", term.decode(), said), values

    def _held(self, node: str, subject: str, said: list[Triple]) -> Signature:
        """Hold a node against all shapes that target it; return what is true of all nodes of its key.

        :param node: its kind, or ``""`` if it has several
        """
        by_predicate: dict[str, list[str]] = {}
        for _, predicate, value in said:
            by_predicate.setdefault(predicate, []).append(value)
        classes = tuple(by_predicate.get(TYPE, ()))
        shapes = [
            number for number, targets in enumerate(self._targets) if self._is_targeted(targets, by_predicate, classes)
        ]
        pointing = tuple((name.encode(), number) for name, number in self._pointed if name in by_predicate)
        looks, missing = list[Look](), list[Found]()
        # What was noted of a node is noted for the shapes that may meet its kind.
        is_sure = (not node or not set(shapes).difference(self._met[node])) and all(
            self._is_good(node, number, subject, Data(said), by_predicate, looks, missing) for number in shapes
        )
        number = self._numbers.setdefault((tuple(shapes), classes), len(self._numbers))
        if not is_sure:
            return Signature(tuple(shapes), classes, number, pointing, is_sure=False)
        return Signature(
            tuple(shapes),
            classes,
            number,
            pointing,
            looks=tuple(dict.fromkeys(looks)),
            missing=tuple(one._replace(focus="") for one in missing),
            is_sure=True,
        )

    def _is_good(
        self,
        node: str,
        number: int,
        subject: str,
        data: Data,
        by_predicate: Mapping[str, list[str]],
        looks: list[Look],
        missing: list[Found],
    ) -> bool:
        """Tell whether nothing is wrong with a node but what is missing, and what will be looked at."""
        rules = self._rules[number]
        if rules is None or any(list(step(data, subject, [subject])) for step in rules.on_node):
            return False
        looks += [look for look in rules.looks if not self._is_proved(look, node)]
        for one in rules.properties:
            values = by_predicate.get(one.predicate, [])
            if not all(test.passes(value) for test in one.tests for value in values):
                return False
            for step in one.counts:
                missing += step(data, subject, values)
            looks += [look for look in one.looks if not self._is_proved(look, node)]
        return True

    def _is_targeted(self, targets: Targets, by_predicate: Container[str], classes: Container[str]) -> bool:
        return any(one in classes for one in targets.classes) or any(one in by_predicate for one in targets.subjects_of)


def _outcomes(tests: Sequence[Test]) -> Callable[[bytes], Hashable]:
    """Return what tells of a term which tests it passes."""
    passes = [test.passes for test in tests]

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


def _said(term: bytes, outline: Outline) -> list[Triple]:
    """Return what a block says of a node."""
    return read_our_block(b"".join(outline.parts[term]))
