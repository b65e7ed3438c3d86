"""Languages and countries are found by their codes and names, and nothing is guessed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from commons_ld.codes import (
    Country,
    Language,
    _by_key,
    countries,
    country,
    language,
    languages,
    nearest_country,
    nearest_language,
)


@pytest.mark.parametrize("known", languages(), ids=lambda known: known.alpha3)
def test_every_name_and_code_of_a_language_finds_it(known: Language) -> None:
    """No name of the table is shared by two languages, for a shared one would find none."""
    for name in (known.alpha2, known.alpha3, known.name_fr, known.name_en, *known.other_names):
        assert (name, language(name)) == (name, known)
        assert language(f" {name.upper()}\u00a0") == known


@pytest.mark.parametrize("known", countries(), ids=lambda known: known.alpha3)
def test_every_name_and_code_of_a_country_finds_it(known: Country) -> None:
    """No name of the table is shared by two countries, for a shared one would find none."""
    for name in (known.alpha2, known.alpha3, known.name_fr, known.name_en, *known.other_names):
        assert (name, country(name)) == (name, known)
        assert country(name.lower()) == known


def test_a_name_that_two_entries_share_is_that_of_neither() -> None:
    """Both Ndebele languages call themselves isiNdebele; should a table say so, the name is not guessed at."""
    south = Language("nr", "nbl", "ndébélé du Sud", "South Ndebele", ("isiNdebele",))
    north = Language("nd", "nde", "ndébélé du Nord", "North Ndebele", ("IsiNdebele",))

    found = _by_key([south, north])

    assert (found.get("nr"), found.get("north ndebele"), found.get("isindebele")) == (south, north, None)


def test_the_tables_hold_the_codes_of_their_standards() -> None:
    """184 languages have a two-letter code; ISO 3166-1 has 249 entries, and Kosovo a code of the EU."""
    assert len(languages()) == 184
    assert len(countries()) == 249 + 1
    for entries in (languages(), countries()):
        assert [entry.alpha3 for entry in entries] == sorted(entry.alpha3 for entry in entries)
        assert len({entry.alpha2 for entry in entries}) == len(entries)
        assert all(len(entry.alpha2) == 2 and len(entry.alpha3) == 3 for entry in entries)
    assert all(known.alpha2.islower() and known.alpha3.islower() for known in languages())
    assert all(known.alpha2.isupper() and known.alpha3.isupper() for known in countries())


@pytest.mark.parametrize("text", ["FR", "fr", "fra", "fre", "français", "Français", "FRANCAIS", "French"])
def test_french_is_found_however_it_is_written(text: str) -> None:
    """Pages write codes and names, in French and in English."""
    known = language(text)

    assert known is not None
    assert (known.alpha2, known.authority) == ("fr", "http://publications.europa.eu/resource/authority/language/FRA")


@pytest.mark.parametrize(
    ("text", "tag", "authority"),
    [
        ("EN", "en", "ENG"),
        ("allemand", "de", "DEU"),
        ("español", "es", "SPA"),
        ("grec", "el", "ELL"),
        ("Chinese", "zh", "ZHO"),
        ("occitan", "oc", "OCI"),
        ("breton", "br", "BRE"),
        ("néerlandais", "nl", "NLD"),
    ],
)
def test_languages_have_the_terminological_code_of_the_eu_table(text: str, tag: str, authority: str) -> None:
    """The EU table follows ISO 639-3: DEU and not GER."""
    known = language(text)

    assert known is not None
    assert known.alpha2 == tag
    assert known.authority == f"http://publications.europa.eu/resource/authority/language/{authority}"


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("France", "FRA"),
        ("Etats-Unis", "USA"),
        ("États-Unis", "USA"),
        ("etats unis", "USA"),
        ("USA", "USA"),
        ("U.S.A.", "USA"),
        ("Côte d’Ivoire", "CIV"),
        ("Cote d'Ivoire", "CIV"),
        ("Royaume-Uni", "GBR"),
        ("UK", "GBR"),
        ("Belgique\u00a0", "BEL"),
        ("Corée du Sud", "KOR"),
        ("République tchèque", "CZE"),
        ("Bosnia and Herzegovina", "BIH"),
        ("La Réunion", "REU"),
        ("Kosovo", "XKX"),
    ],
)
def test_countries_are_found_by_usual_names(text: str, authority: str) -> None:
    """Accents, hyphens, kinds of apostrophe and of blank do not matter."""
    known = country(text)

    assert known is not None
    assert known.authority == f"http://publications.europa.eu/resource/authority/country/{authority}"


@pytest.mark.parametrize("text", ["Autre", "", " ", "FR, EN", "xx", "langue", "isiNdebele", "f" * 100_000])
def test_what_is_no_language_is_none(text: str) -> None:
    """A name of two languages is not guessed at either."""
    assert language(text) is None


@pytest.mark.parametrize("text", ["Angleterre", "Québec", "Congo", "Europe", "", "...", "é" * 100_000])
def test_what_is_no_country_is_none(text: str) -> None:
    """England is a part of a country, and there are two Congos."""
    assert country(text) is None


def test_a_slip_of_the_pen_gets_a_hint() -> None:
    """The hint is in the language of the slip; what resembles nothing gets none."""
    assert [nearest_language(text) for text in ("Françai", "Englsh", "Autre")] == ["français", "English", ""]
    assert [nearest_country(text) for text in ("Etats-Uni", "Germny", "Qqqq")] == ["États-Unis", "Germany", ""]


def test_no_table_is_read_at_import() -> None:
    """A table is read when it is first asked for, and once."""
    probe = (
        "from commons_ld import codes;"
        "before = codes.languages.cache_info().currsize + codes.countries.cache_info().currsize;"
        "codes.language('fr'); codes.language('en');"
        "print(before, codes.languages.cache_info().misses, codes.countries.cache_info().misses)"
    )
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert result.stdout.split() == ["0", "1", "0"]
