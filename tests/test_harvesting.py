"""The feeds as they are served: OAI-PMH over HTTP, files of feeds, and 410 for what is gone, with a page and RDF."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pyoxigraph as ox
import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from commons_ld import taking_back
from commons_ld.feeds import tombstones
from commons_ld.hosting.table import NAMED, TYPES
from commons_ld.web.app import create_app
from commons_ld.web.files import Files, file_response
from commons_ld.web.harvesting import oai_routes
from tests.archive import Archive, page
from tests.asgi import Client
from tests.editions import serving
from tests.test_note_pages import chat

OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of which one record is gone."""
    made = Archive(tmp_path_factory.mktemp("served"))
    made.write("a.txt", page("Un"))
    made.write("b.txt", page("Deux"))
    made.export()
    (made.data / "b.txt").unlink()
    made.export()
    return made


@pytest.fixture(scope="module")
def client(archive: Archive) -> Iterator[Client]:
    """Return a client of what is served."""
    with serving(archive.settings) as edition:
        yield Client(create_app(lambda: edition, oai_routes(lambda: edition, archive.settings)))


def test_oai_answers_get_and_post_alike(client: Client) -> None:
    """As the protocol has it; the answer is XML, and the address is told as it was asked."""
    got = client.get("/oai?verb=ListIdentifiers&metadataPrefix=oai_dc")
    posted = client.request("POST", "/oai", data={"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"})

    assert (got.status_code, got.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    found = [
        [(header.get("status"), header.findtext(f"{OAI}identifier")) for header in root.iter(f"{OAI}header")]
        for root in (ElementTree.fromstring(got.content), ElementTree.fromstring(posted.content))
    ]
    begin = "oai:w3id.org:commons-ld/remix/session/"
    assert found[0] == found[1] == [(None, f"{begin}un"), ("deleted", f"{begin}deux")]
    assert ElementTree.fromstring(got.content).findtext(f"{OAI}request") == "http://pages.test/oai"


@pytest.mark.parametrize(("behind", "scheme"), [(True, "https"), (False, "http")])
def test_an_address_is_told_as_the_client_wrote_it(archive: Archive, behind: bool, scheme: str) -> None:
    """A proxy of ours takes the encryption off and says so; nobody else is believed. Harvesters compare the address."""
    with serving(archive.settings) as edition:
        edition.terms = dataclasses.replace(edition.terms, is_behind_proxy=behind)
        client = Client(create_app(lambda: edition, oai_routes(lambda: edition, archive.settings)))
        told = {"x-forwarded-proto": "https"}
        identify = ElementTree.fromstring(client.get("/oai?verb=Identify", headers=told).content)
        described = client.get("/sparql", headers={**told, "accept": "application/n-triples"}).text

    assert identify.findtext(f".//{OAI}baseURL") == identify.findtext(f"{OAI}request") == f"{scheme}://pages.test/oai"
    assert f"service-description#endpoint> <{scheme}://pages.test/sparql>" in described


@pytest.mark.parametrize(("body", "status"), [(b"verb=%ff", 200), (b"x=1&" * 20, 200), (b"x" * 20_000, 413)])
def test_what_is_no_request_is_answered_all_the_same(client: Client, body: bytes, status: int) -> None:
    """With the protocol's own words, or that it is too long."""
    response = client.request("POST", "/oai", content=body)

    assert response.status_code == status
    assert (b"badVerb" in response.content) == (status == 200)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [("text/html", "text/html"), ("text/turtle", "text/turtle"), ("application/json", "application/problem+json")],
)
def test_what_is_gone_is_told_as_it_is_asked_for(client: Client, accept: str, media_type: str) -> None:
    """A page, statements, or a problem; always 410."""
    response = client.get("/session/deux", headers={"Accept": accept})

    assert response.status_code == 410
    assert response.headers["content-type"].startswith(media_type)
    if media_type == "text/turtle":
        assert len(list(ox.parse(response.content, format=ox.RdfFormat.TURTLE))) == 1
    document = client.get("/session/deux.html")
    assert (document.status_code, "Cette notice a été retirée" in document.text) == (410, True)
    statements = client.get("/session/deux.ttl")
    assert (statements.status_code, statements.headers["content-type"]) == (410, "text/turtle; charset=utf-8")
    assert client.get("/session/un", headers={"Accept": "text/turtle"}).status_code == 303


def test_every_file_that_was_made_of_a_record_is_gone_with_it(tmp_path: Path) -> None:
    """Its pages in both languages, those of its notes, and what players read; not those of another, nor what never was."""
    made = Archive(tmp_path)
    notes = [{"author": note.author, "time": note.time, "text": note.text} for note in chat(400)]
    played = {
        "created": "2021-12-02", "start": "14:00", "duration": "01:00:00", "media_type": "Audio", "notes": notes,
        "collections": ["Appel en commun"],
    }  # fmt: skip
    records = [
        played | {"title": title, "identifier": title, "broadcast_url": f"https://exemple.test/{title}.mp3"}
        for title in ("Un", "Deux")
    ]
    made.write("a.json", msgspec.json.encode(records))
    made.export()

    def files_of(name: str) -> list[str]:
        site = made.out.resolve() / "site"
        found = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
        return sorted(path for path in found if f"session/{name}" in path and not path.startswith("gone/"))

    before = files_of("un")
    assert {"session/un.en.html", "session/un.2.html", "renderings/tracks/session/un.vtt"} < set(before)
    taking_back.withdraw(made.settings, "session/un")

    assert files_of("un") == []
    with serving(made.settings) as edition:
        client = Client(create_app(lambda: edition))
        assert {path: client.get(f"/{path}").status_code for path in before} == dict.fromkeys(before, 410)
        left = {path: client.get(f"/{path}") for path in files_of("deux")}
        assert {path: answer.status_code for path, answer in left.items()} == dict.fromkeys(left, 200)
        # Served here, they have the media types that other web servers are told.
        assert {path: answer.headers["content-type"].partition(";")[0] for path, answer in left.items()} == {
            path: TYPES[Path(path).suffix] for path in left
        }
        assert left["renderings/tracks/session/deux.vtt"].headers["content-type"] == "text/vtt; charset=utf-8"
        assert client.get("/renderings/chapters/session/trois.json").status_code == 404
        page = client.get("/renderings/chapters/session/un.json", headers={"Accept": "text/html"})
        assert "Cette notice a été retirée" in page.text


def test_files_of_feeds_are_served_where_a_web_host_has_them(client: Client) -> None:
    """With their media types."""
    for path, media_type in (
        ("/feeds/ldes/index.ttl", "text/turtle"),
        ("/feeds/activity/collection.json", "application/json"),
        ("/feeds/atom.fr.xml", "application/xml"),
        ("/.well-known/resourcesync", "application/xml"),
    ):
        response = client.get(path)
        assert (response.status_code, response.headers["content-type"].split(";")[0]) == (200, media_type), path
    assert client.get("/feeds/ldes/000009-0123456789ab.trig").status_code == 404


def test_every_file_has_the_media_type_that_the_description_and_other_servers_tell(
    archive: Archive, client: Client
) -> None:
    """A register compares them; of a packed dump they tell what is in it."""
    described = ox.parse(path=str(archive.out / "site" / "catalog.nt"), format=ox.RdfFormat.N_TRIPLES)
    told: dict[str, dict[str, str]] = {}
    for quad in described:
        name = quad.predicate.value.removeprefix("https://schema.org/")
        if name in ("contentUrl", "encodingFormat"):
            told.setdefault(quad.subject.value, {})[name] = quad.object.value
    expected = {
        one["contentUrl"].removeprefix(archive.settings.base_iri): one["encodingFormat"] for one in told.values()
    }

    assert expected["dataset.nq.gz"] == "application/n-quads+gzip"
    served = {name: client.get(f"/{name}").headers["content-type"].partition(";")[0] for name in {**expected, **NAMED}}
    assert served == expected | NAMED


def test_the_pages_of_feeds_that_are_full_need_not_be_asked_for_again(tmp_path: Path) -> None:
    """All but the last one, which grows; a page that was taken back is none of the files."""
    names = [f"site/feeds/{name}" for name in ("ldes/000001-a1.trig", "ldes/000002-b2.trig", "ldes/index.ttl")]
    for name in (*names, "site/feeds/activity/000001-a1.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    files = Files(tmp_path, dict.fromkeys((*names, "site/feeds/activity/000001-a1.json"), "0" * 64))

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await file_response(request, files, request.url.path[1:])(scope, receive, send)

    told = {name: Client(page).get(f"/{name}").headers["cache-control"] for name in files.sums}
    assert told == dict.fromkeys(files.sums, "no-cache") | {names[0]: "public, max-age=86400, immutable"}
    again = Client(page).get(f"/{names[0]}", headers={"if-none-match": f'"{"0" * 32}"'})
    assert (again.status_code, again.headers["cache-control"]) == (304, told[names[0]])


def test_a_stone_leads_to_what_a_record_is_part_of_now() -> None:
    """Where it was merged; its address is no markup."""
    stone = tombstones.html("2026-11-25T10:00:00Z", 'https://e.test/session/a"><b>').decode()

    assert 'href="https://e.test/session/a&quot;&gt;&lt;b&gt;"' in stone
    assert '<time datetime="2026-11-25T10:00:00Z">2026-11-25</time>' in stone
    assert "Chercher" not in stone


def test_a_stone_leads_on_to_the_site() -> None:
    """Whoever followed an old link finds the rest of the archive, in either language."""
    stone = tombstones.html("2026-11-25T10:00:00Z", site="https://e.test/").decode()

    assert '<a href="https://e.test/index.html">Chercher dans l\'archive</a>' in stone
    assert '<a href="https://e.test/index.en.html">Search the archive</a>' in stone
    assert "isReplacedBy" in tombstones.turtle("https://e.test/x", "2026-11-25T10:00:00Z", "https://e.test/y").decode()


def test_a_page_of_a_feed_that_was_issued_anew_is_gone(tmp_path: Path) -> None:
    """Whoever asks for the old one is told to begin at the root."""
    made = Archive(tmp_path)
    made.write("a.txt", page("Un"))
    made.write("b.txt", page("Deux"))
    made.export()
    (old,) = (made.out / "site/feeds/ldes").glob("*.trig")
    old_name = old.name
    taking_back.withdraw(made.settings, "session/un")
    with serving(made.settings) as edition:
        response = Client(create_app(lambda: edition)).get(f"/feeds/ldes/{old_name}")

    assert response.status_code == 410
