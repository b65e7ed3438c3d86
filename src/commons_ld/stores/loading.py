"""Bring the named graphs of a store to those of a publication, sending only what differs.

The store remembers the hash of each graph that was loaded, in a graph of its own, the *ledger*. A graph is marked
there before it is touched, replaced whole in one request, counted, and only then is its hash written down: so
whatever ends a load, the next one knows what it cannot rely on. A request of which nobody knows whether it was done
is looked after, by the *beat* that it writes last, before it is sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import PublicationError, StoreError, StoreUnavailable
from commons_ld.messages import Language
from commons_ld.stores import holdings, publication, updates
from commons_ld.stores.holdings import WRITING
from commons_ld.stores.lease import Lease, Note, Sleep, publisher
from commons_ld.stores.publication import Graph, Place
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.updates import Ledger
from commons_ld.stores.words import said

__all__ = ["Loaded", "Progress", "load", "places_of"]

#: How often a request is sent when it is not known to be done, and how often a graph is that is not there whole.
_TRIES: Final = 5
_LONGEST_WAIT: Final = 30.0

#: Called with what is being done, how much of it was done since the last call, and how much there is in all.
Progress = Callable[[str, int, int], None]


def _unseen(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody how far the work is."""


def _silent(_sentence: dict[Language, str]) -> None:
    """Tell nobody."""


class Loaded(NamedTuple):
    """What a load came to, or with ``dry_run`` would come to.

    :param sent: graphs that differed, and ``statements`` how many statements they have
    :param removed: graphs that are in the publication no more
    :param kept: graphs that the store held already
    :param updates: requests that changed the store
    """

    endpoint: str
    sent: int
    statements: int
    removed: int
    kept: int
    updates: int
    dry_run: bool


class _Plan(NamedTuple):
    """What is to be done to a store."""

    send: tuple[Place, ...]
    remove: tuple[str, ...]


def load(
    dump: Path,
    store: RemoteStore,
    *,
    base_iri: str,
    state: Path,
    dry_run: bool = False,
    adopt: bool = False,
    progress: Progress = _unseen,
    note: Note = _silent,
    sleep: Sleep = time.sleep,
) -> Loaded:
    """Load a publication into a store.

    :param dump: its N-Quads, ``dataset.nq``
    :param base_iri: what the IRIs of the archive begin with; graphs of other names are never touched
    :param state: the folder that tells this publisher from others
    :param dry_run: only tell what would be done
    :param adopt: replace graphs that are in the store under names of the publication, and were not loaded by this
    :param note: told of what does not stop the work
    :raises PublicationError: if there is nothing to load
    :raises StoreError: if the store cannot be loaded; what is loaded by then stays, and is not sent again
    """
    places = places_of(dump, base_iri)
    before = store.updates
    with publisher(state) as who:
        plan = _planned(places, store, base_iri, adopt=adopt)
        if (plan.send or plan.remove) and not dry_run:
            lease = Lease(store, Ledger.of(base_iri), who, note=note, sleep=sleep)
            with lease.hold():
                # Another publisher may have been at work until now.
                plan = _planned(places, store, base_iri, adopt=adopt)
                _Run(dump, store, base_iri, lease, plan, progress, sleep).load(places)
    return Loaded(
        endpoint=store.endpoint,
        sent=len(plan.send),
        statements=sum(place.statements for place in plan.send),
        removed=len(plan.remove),
        kept=len(places) - len(plan.send),
        updates=store.updates - before,
        dry_run=dry_run,
    )


def places_of(dump: Path, base_iri: str) -> tuple[Place, ...]:
    """Return where the graphs of a publication stand.

    :raises PublicationError: if there are none, or they are not of this archive
    """
    places = tuple(publication.places(dump))
    if not places:
        raise PublicationError(dump, said("no-dump")["en"])
    for place in places:
        if not holdings.is_ours(place.iri, base_iri):
            raise PublicationError(dump, said("other-base", place.iri)["en"])
    return places


def _planned(places: tuple[Place, ...], store: RemoteStore, base_iri: str, *, adopt: bool) -> _Plan:
    held = holdings.read(store, base_iri)
    send = tuple(place for place in places if held.get(place.iri) != place.sha256)
    if not adopt:
        unknown = (place.iri for place in send if place.iri not in held)
        foreign = sorted(holdings.counted(store, unknown))
        if foreign:
            more = f" (+ {len(foreign) - 1})" if len(foreign) > 1 else ""
            raise StoreError(store.endpoint, said("foreign", foreign[0] + more))
    wanted = {place.iri for place in places}
    return _Plan(send, tuple(sorted(held.keys() - wanted)))


class _Run:
    """One load, once it is known what is to be done."""

    def __init__(
        self,
        dump: Path,
        store: RemoteStore,
        base_iri: str,
        lease: Lease,
        plan: _Plan,
        progress: Progress,
        sleep: Sleep,
    ) -> None:
        self._dump, self._store, self._base_iri, self._lease, self._plan = dump, store, base_iri, lease, plan
        self._ledger = Ledger.of(base_iri)
        self._progress, self._sleep = progress, sleep
        self._hashes = {place.iri: place.sha256 for place in plan.send}
        #: Graphs that are there whole, and whose hash is yet to be written down: with the next request.
        self._whole: list[str] = []

    def load(self, places: tuple[Place, ...]) -> None:
        """Do all of it, and see that the ledger says so."""
        statements = sum(place.statements for place in self._plan.send)
        for batch in _batches(publication.read(self._dump, iter(self._plan.send))):
            self._replace(batch)
            self._progress("loading", sum(len(graph.triples) for graph in batch), statements)
        for start in range(0, len(self._plan.remove), updates.MOST_GRAPHS):
            self._remove(self._plan.remove[start : start + updates.MOST_GRAPHS])
        self._do(self._written_down())
        self._lease.confirm()
        if holdings.read(self._store, self._base_iri) != {place.iri: place.sha256 for place in places}:
            raise StoreError(self._store.endpoint, said("changed-meanwhile"))

    def _replace(self, batch: tuple[Graph, ...]) -> None:
        for _ in range(2):
            self._lease.confirm()
            if len(batch) == 1 and _is_large(batch[0]):
                self._stage(batch[0])
            else:
                self._do(
                    self._written_down(),
                    self._marked([graph.iri for graph in batch]),
                    updates.drop(graph.iri for graph in batch),
                    updates.insert(batch),
                )
            found = holdings.counted(self._store, [graph.iri for graph in batch])
            short = [graph for graph in batch if found.get(graph.iri, 0) != len(graph.triples)]
            if not short:
                self._whole += [graph.iri for graph in batch]
                return
        held = f"{short[0].iri}: {found.get(short[0].iri, 0)} / {len(short[0].triples)}"
        raise StoreError(self._store.endpoint, said("not-whole", held))

    def _stage(self, graph: Graph) -> None:
        """Put a large graph together beside the one that is read, and then in its place."""
        staging = self._ledger.staging
        self._do(self._written_down(), self._marked([graph.iri]), updates.drop([staging]))
        for part in updates.chunks(Graph(staging, graph.triples)):
            self._do(updates.insert([part]))
        found = holdings.counted(self._store, [staging]).get(staging, 0)
        if found != len(graph.triples):
            raise StoreError(self._store.endpoint, said("not-whole", f"{graph.iri}: {found} / {len(graph.triples)}"))
        self._do(updates.move(staging, graph.iri))

    def _remove(self, iris: tuple[str, ...]) -> None:
        self._lease.confirm()
        # The graphs go first: a ledger that still knows one has it removed by the next load.
        self._do(self._written_down(), updates.drop(iris), updates.forget(self._ledger, iris))

    def _marked(self, iris: Iterable[str]) -> str:
        """Return operations that say of graphs that they are being written."""
        iris = tuple(iris)
        return updates.together(
            updates.forget(self._ledger, iris), updates.insert([self._ledger.hashes(dict.fromkeys(iris, WRITING))])
        )

    def _written_down(self) -> str:
        """Return operations that write down the hashes of the graphs that are there whole."""
        whole, self._whole = self._whole, []
        return updates.together(
            updates.delete([self._ledger.hashes(dict.fromkeys(whole, WRITING))]),
            updates.insert([self._ledger.hashes({iri: self._hashes[iri] for iri in whole})]),
        )

    def _do(self, *operations: str) -> None:
        """Send one request, again as long as it is not known to be done.

        Every request of ours may be done twice.
        """
        request = updates.together(*operations, self._lease.next_beat())
        for number in range(1, _TRIES + 1):
            try:
                self._store.update(request)
            except StoreUnavailable:
                self._sleep(min(_LONGEST_WAIT, 2.0 ** (number - 1)))
                if self._is_done():
                    return
                if number == _TRIES:
                    raise
            else:
                return

    def _is_done(self) -> bool:
        try:
            return self._lease.is_done()
        except StoreUnavailable:
            return False


def _is_large(graph: Graph) -> bool:
    return len(graph.triples) > updates.MOST_STATEMENTS or updates.size_of(graph.triples) > updates.MOST_BYTES


def _batches(graphs: Iterator[Graph]) -> Iterator[tuple[Graph, ...]]:
    """Yield graphs that go into one request together; one that is too large comes alone."""
    batch: list[Graph] = []
    statements = size = 0
    for graph in graphs:
        more = updates.size_of(graph.triples)
        is_full = statements + len(graph.triples) > updates.MOST_STATEMENTS or size + more > updates.MOST_BYTES
        if batch and (is_full or len(batch) == updates.MOST_GRAPHS):
            yield tuple(batch)
            batch, statements, size = [], 0, 0
        batch.append(graph)
        statements += len(graph.triples)
        size += more
    if batch:
        yield tuple(batch)
