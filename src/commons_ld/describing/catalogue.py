"""Describe the dataset to catalogues: DCAT-AP 3.0.1 and schema.org, about the same things, in one graph.

DCAT-AP 3 (https://semiceu.github.io/DCAT-AP/releases/3.0.0/) gives the obligations, the requirements of the Dutch
register of datasets those of schema.org. What the settings do not say and the data does not show is not said.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from commons_ld.codes import countries, language, languages
from commons_ld.describing.statements import Statements, authority, label_of
from commons_ld.iris import slug
from commons_ld.outputs.counting import Counts
from commons_ld.rdf.block import Block
from commons_ld.rdf.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, RdfFormat
from commons_ld.rdf.namespaces import expand
from commons_ld.settings import DatasetSettings, Settings

__all__ = ["Dump", "describe_catalogue"]

#: Codes of the EU table of file types.
_FILE_TYPES: Final = {
    N_QUADS: "RDF_N_QUADS",
    N_TRIPLES: "RDF_N_TRIPLES",
    TURTLE: "RDF_TURTLE",
    TRIG: "RDF_TRIG",
    RDF_XML: "RDF_XML",
    JSON_LD: "JSON_LD",
}
_IANA: Final = "https://www.iana.org/assignments/media-types/"
_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"


class Dump(NamedTuple):
    """A file that holds the dataset.

    :param name: its path below the base
    :param size: in bytes
    :param sha256: in hexadecimal; ``""`` where the file tells when records were published, which two archives of the
        same records need not share
    :param profile: the IRI of what it conforms to besides its syntax, or ``""``
    """

    name: str
    format: RdfFormat
    size: int
    sha256: str
    profile: str = ""

    @property
    def is_compressed(self) -> bool:
        """Whether it is packed by gzip."""
        return self.name.endswith(".gz")


def describe_catalogue(
    settings: Settings, own: Block, counts: Counts, dumps: Iterable[Dump], version: str
) -> Statements:
    """Return the description of the catalogue, the dataset, its files and its service.

    :param own: the catalogue's block of the dumps, whose statements are part of it
    :param version: of the content: two publications with the same statements have the same
    """
    said = Statements(settings.base_iri)
    about, dataset = settings.dataset, said.policy.dataset
    publisher = about.publisher_iri or said.policy.mint("organization", slug(about.publisher))
    for line in own.data.split(f" <{own.graph}> .\n".encode())[:-1]:
        subject, predicate, value = line.decode().split(" ", 2)
        # The name of the publisher is said below with a language, as the Dutch register has names.
        if (subject, predicate) != (f"<{publisher}>", f"<{expand('schema:name')}>"):
            said.copy(subject, predicate, value)
    for subject in (said.catalog, dataset):
        said.iri(subject, publisher, "dcterms:publisher", "schema:publisher")
        said.text(subject, about.title, "dcterms:title", "schema:name")
        said.text(subject, about.description, "dcterms:description", "schema:description")
        if about.license:
            said.iri(subject, about.license, "dcterms:license", "schema:license")
        if counts.modified:
            said.typed(subject, counts.modified, "xsd:dateTime", "dcterms:modified", "schema:dateModified")
        for spoken in sorted(counts.languages):
            said.iri(subject, spoken, "dcterms:language")
        for country in sorted(counts.countries):
            said.iri(subject, country, "dcterms:spatial", "schema:spatialCoverage")
    if known := language(settings.language):
        counts.languages.add(known.authority)
    _publisher(said, about, publisher)
    _catalog(said, about, dataset)
    _dataset(said, settings, dataset, publisher, counts, version)
    for dump in dumps:
        _distribution(said, about, dataset, dump)
    if about.endpoint:
        _service(said, about, dataset, publisher)
    _stubs(said, about, counts)
    return said


def _publisher(said: Statements, about: DatasetSettings, publisher: str) -> None:
    said.name(publisher, "foaf:Agent", "rdf:type")
    said.name(publisher, "foaf:Organization", "rdf:type")
    said.name(publisher, "schema:Organization", "rdf:type")
    said.text(publisher, {"und": about.publisher}, "foaf:name", "schema:name")
    said.string(publisher, publisher, "schema:identifier")
    if about.publisher_type:
        kind = f"http://purl.org/adms/publishertype/{about.publisher_type}"
        said.iri(publisher, kind, "dcterms:type")
        said.stub(kind, "skos:Concept", label=label_of(kind))
    if about.contact:
        contact = said.part("contact")
        said.iri(said.catalog, contact, "dcat:contactPoint")
        said.iri(publisher, contact, "schema:contactPoint")
        said.name(contact, "schema:ContactPoint", "rdf:type")
        said.name(contact, "vcard:Organization", "rdf:type")
        said.name(contact, "vcard:Kind", "rdf:type")
        said.string(contact, about.publisher, "schema:name", "vcard:fn")
        said.string(contact, about.contact, "schema:email")
        said.iri(contact, f"mailto:{about.contact}", "vcard:hasEmail")


def _catalog(said: Statements, about: DatasetSettings, dataset: str) -> None:
    said.name(said.catalog, "dcat:Catalog", "rdf:type")
    said.name(said.catalog, "schema:DataCatalog", "rdf:type")
    said.iri(said.catalog, dataset, "dcat:dataset", "schema:dataset")
    said.iri(dataset, said.catalog, "schema:includedInDataCatalog")
    if about.homepage:
        said.iri(said.catalog, about.homepage, "foaf:homepage", "schema:url")
        said.stub(about.homepage, "foaf:Document")
    if about.themes:
        taxonomy = authority("data-theme", "").rstrip("/")
        said.iri(said.catalog, taxonomy, "dcat:themeTaxonomy")
        said.stub(taxonomy, "skos:ConceptScheme")
        said.text(taxonomy, {"fr": "Thème de données", "en": "Data theme"}, "dcterms:title")


def _dataset(said: Statements, settings: Settings, dataset: str, publisher: str, counts: Counts, version: str) -> None:
    about = settings.dataset
    said.iri(dataset, publisher, "dcterms:creator", "schema:creator")
    said.string(dataset, dataset, "dcterms:identifier", "schema:identifier")
    said.string(dataset, version, "dcat:version", "schema:version")
    for word in about.keywords:
        said.text(dataset, {settings.language.lower(): word}, "dcat:keyword", "schema:keywords")
    for theme in about.themes:
        code = authority("data-theme", theme)
        said.iri(dataset, code, "dcat:theme")
        said.stub(code, "skos:Concept", label=label_of(code))
    if about.frequency:
        code = authority("frequency", about.frequency)
        said.iri(dataset, code, "dcterms:accrualPeriodicity")
        said.stub(code, "dcterms:Frequency", "skos:Concept", label=label_of(code))
    if about.contact:
        said.iri(dataset, said.part("contact"), "dcat:contactPoint")
    for known in languages():
        if known.authority in counts.languages:
            said.string(dataset, known.alpha2, "schema:inLanguage")
    if counts.first and counts.last:
        period = said.part("period")
        said.iri(dataset, period, "dcterms:temporal")
        said.name(period, "dcterms:PeriodOfTime", "rdf:type")
        said.literal(period, counts.first, "dcat:startDate")
        said.literal(period, counts.last, "dcat:endDate")
        days = "/".join(literal.split('"')[1] for literal in (counts.first, counts.last))
        said.string(dataset, days, "schema:temporalCoverage")
    # Everything is on the web, and nobody is asked for money: that is so wherever the files are put.
    said.typed(dataset, "true", "xsd:boolean", "schema:isAccessibleForFree")
    public = authority("access-right", "PUBLIC")
    said.iri(dataset, public, "dcterms:accessRights")
    said.stub(public, "dcterms:RightsStatement", "skos:Concept", label=label_of(public))


def _distribution(said: Statements, about: DatasetSettings, dataset: str, dump: Dump) -> None:
    key = dump.name.replace("/", "-")
    one, address = said.part(f"distribution-{key}"), f"{said.policy.base_iri}{dump.name}"
    packed = dump.is_compressed
    said.iri(dataset, one, "dcat:distribution", "schema:distribution")
    said.name(one, "dcat:Distribution", "rdf:type")
    said.name(one, "schema:DataDownload", "rdf:type")
    said.iri(one, address, "dcat:accessURL", "dcat:downloadURL")
    _content_url(said, one, address)
    graphs = dump.format.has_named_graphs
    title = f"{dump.format.name}{' (gzip)' if packed else ''}{', SCHEMA-AP-NDE' if dump.profile else ''}"
    said.text(one, {"fr": title, "en": title}, "dcterms:title")
    # The Dutch register takes one name of a distribution; that of a format is the same in every language.
    said.text(one, {"und": title}, "schema:name")
    said.text(
        one,
        {
            "fr": f"Toutes les notices, {'un graphe nommé par notice' if graphs else 'en un seul graphe'}.",
            "en": f"All records, {'one named graph a record' if graphs else 'as one graph'}.",
        },
        "dcterms:description",
        "schema:description",
    )
    type_ = f"{_IANA}{dump.format.media_type}"
    said.iri(one, type_, "dcat:mediaType")
    said.stub(type_, "dcterms:MediaType", "dcterms:MediaTypeOrExtent")
    said.string(one, dump.format.media_type + ("+gzip" if packed else ""), "schema:encodingFormat")
    if packed:
        said.iri(one, f"{_IANA}application/gzip", "dcat:compressFormat")
        said.stub(f"{_IANA}application/gzip", "dcterms:MediaType", "dcterms:MediaTypeOrExtent")
    file_type = authority("file-type", _FILE_TYPES[dump.format])
    said.iri(one, file_type, "dcterms:format")
    said.stub(file_type, "dcterms:MediaTypeOrExtent", "skos:Concept", label={"und": dump.format.name})
    for standard in filter(None, (dump.format.specification, dump.profile)):
        said.iri(one, standard, "dcterms:conformsTo")
        said.stub(standard, "dcterms:Standard")
    if dump.profile:
        said.iri(one, dump.profile, "schema:usageInfo")
    said.typed(one, str(dump.size), "xsd:nonNegativeInteger", "dcat:byteSize")
    said.string(one, f"{dump.size} B", "schema:contentSize")
    if dump.sha256:
        _checksum(said, one, key, dump.sha256)
    if about.license:
        said.iri(one, about.license, "dcterms:license", "schema:license")


def _checksum(said: Statements, one: str, key: str, sha256: str) -> None:
    said.string(one, sha256, "schema:sha256")
    checksum = said.part(f"checksum-{key}")
    said.iri(one, checksum, "spdx:checksum")
    said.name(checksum, "spdx:Checksum", "rdf:type")
    said.name(checksum, "spdx:checksumAlgorithm_sha256", "spdx:algorithm")
    said.name("http://spdx.org/rdf/terms#checksumAlgorithm_sha256", "spdx:ChecksumAlgorithm", "rdf:type")
    said.typed(checksum, sha256, "xsd:hexBinary", "spdx:checksumValue")


def _content_url(said: Statements, one: str, address: str) -> None:
    # The Dutch register takes an IRI as well, and announces for its version 2.0 that it will not.
    said.typed(one, address, "xsd:anyURI", "schema:contentUrl")


def _service(said: Statements, about: DatasetSettings, dataset: str, publisher: str) -> None:
    service, one = said.part("sparql"), said.part("distribution-sparql")
    said.iri(said.catalog, service, "dcat:service")
    said.name(service, "dcat:DataService", "rdf:type")
    said.text(service, {"fr": "Point d'accès SPARQL", "en": "SPARQL endpoint"}, "dcterms:title")
    told = {"fr": "Toutes les notices, interrogées en SPARQL.", "en": "All records, asked by SPARQL."}
    said.text(service, told, "dcterms:description")
    said.string(service, service, "dcterms:identifier")
    said.iri(service, authority("access-right", "PUBLIC"), "dcterms:accessRights")
    for theme in about.themes:
        said.iri(service, authority("data-theme", theme), "dcat:theme")
    said.iri(service, about.endpoint, "dcat:endpointURL", "dcat:endpointDescription")
    said.iri(service, dataset, "dcat:servesDataset")
    said.iri(service, publisher, "dcterms:publisher")
    said.iri(service, _PROTOCOL, "dcterms:conformsTo")
    said.stub(_PROTOCOL, "dcterms:Standard")
    if about.contact:
        said.iri(service, said.part("contact"), "dcat:contactPoint")
    said.iri(dataset, about.endpoint, "void:sparqlEndpoint")
    # An endpoint has no media type of its own: the protocol is what it conforms to (NDE, requirements for datasets).
    said.iri(dataset, one, "dcat:distribution", "schema:distribution")
    said.name(one, "dcat:Distribution", "rdf:type")
    said.name(one, "schema:DataDownload", "rdf:type")
    said.text(one, {"fr": "Point d'accès SPARQL", "en": "SPARQL endpoint"}, "dcterms:title")
    said.text(one, {"und": "SPARQL"}, "schema:name")
    said.text(one, told, "dcterms:description", "schema:description")
    asked = authority("file-type", "SPARQLQ")
    said.iri(one, asked, "dcterms:format")
    said.stub(asked, "dcterms:MediaTypeOrExtent", "skos:Concept", label={"und": "SPARQL"})
    said.iri(one, about.endpoint, "dcat:accessURL")
    _content_url(said, one, about.endpoint)
    said.iri(one, service, "dcat:accessService")
    said.iri(one, _PROTOCOL, "schema:usageInfo", "dcterms:conformsTo")
    if about.license:
        said.iri(service, about.license, "dcterms:license")
        said.iri(one, about.license, "dcterms:license", "schema:license")


def _stubs(said: Statements, about: DatasetSettings, counts: Counts) -> None:
    """Say what codes and licences of others are."""
    for spoken in languages():
        if spoken.authority in counts.languages:
            names = {"fr": spoken.name_fr, "en": spoken.name_en}
            said.stub(spoken.authority, "dcterms:LinguisticSystem", "skos:Concept", label=names)
    for country in countries():
        if country.authority in counts.countries:
            names = {"fr": country.name_fr, "en": country.name_en}
            said.stub(country.authority, "dcterms:Location", "skos:Concept", "schema:Place", label=names)
    if about.license:
        said.stub(about.license, "dcterms:LicenseDocument")
