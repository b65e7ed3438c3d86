"""The dumps: everything that is published, as one file in each syntax that is wanted.

The N-Quads are the blocks, one after the other; all other syntaxes are read from them. N-Quads and TriG keep the named
graphs. The others hold one graph, the union of them, and no statement twice: what a record says of itself stands in the
order of the records, and what many of them say of a person, a collection or a concept is merged, and stands at the end.

The blocks are cut into chunks of some records, where the name of a record says so: a record that is new or gone moves
no cut but those beside it. Of each chunk a piece is made for each file, by as many processes as there are; those of a
chunk that was in the dumps before are copied from there.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import Final, NamedTuple

import msgspec

from commons_ld.dump_files import ALL, Dumps
from commons_ld.iris import RESERVED, IriPolicy, Kind
from commons_ld.outputs.assembling import Assembly, NQuadsWriter, Previous
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.kept_dumps import Chunk, KeptDumps, passing
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.segments import FACTS, Asked, pack, segments
from commons_ld.outputs.standing import Standing, begins_chunk, key_of
from commons_ld.outputs.statements import graph_of, own_subjects, shared_of, subject_of
from commons_ld.processes.sharing import Processes
from commons_ld.processes.threads import ahead
from commons_ld.rdf.formats import N_QUADS
from commons_ld.rdf.n_quads import NQuads, n_quads_of

__all__ = ["previous_dumps", "write_dumps"]

#: A chunk holds at most so many records, or things, and so many bytes.
_MOST, _LARGE = 64, 4 << 20
#: And of things so many bytes: they may have to do with every record, and all their pieces are made at once.
_LARGE_THINGS: Final = 1 << 20
#: How many threads compress N-Quads beside the one that hands them out, which takes longer, but not always.
_PACKERS: Final = 2
#: The kinds that what a record says of itself is about.
_OWN: Final[tuple[Kind, ...]] = ("session", "media", "graph", "description")


@contextmanager
def previous_dumps(
    generation: Generation, base_iri: str, wanted: Dumps = ALL, kept: KeptDumps | None = None
) -> Iterator[Previous]:
    """Open the dumps that stand, for those that are made beside them.

    :param base_iri: what tells the records' own statements from those about what they share
    :param wanted: which dumps are made, and as what
    :param kept: how those that stand are put together, to take over what did not change
    """
    with ExitStack() as opened:
        used = kept or opened.enter_context(passing(generation.spool_path))
        yield opened.enter_context(closing(Previous(generation, used, base_iri, wanted)))


def write_dumps(
    previous: Previous,
    blocks: Iterable[PassedBlock],
    *,
    standing: Sequence[Standing] = (),
    linked: tuple[str, ...] | None = None,
    processes: Processes | None = None,
    written: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Write the dumps, holding no more than some records in memory.

    :param previous: the dumps that stand; see :func:`previous_dumps`
    :param blocks: in the order in which they are to stand
    :param standing: what of the dumps stands as it is; the blocks of it are not among the others
    :param linked: so that ``previous.kept`` has the facts of the records; see
        :class:`~commons_ld.outputs.segments.Asked`
    :param processes: who makes the pieces; by default this process does
    :param written: called with how many chunks are done since the last call, and how many there are
    :raises PublicationError: if a file cannot be written
    :raises ValueError: if a block is not of one named graph, which is a fault of ours
    """
    work = _Work(previous, processes or Processes(), linked)
    work.write_n_quads(blocks, standing)
    work.write_others(written)


class _Cut(NamedTuple):
    """A chunk of the blocks that are being published.

    :param chunk: whose sizes in the dumps that are made are not known yet
    :param start: where it begins in the N-Quads, in bytes
    :param packed: how long it is compressed, where that is all that is written of it
    """

    chunk: Chunk
    start: int
    length: int
    packed: int


@dataclass(slots=True)
class _Blocks:
    """Some blocks that are to be a chunk.

    :param first: the name in IRIs of the first record among them
    :param digests: the SHA-256 of each
    :param shared: how many of them make each statement that is not of a record itself
    """

    first: str = ""
    blocks: list[bytes] = field(default_factory=list)
    digests: bytes = b""
    shared: Counter[bytes] = field(default_factory=Counter)
    records: int = 0
    size: int = 0

    @property
    def key(self) -> bytes:
        """What it is known by from one publication to the next."""
        return key_of(self.digests)

    @property
    def is_full(self) -> bool:
        """Whether no other record belongs to it."""
        return self.records == _MOST or self.size > _LARGE


#: The next chunk of the dumps, with how long it is as N-Quads and as such compressed; what its pieces are made of; and
#: whether they are made.
_ToDo = tuple[tuple[Chunk, int, int], Asked, bool]


class _Work:
    """The dumps of one publication, while they are made."""

    def __init__(self, previous: Previous, processes: Processes, linked: tuple[str, ...] | None) -> None:
        self._generation, self._kept, self._wanted = previous.generation, previous.kept, previous.dumps
        self._policy: Final = IriPolicy(previous.base_iri)
        self._processes: Final = processes
        self._previous: Final = previous
        self._linked: Final = linked
        #: The syntaxes of which pieces are made.
        self._formats: Final = Assembly.formats(self._wanted)
        #: Whether it is wanted what records share: by dumps without named graphs, and by who counts it.
        self._shares: Final = self._wanted.has_merged or linked is not None
        self._own: Final = tuple(b"<" + self._policy.mint(kind, "").encode() for kind in _OWN)
        self._cuts: list[_Cut] = []
        self._crc = self._size = 0

    # ── N-Quads ──────────────────────────────────────────────────────────────────────────────────────────

    def write_n_quads(self, blocks: Iterable[PassedBlock], standing: Iterable[Standing]) -> None:
        """Write the blocks, and note what records share."""
        again = set[bytes]()
        with NQuadsWriter(self._generation, self._wanted) as file:
            threads = min(self._processes.jobs, _PACKERS)
            for chunk, (data, packed) in ahead(self._made, self._chunks(blocks, standing), threads):
                if isinstance(chunk, Standing):
                    for one in chunk.chunks:
                        start = file.size
                        self._cuts.append(_Cut(one, start, one.sizes[0], file.take(one, self._previous)))
                        again.add(one.key)
                else:
                    key, start = chunk.key, file.size
                    before = self._previous.find(key)
                    if before and not self._wanted.is_plain:
                        packed = self._previous.packed(key, N_QUADS)
                    made = file.add(data, packed)
                    cut = msgspec.structs.replace(made, key=key, first=chunk.first)
                    self._cuts.append(_Cut(cut, start, *made.sizes))
                    if before:
                        again.add(key)
                    else:
                        self._kept.share(chunk.shared, self._own)
        self._crc, self._size = file.crc, file.size
        for data in self._previous.others(again):
            self._share([b"".join(lines) for _, lines in groupby(data.splitlines(keepends=True), key=graph_of)], by=-1)

    def _made(self, chunk: _Blocks | Standing) -> tuple[bytes, bytes]:
        """Return the N-Quads of a chunk that does not stand; and these compressed, if that is wanted of a new one."""
        if isinstance(chunk, Standing):
            return b"", b""
        data = b"".join(chunk.blocks)
        return data, b"" if self._wanted.is_plain or self._previous.find(chunk.key) else pack(data)

    def _chunks(self, blocks: Iterable[PassedBlock], standing: Iterable[Standing]) -> Iterator[_Blocks | Standing]:
        """Yield some blocks at a time, and what stands where it stood."""
        chunk = _Blocks()
        left = deque(standing)
        for block, version, shared, _ in blocks:
            iri = self._policy.parse(graph_of(block)[2:-4].decode()) if block else None
            if iri is not None and iri.kind == "graph" and iri.slug not in RESERVED:
                is_after = bool(left) and iri.slug > left[0].first
                if chunk.blocks and (is_after or begins_chunk(iri.slug.encode()) or chunk.is_full):
                    yield chunk
                    chunk = _Blocks()
                while left and iri.slug > left[0].first:
                    yield left.popleft()
                chunk.first = chunk.first or iri.slug
                chunk.records += 1
            chunk.blocks.append(block)
            chunk.digests += version or hashlib.sha256(block).digest()
            if self._shares:
                chunk.shared.update(shared_of(block, self._policy) if shared is None else shared)
            chunk.size += len(block)
        if chunk.blocks:
            yield chunk
        yield from left

    def _share(self, blocks: Iterable[bytes], *, by: int = 1) -> None:
        """Note what blocks say that is not the record's own, if that is wanted apart."""
        uses = Counter(chain.from_iterable(shared_of(block, self._policy) for block in blocks if self._shares))
        self._kept.share(uses, self._own, by=by)

    # ── The other syntaxes ───────────────────────────────────────────────────────────────────────────────

    def write_others(self, written: Callable[[int, int], None]) -> None:
        """Write all other files, in one pass over the chunks."""
        strays = self._kept.settle()
        stale = self._stale(strays) if self._wanted.has_merged else ()
        total = len(self._cuts) + 1
        with Assembly(self._previous, jobs=self._processes.jobs) as assembly:
            assembly.n_quads(self._crc, self._size)
            todos = chain(self._of_records(stale), self._of_things() if self._wanted.has_merged else ())
            for (chunk, *sizes), made in self._processes.beside(segments, todos):
                facts = made[FACTS].data if made and FACTS in made else b""
                self._kept.put(assembly.add(chunk, made, *sizes), facts)
                written(0 if chunk.is_shared else 1, total)
        written(1, total)

    def _of_records(self, stale: Collection[int]) -> Iterator[_ToDo]:
        has_strays = self._wanted.has_merged and any(self._kept.begins(start) for start in self._own)
        is_asked = bool(self._formats) or self._linked is not None
        with NQuads(n_quads_of(self._generation.folder)) as n_quads:
            for number, cut in enumerate(self._cuts):
                chunk = cut.chunk, cut.length, cut.packed
                if not is_asked or (number not in stale and self._previous.find(cut.chunk.key)):
                    yield chunk, self._ask(b""), False
                else:
                    data = n_quads.read(cut.start, cut.length)
                    yield chunk, self._ask(data, self._strays(data) if has_strays else frozenset()), True

    def _of_things(self) -> Iterator[_ToDo]:
        """Yield what records share, some things at a time."""
        some, things, size = list[bytes](), 0, 0
        for subject, about in groupby(self._kept.shared(), key=subject_of):
            if some and (begins_chunk(subject) or things == _MOST):
                yield self._things(some)
                some, things, size = [], 0, 0
            for statement in about:
                # A collection may have as many parts as there are records, and is then told of in several pieces.
                if size > _LARGE_THINGS:
                    yield self._things(some)
                    some, things, size = [], 0, 0
                some.append(statement + b" .\n")
                size += len(some[-1])
            things += 1
        if some:
            yield self._things(some)

    def _things(self, statements: list[bytes]) -> _ToDo:
        data = b"".join(statements)
        chunk = Chunk(hashlib.sha256(data).digest(), is_shared=True)
        is_new = self._previous.find(chunk.key) is None
        return (chunk, 0, 0), self._ask(data if is_new else b"", is_shared=True), is_new

    def _ask(self, data: bytes, strays: frozenset[bytes] = frozenset(), *, is_shared: bool = False) -> Asked:
        base_iri, is_packed = self._policy.base_iri, self._wanted.is_packed
        return Asked(data, strays, is_shared, base_iri, self._formats, is_packed, self._linked)

    # ── What one record says of another ──────────────────────────────────────────────────────────────────

    def _strays(self, data: bytes) -> frozenset[bytes]:
        """Return what others say of the records of a chunk, which then stands with what is shared."""
        graphs = (graph for graph, _ in groupby(data.splitlines(keepends=True), key=graph_of))
        starts = (start for graph in graphs for start in own_subjects(graph, self._policy))
        return frozenset(statement for start in starts for statement in self._kept.beginning_with(start))

    def _stale(self, strays: Iterable[bytes]) -> Collection[int]:
        """Return the numbers of the chunks of records of which others say something else than before."""
        firsts = [cut.chunk.first for cut in self._cuts]
        found = set[int]()
        for statement in strays:
            if firsts != sorted(firsts):
                return range(len(firsts))
            iri = self._policy.parse(subject_of(statement)[1:-1].decode())
            if iri is not None:
                found.add(bisect_right(firsts, iri.slug) - 1)
        return found
