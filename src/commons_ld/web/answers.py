"""What comes of a question: an answer, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

__all__ = ["Answer", "Failure"]


@dataclass(frozen=True)
class Answer:
    """What the engine answered, whole, written in a media type.

    :param body: its bytes, unless they are in ``spool``
    :param spool: a file with the bytes of a long answer, to be read from its start and closed
    :param size: how many bytes there are
    :param mark: a digest of the media type and the bytes
    :param cost: seconds of processor time that it took
    """

    media_type: str
    body: bytes
    spool: BinaryIO | None = field(default=None, compare=False)
    size: int = field(default=0, compare=False)
    mark: str = field(default="", compare=False)
    cost: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Failure:
    """Why there is no answer.

    :param reason: ``syntax``, ``time``, ``memory``, ``size``, ``busy``, ``left``, ``room`` or ``died``
    :param cost: seconds of processor time that it took, as far as that is known
    :param fr: the detail in French, where it is another one each time
    """

    reason: str
    detail: str
    cost: float = field(default=0.0, compare=False)
    fr: str = field(default="", compare=False)
