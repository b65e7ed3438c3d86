"""The quick way to read wikitext gives what mwparserfromhell gives, or steps aside."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.pages import wikitext as benchmark_page
from benchmarks.records import make_records
from commons_ld.errors import SourceError
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources import usual_wikitext, wikitext
from commons_ld.text import clean
from tests.hostile import PIECES

CASES = sorted((Path(__file__).parent / "cases" / "pages").glob("*.wiki"))

#: What stands in a line, in a value or in a heading: usual things, and things that look like them.
INLINE = (
    *("Un texte", " ", "  ", "\u00a0", "\t", "l'eau", "''récit''", "'''fort'''", "'", "a=b", "=", "==", "!", "||", "a*b"),
    *("https://exemple.org/a?b=1&c=2", "https://exemple.org/(x).", "&nbsp;", "&amp;", "&lt;", "&#61;", "&#10;", "&", ";"),
    *("&#124;&#125;", "&#91;14:09] Ana : oui", "&bogus;", "[https://exemple.org Le site]", "[http://exemple.org]"),
    *("[https://exemple.org  Le ''site'' ]", "[//exemple.org x]", "[ftp://exemple.org x]", "[mailto:a@exemple.org x]"),
    *("[https://exemple.org/?a=1&b=2 x&nbsp;y]", "[https://exemple.org [x] y]", "[https:// x]", "[HTTPS://Exemple.org x]"),
    *("[[Naples]]", "[[Naples|la ville]]", "[[ Naples | la ville ]]", "[[Naples|]]", "[[Catégorie:Commun]]", "[[:Catégorie:C]]"),
    *("[[category:x|y]]", "[[Durée::01:00:00]]", "[[Fichier:a.png]]", "[[Fichier:a.png|thumb|b]]", "[[#Voir]]", "[[a|b|c]]"),
    *("[sic]", "[", "]", "]]", "[[", "[14:09] Ana Dupont : bonjour", "[14:09]", "Ana Dupont : ", "@Ana", "a@exemple.org"),
    *("Ana Dupont est cartographe.", "Léo Petit, juriste", "photo.png", "-", "----", "__TOC__", "_", "__", "~~~~", "\U0001f331"),
    *("<3", "a < b", "<nom@exemple.org>", "<é>", "<br>", "<b>x</b>", "<!-- x -->", "<nowiki>''x''</nowiki>", "{{I|x}}", "{{!}}", "{|", "|}", "{", "}", "{{{a}}}"),
)  # fmt: skip
NAMES = ("Description", "Pays", "Durée", "Enjeu", "Producteurs", "Ressources", "Image", "Coordinates", "Site web",
         "URL de diffusion", "Service de diffusion", "Identifiant de diffusion", "Inconnu", "Date_de_création", "",
         " Action ", "1", "Nom''x''", "a&b")  # fmt: skip
HEADINGS = ("En résumé", "Documents", "URL mentionnées :", "Notes laissées par les participant·e·s", "Pad compagnon",
            "Autre chose", "Métadonnées", "a = b", "''x''", "[[x]]", "")  # fmt: skip
STARTS = ("", "", "", "* ", "*", "** ", "# ", "*: ", ": ", ":", "; ", ":-)", "::: ", " ", "\t", "-", "- ", "----", "= ",
          "=x", "{|", "|", "! ")  # fmt: skip

#: The beginnings of those that the grammar has nothing against.
_LEFT_TO_THE_PARSER = (
    "<b", "<!", "<n", "{", "|}", "[//", "[ftp", "[mailto", "[https://exemple.org [x", "[https:// ", "[[Fichier", "[[:", "[[Durée",
    "[[#", "[[a|b", "[[Naples|]]", "__", "----",
)  # fmt: skip
TAME = tuple(
    piece for piece in INLINE if not piece.startswith(_LEFT_TO_THE_PARSER) and piece not in ("[[", "||", "|", "]]")
)
TAME_STARTS = ("", "", "", "* ", "*", "** ", "# ", "*: ", ": ", " ", "\t", "-", "- ", "=x", "= ", "! ")
TAME_NAMES = tuple(name for name in NAMES if not set("&'_") & set(name))


def made_pages(
    inlines: tuple[str, ...], starts: tuple[str, ...], names: tuple[str, ...], *, wild: bool
) -> st.SearchStrategy[str]:
    """Return pages whose lines are made of these pieces; the wild ones may be broken anywhere."""
    inline = st.lists(st.sampled_from(inlines), max_size=4).map("".join)
    lines = st.tuples(st.sampled_from(starts), inline).map("".join)
    headings = st.tuples(
        st.sampled_from(["==", "=", "== ", " =="] if wild else ["==", "=", "== "]),
        st.sampled_from(HEADINGS if wild else HEADINGS[:8]),
        st.sampled_from(["==", "=", " == ", "=\u00a0"]),
    ).map("".join)
    values = st.lists(lines if wild else inline, max_size=3).map("\n".join)
    equals = st.sampled_from(["=", "=", " = ", ""] if wild else ["=", " = "])
    parameters = st.tuples(st.sampled_from(["|", "\n|", "\n |"]), st.sampled_from(names), equals, values).map("".join)
    before = ["", "", "", "\n", "x", "<!-- titre : Y -->", "#REDIRECT [[x]]"] if wild else [""]
    calls = ["Objet média", "objet_media", "Objet media "] + ["Objet  média", " Objet média", "Modèle"] * wild
    return st.tuples(
        st.sampled_from([text + "{{" for text in before]),
        st.sampled_from(calls),
        st.lists(parameters, min_size=0 if wild else 1, max_size=5).map("".join),
        st.sampled_from(["}}", "\n}}", *["}", "}}}}", ""] * wild]),
        st.sampled_from(["\n", "\n\n", " \n", *["", " "] * wild]),
        st.lists(st.one_of(lines, lines, headings), max_size=8).map("\n".join),
    ).map("".join)


tame_pages = made_pages(TAME, TAME_STARTS, TAME_NAMES, wild=False)
#: Pages of that kind with one piece in it that is not.
spoilt_pages = st.builds(
    lambda page, piece, place: page[: place % (len(page) + 1)] + piece + page[place % (len(page) + 1) :],
    tame_pages,
    st.sampled_from(INLINE),
    st.integers(0, 2_000),
)
pages = st.one_of(tame_pages, tame_pages, spoilt_pages, made_pages(INLINE, STARTS, NAMES, wild=True))


def outcome(text: str) -> MediaRecord | tuple[str, str]:
    """Return the record that a page gives, or how it is refused."""
    try:
        return wikitext.to_record(text, title="21.12 X", origin=Origin("x.wiki"))
    except SourceError as error:
        return type(error).__name__, str(error)


def is_usual(text: str) -> bool:
    """Tell whether all of a page is taken apart without the parser."""
    call = usual_wikitext.take_call(text)
    return call is not None and usual_wikitext.take_lines(text, call) is not None


def by_the_parser(text: str) -> MediaRecord | tuple[str, str]:
    """Return the same with the quick way closed."""
    with mock.patch.object(wikitext, "take_call", return_value=None):
        return outcome(text)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(pages)
@example("{{Objet média|Pays=France}}")
@example("{{Objet média|Description=\n* }}\n")
@example("{{Objet média|Description\n= }}\n")
@example("{{Objet média|Pays=France}}\n<\u017ftyle>''a''</\u017ftyle>")
@example("{{Objet média|Description=a\n|Pays=France}} \n* [https://exemple.org x]]\n:[[a]]")
def test_a_page_gives_the_same_record_by_both_ways(text: str) -> None:
    """Whatever the quick way takes, it reads as the parser does, down to the line of each field."""
    text = clean(text)[0]

    assert outcome(text) == by_the_parser(text)


@pytest.mark.long
@settings(max_examples=60_000, suppress_health_check=[HealthCheck.too_slow])
@given(pages)
def test_many_pages_give_the_same_record_by_both_ways(text: str) -> None:
    """The same for many more."""
    text = clean(text)[0]

    assert outcome(text) == by_the_parser(text)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_hostile_pages_give_the_same_record_by_both_ways(pieces: str) -> None:
    """The same for what is thrown at every reader."""
    for head in ("{{Objet média|Pays=France}}\n", "{{Objet média|a=", ""):
        text = clean(head + pieces)[0]
        assert outcome(text) == by_the_parser(text)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_the_cases_give_the_same_record_by_both_ways(path: Path) -> None:
    """Every case of wikitext too."""
    text = clean(path.read_text(encoding="utf-8"))[0]

    assert outcome(text) == by_the_parser(text)


def test_the_pages_made_at_random_test_something() -> None:
    """Of the tame ones, most are taken: the comparison is not of the parser with itself."""
    taken: list[bool] = []

    @settings(derandomize=True, database=None)
    @given(tame_pages)
    def take(text: str) -> None:
        taken.append(is_usual(clean(text)[0]))

    take()

    assert sum(taken) > len(taken) / 2


def test_usual_pages_are_taken() -> None:
    """Nine in ten of the pages that reading is measured with go the quick way, and give the same record."""
    texts = [benchmark_page(record, number) for number, record in enumerate(make_records(200), 1)]
    taken = [text for text in texts if is_usual(text)]

    assert len(taken) == 180
    assert all(outcome(text) == by_the_parser(text) for text in texts)


def test_an_unusual_page_has_only_what_is_below_its_call_parsed() -> None:
    """Of the pages that reading is measured with, none is given to the parser as a whole."""
    texts = [benchmark_page(record, number) for number, record in enumerate(make_records(200), 1)]

    with mock.patch.object(wikitext, "_parsed", side_effect=AssertionError):
        assert all(isinstance(outcome(text), MediaRecord) for text in texts)


@pytest.mark.parametrize("below", ["<b>x</b>\n" + "mot " * 6_000, "{{I|" * 50 + "x" + "}}" * 50])
def test_a_long_or_deep_page_is_parsed_as_a_whole(below: str) -> None:
    """There may be more marks in it than are taken, or deeper ones, and the sentence names the line in the page."""
    text = f"{{{{Objet média|Pays=France}}}}\n{below}"

    with mock.patch.object(wikitext, "_parsed", wraps=wikitext._parsed) as parsed:
        assert outcome(text) == by_the_parser(text)
    assert parsed.call_count == 2


@pytest.mark.parametrize(
    "text",
    [
        "{{I|x}}", "{|\n|a\n|}", "<b>x</b>", "<!-- x -->", "<nowiki>x</nowiki>", "{{#ask:x}}", "[https://exemple.org", "[[a",
        "[[Fichier:a.png]]", "__TOC__", "{{Objet média|Pays=France}}", "----", ":-)", "== [[x]] ==", "[//exemple.org x]", "[[a|b|c]]",
    ],
)  # fmt: skip
def test_what_only_the_parser_understands_is_left_to_it(text: str) -> None:
    """Each kind of mark outside the grammar makes the quick way step aside."""
    assert is_usual("{{Objet média|Pays=France}}\nUn texte.\n")
    assert not is_usual(f"{{{{Objet média|Pays=France}}}}\n{text}\n")


@pytest.mark.parametrize("value", ["{{I|x}}", "<br>", "x\n* y", "x\n=y", "[[a", "a|b", "__x__"])
def test_a_value_that_only_the_parser_understands_is_left_to_it(value: str) -> None:
    """The same within the call."""
    assert not is_usual(f"{{{{Objet média|Description={value}}}}}")
