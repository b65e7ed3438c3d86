"""Asking dumps: no server is needed, and no query can harm the process that asks."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from commons_ld.errors import QueryRejected, StoreError, StoreUnavailable
from commons_ld.querying.answers import Answer, AnswerFormat
from commons_ld.querying.child import Ending
from commons_ld.sentences.asking import said
from commons_ld.sparql.faults import explained
from commons_ld.sparql.guard import QueryRefused, asks_others, is_update
from commons_ld.stores import words as stores

__all__ = ["MEMORY", "ask_dumps"]

#: MiB that answering may take, loading apart.
MEMORY: Final = 1024
_MIB: Final = 1 << 20

#: What SIGSEGV, SIGABRT and SIGBUS have in common here: the evaluator ran out of its stack or of memory.
_BREAKDOWNS: Final = frozenset({-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGKILL})

#: Where the fault is, if it is in the query itself.
_QUERY: Final = "SPARQL"

#: How much of what a parser expected is shown: it lists every letter that could stand there.
_SHOWN: Final = 300


def ask_dumps(
    query: str,
    dumps: Sequence[Path],
    format_: AnswerFormat,
    *,
    timeout: float,
    memory: int = MEMORY,
    federates: bool = False,
    base_iri: str = "",
) -> Answer:
    """Answer a query over some dumps, all graphs of which together are the default graph.

    :param dumps: files in any RDF syntax but JSON-LD, by their suffix; packed ones have ``.gz`` after it
    :param timeout: how many seconds answering may take, loading apart
    :param memory: how many MiB answering may take, loading apart
    :param federates: whether SERVICE may ask other endpoints; without that the process has no network
    :param base_iri: of the archive, whose IRIs have short names in a graph then
    :raises StoreUnavailable: if it takes longer or more, or breaks down
    :raises QueryRejected: if the query is not SPARQL 1.1, or its answer has no such format
    :raises StoreError: if a dump is missing or cannot be read

    >>> from commons_ld.querying.answers import answer_format
    >>> with ask_dumps("ASK {}", [], answer_format("csv"), timeout=10).data as data:
    ...     data.read()
    b'true'
    """
    for path in dumps:
        if not path.is_file():
            raise StoreError(str(path), said("no-dump"))
    name = str(dumps[0]) if dumps else "nothing"
    if is_update(query):
        raise QueryRejected(_QUERY, stores.said("an-update"))
    if not federates:
        _check_alone(query)
    child = [sys.executable, "-m", "commons_ld.querying.child"]
    limits = [str(timeout), str(memory * _MIB), "yes" if federates else "no", base_iri]
    arguments = [*limits, format_.rows, format_.graph, *(str(path.absolute()) for path in dumps)]
    with ExitStack() as unless_whole:
        # The answer goes to disk: a graph may be larger than what should stay in memory.
        data = unless_whole.enter_context(tempfile.TemporaryFile())
        ended = subprocess.run(  # noqa: S603 - our own module, and no shell
            [*child, *arguments], input=query.encode(), stdout=data, stderr=subprocess.PIPE, check=False
        )
        told = " ".join(ended.stderr.decode(errors="replace").split())[:_SHOWN]
        if ended.returncode == Ending.SYNTAX:
            raise QueryRejected(_QUERY, explained(query, told, federates=federates))
        _check(ended.returncode, told, name, format_, timeout)
        unless_whole.pop_all()
    data.seek(0)
    return Answer(ended.returncode == Ending.GRAPH, data)


def _check_alone(query: str) -> None:
    """Refuse a query that asks other endpoints, before the process without a network fails in words of its own."""
    try:
        if asks_others(query):
            raise QueryRejected(_QUERY, said("asks-others"))
    except QueryRefused as error:
        raise QueryRejected(_QUERY, {"en": str(error), "fr": error.fr}) from error


def _check(code: int, told: str, name: str, format_: AnswerFormat, timeout: float) -> None:
    """Raise what the ending of a child means, unless it answered."""
    if code == -signal.SIGALRM:
        raise StoreUnavailable(name, said("long-query", f"{timeout:g}"))
    if code == Ending.MEMORY:
        code = -signal.SIGABRT
    if code in _BREAKDOWNS:
        raise StoreUnavailable(name, said("broke-down"))
    if code == Ending.REJECTED:
        raise QueryRejected(name, told)
    if code == Ending.OTHER_KIND:
        raise QueryRejected(name, said("rows-only" if format_.rows else "graph-only", format_.name))
    if code == Ending.UNREADABLE:
        raise StoreError(name, told)
    if code not in (Ending.ROWS, Ending.GRAPH):
        raise RuntimeError(f"the process that answers queries failed ({code}): {told}")
