"""Settings: what overrides what, and what is refused."""

import re
from pathlib import Path

import pytest

from commons_ld import settings as settings_module
from commons_ld.errors import SettingsError
from commons_ld.sentences.settings import WORDS
from commons_ld.settings import Settings, documented, load_settings

REPOSITORY = Path(__file__).parent.parent


def write(folder: Path, text: str) -> Path:
    """Return the path of a settings file with that text."""
    path = folder / "commons-ld.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_overrides_the_defaults_the_environment_the_file_and_a_flag_all(tmp_path: Path) -> None:
    """Each source of settings yields to the next."""
    path = write(tmp_path, 'language = "es"\ntimezone = "UTC"\nstate = "a"\n')

    settings = load_settings(path, {"COMMONS_LD_TIMEZONE": "Asia/Tokyo", "COMMONS_LD_STATE": "b"}, state="c")

    assert (settings.base_iri, settings.language, settings.timezone, settings.state) == (
        Settings().base_iri, "es", "Asia/Tokyo", "c",
    )  # fmt: skip


def test_one_key_of_a_table_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    """A table in the environment is laid on that of the file."""
    path = write(tmp_path, '[dataset]\npublisher = "A"\nhomepage = "https://a.test/"\n')

    settings = load_settings(path, {"COMMONS_LD_DATASET__PUBLISHER": "B"})

    assert (settings.dataset.publisher, settings.dataset.homepage) == ("B", "https://a.test/")


@pytest.mark.parametrize(
    ("dumps", "problem"),
    [
        ('["n-quads", "turtel"]', "'turtel' is no syntax of ours"),
        ('["turtle"]', "must name n-quads, which exports go on from and stores are loaded with"),
        ("[]", "must name n-quads, which exports go on from and stores are loaded with"),
    ],
)
def test_the_syntaxes_that_there_are_are_told_where_another_one_is_named(
    tmp_path: Path, dumps: str, problem: str
) -> None:
    """And that one of them is needed in any case."""
    with pytest.raises(SettingsError) as refused:
        load_settings(write(tmp_path, f"[output]\ndumps = {dumps}\n"), {})

    known = "there are n-quads, n-triples, turtle, trig, rdf-xml, json-ld"
    assert str(refused.value) == f"{tmp_path}/commons-ld.toml: output.dumps: {problem}; {known}"


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    """The same file means the same folders wherever the command is given."""
    assert load_settings(write(tmp_path, ""), {}).path("data") == tmp_path / "data"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("COMMONS_LD_SOURCES", "a | b", ("a", "b")),
        ("COMMONS_LD_SESSIONS__COLLECTIONS", "Appel en commun", ("Appel en commun",)),
        ("COMMONS_LD_OUTPUT__RECORDS", "false", False),
        ("COMMONS_LD_OUTPUT__DUMPS", "n-quads|turtle", ("n-quads", "turtle")),
    ],
)
def test_variables_are_read_by_the_kind_of_their_setting(variable: str, value: str, expected: object) -> None:
    """A list is parted by bars, and a truth value is true or false."""
    found: object = load_settings(environment={variable: value})
    for name in variable.removeprefix("COMMONS_LD_").lower().split("__"):
        found = getattr(found, name)

    assert found == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bas_iri = 'https://a.test/'", "bas_iri: there is no such setting; the nearest is 'base_iri'"),
        ("[privacy]\nnote = 'omit'", "privacy.note: there is no such setting; the nearest is 'privacy.notes'"),
        ("[dataset.titel]\nfr = 'x'", "dataset.titel: there is no such setting; the nearest is 'dataset.title'"),
        ("notes = 'omit'", "notes: there is no such setting; the nearest is 'privacy.notes'"),
        ("root = '/'", "root: there is no such setting; the nearest is"),
        ("[privacy]\nnotes = 'hide'", "privacy.notes: Invalid enum value 'hide'"),
        ("language = 1", "language: Expected `str`, got `int`"),
        ("base_iri = 'https://a.test'", "base_iri: must be an http or https IRI that ends in /, without ? or #"),
        ("base_iri = 'https://a.test/x#'", "base_iri: must be an http or https IRI that ends in /, without ? or #"),
        ("base_iri = 'https://a.test/?x/'", "base_iri: must be an http or https IRI that ends in /, without ? or #"),
        ("base_iri = 'https://a.test/#x/'", "base_iri: must be an http or https IRI that ends in /, without ? or #"),
        ("base_iri = 'a b/'", "base_iri: must be an http or https IRI that ends in /, without ? or #"),
        ("base_iri = 'https://a.test/<x>/'", "base_iri: must be an http or https IRI that ends in /, without ? or #"),
        ("language = 'français'", "language: 'français' is no language tag, such as fr or en"),
        ("timezone = 'Europe/Lyon'", "timezone: 'Europe/Lyon' is no IANA time zone"),
        ("timezone = '../etc'", "timezone: '../etc' is no IANA time zone"),
        ("[dataset]\nlicense = 'CC0'", "dataset.license: must be an http or https IRI, not 'CC0'"),
        ("[dataset]\ncontact = 'a b'", "dataset.contact: must be an e-mail address, not 'a b'"),
        ("[wiki]\npage_url = 'https://w.test/'", "wiki.page_url: must hold {title}"),
        ("[wiki]\npage_url = 'https://w.test/{title}{x}'", "wiki.page_url: must hold {title}"),
        ("a = ", "cannot be read"),
    ],
)
def test_a_bad_setting_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    """The error names the file, the key and what would be right."""
    path = write(tmp_path, text)

    with pytest.raises(SettingsError) as caught:
        load_settings(path, {})

    assert str(caught.value).startswith(f"{path}: {message}")


#: A value that each setting cannot have, though it is of the right type.
BAD = {
    "base_iri": '"https://exemple.test"',
    "language": '"french or so"',
    "dataset.title": '{ "f r" = "Titre" }',
    "dataset.description": '{ "f r" = "Texte" }',
    "dataset.publisher_iri": '"exemple.test"',
    "dataset.license": '"CC0"',
    "dataset.homepage": '"www.exemple.test"',
    "dataset.image": '"image.png"',
    "dataset.rights": '"tous"',
    "dataset.endpoint": '"/sparql"',
    "podcast.image": '"cover.png"',
    "dataset.themes": '["SOCI", "society, other"]',
    "dataset.contact_until": '"2027-13-01"',
    "dataset.frequency": '"every month"',
    "dataset.publisher_type": '"non-profit"',
    "dataset.contact": '"nobody"',
    "store.url": '"localhost:7878"',
    "store.update_url": '"localhost:7878"',
    "store.graph_store_url": '"localhost:7878"',
    "wiki.page_url": '"https://wiki.exemple.test/"',
    "output.dumps": '["n-quads", "n3"]',
    "timezone": '"Europe/Paname"',
}


@pytest.mark.parametrize("key", BAD)
def test_a_value_that_cannot_be_is_refused_by_the_name_of_its_setting(tmp_path: Path, key: str) -> None:
    """Whatever the type lets pass, in both languages."""
    table, _, name = key.rpartition(".")
    with pytest.raises(SettingsError) as refused:
        load_settings(write(tmp_path, f"{f'[{table}]' if table else ''}\n{name} = {BAD[key]}\n"), {})

    assert refused.value.key == key
    assert refused.value.problem["fr"] != refused.value.problem["en"]


def test_every_check_of_a_setting_is_broken_once() -> None:
    """A check that nothing breaks might as well not be there."""
    assert {key for key, _, _ in settings_module._CHECKS} == set(BAD)


def test_a_bad_variable_is_refused_by_name() -> None:
    """So that nobody looks for the fault in the file."""
    with pytest.raises(SettingsError, match=r"the variable COMMONS_LD_PRIVACY__NOTES: privacy\.notes: Invalid"):
        load_settings(environment={"COMMONS_LD_PRIVACY__NOTES": "hide"})


def test_a_missing_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """A file that was named must be there."""
    with pytest.raises(SettingsError, match=r"there is no such file; make one with 'commons-ld init'"):
        load_settings(tmp_path / "x.toml", {})


def test_the_settings_of_the_repository_are_good() -> None:
    """The file that we ship is one that we read."""
    assert load_settings(REPOSITORY / "commons-ld.toml", {}).base_iri == "https://w3id.org/commons-ld/remix/"


def test_every_setting_has_a_meaning() -> None:
    """The table of the documentation is made of the settings themselves."""
    rows = list(documented())

    assert {"base_iri", "privacy.notes", "output.compression"} < {key for key, *_ in rows}
    assert all(meaning for *_, meaning in rows)


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("COMMONS_LD_SERVE_BEHIND_PROXY", "COMMONS_LD_SERVE__BEHIND_PROXY"),
        ("COMMONS_LD_PRIVACY__NOTE", "COMMONS_LD_PRIVACY__NOTES"),
        ("COMMONS_LD_TIMEZON", "COMMONS_LD_TIMEZONE"),
    ],
)
def test_a_variable_of_no_setting_is_told_the_one_that_was_meant(variable: str, nearest: str) -> None:
    """One underscore where two part the table from the setting is the usual slip."""
    with pytest.raises(SettingsError, match=f"the nearest is '{nearest}'"):
        load_settings(environment={variable: "true"})


def test_the_sentences_about_settings_are_equal_in_both_languages() -> None:
    """Each is filled in with the same things, and the source of each is told in both."""
    for french, english in WORDS.values():
        assert set(re.findall(r"\{\w+\}", french)) == set(re.findall(r"\{\w+\}", english))
    with pytest.raises(SettingsError) as caught:
        load_settings(environment={"COMMONS_LD_TIMEZON": "x"})
    assert caught.value.told("en").startswith("the variable COMMONS_LD_TIMEZON: timezon: there is no such setting")
    assert caught.value.told("fr").startswith("la variable COMMONS_LD_TIMEZON : timezon : ce réglage n'existe pas")
