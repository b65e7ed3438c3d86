"""Shapes that are read without pySHACL are such as it takes, and mean to us what they mean to it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyshacl import ShapesGraph as TheirShapes
from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.helper.path_helper import shacl_path_to_sparql_path
from rdflib import SH as THEIR_SH
from rdflib import BNode, Graph

from commons_ld.artefacts import artefacts
from commons_ld.validation import algebra
from commons_ld.validation.digits import treats_digits_alike
from commons_ld.validation.graphs import statements_of
from commons_ld.validation.paths import to_sparql
from commons_ld.validation.plain_queries import predicates_of
from commons_ld.validation.plain_shapes import are_plain
from commons_ld.validation.shapes_graph import PARAMETERS, ShapesGraph
from commons_ld.validation.sparql import is_kept
from commons_ld.validation.tokens import token
from commons_ld.validation.trying import try_shapes
from tests.test_compiled_shapes import any_path, shapes_graphs

#: Those that are refused before anybody asks whether they are plain.
_BEFORE: Final = ("syntax", "no-target", "recursive", "misspelt", "advanced")
BROKEN: Final = sorted(
    path
    for path in (Path(__file__).parent / "cases" / "validation" / "broken").glob("*.ttl")
    if path.stem not in _BEFORE
)


def test_the_parameters_are_those_that_pyshacl_knows() -> None:
    """No constraint is passed over."""
    assert {token(one) for one in CONSTRAINT_PARAMETERS_MAP} == PARAMETERS


def test_the_published_shapes_are_read_and_used_without_rdflib() -> None:
    """Also where records have faults."""
    probe = (
        "import sys\n"
        "from benchmarks.records import make_records\n"
        "from commons_ld.artefacts import artefacts\n"
        "from commons_ld.validation import Shapes\n"
        "from benchmarks.validating_engines import FAULTS, decode, mapper_of, msgspec\n"
        "shapes = Shapes.load([path for path in artefacts('shapes') if path.suffix == '.ttl'])\n"
        "mapper, concepts = mapper_of(shapes.outliner)\n"
        "records = [fault(record) for fault, record in zip(FAULTS, make_records(5))]\n"
        "blocks = [mapper.block(decode(msgspec.json.encode(one)), one.identifier) for one in records]\n"
        "print(all(report.results for report in shapes.validate(blocks, context=concepts)))\n"
        "print(sorted({'rdflib', 'pyshacl'} & set(sys.modules)))"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", probe], cwd=root, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "[]"]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_no_broken_shape_is_plain(path: Path) -> None:
    """PySHACL judges them."""
    assert not are_plain(ShapesGraph(statements_of(Graph().parse(path))))


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@settings(suppress_health_check=list(HealthCheck))
@given(shapes_graphs())
def test_plain_shapes_are_such_as_pyshacl_takes(graph: Graph) -> None:
    """It refuses none of them."""
    shapes = ShapesGraph(statements_of(graph))
    assume(are_plain(shapes))

    try_shapes(shapes)


@given(st.data())
def test_paths_are_written_as_pyshacl_does(data: st.DataObject) -> None:
    """Byte for byte, as they stand in reports."""
    graph = Graph()
    path = any_path(data.draw, graph)  # type: ignore[arg-type]
    graph.add((BNode("shape"), THEIR_SH.path, path))
    ours = to_sparql(ShapesGraph(statements_of(graph)), token(path))

    assert ours == str(shacl_path_to_sparql_path(TheirShapes(graph), path, prefixes={}))


PLAIN: Final = (
    "SELECT $this WHERE { $this <a:p> ?value . FILTER (strlen(str(?value)) > 3) }",
    "PREFIX a: <a:> SELECT DISTINCT ?this ?value { ?this a:p ?value ; a:q ?other, 3 . BIND (str(?other) AS ?text) FILTER (?text > 'x') }",
    'SELECT $this ?value WHERE { $this <a:p> ?value, "x"@fr FILTER regex(str(?value), "[{]EXISTS") }',
    "SELECT $this WHERE { $this a <a:Class> . $this <a:p> ?value }",
)  # fmt: skip
NOT_PLAIN: Final = (
    "SELECT $this WHERE { $this <a:p>/<a:q> ?value }",
    "SELECT $this WHERE { $this <a:p> ?value . ?value <a:q> ?other }",
    "SELECT $this WHERE { ?other <a:p> $this }",
    "SELECT $this WHERE { $this ?p ?value }",
    "SELECT $this WHERE { $this <a:p> ?value . FILTER NOT EXISTS { $this <a:q> ?value } }",
    "SELECT $this WHERE { $this <a:p> ?value . FILTER (EXISTS { $this <a:q> ?value }) }",
    "SELECT $this WHERE { OPTIONAL { $this <a:p> ?value } }",
    "SELECT $this (count(?value) AS ?n) WHERE { $this <a:p> ?value } GROUP BY $this",
    "SELECT ?value WHERE { $this <a:p> ?value }",
    "SELECT $this WHERE { $this <a:p> ?value . FILTER (rand() > 0.5) }",
    "SELECT $this WHERE { $this <a:p> ?value } LIMIT 1",
    "SELECT $this WHERE { FILTER (bound($this)) }",
    "SELECT $this WHERE { $this unknown:p ?value }",
    "SELECT $this WHERE { $this <a:p> ?value . BIND (1 AS $this) }",
    "ASK { $this <a:p> ?value }",
)


@pytest.mark.parametrize("query", PLAIN)
def test_a_plain_query_depends_on_what_its_algebra_says(query: str) -> None:
    """Rdflib reads the same in it."""
    parsed = algebra.parsed(query)

    assert predicates_of(query) == algebra.predicates(parsed)
    assert algebra.is_about_the_node_alone(parsed)
    assert algebra.binds_this(parsed)


@pytest.mark.parametrize("query", NOT_PLAIN)
def test_another_query_is_not_plain(query: str) -> None:
    """Its answers may depend on other nodes, or it is read in another way."""
    assert predicates_of(query) is None


@pytest.mark.parametrize(
    ("pattern", "alike"),
    [
        (r"(Z|[+-][0-9]{2}:[0-9]{2})$", True), (r"[^\s]", True), (r"^\d+$", True), (r"[a-z0-9-]+", True), ("a{2,}?", True),
        ("^2", False), ("[1-9]", False), (r"[^0]", False), (r"(.)\1", False), ("(?=2)", False), (r"[\]2]", False), ("[]2]", False),
        (r"\x31", False), ("{2", False), ("(?i)a", False),
    ],
)  # fmt: skip
def test_digits_are_alike_to_some_expressions(pattern: str, alike: bool) -> None:
    """What is said to treat them alike does."""
    assert treats_digits_alike(pattern) == alike
    if alike:
        texts = ("2021-12-02T10:00:00+01:00", "1111-11-11T11:11:11+11:11")
        assert len({bool(re.search(pattern, text)) for text in texts}) == 1


@given(st.dates())
def test_a_store_keeps_days_as_they_are_written(day: object) -> None:
    """Those that are not looked at are kept."""
    from commons_ld.validation.sparql import _SURELY_KEPT, _is_kept_literal

    literal = f'"{day}"^^<http://www.w3.org/2001/XMLSchema#date>'

    assert is_kept(literal) == _is_kept_literal(literal)
    assert not _SURELY_KEPT.fullmatch(literal) or _is_kept_literal(literal)


def test_the_published_shapes_are_plain() -> None:
    """So that an export starts quickly."""
    graph = Graph()
    for path in artefacts("shapes"):
        if path.suffix == ".ttl":
            graph.parse(path)

    assert are_plain(ShapesGraph(statements_of(graph)))
