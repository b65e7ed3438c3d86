"""A record that is published, for whoever made something of it before and takes that over if it is the same one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Published"]


class Published(NamedTuple):
    """A record that is published.

    :param subject: its IRI
    :param sha256: of its block
    :param description_sha256: of the block that describes it
    :param stands: whether it was published before as it is, and its blocks did not come by
    :param read: returns both blocks, from the dump that was just written
    """

    subject: str
    sha256: bytes
    description_sha256: bytes
    stands: bool
    read: Callable[[], tuple[bytes, bytes]]
