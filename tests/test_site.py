"""The site: every page there, in two languages, every link leading somewhere, and nothing of a page taken for mark-up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import lxml.html
import pyoxigraph as ox
import pytest
from pyld import jsonld

from commons_ld.outputs.generation import Generation
from commons_ld.site.shards import folded
from tests.archive import Archive, page

DATA = Path(__file__).parent.parent / "data"
#: What stands in an address or a title of a page that means harm.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><script src=//evil.test/x.js></script>",
    "{{ 7 * 7 }} {% raw %}",
    "../../../etc/passwd",
    "a\u202egnp.exe",
    "x" * 300,
    "--> ]]> </script>",
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return the repository's own data, exported."""
    archive = Archive(tmp_path_factory.mktemp("site"), sources=(str(DATA),))
    archive.export()
    return archive


def documents(archive: Archive) -> Iterator[tuple[str, lxml.html.HtmlElement]]:
    """Yield every page by its name in the site."""
    root = archive.out / "site"
    for path in sorted(root.rglob("*.html")):
        name = path.relative_to(root).as_posix()
        if not name.startswith("report/"):
            yield name, lxml.html.fromstring(path.read_bytes())


def test_everything_has_a_page_in_both_languages(archive: Archive) -> None:
    """Records, people, organizations, collections, concepts, years, and the pages at the top."""
    names = {name for name, _ in documents(archive)}
    kinds = {name.split("/")[0] for name in names if "/" in name}

    assert kinds == {"session", "media", "person", "organization", "collection", "concept", "year"}
    assert {f"{record}.html" for record in archive.records()} <= names
    assert {name.replace(".html", ".en.html") for name in names if not name.endswith(".en.html")} <= names


def test_every_link_of_the_site_leads_to_a_file_of_it(archive: Archive) -> None:
    """Pages, data, style, scripts, and places in pages."""
    root = archive.out / "site"
    places: dict[str, set[str]] = {
        name: {str(one) for one in document.xpath("//@id")} for name, document in documents(archive)
    }
    checked = 0
    for name, document in documents(archive):
        for address in document.xpath("//@href | //@src"):
            parts = urlsplit(str(address))
            if parts.scheme or address.startswith("mailto:"):
                continue
            target = (PurePosixPath(name).parent / unquote(parts.path)).as_posix() if parts.path else name
            found = Path(root, target).resolve().relative_to(root.resolve()).as_posix()
            assert (root / found).is_file(), f"{name}: {address}"
            assert not parts.fragment or parts.fragment in places[found], f"{name}: {address}"
            checked += 1
    assert checked > 1_000


def test_nothing_is_asked_of_anybody_else(archive: Archive) -> None:
    """No style, script, picture or font from elsewhere, nothing inline, and a policy that says so."""
    for name, document in documents(archive):
        policy = document.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy
        assert not document.xpath("//*[@style] | //style | //*[starts-with(name(@*), 'on')]"), name
        assert not document.xpath("//script[not(@src) and not(@type='application/ld+json')]"), name
        for address in document.xpath("//script/@src | //link[@rel='stylesheet' or @rel='icon']/@href | //img/@src"):
            assert not urlsplit(str(address)).netloc, name


def test_each_language_has_an_address_of_its_own_that_names_the_other(archive: Archive) -> None:
    """And each page says which language it is in."""
    base = archive.settings.base_iri
    for name, document in documents(archive):
        language = "en" if name.endswith(".en.html") else "fr"
        other = {tag: document.xpath(f"string(//link[@hreflang='{tag}']/@href)") for tag in ("fr", "en")}

        assert document.get("lang") == language
        assert document.xpath("string(//link[@rel='canonical']/@href)") == f"{base}{name}" == other[language]
        if name != "404.html":
            assert all((archive.out / "site" / address.removeprefix(base)).is_file() for address in other.values()), (
                name
            )


def test_a_page_carries_the_very_statements_of_its_record(archive: Archive) -> None:
    """Its JSON-LD, read by pyld, is the graph of the dump."""
    for record in archive.records():
        document = lxml.html.fromstring((archive.out / "site" / f"{record}.html").read_bytes())
        script = document.xpath("string(//script[@type='application/ld+json'])")
        quads = jsonld.to_rdf(json.loads(str(script)), {"format": "application/n-quads"})
        graph = f"graph/{record.partition('/')[2]}"

        assert canonical(str(quads)) == canonical("".join(f"{line} .\n" for line in archive.graph(graph)))


def test_the_data_beside_a_page_is_the_same_in_every_syntax(archive: Archive) -> None:
    """Turtle and N-Triples by pyoxigraph, JSON-LD by pyld; for what records share too."""
    root = archive.out / "site"
    paths = sorted(path for path in root.rglob("*.nt") if path.parent != root)
    assert {path.parent.name for path in paths} >= {"session", "media", "person", "collection", "concept"}
    for path in paths:
        triples = canonical(path.read_text(encoding="utf-8"))
        turtle = ox.serialize(ox.parse(path=path.with_suffix(".ttl")), format=ox.RdfFormat.N_TRIPLES)
        document = json.loads(path.with_suffix(".jsonld").read_bytes())

        assert turtle is not None
        assert canonical(turtle.decode()) == triples
        assert canonical(str(jsonld.to_rdf(document, {"format": "application/n-quads"}))) == triples


def canonical(statements: str) -> str:
    """Return statements in their canonical form."""
    dataset = ox.Dataset(ox.parse(statements, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad.triple} .\n" for quad in dataset))


def test_pages_are_light(archive: Archive) -> None:
    """Each with its style is below 100 kB."""
    style = (archive.out / "site" / "assets" / "site.css").stat().st_size
    for name, _ in documents(archive):
        assert (archive.out / "site" / name).stat().st_size + style < 100_000, name


def test_headings_are_in_order(archive: Archive) -> None:
    """One first heading a page, and none is skipped: who listens to the page finds the way."""
    for name, document in documents(archive):
        levels = [int(heading.tag[1]) for heading in document.xpath("//h1 | //h2 | //h3 | //h4")]
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_the_words_of_a_page_are_never_mark_up(tmp_path: Path) -> None:
    """Wherever they stand: a title, a lead, a summary, a concept."""
    archive, clean = Archive(tmp_path), Archive(tmp_path / "clean")
    for number, text in enumerate(HOSTILE):
        fields = {"lead": text, "abstract": f"Avant {text} après", "enjeu": text[:60]}
        archive.write(f"{number}.txt", page(f"21.12 {text[:60]}", **fields))
    archive.export(keep_invalid=True)
    clean.write("1.txt", page("21.12 Rien"))
    clean.export()
    usual = {tag for _, document in documents(clean) for tag in tags(document)}

    assert len(archive.records()) == len(HOSTILE)
    for name, document in documents(archive):
        assert tags(document) <= usual, name
        assert {str(source).rpartition("/")[2] for source in document.xpath("//script/@src")} <= {"search.js"}, name
        for address in document.xpath("//a/@href"):
            assert not str(address).lower().startswith(("javascript:", "data:", "//")), name
    assert all(path.resolve().is_relative_to(archive.out.resolve()) for path in archive.out.rglob("*"))


def tags(document: lxml.html.HtmlElement) -> set[str]:
    """Return the names of the elements of a page."""
    return {element.tag for element in document.iter() if isinstance(element.tag, str)}


def test_only_the_pages_that_an_edit_concerns_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twenty records and what they share: the edited one's two, besides those at the top."""
    archive = Archive(tmp_path)
    for number in range(20):
        archive.write(f"{number}.txt", page(f"21.12 Essai {number}"))
    archive.export()
    written: list[str] = []
    write = Generation.write

    def noted(self: Generation, name: str, data: bytes) -> None:
        written.append(name)
        write(self, name, data)

    monkeypatch.setattr(Generation, "write", noted)
    archive.write("7.txt", page("21.12 Essai 7", abstract="Tout autre chose."))
    archive.export()

    pages = {name for name in written if re.fullmatch(r"site/.+/.+\.html", name) and "report" not in name}
    assert pages == {"site/session/21-12-essai-7.html", "site/session/21-12-essai-7.en.html"}


def test_the_search_finds_what_its_files_hold(archive: Archive) -> None:
    """Every word of a title leads to its record, without case and accents."""
    root = archive.out / "site" / "search"
    index = json.loads((root / "index.json").read_bytes())
    rows = [row for path in sorted(root.glob("records-*.json")) for row in json.loads(path.read_bytes())]

    assert index["records"] == len(rows) == len(archive.records())
    for number, (path, title, *_) in enumerate(rows):
        assert (archive.out / "site" / f"{path}.html").is_file()
        for word in re.findall(r"[a-z0-9]{2,40}", folded(title)):
            shard = json.loads((root / f"words-{word[:2]}.json").read_bytes())
            assert word[:2] in index["words"]
            assert number in shard[word]


def test_without_the_site_nothing_of_it_is_written(tmp_path: Path) -> None:
    """The setting leaves all of it out."""
    archive = Archive(tmp_path)
    archive.settings = type(archive.settings)(
        root=tmp_path, output=type(archive.settings.output)(site=False)
    )  # fmt: skip
    archive.write("1.txt", page())
    archive.export()

    assert not (archive.out / "site").exists()
    assert not (archive.out / "site.sums").exists()
