"""Blocks held against shapes, some at a time: by the guard where it is sure, by the compiled shapes where it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Final, Protocol

from commons_ld.iris import IriPolicy
from commons_ld.memo import Memo
from commons_ld.validation.data import TYPE, Triple, read_block
from commons_ld.validation.engine import CheckedData, Engine, schemeless
from commons_ld.validation.guard import Judged, OutlinedBlock
from commons_ld.validation.results import BlockReport
from commons_ld.validation.tokens import is_iri

__all__ = ["BlockValidation", "Context", "NQuadsBlock", "kinds_of"]

#: How many blocks, and about how many bytes of them, are held at a time. Queries are asked once for all of them.
_MOST_BLOCKS: Final = 64
_MOST_BYTES: Final = 1 << 20


class Context(Protocol):
    """What is known besides, such as :class:`commons_ld.concepts.Concepts`."""

    @property
    def predicates(self) -> Collection[str]:
        """All predicates of what is known, as N-Triples writes them."""

    def about(self, iri: str) -> Iterable[str]:
        """Return what is known of an IRI: N-Triples statements without the dot at their end."""


class NQuadsBlock(OutlinedBlock, Protocol):
    """The graph of one record, such as :class:`commons_ld.mapping.Block`."""

    @property
    def graph(self) -> str:
        """The IRI of the named graph."""

    @property
    def subject(self) -> str:
        """The IRI of the record."""


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
            judged = self._judge(batch)
            # What is not known is all read before any of it is checked, so that queries are asked for all of it.
            read = {
                place: self._read(block)
                for place, block in enumerate(batch)
                if place not in judged or judged[place].unsure
            }
            self._engine.ask_together(checked for checked, _ in read.values())
            for place, block in enumerate(batch):
                checked, triples = read.pop(place, (None, []))
                if place in judged:
                    yield self._told(block, judged[place], checked)
                else:
                    assert checked is not None  # noqa: S101 - it was read
                    yield self._check(block, checked, triples)

    def _judge(self, blocks: list[NQuadsBlock]) -> dict[int, Judged]:
        """Return what the guard says of the blocks that it understands, by their place."""
        if not self._guarded or not self._engine.guard.is_able:
            return {}
        told = self._context.predicates if self._context else ()
        found = {
            place: judged
            for place, block in enumerate(blocks)
            if (judged := self._engine.guard.judged(block, told)) is not None
        }
        self._engine.guard.ask(found.values())
        return found

    def _told(self, block: NQuadsBlock, judged: Judged, checked: CheckedData | None) -> BlockReport:
        """Return what the guard says of a block, and of the nodes of which it is not sure what the shapes say."""
        unsure = {term: judged.nodes[term][0].shapes for term in judged.unsure}
        found = [
            one._replace(focus=term.decode())
            for term, missing in judged.found.items()
            if term not in unsure
            for one in missing
        ]
        results = self._engine.told(found, checked, unsure, where=block.graph) if found or unsure else ()
        met = Counter(judged.met)
        described = (node.decode() for node in judged.nodes) if self._policy else ()
        return BlockReport(
            graph=block.graph,
            subject=block.subject,
            results=results,
            focus_nodes={shape: met[number] for number, shape in enumerate(self._engine.shapes)},
            kinds=kinds_of(judged.classes, described, self._policy),
            is_checked=judged.is_checked(b"<%b>" % block.subject.encode()),
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
        return read_block("".join(f"{statement} {node} .\n" for statement in self._context.about(node[1:-1])).encode())


def kinds_of(classes: Iterable[str], described: Iterable[str], policy: IriPolicy | None) -> dict[str, int]:
    """Count the nodes of each kind; classes and nodes as N-Triples writes them."""
    kinds = Counter(map(_kind_of_class, classes))
    if policy:
        alike = Counter(_first_of_its_kind(node) for node in described)
        for node, count in alike.items():
            if found := policy.parse(node[1:-1]):
                kinds[found.part or found.kind] += count
    return dict(sorted(kinds.items()))


_kind_of_class: Final = Memo[str, str](lambda class_: schemeless(class_[1:-1]), limit=1024).__getitem__


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
