"""Machines that share an export publish what one machine publishes, whatever becomes of one of them."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import dask
import msgspec
import pytest
from rdflib import RDF, VOID, Graph, URIRef

from commons_ld.cluster import tools
from commons_ld.cluster.dask_engine import DaskEngine
from commons_ld.cluster.exporting import export
from commons_ld.cluster.making import Part
from commons_ld.cluster.places import Place
from commons_ld.cluster.publishing import Folder
from commons_ld.errors import ClusterError, MappingError, PublicationError
from commons_ld.ledger import open_ledger
from commons_ld.origin import Origin
from commons_ld.processes.sharing import Processes
from commons_ld.settings import OutputSettings
from commons_ld.taking_back import forget
from tests.archive import Archive, page
from tests.clusters import Disturbed, cluster_of, large, published, same, share
from tests.servers import s3

_T = TypeVar("_T")
_R = TypeVar("_R")

#: What Dask and the libraries of stores do of their own is no fault of ours.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Yield a cluster of two workers, which may be killed more often than Dask thinks that chance would."""
    with dask.config.set({"distributed.scheduler.allowed-failures": 100}), cluster_of(2) as made:
        yield made


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive that one machine published."""
    made = large(Archive(tmp_path_factory.mktemp("whole")))
    made.settings = msgspec.structs.replace(made.settings, output=OutputSettings(records=False, feeds=False))
    made.export(jobs=2)
    return made


@pytest.fixture
def small(tmp_path: Path) -> Archive:
    """Return an archive of two pages."""
    made = Archive(tmp_path)
    for number in (1, 2):
        made.write(f"{number}.txt", page(f"21.0{number} Appel {number}"))
    return made


def test_shards_hold_what_one_machine_publishes(whole: Archive, cluster: Any) -> None:
    """The N-Quads one after the other, the manifest, the report and the counts are the same bytes."""
    with DaskEngine(cluster.scheduler_address) as engine:
        outcome = share(whole, engine, out=str(whole.root / "by-dask"))
    shards = published(whole.root / "by-dask")

    same(whole, shards)
    assert len([name for name in shards if name.endswith(".nq")]) > 5
    assert outcome.changed
    assert (outcome.report.published, outcome.report.held) == (len(json.loads(shards["manifest.json"])["records"]), 12)


@pytest.mark.parametrize("jobs", [1, 2])
def test_whoever_does_the_tasks_does_not_tell(whole: Archive, jobs: int) -> None:
    """Processes of this machine write the same files as those of a cluster, the list of their hashes included."""
    with Processes(jobs, worth=2) as processes:
        share(whole, processes, out=str(whole.root / f"by-{jobs}"))
    shards = published(whole.root / f"by-{jobs}")

    same(whole, shards)
    if (whole.root / "by-dask").is_dir():
        assert shards == published(whole.root / "by-dask")


def test_a_worker_that_is_killed_loses_nothing_and_repeats_nothing(whole: Archive, cluster: Any) -> None:
    """One is killed while sources are read, and one while shards are made: the same bytes come of it."""
    with DaskEngine(cluster.scheduler_address) as engine:
        disturbed = Disturbed(engine, cluster, lambda number: number == 1)
        share(whole, disturbed, out=str(whole.root / "disturbed"))

    assert len(disturbed.killed) >= 2
    same(whole, published(whole.root / "disturbed"))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_however_many_workers_are_killed(whole: Archive, cluster: Any, seed: int) -> None:
    """At any moment, as long as one comes back."""
    chance = random.Random(seed)
    with DaskEngine(cluster.scheduler_address) as engine:
        disturbed = Disturbed(engine, cluster, lambda number: number == seed or chance.random() < 0.2)
        share(whole, disturbed, out=str(whole.root / f"disturbed-{seed}"))

    assert disturbed.killed
    same(whole, published(whole.root / f"disturbed-{seed}"))


def test_a_bucket_is_as_good_as_a_folder(small: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources are read from an S3 store, and the publication is made there; what was there before is gone then."""
    small.write("fetched/3.wiki", "{{Objet média|Description=Un essai.|Date de création=2022/01/05}}")
    small.export()
    with s3.serve(monkeypatch) as bucket:
        import boto3

        client = boto3.client("s3")
        for path in small.data.rglob("*.*"):
            client.upload_file(str(path), "archive", f"in/data/{path.relative_to(small.data)}")
        for title in ("21.03 Autre chose", None):
            if title:
                client.put_object(Bucket="archive", Key="in/data/more.txt", Body=page(title).encode())
            else:
                client.delete_object(Bucket="archive", Key="in/data/more.txt")
            share(small, sources=[f"{bucket}/in/data"], out=f"{bucket}/out")
        shards = published(f"{bucket}/out")

    same(small, shards)


def test_an_archive_without_a_record_is_published_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its plan is empty, and a bucket holds empty files."""
    empty = Archive(tmp_path)
    empty.write("1.csv", "title\n")
    empty.export()
    with s3.serve(monkeypatch) as bucket:
        share(empty, out=f"{bucket}/empty")

        same(empty, published(f"{bucket}/empty"))


def test_shards_are_named_and_counted(small: Archive) -> None:
    """The list of hashes holds every file, VoID names the shards, and shards may be compressed alone."""
    small.settings = msgspec.structs.replace(small.settings, output=OutputSettings(compression="compressed"))
    share(small)
    shards = published(small.root / "shards")
    sums = [line.split("  ") for line in shards.pop("SHA256SUMS").decode().splitlines()]
    void = Graph().parse(data=shards["void.ttl"], format="turtle")
    dataset = URIRef(f"{small.settings.base_iri}dataset")

    assert {name: digest for digest, name in sums} == {
        name: hashlib.sha256(data).hexdigest() for name, data in shards.items()
    }
    assert [name for name in shards if name.startswith("dataset/")] == ["dataset/000000.nq.gz", "dataset/000001.nq.gz"]
    assert {str(dump) for dump in void.objects(dataset, VOID.dataDump)} == {
        f"{small.settings.base_iri}dataset/00000{number}.nq.gz" for number in (0, 1)
    }
    assert (dataset, RDF.type, VOID.Dataset) in void
    assert int(str(void.value(dataset, VOID.entities))) == 2


def test_names_last_from_one_export_to_the_next(small: Archive) -> None:
    """Wherever these are made: a page that is renamed keeps its IRI, and its other title is told."""
    share(small)
    small.write("1.txt", page("21.01 Un autre nom"))
    share(small)
    rows = json.loads(published(small.root / "shards")["manifest.json"])["records"]
    nquads = published(small.root / "shards")["dataset/000001.nq"].decode()

    assert [(row["iri"].rpartition("/")[2], row["title"]) for row in rows] == [
        ("21-01-appel-1", "21.01 Un autre nom"),
        ("21-02-appel-2", "21.02 Appel 2"),
    ]
    assert '<http://purl.org/dc/terms/alternative> "21.01 Appel 1"' in nquads


def test_one_machine_goes_on_where_a_cluster_ended(small: Archive) -> None:
    """With the same state, its export publishes what it would have published, and the next one does nothing."""
    small.export()
    before = small.files()
    with Processes(1) as here:
        export(small.settings, engine=here, out=str(small.root / "shards"))

    assert (small.export().work.mapped, small.files()) == (2, before)
    assert not small.export().changed
    same(small, published(small.root / "shards"))


def test_a_second_export_of_the_same_changes_nothing(small: Archive) -> None:
    """It is published under the same name."""
    assert share(small).changed
    before = published(small.root / "shards")

    assert not share(small).changed
    assert published(small.root / "shards") == before


def test_whoever_asked_to_be_forgotten_is_in_no_file(small: Archive) -> None:
    """Nor is what was withheld of a chat: not in what is published, and not in what tasks hand on meanwhile."""
    small.write("3.txt", page("21.05 Octave Jaspin raconte", lead="Octave Jaspin raconte le lavoir."))
    small.settings = msgspec.structs.replace(small.settings, state="state-of-shards")
    small.export()
    forget(small.settings, "Octave Jaspin")
    kept: list[bytes] = []

    class Watched:
        """An engine that keeps what lies in the place while the work goes on."""

        def map(self, task: Callable[[_T], _R], items: Iterable[_T], /) -> Iterator[_R]:
            for item in items:
                yield task(item)
            kept.extend(path.read_bytes() for path in (small.root / "shards").rglob("*") if path.is_file())

    share(small, Watched())
    kept += published(small.root / "shards").values()

    assert len(kept) > 10
    assert not [data for data in kept if b"Jaspin" in data or b"JASPIN" in data or b"jaspin" in data]
    assert not [data for data in kept if b"Ana Exemple" in data]
    with open_ledger(small.root / "state-of-shards") as ledger:
        digests = ledger.log.suppressions().digests
    assert digests
    assert not [data for data in kept for digest in digests if digest.encode() in data]


class Interrupted:
    """An engine that lets something happen when it has done so many tasks."""

    def __init__(self, after: int, happens: Callable[[], object]) -> None:
        self._left, self._happens = after, happens

    def map(self, task: Callable[[_T], _R], items: Iterable[_T], /) -> Iterator[_R]:
        """Yield what tasks return."""
        for item in items:
            done = task(item)
            self._left -= 1
            if self._left == 0:
                self._happens()
            yield done


@pytest.mark.parametrize("after", [1, 2], ids=["reading", "mapping"])
def test_an_export_from_another_state_folder_takes_the_place_over(small: Archive, tmp_path: Path, after: int) -> None:
    """What the later one publishes stands whole, and the earlier one, which cannot know before, ends in an error."""
    other, out = Archive(tmp_path / "other"), str(small.root / "shards")
    other.write("3.txt", page("22.03 Le lavoir"))
    share(small, out=out)
    small.write("1.txt", page("21.01 Un autre nom"))

    with pytest.raises(ClusterError, match="another export began there meanwhile"):
        share(small, Interrupted(after, lambda: share(other, out=out, allow_deletions=True)), out=out)

    other.settings = msgspec.structs.replace(other.settings, output=OutputSettings(records=False, feeds=False))
    other.export()
    same(other, published(out))
    share(small, out=out)
    assert b"un-autre-nom" not in published(out)["manifest.json"]  # its IRI is the one it had
    assert b"21-01-appel-1" in published(out)["manifest.json"]


def test_an_export_that_knows_nothing_of_what_is_published_changes_nothing(small: Archive) -> None:
    """A state folder that is lost has to be said to be: it held who was to be forgotten, and what was withdrawn."""
    out = small.root / "shards"
    share(small)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    shutil.rmtree(small.root / "state-of-shards")

    for _ in range(2):
        with pytest.raises(PublicationError, match=f"nothing is known there of what is published in {out}"):
            share(small)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before

    assert not share(small, allow_deletions=True).changed
    assert not share(small).changed


def test_an_export_that_only_began_there_keeps_the_earlier_one_from_publishing(small: Archive) -> None:
    """What was published stands, and what the later one has written by then is not swept away."""
    out = small.root / "shards"
    share(small)
    before = published(out)
    small.write("1.txt", page("21.01 Un autre nom"))
    later: list[Folder] = []

    def begin() -> None:
        later.append(Folder(Place(str(out))))
        Place(str(out)).write(f"{later[0].work}/index", [b"what the later one works with"])

    with pytest.raises(ClusterError, match="another export began there meanwhile"):
        share(small, Interrupted(2, begin))

    assert Place(str(out)).read(f"{later[0].work}/index") == b"what the later one works with"
    later[0].check()
    later[0].give_up()
    assert published(out) == before


def test_an_export_that_fails_leaves_what_was_published(small: Archive) -> None:
    """And nothing else: the ledger too is as before, and the next export is as any."""
    share(small)
    before = published(small.root / "shards")
    small.write("1.txt", page("21.01 Un autre nom"))

    class Broken:
        """An engine that breaks down when the first shard is made."""

        def map(self, task: Callable[[_T], _R], items: Iterable[_T], /) -> Iterator[_R]:
            for item in items:
                yield task(item)
                if isinstance(item, Part):
                    raise ClusterError("tcp://nowhere:1", {"fr": "en panne", "en": "broken"})

    with pytest.raises(ClusterError, match="broken"):
        share(small, Broken())

    assert published(small.root / "shards") == before
    share(small)
    assert published(small.root / "shards") != before


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have this process be another version of commons-ld than those that it starts or asks."""
    monkeypatch.setattr(tools, "__version__", "0.0.9")
    tools.made.cache_clear()
    yield
    tools.made.cache_clear()


@pytest.mark.usefixtures("older")
def test_a_machine_with_other_code_is_refused_before_any_work(cluster: Any) -> None:
    """With what it has and what it should have, and where that is listed."""
    with pytest.raises(ClusterError, match=r"\(commons-ld .* ≠ 0\.0\.9\).*requirements/run\.txt") as caught:
        DaskEngine(cluster.scheduler_address)

    assert "y installer le même commons-ld" in caught.value.told("fr")


@pytest.mark.usefixtures("older")
def test_a_machine_with_other_code_that_comes_later_does_no_task(small: Archive) -> None:
    """Each task brings what it is to be done with."""
    with Processes(2, worth=1) as others, pytest.raises(ClusterError, match="would not make the same bytes"):
        share(small, others)

    assert [path.name for path in (small.root / "shards").iterdir()] == ["publication.json"]


def test_a_scheduler_that_cannot_be_reached_is_told_of() -> None:
    """With what to do."""
    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:9: no scheduler of Dask answers.*dask scheduler"):
        DaskEngine("tcp://127.0.0.1:9", patience=0.5)


def test_a_scheduler_without_workers_is_told_of() -> None:
    """With the command that starts one."""
    with cluster_of(0) as empty, pytest.raises(ClusterError, match=r"no workers; start some: dask worker tcp://"):
        DaskEngine(empty.scheduler_address, patience=0.5)


def kill_whoever_does_it(_number: int) -> None:
    """End the process that does this task, as one is ended that wants more memory than there is."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_task_that_ends_every_worker_ends_the_work() -> None:
    """It is told what may be the matter."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        cluster_of(1) as doomed,
        DaskEngine(doomed.scheduler_address) as engine,
        pytest.raises(ClusterError, match="workers keep ending at the same task"),
    ):
        list(engine.map(kill_whoever_does_it, [1]))


def fill_the_disk(_number: int) -> None:
    """Meet what a task meets on a machine whose disk is full."""
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_machine_whose_disk_is_full_is_not_taken_for_a_lost_scheduler(cluster: Any) -> None:
    """Who is told to start the scheduler again would look in the wrong place."""
    with (
        DaskEngine(cluster.scheduler_address) as engine,
        pytest.raises(ClusterError, match=r"a worker refuses \(.*No space left on device\); check its disk"),
    ):
        list(engine.map(fill_the_disk, [1]))


def test_a_scheduler_that_its_workers_left_is_not_waited_for_without_end() -> None:
    """What is published stands, and the sentence says what to do."""
    with cluster_of(1) as left, DaskEngine(left.scheduler_address, absence=0.5) as engine:
        left.scale(0)
        left.sync(left._correct_state)
        with pytest.raises(ClusterError, match=r"has had no workers for 0 seconds; start some, then run again"):
            list(engine.map(abs, [1]))


def refuse(_number: int) -> None:
    """Refuse a task."""
    raise MappingError(Origin("a.txt"), {"fr": "pas de RDF", "en": "no RDF"})


def test_tasks_are_handed_over_before_anybody_asks_for_a_result(cluster: Any, tmp_path: Path) -> None:
    """Workers do them while who handed them over does something else."""
    with DaskEngine(cluster.scheduler_address) as engine:
        results = engine.map(Path.touch, [tmp_path / "done"])
        until = time.monotonic() + 60
        while not (tmp_path / "done").exists() and time.monotonic() < until:
            time.sleep(0.01)

        assert (tmp_path / "done").exists()
        assert list(results) == [None]


def test_an_error_of_ours_comes_from_a_worker_with_its_facts(cluster: Any) -> None:
    """As it was raised there."""
    with (
        DaskEngine(cluster.scheduler_address) as engine,
        pytest.raises(MappingError, match=r"a\.txt: no RDF") as caught,
    ):
        list(engine.map(refuse, [1]))

    assert (caught.value.origin, caught.value.told("fr")) == (Origin("a.txt"), "a.txt : pas de RDF")


def test_the_command_shares_an_export(small: Archive, cluster: Any) -> None:
    """With --engine dask and --scheduler; what is published is named, and another thing in its place is refused."""
    command = [sys.executable, "-m", "commons_ld", "export", "--lang", "en", "--engine", "dask"]
    command += ["--scheduler", cluster.scheduler_address, "--out"]
    run = subprocess.run([*command, "shards"], cwd=small.root, capture_output=True, text=True)
    again = subprocess.run([*command, "data"], cwd=small.root, capture_output=True, text=True)

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith(f"Published in {small.root}/shards/.\n")
    assert again.returncode == 3
    assert "something else than a publication in shards is there" in again.stderr
    assert len(list(small.data.iterdir())) == 2
    small.export()
    same(small, published(small.root / "shards"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "dask"], "go together"),
        (["--scheduler", "tcp://127.0.0.1:9"], "go together"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:9", "--jobs", "2"], "--jobs is for --engine processes"),
        (["--out", "s3://bucket/archive"], "takes --engine dask"),
        (["s3://bucket/records"], "takes --engine dask"),
    ],
)
def test_options_that_do_not_go_together_are_refused(small: Archive, arguments: list[str], said: str) -> None:
    """As wrong usage."""
    run = subprocess.run(
        [sys.executable, "-m", "commons_ld", "export", *arguments], cwd=small.root, capture_output=True, text=True
    )

    assert run.returncode == 2
    assert said in run.stderr


def test_without_the_extra_the_command_says_how_to_install_it(small: Archive) -> None:
    """In the language of the person, and nothing is begun."""
    blocked = (
        "import sys; sys.modules['distributed'] = None; sys.argv = ['commons-ld', 'export', '--lang', 'fr', "
        "'--engine', 'dask', '--scheduler', 'tcp://127.0.0.1:9']; from commons_ld.cli import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", blocked], cwd=small.root, capture_output=True, text=True)

    assert run.returncode == 3
    assert "pip install 'commons-ld[dask]'" in run.stderr
    assert not (small.root / ".commons-ld").exists()


def test_dask_is_imported_by_nobody_who_does_not_ask(small: Archive) -> None:
    """Nor is fsspec, by an export on one machine."""
    probe = (
        "import sys; from pathlib import Path;"
        "from commons_ld.pipeline.exporting import export; from commons_ld.settings import Settings;"
        "export(Settings(root=Path('.')));"
        "print(sorted({'distributed', 'dask', 'fsspec'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", probe], cwd=small.root, capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
