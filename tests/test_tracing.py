"""Tracing: every statement of a block has the row that wrote it, and there is none besides."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from msgspec.structs import replace

import commons_ld
from commons_ld.explaining.tracing import Explained, explain
from commons_ld.mapping import Block
from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.privacy import policy_of, redact
from commons_ld.rdf.namespaces import expand
from commons_ld.record import Guest, MediaRecord
from commons_ld.settings import Settings
from tests.generated import REPOSITORY
from tests.test_mapping import FULL, MAPPER
from tests.test_seed import SEED

MEDIA = replace(FULL, kind="media", title="Un film", media_type="Vidéo", duration="12 p.")
#: A record in which people have several parts, so that rows write the same statement.
REPEATED = replace(FULL, authors=("Inès Exemple", "Inès Exemple"), participants=("Inès Exemple",), enjeux=("Tricot",))
POOR = MediaRecord(title="21.12 Un essai", origin=FULL.origin)


def lines(explained: Iterable[Explained], block: Block) -> list[bytes]:
    """Return the statements that were explained, each once, as lines of the block."""
    graph = block.graph.encode()
    return sorted({b"%b %b %b <%b> .\n" % (*told[:3], graph) for told in explained})


@pytest.mark.parametrize("record", [FULL, MEDIA, REPEATED, POOR], ids=["full", "media", "repeated", "poor"])
def test_the_statements_explained_are_those_of_the_block(record: MediaRecord) -> None:
    """All of them, and no others."""
    block = MAPPER.block(record, "un-essai", ("Un ancien titre",))

    assert b"".join(lines(explain(MAPPER, record, "un-essai", ("Un ancien titre",)), block)) == block.data


def test_the_statements_of_the_data_are_explained() -> None:
    """Those of every record of the repository, and of the one real page where it is at hand."""
    settings = Settings()
    records = [*commons_ld.read(REPOSITORY / "data"), *(commons_ld.read(SEED) if SEED.is_file() else ())]
    for record in (redact(record, policy_of(settings)) for record in records):
        block = MAPPER.block(record, "name")

        assert b"".join(lines(explain(MAPPER, record, "name"), block)) == block.data
    assert len(records) >= 11


def test_only_classes_have_no_row() -> None:
    """Everything else was written by one, from a value."""
    told = explain(MAPPER, FULL, "un-essai")

    assert {one.predicate for one in told if one.rule is None} == {b"<%b>" % expand("rdf:type").encode()}
    assert all(one.predicate.decode()[1:-1] in {expand(n) for n in one.rule.properties} for one in told if one.rule)
    assert {one.value for one in told if not one.rule} == {None}


def test_every_row_can_be_met() -> None:
    """Between them, two sessions and two media use the whole table."""
    records = [replace(record, duration=duration) for record in (FULL, MEDIA) for duration in ("00:45:00", "12 p.")]

    assert {one.rule for record in records for one in explain(MAPPER, record, "x", ("Y",)) if one.rule} == set(
        CROSSWALK
    )


@pytest.mark.parametrize(
    ("subject", "predicate", "object_", "field", "value"),
    [
        ("session/un-essai", "dcterms:created", "2022-03-04", "created", "2022/03/04"),
        ("session/un-essai", "dcterms:language", "/language/FRA", "languages", "FR"),
        ("session/un-essai", "schema:about", "concept/tricot", "actions", "Tricot"),
        ("session/un-essai", "dcterms:spatial", "session/un-essai/place", "coordinates", "45.76000, 4.83500"),
        ("session/un-essai", "schema:performer", "person/ines-exemple", "guests", Guest("Inès Exemple", "autrice d'essais.")),
        ("person/ines-exemple", "schema:description", "autrice d'essais.", "biography", "autrice d'essais."),
        ("session/un-essai/note/1", "schema:position", "1", "position", 1),
        ("session/un-essai/note/2", "schema:parentItem", "note/1", "reply_to", 1),
        ("session/un-essai/recording", "schema:duration", "PT45M", "duration", "00:45:00"),
    ],
)  # fmt: skip
def test_a_statement_has_the_value_that_it_was_made_of(
    subject: str, predicate: str, object_: str, field: str, value: object
) -> None:
    """As the record has it, before it was made a term."""
    (told,) = [
        one
        for one in explain(MAPPER, FULL, "un-essai")
        if one.subject.decode().endswith(f"/{subject}>")
        and one.predicate.decode() == f"<{expand(predicate)}>"
        and object_ in str(next(ox.parse(b" ".join(one[:3]) + b" .", format=ox.RdfFormat.N_TRIPLES)).object)
    ]

    assert told.rule
    assert (told.rule.field, told.value) == (field, value)


def test_a_statement_that_several_rows_wrote_has_each_of_them() -> None:
    """A guest who is a participant too contributes twice; the block says it once."""
    contributor = b"<%b>" % expand("dcterms:contributor").encode()
    told = [one for one in explain(MAPPER, REPEATED, "x") if one.predicate == contributor and b"ines" in one.object]

    assert [one.rule.field for one in told if one.rule] == ["guests", "participants"]


def test_they_come_by_subject_predicate_and_object() -> None:
    """As the lines of the block do."""
    told = explain(MAPPER, FULL, "un-essai")

    assert [one[:3] for one in told] == sorted(one[:3] for one in told)


def test_the_mapper_is_left_as_it_was() -> None:
    """To explain a record changes nothing about the next block."""
    before = MAPPER.block(FULL, "un-essai")
    explain(MAPPER, MEDIA, "un-essai")

    assert MAPPER.block(FULL, "un-essai") == before
