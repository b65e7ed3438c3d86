"""A record for tests of renderings: a session with a recording that can be played, and what it is rendered with."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.provenance import describe
from commons_ld.record import Guest, MediaRecord, Note, Revision
from commons_ld.rendering import Rendering
from commons_ld.settings import Settings

__all__ = ["RECORD", "Rendered", "rendered", "settings"]

RECORD = MediaRecord(
    title="21.12 Un essai",
    origin=Origin("data/essai.wiki"),
    description="Une présentation & un \x07 signal.",
    abstract="Un résumé.",
    created="2021/12/02",
    issued="2021/12/03",
    duration="01:00:00",
    languages=("FR",),
    countries=("France",),
    collections=("Appel en commun",),
    media_type="Audio",
    broadcast_url="https://exemple.test/essai.mp3",
    objets_de_commun=("Puissance publique",),
    enjeux=("Politique des communs",),
    guests=(Guest("Ana Exemple", "une voix inventée."),),
    page="https://wiki.exemple.test/index.php/21.12_Un_essai",
    revision=Revision("wiki.exemple.test", 4, 812, "2024-02-09T10:11:12Z"),
    notes=(Note(time="14:09", author="Ana Exemple", text="Bonjour <b>à</b> tous --> ici"),),
)


class Rendered(NamedTuple):
    """A record with all that renderings are made of."""

    rendering: Rendering
    block: bytes
    description: bytes
    iri: str


def settings(**dataset: object) -> Settings:
    """Return settings with a table ``[dataset]`` that says so much."""
    given = {"rights": "https://creativecommons.org/licenses/by/4.0/", "provider": "Un agrégateur"} | dataset
    return msgspec.structs.replace(Settings(), dataset=msgspec.structs.replace(Settings().dataset, **given))


def rendered(record: MediaRecord = RECORD, **dataset: object) -> Rendered:
    """Return a record mapped for an archive."""
    told = settings(**dataset)
    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    block = Mapper(told, concepts).block(record, "21-12-un-essai")
    description = describe(block, record, "21-12-un-essai", reader="wikitext", base_iri=told.base_iri)
    return Rendered(Rendering(told, concepts), block.data, description.data, block.subject)
