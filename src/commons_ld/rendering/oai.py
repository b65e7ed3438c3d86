"""The formats that OAI-PMH gives records in: Dublin Core, EDM, schema.org, and the whole graph as RDF/XML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from commons_ld.outputs.terse import RDF_XML_FOOT, Terse
from commons_ld.outputs.things import Thing, grouped
from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.rendering import xml
from commons_ld.rendering.compiling import Made
from commons_ld.rendering.constructing import Rendering
from commons_ld.rendering.zipped import Packed, pack

__all__ = ["FORMATS", "PARTS", "Format", "packed", "schema_org"]


class Format(NamedTuple):
    """A format.

    :param write: returns the metadata of a record, given its block and its description, which changes nothing in it
    """

    prefix: str
    namespace: str
    schema: str
    write: Callable[[Rendering, bytes, bytes], bytes]


def schema_org(made: Iterable[Made]) -> bytes:
    """Return a record in schema.org alone as an element ``rdf:RDF``, without an XML declaration.

    When its page was revised is left to the header of the record, since it is told in another graph.

    :param made: what the query ``schema-ap-nde`` makes of the record
    """
    return _element(*_schema(), grouped(statement for statement in made if statement[1] != _REVISED))


def _schema_org(rendering: Rendering, block: bytes, description: bytes) -> bytes:
    return schema_org(rendering.construct("schema-ap-nde", block, description))


def _rdf(rendering: Rendering, block: bytes, _description: bytes) -> bytes:
    return _element(*_whole(), rendering.things(block))


def _element(terse: Terse, head: bytes, told: Iterable[Thing]) -> bytes:
    return b"".join((head, *map(terse.thing_in_rdf_xml, told), RDF_XML_FOOT))


@cache
def _schema() -> tuple[Terse, bytes]:
    return _writing("schema")


@cache
def _whole() -> tuple[Terse, bytes]:
    return _writing("cld", "dcterms", "foaf", "schema", "skos", "prov")


def _writing(*prefixes: str) -> tuple[Terse, bytes]:
    """Return what writes with these short names, and what an element that it writes begins with."""
    terse = Terse({prefix: PREFIXES[prefix] for prefix in prefixes})
    head = terse.rdf_xml_head
    return terse, head[head.index(b"<rdf:RDF") :]


_REVISED: Final = f"<{expand('schema:sdDatePublished')}>".encode()
_RDF_XSD: Final = "http://www.openarchives.org/OAI/2.0/rdf.xsd"

#: The formats, that which every harvester knows first.
FORMATS: Final = (
    Format(
        "oai_dc",
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        xml.oai_dc,
    ),
    Format("edm", "http://www.europeana.eu/schemas/edm/", "http://www.europeana.eu/schemas/edm/EDM.xsd", xml.edm),
    Format("rdf", PREFIXES["rdf"], _RDF_XSD, _rdf),
    Format("schema", PREFIXES["rdf"], _RDF_XSD, _schema_org),
)


#: Those that stand after EDM where a record is packed, in their order.
_OTHERS: Final = tuple(format_ for format_ in FORMATS if format_.prefix != "edm")
#: Of each format, which part it is of what :func:`packed` packs.
PARTS: Final = {format_.prefix: 2 + _OTHERS.index(format_) if format_ in _OTHERS else 1 for format_ in FORMATS}


def packed(
    rendering: Rendering, block: bytes, description: bytes, *, name: str, edm: bytes, written: Mapping[str, bytes]
) -> Packed:
    """Return a record in all formats, packed together: they say the same thing, and take little more room than one.

    What is packed begins with the name of the record; EDM comes next, which Europeana takes as it is packed here.

    :param block: its graph, canonical N-Quads
    :param description: the description of it, which the queries before were asked with: their store serves again
    :param name: its IRI, after the base
    :param edm: the record in EDM
    :param written: other formats that it was written in already, by their prefixes
    """
    others = (written.get(format_.prefix) or format_.write(rendering, block, description) for format_ in _OTHERS)
    return pack(edm, name, others)
