"""Bring the named graphs of a store to those of a publication, sending only what differs.

The store remembers the hash of each graph that was loaded, in a graph of its own, the *ledger*. A graph is marked
there before it is touched, replaced whole in one request, counted, and only then is its hash written down: so
whatever ends a load, the next one knows what it cannot rely on. A request of which nobody knows whether it was done
is looked after, by the *beat* that it writes last, before it is sent again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import PublicationError, StoreError
from commons_ld.messages import Language
from commons_ld.stores import holdings, publication, updates
from commons_ld.stores.holdings import WRITING
from commons_ld.stores.lease import Lease, Note, publisher
from commons_ld.stores.publication import Graph, Place
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.updates import Ledger
from commons_ld.stores.words import said

__all__ = ["Loaded", "Progress", "distrust", "load", "places_of"]

#: How often a graph is sent that is not there whole.
_TRIES: Final = 2

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
    :param held_back: graphs with an IRI that the store would cut off: what it holds of them stays
    :param updates: requests that changed the store
    """

    endpoint: str
    sent: int
    statements: int
    removed: int
    kept: int
    updates: int
    dry_run: bool
    held_back: tuple[Place, ...] = ()


class _Plan(NamedTuple):
    """What is to be done to a store."""

    send: tuple[Place, ...]
    remove: tuple[str, ...]
    #: What the store is to remember in the end.
    hashes: dict[str, str]


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
        held_back: tuple[Place, ...] = ()
        if (plan.send or plan.remove) and not dry_run:
            lease = Lease(store, Ledger.of(base_iri), who, note=note)
            with lease.hold():
                held_back = _too_long(plan.send, store, lease)
                # Another publisher may have been at work until now.
                plan = _planned(places, store, base_iri, adopt=adopt, held_back=held_back)
                _Run(dump, store, base_iri, lease, plan, progress).load()
    return Loaded(
        endpoint=store.endpoint,
        sent=len(plan.send),
        statements=sum(place.statements for place in plan.send),
        removed=len(plan.remove),
        kept=len(places) - len(plan.send) - len(held_back),
        updates=store.updates - before,
        dry_run=dry_run,
        held_back=held_back,
    )


def distrust(store: RemoteStore, iris: Iterable[str], *, base_iri: str, state: Path, note: Note = _silent) -> None:
    """Have graphs sent again by the next load, whatever the store remembers of them.

    :raises StoreError: if the store cannot be asked, or another publisher is at work
    """
    ledger = Ledger.of(base_iri)
    with publisher(state) as who:
        lease = Lease(store, ledger, who, note=note)
        with lease.hold():
            known = sorted(holdings.read(store, base_iri).keys() & set(iris))
            for start in range(0, len(known), updates.MOST_GRAPHS):
                lease.do(updates.mark(ledger, known[start : start + updates.MOST_GRAPHS], WRITING))


def places_of(dump: Path, base_iri: str) -> tuple[Place, ...]:
    """Return where the graphs of a publication stand.

    :raises PublicationError: if there are none, or they are not of this archive
    """
    places = tuple(publication.places(dump))
    if not places:
        raise PublicationError(dump, said("no-dump"))
    for place in places:
        if not holdings.is_ours(place.iri, base_iri):
            raise PublicationError(dump, said("other-base", place.iri))
    return places


def _planned(
    places: tuple[Place, ...], store: RemoteStore, base_iri: str, *, adopt: bool, held_back: tuple[Place, ...] = ()
) -> _Plan:
    held = holdings.read(store, base_iri)
    left = {place.iri for place in held_back}
    send = tuple(place for place in places if held.get(place.iri) != place.sha256 and place.iri not in left)
    if not adopt:
        foreign = sorted(holdings.present(store, (place.iri for place in send if place.iri not in held)))
        if foreign:
            more = f" (+ {len(foreign) - 1})" if len(foreign) > 1 else ""
            raise StoreError(store.endpoint, said("foreign", foreign[0] + more))
    wanted = {place.iri: place.sha256 for place in places}
    hashes = {iri: held.get(iri, "") if iri in left else sha256 for iri, sha256 in wanted.items()}
    return _Plan(send, tuple(sorted(held.keys() - wanted)), {iri: sha256 for iri, sha256 in hashes.items() if sha256})


def _too_long(places: tuple[Place, ...], store: RemoteStore, lease: Lease) -> tuple[Place, ...]:
    """Return the graphs with an IRI that the store does not keep whole; it is asked to keep the longest."""
    long = tuple(place for place in places if place.longest)
    if not long:
        return ()
    staging, iri = lease.ledger.staging, max((place.longest for place in long), key=len)
    line = f"<{staging}> <{staging}> <{iri}> .".encode()
    lease.do(updates.drop([staging]), updates.insert([Graph(staging, (line,))]))
    kept = [row["o"].value for row in store.select(updates.statements([staging]))]
    lease.do(updates.drop([staging]))
    return () if kept == [iri] else long


class _Run:
    """One load, once it is known what is to be done."""

    def __init__(
        self, dump: Path, store: RemoteStore, base_iri: str, lease: Lease, plan: _Plan, progress: Progress
    ) -> None:
        self._dump, self._store, self._base_iri, self._lease, self._plan = dump, store, base_iri, lease, plan
        self._ledger = Ledger.of(base_iri)
        self._progress = progress
        self._hashes = {place.iri: place.sha256 for place in plan.send}
        #: Graphs that are there whole, and whose hash is yet to be written down: with the next request.
        self._whole: list[str] = []

    def load(self) -> None:
        """Do all of it, and see that the ledger says so."""
        statements = sum(place.statements for place in self._plan.send)
        for batch in _batches(publication.read(self._dump, iter(self._plan.send))):
            self._replace(batch)
            self._progress("loading", sum(len(graph.triples) for graph in batch), statements)
        for start in range(0, len(self._plan.remove), updates.MOST_GRAPHS):
            self._remove(self._plan.remove[start : start + updates.MOST_GRAPHS])
        self._lease.do(self._written_down())
        self._lease.confirm()
        if holdings.read(self._store, self._base_iri) != self._plan.hashes:
            raise StoreError(self._store.endpoint, said("changed-meanwhile"))

    def _replace(self, batch: tuple[Graph, ...]) -> None:
        wanted = {graph.iri: Counter(map(_property, graph.triples)) for graph in batch}
        for _ in range(_TRIES):
            self._lease.confirm()
            if len(batch) == 1 and _is_large(batch[0]):
                self._stage(batch[0])
            else:
                self._lease.do(
                    self._written_down(),
                    updates.mark(self._ledger, [graph.iri for graph in batch], WRITING),
                    updates.drop(graph.iri for graph in batch),
                    updates.insert(batch),
                )
            found = holdings.counted(self._store, wanted)
            short = [iri for iri, counts in wanted.items() if found.get(iri) != counts]
            if not short:
                self._whole += wanted
                return
        raise self._not_whole(short[0], wanted[short[0]], found.get(short[0], Counter()))

    def _stage(self, graph: Graph) -> None:
        """Put a large graph together beside the one that is read, and then in its place."""
        staging = self._ledger.staging
        self._lease.do(self._written_down(), updates.mark(self._ledger, [graph.iri], WRITING), updates.drop([staging]))
        for part in updates.chunks(Graph(staging, graph.triples)):
            self._lease.do(updates.insert([part]))
        found, wanted = holdings.counted(self._store, [staging]), Counter(map(_property, graph.triples))
        if found.get(staging) != wanted:
            raise self._not_whole(graph.iri, wanted, found.get(staging, Counter()))
        self._lease.do(updates.copy(staging, graph.iri))
        if not holdings.is_within(self._store, staging, graph.iri):
            raise StoreError(self._store.endpoint, said("not-copied", graph.iri))
        self._lease.do(updates.drop([staging]))

    def _not_whole(self, iri: str, wanted: Counter[str], found: Counter[str]) -> StoreError:
        told = f"{iri}: {found.total()} / {wanted.total()}"
        if found.total() == wanted.total():
            name = min(name for name in wanted | found if wanted[name] != found[name])
            told = f"{iri}, {name}: {found[name]} / {wanted[name]}"
        return StoreError(self._store.endpoint, said("not-whole", told))

    def _remove(self, iris: tuple[str, ...]) -> None:
        self._lease.confirm()
        # The graphs go first: a ledger that still knows one has it removed by the next load.
        self._lease.do(self._written_down(), updates.drop(iris), updates.forget(self._ledger, iris))

    def _written_down(self) -> str:
        """Return operations that write down the hashes of the graphs that are there whole."""
        whole, self._whole = self._whole, []
        return updates.together(
            updates.delete([self._ledger.hashes(dict.fromkeys(whole, WRITING))]),
            updates.insert([self._ledger.hashes({iri: self._hashes[iri] for iri in whole})]),
        )


def _property(line: bytes) -> str:
    return line.split(b" ", 2)[1][1:-1].decode()


def _is_large(graph: Graph) -> bool:
    return len(graph.triples) > updates.MOST_STATEMENTS or updates.size_of(graph.triples) > updates.MOST_BYTES


def _batches(graphs: Iterator[Graph]) -> Iterator[tuple[Graph, ...]]:
    """Yield graphs that go into one request together; one that is too large comes alone."""
    batch: list[Graph] = []
    statements = size = 0
    for graph in graphs:
        more = updates.size_of(graph.triples)
        is_full = statements + len(graph.triples) > updates.USUAL_STATEMENTS or size + more > updates.MOST_BYTES
        if batch and (is_full or len(batch) == updates.MOST_GRAPHS):
            yield tuple(batch)
            batch, statements, size = [], 0, 0
        batch.append(graph)
        statements += len(graph.triples)
        size += more
    if batch:
        yield tuple(batch)
