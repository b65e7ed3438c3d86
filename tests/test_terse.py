"""Turtle, TriG and RDF/XML by text: byte for byte what pyoxigraph writes."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pyoxigraph as ox
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.outputs.statements import in_reading_order, prefixes
from commons_ld.outputs.terse import RDF_XML_FOOT, Terse
from commons_ld.rdf.namespaces import PREFIXES, expand
from tests.defects import good_blocks

BASE = "https://w3id.org/commons-ld/remix/"
NAMES = prefixes(BASE)
TERSE = Terse(NAMES)
GRAPH = ox.NamedNode(f"{BASE}graph/a")

#: What names end in, where a short one has to be escaped, or is not to be had.
ends = st.sampled_from(
    ["", "a", "a-b", "1", "-", ".", "a.", "a/b", "a%20b", "é", "a(b)", "a'b", "a&b=c", "a;b", "_", "a:b", "a,b", "~"]
)
iris = st.builds(
    lambda start, end: ox.NamedNode(start + end),
    st.sampled_from([*PREFIXES.values(), f"{BASE}person/", f"{BASE}session/", "http://other.example/", "urn:x:"]),
    ends,
)
texts = st.text(st.sampled_from("a é🌱\"'\\<>&\n\t\r\x07\x7f\u0085.@^;"), max_size=8)
literals = st.one_of(
    st.builds(ox.Literal, texts),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), texts, st.sampled_from(["fr", "en-gb"])),
    st.builds(
        lambda text, name: ox.Literal(text, datatype=ox.NamedNode(name)),
        st.one_of(
            texts, st.sampled_from(["1", "01", "-1", "+1", "1.5", ".5", "1e3", "true", "1", "INF", "2021-12-02", "x"])
        ),
        st.sampled_from(
            [*(expand(f"xsd:{name}") for name in ("integer", "decimal", "double", "boolean", "date")), "urn:type"]
        ),
    ),
)
types = st.builds(lambda class_: (ox.NamedNode(expand("rdf:type")), class_), iris)
sayings = st.lists(st.one_of(st.tuples(iris, st.one_of(iris, literals)), types), min_size=1, max_size=6)
things = st.lists(st.tuples(iris, sayings), min_size=1, max_size=4)


def written(triples: list[ox.Triple]) -> bytes:
    """Return statements as canonical N-Triples, in their order."""
    return b"".join(canonical(triple) + b" .\n" for triple in triples)


def canonical(triple: ox.Triple) -> bytes:
    """Return a statement as the mapping writes it: controls are escaped as RDFC-1.0 asks (section 5)."""
    line = str(triple)
    for code in (*range(0x20), 0x7F):
        line = line.replace(chr(code), f"\\u{code:04X}")
    return line.encode()


def theirs(triples: list[ox.Triple], format_: ox.RdfFormat) -> bytes:
    """Return what pyoxigraph writes."""
    quads = [ox.Quad(triple.subject, triple.predicate, triple.object, GRAPH) for triple in triples]
    return ox.serialize(quads if format_ == ox.RdfFormat.TRIG else triples, format=format_, prefixes=NAMES) or b""


@given(things)
def test_anything_is_written_as_pyoxigraph_writes_it(
    things: list[tuple[ox.NamedNode, list[tuple[ox.NamedNode, ox.NamedNode]]]],
) -> None:
    """Names that cannot be shortened, texts with every kind of escape, numbers in a form of their own."""
    triples = [ox.Triple(subject, predicate, value) for subject, said in things for predicate, value in said]
    lines = written(triples)

    assert TERSE.turtle_head + TERSE.turtle(lines) == theirs(triples, ox.RdfFormat.TURTLE)
    assert TERSE.turtle_head + TERSE.trig(lines, str(GRAPH).encode()) == theirs(triples, ox.RdfFormat.TRIG)
    assert TERSE.rdf_xml_head + TERSE.rdf_xml(lines) + RDF_XML_FOOT == theirs(triples, ox.RdfFormat.RDF_XML)


def test_a_record_is_the_same_graph_to_another_reader() -> None:
    """rdflib reads from Turtle and RDF/XML what it reads from N-Triples."""
    (block,) = good_blocks(1)
    lines = in_reading_order([statement + b" .\n" for statement in block.statements], block.subject)
    expected = set(rdflib.Graph().parse(data=lines, format="nt"))

    assert set(rdflib.Graph().parse(data=TERSE.turtle_head + TERSE.turtle(lines), format="turtle")) == expected
    xml = TERSE.rdf_xml_head + TERSE.rdf_xml(lines) + RDF_XML_FOOT
    assert set(rdflib.Graph().parse(data=xml, format="xml")) == expected


def chat(count: int) -> list[ox.Triple]:
    """Return what is said of a session with so many notes, in the order in which it is read."""
    session = f"{BASE}session/a"
    notes = [ox.NamedNode(f"{session}/note/{number}") for number in range(1, count + 1)]
    triples = [ox.Triple(ox.NamedNode(session), ox.NamedNode(expand("schema:comment")), note) for note in notes]
    for number, note in enumerate(notes, 1):
        triples += (
            ox.Triple(note, ox.NamedNode(expand("rdf:type")), ox.NamedNode(expand("schema:Comment"))),
            ox.Triple(note, ox.NamedNode(expand("schema:position")), ox.Literal(number)),
            ox.Triple(note, ox.NamedNode(expand("schema:text")), ox.Literal(f"{number} {'mot ' * 20}", language="fr")),
        )
    return triples


def test_what_is_taken_apart_piece_by_piece_is_written_as_at_once() -> None:
    """A subject may be larger than a piece; and no two pieces are of one subject."""
    triples = chat(6000)
    lines = written(triples)
    assert lines.index(b"<https://w3id.org/commons-ld/remix/session/a/note/1> <http://www.w3.org/1999/02") > 1 << 18

    assert TERSE.turtle_head + TERSE.turtle(lines) == theirs(triples, ox.RdfFormat.TURTLE)
    assert TERSE.turtle_head + TERSE.trig(lines, str(GRAPH).encode()) == theirs(triples, ox.RdfFormat.TRIG)
    assert TERSE.rdf_xml_head + TERSE.rdf_xml(lines) + RDF_XML_FOOT == theirs(triples, ox.RdfFormat.RDF_XML)


def asked_by(work: Callable[[], object]) -> int:
    """Return how often pyoxigraph is asked how something is written."""
    asked = 0

    def note(_frame: FrameType, event: str, function: Any) -> None:
        nonlocal asked
        asked += event == "c_call" and function in (ox.parse, ox.serialize)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return asked


def test_the_numbers_of_a_long_chat_are_not_asked_for_one_by_one() -> None:
    """pyoxigraph is asked how a vocabulary is shortened, which is the same for any number of notes."""
    found = [asked_by(partial(Terse(NAMES).turtle, written(chat(count)))) for count in (10, 400)]

    assert found[0] == found[1] > 0


def test_short_names_that_are_known_are_not_asked_for_again() -> None:
    """What writes with fewer names takes them over from what writes with all: each name of a thing is found once."""
    everything = Terse(prefixes(BASE))
    fewer = {name: iri for name, iri in prefixes(BASE).items() if name in ("person", "schema")}
    lines = f"<{BASE}person/ana> <https://schema.org/knows> <{BASE}person/bo> .\n".encode()
    written_by_all = everything.turtle(lines)

    assert asked_by(lambda: Terse(fewer, like=everything).turtle(lines)) == 0
    assert Terse(fewer, like=everything).turtle(lines) == Terse(fewer).turtle(lines) == written_by_all
    assert asked_by(lambda: Terse(fewer).turtle(lines)) > 0


def test_memory_for_a_long_chat_is_that_of_what_is_written() -> None:
    """Its lines are never all taken apart at once."""
    lines = written(chat(20_000))
    graph = str(GRAPH).encode()
    for write in (TERSE.turtle, TERSE.rdf_xml, lambda some: TERSE.trig(some, graph)):
        tracemalloc.start()
        try:
            made = write(lines)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        # The pieces, and what they are put together as. All lines at once would take three times what they are.
        assert peak < 3 * len(made) + len(lines) / 2


def test_nothing_is_written_of_nothing() -> None:
    """A graph without statements has no place in a file."""
    assert TERSE.turtle(b"") == TERSE.trig(b"", b"<urn:g>") == TERSE.rdf_xml(b"") == b""
