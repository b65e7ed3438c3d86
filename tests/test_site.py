"""The whole site of the demonstration data: its pages are sound, and say what the data says."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import msgspec
import pyoxigraph as ox
import pytest
from lxml import html
from rdflib import Dataset, URIRef

from commons_ld.rdf.namespaces import expand
from commons_ld.settings import Settings
from commons_ld.site.charts import land
from commons_ld.site.pages import POLICY
from tests.editions import published
from tests.sites import broken_links, pages, parsed, texts

SESSION = "session/22-05-demonstration-un-atelier-sur-l-eau"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of the demonstration data."""
    root = tmp_path_factory.mktemp("site")
    published(root)
    return (root / "dist" / "site").resolve()


@pytest.fixture(scope="module")
def trees(site: Path) -> dict[str, html.HtmlElement]:
    """Return the tree of every page by its address."""
    return {path.relative_to(site).as_posix(): parsed(path) for path in pages(site)}


def test_there_is_a_page_in_both_languages_for_everything_that_has_an_iri(
    site: Path, trees: dict[str, html.HtmlElement]
) -> None:
    """Sessions, media, persons, organizations, collections and concepts, and the pages about the archive."""
    dump = ox.parse(path=site / "dataset.nt", format=ox.RdfFormat.N_TRIPLES)
    kinds = re.compile(
        r"https://w3id\.org/commons-ld/remix/((?:session|media|person|organization|collection|concept)/[a-z0-9-]+)"
    )
    iris = {match[1] for quad in dump if (match := kinds.fullmatch(str(quad.subject.value)))}
    overviews = {"index", "timeline", "map", "charts", "concepts", "people", "collections", "vocabulary", "dataset"}

    assert {iri.partition("/")[0] for iri in iris} == {
        "session",
        "media",
        "person",
        "organization",
        "collection",
        "concept",
    }
    for path in iris | overviews:
        assert {f"{path}.html", f"{path}.en.html"} <= trees.keys()


def test_all_links_between_pages_and_files_lead_somewhere(site: Path) -> None:
    """Files, and places in pages."""
    assert broken_links(site) == set()


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    """The check can fail: for a file that is missing, for one outside, for a place that is missing."""
    (tmp_path / "a.html").write_text(
        '<p><a href="b.html">b</a><a href="../c">c</a><a href="#d">d</a><a href="a.html">a</a></p>'
    )

    assert {link for _, link in broken_links(tmp_path)} == {"b.html", "../c", "#d"}


def test_every_page_is_sound(site: Path, trees: dict[str, html.HtmlElement]) -> None:
    """One h1, headings without a gap, identifiers once, a language, a policy, nothing inline, less than 100 KB."""
    style = (site / "design" / "site.css").stat().st_size
    for name, page in trees.items():
        levels = [int(found.tag[1]) for found in page.iter("h1", "h2", "h3", "h4")]
        ids = [found.get("id") for found in page.iterfind(".//*[@id]")]
        assert levels.count(1) == 1, name
        assert all(second <= first + 1 for first, second in pairwise(levels)), name
        assert len(ids) == len(set(ids)), name
        assert page.get("lang") == ("en" if name.endswith(".en.html") else "fr"), name
        (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert (policy, "unsafe" in policy) == (POLICY, False)
        assert not page.xpath("//style | //*[@style] | //@*[starts-with(name(), 'on')]"), name
        assert not page.xpath("//script[not(@src) and not(@type='application/ld+json')]"), name
        assert not page.xpath("//script[contains(@src, '//')] | //link[@rel='stylesheet' and contains(@href, '//')]")
        assert (site / name).stat().st_size + style < 100_000, name


def test_each_page_names_its_twin_and_its_own_address(trees: dict[str, html.HtmlElement]) -> None:
    """Canonical and hreflang are absolute, and the same in both languages."""
    for name, page in trees.items():
        (canonical,) = page.xpath("//link[@rel='canonical']/@href")
        alternates = dict(zip(page.xpath("//link/@hreflang"), page.xpath("//link[@hreflang]/@href"), strict=True))
        assert canonical == f"https://w3id.org/commons-ld/remix/{name}"
        assert set(alternates) == {"fr", "en", "x-default"}
        assert alternates[str(page.get("lang"))] == canonical


def test_a_web_host_has_a_page_for_what_is_not_there(site: Path) -> None:
    """In both languages, with its style; it is shown at any address, so its links are those that the base has."""
    page = parsed(site / "404.html")

    links = [str(link) for link in page.xpath("//@href")]
    assert [heading.text_content() for heading in page.xpath("//h1 | //h2")] == [
        "Il n'y a rien à cette adresse",
        "There is nothing at this address",
    ]
    assert len(links) == 2
    for link in links:
        assert link.startswith(Settings().base_iri)
        assert (site / link.removeprefix(Settings().base_iri).partition("?")[0]).is_file()


def test_a_page_carries_its_data(site: Path, trees: dict[str, html.HtmlElement]) -> None:
    """Read by rdflib, what a page carries is what its files hold, of records and of what they share."""
    for name in (SESSION, "concept/communs-urbains", "collection/demonstration", "person/camille-fictive"):
        (script,) = trees[f"{name}.en.html"].xpath("//script[@type='application/ld+json']")
        carried = Dataset(default_union=True).parse(data=script.text, format="json-ld")
        files = [Dataset(default_union=True).parse(site / f"{name}{suffix}") for suffix in (".nt", ".ttl", ".jsonld")]
        statements = {tuple(map(str, triple)) for triple in carried.triples((None, None, None))}
        assert statements
        for file in files:
            assert {tuple(map(str, triple)) for triple in file.triples((None, None, None))} == statements


def test_the_page_of_a_session_shows_what_the_record_says(trees: dict[str, html.HtmlElement]) -> None:
    """Facets, guests with their words, notes with author and hour, links, its page on the wiki, the report."""
    page = trees[f"{SESSION}.html"]

    assert texts(page, ".//h1") == ["22.05 Démonstration, un atelier sur l'eau"]
    assert texts(page, ".//ul[@class='chips enjeu']/li") == ["Gestion de l'eau", "Gouvernance démocratique"]
    assert "Aurore Exempleanimatrice d'un atelier inventé." in texts(page, ".//ul[@class='people']/li")
    assert texts(page, ".//li[@id='note-2']")[0].startswith(
        "Aurore Exemple 14:06 en réponse à la note 1 Là où la première"
    )
    assert page.xpath("//time[@datetime='2022-05-14']/text()")[0] == "14 mai 2022"
    assert page.xpath("//footer//a[contains(@href, 'wiki.remixthecommons.org')]")
    assert page.xpath("//footer//a[@href='../report/index.html']")
    assert "Gestion de l'eau" not in texts(trees[f"{SESSION}.en.html"], ".//ul[@class='chips enjeu']/li")


def test_text_in_another_language_says_so(trees: dict[str, html.HtmlElement]) -> None:
    """The English page of a French record marks its texts, the French page of an English one too."""
    french, english = trees[f"{SESSION}.en.html"], trees["session/23-01-demonstration-un-appel-en-anglais.html"]

    assert french.xpath("//h1/@lang") == ["fr"]
    assert set(english.xpath("//div[@class='lead']/p/@lang")) == {"en"}
    assert not trees[f"{SESSION}.html"].xpath("//h1/@lang")


def test_a_recording_is_played_only_when_asked(trees: dict[str, html.HtmlElement]) -> None:
    """The player loads nothing before; a film has a player of its own kind."""
    (audio,) = trees["session/23-01-demonstration-un-appel-en-anglais.html"].xpath("//audio")
    (video,) = trees["media/demonstration-la-visite-filmee-d-un-jardin.html"].xpath("//video")

    assert (audio.get("src"), audio.get("preload")) == ("https://exemple.test/demonstration/23-01.ogg", "none")
    assert video.get("preload") == "none"


def test_the_lists_work_without_a_script(trees: dict[str, html.HtmlElement]) -> None:
    """The home page leads to a page for every value of every facet, and to the records of each year."""
    home = trees["index.html"]
    facets = {found.get("data-facet"): found.xpath(".//a/@href") for found in home.iterfind(".//details")}

    assert set(facets) == {"objet", "enjeu", "action", "resultat", "year", "collection", "language", "kind"}
    assert "year/2022.html" in facets["year"]
    assert SESSION in "".join(trees["year/2022.html"].xpath("//main//a/@href"))
    assert SESSION in "".join(trees["language/fr.html"].xpath("//main//a/@href"))


def test_every_list_of_records_has_the_latest_first(trees: dict[str, html.HtmlElement]) -> None:
    """Also within a year, as the timeline goes from year to year."""
    for name in ("index.html", "timeline.html", "timeline.en.html", "year/2022.html", "language/fr.html"):
        days = [str(day) for day in trees[name].xpath("//main//ol//time/@datetime")]
        assert days == sorted(days, reverse=True)
        assert len(set(days)) > 2


def test_who_was_a_guest_is_not_said_to_have_taken_part_too(trees: dict[str, html.HtmlElement]) -> None:
    """Each part that somebody had is named, and only who had no other one took part."""
    assert texts(trees["person/aurore-exemple.html"], ".//p[@class='roles']") == [
        "A laissé des notes, Personne invitée"
    ]
    assert texts(trees["person/lambda-bruno.html"], ".//p[@class='roles']") == ["A pris part"]


def test_the_page_of_the_data_calls_syntaxes_by_their_names(trees: dict[str, html.HtmlElement]) -> None:
    """As their specifications do."""
    rows = texts(trees["dataset.html"], ".//table//th[@scope='row']")

    assert rows == ["N-Quads", "N-Triples", "Turtle", "TriG", "RDF/XML", "JSON-LD"]


def test_drawings_are_made_of_the_data(trees: dict[str, html.HtmlElement]) -> None:
    """The map has a point for each place, the charts a bar for each year and a square for each pair of concepts."""
    charts = trees["charts.html"]

    assert len(trees["map.html"].xpath("//*[local-name()='circle']")) == 3
    assert charts.xpath("//*[local-name()='svg'][1]//*[@class='name']/text()")[:3] == ["2019", "2020", "2021"]
    pairs = charts.xpath("//section[2]//tbody/tr")
    met = {tuple(texts(row, "td")) for row in pairs}
    assert ("Cartographie", "Communs urbains", "3") in met


def test_no_outline_of_the_land_runs_across_the_map() -> None:
    """Land on both sides of the 180th meridian is two outlines; only at a pole does one go from edge to edge."""
    for outline in re.findall(r"M[^M]+", land()):
        (x, y), *steps = [(int(x), int(y)) for x, y in re.findall(r"(-?\d+) ?(-?\d+)", outline)]
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            assert -1800 <= x <= 1800
            assert abs(step_x) < 1800 or (step_y == 0 and abs(y) == 900)


def test_the_index_finds_what_the_dump_says(site: Path) -> None:
    """Read as the script reads it: every record by the words of its title, and by its facets."""
    index = json.loads((site / "search/index.json").read_bytes())
    words: dict[str, str] = {}
    records: dict[str, list[str]] = {}
    for name, found in (("words", words), ("records", records)):
        for first, file in index[name]:
            shard = json.loads((site / f"search/{name}/{file}.json").read_bytes())
            assert min(shard) == first
            found |= shard
    (key,) = [key for key, shown in records.items() if shown[0] == SESSION]
    year = json.loads((site / f"search/facets/{index['facets']['year']}.json").read_bytes())

    assert (index["total"], len(records)) == (len(records), 12)
    assert key in re.findall("." * 12, words["atelier"])
    assert key in re.findall("." * 12, year["2022"])
    assert sorted(records, reverse=True) == sorted(records, key=lambda key: (records[key][3], key), reverse=True)


def test_the_index_completes_what_is_being_written(site: Path) -> None:
    """Every published label of a thing is there, by its key and by each of its words; nobody of a chat is."""
    index = json.loads((site / "search/index.json").read_bytes())
    names: dict[str, list[list[str]]] = {}
    for first, file in index["names"]:
        shard = json.loads((site / f"search/names/{file}.json").read_bytes())
        assert next(iter(shard)) == first
        names |= shard
    graph = Dataset()
    graph.parse(site / "dataset.nq", format="nquads")
    base = Settings().base_iri
    labels = {
        (str(subject).removeprefix(base), str(label))
        for name in ("skos:prefLabel", "skos:altLabel", "schema:name", "dcterms:title", "dcterms:alternative")
        for subject, _, label, _ in graph.quads((None, URIRef(expand(name)), None, None))
        if re.fullmatch(f"{base}(concept|person|organization|collection|session|media)/[a-z0-9-]+", str(subject))
    }

    assert list(names) == sorted(names)
    assert {(path, label) for rows in names.values() for path, label, _ in rows} == labels
    assert ["concept/puissance-publique", "Puissance publique", "fr"] in names["publique"]
    assert ["concept/puissance-publique", "Puissance publique", "fr"] in names["puissance publique"]
    assert not any("/participant/" in path for rows in names.values() for path, *_ in rows)


def test_records_are_written_to_the_site_even_where_their_files_are_left_out(tmp_path: Path) -> None:
    """Its pages lead to them."""
    from commons_ld.settings import OutputSettings

    published(tmp_path, output=msgspec.structs.replace(OutputSettings(), records=False))

    assert not (tmp_path / "dist" / f"{SESSION}.ttl").exists()
    assert broken_links(tmp_path / "dist" / "site") == set()
