"""Bad input, through the whole of commons-ld: what is bad is reported exactly, and the rest goes out."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from lxml import html

from commons_ld.messages import MESSAGES
from commons_ld.text import fold
from tests.archive import Archive, page

HOSTILE = (
    '"@fr . <http://x/x> <http://x/y> <http://x/z> .',
    "</script><script>alert(1)</script>",
    "=cmd()|' /C calc'!A0",
    "<img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "\u202egnp.exe\u2066",
    "{{7*7}} {% raw %} ${x} %s",
    "&lt;b&gt; &amp;amp;",
    "\\u0000 \\n \\",
    "é" * 100,
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.txt", b""),
        ("blank.txt", b" \n\t\n\xc2\xa0\n"),
        ("binary.txt", bytes(range(256)) * 40),
        ("latin.txt", page(lead="Une présentation").encode("latin-1", "ignore")),
        ("large.txt", page().encode() + b"x" * 100_000_000),
        ("lines.txt", page().encode() + b"\n" * 6_000_000),
        ("nested.wiki", b"{{Objet m\xc3\xa9dia|Description=" + b"{{a|" * 20_000 + b"}}" * 20_000 + b"}}"),
        ("nested.json", b'{"title": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
        ("cut.json", b'[{"title": "X"}, {"title": '),
        ("cut.csv", b'title,description\nX,"un texte qui ne finit pas'),
        ("diff.txt", "21.12 Un essai : Différences entre versions\n\nLigne 1 :\n\nLigne 1 :\n".encode()),
        ("Spécial:Attributs.txt", "Spécial:Attributs\n\nDe Remix Biens Communs\n".encode()),
        ("unknown.docx", b"PK\x03\x04"),
        ("folder.pdf", b"%PDF-1.4"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_page_that_cannot_be_read_is_reported_and_the_others_go_out(tmp_path: Path, name: str, data: bytes) -> None:
    """One refusal, with its file and a sentence in both languages; the good page is published."""
    archive = Archive(tmp_path)
    archive.write("good.txt", page("21.12 Une bonne page"))
    archive.write(name, data)

    report = archive.export().report

    assert "session/21-12-une-bonne-page" in archive.records()
    assert {refusal.origin.path for refusal in report.refused} == {f"data/{name}"}
    assert all(MESSAGES[refusal.code].fr and refusal.says("fr") != refusal.says("en") for refusal in report.refused)
    told = fold("".join(map(str, html.document_fromstring(archive.read("report/index.html")).itertext())))
    assert [refusal.code for refusal in report.refused if fold(refusal.says("fr")) not in told] == []


def test_a_link_to_a_page_that_is_not_there_is_told(tmp_path: Path) -> None:
    """As where another disk is not mounted: the page is not silently gone. A link to a folder is passed over."""
    archive = Archive(tmp_path)
    archive.write("good.txt", page("21.12 Une bonne page"))
    (archive.data / "elsewhere.txt").symlink_to(tmp_path / "disk" / "page.txt")
    (archive.data / "folder").symlink_to(tmp_path)

    [refusal] = archive.export().report.refused

    assert (refusal.origin.path, refusal.code) == ("data/elsewhere.txt", "unreadable")


def test_a_page_of_a_million_lines_is_read(tmp_path: Path) -> None:
    """Length alone is no fault, up to the limit of a page."""
    archive = Archive(tmp_path)
    archive.write("long.txt", page() + "\n" * 1_000_000)

    assert archive.export().report.published == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_page_stays_data(tmp_path: Path, text: str) -> None:
    """In every field: the graph, the pages and the file names are what they would be without it."""
    archive = Archive(tmp_path)
    fields = dict.fromkeys(("lead", "abstract", "enjeu", "created", "duration"), text)
    archive.write("1.txt", page(f"21.12 {text}", **fields) + f"\nhttps://exemple.org/{text}\n")
    archive.write(
        "2.jsonl", json.dumps({"title": text, "identifier": text, "links": [{"url": text, "label": text}]}) + "\n"
    )

    archive.export(keep_invalid=True)

    dump = ox.parse(path=archive.out / "dataset.nq", format=ox.RdfFormat.N_QUADS)
    graphs = {quad.graph_name.value.removeprefix(archive.settings.base_iri) for quad in dump}
    # Two records with their descriptions, the catalogue, the concepts and the crosswalk.
    assert len(graphs) == 7
    assert all(path.resolve().is_relative_to(tmp_path.resolve()) for path in tmp_path.rglob("*"))
    assert {path.name for path in tmp_path.iterdir()} == {"data", "dist", ".commons-ld", ".dist.generations"}
    for name in ("report/index.html", "report/en.html"):
        tree = html.document_fromstring(archive.read(name))
        assert not tree.xpath("//script | //img | //iframe | //*[@onerror or @onclick]")
        schemes = {str(link.get("href")).partition(":")[0] for link in tree.iter("a") if ":" in str(link.get("href"))}
        assert schemes <= {"http", "https"}


def count_bad(tmp_path: Path, total: int, step: int) -> None:
    """Publish ``total`` records of which every ``step``-th is bad in one of four ways, and count."""
    archive = Archive(tmp_path)
    ways = (
        '{"title": "Fiche NNN", "duration": "00/25:00", "media_type": "Audio"}',
        '{"title": ""}',
        '{"title": ["x"]}',
        "{",
    )
    good = '{"title": "Fiche NNN", "created": "2021/12/02", "media_type": "Audio"}'
    lines, held, refused = [], 0, 0
    for number in range(total):
        bad = number % step == 0
        way = number // step % len(ways)
        lines.append((ways[way] if bad else good).replace("NNN", str(number)))
        held += bad and way == 0
        refused += bad and way > 0
    archive.write("all.jsonl", "\n".join(lines) + "\n")

    report = archive.export().report

    assert (report.published, report.held, len(report.refused)) == (total - held - refused, held, refused)
    assert [refusal.origin.line for refusal in report.refused] == [
        number + 1 for number in range(0, total, step) if number // step % len(ways)
    ]
    assert len(archive.records()) == total - held - refused


def test_bad_records_among_many_are_counted_exactly(tmp_path: Path) -> None:
    """k bad among n: n - k are published, and k reported, each with its line."""
    count_bad(tmp_path, 300, 13)


@pytest.mark.long
def test_bad_records_among_ten_thousand_are_counted_exactly(tmp_path: Path) -> None:
    """The same at the size of a large archive."""
    count_bad(tmp_path, 10_000, 97)
