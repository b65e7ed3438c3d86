"""An archive with a base of its own, which files its records under the concepts that come with commons-ld."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SKOS

from commons_ld.artefacts import artefact
from commons_ld.cli import commands
from tests.archive import Archive, page

BASE = "https://archive.exemple.test/"
OURS, FIRST = (URIRef(f"{base}concept/puissance-publique") for base in (BASE, "https://w3id.org/commons-ld/remix/"))

SCHEME = "https://w3id.org/commons-ld/remix/concepts"


@pytest.fixture(scope="module", params=["none", "copied"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive that has no file of concepts, or as in a clone of the repository, that which comes with it."""
    archive = Archive(tmp_path_factory.mktemp("archive"), base_iri=BASE)
    if request.param == "copied":
        (archive.root / "ontology").mkdir()
        (archive.root / "ontology" / "concepts.ttl").write_bytes(artefact("ontology/concepts.ttl").read_bytes())
    archive.write("un.txt", page(enjeu="Régie publique, Chose inconnue"))
    archive.export()
    return archive


def test_the_site_names_the_concepts_and_has_a_page_of_each(archive: Archive) -> None:
    """No page shows an address where a label is known, and what records are filed under can be browsed."""
    record = archive.read("site/session/21-12-un-essai.en.html")
    listed = archive.read("site/concepts.html")

    assert ">Public authorities<" in record
    assert "w3id.org/commons-ld/remix/concept" not in record
    assert all(name in listed for name in ("Puissance publique", "Régie publique", "Chose inconnue"))
    assert (archive.out / "site" / "concept" / "puissance-publique.html").is_file()


def test_every_iri_of_a_concept_begins_with_the_base_and_leads_to_the_first_one(archive: Archive) -> None:
    """In the data and in the vocabulary that is published with it, read by rdflib."""
    dump = Graph().parse(archive.out / "dataset.nt")
    vocabulary = Graph().parse(archive.out / "ontology" / "concepts.ttl")

    assert Literal("Puissance publique", "fr") in set(dump.objects(OURS, SKOS.prefLabel))
    assert set(dump.objects(OURS, SKOS.exactMatch)) >= {FIRST}
    assert not set(dump.predicate_objects(FIRST))
    assert Literal("Puissance publique", "fr") in set(vocabulary.objects(OURS, SKOS.prefLabel))
    assert not set(dump.objects(URIRef(f"{BASE}concept/chose-inconnue"), SKOS.exactMatch))


def test_a_concept_is_decided_upon_by_the_iri_that_it_is_published_by(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is listed so, and renamed so; the file is changed in place and keeps what it says."""
    monkeypatch.chdir(archive.root)
    (archive.root / "commons-ld.toml").write_text(f'base_iri = "{BASE}"\n')
    run = CliRunner().invoke
    listed = run(commands, ["vocab", "list", "--json"])
    renamed = run(commands, ["vocab", "rename", str(OURS), "Pouvoir public", "--lang", "en"])
    archive.export()

    assert str(OURS) in {row["iri"] for row in json.loads(listed.output)}
    assert renamed.exit_code == 0, renamed.output
    assert ">Pouvoir public<" in archive.read("site/session/21-12-un-essai.html")
    assert run(commands, ["vocab", "check"]).exit_code == 0


def test_a_match_with_a_concept_that_comes_with_commons_ld_stays_one(tmp_path: Path) -> None:
    """Whoever ties a concept of their own to it means that one, and the tie that is made anyhow is made once."""
    archive = Archive(tmp_path, base_iri=BASE)
    mine = URIRef(f"{BASE}concept/mien")
    (archive.root / "ontology").mkdir()
    (archive.root / "ontology" / "concepts.ttl").write_text(
        artefact("ontology/concepts.ttl").read_text(encoding="utf-8")
        + f'<{mine}> a skos:Concept ; skos:prefLabel "Le mien"@fr, "Mine"@en ;\n  skos:inScheme <{SCHEME}> ;\n'
        + f"  skos:closeMatch <https://example.org/x> ,\n    <{FIRST}> .\n"
        + f"<{FIRST}> skos:exactMatch <{FIRST}> .\n",
        encoding="utf-8",
    )
    archive.write("un.txt", page(enjeu="Le mien"))
    archive.export()
    lines = (archive.out / "dataset.nt").read_text(encoding="utf-8").splitlines()
    dump = Graph().parse(archive.out / "dataset.nt")

    assert set(dump.objects(mine, SKOS.closeMatch)) == {FIRST, URIRef("https://example.org/x")}
    assert set(dump.objects(mine, SKOS.inScheme)) == {URIRef(f"{BASE}concepts")}
    assert len(lines) == len(set(lines))
    assert lines.count(f"<{OURS}> <{SKOS.exactMatch}> <{FIRST}> .") == 1


def test_an_archive_with_the_first_base_ties_no_concept_to_itself(tmp_path: Path) -> None:
    """Its concepts have the IRIs that they always had."""
    archive = Archive(tmp_path)
    archive.write("un.txt", page())
    archive.export()
    dump = Graph().parse(archive.out / "dataset.nt")

    assert FIRST in set(dump.subjects(SKOS.prefLabel))
    assert not [match for concept, match in dump.subject_objects(SKOS.exactMatch) if concept == match]
    assert (archive.out / "ontology" / "concepts.ttl").read_bytes() == artefact("ontology/concepts.ttl").read_bytes()
