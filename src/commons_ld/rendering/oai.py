"""The formats that OAI-PMH gives records in: Dublin Core, EDM, and the whole graph as RDF/XML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import pyoxigraph as ox

from commons_ld.namespaces import PREFIXES
from commons_ld.rendering.constructing import Rendering
from commons_ld.rendering.xml import edm, oai_dc

__all__ = ["FORMATS", "Format"]


class Format(NamedTuple):
    """A format.

    :param write: returns the metadata of a record, given its block
    """

    prefix: str
    namespace: str
    schema: str
    write: Callable[[Rendering, bytes], bytes]


def _rdf(_rendering: Rendering, block: bytes) -> bytes:
    triples = (quad.triple for quad in ox.parse(block, format=ox.RdfFormat.N_QUADS))
    written = ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=_USED) or b""
    return written[written.index(b"<rdf:RDF") :].rstrip()


_USED: Final = {prefix: PREFIXES[prefix] for prefix in ("cld", "dcterms", "foaf", "schema", "skos", "prov")}

#: The formats, that which every harvester knows first.
FORMATS: Final = (
    Format(
        "oai_dc",
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        oai_dc,
    ),
    Format("edm", "http://www.europeana.eu/schemas/edm/", "http://www.europeana.eu/schemas/edm/EDM.xsd", edm),
    Format("rdf", PREFIXES["rdf"], "http://www.openarchives.org/OAI/2.0/rdf.xsd", _rdf),
)
