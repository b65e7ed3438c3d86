"""What OAI-PMH answers from: a line for each record that ever was published, the one that changed first first."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["STATE", "Row"]

#: The file, in the folder of the publication.
STATE: Final = "site/feeds/oai/state.jsonl"


class Row(NamedTuple):
    """A record.

    :param name: its IRI, after the base
    :param at: the datestamp of its last change
    :param sets: those it belongs to, such as ``enjeu:politique-des-communs``
    :param start: where its block begins in the N-Quads of the publication, in bytes
    :param length: of the block; 0 where the record is gone
    """

    name: str
    at: str
    sets: tuple[str, ...] = ()
    start: int = 0
    length: int = 0
