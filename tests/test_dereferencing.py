"""Every IRI of the dataset leads to what is said of it, in every syntax and as a page."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from lxml import html

from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.pipeline.exporting import export
from commons_ld.rdf.namespaces import expand
from commons_ld.settings import OutputSettings, Settings
from commons_ld.site.pages import FRAMELESS
from commons_ld.site.property_words import PROPERTY_WORDS
from commons_ld.vocabulary import deciding
from commons_ld.web.app import create_app
from commons_ld.web.dereferencing import SUFFIXES
from commons_ld.web.edition import Edition
from tests.archive import is_history
from tests.asgi import Client
from tests.editions import DEMONSTRATION, published, serving

SESSION: Final = "session/22-05-demonstration-un-atelier-sur-l-eau"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of a publication of the demonstration data."""
    return published(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def edition(settings: Settings) -> Iterator[Edition]:
    """Return what is served of it."""
    with serving(settings) as edition:
        yield edition


@pytest.fixture
def client(edition: Edition) -> Client:
    """Return a client of it."""
    return Client(create_app(lambda: edition))


@pytest.fixture(scope="module")
def quads(settings: Settings) -> list[ox.Quad]:
    """Return what is published."""
    return list(ox.parse(path=settings.path("dist") / "dataset.nq", format=ox.RdfFormat.N_QUADS))


def ours(quads: list[ox.Quad], base: str) -> set[str]:
    """Return every IRI below the base that stands anywhere in the dataset."""
    nodes = [node for quad in quads for node in (quad.subject, quad.predicate, quad.object, quad.graph_name)]
    return {node.value for node in nodes if isinstance(node, ox.NamedNode) and node.value.startswith(base)}


def addresses(page: html.HtmlElement, element: str) -> list[str]:
    """Return where the links of a page lead."""
    return [str(found.get("href")) for found in page.iterfind(f".//{element}") if found.get("href")]


def resolved(path: str, location: str) -> str:
    """Return where a relative address leads from a path."""
    import httpx

    return str(httpx.URL(f"http://pages.test{path}").join(location).raw_path.decode())


@pytest.mark.parametrize("accept", [*SUFFIXES.values(), ""])
def test_every_iri_of_the_dataset_leads_to_a_document_that_speaks_of_it(
    client: Client, quads: list[ox.Quad], settings: Settings, accept: str
) -> None:
    """303 to a document in the syntax asked for; the IRI stands in it."""
    missing: list[tuple[object, ...]] = []
    for iri in ours(quads, settings.base_iri):
        path = "/" + iri.removeprefix(settings.base_iri)
        response = client.get(path, headers={"accept": accept} if accept else {})
        if response.status_code == 200 and path.startswith("/dataset."):
            continue  # a dump, which is its own document
        document = client.get(resolved(path, response.headers.get("location", "nowhere")))
        kind = document.headers["content-type"].partition(";")[0]
        if (response.status_code, document.status_code, kind) != (303, 200, accept or "text/turtle"):
            missing.append((iri, response.status_code, document.status_code, kind))
        if "graph/" not in path and accept == "application/n-triples" and iri not in document.text:
            missing.append((iri, "not spoken of"))

    assert missing == []


@pytest.mark.parametrize(("accept", "suffix"), [(media_type, suffix) for suffix, media_type in SUFFIXES.items()])
def test_the_dataset_and_its_catalogue_lead_to_the_description_that_catalogues_read(
    client: Client, settings: Settings, accept: str, suffix: str
) -> None:
    """As they do on a static host: a harvester that follows the IRI finds the files; a person, the page."""
    for path in ("/dataset", "/catalog"):
        response = client.get(path, headers={"accept": f"{accept}, image/png", "accept-language": "en"})
        location = resolved(path, response.headers["location"])
        document = client.get(location)

        assert (response.status_code, response.headers["vary"]) == (303, "Accept, Accept-Language")
        assert location == ("/dataset.en.html" if suffix == ".html" else f"/catalog{suffix}")
        assert (document.status_code, document.headers["content-type"].partition(";")[0]) == (200, accept)
        assert f"{settings.base_iri}dataset.nq" in document.text or suffix == ".html"
        assert '<catalog.ttl>; rel="alternate"; type="text/turtle"' in response.headers["link"]
        assert client.get(path, headers={"accept": "image/png"}).status_code == 406


def test_every_document_of_a_record_holds_what_its_graph_holds(
    client: Client, quads: list[ox.Quad], settings: Settings
) -> None:
    """The four syntaxes are one graph: that of the record."""
    graph = f"{settings.base_iri}graph/{SESSION.partition('/')[2]}"
    expected = {quad.triple for quad in quads if quad.graph_name == ox.NamedNode(graph)}
    for suffix, media_type in SUFFIXES.items():
        if suffix != ".html":
            body = client.get(f"/{SESSION}{suffix}").content
            # The context of JSON-LD stands inside the file, so that nothing is fetched.
            found = {quad.triple for quad in ox.parse(body, format=ox.RdfFormat.from_media_type(media_type))}
            assert found == expected, suffix


def test_what_many_records_speak_of_is_described_once(client: Client, quads: list[ox.Quad], settings: Settings) -> None:
    """A collection stands in the graphs of many records; each statement of it comes once."""
    iri = ox.NamedNode(f"{settings.base_iri}collection/appel-en-commun")
    body = client.get("/collection/appel-en-commun.nt").text.splitlines()

    assert len(body) == len(set(body))
    assert len(body) == len({quad.triple for quad in quads if quad.subject == iri})


def test_a_place_in_a_page_that_an_iri_leads_to_is_there(
    client: Client, quads: list[ox.Quad], settings: Settings
) -> None:
    """Whatever part of a record or of a description was asked for."""
    led = set()
    for iri in ours(quads, settings.base_iri):
        path = "/" + iri.removeprefix(settings.base_iri)
        location = client.get(path, headers={"accept": "text/html", "accept-language": "en"}).headers.get(
            "location", ""
        )
        page, _, place = location.partition("#")
        if place:
            led.add(place.partition("-")[0])
            assert f'id="{place}"' in client.get(resolved(path, page)).text, iri

    assert led >= {"note", "document", "activity", "checksum", "source"}


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (f"graph/{SESSION.partition('/')[2]}", "22.05 Démonstration, un atelier sur l'eau"),
        (f"description/{SESSION.partition('/')[2]}", "Description of a record, Source"),
        ("graph/concepts", "Key concepts of Remix the commons"),
    ],
)
def test_the_page_of_a_graph_begins_with_what_it_is_about(client: Client, path: str, title: str) -> None:
    """The record, the description itself, or the scheme; and not what stands in it first."""
    page = html.fromstring(client.get(f"/{path}.html", headers={"accept-language": "en"}).content)

    assert page.findtext(".//h1/bdi") == title


def test_the_description_for_catalogues_links_to_its_other_documents(client: Client, settings: Settings) -> None:
    """As every document does."""
    link = client.get("/catalog.ttl").headers["link"]

    assert '<catalog.jsonld>; rel="alternate"; type="application/ld+json"' in link
    assert ("<catalog.ttl>" in link, f'<{settings.base_iri}dataset>; rel="describes"' in link) == (False, True)


def test_the_file_of_a_record_is_the_one_that_is_published(client: Client, settings: Settings) -> None:
    """The same bytes, with a mark from SHA256SUMS, and links to the other documents."""
    response = client.get(f"/{SESSION}.ttl")

    assert response.content == (settings.path("dist") / f"{SESSION}.ttl").read_bytes()
    sums = dict(line.split("  ")[::-1] for line in (settings.path("dist") / "SHA256SUMS").read_text().splitlines())
    assert response.headers["etag"] == f'"{sums[f"{SESSION}.ttl"][:32]}"'
    assert client.get(f"/{SESSION}.ttl", headers={"if-none-match": response.headers["etag"]}).status_code == 304
    for suffix, media_type in SUFFIXES.items():
        link = f'<../{SESSION}{suffix}>; rel="alternate"; type="{media_type}"'
        assert (link in response.headers["link"]) == (suffix != ".ttl")
    assert f'<{settings.base_iri}{SESSION}>; rel="describes"' in response.headers["link"]


def test_an_iri_is_understood_below_the_path_of_its_base_too(client: Client) -> None:
    """Whether a redirecting service leads to the root, or the server stands at the base itself."""
    response = client.get(f"/commons-ld/remix/{SESSION}/recording", headers={"accept": "text/html"})

    assert resolved(f"/commons-ld/remix/{SESSION}/recording", response.headers["location"]) == (
        f"/commons-ld/remix/{SESSION}.html"
    )
    assert "#" not in response.headers["location"]  # its page has no place of that name
    note = client.get(f"/commons-ld/remix/{SESSION}/note/1", headers={"accept": "text/html"})
    assert note.headers["location"].endswith(f"{SESSION}.html#note-1")
    assert client.get(f"/commons-ld/remix/{SESSION}.html").status_code == 200


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/session/never", "", 404),
        ("/session/never.ttl", "", 404),
        ("/session/never.html", "", 404),
        (f"/{SESSION}/note/999", "", 404),
        (f"/{SESSION}/note/1.ttl", "", 404),
        ("/media/22-05-demonstration-un-atelier-sur-l-eau", "", 404),
        ("/media/22-05-demonstration-un-atelier-sur-l-eau.nt", "", 404),
        ("/person/nobody.jsonld", "", 404),
        ("/graph/never", "", 404),
        ("/concepts/never", "", 404),
        ("/../pyproject.toml", "", 404),
        ("/%2e%2e/.commons-ld/ledger.sqlite", "", 404),
        ("/session/%00", "", 404),
        ("/session/a%0d%0aSet-Cookie:x", "", 404),
        (f"/{SESSION}", "image/png", 406),
        (f"/{SESSION}", "application/xhtml+xml", 303),
        ("/SHA256SUMS", "", 200),
        ("/ontology/commons.ttl", "", 200),
        ("/report/index.html", "", 200),
    ],
)
def test_what_never_was_is_not_found(client: Client, path: str, accept: str, status: int) -> None:
    """404 only for what never was; a file is served by its exact name in SHA256SUMS, and nothing else is."""
    assert client.get(path, headers={"accept": accept} if accept else {}).status_code == status


@pytest.mark.parametrize(
    ("path", "language", "said", "home"),
    [
        ("/session/never", "fr", "Il n'y a rien à cette adresse", "../index.html"),
        ("/session/never/note/1", "en", "There is nothing at this address", "../../../index.en.html"),
        ("/never.en.html", "fr", "There is nothing at this address", "index.en.html"),
        ("/javascript:alert(1)", "fr", "Il n'y a rien à cette adresse", "index.html"),
    ],
)
def test_a_person_is_told_kindly_that_there_is_nothing(
    client: Client, path: str, language: str, said: str, home: str
) -> None:
    """In a browser a page of the site, with the way home and nothing of the address in it; to programs, a problem."""
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    page = client.get(path, headers={"accept": accept, "accept-language": language})
    problem = client.get(path, headers={"accept": "*/*"})

    tree = html.document_fromstring(page.text)
    hrefs = [str(link.get("href")) for link in tree.iterfind(".//*[@href]")]
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert page.headers["content-security-policy"] == FRAMELESS
    assert tree.findtext(".//h1") == said
    assert [link.get("href") for link in tree.iterfind(".//main//a")] == [home]
    links = {resolved(path, link) for link in hrefs if link != "#content"}
    assert len(links) > 10
    assert {client.get(link).status_code for link in links} == {200}
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/session/never", "*/*"),
        ("/session/never.ttl", "*/*"),
        (f"/{SESSION}/note/1.ttl", "*/*"),
        (f"/{SESSION}", "image/png"),
        ("/dataset", "image/png"),
    ],
)
def test_a_problem_is_told_in_the_language_of_the_reader(client: Client, path: str, accept: str) -> None:
    """By Accept-Language or ``lang``; to who says nothing of it, in English."""
    plain, english, french = (
        client.get(path, headers={"accept": accept} | ({"accept-language": language} if language else {}))
        for language in ("", "en", "fr-CA, en;q=0.5")
    )
    by_address = client.get(path, params={"lang": "fr"}, headers={"accept": accept, "accept-language": "en"})

    languages = [told.headers["content-language"] for told in (plain, english, french, by_address)]
    assert languages == ["en", "en", "fr", "fr"]
    assert plain.json() == english.json()
    assert french.json() == by_address.json()
    assert all(french.json()[name] != english.json()[name] for name in ("title", "detail"))
    assert plain.headers["vary"] == french.headers["vary"] == "Accept, Accept-Language"


def test_a_part_of_a_long_file_may_be_asked_for(client: Client, settings: Settings) -> None:
    """RFC 9110, section 14: a download goes on where it broke off, unless the file is another one now."""
    whole = (settings.path("dist") / "dataset.nq").read_bytes()
    etag = client.get("/dataset.nq").headers["etag"]
    part = client.get("/dataset.nq", headers={"range": "bytes=100-", "if-range": etag})
    other = client.get("/dataset.nq", headers={"range": "bytes=100-", "if-range": '"other"'})

    assert (part.status_code, part.content) == (206, whole[100:])
    assert (other.status_code, other.content) == (200, whole)
    last = client.get("/dataset.nq", headers={"range": "Bytes=-5"})
    assert (last.status_code, last.content) == (206, whole[-5:])


@pytest.mark.parametrize(
    "asked", ["items=0-5", "bytes=a-b", "bytes=5-3", "bytes=", "bytes=--1", "bytes", f"bytes=0-{'9' * 5_000}"]
)
def test_a_part_that_nobody_understands_is_the_whole(client: Client, settings: Settings, asked: str) -> None:
    """A unit that is unknown must be ignored, and what is no range may be (RFC 9110, section 14.2)."""
    answer = client.get("/dataset.nq", headers={"range": asked})

    assert answer.status_code == 200
    assert answer.content == (settings.path("dist") / "dataset.nq").read_bytes()


@pytest.mark.parametrize("asked", ["bytes=9999999999-", "bytes=-0", "bytes=9999999999-,-0"])
def test_a_part_that_a_file_does_not_have_is_a_problem(client: Client, settings: Settings, asked: str) -> None:
    """416 with the size, as every other problem, for pages of other sites too; but nothing to who has an older file."""
    size = (settings.path("dist") / "dataset.nq").stat().st_size
    ask = {"range": asked, "accept-language": "fr"}
    response = client.get("/dataset.nq", headers=ask)

    assert (response.status_code, response.headers["content-type"]) == (416, "application/problem+json")
    assert response.headers["content-range"] == f"bytes */{size}"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.json()["title"] == "Partie hors du fichier"
    assert str(size) in response.json()["detail"]
    assert client.get("/dataset.nq", headers=ask | {"if-range": '"other"'}).status_code == 200
    assert client.request("HEAD", "/dataset.nq", headers=ask).status_code == 200


def test_of_several_parts_those_are_sent_that_there_are(client: Client, settings: Settings) -> None:
    """RFC 9110, section 14.1.2: one that can be sent is enough; and HEAD knows no parts (section 14.2)."""
    whole = (settings.path("dist") / "dataset.nq").read_bytes()
    some = client.get("/dataset.nq", headers={"range": "bytes=9999999999-, 2-5"})
    head = client.request("HEAD", "/dataset.nq", headers={"range": "bytes=2-5"})

    assert (some.status_code, some.content) == (206, whole[2:6])
    assert some.headers["content-range"] == f"bytes 2-5/{len(whole)}"
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(whole)))


@pytest.mark.parametrize("path", [f"/{SESSION}", "/dataset.nq", "/feeds/ldes/root.jsonld", "/search"])
def test_a_page_of_another_site_may_ask_again_and_for_a_part(client: Client, path: str) -> None:
    """What a browser asks first, before it sends a header that is not among the plain ones (CORS)."""
    response = client.request("OPTIONS", path)

    assert (response.status_code, response.headers["access-control-allow-origin"]) == (204, "*")
    assert response.headers["allow"] == response.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert {"If-None-Match", "Range"} <= set(response.headers["access-control-allow-headers"].split(", "))


def test_a_withdrawn_record_is_gone_with_its_parts(tmp_path: Path) -> None:
    """410 for what was published once, its parts, its documents and its graphs; only the feeds tell what was withdrawn."""
    sources = tmp_path / "pages"
    shutil.copytree(DEMONSTRATION, sources)
    settings = Settings(root=tmp_path, sources=("pages",))
    export(settings)
    first = json.loads((tmp_path / "dist/manifest.json").read_bytes())["records"]
    source = min(sources.glob("*.jsonl"))
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    source.write_text("".join(lines[1:]), encoding="utf-8")
    export(settings)
    kept = {row["iri"] for row in json.loads((tmp_path / "dist/manifest.json").read_bytes())["records"]}
    (gone,) = [row for row in first if row["iri"] not in kept]
    path, slug = gone["iri"].removeprefix(settings.base_iri), gone["graph"].rpartition("/")[2]

    with serving(settings) as edition:
        client = Client(create_app(lambda: edition))
        for address in (path, f"{path}.ttl", f"{path}.html", f"{path}/note/1", f"graph/{slug}", f"description/{slug}"):
            response = client.get(f"/{address}")
            assert response.status_code == 410, address
        french = client.get(f"/{path}", headers={"accept": "application/json", "accept-language": "fr"})
        assert french.headers["content-type"] == "application/problem+json"
        assert french.json()["detail"] == "cette fiche a été publiée ici, et en a été retirée"
        assert client.get(f"/{min(kept).removeprefix(settings.base_iri)}").status_code == 303
    told = [
        name
        for path in tmp_path.glob("dist/**/*")
        if path.is_file() and slug.encode() in path.read_bytes()
        for name in [path.relative_to(tmp_path / "dist").as_posix()]
    ]
    # The rules for web servers say 410, too, and so name it.
    kit = {"site/.htaccess", "hosting/nginx.conf", "hosting/Caddyfile", "SHA256SUMS"}
    assert {name for name in told if not is_history(name)} <= kit


def test_without_files_of_single_records_their_iris_lead_to_the_same_graph(tmp_path: Path, client: Client) -> None:
    """``output.records = false`` leaves the files out, and no document."""
    settings = published(tmp_path, output=OutputSettings(records=False))
    with serving(settings) as edition:
        bare = Client(create_app(lambda: edition))
        assert bare.get(f"/{SESSION}").status_code == 303
        assert sorted(bare.get(f"/{SESSION}.nt").text.splitlines()) == sorted(
            client.get(f"/{SESSION}.nt").text.splitlines()
        )
        assert bare.get(f"/{SESSION}.ttl").status_code == 200
        assert bare.get(f"/{SESSION.replace('session', 'media')}.ttl").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("fr", "fait partie de"), ("en", "part of")])
def test_the_page_of_a_record_is_in_the_language_of_its_reader(client: Client, language: str, word: str) -> None:
    """Title, labels, and no script, style or address of elsewhere; each language has an address of its own."""
    led = client.get(f"/{SESSION}", headers={"accept": "text/html", "accept-language": language})
    address = resolved(f"/{SESSION}", led.headers["location"])
    response = client.get(address)
    page = html.fromstring(response.content)

    assert (led.status_code, address) == (303, f"/{SESSION}{'' if language == 'fr' else '.en'}.html")

    assert (page.get("lang"), response.headers["content-language"]) == (language, language)
    assert page.findtext(".//h1/bdi") == "22.05 Démonstration, un atelier sur l'eau"
    assert word in [str(term.text).lower() for term in page.iterfind(".//dt")]
    assert page.xpath("//li[@id='note-1']")
    scripts = page.xpath("//script[not(@type='application/ld+json')]")
    assert not scripts
    assert not page.xpath("//style | //*[@style] | //*[starts-with(name(@*), 'on')]")
    assert "unsafe" not in response.headers["content-security-policy"]
    for link in [*addresses(page, "link"), *addresses(page, "a")]:
        if not link.startswith(("http://", "https://")):
            other = resolved(f"/{SESSION}.html", link)
            assert link.startswith("#") or client.get(other).status_code in (200, 303), other


def test_the_page_of_a_concept_tells_who_speaks_of_it(client: Client, quads: list[ox.Quad], settings: Settings) -> None:
    """Each record that has it is a link."""
    concept = next(
        q.object for q in quads if q.predicate.value.endswith("#enjeu") and isinstance(q.object, ox.NamedNode)
    )
    speakers = {
        q.subject.value
        for q in quads
        if q.object == concept and q.predicate.value.endswith("#enjeu") and isinstance(q.subject, ox.NamedNode)
    }
    page = html.fromstring(client.get(f"/{concept.value.removeprefix(settings.base_iri)}.html").content)
    links = {settings.base_iri + link.removeprefix("../").removesuffix(".html") for link in addresses(page, "main//a")}

    assert speakers
    assert speakers <= links


def test_what_a_page_shows_is_never_taken_for_markup(tmp_path: Path) -> None:
    """Whoever edits the wiki writes text, and no more than text."""
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    (tmp_path / "data").mkdir()
    record = {"title": evil, "description": evil, "collections": ["Appel en commun"], "website": "javascript:alert(1)"}
    (tmp_path / "data/a.jsonl").write_text(json.dumps(record) + "\n")
    settings = Settings(root=tmp_path)
    export(settings)
    (row,) = json.loads((tmp_path / "dist/manifest.json").read_bytes())["records"]
    with serving(settings) as edition:
        body = Client(create_app(lambda: edition)).get(f"/{row['iri'].removeprefix(settings.base_iri)}.html").text

    page = html.fromstring(body)
    assert not page.xpath("//script[not(@type='application/ld+json')] | //img[not(contains(@src, 'icon.svg'))]")
    assert 'href="javascript:' not in body
    assert "&lt;script&gt;" in body


def test_every_property_has_words_in_both_languages() -> None:
    """A property that the mapping begins to write is named on pages from the first day."""
    told = {name for rule in CROSSWALK for name in rule.properties}

    assert told - set(PROPERTY_WORDS["fr"]) == set()
    assert set(PROPERTY_WORDS["fr"]) == set(PROPERTY_WORDS["en"])
    assert all(expand(name).startswith("http") for name in PROPERTY_WORDS["fr"])


def test_a_concept_that_was_given_up_leads_to_the_one_in_its_place(tmp_path: Path) -> None:
    """301 to the other one, 410 where there is none; what is said of it stays where it was, and its page says so."""
    settings = published(tmp_path)
    with deciding(settings) as decisions:
        decisions.merge("gestion-de-l-eau", "maitrise-de-l-eau")
        decisions.deprecate("plaidoyer")
    export(settings, [DEMONSTRATION])
    with serving(settings) as edition:
        client = Client(create_app(lambda: edition))

        merged = client.get("/concept/gestion-de-l-eau")
        given_up = client.get("/concept/plaidoyer", headers={"accept-language": "fr"})
        statements = client.get("/concept/gestion-de-l-eau.nt")
        page = client.get("/concept/gestion-de-l-eau.en.html")

    assert (merged.status_code, merged.headers["location"]) == (301, "../concept/maitrise-de-l-eau")
    assert given_up.status_code == 410
    assert given_up.json()["detail"].endswith("ce qui en était dit est à concept/plaidoyer.ttl")
    assert statements.status_code == 200
    assert b"isReplacedBy> <https://w3id.org/commons-ld/remix/concept/maitrise-de-l-eau>" in statements.content
    assert "not to be used any more" in page.text
    (link,) = [to for to in addresses(html.fromstring(page.text), "dd/a") if "maitrise-de-l-eau.en.html" in to]
    assert link.endswith("concept/maitrise-de-l-eau.en.html")
