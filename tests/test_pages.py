"""The query page and ``GET /search``, asked over HTTP as browsers and programs ask."""

from __future__ import annotations

import html
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from commons_ld.artefacts import artefact
from commons_ld.cookbook import recipes
from commons_ld.rdf.namespaces import PREFIXES
from commons_ld.web import pages, query_page
from commons_ld.web.page_words import FACET_NAMES, KIND_NAMES, QUERY_WORDS, SEARCH_WORDS
from commons_ld.web.query_page import vocabulary_terms
from tests.archive import Archive, page
from tests.asgi import Client
from tests.servers.pages import app

STATIC = Path(pages.__file__).parent / "static"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Return a client of a server over an archive of three pages, one of which is hostile."""
    archive = Archive(tmp_path_factory.mktemp("pages"))
    archive.write("1.txt", page("21.12 L'eau en commun"))
    archive.write("2.txt", page("22.01 La forêt", created="2022/01/10", enjeu="Gestion de l'eau"))
    archive.write("3.txt", page("22.02 <script>alert(1)</script>", lead="</script><img src=x onerror=alert(1)> lavoir"))
    archive.export()
    return Client(app(archive.out, archive.settings.path(archive.settings.state)))


class _Seen(HTMLParser):
    """What a page asks a browser for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.labels: set[str] = set()
        self.ids: list[str] = []
        self.fields: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in ("script", "img", "link", "iframe", "form"):
            self.addresses += [told[name] for name in ("src", "href", "action") if name in told]
        if tag == "script" and "src" not in told and told.get("type") != "application/json":
            self.inline.append("script")
        self.inline += [name for name in told if name.startswith("on") or name == "style"]
        self.ids += [told["id"]] if "id" in told else []
        self.labels |= {told["for"]} if tag == "label" else set()
        if tag in ("input", "textarea", "select") and told.get("type") != "hidden":
            self.fields.add(told.get("id", ""))


# ── Both pages ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/query", "/search?q=lavoir", "/search?year=2022&size=1"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_page_asks_nobody_else_and_holds_nothing_inline(client: Client, path: str, language: str) -> None:
    """The policy allows this server alone, and the page keeps to it."""
    response = client.get(path, headers={"Accept": "text/html", "Accept-Language": f"{language}-FR,de;q=0.5"})
    seen = _Seen(response.text)

    assert response.status_code == 200
    assert response.headers["content-security-policy"] == pages.POLICY
    assert "unsafe" not in pages.POLICY
    assert seen.inline == []
    assert [address for address in seen.addresses if "//" in address or address.startswith("data:")] == []
    assert f'<html lang="{language}">' in response.text
    assert seen.fields <= seen.labels
    assert len(seen.ids) == len(set(seen.ids))


def test_what_pages_are_shown_with_is_there_and_may_be_kept(client: Client) -> None:
    """The address of a file holds its hash: with it the file may be kept for ever, without it not."""
    addresses = _Seen(client.get("/query").text).addresses
    assert "sparql" in addresses  # where the form goes; that is not there in this application
    assert {client.get(f"/{address}").status_code for address in addresses if address != "sparql"} == {200}
    kept = client.get("/" + pages.assets()["site.css"])

    assert "immutable" in kept.headers["cache-control"]
    assert client.get("/assets/site.css").headers["cache-control"] == "no-cache"
    assert client.get("/assets/query.js").headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", ["..%2fpages.py", "pages.py", "%2e%2e/pages.py", "nothing.js", ".."])
def test_no_other_file_is_given_away(client: Client, name: str) -> None:
    """A name is looked up among the files there are."""
    assert client.get(f"/assets/{name}").status_code == 404


def test_a_page_that_did_not_change_is_not_sent_again(client: Client) -> None:
    """A validator that matches is answered by 304, without a body."""
    first = client.get("/query?lang=fr")
    second = client.get("/query?lang=fr", headers={"If-None-Match": f'W/"a", {first.headers["etag"]}'})

    assert (second.status_code, second.content) == (304, b"")
    assert client.get("/query?lang=en").headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [("fr", "fr"), ("de, en;q=0.8", "en"), ("de", "en"), ("", "fr"), ("en-GB,fr;q=0.9", "en"), ("a" * 5000, "en")],
)
def test_a_reader_is_answered_in_a_language_that_they_read(client: Client, accept_language: str, language: str) -> None:
    """French where nothing is told: it is the language of the archive."""
    response = client.get("/query", headers={"Accept-Language": accept_language})

    assert response.headers["content-language"] == language


def test_both_languages_say_the_same() -> None:
    """No sentence is missing in one of them, and they have the same places to fill."""
    for words in (QUERY_WORDS, SEARCH_WORDS, FACET_NAMES, KIND_NAMES):
        assert words["fr"].keys() == words["en"].keys()
        for name, text in words["fr"].items():
            assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", words["en"][name]), name


# ── The query page ───────────────────────────────────────────────────────────────────────────────────


def _data(text: str) -> dict[str, object]:
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert match
    told: dict[str, object] = json.loads(match[1])
    return told


def test_the_cookbook_is_there_to_be_clicked(client: Client) -> None:
    """Every recipe is a link that a browser without scripts can follow too, and in the data of the page."""
    text = client.get("/query?lang=fr").text

    assert re.findall(r'href="#recipe=([a-z-]+)"', text) == [recipe.name for recipe in recipes()]
    assert [row["name"] for row in _data(text)["recipes"]] == [recipe.name for recipe in recipes()]  # type: ignore[attr-defined]


def test_the_script_finds_all_its_words() -> None:
    """What the scripts say is in the table of words, in both languages."""
    used = {
        name
        for path in STATIC.glob("*.js")
        if path.name != "editor.js"
        for name in re.findall(r"\bwords\.(\w+)", path.read_text(encoding="utf-8"))
    }

    assert used
    assert used <= QUERY_WORDS["fr"].keys()


def test_terms_and_concepts_can_be_completed() -> None:
    """Every term of the vocabulary, every property that records have, and every concept by its label."""
    ontology = artefact("ontology/commons.ttl").read_text(encoding="utf-8")
    defined = set(re.findall(r"^(cld:\w+) a ", ontology, re.MULTILINE))
    terms = {
        term["label"]: term
        for term in vocabulary_terms("en", artefact("ontology/concepts.ttl").read_text(encoding="utf-8"))
    }

    assert defined
    assert defined <= terms.keys()
    assert terms["Water management"]["insert"].endswith("concept/gestion-de-l-eau>")
    assert {"dcterms:title", "schema:performer"} <= terms.keys()
    assert f"PREFIX skos: <{PREFIXES['skos']}>\n" == terms["PREFIX skos:"]["insert"]


def test_without_the_bundle_the_page_has_its_text_area(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where there was no Node when the wheel was built, the form is all there, and the script is told of no editor."""
    kept = (pages.assets, query_page._told, query_page._data)
    for path in STATIC.iterdir():
        if not path.name.startswith("editor."):
            shutil.copy(path, tmp_path)
    monkeypatch.setattr(pages, "_STATIC", tmp_path)
    for cached in kept:
        cached.cache_clear()
    try:
        text = client.get("/query", headers={"accept-language": "en"}).text
    finally:
        for cached in kept:
            cached.cache_clear()

    assert _data(text)["editor"] == ""
    assert '<textarea id="query" name="query"' in text
    assert 'id="term" list="terms"' in text


# ── Search ───────────────────────────────────────────────────────────────────────────────────────────


def test_search_answers_programs_in_json(client: Client) -> None:
    """The record's IRI, its title and date, where it was found, counts, and links to go on by."""
    response = client.get("/search", params={"q": "eau", "size": "1", "lang": "en"})
    told = response.json()

    assert response.headers["content-type"] == "application/json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert (told["total"], told["page"], told["pages"]) == (2, 1, 2)
    assert told["items"][0]["id"].endswith("/session/21-12-l-eau-en-commun")
    assert {"text": "eau", "found": True} in told["items"][0]["snippet"]
    assert {"value": "2021", "label": "2021", "count": 1, "chosen": False} in told["facets"]["year"]
    assert client.get(f"/{told['next']}").json()["items"][0]["title"] == "22.01 La forêt"
    assert "previous" not in told


def test_a_page_of_results_escapes_all_of_it(client: Client) -> None:
    """Neither a title nor a snippet nor the words themselves are markup."""
    text = client.get("/search", params={"q": "lavoir </input><script>x"}, headers={"Accept": "text/html"}).text
    found = client.get("/search?q=lavoir", headers={"Accept": "text/html"}).text

    assert "<script" not in text + found
    assert "<img" not in found
    assert "&lt;script&gt;alert(1)" in found


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
        ("application/ld+json, text/html", "application/json"),
        ("text/html;q=0.2, application/json", "application/json"),
        ("application/json;q=0.2, text/html", "text/html; charset=utf-8"),
    ],
)
def test_a_browser_gets_a_page_and_a_program_gets_json(client: Client, accept: str, media_type: str) -> None:
    """By what they accept, unless the address says which."""
    assert client.get("/search", headers={"Accept": accept}).headers["content-type"] == media_type
    assert client.get("/search?format=json", headers={"Accept": accept}).headers["content-type"] == "application/json"


@pytest.mark.parametrize(("language", "day"), [("fr", "10 janvier 2022"), ("en", "10 January 2022")])
def test_a_search_page_reads_as_its_language_does(client: Client, language: str, day: str) -> None:
    """Days are written out, the labels of concepts stand apart, and the name of the archive leads home."""
    asked = {"q": "gestion", "lang": language}

    text = client.get("/search", params=asked, headers={"Accept": "text/html"}).text

    assert re.findall(r"<time datetime=\"2022-01-10\">([^<]*)</time>", text) == [day]
    assert f'<a class="archive" href="./?lang={language}">' in text
    assert "<mark>Gestion</mark> de l&#39;eau · " in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("theme=a", "there is no parameter 'theme'"),
        ("page=0", "page is a number from 1"),
        ("page=x", "'x' is no number"),
        ("page=%D9%A3", "is no number"),
        ("size=1000", "size is a number from 1 to 100"),
        ("format=xml", "format is json or html"),
        ("q=" + "a" * 501, "500 characters"),
    ],
)
def test_a_bad_search_is_told_what_is_wrong(client: Client, query: str, said: str) -> None:
    """As problem details, with the status 400."""
    response = client.get(f"/search?{query}")

    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert said in response.json()["detail"]


@pytest.mark.parametrize("query", ["page=0", "page=x", "size=1000", "q=" + "a" * 501, "page=1001"])
def test_a_person_is_told_on_the_page_what_is_wrong_with_a_search(client: Client, query: str) -> None:
    """In their language, where they can search again; a program that reads French is told in French too."""
    accept = {"Accept": "text/html", "Accept-Language": "fr"}
    page_ = client.get(f"/search?{query}", headers=accept)
    told = client.get(f"/search?{query}", headers=accept | {"Accept": "application/json"}).json()["detail"]
    english = client.get(f"/search?{query}").json()["detail"]

    assert (page_.status_code, page_.headers["cache-control"]) == (400, "no-store")
    assert told in html.unescape(page_.text)
    assert told != english
    assert '<form role="search"' in page_.text
    assert 'class="facets"' not in page_.text


def test_what_others_append_to_a_link_keeps_nobody_from_the_page(client: Client) -> None:
    """Newsletters and social networks mark links that way; the page does not hand it on, and a program is told."""
    accept = {"Accept": "text/html", "Accept-Language": "fr"}
    page_ = client.get("/search?q=eau&utm_source=lettre&fbclid=x", headers=accept)

    assert page_.status_code == 200
    assert page_.text == client.get("/search?q=eau", headers=accept).text
    assert client.get("/search?q=eau&fbclid=x").status_code == 400


def test_what_is_found_leads_to_this_server(client: Client) -> None:
    """The archive may be nowhere else yet."""
    text = client.get("/search?q=lavoir&lang=en", headers={"Accept": "text/html"}).text
    (link,) = re.findall(r'<h3><a href="([^"]*)"', text)

    assert link == "./session/22-02-script-alert-1-script?lang=en"


def test_a_missing_index_gives_no_path_away(tmp_path: Path) -> None:
    """What the server is like inside is nobody's business."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page("21.12 Un essai"))
    archive.export()
    response = Client(app(archive.out, tmp_path / "elsewhere")).get("/search")

    assert response.status_code == 503
    assert str(tmp_path) not in response.text


def test_every_filter_can_be_taken_back(client: Client) -> None:
    """The link of a chosen value leads to the search without it, and all links of a page lead somewhere."""
    text = client.get("/search?q=eau&year=2022&lang=en", headers={"Accept": "text/html"}).text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(search[^"]*)"', text)]

    assert "search?q=eau&lang=en" in links
    assert all(client.get(f"/{link}").status_code == 200 for link in links)
