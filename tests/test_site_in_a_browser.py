"""The site in a browser, from a static host: searched by the keyboard, read without a script, and checked by axe, vnu and Lighthouse."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from benchmarks import lighthouse
from commons_ld.pipeline.exporting import export
from commons_ld.settings import Settings
from tests.browser import AXE, Browser, is_there, violations
from tests.editions import DEMONSTRATION
from tests.sites import pages
from tests.test_note_pages import chat

REPOSITORY = Path(__file__).parent.parent
VNU = REPOSITORY / "build" / "checkers" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

needs_browser = pytest.mark.skipif(
    not is_there(), reason="no browser: Debian's chromium and chromium-driver are not here"
)
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here: run tests/site-checkers.sh")
needs_vnu = pytest.mark.skipif(
    not VNU.is_file() or not shutil.which("java"), reason="vnu or Java is not here: run tests/site-checkers.sh"
)

HITS = "return [...document.querySelectorAll('#hits h3')].map((hit) => hit.textContent)"
TITLE = "return document.getElementById('found').hidden ? '' : document.getElementById('found-title').textContent"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """What ``python -m http.server`` does, without its log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of the demonstration data, of a recording with chapters and pages of notes, and of what is gone."""
    root = tmp_path_factory.mktemp("site")
    notes = [{"author": note.author, "time": note.time, "text": note.text} for note in chat(400)]
    record = {
        "created": "2021-12-02", "start": "14:00", "duration": "07:00:00", "notes": notes,
        "media_type": "Audio", "broadcast_url": "https://exemple.test/a.mp3",
    }  # fmt: skip
    for name, title in (("a", "21.12 Un essai"), ("gone", "21.11 Une notice retirée")):
        (root / f"{name}.json").write_bytes(msgspec.json.encode([record | {"title": title, "identifier": name}]))
    export(Settings(root=root), [root / "gone.json"])
    export(Settings(root=root), [DEMONSTRATION, root / "a.json"])
    return (root / "dist" / "site").resolve()


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Return the address of a static host that serves the site from a folder of its own."""
    serving = functools.partial(_Quiet, directory=site.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serving) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/site"
        server.shutdown()


@needs_browser
def test_a_reader_searches_and_narrows_by_the_keyboard(browser: Browser, address: str) -> None:
    """Words without case and accents, beginnings of words, a facet ticked and taken away, an address that can be sent on."""
    browser.go(f"{address}/index.html")
    browser.wait("return !document.getElementById('search').hidden")
    browser.run("document.getElementById('q').focus()")
    browser.press(*"DEMONSTRATION atel", "Enter")
    browser.wait(TITLE + ".startsWith('3 ')")
    assert browser.run(HITS)[:2] == [
        "22.05 Démonstration, un atelier sur l'eau",
        "Démonstration, un atelier du tableau",
    ]
    assert browser.run("return document.activeElement.id") == "found-title"

    browser.run(
        "document.querySelector('[data-facet=year]').open = true; document.querySelector('input[value=\"2022\"]').focus()"
    )
    browser.press(" ")
    browser.wait(TITLE + ".startsWith('1 ')")
    assert browser.run("return location.search") == "?q=DEMONSTRATION+atel&year=2022"

    browser.go(f"{address}/index.html?q=nulle-part")
    browser.wait(TITLE + ".startsWith('Rien')")
    browser.go(f"{address}/index.en.html?year=2022")
    browser.wait(TITLE + " === '3 records'")
    assert browser.run("return document.querySelector('#hits a').href").endswith(".en.html")


@needs_browser
def test_a_reader_is_told_how_a_name_goes_on(browser: Browser, address: str) -> None:
    """By the beginning of any of its words, without accents; nothing where nothing begins so."""
    options = "return [...document.querySelectorAll('#names option')].map((option) => option.value)"
    browser.go(f"{address}/index.html")
    browser.wait("return !document.getElementById('search').hidden")
    browser.run("document.getElementById('q').focus()")
    browser.press(*"puiss")
    browser.wait(options.removeprefix("return ").join(("return ", ".includes('Puissance publique')")))
    browser.press(*"zzz")
    browser.wait(options + ".length === 0")


@needs_browser
def test_nothing_is_asked_of_anybody_else_and_no_policy_is_broken(browser: Browser, address: str) -> None:
    """Not by the pages with a player, nor by those that link to other sites."""
    names = ("index", "map", "charts", "session/23-01-demonstration-un-appel-en-anglais", "vocabulary.en")
    for name in names:
        browser.go(f"{address}/{name}.html")
        asked = browser.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")
        assert asked
        assert all(url.startswith(address) for url in asked)
    log = [entry["message"] for entry in browser.log("browser")]
    assert [message for message in log if "Policy" in message or "error" in message.lower()] == []


@needs_browser
@pytest.mark.parametrize("name", ["404", "gone/session/21-11-une-notice-retiree"])
def test_what_stands_where_there_is_nothing_brings_its_style(browser: Browser, address: str, name: str) -> None:
    """On any host and under any path, since nothing else may lie there; its policy allows that style and no other."""
    browser.size(1280, 900, is_dark=False)
    browser.go(f"{address}/{name}.html")

    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (ground, browser.run("return performance.getEntriesByType('resource').length")) == ("rgb(251, 250, 247)", 0)
    browser.run(
        "document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { margin: 9px }' }))"
    )
    assert browser.run("return getComputedStyle(document.body).marginTop") == "0px"


#: The colour of each text that is shown, and every heading that is not.
PAPER = """
const shown = [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility());
return [
  shown.map((one) => getComputedStyle(one).color),
  [...document.querySelectorAll("main h1, main h2, main h3")].filter((one) => !one.checkVisibility()).map((one) => one.id),
];
"""


@needs_browser
@pytest.mark.parametrize(
    "name", ["session/21-12-un-essai.html", "session/23-01-demonstration-un-appel-en-anglais.html"]
)
def test_paper_is_light_and_lacks_no_heading(browser: Browser, address: str, name: str) -> None:
    """Whoever likes the dark prints pale letters on white otherwise."""
    told = []
    for scheme in ("light", "dark"):
        browser.cdp(
            "Emulation.setEmulatedMedia",
            media="print", features=[{"name": "prefers-color-scheme", "value": scheme}],
        )  # fmt: skip
        browser.go(f"{address}/{name}")
        told.append(browser.run(PAPER))
    browser.cdp("Emulation.setEmulatedMedia", media="")

    assert told[0] == told[1]
    assert told[0][0]
    assert told[0][1] == []


@needs_browser
@needs_axe
@pytest.mark.parametrize("is_dark", [False, True])
def test_axe_finds_no_violation(browser: Browser, address: str, is_dark: bool) -> None:
    """On each kind of page, wide and narrow, by day and by night, and with results of a search."""
    names = (
        "index", "index.en", "timeline", "map", "charts.en", "concepts", "people", "collections.en", "vocabulary", "dataset",
        "session/22-05-demonstration-un-atelier-sur-l-eau", "media/demonstration-la-visite-filmee-d-un-jardin.en",
        "concept/communs-urbains", "person/camille-fictive.en", "collection/demonstration", "year/2022", "index.html?q=eau",
        "session/21-12-un-essai", "session/21-12-un-essai.2", "session/21-12-un-essai.3.en", "session/21-12-un-essai.en",
        "404", "gone/session/21-11-une-notice-retiree",
    )  # fmt: skip
    found = {}
    # The colours are the same on all pages: by night, some of them will do.
    for number, name in enumerate(names[:: 4 if is_dark else 1]):
        browser.size(390 if number % 2 else 1280, 900, is_dark=is_dark)
        browser.go(f"{address}/{name}" if "?" in name else f"{address}/{name}.html")
        if "?" in name:
            browser.wait(TITLE + " !== ''")
        # What is folded is not looked at, and what is not there has nothing wrong with it.
        assert browser.run(
            "document.querySelectorAll('details').forEach((one) => { one.open = true; }); return !!document.querySelector('main')"
        ), name
        if wrong := violations(browser):
            found[name] = wrong
    assert found == {}


@pytest.mark.long
@pytest.mark.skipif(not lighthouse.is_there(), reason="Lighthouse is not here: run tests/site-checkers.sh")
@pytest.mark.parametrize(
    "name", ["index", "timeline.en", "concept/communs-urbains", "session/22-05-demonstration-un-atelier-sur-l-eau"]
)
def test_lighthouse_finds_little_to_mend(address: str, name: str) -> None:
    """In what does not depend on the machine; how quick the pages are is for ``python -m benchmarks.lighthouse``."""
    found = lighthouse.scores(f"{address}/{name}.html", ("accessibility", "best-practices", "seo"))

    assert all(score >= 0.95 for score in found.values()), found


@needs_vnu
def test_the_checker_of_html_finds_no_error(site: Path) -> None:
    """All pages of the site, by the program behind validator.w3.org."""
    names = [str(path) for path in pages(site)]
    command = ["java", "-jar", str(VNU), "--format", "json", "--stdout", "--exit-zero-always", "--errors-only", *names]
    result = subprocess.run(command, capture_output=True, check=True)

    assert len(names) > 100
    assert [message for message in json.loads(result.stdout)["messages"] if message["type"] == "error"] == []


@needs_vnu
def test_the_checker_of_html_sees_an_error(tmp_path: Path) -> None:
    """The check can fail."""
    (tmp_path / "a.html").write_text("<!doctype html><title>a</title><p><ul></p>")
    command = ["java", "-jar", str(VNU), "--format", "json", "--stdout", "--exit-zero-always", str(tmp_path / "a.html")]

    messages = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["messages"]

    assert any(message["type"] == "error" for message in messages)
