"""What of the dumps stands is passed over, and what is published is what an export from nothing publishes."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from commons_ld.chunks import KEPT
from commons_ld.feeds.oai_state import STATE, Row
from commons_ld.iris import IriPolicy
from commons_ld.ledger import open_ledger
from commons_ld.ledger.rows import Version
from commons_ld.outputs import dumps, segments, standing
from commons_ld.outputs.counting import facts_of
from commons_ld.outputs.kept_dumps import Chunk
from commons_ld.outputs.publication import published
from commons_ld.outputs.published import Published
from commons_ld.outputs.report import Report
from commons_ld.outputs.search_index import index_path
from commons_ld.outputs.standing import Standing, key_of
from commons_ld.outputs.statements import graph_of
from commons_ld.outputs.things import Thing
from commons_ld.pipeline import running
from commons_ld.rendering.writing import Dated, Harvested, Renderings
from commons_ld.settings import OutputSettings
from commons_ld.site.writing import Site
from tests.archive import DATA, Archive, page

#: Neither site nor feeds.
OUTPUT = OutputSettings(site=False, feeds=False)


@pytest.fixture(autouse=True)
def stood(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have chunks be small, and return how many of them stood where it was known which pages changed."""
    counts: list[int] = []

    def counted(chunks: list[Chunk], touched: Iterable[str]) -> list[Standing]:
        found = standing.standing_but(chunks, touched)
        counts.append(sum(len(one.chunks) for one in found))
        return found

    monkeypatch.setattr(standing, "TOGETHER", 3)
    monkeypatch.setattr(dumps, "_MOST", 4)
    monkeypatch.setattr(running, "standing_but", counted)
    return counts


def line(chance: random.Random, number: int) -> str:
    """Return a record, of which some hold a fault, and some have the title that another one has."""
    title = f"Fiche {number}" if chance.random() < 0.9 else "Fiche"
    made: dict[str, object] = {
        "identifier": f"r{number}",
        "title": title,
        "media_type": chance.choice(["Texte", "Audio"]),
    }
    if chance.random() < 0.5:
        made["abstract"] = "x" * chance.randrange(300)
    if chance.random() < 0.3:
        made["guests"] = [{"name": f"Invitée Numéro{chance.randrange(5)}"}]
    if chance.random() < 0.1:
        made["duration"] = "00/25:00"
    if chance.random() < 0.6:
        made |= {"created": f"20{chance.randrange(10, 14)}-03-04", "collections": [f"Série {chance.randrange(3)}"]}
        made["enjeux"] = [chance.choice(["Politique des communs", "Régie publique", "Un enjeu nouveau"])]
    return json.dumps(made, ensure_ascii=False)


def write(archive: Archive, records: dict[int, str]) -> None:
    """Write the sources: some files with a record a line."""
    for part in range(3):
        found = [text for number, text in sorted(records.items()) if number % 3 == part]
        archive.write(f"{part}.jsonl", "".join(f"{text}\n" for text in found) or "\n")


def indexed(archive: Archive) -> list[tuple[object, ...]]:
    """Return what the search index holds of records, without the numbers that they were given."""
    path = index_path(archive.root / ".commons-ld", published(archive.out))
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT iri, hex(sha256), title, date, summary, texts, people FROM record JOIN words ON words.rowid = id"
        ).fetchall()
        rows += database.execute("SELECT facet, value, label, records FROM total").fetchall()
        rows += database.execute(
            "SELECT kind, slug, label, entity.records FROM entity JOIN entity_label ON entity = entity.id"
        )
    return sorted(rows, key=str)


def harvested(archive: Archive) -> list[Row]:
    """Return what OAI-PMH answers from of the records that there are."""
    path = archive.out / STATE
    lines = path.read_bytes().splitlines() if path.is_file() else []
    rows = [msgspec.json.decode(line, type=Row) for line in lines]
    assert [row.sets for row in rows if row.sets] or not rows
    return [row for row in rows if row.length]


def said(report: Report) -> list[object]:
    """Return what a report says."""
    sums = [report.published, report.held, report.worst, report.conforms, len(report.pages), report.digest]
    return [*sums, report.focus_nodes, list(report.pages), list(report.held_pages()), list(report.pages_with_advice())]


def places(archive: Archive) -> bool:
    """Tell whether the ledger knows where each block lies."""
    dump = (archive.out / "dataset.nq").read_bytes()
    with open_ledger(archive.root / ".commons-ld") as ledger:
        pages = [page for chunk in ledger.chunks(100) for page in chunk if not page.held]
    return all(
        dump[page.start : page.start + page.length].endswith(f"/graph/{page.slug}> .\n".encode())
        and f"/graph/{page.slug}> .\n".encode() not in dump[page.start - 200 : page.start]
        for page in pages
    )


@pytest.mark.parametrize("steps", [2, pytest.param(8, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    ("seed", "output"),
    [
        (0, OUTPUT),
        *(pytest.param(seed, OUTPUT, marks=pytest.mark.long) for seed in (1, 2)),
        (3, OutputSettings()),
        (4, OutputSettings(records=False)),
        (5, OutputSettings(folders="sharded")),
        (6, OutputSettings(records=False, folders="sharded")),
    ],
)
def test_whatever_changed_the_publication_is_that_of_an_export_from_nothing(
    tmp_path: Path, seed: int, output: OutputSettings, steps: int, stood: list[int]
) -> None:
    """Records come, go, change, are held back and are published again, and move to another file; with a site too."""
    chance = random.Random(seed)
    records = {number: line(chance, number) for number in range(90)}
    archive = Archive(tmp_path / "kept", output=output)
    write(archive, records)
    archive.export()
    for _ in range(steps):
        for _ in range(chance.choice([1, 1, 1, 7])):
            number = chance.randrange(99)
            if chance.random() < 0.3:
                records.pop(number, None)
            else:
                records[number] = line(chance, number)
        write(archive, records)
        kept = archive.export().report
        other = Archive(tmp_path / "anew", output=output)
        # Names in IRIs are for ever: the ledger knows them, and who comes later has a number.
        shutil.copytree(archive.root / ".commons-ld", other.root / ".commons-ld")
        (other.root / ".commons-ld" / "renderings.sqlite").unlink(missing_ok=True)
        write(other, records)
        anew = other.export().report

        assert [said(report) for report in (kept, archive.export().report)] == [said(anew)] * 2
        assert archive.files() == other.files()
        assert indexed(archive) == indexed(other)
        assert harvested(archive) == harvested(other)
        assert places(archive)

        shutil.rmtree(other.root)

    assert max(stood) > 10


def stands(names: str, *, unsettled: str = "", otherwise: str = "", held: str = "") -> str:
    """Return the first names of the chunks that stand of ``bc de fg hi jk``.

    :param names: of the pages that there are now
    :param unsettled: those that are to be done again
    :param otherwise: those of which something else was published than the chunks hold
    :param held: those that are held back
    """
    own = Chunk(b"blocks of no page", sizes=(7,))
    of_records = [Chunk(key_of(run.encode()), run[0], sizes=(2,)) for run in ("bc", "de", "fg", "hi", "jk")]
    pages = [
        Version(name, name not in unsettled, b"" if name in held else b"?" if name in otherwise else name.encode())
        for name in names
    ]
    found = standing.standing([own, *of_records], pages)
    gone = set("bcdefghijk") - set(names)
    touched = gone | set(names) - set("bcdefghijk") | set(unsettled) | set(otherwise) | set(held)
    assert otherwise or held or standing.standing_but([own, *of_records], sorted(touched)) == found

    assert [one.start for one in found] == [7 + 2 * "bdfhj".index(one.first) for one in found]
    assert all(one.end == "bdfhj"[len(one.chunks) + "bdfhj".index(one.first) :][:1] for one in found)
    return "".join(chunk.first for one in found for chunk in one.chunks)


@pytest.mark.usefixtures("stood")
def test_a_chunk_stands_with_all_of_its_pages_and_the_one_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before goes on to the record that begins the next one, which may be gone or come later now."""
    monkeypatch.setattr(standing, "begins_chunk", lambda _name: True)

    assert stands("bcdefghijk") == "bdfhj"
    assert stands("bcdefghijk", unsettled="f") == "bhj"
    assert stands("bcdefghik") == "bdf"
    assert stands("bcdehijk") == "bhj"
    assert stands("bccdefghijk", otherwise="e") == "fhj"
    assert stands("bcdefghijkl", held="l") == "bdfhj"
    assert stands("bcdefghijkl") == "bdf"
    assert stands("") == ""
    assert standing.standing([], []) == standing.standing_but([], ["a"]) == []


@pytest.mark.usefixtures("stood")
def test_a_chunk_that_was_cut_where_the_one_before_was_full_does_not_stand_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Up to the next one that begins where any would."""
    monkeypatch.setattr(standing, "begins_chunk", lambda name: name in b"bhj")

    assert stands("bcdefghijk", unsettled="c") == "hj"
    assert stands("bcdefghijk", unsettled="i") == "bdj"
    assert stands("bcdefghijk", unsettled="k") == "bdf"
    monkeypatch.setattr(standing, "begins_chunk", lambda _name: False)
    # The blocks of no page, which begin the first chunk, are made again in any case.
    assert stands("bcdefghijk") == ""


@pytest.mark.parametrize("changed", [1, 5])
def test_a_run_that_was_killed_once_the_dumps_were_published_is_followed_by_one_that_knows_nothing_of_them(
    tmp_path: Path, changed: int
) -> None:
    """The search index is of the new publication then, and what is kept of the dumps is not; few pages change, or all."""
    archive, anew = Archive(tmp_path / "killed", output=DATA), Archive(tmp_path / "anew", output=DATA)
    for one in (archive, anew):
        for number in range(5):
            one.write(f"{number}.txt", page(f"Fiche {number}"))
    archive.export()
    (archive.root / ".commons-ld" / KEPT).unlink()

    for one in (archive, anew):
        for number in range(changed):
            one.write(f"{number}.txt", page(f"Fiche {number}", lead="Autrement."))
        one.export()

    assert archive.files() == anew.files()


def test_a_publication_that_was_damaged_without_a_trace_is_not_copied_on(tmp_path: Path, stood: list[int]) -> None:
    """What stands is held to its checksum, and made again where it differs."""
    archive = Archive(tmp_path, output=OUTPUT)
    records = {
        number: json.dumps({"identifier": f"r{number}", "title": f"Fiche {number}", "media_type": "Texte"})
        for number in range(60)
    }
    write(archive, records)
    archive.export()
    dump = archive.out / "dataset.nq"
    times, data = dump.stat(), dump.read_bytes()
    dump.write_bytes(data.replace(b"Fiche 33", b"Fiche 99"))
    os.utime(dump, ns=(times.st_atime_ns, times.st_mtime_ns))
    records[5] = records[5].replace("Texte", "Audio")
    write(archive, records)
    archive.export()

    assert stood[0] > 10
    assert dump.read_bytes().count(b"Fiche 33") == data.count(b"Fiche 33") > 0


@pytest.fixture
def sited(tmp_path: Path) -> tuple[Archive, dict[int, str]]:
    """Return an archive of 60 records with its site, exported, and the records."""
    records = {
        number: json.dumps(
            {
                "identifier": f"r{number}",
                "title": f"Fiche {number}",
                "media_type": "Audio",
                "broadcast_url": f"https://exemple.test/{number}.mp3",
                "created": "2021-12-02",
                "duration": "01:00:00",
            }
        )
        for number in range(60)
    }
    archive = Archive(tmp_path)
    write(archive, records)
    archive.export()
    return archive, records


def test_what_stands_is_neither_read_nor_rendered_nor_counted_again(
    sited: tuple[Archive, dict[int, str]], stood: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site, the renderings and the description are made of the records of the chunks that changed, and no others."""
    archive, records = sited
    seen, rendered, counted = set[bytes](), list[int](), list[bytes]()
    see, finish = Site.see, Renderings.finish

    def note(site: Site, block: bytes, *, is_new: bool) -> None:
        seen.add(block)
        see(site, block, is_new=is_new)

    def finish_and_tell(
        renderings: Renderings, published: Iterable[Published], harvested: Harvested, dated: Dated
    ) -> None:
        finish(renderings, published, harvested, dated)
        rendered.append(renderings.made)

    def count(records: Iterable[tuple[bytes, Iterable[Thing]]], policy: IriPolicy, namespaces: Iterable[str]) -> bytes:
        found = list(records)
        counted.append(b"".join(block for block, _ in found))
        return facts_of(found, policy, namespaces)

    monkeypatch.setattr(Site, "see", note)
    monkeypatch.setattr(Renderings, "finish", finish_and_tell)
    monkeypatch.setattr(segments, "facts_of", count)
    records[30] = records[30].replace("2021-12-02", "2020-12-02")
    write(archive, records)
    archive.export()

    of_records = [block for block in seen if b"/graph/fiche-" in graph_of(block)]
    assert stood[-1] > 10
    assert 0 < len(of_records) < 30
    assert rendered == [1]
    assert 0 < b"".join(counted).count(b" <http://purl.org/dc/terms/created> ") <= len(of_records)


def test_what_was_made_of_records_that_stand_is_made_again_where_it_is_lost(
    sited: tuple[Archive, dict[int, str]], stood: list[int]
) -> None:
    """A page that somebody changed, a manifest that is gone, and all that is kept of renderings."""
    archive, records = sited
    before = archive.files()
    site, kept = archive.out / "site", archive.root / ".commons-ld" / "renderings.sqlite"
    for number in range(60):
        (site / "media" / f"fiche-{number}.html").unlink()
        (site / "iiif" / "media" / f"fiche-{number}" / "manifest.json").unlink()
    kept.write_bytes(kept.read_bytes()[:3] + b"no database" * 999)
    changed = dict(records)
    changed[30] = records[30].replace("2021-12-02", "2020-12-02")
    write(archive, changed)
    archive.export()
    write(archive, records)
    archive.export()

    assert stood[-1] > 10
    assert archive.files() == before
