"""The embedded store is whole at every moment, and keeps no generation that nobody reads."""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Dataset, Graph
from rdflib.compare import isomorphic

from commons_ld.errors import PublicationError
from commons_ld.stores import embedded
from commons_ld.stores.union import load_with_union
from tests.disks import mounted


def dump(folder: Path, count: int, name: str = "dataset.nq") -> Path:
    """Write so many quads, each in a graph of its own."""
    path = folder / name
    path.write_text("".join(f'<http://e/{n}> <http://e/p> "é{n}" <http://e/g{n}> .\n' for n in range(count)))
    return path


def size(folder: Path | None) -> int:
    """Count the statements of a generation, as a query that names no graph finds them."""
    assert folder is not None
    found = pyoxigraph.Store.read_only(str(folder)).query("SELECT * { ?s ?p ?o }")
    return len(list(found))  # type: ignore[arg-type]


def test_a_loaded_dump_is_the_current_generation(tmp_path: Path) -> None:
    """What was loaded is what a reader finds."""
    assert embedded.current(tmp_path) is None

    generation = embedded.load(dump(tmp_path, 3), tmp_path, version="1")

    assert generation == embedded.current(tmp_path) == tmp_path / "store" / "1"
    assert size(generation) == 3


def test_a_version_that_is_current_is_not_loaded_again(tmp_path: Path) -> None:
    """The second loading does nothing, even without the dump."""
    first = embedded.load(dump(tmp_path, 3), tmp_path, version="1")

    assert embedded.load(tmp_path / "absent.nq", tmp_path, version="1") == first


def test_the_generation_before_stays_for_its_readers_and_older_ones_go(tmp_path: Path) -> None:
    """A reader that has a generation open is not robbed of it by the next loading."""
    for version in ("1", "2", "3"):
        embedded.load(dump(tmp_path, int(version)), tmp_path, version=version)

    assert sorted(path.name for path in (tmp_path / "store").iterdir() if path.is_dir()) == ["2", "3"]
    assert size(embedded.current(tmp_path)) == 3


def test_what_somebody_holds_is_not_swept(tmp_path: Path) -> None:
    """A server that has not gone over yet keeps its generation, however many come after; then it goes."""
    first = embedded.load(dump(tmp_path, 1), tmp_path, version="1")
    with embedded.holding(first):
        for version in ("2", "3"):
            embedded.load(dump(tmp_path, int(version)), tmp_path, version=version)
        assert size(first) == 1
    embedded.load(dump(tmp_path, 4), tmp_path, version="4")

    assert sorted(path.name for path in (tmp_path / "store").iterdir() if not path.name.startswith(".")) == [
        "3", "3.json", "4", "4.json", "current",
    ]  # fmt: skip
    with pytest.raises(PublicationError), embedded.holding(first):
        pass


def test_what_is_in_a_generation_is_counted(tmp_path: Path) -> None:
    """Each statement once, in however many graphs it stands."""
    path = tmp_path / "dataset.nq"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    path.write_text("".join(f"<http://e/{n % 2}> {kind} <http://e/C> <http://e/g{n}> .\n" for n in range(4)))
    generation = embedded.load(path, tmp_path, version="1")

    counted = embedded.statistics(generation)
    assert (counted.triples, counted.classes) == (2, {"http://e/C": 2})
    assert counted.properties == {kind[1:-1]: 2}
    generation.with_name("1.json").write_text("{")
    with pytest.raises(PublicationError, match="serve again"):
        embedded.statistics(generation)


@given(
    st.lists(
        st.tuples(
            *(st.sampled_from(terms) for terms in (("<e:s>", "_:a"), ("<e:p>", "<e:q>"), ("_:a", '"o"', "<e:o>")))
        ),
        max_size=8,
    ),
    st.lists(st.sampled_from(("", "<e:g>", "<e:h>")), min_size=8, max_size=8),
)
def test_the_default_graph_is_the_merge_of_all_graphs(triples: list[tuple[str, str, str]], graphs: list[str]) -> None:
    """As rdflib merges them: no statement twice, and a blank node the same one as in its graph."""
    lines = [f"{' '.join(triple)} {graph} ." for triple, graph in zip(triples, graphs, strict=False)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dataset.nq"
        path.write_text("".join(f"{line}\n" for line in lines))
        store = pyoxigraph.Store()
        load_with_union(store, path, pyoxigraph.RdfFormat.N_QUADS)
    merged = Graph()
    for subject, predicate, value, _ in Dataset().parse(data="\n".join(lines), format="nquads").quads():
        merged.add((subject, predicate, value))
    written = store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
    found = Graph().parse(data=written, format="nt")

    assert isomorphic(found, merged)
    assert len(list(store.query("SELECT * { ?s ?p ?o }"))) == len(merged)  # type: ignore[arg-type]
    shared = "SELECT * { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o } }"
    assert list(store.query(shared)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("content", ["<http://e/s> <http://e/p> .\n", None], ids=["broken", "absent"])
def test_a_dump_that_cannot_be_read_leaves_the_old_generation(tmp_path: Path, content: str | None) -> None:
    """A fault of the dump is told, and nothing served changes."""
    embedded.load(dump(tmp_path, 2), tmp_path, version="1")
    bad = tmp_path / "bad.nq"
    if content is not None:
        bad.write_text(content)

    with pytest.raises(PublicationError, match=r"bad\.nq"):
        embedded.load(bad, tmp_path, version="2")

    assert size(embedded.current(tmp_path)) == 2
    embedded.load(dump(tmp_path, 5), tmp_path, version="2")
    assert size(embedded.current(tmp_path)) == 5


@pytest.mark.parametrize("moment", ["_bulk_load", "_point"])
def test_a_loading_killed_leaves_the_old_generation_whole(tmp_path: Path, moment: str) -> None:
    """SIGKILL before the pointer flips: the old generation is served, and the next loading succeeds."""
    embedded.load(dump(tmp_path, 2), tmp_path, version="1")
    after = dump(tmp_path, 4, "after.nq")
    program = (
        "import os, sys; from pathlib import Path; from commons_ld.stores import embedded\n"
        f"done = embedded.{moment}\n"
        "def killed(*given):\n"
        f"    if {moment == '_bulk_load'}: done(*given)\n"
        "    os.kill(os.getpid(), 9)\n"
        f"embedded.{moment} = killed\n"
        "embedded.load(Path(sys.argv[1]), Path(sys.argv[2]), version='2')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(after), str(tmp_path)], check=False)

    assert ended.returncode == -signal.SIGKILL
    assert size(embedded.current(tmp_path)) == 2
    assert size(embedded.load(after, tmp_path, version="2")) == 4


def test_two_loadings_do_not_run_at_once(tmp_path: Path) -> None:
    """The second is told so, and touches nothing."""
    embedded.load(dump(tmp_path, 2), tmp_path, version="1")
    descriptor = os.open(tmp_path / "store" / ".lock", os.O_WRONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(PublicationError, match="another load is at work"):
            embedded.load(dump(tmp_path, 3), tmp_path, version="2")
    finally:
        os.close(descriptor)

    assert size(embedded.current(tmp_path)) == 2


def test_a_disk_that_is_full_is_told_of_and_not_the_dump(tmp_path: Path) -> None:
    """What is to be done is about room; the generation before stays."""
    with mounted(tmp_path / "small", "size=1m") as small:
        embedded.load(dump(tmp_path, 2), small, version="1")
        with pytest.raises(PublicationError, match="check the rights and the room") as told:
            embedded.load(dump(tmp_path, 20_000), small, version="2")
        assert size(embedded.current(small)) == 2

    assert "No space left" in str(told.value)
    assert "dataset.nq" not in str(told.value)


@pytest.mark.parametrize("version", ["", "current", "../1", ".loading", "a/b", "1\n"])
def test_a_version_that_is_no_name_is_refused(tmp_path: Path, version: str) -> None:
    """No version leads out of the folder of the store."""
    with pytest.raises(ValueError, match="no name of a generation"):
        embedded.load(dump(tmp_path, 1), tmp_path, version=version)


@pytest.mark.parametrize("pointer", ["../elsewhere", "gone", "\xe9"])
def test_a_pointer_that_leads_nowhere_is_no_generation(tmp_path: Path, pointer: str) -> None:
    """A damaged pointer is as none: the next loading makes it good."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "current").write_text(pointer, encoding="utf-8")

    assert embedded.current(tmp_path) is None
    assert size(embedded.load(dump(tmp_path, 1), tmp_path, version="1")) == 1
