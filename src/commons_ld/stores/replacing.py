"""Replace graphs in a store, so that who reads meanwhile finds each as it was or as it will be.

A graph is marked in the ledger before it is touched, replaced whole in one request, counted, and only then is its hash
written down: so whatever ends a load, the next one knows what it cannot rely on. A graph that no request can hold is
put together beside the one that is read, and so is every graph that goes by the Graph Store Protocol. Of a graph that
is there, only the statements that differ are sent, where these are few; it is read before, and once more afterwards.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from commons_ld.errors import QueryRejected, StoreError, StoreUnavailable
from commons_ld.stores import holdings, publication, updates
from commons_ld.stores.amending import amendments, is_amended, portions
from commons_ld.stores.holdings import WRITING
from commons_ld.stores.lease import Lease
from commons_ld.stores.pace import SURE, USUAL, Pace
from commons_ld.stores.planning import Plan
from commons_ld.stores.publication import Graph, Place
from commons_ld.stores.remote import TRIES, RemoteStore
from commons_ld.stores.words import said

__all__ = ["Progress", "Replacing"]

#: How often a graph is sent that is not there whole.
_TRIES: Final = 2
#: The longest statement that goes by the Graph Store Protocol: Virtuoso takes no longer text than 64 KiB in Turtle.
_LONGEST: Final = 60_000
#: Statements that are put together beside the graphs that are read, before they go in their place.
_MOST_BESIDE: Final = 20_000

#: Called with what is being done, how much of it was done since the last call, and how much there is in all.
Progress = Callable[[str, int, int], None]


class Replacing:
    """One load, once it is known what is to be done."""

    def __init__(self, dump: Path, store: RemoteStore, lease: Lease, plan: Plan, progress: Progress) -> None:
        self._dump, self._store, self._lease, self._plan, self._progress = dump, store, lease, plan, progress
        self._ledger = lease.ledger
        #: Of the graphs that were read and are not done: what they are known by, and which are not in the store.
        self._hashes: dict[str, str] = {}
        self._absent: set[str] = set()
        self._statements = plan.statements
        #: Whether no load has come to its end yet: nobody relies on what is there.
        self._is_first = plan.is_first
        self._pace = Pace()
        #: Graphs that are there whole, and whose hash is yet to be written down: with the next request.
        self._whole: list[str] = []

    def all(self) -> None:
        """Do all of it.

        :raises PublicationError: if the dump changes meanwhile
        :raises StoreError: if it cannot be done; what is done by then is remembered
        """
        for some in publication.together(self._plan.short(USUAL), updates.MOST_GRAPHS):
            self._hashes.update((place.iri, place.sha256) for place in some)
            self._plan.done(self._amended(tuple(publication.read(self._dump, iter(some)))))
        self._pace = Pace(is_new=self._plan.is_new, spares=not self._store.is_virtuoso)
        for batch in self._batches(publication.read(self._dump, self._sends())):
            self._replace(batch)
            self._tell(batch)
        for start in range(0, len(self._plan.remove), updates.MOST_GRAPHS):
            self._remove(self._plan.remove[start : start + updates.MOST_GRAPHS])
        if self._whole:
            self._lease.do(self._written_down())

    def _sends(self) -> Iterator[Place]:
        """Yield the graphs that are yet to be sent, and note what is known of each."""
        for place, is_absent in self._plan.sends():
            self._hashes[place.iri] = place.sha256
            if is_absent:
                self._absent.add(place.iri)
            yield place

    def _tell(self, graphs: Sequence[Graph]) -> None:
        self._progress("loading", sum(len(graph.triples) for graph in graphs), self._statements)

    def _amended(self, graphs: Sequence[Graph]) -> Iterator[str]:
        """Send what differs of graphs, where that is little; yield those that are whole then."""
        held = holdings.given(self._store, [graph.iri for graph in graphs])
        for some in portions(tuple(amendments(graphs, held))):
            iris = [one.graph.iri for one in some]
            self._lease.confirm()
            known = updates.mark(self._ledger, iris, WRITING), self._told_of_texts(one.put for one in some)
            marked = updates.together(self._written_down(iris), *known)
            away = (updates.take_away(one.graph.iri, one.heads) for one in some)
            try:
                self._lease.do(marked, *away, updates.insert(one.put for one in some))
            except QueryRejected:
                self._lease.do(marked)
                return  # it may take them whole
            held = holdings.given(self._store, iris)
            done = [one.graph for one in some if is_amended(one, held)]
            self._tell(done)
            self._whole += (graph.iri for graph in done)
            yield from (graph.iri for graph in done)

    def _batches(self, graphs: Iterator[Graph]) -> Iterator[tuple[Graph, ...]]:
        """Yield graphs that are replaced together; one that is too large comes alone."""
        batch: list[Graph] = []
        statements = size = 0
        for graph in graphs:
            more = updates.size_of(graph.triples)
            most, times = (_MOST_BESIDE, 1) if self._store.has_graph_store else (self._pace.most, self._pace.times)
            is_full = statements + len(graph.triples) > most or size + more > times * updates.MOST_BYTES
            if batch and (is_full or len(batch) == times * updates.MOST_GRAPHS):
                yield tuple(batch)
                batch, statements, size = [], 0, 0
            batch.append(graph)
            statements += len(graph.triples)
            size += more
        if batch:
            yield tuple(batch)

    def _replace(self, batch: tuple[Graph, ...]) -> None:
        iris = [graph.iri for graph in batch]
        statements = sum(len(graph.triples) for graph in batch)
        for _ in range(_TRIES):
            begun, is_sent, are_new = time.monotonic(), False, self._absent.issuperset(iris)
            self._lease.confirm()
            if self._store.has_graph_store and all(map(_is_short, batch)):
                self._put(batch)
            elif len(batch) == 1 and self._is_large(batch[0]):
                self._stage(batch[0])
            elif not (is_sent := self._is_sent(batch, statements)):
                for graph in batch:
                    self._replace((graph,))
                return
            problem = "" if is_sent and are_new and self._has_as_many(batch) else self._difference(batch, iris)
            if not problem:
                self._absent.difference_update(iris)
                self._whole += iris
                if is_sent:
                    self._pace.took(statements, time.monotonic() - begun)
                return
        raise StoreError(self._store.endpoint, said("not-whole", problem))

    def _is_sent(self, batch: tuple[Graph, ...], statements: int) -> bool:
        """Replace graphs in one request; tell whether the store takes so much at once, and it is done."""
        if statements > max(self._pace.most, self._pace.limit):
            return False  # together they were to go by the other protocol, which one of them cannot
        iris = [graph.iri for graph in batch]
        there = [iri for iri in iris if iri not in self._absent]
        known = updates.forget(self._ledger, there), updates.insert([self._ledger.rows(dict.fromkeys(iris, WRITING))])
        marked = ""
        try:
            told = self._told_of_texts(() if self._is_first else batch)
            # What a request that comes late puts there all the same is seen when the statements are counted.
            self._absent.difference_update(iris)
            marked = updates.together(self._written_down(iris), *known, told)
            self._lease.do(marked, updates.drop(there), updates.insert(batch))
        except StoreError as error:
            if statements <= (SURE if isinstance(error, QueryRejected) else USUAL):
                raise
            # What a store refuses for its length, it may have done in part. One by one, each is short enough.
            self._pace.refused()
            self._lease.do(marked)
            return False
        return True

    def _told_of_texts(self, graphs: Iterable[Graph]) -> str:
        """Have Virtuoso know the texts of graphs that are read, before these have them.

        It keeps texts apart from statements, and who asks in the moment in which both are new may see these without.

        :return: operations that take them away again, to be done with what puts them into the graphs
        """
        told = updates.texts(graphs if self._store.is_virtuoso else (), self._lease.staging[0])
        if not told.triples:
            return ""
        self._lease.do(updates.insert([told]))
        return updates.drop([told.iri])

    def _put(self, batch: tuple[Graph, ...]) -> None:
        """Put graphs beside those that are read, by the Graph Store Protocol, and then all in their places."""
        iris = [graph.iri for graph in batch]
        beside = self._lease.staging[: len(batch)]
        self._lease.do(self._written_down(iris), updates.mark(self._ledger, iris, WRITING))
        for graph, staging in zip(batch, beside, strict=True):
            self._put_one(Graph(staging, graph.triples))
        problem = self._difference(batch, beside)
        if problem:
            raise StoreError(self._store.endpoint, said("not-whole", problem))
        self._lease.confirm()
        copies = (updates.copy(staging, iri) for staging, iri in zip(beside, iris, strict=True))
        self._lease.do(self._lease.mark(iris), updates.mark(self._ledger, iris, WRITING), *copies)
        self._lease.do(updates.drop(beside))

    def _put_one(self, graph: Graph) -> None:
        for number in range(1, TRIES + 1):
            try:
                self._store.put(graph)
            except StoreUnavailable as error:
                if number == TRIES:
                    raise
                self._store.wait(number, error)
            else:
                return

    def _stage(self, graph: Graph) -> None:
        """Put a large graph together beside the one that is read, and then in its place."""
        staging, iris = self._lease.staging[0], [graph.iri]
        self._lease.do(self._written_down(iris), updates.mark(self._ledger, iris, WRITING), updates.drop([staging]))
        for part in updates.chunks(Graph(staging, graph.triples), self._pace.most):
            self._lease.do(updates.insert([part]))
        problem = self._difference([graph], [staging])
        if problem:
            raise StoreError(self._store.endpoint, said("not-whole", problem))
        self._lease.confirm()
        # Marked once more: whatever comes late, when another load has been at work since, is seen by the next one.
        marked = self._lease.mark(iris), updates.mark(self._ledger, iris, WRITING)
        self._lease.do(*marked, updates.copy(staging, graph.iri))
        if not holdings.is_within(self._store, staging, graph.iri):
            raise StoreError(self._store.endpoint, said("not-copied", graph.iri))
        self._lease.do(updates.drop([staging]))

    def _is_large(self, graph: Graph) -> bool:
        return len(graph.triples) > self._pace.limit or updates.size_of(graph.triples) > updates.MOST_BYTES

    def _difference(self, graphs: Sequence[Graph], iris: Sequence[str]) -> str:
        """Return in what the store differs from graphs, counted by property, or nothing.

        :param iris: what each of them is called in the store
        """
        found: dict[str, Counter[str]] = {}
        for start in range(0, len(iris), updates.MOST_GRAPHS):
            found |= holdings.counted(self._store, iris[start : start + updates.MOST_GRAPHS])
        for graph, iri in zip(graphs, iris, strict=True):
            wanted, held = Counter(map(_property, graph.triples)), found.get(iri, Counter())
            if wanted.total() != held.total():
                return f"{graph.iri}: {held.total()} / {wanted.total()}"
            if wanted != held:
                name = min(name for name in wanted | held if wanted[name] != held[name])
                return f"{graph.iri}, {name}: {held[name]} / {wanted[name]}"
        return ""

    def _has_as_many(self, batch: Sequence[Graph]) -> bool:
        """Tell whether the store has as many statements as were sent, of each of graphs that were not there before."""
        found = holdings.written(self._store, self._ledger)
        return all(found.get(graph.iri) == len(graph.triples) for graph in batch)

    def _remove(self, iris: tuple[str, ...]) -> None:
        self._lease.confirm()
        # The graphs go first: a ledger that still knows one has it removed by the next load.
        self._lease.do(self._written_down(iris), updates.drop(iris), updates.forget(self._ledger, iris))

    def _written_down(self, iris: Sequence[str] = ()) -> str:
        """Return operations that write down the hashes of the graphs that are there whole.

        :param iris: graphs of which rows are changed besides by the same request
        """
        whole, self._whole = self._whole, []
        hashes = {iri: self._hashes.pop(iri) for iri in whole}
        return updates.together(
            self._lease.mark([*iris, *whole]),
            # With their buckets once more: a row that comes late is found where its bucket is read.
            updates.insert([self._ledger.rows(hashes)]),
            updates.delete([self._ledger.hashes(dict.fromkeys(whole, WRITING))]),
        )


def _property(line: bytes) -> str:
    return line.split(b" ", 2)[1][1:-1].decode()


def _is_short(graph: Graph) -> bool:
    return max(map(len, graph.triples)) <= _LONGEST
