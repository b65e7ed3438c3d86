"""Tasks done by the machines of a cluster, which Dask shares out (https://distributed.dask.org/).

Nothing of a scheduler is written here. A task whose machine goes is given to another one by Dask, and one that fails,
as where a store is out of reach for a moment, is tried again.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from commons_ld import __version__
from commons_ld.cluster.tools import made
from commons_ld.cluster.words import cannot
from commons_ld.errors import CommonsError

__all__ = ["DaskEngine"]

#: How long a scheduler, and the first of its workers, is waited for, in seconds.
_PATIENCE: Final = 30
#: How long a scheduler may be without any worker while there is something to do, in seconds: one that is started anew,
#: or by a service that has to find a machine first, takes minutes.
_ABSENCE: Final = 600
#: How often a task is tried again.
_RETRIES: Final = 2

_T = TypeVar("_T")
_R = TypeVar("_R")


class DaskEngine:
    """The workers of a scheduler, as an :class:`commons_ld.processes.sharing.Engine`.

    :param address: of the scheduler: ``tcp://scheduler.example.org:8786``
    :param patience: how long it, and its first worker, are waited for, in seconds
    :param absence: how long it may be without any worker later, in seconds
    :raises ClusterError: if Dask is not installed, the scheduler cannot be reached, or its workers would make other
        bytes than this process
    """

    def __init__(self, address: str, *, patience: float = _PATIENCE, absence: float = _ABSENCE) -> None:
        self._address: Final = address
        self._absence: Final = absence
        try:
            self._dask: Final[Any] = importlib.import_module("distributed")
        except ImportError as error:
            raise cannot("--engine dask", "missing", value=str(error)) from error
        try:
            self._client: Final[Any] = self._dask.Client(address, timeout=patience, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise cannot(address, "no-scheduler", value=str(error)) from error
        try:
            self._meet(patience)
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def map(self, task: Callable[[_T], _R], items: Iterable[_T], /) -> Iterator[_R]:
        """Hand tasks over, and return an iterator of what ``task`` returns for each item, in the order of the items.

        :param task: a function of a module, or a :func:`functools.partial` of one, which may be done more than once
        :raises ClusterError: if the scheduler goes, its workers all do, they keep ending at the same task, or the
            system of one refuses what a task needs
        """
        return self._results([self._client.submit(task, item, retries=_RETRIES, pure=False) for item in items])

    def _results(self, futures: list[Any]) -> Iterator[Any]:
        try:
            for future in futures:
                yield self._result(future)
                future.release()
        finally:
            self._client.cancel([future for future in futures if not future.done()])

    def _result(self, future: Any) -> Any:
        try:
            return self._awaited(future)
        except CommonsError:
            raise
        except self._dask.KilledWorker as error:
            raise cannot(self._address, "workers-lost", value=str(error)) from error
        except (asyncio.CancelledError, OSError) as error:
            # What the task itself met, such as a full disk, is no fault of the scheduler.
            code = "worker-failed" if future.status == "error" else "scheduler-lost"
            raise cannot(self._address, code, value=str(error)) from error

    def _awaited(self, future: Any) -> Any:
        """Return the result of a task; Dask itself would wait for a worker without end."""
        met = time.monotonic()
        while True:
            try:
                return future.result(timeout=min(self._absence, _PATIENCE))
            except TimeoutError:
                if future.status == "error":
                    raise
                if self._client.nthreads():
                    met = time.monotonic()
                elif time.monotonic() - met >= self._absence:
                    raise cannot(self._address, "no-workers-left", seconds=round(self._absence)) from None

    def _meet(self, patience: float) -> None:
        """Wait for a worker, and ask each that is there what it makes exports with."""
        try:
            self._client.wait_for_workers(1, timeout=patience)
        except TimeoutError as error:
            raise cannot(self._address, "no-workers", value=self._address) from error
        ours = made()
        for worker, theirs in self._client.run(made, on_error="return").items():
            if isinstance(theirs, BaseException):
                raise cannot(worker, "no-code", version=__version__, value=str(theirs)) from theirs
            if difference := ours.differs(theirs):
                raise cannot(worker, "other-code", value=difference)
