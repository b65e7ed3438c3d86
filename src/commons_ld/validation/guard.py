"""The guard: passes a block only if it is sure what the shapes find in it, after a few looks at its bytes.

Records are alike. What most constraints ask of a node depends only on which predicates it has, and on whether each of
its values is good by itself: the *signature* of the node. One node of each signature is held against the shapes, by the
functions of the compiled shapes, and what is found is true of all others. So what the templates of the mapping
guarantee is proved once, by the first node that a template made, and nothing has to be believed of the mapping.

What a signature does not tell is looked at in each block: values that must be equal to others or less, the classes of
nodes that are pointed to, and queries. Values that are missing or too many are the only faults that the guard tells,
since signatures tell them; a block with any other fault is not passed, and neither is what is not understood, in the
shapes or in a block. The compiled shapes are asked then.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Sized
from typing import Any, Final, NamedTuple

from rdflib import Graph
from rdflib.term import Node

from commons_ld.memo import Memo
from commons_ld.validation.compiling import Compiler, Found, Step
from commons_ld.validation.data import IRI, LITERAL, SUBCLASS, TYPE, Data, Triple
from commons_ld.validation.guarding import Described, Look, Rules, Test, Understanding, View, by_class
from commons_ld.validation.sparql import Query, is_kept
from commons_ld.validation.targets import Targets, targets_of
from commons_ld.validation.tokens import language

__all__ = ["Guard", "Passed"]

#: How many statements, kinds of statements and signatures are remembered; then it begins anew, so that memory is flat.
_LIMIT: Final = 16_384
#: Longer statements are not remembered.
_LONGEST: Final = 240
#: Added to the number of a kind of statements of which it matters how many there are.
_SHIFT: Final = 40
_COUNTED: Final = 1 << _SHIFT

_SUBJECTS: Final = re.compile(f"(?:{IRI})+")
_SAID: Final = re.compile(f"({IRI}) ({IRI}|{LITERAL})")
_PLAIN_IRI: Final = re.compile(rb"<[!#-;=?-\[\]_a-z~]+>")
_UNKNOWN: Final[Any] = object()
_GRAPH: Final = re.compile(rf" {IRI} \.")


class Passed(NamedTuple):
    """A block of which all is known that the shapes find in it, if the queries find nothing.

    :param found: values that are missing or too many, which signatures tell
    :param focus_nodes: how many nodes each shape with a target met, in the order of these shapes
    :param classes: the class of each statement that tells one
    :param nodes: the nodes that are described, as N-Triples writes them, and whether a shape with a target met each
    :param pending: the queries, each with the node that it is about and what that node says
    """

    found: list[Found]
    focus_nodes: list[int]
    classes: list[str]
    nodes: dict[bytes, bool]
    pending: list[tuple[Query, str, list[Triple]]]


class _Ask(Exception):
    """A block is not surely good."""


class _Signature:
    """What nodes of a kind have in common."""

    __slots__ = ("_outcomes", "classes", "looks", "shapes", "wrong")

    def __init__(
        self, shapes: tuple[int, ...], looks: tuple[Look, ...], classes: tuple[str, ...], wrong: tuple[Found, ...]
    ) -> None:
        self.shapes, self.looks, self.classes, self.wrong = shapes, looks, classes, wrong
        self._outcomes: dict[Step, bool] = {}

    def conforms(self, step: Step) -> bool:
        """Tell whether nothing is wrong with such a node, as the target of a property."""
        known = self._outcomes.get(step)
        if known is None:
            known = self._outcomes[step] = by_class(step, frozenset(self.classes))
        return known


class _Described:
    """A node of a block: where its lines are, and what they have in common with others."""

    __slots__ = ("conforms", "first", "last", "signature", "subject")

    def __init__(self, subject: bytes, first: int, last: int, signature: _Signature) -> None:
        self.subject, self.first, self.last, self.signature = subject, first, last, signature
        self.conforms = signature.conforms

    def is_met_by(self, shape: int) -> bool:
        """Tell whether a shape was held against the node."""
        return shape in self.signature.shapes


class _View:
    """A block, line by line."""

    __slots__ = ("_end", "_lines", "nodes", "pending")

    def __init__(self, lines: list[bytes], end: int) -> None:
        self._lines, self._end = lines, end
        self.nodes: dict[bytes, _Described] = {}
        self.pending: list[tuple[Query, str, list[Triple]]] = []

    def values(self, node: _Described, predicate: bytes) -> list[bytes]:
        """Return what a node says with a predicate, in order."""
        lines, end, last = self._lines, self._end, node.last
        start = b"%b %b " % (node.subject, predicate)
        place, length, found = bisect_left(lines, start, node.first, last), len(start), []
        while place < last and lines[place].startswith(start):
            found.append(lines[place][length:end])
            place += 1
        return found


class _Numbers(dict[bytes, int]):
    """The kind of a statement about some node, by its predicate and object as a line has them."""

    def __init__(self, learn: Callable[[bytes], int]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, said: bytes) -> int:
        return self._learn(said)


class _Alike:
    """Statements with one predicate whose objects are of a kind, end alike, and pass the same tests of that.

    :param base: what is the same of all of them
    :param tests: what has to be asked of each value
    """

    __slots__ = ("base", "is_counted", "number", "tests")

    def __init__(self, base: tuple[object, ...], tests: tuple[Callable[[str], bool], ...], is_counted: bool) -> None:
        self.base, self.tests, self.is_counted = base, tests, is_counted
        #: The kind of all of them, where there are no tests.
        self.number = 0


class Guard:
    """Shapes, ready to pass blocks.

    :param targeted: the shapes with a target, in the order in which their focus nodes are counted
    """

    def __init__(self, graph: Graph, compiler: Compiler, targeted: Sequence[Node]) -> None:
        understanding = Understanding(graph, compiler)
        self._rules: Final[list[Rules | None]] = [understanding.rules(shape) for shape in targeted]
        self._targets: Final = [targets_of(graph, shape) for shape in targeted]
        #: A shape that checks nodes whether they are described or not is not for blocks.
        self.is_able: Final = not compiler.left and not any(one.nodes for one in self._targets)
        properties = [one for rules in self._rules if rules for one in rules.properties]
        self._counted: Final = {one.predicate for one in properties if one.counted}
        self._by_language: Final = {one.predicate for one in properties if one.by_language}
        self._tests: Final[dict[str, tuple[Test, ...]]] = {
            predicate: tuple(
                dict.fromkeys(test for one in properties if one.predicate == predicate for test in one.tests)
            )
            for predicate in {one.predicate for one in properties}
        }
        self._pointed: Final = [
            (predicate.encode(), number) for number, one in enumerate(self._targets) for predicate in one.objects_of
        ]
        #: Statements about what a block only refers to that change what is found in the block.
        self._telling: Final = (SUBCLASS, *(predicate for one in self._targets for predicate in one.objects_of))
        self._about: Callable[[str], Iterable[str]] | None = None
        self._forget()

    def _forget(self) -> None:
        self._numbers: _Numbers = _Numbers(self._number)
        self._kinds: dict[tuple[object, ...], int] = {}
        self._alike: dict[tuple[bytes, bytes], _Alike] = {}
        self._signatures: dict[object, _Signature | None] = {}
        self._referred: list[bytes] = []
        self._is_quiet: Memo[bytes, bool] = Memo(self._look_up, limit=_LIMIT)

    def passed(self, block: bytes, about: Callable[[str], Iterable[str]] | None = None) -> Passed | None:
        """Return what was met in a block that surely conforms, or ``None`` if that is not sure.

        :param block: N-Quads
        :param about: see :meth:`commons_ld.validation.Shapes.validate`
        """
        if not self.is_able:
            return None
        remembered: tuple[Sized, ...] = self._kinds, self._alike, self._signatures
        if about != self._about or max(map(len, remembered)) > _LIMIT:
            self._about = about
            self._forget()
        elif len(self._numbers) > _LIMIT:
            # What is said of records is forgotten, and what was proved of its kinds is not.
            self._numbers.clear()
        try:
            return self._passed(block)
        except _Ask:
            return None

    def answered(self, blocks: Mapping[int, Passed]) -> set[int]:
        """Ask the queries about all blocks at once, and return those about which no query found anything."""
        good, asked = set(blocks), dict[Query, dict[str, int]]()
        statements: dict[Query, list[Triple]] = {}
        for place, block in blocks.items():
            for query, subject, said in block.pending:
                nodes = asked.setdefault(query, {})
                if subject in nodes or not all(is_kept(value) for _, _, value in said):
                    # Two blocks speak of it, or a store would change what they say.
                    good.discard(place)
                else:
                    nodes[subject] = place
                    statements.setdefault(query, []).extend(said)
        for query, nodes in asked.items():
            wrong = query.ask_about(statements.get(query, ()))
            for subject, place in nodes.items():
                if wrong is None or wrong.get(subject):
                    good.discard(place)
        return good

    def _passed(self, block: bytes) -> Passed:
        lines = block.split(b"\n")
        if lines.pop() or not lines or b"\r" in block:
            raise _Ask
        end = lines[0].rfind(b" <")
        tail = lines[0][end:]
        # Lines that are in order stand together if they are about one node.
        if end < 0 or sorted(lines) != lines or not _GRAPH.fullmatch(tail.decode("utf-8", "replace")):
            raise _Ask
        end = -len(tail)
        view = _View(lines, end)
        numbers, start, length = self._numbers, b"\n", 0
        # The IRIs that a block refers to and that are not among the statements which are remembered.
        self._referred = referred = list[bytes]()
        groups: list[tuple[bytes, list[int]]] = []
        for line in lines:
            if not line.startswith(start):
                length = line.find(b" ") + 1
                start, kinds = line[:length], list[int]()
                groups.append((start[:-1], kinds))
            if not line.endswith(tail):
                raise _Ask
            kinds.append(numbers[line[length:end]])
        if not _SUBJECTS.fullmatch(_text(b"".join([subject for subject, _ in groups]))):
            raise _Ask
        first, nodes = 0, view.nodes
        for subject, kinds in groups:
            last = first + len(kinds)
            key: object = frozenset(kinds)
            if len(key) != len(kinds) and sum(kinds) >> _SHIFT != sum(key) >> _SHIFT:  # type: ignore[arg-type, call-overload]
                # More than one of what is counted.
                key = tuple(kinds)
            signature = self._signatures.get(key, _UNKNOWN)
            if signature is _UNKNOWN:
                said = [line[len(subject) + 1 : end].decode().partition(" ")[::2] for line in lines[first:last]]
                signature = self._signatures[key] = self._prove(subject.decode(), said)
            if signature is None:
                raise _Ask
            nodes[subject] = _Described(subject, first, last, signature)
            first = last
        for iri in referred:
            if iri not in nodes and not self._is_quiet[iri]:
                raise _Ask
        return self._looked_at(view)

    def _looked_at(self, view: _View) -> Passed:
        """Return what was met, once what signatures do not tell was looked at.

        :raises _Ask: if something is wrong, or that is not known
        """
        focus_nodes, classes, met = [0] * len(self._rules), list[str](), dict[bytes, bool]()
        found = list[Found]()
        for node in view.nodes.values():
            signature = node.signature
            for look in signature.looks:
                if not look(view, node):
                    raise _Ask
            for shape in signature.shapes:
                focus_nodes[shape] += 1
            classes += signature.classes
            if signature.wrong:
                focus = node.subject.decode()
                found += [one._replace(focus=focus) for one in signature.wrong]
            met[node.subject] = bool(signature.shapes)
        return Passed(found, focus_nodes, classes, met, view.pending)

    # ── What is proved once ──────────────────────────────────────────────────────────────────────────

    def _number(self, said: bytes) -> int:
        """Return the number of the kind of a statement: the same for those of which signatures tell the same.

        :raises _Ask: if it is not canonical, or tells more than signatures can
        """
        start = said.find(b" ") + 1
        is_literal = said[start : start + 1] == b'"'
        if is_literal:
            ending = said[said.rfind(b'"') :]
            alike = self._alike.get((said[:start], ending))
            # A text with two quotation marks and no escape is as it should be.
            if alike is not None and b"\\" not in said and said.count(b'"') == 2:
                if not alike.tests:
                    if not said.isascii():
                        _text(said)
                    return alike.number
                return self._remember(said, self._kind(alike, _text(said[start:])))
        else:
            ending = b""
            self._referred.append(said[start:])
            alike = self._alike.get((said[:start], ending))
            if alike is not None and not alike.tests and _PLAIN_IRI.fullmatch(said, start):
                return alike.number
        match = _SAID.fullmatch(_text(said))
        if match is None:
            raise _Ask
        predicate, value = match.groups()
        if predicate == SUBCLASS or (predicate == TYPE and is_literal):
            raise _Ask
        tests = self._tests.get(predicate, ())
        base = (
            predicate,
            value if predicate == TYPE else "",
            language(value) if predicate in self._by_language else "",
            *[test.passes(value) for test in tests if test.by_suffix],
        )
        alike = _Alike(base, tuple(test.passes for test in tests if not test.by_suffix), predicate in self._counted)
        number = self._kind(alike, value)
        alike.number = number
        if predicate != TYPE:
            self._alike[said[:start], ending] = alike
        if is_literal or self._is_quiet[said[start:]]:
            self._remember(said, number)
        return number

    def _kind(self, alike: _Alike, value: str) -> int:
        kind = (alike.base, *[passes(value) for passes in alike.tests])
        return self._kinds.setdefault(kind, len(self._kinds) + (_COUNTED if alike.is_counted else 0))

    def _remember(self, said: bytes, number: int) -> int:
        if len(said) < _LONGEST:
            self._numbers[said] = number
        return number

    def _look_up(self, iri: bytes) -> bool:
        """Tell whether nothing is known of an IRI that would change what is found in a block that refers to it."""
        if self._about is None:
            return True
        known = self._about(iri[1:-1].decode())
        return not any(f" {telling} " in statement for statement in known for telling in self._telling)

    def _prove(self, subject: str, said: list[tuple[str, str]]) -> _Signature | None:
        """Hold a node against all shapes that target it; return what is true of all nodes of its signature.

        :param said: the predicates and objects of its statements
        :return: ``None`` if something is wrong, or that is not understood
        """
        by_predicate: dict[str, list[str]] = {}
        for predicate, value in said:
            by_predicate.setdefault(predicate, []).append(value)
        classes = tuple(by_predicate.get(TYPE, ()))
        data = Data((subject, predicate, value) for predicate, value in said)
        shapes, looks, wrong = list[int](), list[Look](), list[Found]()
        for number, (rules, targets) in enumerate(zip(self._rules, self._targets, strict=True)):
            if not self._is_targeted(targets, by_predicate, classes):
                continue
            if rules is None or any(list(step(data, subject, [subject])) for step in rules.on_node):
                return None
            for one in rules.properties:
                values = by_predicate.get(one.predicate, [])
                if not all(test.passes(value) for test in one.tests for value in values):
                    return None
                for step in one.counts:
                    wrong += step(data, subject, values)
                looks += one.looks
            looks += rules.looks
            shapes.append(number)
        for pointing, number in self._pointed:
            if pointing.decode() in by_predicate:
                looks.append(_look_at_targets(pointing, number))
        return _Signature(tuple(shapes), tuple(looks), classes, tuple(wrong))

    def _is_targeted(self, targets: Targets, by_predicate: Container[str], classes: Container[str]) -> bool:
        return any(one in classes for one in targets.classes) or any(one in by_predicate for one in targets.subjects_of)


def _look_at_targets(predicate: bytes, shape: int) -> Look:
    """Return what sees that nodes which a shape targets because they are pointed to were held against it."""

    def look(view: View, node: Described) -> bool:
        found = [view.nodes.get(value) for value in view.values(node, predicate)]
        return all(one is not None and one.is_met_by(shape) for one in found)

    return look


def _text(written: bytes) -> str:
    try:
        return written.decode()
    except UnicodeDecodeError:
        raise _Ask from None
