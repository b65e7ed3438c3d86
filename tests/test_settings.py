"""Settings: what overrides what, and what is refused."""

import re
from pathlib import Path

import pytest

from commons_ld.errors import SettingsError
from commons_ld.sentences.settings import WORDS
from commons_ld.settings import Settings, documented, load_settings
from commons_ld.settings.checking import CHECKS

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
    assert str(refused.value) == f"{tmp_path}/commons-ld.toml, line 2: output.dumps: {problem}; {known}"


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
        ("[dataset.titel]", "dataset.titel: there is no such setting; the nearest is 'dataset.title'"),
        ("notes = 'omit'", "notes: there is no such setting; the nearest is 'privacy.notes'"),
        ("root = '/'", "root: there is no such setting; the nearest is"),
        ("[privacy]\nnotes = 'hide'", 'privacy.notes: must be one of "omit", "pseudonymise", "publish", not "hide"'),
        ("date_order = 'dmy'", 'date_order: must be one of "", "DMY", "MDY", not "dmy"'),
        ("language = 1", "language: must be a text between quotation marks, not 1"),
        ("sources = 'data'", 'sources: must be a list of texts, such as ["one", "two"], not "data"'),
        ("sources = ['data', 1]", 'sources: must be a list of texts, such as ["one", "two"], not ["data",1]'),
        (
            "[dataset]\ntitle = 'A'",
            'dataset.title: must be a text by language, such as { fr = "un texte", en = "a text" }',
        ),
        ("[dataset]\ntitle = { fr = 1 }", "dataset.title: must be a text by language"),
        ("[dataset]\ntitle = { fr = 'A', en = ' ' }", "dataset.title: a text of it is empty; write it, or take it out"),
        ("[dataset]\ndescription = { fr = '' }", "dataset.description: a text of it is empty"),
        ("[dataset]\nkeywords = ['a', '']", "dataset.keywords: a text of it is empty"),
        ("[dataset]\ncontact_until = 2027-12-31", "dataset.contact_until: must be a text between quotation marks"),
        ("[dataset]\nhomepage = 'https://'", "dataset.homepage: must be an http or https IRI, not 'https://'"),
        (
            "[dataset]\nthemes = ['EDUC', 'educ']",
            "dataset.themes: 'educ' is no code of the table; there are AGRI, ECON",
        ),
        ("[dataset]\nfrequency = 'SOUVENT'", "dataset.frequency: 'SOUVENT' is no code of the table; there are ANNUAL"),
        (
            "[dataset]\npublisher_type = 'Club'",
            "dataset.publisher_type: 'Club' is no code of the table; there are Academia-",
        ),
        ("dataset = 'A'", "dataset: is a table: write [dataset], and its settings below"),
        ("[[dataset]]\n", "dataset: is a table: write [dataset], and its settings below"),
        ("[output]\nsite = 'yes'", 'output.site: must be true or false, not "yes"'),
        ("[output]\nmost_notes = 0", "output.most_notes: must be a whole number (≥ 1), not 0"),
        ("[serve]\nport = 70000", "serve.port: must be a whole number (1–65535), not 70000"),
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
        ("a = ", "this is no TOML (Invalid value); put texts between quotation marks"),
        ("state = 'a'\nbase_iri = https://a.test/", "this is no TOML (Invalid value)"),
        ('state = \'a\'\n\n[dataset.title]\nfr = """A', "this is no TOML (Unterminated string)"),
    ],
)
def test_a_bad_setting_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    """The error names the file, the line, the key and what would be right."""
    path, line = write(tmp_path, text), len(text.splitlines())

    with pytest.raises(SettingsError) as caught:
        load_settings(path, {})

    assert str(caught.value).startswith(f"{path}, line {line}: {message}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# licence = 1\n\nlicence = 1\n", 3),
        ('state = """a\nlicence = 1\n"""\n licence = 1', 4),
        ("[dataset]\nlicense = 'https://a.test/'\nkeywords = [\n  'licence',\n]\n[wiki]\nlicence = 1", 7),
        ("[dataset]\r\nkeywords = []\r\nlicence = 1\r\n", 3),
        ("dataset.licence = 1", 1),
        ('\ndataset = { "licence" = 1 }', 2),
        ("state = 'a'\n[licence]\nx = 1", 2),
        ('"lic\\u0065nce" = 1', 0),
    ],
)
def test_a_setting_is_found_in_the_line_where_it_is_set(tmp_path: Path, text: str, line: int) -> None:
    """Not in a comment nor in a text; and where no line surely sets it, none is named."""
    path = tmp_path / "commons-ld.toml"
    path.write_bytes(text.encode())

    with pytest.raises(SettingsError, match="no such setting") as refused:
        load_settings(path, {})

    place = f"{path}, line {line}" if line else str(path)
    assert refused.value.source == place
    assert refused.value.told("fr").startswith(place.replace(", line ", ", ligne ") + " : ")


def test_what_overrides_a_setting_is_blamed_for_it(tmp_path: Path) -> None:
    """The variable or the flag, and not the line of the file that has no effect."""
    path = write(tmp_path, "timezone = 'UTC'\nlanguage = 'not one'\n")

    for environment, flags, source in (
        ({"COMMONS_LD_TIMEZONE": "Here"}, {"language": "fr"}, "the variable COMMONS_LD_TIMEZONE"),
        ({"COMMONS_LD_TIMEZONE": "Here"}, {"language": "fr", "timezone": "There"}, "the flag --timezone"),
        ({"COMMONS_LD_TIMEZONE": "Asia/Tokyo"}, {}, f"{path}, line 2"),
    ):
        with pytest.raises(SettingsError) as refused:
            load_settings(path, environment, **flags)
        assert refused.value.source == source


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


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("themes", '["EDUC", "SOCI", "OP_DATPRO"]'),
        ("frequency", '"AS_NEEDED"'),
        ("publisher_type", '"Academia-ScientificOrganisation"'),
        ("publisher_type", '"PrivateIndividual(s)"'),
    ],
)
def test_codes_of_catalogues_are_those_of_their_tables(tmp_path: Path, key: str, codes: str) -> None:
    """Kinds of publishers are written with hyphens and brackets, too."""
    assert getattr(load_settings(write(tmp_path, f"[dataset]\n{key} = {codes}\n"), {}).dataset, key)


def test_a_file_that_begins_with_a_mark_is_read(tmp_path: Path) -> None:
    """As some editors of Windows save UTF-8."""
    assert load_settings(write(tmp_path, "\ufefflanguage = 'es'\n"), {}).language == "es"


def test_a_file_in_another_encoding_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """In both languages."""
    path = tmp_path / "commons-ld.toml"
    path.write_bytes("[dataset]\npublisher = 'Société'\n".encode("latin-1"))

    with pytest.raises(SettingsError) as refused:
        load_settings(path, {})

    assert str(refused.value) == f"{path}, line 2: the byte 0xE9 is not UTF-8; save the file as UTF-8"
    assert (
        refused.value.told("fr")
        == f"{path}, ligne 2 : l'octet 0xE9 n'est pas de l'UTF-8 ; enregistrer le fichier en UTF-8"
    )


def test_what_a_value_has_to_be_is_told_of_every_setting(tmp_path: Path) -> None:
    """Whatever its type, in words of neither TOML nor Python."""
    for key, *_ in documented():
        table, _, name = key.rpartition(".")
        with pytest.raises(SettingsError, match=f"{key}: must be ") as refused:
            load_settings(write(tmp_path, f"{f'[{table}]' if table else ''}\n{name} = {{ x = [1.5] }}\n"), {})
        assert "ce doit être" in refused.value.told("fr")


def test_every_check_of_a_setting_is_broken_once() -> None:
    """A check that nothing breaks might as well not be there."""
    assert {key for key, _, _ in CHECKS} == set(BAD)


def test_a_bad_variable_is_refused_by_name() -> None:
    """So that nobody looks for the fault in the file."""
    with pytest.raises(SettingsError, match=r"the variable COMMONS_LD_PRIVACY__NOTES: privacy\.notes: must be one of"):
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
