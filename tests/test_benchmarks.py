"""The benchmarks: what they compare is the same, and what they say of it can be trusted. No time is measured here."""

import hashlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.mapping.crosswalk import CROSSWALK

REPOSITORY = Path(__file__).parent.parent
sys.path.insert(0, str(REPOSITORY))  # the benchmarks are no part of the package

from benchmarks import floor, oxigraph_terms, rendering, terms  # noqa: E402
from benchmarks.blocks import map_records, read_records, shards  # noqa: E402
from benchmarks.equality import differences  # noqa: E402
from benchmarks.inputs import write_inputs  # noqa: E402
from benchmarks.interpreted import Interpreter  # noqa: E402
from benchmarks.processes import run  # noqa: E402
from benchmarks.records import archive, make_records, write_records  # noqa: E402

PEERS = Path(os.environ.get("BENCHMARK_PEERS", REPOSITORY / ".venv" / "peers" / "bin" / "python"))
CONCEPTS = Concepts.load(artefact("ontology/concepts.ttl"))

#: Of the twenty records: it changes with the module that makes them, and with nothing else.
SHA256 = "e417e0717b6bd98dd12d9e7488ab383032db83e9eed05021310244c90cf5285f"
#: The fields that no session of the benchmarks has.
EMPTY = {"former_titles", "coordinates", "participants", "authors", "image", "website", "pad", "notes_heading"}


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Twenty records, as a file."""
    path = tmp_path / "records.jsonl"
    write_records(path, 20)
    return path


@pytest.fixture
def blocks(records: Path) -> Path:
    """The blocks of the twenty records, as a file."""
    path = records.with_name("blocks.nq")
    map_records(records, path)
    return path


def test_records_depend_on_the_seed_and_their_number_alone(records: Path) -> None:
    """Every run, machine and size has the same ones; another seed has others."""
    assert hashlib.sha256(records.read_bytes()).hexdigest() == SHA256
    assert list(make_records(20)) == list(make_records(30))[:20]
    assert list(make_records(20)) != list(make_records(20, seed=2))


def test_a_record_is_of_the_size_of_a_page_and_nothing_of_it_is_lost(records: Path) -> None:
    """About 95 statements, no remark, and a candidate now and then."""
    mapper = Mapper(archive(), CONCEPTS)
    made = [mapper.block(record, record.identifier) for record in read_records(records)]

    assert 90 <= sum(block.statements for block in made) / len(made) <= 100
    assert [remark for block in made for remark in block.remarks] == []
    assert 0 < sum(len(block.candidates) for block in made) < len(made)


def test_the_reader_of_the_package_yields_the_same_records(records: Path, blocks: Path) -> None:
    """The two ways of our own that are compared differ in their checks alone."""
    checked = records.with_name("checked.nq")
    map_records(records, checked, checked=True)

    assert checked.read_bytes() == blocks.read_bytes()


@pytest.mark.parametrize(("name", "together"), [("rdflib.nt", False), ("rdflib.nq", False), ("rdflib.nq", True)])
def test_rdflib_makes_the_same_graph_and_the_same_dataset(
    records: Path, blocks: Path, name: str, together: bool
) -> None:
    """Its terms come from the crosswalk by another way."""
    target = records.with_name(name)
    terms.main(records, target, together=together)

    assert differences(blocks, target) == []


def test_two_processes_write_the_same_bytes_as_one(records: Path, blocks: Path) -> None:
    """Each part of the file in a file of its own, in their order."""
    target = records.with_name("two.nq")
    map_records(records, target, processes=2)

    assert b"".join(part.read_bytes() for part in shards(target)) == blocks.read_bytes()


def test_the_floor_writes_the_same_bytes(records: Path, blocks: Path) -> None:
    """It is spared the mapping, and nothing else."""
    target = records.with_name("floor.nq")
    floor.main(records, blocks, target)

    assert target.read_bytes() == blocks.read_bytes()


def test_pyoxigraph_makes_the_same_dataset(records: Path, blocks: Path) -> None:
    """Its terms come from the crosswalk by another way, and each statement is written once."""
    target = records.with_name("oxigraph.nq")
    oxigraph_terms.main(records, target)

    assert differences(blocks, target) == []
    assert target.read_bytes().count(b"\n") == blocks.read_bytes().count(b"\n")


@pytest.mark.parametrize(
    ("written", "command"),
    [
        ("morph-kgc.nq", ("-m", "morph_kgc", "config.ini")),
        ("duckdb.nq", (str(REPOSITORY / "benchmarks" / "build_strings.py"), "duckdb.sql", "2")),
        ("maplib.utc.nt", (str(REPOSITORY / "benchmarks" / "expand_templates.py"), "maplib.utc.nt")),
    ],
)
def test_what_peers_are_told_says_what_the_crosswalk_says(
    records: Path, blocks: Path, written: str, command: tuple[str, ...]
) -> None:
    """The RML mapping, the query and the templates that are made of the crosswalk make the same dataset."""
    if not PEERS.exists():
        pytest.skip(f"there is no {PEERS}: 'make bench' installs the peers, BENCHMARK_PEERS names another Python")
    write_inputs(read_records(records), records.parent)
    subprocess.run([PEERS, *command], cwd=records.parent, check=True, capture_output=True)

    assert differences(blocks, records.with_name(written)) == []


def test_moments_are_compared_in_utc_where_a_peer_writes_them_so(blocks: Path) -> None:
    """And nowhere else; one at another moment is a difference all the same."""
    moment = '<https://a.example/s> <https://a.example/p> "{}"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n'
    first, zone, utc, late = (blocks.with_name(name) for name in ("a.nq", "b.nt", "c.utc.nt", "d.utc.nt"))
    first.write_text(moment.format("2021-12-02T14:07:00+01:00"), encoding="utf-8")
    for path, written in ((zone, "13:07:00+00:00"), (utc, "13:07:00+00:00"), (late, "13:08:00+00:00")):
        path.write_text(moment.format(f"2021-12-02T{written}"), encoding="utf-8")

    assert differences(first, utc) == []
    assert differences(first, zone)
    assert differences(first, late)


def test_a_dataset_that_differs_is_seen(blocks: Path) -> None:
    """One statement less, or one in another graph, is a difference that is shown."""
    lines = blocks.read_bytes().splitlines(keepends=True)
    shorter, moved = blocks.with_name("shorter.nq"), blocks.with_name("moved.nq")
    shorter.write_bytes(b"".join(lines[1:]))
    moved.write_bytes(b"".join([lines[0].replace(b"/graph/", b"/graph/x-"), *lines[1:]]))

    triples = blocks.with_name("triples.nt")
    triples.write_text("<https://a.example/s> <https://a.example/p> <https://a.example/o> .\n", encoding="utf-8")

    assert [line.partition(":")[0] for line in differences(blocks, shorter)] == ["only in blocks.nq"]
    assert differences(blocks, triples)[-1].startswith("only in triples.nt: <https://a.example/s>")
    assert [line.partition(":")[0] for line in differences(blocks, moved)] == ["only in blocks.nq", "only in moved.nq"]


def test_renderings_are_compared_only_if_they_say_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways are told of each query; a compiled one that makes another statement ends the benchmark."""
    assert rendering.main(1) == 0
    told = capsys.readouterr().out
    assert all(f"{name}, {way}" in told for name in ("edm", "oai_dc", "media") for way in ("compiled", "by the engine"))

    monkeypatch.setattr(rendering, "compiled", lambda _text: lambda _graph: set())
    assert rendering.main(1) == 1


def test_every_row_that_the_records_fill_reaches_the_peers(records: Path) -> None:
    """The cells that peers are given hold every row of a session; those that stay empty are known."""
    interpreter = Interpreter(archive(), CONCEPTS)
    filled = {cell.rule for record in read_records(records) for cell in interpreter.cells(record)}

    assert {rule.field for rule in CROSSWALK if rule.node == "session" and rule not in filled} == EMPTY


#: Runs a command from a process that is small, as the benchmark is; pytest is not.
MEASURE = """
import os, sys
from pathlib import Path
from benchmarks.processes import run
usage = run([sys.executable, "-c", sys.argv[1]], folder=Path(), environment=os.environ)
print(usage.peak, usage.cpu > 0, usage.wall > 0)
"""


def measured(code: str) -> subprocess.CompletedProcess[str]:
    """Return what is said of the process that runs ``code``."""
    return subprocess.run([sys.executable, "-c", MEASURE, code], cwd=REPOSITORY, capture_output=True, text=True)


def test_what_a_process_took_is_its_own() -> None:
    """The memory of a process that holds more than any that tests it is seen, and time passes."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + 300_000_000
    peak, *has_taken = measured(f"x = b'x' * {held}").stdout.split()

    assert held < int(peak) < held + 100_000_000
    assert has_taken == ["True", "True"]


def test_the_peak_of_a_process_is_not_that_of_the_benchmark_itself() -> None:
    """A process inherits the peak of the one that starts it, which therefore is a small one."""
    large = MEASURE.replace("usage =", "held = b'x' * 200_000_000\nusage =")
    said = subprocess.run([sys.executable, "-c", large, "0"], cwd=REPOSITORY, capture_output=True, text=True)

    assert 0 < int(said.stdout.split()[0]) < 100_000_000


def test_a_process_that_fails_ends_the_benchmark_with_its_words(tmp_path: Path) -> None:
    """No engine is timed that did not do its work."""
    with pytest.raises(SystemExit, match="out of ink"):
        run([sys.executable, "-c", "import sys; sys.exit('out of ink')"], folder=tmp_path, environment=os.environ)
