"""Blocks held against shapes, some at a time: by the guard where it is sure, by the compiled shapes where it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, Protocol

from commons_ld.iris import IriPolicy
from commons_ld.memo import Memo
from commons_ld.validation.data import TYPE, BlockData, Data, Properties, Triple, properties_of, read_block
from commons_ld.validation.engine import CheckedData, Engine, schemeless
from commons_ld.validation.guard import Judged, OutlinedBlock
from commons_ld.validation.results import BlockReport

__all__ = ["BlockValidation", "Context", "NQuadsBlock", "kinds_of"]

#: How many nodes of each shape and of each kind a block has. Reports of blocks that are alike share them.
_Counts = tuple[dict[str, int], dict[str, int]]
#: How many blocks wait at most to be asked about together, of about how many bytes, and how many reports with them.
_MOST_BLOCKS: Final = 64
_MOST_BYTES: Final = 1 << 20
_MOST_REPORTS: Final = 256


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
    def data(self) -> bytes:
        """The statements, as N-Quads."""

    @property
    def graph(self) -> str:
        """The IRI of the named graph."""

    @property
    def subject(self) -> str:
        """The IRI of the record."""


class _Waiting:
    """A block that a query is to be asked about.

    :param judged: what the guard says of it, if that understands it
    :param data: its graph, if the guard does
    """

    __slots__ = ("block", "checked", "data", "judged", "triples")

    checked: CheckedData
    triples: list[Triple]

    def __init__(self, block: NQuadsBlock, judged: Judged | None, data: BlockData | None) -> None:
        self.block, self.judged, self.data = block, judged, data


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
        self._counts: Final[Memo[tuple[int, ...], _Counts]] = Memo(self._count, limit=4096)

    def reports(self, blocks: Iterable[NQuadsBlock]) -> Iterator[BlockReport]:
        """Yield a report for each block, in their order."""
        guard, told = self._engine.guard, self._context.predicates if self._context else ()
        is_guarded = self._guarded and guard.is_able
        waiting, asked, size = list[BlockReport | _Waiting](), 0, 0
        for block in blocks:
            judged = guard.judged(block, told) if is_guarded else None
            data = self._data_of(block) if judged and judged.unsure else None
            if judged and not (data and self._engine.is_asked_about(data, map(bytes.decode, judged.unsure))):
                report = self._told(block, judged, data)
                if not waiting:
                    yield report
                    continue
                waiting.append(report)
            else:
                waiting.append(_Waiting(block, judged, data))
                asked, size = asked + 1, size + _size(block, judged)
            if asked == _MOST_BLOCKS or size > _MOST_BYTES or len(waiting) == _MOST_REPORTS:
                yield from self._settled(waiting)
                waiting, asked, size = [], 0, 0
        yield from self._settled(waiting)

    def _settled(self, waiting: list[BlockReport | _Waiting]) -> Iterator[BlockReport]:
        """Yield reports in their order, with those of the blocks that waited for them."""
        # What is not known is all read before any of it is checked, so that queries are asked for all of it.
        asked = list[tuple[Data, Collection[str] | None]]()
        for one in waiting:
            if isinstance(one, BlockReport):
                continue
            if one.judged and one.data:
                asked.append((one.data, [term.decode() for term in one.judged.unsure]))
            else:
                one.checked, one.triples = self._read(one.block)
                asked.append((one.checked.data, None))
        self._engine.ask_together(asked)
        for told in waiting:
            if isinstance(told, BlockReport):
                yield told
            elif told.judged:
                yield self._told(told.block, told.judged, told.data)
            else:
                yield self._check(told.block, told.checked, told.triples)

    def _told(self, block: NQuadsBlock, judged: Judged, data: Data | None = None) -> BlockReport:
        """Return what the guard says of a block, and of the nodes of which it is not sure what the shapes say."""
        missing, unsure = judged.missing, judged.unsure
        focus_nodes, kinds = self._counts[judged.numbers]
        return BlockReport(
            graph=block.graph,
            subject=block.subject,
            results=self._engine.told(missing, unsure, data, where=block.graph) if missing or unsure else (),
            focus_nodes=focus_nodes,
            kinds=_with_own(kinds, (node.decode() for node in judged.nodes), self._policy) if self._policy else kinds,
            is_checked=judged.is_checked(f"<{block.subject}>".encode()),
        )

    def _count(self, numbers: tuple[int, ...]) -> _Counts:
        sums = self._engine.guard.sums(numbers)
        return dict(zip(self._engine.shapes, sums.met, strict=True)), kinds_of(sums.classes, (), None)

    def _data_of(self, block: NQuadsBlock) -> BlockData:
        """Return the graph of a block that was outlined."""
        assert block.outline is not None  # noqa: S101 - the guard has judged it by that
        return BlockData(block.outline.parts, self._about.__getitem__)

    def _read(self, block: NQuadsBlock) -> tuple[CheckedData, list[Triple]]:
        triples = read_block(block.data)
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
        if self._context is None:
            return {}
        lines = "".join(f"{statement} {node} .\n" for statement in self._context.about(node[1:-1]))
        return properties_of(read_block(lines.encode()))


def kinds_of(classes: Mapping[str, int], described: Iterable[str], policy: IriPolicy | None) -> dict[str, int]:
    """Count the nodes of each kind; classes, each with how many nodes are of it, and nodes as N-Triples writes them."""
    kinds: dict[str, int] = {}
    for class_, count in classes.items():
        # Two vocabularies that differ in their scheme are one.
        kind = _kind_of_class(class_)
        kinds[kind] = kinds.get(kind, 0) + count
    return _with_own(kinds, described, policy) if policy else dict(sorted(kinds.items()))


def _with_own(kinds: Mapping[str, int], described: Iterable[str], policy: IriPolicy) -> dict[str, int]:
    """Return kinds with those of the archive's own nodes."""
    counted = dict(kinds)
    for node, count in Counter(_first_of_its_kind(node) for node in described).items():
        if found := policy.parse(node[1:-1]):
            kind = found.part or found.kind
            counted[kind] = counted.get(kind, 0) + count
    return dict(sorted(counted.items()))


_kind_of_class: Final = Memo[str, str](lambda class_: schemeless(class_[1:-1]), limit=1024).__getitem__


def _first_of_its_kind(node: str) -> str:
    """Return the IRI of part 1 for each of a record's numbered parts, which are all of one kind."""
    around, _, last = node.rpartition("/")
    number = last[:-1]
    return f"{around}/1>" if number.isdecimal() and number.isascii() and number[0] != "0" else node


def _size(block: NQuadsBlock, judged: Judged | None) -> int:
    """Return about how many bytes a block has, which is not put together for that."""
    if judged is None or block.outline is None:
        return len(block.data)
    return sum(map(len, chain.from_iterable(block.outline.parts.values())))
