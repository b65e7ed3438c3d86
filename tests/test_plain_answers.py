"""What is foreseen of plain queries: where it is said that there is no answer, an engine finds none."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons_ld.artefacts import artefacts
from commons_ld.validation import Shapes
from commons_ld.validation.plain_answers import foresight
from commons_ld.validation.plain_queries import predicates_of

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES: Final = f"PREFIX xsd: <{XSD}> PREFIX rdf: <{RDF}> "
#: What a node says with <urn:a> and <urn:b>.
TERMS: Final = (
    '"21.12 Plaidoyer 2022"@fr', '"21.12"', f'"2021-12-02"^^<{XSD}date>', f'"2021-12"^^<{XSD}gYearMonth>',
    f'"2021"^^<{XSD}gYear>', '"jadis"', '""', '"\\u00e9t\\u00e9"@fr', '"a\\"b"', '"21.12\\n"', f'"21"^^<{XSD}integer>',
    "<https://example.org/21.12>", "<urn:x>",
)  # fmt: skip
PATTERNS: Final = (
    "^[0-9]{2}[.](0[1-9]|1[0-2])", "^[0-9]{4}", "12$", "^$", "t.*e?", "[^0-9]", "2+", "(1|2)+[.]?", "x*", "P[a-l]",
)  # fmt: skip


def texts() -> st.SearchStrategy[str]:
    """Return expressions whose values are texts."""
    first = st.sampled_from(["str(?a)", "STR(?b)", '"20"', "'21.1'", '""', "?c"])
    return st.recursive(
        first,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda two: f"concat({two[0]}, {two[1]})"),
            st.tuples(inner, st.integers(1, 3), st.integers(0, 4)).map(
                lambda one: f"substr({one[0]}, {one[1]}, {one[2]})"
            ),
        ),
        max_leaves=3,
    )


def truths() -> st.SearchStrategy[str]:
    """Return expressions whose values are true or false."""
    both = st.tuples(texts(), texts())
    types = st.sampled_from(["xsd:date", "xsd:gYear", f"<{XSD}string>", "rdf:langString"])
    first = st.one_of(
        st.tuples(texts(), st.sampled_from(PATTERNS)).map(lambda one: f'regex({one[0]}, "{one[1]}")'),
        st.tuples(st.sampled_from(["strstarts", "STRENDS", "contains"]), both).map(
            lambda one: f"{one[0]}({one[1][0]}, {one[1][1]})"
        ),
        st.tuples(texts(), st.sampled_from(["=", "!="]), texts()).map(" ".join),
        st.tuples(texts(), st.integers(0, 6)).map(lambda one: f"strlen({one[0]}) = {one[1]}"),
        st.tuples(st.sampled_from("ab"), st.lists(types, min_size=1, max_size=3)).map(
            lambda one: f"datatype(?{one[0]}) IN ({', '.join(one[1])})"
        ),
    )
    return st.recursive(
        first,
        lambda inner: st.one_of(
            inner.map(lambda one: f"!({one})"),
            st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda one: f"({' '.join(one)})"),
        ),
        max_leaves=4,
    )


@settings(suppress_health_check=list(HealthCheck))
@given(
    st.lists(truths(), min_size=1, max_size=3),
    texts().filter(lambda text: "?c" not in text),
    st.lists(st.sampled_from(TERMS), min_size=1, max_size=2, unique=True),
    st.lists(st.sampled_from(TERMS), min_size=1, max_size=2, unique=True),
)
def test_where_no_answer_is_foreseen_an_engine_has_none(
    filters: list[str], bound: str, first: list[str], second: list[str]
) -> None:
    """And where one is not ruled out there mostly is one: errors and line breaks alone are left to the engine."""
    query = (
        f"{PREFIXES} SELECT $this WHERE {{ $this <urn:a> ?a ; <urn:b> ?b . BIND ({bound} AS ?c) "
        + " ".join(f"FILTER ({one})" for one in filters)
        + " }"
    )
    store = ox.Store()
    said = [f"<urn:n> <urn:{name}> {value} ." for name, values in (("a", first), ("b", second)) for value in values]
    store.load("\n".join(said), format=ox.RdfFormat.N_TRIPLES)
    answers = store.query(query)
    assert isinstance(answers, ox.QuerySolutions)
    has_answer = any(True for _ in answers)

    foreseen = foresight(query)

    assert foreseen is not None
    assert foreseen.predicates == ("<urn:a>", "<urn:b>")
    assert predicates_of(query) == frozenset(("<urn:a>", "<urn:b>"))
    has_none = foreseen.has_none([[_canonical(value) for value in values] for values in (first, second)])
    assert not (has_none and has_answer)
    if not any("\\n" in value or value[0] == "<" for value in (*first, *second)):
        assert has_none != has_answer


def _canonical(term: str) -> str:
    return term.replace("\\u00e9", "é")


@pytest.mark.parametrize(
    "body",
    [
        "$this <urn:a> ?a . FILTER (?a > 3)",
        "$this <urn:a> ?a . FILTER (?a = 3)",
        "$this <urn:a> ?a ; <urn:b> ?a . FILTER (strlen(str(?a)) = 3)",
        '$this <urn:a> "x"',
        "$this <urn:a> ?a . FILTER (strlen(str($this)) = 3)",
        "$this <urn:a> ?a . FILTER (strlen(str(?unbound)) = 3)",
        '$this <urn:a> ?a . FILTER (regex(str(?a), "x", "i"))',
        '$this <urn:a> ?a . FILTER (regex(str(?a), "\\\\d"))',
        '$this <urn:a> ?a . FILTER (regex(str(?a), "(?i)x"))',
        '$this <urn:a> ?a . FILTER (regex(str(?a), "a++"))',
        '$this <urn:a> ?a . FILTER (regex(str(?a), "[a&&b]"))',
        '$this <urn:a> ?a . FILTER (str(?a) = "a"@fr)',
        f'$this <urn:a> ?a . FILTER (str(?a) = "a"^^<{XSD}string>)',
        '$this <urn:a> ?a . FILTER (lang(?a) = "fr")',
        f"$this <urn:a> ?a . FILTER (<{XSD}integer>(?a) = 3)",
        "$this <urn:a> ?a . FILTER (strlen(str(?a)) + 1 = 3)",
        '$this <urn:a> ?a . FILTER (substr(str(?a), 0, 2) = "ab")',
        "$this <urn:a> ?a . BIND (?a AS ?c) FILTER (strlen(str(?c)) = 3)",
        "$this <urn:a> ?a . BIND (strlen(str(?a)) AS ?c) $this <urn:b> ?b",
    ],
)
def test_what_engines_differ_in_or_is_not_known_is_left_to_the_engine(body: str) -> None:
    """Nothing is foreseen of a query that asks for it."""
    assert foresight(f"SELECT $this WHERE {{ {body} }}") is None


def test_a_blank_node_is_left_to_the_engine() -> None:
    """It has no text."""
    foreseen = foresight('SELECT $this WHERE { $this <urn:a> ?a . FILTER (str(?a) = "x") }')

    assert foreseen is not None
    assert foreseen.has_none([['"y"']])
    assert not foreseen.has_none([["_:b"]])


def test_the_queries_of_the_published_shapes_are_foreseen() -> None:
    """All of them: no record that conforms is asked about."""
    shapes = Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])

    queries = shapes._engine._compiler.queries

    assert queries
    assert all(query.foreseen for query in queries)
