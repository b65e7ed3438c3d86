"""The report: what a person reads, and what programs do."""

import html.parser
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import TextWrapper
from typing import BinaryIO

import lxml.html
import msgspec
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld
from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.compare import to_isomorphic

from commons_ld.errors import InvalidRecord, MalformedSource
from commons_ld.mapping import Candidate
from commons_ld.messages import Language, message
from commons_ld.origin import Origin
from commons_ld.outputs.report import (
    PageReport,
    Refusal,
    Report,
    to_html,
    to_json,
    to_json_ld,
    to_text,
    to_turtle,
    write,
)
from commons_ld.outputs.report_text import _wrapped
from commons_ld.outputs.report_view import page_view, printable
from commons_ld.outputs.report_words import FIELDS, WORDS
from commons_ld.record import RecordFields, Remark, Unrecognised
from commons_ld.sources.labels import LABELS
from commons_ld.validation import Result

ROOT = Path(__file__).parent.parent
BASE, SHAPE = "https://example.org/", "https://example.org/shapes#"
STRING = "http://www.w3.org/2001/XMLSchema#string"
SESSION = f"{BASE}session/21-12-plaidoyer-2022"
LANGUAGES: tuple[Language, Language] = ("fr", "en")


def result(path: str, fr: str, en: str, **more: object) -> Result:
    """Return a result about the duration of the recording, but for what is given."""
    given: dict[str, object] = {
        "focus_node": f"{SESSION}/recording",
        "severity": "Violation",
        "source_shape": f"{SHAPE}duration",
        "component": str(SH.OrConstraintComponent),
        "path": path,
        "value": "00/25:00",
        "value_type": STRING,
        "messages": {"fr": fr, "en": en},
        "label": {"fr": "Durée", "en": "Duration"},
    }
    return Result(**given | more)  # type: ignore[arg-type]


NO_TIME = result(
    "", "Ce n'est pas un temps.", "It is no time.", focus_node="00/25:00", component=str(SH.DatatypeConstraintComponent)
)
HELD = PageReport(
    origin=Origin("pages/21.12.txt"),
    title="21.12 Plaidoyer 2022",
    iri=SESSION,
    page_url="https://wiki.example.org/21.12_Plaidoyer_2022",
    held=True,
    lines={"duration": 9},
    results=(
        result(
            "http://purl.org/dc/terms/extent",
            "La durée ne se lit pas ; écrire par exemple 01:00:00.",
            "The duration cannot be read; write for example 01:00:00.",
            details=(NO_TIME,),
        ),
        result("https://schema.org/duration", "Ce n'est pas un temps.", "It is no time."),
        result(
            "https://schema.org/author",
            "La note n'a pas d'auteur.",
            "The note has no author.",
            focus_node=f"{SESSION}/note/12",
            severity="Info",
            value="",
            value_type="",
            label={"fr": "Auteur de la note", "en": "Author of the note"},
        ),
    ),
)
HOSTILE = "<script>alert(1)</script> \u202e\x1b[31m"
OTHER = PageReport(
    origin=Origin("pages/all.csv", line=4, page="Eau"),
    title=f"Eau {HOSTILE}",
    iri=f"{BASE}media/eau",
    page_url="javascript:alert(1)",
    remarks=(Remark("unknown-country", "countries", "Farnce", 12, "France"),),
    unrecognised=(Unrecognised("Durées", "01:00", 14, "Durée"), Unrecognised(HOSTILE)),
    candidates=(
        Candidate("Politique des comuns", "enjeux", f"{BASE}concept/politique-des-comuns", "Politique des communs"),
    ),
)
REPORT = Report(
    published=7,
    held=1,
    refused=(
        Refusal("missing-title", Origin("pages/vide.txt")),
        Refusal("duplicate-identifier", Origin("pages/all.csv", line=14), "identifier", "plaidoyer"),
    ),
    pages=(HELD, OTHER),
    focus_nodes={f"{SHAPE}media": 0, f"{SHAPE}session": 8},
    empty_shapes=(f"{SHAPE}media",),
    shape_labels={
        f"{SHAPE}media": {"fr": "Média", "en": "Medium"},
        f"{SHAPE}session": {"fr": "Séance", "en": "Session"},
    },
    base_iri=BASE,
)


class Written(dict[str, bytes]):
    """A folder that keeps what is written to it."""

    def open(self, name: str) -> BinaryIO:
        """Return a file that is kept when it is closed."""
        assert name not in self
        return _File(self, name)


class _File(io.BytesIO):
    def __init__(self, folder: Written, name: str) -> None:
        super().__init__()
        self._folder, self._name = folder, name

    def close(self) -> None:
        if not self.closed:
            self._folder[self._name] = self.getvalue()
        super().close()


def read_html(language: Language, report: Report = REPORT) -> lxml.html.HtmlElement:
    """Return the page, parsed."""
    return lxml.html.document_fromstring(to_html(report, language))


def words(element: lxml.html.HtmlElement) -> str:
    """Return the text of an element, its blanks made one."""
    return " ".join(" ".join(element.itertext()).split())


# ── What a person reads ──────────────────────────────────────────────────────────────────────────────


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
    assert "pages/all.csv, line 14\n  ✗ Identifier: The identifier 'plaidoyer' is that of another record" in text


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


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────


class _Balance(html.parser.HTMLParser):
    """Follows the tags of a page, and fails at one that is not closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag not in ("meta", "link", "br", "hr", "img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("report", [REPORT, Report(published=1)], ids=["full", "empty"])
def test_the_page_is_well_formed(language: Language, report: Report) -> None:
    """Every tag is closed in its place; every id is unique, and every reference to one is answered."""
    text = to_html(report, language)
    balance = _Balance()
    balance.feed(text)
    root = read_html(language, report)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    referred = {href[1:] for href in root.xpath("//@href") if href.startswith("#")} | set(
        root.xpath("//@aria-labelledby")
    )

    assert text.startswith("<!DOCTYPE html>")
    assert balance.open == []
    assert len(ids) == len(set(ids))
    assert referred <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_its_language_and_where_the_other_is(language: Language) -> None:
    """A reader, and a screen reader, know what they read."""
    root = read_html(language)
    other = {"fr": ("en", "en.html"), "en": ("fr", "index.html")}[language]

    assert root.get("lang") == language
    assert {(link.get("hreflang"), link.get("href")) for link in root.xpath("//*[@hreflang]")} == {other}
    assert len(root.xpath("//h1")) == len(root.xpath("//main")) == 1


def test_nothing_of_a_page_is_markup() -> None:
    """Text of the wiki is text, its direction is its own, and a link that is no web address is no link."""
    root = read_html("en")

    assert root.xpath("//script | //style | //iframe | //*[@style] | //@onclick") == []
    assert not [href for href in root.xpath("//@href") if "javascript" in href]
    assert "<script>alert(1)</script> \\u202e\\x1b[31m" in {bdi.text_content() for bdi in root.xpath("//bdi")}
    assert not any(value.getparent().tag == "bdi" for value in root.xpath("//bdi//*"))


def test_nothing_is_fetched_from_elsewhere() -> None:
    """The only resource is the stylesheet beside it, and the policy allows no other."""
    root = read_html("fr")
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")

    assert root.xpath("//link[@rel='stylesheet']/@href") == ["report.css"]
    assert root.xpath("//img | //object | //@src") == []
    assert policy == "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"


def test_the_page_names_the_page_the_field_the_value_and_what_is_expected() -> None:
    """A section a page, its title a link to the wiki."""
    (article,) = [one for one in read_html("en").xpath("//article") if "Plaidoyer" in words(one)]
    finding = article.xpath(".//ul[@class='findings']/li")[0]

    assert [(link.text_content(), link.get("href")) for link in article.xpath(".//h3/a")] == [
        ("21.12 Plaidoyer 2022", "https://wiki.example.org/21.12_Plaidoyer_2022")
    ]
    assert words(finding) == (
        "to mend Duration on the page: Durée line 9 Value found 00/25:00 What is expected The duration cannot be read; "
        "write for example 01:00:00. It is no time."
    )


def test_the_page_sums_up() -> None:
    """The counts stand at the top, and a shape that met nothing is told right after."""
    root = read_html("en")

    assert [words(tile) for tile in root.xpath("//ul[@class='tiles']/li")] == [
        "8 records read",
        "7 records published",
        "1 record held back",
        "2 pages refused",
    ]
    assert [words(item) for item in root.xpath("//section[@class='alert']//li")] == ["Medium"]
    assert [words(row) for row in root.xpath("//section[@aria-labelledby='checks']//tbody/tr")] == [
        "Medium 0",
        "Session 8",
    ]


def test_what_several_pages_have_in_common_is_told_first() -> None:
    """The same fault on many pages is one row, with the number of pages."""
    report = msgspec.structs.replace(REPORT, pages=(HELD, HELD, HELD))

    (row, _) = read_html("en", report).xpath("//section[@aria-labelledby='common']//tbody/tr")

    assert words(row) == "Duration The duration cannot be read; write for example 01:00:00. to mend 3"


def test_a_cut_list_says_that_it_is_cut() -> None:
    """More pages than can be shown are counted, and are all in the text."""
    report = msgspec.structs.replace(REPORT, pages=(OTHER,) * 503)

    root = read_html("en", report)

    assert len(root.xpath("//article")) == 500
    assert "3 other pages are not shown here; they are all in report.en.txt and report.json." in words(root)
    assert to_text(report, "en").count("pages/all.csv, line 4, Eau\n") == 503


# ── What programs read ───────────────────────────────────────────────────────────────────────────────


def test_the_turtle_is_a_validation_report_to_two_readers() -> None:
    """rdflib and pyoxigraph read the same graph; it has no blank nodes."""
    graph = Graph().parse(data=to_turtle(REPORT), format="turtle")
    lines = {str(triple) for triple in ox.parse(to_turtle(REPORT), format=ox.RdfFormat.TURTLE)}

    assert len(graph) == len(lines) > 30
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    report = URIRef(f"{BASE}report")
    first = URIRef(f"{BASE}report/result/1")
    assert graph.value(report, RDF.type) == SH.ValidationReport
    assert graph.value(report, SH.conforms) == Literal(False)
    assert len(list(graph.objects(report, SH.result))) == 3
    assert graph.value(first, SH.focusNode) == URIRef(f"{SESSION}/recording")
    assert graph.value(first, SH.resultPath) == URIRef("http://purl.org/dc/terms/extent")
    assert graph.value(first, SH.value) == Literal("00/25:00")
    assert graph.value(first, SH.resultSeverity) == SH.Violation
    assert {text.language for text in graph.objects(first, SH.resultMessage) if isinstance(text, Literal)} == {
        "fr",
        "en",
    }
    assert graph.value(first, SH.detail) == URIRef(f"{first}/detail/1")
    assert graph.value(URIRef(f"{first}/detail/1"), SH.focusNode) == Literal("00/25:00")


def refuse(url: str, _options: object) -> None:
    """Load no context."""
    raise AssertionError(url)


def test_the_json_ld_says_what_the_turtle_does() -> None:
    """A JSON-LD processor that fetches nothing finds the same statements."""
    quads = jsonld.to_rdf(json.loads(to_json_ld(REPORT)), {"format": "application/n-quads", "documentLoader": refuse})

    from_json_ld = Graph().parse(data=quads, format="nt")
    from_turtle = Graph().parse(data=to_turtle(REPORT), format="turtle")

    assert to_isomorphic(from_json_ld) == to_isomorphic(from_turtle)


def test_every_kind_of_value_is_a_term() -> None:
    """An IRI, a text in a language, a typed value, and a path of several steps, which is left out."""
    results = (
        result("a / b", "x", "x", value=f"{BASE}x", value_type="@id"),
        result("urn:b", "x", "x", value="x", value_type="@fr"),
        result("urn:c", "x", "x", value="1", value_type="http://www.w3.org/2001/XMLSchema#integer"),
        result("urn:d", "x", "x", value="", value_type="", focus_node="14:09 chez nous"),
    )
    report = Report(pages=(msgspec.structs.replace(HELD, results=results),), base_iri=BASE)

    graph = Graph().parse(data=to_turtle(report), format="turtle")
    quads = jsonld.to_rdf(json.loads(to_json_ld(report)), {"format": "application/n-quads", "documentLoader": refuse})

    nodes = [URIRef(f"{BASE}report/result/{number}") for number in (1, 2, 3, 4)]
    assert [graph.value(node, SH.value) for node in nodes] == [
        URIRef(f"{BASE}x"),
        Literal("x", lang="fr"),
        Literal(1),
        None,
    ]
    assert graph.value(nodes[0], SH.resultPath) is None
    assert graph.value(nodes[3], SH.focusNode) == Literal("14:09 chez nous")
    assert to_isomorphic(Graph().parse(data=quads, format="nt")) == to_isomorphic(graph)


def test_a_report_without_results_conforms() -> None:
    """``sh:conforms`` is as the standard defines it."""
    graph = Graph().parse(data=to_turtle(Report(published=1, base_iri=BASE)), format="turtle")

    assert graph.value(URIRef(f"{BASE}report"), SH.conforms) == Literal(True)


def test_the_json_says_everything() -> None:
    """The members that are documented, in both languages."""
    told = json.loads(to_json(REPORT))

    assert (told["conforms"], told["records"], told["published"], told["held"]) == (False, 8, 7, 1)
    assert told["refused"][1]["origin"] == {"path": "pages/all.csv", "line": 14, "page": ""}
    assert told["pages"][0]["results"][0]["messages"]["fr"] == "La durée ne se lit pas ; écrire par exemple 01:00:00."
    assert told["pages"][1]["remarks"][0]["messages"]["en"].startswith("'Farnce' is no known country")
    assert told["pages"][1]["candidates"][0]["nearest"] == "Politique des communs"
    assert [shape["empty"] for shape in told["shapes"]] == [True, False]


def test_every_member_of_the_json_is_documented() -> None:
    """``docs/validation.md`` names each."""
    documented = set(re.findall(r"`(@?\w+)`", (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")))

    def members(value: object) -> set[str]:
        if isinstance(value, list):
            return {name for one in value for name in members(one)}
        if isinstance(value, dict):
            return set(value) | {name for one in value.values() for name in members(one)}
        return set()

    assert members(json.loads(to_json(REPORT))) - documented == set()


def test_a_file_name_that_is_no_text_can_be_told() -> None:
    """A name with a byte that is no UTF-8 is written out, in every form."""
    refused = Refusal("missing-title", Origin("pages/\udce9t\udce9.txt"))
    report = Report(refused=(refused,), pages=(PageReport(origin=refused.origin, held=True),), base_iri=BASE)
    files = Written()

    write(report, files)

    for name in ("index.html", "report.fr.txt"):
        assert "pages/\\udce9t\\udce9.txt" in files[f"report/{name}"].decode()
    assert json.loads(files["report/report.json"])["refused"][0]["origin"]["path"] == "pages/\\udce9t\\udce9.txt"


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_form_is_written() -> None:
    """The folder is whole: no form refers to a file that is not there."""
    files = Written()

    write(REPORT, files)

    assert set(files) == {
        f"report/{name}"
        for name in (
            "index.html",
            "en.html",
            "report.css",
            "report.fr.txt",
            "report.en.txt",
            "report.json",
            "report.ttl",
            "report.jsonld",
        )
    }
    for page in ("index.html", "en.html"):
        root = lxml.html.document_fromstring(files[f"report/{page}"])
        hrefs = [element.get("href") or "" for element in root.iter("a", "link")]
        local = {href for href in hrefs if not href.startswith(("#", "https:"))}
        assert {f"report/{href}" for href in local} <= set(files)


def test_the_same_report_is_the_same_bytes() -> None:
    """The order of sets and dictionaries, which changes from process to process, does not show."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import test_report as t, hashlib\n"
        "files = t.Written(); t.write(t.REPORT, files)\n"
        "print(hashlib.sha256(b''.join(files[name] for name in sorted(files))).hexdigest())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(outputs) == 1


# ── What it comes to ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("report", "worst", "conforms"),
    [
        (Report(published=1), None, True),
        (Report(published=1, pages=(msgspec.structs.replace(OTHER, remarks=(), unrecognised=()),)), None, True),
        (Report(published=1, pages=(OTHER,)), "Warning", True),
        (Report(held=1, pages=(HELD,)), "Violation", False),
        (Report(published=1, pages=(msgspec.structs.replace(HELD, held=False),)), "Violation", False),
        (Report(refused=REPORT.refused), "Violation", False),
        (Report(published=1, empty_shapes=(SHAPE,)), "Violation", False),
        (Report(published=1, pages=(PageReport(Origin("a"), is_checked=False),)), "Violation", False),
    ],
)
def test_a_report_tells_what_it_comes_to(report: Report, worst: str | None, conforms: bool) -> None:
    """For the exit code: the gravest of all, and whether anything has to be mended; advice is neither."""
    assert (report.worst, report.conforms) == (worst, conforms)


def test_a_record_that_nobody_checked_is_told() -> None:
    """It has no results, and that is its fault."""
    text = to_text(Report(held=1, pages=(PageReport(Origin("a.txt"), "A", held=True, is_checked=False),)), "en")

    assert "No check looked at this record; mend the files in the shapes folder." in text


def test_a_refusal_is_made_of_an_error() -> None:
    """It has the parts of its message, so that it can be said in either language."""
    error = InvalidRecord("duplicate-identifier", origin=Origin("a.csv", line=2), field="identifier", value="x")

    assert Refusal.of(error) == Refusal("duplicate-identifier", Origin("a.csv", line=2), "identifier", "x")
    assert (
        Refusal.of(MalformedSource("missing-title", origin=Origin("a")))
        .says("fr")
        .startswith("la page n'a pas de titre")
    )


def test_a_report_can_be_kept_and_read_again() -> None:
    """The ledger keeps pages and refusals as MessagePack."""
    page = msgspec.msgpack.decode(msgspec.msgpack.encode(HELD), type=PageReport)
    other = msgspec.msgpack.decode(msgspec.msgpack.encode(OTHER), type=PageReport)

    assert (page, other) == (HELD, OTHER)


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
