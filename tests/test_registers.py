"""The registers of persons and organizations: which names are one, as the publisher says, and never by a guess."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld import taking_back
from commons_ld.errors import SettingsError
from commons_ld.rdf.namespaces import expand
from commons_ld.reconciling.task import proposals_of
from commons_ld.reconciling.telling import EVIDENCE, to_csv, to_text
from commons_ld.registers import Entry, Registers
from commons_ld.settings import AgentSettings, PrivacySettings, Settings
from commons_ld.web.app import create_app
from tests.archive import Archive, unpacked
from tests.asgi import Client
from tests.editions import serving
from tests.test_cli import run

BASE = Settings().base_iri
HEAD = "iri,name,variants,links,different\n"


def record(number: int, *guests: str, **more: object) -> str:
    """Return a record with guests, as a line of JSON."""
    fields = {
        "title": f"21.{number:02} Appel",
        "kind": "session",
        "created": f"2021-{number:02}-01",
        "description": "Un appel.",
        "guests": [{"name": name} for name in guests],
        "media_type": "Audio",
        "languages": ["FR"],
    }
    return json.dumps(fields | more, ensure_ascii=False) + "\n"


def archive_of(folder: Path, **settings: object) -> Archive:
    """Return an archive in which one person is written in three ways, and another is not."""
    archive = Archive(folder, **settings)
    archive.write("1.jsonl", record(1, "Ana Marchepied"))
    archive.write("2.jsonl", record(2, "MARCHEPIED Ana"))
    archive.write("3.jsonl", record(3, "ana marchepied", "Ivo Dormoisel"))
    archive.write("4.jsonl", record(4, "Ivo Dormoisel"))
    return archive


def nodes(archive: Archive, predicate: str) -> set[tuple[str, str]]:
    """Return subject and object of each statement with a property, IRIs below the base, as another parser reads them."""
    rows = ox.Store()
    rows.bulk_load(path=archive.out / "dataset.nq")
    found = rows.query(f"SELECT ?s ?o {{ GRAPH ?g {{ ?s <{expand(predicate)}> ?o }} }}")
    assert isinstance(found, ox.QuerySolutions)
    return {(row["s"].value.removeprefix(BASE), row["o"].value.removeprefix(BASE)) for row in found}


def guests(archive: Archive) -> dict[str, set[str]]:
    """Return the guests of each session."""
    found: dict[str, set[str]] = {}
    for session, guest in nodes(archive, "schema:performer"):
        found.setdefault(session.removeprefix("session/"), set()).add(guest.removeprefix("person/"))
    return found


# ── What a register does ─────────────────────────────────────────────────────────────────────────────


def test_names_that_nobody_says_are_one_are_not(tmp_path: Path) -> None:
    """However like they are: those that differ in more than case and accents have IRIs of their own."""
    archive = archive_of(tmp_path)
    archive.export()

    assert guests(archive)["21-01-appel"] == {"ana-marchepied"}
    assert guests(archive)["21-02-appel"] == {"marchepied-ana"}
    assert "graph/registers" not in archive.read("dataset.nq")


def test_what_the_register_says_is_one_is_one(tmp_path: Path) -> None:
    """One IRI and one name in every record, with links; the IRIs that the variants had stay, and say who took their place."""
    archive = archive_of(tmp_path)
    archive.write(
        "people.csv",
        HEAD + ",Ana Marchepied,MARCHEPIED Ana,https://viaf.exemple.test/1 https://orcid.exemple.test/2,\n",
    )
    archive.export()

    assert {name: found for name, found in guests(archive).items() if "ana-marchepied" in found} == {
        "21-01-appel": {"ana-marchepied"},
        "21-02-appel": {"ana-marchepied"},
        "21-03-appel": {"ana-marchepied", "ivo-dormoisel"},
    }
    assert {name for iri, name in nodes(archive, "schema:name") if iri == "person/ana-marchepied"} == {"Ana Marchepied"}
    assert nodes(archive, "schema:sameAs") == {
        ("person/ana-marchepied", "https://viaf.exemple.test/1"),
        ("person/ana-marchepied", "https://orcid.exemple.test/2"),
    }
    assert nodes(archive, "schema:alternateName") == {("person/ana-marchepied", "MARCHEPIED Ana")}
    assert ("person/marchepied-ana", "person/ana-marchepied") in nodes(archive, "dcterms:isReplacedBy")
    assert nodes(archive, "owl:sameAs") == {("person/marchepied-ana", "person/ana-marchepied")}


def test_the_register_is_no_source(tmp_path: Path) -> None:
    """It lies among the records, and is not read as some; nothing of it is refused."""
    archive = archive_of(tmp_path)
    archive.write("people.csv", HEAD + ",Ana Marchepied,,,\n")
    archive.write("organizations.csv", HEAD + ",Le lavoir,,,\n")
    outcome = archive.export()

    assert outcome.report.published == 4
    assert outcome.report.refused == outcome.report.passed_over == ()


def test_an_edit_maps_again_the_records_it_touches_and_no_other(tmp_path: Path) -> None:
    """And the result is, byte for byte, that of an archive that begins with this register."""
    archive = archive_of(tmp_path / "one")
    archive.write("people.csv", HEAD + ",Ana Marchepied,,,\n")
    archive.export()
    assert archive.export().changed is False
    archive.write("people.csv", HEAD + ",Ana Marchepied,MARCHEPIED Ana,,\n")
    edited = archive.export()
    archive.write("people.csv", HEAD + ",Ana Marchepied,MARCHEPIED Ana,https://a.exemple.test/,\n")
    linked = archive.export()
    fresh = archive_of(tmp_path / "other")
    fresh.write("people.csv", HEAD + ",Ana Marchepied,MARCHEPIED Ana,https://a.exemple.test/,\n")
    fresh.export()

    # The one record that says MARCHEPIED; then only the register's own graph.
    assert (edited.changed, edited.work.mapped) == (True, 1)
    assert (linked.changed, linked.work.mapped) == (True, 0)
    assert archive.files() == fresh.files()


def test_a_register_that_goes_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """Names are known by themselves again, on the pages too."""
    archive, plain = archive_of(tmp_path / "one"), archive_of(tmp_path / "other")
    plain.export()
    register = archive.write("people.csv", HEAD + ",Ana Marchepied,MARCHEPIED Ana,https://a.exemple.test/,\n")
    archive.export()
    register.unlink()
    archive.export()

    assert archive.files() == plain.files()


def test_an_organization_of_the_register_is_one_wherever_it_stands(tmp_path: Path) -> None:
    """Among guests, who would be persons otherwise, and among producers."""
    archive = Archive(tmp_path)
    archive.write("1.jsonl", record(1, "Le Lavoir", producers=["LE LAVOIR"]))
    archive.write("organizations.csv", HEAD + "le-lavoir-commun,Le lavoir,,,\n")
    archive.export()

    assert ("session/21-01-appel", "organization/le-lavoir-commun") in nodes(archive, "schema:performer")
    assert {iri for iri, name in nodes(archive, "schema:name") if name == "Le lavoir"} == {
        "organization/le-lavoir-commun"
    }
    assert ("person/le-lavoir", "organization/le-lavoir-commun") in nodes(archive, "dcterms:isReplacedBy")


# ── Who is not in it ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("notes", ["pseudonymise", "publish"])
def test_who_writes_in_a_chat_is_nobody_of_the_register(tmp_path: Path, notes: str) -> None:
    """Not even by the name of a guest of another session, or by one of its variants."""
    archive = Archive(tmp_path, privacy=PrivacySettings(notes=notes))  # type: ignore[arg-type]
    archive.write("1.jsonl", record(1, "Ana Marchepied"))
    chat = [
        {"author": "MARCHEPIED Ana", "time": "14:00", "text": "Bonjour"},
        {"author": "Ana Marchepied", "time": "14:01", "text": "Oui"},
    ]
    archive.write("2.jsonl", record(2, "Ivo Dormoisel", notes=chat))
    archive.write("people.csv", HEAD + ",Ana Marchepied,MARCHEPIED Ana,https://a.exemple.test/,\n")
    archive.export()

    authors = {author for note, author in nodes(archive, "schema:author") if note.startswith("session/21-02")}
    assert authors
    assert all("/participant/" in author for author in authors)
    assert proposals_of(archive.settings, "person")[1] == []
    if notes == "pseudonymise":
        assert "Ana Marchepied" not in "".join(archive.graph("graph/21-02-appel"))


def test_who_is_forgotten_is_in_no_register_either(tmp_path: Path) -> None:
    """The row stays in the publisher's file, and nothing of it goes out."""
    archive = archive_of(tmp_path)
    archive.write(
        "people.csv",
        HEAD + ",Ana Marchepied,MARCHEPIED Ana,https://a.exemple.test/,\n,Ivo Dormoisel,,https://b.exemple.test/,\n",
    )
    archive.export()
    taking_back.forget(archive.settings, "Ana Marchepied")
    archive.export()

    everything = b"".join(unpacked(path) for path in sorted(archive.out.rglob("*")) if path.is_file())
    assert b"Marchepied" not in everything
    assert b"https://a.exemple.test/" not in everything
    assert b"https://b.exemple.test/" in everything


# ── What is shown ────────────────────────────────────────────────────────────────────────────────────


def test_the_page_of_a_person_tells_other_names_and_links(tmp_path: Path) -> None:
    """And all sessions; the page of a variant leads there, and is in no list."""
    archive = archive_of(tmp_path)
    archive.write("people.csv", HEAD + ",Ana Marchepied,MARCHEPIED Ana,https://a.exemple.test/,\n")
    archive.export()
    shown = archive.read("site/person/ana-marchepied.html")
    moved = archive.read("site/person/marchepied-ana.en.html")

    assert "MARCHEPIED Ana" in shown
    assert "https://a.exemple.test/" in shown
    assert all(f"21.0{number} Appel" in shown for number in (1, 2, 3))
    assert 'href="../person/ana-marchepied.en.html"' in moved
    assert "marchepied-ana" not in archive.read("site/people.html")


def test_a_former_iri_leads_to_the_one_that_took_its_place(tmp_path: Path) -> None:
    """For good (301), each of its documents to the same of the other; the other is as it was."""
    archive = archive_of(tmp_path)
    archive.write("people.csv", HEAD + ",Ana Marchepied,MARCHEPIED Ana,,\n")
    archive.export()
    with serving(archive.settings) as edition:
        client = Client(create_app(lambda: edition))
        moved = client.get("/person/marchepied-ana", headers={"Accept": "text/turtle"})
        document = client.get("/person/marchepied-ana.ttl")
        kept = client.get("/person/ana-marchepied", headers={"Accept": "text/turtle"})

    assert (moved.status_code, moved.headers["location"]) == (301, "../person/ana-marchepied")
    assert (document.status_code, document.headers["location"]) == (301, "../person/ana-marchepied.ttl")
    assert kept.status_code == 303


# ── What is no register ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nom,variants\nAna,\n", "there is no column 'name'"),
        ("name,alias\nAna,\n", "there is no column 'alias'"),
        (HEAD + ",Ana,,,\n,Ivo,ana,,\n", "line 3: a name or IRI of this row is in people.csv, line 2 too"),
        (HEAD + "person/x,Ana,,,\nx,Ivo,,,\n", "line 3: a name or IRI"),
        (HEAD + ",Ana,,javascript:alert(1),\n", "line 2: links: must be http or https addresses"),
        (HEAD + "https://elsewhere.test/x,Ana,,,\n", "line 2: iri: must be one of ours"),
        (HEAD + "organization/x,Ana,,,\n", "line 2: iri: must be one of ours"),
        (HEAD + "session/x/participant/1,Ana,,,\n", "line 2: iri: must be one of ours"),
        (HEAD + ",,Ana,,\n", "line 2: name: must be a name"),
        (HEAD + ",Ana,,,,more\n", "line 2: there are more values than columns"),
        (HEAD.encode() + ",Andr\xe9,,,\n".encode("latin-1"), "cannot be read as UTF-8"),
    ],
)  # fmt: skip
def test_a_register_that_says_two_things_or_none_is_refused(tmp_path: Path, text: str | bytes, words: str) -> None:
    """With its line, and without the name."""
    archive = Archive(tmp_path)
    archive.write("people.csv", text)

    with pytest.raises(SettingsError) as refused:
        Registers.load(archive.settings)

    assert words in str(refused.value)
    assert "Ana" not in str(refused.value)


def test_what_was_published_before_a_bad_register_stands(tmp_path: Path) -> None:
    """Nothing goes out with half of one."""
    archive = archive_of(tmp_path)
    archive.export()
    before = archive.files()
    archive.write("people.csv", "nom\nAna\n")

    with pytest.raises(SettingsError):
        archive.export()

    assert archive.files() == before


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffname;variants\r\nAna Marchepied;MARCHEPIED Ana | A. Marchepied\r\n;\r\n",
        '"name","variants"\n"Ana Marchepied","MARCHEPIED Ana|A. Marchepied"\n',
    ],
)
def test_a_register_is_read_as_table_programs_write_it(tmp_path: Path, text: str) -> None:
    """With semicolons, quotes, a mark at its beginning, any line ends and empty rows."""
    archive = Archive(tmp_path)
    archive.write("people.csv", text)

    (entry,) = Registers.load(archive.settings).entries

    assert entry == Entry(
        "person", f"{BASE}person/ana-marchepied", "Ana Marchepied", ("MARCHEPIED Ana", "A. Marchepied")
    )


ROWS = st.lists(st.sampled_from(["Ana Exemple", "Bruno", ",", "|", '"', "\n", "é", " ", ";", "\ufeff"]), max_size=20)


@given(ROWS.map("".join).map(str.encode) | st.binary(max_size=200))
def test_any_file_is_a_register_or_is_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """And nothing else happens."""
    folder = tmp_path_factory.getbasetemp() / "registers"
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "people.csv").write_bytes(b"name,variants\n" + data)
    try:
        found = Registers.load(Settings(root=folder))
    except SettingsError:
        return
    assert all(found.find(entry.name) == entry for entry in found.entries)


# ── Proposals ────────────────────────────────────────────────────────────────────────────────────────


def test_names_that_are_alike_are_proposed_with_what_speaks_for_it(tmp_path: Path) -> None:
    """Another order, an initial, a letter; and each with its pages."""
    archive = archive_of(tmp_path)
    archive.write("5.jsonl", record(5, "A. Marchepied", "Ivo Dormoissel", "Jean-Luc Tavernel"))
    archive.write("6.jsonl", record(6, "Jeanluc Tavernel", "Ana Marchand", "Iva Tavernelle"))
    archive.export()
    proposals = proposals_of(archive.settings, "person")[1]
    found = {(one.evidence, frozenset((one.first.name, one.second.name))) for one in proposals}

    assert found == {
        ("order", frozenset(("Ana Marchepied", "MARCHEPIED Ana"))),
        ("initial", frozenset(("A. Marchepied", "Ana Marchepied"))),
        ("typing", frozenset(("Ivo Dormoisel", "Ivo Dormoissel"))),
        ("initial", frozenset(("A. Marchepied", "MARCHEPIED Ana"))),
        ("spelling", frozenset(("Jean-Luc Tavernel", "Jeanluc Tavernel"))),
    }
    (order,) = (one for one in proposals if one.evidence == "order")
    assert (order.first.name, order.first.pages) == ("Ana Marchepied", ("21.03 Appel", "21.01 Appel"))
    for language in ("fr", "en"):
        text = to_text(proposals, language)
        assert "Ana Marchepied  =  MARCHEPIED Ana ?" in text
        assert EVIDENCE["order"][language] in text


def test_what_was_said_is_not_proposed_again(tmp_path: Path) -> None:
    """That two names are one, that they are not, and that each is somebody of the register."""
    archive = archive_of(tmp_path)
    archive.write("5.jsonl", record(5, "A. Marchepied", "Ivo Dormoissel"))
    archive.write(
        "people.csv", HEAD + ",Ana Marchepied,MARCHEPIED Ana,,A. Marchepied\n,Ivo Dormoisel,,,\n,Ivo Dormoissel,,,\n"
    )
    archive.export()

    assert proposals_of(archive.settings, "person")[1] == []


def test_the_rows_that_are_proposed_are_rows_of_a_register(tmp_path: Path) -> None:
    """As they are printed they can be taken over, and then nothing is left to propose."""
    archive = archive_of(tmp_path)
    archive.write("people.csv", HEAD + ",Ana Marchepied,,https://a.exemple.test/,Anna Marchepin\n")
    archive.export()
    registers, proposals = proposals_of(archive.settings, "person")
    text = to_csv(proposals, registers)
    archive.write("people.csv", text)
    archive.export()

    assert [row["variants"] for row in csv.DictReader(io.StringIO(text))] == ["MARCHEPIED Ana"]
    assert "https://a.exemple.test/" in text
    assert "Anna Marchepin" in text
    assert proposals_of(archive.settings, "person")[1] == []
    assert guests(archive)["21-02-appel"] == {"ana-marchepied"}


def test_the_command_prints_text_json_and_rows(tmp_path: Path) -> None:
    """In the reader's language, and for machines."""
    archive = archive_of(tmp_path)
    assert run(tmp_path, "entities", "--lang", "en").returncode == 3
    archive.export()

    assert "1 proposition. Rien" in run(tmp_path, "entities", "--lang", "fr").stdout
    assert "the same words in another order" in run(tmp_path, "entities", "--lang", "en").stdout
    assert json.loads(run(tmp_path, "entities", "--json").stdout)["proposals"][0]["second"]["name"] == "MARCHEPIED Ana"
    assert run(tmp_path, "entities", "--csv").stdout.startswith(HEAD)
    assert "No name is like another" in run(tmp_path, "entities", "--kind", "organization", "--lang", "en").stdout


def test_a_register_that_is_not_where_the_settings_say_is_missed(tmp_path: Path) -> None:
    """Names that are one would have several IRIs without a word; of the usual places, none need be there."""
    settings = Settings(root=tmp_path, agents=AgentSettings(people_register="data/peple.csv"))

    assert Registers.load(Settings(root=tmp_path)).entries == ()
    with pytest.raises(SettingsError, match=r"data/peple\.csv: there is no such register; make it"):
        Registers.load(settings)
