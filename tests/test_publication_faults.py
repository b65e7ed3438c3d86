"""Publishing while processes are killed, others publish and read, and disks are full or refuse."""

import hashlib
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from commons_ld.errors import PublicationError
from commons_ld.outputs import generation as generation_module
from commons_ld.outputs.flushing import flush
from commons_ld.outputs.publication import publish
from tests.disks import mounted
from tests.publications import NEW, OLD, child, files, leftovers, publish_word, store, word_of


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return where a publication goes, in a folder of its own."""
    (tmp_path / "site").mkdir()
    return tmp_path / "site" / "dist"


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
