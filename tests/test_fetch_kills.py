"""Fetching that is killed: the folder stays whole, and the next run ends as a clean one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.fake_wiki import FakeWiki
from tests.wikis import Archive, page, pages

#: Fetches as the command does, and kills itself before the n-th file that it writes.
KILLED_WHILE_WRITING = """
import os, signal, sys
from commons_ld import cli
from commons_ld.wiki import snapshot

left, write = int(sys.argv.pop(1)), snapshot._write

def killing(folder, name, data):
    global left
    if name.endswith((".wiki", ".json", "changed-here")):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    write(folder, name, data)

snapshot._write = killing
cli.main()
"""


def changed_since(fake: FakeWiki, root: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Fetch into ``root/base``, change the wiki, and return the files before and after."""
    fake.write(pages(6))
    base = Archive(root / "base", fake.url)
    base.fetch()
    fake.edit("21.12 Page 1", page("Autre chose."))
    fake.move("21.12 Page 4", "21.12 Ailleurs")
    fake.delete("21.12 Page 4")
    fake.move("21.12 Page 5", "21.12 Page 4")
    fake.delete("21.12 Page 3")
    fake.edit("21.12 Nouvelle", page())
    shutil.copytree(root / "base", root / "clean")
    clean = Archive(root / "clean", fake.url)
    clean.fetch()
    return base.files(), clean.files()


def start(root: Path, *command: str, url: str) -> subprocess.Popen[bytes]:
    """Begin to fetch, in a process of its own."""
    (root / "commons-ld.toml").write_text('[wiki]\npage_url = ""\n')
    return subprocess.Popen(
        [sys.executable, *command, "fetch", url, "--quiet"], cwd=root, env=os.environ | {"LANG": "en_GB.UTF-8"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("at", range(1, 10))
def test_killed_at_any_request(fake: FakeWiki, tmp_path: Path, at: int) -> None:
    """The folder is what it was, or what it was to be; nothing has to be done by hand."""
    before, after = changed_since(fake, tmp_path)
    shutil.copytree(tmp_path / "base", tmp_path / "killed")
    archive = Archive(tmp_path / "killed", fake.url)
    fake.requests.clear()

    def kill(_asked: dict[str, str]) -> None:
        if len(fake.requests) == at:
            process.send_signal(signal.SIGKILL)
            process.wait()

    fake.before = kill
    process = start(archive.root, "-m", "commons_ld", url=fake.url)
    process.communicate()
    fake.before = lambda _asked: None

    # From the root of the wiki the interface has to be found first, which is one request more.
    assert (process.returncode, archive.files()) == ((-signal.SIGKILL, before) if at <= 8 else (0, after))
    archive.fetch()
    assert archive.files() == after


@pytest.mark.parametrize("at", range(1, 11))
def test_killed_at_any_file_that_is_written(fake: FakeWiki, tmp_path: Path, at: int) -> None:
    """What can be exported at that moment lacks no page, calls none by the name of another, and claims no revision falsely."""
    _, after = changed_since(fake, tmp_path)
    shutil.copytree(tmp_path / "base", tmp_path / "killed")
    archive = Archive(tmp_path / "killed", fake.url)
    archive.export()
    there = {path.removeprefix("session/"): title for path, (title, _) in archive.records().items()}

    process = start(archive.root, "-c", KILLED_WHILE_WRITING, str(at), url=fake.url)
    process.communicate()

    # The journal, then two files for each of the four pages that are to be written.
    assert process.returncode == (-signal.SIGKILL if at <= 9 else 0)
    archive.export()
    names = {iri.removeprefix("session/") for iri in archive.records()}
    assert there.keys() - {"21-12-page-3"} <= names
    for iri, (title, _) in archive.records().items():
        number = iri.removeprefix("session/21-12-page-")
        if number in ("1", "2", "6"):
            assert title == f"21.12 Page {number}"
    archive.fetch()
    assert archive.files() == after
    archive.export()
    assert archive.records()["session/21-12-page-4"][0] == "21.12 Ailleurs"
    assert archive.records()["session/21-12-page-5"][0] == "21.12 Page 4"


def test_a_journal_is_carried_out_without_the_wiki(fake: FakeWiki, tmp_path: Path) -> None:
    """What was decided is done, though nobody answers any more."""
    _, after = changed_since(fake, tmp_path)
    shutil.copytree(tmp_path / "base", tmp_path / "killed")
    archive = Archive(tmp_path / "killed", fake.url)
    start(archive.root, "-c", KILLED_WHILE_WRITING, "5", url=fake.url).communicate()
    assert archive.files() != after

    process = start(archive.root, "-m", "commons_ld", url="http://127.0.0.1:9/")
    _, told = process.communicate()

    assert (process.returncode, archive.files()) == (3, after)
    assert b"does not answer" in told
