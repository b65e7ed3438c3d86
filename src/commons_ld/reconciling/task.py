"""The command ``entities``: propose which names of what is published are perhaps one."""

from __future__ import annotations

from commons_ld.errors import PublicationError
from commons_ld.outputs.publication import published
from commons_ld.outputs.search_index import index_path
from commons_ld.reconciling.labels import Labels
from commons_ld.reconciling.proposing import Proposal, propose
from commons_ld.registers import AgentKind, Registers
from commons_ld.sentences.publication import said
from commons_ld.settings import Settings

__all__ = ["proposals_of"]


def proposals_of(settings: Settings, kind: AgentKind) -> tuple[Registers, list[Proposal]]:
    """Return the registers of an archive, and the pairs of names that may be one, the likeliest first.

    :raises PublicationError: if nothing is published
    :raises SettingsError: if a register cannot be read
    :raises StoreError: if the names cannot be looked up
    """
    out = settings.path(settings.output.directory)
    publication = published(out)
    if not publication:
        raise PublicationError(out, said("none"))
    registers = Registers.load(settings)
    labels = Labels(index_path(settings.path(settings.state), publication), settings.base_iri)
    try:
        return registers, list(propose(labels, registers, kind, settings.base_iri))
    finally:
        labels.close()
