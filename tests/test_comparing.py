"""Comparing values: whether one is less than another, as SHACL says, here and in pySHACL."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyshacl.constraints.core import property_pair_constraints
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef

from commons_ld.validation import Shapes, validate
from commons_ld.validation.comparing import is_ordered
from commons_ld.validation.mending import standard_comparison
from commons_ld.validation.tokens import token

P = "https://example.org/p/"
DAY, LATER = Literal("2021-12-01", datatype=XSD.date), Literal("2021-12-02", datatype=XSD.date)
#: Two values, and whether the first is less than the second, and less than or equal to it.
PAIRS = [
    (DAY, LATER, True, True),
    (LATER, DAY, False, False),
    (DAY, DAY, False, True),
    (Literal(1), Literal("1.5", datatype=XSD.decimal), True, True),
    (Literal("A"), Literal("B", datatype=XSD.string), True, True),
    (Literal(False), Literal(True), True, True),
    (Literal("2021", datatype=XSD.gYear), Literal("2022", datatype=XSD.gYear), True, True),
    (Literal("2021-02", datatype=XSD.gYearMonth), Literal("2021-11", datatype=XSD.gYearMonth), True, True),
    # What cannot be compared.
    (Literal("soon", datatype=XSD.date), LATER, False, False),
    (DAY, Literal("zzzz", datatype=XSD.date), False, False),
    (Literal("a", datatype=XSD.date), Literal("b", datatype=XSD.date), False, False),
    (Literal("2021", datatype=XSD.gYear), LATER, False, False),
    (Literal("soon", datatype=XSD.gYear), Literal("2022", datatype=XSD.gYear), False, False),
    (Literal("2021-12-01"), LATER, False, False),
    (Literal("a", lang="fr"), Literal("b", lang="fr"), False, False),
    (Literal(True), Literal(2), False, False),
    (Literal("a", datatype=XSD.anyURI), Literal("b", datatype=XSD.anyURI), False, False),
    (Literal("P1M", datatype=XSD.duration), Literal("P40D", datatype=XSD.duration), False, False),
    (Literal("a", datatype=URIRef(f"{P}own")), Literal("b", datatype=URIRef(f"{P}own")), False, False),
    (URIRef("urn:a"), URIRef("urn:b"), False, False),
    (BNode("a"), BNode("b"), False, False),
    (
        Literal("2021-12-01T10:00:00", datatype=XSD.dateTime),
        Literal("2021-12-01T12:00:00Z", datatype=XSD.dateTime),
        False,
        False,
    ),
]


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return Shapes.load([Path(__file__).parent / "cases" / "validation" / "shapes.ttl"])


@pytest.mark.parametrize(("first", "second", "is_less", "is_less_or_equal"), PAIRS)
def test_pairs_are_compared_as_shacl_says(
    shapes: Shapes, first: Literal, second: Literal, is_less: bool, is_less_or_equal: bool
) -> None:
    """A pair that is not in order, or cannot be compared, has a result; and pySHACL does not break down at it."""
    session, graph = URIRef("https://example.org/session/x"), Graph()
    graph.add((session, RDF.type, URIRef(f"{P}Session")))
    graph.add((session, URIRef(f"{P}before"), first))
    graph.add((session, URIRef(f"{P}after"), second))
    graph.add((session, URIRef(f"{P}start"), first))
    graph.add((session, URIRef(f"{P}end"), second))

    found = {result.path.rpartition("/")[2] for result in validate(graph, shapes).results} & {"before", "start"}

    assert is_ordered(token(first), token(second), or_equal=False) == is_less
    assert is_ordered(token(first), token(second), or_equal=True) == is_less_or_equal
    assert found == ({"before"} if not is_less else set()) | ({"start"} if not is_less_or_equal else set())


def test_pyshacl_is_left_as_it_was() -> None:
    """Its own comparison is back in place afterwards, also after an error."""
    component = property_pair_constraints.LessThanConstraintComponent
    before = component._compare_lt

    def break_down() -> None:
        with standard_comparison():
            assert component._compare_lt is not before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_down()

    assert component._compare_lt is before
