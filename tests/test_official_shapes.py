"""The official shapes of harvesters, applied to a publication by pySHACL."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from commons_ld.errors import ArtefactError
from commons_ld.harvesters.checking import check
from commons_ld.harvesters.official import official
from tests.mutants import unreadable
from tests.surfaces import good, publish

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <https://schema.org/> . @prefix ex: <http://exemple.test/> .
ex:dataset a sh:NodeShape ; sh:targetClass schema:Dataset ; sh:property ex:named .
ex:named a sh:NodeShape ; sh:property [ sh:path schema:name ; sh:minCount 5 ; sh:severity sh:Warning ; sh:message "few names" ] .
"""


ORDERED = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://exemple.test/> .
ex:s sh:targetSubjectsOf ex:from ; sh:property [ sh:path ex:from ; sh:lessThanOrEquals ex:to ; sh:message "too late" ] .
"""


def test_official_shapes_are_applied_though_pyshacl_refuses_them(tmp_path: Path) -> None:
    """A value of sh:property that has no path is moved to sh:node, and the shape then finds what it is for."""
    shapes = tmp_path / "official.ttl"
    shapes.write_text(SHAPES)
    verdict = check(publish(good(), tmp_path), "nde", [shapes])

    assert [one.en for one in verdict.findings] == ["few names (https://schema.org/name)"]
    assert verdict.word == "warnings"
    assert verdict.focus_nodes["élément visé par les formes officielles", "node that the official shapes target"] == 1


def test_official_shapes_find_values_that_cannot_be_compared(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """pySHACL alone breaks down at a date that is none, and then nothing is known of any node."""
    shapes, data, date = tmp_path / "official.ttl", tmp_path / "data.nt", "http://www.w3.org/2001/XMLSchema#date"
    shapes.write_text(ORDERED)
    data.write_text(
        "".join(
            f'<http://exemple.test/{node}> <http://exemple.test/{name}> "{value}"^^<{date}> .\n'
            for node, *values in (("a", "jadis", "2021-01-01"), ("b", "2020-01-01", "2021-01-01"))
            for name, value in zip(("from", "to"), values, strict=True)
        )
    )

    findings, _ = official([shapes], [data])

    assert [(one.node, one.en) for one in findings] == [
        ("http://exemple.test/a", "too late (http://exemple.test/from)")
    ]
    assert caplog.records == []


def test_official_shapes_that_break_pyshacl_are_an_error_of_their_file(tmp_path: Path) -> None:
    """A query that is none, say: no traceback, and not as if nothing had been found."""
    shapes = tmp_path / "official.ttl"
    query = '@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> sh:targetSubjectsOf <urn:p> ; sh:sparql [ sh:select "SELECT {" ] .'
    shapes.write_text(query)
    data = tmp_path / "data.nt"
    data.write_text('<urn:a> <urn:p> "x" .')

    with pytest.raises(ArtefactError, match=r"official\.ttl.*pySHACL cannot apply it"):
        official([shapes], [data])


def test_official_shapes_may_be_json_ld_and_nothing_that_they_name_is_fetched(tmp_path: Path) -> None:
    """They find the same; a context elsewhere is an error of the file."""
    turtle, shapes = tmp_path / "official.ttl", tmp_path / "official.jsonld"
    turtle.write_text(SHAPES)
    shapes.write_bytes(
        ox.serialize(ox.parse(path=str(turtle), format=ox.RdfFormat.TURTLE), format=ox.RdfFormat.JSON_LD) or b""
    )

    assert [one.en for one in check(publish(good(), tmp_path), "nde", [shapes]).findings] == [
        "few names (https://schema.org/name)"
    ]
    shapes.write_text('{"@context": "https://elsewhere.example/context.json", "@id": "http://x/"}')
    with pytest.raises(ArtefactError, match=r"official\.jsonld"):
        check(publish(good(), tmp_path), "nde", [shapes])


def test_what_official_shapes_say_is_told_in_the_language_of_the_reader(tmp_path: Path) -> None:
    """Where they say it in that language; else in English, whatever comes first in the alphabet."""
    shapes = tmp_path / "official.ttl"
    messages = '"Moet een naam hebben"@nl, "Must have a name"@en'
    shapes.write_text(SHAPES.replace('"few names"', messages))
    folder = publish(good(), tmp_path)
    (found,) = check(folder, "nde", [shapes]).findings
    assert (found.fr, found.en) == ("Must have a name (https://schema.org/name)",) * 2

    shapes.write_text(SHAPES.replace('"few names"', f'{messages}, "Il faut un nom"@fr'))
    (found,) = check(folder, "nde", [shapes]).findings
    assert found.fr == "Il faut un nom (https://schema.org/name)"


def test_official_shapes_do_not_ask_for_the_class_that_everything_is_of(tmp_path: Path) -> None:
    """What else they ask for, they do."""
    shapes = tmp_path / "official.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "<http://exemple.test/s> sh:targetClass dcat:Distribution ; sh:property <http://exemple.test/p>, <http://exemple.test/q> .\n"
        "<http://exemple.test/p> sh:path dcat:accessURL ; sh:class rdfs:Resource .\n"
        "<http://exemple.test/q> sh:path dcat:accessURL ; sh:class rdfs:Class ; sh:message 'no class' .\n"
    )

    found = check(publish(good(), tmp_path), "dcat-ap", [shapes]).findings

    assert {one.en for one in found} == {"no class (http://www.w3.org/ns/dcat#accessURL)"}
    assert len(found) == 3


def test_a_property_shape_that_official_shapes_only_name_asks_for_nothing(tmp_path: Path) -> None:
    """Such as DCAT-AP 3.0.1 has, of a data service; what stands beside it is asked for."""
    shapes = tmp_path / "official.ttl"
    shapes.write_text(SHAPES.replace("sh:property ex:named", "sh:property ex:named, ex:nowhere"))

    assert [one.en for one in check(publish(good(), tmp_path), "nde", [shapes]).findings] == [
        "few names (https://schema.org/name)"
    ]


def test_official_shapes_see_the_documents_that_are_delivered_packed(tmp_path: Path) -> None:
    """The documents of the archive for Europeana are one graph to them."""
    shapes = tmp_path / "official.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix edm: <http://www.europeana.eu/schemas/edm/> .\n"
        "<http://exemple.test/s> sh:targetClass edm:ProvidedCHO ; sh:property <http://exemple.test/p> .\n"
        "<http://exemple.test/p> sh:path edm:year ; sh:minCount 1 ; sh:message 'no year' .\n"
    )

    assert [one.en for one in check(publish(good(), tmp_path), "edm", [shapes]).findings] == [
        "no year (http://www.europeana.eu/schemas/edm/year)"
    ]


def test_official_shapes_that_look_at_nothing_reject(tmp_path: Path) -> None:
    """That nothing is wrong with nothing is no acceptance."""
    shapes = tmp_path / "official.ttl"
    shapes.write_text(SHAPES.replace("schema:Dataset", "schema:Volcano"))

    assert check(publish(good(), tmp_path), "nde", [shapes]).word == "rejected"


def test_shapes_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """Who gives a wrong file is told which."""
    shapes = tmp_path / "official.ttl"
    shapes.write_text("this is no Turtle")

    with pytest.raises(ArtefactError, match=r"official\.ttl"):
        check(publish(good(), tmp_path), "nde", [shapes])


def test_official_shapes_are_applied_to_what_can_be_read(tmp_path: Path) -> None:
    """A file that rdflib cannot read is told too."""
    folder = publish(good(), tmp_path)
    (folder / "site" / "catalog.nt").write_text("{ <no data>\n")
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text("<http://e.test/s> a <http://www.w3.org/ns/shacl#NodeShape> .\n")

    assert len(unreadable(check(folder, "dcat-ap", [shapes]))) == 2


def test_an_archive_that_is_damaged_is_told_of_in_words(tmp_path: Path) -> None:
    """What is wrong with it stands behind its name."""
    folder = publish(good(), tmp_path)
    (folder / "site" / "renderings" / "edm.zip").write_bytes(b"no archive")
    shapes = tmp_path / "official.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> sh:targetNode <urn:n> ; sh:nodeKind sh:IRI ."
    )

    findings, _ = official([shapes], [folder / "site" / "renderings" / "edm.zip"])

    assert [one.node for one in findings if one.code == "unreadable"] == [
        "edm.zip: cannot be read: File is not a zip file; run commons-ld export again"
    ]
