"""The content negotiation kit, tried over HTTP on the web servers it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from commons_ld.folders import placing
from commons_ld.hosting.table import ASKED_AGAIN, FULL, MARKED, NAMED, TYPES, languages, wanted
from commons_ld.settings import OutputSettings
from commons_ld.site.pages import assets
from commons_ld.vocabulary import deciding
from tests.archive import Archive, page
from tests.servers import web

#: A page of a feed that was issued anew is gone as records are.
REISSUED = "feeds/ldes/000003-cafe.trig"
GONE = ("session/retiree", REISSUED)
#: As pages ask for it: with a mark of what it holds.
STYLE = assets().marks["site.css"]
#: Of each page of a feed, whether it stays as it is: there are twelve.
FEEDS = {
    "feeds/ldes/000001-a1b2.trig": True,
    "feeds/ldes/000009-a1b2.jsonld": True,
    "feeds/activity/000011-a1b2.json": True,
    "feeds/ldes/000012-a1b2.trig": False,
    "feeds/ldes/000013-a1b2.trig": False,
    "feeds/ldes/000100-a1b2.trig": False,
    "feeds/ldes/index.ttl": False,
}
STONES = {".html": "<h1>Retirée</h1>\n", ".ttl": "# retirée\n"}
PLACING = {folders: placing(OutputSettings(folders=folders)) for folders in ("flat", "sharded")}


@pytest.fixture(scope="module", params=["flat", "sharded"])
def folders(request: pytest.FixtureRequest) -> str:
    """Return each of the ways in which files may lie in folders."""
    return str(request.param)


@pytest.fixture(scope="module")
def site(folders: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small site."""
    folder = tmp_path_factory.mktemp("hosted") / "site"
    place = PLACING[folders]
    for suffix in (".html", ".en.html", ".ttl", ".jsonld", ".nt"):
        # Some have pages on which their list or their notes go on.
        more = ("session/long.2", "concept/long.2") if suffix.endswith(".html") else ()
        for name in ("session/x", "session/retiree", "concept/y", "session/long", "concept/long", *more):
            path = folder / place(f"{name}{suffix}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name}{suffix}\n")
        (folder / f"catalog{suffix}").write_text(f"catalog{suffix}\n")
    for name in (
        "index.html",
        "dataset.html",
        "dataset.en.html",
        "robots.txt",
        "404.html",
        "catalog.rdf",
        "data.json",
        "concepts.csv",
    ):
        (folder / name).write_text(f"{name}\n")
    for suffix in (".nq", ".nt", ".ttl", ".trig", ".rdf", ".jsonld", ".nq.gz"):
        (folder / f"dataset{suffix}").write_text(f"dataset{suffix}\n")
    (folder / ".well-known").mkdir()
    for name in (*FEEDS, f"gone/{REISSUED}", STYLE.partition("?")[0]):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}\n")
    (folder / "gone/session").mkdir(parents=True)
    for suffix, text in STONES.items():
        (folder / f"gone/session/retiree{suffix}").write_text(text)
    for name in NAMED:
        (folder / name).write_text(f"{name}\n")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture(scope="module", params=sorted(web.SERVERS))
def server(
    request: pytest.FixtureRequest, site: Path, folders: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """Yield a client of each server in turn."""
    if reason := web.missing(request.param):
        pytest.skip(f"{reason}: tests/servers/install-web-servers.sh installs it")
    is_sharded = folders == "sharded"
    with (
        web.serve(request.param, site, tmp_path_factory.mktemp(request.param), GONE, is_sharded=is_sharded) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        del client.headers["Accept"]  # httpx would say that it takes anything
        yield client


LED = [
    ("session/x", "", "", "session/x.html"),
    ("session/x", "*/*", "", "session/x.html"),
    ("session/x", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "fr-FR,fr;q=0.9,en;q=0.5", "session/x.html"),
    ("session/x", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "en-GB,en;q=0.9,fr;q=0.5", "session/x.en.html"),
    ("session/x", "text/html", "fr;q=0.3,en;q=0.8", "session/x.en.html"),
    ("session/x", "text/turtle", "", "session/x.ttl"),
    ("session/x", "application/ld+json", "", "session/x.jsonld"),
    ("session/x", "application/n-triples", "en", "session/x.nt"),
    ("session/x", "text/turtle;q=0.4,application/ld+json;q=0.9", "", "session/x.jsonld"),
    ("session/x", "text/turtle;q=0.9,application/ld+json;q=0.4", "", "session/x.ttl"),
    ("session/x", "text/html;q=0.1,application/n-triples;q=0.5", "", "session/x.nt"),
    ("session/x", "text/turtle;q=0, application/ld+json", "", "session/x.jsonld"),
    ("concept/y", "text/turtle", "", "concept/y.ttl"),
    ("session/long", "*/*", "", "session/long.html"),
    ("session/long", "text/html", "en", "session/long.en.html"),
    ("session/long", "application/ld+json", "", "session/long.jsonld"),
    ("concept/long", "", "", "concept/long.html"),
    ("concept/long", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "en", "concept/long.en.html"),
    ("concept/long", "text/turtle", "", "concept/long.ttl"),
    ("dataset", "text/html", "", "dataset.html"),
    ("dataset", "text/html", "en", "dataset.en.html"),
    ("dataset", "text/turtle", "", "catalog.ttl"),
    ("dataset", "application/rdf+xml", "", "catalog.rdf"),
    ("catalog", "application/ld+json", "", "catalog.jsonld"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "accept", "language", "document"), LED)
def test_an_iri_leads_to_the_document_that_is_wanted(
    server: httpx.Client, path: str, accept: str, language: str, document: str
) -> None:
    """It answers 303 and says what the choice depends on; the document has its media type."""
    asked = {name: value for name, value in (("Accept", accept), ("Accept-Language", language)) if value}
    answer = server.get(f"/{path}", headers=asked)

    assert answer.status_code == 303, answer.text
    assert httpx.URL(answer.headers["location"]).path == f"/{document}"
    varies = {name.strip().lower() for name in answer.headers["vary"].split(",")}
    assert {"accept", "accept-language"} <= varies
    assert answer.headers["access-control-allow-origin"] == "*"
    found = server.get(f"/{document}")
    assert found.status_code == 200
    assert found.text == f"{document}\n"


@pytest.mark.parametrize(
    "name",
    [
        "dataset.nq",
        "dataset.nt",
        "dataset.ttl",
        "dataset.trig",
        "dataset.rdf",
        "dataset.jsonld",
        "dataset.nq.gz",
        "data.json",
        "concepts.csv",
        "session/x.html",
    ],
)
def test_every_file_has_its_media_type(server: httpx.Client, name: str) -> None:
    """JSON-LD is never plain JSON, a packed dump is no coding of another file, and anybody's page may read it."""
    answer = server.get(f"/{name}")
    suffix = re.sub(r"^[^.]*", "", name)

    assert answer.headers["content-type"].partition(";")[0] == TYPES[suffix]
    assert "content-encoding" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("name", "language"), [("session/x.html", "fr"), ("session/x.en.html", "en")])
def test_a_page_tells_its_language(server: httpx.Client, name: str, language: str) -> None:
    """A cache or a reader knows it without looking."""
    assert server.get(f"/{name}").headers["content-language"] == language


@pytest.mark.parametrize("name", ["session/long.2.html", "concept/long.2.en.html"])
def test_the_pages_on_which_a_list_or_notes_go_on_are_found(server: httpx.Client, name: str) -> None:
    """A part of a record leads to the record; a page of it is a page."""
    answer = server.get(f"/{name}")

    assert (answer.status_code, answer.text) == (200, f"{name}\n")


@pytest.mark.parametrize("name", NAMED)
def test_a_file_without_a_suffix_has_its_media_type_too(server: httpx.Client, name: str) -> None:
    """Where crawlers look for it."""
    assert server.get(f"/{name}").headers["content-type"].partition(";")[0] == NAMED[name]


def test_the_parts_of_a_record_lead_to_it(server: httpx.Client) -> None:
    """A note has no document of its own: its record says all of it."""
    answer = server.get("/session/x/note/3", headers={"Accept": "text/turtle"}, follow_redirects=True)

    assert str(answer.url).endswith("/session/x.ttl")
    assert answer.history[0].status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "session/retiree",
        "session/retiree.html",
        "session/retiree.en.html",
        "session/retiree.2.html",
        "session/retiree.ttl",
        "session/retiree/note/1",
        "iiif/session/retiree/manifest.json",
        "renderings/chapters/session/retiree.json",
        "renderings/tracks/session/retiree.vtt",
    ],
)
def test_what_was_withdrawn_is_gone(server: httpx.Client, path: str) -> None:
    """All that was there or made of it answers 410, whether a file still lies there or not; what begins alike does not."""
    assert server.get(f"/{path}").status_code == 410
    assert server.get(f"/{path.replace('retiree', 'retiree-2')}").status_code in (303, 404)


@pytest.mark.parametrize(
    ("name", "suffix"), [("", ".html"), (".html", ".html"), ("/note/1", ".html"), (".ttl", ".ttl")]
)
def test_what_was_withdrawn_says_so(server: httpx.Client, name: str, suffix: str) -> None:
    """In a page that people can read, or in statements; nothing that stood there is shown."""
    answer = server.get(f"/session/retiree{name}")

    assert (answer.status_code, answer.text) == (410, STONES[suffix])
    assert answer.headers["content-type"].partition(";")[0] == TYPES[suffix]
    assert answer.headers["cache-control"] == "no-cache"


def test_a_page_of_a_feed_that_was_issued_anew_is_gone(server: httpx.Client) -> None:
    """Who followed it begins at the root again; it is not kept as full pages are."""
    answer = server.get(f"/{REISSUED}")

    assert (answer.status_code, answer.headers["cache-control"]) == (410, "no-cache")


@pytest.mark.parametrize("name", FEEDS)
def test_the_pages_of_feeds_that_are_full_need_not_be_asked_for_again(server: httpx.Client, name: str) -> None:
    """All but the last one, which grows, and those that the settings do not know of yet."""
    answer = server.get(f"/{name}")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == (FULL if FEEDS[name] else ASKED_AGAIN)


def test_a_style_sheet_is_kept_where_its_address_tells_what_it_holds(server: httpx.Client) -> None:
    """Pages ask for it by a mark of its content; whatever may change is asked for again each time."""
    assert server.get(f"/{STYLE}").headers["cache-control"] == MARKED
    for name in (STYLE.partition("?")[0], "session/x.html", "dataset.nq.gz", "session/x"):
        assert server.get(f"/{name}").headers["cache-control"] == ASKED_AGAIN, name
    for missed in ("design/none.css?v=0123456789abcdef", "feeds/ldes/000001-none.trig"):
        answer = server.get(f"/{missed}")
        assert (answer.status_code, answer.headers.get("cache-control", ASKED_AGAIN)) == (404, ASKED_AGAIN)


@pytest.mark.parametrize(
    "name",
    ["renderings/chapters/session/x.json", "renderings/tracks/session/x.vtt", "iiif/session/x/manifest.json"],
)
def test_what_players_read_is_there_while_the_record_is(
    server: httpx.Client, site: Path, folders: str, name: str
) -> None:
    """With its media type, and no redirect to the record."""
    path = site / PLACING[folders](name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{name}\n")
    for place in (path, *path.parents):
        if place.is_relative_to(site):
            place.chmod(0o755 if place.is_dir() else 0o644)

    answer = server.get(f"/{name}")

    assert (answer.status_code, answer.text) == (200, f"{name}\n")
    assert answer.headers["content-type"].partition(";")[0] == TYPES[path.suffix]


def test_a_concept_that_was_given_up_leads_to_the_one_in_its_place(server: httpx.Client) -> None:
    """For ever, so that links may be mended; where there is none, it is gone."""
    assert set(web.MOVED) == {"concept/merged", "concept/given-up"}

    answer = server.get("/concept/merged")

    assert (answer.status_code, httpx.URL(answer.headers["location"]).path) == (301, "/concept/y")
    assert server.get("/concept/given-up").status_code == 410
    assert server.get("/concept/given-up-2").status_code in (303, 404)


def test_nobody_has_to_know_of_the_folders(server: httpx.Client, site: Path) -> None:
    """A document has one address, whether it lies in a folder among others or not."""
    places = [path.relative_to(site).as_posix() for path in site.glob("*/_*/*")]

    assert {server.get(f"/{place}").status_code for place in places} <= {404}
    assert server.get("/session/x.ttl").text == "session/x.ttl\n"


def test_what_nobody_can_be_given_is_refused(server: httpx.Client) -> None:
    """A client that takes none of the documents is told so."""
    assert server.get("/session/x", headers={"Accept": "image/png"}).status_code == 406


def test_what_is_for_another_server_is_not_shown(server: httpx.Client, site: Path) -> None:
    """The file of Apache names what was withdrawn, and nobody needs to read it."""
    (site / ".htaccess").touch()

    assert server.get("/.htaccess").status_code in (403, 404)


def test_what_never_was_is_not_found(server: httpx.Client) -> None:
    """A wrong address is a 404, with the page that the site has for it."""
    for path in ("session/x.docx", "nothing", "no/thing/at/all"):
        answer = server.get(f"/{path}")
        assert (answer.status_code, answer.text) == (404, "404.html\n"), path


def test_the_patterns_take_linear_time() -> None:
    """No pattern holds one repetition in another whose pieces could be cut in more than one way."""
    hostile = "text/html" + " ;" * 30_000 + "a=" * 30_000

    assert [pattern for pattern, _ in (*wanted(), *languages()) if re.search(pattern, hostile)] == []


@pytest.mark.parametrize("feeds", [True, False])
def test_an_export_writes_the_kit_with_what_was_withdrawn(tmp_path: Path, feeds: bool) -> None:
    """A record whose page is gone is told to Apache, and lies where the others look; one that is there is not."""
    archive = Archive(tmp_path)
    archive.settings = msgspec.structs.replace(archive.settings, output=OutputSettings(feeds=feeds))
    archive.write("un.txt", page())
    path = archive.write("deux.txt", page("22.03 Un autre"))
    archive.export()
    path.unlink()
    archive.export()

    told = archive.read("site/.htaccess")
    assert ("session/22" in told, "session/21" in told) == (True, False)
    stones = sorted(path.name for path in (archive.out / "site/gone/session").iterdir())
    assert stones == ["22-03-un-autre.html", "22-03-un-autre.ttl"]
    files = ("commons-ld-site.conf", "commons-ld-maps.conf", "commons-ld-oai.conf", "Caddyfile")
    assert [name for name in files if "session/2" in archive.read(f"hosting/{name}")] == []
    assert (archive.out / "site/.nojekyll").is_file()


def test_an_export_writes_the_kit_with_the_concepts_that_were_given_up(tmp_path: Path) -> None:
    """A merged concept leads to the other one, in the files of each server."""
    archive = Archive(tmp_path)
    archive.write("un.txt", page())
    with deciding(archive.settings) as decisions:
        decisions.merge("gestion-de-l-eau", "maitrise-de-l-eau")
        decisions.deprecate("plaidoyer")
    archive.export()

    for name in ("site/.htaccess", "hosting/commons-ld-site.conf", "hosting/Caddyfile"):
        assert "concept/maitrise-de-l-eau" in archive.read(name)
        assert "concept/plaidoyer" in archive.read(name).replace("\\", "")
