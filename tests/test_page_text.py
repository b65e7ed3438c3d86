"""The reader of rendered pages, beyond the cases in ``cases/pages``."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings

from commons_ld.errors import InvalidRecord, NotARecord, SourceError
from commons_ld.origin import Origin
from commons_ld.record import Guest, MediaRecord
from commons_ld.sources import SOURCES, page_text
from commons_ld.sources.labels import HEADINGS
from tests.archive import page
from tests.hostile import PIECES, anything, check, read_all, superlinear

SOURCE = SOURCES[0]


def record_of(text: str) -> MediaRecord:
    return page_text.to_record(text, origin=Origin("page.txt"))


def test_what_is_refused_can_be_kept_instead_of_raised() -> None:
    """The caller decides what becomes of a page that is no record."""
    [kept] = read_all(SOURCE, b"Attribut:Pays\n")

    assert isinstance(kept, NotARecord)
    assert (kept.code, kept.value, kept.origin) == ("namespace-page", "Attribut", Origin("page.txt", 1))


@pytest.mark.parametrize(
    "title",
    [
        *("Spécial:Toutes les pages", "special:AllPages", "Attribut:Pays", "Property:Pays", "Modèle:Objet média"),
        *("Template:X", "Catégorie:Objet média", "Category:X", "Fichier:a.png", "File:a.png", "Utilisateur:Admin"),
        *("User:Admin", "Discussion:X", "Talk:X", "Discussion utilisateur:X", "User talk:X", "Formulaire:X"),
    ],
)
def test_each_namespace_without_records_is_refused(title: str) -> None:
    """In French and in English, whatever the case."""
    with pytest.raises(NotARecord):
        record_of(title + "\n")


MAIL = "From: Ana <ana@exemple.test>\nTo: Ben\nSubject: Notre appel\n\nBonjour,\n\n"
COURRIEL = "Sujet : Notre appel\nDate : 3 mars 2021\nDe : Ana\nPour : Ben\n\nBonjour,\n\n"
LICENCE = "MIT License\n\nCopyright (c) 2021 Ana\n\nPermission is hereby granted, free of charge, to any person\n"
READ_ME = "# Outils\n\nUn dossier de scripts.\n\n## Installation\n\n    pip install outils\n"


@pytest.mark.parametrize("quoted", ["", page()])
@pytest.mark.parametrize("text", [MAIL, COURRIEL, f"\n\n{MAIL}"])
def test_an_email_is_refused_whatever_it_quotes(text: str, quoted: str) -> None:
    """It was written to somebody; a page that is quoted in it can be saved by itself."""
    with pytest.raises(NotARecord, match="this is an e-mail"):
        record_of(text + quoted)


@pytest.mark.parametrize(
    "text", [LICENCE, READ_ME, "À faire\n\nAcheter du lait\n", "mot de passe : x\n", "Durée\n\nlongue\n"]
)
def test_a_text_that_has_nothing_of_a_page_is_refused(text: str) -> None:
    """The sentence tells what was looked for, and what makes it a page."""
    with pytest.raises(NotARecord, match="add a line 'Métadonnées'"):
        record_of(text)


def test_a_title_is_something_that_is_seen() -> None:
    """A line of characters without width is none: what comes below is, or nothing."""
    page = "\u200b\ufeff\n{}\n\nMétadonnées\n\nPays France\n"

    assert record_of(page.format("21.12 Un essai")).title == "21.12 Un essai"
    with pytest.raises(InvalidRecord):
        record_of(page.format("\u2060"))


@pytest.mark.parametrize(
    "below",
    [
        *(f"\n{heading}\n" for heading in HEADINGS),
        "\nMetadonées\n\nPays France\n",
        "\nDans la collection : Appel en commun\n",
        "\nEnjeu(x) : Eau\n",
        "De Remix Biens Communs\n",
        "Aller à :navigation, rechercher\n",
        "\nDurée 01:00:00\nPays France\n",
        "\n[14:09] Ana : bonjour\n",
    ],
)
def test_one_thing_of_a_page_makes_it_one(below: str) -> None:
    """Whichever of what a page may have was copied."""
    assert record_of(f"X\n{below}").title == "X"


def test_a_page_may_speak_of_letters() -> None:
    """Who says from whom and to whom a thing went is not writing an e-mail."""
    assert record_of(page("De : la main à la main", lead="De : Ana\nObjet : le don")).title == "De : la main à la main"


@pytest.mark.parametrize("title", ["21.12 Entretien : les communs", "Concepts: une charte", "22:10", "Spéciale"])
def test_a_colon_in_a_title_is_no_namespace(title: str) -> None:
    """Only the names of namespaces are refused."""
    assert record_of(f"{title}\n\nMétadonnées\n").title == title


@pytest.mark.parametrize(
    "title",
    [
        *("Différences entre versions", "« X » : différence entre versions", "Différence entre les versions de « X »"),
        *('Difference between revisions of "X"', "X: Difference between revisions"),
    ],
)
def test_a_comparison_is_refused_by_its_title(title: str) -> None:
    """In the wordings of several releases of MediaWiki, French and English."""
    with pytest.raises(NotARecord, match="compares two versions"):
        record_of(title)


def test_words_of_a_chat_do_not_refuse_the_page() -> None:
    """Whatever people say in a chat, the page is still a record."""
    talk = "Version du 3 mars : Différences entre versions, #ask, Requête sémantique, Rediriger vers : X"

    page = f"21.12 X\n\nNotes laissées par les participants\n\n[14:00] Ana :\n\n{talk}\n\nRequête sémantique\n"

    assert record_of(page).notes[0].text == f"{talk}\n\nRequête sémantique"


def test_only_the_lead_may_resemble_a_query() -> None:
    """A sentence that begins like the title of a query is a sentence."""
    assert record_of("X\n\nRecherche sémantique et communs, un récit.\n\nMétadonnées\n").description.startswith(
        "Recherche"
    )


@pytest.mark.parametrize("heading", ["En résumé :", "EN RÉSUMÉ", "\u00a0En\u00a0résumé\u00a0:", "en resume"])
def test_a_heading_is_known_by_its_letters(heading: str) -> None:
    """Case, accents, blanks and the colon do not matter."""
    assert record_of(f"X\n\n{heading}\n\nUn texte.").abstract == "Un texte."


@pytest.mark.parametrize(
    "word", ["participant·e·s", "participant.e.s", "participant-e-s", "participant(e)s", "participants"]
)
def test_inclusive_spellings_are_one_heading(word: str) -> None:
    """However 'participant·e·s' is parted, it opens the chat."""
    assert len(record_of(f"X\n\nNotes laissées par les {word}\n\n[14:00] Ana : Oui").notes) == 1


def test_metadata_copied_from_a_table_is_read() -> None:
    """Some browsers put a tab between a label and its value."""
    record = record_of("X\n\nMétadonnées\n\nDate de création\t2021/12/02\nPays :\tFrance\n")

    assert (record.created, record.countries) == ("2021/12/02", ("France",))


def test_facts_are_read_where_their_heading_is_missing() -> None:
    """Two of them in a row are no prose; one alone may be, and so may those of a page that has the heading."""
    facts = "Date de création 2021/12/02\nDurée 01:00:00\nLangue du contenu FR"
    read = record_of(f"21.12 Essai\nDans la collection : Appel en commun\n{facts}\n\nUn appel.")
    assert (read.created, read.duration, read.languages) == ("2021/12/02", "01:00:00", ("FR",))
    assert (read.description, read.collections) == ("Un appel.", ("Appel en commun",))
    assert read.lines["duration"] == 4

    alone = record_of("21.12 Essai\n\nDurée et patience.\n\nEn résumé\n\nUn appel.")
    assert (alone.description, alone.duration) == ("Durée et patience.", "")
    there = record_of(f"21.12 Essai\n\nPays des eaux\nLangue des bois\n\nMétadonnées\n\n{facts}")
    assert (there.description, there.languages) == ("Pays des eaux\nLangue des bois", ("FR",))


def test_the_longest_label_wins() -> None:
    """'Date de publication' is not 'Date', and a country may begin like a label."""
    record = record_of("X\n\nMétadonnées\n\nPays Pays-Bas\nAuteur Auteur Anonyme\nMédia Médias libres\n")

    assert (record.countries, record.authors, record.media_type) == (
        ("Pays-Bas",),
        ("Auteur Anonyme",),
        "Médias libres",
    )


def test_a_guest_may_be_named_anywhere_in_the_catalogue() -> None:
    """A name in lower case is a guest's if the metadata has it."""
    page = "X\n\nMétadonnées\n\nParticipant(s) ana dupont\n\nEn résumé\n\n• ana dupont anime un tiers-lieu\n"

    assert record_of(page).guests == (Guest("ana dupont", "anime un tiers-lieu"),)


def test_a_bullet_that_says_what_nobody_does_is_told() -> None:
    """The name was lost, and with it the guest: which bullet it is, and where."""
    record = record_of("T\n\nEn résumé\n\n• est paysanne dans la Drôme.\n• Paul Essai est jardinier.\n• a, b et c\n")

    assert [(one.code, one.value, one.line) for one in record.remarks] == [
        ("nameless-guest", "est paysanne dans la Drôme.", 5)
    ]
    assert record.guests == (Guest("Paul Essai", "jardinier."),)


@pytest.mark.parametrize(
    ("line", "title", "broken"),
    [
        ("Le guide htp:/exemple.org/a.pdf", "Le guide", ["htp:/exemple.org/a.pdf"]),
        ("www.exemple.org", "www.exemple.org", ["www.exemple.org"]),
        ("Le guide https://exemple.org/a.pdf", "Le guide", []),
        ("Le guide : première partie, et/ou la seconde", "Le guide : première partie, et/ou la seconde", []),
    ],
)
def test_a_document_whose_address_is_broken_is_told_with_its_line(line: str, title: str, broken: list[str]) -> None:
    """And the address is no part of the title, unless there is nothing else."""
    record = record_of(f"T\n\nDocuments\n\n{line}\n")

    assert [(one.code, one.value, one.line) for one in record.remarks] == [("bad-address", one, 5) for one in broken]
    assert [document.title for document in record.documents] == [title]


def test_a_facet_may_be_written_without_brackets() -> None:
    """In the singular or in the plural, and without accents: whoever types the line by hand writes it as it is said."""
    record = record_of("T\n\nObjet de commun : Eau  Enjeux : A ; B  Action : C  Resultats attendus : D\n")

    facets = record.objets_de_commun, record.enjeux, record.actions, record.resultats_attendus
    assert facets == (("Eau",), ("A", "B"), ("C",), ("D",))


def test_what_cannot_be_written_is_dropped_and_told() -> None:
    """Control characters leave the text, and a remark counts them."""
    [record] = read_all(SOURCE, b"22.01 X\n\nUn\x0b te\x01xte.")

    assert isinstance(record, MediaRecord)
    assert record.description == "Un texte."
    assert [(remark.code, remark.value) for remark in record.remarks] == [("dropped-characters", "2")]


@pytest.mark.parametrize(("ending", "name"), [("\n", "unix"), ("\r\n", "windows"), ("\r", "old macintosh")])
def test_any_line_ending_gives_the_same_lines(ending: str, name: str) -> None:
    """A record tells the same lines whatever the system its page was saved on."""
    [record] = read_all(SOURCE, ending.join(["X", "", "Métadonnées", "", "Pays France"]).encode())

    assert isinstance(record, MediaRecord), name
    assert record.lines["countries"] == 5


def test_a_million_lines_are_one_page() -> None:
    """A page of a million lines is read, and every line of it kept."""
    [record] = read_all(SOURCE, b"X\n\nEn r\xc3\xa9sum\xc3\xa9\n\n" + b"a\n" * 1_000_000)

    assert isinstance(record, MediaRecord)
    assert record.abstract.count("a") == 1_000_000


def test_hints_are_bounded_and_nothing_is_lost() -> None:
    """Thousands of unknown labels are all kept; only the first ones get a hint."""
    page = "X\n\nMétadonnées\n\n" + "".join(f"Durées{number} 1\n" for number in range(3_000))

    unrecognised = record_of(page).unrecognised

    assert len(unrecognised) == 3_000
    assert (unrecognised[0].nearest, unrecognised[-1].nearest) == ("Durée", "")


@pytest.mark.parametrize(
    "head",
    [
        *("X\n", "X\n\nMétadonnées\n\n", "X\n\nEn résumé\n\n• ", "X\n\nURL mentionnées :\n\n"),
        "X\n\nNotes laissées par les participants\n\n[14:00] Ana : a\n",
    ],
)
def test_time_is_proportional_to_size(head: str) -> None:
    """Four times as much of anything does not take much more than four times as long, in any section."""
    marks = (
        "(",
        ")",
        "http://a)",
        "http://",
        "[14:00] ",
        "Ana Bo ",
        "Enjeu(x) : ",
        "\nDocumens\n",
        "a:",
        "\n• Ana est b",
        "\t",
    )

    assert superlinear(SOURCE, head, (*PIECES, *marks)) == []


@settings(max_examples=1_500, suppress_health_check=list(HealthCheck))
@given(anything)
def test_no_text_breaks_the_reader(data: bytes) -> None:
    """Arbitrary texts give a record that keeps its promises, or an error of ours."""
    check(SOURCE, data)


@pytest.mark.long
@settings(max_examples=20_000, suppress_health_check=list(HealthCheck))
@given(anything)
def test_no_text_of_very_many_breaks_the_reader(data: bytes) -> None:
    """The same for many more."""
    check(SOURCE, data)


def test_a_stream_that_fails_is_an_error_of_ours() -> None:
    """What the system says of a file is told in its words, without a traceback."""

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:  # noqa: ARG002 - it is the signature of a stream
            raise OSError(5, "Input/output error")

    with pytest.raises(SourceError, match=r"page.txt: the file cannot be read \(Input/output error\)"):
        list(page_text.read(Broken(), origin=Origin("page.txt")))
