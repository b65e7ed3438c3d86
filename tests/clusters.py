"""Exports that machines share, for tests: what they publish, beside what one machine publishes of the same archive."""

from __future__ import annotations

import gzip
import json
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import dask
import distributed
import msgspec
import pytest

from commons_ld.cluster.exporting import export
from commons_ld.cluster.places import Place
from commons_ld.pipeline.exporting import Outcome
from commons_ld.processes.sharing import Engine, Processes
from commons_ld.settings import Settings
from tests.archive import Archive, page
from tests.test_exports import HEAD, exported

__all__ = ["cluster_of", "large", "published", "same", "share"]

_T = TypeVar("_T")
_R = TypeVar("_R")

#: What both publications have, and what it is called in each.
_SAME = {"manifest.json": "manifest.json", "void.nt": "site/void.nt", "context.jsonld": "context.jsonld"}
_REPORT = ("index.html", "en.html", "report.css", "report.fr.txt", "report.en.txt", "report.json", "report.jsonld")


@contextmanager
def cluster_of(workers: int) -> Iterator[Any]:
    """Yield a cluster of Dask on this machine; its workers are processes, which are started again when they end.

    Dask would give up one that is not there a while after it ended, and it may have ended again by then.
    """
    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1 hour"}),
        distributed.LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        yield cluster


class Disturbed:
    """An engine of which a worker is killed when it has done some of its tasks.

    It is one that has started: Dask does not start one again that ends before.
    """

    def __init__(self, engine: Engine, cluster: Any, when: Callable[[int], bool]) -> None:
        self._engine, self._cluster, self._when = engine, cluster, when
        self.killed: list[int] = []

    def map(self, task: Callable[[_T], _R], items: Iterable[_T], /) -> Iterator[_R]:
        """Yield what tasks return."""
        for number, result in enumerate(self._engine.map(task, items)):
            if self._when(number):
                pid = self._one_at_work()
                os.kill(pid, signal.SIGKILL)
                self.killed.append(pid)
            yield result

    def _one_at_work(self) -> int:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            for nanny in self._cluster.workers.values():
                if nanny.status.name == "running" and nanny.pid and nanny.pid not in self.killed:
                    return int(nanny.pid)
            time.sleep(0.05)
        pytest.fail("no worker came back")


def large(archive: Archive) -> Archive:
    """Fill an archive with all that decisions for all of it depend on, in more than one unit and shard."""
    text = "Un résumé. " * 80
    for number in range(120):
        title = f"2{number % 3}.{number % 12 + 1:02} Appel {number % 90}"  # some titles are there twice
        fields = {"enjeu": "Un nouveau sujet"} if number % 7 == 0 else {}
        fields |= {"created": "hier"} if number % 11 == 0 else {}
        archive.write(f"pages/{number:03}.txt", page(title, **fields))
    records = [
        {"title": f"Eau {number}", "identifier": str(number % 1000), "abstract": text, "created": "2020-01-31"}
        for number in range(1300)  # some identifiers are there again
    ]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    lines[1200:1200] = ["", "no json", '{"title": 12}', '{"title": "Sans date", "created": "demain"}']
    archive.write("all.jsonl", "\n".join(lines))
    archive.write("more.csv", "title;languages\nEau 3;FR\nLavoir;FR|EN\n")
    archive.write("smw.ttl", HEAD + exported("22.02 Appel 1", Pays="Italie") + exported("22.03 Seul", Pays="Italie"))
    archive.write("README.md", "nothing to read")
    archive.write("odd.xyz", "no format")
    return archive


def share(archive: Archive, engine: Engine | None = None, *, out: str = "", **options: Any) -> Outcome:
    """Export an archive in shards; by default in this process, and below the archive."""
    settings: Settings = msgspec.structs.replace(archive.settings, state="state-of-shards")
    with Processes(1) as here:
        return export(settings, engine=engine or here, out=out or str(archive.root / "shards"), **options)


def published(out: str | Path) -> dict[str, bytes]:
    """Return the files of what is published in shards, by their names."""
    place = Place(str(out))
    name = json.loads(place.read("publication.json"))["publication"]
    files = {path.removeprefix(f"{name}/"): place.read(path) for path, _ in place.files() if path.startswith(name)}
    assert {path.partition("/")[0] for path, _ in place.files()} == {"publication.json", name}
    return files


def same(archive: Archive, shards: Mapping[str, bytes]) -> None:
    """Hold what is published in shards to what one machine published."""
    names = [row["name"] for row in json.loads(shards["shards.json"])["shards"]]
    assert names == sorted(name for name in shards if name.endswith(".nq"))
    assert b"".join(shards[name] for name in names) == (archive.out / "dataset.nq").read_bytes()
    packed = b"".join(shards[f"{name}.gz"] for name in names)
    assert gzip.decompress(packed) == (archive.out / "dataset.nq").read_bytes()
    for name, ours in (_SAME | {f"report/{name}": f"report/{name}" for name in (*_REPORT, "report.ttl")}).items():
        assert shards[name] == (archive.out / ours).read_bytes(), name
