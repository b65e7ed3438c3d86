"""Where the graphs of a publication stand: what is read again when it changed, and when nothing that is kept is believed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from commons_ld.errors import PublicationError
from commons_ld.settings import OutputSettings
from commons_ld.stores.buckets import MODULUS, bucket_of, weight
from commons_ld.stores.places import KEPT, Places
from commons_ld.stores.publication import dump_of, places
from tests.archive import DATA, Archive, page

#: So many that they are in several chunks.
MANY = 90


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return made(tmp_path_factory.mktemp("made"), DATA)


def made(root: Path, output: OutputSettings) -> Archive:
    """Return an archive that is exported."""
    archive = Archive(root, output=output)
    for number in range(MANY):
        archive.write(f"{number}.txt", page(f"21.12 Essai {number}"))
    archive.export()
    return archive


@pytest.fixture
def archive(_made: Archive, tmp_path: Path) -> Archive:
    """Return an archive that is exported, and of which nothing was loaded."""
    return _made.copied(tmp_path / "archive")


def found(archive: Archive) -> tuple[int, int]:
    """Return how many graphs were read, of how many, and see that what is told is what there is."""
    dump = dump_of(archive.out)
    expected, sums = list(places(dump)), dict[int, int]()
    for place in expected:
        bucket = bucket_of(place.iri)
        sums[bucket] = (sums.get(bucket, 0) + weight(place.iri, place.sha256)) % MODULUS
    with Places(dump, archive.settings.base_iri, archive.root / ".commons-ld") as known:
        assert list(known) == expected
        assert {bucket: sum_ for bucket, sum_ in known.sums.items() if sum_} == sums
        assert known.statements == sum(place.statements for place in expected)
        assert known.value == sum(sums.values()) % MODULUS
        return known.read, len(known)


def test_what_did_not_change_is_not_read_again(archive: Archive) -> None:
    """All of it once, then nothing, then the chunk of what changed, moved and went; and what was is forgotten."""
    first, total = found(archive)
    assert (first, found(archive)[0]) == (total, 0)

    archive.write("1.txt", page("21.12 Essai 1", abstract="Tout autre chose, et plus long."))
    archive.export()
    assert 0 < found(archive)[0] < total / 2
    (archive.data / "7.txt").unlink()
    archive.write("new.txt", page("21.12 Aaa"))
    archive.export()
    read, now = found(archive)
    assert 0 < read < total
    assert now == total
    with sqlite3.connect(archive.root / ".commons-ld" / KEPT) as kept:
        assert kept.execute("SELECT count(*) FROM place").fetchone() == (now,)
    kept.close()


def damage(path: Path, query: str) -> None:
    """Change what is kept in a database."""
    with sqlite3.connect(path) as database:
        database.execute(query)
    database.close()


HARMS: dict[str, Callable[[Archive, Path], object]] = {
    "another dump": lambda archive, _: (archive.out / "dataset.nq").write_bytes(
        (archive.out / "dataset.nq").read_bytes().replace(b"Essai", b"Essay")
    ),
    "other sums": lambda archive, _: (archive.out / "SHA256SUMS").write_bytes(b"0" * 64 + b"  dataset.nq\n"),
    "no chunks": lambda _, state: (state / "dumps.sqlite").unlink(),
    "broken chunks": lambda _, state: (state / "dumps.sqlite").write_bytes(b"no database at all" * 100),
    "other chunks": lambda _, state: damage(state / "dumps.sqlite", "UPDATE chunk SET data = x'90' WHERE number = 2"),
    "other publication": lambda _, state: damage(
        state / "dumps.sqlite", "UPDATE meta SET value = 'x' WHERE name = 'publication'"
    ),
    "broken": lambda _, state: (state / KEPT).write_bytes(b"no database at all" * 1000),
    "older layout": lambda _, state: damage(state / KEPT, "PRAGMA user_version = 99"),
    "other base": lambda _, state: damage(state / KEPT, "UPDATE meta SET base_iri = 'https://example.com/'"),
    "no meta": lambda _, state: damage(state / KEPT, "DROP TABLE meta"),
    "no table": lambda _, state: damage(state / KEPT, "DROP TABLE bucket"),
    "in the way": lambda _, state: (state / KEPT).rename(state / "away") and (state / KEPT).mkdir(),  # type: ignore[func-returns-value]
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_all_of_it_is_read_where_nothing_that_is_kept_can_be_believed(
    archive: Archive, harm: Callable[[Archive, Path], object]
) -> None:
    """A dump that was written to, a state that is of another publication, damaged, in another way or not there."""
    found(archive)
    dump = archive.out / "dataset.nq"
    harm(archive, archive.root / ".commons-ld")
    if dump.stat().st_mtime_ns > (archive.out / "SHA256SUMS").stat().st_mtime_ns:
        # Even where the clock stood still meanwhile.
        later = (archive.out / "SHA256SUMS").stat().st_mtime_ns + 1
        os.utime(dump, ns=(later, later))

    read, total = found(archive)
    assert read == total
    if harm in map(HARMS.get, ("broken", "older layout", "other base", "no table", "no meta")):
        assert found(archive)[0] in (0, total)
        assert found(archive)[0] == 0


def test_two_at_once_do_not_disturb_each_other(archive: Archive) -> None:
    """The second reads all of it, and keeps nothing."""
    dump, base = dump_of(archive.out), archive.settings.base_iri
    with (
        Places(dump, base, archive.root / ".commons-ld") as first,
        Places(dump, base, archive.root / ".commons-ld") as second,
    ):
        assert first.read == second.read == len(first)
        assert list(first) == list(second)
    assert found(archive)[0] == 0


def test_a_reading_that_is_cut_off_is_begun_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that was found of a publication is kept, or nothing of it."""
    found(archive)
    archive.write("1.txt", page("21.12 Essai 1", abstract="Tout autre chose."))
    archive.export()
    with monkeypatch.context() as patched:
        patched.setattr("commons_ld.stores.places.weight", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            found(archive)

    read, total = found(archive)
    assert 0 < read < total / 2


def test_compressed_n_quads_are_read_in_parts_too(tmp_path: Path) -> None:
    """Where they are published in no other way."""
    archive = made(tmp_path, OutputSettings(site=False, feeds=False, compression="compressed"))
    found(archive)
    archive.write("1.txt", page("21.12 Essai 1", abstract="Tout autre chose."))
    archive.export()

    read, total = found(archive)
    assert 0 < read < total / 2


def test_graphs_of_another_archive_and_none_at_all_are_refused(archive: Archive, tmp_path: Path) -> None:
    """Whether something is kept or not."""
    for state in (None, archive.root / ".commons-ld"):
        with pytest.raises(PublicationError, match="another base_iri"):
            Places(dump_of(archive.out), "https://example.com/", state)
    (tmp_path / "dataset.nq").touch()
    with pytest.raises(PublicationError, match="nothing to load"):
        Places(tmp_path / "dataset.nq", "https://example.com/")


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    """Ten times as many graphs take as much."""
    code = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from commons_ld.stores.places import Places
        from tests.memory import peak

        dump = Path(sys.argv[1])
        with dump.open("w") as file:
            for number in range(int(sys.argv[2])):
                file.write(f'<http://a/s> <http://a/p> "{number:0100}" <http://a/graph/{number:0100}> .\\n')
        with Places(dump, "http://a/") as places:
            assert sum(1 for _ in places) == len(places)
        print(peak())
        """
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    peaks = []
    for number in (5_000, 50_000):
        command = [sys.executable, "-c", code, str(tmp_path / f"{number}.nq"), str(number)]
        peaks.append(int(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout))

    assert peaks[1] < peaks[0] * 1.2
