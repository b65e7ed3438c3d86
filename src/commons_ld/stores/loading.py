"""Bring the named graphs of a store to those of a publication, sending only what differs.

The store remembers the hash of each graph that was loaded, in a graph of its own, the *ledger*. What it remembers is
compared with the dump, and what differs is replaced by :mod:`commons_ld.stores.replacing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from commons_ld.messages import Language
from commons_ld.stores import holdings, updates
from commons_ld.stores.holdings import WRITING
from commons_ld.stores.lease import Lease, Note, publisher
from commons_ld.stores.places import Places
from commons_ld.stores.planning import planned, settle
from commons_ld.stores.publication import Graph, Place
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.replacing import Progress, Replacing
from commons_ld.stores.updates import Ledger

__all__ = ["Loaded", "Progress", "distrust", "load"]


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
    places: Places,
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

    :param dump: its N-Quads
    :param places: where its graphs stand in it
    :param base_iri: what the IRIs of the archive begin with; graphs of other names are never touched
    :param state: the folder that tells this publisher from others
    :param dry_run: only tell what would be done
    :param adopt: replace graphs that are in the store under names of the publication, and were not loaded by this
    :param note: told of what does not stop the work
    :raises PublicationError: if the dump changes meanwhile, or another load is at work here
    :raises StoreError: if the store cannot be loaded; what is loaded by then stays, and is not sent again
    """
    before = store.updates
    with publisher(state) as who:
        plan = planned(places, store, base_iri, adopt=adopt)
        held_back: tuple[Place, ...] = ()
        sent, statements, removed = plan.count, plan.statements, len(plan.remove)
        if not plan.is_done and not dry_run:
            lease = Lease(store, Ledger.of(base_iri), who, note=note)
            with lease.hold():
                _sweep(store, lease)
                told = plan.remembered
                if not told.is_clean or holdings.root(store, lease.ledger) != told.root:
                    # Another publisher may have been at work until now.
                    plan = planned(places, store, base_iri, adopt=adopt)
                lease.marks_all = plan.is_whole
                held_back = _too_long(plan.long(), store, lease)
                plan.hold_back(held_back)
                sent, statements, removed = plan.count, plan.statements, len(plan.remove)
                Replacing(dump, store, lease, plan, progress).all()
                settle(plan, places, store, lease, base_iri, held_back)
    return Loaded(
        endpoint=store.endpoint,
        sent=sent,
        statements=statements,
        removed=removed,
        kept=len(places) - sent - len(held_back),
        updates=store.updates - before,
        dry_run=dry_run,
        held_back=held_back,
    )


def distrust(
    store: RemoteStore,
    iris: Iterable[str],
    *,
    base_iri: str,
    state: Path,
    digests: bool = False,
    note: Note = _silent,
) -> None:
    """Have graphs sent again by the next load, whatever the store remembers of them.

    :param digests: have all that it remembers read again too
    :raises StoreError: if the store cannot be asked, or another publisher is at work
    """
    ledger = Ledger.of(base_iri)
    with publisher(state) as who:
        lease = Lease(store, ledger, who, note=note)
        with lease.hold():
            known = sorted(holdings.known(store, ledger, iris))
            for start in range(0, len(known), updates.MOST_GRAPHS):
                some = known[start : start + updates.MOST_GRAPHS]
                lease.do(lease.mark(some), updates.mark(ledger, some, WRITING))
            if digests:
                lease.do(updates.forget_digests(ledger))


def _sweep(store: RemoteStore, lease: Lease) -> None:
    """Remove what a load that was killed had put together beside the graphs that are read."""
    of_all = (iri for number in range(updates.ROUNDS) for iri in lease.ledger.staging(number))
    left = list(holdings.present(store, of_all))
    if left:
        lease.do(updates.drop(left))


def _too_long(long: tuple[Place, ...], store: RemoteStore, lease: Lease) -> tuple[Place, ...]:
    """Return those of graphs with a long IRI that the store does not keep whole; it is asked to keep the longest."""
    if not long:
        return ()
    staging, iri = lease.staging[0], max((place.longest for place in long), key=len)
    line = f"<{staging}> <{staging}> <{iri}> .".encode()
    lease.do(updates.drop([staging]), updates.insert([Graph(staging, (line,))]))
    kept = [row["o"].value for row in store.select(updates.statements([staging]))]
    lease.do(updates.drop([staging]))
    return () if kept == [iri] else long
