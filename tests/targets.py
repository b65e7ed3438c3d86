"""The stores that tests load: each empty, with what signs in to it, and how an archive is loaded into it."""

from __future__ import annotations

from commons_ld.credentials import Credentials
from commons_ld.stores import task
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.task import Outcome, Task
from tests.archive import Archive
from tests.servers.jena import Jena
from tests.servers.oxigraph import Oxigraph
from tests.servers.virtuoso import Virtuoso

__all__ = ["REMOTE", "Server", "Target", "titles"]

#: The stores that are servers; each has a fixture ``served_…``.
REMOTE = ("oxigraph", "virtuoso", "jena")

Server = Oxigraph | Virtuoso | Jena


class Target:
    """A store, and how an archive is loaded into it.

    :param server: none for the embedded store
    """

    def __init__(self, name: str, server: Server | None) -> None:
        self.name, self.server = name, server
        credentials = getattr(server, "credentials", None)
        self.credentials = Credentials(*credentials) if credentials else None

    def clear(self) -> None:
        """Take everything out of it."""
        if self.server:
            self.server.clear()

    def load(self, archive: Archive, *, verify: bool = False, dry_run: bool = False, adopt: bool = False) -> Outcome:
        """Load what an archive published."""
        asked = Task(
            out=archive.out, state=archive.root / ".commons-ld", base_iri=archive.settings.base_iri,
            url=self.server.url if self.server else "", update_url=self.server.update_url if self.server else "",
            dry_run=dry_run, adopt=adopt, verify=verify,
        )  # fmt: skip
        return task.carry_out(asked, self.credentials, progress=lambda *_: None, note=lambda _: None)

    @property
    def store(self) -> RemoteStore:
        """The store as a client has it."""
        assert self.server
        return RemoteStore(self.server.url, self.server.update_url, credentials=self.credentials)


def titles(target: Target) -> set[str]:
    """Return the titles that a client finds in a store."""
    query = "SELECT ?t { GRAPH ?g { ?s a <https://schema.org/Event> ; <http://purl.org/dc/terms/title> ?t } }"
    return {row["t"].value for row in target.store.select(query)}
