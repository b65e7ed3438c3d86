"""Blocks held against shapes, some at a time: passed by the guard where it can be, by the compiled shapes otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final, Protocol

from commons_ld.iris import IriPolicy
from commons_ld.validation.data import TYPE, Triple, read_block
from commons_ld.validation.engine import CheckedData, Engine, schemeless
from commons_ld.validation.guard import Passed
from commons_ld.validation.results import BlockReport
from commons_ld.validation.tokens import is_iri

__all__ = ["BlockValidation", "Context", "NQuadsBlock", "kinds_of"]

#: What is known of an IRI: N-Triples statements without the dot at their end.
Context = Callable[[str], Iterable[str]]

#: How many blocks, and about how many bytes of them, are held at a time. Queries are asked once for all of them.
_MOST_BLOCKS: Final = 64
_MOST_BYTES: Final = 1 << 20


class NQuadsBlock(Protocol):
    """The graph of one record, such as :class:`commons_ld.mapping.Block`."""

    @property
    def graph(self) -> str:
        """The IRI of the named graph."""

    @property
    def subject(self) -> str:
        """The IRI of the record."""

    @property
    def data(self) -> bytes:
        """The statements, as N-Quads."""


class BlockValidation:
    """Shapes held against blocks.

    :param context: see :meth:`commons_ld.validation.Shapes.validate`, as the others
    """

    def __init__(self, engine: Engine, context: Context | None, policy: IriPolicy | None, *, guarded: bool) -> None:
        self._engine: Final = engine
        self._context: Final = context
        self._policy: Final = policy
        self._guarded: Final = guarded
        self._about: Final = lru_cache(maxsize=4096)(self._read_about)

    def reports(self, blocks: Iterable[NQuadsBlock]) -> Iterator[BlockReport]:
        """Yield a report for each block, in their order."""
        for batch in _batches(blocks):
            passed = self._pass(batch)
            # What did not pass is all read before any of it is checked, so that queries are asked for all of it.
            read = {place: self._read(block) for place, block in enumerate(batch) if place not in passed}
            self._engine.ask_together(checked for checked, _ in read.values())
            for place, block in enumerate(batch):
                if place in passed:
                    yield self._told(block, passed[place])
                else:
                    yield self._check(block, *read.pop(place))

    def _pass(self, blocks: list[NQuadsBlock]) -> dict[int, Passed]:
        """Return what the guard says of the blocks that it passes, by their place."""
        if not self._guarded:
            return {}
        guard = self._engine.guard
        found = {
            place: passed
            for place, block in enumerate(blocks)
            if (passed := guard.passed(block.data, self._context)) is not None
        }
        asked = guard.answered(found)
        return {place: passed for place, passed in found.items() if place in asked}

    def _told(self, block: NQuadsBlock, passed: Passed) -> BlockReport:
        return BlockReport(
            graph=block.graph,
            subject=block.subject,
            results=self._engine.told(passed.found),
            focus_nodes=dict(zip(self._engine.shapes, passed.focus_nodes, strict=True)),
            kinds=kinds_of(passed.classes, (node.decode() for node in passed.nodes), self._policy),
            is_checked=passed.nodes.get(b"<%b>" % block.subject.encode(), False),
        )

    def _read(self, block: NQuadsBlock) -> tuple[CheckedData, list[Triple]]:
        triples = read_block(block.data)
        if self._context is None:
            return CheckedData.of(triples), triples
        described = {subject for subject, _, _ in triples}
        referred = {value for _, _, value in triples if is_iri(value)} - described
        known = [one for node in sorted(referred) for one in self._about(node)]
        return CheckedData.of(triples, known), triples

    def _check(self, block: NQuadsBlock, checked: CheckedData, triples: list[Triple]) -> BlockReport:
        results, nodes = self._engine.check(checked, where=block.graph)
        classes = (value for _, predicate, value in triples if predicate == TYPE)
        return BlockReport(
            graph=block.graph,
            subject=block.subject,
            results=tuple(results),
            focus_nodes={shape: len(met) for shape, met in nodes.items()},
            kinds=kinds_of(classes, {subject for subject, _, _ in triples}, self._policy),
            is_checked=any(f"<{block.subject}>" in met for met in nodes.values()),
        )

    def _read_about(self, node: str) -> list[Triple]:
        assert self._context is not None  # noqa: S101 - only asked then
        return read_block("".join(f"{statement} {node} .\n" for statement in self._context(node[1:-1])).encode())


def kinds_of(classes: Iterable[str], described: Iterable[str], policy: IriPolicy | None) -> dict[str, int]:
    """Count the nodes of each kind; classes and nodes as N-Triples writes them."""
    kinds = Counter(_kind_of_class(class_) for class_ in classes)
    if policy:
        alike = Counter(_first_of_its_kind(node) for node in described)
        for node, count in alike.items():
            if found := policy.parse(node[1:-1]):
                kinds[found.part or found.kind] += count
    return dict(sorted(kinds.items()))


@lru_cache(maxsize=1024)
def _kind_of_class(class_: str) -> str:
    return schemeless(class_[1:-1])


def _first_of_its_kind(node: str) -> str:
    """Return the IRI of part 1 for each of a record's numbered parts, which are all of one kind."""
    around, _, last = node.rpartition("/")
    number = last[:-1]
    return f"{around}/1>" if number.isdecimal() and number.isascii() and number[0] != "0" else node


def _batches(blocks: Iterable[NQuadsBlock]) -> Iterator[list[NQuadsBlock]]:
    batch, size = list[NQuadsBlock](), 0
    for block in blocks:
        batch.append(block)
        size += len(block.data)
        if len(batch) == _MOST_BLOCKS or size > _MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
