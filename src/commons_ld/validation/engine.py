"""Shapes, compiled, held against one graph after another, and what is found told in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import ValidationFailure
from commons_ld.validation.breakdown import Breakdown
from commons_ld.validation.compiling import Check, Compiler, Found
from commons_ld.validation.data import Data, Properties, Triple
from commons_ld.validation.guard import Guard
from commons_ld.validation.loading import load_shapes
from commons_ld.validation.otherwise import by_pyshacl
from commons_ld.validation.results import Result
from commons_ld.validation.shapes_graph import SH, ShapesGraph, is_true
from commons_ld.validation.sparql import ask_together
from commons_ld.validation.targets import compile_target, has_target
from commons_ld.validation.tokens import lexical
from commons_ld.validation.wording import Wording, in_order, local_name

__all__ = ["CheckedData", "Engine", "Finding", "schemeless"]

#: What is found in a graph: the results, and the focus nodes of each shape with a target, by the IRI of the shape.
Finding = tuple[list[Result], dict[str, frozenset[str]]]


class CheckedData(NamedTuple):
    """A graph to be checked, and the nodes in it that are known but not to be checked."""

    data: Data
    excluded: Set[str] = frozenset()

    @classmethod
    def of(cls, statements: Iterable[Triple], known: Mapping[str, Properties] | None = None) -> CheckedData:
        """Return a graph with what is known besides, of nodes that it does not describe."""
        return cls(Data(statements, known), known.keys() if known else frozenset())


class Engine:
    """Shapes that were read and tried, ready to check one graph after another."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self._graph: Final = shapes
        self._compiler: Final = Compiler(shapes, by_pyshacl(shapes))
        self._wording: Final = Wording(shapes, self._compiler)
        targeted = (
            node
            for node in shapes.nodes
            if has_target(shapes, node) and not any(map(is_true, shapes.objects(node, SH.deactivated)))
        )
        self._targeted: Final = [
            (node, compile_target(self._graph, node), self._compiler.check(node))
            for node in sorted(targeted, key=lexical)
        ]

        #: The IRIs of the shapes with a target, in the order in which the guard numbers them.
        self.shapes: Final = [lexical(node) for node, _, _ in self._targeted]
        #: What tells what is found in blocks that the mapper outlined, as far as it is sure.
        self.guard: Final = Guard(self._graph, self._compiler, [node for node, _, _ in self._targeted])

    @classmethod
    def load(cls, paths: Sequence[Path], *, meta_shacl: bool) -> Engine:
        """Read shapes.

        :raises ArtefactError: see :func:`commons_ld.validation.loading.load_shapes`
        """
        return cls(load_shapes(paths, meta_shacl=meta_shacl))

    @property
    def labels(self) -> dict[str, dict[str, str]]:
        """What each shape with a target is called, by language."""
        return {lexical(node): self._wording.name(node) for node, _, _ in self._targeted}

    @property
    def names(self) -> dict[str, frozenset[str]]:
        """The kinds that each shape with a target is for: its own name, and the classes it targets, without scheme."""
        return {lexical(node): self._names(node) for node, _, _ in self._targeted}

    @property
    def not_compiled(self) -> tuple[str, ...]:
        """The shapes that pySHACL checks, since they ask for what is not compiled."""
        return tuple(sorted({self._wording.iri(node) for node in self._compiler.left}))

    def check(self, graph: CheckedData, *, where: str) -> Finding:
        """Check the nodes that the shapes target in a graph.

        :param where: what the graph is called in an error
        :raises ValidationFailure: if pySHACL has to check a shape and breaks down; nothing is then known of the graph
        """
        data, excluded = graph
        focus_nodes = {lexical(shape): frozenset(target(data)) - excluded for shape, target, _ in self._targeted}
        try:
            return self._wording.told(self._found(data, focus_nodes), data), focus_nodes
        except Breakdown as error:
            raise ValidationFailure(where, str(error)) from error

    def is_asked_about(self, data: Data, nodes: Iterable[str]) -> bool:
        """Tell whether there is a query that may have an answer about one of some nodes."""
        queries = [query for query in self._compiler.queries if query.needs]
        return any(not query.has_no_answer(data.properties(node)) for node in nodes for query in queries)

    def ask_together(self, asked: Iterable[tuple[Data, Collection[str] | None]]) -> None:
        """Have graphs know what queries answer about their nodes, which is quicker for many graphs at once.

        :param asked: each graph with the nodes that are asked about, ``None`` for all
        """
        ask_together(self._compiler.queries, list(asked))

    def told(
        self,
        missing: Mapping[bytes, tuple[Found, ...]],
        unsure: Mapping[bytes, Sequence[Check]],
        data: Data | None,
        *,
        where: str,
    ) -> tuple[Result, ...]:
        """Return in words what was found, and what is found by checking some nodes.

        :param missing: values that are missing or too many, by the node, for which no graph is needed
        :param unsure: the nodes to be checked in the graph, and what they are held against
        :param where: see :meth:`check`, as what is raised
        """
        results = [one for term, found in missing.items() for one in self._wording.missing(found, term.decode())]
        if data is None:
            return tuple(in_order(results))
        try:
            found = [one for term, checks in unsure.items() for check in checks for one in check(data, term.decode())]
            return tuple(in_order(results + self._wording.told(found, data)))
        except Breakdown as error:
            raise ValidationFailure(where, str(error)) from error

    def found(self, statements: Iterable[Triple]) -> Iterator[Found]:
        """Yield what is wrong in a graph, without words, in no order."""
        data = Data(statements)
        return self._found(data, {lexical(shape): frozenset(target(data)) for shape, target, _ in self._targeted})

    def _found(self, data: Data, focus_nodes: Mapping[str, frozenset[str]]) -> Iterator[Found]:
        for shape, _, check in self._targeted:
            for node in focus_nodes[lexical(shape)]:
                yield from check(data, node)

    def _names(self, shape: str) -> frozenset[str]:
        own = local_name(lexical(shape)).lower().removesuffix("shape")
        return frozenset([own, *(schemeless(lexical(class_)) for class_ in self._graph.objects(shape, SH.targetClass))])


def schemeless(iri: str) -> str:
    """Return an IRI without its scheme, in which ``http://schema.org/`` and ``https://schema.org/`` agree.

    >>> schemeless("https://schema.org/Event")
    '//schema.org/Event'
    """
    return iri.partition(":")[2]
