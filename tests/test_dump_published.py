"""A dump through the whole of commons-ld: what is published of it, and what the report says of the rest."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import msgspec
import pytest

from commons_ld.ledger import open_ledger
from commons_ld.outputs.report import Refusal
from commons_ld.pipeline.finding import find_sources
from commons_ld.pipeline.intake import take_in
from tests.archive import DATA, Archive
from tests.dumps import RECORD, dump, page, revision

COMPLETE = "{{Objet média|Date de création=2021/12/02|Type de document=Audio|Pays=%s}}\n"


def session(title: str = "21.12 Un essai", number: int = 3, country: str = "France") -> str:
    """Return a page that conforms."""
    return page(title, revision(COMPLETE % country), number=number)


def article(number: int) -> str:
    """Return a page that is no record."""
    return page(f"Article {number}", revision("Un article."), number=100 + number)


def test_a_dump_is_published_and_its_articles_are_no_fault(tmp_path: Path) -> None:
    """The report conforms, names the first articles on one line, and has all of them in its JSON."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("wiki.xml", dump(session(), *map(article, range(30))))

    report = archive.export().report

    assert (report.published, report.refused, len(report.passed_over), report.conforms) == (1, (), 30, True)
    assert report.worst != "Violation"
    text = archive.read("report/report.en.txt")
    assert "30 pages passed over: Article 0, Article 1" in text
    assert "Article 10" not in text
    assert "30" in archive.read("report/index.html").partition('id="passed"')[2]
    told = json.loads(archive.read("report/report.json"))["passed_over"]
    assert [row["origin"]["page"] for row in told] == [f"Article {number}" for number in range(30)]
    assert archive.export().changed is False


def test_a_moved_page_keeps_its_iri_and_its_redirect_is_another_name(tmp_path: Path) -> None:
    """The number of the page is what it is known by, whatever it and the dump are called."""
    archive = Archive(tmp_path, output=DATA)
    first = archive.write("wiki-1.xml", dump(session()))
    archive.export()
    before = archive.records()
    first.unlink()
    archive.write(
        "wiki-2.xml",
        dump(session("21.12 Un titre neuf"), page("21.12 Un essai", number=9, redirect="21.12 Un titre neuf")),
    )

    report = archive.export().report

    assert (report.published, report.refused) == (1, ())
    assert list(archive.records()) == list(before)
    assert '"21.12 Un titre neuf"' in archive.read("dataset.nq")


@pytest.mark.parametrize("later_first", [False, True])
def test_a_page_that_two_files_have_is_that_of_the_first(tmp_path: Path, later_first: bool) -> None:
    """Whichever came first: an export that goes on gives what one from nothing gives."""
    archive = Archive(tmp_path, output=DATA)
    files = {"a.xml": dump(session(country="France")), "b.xml": dump(session(country="Italie"), session("Autre", 4))}
    for name in sorted(files, reverse=later_first):
        archive.write(name, files[name])
        report = archive.export().report

    assert [(refusal.code, refusal.origin.path) for refusal in report.refused] == [
        ("duplicate-identifier", "data/b.xml")
    ]
    assert report.published == 2
    assert archive.read("dataset.nq") == from_nothing(tmp_path / "new", files)
    (archive.data / "a.xml").unlink()
    report = archive.export().report
    assert (report.published, report.refused) == (2, ())


def from_nothing(root: Path, files: dict[str, str]) -> str:
    """Return the dump of a new archive of these files."""
    archive = Archive(root, output=DATA)
    for name, text in files.items():
        archive.write(name, text)
    archive.export()
    return archive.read("dataset.nq")


def test_pages_of_a_wiki_without_an_address_are_known_by_their_file(tmp_path: Path) -> None:
    """Two wikis that do not tell their address do not mix up their pages."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.xml", dump(session("21.01 A"), base=""))
    archive.write("b.xml", dump(session("21.02 B"), base=""))

    report = archive.export().report

    assert (report.published, report.refused) == (2, ())


def test_a_page_without_an_address_has_that_of_the_settings(tmp_path: Path) -> None:
    """``wiki.page_url`` stands in where the dump does not tell where the wiki is."""
    archive = Archive(tmp_path, output=DATA)
    archive.write("a.xml", dump(session("21.01 A"), base="https://exemple.org/"))
    archive.export()

    assert "https://wiki.remixthecommons.org/index.php/21.01_A" in archive.read("dataset.nq")


def intake_peak(root: Path, count: int) -> int:
    """Return the most memory that the intake of a dump of ``count`` pages takes, two thirds of them articles."""
    archive = Archive(root, output=DATA)
    pages = (
        page(f"P {number}", revision(RECORD if number % 3 == 0 else "Un article."), number=number)
        for number in range(count)
    )
    archive.write("wiki.xml", dump(*pages))
    found = find_sources([archive.data])
    with open_ledger(root / "state") as ledger:
        tracemalloc.start()
        try:
            take_in(ledger, found, archive.settings, lambda _: None)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        refused = [
            refusal for data in ledger.refusals() for refusal in msgspec.msgpack.decode(data, type=list[Refusal])
        ]
        assert (ledger.count(), len(refused)) == (-(-count // 3), count - -(-count // 3))
    return peak


def test_the_intake_of_a_dump_holds_little_of_each_page(tmp_path: Path) -> None:
    """Of a page no more stays in memory than its title, its line and why it is no record."""
    intake_peak(tmp_path / "warm", 10)
    small, large = intake_peak(tmp_path / "small", 300), intake_peak(tmp_path / "large", 3_000)

    assert (large - small) / 2_700 < 400


def test_who_edited_a_page_arrives_nowhere(tmp_path: Path) -> None:
    """Neither the name nor the address, nor what was said of an edit: not in the outputs, the report or the ledger."""
    archive = Archive(tmp_path)
    edited = session().replace("<username>Personne Inventée</username>", "<ip>192.0.2.77</ip>", 1)
    archive.write(
        "wiki.xml", dump(edited, session("21.02 B", 4), article(1), page("X", revision(attributes=' deleted="d"')))
    )

    archive.export()

    written = [path for path in tmp_path.rglob("*") if path.is_file() and archive.data not in path.parents]
    assert len(written) > 10
    for name in ("Personne Inventée", "192.0.2.77", "une retouche"):
        assert name in (archive.data / "wiki.xml").read_text(encoding="utf-8")
        assert [path for path in written if name.encode() in path.read_bytes()] == []
