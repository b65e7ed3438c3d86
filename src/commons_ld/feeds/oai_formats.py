"""The formats that OAI-PMH gives records in: Dublin Core, EDM, and the whole graph as RDF/XML."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, Protocol

import pyoxigraph as ox

from commons_ld.feeds.xml import element
from commons_ld.namespaces import PREFIXES, expand

__all__ = ["FORMATS", "Format"]


class _Archive(Protocol):
    """What a format has to know of the archive."""

    @property
    def base_iri(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def labels(self) -> Mapping[str, str]: ...


class Format(NamedTuple):
    """A format.

    :param write: returns the metadata of a record, given its block
    """

    prefix: str
    namespace: str
    schema: str
    write: Callable[[bytes, Any], str]


#: What each statement about a record is in Dublin Core.
_ELEMENTS: Final = {
    expand("dcterms:title"): "title",
    expand("dcterms:alternative"): "title",
    expand("dcterms:creator"): "creator",
    expand("dcterms:contributor"): "contributor",
    expand("dcterms:publisher"): "publisher",
    expand("dcterms:subject"): "subject",
    expand("dcterms:description"): "description",
    expand("dcterms:abstract"): "description",
    expand("dcterms:created"): "date",
    expand("schema:inLanguage"): "language",
    expand("dcterms:spatial"): "coverage",
    expand("dcterms:isPartOf"): "relation",
    expand("dcterms:source"): "source",
    expand("dcterms:license"): "rights",
    expand("dcterms:rights"): "rights",
}
#: What the recording of a record adds.
_OF_RECORDING: Final = {
    expand("dcterms:type"): "type",
    expand("schema:encodingFormat"): "format",
    expand("dcterms:license"): "rights",
}
_NAMES: Final = tuple(expand(name) for name in ("schema:name", "skos:prefLabel", "dcterms:title"))
_MEDIA: Final = expand("schema:contentUrl")
_EDM_TYPES: Final = {"Sound": "SOUND", "MovingImage": "VIDEO", "Text": "TEXT", "Image": "IMAGE", "StillImage": "IMAGE"}
_RECORD: Final = re.compile(r"(?:session|media)/[a-z0-9-]+")

_About = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


def _read(block: bytes, archive: _Archive) -> tuple[str, _About]:
    """Return the record of a block, and what is said of each node, by predicate."""
    about: _About = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(block, format=ox.RdfFormat.N_QUADS):
        about[quad.subject.value][quad.predicate.value].append(quad.object)
    record = next(iri for iri in about if _RECORD.fullmatch(iri.removeprefix(archive.base_iri)))
    return record, about


def _elements(record: str, about: _About, archive: _Archive) -> Iterator[tuple[str, str, str]]:
    """Yield name, text and language of each element, without the same twice."""
    seen = set()
    for node, table in ((record, _ELEMENTS), (f"{record}/recording", _OF_RECORDING)):
        for predicate, objects in about.get(node, {}).items():
            for thing in objects if predicate in table else ():
                if isinstance(thing, ox.Literal):
                    told = (table[predicate], thing.value, thing.language or "")
                else:
                    told = (table[predicate], *_label(thing.value, about, archive))
                if told not in seen:
                    seen.add(told)
                    yield told


def _label(iri: str, about: _About, archive: _Archive) -> tuple[str, str]:
    """Return what something is called, with the language of that; what is called nothing, by its IRI."""
    for name in _NAMES:
        for label in about[iri][name] if iri in about else ():
            if isinstance(label, ox.Literal):
                return label.value, label.language or ""
    if iri.startswith(PREFIXES["dcmitype"]):
        return iri.removeprefix(PREFIXES["dcmitype"]), ""
    return archive.labels.get(iri, iri), ""


def _oai_dc(block: bytes, archive: _Archive) -> str:
    record, about = _read(block, archive)
    # The page that a person can read comes first: aggregators link to it.
    told = [element("dc:identifier", record)]
    told += [element(f"dc:{name}", text, xml_lang=tag) for name, text, tag in _elements(record, about, archive)]
    told += [element("dc:identifier", thing.value) for thing in _media(record, about)]
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
        "\n" + "\n".join(told) + "\n</oai_dc:dc>"
    )


def _media(record: str, about: _About) -> list[ox.NamedNode | ox.Literal]:
    node = f"{record}/recording"
    return about[node][_MEDIA] if node in about else []


def _edm(block: bytes, archive: _Archive) -> str:
    """Write EDM external. What the record does not tell, such as its rights, is left out, and never made up."""
    record, about = _read(block, archive)
    told = list(_elements(record, about, archive))
    kind = next((_EDM_TYPES[text] for name, text, _ in told if name == "type" and text in _EDM_TYPES), "TEXT")
    object_ = [
        element(f"dc:{name}", text, xml_lang=tag) for name, text, tag in told if name not in ("rights", "relation")
    ]
    aggregation = [
        element("edm:aggregatedCHO", rdf_resource=record),
        element("edm:dataProvider", archive.publisher),
        element("edm:isShownAt", rdf_resource=record),
        *(element("edm:isShownBy", rdf_resource=thing.value) for thing in _media(record, about)),
        element("edm:provider", archive.publisher),
    ]
    for name, text, _ in told:
        if name == "rights" and text.startswith(("http://", "https://")):
            # Europeana knows licences by their http addresses alone.
            aggregation.append(element("edm:rights", rdf_resource=text.replace("https://", "http://", 1)))
            break
    return "\n".join(
        (
            f'<rdf:RDF xmlns:rdf="{PREFIXES["rdf"]}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:edm="http://www.europeana.eu/schemas/edm/" xmlns:ore="http://www.openarchives.org/ore/terms/">',
            f"<edm:ProvidedCHO {_about_(record)}>",
            *object_,
            element("edm:type", kind),
            "</edm:ProvidedCHO>",
            f"<ore:Aggregation {_about_(record + '#aggregation')}>",
            *aggregation,
            "</ore:Aggregation>",
            "</rdf:RDF>",
        )
    )


def _about_(iri: str) -> str:
    return element("x", rdf_about=iri).removeprefix("<x ").removesuffix("/>")


def _rdf(block: bytes, _archive: _Archive) -> str:
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
