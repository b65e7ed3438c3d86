"""The links to elsewhere: which there are, what became of them, and who is linked to."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import rdflib
from click.testing import CliRunner

from commons_ld import linking
from commons_ld.cli import commands
from commons_ld.http_client import connect
from commons_ld.linking import Link
from commons_ld.linking.checking import _is_public
from tests.archive import Archive, page

PAGE = page(
    abstract="Voir https://wiki.p2pfoundation.net/Commons et http://hdl.handle.net/10535/7 et https://gone.example/x#y .",
    title="21.12 [[Un]] essai",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive with a page that leads elsewhere."""
    archive = Archive(tmp_path_factory.mktemp("links"))
    archive.write("un.txt", PAGE)
    archive.export()
    return archive


def links_of(archive: Archive) -> list[Link]:
    """Return its links, but those to the wiki."""
    found = linking.collect(archive.out, archive.settings.base_iri)
    return [link for link in found if "remixthecommons" not in link.host]


def test_links_are_those_of_records_without_codes_and_vocabularies(archive: Archive) -> None:
    """Each with the record that leads there, its title and its date."""
    found = {link.url: link for link in links_of(archive)}

    assert set(found) >= {
        "https://wiki.p2pfoundation.net/Commons",
        "http://hdl.handle.net/10535/7",
        "https://gone.example/x",
    }
    assert not [url for url in found if "publications.europa.eu" in url or "w3.org" in url]
    link = found["https://gone.example/x"]
    assert (link.title, link.created, link.properties) == ("21.12 [[Un]] essai", "2021-12-02", ("dcterms:references",))
    assert link.record.startswith(archive.settings.base_iri + "session/")


class Web:
    """Servers that answer as they are told; what they were asked is kept."""

    def __init__(self) -> None:
        self.answers: dict[str, list[httpx.Response]] = {}
        self.asked: list[tuple[str, str]] = []
        self.waits: list[float] = []
        self.now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    def put(self, url: str, *answers: httpx.Response) -> None:
        """Let an address be answered: HEAD by the first answer, GET by the last."""
        self.answers[url] = list(answers)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        url = str(request.url)
        self.asked.append((request.method, url))
        if url.endswith("/robots.txt") and url not in self.answers:
            return httpx.Response(404)
        if url not in self.answers:
            raise httpx.ConnectError("nobody")
        return self.answers[url][0 if request.method == "HEAD" else -1]


@pytest.fixture
def web() -> Web:
    """Return servers of which none is there yet."""
    return Web()


@pytest.fixture
def checker(web: Web, tmp_path: Path) -> Iterator[linking.Checker]:
    """Return what asks them, and keeps what it finds."""
    with (
        connect("test", transport=httpx.MockTransport(web.answer)) as http,
        linking.Checker(
            tmp_path / "state" / "links.sqlite",
            http,
            now=lambda: web.now,
            sleep=web.waits.append,
            is_public=lambda host: "inside" not in host,
        ) as checker,
    ):
        yield checker


def moved(status: int, to: str) -> httpx.Response:
    """Return a redirect."""
    return httpx.Response(status, headers={"Location": to})


@pytest.mark.parametrize(
    ("answers", "state", "status"),
    [
        ([httpx.Response(200)], "good", 200),
        ([httpx.Response(405), httpx.Response(200)], "good", 200),
        ([httpx.Response(404), httpx.Response(200)], "good", 200),
        ([httpx.Response(404), httpx.Response(404)], "dead", 404),
        ([httpx.Response(410)], "dead", 410),
        ([httpx.Response(403), httpx.Response(403)], "unsure", 403),
        ([httpx.Response(429)], "unsure", 429),
        ([httpx.Response(503)], "unsure", 503),
        ([moved(301, "https://b.example/")], "moved", 200),
        ([moved(302, "https://b.example/")], "good", 200),
        ([moved(303, "https://b.example/")], "good", 200),
        ([moved(307, "https://b.example/")], "good", 200),
        ([moved(308, "https://b.example/")], "moved", 200),
        ([moved(301, "https://dead.example/")], "unsure", 0),
        ([moved(301, "https://a.example/x")], "dead", 301),
        ([moved(301, "https://inside.example/admin")], "skipped", 301),
        ([moved(301, "file:///etc/passwd")], "skipped", 301),
        ([moved(301, "http://[")], "unsure", 0),
    ],
)
def test_what_became_of_an_address(
    web: Web, checker: linking.Checker, answers: list[httpx.Response], state: str, status: int
) -> None:
    """By HEAD, and by GET where HEAD is refused; a redirect counts as moved only if it is for good."""
    web.put("https://a.example/x", *answers)
    web.put("https://b.example/", httpx.Response(200))

    (found,) = linking.check(["https://a.example/x"], checker, 30, lambda _done: None).values()

    assert (found.state, found.status) == (state, status)
    assert found.target == ("https://b.example/" if state == "moved" else found.target)
    assert not [url for _, url in web.asked if "inside" in url]


def test_hosts_are_asked_politely(web: Web, checker: linking.Checker) -> None:
    """One after the other, with a pause as long as robots.txt wants it, and not what it forbids."""
    web.put("https://a.example/robots.txt", httpx.Response(200, text="User-agent: *\nDisallow: /no\nCrawl-delay: 4\n"))
    for name in ("x", "y", "no"):
        web.put(f"https://a.example/{name}", httpx.Response(200))

    found = linking.check(
        [f"https://a.example/{name}" for name in ("x", "no", "y", "x")], checker, 30, lambda _done: None
    )

    assert {url[-2:].strip("/"): one.state for url, one in found.items()} == {"x": "good", "y": "good", "no": "skipped"}
    assert [url for method, url in web.asked if method == "HEAD"] == ["https://a.example/x", "https://a.example/y"]
    assert web.waits == [4.0, 4.0]


def test_what_is_known_is_not_asked_again_until_it_is_old(web: Web, checker: linking.Checker) -> None:
    """What could not be told is asked again each time."""
    web.put("https://a.example/x", httpx.Response(200))
    web.put("https://a.example/y", httpx.Response(503))
    urls = ["https://a.example/x", "https://a.example/y"]
    linking.check(urls, checker, 30, lambda _done: None)
    web.asked.clear()

    linking.check(urls, checker, 30, lambda _done: None)
    assert [url for method, url in web.asked if method == "HEAD"] == ["https://a.example/y"]

    web.now += dt.timedelta(days=31)
    web.asked.clear()
    linking.check(urls, checker, 30, lambda _done: None)
    assert len([url for method, url in web.asked if method == "HEAD"]) == 2


def test_an_interruption_keeps_what_was_found(web: Web, checker: linking.Checker) -> None:
    """And the next run goes on."""
    for name in ("x", "y"):
        web.put(f"https://a.example/{name}", httpx.Response(200))
    urls = ["https://a.example/x", "https://a.example/y"]

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        linking.check(urls, checker, 30, stop)
    web.asked.clear()
    linking.check(urls, checker, 30, lambda _done: None)
    assert ("HEAD", "https://a.example/x") not in web.asked


@pytest.mark.parametrize(
    ("host", "is_public"),
    [
        ("127.0.0.1", False),
        ("localhost", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("[::1]", True),
        ("::1", False),
        ("8.8.8.8", True),
    ],
)
def test_private_networks_are_not_public(host: str, is_public: bool) -> None:
    """A page of the archive cannot make us ask the inside of our network. What is no name of a host is asked in vain."""
    assert _is_public(host) is is_public


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_to_be_mended_is_told_by_page(
    web: Web, checker: linking.Checker, archive: Archive, language: str
) -> None:
    """With an address at the Internet Archive, from the time of the record."""
    links = links_of(archive)
    for link in links:
        web.put(link.url, httpx.Response(200))
    web.put("https://gone.example/x", httpx.Response(404), httpx.Response(404))

    checked = linking.check([link.url for link in links], checker, 30, lambda _done: None)

    text = linking.checked_text(links, checked, language)  # type: ignore[arg-type]
    assert "https://web.archive.org/web/20211202/https://gone.example/x" in text
    assert text.startswith("21.12 [[Un]] essai")
    assert {"fr": "1 mortes", "en": "1 dead"}[language] in text
    rows = json.loads(linking.to_json(links, checked))
    assert [row["archived"] for row in rows if row["state"] == "dead"] == [
        "https://web.archive.org/web/20211202/https://gone.example/x"
    ]


def test_who_is_linked_to_gets_a_list_to_paste(archive: Archive) -> None:
    """Wikitext in which no title is markup, CSV in which no cell is a formula, JSON-LD that rdflib reads."""
    links = [*links_of(archive), Link("https://wiki.p2pfoundation.net/B", "https://r/", "=1+1 | x", "", ())]

    wikitext = linking.inverse(links, "p2pfoundation.net", "wikitext")
    assert wikitext.count("\n|-\n") == 2
    assert "[[Un]]" not in wikitext
    assert "&#124;" in wikitext
    rows = list(csv.reader(linking.inverse(links, "wiki.p2pfoundation.net", "csv").splitlines()))
    assert rows[0] == ["page", "record", "title", "date"]
    assert rows[1][2] == "'=1+1 | x"
    graph = rdflib.Graph().parse(
        data=linking.inverse(links, "https://wiki.p2pfoundation.net/", "json-ld"), format="json-ld"
    )
    assert len(set(graph.objects(None, rdflib.URIRef("https://schema.org/mentions")))) == 2
    assert linking.inverse(links, "foundation.net", "csv").splitlines()[1:] == []


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://wiki.p2pfoundation.net/Common%20Good", ("p2p-foundation", "Common Good")),
        ("http://p2pfoundation.net/Commons", ("p2p-foundation", "Commons")),
        ("https://hdl.handle.net/10535/1234", ("digital-library-of-the-commons", "10535/1234")),
        (
            "https://dlc.dlib.indiana.edu/dlc/handle/10535/1234?show=full",
            ("digital-library-of-the-commons", "10535/1234"),
        ),
        ("https://hdl.handle.net/2027/1234", ("", "")),
        ("https://p2pfoundation.net.evil.example/x", ("", "")),
    ],
)
def test_pages_of_other_archives_of_the_commons_are_recognised(url: str, kind: tuple[str, str]) -> None:
    """By their addresses, with what they are called there; a program is told."""
    link = Link(url, "https://r/", "", "", ())

    assert link.kind == kind
    (row,) = json.loads(linking.to_json([link]))
    assert (row.get("archive", ""), row.get("identifier", "")) == kind


def test_links_to_other_archives_of_the_commons_are_counted(archive: Archive) -> None:
    """A linkset each, told in both languages."""
    void = rdflib.Graph().parse(archive.out / "site" / "catalog.ttl", format="turtle")
    rdf = rdflib.Namespace("http://rdfs.org/ns/void#")
    for target in ("https://wiki.p2pfoundation.net/", "https://hdl.handle.net/10535/"):
        (linkset,) = void.subjects(rdf.objectsTarget, rdflib.URIRef(target))
        assert int(str(void.value(linkset, rdf.triples))) == 1
        assert {text.language for text in void.objects(linkset, rdflib.DCTERMS.description)} == {"fr", "en"}  # type: ignore[attr-defined]


def test_the_command_lists_and_writes(archive: Archive) -> None:
    """Without a request; its formats are those of the package."""

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(commands, ["links", "--out", str(archive.out), "--lang", "en", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    assert "hdl.handle.net" in run("--offline")
    assert "10535/7" in run("--inverse", "hdl.handle.net")
    (option,) = [option for option in commands.commands["links"].params if option.name == "format_name"]
    assert set(option.type.choices) == set(linking.FORMATS)  # type: ignore[attr-defined]
