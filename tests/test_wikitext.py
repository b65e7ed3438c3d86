"""The reader of wikitext, beyond the cases in ``cases/pages``."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from commons_ld.errors import MalformedSource, NotARecord
from commons_ld.messages import Language, message
from commons_ld.origin import Origin
from commons_ld.record import Link, MediaRecord
from commons_ld.sources import SOURCES, wikitext
from tests.hostile import PIECES, anything, check, read_all, superlinear

SOURCE = SOURCES[1]


def record_of(text: str, title: str = "X") -> MediaRecord:
    return wikitext.to_record(text, title=title, origin=Origin("x.wiki"))


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("21.12 Plaidoyer 2022.wiki", "21.12 Plaidoyer 2022"),
        ("pages/21.12_Plaidoyer__2022.WIKI", "21.12 Plaidoyer 2022"),
        ("21.12 Plaidoyer 2022", "21.12 Plaidoyer 2022"),
        ("A%2FB%3F.wiki", "A/B?"),
        ("100%25.wiki", "100%"),
        ("100%.wiki", "100%"),
        ("%E9.wiki", "%E9"),
    ],
)
def test_a_file_is_named_after_its_page(path: str, title: str) -> None:
    """Underscores are blanks, and percent-encoding is undone where it is one."""
    assert wikitext.title_of(Origin(path)) == title


@pytest.mark.parametrize("title", ["Spécial:Export", "Attribut:Pays", "Modèle:Objet média", "Discussion:X"])
def test_each_namespace_without_records_is_refused(title: str) -> None:
    """A page of another namespace may call the template; it is no record for that."""
    with pytest.raises(NotARecord):
        record_of("{{Objet média|Pays=France}}", title)


def test_values_span_lines_and_keep_their_paragraphs() -> None:
    """A description of several paragraphs is one value."""
    record = record_of("{{Objet média\n|Description=Un.\n\nDeux,\ntrois.\n\n|Pays=France\n}}")

    assert record.description == "Un.\n\nDeux,\ntrois."
    assert record.lines == {"description": 2, "countries": 7}


def test_semicolons_part_the_values_of_a_list_as_commas_do() -> None:
    """Two concepts would be one candidate, and two people one person; an entity has a semicolon of its own."""
    record = record_of(
        "{{Objet média\n|Enjeu=Voisinage ; Communs (eau ; air); \n|Participants=Ana Essai; Ivo Essai"
        "\n|Producteurs=Terre &amp; Mer, L'&eacute;cole\n|Description=Un ; deux}}"
    )

    assert (record.enjeux, record.participants) == (("Voisinage", "Communs (eau ; air)"), ("Ana Essai", "Ivo Essai"))
    assert (record.producers, record.description) == (("Terre & Mer", "L'école"), "Un ; deux")


def test_lines_are_counted_through_comments_and_tags() -> None:
    """What is not shown is still a line of the page."""
    record = record_of(
        "<!--\n\n-->{{Objet média\n|Description=<span\nclass='a'>x</span>\n|Pays=France}}\n\n== Documents ==\nD"
    )

    assert record.lines == {"description": 4, "countries": 6, "documents": 9}


def test_html_never_stays_markup() -> None:
    """No tag, entity or script of a description arrives in the record."""
    record = record_of(
        "{{Objet média|Description=<div onclick=\"x()\"><i>a</i>&eacute;</div><script>alert('&lt;')</script><style>b{}</style>"
        "<IFRAME SRC='https://exemple.org/v'/><p>b</P>}}"
    )

    assert record.description == "aé\n\nb"
    assert record.links == (Link("https://exemple.org/v"),)


@pytest.mark.parametrize("text", ["1 < 2", "a <b", "<nom@exemple.org>", "x > y", "<3"])
def test_what_is_no_tag_stays(text: str) -> None:
    """A sign that opens no tag is a sign."""
    assert record_of(f"{{{{Objet média|Description={text}}}}}").description == text


@pytest.mark.parametrize(
    ("wiki", "shown"),
    [
        ("l'eau", "l'eau"),
        ("''a'' '''b''' '''''c'''''", "a b c"),
        ("[[Naples]], [[Naples|la ville]], [[:Catégorie:X]], [[#Voir|ici]]", "Naples, la ville, Catégorie:X, ici"),
        ("{{I|uso civico}} {{!}} {{i|''b''}}", "uso civico | b"),
        ("[https://exemple.org Le ''site''] [mailto:a@exemple.org écrire]", "Le site écrire"),
        ("<nowiki>''a'' [[b]] {{c}}</nowiki>", "''a'' [[b]] {{c}}"),
        ("a&nbsp;: &rsquo; &amp;lt; &#x27; &bogus; R&D", "a\u00a0: ’ &lt; ' &bogus; R&D"),
        ("a[[Catégorie:X]]b[[category:Y|z]]", "ab"),
        ("[sic] [14:09] {a} }} ]] [[ {{", "[sic] [14:09] {a} }} ]] [[ {{"),
        ("a<br>b<br/>c</br>d", "a\nb\nc\nd"),
        ("<ul><li>a</li><li>b</li></ul>", "• a\n• b"),
        ("[[Durée::01:00:00]] [[Pays::France|la France]]", "01:00:00 la France"),
        ("a{{PAGENAME}}", "aX"),
    ],
)
def test_marks_become_what_the_reader_sees(wiki: str, shown: str) -> None:
    """Each mark of wikitext becomes plain text, and what is no mark stays."""
    assert record_of(f"{{{{Objet média|Pays=France}}}}\n{wiki}").description == shown


def test_a_deep_page_is_refused_with_its_line() -> None:
    """Templates inside templates end somewhere; those that are left open do not count."""
    deep = "{{Objet média\n|Description=" + "{{I|" * 41 + "x" + "}}" * 41 + "}}"

    with pytest.raises(MalformedSource) as caught:
        record_of(deep)

    assert str(caught.value) == (
        "x.wiki, line 2: more than 40 templates or links stand inside each other; close some, or take some out"
    )
    assert record_of("{{Objet média|Description=" + "{{I|" * 30 + "x" + "}}" * 31).description == "x"
    assert record_of("{{Objet média|Pays=France}}" + "{{I|" * 1_000).description == "{{I|" * 1_000


@pytest.mark.parametrize("marks", ["[[a]]", "{{I|a}}", "|", "]"])
def test_a_page_of_marks_is_refused(marks: str) -> None:
    """A page has no twenty thousand marks."""
    with pytest.raises(MalformedSource, match="more than 20000 braces, brackets or bars"):
        record_of("{{Objet média|Pays=France}}" + marks * 20_001)


@pytest.mark.parametrize("marks", ["=x", "\n;a:", "[urn:", "<b a='", "<p>"])
def test_what_fells_the_parser_does_not_fell_the_reader(marks: str) -> None:
    """Marks that make mwparserfromhell run for minutes, or end the process, are text."""
    [found] = read_all(SOURCE, ("{{Objet média|Pays=France}}\n" + marks * (200_000 // len(marks))).encode())

    assert isinstance(found, MediaRecord)
    assert found.countries == ("France",)


@pytest.mark.parametrize("marks", ["{|", "\n{|\n|-\n|", "{{a|b=", "\n----{|", "[[a|"])
def test_what_would_fell_the_reader_is_refused(marks: str) -> None:
    """Of braces, brackets and bars there are too many for any page before the parser sees them."""
    [found] = read_all(SOURCE, ("{{Objet média|Pays=France}}\n" + marks * (200_000 // len(marks))).encode())

    assert isinstance(found, MalformedSource)
    assert found.code == "too-many-marks"


@pytest.mark.parametrize(
    "head", ["{{Objet média|Pays=France}}\n", "{{Objet média|Description=", "{{Objet média|a=b}}\n== Documents ==\n* "]
)
def test_time_is_proportional_to_size(head: str) -> None:
    """Four times as much of anything does not take much more than four times as long."""
    marks = (
        "{{a|",
        "[[a|",
        "[http://a ",
        "<b a='",
        "\n----{|",
        "= ",
        "=x",
        "a ",
        "{{a\nb}}",
        "[[a\nb]]",
        "''a",
        "&amp;",
        "mailto:a ",
    )
    tail = "}}" if head.endswith("=") else ""

    assert superlinear(SOURCE, head, (*PIECES, *marks), tail) == []


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


def test_every_refusal_is_said_in_french_too() -> None:
    """The sentences about wikitext name the template with its braces, in both languages."""
    languages: tuple[Language, ...] = ("fr", "en")
    for language in languages:
        assert "{{Objet média}}" in message("no-template", language)
        assert "{{Concept clé}}" in message("other-template", language, value="Concept clé")
