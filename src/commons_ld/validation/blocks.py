"""Blocks held against shapes, some at a time: by the guard where it is sure, by the compiled shapes where it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, Protocol

from commons_ld.iris import IriPolicy
from commons_ld.memo import Memo
from commons_ld.validation.data import TYPE, Properties, Triple, properties_of, read_block, read_our_block
from commons_ld.validation.engine import CheckedData, Engine, schemeless
from commons_ld.validation.guard import Judged, OutlinedBlock
from commons_ld.validation.results import BlockReport

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
        self._about: Final[Memo[str, Properties]] = Memo(self._read_about, limit=4096)

    def reports(self, blocks: Iterable[NQuadsBlock]) -> Iterator[BlockReport]:
        """Yield a report for each block, in their order."""
        for batch in _batches(blocks):
            judged = self._judge(batch)
            # What is not known is all read before any of it is checked, so that queries are asked for all of it.
            read = {
                place: self._read(block, is_ours=place in judged)
                for place, block in enumerate(batch)
                if place not in judged or judged[place].unsure
            }
            self._engine.ask_together(
                (checked, [term.decode() for term in judged[place].unsure] if place in judged else None)
                for place, (checked, _) in read.items()
            )
            for place, block in enumerate(batch):
                if place in judged:
                    checked, _ = read.pop(place, (None, None))
                    yield self._told(block, judged[place], checked)
                else:
                    yield self._check(block, *read.pop(place))

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
        met, classes = self._engine.guard.sums(judged)
        described = (node.decode() for node in judged.nodes) if self._policy else ()
        return BlockReport(
            graph=block.graph,
            subject=block.subject,
            results=results,
            focus_nodes=dict(zip(self._engine.shapes, met, strict=True)),
            kinds=kinds_of(dict(classes), described, self._policy),
            is_checked=judged.is_checked(b"<%b>" % block.subject.encode()),
        )

    def _read(self, block: NQuadsBlock, *, is_ours: bool) -> tuple[CheckedData, list[Triple]]:
        triples = read_our_block(block.data) if is_ours else read_block(block.data)
        if self._context is None:
            return CheckedData.of(triples), triples
        described = {subject for subject, _, _ in triples}
        referred = {value for _, _, value in triples if value[0] == "<"} - described
        known = {node: properties for node in sorted(referred) if (properties := self._about[node])}
        return CheckedData.of(triples, known), triples

    def _check(self, block: NQuadsBlock, checked: CheckedData, triples: list[Triple]) -> BlockReport:
        results, nodes = self._engine.check(checked, where=block.graph)
        classes = Counter(value for _, predicate, value in triples if predicate == TYPE)
        return BlockReport(
            graph=block.graph,
            subject=block.subject,
            results=tuple(results),
            focus_nodes={shape: len(met) for shape, met in nodes.items()},
            kinds=kinds_of(classes, {subject for subject, _, _ in triples}, self._policy),
            is_checked=any(f"<{block.subject}>" in met for met in nodes.values()),
        )

    def _read_about(self, node: str) -> Properties:
        assert self._context is not None  # noqa: S101 - only asked then
        lines = "".join(f"{statement} {node} .\n" for statement in self._context.about(node[1:-1]))
        return properties_of(read_block(lines.encode()))


def kinds_of(classes: Mapping[str, int], described: Iterable[str], policy: IriPolicy | None) -> dict[str, int]:
    """Count the nodes of each kind; classes, each with how many nodes are of it, and nodes as N-Triples writes them."""
    kinds: dict[str, int] = {}
    for class_, count in classes.items():
        # Two vocabularies that differ in their scheme are one.
        kind = _kind_of_class(class_)
        kinds[kind] = kinds.get(kind, 0) + count
    if policy:
        alike = Counter(_first_of_its_kind(node) for node in described)
        for node, count in alike.items():
            if found := policy.parse(node[1:-1]):
                kind = found.part or found.kind
                kinds[kind] = kinds.get(kind, 0) + count
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
