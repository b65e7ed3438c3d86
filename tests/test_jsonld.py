"""JSON-LD: the objects hold the statements they were made of, and read as schema.org's consumers expect."""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from commons_ld.artefacts import artefact
from commons_ld.errors import ArtefactError
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES
from commons_ld.outputs.context import Context
from commons_ld.outputs.jsonld import document, objects, our_context
from commons_ld.rdf.namespaces import expand

BASE = "https://example.org/"
SESSION = f"{BASE}session/s"


@pytest.fixture(autouse=True, scope="module")
def _literals_as_written() -> Iterator[None]:
    """Have rdflib leave the forms of literals alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        yield


def canonical(triples: Iterable[ox.Triple]) -> str:
    """Return the hash of a graph in canonical form (RDFC-1.0)."""
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return hashlib.sha256("\n".join(sorted(map(str, dataset))).encode()).hexdigest()


def refuse(url: str, _options: dict[str, Any]) -> NoReturn:
    """Load no document."""
    raise AssertionError(f"{url} was asked for")


def by_pyld(data: bytes) -> Iterator[ox.Triple]:
    """Read JSON-LD with pyld, without the network."""
    lines = jsonld.to_rdf(json.loads(data), {"documentLoader": refuse, "format": "application/n-quads"})
    return (quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS))


def by_pyoxigraph(data: bytes) -> Iterator[ox.Triple]:
    """Read JSON-LD with pyoxigraph."""
    return (quad.triple for quad in ox.parse(data, format=ox.RdfFormat.JSON_LD))


def by_rdflib(data: bytes) -> Iterator[ox.Triple]:
    """Read JSON-LD with rdflib."""
    for subject, predicate, object_ in rdflib.Graph().parse(data=data, format="json-ld"):
        if isinstance(object_, rdflib.Literal):
            datatype = None if object_.datatype is None else ox.NamedNode(object_.datatype)
            value: ox.NamedNode | ox.Literal = ox.Literal(str(object_), datatype=datatype, language=object_.language)
        else:
            value = ox.NamedNode(str(object_))
        yield ox.Triple(ox.NamedNode(str(subject)), ox.NamedNode(str(predicate)), value)


READERS = (by_pyld, by_pyoxigraph, by_rdflib)


def iri(name: str) -> ox.NamedNode:
    """Return the IRI that a compact name stands for, or one below the base."""
    return ox.NamedNode(expand(name) if ":" in name else BASE + name)


def graph(*statements: tuple[str, str, str | ox.Literal]) -> list[ox.Triple]:
    """Return triples, of names and literals."""
    return [ox.Triple(iri(s), iri(p), iri(o) if isinstance(o, str) else o) for s, p, o in statements]


def date(text: str) -> ox.Literal:
    """Return a literal that is a date."""
    return ox.Literal(text, datatype=iri("xsd:date"))


EXAMPLE = graph(
    ("session/s", "rdf:type", "cld:Session"),
    ("session/s", "rdf:type", "schema:Event"),
    ("session/s", "schema:name", ox.Literal("Séance", language="fr")),
    ("session/s", "schema:startDate", date("2021-12-02")),
    ("session/s", "dcterms:contributor", "person/a"),
    ("session/s", "schema:performer", "person/a"),
    ("session/s", "schema:recordedIn", "session/s/recording"),
    *[("session/s", "schema:comment", f"session/s/note/{number}") for number in range(1, 12)],
    *[
        (f"session/s/note/{number}", "schema:position", ox.Literal(str(number), datatype=iri("xsd:integer")))
        for number in range(1, 12)
    ],
    ("session/s/note/2", "schema:parentItem", "session/s/note/1"),
    ("session/s/recording", "schema:producer", "person/a"),
    ("session/s/recording", "schema:recordedAt", "session/s"),
    ("session/s/recording", "schema:duration", ox.Literal("00/25:00")),
    ("person/a", "schema:name", ox.Literal("Ana Exemple")),
)


def only_object() -> dict[str, Any]:
    """Return the one object that the example becomes."""
    (made,) = objects(EXAMPLE, SESSION, our_context())
    node: dict[str, Any] = json.loads(made)
    return node


def test_the_record_is_at_the_top_with_what_belongs_to_it_inside() -> None:
    """Each thing is described once, in the nearest place, and elsewhere its IRI stands for it."""
    node = only_object()

    assert node["@id"] == SESSION
    assert node["@type"] == ["Event", "cld:Session"]
    assert node["name"] == {"fr": "Séance"}
    assert node["startDate"] == "2021-12-02"
    assert node["performer"] == [{"@id": f"{BASE}person/a", "name": {"@none": "Ana Exemple"}}]
    assert node["dcterms:contributor"] == [f"{BASE}person/a"]
    assert node["recordedIn"]["producer"] == [f"{BASE}person/a"]
    assert node["recordedIn"]["recordedAt"] == SESSION
    assert node["comment"][1]["parentItem"] == f"{SESSION}/note/1"


def test_notes_stand_in_the_order_of_their_numbers() -> None:
    """The tenth comes after the ninth, and its number is a number."""
    node = only_object()

    assert [note["position"] for note in node["comment"]] == list(range(1, 12))


def test_a_value_that_does_not_have_the_type_of_its_term_is_written_in_full() -> None:
    """A duration that is none stays the plain text that it is in the graph."""
    node = only_object()

    assert node["recordedIn"]["duration"] == {"@value": "00/25:00"}


def test_the_order_of_the_statements_does_not_matter() -> None:
    """The same graph gives the same bytes."""
    shuffled = EXAMPLE.copy()
    random.Random(1).shuffle(shuffled)

    assert document(shuffled, SESSION, our_context()) == document(EXAMPLE, SESSION, our_context())


def test_what_the_record_does_not_lead_to_stands_beside_it() -> None:
    """Nothing is lost: such things come after the record, in a graph."""
    beside = graph(("person/z", "schema:name", ox.Literal("Zoé")), ("person/z", "schema:sameAs", "person/z"))
    made = json.loads(document([*beside, *EXAMPLE], SESSION, our_context()))

    assert [node["@id"] for node in made["@graph"]] == [SESSION, f"{BASE}person/z"]


def test_objects_do_not_stand_in_each_other_without_end() -> None:
    """A chain that is longer than readers can recurse into goes on beside, and still is the same graph."""
    chain = graph(*[(f"n/{number}", "schema:parentItem", f"n/{number + 1}") for number in range(1, 5000)])
    data = document(chain, f"{BASE}n/1", our_context())

    depth, deepest = 0, 0
    for character in data.decode():
        depth += (character in "{[") - (character in "}]")
        deepest = max(deepest, depth)
    assert deepest < 40
    assert canonical(by_pyoxigraph(data)) == canonical(chain)


@pytest.mark.parametrize("reader", READERS)
def test_a_record_is_read_back_as_the_same_graph(reader: Any) -> None:
    """Three readers agree, and none asks the network for anything."""
    assert canonical(reader(document(EXAMPLE, SESSION, our_context()))) == canonical(EXAMPLE)


@pytest.mark.parametrize("reader", READERS)
def test_a_change_of_the_document_is_seen(reader: Any) -> None:
    """The comparison above can fail."""
    data = document(EXAMPLE, SESSION, our_context()).replace(b"Ana Exemple", b"Ana Example")

    assert canonical(reader(data)) != canonical(EXAMPLE)


PROPERTIES = sorted(
    {name for rule in CROSSWALK for name in rule.properties} | {"skos:broader", "foaf:name", "void:class"}
)
CLASSES = sorted({name for names in NODE_TYPES.values() for name in names} | {"dcat:Catalog"})
THINGS = st.sampled_from(
    [SESSION, *(f"{SESSION}/{part}" for part in ("recording", "note/1", "note/2", "note/10", "place", "participant/1"))]
    + [f"{BASE}{name}" for name in ("person/a", "person/b", "collection/c", "concept/d")]
    + ["https://www.org.meet.coop", "http://exemple.test/a?b=c&d=%20#e", "mailto:contact@example.org"]
).map(ox.NamedNode)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TYPED = st.sampled_from(
    [
        *(
            ("xsd:integer", text)
            for text in ("0", "7", "-3", "007", "-0", "+1", "12345678901234567890", "1e3", "sept", "")
        ),
        *(("xsd:decimal", text) for text in ("45.76", "4", "-0.0", "1e3")),
        *(("xsd:date", text) for text in ("2021-12-02", "hier")),
        *(("xsd:gYear", "2021"), ("xsd:gYearMonth", "2021-12"), ("xsd:dateTime", "2021-12-02T14:09:00+01:00")),
        *(("xsd:duration", "PT1H"), ("xsd:boolean", "true"), ("xsd:boolean", "1"), ("xsd:double", "1.0E0")),
        *(("xsd:anyURI", "https://example.org/"), ("cld:other", "x")),
    ]
).map(lambda pair: ox.Literal(pair[1], datatype=iri(pair[0])))
LITERALS = (
    st.builds(ox.Literal, TEXTS)
    | st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXTS, st.sampled_from(["fr", "en", "und", "pt-br"]))
    | TYPED
)
STATEMENTS = st.builds(
    ox.Triple, THINGS, st.sampled_from(PROPERTIES).map(iri), THINGS | LITERALS | st.sampled_from(CLASSES).map(iri)
) | st.builds(ox.Triple, THINGS, st.just(iri("rdf:type")), st.sampled_from(CLASSES).map(iri) | THINGS)
GRAPHS = st.lists(STATEMENTS, min_size=1, max_size=25, unique_by=str)


@given(GRAPHS)
def test_any_graph_of_the_vocabulary_is_read_back_as_it_was(triples: list[ox.Triple]) -> None:
    """Whatever stands under whatever property, three readers find the graph that was written."""
    data = document(triples, SESSION, our_context())

    for reader in READERS:
        assert canonical(reader(data)) == canonical(triples), reader.__name__


@given(GRAPHS, st.randoms(use_true_random=False))
def test_any_graph_gives_the_same_bytes_in_any_order(triples: list[ox.Triple], order: random.Random) -> None:
    """No order of statements shows."""
    shuffled = triples.copy()
    order.shuffle(shuffled)

    assert document(shuffled, SESSION, our_context()) == document(triples, SESSION, our_context())


def test_every_property_and_class_of_the_crosswalk_has_a_term() -> None:
    """No key of a record is a full IRI."""
    context = our_context()
    properties = {name for rule in CROSSWALK for name in rule.properties}

    assert {name for name in properties if not context.terms(expand(name))} == set()
    assert not any("//" in context.shorten(expand(name)) for name in CLASSES)


def test_our_context_is_the_published_one() -> None:
    """What is inlined is what context.jsonld says."""
    published = json.loads(artefact("ontology/context.jsonld").read_bytes())

    assert our_context().definitions == published["@context"]


@pytest.mark.parametrize(
    ("definitions", "name"),
    [
        ({"@vocab": "https://schema.org/"}, "@vocab"),
        ({"@language": "fr"}, "@language"),
        ({"name": {"@id": "https://schema.org/name", "@language": "fr"}}, "name"),
        ({"name": {"@id": "https://schema.org/name", "@container": "@index"}}, "name"),
        ({"within": {"@reverse": "https://schema.org/hasPart"}}, "within"),
        ({"name": {"@id": "nowhere:name"}}, "name"),
        ({"name": "name"}, "name"),
        ({"name": None}, "name"),
        ({"date": {"@id": "https://schema.org/startDate", "@type": "@vocab"}}, "date"),
    ],
)
def test_a_context_that_is_not_understood_is_refused(definitions: dict[str, Any], name: str) -> None:
    """What would be read otherwise than it was written is found out when the context is read, by its name."""
    with pytest.raises(ArtefactError, match=f"'{name}' is defined in a way that is not understood"):
        Context(definitions)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"@context": 1}', b'{"@context": "https://schema.org"}', b"\xff"]
)
def test_a_file_that_is_no_context_is_refused(tmp_path: Path, data: bytes) -> None:
    """It is named, and nothing is published with it."""
    path = tmp_path / "context.jsonld"
    path.write_bytes(data)

    with pytest.raises(ArtefactError, match=r"context\.jsonld: is no JSON-LD context"):
        Context.load(path)
