"""The report as programs read it, its files, and what it comes to."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import lxml.html
import msgspec
import pyoxigraph as ox
import pytest
from pyld import jsonld
from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.compare import to_isomorphic

from commons_ld.errors import InvalidRecord, MalformedSource
from commons_ld.origin import Origin
from commons_ld.outputs.report import PageReport, Refusal, Report
from commons_ld.outputs.report_files import write
from tests.reports import BASE, HELD, OTHER, REPORT, SESSION, SHAPE, Written, result, written

ROOT = Path(__file__).parent.parent


# ── What programs read ───────────────────────────────────────────────────────────────────────────────


def test_the_turtle_is_a_validation_report_to_two_readers() -> None:
    """rdflib and pyoxigraph read the same graph; it has no blank nodes."""
    graph = Graph().parse(data=written("report.ttl", REPORT), format="turtle")
    lines = {str(triple) for triple in ox.parse(written("report.ttl", REPORT), format=ox.RdfFormat.TURTLE)}

    assert len(graph) == len(lines) > 30
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    report = URIRef(f"{BASE}report")
    first = URIRef(f"{BASE}report/result/1")
    assert graph.value(report, RDF.type) == SH.ValidationReport
    assert graph.value(report, SH.conforms) == Literal(False)
    assert len(list(graph.objects(report, SH.result))) == 3
    assert graph.value(first, SH.focusNode) == URIRef(f"{SESSION}/recording")
    assert graph.value(first, SH.resultPath) == URIRef("http://purl.org/dc/terms/extent")
    assert graph.value(first, SH.value) == Literal("00/25:00")
    assert graph.value(first, SH.resultSeverity) == SH.Violation
    assert {text.language for text in graph.objects(first, SH.resultMessage) if isinstance(text, Literal)} == {
        "fr",
        "en",
    }
    assert graph.value(first, SH.detail) == URIRef(f"{first}/detail/1")
    assert graph.value(URIRef(f"{first}/detail/1"), SH.focusNode) == Literal("00/25:00")


def refuse(url: str, _options: object) -> None:
    """Load no context."""
    raise AssertionError(url)


def test_the_json_ld_says_what_the_turtle_does() -> None:
    """A JSON-LD processor that fetches nothing finds the same statements."""
    quads = jsonld.to_rdf(
        json.loads(written("report.jsonld", REPORT)), {"format": "application/n-quads", "documentLoader": refuse}
    )

    from_json_ld = Graph().parse(data=quads, format="nt")
    from_turtle = Graph().parse(data=written("report.ttl", REPORT), format="turtle")

    assert to_isomorphic(from_json_ld) == to_isomorphic(from_turtle)


def test_every_kind_of_value_is_a_term() -> None:
    """An IRI, a text in a language, a typed value, and a path of several steps, which is left out."""
    results = (
        result("a / b", "x", "x", value=f"{BASE}x", value_type="@id"),
        result("urn:b", "x", "x", value="x", value_type="@fr"),
        result("urn:c", "x", "x", value="1", value_type="http://www.w3.org/2001/XMLSchema#integer"),
        result("urn:d", "x", "x", value="", value_type="", focus_node="14:09 chez nous"),
    )
    report = Report(pages=(msgspec.structs.replace(HELD, results=results),), base_iri=BASE)

    graph = Graph().parse(data=written("report.ttl", report), format="turtle")
    quads = jsonld.to_rdf(
        json.loads(written("report.jsonld", report)), {"format": "application/n-quads", "documentLoader": refuse}
    )

    nodes = [URIRef(f"{BASE}report/result/{number}") for number in (1, 2, 3, 4)]
    assert [graph.value(node, SH.value) for node in nodes] == [
        URIRef(f"{BASE}x"),
        Literal("x", lang="fr"),
        Literal(1),
        None,
    ]
    assert graph.value(nodes[0], SH.resultPath) is None
    assert graph.value(nodes[3], SH.focusNode) == Literal("14:09 chez nous")
    assert to_isomorphic(Graph().parse(data=quads, format="nt")) == to_isomorphic(graph)


def test_a_report_without_results_conforms() -> None:
    """``sh:conforms`` is as the standard defines it."""
    graph = Graph().parse(data=written("report.ttl", Report(published=1, base_iri=BASE)), format="turtle")

    assert graph.value(URIRef(f"{BASE}report"), SH.conforms) == Literal(True)


def test_the_json_says_everything() -> None:
    """The members that are documented, in both languages."""
    told = json.loads(written("report.json", REPORT))

    assert (told["conforms"], told["records"], told["published"], told["held"]) == (False, 8, 7, 1)
    assert told["refused"][1]["origin"] == {"path": "pages/all.csv", "line": 14, "page": ""}
    assert told["pages"][0]["results"][0]["messages"]["fr"] == "La durée ne se lit pas ; écrire par exemple 01:00:00."
    assert told["pages"][1]["remarks"][0]["messages"]["en"].startswith("'Farnce' is no known country")
    assert told["pages"][1]["candidates"][0]["nearest"] == "Politique des communs"
    assert [shape["empty"] for shape in told["shapes"]] == [True, False]


def test_every_member_of_the_json_is_documented() -> None:
    """``docs/validation.md`` names each."""
    documented = set(re.findall(r"`(@?\w+)`", (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")))

    def members(value: object) -> set[str]:
        if isinstance(value, list):
            return {name for one in value for name in members(one)}
        if isinstance(value, dict):
            return set(value) | {name for one in value.values() for name in members(one)}
        return set()

    assert members(json.loads(written("report.json", REPORT))) - documented == set()


def test_a_file_name_that_is_no_text_can_be_told() -> None:
    """A name with a byte that is no UTF-8 is written out, in every form."""
    refused = Refusal("missing-title", Origin("pages/\udce9t\udce9.txt"))
    report = Report(refused=(refused,), pages=(PageReport(origin=refused.origin, held=True),), base_iri=BASE)
    files = Written()

    write(report, files)

    for name in ("index.html", "report.fr.txt"):
        assert "pages/\\udce9t\\udce9.txt" in files[f"report/{name}"].decode()
    assert json.loads(files["report/report.json"])["refused"][0]["origin"]["path"] == "pages/\\udce9t\\udce9.txt"


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_form_is_written() -> None:
    """The folder is whole: no form refers to a file that is not there."""
    files = Written()

    write(REPORT, files)

    assert set(files) == {
        f"report/{name}"
        for name in (
            "index.html",
            "en.html",
            "report.css",
            "report.fr.txt",
            "report.en.txt",
            "report.json",
            "report.ttl",
            "report.jsonld",
        )
    }
    for page in ("index.html", "en.html"):
        root = lxml.html.document_fromstring(files[f"report/{page}"])
        hrefs = [element.get("href") or "" for element in root.iter("a", "link")]
        local = {href for href in hrefs if not href.startswith(("#", "https:"))}
        assert {f"report/{href}" for href in local} <= set(files)


def test_the_same_report_is_the_same_bytes() -> None:
    """The order of sets and dictionaries, which changes from process to process, does not show."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from commons_ld.outputs.report_files import write; from tests import reports as t; import hashlib\n"
        "files = t.Written(); write(t.REPORT, files)\n"
        "print(hashlib.sha256(b''.join(files[name] for name in sorted(files))).hexdigest())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(Path(__file__).parent.parent)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(outputs) == 1


# ── What it comes to ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("report", "worst", "conforms"),
    [
        (Report(published=1), None, True),
        (Report(published=1, pages=(msgspec.structs.replace(OTHER, remarks=(), unrecognised=()),)), None, True),
        (Report(published=1, pages=(OTHER,)), "Warning", True),
        (Report(held=1, pages=(HELD,)), "Violation", False),
        (Report(published=1, pages=(msgspec.structs.replace(HELD, held=False),)), "Violation", False),
        (Report(refused=REPORT.refused), "Violation", False),
        (Report(published=1, empty_shapes=(SHAPE,)), "Violation", False),
        (Report(published=1, pages=(PageReport(Origin("a"), is_checked=False),)), "Violation", False),
    ],
)
def test_a_report_tells_what_it_comes_to(report: Report, worst: str | None, conforms: bool) -> None:
    """For the exit code: the gravest of all, and whether anything has to be mended; advice is neither."""
    assert (report.worst, report.conforms) == (worst, conforms)


def test_a_refusal_is_made_of_an_error() -> None:
    """It has the parts of its message, so that it can be said in either language."""
    error = InvalidRecord("duplicate-identifier", origin=Origin("a.csv", line=2), field="identifier", value="x")

    assert Refusal.of(error) == Refusal("duplicate-identifier", Origin("a.csv", line=2), "identifier", "x")
    assert (
        Refusal.of(MalformedSource("missing-title", origin=Origin("a")))
        .says("fr")
        .startswith("la page n'a pas de titre")
    )


def test_a_report_can_be_kept_and_read_again() -> None:
    """The ledger keeps pages and refusals as MessagePack."""
    page = msgspec.msgpack.decode(msgspec.msgpack.encode(HELD), type=PageReport)
    other = msgspec.msgpack.decode(msgspec.msgpack.encode(OTHER), type=PageReport)

    assert (page, other) == (HELD, OTHER)
