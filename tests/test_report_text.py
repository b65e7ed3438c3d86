"""The report as a person reads it, in both languages."""

import contextlib
import os
import pty
import subprocess
import sys
from pathlib import Path
from textwrap import TextWrapper

import lxml.html
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import SH, Graph, Literal

from commons_ld.field_names import FIELDS
from commons_ld.messages import Language, message
from commons_ld.origin import Origin
from commons_ld.outputs.report import PageReport, Report
from commons_ld.outputs.report_files import text_of
from commons_ld.outputs.report_text import _wrapped
from commons_ld.outputs.report_view import page_view, printable
from commons_ld.outputs.report_words import WORDS
from commons_ld.rdf.block import Candidate
from commons_ld.record import RecordFields, Unrecognised
from commons_ld.sources.labels import LABELS
from commons_ld.validation import Result
from tests.archive import Archive, page
from tests.reports import (
    BASE,
    HELD,
    LANGUAGES,
    NO_TIME,
    OTHER,
    REPORT,
    SESSION,
    STRING,
    read_html,
    result,
    to_text,
    words,
)

#: A link that lost its address, a second summary, and a chat without a stamp.
UNREAD = """URL mentionnées :

Un site

En résumé

Encore.

Notes laissées par les participant·e·s

14h09 Ana : Bonjour
"""
ROOT = Path(__file__).parent.parent


def test_the_text_names_the_page_the_field_the_value_and_what_is_expected() -> None:
    """A block a page, with all that is needed to mend it."""
    block = to_text(REPORT, "fr").partition("21.12 Plaidoyer 2022\n")[2].partition("\n\n")[0]

    assert block.replace("\u00a0", " ").splitlines() == [
        "  pages/21.12.txt",
        "  https://wiki.example.org/21.12_Plaidoyer_2022",
        "  ✗ Durée : « 00/25:00 » — ligne 9 — à corriger",
        "    La durée ne se lit pas ; écrire par exemple 01:00:00.",
        "    Ce n'est pas un temps.",
        "  · Auteur de la note — note 12 — conseil",
        "    La note n'a pas d'auteur.",
    ]


def test_the_text_says_the_same_in_english() -> None:
    """Line for line, with what the page calls the field."""
    block = to_text(REPORT, "en").partition("21.12 Plaidoyer 2022\n")[2].partition("\n\n")[0]

    assert block.splitlines() == [
        "  pages/21.12.txt",
        "  https://wiki.example.org/21.12_Plaidoyer_2022",
        "  ✗ Duration (on the page: Durée): “00/25:00” — line 9 — to mend",
        "    The duration cannot be read; write for example 01:00:00.",
        "    It is no time.",
        "  · Author of the note — note 12 — advice",
        "    The note has no author.",
    ]


def test_the_text_tells_what_was_refused_with_its_line() -> None:
    """A refused page stands in the report with its place and the reason."""
    text = to_text(REPORT, "en")

    assert "pages/vide.txt\n  ✗ The page has no title; write the title on its first line.\n" in text
    assert "pages/all.csv, line 14\n  ✗ Identifier: 'plaidoyer' is the identifier of another record" in text


def test_the_text_tells_labels_and_concepts_with_the_nearest() -> None:
    """What is unknown is told with the known one that it resembles."""
    text = to_text(REPORT, "en").replace("\n    ", " ")

    assert "  ! unknown label: “Durées” (line 14) — the nearest known: “Durée”\n" in text
    assert "Issue(s) at stake: “Politique des comuns” — new concept" in text
    assert "the nearest known: “Politique des communs”" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_can_command_a_terminal(language: Language) -> None:
    """Control and direction characters of a page are written out."""
    text = to_text(REPORT, language)

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u202e\\x1b[31m" in text


def test_a_report_with_nothing_to_say_says_so() -> None:
    """All was published, and nothing is asked of anybody."""
    assert to_text(Report(published=3), "en").splitlines() == [
        "3 records read, 3 records published, 0 records held back, 0 pages refused.",
        "Nothing to report: every page that was read is published, and nothing needs mending.",
    ]


def test_a_fault_is_told_once() -> None:
    """The same value under two properties is one finding; which forms it has not, the message says itself."""
    (duration, note) = page_view(HELD, BASE, "en").findings

    assert (duration.label, duration.messages, duration.causes) == (
        "Duration",
        ("The duration cannot be read; write for example 01:00:00.", "It is no time."),
        (),
    )
    assert (note.where, note.line) == ("note 12", 0)


def test_causes_that_the_message_does_not_tell_are_told() -> None:
    """What a thing lacks, and why a value does not do where the shape has no words; no message comes again there."""
    nameless = result("https://schema.org/name", "Le nom manque.", "The name is missing.", value="")
    agent = result("https://schema.org/author", "Ce n'est personne.", "It is nobody.", details=(nameless,))
    wordless = {language: message("value-unexpected", language, value="00/25:00") for language in LANGUAGES}
    other = result("https://schema.org/duration", **wordless, details=(NO_TIME,), value_type=STRING)
    same = result("https://schema.org/duration", "Le nom manque.", "The name is missing.")

    def told(*results: Result) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        report = msgspec.structs.replace(HELD, results=results)
        return [(finding.messages, finding.causes) for finding in page_view(report, BASE, "en").findings]

    assert told(agent) == [(("It is nobody.",), ("The name is missing.",))]
    assert told(agent, same) == [(("It is nobody.",), ("The name is missing.",))]
    assert told(other) == [((f"{wordless['en']}.",), ("It is no time.",))]


def test_the_same_of_several_parts_is_told_once() -> None:
    """Of documents without an address there is one entry, which says which they are; of many, how many more."""
    missing = [
        result(
            "https://schema.org/url", "Pas d'adresse.", "No address.", focus_node=f"{SESSION}/document/{n}", value=""
        )
        for n in (10, 2, 1, 3, 4, 5, 6)
    ]

    def places(*results: Result) -> list[str]:
        report = msgspec.structs.replace(HELD, results=results)
        return [finding.where for finding in page_view(report, BASE, "en").findings]

    assert places(*missing[:3]) == ["document 1, document 2, document 10"]
    assert places(*missing) == ["document 1, document 2, document 3, document 4, document 5, and 2 more"]


def test_what_is_no_date_is_not_out_of_order_too() -> None:
    """Only of dates that can be read is it told that one comes before the other."""
    later = "http://purl.org/dc/terms/created"
    order = result(
        later, "Vient après.", "Comes later.", component=str(SH.LessThanOrEqualsConstraintComponent), severity="Warning"
    )
    no_date = result("http://purl.org/dc/terms/issued", "Pas une date.", "No date.", value="31/05")

    def told(*results: Result) -> list[str]:
        report = msgspec.structs.replace(HELD, results=results)
        return [text for finding in page_view(report, BASE, "en").findings for text in finding.messages]

    assert told(order) == ["Comes later."]
    assert told(order, no_date) == ["No date."]


def test_a_page_without_a_title_is_called_by_its_file() -> None:
    """And a place that is only the title is not said twice."""
    untitled = page_view(PageReport(Origin("commons-ld.toml")), BASE, "en")
    titled = page_view(PageReport(Origin("a.csv", line=3, page="Eau"), "Eau"), BASE, "en")

    assert (untitled.title, untitled.place) == ("commons-ld.toml", "")
    assert (titled.title, titled.place) == ("Eau", "a.csv, line 3")


def test_a_value_that_does_not_do_is_not_missing_too() -> None:
    """An unknown country is told; that there is no country, which follows from it, is not."""
    missing = result(
        "http://purl.org/dc/terms/spatial",
        "La fiche ne dit pas de pays.",
        "The record tells no country.",
        focus_node=OTHER.iri,
        severity="Info",
        value="",
        label={"fr": "Pays", "en": "Country"},
    )

    with_both = page_view(msgspec.structs.replace(OTHER, results=(missing,)), BASE, "en").findings
    alone = page_view(msgspec.structs.replace(OTHER, results=(missing,), remarks=()), BASE, "en").findings

    assert [finding.value for finding in with_both] == ["Farnce"]
    assert [finding.messages for finding in alone] == [("The record tells no country.",)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_machinery_is_read_by_a_person(language: Language) -> None:
    """No component, no property, no shape, in text or in HTML."""
    for text in (to_text(REPORT, language), words(read_html(language))):
        assert "Constraint" not in text
        assert "schema.org" not in text
        assert "shapes#" not in text


def test_languages_are_equals() -> None:
    """No word is missing in either language, and both are filled in with the same things."""
    for fr, en in WORDS.values():
        assert fr
        assert en
        assert fr.count("{}") == en.count("{}")
    french, english = (read_html(language) for language in LANGUAGES)
    assert [element.tag for element in french.iter("*")] == [
        element.tag
        for element in english.iter("*")
        if "on-page" not in (element.get("class") or "") and not on_page(element)
    ]


def on_page(element: lxml.html.HtmlElement) -> bool:
    """Tell whether an element stands in what tells the French label."""
    parent = element.getparent()
    return parent is not None and "on-page" in (parent.get("class") or "")


def test_every_field_of_a_record_has_a_label() -> None:
    """In French it is the page's own, so that it can be found there."""
    assert set(RecordFields.__struct_fields__) <= set(FIELDS)
    for label in LABELS:
        if label.shown and label.field != "documents":
            assert FIELDS[label.field][0] == label.shown[0]


def test_labels_of_fields_are_those_of_the_shapes() -> None:
    """The same field is not called one thing by a shape and another by a remark."""
    graph = Graph()
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        graph.parse(path)
    if not graph:
        pytest.skip("there are no shapes yet")
    named: dict[str, set[str]] = {}
    for shape in graph.subjects(SH.name):
        by_language = {name.language: str(name) for name in graph.objects(shape, SH.name) if isinstance(name, Literal)}
        named.setdefault(by_language["fr"], set()).add(by_language["en"])

    differing = {fr: (en, named[fr]) for fr, en in FIELDS.values() if fr in named and en not in named[fr]}

    assert differing == {}


def test_a_record_that_nobody_checked_is_told() -> None:
    """It has no results, and that is its fault."""
    text = to_text(Report(held=1, pages=(PageReport(Origin("a.txt"), "A", held=True, is_checked=False),)), "en")

    assert "No check looked at this record; mend the files in the shapes folder." in text


def test_what_a_language_needs_to_join_letters_stays() -> None:
    """Joiners of scripts and of emoji are no trick."""
    assert printable("می\u200cخواهم 👩\u200d🌾") == "می\u200cخواهم 👩\u200d🌾"


@given(st.text(alphabet="a -\u00a0\u2003\t\nl’.", max_size=130), st.sampled_from(["", "  ! ", "      - "]))
def test_a_line_that_fits_is_as_it_would_be_broken(text: str, first: str) -> None:
    """Most findings fit in a line, and are not measured word by word."""
    wrapper = TextWrapper(
        100, initial_indent=first, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )

    assert list(_wrapped(text, first, "    ")) == wrapper.wrap(text)


@pytest.mark.parametrize(
    ("language", "totals", "row", "more"),
    [
        (
            "fr",
            "30 points à corriger, 0 point à vérifier, 30 conseils.\n",
            "  ✗ Durée — 30 pages — à corriger\n",
            "10 autres pages",
        ),
        (
            "en",
            "30 things to mend, 0 things to check, 30 pieces of advice.\n",
            "  ✗ Duration — 30 pages — to mend\n",
            "10 other pages",
        ),
    ],
)
def test_of_many_pages_a_terminal_shows_some_and_what_they_share(
    language: Language, totals: str, row: str, more: str
) -> None:
    """Thousands of pages of text, one after the other, tell nobody what to begin with."""
    report = msgspec.structs.replace(REPORT, pages=(HELD,) * 30, refused=(*REPORT.refused,) * 15)

    text = "".join(text_of(report, language, 20)).replace("\u00a0", " ")

    assert totals in text
    assert row in text.partition(WORDS["held"][language == "en"])[0]
    assert text.count("  pages/21.12.txt\n") == 20
    assert text.count("pages/vide.txt\n  ✗ ") == 10
    assert text.count(f"{more} ") == 2
    assert f"{more} " not in to_text(report, language)


@pytest.mark.parametrize(
    ("language", "more"),
    [
        ("fr", "  … 2980 autres remarques ne sont pas montrées sur un terminal"),
        ("en", "  … 2980 other remarks are not shown on a terminal"),
    ],
)
def test_of_much_that_is_said_of_one_page_a_terminal_shows_some(language: Language, more: str) -> None:
    """A page with thousands of unknown labels, and a title of two megabytes, hides no other page."""
    labels = tuple(Unrecognised(f"guests[{number}].description", "", 1) for number in range(3_000))
    candidates = tuple(Candidate("enjeux", f"Enjeu {number}", f"{BASE}concept/{number}", "") for number in range(3_000))
    long = msgspec.structs.replace(HELD, title="T" * 2_000_000, unrecognised=labels, candidates=candidates)
    report = msgspec.structs.replace(REPORT, pages=(long, OTHER))

    text = "".join(text_of(report, language, 20))

    assert text.replace("\u202f", "").replace("\u00a0", "").replace(",", "").count(more) == 2
    assert ("guests[19].description" in text, "guests[20].description" in text) == (True, False)
    assert ("Enjeu 19" in text, "Enjeu 20" in text) == (True, False)
    assert "T" * 200 + "…\n" in text
    assert len(text) < 20_000
    assert "Enjeu 2999" in to_text(report, language)
    assert "T" * 2_000_000 in to_text(report, language)


def test_a_command_knows_whether_somebody_reads_along(tmp_path: Path) -> None:
    """On a terminal the report is short; whoever sends it elsewhere gets all of it."""
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text(page(f"Appel {number}", created="hier"))
    command = [sys.executable, "-m", "commons_ld", "validate", "--lang", "en", str(tmp_path)]
    ours, theirs = pty.openpty()

    whole = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, check=False, text=True).stdout
    with subprocess.Popen(command, stdout=theirs, cwd=ROOT) as shown:
        os.close(theirs)
        pieces = []
        with contextlib.suppress(OSError):  # Linux tells so that the other end is closed
            while piece := os.read(ours, 1 << 16):
                pieces.append(piece)
    os.close(ours)
    short = b"".join(pieces).decode()

    assert shown.returncode == 1
    assert whole.count("\nAppel ") == 30
    assert "What several pages have in common" not in whole
    assert short.count("\nAppel ") == 20
    assert "What several pages have in common" in short
    assert "10 other pages are not shown on a terminal" in short


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_sources_without_a_page_it_is_said_what_to_do(language: Language) -> None:
    """And not that all pages are published; one that is refused, or no record, is a page."""
    nothing = Report(base_iri=BASE)
    told = WORDS["nothing"][language == "en"]

    assert told in " ".join(to_text(nothing, language).split())
    assert told in words(read_html(language, nothing))
    for other in (msgspec.structs.replace(nothing, published=1), msgspec.structs.replace(REPORT, published=0, held=0)):
        assert told not in " ".join(to_text(other, language).split())
        assert told not in words(read_html(language, other))


@pytest.mark.parametrize(
    ("language", "unread", "unknown"),
    [
        ("en", "text that cannot be read, and is not published", "unknown label"),
        ("fr", "texte qui ne se lit pas, et n'est pas publié", "libellé inconnu"),
    ],
)
def test_a_label_that_is_known_is_not_called_unknown_where_its_text_cannot_be_read(
    tmp_path: Path, language: Language, unread: str, unknown: str
) -> None:
    """The chat, a link without its address, a second summary: whoever reads looks at the text, and not at the label."""
    archive = Archive(tmp_path)
    text = page().replace("\nDurée ", "\nDurées ").partition("Notes laissées")[0]
    archive.write("a.txt", text + UNREAD)
    report = archive.export().report

    told = (" ".join(to_text(report, language).split()), words(read_html(language, report)))

    assert [text.count(unread) for text in told] == [3, 3]
    assert [text.count(unknown) for text in told] == [1, 1]
    assert "Durées" in told[0].replace("\u00a0", " ").partition(unknown)[2].partition("—")[0]
