"""Harvesting that is killed: the dump is the old one or the new one, and the next run ends as a clean one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive import Archive, page
from tests.replaying import dumped, harvested

#: Harvests as the command does, and kills itself before the n-th line of its modules that runs; tells how many there are.
KILLED_AT_A_LINE = """
import os, signal, sys
from pathlib import Path
from commons_ld import cli, harvesting

last, count, folder = int(sys.argv.pop(1)), 0, str(Path(harvesting.__file__).parent)

def trace(frame, event, _argument):
    global count
    if not frame.f_code.co_filename.startswith(folder):
        return None
    if event == "line":
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

sys.settrace(trace)
try:
    cli.main()
finally:
    print(count)
"""


def run(url: str, protocol: str, folder: Path, last: int = 0) -> tuple[int, int]:
    """Harvest in a process of its own, killed at a line or not at all; return its exit code, and the lines that ran."""
    command = ["harvest", url, "--as", protocol, "--into", str(folder), "--quiet"]
    prefix = ["--prefix", "rdf"] if protocol == "oai-pmh" else []
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_A_LINE, str(last), *command, *prefix],
        capture_output=True, text=True, timeout=300, env=os.environ | {"COMMONS_LD_LANG": "en"},
    )  # fmt: skip
    return done.returncode, int(done.stdout.split()[-1]) if done.stdout else 0


@pytest.mark.long
@pytest.mark.parametrize("protocol", ["ldes", "resourcesync", "oai-pmh"])
def test_killed_at_any_line_again_and_again_the_copy_is_whole_and_the_last_run_ends_it(
    tmp_path: Path, followed: tuple[Archive, str], protocol: str
) -> None:
    """The first time, and when there is a copy already: what is new, changed and deleted arrives all the same."""
    archive, url = followed
    for number in range(12):
        archive.write(f"{number}.txt", page(f"Page {number}"))
    archive.export()
    base = tmp_path / "base"
    code, first_lines = run(url, protocol, base)
    assert (code, harvested(base)) == (0, dumped(archive))
    before = (base / "dataset.nq").read_bytes()
    kill_and_end(tmp_path, url, protocol, None, {before}, before, first_lines)

    for number in range(3):
        (archive.data / f"{number}.txt").unlink()
    archive.write("3.txt", page("Page 3", abstract="Autre chose."))
    archive.write("12.txt", page("Page 12"))
    archive.export()
    clean = tmp_path / "clean"
    shutil.copytree(base, clean)
    code, lines = run(url, protocol, clean)
    assert (code, harvested(clean)) == (0, dumped(archive))
    after = (clean / "dataset.nq").read_bytes()
    assert before != after
    kill_and_end(tmp_path, url, protocol, base, {before, after}, after, lines)


def kill_and_end(
    root: Path, url: str, protocol: str, base: Path | None, whole: set[bytes], end: bytes, lines: int
) -> None:
    """Kill twice at lines by chance, look at the dump each time, and end; several times over."""
    chance = random.Random(protocol)
    for number in range(6):
        folder = root / f"killed-{'anew' if base is None else 'again'}-{number}"
        if base:
            shutil.copytree(base, folder)
        for share in (1.0, 0.5):
            last = chance.randint(1, int(lines * share))
            code, _ = run(url, protocol, folder, last)
            assert code in (-signal.SIGKILL, 0), (number, last)  # a later run may have fewer lines than that
            path = folder / "dataset.nq"
            assert path.read_bytes() in whole if path.exists() else base is None
        assert run(url, protocol, folder)[0] == 0
        assert (folder / "dataset.nq").read_bytes() == end
        assert sorted(path.name for path in folder.iterdir()) == ["dataset.nq", "harvest.lock", "harvest.sqlite"]
