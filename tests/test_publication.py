"""Publishing: all of it or nothing, and what stands is taken over."""

import hashlib
import os
import subprocess
import time
from pathlib import Path

import pytest

from commons_ld.errors import PublicationError
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.publication import publish, published
from tests.publications import NEW, OLD, files, fill, leftovers, publish_word, store, word_of


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
        with pytest.raises(PublicationError, match="is behind a link"):
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
