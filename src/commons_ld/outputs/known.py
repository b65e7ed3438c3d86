"""What is known of a block already when it comes by: whoever made it told, so that nobody need look at it for that."""

from __future__ import annotations

from typing import Final, NamedTuple

from commons_ld.outputs.search_record import Indexed

__all__ = ["UNKNOWN", "Known"]


class Known(NamedTuple):
    """What is known of a block.

    :param version: its SHA-256, or nothing
    :param shared: the statements of it that are not its record's own, as
        :func:`commons_ld.outputs.statements.shared_of` returns them; ``None`` if they were not looked for
    :param indexed: what the search index is to hold of it, if that was made
    """

    version: bytes = b""
    shared: tuple[bytes, ...] | None = None
    indexed: Indexed | None = None


UNKNOWN: Final = Known()
