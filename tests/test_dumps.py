"""The dumps: one and the same graph in every syntax, and the same bytes from every run."""

import difflib
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from commons_ld.artefacts import artefact
from commons_ld.catalog import catalog_block, concepts_block
from commons_ld.concepts import Concepts
from commons_ld.dump_files import ALL, Dumps
from commons_ld.errors import PublicationError
from commons_ld.iris import slug
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.outputs import dumps as dumps_module
from commons_ld.outputs.dumps import previous_dumps, write_dumps
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.publication import publish
from commons_ld.rdf.formats import FORMATS, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, RdfFormat, dump_name
from commons_ld.record import Document, Guest, Link, MediaRecord, Note
from commons_ld.settings import Settings
from tests.disks import mounted

SETTINGS = Settings()
PLAIN = Dumps(is_packed=False)
BASE = SETTINGS.base_iri

#: What a reader makes of a file: quads, in the default graph where the syntax knows no other.
Reader = Callable[[Path, RdfFormat], Iterable[ox.Quad]]


def block(title: str = "21.12 Un essai", **fields: Any) -> bytes:
    """Return the block of a record that has something of every kind."""
    record: dict[str, Any] = {
        "description": 'Un « lead »\u00a0: <b>"gras"</b> & \\ ]]>\n\n\tune tabulation, un emoji 🌱',
        "created": "2021/12/02",
        "duration": "00/25:00",
        "languages": ("FR", "EN"),
        "countries": ("France",),
        "media_type": "Audio",
        "collections": ("Appel en commun",),
        "enjeux": ("Politique des communs", "Un candidat"),
        "guests": (Guest("Ana Exemple", "spécialiste"), Guest("Zoé Essai")),
        "producers": ("Remix the commons",),
        "coordinates": "45.76, 4.835",
        "documents": (Document("Un document", "https://exemple.test/a?b=c&d='e'"),),
        "links": (Link("https://www.org.meet.coop", "Meet"), Link(f"{BASE}session/21-12-un-essai", "Un essai")),
        "notes": tuple(Note("", "14:09", f"note {n}", participant=n % 3 + 1, reply_to=n // 2) for n in range(12)),
    }
    found = MediaRecord(title=title, origin=Origin("page.txt"), **(record | fields))
    mapper = Mapper(SETTINGS, Concepts.load(artefact("ontology/concepts.ttl")))
    return mapper.block(found, slug(title)).data


def blocks(**fields: Any) -> list[bytes]:
    """Return the blocks of an archive: the catalogue's, the concepts', and those of three records.

    :param fields: of the second record
    """
    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    own = [catalog_block(SETTINGS).data, concepts_block(SETTINGS, concepts).data]
    return [*own, block(), block("22.01 Un autre", **fields), block("Un film", kind="media", media_type="Vidéo")]


def dump(out: Path, data: Iterable[bytes], wanted: Dumps = ALL) -> Path:
    """Publish the dumps of blocks."""
    with publish(out) as generation, previous_dumps(generation, BASE, wanted) as previous:
        write_dumps(previous, map(PassedBlock, data))
    return out


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the dumps of a small archive."""
    return dump(tmp_path_factory.mktemp("dumps") / "dist", blocks())


@pytest.fixture(autouse=True, scope="module")
def _literals_as_written() -> Iterator[None]:
    """Have rdflib leave the forms of literals alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        yield


# ── Readers ──────────────────────────────────────────────────────────────────────────────────────────


def quads(data: bytes | str) -> list[ox.Quad]:
    """Return what N-Quads say."""
    return list(ox.parse(data, format=ox.RdfFormat.N_QUADS))


def by_pyoxigraph(path: Path, format_: RdfFormat) -> Iterable[ox.Quad]:
    """Read any syntax."""
    return ox.parse(path=path, format=ox.RdfFormat.from_media_type(format_.media_type))


def by_rdflib(path: Path, format_: RdfFormat) -> Iterable[ox.Quad]:
    """Read any syntax."""
    dataset = rdflib.Dataset()
    dataset.parse(data=path.read_bytes(), format=format_.media_type)
    for subject, predicate, object_, graph in dataset.quads():
        if isinstance(object_, rdflib.Literal):
            datatype = None if object_.datatype is None else ox.NamedNode(object_.datatype)
            value: ox.NamedNode | ox.Literal = ox.Literal(str(object_), datatype=datatype, language=object_.language)
        else:
            value = ox.NamedNode(str(object_))
        named = format_.has_named_graphs and graph is not None
        name = ox.NamedNode(str(graph)) if named else ox.DefaultGraph()
        yield ox.Quad(ox.NamedNode(str(subject)), ox.NamedNode(str(predicate)), value, name)


def by_raptor(path: Path, format_: RdfFormat) -> Iterable[ox.Quad]:
    """Read any syntax but JSON-LD."""
    if shutil.which("rapper") is None:
        pytest.skip("rapper is not installed here (Debian: raptor2-utils)")
    name = {N_QUADS: "nquads", N_TRIPLES: "ntriples", TURTLE: "turtle", TRIG: "trig", RDF_XML: "rdfxml"}[format_]
    command = ["rapper", "-q", "-i", name, "-o", "nquads", str(path)]
    read = subprocess.run(command, capture_output=True, check=True)
    assert read.stderr == b""
    return quads(read.stdout)


def by_pyld(path: Path, _format: RdfFormat) -> Iterable[ox.Quad]:
    """Read JSON-LD, without the network."""

    def refuse(url: str, _options: dict[str, Any]) -> NoReturn:
        raise AssertionError(f"{url} was asked for")

    document = json.loads(path.read_bytes())
    return quads(jsonld.to_rdf(document, {"documentLoader": refuse, "format": "application/n-quads"}))


READERS = [
    *((by_pyoxigraph, format_) for format_ in FORMATS),
    *((by_rdflib, format_) for format_ in FORMATS),
    *((by_raptor, format_) for format_ in FORMATS if format_ != JSON_LD),
    (by_pyld, JSON_LD),
]


def canonical(statements: Iterable[ox.Quad], *, named: bool) -> str:
    """Return the hash of a dataset, or of the union of its graphs, in canonical form (RDFC-1.0)."""
    dataset = ox.Dataset(quad if named else ox.Quad(*quad.triple) for quad in statements)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return hashlib.sha256("\n".join(sorted(map(str, dataset))).encode()).hexdigest()


# ── One graph ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reader", "format_"), READERS, ids=lambda value: value.name if isinstance(value, RdfFormat) else value.__name__
)
def test_every_syntax_holds_the_same_graph(dumps: Path, reader: Reader, format_: RdfFormat) -> None:
    """A second reader finds in each what the blocks say, with its named graphs where the syntax has them."""
    expected = canonical(quads(b"".join(blocks())), named=format_.has_named_graphs)
    found = list(reader(dumps / dump_name(format_), format_))

    assert len(found) > 300
    assert canonical(found, named=format_.has_named_graphs) == expected


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_a_statement_that_differs_is_seen(dumps: Path, tmp_path: Path, format_: RdfFormat) -> None:
    """The comparison above can fail."""
    path = tmp_path / dump_name(format_)
    data = (dumps / dump_name(format_)).read_text()
    path.write_text(data.replace("Un autre", "Un outre"))
    expected = canonical(quads(b"".join(blocks())), named=format_.has_named_graphs)

    assert canonical(by_pyoxigraph(path, format_), named=format_.has_named_graphs) != expected


@pytest.mark.parametrize("format_", [N_TRIPLES, TURTLE, RDF_XML, JSON_LD], ids=lambda format_: format_.name)
def test_no_statement_stands_twice_in_the_union(dumps: Path, format_: RdfFormat) -> None:
    """What several records say of a person, and of one another, is said once."""
    found = [str(quad.triple) for quad in by_pyoxigraph(dumps / dump_name(format_), format_)]
    said = [str(quad.triple) for quad in quads(b"".join(blocks()))]

    assert len(found) == len(set(found)) == len(set(said)) < len(said)


@pytest.mark.parametrize("format_", [N_TRIPLES, TURTLE, RDF_XML, JSON_LD], ids=lambda format_: format_.name)
def test_what_much_is_said_of_is_told_of_in_several_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: RdfFormat
) -> None:
    """A collection has a part for each record; every reader finds the same graph in the pieces."""
    collection = f"<{BASE}collection/appel-en-commun> <https://schema.org/hasPart>"
    data = [f"{collection} <{BASE}session/{n}> <{BASE}graph/{n}> .\n".encode() for n in range(50)]
    whole = dump(tmp_path / "whole", data)
    monkeypatch.setattr(dumps_module, "_LARGE_THINGS", 1000)
    pieces = dump(tmp_path / "pieces", data)
    expected = canonical(quads(b"".join(data)), named=False)

    assert (pieces / dump_name(format_)).stat().st_size >= (whole / dump_name(format_)).stat().st_size
    assert (pieces / "dataset.ttl").read_text().count("collection:appel-en-commun schema:hasPart") > 5
    for reader, of in READERS:
        if of is format_:
            assert canonical(reader(pieces / dump_name(format_), format_), named=False) == expected


def test_a_statement_about_another_record_is_not_said_again(tmp_path: Path) -> None:
    """One record may say of another what that one says of itself, before it or after it."""
    says = f'<{BASE}session/b> <https://schema.org/name> "B"@und'
    data = [f"{says} <{BASE}graph/{name}> .\n".encode() for name in ("a", "b", "c")]
    out = dump(tmp_path / "dist", data, PLAIN)

    assert (out / "dataset.nt").read_text() == f"{says} .\n"
    assert (out / "dataset.nq").read_bytes() == b"".join(data)


def test_n_quads_are_the_blocks(tmp_path: Path) -> None:
    """The blocks stand one after the other."""
    out = dump(tmp_path / "dist", blocks(), PLAIN)

    assert (out / "dataset.nq").read_bytes() == b"".join(blocks())


def test_an_archive_without_records_has_dumps(tmp_path: Path) -> None:
    """Every syntax has a way to say nothing."""
    out = dump(tmp_path / "dist", [])

    for format_ in FORMATS:
        assert list(by_pyoxigraph(out / dump_name(format_), format_)) == []


@pytest.mark.parametrize(
    "bad",
    [
        b"<http://a/s> <http://a/p> <http://a/o> <http://a/g> .\n<http://a/s> <http://a/p> <http://a/o> <http://a/h> .\n",
        b"<http://a/s> <http://a/p> <http://a/o> .\n<http://a/s> <http://a/p> <http://a/o> <http://a/g> .\n",
        b"_:b <http://a/p> <http://a/o> <http://a/g> .\n",
    ],
    ids=["two graphs", "no graph", "a blank node"],
)
def test_what_is_no_block_is_not_published(tmp_path: Path, bad: bytes) -> None:
    """A fault of ours that would lose statements ends the run instead."""
    with pytest.raises(ValueError, match="block"):
        dump(tmp_path / "dist", [bad])

    assert not os.path.lexists(tmp_path / "dist")


# ── JSON-LD ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_json_ld_dump_has_a_thing_a_line(dumps: Path) -> None:
    """Records come first, with their parts inside, then what they share; the context is in the file."""
    first, *lines, last = (dumps / "dataset.jsonld").read_text().splitlines()
    things = [json.loads(line.removesuffix(",")) for line in lines]
    names = [thing["@id"].removeprefix(BASE) for thing in things]

    assert json.loads(first.removesuffix("[") + "[]}")["@context"]["name"]["@container"] == "@language"
    assert last == "]}"
    assert names[:3] == ["session/21-12-un-essai", "session/22-01-un-autre", "media/un-film"]
    assert {"collection/appel-en-commun", "concept/un-candidat", "person/ana-exemple", "dataset"} <= set(names[3:])
    assert len(things[0]["comment"]) == 12
    assert things[0]["performer"] == [f"{BASE}person/ana-exemple", f"{BASE}person/zoe-essai"]


# ── The same bytes ───────────────────────────────────────────────────────────────────────────────────


def test_a_gz_twin_holds_the_dump_and_nothing_else(dumps: Path) -> None:
    """It has no time and no name in it, and every dump has one."""
    for format_ in FORMATS:
        name = dump_name(format_)
        packed = (dumps / f"{name}.gz").read_bytes()

        assert gzip.decompress(packed) == (dumps / name).read_bytes()
        assert packed[:8] == b"\x1f\x8b\x08" + b"\0" * 5


def test_without_compression_there_are_no_twins(tmp_path: Path) -> None:
    """Only the dumps are written."""
    out = dump(tmp_path / "dist", blocks(), PLAIN)

    assert {path.name for path in out.iterdir()} == {*map(dump_name, FORMATS), "SHA256SUMS"}


#: Publishes the dumps of blocks that lie in a file each, and prints the name of the generation.
CHILD = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from commons_ld.outputs.dumps import previous_dumps, write_dumps
    from commons_ld.outputs.passed import PassedBlock
    from commons_ld.outputs.publication import publish, published

    out, base_iri, *paths = sys.argv[1:]
    with publish(Path(out)) as generation, previous_dumps(generation, base_iri) as previous:
        write_dumps(previous, (PassedBlock(Path(path).read_bytes()) for path in paths))
    print(published(Path(out)))
    """
)


@pytest.mark.parametrize("python", [sys.executable, "python3.11", "python3.12"])
def test_every_run_writes_the_same_bytes(dumps: Path, tmp_path: Path, python: str) -> None:
    """Neither the seed of hashes, nor the folder, nor the version of Python shows in a byte."""
    paths = []
    for number, data in enumerate(blocks()):
        paths.append(tmp_path / f"{number}.nq")
        paths[-1].write_bytes(data)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    if python != sys.executable:
        environment["PYTHONPATH"] = str(Path(__file__).parent.parent / "src")
        command = [python, "-c", "import msgspec, pyoxigraph"]
        if shutil.which(python) is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip(f"{python} with pyoxigraph and msgspec is not here")
    names = set()
    for seed in ("0", "1", "1234567"):
        out = tmp_path / seed / "a folder" / "dist"
        run = subprocess.run(
            [python, "-c", CHILD, str(out), BASE, *map(str, paths)],
            env=environment | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        names.add(run.stdout.strip())

    assert names == {dumps.resolve().name}


@pytest.mark.parametrize(
    ("format_", "lines"),
    [(N_QUADS, 2), (N_TRIPLES, 2), (TURTLE, 2), (TRIG, 2), (RDF_XML, 2), (JSON_LD, 1)],
    ids=lambda value: value.name if isinstance(value, RdfFormat) else str(value),
)
def test_an_edited_field_changes_the_lines_it_must(tmp_path: Path, format_: RdfFormat, lines: int) -> None:
    """A description stands in two statements: two lines, or the one line of the record."""
    before = blocks(description="Avant.")
    after = blocks(description="Après.")
    old, new = (
        (dump(tmp_path / str(number), data, PLAIN) / dump_name(format_)).read_text().splitlines()
        for number, data in enumerate((before, after))
    )
    changed = [line for line in difflib.ndiff(old, new) if line.startswith(("- ", "+ "))]

    assert len(changed) == 2 * lines


# ── Size ─────────────────────────────────────────────────────────────────────────────────────────────


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    """Three times the records take no more memory, once there are enough to fill the buffers of a fixed size."""
    code = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from commons_ld.dump_files import Dumps
        from commons_ld.outputs.dumps import previous_dumps, write_dumps
        from commons_ld.outputs.passed import PassedBlock
        from commons_ld.outputs.publication import publish
        from tests.memory import peak

        out, base_iri, number, template = sys.argv[1:]
        block = Path(template).read_bytes()
        wanted = Dumps(is_packed=False)
        with publish(Path(out)) as generation, previous_dumps(generation, base_iri, wanted) as previous:
            blocks = (block.replace(b"21-12-un-essai", b"essai-%06d" % index) for index in range(int(number)))
            write_dumps(previous, map(PassedBlock, blocks))
        print(peak())
        """
    )
    template = tmp_path / "template.nq"
    template.write_bytes(block())
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    peaks = []
    for number in (1000, 3000):
        command = [sys.executable, "-c", code, str(tmp_path / str(number)), BASE, str(number), str(template)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        peaks.append(int(run.stdout))
    size = (tmp_path / "3000" / "dataset.nq").stat().st_size

    assert size > 60_000_000
    assert abs(peaks[1] - peaks[0]) < 6_000  # KiB


def test_a_full_disk_is_told_whoever_was_writing(dumps: Path, tmp_path: Path) -> None:
    """The error tells the file that did not fit; all but N-Quads are written side by side."""
    written = 0
    for name in map(dump_name, (N_QUADS, N_TRIPLES, TURTLE, RDF_XML, TRIG, JSON_LD)):
        size = (dumps / name).stat().st_size
        with mounted(tmp_path / name, f"size={(written + size // 2) // 1024 + 20}k") as disk:
            with pytest.raises(PublicationError, match="the disk is full; free some space") as caught:
                dump(disk / "dist", blocks(), PLAIN)

            assert caught.value.path.parent == disk / ".dist.generations" / "building"
            assert (caught.value.path.name == "dataset.nq") == (name == "dataset.nq")
            assert [path.name for path in (disk / ".dist.generations").iterdir()] == ["lock"]
        written += size
