"""Publishing: all of it or nothing, whatever happens meanwhile."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from commons_ld.errors import PublicationError
from commons_ld.outputs import generation as generation_module
from commons_ld.outputs.flushing import flush
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.publication import publish, published
from tests.disks import mounted

#: What a child process needs before it publishes.
PREAMBLE = """\
import os, signal, sys, time
from pathlib import Path
from commons_ld.errors import PublicationError
from commons_ld.outputs.publication import publish

def fill(generation, word):
    for number in range(4):
        generation.write(f"{number}.txt", word * 50_000)
        generation.write(f"folder/deep/{number}.txt", word)
    generation.keep("kept.txt") or generation.write("kept.txt", b"kept")
"""
#: Seven more characters, when repeated.
OLD, NEW = b"old old", b"new new"


def store(out: Path) -> Path:
    """Return the folder of the generations of a publication."""
    return out.with_name(f".{out.name}.generations")


def files(out: Path) -> dict[str, bytes]:
    """Return what is published: bytes by name."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def fill(generation: Generation, word: bytes) -> None:
    """Write nine files, of which one is the same in every generation."""
    for number in range(4):
        generation.write(f"{number}.txt", word * 50_000)
        generation.write(f"folder/deep/{number}.txt", word)
    if not generation.keep("kept.txt"):
        generation.write("kept.txt", b"kept")


def publish_word(out: Path, word: bytes) -> None:
    """Publish nine files of a word."""
    with publish(out) as generation:
        fill(generation, word)


def word_of(out: Path) -> bytes:
    """Return the word that is published, having checked every file and every hash of it."""
    found = files(out)
    word = found["folder/deep/0.txt"]
    expected = {f"{number}.txt": word * 50_000 for number in range(4)}
    expected |= {f"folder/deep/{number}.txt": word for number in range(4)} | {"kept.txt": b"kept"}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(expected.items()))
    assert found == expected | {"SHA256SUMS": sums.encode()}
    return word


def leftovers(out: Path) -> set[str]:
    """Return what lies about that is neither the publication, nor second names of its files, nor its lock."""
    beside = {path.name for path in out.parent.iterdir()} - {out.name, store(out).name}
    spare = store(out) / "spare"
    for path in (path for path in spare.rglob("*") if not path.is_dir()):
        assert path.samefile(out / path.relative_to(spare))
    return beside | {path.name for path in store(out).iterdir()} - {"lock", "spare", published(out)}


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a process that publishes."""
    program = PREAMBLE + textwrap.dedent(code)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return where a publication goes, in a folder of its own."""
    (tmp_path / "site").mkdir()
    return tmp_path / "site" / "dist"


def test_a_publication_is_found_under_its_name(out: Path) -> None:
    """What was written is there, with its hashes, and nothing else is."""
    publish_word(out, OLD)

    assert word_of(out) == OLD
    assert leftovers(out) == set()
    assert out.readlink() == Path(store(out).name, published(out))


def test_the_hashes_are_checked_by_sha256sum(out: Path) -> None:
    """The tool that people have accepts SHA256SUMS."""
    publish_word(out, OLD)

    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=out, capture_output=True, text=True, check=True
    )

    assert len(checked.stdout.splitlines()) == 9


def test_the_next_publication_replaces_the_one_before(out: Path) -> None:
    """Only the latest generation is kept: what was withdrawn lies nowhere any more."""
    publish_word(out, OLD)
    publish_word(out, NEW)

    assert word_of(out) == NEW
    assert leftovers(out) == set()


def test_the_same_content_swaps_nothing(out: Path) -> None:
    """An identical result has the same name, and the folder stays the same one."""
    publish_word(out, OLD)
    before = (published(out), (out / "0.txt").stat().st_ino, os.lstat(out).st_ino)
    publish_word(out, OLD)

    assert (published(out), (out / "0.txt").stat().st_ino, os.lstat(out).st_ino) == before
    assert leftovers(out) == set()


def test_the_name_of_a_generation_does_not_depend_on_where_it_lies(tmp_path: Path) -> None:
    """Two folders with the same content have the same name, in whatever order it was written."""
    names = []
    for folder, order in (("a", (1, 2, 3)), ("b", (3, 1, 2))):
        with publish(tmp_path / folder) as generation:
            for number in order:
                generation.write(f"{number}.txt", b"%d" % number)
        names.append(published(tmp_path / folder))

    assert names[0] == names[1] != ""


def test_a_kept_file_is_linked_and_keeps_its_hash(out: Path) -> None:
    """A file that did not change is neither copied nor read."""
    publish_word(out, OLD)
    before = (out / "kept.txt").stat().st_ino
    publish_word(out, NEW)

    assert (out / "kept.txt").stat().st_ino == before
    assert word_of(out) == NEW


def test_what_is_not_there_is_not_kept(out: Path) -> None:
    """Nothing is kept of no generation, nor a file that the one before lacks, nor half of a pair."""
    with publish(out) as generation:
        assert not generation.keep("a.txt")
        generation.write("a.txt", b"a")
    with publish(out) as generation:
        assert not generation.keep("b.txt")
        assert not generation.keep("a.txt", "b.txt")
        assert not generation.keep("../a.txt")
        assert not generation.keep("/a.txt")
        assert generation.keep("a.txt")

    assert set(files(out)) == {"SHA256SUMS", "a.txt"}


@pytest.mark.parametrize(
    "damage", ["edited", "replaced by a link", "behind a link", "removed", "sums edited", "sums removed"]
)
def test_what_was_changed_since_is_not_kept(out: Path, tmp_path: Path, damage: str) -> None:
    """A file that somebody touched is written anew, and so is every file where the hashes cannot be believed."""
    publish_word(out, OLD)
    time.sleep(0.02)
    kept, sums, folder = out / "kept.txt", out / "SHA256SUMS", out / "folder"
    if damage == "edited":
        kept.write_bytes(b"forged")
    elif damage == "replaced by a link":
        (tmp_path / "secret").write_bytes(b"secret")
        kept.unlink()
        kept.symlink_to(tmp_path / "secret")
    elif damage == "behind a link":
        folder.rename(tmp_path / "folder")
        folder.symlink_to(tmp_path / "folder")
    elif damage == "removed":
        kept.unlink()
    elif damage == "sums edited":
        sums.write_bytes(sums.read_bytes().replace(b"0", b"1"))
    else:
        sums.unlink()
    with publish(out) as generation:
        assert not generation.keep("folder/deep/0.txt", "kept.txt")
        fill(generation, NEW)

    assert word_of(out) == NEW


def fill_folder(generation: Generation, word: bytes) -> list[str]:
    """Take over the files of a folder but one of them, and write the others; return those that could not be."""
    failed = generation.keep_folder("folder/deep", lambda leaf: leaf != "3.txt")
    for number in range(4):
        generation.write(f"{number}.txt", word * 50_000)
        if number == 3 or f"folder/deep/{number}.txt" in failed or generation.previous is None:
            generation.write(f"folder/deep/{number}.txt", OLD if number < 3 else word)
    return failed


def test_a_folder_is_taken_over_at_once(out: Path) -> None:
    """Its files are the same ones, in SHA256SUMS and where they lie, and what was not wanted is not among them."""
    publish_word(out, OLD)
    before = [(out / f"folder/deep/{number}.txt").stat().st_ino for number in range(4)]
    with publish(out) as generation:
        assert fill_folder(generation, NEW) == []
        assert generation.digest("folder/deep/0.txt") == hashlib.sha256(OLD).hexdigest()
        assert generation.digest("folder/deep/9.txt") == ""
        generation.link("again.txt", "folder/deep/0.txt")
        told = list(generation.names())
    after = [(out / f"folder/deep/{number}.txt").stat().st_ino for number in range(4)]

    assert [mine == theirs for mine, theirs in zip(before, after, strict=True)] == [True, True, True, False]
    sums = {line[66:]: line[:64] for line in (out / "SHA256SUMS").read_text().splitlines()}
    assert list(sums) == told == sorted(told)
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files(out).items() if name != "SHA256SUMS"}


@pytest.mark.parametrize("damage", ["edited", "replaced by a link", "removed", "behind a link", "all removed"])
def test_what_was_changed_in_a_folder_is_told(out: Path, tmp_path: Path, damage: str) -> None:
    """Whoever takes a folder over hears which of its files are to be written."""
    publish_word(out, OLD)
    time.sleep(0.02)
    folder, file = out / "folder" / "deep", out / "folder" / "deep" / "1.txt"
    expected = ["folder/deep/1.txt"]
    if damage == "edited":
        file.write_bytes(b"forged")
    elif damage == "replaced by a link":
        file.rename(tmp_path / "1.txt")
        file.symlink_to(tmp_path / "1.txt")
    elif damage == "removed":
        file.unlink()
    else:
        expected = [f"folder/deep/{number}.txt" for number in range(3)]
        folder.rename(tmp_path / "deep")
        if damage == "behind a link":
            folder.symlink_to(tmp_path / "deep")
    with publish(out) as generation:
        assert fill_folder(generation, NEW) == expected

    assert [(out / f"folder/deep/{number}.txt").read_bytes() for number in range(4)] == [OLD, OLD, OLD, NEW]
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=out, check=True)


def test_the_next_one_is_built_in_what_was_left_of_the_one_before(out: Path) -> None:
    """Only second names of what is published are left of it, and they are not given anew, nor written through."""

    def publish_some(*names: str) -> dict[str, int]:
        with publish(out) as generation:
            for name in names:
                if not generation.keep(name):
                    generation.write(name, name.encode())
            with generation.open("new") as file:
                file.write(os.urandom(9))
        return {name: (out / name).stat().st_ino for name in names}

    publish_some("a/1", "a/2", "b/c/3", "4")
    before = publish_some("a/1", "b/c/3", "4")
    spare = store(out) / "spare"
    assert {path.relative_to(spare).as_posix() for path in spare.rglob("*")} == {"a", "a/1", "b", "b/c", "b/c/3", "4"}
    assert (out / "a/1").stat().st_nlink == 2

    # A file where a folder was, one that is written again, one that is gone, and what somebody put there.
    (spare / "a" / "stray").write_bytes(b"stray")
    (spare / "link").symlink_to(out.parent)
    with publish(out) as generation:
        assert generation.keep("a/1")
        generation.write("b", b"b")
        with pytest.raises(PublicationError, match="exists"):
            generation.write("a/1", b"twice")
        generation.write("4", b"another four")

    assert files(out).keys() == {"SHA256SUMS", "a/1", "b", "4"}
    assert (out / "a/1").stat().st_ino == before["a/1"]
    assert (out / "4").read_bytes() == b"another four"
    assert {path.relative_to(spare).as_posix() for path in spare.rglob("*")} == {"a", "a/1"}
    assert leftovers(out) == set()
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=out, check=True)


def test_what_somebody_put_into_the_publication_is_not_left(out: Path) -> None:
    """A file that was not published goes with the generation that it lies in."""
    publish_word(out, OLD)
    (out / "folder" / "mine.txt").write_bytes(b"mine")
    publish_word(out, NEW)

    assert {path.name for path in store(out).iterdir()} == {"lock", published(out)}


def test_an_error_leaves_the_old_publication(out: Path) -> None:
    """Whatever is raised while it is written comes through, and leaves nothing behind."""
    publish_word(out, OLD)

    def interrupted() -> None:
        with publish(out) as generation:
            fill(generation, NEW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert word_of(out) == OLD
    assert leftovers(out) == set()


def test_an_empty_folder_is_replaced(out: Path) -> None:
    """A folder that was made for the publication, and holds nothing, gives way to it."""
    out.mkdir()
    publish_word(out, OLD)

    assert word_of(out) == OLD


@pytest.mark.parametrize("kind", ["folder", "file", "link", "link to a folder of ours"])
def test_what_was_not_made_here_is_not_replaced(out: Path, tmp_path: Path, kind: str) -> None:
    """A folder with files, a file, or a link to elsewhere is refused with what to do, and stays."""
    if kind == "folder":
        out.mkdir()
        (out / "mine.txt").write_bytes(b"mine")
    elif kind == "file":
        out.write_bytes(b"mine")
    elif kind == "link":
        out.symlink_to(tmp_path)
    else:
        out.symlink_to(Path(store(out).name))
    before = os.lstat(out)
    with pytest.raises(PublicationError, match="choose another") as caught, publish(out) as generation:
        generation.write("a.txt", b"a")

    assert caught.value.path == out
    assert os.lstat(out) == before
    assert not store(out).exists()


def test_a_folder_that_is_filled_meanwhile_is_not_replaced(out: Path) -> None:
    """What somebody put there while the publication was built is theirs."""
    out.mkdir()

    def filled() -> None:
        with publish(out) as generation:
            generation.write("a.txt", b"a")
            (out / "mine.txt").write_bytes(b"mine")

    with pytest.raises(PublicationError, match="not published here"):
        filled()

    assert files(out) == {"mine.txt": b"mine"}
    assert leftovers(out) == set()


def test_the_root_of_a_disk_is_no_publication() -> None:
    """A folder without a name has nothing beside it."""
    with pytest.raises(PublicationError, match="choose another folder"), publish(Path("/")):
        pass


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/x",
        "a/../../x",
        "a//b",
        "a/./b",
        "..",
        ".",
        "",
        "a/",
        "a/..",
        "a\nb",
        "a\\b",
        "a\0b",
        "SHA256SUMS",
        "é",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(out: Path, name: str) -> None:
    """Every file lies in the publication, and no name needs quoting in SHA256SUMS."""
    with publish(out) as generation:
        with pytest.raises(PublicationError, match="is refused"):
            generation.write(name, b"x")
        generation.write(".well-known/void", b"a name that begins with a dot is one")

    assert set(files(out)) == {"SHA256SUMS", ".well-known/void"}
    assert not (out.parent / "x").exists()


def test_a_link_inside_a_generation_is_not_followed(out: Path, tmp_path: Path) -> None:
    """A link that somebody planted leads no file out of the publication."""
    with publish(out) as generation:
        (generation.folder / "folder").symlink_to(tmp_path)
        (generation.folder / "file").symlink_to(tmp_path / "x")
        with pytest.raises(PublicationError, match="is refused"):
            generation.write("folder/x", b"x")
        with pytest.raises(PublicationError, match="exists"):
            generation.write("file", b"x")

    assert not (tmp_path / "x").exists()


def test_a_name_is_given_once(out: Path) -> None:
    """Two outputs that would write over each other are found out."""
    with publish(out) as generation:
        generation.write("a.txt", b"a")
        with pytest.raises(PublicationError, match="exists"):
            generation.write("a.txt", b"b")

    assert (out / "a.txt").read_bytes() == b"a"


#: Publishes a word, and is killed just before the n-th time that it asks the system for something about files.
KILLED = """
    out, moment = Path(sys.argv[1]), int(sys.argv[2])
    seen = 0
    def watch(event, arguments):
        global seen
        if event == "open" or event.startswith(("os.", "shutil.", "fcntl.", "sqlite3.")):
            seen += 1
            if seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    with publish(out) as generation:
        fill(generation, b"new new")
    print(seen)
"""


def test_a_kill_at_any_moment_leaves_a_whole_publication(out: Path) -> None:
    """After a SIGKILL the old one or the new one stands, and the next run finds nothing in its way."""
    publish_word(out, OLD)
    whole = child(KILLED, out, 0)
    moments = int(whole.communicate()[0])
    assert moments > 40
    seen = set()
    for moment in range(1, moments + 1):
        publish_word(out, OLD)
        killed = child(KILLED, out, moment)
        killed.communicate()

        assert killed.returncode == -signal.SIGKILL
        seen.add(word_of(out))
    publish_word(out, OLD)

    assert seen == {OLD, NEW}
    assert word_of(out) == OLD
    assert leftovers(out) == set()


def test_a_kill_of_the_first_publication_leaves_none_or_a_whole_one(out: Path) -> None:
    """Where nothing was published before, nothing half is found either."""
    for moment in range(3, 60, 7):
        child(KILLED, out, moment).communicate()

        assert not os.path.lexists(out) or word_of(out) == NEW
    publish_word(out, OLD)

    assert word_of(out) == OLD
    assert leftovers(out) == set()


def test_a_reader_never_sees_some_of_each(out: Path) -> None:
    """One who opens the folder and reads in it while others are published finds one generation."""
    publish_word(out, OLD)
    writer = child(
        """
        for number in range(40):
            with publish(Path(sys.argv[1])) as generation:
                fill(generation, (b"old old", b"new new")[number % 2])
        """,
        out,
    )
    looks = set()
    while writer.poll() is None:
        with suppress(FileNotFoundError):  # the generation that was opened has gone, whole
            opened = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
            try:
                words = set()
                for number in range(4):
                    file = os.open(f"folder/deep/{number}.txt", os.O_RDONLY, dir_fd=opened)
                    words.add(os.read(file, 100))
                    os.close(file)
                looks.add(frozenset(words))
            finally:
                os.close(opened)

    writer.communicate()

    assert writer.returncode == 0
    assert looks == {frozenset({OLD}), frozenset({NEW})}


#: Publishes a word as soon as a file appears, and holds the lock until another does.
WAITING = """
    out, word, go, end = Path(sys.argv[1]), sys.argv[2].encode(), Path(sys.argv[3]), Path(sys.argv[4])
    print("ready", flush=True)
    while not go.exists():
        time.sleep(0.002)
    try:
        with publish(out) as generation:
            fill(generation, word)
            print("holds", flush=True)
            while not end.exists():
                time.sleep(0.002)
    except PublicationError as error:
        print(error, flush=True)
        sys.exit(3)
"""


@pytest.mark.parametrize("number", [2, 8])
def test_of_publishers_at_once_one_wins(out: Path, tmp_path: Path, number: int) -> None:
    """The others fail at once, name the process that publishes, and leave no trace in what it writes."""
    go, end = tmp_path / "go", tmp_path / "end"
    publish_word(out, OLD)
    publishers = {f"word {index}": child(WAITING, out, f"word {index}", go, end) for index in range(number)}
    for publisher in publishers.values():
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == "ready\n"
    go.touch()
    told = {}
    for word, publisher in publishers.items():
        assert publisher.stdout is not None
        told[word] = publisher.stdout.readline()
    end.touch()
    ended = {word: publisher.wait() for word, publisher in publishers.items()}
    for publisher in publishers.values():
        publisher.communicate()
    (winner,) = [word for word, code in ended.items() if code == 0]

    assert sorted(ended.values()) == [0] + [3] * (number - 1)
    assert told.pop(winner) == "holds\n"
    assert all("another publication is being written" in line for line in told.values())
    assert any(f"(process {publishers[winner].pid})" in line for line in told.values())
    assert word_of(out) == winner.encode()
    assert leftovers(out) == set()


def test_the_lock_is_given_back_by_a_publisher_whose_worker_lives_on(out: Path) -> None:
    """A process that was forked meanwhile does not hold the lock for its parent that was killed."""
    parent = child(
        """
        with publish(Path(sys.argv[1])) as generation:
            worker = os.fork()
            if worker == 0:
                os.close(1), os.close(2)
                time.sleep(60)
            print(worker, flush=True)
            time.sleep(60)
        """,
        out,
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    try:
        parent.kill()
        parent.communicate()
        publish_word(out, NEW)
    finally:
        os.kill(worker, signal.SIGKILL)

    assert word_of(out) == NEW


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of one mebibyte."""
    with mounted(tmp_path / "disk", "size=1m") as disk:
        yield disk


@pytest.mark.parametrize("size", [300_000, 600_000, 1_000_000, 1_040_000, 3_000_000])
def test_a_full_disk_keeps_the_old_publication(small_disk: Path, size: int) -> None:
    """However much fits on it, what does not is told with the path, and what was there stands."""
    out = small_disk / "dist"
    with publish(out) as generation:
        generation.write("a.txt", b"a" * 100_000)

    def too_much() -> None:
        with publish(out) as generation:
            for number in range(size // 50_000):
                generation.write(f"{number}.txt", b"n" * 50_000)
            for number in range(10_000):
                generation.write(f"small/{number}.txt", b"n" * 200)

    with pytest.raises(PublicationError, match="disk is full; free some space") as caught:
        too_much()

    assert caught.value.path.is_relative_to(small_disk)
    assert (out / "a.txt").read_bytes() == b"a" * 100_000
    assert leftovers(out) == set()
    with publish(out) as generation:
        generation.write("b.txt", b"b")
    assert set(files(out)) == {"SHA256SUMS", "b.txt"}


def test_a_file_that_is_taken_in_pieces_is_whole(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call of the system may write less than it was asked to (write(2)); the rest follows."""
    write, data = os.write, bytes(range(256)) * 10
    monkeypatch.setattr(os, "write", lambda descriptor, piece: write(descriptor, piece[:1000]))

    with publish(out) as generation:
        generation.write("a.bin", data)
        generation.renew("b.bin", data)

    assert (out / "a.bin").read_bytes() == (out / "b.bin").read_bytes() == data
    assert f"{hashlib.sha256(data).hexdigest()}  a.bin\n" in (out / "SHA256SUMS").read_text()


def test_a_disk_that_can_only_be_read_is_told_apart(tmp_path: Path) -> None:
    """The message says what to do there."""
    problem = "can only be read; choose another folder"
    with (
        mounted(tmp_path / "disk", "ro") as disk,
        pytest.raises(PublicationError, match=problem),
        publish(disk / "dist"),
    ):
        pass


def test_a_file_that_may_not_grow_is_told_with_its_path(out: Path) -> None:
    """A limit on the size of files leaves the old publication too."""
    publish_word(out, OLD)
    limited = child(
        """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            with publish(Path(sys.argv[1])) as generation:
                fill(generation, b"new new")
        except PublicationError as error:
            print(error)
            sys.exit(error.exit_code)
        """,
        out,
    )
    told, _ = limited.communicate()

    assert limited.returncode == 3
    problem = "the file would be larger than files may be here; choose another disk with --out"
    assert told == f"{store(out) / 'building' / '0.txt'}: {problem}\n"
    assert word_of(out) == OLD
    assert leftovers(out) == set()


def test_a_folder_where_nothing_may_be_written_is_told(out: Path) -> None:
    """One who lacks the right to write is told so, and that another folder would do."""
    out.parent.chmod(0o555)
    # The superuser may write everywhere: the child gives its capabilities up (capset(2)).
    refused = child(
        """
        if os.geteuid() == 0:
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            header = (ctypes.c_uint32 * 2)(0x20080522, 0)
            assert libc.capset(header, (ctypes.c_uint32 * 6)()) == 0
        try:
            with publish(Path(sys.argv[1])):
                pass
        except PublicationError as error:
            print(error)
            sys.exit(error.exit_code)
        """,
        out,
    )
    told, problems = refused.communicate()
    out.parent.chmod(0o755)

    assert problems == ""
    assert refused.returncode == 3
    assert told.endswith("may not be written; give yourself the right to, or choose another folder with --out\n")
    assert list(out.parent.iterdir()) == []


def test_what_is_linked_is_not_flushed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on the disk since the publication before; what is written, and the folders that name it, are flushed."""
    flushed: list[str] = []

    def noted(folder: Path, paths: Iterable[Path]) -> None:
        some = list(paths)
        flushed.extend(path.name for path in some)
        flush(folder, some)

    out = tmp_path / "dist"
    with publish(out) as generation:
        generation.write("a/old.txt", b"old")
    monkeypatch.setattr(generation_module, "flush", noted)
    with publish(out) as generation:
        assert generation.keep("a/old.txt")
        generation.write("a/new.txt", b"new")
        generation.link("b/again.txt", "a/new.txt")

    assert sorted(flushed) == ["SHA256SUMS", "a", "b", "building", "new.txt"]
    assert (out / "SHA256SUMS").read_text().count("=") == 0
