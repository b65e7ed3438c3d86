"""The guard: says what the shapes find in a block that the mapper outlined, or which nodes they have to be asked about.

What most constraints ask of a node depends only on which template of the crosswalk wrote it, of which fields, and on
whether each of its values is good by itself: on its *key* in the outline. One node of each key is held against the
shapes, by the functions of the compiled shapes, and what is found is true of all others. So what the templates
guarantee is proved once, and the rest is a few looks a record: at values that must be equal to others or less, where
the table does not say that they are, at the classes of nodes that are pointed to, and at the answers to queries.

Values that are missing or too many are the only faults that the guard tells, since keys tell them. Where anything else
is wrong with a node or not sure, the compiled shapes are asked about it, and of them only those about the property
concerned; and all of them about blocks that nobody outlined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from commons_ld.mapping.outlining import NO_VALUES
from commons_ld.memo import Memo
from commons_ld.rdf.block import Key, Outline, Values
from commons_ld.validation.compiling import Check, Compiler, Found, Step
from commons_ld.validation.data import SUBCLASS, TYPE, Data, Triple, read_our_block
from commons_ld.validation.guarding import Look, Rules, Understanding, by_class
from commons_ld.validation.noting import Noting, are_of_one_class
from commons_ld.validation.shapes_graph import ShapesGraph
from commons_ld.validation.targets import Targets, targets_of

__all__ = ["Guard", "Judged", "OutlinedBlock", "Sums"]

#: How many keys are remembered; then it begins anew, so that memory is flat.
_LIMIT: Final = 16_384


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
    :param unsure: the nodes that compiled shapes have to be asked about, and these shapes
    """

    __slots__ = ("missing", "nodes", "said", "unsure")

    def __init__(self) -> None:
        self.nodes: Final[dict[bytes, Signature]] = {}
        self.said: Final[dict[bytes, Values]] = {}
        self.missing: Final[dict[bytes, tuple[Found, ...]]] = {}
        self.unsure: Final[dict[bytes, Sequence[Check]]] = {}

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
    :param looks: what is to be looked at in each node, and what has to be asked where something may be wrong with it
    :param missing: the values that each of them lacks or has too many of, told of no node in particular
    :param unsure: what has to be asked about each of them
    """

    __slots__ = ("is_plain", "looks", "missing", "number", "outcomes", "pointing", "shapes", "unsure")

    def __init__(
        self,
        shapes: tuple[int, ...],
        classes: tuple[str, ...],
        number: int,
        pointing: tuple[tuple[bytes, int], ...],
        judgement: Judgement,
    ) -> None:
        self.shapes, self.number, self.pointing = shapes, number, pointing
        self.looks: Final = [(look.passes, check) for look, check in dict.fromkeys(judgement.looks)]
        self.missing: Final = tuple(one._replace(focus="") for one in judgement.missing)
        self.unsure: Final = tuple(dict.fromkeys(judgement.unsure))
        #: Whether there is nothing to look at in such a node, and nothing to tell.
        self.is_plain: Final = not (self.looks or self.missing or self.unsure or pointing)
        of: Final = frozenset(classes)
        #: Whether nothing is wrong with such a node as the target of a property, by what that asks for.
        self.outcomes: Final[Memo[Step, bool]] = Memo(lambda step: by_class(step, of))


class Judgement(NamedTuple):
    """What is found by holding a node against shapes: see :class:`Signature`."""

    looks: list[tuple[Look, Check]]
    missing: list[Found]
    unsure: list[Check]


class Guard:
    """Shapes, ready to judge blocks.

    :param targeted: the shapes with a target, in the order in which their focus nodes are counted
    """

    def __init__(self, graph: ShapesGraph, compiler: Compiler, targeted: Sequence[str]) -> None:
        understanding = Understanding(graph, compiler)
        self._rules: Final[list[Rules | None]] = [understanding.rules(shape) for shape in targeted]
        self._checks: Final = [compiler.check(shape) for shape in targeted]
        self._targets: Final = [targets_of(graph, shape) for shape in targeted]
        #: Who says what is to be noted of nodes: the outlines that are understood are for it.
        self.noting: Final = Noting(self._rules, self._targets)
        predicates = self.noting.templates.predicates
        #: A shape that checks nodes whether they are described or not is not for blocks; and the templates tell no
        #: class of a class.
        self.is_able: Final = (
            not compiler.left
            and not any(one.nodes for one in self._targets)
            and predicates.isdisjoint((SUBCLASS, TYPE))
            and not any(TYPE in look.needs for rules in self._rules if rules for look in rules.all_looks)
        )
        #: Statements about what a block only refers to that change what is found in the block.
        self._telling: Final = frozenset((SUBCLASS, *(predicate for predicate, _ in self.noting.pointed)))
        self._signatures: dict[Key, Signature] = {}
        #: The shapes and classes that nodes were found to be of, by their numbers.
        self._numbers: Final[dict[tuple[tuple[int, ...], tuple[str, ...]], int]] = {}

    def judged(self, block: OutlinedBlock, told: Collection[str] = ()) -> Judged | None:
        """Return what is found in a block, or ``None`` if it has no outline that is understood.

        :param told: the predicates of what is known of the nodes that the block only refers to
        """
        outline = block.outline
        if outline is None or outline.of is not self.noting or not self._telling.isdisjoint(told):
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
            kinds: dict[bytes, list[str]] = {}
            for term, key, _ in outline.nodes:
                kinds.setdefault(term, []).append(str(key[0]))
            for term, several in kinds.items():
                if not are_of_one_class(several):
                    return None  # what is proved of nodes of a kind is not so of what is of two
                if len(several) > 1:
                    # What two descriptions say together is in neither of them.
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
            unsure = signature.unsure
            for passes, check in signature.looks:
                if check not in unsure and not passes(judged, term, values):
                    unsure = (*unsure, check)
            if unsure:
                judged.unsure[term] = unsure
            if signature.missing:
                judged.missing[term] = signature.missing
        return True

    def sums(self, numbers: Iterable[int]) -> Sums:
        """Return what is counted in a block, by the numbers of its nodes."""
        known = list(self._numbers)
        met = Counter(shape for number in numbers for shape in known[number][0])
        classes = Counter(class_ for number in numbers for class_ in known[number][1])
        return Sums([met[number] for number in range(len(self._rules))], classes)

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
        shapes = tuple(
            number for number, targets in enumerate(self._targets) if self._is_targeted(targets, by_predicate, classes)
        )
        pointing = tuple((name.encode(), number) for name, number in self.noting.pointed if name in by_predicate)
        judgement = Judgement([], [], [])
        for number in shapes:
            # What was noted of a node is noted for the shapes that may meet its kind.
            if node and number not in self.noting.met[node]:
                judgement.unsure.append(self._checks[number])
            else:
                self._judge(node, number, subject, Data(said), by_predicate, judgement)
        number = self._numbers.setdefault((shapes, classes), len(self._numbers))
        return Signature(shapes, classes, number, pointing, judgement)

    def _judge(
        self,
        node: str,
        number: int,
        subject: str,
        data: Data,
        by_predicate: Mapping[str, list[str]],
        judgement: Judgement,
    ) -> None:
        """Hold a node against a shape, property by property."""
        rules, whole = self._rules[number], self._checks[number]
        if rules is None or any(list(step(data, subject, [subject])) for step in rules.on_node):
            judgement.unsure.append(whole)
            return
        judgement.looks.extend((look, whole) for look in rules.looks if not self._is_idle(look, node, by_predicate))
        for one in rules.properties:
            values = by_predicate.get(one.predicate, [])
            if not all(test.passes(value) for test in one.tests for value in values):
                judgement.unsure.append(one.check)
                continue
            for step in one.counts:
                judgement.missing.extend(step(data, subject, values))
            judgement.looks.extend(
                (look, one.check) for look in one.looks if not self._is_idle(look, node, by_predicate)
            )

    def _is_idle(self, look: Look, node: str, by_predicate: Container[str]) -> bool:
        """Tell whether a look surely finds nothing in nodes of a key, which have the same predicates."""
        if self.noting.is_proved(look, node):
            return True
        if look.equal is not None:
            return not any(one in by_predicate for one in look.equal)
        return any(predicate not in by_predicate for predicate in look.needs)

    def _is_targeted(self, targets: Targets, by_predicate: Container[str], classes: Container[str]) -> bool:
        return any(one in classes for one in targets.classes) or any(one in by_predicate for one in targets.subjects_of)


def _said(term: bytes, outline: Outline) -> list[Triple]:
    """Return what a block says of a node."""
    return read_our_block(b"".join(outline.parts[term]))
