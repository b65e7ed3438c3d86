"""One question on its way through the lanes: from a free worker to a whole answer, or to why there is none."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, Final, Protocol, TypeVar

from commons_ld.web.answers import Answer, Failure
from commons_ld.web.log_lines import write
from commons_ld.web.worker import LACKS_MEMORY, Question
from commons_ld.web.worker_process import Worker

__all__ = ["Asking", "Lanes"]

#: Bytes of an answer that are held in memory; a longer one waits in a file without a name.
_HELD: Final = 1 << 20

_Heard = TypeVar("_Heard", Answer | Failure, Answer | Failure | None)


class Lanes(Protocol):
    """What a question needs of those who see to the workers."""

    #: Seconds that a question may take, and those after which it goes on in the slow lane.
    seconds: float
    quick: float

    def give_back(self, worker: Worker) -> None: ...

    def replace(self) -> None: ...

    def enter_slow_lane(self) -> bool: ...

    def leave_slow_lane(self) -> None: ...


class Asking:
    """A question that a worker is given; :meth:`answer` or :meth:`soon` say what came of it.

    :param lanes: where the worker is from
    """

    def __init__(self, lanes: Lanes, worker: Worker, question: Question) -> None:
        self._lanes, self._worker, self._question = lanes, worker, question
        self._is_sent = self._is_slow = False
        #: Whether the worker is ended or another question's, and whether nobody waits for this answer any more.
        self._is_over = self._is_left = False
        self._lock = threading.Lock()
        self._start = time.monotonic()
        self._pieces: list[bytes] = []
        self._spool: BinaryIO | None = None
        self._size, self._digest = 0, hashlib.sha256()

    def answer(self) -> Answer | Failure:
        """Return what the worker says, however long it takes, and see to what becomes of it."""
        return self._ended(self._heard)

    async def soon(self, loop: asyncio.AbstractEventLoop) -> Answer | Failure | None:
        """Return what the worker says if it does so soon and in one piece; else nothing, and :meth:`answer` goes on."""
        try:
            self._send()
            is_there = await self._is_soon(loop)
        except OSError:
            return self.answer()
        except asyncio.CancelledError:
            self._end()
            raise
        return self._ended(self._step) if is_there else None

    def break_off(self) -> None:
        """End the worker, since nobody waits for its answer any more: :meth:`answer` comes to an end then."""
        with self._lock:
            if not self._is_over:
                self._is_left = True
                self._worker.kill()

    # ── What is said ─────────────────────────────────────────────────────────────────────────────────────

    def _send(self) -> None:
        if not self._is_sent:
            self._is_sent = True
            self._worker.line.send_bytes(self._question.to_bytes())

    def _heard(self) -> Answer | Failure:
        self._send()
        while True:
            if failure := self._waited():
                return failure
            if answer := self._step():
                return answer

    def _step(self) -> Answer | Failure | None:
        """Read one message, which is there; return what came of the question if it was the last one."""
        message = self._worker.line.recv_bytes()
        letter = message[:1]
        if letter == b"f":
            reason, detail, *more = message[1:].decode().split("\0")
            return Failure(reason, detail, self._passed, "".join(more))
        cost, media_type, data = message[1:].split(b"\0", 2) if letter == b"e" else (b"", b"", message[1:])
        self._digest.update(data)
        self._size += len(data)
        self._pieces.append(data)
        try:
            if self._size > _HELD:
                self._spool = self._spool or tempfile.TemporaryFile()  # noqa: SIM115 - who sends the answer closes it
                self._spool.write(b"".join(self._pieces))
                self._pieces = []
            if letter != b"e":
                return None
            if self._spool:
                self._spool.seek(0)
        except OSError as error:
            return self._roomless(error)
        self._digest.update(media_type)
        mark = self._digest.hexdigest()[:32]
        return Answer(media_type.decode("ascii"), b"".join(self._pieces), self._spool, self._size, mark, float(cost))

    def _roomless(self, error: OSError) -> Failure:
        """Return that a long answer has no place to wait in, and tell the operator which one that is."""
        told = f"a long answer cannot wait in the folder for temporary files: {error.strerror}"
        write({"event": "fault", "error": told, "where": ["answers"]})
        if self._spool:
            with suppress(OSError):  # what is not written yet cannot be
                self._spool.close()
            self._spool = None
        return Failure(
            "room",
            "there is no room for a long answer now; add a LIMIT, or come back later",
            self._passed,
            "il n'y a pas de place pour une longue réponse en ce moment ; ajouter LIMIT, ou revenir plus tard",
        )

    # ── How long it takes ────────────────────────────────────────────────────────────────────────────────

    @property
    def _passed(self) -> float:
        return time.monotonic() - self._start

    async def _is_soon(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Wait for the worker to say something, as long as a question is a quick one; tell whether it did."""
        said = loop.create_future()
        line = self._worker.line.fileno()

        def tell(*, is_there: bool) -> None:
            if not said.done():
                said.set_result(is_there)

        loop.add_reader(line, lambda: tell(is_there=True))
        late = loop.call_later(self._lanes.quick, lambda: tell(is_there=False))
        try:
            return bool(await said)
        finally:
            loop.remove_reader(line)
            # uvloop makes what it waits for not wait itself: a long answer that is there in part would be a failure.
            os.set_blocking(line, True)
            late.cancel()

    def _waited(self) -> Failure | None:
        """Wait for the worker to say something, in the slow lane if it takes its time."""
        if not self._is_slow:
            if self._worker.has_said(self._lanes.quick - self._passed):
                return None
            if not self._lanes.enter_slow_lane():
                return Failure(
                    "busy",
                    "too many long queries run already; come back later",
                    self._passed,
                    "trop de longues requêtes sont déjà en cours ; revenir plus tard",
                )
            self._is_slow = True
            self._lanes.replace()
            self._worker.step_aside()
        if self._worker.has_said(self._lanes.seconds - self._passed):
            return None
        told = f"the query took longer than {self._lanes.seconds:g} seconds; narrow it down, or add a LIMIT"
        return Failure("time", told, self._passed)

    # ── What becomes of the worker ───────────────────────────────────────────────────────────────────────

    def _ended(self, heard: Callable[[], _Heard]) -> _Heard | Failure:
        """Return what is heard, and see to the worker if it is the end."""
        answer: _Heard | Failure
        is_well = False
        try:
            answer = heard()
            is_well = answer is None or (
                not self._is_slow and (isinstance(answer, Answer) or answer.reason in ("syntax", "size"))
            )
        except (EOFError, OSError):
            answer = self._died()
        finally:
            with self._lock:
                self._is_over = not is_well or answer is not None
            if not is_well:
                self._end()
        if isinstance(answer, Failure) and self._spool:
            self._spool.close()
        if answer is not None and is_well:
            self._lanes.give_back(self._worker)
        return answer

    def _died(self) -> Failure:
        """Return why the worker is not there any more."""
        if self._is_left:
            return Failure("left", "the client has gone", self._passed)
        if self._worker.lacked_memory():
            return Failure("memory", LACKS_MEMORY, self._passed)
        return Failure("died", "the engine ended while it answered this query", self._passed)

    def _end(self) -> None:
        """End the worker: what a slow query held is free again, and its lowered priority cannot be raised."""
        self._worker.end()
        if self._is_slow:
            self._lanes.leave_slow_lane()
        else:
            self._lanes.replace()
