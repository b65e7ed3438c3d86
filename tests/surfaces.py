"""What harvesters fetch of a small publication, made anew from a graph that a test changed in one place."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyoxigraph as ox
from lxml import etree
from msgspec.structs import replace

from commons_ld.artefacts import artefact
from commons_ld.catalog import catalog_block
from commons_ld.concepts import Concepts
from commons_ld.describing.catalogue import Dump, describe_catalogue
from commons_ld.describing.embedding import embedded
from commons_ld.describing.void import describe_void
from commons_ld.iris import IriPolicy
from commons_ld.outputs.counting import Counts
from commons_ld.outputs.spool import Spool
from commons_ld.outputs.statements import triples
from commons_ld.rdf.formats import N_TRIPLES, TURTLE
from commons_ld.rendering import Rendering
from commons_ld.rendering.constructing import ask
from commons_ld.rendering.media import episode
from commons_ld.rendering.players import channel, iiif, item
from commons_ld.rendering.xml import edm, oai_dc
from commons_ld.settings import PodcastSettings, Settings
from tests.rendered import RECORD, rendered, settings

__all__ = ["Core", "good", "publish"]

BASE = "https://w3id.org/commons-ld/remix/"

LDES = """@prefix ldes: <https://w3id.org/ldes#> . @prefix tree: <https://w3id.org/tree#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://exemple.test/ldes> a ldes:EventStream ; tree:view <https://exemple.test/ldes/1.ttl> ;
  ldes:timestampPath dcterms:modified ; ldes:versionOfPath dcterms:isVersionOf ; tree:member <https://exemple.test/v1> .
<https://exemple.test/v1> dcterms:modified "2024-02-09T10:11:12Z"^^xsd:dateTime ; dcterms:isVersionOf <https://exemple.test/1> .
<https://exemple.test/ldes/1.ttl> a tree:Node ; tree:relation <https://exemple.test/r> .
<https://exemple.test/r> a tree:GreaterThanOrEqualToRelation ; tree:node <https://exemple.test/ldes/2.ttl> .
"""

OAI = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header>
<identifier>oai:exemple.test:1</identifier><datestamp>2024-02-09T10:11:12Z</datestamp></header><metadata>{}</metadata>
</record></ListRecords></OAI-PMH>"""


class Core(NamedTuple):
    """What a publication of one record is made of.

    :param catalog: the lines of the description of the dataset
    :param files: what is made of nothing here, by name
    """

    settings: Settings
    block: bytes
    description: bytes
    catalog: tuple[bytes, ...]
    files: dict[str, str]
    edit: Callable[[str, str], str] = lambda _name, text: text


@cache
def good() -> Core:
    """Return a publication that every harvester accepts without a warning."""
    told = replace(
        settings(
            license="https://creativecommons.org/publicdomain/zero/1.0/",
            contact="donnees@exemple.test",
            keywords=("communs",),
            themes=("SOCI",),
            frequency="MONTHLY",
            image="https://exemple.test/image.png",
            endpoint="https://exemple.test/sparql",
            publisher_type="NonProfitOrganisation",
        ),
        podcast=PodcastSettings(category="Education", explicit="false", image="https://exemple.test/cover.png"),
    )
    record = replace(RECORD, authors=("Ana Exemple",))
    made = rendered(record)
    own = catalog_block(told)
    with TemporaryDirectory() as folder, Spool(Path(folder, "spool")) as spool:
        counts = Counts(IriPolicy(BASE), spool)
        for block in (own.data, made.block, made.description):
            counts.add(block)
        counts.finish()
    dumps = [Dump("dataset.ttl", TURTLE, 12, "ab" * 32), Dump("dataset.nt.gz", N_TRIPLES, 9, "cd" * 32)]
    said = describe_catalogue(told, own, counts, dumps, "0123456789abcdef")
    describe_void(said, counts)
    return Core(told, made.block, made.description, tuple(said), {"ldes": LDES, "oai": OAI})


def publish(core: Core, folder: Path) -> Path:
    """Write what harvesters fetch, and return the folder of the publication."""
    for name, data in _surfaces(core).items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        edited = core.edit(name, data.decode())
        if name.endswith("edm.xml"):
            with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
                archive.writestr("session-21-12-un-essai.xml", edited)
        else:
            path.write_bytes(edited.encode())
    return folder


def _surfaces(core: Core) -> dict[str, bytes]:
    rendering = Rendering(core.settings, Concepts.load(artefact("ontology/concepts.ttl")))
    dataset = f"{BASE}dataset"
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples(b"".join(core.catalog)))
    nde = rendering.construct("schema-ap-nde", core.block, core.description)
    played = episode(rendering, core.block, core.description)
    before, after = channel(core.settings)
    datagouv = ox.serialize(ask(store, "datagouv"), format=ox.RdfFormat.RDF_XML) or b""
    dublin_core = oai_dc(rendering, core.block, core.description).decode()
    surfaces = {
        "catalog.nt": b"".join(core.catalog),
        "renderings/schema-ap-nde.nt": b"".join(b"%b %b %b .\n" % made for made in nde),
        "renderings/edm.xml": edm(rendering, core.block, core.description),
        "renderings/datagouv.rdf": datagouv,
        "renderings/podcast.xml": before + (item(played, BASE) if played else b"") + after,
        "feeds/ldes/1.ttl": core.files["ldes"].encode(),
        "feeds/oai/1.xml": core.files["oai"].format(dublin_core).encode(),
    }
    for language, name in (("fr", "dataset.html"), ("en", "dataset.en.html")):
        told = embedded(core.catalog, dataset, language).decode()
        shown = core.settings.dataset.description[language]
        script = told.replace("<", "\\u003c").replace("&", "\\u0026")
        surfaces[name] = f'<p>{shown}</p><script type="application/ld+json">{script}</script>'.encode()
    if played and (manifest := iiif(played, BASE)):
        surfaces["iiif/session/21-12-un-essai/manifest.json"] = manifest
    etree.fromstring(surfaces["renderings/podcast.xml"])  # what a test makes is whole before it is broken
    return surfaces
