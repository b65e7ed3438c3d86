"""The queries that come with commons-ld: where statements come from, asked of a dataset as it is exported."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from commons_ld import __version__
from commons_ld.crosswalk_graph import row_iri
from commons_ld.mapping.crosswalk import CROSSWALK, Rule
from commons_ld.rdf.namespaces import expand
from commons_ld.sources import SOURCES
from tests.archive import Archive
from tests.generated import REPOSITORY

QUERIES = {path.stem: path.read_text() for path in (REPOSITORY / "src" / "commons_ld" / "queries").glob("*.rq")}
BASE = "https://w3id.org/commons-ld/remix/"
SESSION = "session/21-12-plaidoyer-2022"
#: What statement.rq asks about as it stands.
ASKED = f"(<{BASE}{SESSION}> dcterms:created)"

#: A row of an answer: each variable with the text of its value, if it has one.
Answer = dict[str, str]


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the repository's own data."""
    archive = Archive(tmp_path_factory.mktemp("queries"))
    for path in sorted((REPOSITORY / "data").rglob("*.*")):
        if path.name != "README.md":
            archive.write(path.name, path.read_bytes())
    archive.export()
    return archive.out / "dataset.nq"


@pytest.fixture(scope="module")
def store(dump: Path) -> ox.Store:
    store = ox.Store()
    store.load(path=str(dump), format=ox.RdfFormat.N_QUADS)
    return store


@pytest.fixture(scope="module")
def dataset(dump: Path) -> rdflib.Dataset:
    dataset = rdflib.Dataset()
    dataset.parse(dump, format="nquads")
    return dataset


def ask(store: ox.Store, query: str) -> list[Answer]:
    """Return what the embedded store answers."""
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [
        {name: value.value for name in names if isinstance(value := row[name], ox.NamedNode | ox.Literal)}
        for row in found
    ]


def ask_rdflib(dataset: rdflib.Dataset, query: str) -> list[Answer]:
    """Return what rdflib answers."""
    found = dataset.query(query)
    # rdflib writes the time zone of a time in its own way.
    return [{str(name): str(value).replace("+00:00", "Z") for name, value in row.items()} for row in found.bindings]


def in_order(answers: list[Answer]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(answer.items()) for answer in answers)


def about(subject: str, predicate: str) -> str:
    """Return statement.rq with another question in it."""
    query = QUERIES["statement"]
    assert ASKED in query
    return query.replace(ASKED, f"(<{subject if '://' in subject else BASE + subject}> <{expand(predicate)}>)")


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_two_engines_give_the_same_answer(store: ox.Store, dataset: rdflib.Dataset, name: str) -> None:
    """Each query runs as it stands, and finds something."""
    answer = ask(store, QUERIES[name])

    assert answer
    assert in_order(ask_rdflib(dataset, QUERIES[name])) == in_order(answer)


def test_a_statement_leads_to_its_page_source_field_and_row(store: ox.Store) -> None:
    """The example of the query itself."""
    (answer,) = ask(store, QUERIES["statement"])

    assert answer == {
        "object": "2021-12-02",
        "record": BASE + SESSION,
        "page": "https://wiki.remixthecommons.org/index.php/21.12_Plaidoyer_2022",
        "source": "data/21.12-plaidoyer-2022.txt",
        "reader": "page-text",
        "label": "Date of creation",
        "field": "created",
        "row": "https://w3id.org/commons-ld/crosswalk#session-created-date",
    }


@pytest.mark.parametrize(
    ("subject", "predicate", "rows"),
    [
        (SESSION, "dcterms:subject", {"session-enjeux-concept", "session-objets_de_commun-concept", "session-resultats_attendus-concept"}),
        (SESSION, "schema:inLanguage", {"session-languages-language_tag"}),
        # Two rows read the duration; which one wrote this, its value tells.
        (f"{SESSION}/recording", "dcterms:extent", {"recording-duration-duration", "recording-duration-pages"}),
        (f"{SESSION}/recording", "schema:name", {"recording-title-text"}),
        (f"{SESSION}/note/2", "schema:dateCreated", {"note-time-moment"}),
        (f"{SESSION}/document/1", "dcterms:title", {"document-title-text"}),
        ("person/louise-guillot", "schema:description", {"person-biography-text"}),
        ("organization/remix-the-commons", "schema:name", {"organization-name-string"}),
        ("https://www.org.meet.coop", "schema:name", {"link-label-label"}),
        (SESSION, "schema:duration", set()),
        (SESSION, "rdf:type", set()),
        ("session/no-such-thing", "dcterms:title", set()),
    ],
)  # fmt: skip
def test_the_rows_of_a_statement_are_told_apart(store: ox.Store, subject: str, predicate: str, rows: set[str]) -> None:
    """By the kind of node, and by what else a row writes of the same value."""
    found = {answer["row"].rpartition("#")[2] for answer in ask(store, about(subject, predicate))}

    assert found == rows


def test_each_value_of_a_facet_leads_to_its_own_field(store: ox.Store) -> None:
    """The subject of a record is a concept of one facet or of another."""
    found = {
        answer["object"].removeprefix(BASE): answer["field"] for answer in ask(store, about(SESSION, "schema:about"))
    }

    assert found == {
        "concept/puissance-publique": "objets_de_commun",
        "concept/politique-des-communs": "enjeux",
        "concept/etat-partenaire": "resultats_attendus",
    }


def test_every_record_has_its_provenance(store: ox.Store) -> None:
    """Every record of the repository's data, read from files of every format."""
    answers = {answer["record"].removeprefix(BASE): answer for answer in ask(store, QUERIES["records"])}

    # What Semantic MediaWiki exports of a page completes what was read by another reader.
    assert {answer["reader"] for answer in answers.values()} == {source.name for source in SOURCES} - {"smw-rdf"}
    assert {answer["version"] for answer in answers.values()} == {__version__}
    assert all(len(answer["hash"]) == len(answer["content"]) == 64 for answer in answers.values())
    assert len({answer["source"] for answer in answers.values()}) == len(answers) == 13
    assert answers[SESSION]["source"] == "data/21.12-plaidoyer-2022.txt"


def test_what_was_made_of_a_field_is_found(store: ox.Store) -> None:
    """Whatever the row: the facet of the seed session, and those of other records."""
    found = [answer for answer in ask(store, QUERIES["field"]) if answer["subject"] == BASE + SESSION]

    assert {answer["object"] for answer in found} == {BASE + "concept/politique-des-communs"}
    assert {answer["predicate"] for answer in found} == {
        expand(n) for n in ("cld:enjeu", "dcterms:subject", "schema:about")
    }


@pytest.mark.parametrize("rule", CROSSWALK, ids=str)
def test_every_row_is_in_the_dataset(store: ox.Store, rule: Rule) -> None:
    """With its kind of node, its field, its term, its properties, and what the field is called."""
    row = ox.NamedNode(row_iri(rule))
    quads = list(store.quads_for_pattern(row, None, None))
    said = {(q.predicate.value, q.object.value) for q in quads if isinstance(q.object, ox.NamedNode | ox.Literal)}

    assert {
        (expand("cld:describes"), f"https://w3id.org/commons-ld/crosswalk#{rule.node}"),
        (expand("cld:reads"), rule.field),
        (expand("cld:makes"), rule.term),
        *((expand("cld:writes"), expand(name)) for name in rule.properties),
    } <= said
    labels = [q.object for q in quads if q.predicate.value == expand("rdfs:label") and isinstance(q.object, ox.Literal)]
    assert {label.language for label in labels} == {"fr", "en"}
    assert rule.field not in {label.value for label in labels}


def test_no_two_rows_have_one_iri() -> None:
    """A row is known by its node, its field and what it makes."""
    assert len({row_iri(rule) for rule in CROSSWALK}) == len(CROSSWALK)


def test_the_forms_of_nodes_fit_the_base(tmp_path: Path) -> None:
    """What means something in a regular expression is meant as it is."""
    archive = Archive(tmp_path, base_iri="https://exemple.test/a+b/(c).d/")
    archive.write("1.jsonl", '{"title": "Une charte", "media_type": "Texte"}\n')
    archive.export()
    store = ox.Store()
    store.load(path=str(archive.out / "dataset.nq"), format=ox.RdfFormat.N_QUADS)

    query = QUERIES["statement"].replace(ASKED, "(<https://exemple.test/a+b/(c).d/media/une-charte> dcterms:title)")

    assert [answer["row"].rpartition("#")[2] for answer in ask(store, query)] == ["media-title-text"]
