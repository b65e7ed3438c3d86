"""Statements in the expanded form of JSON-LD, held to what pyoxigraph and rdflib make of them."""

from __future__ import annotations

import pyoxigraph as ox
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.outputs.expanded import expanded
from commons_ld.outputs.things import things
from tests.rendered import rendered

IRIS = st.sampled_from(["http://e/a", "http://e/a#b", "https://e/é", "urn:x:'&y"]).map(ox.NamedNode)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text(
    '\x00\x07\x08\t\n\x0b\x0c\r\x1f\x7f\x80"\\/u0041<&\u2028\ufffe\U0001f600', max_size=8
)
LITERALS = st.one_of(
    TEXTS.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXTS, st.sampled_from(["fr", "en-ca"])),
    st.builds(lambda text, kind: ox.Literal(text, datatype=kind), TEXTS, IRIS),
)
TRIPLES = st.lists(st.builds(ox.Triple, IRIS, IRIS, IRIS | LITERALS), min_size=1, max_size=12)


@given(TRIPLES)
def test_it_is_what_another_library_writes(triples: list[ox.Triple]) -> None:
    """Byte for byte, of whatever canonical N-Triples hold."""
    lines = sorted({ox.serialize([triple], format=ox.RdfFormat.N_TRIPLES) or b"" for triple in triples})
    statements = [triple.triple for line in lines for triple in ox.parse(line, format=ox.RdfFormat.N_TRIPLES)]

    assert expanded(things(line[:-3] for line in lines)) == ox.serialize(statements, format=ox.RdfFormat.JSON_LD)


def test_a_record_is_read_back_by_a_second_library() -> None:
    """rdflib finds every statement of a block."""
    made = rendered()
    apart = made.rendering.things(made.block)

    found = rdflib.Graph().parse(data=expanded(apart), format="json-ld")

    statements = sum(len(values) for thing in apart for _, values in thing.said)
    assert len(found) == statements == made.block.count(b"\n")
