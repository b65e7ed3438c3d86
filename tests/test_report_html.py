"""The page of the report: well formed, whole, and without markup from elsewhere."""

import html.parser

import msgspec
import pytest

from commons_ld.messages import Language
from commons_ld.outputs.report import Report
from commons_ld.outputs.report_files import to_html
from tests.reports import HELD, LANGUAGES, OTHER, REPORT, read_html, to_text, words


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
