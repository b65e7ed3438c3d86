"""Exports by several processes, several exports at once, and those that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from commons_ld.errors import PublicationError
from commons_ld.ledger import open_ledger
from commons_ld.pipeline import exporting, flow, reading
from commons_ld.settings import OutputSettings
from tests.archive import DATA, Archive, page


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return an archive of three pages."""
    made = Archive(tmp_path)
    for number in (1, 2, 3):
        made.write(f"{number}.txt", page(f"21.0{number} Appel {number}"))
    return made


def test_two_exports_at_once_never_mix(archive: Archive) -> None:
    """One wins, the other says so; and the one that lost can be run again."""
    command = [sys.executable, "-m", "commons_ld", "export", "--quiet"]
    runs = [subprocess.Popen(command, cwd=archive.root, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    results = [(run.communicate()[1], run.returncode) for run in runs]

    assert {code for _, code in results} <= {0, 3}
    assert any(code == 0 for _, code in results)
    assert all("another commons-ld is at work here" in said for said, code in results if code)
    assert len(archive.records()) == 3


def test_a_killed_export_leaves_the_old_publication_and_the_next_run_is_clean(archive: Archive) -> None:
    """At any moment: what is published is the old or the new, whole."""
    archive.export()
    old = archive.files()
    for path in archive.data.iterdir():
        path.write_text(path.read_text().replace("présentation", "autre présentation"))
    command = [sys.executable, "-m", "commons_ld", "export", "--quiet"]
    seen = set()
    for delay in range(1, 16, 2):
        process = subprocess.Popen(command, cwd=archive.root, stderr=subprocess.PIPE)
        try:
            process.wait(delay / 8)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        seen.add(tuple(archive.files().items()))
    archive.export()
    new = archive.files()

    assert seen <= {tuple(old.items()), tuple(new.items())}
    assert {path.name for path in archive.root.iterdir()} == {"data", "dist", ".commons-ld", ".dist.generations"}
    assert (
        len([path for path in (archive.root / ".dist.generations").iterdir() if path.name not in ("lock", "spare")])
        == 1
    )


def test_a_state_folder_that_is_in_use_is_refused(archive: Archive) -> None:
    """The error names the process that has it."""
    with (
        open_ledger(archive.root / ".commons-ld"),
        pytest.raises(PublicationError, match="another commons-ld is at work"),
    ):
        archive.export()


@pytest.fixture
def _small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a small archive be enough to share."""
    monkeypatch.setattr(reading, "_BATCH", 4)
    monkeypatch.setattr(flow, "_CHUNK", 4)


def mixed(root: Path, **settings: object) -> tuple[Archive, list[str]]:
    """Return an archive of files of one page, and of a file of many records, some of which are none."""
    archive = Archive(root, **settings)
    for number in range(6):
        duration = "x" if number == 3 else "01:00:00"
        archive.write(f"{number}.txt", page(f"21.{number:02} Page {number}", duration=duration))
    lines = [f'{{"title": "Fiche {number}", "media_type": "Texte"}}\n' for number in range(60)]
    lines[50], lines[55] = "no record\n", lines[56]
    archive.write("all.jsonl", "".join(lines))
    return archive, lines


@pytest.mark.usefixtures("_small_tasks")
@pytest.mark.parametrize(
    "output",
    [OutputSettings(), OutputSettings(dumps=("n-quads",), compression="compressed", records=False)],
    ids=["everything", "compressed N-Quads alone"],
)
def test_several_processes_publish_the_same_bytes(tmp_path: Path, output: OutputSettings) -> None:
    """With the site, the renderings and the report, of files of one page and of files of many; and again after edits."""
    made = []
    for jobs in (1, 2):
        archive, lines = mixed(tmp_path / str(jobs), output=output)
        first = archive.export(jobs=jobs)
        before = dict(archive.files())
        lines[7] = lines[7].replace("Texte", "Audio")
        archive.write("all.jsonl", "".join(lines))
        again = archive.export(jobs=jobs)
        made.append((first.report, before, again.report, again.work.mapped, dict(archive.files())))

    assert made[0] == made[1]
    assert made[0][3] == 1


@pytest.mark.usefixtures("_small_tasks")
def test_a_process_that_is_killed_changes_no_byte(tmp_path: Path) -> None:
    """What it was at is done by another one; nothing is left of it."""
    alone, _ = mixed(tmp_path / "alone", output=DATA)
    alone.export()
    killed: list[int] = []

    def kill(stage: str, _done: int, _total: int) -> None:
        workers = _workers()
        if stage == "mapping" and len(killed) < 2 and workers:
            killed.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)

    archive, _ = mixed(tmp_path / "shared", output=DATA)
    exporting.export(archive.settings, jobs=2, progress=kill)

    assert len(killed) == 2
    assert archive.files() == alone.files()
    assert {path.name for path in archive.root.iterdir()} == {path.name for path in alone.root.iterdir()}
    assert not _workers()


def _workers() -> list[int]:
    """Return the processes that share the work of this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (path / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z" and b"spawn_main" in command:
            found.append(int(path.name))
    return found
