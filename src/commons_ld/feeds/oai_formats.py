"""The formats that OAI-PMH gives records in: Dublin Core, EDM, and the whole graph as RDF/XML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

import pyoxigraph as ox

from commons_ld.namespaces import PREFIXES
from commons_ld.rendering import Rendering, edm, oai_dc

__all__ = ["FORMATS", "Format"]


class _Repository(Protocol):
    """What a format has to know of what is harvested."""

    @property
    def rendering(self) -> Rendering: ...


class Format(NamedTuple):
    """A format.

    :param write: returns the metadata of a record, given its block
    """

    prefix: str
    namespace: str
    schema: str
    write: Callable[[bytes, Any], str]


def _oai_dc(block: bytes, repository: _Repository) -> str:
    return oai_dc(repository.rendering, block).decode()


def _edm(block: bytes, repository: _Repository) -> str:
    return edm(repository.rendering, block).decode()


def _rdf(block: bytes, _repository: _Repository) -> str:
    triples = (quad.triple for quad in ox.parse(block, format=ox.RdfFormat.N_QUADS))
    written = (ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=_USED) or b"").decode()
    return written[written.index("<rdf:RDF") :].rstrip()


_USED: Final = {prefix: PREFIXES[prefix] for prefix in ("cld", "dcterms", "foaf", "schema", "skos", "prov")}

#: The formats, that which every harvester knows first.
FORMATS: Final = (
    Format(
        "oai_dc",
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        _oai_dc,
    ),
    Format("edm", "http://www.europeana.eu/schemas/edm/", "http://www.europeana.eu/schemas/edm/EDM.xsd", _edm),
    Format("rdf", PREFIXES["rdf"], "http://www.openarchives.org/OAI/2.0/rdf.xsd", _rdf),
)
