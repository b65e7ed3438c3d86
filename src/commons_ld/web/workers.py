"""Queries answered in processes that may be killed, so that the one that serves never dies.

The engine has no time-out, no way to stop it and no bound of memory. Each worker is therefore a process of its own
with the store open for reading, a bound on its memory, and one query at a time. A query that takes too long is ended
with its worker, and a fresh one takes its place. Those who wait for a worker wait in a queue with an end.
"""

from __future__ import annotations

import multiprocessing
import resource
import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty, LifoQueue
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    import pyoxigraph

__all__ = ["Answer", "Failure", "Limits", "Question", "Workers"]

_SPAWN: Final = multiprocessing.get_context("spawn")
#: Seconds that a worker may take to open its store.
_OPENING: Final = 30.0


@dataclass(frozen=True)
class Limits:
    """What one query, and all of them together, may take.

    :param seconds: of wall clock for one query
    :param memory: bytes of address space of one worker beyond what it has with its store open
    :param workers: queries that run at once
    :param waiting: queries that wait for a worker; one more is told to come back later
    :param answer: bytes of one answer
    """

    seconds: float = 10.0
    memory: int = 512 * 2**20
    workers: int = 2
    waiting: int = 16
    answer: int = 64 * 2**20


@dataclass(frozen=True)
class Question:
    """A query that the guard let through.

    :param default_graphs: graphs whose union is the default graph; none: the union of all
    :param named_graphs: graphs that GRAPH finds; none: all
    :param results: the media type for SELECT and ASK
    :param triples: the media type for CONSTRUCT and DESCRIBE
    """

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    results: str = "application/sparql-results+json"
    triples: str = "text/turtle"


@dataclass(frozen=True)
class Answer:
    """What the engine answered, written in a media type."""

    media_type: str
    body: bytes


@dataclass(frozen=True)
class Failure:
    """Why there is no answer.

    :param reason: ``syntax``, ``time``, ``memory``, ``size``, ``busy`` or ``died``
    """

    reason: str
    detail: str


@dataclass
class _Worker:
    """One process, and the line to it."""

    process: BaseProcess
    line: Connection

    def end(self) -> None:
        """Kill the process and close the line."""
        self.process.kill()
        self.process.join()
        self.line.close()


@dataclass
class Workers:
    """The workers of one generation of the store.

    >>> with Workers(Path("no-such-store"), Limits(workers=1)) as workers:
    ...     workers.ask(Question("ASK {}")).reason
    'died'

    :param store: the folder of the generation
    """

    store: Path
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self._idle: LifoQueue[_Worker | None] = LifoQueue()
        self._places = threading.BoundedSemaphore(self.limits.workers + self.limits.waiting)
        for _ in range(self.limits.workers):
            self._idle.put(None)  # a place for a worker, which starts with its first query

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers that are idle."""
        while True:
            try:
                worker = self._idle.get_nowait()
            except Empty:
                return
            if worker:
                worker.end()

    def ask(self, question: Question) -> Answer | Failure:
        """Answer a question, from any thread; waits for a worker to be free, and for its answer."""
        if not self._places.acquire(blocking=False):
            return Failure("busy", "too many queries wait already; come back later")
        try:
            try:
                worker = self._idle.get(timeout=self.limits.seconds)
            except Empty:
                return Failure("busy", "no worker became free; come back later")
            try:
                worker, answer = self._asked(worker, question)
            finally:
                self._idle.put(worker)
            return answer
        finally:
            self._places.release()

    def _asked(self, worker: _Worker | None, question: Question) -> tuple[_Worker | None, Answer | Failure]:
        """Ask a worker, and return it if it lives on."""
        try:
            if worker is None or not worker.process.is_alive():
                if worker:
                    worker.end()
                worker = _start(self.store, self.limits)
                if not worker.line.poll(_OPENING):
                    raise EOFError
                worker.line.recv()
            worker.line.send(question)
            if not worker.line.poll(self.limits.seconds):
                worker.end()
                return None, Failure("time", f"the query took longer than {self.limits.seconds:g} seconds")
            answer = worker.line.recv()
        except (EOFError, OSError):
            if worker:
                worker.end()
            return None, Failure("died", "the engine ended while it answered this query")
        if isinstance(answer, Failure) and answer.reason == "memory":
            worker.end()
            return None, answer
        return worker, answer


def _start(store: Path, limits: Limits) -> _Worker:
    """Start a process that answers from a store."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_work, args=(theirs, store, limits), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _work(line: Connection, folder: Path, limits: Limits) -> None:
    """Answer one question after the other until the line closes: the whole life of a worker."""
    import os

    import pyoxigraph

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # an engine that aborts would print the query
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        store = pyoxigraph.Store.read_only(str(folder))
    except OSError:
        return
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + limits.memory, size + limits.memory))
    line.send("open")
    while True:
        try:
            question = line.recv()
        except EOFError:
            return
        line.send(_answer(store, question, limits.answer))


def _answer(store: pyoxigraph.Store, question: Question, most: int) -> Answer | Failure:
    """Let the engine answer, and say what it could not do."""
    import pyoxigraph as ox

    defaults: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        ox.NamedNode(iri) for iri in question.default_graphs
    ]
    named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in question.named_graphs]
    chosen = bool(defaults or named)
    try:
        found = store.query(
            question.query,
            use_default_graph_as_union=not chosen,
            default_graph=defaults if chosen else None,
            named_graphs=named if chosen else None,
        )
        if isinstance(found, ox.QueryTriples):
            media_type = question.triples
            body = found.serialize(format=ox.RdfFormat.from_media_type(media_type))
        else:
            media_type = question.results
            body = found.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))
    except SyntaxError as error:
        return Failure("syntax", str(error)[:1_000])
    except MemoryError:
        return Failure("memory", "the query needs more memory than one may have")
    except (ValueError, OSError, RuntimeError) as error:
        return Failure("syntax", str(error)[:1_000])
    if body is None:  # only where an output is given
        raise AssertionError
    if len(body) > most:
        return Failure("size", f"the answer is longer than {most:,} bytes: add a LIMIT")
    return Answer(media_type, body)
