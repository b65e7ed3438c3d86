"""A publication whose only dump is compressed N-Quads is served, asked, loaded, followed and harvested as any other."""

import gzip
from functools import partial
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
import rdflib

from commons_ld.commands.checking import NAMES
from commons_ld.dump_files import ALL
from commons_ld.errors import PublicationError, StoreError
from commons_ld.explaining import explain
from commons_ld.harvesters.checking import check
from commons_ld.linking import collect
from commons_ld.pipeline.exporting import export
from commons_ld.pipeline.rebuilding import rebuild_site
from commons_ld.querying.answers import answer_format
from commons_ld.querying.dumps import ask_dumps
from commons_ld.settings import OutputSettings, Settings
from commons_ld.stores import embedded
from commons_ld.stores.publication import dump_of, places, read
from commons_ld.web.app import create_app
from tests.archive import Archive, page
from tests.asgi import Client
from tests.editions import DEMONSTRATION, published, serving
from tests.replaying import follow_by_harvest
from tests.test_cli import run

LEAN = OutputSettings(dumps=("n-quads",), compression="compressed", records=False)
SESSION = "session/22-05-demonstration-un-atelier-sur-l-eau"
COUNT = "SELECT (COUNT(DISTINCT ?s) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of the demonstration data, published with every dump."""
    return published(tmp_path_factory.mktemp("whole"), sources=(str(DEMONSTRATION),))


@pytest.fixture(scope="module")
def lean(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return those of the same data, published with one."""
    return published(tmp_path_factory.mktemp("lean"), sources=(str(DEMONSTRATION),), output=LEAN)


def folder(settings: Settings) -> Path:
    """Return the folder of a publication."""
    return settings.path(settings.output.directory)


def names(settings: Settings) -> set[str]:
    """Return the names of the dumps and what belongs to them, in the folder of a publication and in that of its site."""
    out = folder(settings)
    return {path.relative_to(out).as_posix() for root in (out, out / "site") for path in root.glob("dataset.*")}


def test_it_holds_what_the_other_one_holds(whole: Settings, lean: Settings) -> None:
    """The N-Quads are the same but for what they say of dumps; nobody reads of a file that is not there."""
    packed, plain = (folder(lean) / "dataset.nq.gz").read_bytes(), (folder(whole) / "dataset.nq").read_bytes()
    pages = {f"site/dataset{language}.html" for language in ("", ".en")}
    differing = set(gzip.decompress(packed).splitlines()) ^ set(plain.splitlines())

    assert {line.split(b" ")[1] for line in differing} == {b"<http://rdfs.org/ns/void#dataDump>"}
    assert names(lean) - pages == {
        f"{place}dataset.nq.gz{suffix}" for place in ("", "site/") for suffix in ("", ".index.json")
    }
    absent = [f"{lean.base_iri}{file.name}" for file in ALL.files() if file.name != "dataset.nq.gz"]
    absent += [f'"{file.name}"' for file in ALL.files() if file.name != "dataset.nq.gz"]
    for path in folder(lean).rglob("*"):
        # The shapes bring examples along.
        if "shapes" not in path.parts and path.suffix in (".html", ".json", ".jsonld", ".ttl", ".nt", ".xml", ".rdf"):
            told = path.read_text()
            assert [name for name in absent if name in told.replace("dataset.nq.gz", "")] == [], path


def test_its_description_tells_of_the_one_file(lean: Settings) -> None:
    """Its type, what it is packed by, its size and its hash, as another library reads them; and where VoID has it."""
    graph = rdflib.Graph().parse(folder(lean) / "site" / "catalog.ttl")
    sums = {name: sha256 for sha256, name in map(str.split, (folder(lean) / "SHA256SUMS").read_text().splitlines())}
    rows = graph.query(
        """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX spdx: <http://spdx.org/rdf/terms#>
        SELECT ?type ?packed ?size ?sum ?dump {
            ?file dcat:downloadURL ?url; dcat:mediaType ?type; dcat:compressFormat ?packed; dcat:byteSize ?size;
                spdx:checksum/spdx:checksumValue ?sum . ?dataset <http://rdfs.org/ns/void#dataDump> ?dump }"""
    )
    iana = "https://www.iana.org/assignments/media-types/application/"

    assert [tuple(map(str, row)) for row in rows if isinstance(row, tuple)] == [
        (
            f"{iana}n-quads", f"{iana}gzip", str((folder(lean) / "dataset.nq.gz").stat().st_size),
            sums["dataset.nq.gz"], f"{lean.base_iri}dataset.nq.gz",
        )
    ]  # fmt: skip


@pytest.mark.parametrize("harvester", NAMES)
def test_harvesters_say_of_it_what_they_say_of_the_other(whole: Settings, lean: Settings, harvester: str) -> None:
    """Whatever they find, its dumps are not what they find it in."""
    said = [
        {(found.severity, found.code) for found in check(folder(settings), harvester, settings=settings).findings}
        for settings in (whole, lean)
    ]

    assert said[0] == said[1]


def test_it_is_served_and_asked(whole: Settings, lean: Settings) -> None:
    """By SPARQL and by its IRIs; and without a server."""
    told = []
    for settings in (whole, lean):
        with serving(settings) as edition:
            client = Client(create_app(partial(lambda edition: edition, edition)))
            answers = [client.get(path).text for path in (f"/sparql?query={quote(COUNT)}", f"/{SESSION}.ttl")]
        told.append([*answers, run(settings.root, "query", COUNT).stdout])

    words = ("bindings", "schema:Event", "1 row")
    assert told[0] == told[1]
    assert [word for word, answer in zip(words, told[0], strict=True) if word not in answer] == []


def test_it_is_loaded_and_explained(whole: Settings, lean: Settings) -> None:
    """Graph by graph, in any order; its links are found, and what its statements come from."""
    found = [list(places(dump_of(folder(settings)))) for settings in (whole, lean)]
    graphs = [
        {graph.iri: graph.triples for graph in read(dump_of(folder(settings)), reversed(some))}
        for settings, some in zip((whole, lean), found, strict=True)
    ]
    links = [list(collect(folder(settings), settings.base_iri)) for settings in (whole, lean)]
    person = f"{lean.base_iri}person/ewan-madeup"
    mentions = [explain(settings, person, every=True).mentions for settings in (whole, lean)]

    assert {iri for iri in graphs[0] if graphs[0][iri] != graphs[1][iri]} == {f"{lean.base_iri}graph/catalog"}
    assert links[0] == links[1] != []
    assert mentions[0] == mentions[1] > 0


def test_it_is_harvested(tmp_path: Path, followed: tuple[Archive, str]) -> None:
    """From its first publication on, and after a change, which is exported as from nothing."""
    archive, base = followed
    archive.settings = msgspec.structs.replace(archive.settings, output=LEAN)
    copies = []
    for number in (1, 2):
        for name in ("21.12 Un essai", "22.01 Un autre", "22.02 Un troisième")[: number + 1]:
            archive.write(f"{name}.txt", page(name, lead=f"Version {number}"))
        archive.export()
        copies.append([follow_by_harvest(base, tmp_path, protocol) for protocol in ("ldes", "oai-pmh")])
    fresh = Archive(tmp_path / "fresh", **{name: getattr(archive.settings, name) for name in ("base_iri", "output")})
    for path in archive.data.iterdir():
        fresh.write(path.name, path.read_bytes())
    fresh.export()

    assert [[len(copy) for copy in some] for some in copies] == [[2, 2], [3, 3]]
    assert copies[1][0] == copies[1][1]
    assert archive.files() == fresh.files()


def test_the_setting_can_be_changed(tmp_path: Path, lean: Settings, whole: Settings) -> None:
    """What is missing is made, what is not wanted any more is gone, and the site is built again from what there is."""
    settings = published(tmp_path, sources=(str(DEMONSTRATION),), output=LEAN)
    first = (folder(settings) / "SHA256SUMS").read_bytes()
    for output in (OutputSettings(), LEAN):
        export(msgspec.structs.replace(settings, output=output))
        assert names(settings) == names(whole if output != LEAN else lean)
    rebuild_site(settings)

    assert set((folder(settings) / "SHA256SUMS").read_bytes().splitlines()) >= {
        line for line in first.splitlines() if b"site/" not in line and b"hosting/" not in line
    }
    assert not export(settings).changed


def test_a_publication_that_was_tampered_with_is_made_anew(tmp_path: Path) -> None:
    """Nothing of a compressed file that is not as it was goes into the next one."""
    archive = Archive(tmp_path, output=msgspec.structs.replace(LEAN, site=False, feeds=False))
    for number in range(3):
        archive.write(f"{number}.txt", page(f"21.1{number} Un essai"))
    archive.export()
    before = archive.files()
    path = archive.out / "dataset.nq.gz"
    path.write_bytes(path.read_bytes()[:-40] + b"\0" * 40)
    archive.write("2.txt", page("21.12 Un essai", lead="Autrement"))
    archive.export()
    archive.write("2.txt", page("21.12 Un essai"))
    archive.export()

    assert archive.files() == before


def test_a_file_that_is_cut_off_is_told(tmp_path: Path, lean: Settings) -> None:
    """By who loads it, by who asks it, and by the embedded store; nobody takes half of it."""
    cut = tmp_path / "dataset.nq.gz"
    cut.write_bytes((folder(lean) / "dataset.nq.gz").read_bytes()[:-500])

    with pytest.raises(PublicationError, match="cannot be read"):
        list(places(dump_of(tmp_path)))
    with pytest.raises(StoreError, match=r"dataset\.nq\.gz"):
        ask_dumps(COUNT, [cut], answer_format("csv"), timeout=10)
    with pytest.raises(PublicationError, match=r"dataset\.nq\.gz"):
        embedded.refresh(tmp_path, tmp_path / "state")
    assert embedded.current(tmp_path / "state") is None
