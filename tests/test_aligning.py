"""Aligning with other vocabularies: what is proposed, what a person decides, and what becomes of it."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from rdflib.namespace import SKOS, VOID

from commons_ld.aligning import Proposal, downloaded, propose, read_table
from commons_ld.aligning.foreign import ForeignLabel, read_labels
from commons_ld.aligning.ours import OwnLabel
from commons_ld.aligning.table import COLUMNS, review_page, to_csv
from commons_ld.alignments import Alignments, Match
from commons_ld.cli import commands
from commons_ld.errors import VocabularyError
from commons_ld.http_client import connect
from commons_ld.settings import Settings
from tests.browser import is_there, open_browser
from tests.vocabularies import WIKIBASE

TRANSFORMAP = Path(__file__).parent.parent.parent / "shared" / "data" / "transformap-2017-07-12.ttl"
BASE = "https://w3id.org/commons-ld/remix/"


def own(text: str, language: str = "fr", kind: str = "concept", *, is_main: bool = True) -> OwnLabel:
    """Return a label of ours."""
    return OwnLabel(f"http://a/{text.casefold().replace(' ', '-')}", text, language, is_main, kind)


def their(text: str, language: str = "fr", *, is_main: bool = True) -> ForeignLabel:
    """Return a label of theirs."""
    return ForeignLabel("http://b/1", text, language, is_main)


@pytest.mark.parametrize(
    ("ours", "theirs", "relation", "rule", "score"),
    [
        (own("Gestion de l'eau"), their("gestion de l’EAU"), "skos:exactMatch", "same", 1.0),
        (own("Régie publique"), their("Regies publiques"), "skos:exactMatch", "stem", 0.9),
        (own("Plaidoyer"), their("Plaidoyers", "en"), "skos:closeMatch", "spelling", 0.56),
        (own("Voisinage"), their("Voisinnage"), "skos:closeMatch", "spelling", 0.8),
        (own("Louise Guillot", kind="person"), their("GUILLOT Louise"), "skos:exactMatch", "order", 0.95),
        (own("Food", "en"), their("Food", "fr"), "skos:closeMatch", "same", 0.7),
        (own("Food", "en"), their("Food", ""), "skos:exactMatch", "same", 0.9),
        (own("Food", "en"), their("Food", "en", is_main=False), "skos:exactMatch", "same", 0.95),
        (own("Gestion de l'eau"), their("Eau"), "skos:broadMatch", "part", 0.65),
        (own("Eau"), their("Gestion de l'eau"), "skos:narrowMatch", "part", 0.65),
    ],
)
def test_what_is_alike_is_proposed_with_its_evidence(
    ours: OwnLabel, theirs: ForeignLabel, relation: str, rule: str, score: float
) -> None:
    """By the surest rule; what is too unsure is not proposed."""
    found = propose([ours], [theirs])

    if score < 0.6:
        assert found == []
        return
    (one,) = found
    assert (one.match.relation, one.rule, one.score) == (relation, rule, score)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (own("Louise Guillot", kind="person"), their("Louise Guillet")),
        (own("Eau"), their("Eaux-de-vie et liqueurs de fruits rouges")),
        (own("Commun"), their("de la")),
        (own("Eau"), their("")),
    ],
)
def test_what_is_not_alike_is_not_proposed(ours: OwnLabel, theirs: ForeignLabel) -> None:
    """A letter makes another person, and a word among many makes nothing."""
    assert propose([ours], [theirs]) == []


@given(st.lists(st.tuples(st.text(max_size=20), st.sampled_from(["fr", "en", "es", "", "x-y"]))))
def test_no_label_breaks_the_comparison(labels: list[tuple[str, str]]) -> None:
    """Whatever two vocabularies hold; scores are from 0.6 to 1, and each pair is proposed once."""
    found = propose([own(text, tag) for text, tag in labels], [their(text, tag) for text, tag in labels])

    assert all(0.6 <= one.score <= 1 for one in found)
    assert len({(one.match.subject, one.match.target) for one in found}) == len(found)


# ── The table ────────────────────────────────────────────────────────────────────────────────────────────

PROPOSAL = Proposal(
    Match("http://a/x", "skos:closeMatch", "http://b/1"), "concept", 0.8, ("=1+1", "fr"), ("</script>", ""), "same"
)


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-8"), (";", "cp1252")]
)
def test_a_table_comes_back_from_any_spreadsheet_program(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """With its separators and its encoding; no cell is a formula in between."""
    rows = list(csv.reader(to_csv([PROPOSAL]).splitlines()))
    assert rows[1][2] == "'=1+1"
    rows[1][0], rows[1][8], rows[1][9], rows[1][10] = "Accepter", "Éloïse", "2026-01-31", "-sûr"
    path = tmp_path / "t.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)

    (row,) = read_table(path)

    assert (row.decision, row.match, row.labels[0]) == ("accept", PROPOSAL.match, "=1+1")
    assert (row.reviewer, row.date, row.comment) == ("Éloïse", "2026-01-31", "-sûr")


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("decision", "peut-être", "accept, refuse"),
        ("predicate_id", "owl:sameAs", "skos:exactMatch"),
        ("object_id", "javascript:alert(1)", "https"),
        ("subject_id", "http://a/ b", "https"),
        ("mapping_date", "31/01/2026", "2026-01-31"),
    ],
)
def test_a_cell_that_cannot_be_is_told_with_its_line(tmp_path: Path, column: str, value: str, told: str) -> None:
    """And nothing is taken in."""
    rows = list(csv.reader(to_csv([PROPOSAL]).splitlines()))
    rows[1][0] = "accept"
    rows[1][COLUMNS.index(column)] = value
    path = tmp_path / "t.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(VocabularyError, match=rf"line 2, {column}.*{told}"):
        read_table(path)


def test_what_is_no_table_is_told(tmp_path: Path) -> None:
    """By the column it lacks."""
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(VocabularyError, match="lacks the column decision"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_asks_nothing_of_anybody_and_runs_nothing_of_theirs(language: str) -> None:
    """Hostile labels stay text; the policy forbids every request."""
    text = review_page([PROPOSAL], language, "<b>.ttl")  # type: ignore[arg-type]

    page = html.document_fromstring(text)
    assert page.get("lang") == language
    data = page.findtext(".//script[@id='data']") or ""
    assert "</script>" not in data
    assert json.loads(data)["rows"][0]["object_label"] == "</script>"
    assert [one.get("content", "")[:18] for one in page.iterfind(".//meta[@http-equiv]")] == ["default-src 'none'"]
    assert not page.xpath("//*[@src] | //link")
    assert "{{" not in text
    assert page.findtext(".//p/bdi") == "<b>.ttl"


# ── As a person does ─────────────────────────────────────────────────────────────────────────────────────


def run(folder: Path, *arguments: str) -> Result:
    """Run a command in an archive, in English."""
    config = folder / "commons-ld.toml"
    if not config.exists():
        config.write_text(f'base_iri = "{BASE}"\n', encoding="utf-8")
        (folder / "data").mkdir(exist_ok=True)
    return CliRunner().invoke(commands, [arguments[0], "--config", str(config), "--lang", "en", *arguments[1:]])


def decide(table: Path, **decisions: str) -> None:
    """Fill in a table: by the end of what is elsewhere, what is decided."""
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    for row in rows:
        row["decision"] = decisions.get(row["object_id"].rpartition("/")[2], "")
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def test_what_is_accepted_is_published_and_what_is_refused_is_not_proposed_again(tmp_path: Path) -> None:
    """On the concept's page, in the dump, in VoID and in an answer; and gone again when it is refused later."""
    vocabulary = tmp_path / "theirs.ttl"
    vocabulary.write_text(WIKIBASE, encoding="utf-8")
    proposed = run(tmp_path, "align", "--to", str(vocabulary))
    assert proposed.exit_code == 0, proposed.output
    table = tmp_path / "alignments" / "theirs.csv"
    decide(table, Q1="accept", Q2="accept", Q4="refuse")
    assert run(tmp_path, "align", "--apply", str(table)).exit_code == 3  # by whom?

    applied = run(tmp_path, "align", "--apply", str(table), "--reviewer", "Ana Exemple", "--date", "2026-01-31")

    assert "2 accepted, 1 refused, 0 withdrawn; 1 to decide." in applied.output
    file = (tmp_path / "ontology" / "alignments.ttl").read_bytes()
    graph = rdflib.Graph().parse(data=file, format="turtle")
    food, q1 = rdflib.URIRef(f"{BASE}concept/alimentation"), rdflib.URIRef("https://base.example/entity/Q1")
    assert (food, SKOS.exactMatch, q1) in graph
    (mapping,) = graph.subjects(rdflib.OWL.annotatedTarget, q1)
    assert graph.value(mapping, rdflib.DCTERMS.date) == rdflib.Literal("2026-01-31", datatype=rdflib.XSD.date)
    assert str(graph.value(mapping, rdflib.URIRef("https://w3id.org/sssom/reviewer_label"))) == "Ana Exemple"
    assert not any(isinstance(node, rdflib.BNode) for triple in graph for node in triple)
    aside = tmp_path / "aside.csv"
    aside.write_bytes(table.read_bytes())
    again = run(tmp_path, "align", "--to", str(vocabulary), "--json")
    assert {row["match"]["target"][-2:] for row in json.loads(again.output)["proposals"]} == {"Q3"}

    assert run(tmp_path, "export", "--quiet").exit_code == 0
    site = tmp_path / "dist" / "site"
    page = html.parse(str(site / "concept" / "alimentation.html"))
    assert page.xpath("//dd/a/@href[. = 'https://base.example/entity/Q1']")
    assert (food, SKOS.exactMatch, q1) in rdflib.Graph().parse(site / "concept" / "alimentation.ttl", format="turtle")
    assert (food, SKOS.exactMatch, q1) in rdflib.Graph().parse(tmp_path / "dist" / "dataset.ttl", format="turtle")
    void = rdflib.Graph().parse(site / "catalog.ttl", format="turtle")
    (linkset,) = void.subjects(VOID.linkPredicate, SKOS.exactMatch)
    assert void.value(linkset, VOID.objectsTarget) == rdflib.URIRef("https://base.example/entity/")
    assert int(str(void.value(linkset, VOID.triples))) == 1
    asked = [sys.executable, "-m", "commons_ld", "query", "--format", "csv"]
    query = f"ASK {{ <{food}> <{SKOS.exactMatch}> <{q1}> }}"
    answer = subprocess.run([*asked, query], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "true" in answer.stdout or "yes" in answer.stdout

    decide(aside, Q1="refuse")
    withdrawn = run(tmp_path, "align", "--apply", str(aside))
    assert "1 withdrawn" in withdrawn.output
    assert [match.target[-2:] for match in Alignments.of(Settings(root=tmp_path)).matches] == ["Q2"]
    assert run(tmp_path, "export", "--quiet").exit_code == 0
    assert "entity/Q1" not in (tmp_path / "dist" / "dataset.nq").read_text(encoding="utf-8")
    assert not html.parse(str(site / "concept" / "alimentation.html")).xpath("//@href[contains(., 'entity/Q1')]")


def test_a_table_in_which_somebody_decided_is_not_written_anew(tmp_path: Path) -> None:
    """Until it was taken in."""
    (tmp_path / "theirs.ttl").write_text(WIKIBASE, encoding="utf-8")
    ask = ("align", "--to", str(tmp_path / "theirs.ttl"))
    run(tmp_path, *ask)
    table = tmp_path / "alignments" / "theirs.csv"
    decide(table, Q1="refuse")

    again = run(tmp_path, *ask)

    assert again.exit_code == 3
    assert "first commons-ld align --apply" in again.output
    assert run(tmp_path, "align", "--apply", str(table)).exit_code == 0
    assert run(tmp_path, *ask).exit_code == 0


def test_the_same_decisions_are_the_same_bytes(tmp_path: Path) -> None:
    """Whatever order they are made in, and in which process."""
    files = []
    for name, steps in (("one", [{"Q1": "accept", "Q2": "accept"}]), ("two", [{"Q2": "accept"}, {"Q1": "accept"}])):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "theirs.ttl").write_text(WIKIBASE, encoding="utf-8")
        run(folder, "align", "--to", str(folder / "theirs.ttl"))
        for step in steps:
            decide(folder / "alignments" / "theirs.csv", **step)
            run(
                folder,
                "align",
                "--apply",
                str(folder / "alignments" / "theirs.csv"),
                "--reviewer",
                "Ana",
                "--date",
                "2026-01-31",
            )
        files.append((folder / "ontology" / "alignments.ttl").read_bytes())

    assert files[0] == files[1]
    assert [line for line in files[0].splitlines() if line.startswith(b"@prefix")] == sorted(
        line for line in files[0].splitlines() if line.startswith(b"@prefix")
    )
    assert list(ox.parse(files[0], format=ox.RdfFormat.TURTLE))


@pytest.mark.skipif(not TRANSFORMAP.exists(), reason="the dump of TransforMap is not here")
def test_transformap_is_no_wikidata(tmp_path: Path) -> None:
    """A real Wikibase whose prefixes are called as those of Wikidata: its items keep their own addresses."""
    proposed = run(tmp_path, "align", "--to", str(TRANSFORMAP), "--json")

    told = json.loads(proposed.output)
    assert told["labels"] > 7000
    assert {row["match"]["target"].rpartition("/")[0] for row in told["proposals"]} == {
        "https://base.transformap.co/entity"
    }
    pairs = {(row["own"][0], row["match"]["relation"], row["foreign"][0]) for row in told["proposals"]}
    assert ("Water management", "skos:broadMatch", "Water") in pairs


@pytest.mark.long
def test_a_million_labels_pass_in_flat_memory(tmp_path: Path) -> None:
    """What is held is ours; theirs pass by."""
    path = tmp_path / "large.nt"
    with path.open("w", encoding="utf-8") as file:
        for number in range(1_000_000):
            file.write(f'<http://b/{number}> <{SKOS.prefLabel}> "Chose {number} de la commune"@fr .\n')
    probe = (
        "import pathlib\n"
        "from commons_ld.aligning.foreign import read_labels\n"
        "from commons_ld.aligning.ours import OwnLabel\n"
        "from commons_ld.aligning import propose\n"
        "from tests.memory import peak\n"
        "own = [OwnLabel(f'http://a/{n}', f'Concept {n}', 'fr', True, 'concept') for n in range(500)]\n"
        f"found = propose(own, read_labels(pathlib.Path({str(path)!r})))\n"
        "print(len(found), peak() // 1024)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", probe]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    count, held = map(int, done.stdout.split())
    assert count == 0
    assert held < 200


@pytest.mark.parametrize(
    ("path", "media_type", "status"),
    [
        ("/v.ttl", "text/plain", 200),
        ("/v", "text/turtle; charset=utf-8", 200),
        ("/moved", "", 302),
        ("/v.ttl.gz", "", 200),
    ],
)
def test_a_vocabulary_is_taken_from_an_address(path: str, media_type: str, status: int) -> None:
    """By its suffix or its media type, and after a redirect; the file is gone afterwards."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/moved":
            return httpx.Response(status, headers={"Location": "/v.ttl"})
        body = gzip.compress(WIKIBASE.encode()) if request.url.path.endswith(".gz") else WIKIBASE.encode()
        return httpx.Response(200, content=body, headers={"Content-Type": media_type})

    http = connect("test", transport=httpx.MockTransport(answer))
    with downloaded(f"https://b.example{path}", http) as file:
        assert len(list(read_labels(file))) == 7
    assert not file.exists()


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(404),
        httpx.Response(302, headers={"Location": "http://b.example/"}),
        httpx.Response(302, headers={"Location": "/v"}),
    ],
)
def test_an_address_that_leads_nowhere_is_told(response: httpx.Response) -> None:
    """A redirect out of TLS or without end is one, too."""
    http = connect("test", transport=httpx.MockTransport(lambda _request: response))
    with pytest.raises(VocabularyError, match="cannot be read"), downloaded("https://b.example/v", http):
        pass


@pytest.mark.skipif(not is_there(), reason="no browser: Debian's chromium and chromium-driver are not here")
def test_decisions_made_in_a_browser_are_taken_in(tmp_path: Path) -> None:
    """The page is filled in as a person does, and the table that it saves is one."""
    (tmp_path / "theirs.ttl").write_text(WIKIBASE, encoding="utf-8")
    run(tmp_path, "align", "--to", str(tmp_path / "theirs.ttl"))
    with open_browser(tmp_path / "profile") as browser:
        browser.go((tmp_path / "alignments" / "theirs.html").as_uri())
        rows = browser.wait("return document.querySelectorAll('#rows tr').length")
        browser.run("URL.createObjectURL = blob => { window.saved = blob; return '#'; };")
        browser.run(
            """
            const choose = (select, value) => { select.value = value; select.dispatchEvent(new Event("change")); };
            for (const line of document.querySelectorAll("#rows tr")) {
              const [relation, decision] = line.querySelectorAll("select");
              choose(decision, line.textContent.includes("entity/Q1") ? "accept" : "refuse");
              choose(relation, "skos:closeMatch");
              const comment = line.querySelector("input");
              comment.value = '=vu, "relu"';
              comment.dispatchEvent(new Event("input"));
            }
            document.getElementById("reviewer").value = "Ana Exemple";
            document.getElementById("date").value = "2026-01-31";
            document.querySelector("button").click();
            """
        )
        told = browser.run("return document.getElementById('count').textContent")
        browser.wait("return window.saved")
        browser.run("window.saved.text().then(text => { window.text = text; })")
        saved = browser.wait("return window.text")
    assert told == f"{rows} / {rows}"
    (tmp_path / "saved.csv").write_text(saved, encoding="utf-8", newline="")

    accepted = next(row for row in read_table(tmp_path / "saved.csv") if row.decision == "accept")
    assert (accepted.reviewer, accepted.date, accepted.comment) == ("Ana Exemple", "2026-01-31", '=vu, "relu"')
    assert run(tmp_path, "align", "--apply", str(tmp_path / "saved.csv")).exit_code == 0
    assert [match.relation for match in Alignments.of(Settings(root=tmp_path)).matches] == ["skos:closeMatch"]
