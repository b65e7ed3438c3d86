"""Publications and stores for the tests of loading: small dumps, what a store holds, and stores that fail."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from commons_ld.errors import StoreUnavailable
from commons_ld.stores.buckets import bucket_of
from commons_ld.stores.loading import Loaded, load
from commons_ld.stores.places import Places
from commons_ld.stores.remote import RemoteStore

BASE = "https://example.org/"

__all__ = ["BASE", "FailingStore", "Publisher", "anew", "held", "is_held", "publication", "rows_of", "spread"]


def publication(**graphs: int | str) -> dict[str, list[str]]:
    """Return graphs by name, each with so many statements, or with one of this text."""
    return {
        name: [f'<{BASE}{name}> <http://a/p> "{n}"' for n in (range(what) if isinstance(what, int) else (what,))]
        for name, what in graphs.items()
    }


def anew(**graphs: int | str) -> dict[str, list[str]]:
    """Return graphs as :func:`publication` does, with no statement that those have."""
    return {name: [line.replace('"', '"new ', 1) for line in lines] for name, lines in publication(**graphs).items()}


def spread(**graphs: int) -> dict[str, list[str]]:
    """Return graphs by name, each with so many statements, each of these about something else."""
    return {name: [f'<{BASE}{name}/{n}> <http://a/p> "{n}"' for n in range(many)] for name, many in graphs.items()}


class Publisher:
    """One who loads publications into a store, from a folder of their own."""

    def __init__(self, folder: Path, store: RemoteStore) -> None:
        self.folder, self.store = folder, store
        folder.mkdir(parents=True, exist_ok=True)
        self.dump = folder / "dataset.nq"
        #: What is done instead of waiting.
        store.sleep = lambda _seconds: None

    def publish(self, graphs: Mapping[str, list[str]]) -> None:
        """Write a dump."""
        lines = [f"{line} <{BASE}graph/{name}> .\n" for name, said in graphs.items() for line in sorted(said)]
        self.dump.write_text("".join(lines), encoding="utf-8")

    def load(
        self, graphs: Mapping[str, list[str]] | None = None, *, dry_run: bool = False, adopt: bool = False
    ) -> Loaded:
        """Load what was published, or this."""
        if graphs is not None:
            self.publish(graphs)
        with Places(self.dump, BASE) as places:
            return load(
                self.dump, places, self.store, base_iri=BASE, state=self.folder / "state",
                dry_run=dry_run, adopt=adopt,
            )  # fmt: skip


def held(store: RemoteStore, *, ledger: bool = False) -> dict[str, list[str]]:
    """Return the graphs that a store holds by name, in the order of their statements."""
    found: dict[str, list[str]] = {}
    for row in store.select("SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), 'http')) }"):
        name = row["g"].value.removeprefix(f"{BASE}graph/")
        object_ = f'"{row["o"].value}"' if row["o"].kind == "literal" else f"<{row['o'].value}>"
        found.setdefault(name, []).append(f"<{row['s'].value}> <{row['p'].value}> {object_}")
    return {
        name: sorted(lines)
        for name, lines in found.items()
        if name.startswith(("http://a/", "https://a/")) or ("/" not in name and (ledger or name != "ledger"))
    }


def rows_of(graphs: Mapping[str, list[str]]) -> int:
    """Return how many statements a ledger has once these graphs were loaded: no mark is left, and no holder."""
    iris = [f"{BASE}graph/{name}" for name in graphs]
    # A hash and a bucket of each; a digest of each bucket, and of all of them; the number of the load.
    return 2 * len(iris) + len(set(map(bucket_of, iris))) + 2


def is_held(store: RemoteStore, graphs: Mapping[str, list[str]]) -> bool:
    """Tell whether a store holds these graphs of the archive, and no others of it."""
    return held(store) == {name: sorted(lines) for name, lines in graphs.items()}


class FailingStore(RemoteStore):
    """A store that fails at one of its updates.

    :param at: which, counted from 1
    :param done: whether it is done before it fails
    :param error: what is raised
    """

    at, done, count = 0, False, 0
    error: BaseException | None = None

    def fail(self, at: int, *, done: bool, error: BaseException | None = None) -> None:
        """Fail from now on."""
        self.at, self.done, self.error, self.count = at, done, error, 0

    def update(self, update: str) -> None:
        """Do an update, or not."""
        self.count += 1
        if self.count != self.at:
            super().update(update)
            return
        if self.done:
            super().update(update)
        raise self.error or StoreUnavailable(self.endpoint, {"fr": "perdu", "en": "lost"})
