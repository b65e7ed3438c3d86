"""Some processes that do what they are given, each at the end of a line that it shares with nobody.

The pool of the standard library has one line for what all of its processes answer. One that is killed while it answers
leaves half of a message there, and the pool waits for the other half for ever. A line of its own ends with its process,
which is heard at once, wherever in a message that was.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Final, TypeVar

from commons_ld.processes.sandbox import end_with_parent

__all__ = ["Crew", "Lost"]

#: What tells a process that there is nothing more to do: no call is as short.
_END: Final = b""

_T = TypeVar("_T")
_R = TypeVar("_R")


class Lost(Exception):
    """The process that had this to do ended before it had answered."""


class Crew:
    """So many processes, each of which is started when there is something to do for it.

    Whoever gives them something lives as long as they do: they end with the thread that started them.

    :param size: how many
    """

    def __init__(self, size: int) -> None:
        self._size: Final = size
        self._members: list[_Member] = []

    def submit(self, task: Callable[[_T], _R], item: _T) -> Future[_R]:
        """Give something to do to the process that has least to do; a lost one is replaced.

        :return: what will be answered: the result, what ``task`` raised, or :class:`Lost`
        :raises OSError: if a process cannot be started
        """
        future = Future[_R]()
        while True:
            self._members = [member for member in self._members if not member.is_lost]
            if len(self._members) < self._size:
                self._members.append(_Member())
                member = self._members[-1]
            else:
                member = min(self._members, key=lambda member: len(member.awaited))
            if member.give((task, item), future):
                return future

    def close(self) -> None:
        """Let each process end what it was given, and end it."""
        for member in self._members:
            member.end()
        for member in self._members:
            member.join()
        self._members = []


class _Member:
    """A process, with a thread that sends it what it is given and one that hears its answers.

    Neither waits for the other: a process takes no next message while it is sending one.
    """

    def __init__(self) -> None:
        #: What was given and is not answered yet, in the order of both.
        self.awaited: Final = deque[Future[Any]]()
        self.is_lost = False
        self._lock: Final = Lock()
        self._calls: Final = SimpleQueue[tuple[tuple[Any, Any], Future[Any]] | None]()
        # A process of its own from the ground up: one that is forked has the locks of threads that it has not.
        spawning = multiprocessing.get_context("spawn")
        self._line, theirs = spawning.Pipe()
        self._process: Final = spawning.Process(target=_serve, args=(theirs,), daemon=True)
        try:
            with _uninterrupted():
                self._process.start()
        except BaseException:
            self._line.close()
            raise
        finally:
            # The line ends with the process, since nobody else holds that end of it.
            theirs.close()
        self._sending: Final = Thread(target=self._send, daemon=True)
        self._hearing: Final = Thread(target=self._hear, daemon=True)
        self._sending.start()
        self._hearing.start()

    def give(self, call: tuple[Any, Any], future: Future[Any]) -> bool:
        """Give the process something to do; tell whether it may still do it."""
        with self._lock:
            if not self.is_lost:
                self.awaited.append(future)
                self._calls.put((call, future))
            return not self.is_lost

    def end(self) -> None:
        """Tell the process to end once it has done what it was given."""
        self._calls.put(None)

    def join(self) -> None:
        """Wait until it has ended."""
        self._hearing.join()

    def _send(self) -> None:
        # Whatever the process was not told before it was lost is told by whoever hears that.
        with suppress(OSError):
            while given := self._calls.get():
                call, future = given
                try:
                    data = pickle.dumps(call, pickle.HIGHEST_PROTOCOL)
                except Exception as error:  # noqa: BLE001 - whoever waits for the result is told
                    self.awaited.remove(future)
                    future.set_exception(error)
                else:
                    self._line.send_bytes(data)
            self._line.send_bytes(_END)

    def _hear(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                answer = self._line.recv_bytes()
                _settle(self.awaited.popleft(), answer)
        with self._lock:
            self.is_lost = True
        self._calls.put(None)
        self._sending.join()
        self._line.close()
        self._process.join()
        # The first one last: whoever hears of it finds the others told, and gives all of them to somebody else at once.
        while self.awaited:
            self.awaited.pop().set_exception(Lost())


def _settle(future: Future[Any], answer: bytes) -> None:
    """Tell whoever waits what a process answered."""
    try:
        result, error = pickle.loads(answer)  # noqa: S301 - from a process of this one
    except Exception as unreadable:  # noqa: BLE001 - whoever waits for the result is told
        result, error = None, unreadable
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _serve(line: Connection) -> None:
    """Do what is asked, one thing after the other: what a process is for."""
    _begin()
    with suppress(EOFError):
        while (call := line.recv_bytes()) != _END:
            line.send_bytes(_answer(call))


def _answer(call: bytes) -> bytes:
    """Return the result of a call and ``None``, or ``None`` and what it raised."""
    try:
        task, item = pickle.loads(call)  # noqa: S301 - from the process that started this one
        return pickle.dumps((task(item), None), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
        # The lines that led to it are in this process.
        error.add_note(traceback.format_exc())
        try:
            return pickle.dumps((None, error), pickle.HIGHEST_PROTOCOL)
        except Exception:  # noqa: BLE001 - whatever it is that it holds
            return pickle.dumps((None, RuntimeError(traceback.format_exc())), pickle.HIGHEST_PROTOCOL)


def _begin() -> None:
    """Begin a process: it ends with the one that started it, which alone is told of an interrupt."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Have an interrupt wait, for this process and for those that it starts meanwhile: these are not ready for it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
