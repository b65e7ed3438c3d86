"""The renderings that OAI-PMH serves: unqualified Dublin Core, and the Europeana Data Model."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from msgspec.structs import replace
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF

from commons_ld.rendering import edm, oai_dc
from commons_ld.rendering.constructing import ask
from commons_ld.rendering.oai import FORMATS, Format
from commons_ld.rendering.xml import edm_nodes
from tests.rendered import RECORD, rendered

DC = "{http://purl.org/dc/elements/1.1/}"
EDM = Namespace("http://www.europeana.eu/schemas/edm/")
ORE = Namespace("http://www.openarchives.org/ore/terms/")


def test_dublin_core_tells_what_harvesters_ask_for() -> None:
    """Another parser finds every element, the address of the record first among its identifiers."""
    made = rendered()
    root = ElementTree.fromstring(oai_dc(made.rendering, made.block, made.description))

    said = {name: [element.text for element in root.iter(DC + name)] for name in ("title", "type", "format", "date")}
    assert said == {
        "title": ["21.12 Un essai"],
        "type": ["Sound", "son", "sound"],
        "format": ["audio/mpeg"],
        "date": ["2021-12-02"],
    }
    assert [element.text for element in root.iter(f"{DC}identifier")] == [made.iri, "https://exemple.test/essai.mp3"]
    assert [element.text for element in root.iter(f"{DC}rights")] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert f"{made.rendering.settings.base_iri}dataset" in {element.text for element in root.iter(f"{DC}relation")}
    subjects = {(element.get("{http://www.w3.org/XML/1998/namespace}lang"), element.text) for element in root}
    assert ("fr", "Puissance publique") in subjects
    assert ("fr", "France") in subjects


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.prefix)
def test_oai_pmh_gives_the_same_whether_the_description_is_known_or_not(format_: Format) -> None:
    """What is packed for web hosts is made with it, and what ``serve`` answers without."""
    made = rendered()

    assert made.description
    assert format_.write(made.rendering, made.block, made.description) == format_.write(made.rendering, made.block, b"")


def test_what_xml_cannot_hold_is_left_out() -> None:
    """A control character on a page does not make the document one that nobody can read."""
    made = rendered()

    texts = [element.text for element in ElementTree.fromstring(oai_dc(made.rendering, made.block))]

    assert "Une présentation & un  signal." in texts


def test_no_right_is_made_up() -> None:
    """Where the settings name no rights, no rendering does."""
    made = rendered(rights="")

    assert b"rights>" not in oai_dc(made.rendering, made.block)
    assert b"edm:rights" not in edm(made.rendering, made.block)


def test_edm_holds_what_europeana_demands() -> None:
    """Read back by rdflib, it has the object, the file, the page, the provider and an http licence."""
    made = rendered()
    graph = Graph().parse(data=edm(made.rendering, made.block, made.description), format="xml")

    record, aggregation = URIRef(made.iri), URIRef(f"{made.iri}#aggregation")
    assert (record, RDF.type, EDM.ProvidedCHO) in graph
    assert (record, EDM.type, Literal("SOUND")) in graph
    assert (aggregation, RDF.type, ORE.Aggregation) in graph
    assert (aggregation, EDM.aggregatedCHO, record) in graph
    assert (aggregation, EDM.dataProvider, Literal("Remix the commons")) in graph
    assert (aggregation, EDM.provider, Literal("Un agrégateur")) in graph
    assert (aggregation, EDM.isShownAt, URIRef(f"{made.iri}.html")) in graph
    assert (aggregation, EDM.isShownBy, URIRef("https://exemple.test/essai.mp3")) in graph
    assert (aggregation, EDM.rights, URIRef("http://creativecommons.org/licenses/by/4.0/")) in graph


def test_edm_comes_in_the_order_of_the_schema_of_europeana() -> None:
    """The name of an agent stands before what is noted of it, and what an aggregation has stands step by step."""
    made = rendered()
    root = ElementTree.fromstring(edm(made.rendering, made.block, made.description))

    order = {node.tag.partition("}")[2]: [child.tag.partition("}")[2] for child in node] for node in root}
    assert order["Agent"] == ["prefLabel", "note"]
    assert order["WebResource"] == ["format", "rights"]
    assert order["ProvidedCHO"][-1] == "type"
    assert order["Aggregation"] == [
        *("aggregatedCHO", "dataProvider", "isShownAt", "isShownBy", "provider", "rights"),
    ]


def test_edm_says_all_that_the_query_made() -> None:
    """Read back by rdflib, no statement is missing; what is of two classes is said of in the elements of both."""
    made = rendered(image="https://exemple.test/image.png")
    triples = made.rendering.construct("edm", made.block, made.description)
    agent = next(subject for subject, _, value in triples if value == f"<{EDM.Agent}>".encode())
    triples.append((agent, f"<{RDF.type}>".encode(), f"<{EDM.Place}>".encode()))
    whole = edm(made.rendering, made.block)
    around = whole[: whole.index(b">") + 1], b"</rdf:RDF>"

    assert len(Graph().parse(data=edm_nodes(triples).join(around), format="xml")) == len(triples)


def test_edm_of_a_record_without_a_file_still_leads_to_its_page() -> None:
    """What is only broadcast elsewhere is shown at its page, and by no file."""
    made = rendered(replace(RECORD, broadcast_url="https://exemple.test/voir/12"))

    document = edm(made.rendering, made.block)

    assert b"edm:isShownAt" in document
    assert b"edm:isShownBy" not in document


def test_the_same_record_gives_the_same_bytes() -> None:
    """No hash order is in a rendering."""
    assert len({edm(made.rendering, made.block) for made in (rendered(), rendered())}) == 1


def test_a_query_that_constructs_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that asks another kind of question is a fault of ours, and is named."""
    (tmp_path / "bad.rq").write_text("ASK {}")
    monkeypatch.setattr("commons_ld.rendering.constructing._QUERIES", tmp_path)

    with pytest.raises(TypeError, match=r"bad\.rq"):
        ask(ox.Store(), "bad")
