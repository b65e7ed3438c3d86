"""The dumps: everything that is published, as one file in each syntax.

``dataset.nq`` is the blocks, one after the other; all other syntaxes are read from it. N-Quads and TriG keep the named
graphs. The others hold one graph, the union of them, and no statement twice: what a record says of itself stands in the
order of the records, and what many of them say of a person, a collection or a concept is merged, and stands at the end.

The blocks are cut into chunks of some records, where the name of a record says so: a record that is new or gone moves
no cut but those beside it. Of each chunk a piece is made for each file, by as many processes as there are; those of a
chunk that was in the dumps before are copied from there.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, nullcontext
from itertools import chain, groupby
from typing import Final, NamedTuple

from commons_ld.formats import N_QUADS
from commons_ld.iris import RESERVED, IriPolicy, Kind
from commons_ld.outputs.assembling import Assembly, Previous, dump_name
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.kept_dumps import Chunk, KeptDumps, passing
from commons_ld.outputs.segments import Asked, graph_of, own_subjects, segments, subject_of
from commons_ld.processes import Processes

__all__ = ["Placed", "dump_name", "own_subjects", "write_dumps"]

#: Told where a block lies in ``dataset.nq``: its offset and its length in bytes.
Placed = Callable[[int, int], None]

#: About one record in so many begins a chunk; a chunk holds at most so many records, or things, and so many bytes.
_TOGETHER, _MOST, _LARGE = 32, 64, 4 << 20
#: The kinds that what a record says of itself is about.
_OWN: Final[tuple[Kind, ...]] = ("session", "media", "graph", "description")


def write_dumps(
    generation: Generation,
    blocks: Iterable[bytes],
    *,
    base_iri: str,
    compress: bool,
    kept: KeptDumps | None = None,
    processes: Processes | None = None,
    placed: Placed = lambda _offset, _length: None,
    written: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Write the dump in every format, holding no more than some records in memory.

    :param blocks: canonical N-Quads, each of one named graph, in the order in which they are to stand
    :param base_iri: what tells the records' own statements from those about what they share
    :param compress: whether each dump gets a ``.gz`` twin
    :param kept: how the dumps that stand are put together, to take over what did not change
    :param processes: who makes the pieces; by default this process does
    :param placed: called for each block in turn, so that the next run can copy those that did not change
    :param written: called with how many chunks are done since the last call, and how many there are
    :raises PublicationError: if a file cannot be written
    :raises ValueError: if a block is not of one named graph, which is a fault of ours
    """
    with passing(generation.spool_path) if kept is None else nullcontext(kept) as used:
        work = _Work(generation, used, processes or Processes(), IriPolicy(base_iri), compress=compress)
        with closing(work.previous):
            work.write_n_quads(blocks, placed)
            work.write_others(written)


class _Cut(NamedTuple):
    """A chunk of the blocks that are being published.

    :param start: where it begins in ``dataset.nq``, in bytes
    """

    key: bytes
    first: str
    start: int
    length: int


#: The next chunk of the dumps, with how long it is as N-Quads; what its pieces are made of; and whether they are made.
_ToDo = tuple[tuple[Chunk, int], Asked, bool]


class _Work:
    """The dumps of one publication, while they are made."""

    def __init__(
        self, generation: Generation, kept: KeptDumps, processes: Processes, policy: IriPolicy, *, compress: bool
    ) -> None:
        self._generation, self._kept, self._processes, self._policy = generation, kept, processes, policy
        self._compress: Final = compress
        self._own: Final = tuple(b"<" + policy.mint(kind, "").encode() for kind in _OWN)
        self.previous: Final = Previous(generation, kept, policy.base_iri, compress=compress)
        self._cuts: list[_Cut] = []
        self._crc = 0

    # ── N-Quads ──────────────────────────────────────────────────────────────────────────────────────────

    def write_n_quads(self, blocks: Iterable[bytes], placed: Placed) -> None:
        """Write the blocks, and note what records share."""
        offset = 0
        again = set[bytes]()
        with self._generation.open(dump_name(N_QUADS)) as file:
            for first, chunk in self._chunks(blocks):
                data = b"".join(chunk)
                file.write(data)
                self._crc = zlib.crc32(data, self._crc)
                key = hashlib.sha256(data).digest()
                self._cuts.append(_Cut(key, first, offset, len(data)))
                for block in chunk:
                    placed(offset, len(block))
                    offset += len(block)
                if self.previous.find(key):
                    again.add(key)
                else:
                    self._share(chunk)
        for data in self.previous.others(again):
            self._share([b"".join(lines) for _, lines in groupby(data.splitlines(keepends=True), key=graph_of)], by=-1)

    def _chunks(self, blocks: Iterable[bytes]) -> Iterator[tuple[str, list[bytes]]]:
        """Yield some blocks at a time, with the name in IRIs of the first record among them."""
        first, chunk, records, size = "", list[bytes](), 0, 0
        for block in blocks:
            iri = self._policy.parse(graph_of(block)[2:-4].decode()) if block else None
            if iri is not None and iri.kind == "graph" and iri.slug not in RESERVED:
                if chunk and (_begins_chunk(iri.slug.encode()) or records == _MOST or size > _LARGE):
                    yield first, chunk
                    first, chunk, records, size = "", [], 0, 0
                first = first or iri.slug
                records += 1
            chunk.append(block)
            size += len(block)
        if chunk:
            yield first, chunk

    def _share(self, blocks: Iterable[bytes], *, by: int = 1) -> None:
        """Note what blocks say that is not the record's own."""
        for block in blocks:
            if not block:
                continue
            graph = graph_of(block)
            *statements, rest = block.split(graph)
            if rest or len(statements) != block.count(b"\n"):
                raise ValueError(f"the block that ends in{graph.decode()!r} holds statements of other graphs")
            own = own_subjects(graph, self._policy)
            others = statements if not own else [line for line in statements if not line.startswith(own)]
            self._kept.share(others, self._own, by=by)

    # ── The other syntaxes ───────────────────────────────────────────────────────────────────────────────

    def write_others(self, written: Callable[[int, int], None]) -> None:
        """Write all other files, in one pass over the chunks."""
        stale = self._stale(self._kept.settle())
        total = len(self._cuts) + 1
        base_iri = self._policy.base_iri
        with Assembly(self._generation, self.previous, base_iri, compress=self._compress) as assembly:
            assembly.n_quads(self._crc, sum(cut.length for cut in self._cuts))
            todos = chain(self._of_records(stale), self._of_things())
            for (chunk, length), made in self._processes.beside(segments, todos):
                self._kept.put(assembly.add(chunk, made, length))
                written(0 if chunk.is_shared else 1, total)
        written(1, total)

    def _of_records(self, stale: Collection[int]) -> Iterator[_ToDo]:
        has_strays = any(self._kept.begins(start) for start in self._own)
        with (self._generation.folder / dump_name(N_QUADS)).open("rb") as file:
            for number, cut in enumerate(self._cuts):
                chunk = Chunk(cut.key, cut.first)
                if number not in stale and self.previous.find(cut.key):
                    yield (chunk, cut.length), self._ask(b""), False
                else:
                    file.seek(cut.start)
                    data = file.read(cut.length)
                    yield (chunk, cut.length), self._ask(data, self._strays(data) if has_strays else frozenset()), True

    def _of_things(self) -> Iterator[_ToDo]:
        """Yield what records share, some things at a time."""
        some, things = list[bytes](), 0
        for subject, about in groupby(self._kept.shared(), key=subject_of):
            if some and (_begins_chunk(subject) or things == _MOST):
                yield self._things(some)
                some, things = [], 0
            some += [statement + b" .\n" for statement in about]
            things += 1
        if some:
            yield self._things(some)

    def _things(self, statements: list[bytes]) -> _ToDo:
        data = b"".join(statements)
        chunk = Chunk(hashlib.sha256(data).digest(), is_shared=True)
        is_new = self.previous.find(chunk.key) is None
        return (chunk, 0), self._ask(data if is_new else b"", is_shared=True), is_new

    def _ask(self, data: bytes, strays: frozenset[bytes] = frozenset(), *, is_shared: bool = False) -> Asked:
        return Asked(data, strays, is_shared, self._policy.base_iri, self._compress)

    # ── What one record says of another ──────────────────────────────────────────────────────────────────

    def _strays(self, data: bytes) -> frozenset[bytes]:
        """Return what others say of the records of a chunk, which then stands with what is shared."""
        graphs = (graph for graph, _ in groupby(data.splitlines(keepends=True), key=graph_of))
        starts = (start for graph in graphs for start in own_subjects(graph, self._policy))
        return frozenset(statement for start in starts for statement in self._kept.beginning_with(start))

    def _stale(self, strays: Iterable[bytes]) -> Collection[int]:
        """Return the numbers of the chunks of records of which others say something else than before."""
        firsts = [cut.first for cut in self._cuts]
        found = set[int]()
        for statement in strays:
            if firsts != sorted(firsts):
                return range(len(firsts))
            iri = self._policy.parse(subject_of(statement)[1:-1].decode())
            if iri is not None:
                found.add(bisect_right(firsts, iri.slug) - 1)
        return found


def _begins_chunk(name: bytes) -> bool:
    """Tell whether a name begins a chunk: about one in :data:`_TOGETHER` does, always the same ones."""
    return zlib.crc32(name) % _TOGETHER == 0
