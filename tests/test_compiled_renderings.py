"""The queries of renderings, compiled: what they make is what an engine of SPARQL makes of the same files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from commons_ld import read
from commons_ld.concepts import Concepts
from commons_ld.iris import slug
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.outputs.statements import triples
from commons_ld.provenance import describe
from commons_ld.rdf.namespaces import expand
from commons_ld.record import Guest, Link, MediaRecord, Note, Revision
from commons_ld.rendering import Rendering, constructing
from commons_ld.rendering.compiling import Graph, compiled, source
from commons_ld.rendering.constructing import n_triples
from commons_ld.rendering.functions import Unsure
from commons_ld.rendering.oai import FORMATS
from commons_ld.rendering.queries import Beyond
from commons_ld.rendering.xml import edm, oai_dc, printable
from tests.rendered import RECORD, rendered

ROOT = Path(__file__).parent.parent
QUERIES = ROOT / "src" / "commons_ld" / "queries" / "renderings"
#: All but the one that is asked of the description of the dataset, once an export.
NAMES = ("edm", "media", "oai_dc", "schema-ap-nde")

_EMPTY = re.compile(rb"<(([^\s/>]+)[^>]*)></\2>")

Statements = list[tuple[bytes, bytes, bytes]]


def by_engine(graph: Graph, query: str) -> Statements:
    """Return what pyoxigraph makes of a graph by a query."""
    store = ox.Store()
    store.extend(ox.parse(n_triples(graph), format=ox.RdfFormat.N_TRIPLES))
    found = store.query(query)
    assert isinstance(found, ox.QueryTriples)
    return sorted(
        {(str(made.subject).encode(), str(made.predicate).encode(), str(made.object).encode()) for made in found}
    )


def canonical(statements: Statements) -> Statements:
    """Return statements as the same engine writes their terms: a block need not escape all that it does."""
    lines = b"".join(b"%b %b %b .\n" % one for one in statements)
    return sorted(
        (str(quad.subject).encode(), str(quad.predicate).encode(), str(quad.object).encode())
        for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)
    )


def text_of(name: str) -> str:
    return (QUERIES / f"{name}.rq").read_text(encoding="utf-8")


@cache
def archive() -> tuple[Rendering, Mapper]:
    """Return what renders for an archive that says all of itself, and what maps for it."""
    made = rendered(image="https://exemple.test/i.png?a=1&b=2", license="https://exemple.test/licence")
    return made.rendering, Mapper(made.rendering.settings, Concepts.of(made.rendering.settings))


def blocks(record: MediaRecord) -> tuple[bytes, bytes]:
    """Return the block of a record, and the description of it."""
    rendering, mapper = archive()
    name = slug(record.title)
    block = mapper.block(record, name)
    description = describe(block, record, name, reader="wikitext", base_iri=rendering.settings.base_iri)
    return block.data, description.data


def assert_the_same(record: MediaRecord) -> None:
    """Compare all queries, and the description left out too."""
    rendering, _ = archive()
    block, description = blocks(record)
    for described in (description, b""):
        for name in NAMES:
            graph = rendering.graph(block, described)
            made = rendering.construct(name, block, described)
            assert canonical(made) == by_engine(graph, text_of(name)), name


# ── The queries ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NAMES)
def test_no_query_about_a_record_is_left_to_the_engine(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of a query file that goes beyond what is compiled would cost what it cost before, and is seen."""
    monkeypatch.setattr(constructing, "ask", None)
    made = rendered()

    assert made.rendering.construct(name, made.block, made.description)


def test_a_query_about_the_dataset_is_left_to_the_engine() -> None:
    """What is asked once an export may say what it likes."""
    with pytest.raises(Beyond):
        compiled(text_of("datagouv"))


def test_every_record_of_the_demonstration_and_of_the_seed_is_rendered_as_an_engine_does() -> None:
    """Real pages, in every source format."""
    records = [record for folder in ("demonstration", "sessions") for record in read(ROOT / "data" / folder)]

    assert len(records) > 10
    for record in records:
        assert_the_same(record)


def test_a_second_engine_makes_the_same() -> None:
    """rdflib reads the same files, and the same graph."""
    made = rendered()
    graph = made.rendering.graph(made.block, made.description)
    known = rdflib.Graph().parse(data=n_triples(graph), format="nt")

    for name in NAMES:
        found = made.rendering.construct(name, made.block, made.description)
        expected = rdflib.Graph().parse(data=b"".join(b"%b %b %b .\n" % one for one in found), format="nt")
        constructed = known.query(text_of(name)).graph
        assert constructed is not None
        assert set(constructed) == set(expected), name


TEXTS = st.text(max_size=30) | st.sampled_from(
    [
        '"@fr . <x> <y> <z> .',
        "a & b < c > d",
        "\r\n\t",
        "\x07\ufffe\uffff",
        "]]>",
        "\\u0041",
        'un "pacte"',
        "é\U0001f600",
    ]
)
NAMED = st.sampled_from(["Ana Exemple", "Remix the commons", "Ana & Cie", "Zoé <b>"])
ADDRESSES = st.sampled_from(
    ["https://exemple.test/a.mp3", "http://exemple.test/a.MP4?x=1&y=2", "https://exemple.test/%C3%A9.pdf", "ftp://x/a.ogg",
     "https://exemple.test/é.webm", "https://exemple.test/voir", "nulle part", ""]
)  # fmt: skip
RECORDS = st.builds(
    MediaRecord,
    origin=st.just(Origin("x")),
    title=TEXTS.map(lambda text: f"21.12 {text}"),
    kind=st.sampled_from(["session", "media"]),
    description=TEXTS,
    abstract=TEXTS,
    created=st.sampled_from(["2021/12/02", "2021", "2021-12", ""]),
    issued=st.sampled_from(["2021/12/03", "2021", ""]),
    duration=st.sampled_from(["01:00:00", "00:00:00", "12 pages", ""]),
    languages=st.lists(st.sampled_from(["FR", "EN", "Autre"]), unique=True).map(tuple),
    countries=st.lists(st.sampled_from(["France", "Italie", "Atlantide"]), unique=True).map(tuple),
    collections=st.lists(NAMED, unique=True).map(tuple),
    media_type=st.sampled_from(["Audio", "Vidéo", "Texte", "Fiche", ""]),
    broadcast_url=ADDRESSES,
    image=ADDRESSES,
    page=st.sampled_from(["https://wiki.exemple.test/X", "http://wiki.exemple.test/X", ""]),
    enjeux=st.lists(st.sampled_from(["Politique des communs", "Un autre enjeu"]), unique=True).map(tuple),
    authors=st.lists(NAMED, unique=True).map(tuple),
    producers=st.lists(NAMED, unique=True).map(tuple),
    guests=st.lists(st.builds(Guest, NAMED, TEXTS), max_size=2, unique_by=lambda guest: guest.name).map(tuple),
    links=st.lists(st.builds(Link, ADDRESSES, TEXTS), max_size=1).map(tuple),
    start=st.sampled_from(["14:00", ""]),
    notes=st.lists(
        st.builds(Note, time=st.sampled_from(["14:09", ""]), author=NAMED | st.just(""), text=TEXTS), max_size=2
    ).map(tuple),
    revision=st.none() | st.just(Revision("wiki.exemple.test", 4, 812, "2024-02-09T10:11:12Z")),
)


@settings(max_examples=60)
@given(RECORDS)
def test_any_record_is_rendered_as_an_engine_does(record: MediaRecord) -> None:
    """Whatever is on a page, or lacks."""
    assert_the_same(record)


@settings(max_examples=60)
@given(RECORDS)
def test_any_record_is_the_xml_that_another_library_writes(record: MediaRecord) -> None:
    """lxml, which read it, writes the same bytes; RDF/XML is as pyoxigraph writes it."""
    rendering, _ = archive()
    block, description = blocks(record)

    for made in (oai_dc(rendering, block, description), edm(rendering, block, description)):
        # lxml has a short form of what it read as empty.
        assert etree.tostring(etree.fromstring(made), encoding="utf-8") == _EMPTY.sub(rb"<\1/>", made)
    (whole,) = (format_ for format_ in FORMATS if format_.prefix == "rdf")
    prefixes = {name: expand(f"{name}:") for name in ("cld", "dcterms", "foaf", "schema", "skos", "prov")}
    written = ox.serialize(triples(block), format=ox.RdfFormat.RDF_XML, prefixes=prefixes) or b""
    assert whole.write(rendering, block, description) == written[written.index(b"<rdf:RDF") :]


@pytest.mark.parametrize("text", ["a & b < c > d", "\r\n\t x", "\x07\x0b\ufffe", "]]>", "\\u0041", 'un "pacte"'])
def test_a_text_comes_back_as_it_was(text: str) -> None:
    """All but what no XML document can hold."""
    rendering, _ = archive()
    block, description = blocks(replace(RECORD, abstract=f"<<{text}>>"))

    for made in (oai_dc(rendering, block, description), edm(rendering, block, description)):
        found = [element.text for element in etree.fromstring(made).iter("{*}description")]
        assert any(one and printable(text).strip() in one for one in found), found


# ── The compiler ─────────────────────────────────────────────────────────────────────────────────────────

IRIS = [f"<http://e/{name}>".encode() for name in "abcd"]
LITERALS = [b'"a"', b'""', b'"a"@fr', b'"b"@en-ca', b'"http://e/a"', b'"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
PROPERTIES = [f"<http://e/{name}>" for name in "pqr"]
GRAPHS = st.dictionaries(
    st.sampled_from(IRIS),
    st.dictionaries(
        st.sampled_from([name.encode() for name in PROPERTIES]),
        st.lists(st.sampled_from(IRIS + LITERALS), min_size=1, max_size=3, unique=True),
        min_size=1,
    ),
    min_size=1,
)
VARIABLES = st.sampled_from(["?a", "?b", "?c", "?d", "?e"])
PATHS = st.sampled_from([*PROPERTIES, *PROPERTIES, "<http://e/p>/<http://e/q>", "<http://e/p>|<http://e/q>",
                         "<http://e/r>/(<http://e/p>|<http://e/q>)"])  # fmt: skip
OBJECTS = VARIABLES | VARIABLES | st.sampled_from(["[]", "<http://e/a>", '"a"', '""'])
PATTERNS = st.builds("{} {} {} .".format, VARIABLES, PATHS, OBJECTS)
EXPRESSIONS = st.sampled_from(
    [
        "STR({0})", "LANG({0})", "IRI({0})", "COALESCE({0}, {1})", "IF({0} = {1}, {0}, {1})", "CONCAT(STR({0}), STR({1}))",
        'IRI(CONCAT(STR({0}), "#x"))', 'STRLANG(STR({0}), "und")', 'STRAFTER(STR({0}), "http://e/")', "{0}",
        'REPLACE(STR({0}), "^http:", "https:")', 'REPLACE(STR({0}), "/(e|f)/([^/]+)$", "/$2/$1")', 'STRAFTER({0}, "a")',
        'IF(LANG({0}) = "", STRLANG(STR({0}), "und"), {0})', "IF(STRENDS({0}, {1}), {0}, {1})", "CONCAT({0}, {1})",
    ]
)  # fmt: skip
CONDITIONS = st.sampled_from(
    [
        '{0} = "a"', "{0} != {1}", 'STRSTARTS(STR({0}), "http:")', 'STRENDS({0}, "a") || {0} = {1}', "STRSTARTS({0}, {1})",
        '{0} != "a" && STRENDS(STR({1}), "b")', 'LANG({0}) = "fr"', "{0} = <http://e/b>",
    ]
)  # fmt: skip
PARTS = st.one_of(
    PATTERNS,
    PATTERNS,
    PATTERNS.map("OPTIONAL {{ {} }}".format),
    PATTERNS.map("FILTER NOT EXISTS {{ {} }}".format),
    st.builds(lambda expression, a, b, to: f"BIND({expression.format(a, b)} AS {to})", EXPRESSIONS, *[VARIABLES] * 3),
    st.builds(lambda condition, a, b: f"FILTER({condition.format(a, b)})", CONDITIONS, VARIABLES, VARIABLES),
    VARIABLES.map('VALUES ({0} ?e) {{ (<http://e/a> "A") (<http://e/b> "B") }}'.format),
)
GROUPS = st.builds(lambda first, rest: " ".join([first, *rest]), PATTERNS, st.lists(PARTS, max_size=3))
TEMPLATES = st.lists(
    st.builds("{} {} {} .".format, VARIABLES, st.sampled_from(PROPERTIES), VARIABLES), min_size=1, max_size=4
).map(" ".join)
WHERES = st.one_of(
    GROUPS,
    st.builds(
        lambda head, ways: f"{head} {{ {' UNION '.join(f'{{ {way} }}' for way in ways)} }}",
        GROUPS,
        st.lists(GROUPS, min_size=1, max_size=3),
    ),
)


@given(GRAPHS, TEMPLATES, WHERES)
def test_any_query_that_is_compiled_makes_what_an_engine_makes(graph: Graph, template: str, where: str) -> None:
    """What is not surely the same is left to the engine, and then nothing is to be compared."""
    query = f"CONSTRUCT {{ {template} }} WHERE {{ {where} }}"
    try:
        found = sorted(compiled(query)(graph))
    except (Beyond, Unsure):
        return
    try:
        expected = by_engine(graph, query)
    except SyntaxError:
        return  # Two parts that no query may have together, such as a name for what has a value.
    assert found == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s <a:p> ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:p>* ?o }",
        "CONSTRUCT { ?s <a:p> [] } WHERE { ?s <a:p> ?o }",
        "CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:p> ?o } LIMIT 1",
        "CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:p> ?o MINUS { ?s <a:q> ?o } }",
        "CONSTRUCT { ?s <a:p> ?o } WHERE { { ?s <a:p> ?o } UNION { ?s <a:q> ?o } ?s <a:r> ?x }",
        "CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q> ?x { BIND(STR(?x) AS ?o) } }",
        "CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q> ?x . BIND(NOW() AS ?o) }",
        'CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q> ?x . BIND(REPLACE(?x, "(?=a)", "") AS ?o) }',
        "CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q> ?x OPTIONAL { ?s <a:r> ?y } ?y <a:p> ?o }",
        "CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q> 'x' , ?o }",
        "CONSTRUCT { ?s <a:p> ?o",
    ],
)
def test_what_is_beyond_the_compiler_is_told(query: str) -> None:
    """It is never compiled to something that might be another query."""
    with pytest.raises(Beyond):
        source(query)


def test_where_it_is_not_sure_the_engine_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that the compiled query does not judge, and a query that is not compiled, are answered all the same."""
    title, made = "<http://purl.org/dc/terms/title>", "<http://e/title>"
    (tmp_path / "unsure.rq").write_text(
        f'CONSTRUCT {{ ?s {made} ?t }} WHERE {{ ?s {title} ?t FILTER(STRSTARTS(?t, "21.12 \\"")) }}'.replace('\\"', "")
    )
    (tmp_path / "beyond.rq").write_text(f"CONSTRUCT {{ ?s {made} ?t }} WHERE {{ ?s {title} ?t FILTER(ISLITERAL(?t)) }}")
    monkeypatch.setattr(constructing, "_QUERIES", tmp_path)
    rendering, _ = archive()
    block, description = blocks(replace(RECORD, title='21.12 "Essai"'))

    for name in ("unsure", "beyond"):
        found = rendering.construct(name, block, description)
        assert any(value == b'"21.12 \\"Essai\\""@fr' for _, _, value in found), name


def test_what_is_compiled_can_be_read() -> None:
    """The source names the variables of the query."""
    written = source("CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q> ?o }")

    assert "for v_s, about_s in graph.items():" in written
    assert "add((v_s, b'<a:p>', v_o))" in written


def test_what_is_nested_too_deep_for_python_is_left_to_the_engine() -> None:
    """Twenty loops, one in the other, are more than a function may have."""
    steps: Sequence[str] = [f"?v{number} <a:p> ?v{number + 1} ." for number in range(25)]

    with pytest.raises(Beyond):
        compiled(f"CONSTRUCT {{ ?v0 <a:p> ?v25 }} WHERE {{ {' '.join(steps)} }}")


def test_what_is_said_of_a_thing_in_two_places_is_seen_as_one() -> None:
    """The collection of a block may be described by the archive too; a query sees all of it."""
    graph: dict[bytes, constructing.Said] = {}
    said: Iterable[list[tuple[bytes, list[bytes]]]] = ([(b"<p>", [b'"1"'])], [(b"<p>", [b'"2"']), (b"<q>", [b'"3"'])])
    for one in said:
        constructing._add(graph, b"<s>", one)

    assert graph == {b"<s>": {b"<p>": [b'"1"', b'"2"'], b"<q>": [b'"3"']}}
