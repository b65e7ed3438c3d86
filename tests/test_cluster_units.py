"""Sources are cut into units wherever they lie, and places refuse in sentences that tell what to do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.cluster import units
from commons_ld.cluster.making import rows_of
from commons_ld.cluster.places import Place, place_of
from commons_ld.cluster.publishing import Folder
from commons_ld.cluster.units import File, OwnLines, Unit, count_lines, cut, files_of, local
from commons_ld.errors import ClusterError, SettingsError
from commons_ld.ledger import Placed
from commons_ld.pipeline.finding import Found
from commons_ld.settings import Settings
from commons_ld.sources import by_suffix
from tests.servers import s3


def a_file(path: Path, name: str = "") -> File:
    """Return a file of the sources that lies in a folder."""
    return File(Found(path, name or path.name, by_suffix(path.name)), "", path.stat().st_size)


def all_of(stream: OwnLines) -> list[bytes]:
    """Return the lines of a stream."""
    return list(iter(lambda: stream.readline(4), b""))


@given(st.lists(st.binary(max_size=6)), st.integers(1, 9))
def test_every_line_is_in_one_unit(lines: list[bytes], size: int) -> None:
    """Whatever their lengths and wherever the cuts are; what is read in pieces is not cut either."""
    data = b"\n".join(lines)
    cuts = [(start, min(start + size, len(data))) for start in range(0, len(data), size)]

    read = [b"".join(all_of(OwnLines(io.BytesIO(data), start, end))) for start, end in cuts]

    assert b"".join(read) == data
    assert all(part.endswith(b"\n") or not b"".join(read[number + 1 :]) for number, part in enumerate(read) if part)


@pytest.mark.parametrize("data", [b"", b"\n", b"a", b"a\n", b"\n\na\nbb\n\nccc", b"aaaaaaaaaaaaaaaaaaaaaaaa\nb\n"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_are_counted_where_they_begin(tmp_path: Path, data: bytes, size: int) -> None:
    """So that each is told by its number in the file, whichever unit it is read with."""
    path = tmp_path / "all.jsonl"
    path.write_bytes(data)
    cuts = [Unit((a_file(path),), start, min(start + size, len(data))) for start in range(0, len(data), size)]

    begins = [at for at in range(len(data)) if at == 0 or data[at - 1 : at] == b"\n"]
    assert [count_lines(unit) for unit in cuts] == [sum(unit.start <= at < unit.end for at in begins) for unit in cuts]


def test_units_depend_on_the_files_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files go together, a file with a record a line is parted, and any other one stays whole."""
    monkeypatch.setattr(units, "_LEAST", 10)
    for name, size in {"a.txt": 4, "b.txt": 4, "c.jsonl": 25, "d.csv": 25, "e.txt": 1}.items():
        (tmp_path / name).write_bytes(b"x" * size)
    made = cut([a_file(path) for path in sorted(tmp_path.iterdir())])

    assert [([file.name for file in unit.files], unit.start, unit.end) for unit in made] == [
        (["a.txt", "b.txt"], 0, 0),
        (["c.jsonl"], 0, 10),
        (["c.jsonl"], 10, 20),
        (["c.jsonl"], 20, 25),
        (["d.csv"], 0, 0),
        (["e.txt"], 0, 0),
    ]


def test_files_of_an_address_are_called_as_those_of_a_folder(tmp_path: Path) -> None:
    """What is hidden or tells of the sources is passed over, and a sidecar goes with its page."""
    names = ("a.txt", "b/c.wiki", "b/c.wiki.json", "lone.wiki.json", "README.md", ".hidden/d.txt")
    for name in names:
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_text(name)

    by_path = files_of(Settings(), [str(tmp_path / "data")])
    by_address = files_of(Settings(), [f"file://{tmp_path}/data"])

    assert [file.name for file in by_path] == [file.name for file in by_address]
    assert [file.size for file in by_path] == [file.size for file in by_address]
    for one, other in zip(by_path, by_address, strict=True):
        with local(one) as here, local(other) as copied:
            assert here.path.read_bytes() == copied.path.read_bytes()
            assert (here.source, here.sidecar is None) == (copied.source, copied.sidecar is None)


@pytest.mark.parametrize(
    ("sources", "said"),
    [(["file:///nowhere/at/all"], "no such file or folder"), (["one/data", "file:///DATA"], "is there twice")],
)
def test_sources_that_are_not_there_or_there_twice_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sources: list[str], said: str
) -> None:
    """Before any work."""
    monkeypatch.chdir(tmp_path)
    for folder in ("one", "two"):
        (tmp_path / folder / "data").mkdir(parents=True)
        (tmp_path / folder / "data" / "a.txt").write_text("a")
    given = [source.replace("/DATA", f"{tmp_path}/two/data") for source in sources]

    with pytest.raises(SettingsError, match=said):
        files_of(Settings(), given)


def test_a_file_that_a_machine_does_not_find_is_told_of(tmp_path: Path) -> None:
    """It says that the folder is to be shared, or an address to be given; it is no page that is refused."""
    path = tmp_path / "a.txt"
    path.write_text("a")
    file = a_file(path)
    path.write_text("another size")
    with pytest.raises(ClusterError, match="not of the same size on all machines"), local(file):
        pass

    path.unlink()
    with pytest.raises(ClusterError, match=r"a machine does not find this file.*s3://") as caught, local(file):
        pass
    assert "partager le dossier" in caught.value.told("fr")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense://bucket/x", "no address that can be reached"),
        ("gs://bucket/x", r"not installed \(.*gcsfs"),
    ],
)
def test_an_address_that_nobody_knows_is_told_of(address: str, said: str) -> None:
    """With what is to be installed."""
    with pytest.raises(ClusterError, match=said):
        Place(address)


def test_a_place_that_refuses_is_told_of(tmp_path: Path) -> None:
    """Nothing is left of what was to be written, and no name or password is shown."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ClusterError, match=r"file/below/a: the place refuses"):
        Place(str(tmp_path / "file" / "below")).write("a", [b"a"])

    place = Place(str(tmp_path / "folder"))

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(ClusterError, match=r"the place refuses \(No space left on device\)"):
        place.write("a", pieces())
    assert list((tmp_path / "folder").iterdir()) == []
    with pytest.raises(ClusterError, match="is not there"):
        place.read("a")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_store_is_given_whole_files_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks off is not there, and what was there under the name stands."""
    with s3.serve(monkeypatch) as bucket:
        place = Place(f"{bucket}/folder")
        place.write("a", [b"before"])

        def pieces() -> Iterator[bytes]:
            yield b"half"
            raise OSError(104, "Connection reset by peer")

        for name in ("a", "b"):
            with pytest.raises(ClusterError, match="the place refuses"):
                place.write(name, pieces())
        place.write("c/d", [b"one ", b"two"])

        assert (place.read("a"), place.read("c/d"), place.ranges("c/d", [(4, 7), (0, 3)])) == (
            b"before",
            b"one two",
            [b"two", b"one"],
        )
        assert (place.names(), [name for name, _ in place.files()]) == (["a", "c"], ["a", "c/d"])
        place.remove("c")
        place.remove("never")
        assert place.names() == ["a"]
        with pytest.raises(ClusterError, match="is not there"):
            place.read("b")
    with pytest.raises(ClusterError, match=r"s3://archive/folder/a: the place refuses"):
        place.read("a")  # the store is gone


def test_a_password_in_an_address_is_not_shown() -> None:
    """Neither in what is published nor in what is said."""
    with pytest.raises(ClusterError) as caught:
        Place("nonsense://somebody:secret@bucket/x")

    assert "secret" not in caught.value.told("fr") + caught.value.told("en")
    assert place_of("memory://somewhere").address == "memory://somewhere"


@pytest.mark.parametrize("pointer", ["no json", '{"publication": 7}'])
def test_what_is_no_publication_in_shards_is_left_alone(tmp_path: Path, pointer: str) -> None:
    """Nothing of it is removed."""
    (tmp_path / "publication.json").write_text(pointer)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mine").write_text("mine")

    with pytest.raises(ClusterError, match="something else than a publication in shards"):
        Folder(Place(str(tmp_path)))
    assert (tmp_path / "work" / "mine").read_text() == "mine"


def test_a_plan_tells_where_records_lie_and_not_what_they_say() -> None:
    """Names of files sort in the order of the shards."""
    assert sorted(rows_of("work", number) for number in (10, 9, 100)) == [
        rows_of("work", number) for number in (9, 10, 100)
    ]
    assert "record" not in Placed._fields
