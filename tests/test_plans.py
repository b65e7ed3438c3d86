"""Turtle and JSON-LD from the pass that maps: byte for byte what is made of the lines of the block."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.records import archive, make_records
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping import Block, Mapper
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES
from commons_ld.mapping.nodes import Node, Statement
from commons_ld.mapping.nodes import nodes as planned_nodes
from commons_ld.mapping.plan import source
from commons_ld.mapping.tokens import decode
from commons_ld.origin import Origin
from commons_ld.outputs import jsonld_plan
from commons_ld.outputs.jsonld import objects, our_context
from commons_ld.outputs.records import plans, render_record, written_record
from commons_ld.outputs.statements import in_reading_order, prefixes, without_graph
from commons_ld.outputs.terse import Terse
from commons_ld.outputs.terse_plan import TurtlePlan
from commons_ld.outputs.things import things_of
from commons_ld.rdf.namespaces import expand
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, RecordFields
from commons_ld.registers import Entry, Registers
from commons_ld.settings import Settings

BASE = archive().base_iri
TERSE = Terse(prefixes(BASE))
CONCEPTS = Concepts.load(artefact("ontology/concepts.ttl"))
REGISTERS = Registers(
    [
        Entry("person", f"{BASE}person/ana-exemple", "Ana Exemple", ("EXEMPLE Ana",)),
        Entry("organization", "https://registre.example/atelier", "Atelier inventé", ("L'atelier",)),
    ]
)
MAPPER = Mapper(archive(), CONCEPTS, REGISTERS, also=plans(BASE))


def of_lines(block: Block) -> tuple[bytes, list[bytes]]:
    """Return what is made of the lines of a block."""
    statements = in_reading_order(without_graph(block.data), block.subject)
    return TERSE.turtle(statements), objects(statements, block.subject, our_context())


def of_the_pass(block: Block) -> tuple[bytes, list[bytes]]:
    """Return what was written beside a block."""
    turtle, made = block.others
    return b"".join(turtle), list(made)


def as_it_is_read(fields: RecordFields, *, tokens: bool) -> MediaRecord:
    """Return a record with its texts, or with tokens of JSON."""
    encoded = msgspec.json.encode(fields)
    if tokens:
        return decode(encoded)
    return msgspec.json.decode(encoded[:-1] + b',"origin":{"path":"a.json"}}', type=MediaRecord)


NAMES = st.sampled_from(
    ["Ana Exemple", "EXEMPLE Ana", "Bo", "2022", "L'atelier", "La Fabrique d'à côté", "é\x7f", "李娜"]
)
TEXTS = st.sampled_from(["", "Un texte", 'Une "pluie"\n\nd’été 🌱', "a\\b", "\x07", "a\x7fb", "12 pages", "1/2"])
LABELS = st.sampled_from(["Puissance publique", "Alimentation", "Plaidoyer", "Inconnu", "1984", "Autre 7"])
#: Some are IRIs of the archive, of a part of the record, of a person who may be there, of a vocabulary.
ADDRESSES = st.sampled_from(
    [
        "",
        "https://a.example/",
        "https://a.example/b/12",
        "https://a.example/b/9",
        "https://a.example/é",
        "https://schema.org/Event",
        "https://registre.example/atelier",
        "pas une adresse",
        "https://a.example/son.mp3",
        f"{BASE}session/s",
        f"{BASE}session/s/document/1",
        f"{BASE}session/s/autre",
        f"{BASE}person/bo",
        f"{BASE}concept/inconnu",
        "http://publications.europa.eu/resource/authority/language/FRA",
        "http://purl.org/dc/dcmitype/Sound",
    ]
)
DATES = st.sampled_from(["", "2021/12/02", "2021-12", "2021", "hier", "2021/03/28"])


def lists(of: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return tuples."""
    return st.lists(of, max_size=most).map(tuple)


NOTES = st.builds(
    Note,
    author=st.one_of(st.just(""), NAMES),
    time=st.sampled_from(["", "14:09", "2:30", "25:00"]),
    text=TEXTS,
    reply_to=st.sampled_from([0, 0, 1, 2, 99]),
    participant=st.sampled_from([0, 1, 2, 11]),
)
RECORDS = st.builds(
    RecordFields,
    title=st.sampled_from(["21.12 Séance", "Un film", 'a "b"\x07']),
    kind=st.sampled_from(["", "session", "media"]),
    text_language=st.sampled_from(["", "", "en", "pas une langue"]),
    page=ADDRESSES,
    collections=lists(st.sampled_from(["Appel en commun", "2019", "Autre"])),
    objets_de_commun=lists(LABELS),
    enjeux=lists(LABELS),
    actions=lists(LABELS),
    resultats_attendus=lists(LABELS),
    description=TEXTS,
    abstract=TEXTS,
    created=DATES,
    issued=DATES,
    duration=st.sampled_from(["", "01:00:00", "12 pages", "00/25:00", "PT1H"]),
    languages=lists(st.sampled_from(["FR", "EN", "Autre"])),
    countries=lists(st.sampled_from(["France", "Belgique", "Nulle part"])),
    media_type=st.sampled_from(["", "Audio", "Vidéo", "Fiche", "Disque"]),
    producers=lists(NAMES),
    participants=lists(NAMES),
    authors=lists(NAMES),
    guests=lists(st.builds(Guest, NAMES, TEXTS)),
    broadcast_url=ADDRESSES,
    website=ADDRESSES,
    image=st.one_of(ADDRESSES, st.just("Fichier:a.png")),
    coordinates=st.sampled_from(["", "45.76000, 4.83500", "45, 4", "nulle part"]),
    documents=lists(st.builds(Document, TEXTS, ADDRESSES), 12),
    links=lists(st.builds(Link, ADDRESSES, TEXTS)),
    notes_heading=TEXTS,
    notes=lists(NOTES, 12),
    pad=ADDRESSES,
)


@given(RECORDS, st.booleans(), st.sampled_from(["s", "2022"]), lists(TEXTS.filter(bool), 2))
def test_any_record_is_written_as_its_lines_would_be(
    fields: RecordFields, tokens: bool, name: str, former_titles: tuple[str, ...]
) -> None:
    """Whatever it has, whatever its addresses are, with texts and with tokens."""
    block = MAPPER.block(as_it_is_read(fields, tokens=tokens), name, former_titles)

    assert of_the_pass(block) == of_lines(block)


@settings(max_examples=50)
@given(RECORDS)
def test_any_record_is_the_same_graph_in_each_syntax(fields: RecordFields) -> None:
    """A second implementation reads the files of a record as the statements of its block."""
    block = MAPPER.block(as_it_is_read(fields, tokens=True), "s")
    expected = {quad.triple for quad in ox.parse(block.data, format=ox.RdfFormat.N_QUADS)}

    for data, format_ in zip(
        written_record(block, BASE, things_of(block.data)), (ox.RdfFormat.TURTLE, ox.RdfFormat.JSON_LD), strict=True
    ):
        assert {quad.triple for quad in ox.parse(data, format=format_)} == expected


def test_the_files_of_a_record_are_those_made_of_its_block() -> None:
    """The head of Turtle has the short names that are used, and JSON-LD is indented."""
    for fields in make_records(20):
        record = as_it_is_read(fields, tokens=True)
        block = MAPPER.block(record, record.identifier)

        assert written_record(block, BASE, things_of(block.data)) == render_record(block.subject, block.data, BASE)


def test_what_is_usual_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of the block is taken apart, or it would take as long as before."""

    def refuse(*_given: object) -> None:
        raise AssertionError("the lines of a usual record were read again")

    monkeypatch.setattr(Terse, "turtle", refuse)
    monkeypatch.setattr(jsonld_plan, "objects", refuse)
    for fields in make_records(50):
        record = as_it_is_read(fields, tokens=True)
        assert all(MAPPER.block(record, record.identifier).others)


@pytest.mark.parametrize("base_iri", ["https://schema.org/", "http://purl.org/dc/"])
def test_an_archive_inside_of_a_vocabulary_is_written_all_the_same(base_iri: str) -> None:
    """Its records may have short names, which no other archive's have."""
    mapper = Mapper(Settings(base_iri=base_iri), CONCEPTS, also=(TurtlePlan(prefixes(base_iri), base_iri),))
    block = mapper.block(MediaRecord(title="Un film", origin=Origin("a.json")), "a", ("Avant",))
    statements = in_reading_order(without_graph(block.data), block.subject)

    assert b"".join(block.others[0]) == Terse(prefixes(base_iri)).turtle(statements)


def test_no_other_syntax_is_written_unless_it_is_asked_for() -> None:
    """A mapper alone writes blocks."""
    record = MediaRecord(title="Un film", origin=Origin("a.json"))

    assert Mapper(archive(), CONCEPTS).block(record, "a") == MAPPER.block(record, "a")._replace(others=())


@pytest.mark.parametrize("tokens", [False, True])
def test_the_generated_code_says_what_the_table_says(tokens: bool) -> None:
    """It is Python that can be printed and read: a function a kind of node, with every property of its rows."""
    text = source({}, {}, plans(BASE), tokens=tokens)
    functions = {
        one.name: ast.get_source_segment(text, one) for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)
    }

    assert list(functions) == [f"write_{node}" for node in NODE_TYPES]
    for rule in CROSSWALK:
        code = functions[f"write_{rule.node}"] or ""
        for name in rule.properties:
            assert f" <{expand(name)}> " in code
            assert f" ;\\n\\t{name} " in code
    assert text == source({}, {}, plans(BASE), tokens=tokens)


def test_a_plan_that_says_something_else_is_seen() -> None:
    """The comparisons above can fail."""

    class Wrong(TurtlePlan):
        def lines(self, node: Node, told: str, *, tokens: bool) -> Sequence[str]:
            statements = tuple(one for one in node.statements if one.predicate != expand("schema:text"))
            return super().lines(node._replace(statements=statements), told, tokens=tokens)

    mapper = Mapper(archive(), CONCEPTS, also=(Wrong(prefixes(BASE), BASE),))
    (fields,) = make_records(1)
    block = mapper.block(as_it_is_read(fields, tokens=True), "s")

    assert b"".join(block.others[0]) != of_lines(block)[0]


def test_every_row_is_in_the_plan_once() -> None:
    """Each property of a row is one of the statements of its node, and no other is."""
    planned: Mapping[str, set[tuple[str, str]]] = {
        node.kind: {(one.predicate, source.rule.field) for one in node.statements for source in one.sources}
        for node in planned_nodes()
    }

    assert all(isinstance(one, Statement) for node in planned_nodes() for one in node.statements)
    assert planned == {
        node: {(expand(name), rule.field) for rule in CROSSWALK if rule.node == node for name in rule.properties}
        for node in NODE_TYPES
    }
