"""Two files that tell of one page: the record that is published, and what is read again when one of them changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from commons_ld.errors import Reject, fail
from commons_ld.ledger import Exported, open_ledger
from commons_ld.ledger.file import digest_of, repr_of
from commons_ld.origin import Origin
from commons_ld.pipeline import finding, receiving
from commons_ld.pipeline.merging import meanings, merge
from commons_ld.pipeline.smw_exports import Exports, described
from commons_ld.record import MediaRecord, Revision
from commons_ld.settings import OutputSettings, PrivacySettings
from tests.archive import DATA, Archive, page, unpacked

DEMONSTRATION = Path(__file__).parent.parent / "data" / "demonstration"
TITLE = "21.12 Un essai"
NAME = "session/21-12-un-essai"

HEAD = """@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix swivt: <http://semantic-mediawiki.org/swivt/1.0#> .
@prefix wiki: <https://wiki.exemple.test/id/> .
@prefix property: <https://wiki.exemple.test/id/Property-3A> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def exported(title: str = TITLE, *, saved: str = "2021-12-03T10:00:00Z", **facts: str) -> str:
    """Return what Semantic MediaWiki exports of a page, below :data:`HEAD`."""
    lines = [f'\n  property:{name} "{value}" ;' for name, value in ({"Type_de_document": "Audio"} | facts).items()]
    return (
        f'<https://wiki.exemple.test/id/{title.replace(" ", "_")}> rdfs:label "{title}" ; swivt:wikiNamespace 0 ;'
        f'{"".join(lines)}\n  swivt:wikiPageModificationDate "{saved}"^^xsd:dateTime .\n'
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return an archive of one page and of another that nothing is exported of."""
    made = Archive(tmp_path, output=DATA)
    made.write("a.txt", page(TITLE))
    made.write("b.txt", page("21.11 Une autre"))
    return made


def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that the names of the files that are read are put into."""
    names: list[str] = []
    read = receiving.read_records

    def reading(found: finding.Found, reject: Reject) -> Iterator[MediaRecord]:
        names.append(found.path.name)
        return read(found, reject)

    monkeypatch.setattr(receiving, "read_records", reading)
    return names


def remarks(archive: Archive) -> list[tuple[str, str, str, str]]:
    """Export, and return the remarks about pages that two files tell of."""
    report = archive.export().report
    told = ("sources-disagree", "page-followed", "several-exports")
    return [
        (remark.code, remark.field, remark.value, remark.hint)
        for row in report.pages
        for remark in row.remarks
        if remark.code in told
    ]


def test_a_page_and_its_export_are_one_record(archive: Archive) -> None:
    """With the text of the one and the typed values of the other; a disagreement is told."""
    archive.write(
        "all.ttl", HEAD + exported(Pays="Italie", Date_de_publication="2021-12-20", Site_web="https://e.test")
    )

    told = remarks(archive)

    assert sorted(archive.records()) == ["session/21-11-une-autre", NAME]
    turtle = archive.read(f"{NAME}.ttl")
    assert "country/ITA" in turtle
    assert "country/FRA" not in turtle
    assert '"2021-12-20"^^xsd:date' in turtle
    assert "Une présentation." in turtle
    assert "<https://e.test" in turtle
    assert told == [
        ("sources-disagree", "issued", "2021-12-20", "2021/12/02"),
        ("sources-disagree", "countries", "Italie", "France"),
    ]


def test_the_title_may_be_written_otherwise(archive: Archive) -> None:
    """Case and accents do not matter, as for labels."""
    archive.write("all.ttl", HEAD + exported(TITLE.upper(), Pays="Italie"))
    archive.export()

    assert sorted(archive.records()) == ["session/21-11-une-autre", NAME]
    assert "country/ITA" in archive.read(f"{NAME}.ttl")


def test_the_number_of_a_page_finds_its_export_whatever_both_are_called(tmp_path: Path) -> None:
    """Where an export tells it, and the page's own source too; on another wiki the number means nothing."""
    said = MediaRecord(
        title="Ancien titre", countries=("Italie",), origin=Origin("a.rdf"), revision=Revision("wiki.exemple.test", 12)
    )
    here, elsewhere = (
        MediaRecord(title="Nouveau titre", origin=Origin("a.wiki"), revision=Revision(wiki, 12))
        for wiki in ("wiki.exemple.test", "autre.exemple.test")
    )
    with open_ledger(tmp_path) as ledger:
        ledger.put_exports("p", [described("p", 0, said)])
        exports = Exports(ledger, lambda _path: [said])

        assert exports.merged(here)[0].countries == ("Italie",)
        assert exports.merged(here)[0].other_titles == ("Ancien titre",)
        assert exports.merged(elsewhere) == (elsewhere, "")


def test_an_export_without_the_text_of_its_page_is_a_record_of_its_own(archive: Archive) -> None:
    """And goes when the export goes."""
    archive.write("all.ttl", HEAD + exported("22.01 Seulement exportée", Pays="Italie"))
    archive.export()
    alone = archive.records()
    unchanged = archive.export()
    (archive.data / "all.ttl").unlink()
    archive.export()

    assert "session/22-01-seulement-exportee" in alone
    assert "country/ITA" not in archive.read("dataset.nq")
    assert (unchanged.changed, unchanged.work.mapped) == (False, 0)
    assert sorted(archive.records()) == ["session/21-11-une-autre", NAME]


def test_what_is_as_before_is_not_read_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the page nor the export; and of a change only what it concerns."""
    archive.write("all.ttl", HEAD + exported(Pays="Italie") + exported("22.01 Seule"))
    archive.export()
    names = read_files(monkeypatch)
    idle = archive.export()
    read_idle = list(names)
    names.clear()
    archive.write("all.ttl", HEAD + exported(Pays="Espagne") + exported("22.01 Seule"))
    changed = archive.export()

    assert (read_idle, idle.changed) == ([], False)
    assert sorted(set(names)) == ["a.txt", "all.ttl"]
    assert changed.work.mapped == 1
    assert "country/ESP" in archive.read(f"{NAME}.ttl")


def test_an_edited_page_is_merged_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its export is asked again, though it is as before."""
    archive.write("all.ttl", HEAD + exported(Pays="Italie"))
    archive.export()
    names = read_files(monkeypatch)
    archive.write("a.txt", page(TITLE, lead="Une autre présentation."))

    assert archive.export().work.mapped == 1
    assert "b.txt" not in names
    turtle = archive.read(f"{NAME}.ttl")
    assert "Une autre présentation." in turtle
    assert "country/ITA" in turtle


def test_when_the_export_goes_the_page_is_as_before(archive: Archive) -> None:
    """To the byte."""
    archive.export()
    before = archive.files()
    archive.write("all.ttl", HEAD + exported(Pays="Italie"))
    archive.export()
    between = archive.files()
    (archive.data / "all.ttl").unlink()
    archive.export()

    assert between != before
    assert archive.files() == before


def test_when_the_text_of_the_page_comes_or_goes_the_iri_stays(archive: Archive) -> None:
    """Export first, then page and export, then the export alone again."""
    text = (archive.data / "a.txt").read_text()
    (archive.data / "a.txt").unlink()
    archive.write("all.ttl", HEAD + exported(Pays="Italie"))
    archive.export()
    alone = archive.records()
    archive.write("a.txt", text)
    archive.export()
    both = archive.records()
    (archive.data / "a.txt").unlink()
    archive.export()

    assert set(alone) == set(both) == {NAME, "session/21-11-une-autre"}
    assert both[NAME] != alone[NAME]
    assert archive.records() == alone


@pytest.mark.parametrize("order", [("a.txt", "all.ttl"), ("all.ttl", "a.txt")])
def test_what_was_done_step_by_step_equals_what_is_done_at_once(tmp_path: Path, order: tuple[str, str]) -> None:
    """Whichever file came first, and whatever was there between."""
    files = {"a.txt": page(TITLE), "all.ttl": HEAD + exported(Pays="Italie") + exported("22.01 Seule")}
    steps, at_once = Archive(tmp_path / "steps"), Archive(tmp_path / "once")
    for name in order:
        steps.write(name, HEAD + exported("22.02 Autre") if name == "all.ttl" else page(TITLE, duration="00:10:00"))
        steps.export()
    for name in order:
        steps.write(name, files[name])
        at_once.write(name, files[name])
        steps.export()
    at_once.export()

    assert steps.files() == at_once.files()


def test_of_two_exports_of_a_page_the_latest_is_followed(archive: Archive) -> None:
    """The other one is named, unless it says the same."""
    archive.write("new.ttl", HEAD + exported(Pays="Espagne", saved="2022-02-02T00:00:00Z"))
    archive.write("old.ttl", HEAD + exported(Pays="Italie"))
    told = remarks(archive)
    archive.write("old.ttl", HEAD + exported(Pays="Espagne", saved="2022-02-02T00:00:00Z"))
    same = remarks(archive)

    assert ("several-exports", "", "data/old.ttl", "") in told
    assert "country/ESP" in archive.read(f"{NAME}.ttl")
    assert [code for code, *_ in same] == ["sources-disagree"]


def test_a_changed_setting_makes_every_record_anew(archive: Archive) -> None:
    """Those that only an export tells of, too."""
    archive.write("all.ttl", HEAD + exported("22.01 Seule", Description="Écrire à a@exemple.test."))
    archive.export()
    archive.settings = msgspec.structs.replace(archive.settings, privacy=PrivacySettings(notes="omit"))

    assert archive.export().work.mapped == 3


def test_who_the_chat_tells_to_be_withheld_is_withheld_in_the_export_too(archive: Archive) -> None:
    """In the publication, in the report and in the ledger: a name that only the chat shows to be a participant's."""
    archive.settings = msgspec.structs.replace(archive.settings, output=OutputSettings())
    archive.write("a.txt", page(TITLE, lead="").replace("\n\n\n\nMétadonnées", "\n\nMétadonnées"))
    archive.write(
        "all.ttl", HEAD + exported(Description="Ana Exemple raconte.", Humeur="Ana Exemple rit.", Pays="Ana Exemple")
    )
    archive.export()
    archive.export()

    published = b"".join(unpacked(path) for path in archive.out.rglob("*") if path.is_file())
    assert b"Participant\xc2\xb7e 1 raconte." in published
    assert b"Ana Exemple raconte" not in published
    assert b"Ana Exemple rit" not in published
    state = b"".join(path.read_bytes() for path in (archive.root / ".commons-ld").iterdir() if path.is_file())
    assert b"Ana Exemple raconte" not in state
    assert b"Ana Exemple rit" not in state


def test_an_export_that_breaks_leaves_the_pages_before_it(archive: Archive) -> None:
    """The break is reported, and the page's own text stands."""
    archive.write("all.ttl", HEAD + exported("22.01 Seule") + exported(Pays="Italie")[:-40])

    report = archive.export().report

    assert [refusal.code for refusal in report.refused] == ["broken-rdf"]
    assert sorted(archive.records()) == ["session/21-11-une-autre", NAME, "session/22-01-seule"]
    assert "country/FRA" in archive.read(f"{NAME}.ttl")


def test_a_ledger_from_before_exports_keeps_its_names(archive: Archive) -> None:
    """An archive that was published before has the same IRIs, and its former titles."""
    archive.export()
    archive.write("a.txt", page("21.12 Un autre titre"))
    archive.export()
    ledger = archive.root / ".commons-ld" / "ledger.sqlite"
    with sqlite3.connect(ledger) as connection:
        connection.executescript(
            "DROP INDEX page_todo; DROP INDEX page_absent; DROP INDEX page_record; DROP INDEX page_exports;"
            "DROP TABLE shift; ALTER TABLE source ADD COLUMN seen INTEGER NOT NULL DEFAULT 1;"
            "DROP INDEX page_name; DROP TABLE export; ALTER TABLE page DROP COLUMN name;"
            "DROP INDEX page_subject; DROP TABLE change; DROP TABLE version; DROP TABLE suppression;"
            "ALTER TABLE page DROP COLUMN renamed; ALTER TABLE page DROP COLUMN exports; PRAGMA user_version = 2;"
            "DROP INDEX page_line; ALTER TABLE page DROP COLUMN line; DROP TABLE part; CREATE INDEX page_path ON page (path);"
        )
        connection.execute("UPDATE meta SET value = ? WHERE name = 'digest'", (digest_of(connection, spell=repr_of),))
    connection.close()
    archive.write("all.ttl", HEAD + exported("21.12 Un autre titre", Pays="Italie"))

    archive.export()

    assert not ledger.with_name("ledger.sqlite.broken").exists()
    assert sorted(archive.records()) == ["session/21-11-une-autre", NAME]
    turtle = archive.read(f"{NAME}.ttl")
    assert 'dcterms:alternative "21.12 Un essai"@fr' in turtle
    assert "country/ITA" in turtle


def test_a_ledger_of_a_later_version_is_put_aside(tmp_path: Path) -> None:
    """It may hold what this version would spoil."""
    with open_ledger(tmp_path) as ledger:
        ledger.commit()
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    with open_ledger(tmp_path) as ledger:
        assert ledger.count() == 0
    assert (tmp_path / "ledger.sqlite.broken").exists()


def test_the_demonstration_says_the_same_twice() -> None:
    """Its page in wikitext and the export of that page agree in every field that both have."""
    page_of_wiki, of_export = (
        next(receiving.read_records(found, fail))
        for found in finding.find_sources([DEMONSTRATION / "atelier.wiki", DEMONSTRATION / "atelier.ttl"])[::-1]
    )

    merged = merge(page_of_wiki, of_export)

    assert sum(bool(getattr(of_export, field)) for field in meanings()) == 13
    assert msgspec.structs.replace(merged, revision=None, exports=()) == page_of_wiki
    assert [export.fields for export in merged.exports] == [()]


def test_to_find_the_exports_of_a_page_the_ledger_does_not_go_through_all_of_them(tmp_path: Path) -> None:
    """Ten times as many exports take no more steps of the database."""

    def steps(count: int) -> int:
        ticks = 0

        def tick() -> int:
            nonlocal ticks
            ticks += 1
            return 0

        with open_ledger(tmp_path / str(count)) as ledger:
            ledger.put_exports(
                "p", (Exported("p", i, f"n{i}", f"w#{i}" if i % 2 else "", "", "x") for i in range(count))
            )
            ledger._connection.set_progress_handler(tick, 10)
            assert [row.number for row in ledger.exports("n7", "")] == [7]
            assert [row.number for row in ledger.exports("n8", "w#9")] == [8, 9]
        return ticks

    assert steps(2000) <= steps(200) + 5
