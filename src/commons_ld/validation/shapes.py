"""Shapes, read once, and what they find in blocks and in graphs.

rdflib and pySHACL take half a second to be imported, so they are when shapes are read, and not before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons_ld.iris import IriPolicy
from commons_ld.validation.results import BlockReport, ValidationReport, conforms

if TYPE_CHECKING:
    from rdflib import Dataset, Graph

    from commons_ld.mapping.outlining import Outliner
    from commons_ld.validation.blocks import Context, NQuadsBlock
    from commons_ld.validation.engine import Engine

__all__ = ["Shapes", "validate"]


class Shapes:
    """SHACL shapes, ready to be used; made by :meth:`load`, and not changed after that."""

    def __init__(self, engine: Engine) -> None:
        self._engine: Final = engine

    @classmethod
    def load(cls, paths: Sequence[Path], *, meta_shacl: bool = False) -> Shapes:
        """Read shapes from Turtle files, taken together.

        :param meta_shacl: check the shapes against those of SHACL itself, too, which takes some seconds
        :raises ArtefactError: if there are none, or they are broken, or would leave out without a word something
            that their author wrote; it tells the file, and where the parser tells it the line

        >>> from commons_ld.artefacts import artefacts
        >>> shapes = Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])
        """
        from commons_ld.validation.engine import Engine

        return cls(Engine.load(paths, meta_shacl=meta_shacl))

    @property
    def labels(self) -> dict[str, dict[str, str]]:
        """What each shape with a target is called, by language, by the IRI of the shape."""
        return self._engine.labels

    @property
    def outliner(self) -> Outliner | None:
        """What a :class:`commons_ld.mapping.Mapper` is given whose blocks are to be validated, which is quicker then.

        ``None`` for shapes that no outline helps with. Blocks without one are validated as well.
        """
        return self._engine.guard.noting if self._engine.guard.is_able else None

    def validate(
        self,
        blocks: Iterable[NQuadsBlock],
        *,
        context: Context | None = None,
        policy: IriPolicy | None = None,
        guarded: bool = True,
    ) -> Iterator[BlockReport]:
        """Yield a report for each block, in their order.

        A block is checked alone, so what is found in it does not depend on its neighbours.

        :param context: what is known of IRIs that a block refers to without describing them, such as
            :class:`commons_ld.concepts.Concepts`. They are not checked themselves.
        :param policy: tells the kinds of the archive's own nodes
        :param guarded: whether the shapes are asked about those nodes alone of which the guard is not sure; the
            reports are the same, and take longer without
        :raises ValidationFailure: if pySHACL has to check a shape and breaks down; nothing is then known of the block
        :raises SyntaxError: if a block is no N-Quads: a fault of ours
        """
        from commons_ld.validation.blocks import BlockValidation

        return BlockValidation(self._engine, context, policy, guarded=guarded).reports(blocks)

    def validate_graph(self, data_graph: Graph | Dataset) -> ValidationReport:
        """Return what is found in a whole graph, or in all graphs of a dataset taken together.

        :raises ValidationFailure: if pySHACL breaks down; nothing is then known of the graph
        """
        from commons_ld.validation.blocks import kinds_of
        from commons_ld.validation.data import TYPE
        from commons_ld.validation.engine import CheckedData
        from commons_ld.validation.graphs import statements_of

        triples = list(statements_of(data_graph))
        results, nodes = self._engine.check(CheckedData.of(triples), where="the graph")
        focus_nodes = {shape: len(met) for shape, met in nodes.items()}
        kinds = kinds_of(Counter(value for _, predicate, value in triples if predicate == TYPE), (), None)
        empty = tuple(self.empty_shapes(focus_nodes, kinds))
        return ValidationReport(
            conforms(results) and not empty, tuple(results), focus_nodes, empty, self._engine.not_compiled
        )

    def empty_shapes(self, focus_nodes: Mapping[str, int], kinds: Mapping[str, int]) -> list[str]:
        """Return the shapes that met no node although there are nodes of their kind, which they should have met.

        A shape is for the kind that it is named after, ``…#session`` or ``…#SessionShape`` for sessions, whatever it
        targets; and for the classes that it targets, so that one which targets ``http://schema.org/Event`` is found
        out by the nodes that are ``https://schema.org/Event``.

        :param focus_nodes: how many nodes each shape met, added up over all blocks
        :param kinds: how many nodes there are of each kind, added up over all blocks: see :class:`BlockReport`
        """
        names = self._engine.names
        return sorted(
            shape for shape in names if not focus_nodes.get(shape) and any(kinds.get(name) for name in names[shape])
        )


def validate(data_graph: Graph | Dataset, shapes: Shapes) -> ValidationReport:
    """Return what ``shapes`` find in a graph, or in all graphs of a dataset taken together.

    :raises ValidationFailure: if pySHACL breaks down; nothing is then known of the graph
    """
    return shapes.validate_graph(data_graph)
