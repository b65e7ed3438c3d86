"""A block as it passes from one output to the next, with what whoever made it knows of it already."""

from __future__ import annotations

from typing import NamedTuple

from commons_ld.outputs.search_record import Indexed

__all__ = ["PassedBlock"]


class PassedBlock(NamedTuple):
    """A block, and what nobody need find out again.

    :param data: canonical N-Quads of one named graph
    :param version: their SHA-256, or nothing
    :param shared: the statements of it that are not its record's own, as
        :func:`commons_ld.outputs.statements.shared_of` returns them; ``None`` if they were not looked for
    :param indexed: what the search index is to hold of it, if that was made
    """

    data: bytes
    version: bytes = b""
    shared: tuple[bytes, ...] | None = None
    indexed: Indexed | None = None
