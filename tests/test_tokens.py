"""Records whose texts are tokens of JSON: they become the same blocks as the same records with texts."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.mapping.nodes import is_text_of_the_record
from commons_ld.mapping.tokens import TokenDocument, TokenGuest, TokenLink, TokenNote, TokenRecord, decode
from commons_ld.origin import Origin
from commons_ld.record import Document, Guest, Link, MediaRecord, Note
from commons_ld.settings import Settings
from tests.test_mapping import FULL

MAPPER = Mapper(Settings(), Concepts())

#: The letters that JSON and N-Quads write in different ways stand beside those that they write alike.
TEXTS = st.text(st.sampled_from('aé🌱"\\/\n\t\r\b\f\x01\x1f\x7f\u2028u ') | st.characters(exclude_categories=["Cs"]))


def encoded(record: MediaRecord) -> bytes:
    """Return a record as the ledger keeps it."""
    return msgspec.json.encode(record)


def test_a_full_record_is_the_same_block() -> None:
    """Every field, as a session and as a medium."""
    for kind in ("session", "media"):
        record = msgspec.structs.replace(FULL, kind=kind)
        read = decode(encoded(record))

        assert isinstance(read, TokenRecord)
        assert MAPPER.block(read, "x", ("Avant",)) == MAPPER.block(record, "x", ("Avant",))


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_is_the_same_literal(first: str, second: str, third: str) -> None:
    """Whatever a text holds, in whichever field, it is written in one way."""
    record = MediaRecord(
        origin=Origin("a"),
        title=first or "x",
        description=second,
        abstract=third,
        notes_heading=first,
        guests=(Guest("Ana Exemple", second), Guest(third or "y")),
        documents=(Document(first, "https://exemple.test/"), Document(second)),
        links=(Link("https://exemple.test/a", third),),
        notes=(Note(text=first, participant=1), Note(text=second, author="Ana Exemple")),
    )

    assert MAPPER.block(decode(encoded(record)), "x").data == MAPPER.block(record, "x").data


@pytest.mark.parametrize("title", ['"21.12 Un essai"', '"\\u0032\\u0031.12 Un essai"'])
def test_a_session_is_told_by_its_title_whether_that_is_decoded_or_not(title: str) -> None:
    """The title is looked at as the token that it is, or as what its escapes stand for."""
    record = decode(b'{"title":%b}' % title.encode())

    assert MAPPER.block(record, "x").subject.endswith("/session/x")


@pytest.mark.parametrize("title", ["1/2", "a\x7f", "caf\x01"])
def test_a_string_that_is_no_literal_is_decoded(title: str) -> None:
    """Where JSON escapes in its own way, there are no tokens."""
    line = b'{"title":%b}' % msgspec.json.encode(title).replace(b"/", b"\\/")

    assert not isinstance(decode(line), TokenRecord)
    assert decode(line).title == title


def test_the_fields_that_are_tokens_are_those_that_the_crosswalk_writes_as_they_stand() -> None:
    """A field that something else looks into has to be decoded; one that nothing looks into need not be."""
    kinds: dict[str, type[Any]] = {
        "session": TokenRecord,
        "media": TokenRecord,
        "recording": TokenRecord,
        "person": TokenGuest,
        "document": TokenDocument,
        "link": TokenLink,
        "note": TokenNote,
    }
    tokens = {
        (kind, field.name)
        for kind in kinds.values()
        for field in msgspec.structs.fields(kind)
        if field.type is msgspec.Raw
    }

    assert tokens == {(kinds[rule.node], rule.field) for rule in CROSSWALK if is_text_of_the_record(rule)}


def test_what_is_no_record_is_not_decoded() -> None:
    """A name of a field that is none, or a value of another kind, is a fault of ours that is not passed over."""
    for line in (b'{"title":"x","no":1}', b'{"title":"x","enjeux":"y"}', b"[]", b'{"title":"x"'):
        with pytest.raises(msgspec.DecodeError):
            decode(line)
