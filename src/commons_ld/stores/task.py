"""The command ``load``: what is asked for, done to the embedded store or to one elsewhere, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from commons_ld.credentials import Credentials
from commons_ld.stores import embedded, holdings, loading, planning, publication
from commons_ld.stores.lease import Note
from commons_ld.stores.loading import Loaded, Progress
from commons_ld.stores.places import Places
from commons_ld.stores.publication import Place
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.verifying import Verified, verify
from commons_ld.stores.words import said

__all__ = ["Outcome", "Task", "carry_out"]


class Task(NamedTuple):
    """What is to be loaded, and how.

    :param out: the folder of the publication
    :param state: the folder of the state, where the embedded store is too
    :param base_iri: what the IRIs of the archive begin with
    :param url: where the store takes queries; empty for the embedded one
    :param update_url: where it takes updates, if that cannot be told from ``url``
    :param graph_store_url: where it takes graphs by the Graph Store Protocol, if they are to go there
    :param timeout: seconds that it may be silent
    :param dry_run: only tell what would be done
    :param adopt: replace graphs under names of the publication that were not loaded by this
    :param verify: compare what the store then holds, or with ``dry_run`` what it holds now, with the publication
    """

    out: Path
    state: Path
    base_iri: str
    url: str = ""
    update_url: str = ""
    graph_store_url: str = ""
    timeout: float = 60.0
    dry_run: bool = False
    adopt: bool = False
    verify: bool = False


class Outcome(NamedTuple):
    """What came of it."""

    loaded: Loaded
    verified: Verified | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of the publication is in the store, as far as that was looked at."""
        return not self.loaded.held_back and not (self.verified and self.verified.damaged)


def carry_out(task: Task, credentials: Credentials | None, *, progress: Progress, note: Note) -> Outcome:
    """Load a publication, and verify it where that is asked for.

    :param note: told of what does not stop the work
    :raises PublicationError: if there is nothing to load, or the embedded store cannot be written
    :raises StoreError: if the store cannot be loaded; what is loaded by then stays, and is not sent again
    """
    return _elsewhere(task, credentials, progress, note) if task.url else _here(task, progress)


def _here(task: Task, progress: Progress) -> Outcome:
    dump = publication.dump_of(task.out)
    with Places(dump, task.base_iri, None if task.verify else task.state) as places:
        generation = task.state / "store" / embedded.version_of(task.out)
        is_new = embedded.current(task.state) != generation
        if is_new and not task.dry_run:
            embedded.refresh(task.out, task.state)
        total = places.statements
        loaded = Loaded(
            endpoint=str(task.state / "store"),
            sent=len(places) if is_new else 0,
            statements=total if is_new else 0,
            removed=0,
            kept=0 if is_new else len(places),
            updates=int(is_new and not task.dry_run),
            dry_run=task.dry_run,
        )
        now = embedded.current(task.state)
        if not task.verify or now is None:
            return Outcome(loaded)

        def read(some: Sequence[Place]) -> Mapping[str, Sequence[bytes]]:
            return embedded.graphs(now, [place.iri for place in some])

        with embedded.holding(now):
            return Outcome(loaded, verify(dump, places, read, progress=lambda done: progress("verifying", done, total)))


def _elsewhere(task: Task, credentials: Credentials | None, progress: Progress, note: Note) -> Outcome:
    dump = publication.dump_of(task.out)
    store = RemoteStore(task.url, task.update_url, task.graph_store_url, credentials=credentials, timeout=task.timeout)
    if store.tells_password:
        note(said("password-in-clear", store.endpoint))
    # Who proves that all is there believes nobody what is in the N-Quads.
    with Places(dump, task.base_iri, None if task.verify else task.state) as places:
        loaded = loading.load(
            dump, places, store, base_iri=task.base_iri, state=task.state, dry_run=task.dry_run, adopt=task.adopt,
            progress=progress, note=note,
        )  # fmt: skip
        if not task.verify:
            return Outcome(loaded)
        # Of a graph that was held back, the store has what was published before, or nothing.
        total = places.statements - sum(place.statements for place in loaded.held_back)
        verified = verify(
            dump,
            (place for place in places if place not in loaded.held_back),
            lambda some: holdings.statements(store, some),
            progress=lambda done: progress("verifying", done, total),
        )
    is_in_order = planning.is_in_order(store, task.base_iri)
    if not is_in_order:
        note(said("ledger-in-disorder", store.endpoint))
    if not task.dry_run and (verified.damaged or not is_in_order):
        graphs = [damage.graph for damage in verified.damages]
        loading.distrust(
            store, graphs, base_iri=task.base_iri, state=task.state, digests=not is_in_order, note=note
        )  # fmt: skip
    return Outcome(loaded, verified)
