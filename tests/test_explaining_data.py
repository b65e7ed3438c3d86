"""Explaining the archive's own data: every statement of it, down to the line of the page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commons_ld.explaining import explain
from commons_ld.rdf.namespaces import expand
from tests.archive import DATA, Archive
from tests.explained import BASE, statements, the
from tests.generated import REPOSITORY
from tests.test_seed import SEED

SESSION = "session/21-12-plaidoyer-2022"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Export the repository's own data."""
    archive = Archive(tmp_path_factory.mktemp("explaining"), output=DATA)
    shutil.copytree(REPOSITORY / "data", archive.data, dirs_exist_ok=True)
    archive.export()
    return archive


@pytest.mark.parametrize(
    ("subject", "predicate", "object_", "told"),
    [
        (SESSION, "dcterms:created", "", ("created", "", "Date de création", 14, "2021/12/02", "session-created-date")),
        (SESSION, "dcterms:title", "", ("title", "", "", 1, "21.12 Plaidoyer 2022", "session-title-text")),
        (SESSION, "dcterms:identifier", "", ("title", "slug", "", 1, "21.12 Plaidoyer 2022", "session-slug-string")),
        (SESSION, "dcterms:spatial", "", ("countries", "", "Pays", 18, "France", "session-countries-country")),
        (SESSION, "schema:about", "etat", ("resultats_attendus", "", "Résultat(s) attendu(s)", 8, "État partenaire", "session-resultats_attendus-concept")),
        (SESSION, "schema:performer", "louise", ("guests", "", "En résumé", 31, "Louise Guillot", "session-guests-person")),
        (SESSION, "schema:recordedIn", "", ("media_type", "recording", "Média", 20, "Audio", "session-recording-recording")),
        (SESSION, "dcterms:references", "/document/2", ("documents", "", "Documents", 37, "Le livret numérique", "session-documents-document")),
        (SESSION, "dcterms:source", "", ("page", "", "", 0, "https://wiki.remixthecommons.org/index.php/21.12_Plaidoyer_2022", "session-page-url")),
        (f"{SESSION}/recording", "schema:duration", "", ("duration", "", "Durée", 16, "01:00:00", "recording-duration-duration")),
        (f"{SESSION}/recording", "rdf:type", "", ("media_type", "", "Média", 20, "Audio", "")),
        (f"{SESSION}/document/1", "dcterms:title", "", ("documents", "title", "Documents", 37, "L'appel", "document-title-text")),
        (f"{SESSION}/note/2", "schema:dateCreated", "", ("notes", "time", "Notes laissées par les participant·e·s", 47, "14:19", "note-time-moment")),
        (f"{SESSION}/participant/1", "schema:name", "", ("notes", "name", "Notes laissées par les participant·e·s", 47, "Participant·e 1", "participant-name-text")),
        ("https://www.org.meet.coop", "schema:name", "", ("links", "label", "URL mentionnées", 45, "The Online Meeting Co-operative", "link-label-label")),
    ],
)  # fmt: skip
def test_a_statement_is_told_down_to_the_line(
    data: Archive, subject: str, predicate: str, object_: str, told: tuple[object, ...]
) -> None:
    """Field, part, what the page calls it, line, the value there, and the row: as they stand on the page."""
    found = the(data, subject, predicate, object_)

    assert (
        found.field,
        found.part,
        found.label,
        found.line,
        found.value,
        found.row.removeprefix("https://w3id.org/commons-ld/crosswalk#"),
    ) == told


def test_the_line_is_that_of_the_file(data: Archive) -> None:
    """Whoever opens the file there finds the value, or the label that it stands under."""
    lines = (data.data / "sessions" / "21.12-plaidoyer-2022.txt").read_text().splitlines()
    told = [one for one in statements(explain(data.settings, f"graph/{SESSION[8:]}")) if one.line and not one.part]
    # Where the whole is below a heading, the line is that of the first paragraph, bullet or message.
    single = [one for one in told if one.field not in ("abstract", "guests", "documents", "links", "notes", "pad")]

    assert len(single) > 30
    assert [one for one in single if one.value.split("\n")[0] not in lines[one.line - 1]] == []


def test_the_record_is_told_of(data: Archive) -> None:
    """Its page, its file, its reader and its version are those of the publication."""
    (record,) = explain(data.settings, SESSION, "dcterms:created").records

    assert record.iri == BASE + SESSION
    assert record.page == "https://wiki.remixthecommons.org/index.php/21.12_Plaidoyer_2022"
    assert (record.origin.path, record.reader) == ("data/sessions/21.12-plaidoyer-2022.txt", "page-text")
    assert (record.sha256, record.is_published) == (data.records()[SESSION], True)


def test_every_statement_of_every_record_is_explained(data: Archive) -> None:
    """Those of a record's graph are those that are published, each with a field, and with a row unless it is a class."""
    for name in data.records():
        graph = f"graph/{name.partition('/')[2]}"
        told = statements(explain(data.settings, graph))
        published = {line.rstrip() for line in data.graph(graph)}

        assert {f"<{one.subject}> <{one.predicate}> {one.object}" for one in told} == published
        assert [one for one in told if not one.field or bool(one.row) == (one.predicate == expand("rdf:type"))] == []


@pytest.mark.skipif(not SEED.is_file(), reason="the seed page is not beside this repository")
def test_every_statement_of_the_real_page_is_explained(tmp_path: Path) -> None:
    """With the line, where the page has one for the field."""
    archive = Archive(tmp_path, output=DATA)
    archive.write(SEED.name, SEED.read_bytes())
    archive.export()

    told = statements(explain(archive.settings, "graph/21-12-plaidoyer-2022"))

    published = {line.rstrip() for line in archive.graph("graph/21-12-plaidoyer-2022")}
    assert {f"<{one.subject}> <{one.predicate}> {one.object}" for one in told} == published
    assert {one.field for one in told if not one.line} == {"page"}
    lines = SEED.read_text(encoding="utf-8").splitlines()
    shown = [one for one in told if one.field in ("created", "issued", "duration", "countries", "collections")]
    assert [one for one in shown if one.value and one.value not in lines[one.line - 1]] == []
    assert len(shown) >= 10


@pytest.mark.parametrize(
    ("name", "reader", "field", "label"),
    [
        ("session/22-05-demonstration-un-atelier-sur-l-eau", "wikitext", "objets_de_commun", "Catégorie Hess"),
        ("media/demonstration-un-entretien-en-json", "json", "media_type", "media_type"),
    ],
)
def test_a_field_is_called_as_its_source_does(data: Archive, name: str, reader: str, field: str, label: str) -> None:
    """By the label of the page, the parameter of the template, or the name of the schema."""
    (record,) = explain(data.settings, name).records

    assert record.reader == reader
    assert {one.label for one in record.statements if one.field == field} == {label}


def test_a_record_of_many_is_found_in_its_file(data: Archive) -> None:
    """The line is that of the row."""
    name = "session/23-01-demonstration-un-appel-en-anglais"
    (record,) = explain(data.settings, name, "dcterms:title").records

    assert (record.origin.path, record.origin.line) == ("data/demonstration/appels.jsonl", 1)
    assert record.statements[0].line == 1
