"""The pipeline: what is published, what is done again, and what stands when something fails."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from commons_ld.artefacts import artefacts
from commons_ld.errors import ArtefactError, CommonsError, NotConformant, PublicationError, SettingsError
from commons_ld.ledger import Ledger, open_ledger
from commons_ld.pipeline import exporting, running
from commons_ld.settings import Settings
from tests.archive import Archive, page


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return an archive of three pages."""
    made = Archive(tmp_path)
    for number in (1, 2, 3):
        made.write(f"{number}.txt", page(f"21.0{number} Appel {number}"))
    return made


NAMES = ["session/21-01-appel-1", "session/21-02-appel-2", "session/21-03-appel-3"]
DESCRIBED = "description/21-02-appel-2"


def test_every_page_is_published(archive: Archive) -> None:
    """Three pages make three records, in the dumps and as files."""
    outcome = archive.export()

    assert (outcome.changed, outcome.work.mapped, outcome.report.published) == (True, 3, 3)
    assert sorted(archive.records()) == NAMES
    assert all((archive.out / f"{name}{suffix}").is_file() for name in NAMES for suffix in (".ttl", ".jsonld"))


def test_a_second_export_does_nothing(archive: Archive) -> None:
    """Nothing is read, mapped or written when nothing changed, and the report is the same."""
    first = archive.export()
    before = {path: path.stat().st_ino for path in archive.out.rglob("*")}

    second = archive.export()

    assert (second.changed, second.work.mapped) == (False, 0)
    assert second.report == first.report
    assert {path: path.stat().st_ino for path in archive.out.rglob("*")} == before


def test_only_an_edited_page_is_done_again(archive: Archive) -> None:
    """One edited field changes one record, and only the lines that it must."""
    archive.export()
    before, dump, description = archive.files(), set(archive.read("dataset.nq").splitlines()), archive.graph(DESCRIBED)
    kept = (archive.out / f"{NAMES[0]}.ttl").stat().st_ino
    archive.write("2.txt", page("21.02 Appel 2", duration="01:30:00"))

    outcome = archive.export()

    assert outcome.work.mapped == 1
    assert (archive.out / f"{NAMES[0]}.ttl").stat().st_ino == kept
    # What of the site is written again is told in its own tests.
    changed = {
        name for name, digest in archive.files().items() if before[name] != digest and not name.startswith("site/")
    }
    assert changed == {f"{NAMES[1]}.ttl", f"{NAMES[1]}.jsonld", "manifest.json", "SHA256SUMS"} | {
        f"dataset{suffix}{twin}"
        for suffix in (".nq", ".nt", ".ttl", ".trig", ".rdf", ".jsonld")
        for twin in ("", ".gz")
    }
    changed_lines = dump ^ set(archive.read("dataset.nq").splitlines())
    content = [line for line in changed_lines if f"/{DESCRIBED}>" not in line]
    assert sorted(line.split(" ")[2].split("^")[0] for line in content) == [
        '"PT1H"',
        '"PT1H"',
        '"PT1H30M"',
        '"PT1H30M"',
    ]
    # In the description, the two hashes: that of the content, and that of the source.
    assert len(changed_lines) - len(content) == 4
    assert len(set(description) - set(archive.graph(DESCRIBED))) == 2


def test_only_an_edited_record_of_a_file_is_done_again(archive: Archive) -> None:
    """Of many records in one file, too; and the ledger keeps no record longer than it is needed."""
    lines = [f'{{"title": "Fiche {number}", "media_type": "Texte"}}\n' for number in range(20)]
    archive.write("all.jsonl", "".join(lines))
    archive.export()
    before = archive.records()
    lines[7] = lines[7].replace("Texte", "Audio")
    archive.write("all.jsonl", "".join(lines))

    outcome = archive.export()

    assert outcome.work.mapped == 1
    assert {name for name, version in archive.records().items() if before[name] != version} == {"media/fiche-7"}
    with open_ledger(archive.root / ".commons-ld") as ledger:
        assert [page.record for chunk in ledger.chunks(100) for page in chunk] == [b""] * 23


def test_a_record_that_is_taken_out_of_a_file_and_put_back_has_its_iri(archive: Archive) -> None:
    """It is gone from the publication meanwhile."""
    both = '{"title": "Fiche 1"}\n{"title": "Fiche 2"}\n'
    archive.write("all.jsonl", both)
    archive.export()
    before = archive.records()
    archive.write("all.jsonl", '{"title": "Fiche 2"}\n')
    archive.export()
    meanwhile = archive.records()
    archive.write("all.jsonl", both)
    archive.export()

    assert set(before) - set(meanwhile) == {"media/fiche-1"}
    assert archive.records() == before


def test_a_page_that_is_touched_is_not_done_again(archive: Archive) -> None:
    """What counts is what a file holds."""
    archive.export()
    os.utime(archive.data / "1.txt", (1, 1))

    assert archive.export().work.mapped == 0


def test_a_renamed_page_keeps_its_iri_and_its_old_title(archive: Archive) -> None:
    """IRIs last; the former title becomes an alternative one."""
    archive.export()
    archive.write("1.txt", page("21.01 Un autre titre"))

    archive.export()

    assert sorted(archive.records()) == NAMES
    turtle = archive.read(f"{NAMES[0]}.ttl")
    assert 'dcterms:alternative "21.01 Appel 1"@fr' in turtle
    assert 'dcterms:title "21.01 Un autre titre"@fr' in turtle


def test_a_page_in_another_file_keeps_its_iri(archive: Archive) -> None:
    """A file that is moved is the same page; only the description tells of the other file."""
    archive.export()
    before = set(archive.read("dataset.nq").splitlines())
    (archive.data / "1.txt").rename(archive.data / "moved.txt")

    archive.export()

    after = set(archive.read("dataset.nq").splitlines())
    assert sorted(line.split(" ")[2] for line in before ^ after) == ['"data/1.txt"', '"data/moved.txt"']


def test_a_page_that_is_gone_is_gone_from_every_file_and_comes_back_under_its_iri(archive: Archive) -> None:
    """Its name in IRIs is kept for it: another page of that title gets a number."""
    archive.export()
    text = (archive.data / "1.txt").read_text()
    archive.write("1.txt", page("21.01 Renommé"))
    archive.export()
    (archive.data / "1.txt").unlink()
    archive.export()
    gone = sorted(archive.records())
    leftovers = [name for name in archive.files() if "21-01" in name or "appel-1" in archive.read("dataset.nq")]
    archive.write("1.txt", text)
    archive.export()

    assert gone == NAMES[1:]
    assert leftovers == []
    assert sorted(archive.records()) == NAMES


def test_two_pages_of_one_title_are_numbered_and_reported(archive: Archive) -> None:
    """The order in which they are found does not matter."""
    archive.write("0.txt", page("21.01 Appel 1", lead="Une autre page."))

    report = archive.export().report

    assert sorted(archive.records()) == [NAMES[0], NAMES[0] + "-2", *NAMES[1:]]
    assert [(remark.code, remark.hint) for told in report.pages for remark in told.remarks] == [
        ("slug-taken", "21-01-appel-1-2")
    ]


def test_a_record_that_does_not_conform_is_held_back_and_the_rest_goes_out(archive: Archive) -> None:
    """Until it is mended, and unless the publisher wants it all the same."""
    archive.write("2.txt", page("21.02 Appel 2", duration="00/25:00"))
    held = archive.export()
    names = sorted(archive.records())
    kept = archive.export(keep_invalid=True)
    names_kept = sorted(archive.records())
    archive.write("2.txt", page("21.02 Appel 2", duration="00:25:00"))
    mended = archive.export()

    assert (held.report.published, held.report.held, held.report.conforms) == (2, 1, False)
    assert names == [NAMES[0], NAMES[2]]
    assert (kept.report.published, kept.report.held) == (3, 0)
    assert names_kept == NAMES
    assert (mended.report.published, mended.report.held, mended.report.conforms) == (3, 0, True)


def test_a_refused_page_leaves_the_others(archive: Archive) -> None:
    """It stands in the report, with its file."""
    archive.write("2.txt", b"\xff\xfe\x00bin\x00")
    archive.write("4.docx", b"PK")

    report = archive.export().report

    assert sorted(archive.records()) == [NAMES[0], NAMES[2]]
    assert [refusal.origin.path for refusal in report.refused] == ["data/2.txt", "data/4.docx"]
    assert archive.export().report == report


@pytest.mark.parametrize("seed", ["0", "1", "12345"])
def test_the_same_input_gives_the_same_bytes(archive: Archive, tmp_path: Path, seed: str) -> None:
    """In another process, with another hash seed, in another folder, and written in another order."""
    archive.write("more.jsonl", '{"title": "21.04 Quatre"}\n{"title": "Une charte", "media_type": "Texte"}\n')
    archive.export()
    other = tmp_path / "a" / "b"
    (other / "data").mkdir(parents=True)
    names = sorted(path.name for path in archive.data.iterdir())
    random.Random(seed).shuffle(names)
    for name in names:
        lines = (archive.data / name).read_text().splitlines(keepends=True)
        shuffled = lines[::-1] if name.endswith(".jsonl") else lines
        (other / "data" / name).write_text("".join(shuffled))
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-m", "commons_ld", "export", "--quiet"], cwd=other, env=environment, check=True)

    same, otherwise = archive.files(), Archive(other).files()

    # The line of a record in its file is told in the report and the manifest: those may differ where lines were shuffled.
    told = {name for name in same if name.removeprefix("site/").startswith(("report/", "manifest.json", "SHA256SUMS"))}
    assert {name: digest for name, digest in same.items() if name not in told} == {
        name: digest for name, digest in otherwise.items() if name not in told
    }


def test_a_lost_ledger_is_rebuilt_to_the_same_bytes(archive: Archive) -> None:
    """All but the history that it held, once whoever lost it says so: what was taken back would be published again."""
    archive.export()
    before = archive.files()
    shutil.rmtree(archive.root / ".commons-ld")

    for _ in range(2):
        with pytest.raises(PublicationError, match="nothing is known there of what is published in"):
            archive.export()
    assert archive.files() == before
    archive.export(allow_deletions=True)

    assert archive.files() == before
    assert not archive.export().changed


def test_a_lost_publication_is_made_again(archive: Archive) -> None:
    """The ledger's blocks were in it, so every page is mapped again."""
    archive.export()
    before = archive.files()
    (archive.out).unlink()
    shutil.rmtree(archive.root / ".dist.generations")

    assert archive.export().work.mapped == 3
    assert archive.files() == before


def test_a_damaged_publication_is_never_copied_on(archive: Archive) -> None:
    """A block whose bytes are not those that were published is made again from its page."""
    archive.export()
    before = archive.read("dataset.nq")
    dump = archive.out / "dataset.nq"
    dump.write_text(before.replace("Appel 3", "Appel 4"))
    archive.write("1.txt", page("21.01 Appel 1", lead="Autre."))

    archive.export()

    # But for the hashes in the description of the page that was edited.
    expected = before.replace(
        '"Une présentation."@fr <https://w3id.org/commons-ld/remix/graph/21-01',
        '"Autre."@fr <https://w3id.org/commons-ld/remix/graph/21-01',
    )
    old, new = (
        [
            line
            for line in text.splitlines()
            if "hexBinary> <https://w3id.org/commons-ld/remix/description/21-01" not in line
        ]
        for text in (expected, archive.read("dataset.nq"))
    )
    assert new == old
    assert len(expected.splitlines()) - len(old) == 2


def test_other_settings_make_everything_again(archive: Archive) -> None:
    """A block depends on the settings; IRIs follow the base, and names stay."""
    archive.export()
    archive.settings = msgspec.structs.replace(archive.settings, base_iri="https://exemple.test/ld/")

    assert archive.export(allow_deletions=True).work.mapped == 3
    assert sorted(archive.records()) == NAMES


def test_a_broken_shapes_file_refuses_the_publication(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was published before stands."""
    archive.export()
    before = archive.files()
    broken = archive.root / "broken.ttl"
    broken.write_text("this is no Turtle")
    monkeypatch.setattr(running, "artefacts", lambda _folder: [broken])
    archive.write("1.txt", page("21.01 Appel 1", lead="Autre."))

    with pytest.raises(CommonsError, match=r"broken\.ttl"):
        archive.export()

    assert archive.files() == before


def test_a_broken_concept_scheme_refuses_the_publication(archive: Archive) -> None:
    """The same for the concepts."""
    broken = archive.settings.path(archive.settings.vocabulary.concepts)
    broken.parent.mkdir()
    broken.write_text("[] a <x> .")

    with pytest.raises(ArtefactError, match=r"concepts\.ttl"):
        archive.export()

    assert not archive.out.exists()


def test_shapes_that_meet_nothing_refuse_the_publication(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """To conform to shapes that look at nothing is no conformity."""
    shapes = archive.root / "shapes"
    shapes.mkdir()
    for path in artefacts("shapes"):
        (shapes / path.name).write_text(
            path.read_text().replace("sh:targetClass cld:Session", "sh:targetClass cld:Sesion")
        )
    monkeypatch.setattr(running, "artefacts", lambda folder: sorted(shapes.glob("*.ttl")) if folder == "shapes" else [])

    with pytest.raises(NotConformant, match="session"):
        archive.export()

    assert not archive.out.exists()


def test_a_missing_folder_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """The error names it."""
    with pytest.raises(SettingsError, match="there is no such file or folder; make it, or name another"):
        exporting.export(Settings(root=tmp_path))


def test_an_empty_archive_is_published_empty(tmp_path: Path) -> None:
    """No page is no error: the description of the dataset goes out."""
    archive = Archive(tmp_path)

    assert archive.export().report.published == 0
    assert archive.records() == {}


def test_a_report_that_says_the_same_is_taken_over(archive: Archive) -> None:
    """And written again where it says something else, or where what stands is not what the ledger knows."""
    archive.write("3.txt", page("21.03 Appel 3", enjeu="Un candidat"))
    archive.export()
    path = archive.out / "report" / "report.json"
    first = path.stat().st_ino
    archive.write("1.txt", page("21.01 Appel 1", lead="Autre."))
    archive.export()
    second = path.stat().st_ino
    archive.write("2.txt", page("21.02 Appel 2", enjeu="Un autre candidat"))
    archive.export()
    told = path.read_text()
    other = Archive(archive.root / "other")
    other.write("3.txt", page("21.03 Appel 3", enjeu="Un candidat"))
    exporting.export(other.settings, out=archive.out, allow_deletions=True)

    assert first == second
    assert "Un autre candidat" in told
    assert "Un autre candidat" not in path.read_text()


def test_pages_are_not_gone_through_to_say_what_was_said(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are when somebody looks at the report, be the ledger closed by then; what another export left is not it."""
    archive.write("3.txt", page("21.03 Appel 3", enjeu="Un candidat"))
    archive.export()
    looked = list[int]()
    findings = Ledger.findings

    def counted(ledger: Ledger) -> Iterator[tuple[str, bool, bytes]]:
        looked.append(1)
        return findings(ledger)

    monkeypatch.setattr(Ledger, "findings", counted)
    archive.write("1.txt", page("21.01 Appel 1", lead="Autre."))
    first, second = archive.export().report, archive.export().report

    assert [(report.published, len(report.pages)) for report in (first, second)] == [(3, len(first.pages))] * 2
    assert looked == []
    assert any(page.candidates for page in first.pages)
    assert list(first.pages) == list(second.pages)

    archive.write("1.txt", page("21.01 Appel 1", lead="Encore autre."))
    third = archive.export().report
    archive.write("2.txt", page("21.02 Appel 2", enjeu="Un autre candidat"))
    archive.export()
    with pytest.raises(PublicationError, match="another export has changed the ledger since"):
        list(third.pages)
