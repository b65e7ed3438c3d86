"""What a page says that is likely a slip: published as it stands, and told."""

from typing import Any

import pyoxigraph as ox
import pytest

from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.rdf.namespaces import expand
from commons_ld.record import Document, Link, MediaRecord
from commons_ld.registers import Entry, Registers
from commons_ld.settings import AgentSettings, Settings

MAPPER = Mapper(Settings(), Concepts())
HTTP = "https://exemple.test/"


def remarks(mapper: Mapper = MAPPER, **fields: Any) -> list[tuple[str, str, str, str]]:
    """Return what is remarked of a record with these fields: code, field, value and hint."""
    record = MediaRecord(title="21.12 Un essai", origin=Origin("a.txt"), **fields)
    return [(one.code, one.field, one.value, one.hint) for one in mapper.block(record, "a").remarks]


def published(**fields: Any) -> set[tuple[str, str]]:
    """Return the properties that have addresses as their values, and these."""
    record = MediaRecord(title="21.12 Un essai", media_type="Audio", origin=Origin("a.txt"), **fields)
    quads = ox.parse(MAPPER.block(record, "a").data, ox.RdfFormat.N_QUADS)
    return {(q.predicate.value, q.object.value) for q in quads if getattr(q.object, "value", "").startswith(HTTP)}


@pytest.mark.parametrize(
    ("duration", "medium", "is_doubtful"),
    [
        ("00:00:00", "Audio", True),
        ("PT0S", "Vidéo", True),
        ("45:00:00", "Audio", True),
        ("24:00:01", "Texte", True),
        ("12 pages", "Audio", True),
        ("12 pages", "Vidéo", True),
        ("24:00:00", "Audio", False),
        ("00:00:01", "Vidéo", False),
        ("12 pages", "Texte", False),
        ("12 pages", "", False),
        ("00/25:00", "Audio", False),  # that is no duration at all, as the shapes say
        ("", "Audio", False),
    ],
)
def test_a_duration_that_no_recording_has_is_told(duration: str, medium: str, *, is_doubtful: bool) -> None:
    """Nothing, more than a day, or pages of what is heard."""
    expected = [("doubtful-duration", "duration", duration, "")] if is_doubtful else []

    assert remarks(duration=duration, media_type=medium) == expected


@pytest.mark.parametrize(
    ("name", "is_slip"),
    [
        ("Appel en comun", True),
        ("Appels en commun", True),
        ("Apple en commun", True),
        ("Appel encommun", True),
        ("APPEL EN COMMUN", False),  # is that collection
        ("Appel en commun 2", False),
        ("Appel du commun", False),
        ("Ateliers", False),
    ],
)
def test_a_collection_that_is_nearly_that_of_sessions_is_told(name: str, *, is_slip: bool) -> None:
    """What is one letter away from it would make another kind of record, at another address."""
    expected = [("misspelt-collection", "collections", name, "Appel en commun")] if is_slip else []

    assert remarks(collections=("Autre", name)) == expected


def test_two_names_in_one_are_told_unless_they_are_known_for_one() -> None:
    """An organization of the settings, and whoever is in a register, may have an 'and' in the name."""
    registers = Registers([Entry("person", HTTP + "a", "Rose et Lise", (), (), ())])
    mapper = Mapper(Settings(agents=AgentSettings(organizations=("Ville & Co",))), Concepts(), registers)
    names = ("Ana Un et Ivo Deux", "Ana & Ivo", "Ana Un AND Ivo Deux", "Rose et Lise", "ville & co", "Etienne Andet")

    told = remarks(mapper, authors=names, participants=names[:1])

    assert told == [
        *(("names-in-one", "authors", name, "") for name in names[:3]),
        ("names-in-one", "participants", names[0], ""),
    ]


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (f"{HTTP}1 {HTTP}2", f"{HTTP}1"),
        (f"{HTTP}1 , {HTTP}2 ; {HTTP}3", f"{HTTP}1"),
        (f"{HTTP}1,\u00a0{HTTP}2", f"{HTTP}1"),
        (f" {HTTP}Un livret.mp3 ", f"{HTTP}Un%20livret.mp3"),
        (f"{HTTP}1 (vidéo)", f"{HTTP}1%20(vid%C3%A9o)"),
    ],
)
def test_an_address_that_is_not_one_without_a_blank_is_told_with_what_is_published(value: str, address: str) -> None:
    """Two addresses were one that leads nowhere, and nothing was said."""
    told = remarks(broadcast_url=value, website=value, documents=(Document("Un", value),), links=(Link(value, "Deux"),))
    found = published(broadcast_url=value)

    fields = ["broadcast_url", "website", "links", "url"]
    assert sorted(told) == sorted(("blank-in-address", field, value, address) for field in fields)
    assert {one for _, one in found} == {address}
    assert ((expand("schema:contentUrl"), address) in found) == address.endswith(".mp3")


@pytest.mark.parametrize("value", ["à venir", "voir https://exemple.test/", "archive.org/details/x"])
def test_what_begins_with_no_address_is_none(value: str) -> None:
    """And it is not published, as before."""
    assert remarks(broadcast_url=value) == [("bad-address", "broadcast_url", value, "")]
    assert published(broadcast_url=value) == set()
