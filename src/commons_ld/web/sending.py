"""Long answers on their way to who asked: so many at a time, and each for so long, so that no reader fills the disk.

A long answer lies in a file until it is sent, and a client may read as slowly as it likes. So of those files there are
only so many, one client has a share of them, and who reads at less than a certain pace gets no more: the length was
told first, so that an answer that breaks off is not taken for a whole one.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ["LongResponse", "Sending"]

#: Bytes that are read and sent at once.
_PIECE: Final = 1 << 16
#: Bytes a second that a client takes at least, and the seconds that it has beyond that.
_PACE: Final = 1 << 17
_GRACE: Final = 30.0


class Sending:
    """How many long answers are on their way, and whose they are; used from one event loop.

    >>> sending = Sending(4)
    >>> [sending.begin(client) for client in ("a", "a", "b", "c", "d", "e")]
    [True, False, True, True, True, False]
    >>> sending.end("a")
    >>> sending.begin("e")
    True

    :param most: of them at a time; one client has a quarter of that
    """

    def __init__(self, most: int) -> None:
        self._most, self._share = most, max(most // 4, 1)
        self._clients = Counter[str]()

    def begin(self, client: str) -> bool:
        """Begin to send, if one more may be on its way to this client: tell whether that is so."""
        if self._clients.total() >= self._most or self._clients[client] >= self._share:
            return False
        self._clients[client] += 1
        return True

    def end(self, client: str) -> None:
        """End what :meth:`begin` began."""
        self._clients -= Counter((client,))


class LongResponse(Response):
    """An answer that is sent from a file, which is closed then.

    :param size: bytes that there are
    :param ended: called when it is sent, or the client has had its time
    """

    def __init__(self, spool: BinaryIO, size: int, headers: Mapping[str, str], ended: Callable[[], None]) -> None:
        super().__init__(headers={**headers, "content-length": str(size)})
        self._spool, self._seconds, self._ended = spool, _GRACE + size / _PACE, ended

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it; where the client goes away or takes too long, the rest is not sent."""
        try:
            async with asyncio.timeout(self._seconds):
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                while piece := self._spool.read(_PIECE):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (TimeoutError, OSError):
            return
        finally:
            self._spool.close()
            self._ended()
