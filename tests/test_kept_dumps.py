"""Dumps of an archive that changed are the same, byte for byte, as if they were all made anew."""

import random
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from commons_ld.dump_files import ALL, Dumps
from commons_ld.outputs import dumps, segments, standing
from commons_ld.outputs.kept_dumps import KeptDumps, keeping, passing
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.publication import publish, published
from commons_ld.outputs.segments import Asked, Segment
from commons_ld.processes.sharing import Processes
from commons_ld.rdf.formats import JSON_LD, N_QUADS, TRIG, TURTLE
from commons_ld.settings import Settings

BASE = Settings().base_iri
SCHEMA = "https://schema.org/"

#: Dumps that are not all of them.
OTHERS = (
    Dumps((N_QUADS, TURTLE, JSON_LD), is_plain=False),
    Dumps((N_QUADS,), is_plain=False),
    Dumps((N_QUADS, TRIG), is_packed=False),
)

#: What an archive says: of each record the lines of its block and of its description, without the graph.
Records = dict[str, tuple[list[str], list[str]]]


def record(name: str, text: str, *, people: list[str], says: list[str]) -> tuple[list[str], list[str]]:
    """Return a record that names people, and says of other records what they are called."""
    about = f"{BASE}session/{name}"
    lines = [f'<{about}> <{SCHEMA}name> "{name}"@fr', f'<{about}> <{SCHEMA}text> "{text}"@fr']
    lines += [f'<{about}/note/{number}> <{SCHEMA}text> "{number}"@fr' for number in range(len(text) % 4)]
    for person in people:
        lines.append(f"<{about}> <{SCHEMA}performer> <{BASE}person/{person}>")
        lines.append(f'<{BASE}person/{person}> <{SCHEMA}name> "{person}"')
    lines += [f'<{BASE}session/{other}> <{SCHEMA}name> "{other}"@fr' for other in says]
    return sorted(set(lines)), [f'<{BASE}graph/{name}> <{SCHEMA}sha256> "{len(text)}"']


def blocks(records: Records) -> list[bytes]:
    """Return the blocks in the order of the names, after one that is no record's."""
    found = [("graph/catalog", [f'<{BASE}dataset> <{SCHEMA}name> "Archive"'])]
    for name, (lines, description) in sorted(records.items()):
        found += [(f"graph/{name}", lines), (f"description/{name}", description)]
    return ["".join(f"{line} <{BASE}{graph}> .\n" for line in lines).encode() for graph, lines in found]


def dump(
    root: Path, records: Records, wanted: Dumps = ALL, *, processes: Processes | None = None
) -> Mapping[str, bytes]:
    """Publish the dumps of an archive beside what is kept of the last ones, and return their files."""
    out = root / "dist"
    standing = published(out)
    with keeping(root / "state", publication=standing, made_with="these settings") as kept:
        with publish(out) as generation, dumps.previous_dumps(generation, BASE, wanted, kept) as previous:
            dumps.write_dumps(previous, map(PassedBlock, blocks(records)), processes=processes)
        kept.finish(published(out))
    return {path.name: path.read_bytes() for path in out.iterdir()}


def anew(root: Path, records: Records, wanted: Dumps = ALL) -> Mapping[str, bytes]:
    """Return the files of the same archive, published where nothing was before."""
    shutil.rmtree(root, ignore_errors=True)
    return dump(root, records, wanted)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    """Have chunks be small, and return what pieces are made of."""
    asked: list[Asked] = []

    def counted(one: Asked) -> dict[str, Segment]:
        asked.append(one)
        return segments.segments(one)

    monkeypatch.setattr(standing, "TOGETHER", 3)
    monkeypatch.setattr(dumps, "_MOST", 5)
    monkeypatch.setattr(dumps, "_LARGE_THINGS", 600)
    monkeypatch.setattr(dumps, "segments", counted)
    return asked


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.usefixtures("made")
def test_whatever_changed_the_files_are_those_of_an_export_from_nothing(tmp_path: Path, seed: int) -> None:
    """Records come, go, change, and begin or cease to speak of each other; people too. So in whatever is written."""
    chance = random.Random(seed)
    wanted = (ALL, *OTHERS)[seed % 4]
    records: Records = {}
    for _ in range(8):
        for _ in range(chance.choice([1, 1, 2, 12])):
            name = f"r-{chance.randrange(40):02}"
            if chance.random() < 0.2:
                records.pop(name, None)
            else:
                people = chance.sample([f"p{number}" for number in range(9)], chance.randrange(4))
                says = [f"r-{chance.randrange(40):02}"] if chance.random() < 0.4 else []
                records[name] = record(name, "x" * chance.randrange(9), people=people, says=says)

        assert dump(tmp_path / "kept", records, wanted) == anew(tmp_path / "anew", records, wanted)


def archive(number: int = 60) -> Records:
    """Return an archive of some records."""
    names = [f"r-{index:03}" for index in range(number)]
    return {name: record(name, "text", people=[f"p-{name[-1]}"], says=[]) for name in names}


def test_only_the_pieces_of_what_changed_are_made(tmp_path: Path, made: list[Asked]) -> None:
    """The others are copied from the dumps that stand."""
    records = archive()
    dump(tmp_path, records)
    first = len(made)
    made.clear()
    records["r-030"] = record("r-030", "another text", people=["p-0"], says=[])
    dump(tmp_path, records)

    assert first > 12
    assert [b"another text" in asked.data for asked in made] == [True]


@pytest.mark.parametrize("wanted", OTHERS)
def test_a_dump_that_is_wanted_has_the_bytes_that_it_has_among_all(tmp_path: Path, wanted: Dumps) -> None:
    """The others are not there; only what tells where pieces begin is beside N-Quads that are compressed alone."""
    every, some = dump(tmp_path / "all", archive()), dump(tmp_path / "some", archive(), wanted)
    index = set() if wanted.is_plain else {"dataset.nq.gz.index.json"}

    assert set(some) == {file.name for file in wanted.files()} | index | {"SHA256SUMS"}
    assert {name: some[name] for name in set(some) & set(every) - {"SHA256SUMS"}} == {
        file.name: every[file.name] for file in wanted.files()
    }


def test_nothing_is_made_of_n_quads_that_are_wanted_alone(tmp_path: Path, made: list[Asked]) -> None:
    """They are written as they come, compressed; and what records share is not looked for."""
    dump(tmp_path, archive(), Dumps((N_QUADS,), is_plain=False))
    with sqlite3.connect(tmp_path / "state" / "dumps.sqlite") as database:
        shared = database.execute("SELECT count(*) FROM shared").fetchone()

    assert (made, shared) == ([], (0,))


def test_what_becomes_stray_moves_from_its_record_to_what_is_shared(tmp_path: Path, made: list[Asked]) -> None:
    """A record whose own words another one repeats is made again, though nothing changed in it."""
    records = archive()
    dump(tmp_path, records)
    made.clear()
    records["r-002"] = record("r-002", "text", people=["p-2"], says=["r-050"])
    files = dump(tmp_path, records)

    assert any(b"session/r-050> <" in asked.data for asked in made if not asked.is_shared)
    assert files["dataset.nt"].count(b"session/r-050> <https://schema.org/name>") == 1
    assert files == anew(tmp_path / "anew", records)


@pytest.mark.parametrize(
    "harm",
    [
        lambda root: (root / "dist" / "dataset.rdf").write_bytes(b"something else"),
        lambda root: (root / "dist" / "dataset.ttl.gz").unlink(),
        lambda root: (root / "state" / "dumps.sqlite").write_bytes(b"no database at all" * 300),
        lambda root: (root / "state" / "dumps.sqlite").unlink(),
    ],
    ids=["a dump was edited", "a dump is gone", "what is kept is damaged", "what is kept is gone"],
)
def test_what_cannot_be_trusted_is_made_anew(tmp_path: Path, made: list[Asked], harm: object) -> None:
    """Nothing is taken over of it."""
    records = archive()
    dump(tmp_path, records)
    first = len(made)
    made.clear()
    harm(tmp_path)  # type: ignore[operator]
    records["r-030"] = record("r-030", "another text", people=["p-0"], says=[])
    files = dump(tmp_path, records)

    assert len(made) == first
    assert files == anew(tmp_path / "anew", records)


def test_what_is_kept_of_another_publication_is_not_believed(tmp_path: Path, made: list[Asked]) -> None:
    """Nor if it was made with other settings."""
    dump(tmp_path, archive())
    standing = published(tmp_path / "dist")
    seen = []
    for publication, made_with in (("another", "these settings"), (standing, "others"), (standing, "these settings")):
        shutil.copytree(tmp_path / "state", tmp_path / publication / made_with)
        with keeping(tmp_path / publication / made_with, publication=publication, made_with=made_with) as kept:
            seen.append(kept.has_previous)

    assert made
    assert seen == [False, False, True]


def test_a_run_that_fails_leaves_what_is_kept_as_it_was(tmp_path: Path, made: list[Asked]) -> None:
    """The next run goes on from there."""
    records = archive()
    dump(tmp_path, records)
    broken = records | {"r-030": (["_:b <http://a/p> <http://a/o>"], [])}
    with pytest.raises(ValueError, match="blank nodes"):
        dump(tmp_path, broken)
    made.clear()
    records["r-031"] = record("r-031", "another text", people=[], says=[])
    files = dump(tmp_path, records)

    assert len([asked for asked in made if not asked.is_shared]) == 1
    assert files == anew(tmp_path / "anew", records)


def test_what_is_withdrawn_is_in_no_byte_of_what_is_kept(tmp_path: Path) -> None:
    """The name of a person whom no record names any more."""
    records = archive()
    records["r-030"] = record("r-030", "text", people=["zébulon-exemple"], says=[])
    dump(tmp_path, records)
    before = (tmp_path / "state" / "dumps.sqlite").read_bytes()
    records["r-030"] = record("r-030", "text", people=[], says=[])
    dump(tmp_path, records)
    after = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())

    assert "zébulon-exemple".encode() in before
    assert "zébulon-exemple".encode() not in after


def test_several_processes_make_the_same_bytes(tmp_path: Path) -> None:
    """In another order, and elsewhere."""
    records = archive(400)
    with Processes(2, worth=2) as processes:
        first = dump(tmp_path / "two", records, processes=processes)
        expected = anew(tmp_path / "one", records)
        records["r-030"] = record("r-030", "another text", people=["p-0"], says=[])
        again = dump(tmp_path / "two", records, processes=processes)

    assert first == expected
    assert again == anew(tmp_path / "one", records)


def test_statements_are_counted_by_who_makes_them(tmp_path: Path) -> None:
    """One that two graphs make stays when one of them ceases to."""
    with passing(tmp_path / "spool") as kept:
        assert isinstance(kept, KeptDumps)
        kept.share({b"<a> <p> 1": 1, b"<b> <p> 2": 1}, (b"<z>",))
        kept.share({b"<a> <p> 1": 1}, (b"<z>",))
        kept.share({b"<a> <p> 1": 1, b"<b> <p> 2": 1}, (b"<z>",), by=-1)
        kept.settle()
        left = list(kept.shared())

    assert left == [b"<a> <p> 1"]
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With where, and what to do."""
    from commons_ld.errors import PublicationError

    def refuse(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(sqlite3, "connect", refuse)
    with pytest.raises(PublicationError, match=r"dumps\.sqlite: cannot be written .*free some space"):
        keeping(tmp_path, publication="", made_with="").__enter__()
