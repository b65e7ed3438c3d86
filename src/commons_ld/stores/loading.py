"""Bring the named graphs of a store to those of a publication, sending only what differs.

The store remembers the hash of each graph that was loaded, in a graph of its own, the *ledger*. What it remembers is
compared with the dump, and what differs is replaced by :mod:`commons_ld.stores.replacing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from commons_ld.errors import PublicationError, StoreError
from commons_ld.messages import Language
from commons_ld.stores import holdings, publication, updates
from commons_ld.stores.holdings import WRITING
from commons_ld.stores.lease import Lease, Note, publisher
from commons_ld.stores.publication import Graph, Place
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.replacing import Plan, Progress, Replacing
from commons_ld.stores.updates import Ledger
from commons_ld.stores.words import said

__all__ = ["Loaded", "Progress", "distrust", "load", "places_of"]


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


def load(
    dump: Path,
    store: RemoteStore,
    *,
    base_iri: str,
    state: Path,
    places: tuple[Place, ...] = (),
    dry_run: bool = False,
    adopt: bool = False,
    progress: Progress = _unseen,
    note: Note = _silent,
) -> Loaded:
    """Load a publication into a store.

    :param dump: its N-Quads
    :param base_iri: what the IRIs of the archive begin with; graphs of other names are never touched
    :param state: the folder that tells this publisher from others
    :param places: what :func:`places_of` gives, if that is known
    :param dry_run: only tell what would be done
    :param adopt: replace graphs that are in the store under names of the publication, and were not loaded by this
    :param note: told of what does not stop the work
    :raises PublicationError: if there is nothing to load
    :raises StoreError: if the store cannot be loaded; what is loaded by then stays, and is not sent again
    """
    places = places or places_of(dump, base_iri)
    before = store.updates
    with publisher(state) as who:
        plan = _planned(places, store, base_iri, adopt=adopt)
        held_back: tuple[Place, ...] = ()
        if (plan.send or plan.remove) and not dry_run:
            lease = Lease(store, Ledger.of(base_iri), who, note=note)
            with lease.hold():
                _sweep(store, lease)
                held_back = _too_long(plan.send, store, lease)
                # Another publisher may have been at work until now.
                plan = _planned(places, store, base_iri, adopt=adopt, held_back=held_back)
                Replacing(dump, store, lease, plan, progress).all(base_iri)
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
) -> Plan:
    held = holdings.read(store, base_iri)
    left = {place.iri for place in held_back}
    send = tuple(place for place in places if held.get(place.iri) != place.sha256 and place.iri not in left)
    absent = frozenset[str]()
    if not adopt:
        there = set(holdings.present(store, (place.iri for place in send if place.iri not in held)))
        # Another load may have put one there meanwhile: it is in the ledger as soon as it is there.
        foreign = sorted(there - holdings.read(store, base_iri).keys()) if there else []
        if foreign:
            more = f" (+ {len(foreign) - 1})" if len(foreign) > 1 else ""
            raise StoreError(store.endpoint, said("foreign", foreign[0] + more))
        absent = frozenset(place.iri for place in send if place.iri not in held) - there
    wanted = {place.iri: place.sha256 for place in places}
    hashes = {iri: held.get(iri, "") if iri in left else sha256 for iri, sha256 in wanted.items()}
    remembered = {iri: sha256 for iri, sha256 in hashes.items() if sha256}
    return Plan(send, tuple(sorted(held.keys() - wanted)), remembered, absent)


def _sweep(store: RemoteStore, lease: Lease) -> None:
    """Remove what a load that was killed had put together beside the graphs that are read."""
    of_all = (iri for number in range(updates.ROUNDS) for iri in lease.ledger.staging(number))
    left = list(holdings.present(store, of_all))
    if left:
        lease.do(updates.drop(left))


def _too_long(places: tuple[Place, ...], store: RemoteStore, lease: Lease) -> tuple[Place, ...]:
    """Return the graphs with an IRI that the store does not keep whole; it is asked to keep the longest."""
    long = tuple(place for place in places if place.longest)
    if not long:
        return ()
    staging, iri = lease.staging[0], max((place.longest for place in long), key=len)
    line = f"<{staging}> <{staging}> <{iri}> .".encode()
    lease.do(updates.drop([staging]), updates.insert([Graph(staging, (line,))]))
    kept = [row["o"].value for row in store.select(updates.statements([staging]))]
    lease.do(updates.drop([staging]))
    return () if kept == [iri] else long
