"""The site of hostile records: whoever edits the wiki writes text, and no more than text."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
import pytest

from commons_ld.outputs.search_record import graph_iri
from commons_ld.site.told import compact, tell, text_of
from tests.archive import Archive
from tests.sites import broken_links, pages, parsed

EVIL = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'</title></script>"
RECORDS = (
    {"title": EVIL, "identifier": "evil", "description": EVIL, "abstract": EVIL, "website": "javascript:alert(1)"},
    {"title": "../../../etc/passwd", "description": "..\\..\\x", "collections": ["../..", "Appel en commun"]},
    {"title": "Long " * 60, "guests": [{"name": "N" * 300, "biography": EVIL}], "created": "2021-02-03"},
    {"title": "\u202egnp.exe\u2066 à l'envers", "guests": [{"name": "\u202eeman"}], "enjeux": ["\u202eevitacidni"]},
    {"title": "Une Charte", "objets_de_commun": [EVIL], "enjeux": ["{{ 7*7 }}", "{% raise %}"]},
    {"title": "UNE CHARTE", "broadcast_url": 'https://exemple.test/a.mp3?"onplay="alert(1)'},
    {"title": "une charte", "media_type": "Texte", "notes_heading": EVIL,
     "notes": [{"author": "Ana", "time": "14:10", "text": f"{EVIL} javascript:alert(1)", "reply_to": 0}]},
    {"title": "Le lien", "links": [{"url": "javascript:alert(1)", "label": "ici"}, {"url": "data:text/html,x", "label": "là"}],
     "documents": [{"title": EVIL, "url": "vbscript:x"}], "coordinates": "95, 999", "duration": "99999999:00:00"},
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of the hostile records, whatever of them could be published."""
    archive = Archive(tmp_path_factory.mktemp("hostile"))
    archive.write("evil.jsonl", "".join(json.dumps(record) + "\n" for record in RECORDS))
    archive.export(keep_invalid=True)
    return (archive.out / "site").resolve()


def test_nothing_of_a_record_becomes_markup(site: Path) -> None:
    """No script, handler, image or address of another scheme gets into any page; the text itself is there."""
    seen = 0
    for path in pages(site):
        page = parsed(path)
        scripts = page.xpath("//script[not(@type='application/ld+json') and not(starts-with(@src, 'design/'))]")
        assert not scripts, path.name
        assert not page.xpath("//img[not(contains(@src, 'design/icon.svg'))] | //iframe | //object"), path.name
        assert not page.xpath("//@*[starts-with(name(), 'on')] | //*[@style]"), path.name
        for link in page.xpath("//@href | //@src"):
            assert link.partition(":")[0] in ("http", "https", "mailto") or ":" not in link.partition("/")[0], link
        for script in page.xpath("//script[@type='application/ld+json']"):
            json.loads(script.text)
        seen += "<script>alert(1)</script>" in page.text_content()
        assert "49" not in "".join(page.xpath("//h1//text()"))
    assert seen > 4


def test_every_record_has_files_of_its_own_inside_the_site(site: Path) -> None:
    """Titles that differ by case have names that do not; nothing leads out; all links lead somewhere."""
    names = {path.name.removesuffix(".html") for path in site.glob("*/*.html") if not path.name.endswith(".en.html")}

    assert {"une-charte", "une-charte-2", "une-charte-3"} <= names
    assert all(path.resolve().is_relative_to(site) for path in site.rglob("*"))
    assert len({str(path).lower() for path in site.rglob("*")}) == len(list(site.rglob("*")))
    assert broken_links(site) == set()


def test_text_that_runs_the_other_way_is_kept_apart(site: Path) -> None:
    """A title with marks of direction stands in an element that isolates it, in pages and in lists."""
    titles = [title for path in pages(site) for title in parsed(path).iter("h1", "h2", "h3")]
    turned = [title for title in titles if "\u202e" in title.text_content()]

    assert turned
    assert [title.text_content() for title in turned if title.find(".//bdi") is None] == []


def test_the_search_finds_hostile_titles_as_text(site: Path) -> None:
    """The index is JSON and nothing else."""
    index = json.loads((site / "search/index.json").read_bytes())
    titles = [
        shown[1]
        for _, name in index["records"]
        for shown in json.loads((site / f"search/records/{name}.json").read_bytes()).values()
    ]

    assert EVIL in titles
    assert index["total"] == len(titles)


def test_a_block_is_taken_apart_as_a_parser_takes_it_apart(site: Path) -> None:
    """Subjects, properties and values, of every block, hostile as they are."""
    with (site / "dataset.nq").open("rb") as file:
        for _, lines in groupby(file, key=graph_iri):
            block = b"".join(lines)
            told = {
                (subject, name, value.decode())
                for subject, about in tell(block).items()
                for name, values in about.items()
                for value in values
            }
            quads = list(ox.parse(block, format=ox.RdfFormat.N_QUADS))
            assert {row[:2] for row in told} == {(q.subject.value, compact(q.predicate.value)) for q in quads}
            assert len(told) == len(quads)
            texts = {text_of(value.encode()).text for _, _, value in told if value.startswith('"')}
            assert texts == {q.object.value for q in quads if isinstance(q.object, ox.Literal)}
