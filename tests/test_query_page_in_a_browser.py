"""The query page in a browser, driven by the keyboard alone: a person asks, reads, shares and changes language."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from commons_ld.cookbook import find
from tests.archive import Archive
from tests.browser import AXE, Browser, is_there, open_browser, violations
from tests.servers import endpoint

REPOSITORY = Path(__file__).parent.parent
HAS_EDITOR = (REPOSITORY / "src/commons_ld/web/static/editor.js").is_file()

pytestmark = pytest.mark.skipif(not is_there(), reason="no browser: Debian's chromium and chromium-driver are not here")

FOCUSED = "return document.activeElement && (document.activeElement.id || document.activeElement.dataset.recipe || document.activeElement.className)"
DONE = "return !document.getElementById('answer').hidden && document.getElementById('results').ariaBusy !== 'true'"
#: A query that is longer than its editor on a screen.
LINES = "\n" * 80 + "# the end"
CELLS = "return [...document.querySelectorAll('#view-table tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server over the repository's own data."""
    archive = Archive(tmp_path_factory.mktemp("browser"), sources=(str(REPOSITORY / "data"),))
    archive.export()
    with endpoint.serve(archive.root, archive.root / "log") as served:
        yield served.url


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser's window."""
    with open_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def browser(window: Browser, server: str) -> Iterator[Browser]:
    """Return the window, of which the test sees that nothing was refused or asked of anybody else."""
    window.go("about:blank")
    for kind in ("browser", "performance"):
        window.log(kind)
    window.size(1280, 1000)
    yield window
    asked = [json.loads(entry["message"])["message"] for entry in window.log("performance")]
    addresses = {
        message["params"]["request"]["url"] for message in asked if message["method"] == "Network.requestWillBeSent"
    }
    assert {url for url in addresses if not url.startswith((server, "blob:", "data:"))} == set()
    # A violation of the policy, a missing file and a fault of a script all stand in the log; a refused query may too.
    assert [entry["message"] for entry in window.log("browser") if "/sparql" not in entry["message"]] == []


def opened(browser: Browser, address: str) -> None:
    """Open the query page, and wait until it is ready."""
    browser.go("about:blank")
    browser.go(address)
    browser.wait("return document.documentElement.dataset.ready")


def test_a_question_is_asked_and_its_rows_read_by_the_keyboard(browser: Browser, server: str) -> None:
    """Tab leads to the questions, Enter asks, arrows turn from the table to the chart."""
    opened(browser, f"{server}/query?lang=fr")
    for _ in range(60):
        browser.press("Tab")
        if browser.run(FOCUSED) == "notes-by-session":
            break
    browser.press("Enter")
    browser.wait(DONE)

    assert browser.run(CELLS)[0][1:] == ["21.12 Plaidoyer 2022", "28", "10"]
    links = browser.run("return [...document.querySelectorAll('#view-table a')].map((link) => [link.href, link.title])")
    assert links[0] == [
        f"{server}/session/21-12-plaidoyer-2022?lang=fr",
        "https://w3id.org/commons-ld/remix/session/21-12-plaidoyer-2022",
    ]
    assert "4 lignes" in browser.run("return document.getElementById('status').textContent")
    assert browser.run("return location.hash") == "#recipe=notes-by-session"

    for _ in range(60):
        if browser.run(FOCUSED) == "tab-table":
            break
        browser.press("Tab")
    browser.press("Right")

    assert browser.run(FOCUSED) == "tab-chart"
    assert browser.run("return document.querySelectorAll('#view-chart .bar').length") == 4
    assert browser.run("return getComputedStyle(document.getElementById('view-table')).display") == "none"


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "ligne 1, colonne 12 : le caractère “ (U+201C)"), ("en", "line 1, column 12: the character “ (U+201C)")],
)
def test_a_mistake_is_told_by_its_place_in_the_language_of_the_page(
    browser: Browser, server: str, language: str, said: str
) -> None:
    """Whatever the language of the browser is."""
    opened(browser, f"{server}/query?lang={language}#query=ASK {{ ?s a “x” }}")
    told = browser.wait("return document.getElementById('problem').textContent")

    assert said in told


def test_a_query_is_written_run_and_left_by_the_keyboard(browser: Browser, server: str) -> None:
    """Ctrl + Enter runs it, a prefix that is known need not be declared, and Tab leads out of the editor."""
    opened(browser, f"{server}/query?lang=en")
    for _ in range(60):
        browser.press("Tab")
        inside = browser.run(
            "return document.activeElement.shadowRoot?.activeElement?.className || document.activeElement.id"
        )
        if "cm-content" in inside or inside == "query":
            break
    browser.press("a", held="Control")
    browser.press("Delete")
    browser.press(*"SELECT ?t WHERE { ?s a cld:Session ; dcterms:title ?t } ORDER BY ?t LIMIT 2".replace("{", "{ "))
    browser.press("Escape")
    browser.press("Enter", held="Control")
    browser.wait(DONE)

    assert browser.run(CELLS)[0] == ["21.12 Plaidoyer 2022"]
    assert "PREFIX cld: <https://w3id.org/commons-ld/ns#>" in browser.run(
        "return document.getElementById('query').value"
    )

    browser.press("Tab")
    assert browser.run(FOCUSED) == "run"


@pytest.mark.skipif(not HAS_EDITOR, reason="the editor was not bundled here: make editor")
def test_terms_are_completed_from_the_vocabulary(browser: Browser, server: str) -> None:
    """A few letters of a property bring it, and a few of a concept's label its IRI."""
    opened(browser, f"{server}/query?lang=en")
    browser.run("document.querySelector('.editor').shadowRoot.querySelector('.cm-content').focus()")
    browser.press("a", held="Control")
    # Typed over a selection, Chromium would keep the colour of what was there by a style of its own, which the policy
    # refuses and the editor draws over; the log would hold it against us.
    browser.press("Delete")
    browser.press(*"ASK { ?s cld:enj")
    options = "return [...(document.querySelector('.editor').shadowRoot.querySelectorAll('.cm-completionLabel'))].map((row) => row.textContent)"
    browser.wait(options + ".includes('cld:enjeu')")
    time.sleep(0.2)  # CodeMirror does not take an Enter for a choice at once, lest it be meant for a line.
    browser.press("Enter")
    browser.press(*" Water")
    browser.wait(options + ".includes('Water management')")
    time.sleep(0.2)
    browser.press("Enter")

    text = browser.run("return document.getElementById('query').value")
    assert "cld:enjeu <https://w3id.org/commons-ld/remix/concept/gestion-de-l-eau>" in text


@pytest.mark.skipif(not HAS_EDITOR, reason="the editor was not bundled here: make editor")
def test_the_query_is_coloured_within_the_policy(browser: Browser, server: str) -> None:
    """The sheets of the editor are adopted, so that the policy needs no exception."""
    opened(browser, f"{server}/query?lang=en#recipe=total-hours")
    colours = browser.run(
        "const root = document.querySelector('.editor').shadowRoot;"
        "return [...new Set([...root.querySelectorAll('.cm-line span')].map((span) => getComputedStyle(span).color))]"
    )

    assert len(colours) >= 4


def test_without_the_editor_the_text_area_does_the_same(browser: Browser, server: str) -> None:
    """A term is inserted by its label, Ctrl + Enter runs, and the rows are there."""
    browser.cdp("Network.enable")
    browser.cdp("Network.setBlockedURLs", urls=["*editor.js*"])
    try:
        opened(browser, f"{server}/query?lang=en")
        browser.run(
            "const area = document.getElementById('query'); area.value = 'SELECT ?s { ?s cld:enjeu '; area.focus();"
            "area.setSelectionRange(area.value.length, area.value.length)"
        )
        browser.run("document.getElementById('term').focus()")
        browser.press(*"Water management")
        browser.press("Enter")
        browser.press(*" }")
        browser.press("Enter", held="Control")
        browser.wait(DONE)

        assert browser.run("return document.querySelector('.editor')") is None
        assert "concept/gestion-de-l-eau> }" in browser.run("return document.getElementById('query').value")
        assert [row for (row,) in browser.run(CELLS)] == ["session/22-05-demonstration-un-atelier-sur-l-eau"]
        assert all("editor" in entry["message"] for entry in browser.log("browser"))
    finally:
        browser.cdp("Network.setBlockedURLs", urls=[])


def test_a_link_leads_to_the_query_and_its_view(browser: Browser, server: str) -> None:
    """What was shared is asked again when it is opened, and goes along into the other language."""
    query = find("near-a-place").query.replace("6.0 8.5", "30.0 30.0")
    browser.go("about:blank")
    opened(browser, f"{server}/query?lang=fr#{httpx.QueryParams({'query': query, 'view': 'map'})}")
    browser.wait(DONE)

    assert browser.run("return document.querySelectorAll('#view-map circle').length") == 3
    assert browser.run("return document.querySelector('#view-map .land').getAttribute('d').length") > 10000

    browser.run("document.getElementById('other').click()")
    browser.wait("return document.documentElement.lang === 'en' && document.documentElement.dataset.ready")
    browser.wait(DONE)
    assert "3 rows" in browser.run("return document.getElementById('status').textContent")
    assert "30.0" in browser.run("return document.getElementById('query').value")


def test_a_broken_query_is_told_where_it_is_read(browser: Browser, server: str) -> None:
    """What is wrong stands in an alert."""
    opened(browser, f"{server}/query?lang=en#query=SELECT%20*%20%7B")
    told = browser.wait("return document.getElementById('problem').textContent")

    assert told.startswith("The query did not succeed\n400 the query ends too early")
    assert browser.run("return document.getElementById('problem').getAttribute('role')") == "alert"


def test_data_is_never_markup(browser: Browser, server: str) -> None:
    """What a store answers becomes text, and an address that is none of the web no link."""
    hostile = "<img src=x onerror=alert(1)>"
    query = f'SELECT ?a ?b {{ VALUES (?a ?b) {{ ("{hostile}" <javascript:alert(1)>) }} }}'
    opened(browser, f"{server}/query?lang=en#{httpx.QueryParams({'query': query})}")
    browser.wait(DONE)

    assert browser.run(CELLS) == [[hostile, "javascript:alert(1)"]]
    assert browser.run("return document.querySelectorAll('#view-table a, #view-table img').length") == 0


def test_a_graph_is_shown_as_text_and_downloads_are_of_its_kind(browser: Browser, server: str) -> None:
    """CONSTRUCT gives Turtle, and no format of rows can be chosen."""
    query = "CONSTRUCT WHERE { ?s a <https://w3id.org/commons-ld/ns#Session> }"
    opened(browser, f"{server}/query?lang=en#{httpx.QueryParams({'query': query})}")
    browser.wait(DONE)

    assert "a cld:Session ." in browser.run("return document.querySelector('#view-raw pre').textContent")
    chosen = browser.run(
        "return [...document.getElementById('format').options].filter((row) => !row.disabled).map((row) => row.value)"
    )
    assert chosen == ["turtle", "n-triples", "json-ld", "rdf-xml"]


@pytest.mark.parametrize("path", ["/query?lang=fr#recipe=people", "/search?lang=fr&q=eau"])
@pytest.mark.parametrize("is_dark", [False, True])
def test_a_page_fits_a_telephone(browser: Browser, server: str, path: str, is_dark: bool) -> None:
    """At 390 pixels nothing has to be pushed sideways, in the light and in the dark."""
    browser.size(390, 800, is_dark=is_dark)
    browser.go("about:blank")
    browser.go(f"{server}{path}")
    if path.startswith("/query"):
        browser.wait(DONE)

    assert browser.run("return document.documentElement.scrollWidth <= window.innerWidth")
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(21, 25, 28)" if is_dark else "rgb(251, 250, 247)")


@pytest.mark.parametrize(
    ("language", "count", "told"),
    [("fr", 0, "0 ligne"), ("fr", 1, "1 ligne"), ("fr", 2, "2 lignes"), ("en", 0, "0 rows"), ("en", 1, "1 row")],
)
def test_rows_are_counted_as_each_language_counts(
    browser: Browser, server: str, language: str, count: int, told: str
) -> None:
    """None is one in French, and several in English."""
    query = f"SELECT * {{ ?s ?p ?o }} LIMIT {count}"
    browser.go(f"{server}/sparql?{urlencode({'query': query, 'lang': language})}")
    browser.wait(DONE)

    assert browser.run("return document.getElementById('status').textContent").partition(" ·")[0] == told


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o } LIMIT 200", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 200"])
def test_on_paper_stand_the_question_and_its_whole_answer(browser: Browser, server: str, query: str) -> None:
    """What has to be scrolled on a screen would be cut off there."""
    browser.go(f"{server}/sparql?{urlencode({'query': query + LINES})}")
    browser.wait(DONE)
    browser.cdp("Emulation.setEmulatedMedia", media="print")
    cut = browser.run(
        "return [...document.querySelectorAll('main *')].filter((part) => part.checkVisibility()"
        " && part.scrollHeight > part.clientHeight + 2 && getComputedStyle(part).overflowY !== 'visible')"
        ".map((part) => part.className || part.id || part.tagName)"
    )
    shown = browser.run(
        "return ['run', 'format', 'book-title'].filter((id) => document.getElementById(id).checkVisibility())"
    )
    browser.cdp("Emulation.setEmulatedMedia", media="")

    assert (cut, shown) == ([], [])


def test_the_question_that_is_begun_with_is_seen_in_its_list(browser: Browser, server: str) -> None:
    """It is not the first of them."""
    browser.size(1280, 700)
    opened(browser, f"{server}/query?lang=en")
    assert browser.run(
        "const at = (part) => part.getBoundingClientRect(); const link = document.querySelector('[data-recipe][aria-current]');"
        "const list = link.closest('ul'); return at(link).top >= at(list).top && at(link).bottom <= at(list).bottom"
    )


def test_the_address_of_a_query_leads_a_person_to_the_page_with_its_answer(browser: Browser, server: str) -> None:
    """And a program to the data: the page tells under which address, in the format that is chosen."""
    query = "SELECT ?t { ?s a cld:Session ; dcterms:title ?t } ORDER BY ?t LIMIT 2"
    browser.go(f"{server}/sparql?{httpx.QueryParams({'query': query})}")
    browser.wait(DONE)

    assert browser.run(CELLS)[0] == ["21.12 Plaidoyer 2022"]
    assert browser.run("return location.pathname + location.hash").startswith("/query#query=PREFIX+cld")
    address = browser.run("return document.getElementById('address').href")
    assert httpx.get(address, headers={"accept": "text/html"}).text.splitlines()[:2] == ["t", "21.12 Plaidoyer 2022"]

    browser.run(
        "const format = document.getElementById('format'); format.value = 'json';"
        "format.dispatchEvent(new Event('change'))"
    )
    again = httpx.get(browser.run("return document.getElementById('address').href"))
    assert again.json()["results"]["bindings"][0]["t"]["value"] == "21.12 Plaidoyer 2022"


def test_graphs_that_an_address_names_are_those_that_are_asked(browser: Browser, server: str) -> None:
    """They are shown, stay in the link, and may be taken away; another question is asked of all."""
    graph = "https://w3id.org/commons-ld/remix/graph/21-12-plaidoyer-2022"
    query = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a <https://w3id.org/commons-ld/ns#Session> }"
    browser.go(f"{server}/sparql?{httpx.QueryParams({'query': query, 'default-graph-uri': graph})}")
    browser.wait(DONE)

    assert browser.run(CELLS) == [["1"]]
    assert graph in browser.run("return document.getElementById('graphs').textContent")
    assert browser.run("return new URLSearchParams(location.search).get('default-graph-uri')") == graph

    browser.run("document.querySelector('#graphs input').click(); document.getElementById('run').click()")
    browser.wait(DONE)
    browser.wait("return location.hash")
    browser.wait(f"return ({CELLS.removeprefix('return ')})[0]?.[0] !== '1'")
    assert int(browser.run(CELLS)[0][0]) > 1

    browser.run("document.querySelector('[data-recipe=people]').click()")
    browser.wait(DONE)
    assert browser.run("return document.getElementById('graphs')") is None


def test_without_javascript_the_form_gets_rows_in_the_format_that_is_chosen(browser: Browser, server: str) -> None:
    """The query stands in the text area, and the page does not come back in place of an answer."""
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.go(f"{server}/sparql?{httpx.QueryParams({'query': 'SELECT (1 + 1 AS ?n) {}'})}")
        given = dict(browser.run("return [...new FormData(document.getElementById('form'))]"))
        action = browser.run("return document.getElementById('form').action")
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=False)

    assert given == {"query": "SELECT (1 + 1 AS ?n) {}", "format": "csv"}
    assert httpx.get(action, params=given, headers={"accept": "text/html"}).text == "n\r\n2\r\n"


def test_columns_come_as_they_are_written_and_are_sorted_by_their_heads(browser: Browser, server: str) -> None:
    """Of SELECT *, the engine gives them by the alphabet; Enter on a head sorts, and again the other way, and not."""
    query = "SELECT * { VALUES (?z ?b ?a) { (2 'é' 1) (10 'f' UNDEF) (1 'E' 3) } }"
    opened(browser, f"{server}/query?lang=fr#{httpx.QueryParams({'query': query})}")
    browser.wait(DONE)
    given = [["2", "é", "1"], ["10", "f", ""], ["1", "E", "3"]]
    heads = "return [...document.querySelectorAll('#view-table th')].map((head) => head.textContent)"

    assert (browser.run(heads), browser.run(CELLS)) == (["z", "b", "a"], given)
    assert browser.run("return document.getElementById('comment').textContent") == ""
    assert browser.run("return document.querySelectorAll('[data-recipe][aria-current]').length") == 0
    orders = []
    for column in (0, 1, 2):
        browser.run("document.querySelectorAll('#view-table th button')[arguments[0]].focus()", column)
        for _ in range(3):
            browser.press("Enter")
            sorted_ = browser.run("return document.querySelectorAll('#view-table th')[arguments[0]].ariaSort", column)
            orders.append((sorted_, [row[column] for row in browser.run(CELLS)]))
        assert browser.run(CELLS) == given
    assert orders == [
        *[("ascending", ["1", "2", "10"]), ("descending", ["10", "2", "1"]), (None, ["2", "10", "1"])],
        *[("ascending", ["E", "é", "f"]), ("descending", ["f", "é", "E"]), (None, ["é", "f", "E"])],
        *[("ascending", ["1", "3", ""]), ("descending", ["3", "1", ""]), (None, ["1", "", "3"])],
    ]


@pytest.mark.parametrize("size", [(1280, 720), (390, 800)])
def test_an_answer_is_seen_on_a_small_screen(browser: Browser, server: str, size: tuple[int, int]) -> None:
    """It comes below the query, and is brought into sight; the questions stay there where there is room beside it."""
    browser.size(*size)
    opened(browser, f"{server}/query?lang=fr")
    browser.run("document.querySelector('[data-recipe=people]').click()")
    browser.wait(DONE)
    seen = (
        "const {top, bottom} = document.querySelector(arguments[0]).getBoundingClientRect();"
        "return bottom > 0 && top < window.innerHeight"
    )

    assert browser.run(seen, "#status")
    assert browser.run(seen, "#view-table tbody tr")
    assert browser.run(seen, ".book a[aria-current]") == (size[0] > 1000)


def test_labels_of_a_map_stay_within_it(browser: Browser, server: str) -> None:
    """On a telephone they are cut where there is no more room."""
    browser.size(390, 800)
    opened(browser, f"{server}/query?lang=fr#recipe=near-a-place")
    browser.wait(DONE)
    over = browser.run(
        "const map = document.querySelector('#view-map svg').getBoundingClientRect();"
        "return [...document.querySelectorAll('#view-map text')].map((text) => text.getBoundingClientRect())"
        ".filter((text) => text.left < map.left - 1 || text.right > map.right + 1).length"
    )

    assert browser.run("return document.querySelectorAll('#view-map text').length") == 2
    assert over == 0


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here: run tests/site-checkers.sh")
@pytest.mark.parametrize("is_dark", [False, True])
def test_axe_finds_no_violation(browser: Browser, server: str, is_dark: bool) -> None:
    """With a table, a chart, a map, graphs to choose and an error, and in a search, wide and narrow, by day and night."""
    graph = "https://w3id.org/commons-ld/remix/graph/21-12-plaidoyer-2022"
    asked = httpx.QueryParams({"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": graph})
    found = {}
    pages = ("query?lang=fr#recipe=people", "query?lang=en#recipe=people&view=chart", "query?lang=en#recipe=near-a-place",
             f"sparql?{asked}", "query?lang=en#query=SELECT", "search?lang=fr&q=eau", "search?lang=en&q=nothing")  # fmt: skip
    for number, path in enumerate(pages):
        browser.size(390 if number % 2 else 1280, 900, is_dark=is_dark)
        browser.go("about:blank")
        browser.go(f"{server}/{path}")
        if not path.startswith("search"):
            browser.wait(f"return document.getElementById('problem').textContent || (() => {{ {DONE} }})()")
        if wrong := violations(browser):
            found[path] = wrong

    assert found == {}
