"""The workers that are free, and those who wait for one, in threads and event loops alike: first come, first served."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import Future

from commons_ld.web.worker_process import Worker

__all__ = ["FreeWorkers"]


class FreeWorkers:
    """Where workers wait for a question, and questions for a worker.

    In the place of a worker that could not be started there is ``None``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[Worker | None] = []
        self._waiting: deque[Future[Worker | None]] = deque()

    def put(self, worker: Worker | None) -> None:
        """Give a worker to who has waited longest, or keep it until somebody asks."""
        with self._lock:
            while self._waiting:
                place = self._waiting.popleft()
                if place.set_running_or_notify_cancel():
                    place.set_result(worker)
                    return
            self._free.append(worker)

    def take(self, seconds: float) -> Worker | None:
        """Wait for a worker, in a thread.

        :raises TimeoutError: if none becomes free
        """
        place = self._place()
        try:
            return place.result(seconds)
        except TimeoutError:
            if place.cancel():
                raise
            return place.result()

    async def taken(self, seconds: float) -> Worker | None:
        """Wait for a worker, in an event loop.

        :raises TimeoutError: if none becomes free
        """
        with self._lock:
            if self._free:
                return self._free.pop()
        place = self._place()
        if place.done():
            return place.result()
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(place)
        except (TimeoutError, asyncio.CancelledError):
            if not place.cancel():
                # It was given at this very moment: somebody else may have it.
                self.put(place.result())
            raise

    def rest(self) -> list[Worker]:
        """Take all that are free."""
        with self._lock:
            free, self._free = self._free, []
        return [worker for worker in free if worker]

    def _place(self) -> Future[Worker | None]:
        """Return what a worker is put into, or is in already: the one that was busy last, whose memory is warm."""
        place: Future[Worker | None] = Future()
        with self._lock:
            if self._free:
                place.set_result(self._free.pop())
            else:
                self._waiting.append(place)
        return place
