"""The files of a record: where its IRI leads, with its graph in two syntaxes."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from commons_ld.outputs.publication import publish
from commons_ld.outputs.records import record_files, write_record

BASE = "https://example.org/"
SESSION = f"{BASE}session/a"
BLOCK = "".join(
    f"{statement} <{BASE}graph/a> .\n"
    for statement in sorted(
        [
            f'<{BASE}person/z> <https://schema.org/name> "Zoé"',
            f"<{SESSION}> <https://schema.org/performer> <{BASE}person/z>",
            f"<{SESSION}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Event>",
            f'<{SESSION}> <http://purl.org/dc/terms/title> "A"@fr',
            f'<{SESSION}/note/10> <https://schema.org/text> "dix"@fr',
            f'<{SESSION}/note/9> <https://schema.org/text> "neuf"@fr',
            f'<{BASE}session/a-2> <https://schema.org/name> "Another"@und',
        ]
    )
).encode()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a publication of one record."""
    with publish(tmp_path / "dist") as generation:
        write_record(generation, SESSION, BLOCK, BASE)
    return tmp_path / "dist"


def test_the_files_lie_where_the_iri_leads(out: Path) -> None:
    """The path is the IRI without the base."""
    assert {path.relative_to(out).as_posix() for path in out.rglob("*.*")} == set(record_files(SESSION, BASE))
    assert record_files(f"{BASE}media/un-film", BASE) == ("media/un-film.ttl", "media/un-film.jsonld")


def test_both_hold_the_graph_of_the_record(out: Path) -> None:
    """A second reader finds in each what the block says."""
    expected = rdflib.Graph()
    for quad in ox.parse(BLOCK, format=ox.RdfFormat.N_QUADS):
        expected.parse(data=f"{quad.triple} .", format="nt")
    turtle = rdflib.Graph().parse(out / "session" / "a.ttl", format="turtle")
    json_ld = rdflib.Graph().parse(out / "session" / "a.jsonld", format="json-ld")

    assert len(expected) == 7
    assert isomorphic(turtle, expected)
    assert isomorphic(json_ld, expected)


def test_the_turtle_is_in_the_order_in_which_it_is_read(out: Path) -> None:
    """The record comes first, its class before all else, then its parts by number, then what it shares."""
    *prefixes, first, second, third, fourth, fifth, sixth, seventh = (
        (out / "session" / "a.ttl").read_text().splitlines()
    )

    assert {line.split()[1] for line in prefixes} == {"dcterms:", "person:", "rdf:", "schema:"}
    assert first == f"<{SESSION}> a schema:Event ;"
    assert second == '\tdcterms:title "A"@fr ;'
    assert third == "\tschema:performer person:z ."
    assert fourth == f'<{SESSION}/note/9> schema:text "neuf"@fr .'
    assert fifth == f'<{SESSION}/note/10> schema:text "dix"@fr .'
    assert sixth == 'person:z schema:name "Zoé" .'
    assert seventh == f'<{BASE}session/a-2> schema:name "Another"@und .'


def test_the_json_ld_has_the_record_at_the_top(out: Path) -> None:
    """What the record does not lead to comes after it."""
    made = json.loads((out / "session" / "a.jsonld").read_bytes())

    assert made["@graph"][0]["@id"] == SESSION
    assert made["@graph"][0]["performer"] == [{"@id": f"{BASE}person/z", "name": {"@none": "Zoé"}}]


@pytest.mark.parametrize(
    "iri",
    [
        "https://elsewhere.org/session/a",
        f"{BASE}person/a",
        f"{BASE}session/a/note/1",
        f"{BASE}session/../../etc/passwd",
        f"{BASE}session/",
        f"{BASE}session/a%2F..%2Fb",
    ],
)
def test_what_names_no_record_has_no_files(iri: str) -> None:
    """No IRI leads out of the folder of records."""
    with pytest.raises(ValueError, match="names no record"):
        record_files(iri, BASE)
