"""Reconciliation: what labels mean, how sure that is, and that the labels are those of what is published."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.errors import StoreError
from commons_ld.likeness import is_loss_of_accents, likeness, to_key, to_stem, to_words, trigrams
from commons_ld.outputs import label_index
from commons_ld.outputs.publication import published
from commons_ld.outputs.search_index import index_path
from commons_ld.rdf.namespaces import expand
from commons_ld.reconciling.labels import Labels
from commons_ld.reconciling.matching import Matcher
from commons_ld.reconciling.questions import LARGEST, Candidate, Condition, Query
from tests.archive import Archive, page
from tests.reconciled import POLICY, index_of, matcher_of, rows


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """Return what matches with the vocabulary of the cases."""
    return matcher_of(index_of(tmp_path_factory.mktemp("labels"), rows("entities.csv")))


def asked(matcher: Matcher, row: dict[str, str]) -> list[Candidate]:
    """Return the candidates of a row of the cases."""
    return matcher.match(Query(row["label"], (row["kind"],) if row["kind"] else ()))


def named(candidate: Candidate) -> str:
    """Return a candidate as the cases name it."""
    return f"{candidate.kind}/{candidate.slug}"


# ── How well ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_answer_is_right_for_nineteen_labels_of_twenty(matcher: Matcher) -> None:
    """Typing errors, lost accents, plurals, other languages, former names and parts of titles."""
    cases = [row for row in rows("labels.csv") if row["means"]]
    wrong = [row["label"] for row in cases if [named(first) for first in asked(matcher, row)[:1]] != [row["means"]]]

    assert len(cases) >= 200
    assert len(wrong) <= len(cases) * 0.05, wrong


def test_what_is_taken_for_sure_is_right(matcher: Matcher) -> None:
    """No label is matched to what it does not mean, and none that means nothing here is matched at all."""
    wrong = [
        (row["label"], named(candidate))
        for row in rows("labels.csv")
        for candidate in asked(matcher, row)
        if candidate.is_match and named(candidate) != row["means"]
    ]

    assert wrong == []


@pytest.mark.parametrize("way", ["same", "case", "accents", "language"])
def test_what_is_the_same_is_taken_for_sure(matcher: Matcher, way: str) -> None:
    """A person need not confirm a label that differs in case or in lost accents alone, or that is one in another language."""
    cases = [row for row in rows("labels.csv") if row["way"] == way]
    unsure = [row["label"] for row in cases if not any(candidate.is_match for candidate in asked(matcher, row))]

    assert cases
    assert unsure == []


# ── When it is sure ──────────────────────────────────────────────────────────────────────────────────


def vocabulary(folder: Path, *entities: tuple[str, str, str]) -> Matcher:
    """Return what matches with concepts and persons: kind, name in IRIs, label."""
    return matcher_of(
        index_of(
            folder,
            [
                {
                    "kind": kind,
                    "slug": slug,
                    "fr": "" if kind in ("person", "organization") else label,
                    "en": "",
                    "es": "",
                    "other": label if kind in ("person", "organization") else "",
                }
                for kind, slug, label in entities
            ],
        )
    )


def test_two_things_of_one_name_are_for_a_person_to_tell_apart(tmp_path: Path) -> None:
    """Nothing says which of them is meant, unless a type does."""
    matcher = vocabulary(tmp_path, ("concept", "lavoir", "Le lavoir"), ("collection", "le-lavoir", "Le lavoir"))

    assert [(named(one), one.is_match) for one in matcher.match(Query("Le lavoir"))] == [
        ("collection/le-lavoir", False),
        ("concept/lavoir", False),
    ]
    assert [one.is_match for one in matcher.match(Query("Le lavoir", ("concept",)))] == [True]


def test_the_one_that_is_written_so_is_meant_where_others_differ_in_accents(tmp_path: Path) -> None:
    """``côte`` is not ``côté``; without any accent it may be either."""
    matcher = vocabulary(tmp_path, ("concept", "cote", "Côte"), ("concept", "cote-2", "Côté"))

    assert {one.slug: one.is_match for one in matcher.match(Query("côté"))} == {"cote": False, "cote-2": True}
    assert {one.slug: one.is_match for one in matcher.match(Query("cote"))} == {"cote": False, "cote-2": False}


def test_a_name_is_the_same_with_its_surname_first_but_a_concept_is_not(tmp_path: Path) -> None:
    """The words of a concept mean something in their order."""
    matcher = vocabulary(tmp_path, ("person", "ana", "Ana Exemple"), ("concept", "a", "Public commun"))

    assert [one.is_match for one in matcher.match(Query("EXEMPLE Ana"))] == [True]
    assert [one.is_match for one in matcher.match(Query("commun public"))] == [False]


def test_an_entity_is_found_by_its_iri(matcher: Matcher) -> None:
    """Whole, or as it stands after the base; with a type it is not of, it is not."""
    (found,) = matcher.match(Query(POLICY.mint("concept", "eau")))

    assert (named(found), found.score, found.is_match) == ("concept/eau", 100.0, True)
    assert [named(one) for one in matcher.match(Query("concept/eau"))] == ["concept/eau"]
    assert matcher.match(Query("concept/eau", ("person",)))[:1] == []


def test_scores_fall_and_lie_between_0_and_100(matcher: Matcher) -> None:
    """The best comes first; nothing that only resembles is as good as what is the same."""
    for row in rows("labels.csv"):
        found = asked(matcher, row)
        scores = [candidate.score for candidate in found]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 100 for score in scores)
        assert len({candidate.number for candidate in found}) == len(found)


@pytest.mark.parametrize(
    "label", ["", " ", "!!!", "\0", "%", "' OR 1=1 --", '"', "a" * 100_000, "é" * 5_000, "\U0001f600", "ﬀ", "١٢"]
)
def test_any_text_is_a_label(matcher: Matcher, label: str) -> None:
    """Nothing in it is syntax of the index, and its length costs nothing."""
    assert not any(candidate.is_match for candidate in matcher.match(Query(label)))


def test_no_more_candidates_come_than_are_asked_for(matcher: Matcher) -> None:
    """And never more than a query may have."""
    assert len(matcher.match(Query("communs", limit=2))) == 2
    assert len(matcher.match(Query("communs", limit=10**9))) <= LARGEST


# ── Properties ───────────────────────────────────────────────────────────────────────────────────────

PART_OF = expand("dcterms:isPartOf")


def told(iris: Collection[str], properties: Collection[str]) -> dict[tuple[str, str], list[str]]:
    """Tell of which collection sessions are a part, and when they took place."""
    facts = {
        (POLICY.mint("session", "21-11-plaidoyer-2022"), PART_OF): [POLICY.mint("collection", "ateliers-en-commun")],
        (POLICY.mint("session", "21-12-plaidoyer-2022"), PART_OF): [POLICY.mint("collection", "appel-en-commun")],
        (POLICY.mint("session", "21-12-plaidoyer-2022"), expand("dcterms:created")): ["2021-12-02"],
    }
    return {key: values for key, values in facts.items() if key[0] in iris and key[1] in properties}


@pytest.mark.parametrize(
    "value",
    ["Appel en commun", "APPEL EN COMMUN", POLICY.mint("collection", "appel-en-commun"), "collection/appel-en-commun"],
)
def test_a_property_decides_between_candidates(matcher: Matcher, value: str) -> None:
    """Its value is given as a label, as an IRI, or as what stands after the base of one."""
    found = matcher.match(Query("Plaidoyer 2022", ("session",), conditions=(Condition(PART_OF, (value,)),)), told)

    assert named(found[0]) == "session/21-12-plaidoyer-2022"
    assert found[0].score > found[1].score
    assert dict(found[0].features)["properties"] == 100.0


def test_a_property_that_differs_takes_a_match_back(matcher: Matcher) -> None:
    """The label is the same, but what else is known of it speaks against it."""
    query = Query("21.12 Plaidoyer 2022", conditions=(Condition(PART_OF, ("Ateliers en commun",)),))

    assert not any(candidate.is_match for candidate in matcher.match(query, told))


@pytest.mark.parametrize(
    ("quantifier", "values", "is_there"),
    [
        ("any", ("Appel en commun", "Autre"), True),
        ("all", ("Appel en commun", "Autre"), False),
        ("all", ("Appel en commun",), True),
        ("none", ("Appel en commun",), False),
        ("none", ("Autre",), True),
    ],
)
def test_a_required_property_leaves_others_out(
    matcher: Matcher, quantifier: str, values: tuple[str, ...], is_there: bool
) -> None:
    """Any, all or none of the values."""
    condition = Condition(PART_OF, values, is_required=True, quantifier=quantifier)  # type: ignore[arg-type]
    found = matcher.match(Query("21.12 Plaidoyer 2022", ("session",), conditions=(condition,)), told)

    assert ("session/21-12-plaidoyer-2022" in map(named, found)) == is_there


def test_a_year_is_there_with_each_of_its_days(matcher: Matcher) -> None:
    """Of a date, its beginning is enough."""
    created = expand("dcterms:created")
    year, other = (
        Query("21.12 Plaidoyer 2022", conditions=(Condition(created, (value,)),)) for value in ("2021", "2022")
    )

    assert matcher.match(year, told)[0].is_match
    assert not matcher.match(other, told)[0].is_match


# ── Suggestions ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("prefix", "first"),
    [
        ("budg", "concept/budget-participatif"),
        ("partic", "concept/participation-citoyenne"),
        ("marchep", "person/louise-marchepied"),
        ("Étát part", "concept/etat-partenaire"),
        ("concept/eau", "concept/eau"),
    ],
)
def test_what_begins_so_is_suggested(matcher: Matcher, prefix: str, first: str) -> None:
    """By the beginning of a label, or of a word in it; or by an IRI."""
    assert first in [named(one) for one in matcher.suggest(prefix)][:3]


def test_nothing_written_yet_suggests_something(matcher: Matcher) -> None:
    """An empty prefix shows what there is, and only of the kind that is asked for."""
    assert {one.kind for one in matcher.suggest("", ("person",), 5)} == {"person"}
    assert len(matcher.suggest("", (), 5)) == 5


# ── The labels are those of what is published ─────────────────────────────────────────────────────────


def labels_of(archive: Archive) -> Labels:
    """Return the labels of an archive's publication."""
    path = index_path(archive.settings.path(archive.settings.state), published(archive.out))
    return Labels(path, archive.settings.base_iri)


def dumped(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """Return all that is looked up, without the numbers that depend on how it came there."""
    path = index_path(archive.settings.path(archive.settings.state), published(archive.out))
    with closing(sqlite3.connect(path)) as database:
        of = "FROM entity_label l JOIN entity e ON e.id = l.entity"
        grams = {
            (gram, label)
            for gram, postings in database.execute("SELECT gram, postings FROM trigram")
            for number in memoryview(postings).cast("I")
            for (label,) in [database.execute("SELECT label FROM entity_label WHERE id = ?", (number,)).fetchone()]
        }
        return {
            "labels": sorted(
                database.execute(f"SELECT kind, slug, label, language, rank, key, words, stem, records {of}")
            ),
            "grams": sorted(grams),
            "named": sorted(database.execute("SELECT kind, slug, label, language, rank FROM named")),
            "touched": list(database.execute("SELECT * FROM named_touched")),
        }


def test_an_index_that_went_on_is_as_one_made_anew(tmp_path: Path) -> None:
    """A page is changed, another goes and a third comes: what is looked up is what is published, and nothing else."""
    one, other = Archive(tmp_path / "one"), Archive(tmp_path / "other")
    one.write("1.txt", page("21.12 L'eau en commun"))
    one.write("2.txt", page("22.01 La forêt"))
    one.export()
    (one.data / "2.txt").unlink()
    one.write("1.txt", page("21.12 L'eau qui court"))
    one.write("3.txt", page("22.02 Le lavoir", enjeu="Une chose nouvelle"))
    one.export()
    other.write("1.txt", page("21.12 L'eau qui court"))
    other.write("3.txt", page("22.02 Le lavoir", enjeu="Une chose nouvelle"))
    other.export()

    found, anew = dumped(one), dumped(other)

    assert [row for row in found["labels"] if row[0] != "session"] == [
        row for row in anew["labels"] if row[0] != "session"
    ]
    assert not any("forêt" in str(row[2]) for row in found["labels"])
    assert found["touched"] == []
    assert labels_of(one).of_key("la foret") == []
    labels = {label for _, _, label, *_ in found["labels"]}
    assert {label for _, label in found["grams"]} == labels
    assert {gram for gram, _ in found["grams"]} == {gram for label in labels for gram in trigrams(to_key(str(label)))}


def test_what_is_looked_up_does_not_depend_on_how_much_is_written_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What many things share, such as three letters, is found whichever of them was written first."""
    at_once, in_turn = Archive(tmp_path / "at-once"), Archive(tmp_path / "in-turn")
    for archive, together in ((at_once, 100_000), (in_turn, 2)):
        monkeypatch.setattr(label_index, "_TOGETHER", together)
        for number, title in enumerate(("21.12 Le lavoir", "22.01 Les lavoirs", "22.02 Le lavoir du haut")):
            archive.write(f"{number}.txt", page(title))
        archive.export()

    assert dumped(in_turn) == dumped(at_once)


def test_who_took_part_in_a_chat_is_never_found(tmp_path: Path) -> None:
    """Not even where the settings publish the names of those who write: they are no persons of the archive."""
    from commons_ld.settings import PrivacySettings

    archive = Archive(tmp_path, privacy=PrivacySettings(notes="publish"))
    archive.write("1.txt", page())
    archive.export()
    assert "Ana Exemple" in archive.read("dataset.nq")

    matcher = Matcher(labels_of(archive), POLICY)

    assert [one.label for one in matcher.match(Query("Ana Exemple")) if one.kind == "person"] == []
    assert not any("Exemple" in str(row) for row in dumped(archive)["named"])


def test_a_missing_or_broken_index_says_so(tmp_path: Path) -> None:
    """And not that nothing was found."""
    with pytest.raises(StoreError, match="there is no search index"):
        Labels(tmp_path / "none.sqlite", POLICY.base_iri)
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no index" * 1_000)

    with pytest.raises(StoreError, match="export again"):
        Labels(broken, POLICY.base_iri).of_key("eau")


# ── Likeness ─────────────────────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_number_from_0_to_100_whichever_comes_first(one: str, other: str) -> None:
    """And 100 for what is the same."""
    first, second = to_key(one), to_key(other)

    assert 0 <= likeness(first, second) <= 100
    assert likeness(first, second) == pytest.approx(likeness(second, first), abs=3)
    assert likeness(first, first) == 100


@given(st.text(max_size=300))
def test_a_key_is_the_key_of_itself(text: str) -> None:
    """It has no case and no accent that another folding would take away, and its words are its words."""
    key = to_key(text)

    assert to_key(key) == key
    assert sorted(key.split()) == to_words(key).split()
    assert is_loss_of_accents(text, text)
    assert to_stem(key, "xx") == ""
