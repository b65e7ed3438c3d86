"""Explaining: for every statement the page, the line, the field, the value, and the row that wrote it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from commons_ld.errors import NotFound, PublicationError
from commons_ld.explaining import explain
from commons_ld.explaining.words import WORDS as SENTENCES
from commons_ld.ledger import open_ledger
from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.outputs.explanation import to_json
from commons_ld.outputs.explanation_text import MADE, to_text
from commons_ld.rdf.namespaces import expand
from commons_ld.settings import PrivacySettings, Settings
from commons_ld.text import fold
from tests.archive import DATA, Archive, page
from tests.explained import BASE, statements, the
from tests.test_exports import HEAD, TITLE, exported
from tests.test_privacy_everywhere import DIGITS, PAGE, PLANTED, WORDS

ONE, TWO = "session/21-12-un-essai", "session/22-01-un-autre"


@pytest.fixture(scope="module")
def exported_once(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of two pages, exported."""
    made = Archive(tmp_path_factory.mktemp("once"), output=DATA)
    made.write("1.txt", page())
    made.write("2.txt", page("22.01 Un autre"))
    made.export()
    return made


@pytest.fixture
def archive(exported_once: Archive, tmp_path: Path) -> Archive:
    """Return it to do with as one likes."""
    return exported_once.copied(tmp_path / "archive")


# ── What is told of a statement ──────────────────────────────────────────────────────────────────────


def test_a_value_that_an_export_gave_is_not_said_to_be_on_the_page(tmp_path: Path) -> None:
    """What Semantic MediaWiki exports has the last word on some fields; the others are the page's own."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.txt", page(TITLE))
    archive.write("all.ttl", HEAD + exported(Pays="Italie") + exported("22.02 Seul", Pays="Italie"))
    archive.export(keep_invalid=True)

    country, day = the(archive, ONE, "dcterms:spatial"), the(archive, ONE, "dcterms:created")
    told = explain(archive.settings, "session/22-02-seul", "dcterms:spatial")

    assert (country.value, country.source, country.label, country.line) == ("Italie", "data/all.ttl", "", 0)
    assert (day.value, day.source, day.label, day.line) == ("2021/12/02", "", "Date de création", 11)
    text = to_text(explain(archive.settings, ONE, "dcterms:spatial"), "en")
    assert "  field     Country (in the export data/all.ttl)\n" in text
    assert "  revision  saved 2021-12-03T10:00:00Z\n" in text
    assert [(record.reader, record.statements[0].source) for record in told.records] == [("smw-rdf", "")]


def test_a_candidate_is_told_from_a_concept(archive: Archive) -> None:
    """With the known label that it resembles."""
    archive.write("1.txt", page(enjeu="Politiques des communs"))
    archive.export()

    found = the(archive, ONE, "cld:enjeu")

    assert (found.is_candidate, found.nearest) == (True, "Politique des communs")
    assert not the(archive, ONE, "cld:objetDeCommun").is_candidate
    assert "Politique des communs" in to_text(explain(archive.settings, ONE, "cld:enjeu"), "en")


@pytest.mark.parametrize(
    ("title", "collection", "kind", "field", "value"),
    [
        ("21.12 Un essai", "Autre", "", "title", "21.12 Un essai"),
        ("Un essai", "Appel en commun", "", "collections", "Appel en commun"),
        ("Un essai", "Autre", "session", "kind", "session"),
    ],
)
def test_the_class_of_a_record_is_told_too(
    tmp_path: Path, title: str, collection: str, kind: str, field: str, value: str
) -> None:
    """What makes it a session."""
    archive = Archive(tmp_path, output=DATA)
    row = {"title": title, "collections": [collection], "kind": kind}
    archive.write("1.json", msgspec.json.encode(row))
    archive.export(keep_invalid=True)
    (name,) = archive.records()

    told = statements(explain(archive.settings, name, "a"))

    assert {(one.field, one.value, one.term) for one in told} == {(field, value, "record-class")}


def test_a_former_title_is_on_no_line(archive: Archive) -> None:
    """It is remembered by the ledger, and not on the page any more."""
    archive.write("1.txt", page("21.12 Un autre titre"))
    archive.export()

    found = the(archive, ONE, "dcterms:alternative")

    assert (found.field, found.part, found.line, found.value) == ("title", "former_titles", 0, "21.12 Un essai")


def test_a_page_that_changed_since_is_told_as_it_is_now(archive: Archive) -> None:
    """With a word that it is not yet published like this."""
    archive.write("1.txt", page(created="2022/01/03"))

    told = explain(archive.settings, ONE, "dcterms:created")

    assert [(record.is_published, record.statements[0].value) for record in told.records] == [(False, "2022/01/03")]
    assert "not yet published like this; export again" in to_text(told, "en")


def test_to_explain_changes_nothing(archive: Archive) -> None:
    """Neither the ledger nor the publication."""
    state = archive.root / ".commons-ld" / "ledger.sqlite"
    before, files = state.read_bytes(), archive.files()
    explain(archive.settings, ONE)

    assert (state.read_bytes(), archive.files()) == (before, files)
    assert not archive.export().changed


# ── What many records speak of ───────────────────────────────────────────────────────────────────────


def test_what_many_records_speak_of_is_listed(archive: Archive) -> None:
    """The records come first; each is explained when it is named, or when all are wanted."""
    concept = "concept/politique-des-communs"
    listed = explain(archive.settings, concept)
    one = explain(archive.settings, concept, within=TWO)
    every = explain(archive.settings, concept, "cld:enjeu", every=True)

    assert (listed.mentions, listed.records) == (2, ())
    assert [(record.iri, record.title) for record in listed.mentioned_in] == [
        (BASE + ONE, "21.12 Un essai"),
        (BASE + TWO, "22.01 Un autre"),
    ]
    assert [record.iri for record in one.records] == [BASE + TWO]
    assert {s.predicate for s in statements(one)} == {
        expand(n) for n in ("cld:enjeu", "dcterms:subject", "schema:about")
    }
    assert [(record.iri, len(record.statements)) for record in every.records] == [(BASE + ONE, 1), (BASE + TWO, 1)]


@pytest.mark.parametrize("name", [TWO, BASE + TWO, "22-01-un-autre"])
def test_a_record_may_be_named_in_any_way(archive: Archive, name: str) -> None:
    """By its IRI, what that has after the base, or its own name."""
    (record,) = explain(archive.settings, "collection/appel-en-commun", within=name).records

    assert record.iri == BASE + TWO
    assert {one.field for one in record.statements} == {"collections"}


def test_the_list_is_bounded(tmp_path: Path) -> None:
    """However many records speak of something, twenty are listed and all are counted."""
    archive = Archive(tmp_path, output=DATA)
    rows = [f'{{"title": "Fiche {number}", "enjeux": ["Plaidoyer"], "media_type": "Texte"}}\n' for number in range(30)]
    archive.write("all.jsonl", "".join(rows))
    archive.export()

    told = explain(archive.settings, "concept/plaidoyer")

    assert (told.mentions, len(told.mentioned_in)) == (30, 20)
    assert "… and 10 more" in to_text(told, "en")


def test_a_concept_that_no_record_speaks_of_is_known(archive: Archive) -> None:
    """It stands in the vocabulary."""
    told = explain(archive.settings, "concept/plaidoyer")

    assert (told.mentions, told.mentioned_in, told.records) == (0, (), ())
    assert to_text(told, "en") == "concept/plaidoyer is known, but no record speaks of it."


# ── What is not there ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("iri", "predicate", "told"),
    [
        ("session/21-12-un-essay", "", f"the nearest that is known is {BASE}{ONE}"),
        ("media/21-12-un-essai", "", f"the nearest that is known is {BASE}{ONE}"),
        (f"{ONE}/note/9", "", f"the nearest that is known is {BASE}{ONE}/note/"),
        (f"{ONE}/place", "", f"the nearest that is known is {BASE}{ONE}"),
        ("concept/politique-des-commun", "", f"the nearest that is known is {BASE}concept/politique-des-communs"),
        ("organization/remix-the-common", "", f"the nearest that is known is {BASE}organization/remix-the-commons"),
        ("https://exemple.test/nulle-part", "", "look for it in manifest.json"),
        ("graph/rien", "", "nothing of that name is published"),
        ("description/21-12-un-essai", "", f"ask about {BASE}{ONE}"),
        (ONE, "dcterms:titel", "the nearest that is there is <http://purl.org/dc/terms/title>"),
        (ONE, "http://exemple.test/p", "nothing is said of it with <http://exemple.test/p>"),
        (ONE, "dct:title", "has no prefix that is known"),
    ],
)
def test_what_is_not_known_is_said_with_the_nearest(archive: Archive, iri: str, predicate: str, told: str) -> None:
    """A name that was misspelt is found again."""
    with pytest.raises(NotFound) as caught:
        explain(archive.settings, iri, predicate)

    assert told in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_record_that_does_not_speak_of_it_is_named(archive: Archive) -> None:
    """With the nearest one that does."""
    with pytest.raises(NotFound, match=f"session/22-02-rien: does not speak of it; the nearest .* is {BASE}{TWO}"):
        explain(archive.settings, "collection/appel-en-commun", within="session/22-02-rien")


def test_before_the_first_export_nothing_can_be_explained(tmp_path: Path) -> None:
    """And no ledger is begun for that."""
    with pytest.raises(NotFound, match="nothing was exported yet; run commons-ld export"):
        explain(Settings(root=tmp_path), ONE)

    assert list(tmp_path.iterdir()) == []


def test_a_source_that_is_elsewhere_is_asked_for(archive: Archive) -> None:
    """It may be named."""
    moved = archive.root / "elsewhere" / "data"
    moved.parent.mkdir()
    archive.data.rename(moved)
    archive.data.mkdir()

    with pytest.raises(NotFound, match="its source is not where it was when it was exported; name it with --source"):
        explain(archive.settings, ONE)
    assert explain(archive.settings, ONE, sources=[moved]).records


def test_a_lost_publication_hides_only_what_is_shared(archive: Archive) -> None:
    """What a record says is told from its source."""
    archive.out.unlink()

    assert explain(archive.settings, ONE, "dcterms:title").records
    with pytest.raises(NotFound, match="nothing of that name is published"):
        explain(archive.settings, "concept/politique-des-communs")


def test_while_an_export_runs_it_says_so(archive: Archive) -> None:
    """The ledger is somebody else's at that moment."""
    with (
        open_ledger(archive.root / ".commons-ld"),
        pytest.raises(PublicationError, match="another commons-ld is at work here"),
    ):
        explain(archive.settings, ONE)


# ── How it is told ───────────────────────────────────────────────────────────────────────────────────


def test_every_term_of_the_crosswalk_has_words() -> None:
    """In French and in English, and no two alike in one language."""
    assert {rule.term for rule in CROSSWALK} | {"class"} == set(MADE)
    for language in (0, 1):
        assert len({words[language] for words in MADE.values()}) == len(MADE)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            """session/21-12-un-essai dcterms:created "2021-12-02"^^xsd:date
  field     Date of creation (in the source: Date de création), line 11
  value     2021/12/02
  became    a date, as exact as the page
  row       session · created → date → dcterms:created, schema:startDate""",
        ),
        (
            "fr",
            """session/21-12-un-essai dcterms:created "2021-12-02"^^xsd:date
  champ     Date de création, ligne 11
  valeur    2021/12/02
  devient   une date, aussi précise que la page
  ligne     session · created → date → dcterms:created, schema:startDate""",
        ),
    ],
)
def test_a_person_reads_it_in_her_language(archive: Archive, language: str, text: str) -> None:
    """A statement is four or five lines."""
    told = to_text(explain(archive.settings, ONE, "dcterms:created"), language)  # type: ignore[arg-type]

    assert told.endswith(text)


@pytest.mark.parametrize(
    ("field", "value", "subject", "predicate", "said"),
    [
        ("created", "hier", ONE, "dcterms:created", "left as it is: it cannot be read as such (a date, as exact as the page)"),
        ("duration", "00/25:00", f"{ONE}/recording", "schema:duration", "left as it is: it cannot be read as such (a duration)"),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_said_to_be_as_it_is(
    archive: Archive, field: str, value: str, subject: str, predicate: str, said: str
) -> None:
    """A date that is none stays a text."""
    archive.write("1.txt", page(**{field: value}))
    archive.export(keep_invalid=True)

    assert said in to_text(explain(archive.settings, subject, predicate), "en")


def test_an_address_that_was_encoded_is_said_to_be(tmp_path: Path) -> None:
    """What the page has, and what the IRI is, differ."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("1.json", '{"title": "21.12 Un essai", "website": "https://exemple.test/é", "created": "2021/12/02"}')
    archive.export(keep_invalid=True)

    told = explain(archive.settings, ONE, "dcterms:relation")

    assert "an address, encoded so that an IRI can hold it" in to_text(told, "en")
    assert "https://exemple.test/é" in to_text(told, "en")


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """Anybody who can edit the wiki would write to it else."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("1.json", msgspec.json.encode({"title": "21.12 Un essai", "abstract": "a\u202eb\u2066c" + "d" * 500}))
    archive.export(keep_invalid=True)

    told = to_text(explain(archive.settings, ONE), "fr")

    assert not {"\u202e", "\u2066"} & set(told)
    assert "d" * 200 not in told


def test_programs_read_json(archive: Archive) -> None:
    """Everything that a person is told is there, with whole values and IRIs."""
    told = json.loads(to_json(explain(archive.settings, ONE, "dcterms:created")))

    (record,) = told["records"]
    assert record["statements"] == [
        {
            "subject": BASE + ONE,
            "predicate": "http://purl.org/dc/terms/created",
            "object": '"2021-12-02"^^<http://www.w3.org/2001/XMLSchema#date>',
            "field": "created",
            "term": "date",
            "node": "session",
            "label": "Date de création",
            "line": 11,
            "value": "2021/12/02",
            "row": "https://w3id.org/commons-ld/crosswalk#session-created-date",
            "properties": ["dcterms:created", "schema:startDate"],
        }
    ]


# ── Privacy ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("mode", ["pseudonymise", "omit"])
def test_what_is_withheld_is_never_told(tmp_path: Path, planted: str, mode: str) -> None:
    """The page is read again, and its names, addresses and numbers are withheld again."""
    archive = Archive(tmp_path, privacy=PrivacySettings(notes=mode), output=DATA)  # type: ignore[arg-type]
    # Digits in the path of a link are those of any page: such a link is published, as docs/privacy.md says.
    text = PAGE.replace("https://exemple.org/{planted}", "https://exemple.org/")
    archive.write("fleurance-izeroux.txt", text.format(planted=planted))
    archive.export(keep_invalid=True)
    (name,) = archive.records()
    told = explain(archive.settings, f"graph/{name.partition('/')[2]}")

    text = fold(to_text(told, "fr") + to_text(told, "en") + to_json(told).decode())

    assert len(statements(told)) > 30
    assert [word for word in WORDS if word in text] == []
    assert [digits for digits in DIGITS if digits in "".join(c for c in text if c.isalnum())] == []


def test_an_author_who_is_not_named_is_told_to_be_withheld(archive: Archive) -> None:
    """In place of the name stands a word that says so."""
    found = the(archive, f"{ONE}/note/1", "schema:author")

    assert (found.is_withheld, found.value) == (True, "")
    assert "(withheld, since it is personal)" in to_text(explain(archive.settings, f"{ONE}/note/1"), "en")
    assert not the(archive, f"{ONE}/note/2", "schema:author").is_withheld


def test_who_gets_nothing_is_told_why_in_both_languages(archive: Archive) -> None:
    """Each sentence is filled in with the same things, and the advice names what is there."""
    for french, english in SENTENCES.values():
        assert set(re.findall(r"\{\w+\}", french)) == set(re.findall(r"\{\w+\}", english))
    with pytest.raises(NotFound) as caught:
        explain(archive.settings, "session/21-12-un-essa")
    assert caught.value.told("fr").endswith(f"le plus proche connu est {BASE}{ONE}")
    assert caught.value.told("en") == str(caught.value)
