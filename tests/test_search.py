"""Search: what the index holds of records, and what is found in it."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest

from commons_ld import searching
from commons_ld.errors import PublicationError, QueryRejected, StoreError, StoreUnavailable
from commons_ld.iris import IriPolicy
from commons_ld.outputs import search_index
from commons_ld.outputs.publication import published
from commons_ld.outputs.search_index import index_path, writing
from commons_ld.outputs.search_record import FACETS, searchable, statements
from commons_ld.pipeline import exporting
from commons_ld.searching import MAX_PAGE, SearchQuery, search
from commons_ld.settings import OutputSettings, Settings
from tests.archive import Archive, page

REPOSITORY = Path(__file__).parent.parent
POLICY = IriPolicy(Settings().base_iri)


def index_of(archive: Archive) -> Path:
    """Return where the index of an archive's publication lies."""
    return index_path(archive.settings.path(archive.settings.state), published(archive.out))


def found(archive: Archive, words: str = "", **facets: str) -> list[str]:
    """Return the titles that a search finds."""
    query = SearchQuery(words, {name: (value,) for name, value in facets.items()}, size=100)
    return [hit.title for hit in search(index_of(archive), query).hits]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of three pages."""
    made = Archive(tmp_path_factory.mktemp("search"))
    made.write("1.txt", page("21.12 L'eau en commun", lead="Où va l'œuvre ?", abstract="Une Désobéissance encadrée."))
    made.write("2.txt", page("22.01 La forêt", created="2022/01/10", enjeu="Gestion de l'eau"))
    made.write("3.txt", page("22.02 Le lavoir", created="2022/02/10", abstract="Un lavoir et son eau."))
    made.export()
    return made


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return the archive of the repository's own data."""
    made = Archive(tmp_path_factory.mktemp("demonstration"), sources=(str(REPOSITORY / "data"),))
    made.export()
    return made


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("desobeissance", ["21.12 L'eau en commun"]),
        ("DÉSOBÉISSANCE", ["21.12 L'eau en commun"]),
        ("foret", ["22.01 La forêt"]),
        ("fore\u0302t", ["22.01 La forêt"]),
        ("oeuvre", ["21.12 L'eau en commun"]),
        ("œuvre", ["21.12 L'eau en commun"]),
        ("lav", ["22.02 Le lavoir"]),
        ("lav ", []),
        ("eau lavoir", ["22.02 Le lavoir"]),
        ('"lavoir et son"', ["22.02 Le lavoir"]),
        ('"son lavoir"', []),
        ("water management", ["22.01 La forêt"]),
        ("!!!", []),
    ],
)
def test_words_are_found_as_people_write_them(archive: Archive, words: str, titles: list[str]) -> None:
    """Without accents, by the beginning of the last one, in either language of a concept, and in a row in quotes."""
    assert found(archive, words) == titles


@pytest.mark.parametrize(
    "words",
    ['"', '" OR "', "NOT eau", "eau AND", "titles:eau", "{titles}: eau", "eau*", "NEAR(eau lavoir)", "^eau", "-eau",
     "eau\0", "'; DROP TABLE record; --", "((((", "a" * 500, "\ud83d\ude00", "é" * 499],
)  # fmt: skip
def test_no_syntax_of_the_index_is_the_users(archive: Archive, words: str) -> None:
    """Whatever is written is words or nothing, and never an error."""
    assert set(found(archive, words)) <= set(found(archive))
    assert len(found(archive)) == 3


def test_the_best_comes_first_and_else_the_newest(archive: Archive) -> None:
    """A word in a title counts for more than one in a text; without words, dates decide."""
    assert found(archive, "eau")[0] == "21.12 L'eau en commun"
    assert found(archive) == ["22.02 Le lavoir", "22.01 La forêt", "21.12 L'eau en commun"]


def test_a_snippet_shows_what_was_found(archive: Archive) -> None:
    """The words as they were written, with their accents."""
    (hit,) = search(index_of(archive), SearchQuery("desobeissance")).hits

    assert ("Désobéissance", True) in hit.snippet
    assert "".join(text for text, _ in hit.snippet).count("Désobéissance") == 1


# ── Facets and pages ─────────────────────────────────────────────────────────────────────────────────


def test_facets_narrow_and_their_values_are_alternatives(archive: Archive) -> None:
    """Facets narrow one another; two values of one facet widen it."""
    index = index_of(archive)

    assert found(archive, year="2022", enjeu="gestion-de-l-eau") == ["22.01 La forêt"]
    assert search(index, SearchQuery("", {"year": ("2021", "2022")})).total == 3


def test_counts_tell_what_another_choice_would_find(archive: Archive) -> None:
    """The counts of a facet leave its own choice out, and take the others' in."""
    result = search(index_of(archive), SearchQuery("", {"year": ("2022",)}))

    assert [(row.value, row.records, row.chosen) for row in result.facets["year"]] == [
        ("2022", 2, True),
        ("2021", 1, False),
    ]
    assert {row.value: row.records for row in result.facets["enjeu"]} == {
        "gestion-de-l-eau": 1,
        "politique-des-communs": 1,
    }


def test_every_facet_counts_as_the_graph_does(demonstration: Archive) -> None:
    """The counts of the index are those of a SPARQL query over the dump."""
    store = ox.Store()
    store.bulk_load(path=demonstration.out / "dataset.nq")
    terms = {"objet": "objetDeCommun", "enjeu": "enjeu", "action": "action", "resultat": "resultatAttendu"}
    result = search(index_of(demonstration), SearchQuery())
    for facet, term in terms.items():
        rows = store.query(
            f"SELECT ?c (COUNT(DISTINCT ?r) AS ?n) {{ ?r <https://w3id.org/commons-ld/ns#{term}> ?c }} GROUP BY ?c",
            use_default_graph_as_union=True,
        )
        assert isinstance(rows, ox.QuerySolutions)
        expected = {str(row["c"].value).rpartition("/")[2]: int(row["n"].value) for row in rows}

        assert {row.value: row.records for row in result.facets[facet]} == expected
        assert expected

    assert set(result.facets) == set(FACETS)
    assert all(result.facets.values())


def test_a_label_is_in_the_readers_language(archive: Archive) -> None:
    """Concepts are labelled by the scheme."""
    french, english = (search(index_of(archive), SearchQuery(), language) for language in ("fr", "en"))

    assert "Gestion de l'eau" in [row.label for row in french.facets["enjeu"]]
    assert "Water management" in [row.label for row in english.facets["enjeu"]]


def test_a_collection_with_the_name_of_a_concept_keeps_its_own(tmp_path: Path) -> None:
    """The labels of the scheme are those of concepts alone."""
    archive = Archive(tmp_path)
    text = page("21.12 Un essai").replace("Fait partie de Appel en commun", "Fait partie de Plaidoyer")
    archive.write("1.txt", text.replace("Appel en commun", "Plaidoyer"))
    archive.export()
    result = search(index_of(archive), SearchQuery(), "en")

    assert [(row.value, row.label) for row in result.facets["collection"]] == [("plaidoyer", "Plaidoyer")]


def test_pages_neither_repeat_nor_skip_a_record(demonstration: Archive) -> None:
    """Every order is a total one."""
    index = index_of(demonstration)
    for words in ("", "demonstration"):
        whole = search(index, SearchQuery(words, size=100))
        pages = [search(index, SearchQuery(words, page=number, size=3)) for number in range(1, 6)]

        assert [hit.iri for one in pages for hit in one.hits] == [hit.iri for hit in whole.hits]
        assert len(whole.hits) == whole.total > 3


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (SearchQuery("a" * 501), "500 characters"),
        (SearchQuery("a " * 25), "24 words"),
        (SearchQuery(facets={"theme": ("a",)}), "there is no facet 'theme'; there are objet, enjeu"),
        (SearchQuery(facets={"year": tuple(map(str, range(41)))}), "40 values"),
        (SearchQuery(page=0), "page is a number from 1"),
        (SearchQuery(page=MAX_PAGE + 1), "narrow the search"),
        (SearchQuery(size=101), "size is a number from 1 to 100"),
    ],
)
def test_what_no_person_searches_is_refused(archive: Archive, query: SearchQuery, said: str) -> None:
    """A refusal says what is allowed."""
    with pytest.raises(QueryRejected, match=said):
        search(index_of(archive), query)


def test_a_search_that_takes_too_long_is_given_up(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is one of steps, not of time, so that it is the same everywhere."""
    monkeypatch.setattr(searching, "_STEPS", 10)
    monkeypatch.setattr(searching, "_PATIENCE", 3)

    with pytest.raises(StoreUnavailable, match="takes too long"):
        search(index_of(archive), SearchQuery("eau"))


def test_an_index_that_is_missing_or_broken_is_told_of(tmp_path: Path) -> None:
    """The publisher is told to export."""
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database" * 100)

    with pytest.raises(StoreUnavailable, match="commons-ld export makes it"):
        search(tmp_path / "none.sqlite", SearchQuery())
    with pytest.raises(StoreError, match="export again"):
        search(broken, SearchQuery())


# ── The index ────────────────────────────────────────────────────────────────────────────────────────


def test_lines_are_taken_apart_as_a_parser_takes_them(demonstration: Archive) -> None:
    """Every statement of the dump is read as pyoxigraph reads it."""
    data = (demonstration.out / "dataset.nq").read_bytes()
    parsed = list(ox.parse(data, format=ox.RdfFormat.N_QUADS))
    ours = [triple for line in data.splitlines(keepends=True) for triple in statements(line)]

    assert len(ours) == len(parsed) > 1000
    for (subject, predicate, object_), quad in zip(ours, parsed, strict=True):
        assert (subject.decode(), predicate.decode()) == (quad.subject.value, quad.predicate.value)
        assert str(quad.object) == object_.decode()


def test_escapes_are_undone() -> None:
    """The text of a literal is what was meant, and not how it is written."""
    base = Settings().base_iri
    graph = f"<{base}graph/a> .\n"
    block = f'<{base}session/a> <http://purl.org/dc/terms/title> "un \\"mot\\"\\n\\u0007"@fr {graph}'.encode()

    record = searchable(block, POLICY, {})

    assert record is not None
    assert record.title == 'un "mot"\n\x07'


def test_nothing_that_was_withheld_is_in_the_index(archive: Archive) -> None:
    """The index is made of what is published: chat people have numbers there too."""
    with closing(sqlite3.connect(index_of(archive))) as database:
        everything = "\n".join(database.iterdump())

    assert "Exemple" not in everything
    assert "Bonjour" in everything


def test_only_changed_records_are_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edited page costs its own share; what is gone is gone from the index; its name is the publication's."""
    written: list[int] = []
    finish = search_index.SearchIndex.finish

    def counting(index: search_index.SearchIndex, publication: str) -> Path:
        written.append(index.written)
        return finish(index, publication)

    monkeypatch.setattr(search_index.SearchIndex, "finish", counting)
    archive = Archive(tmp_path)
    for number in range(5):
        archive.write(f"{number}.txt", page(f"22.0{number + 1} Page {number}"))
    archive.export()
    first = index_of(archive)
    archive.write("3.txt", page("22.04 Page 3", abstract="Tout autre chose : le moulin."))
    archive.export()
    (archive.data / "0.txt").unlink()
    archive.export()

    assert written == [5, 1, 0]
    assert found(archive, "moulin") == ["22.04 Page 3"]
    assert sorted(found(archive)) == [f"22.0{number + 1} Page {number}" for number in range(1, 5)]
    assert not first.exists()
    assert [path.name for path in index_of(archive).parent.iterdir()] == [index_of(archive).name]


def test_an_index_that_was_lost_is_made_again(tmp_path: Path) -> None:
    """The next export brings it back, from the publication alone, though nothing else is to be done."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page("21.12 Un essai"))
    archive.export()
    index_of(archive).unlink()

    assert not archive.export().changed
    assert found(archive, "essai") == ["21.12 Un essai"]


def test_an_index_is_the_same_however_it_was_made(tmp_path: Path) -> None:
    """Continued from the one before, or made anew: it finds the same."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page("21.12 Un essai"))
    archive.export()
    archive.write("2.txt", page("22.01 Un autre", abstract="Le moulin."))
    archive.export()
    continued = search(index_of(archive), SearchQuery("un"))
    index_of(archive).unlink()
    archive.export()

    assert search(index_of(archive), SearchQuery("un")) == continued


def test_an_index_goes_on_from_the_one_before_where_the_system_copies_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as from one disk to another: it is read and written then."""

    def refuse(*_: object) -> int:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    made = Archive(tmp_path, output=OutputSettings(site=False, feeds=False))
    made.write("a.txt", page("Un appel"))
    made.write("b.txt", page("Une rencontre"))
    made.export()
    monkeypatch.setattr(os, "copy_file_range", refuse)
    made.write("b.txt", page("Une fête"))
    made.export()

    assert sorted(found(made)) == ["Un appel", "Une fête"]


def test_an_index_that_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    """What fails in the middle takes no name and no place."""
    with pytest.raises(RuntimeError), writing(tmp_path, base_iri="https://a.test/", made_with="x", previous=""):
        raise RuntimeError

    assert list((tmp_path / "search").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    """The message names the folder."""
    (tmp_path / "search").write_text("in the way")

    with (
        pytest.raises(PublicationError, match="search: cannot be written"),
        writing(tmp_path, base_iri="https://a.test/", made_with="x", previous=""),
    ):
        pass


def test_validating_makes_no_index(tmp_path: Path) -> None:
    """Nothing is written by ``validate``."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page("21.12 Un essai"))
    exporting.validate(archive.settings)

    assert not (archive.settings.path(archive.settings.state) / "search").exists()
