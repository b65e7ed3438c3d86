"""The provenance of a record: what its description says, and when it changes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import RDF, XSD, Literal, URIRef

from commons_ld import __version__
from commons_ld.concepts import Concepts
from commons_ld.ledger import open_ledger
from commons_ld.mapping import Block, Mapper
from commons_ld.origin import Origin
from commons_ld.provenance import describe, revision_iri, source_name, source_sha256
from commons_ld.rdf.namespaces import expand
from commons_ld.record import Export, MediaRecord, Note, Revision
from commons_ld.settings import PrivacySettings, Settings
from commons_ld.sources import SOURCES
from tests.archive import DATA, Archive, page

BASE = "https://w3id.org/commons-ld/remix/"
SHAPE = Path(__file__).parent / "cases" / "description" / "shape.ttl"
MAPPER = Mapper(Settings(), Concepts())

RECORD = MediaRecord(
    origin=Origin("data/wiki/plaidoyer.wiki"),
    title="21.12 Un essai",
    page="https://wiki.exemple.test/index.php/21.12_Un_essai",
    revision=Revision("wiki.exemple.test", 4, 812, "2024-02-09T10:11:12Z"),
)

EXPORT = Export(Origin("data/all.ttl", page="21.12 Un essai"), ("countries",))


def described(record: MediaRecord = RECORD, reader: str = "wikitext", base_iri: str = BASE) -> Block:
    """Return the description of a record."""
    block = Mapper(Settings(base_iri=base_iri), Concepts()).block(record, "21-12-un-essai")
    return describe(block, record, "21-12-un-essai", reader=reader, base_iri=base_iri)


def graph(block: Block) -> rdflib.Graph:
    """Return a block as rdflib reads it."""
    dataset = rdflib.Dataset()
    dataset.parse(data=block.data, format="nquads")
    return dataset.graph(URIRef(block.graph))


def term(name: str) -> URIRef:
    return URIRef(expand(name))


def test_a_description_tells_source_revision_time_hash_reader_and_version() -> None:
    """Statement by statement, as docs/model.md draws it."""
    expected = rdflib.Graph().parse(
        data=f"""
        @base <{BASE}> .
        @prefix dcat: <{expand("dcat:")}> . @prefix dcterms: <{expand("dcterms:")}> . @prefix foaf: <{expand("foaf:")}> .
        @prefix prov: <{expand("prov:")}> . @prefix schema: <{expand("schema:")}> . @prefix spdx: <{expand("spdx:")}> .
        @prefix xsd: <{expand("xsd:")}> .
        <graph/21-12-un-essai> a dcat:CatalogRecord, prov:Entity ; foaf:primaryTopic <session/21-12-un-essai> ;
          spdx:checksum <description/21-12-un-essai/checksum> ;
          prov:wasDerivedFrom <description/21-12-un-essai/source> ;
          prov:wasGeneratedBy <description/21-12-un-essai/activity> .
        <description/21-12-un-essai/checksum> a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ;
          spdx:checksumValue "{MAPPER.block(RECORD, "21-12-un-essai").sha256}"^^xsd:hexBinary .
        <description/21-12-un-essai/activity> a prov:Activity ; prov:used <description/21-12-un-essai/source> ;
          prov:wasAssociatedWith <https://w3id.org/commons-ld/reader/wikitext/{__version__}> .
        <https://w3id.org/commons-ld/reader/wikitext/{__version__}> a prov:SoftwareAgent ; schema:name "wikitext" ;
          schema:softwareVersion "{__version__}" .
        <description/21-12-un-essai/source> a prov:Entity ; dcterms:identifier "data/wiki/plaidoyer.wiki" ;
          dcat:mediaType <https://www.iana.org/assignments/media-types/application/json> ;
          spdx:checksum <description/21-12-un-essai/source-checksum> ;
          prov:wasDerivedFrom <https://wiki.exemple.test/index.php?oldid=812> .
        <description/21-12-un-essai/source-checksum> a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ;
          spdx:checksumValue "{source_sha256(RECORD)}"^^xsd:hexBinary .
        <https://wiki.exemple.test/index.php?oldid=812> a prov:Entity ; dcterms:identifier "812" ;
          prov:generatedAtTime "2024-02-09T10:11:12Z"^^xsd:dateTime ;
          prov:specializationOf <https://wiki.exemple.test/index.php/21.12_Un_essai> .
        """,
        format="turtle",
    )
    found = graph(described())

    assert sorted(set(found) ^ set(expected)) == []
    assert described().statements == len(expected) == 27


def test_what_is_exported_of_a_page_is_a_source_too() -> None:
    """Where a record is merged with it, the description names its file."""
    data = graph(described(msgspec.structs.replace(RECORD, exports=(EXPORT,))))
    export = URIRef(BASE + "description/21-12-un-essai/export")

    assert data.value(export, term("dcterms:identifier")) == Literal("data/all.ttl#21.12 Un essai")
    assert export in set(data.objects(URIRef(BASE + "description/21-12-un-essai/activity"), term("prov:used")))
    assert len(data) == 27 + 3


def test_a_description_is_canonical() -> None:
    """Sorted lines of one graph, each once, without blank nodes, and as pyoxigraph would write them."""
    block = described()
    lines = block.data.decode().splitlines()

    assert lines == sorted(set(lines))
    assert [f"{quad} ." for quad in ox.parse(block.data, format=ox.RdfFormat.N_QUADS)] == lines
    assert all(line.endswith(f"<{BASE}description/21-12-un-essai> .") for line in lines)
    assert "_:" not in block.data.decode()
    assert block.sha256 == hashlib.sha256(block.data).hexdigest()


# ── The shape of descriptions ────────────────────────────────────────────────────────────────────────


def conforms(data: rdflib.Graph) -> bool:
    """Tell whether a description has the shape of one."""
    result: bool = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(SHAPE))[0]
    return result


@pytest.mark.parametrize(
    "record",
    [
        RECORD,
        msgspec.structs.replace(RECORD, revision=None),
        msgspec.structs.replace(RECORD, revision=None, page=""),
        msgspec.structs.replace(RECORD, page=""),
        msgspec.structs.replace(RECORD, revision=Revision("wiki.exemple.test", timestamp="2024-02-09T10:11:12Z")),
        msgspec.structs.replace(RECORD, revision=Revision("wiki.exemple.test", 4)),
        msgspec.structs.replace(RECORD, exports=(EXPORT,)),
    ],
    ids=[
        "whole",
        "no revision",
        "no page",
        "a revision without an address",
        "a time alone",
        "a page's number alone",
        "an export",
    ],
)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_description_has_the_shape_of_one(record: MediaRecord, source: object) -> None:
    """Whatever is known of the source, and whichever reader read it."""
    assert conforms(graph(described(record, reader=source.name)))  # type: ignore[attr-defined]


def required() -> list[tuple[rdflib.term.Node, ...]]:
    """Return the statements of a description without a revision: all of them must be there."""
    return sorted(graph(described(msgspec.structs.replace(RECORD, revision=None))))


@pytest.mark.parametrize("lost", range(len(required())))
def test_a_description_that_lacks_a_statement_is_seen(lost: int) -> None:
    """The shape can fail: without any one of them."""
    data = graph(described())
    assert conforms(data)

    data.remove(required()[lost])  # type: ignore[arg-type]

    assert not conforms(data)


# ── The source ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("page_address", "number", "iri"),
    [
        ("https://wiki.exemple.test/index.php/21.12_Un_essai", 812, "https://wiki.exemple.test/index.php?oldid=812"),
        ("https://exemple.test/w/index.php/Un_essai#Notes", 8, "https://exemple.test/w/index.php?oldid=8"),
        ("https://exemple.test/wiki/Un_essai", 8, "https://exemple.test/wiki/Un_essai?oldid=8"),
        ("https://exemple.test/index.php?title=Un_essai", 8, "https://exemple.test/index.php?title=Un_essai&oldid=8"),
        ("https://exemple.test/wiki/Un essai", 8, "https://exemple.test/wiki/Un%20essai?oldid=8"),
        ("https://exemple.test/wiki/Un_essai", 0, None),
        ("javascript:alert(1)", 8, None),
        ("", 8, None),
    ],
)
def test_a_revision_has_the_address_that_the_wiki_gives_it(page_address: str, number: int, iri: str | None) -> None:
    """Where page and number are known, and the page's address is one."""
    record = msgspec.structs.replace(RECORD, page=page_address, revision=Revision("exemple.test", 1, number))

    assert revision_iri(record) == iri


def test_a_revision_whose_address_is_not_known_has_an_iri_of_ours() -> None:
    """Its number and time are told all the same; a time that is none is not."""
    without = msgspec.structs.replace(RECORD, page="")
    mistimed = msgspec.structs.replace(RECORD, revision=Revision(number=7, timestamp="2024-02-31T10:11:12Z"))
    ours = URIRef(BASE + "description/21-12-un-essai/revision")

    assert graph(described(without)).value(ours, term("dcterms:identifier")) == Literal("812")
    assert graph(described(without)).value(ours, term("prov:generatedAtTime")) == Literal(
        "2024-02-09T10:11:12Z", datatype=XSD.dateTime
    )
    assert list(graph(described(mistimed)).objects(None, term("prov:generatedAtTime"))) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_is_named_so_that_it_can_be_found(source: object) -> None:
    """By its file, and in a file of many records by what the record is called there; never by a line, which moves."""
    record = MediaRecord(title="Un titre", origin=Origin("data/a.x", line=7, page="Un titre"))

    named = source_name(record, source.name)  # type: ignore[attr-defined]

    assert named == ("data/a.x" if source.is_page else "data/a.x#Un titre")  # type: ignore[attr-defined]
    identified = msgspec.structs.replace(record, identifier="n-12")
    assert source_name(identified, "json-lines") == "data/a.x#n-12"


def test_anyone_can_compute_the_hash_of_a_source() -> None:
    """It is that of the record as canonical JSON (RFC 8785), which other programs write too."""
    record = msgspec.structs.replace(
        RECORD,
        abstract='Œuvre « "citée" » \\ / \x1f\u007f\u2028\n\t🌱',
        languages=("FR",),
        notes=(Note(text="Bonjour", time="14:09", participant=2),),
    )
    fields = {
        "title": record.title,
        "page": record.page,
        "abstract": record.abstract,
        "languages": ["FR"],
        "notes": [{"time": "14:09", "text": "Bonjour", "participant": 2}],
    }
    written = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert source_sha256(record) == hashlib.sha256(written.encode()).hexdigest()
    assert source_sha256(record) != source_sha256(msgspec.structs.replace(record, abstract="Autre"))


# ── When it changes ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def exported_once(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of a page and of a file of records, exported."""
    made = Archive(tmp_path_factory.mktemp("once"), output=DATA)
    made.write("1.txt", page())
    made.write("all.csv", "title,media_type,abstract\nFiche 1,Texte,Un\nFiche 2,Texte,Deux\n")
    made.export()
    return made


@pytest.fixture
def archive(exported_once: Archive, tmp_path: Path) -> Archive:
    """Return it to do with as one likes."""
    return exported_once.copied(tmp_path / "archive")


def dataset(archive: Archive) -> set[str]:
    return set(archive.read("dataset.nq").splitlines())


def changes(before: set[str], after: set[str]) -> set[str]:
    """Return the names of the graphs in which something changed."""
    return {line.rpartition("<")[2].removeprefix(BASE).removesuffix("> .") for line in before ^ after}


def test_an_edited_field_changes_content_and_description(archive: Archive) -> None:
    """Of that record alone."""
    before, version = dataset(archive), archive.records()["media/fiche-1"]
    archive.write("all.csv", "title,media_type,abstract\nFiche 1,Texte,Un autre\nFiche 2,Texte,Deux\n")

    assert archive.export().work.mapped == 1
    assert changes(before, dataset(archive)) == {"graph/fiche-1", "description/fiche-1"}
    assert archive.records()["media/fiche-1"] != version


def test_a_row_that_moves_in_its_file_changes_nothing(archive: Archive) -> None:
    """A row is added above the others: they are as they were, and so are their descriptions."""
    before = dataset(archive)
    archive.write("all.csv", "title,media_type,abstract\nFiche 0,Texte,Zéro\nFiche 1,Texte,Un\nFiche 2,Texte,Deux\n")
    archive.export()

    assert changes(before, dataset(archive)) == {"graph/fiche-0", "description/fiche-0"}


def test_another_revision_changes_the_description_alone(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that was saved again without a change in it has its content, and its version, as before."""
    from commons_ld.pipeline import finding, receiving

    read = receiving.read_records

    def revised(number: int) -> None:
        def read_records(found: finding.Found, reject: object) -> object:
            for record in read(found, reject):  # type: ignore[arg-type]
                revision = Revision("wiki.exemple.test", 0, number, f"2024-02-09T10:11:{number:02}Z")
                yield msgspec.structs.replace(record, revision=revision)

        monkeypatch.setattr(receiving, "read_records", read_records)
        # What was fetched again has another time, and here the same bytes: only the file's size tells.
        with (archive.data / "1.txt").open("a") as file:
            file.write("\n")

    revised(1)
    archive.export()
    before, version, content = dataset(archive), archive.records(), archive.graph("graph/21-12-un-essai")
    revised(2)
    outcome = archive.export()

    assert outcome.changed
    assert changes(before, dataset(archive)) == {"description/21-12-un-essai"}
    assert (archive.records(), archive.graph("graph/21-12-un-essai")) == (version, content)
    told = sorted(line.split(" ")[2].split("^")[0] for line in dataset(archive) - before)
    assert '"2024-02-09T10:11:02Z"' in told


def test_a_file_that_is_touched_changes_nothing(archive: Archive) -> None:
    """Neither does one that was fetched again and is the same."""
    before = archive.files()
    path = archive.data / "1.txt"
    text = path.read_bytes()
    path.unlink()
    archive.write("1.txt", text)

    assert not archive.export().changed
    assert archive.files() == before


def test_descriptions_of_unchanged_pages_are_copied(archive: Archive) -> None:
    """They lie beside their blocks in the dump, and the ledger knows how long they are."""
    with open_ledger(archive.root / ".commons-ld") as ledger:
        pages = [page for chunk in ledger.chunks(100) for page in chunk]
    data = (archive.out / "dataset.nq").read_bytes()

    for known in pages:
        after = data[known.start + known.length :][: known.described]
        assert hashlib.sha256(after).hexdigest() == known.description_sha256
        assert after.count(f"<{BASE}description/{known.slug}> .\n".encode()) == after.count(b"\n") > 20


@pytest.mark.parametrize(
    "what",
    ['description/21-12-un-essai/source> <http://purl.org/dc/terms/identifier> "data/1', "description/fiche-2> ."],
)
def test_a_damaged_description_is_never_copied_on(archive: Archive, what: str) -> None:
    """It is made again, as a block is."""
    before = archive.read("dataset.nq")
    damaged = before.replace(what, what[:-1] + "x")
    assert damaged != before
    (archive.out / "dataset.nq").write_text(damaged)
    archive.write("all.csv", "title,media_type,abstract\nFiche 1,Texte,Un autre\nFiche 2,Texte,Deux\n")
    archive.export()

    assert changes(set(before.splitlines()), dataset(archive)) == {"graph/fiche-1", "description/fiche-1"}


def test_a_record_that_is_held_back_has_no_description(archive: Archive) -> None:
    """What is not published is not described."""
    archive.write("1.txt", page(duration="00/25:00"))
    outcome = archive.export()

    assert outcome.report.held == 1
    assert "description/21-12-un-essai" not in archive.read("dataset.nq")


# ── Privacy ──────────────────────────────────────────────────────────────────────────────────────────


def test_no_guess_about_what_was_withheld_can_be_tested(tmp_path: Path) -> None:
    """Two pages that differ in nothing but what is withheld have the same description, hashes and all."""
    read = []
    for number, (person, telephone) in enumerate([("Ana Exemple", "06 12 34 56 78"), ("Zoé Essai", "07 98 76 54 32")]):
        archive = Archive(tmp_path / str(number), privacy=PrivacySettings(), output=DATA)
        archive.write("1.txt", page(lead=f"Appeler le {telephone}.").replace("Ana Exemple", person))
        archive.export()
        read.append((archive.graph("description/21-12-un-essai"), archive.graph("graph/21-12-un-essai")))

    assert read[0] == read[1]
    assert len(read[0][0]) > 20


def test_a_file_named_after_somebody_is_told_of_as_in_the_report(tmp_path: Path) -> None:
    """The name of a file is withheld from a description where it is from the report."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("ana-exemple.txt", page())
    archive.export()

    (named,) = [line for line in archive.graph("description/21-12-un-essai") if "/identifier>" in line]
    (row,) = json.loads(archive.read("manifest.json"))["records"]
    assert named.endswith(' "data/Participant·e 1.txt"')
    assert row["source"] == "data/Participant·e 1.txt, 21.12 Un essai"


# ── In every syntax ──────────────────────────────────────────────────────────────────────────────────


def test_descriptions_stand_after_their_records_in_json_ld(archive: Archive) -> None:
    """The description is an object of its own, with the source and the hashes inside."""
    things = [json.loads(line.removesuffix(",")) for line in archive.read("dataset.jsonld").splitlines()[1:-1]]
    names = [thing["@id"].removeprefix(BASE) for thing in things]
    (told,) = [thing for thing in things if thing["@id"] == f"{BASE}graph/21-12-un-essai"]

    assert names.index("graph/21-12-un-essai") == names.index("session/21-12-un-essai") + 1
    assert told["prov:wasDerivedFrom"]["dcterms:identifier"] == "data/1.txt"
    assert len(told["spdx:checksum"]["spdx:checksumValue"]) == 64
    assert told["prov:wasGeneratedBy"]["prov:wasAssociatedWith"].endswith(f"/page-text/{__version__}")
    assert {thing["name"]["@none"] for thing in things if thing["@type"] == "prov:SoftwareAgent"} == {
        "page-text",
        "csv",
    }


def test_the_files_of_a_record_hold_its_content_alone(archive: Archive) -> None:
    """Whoever asks for a session gets the session."""
    turtle = rdflib.Graph().parse(archive.out / "session" / "21-12-un-essai.ttl")

    assert len(turtle) == len(archive.graph("graph/21-12-un-essai"))
    assert list(turtle.subjects(RDF.type, term("dcat:CatalogRecord"))) == []


@pytest.mark.parametrize("title", ['100 % "%(slug)b" \\ %%', "un\nessai", "\ue000 \ue003"])
def test_a_description_tells_titles_as_they_are(title: str) -> None:
    """Most descriptions are filled in, and nothing in a title is taken for a blank; the lines stay sorted."""
    record = MediaRecord(origin=Origin("data/100%.csv"), title=title)
    block = described(record, reader="csv")
    lines = block.data.splitlines(keepends=True)

    assert lines == sorted(set(lines))
    assert list(graph(block).objects(predicate=term("dcterms:identifier"))) == [Literal(f"data/100%.csv#{title}")]
