"""The crosswalk: which field of a record becomes which properties, one row a field.

The table is the one truth about the mapping. :mod:`commons_ld.mapping` compiles it into the code that
writes blocks; tests hold it to the record, the ontology, the JSON-LD context and the shapes.
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["CROSSWALK", "NODE_TYPES", "Rule"]


class Rule(NamedTuple):
    """One row: on a node of this kind, this field becomes these properties.

    :param node: the kind of node that is described, a key of :data:`NODE_TYPES`
    :param field: a field of the record, or of the part of it that the node stands for
    :param term: how its value becomes a term: a name of :mod:`commons_ld.rdf.terms`, or the kind of node it points to
    :param properties: as compact names
    """

    node: str
    field: str
    term: str
    properties: tuple[str, ...]


#: The classes of each kind of node. A medium's come from its media type: :data:`commons_ld.media_types.MEDIA_TYPES`.
NODE_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "session": ("cld:Session", "schema:Event"),
    "media": (),
    "recording": (),
    "person": ("schema:Person",),
    "organization": ("schema:Organization",),
    "collection": ("dcmitype:Collection",),
    "series": ("dcmitype:Collection", "schema:EventSeries"),
    "note": ("schema:Comment",),
    "participant": ("schema:Person",),
    "document": ("schema:DigitalDocument",),
    "link": (),
    "candidate": ("skos:Concept", "cld:CandidateConcept"),
    "place": ("schema:Place", "dcterms:Location"),
    "geo": ("schema:GeoCoordinates",),
}

CROSSWALK: Final = (
    # A session: the event that took place.
    Rule("session", "slug", "string", ("dcterms:identifier",)),
    Rule("session", "title", "text", ("dcterms:title", "schema:name")),
    Rule("session", "former_titles", "text", ("dcterms:alternative", "schema:alternateName")),
    Rule("session", "description", "text", ("dcterms:description", "schema:description")),
    Rule("session", "abstract", "text", ("dcterms:abstract",)),
    Rule("session", "created", "date", ("dcterms:created", "schema:startDate")),
    Rule("session", "collections", "collection", ("dcterms:isPartOf", "schema:superEvent")),
    Rule("session", "objets_de_commun", "concept", ("cld:objetDeCommun", "dcterms:subject", "schema:about")),
    Rule("session", "enjeux", "concept", ("cld:enjeu", "dcterms:subject", "schema:about")),
    Rule("session", "actions", "concept", ("cld:action", "dcterms:subject", "schema:about")),
    Rule("session", "resultats_attendus", "concept", ("cld:resultatAttendu", "dcterms:subject", "schema:about")),
    Rule("session", "languages", "language", ("dcterms:language",)),
    Rule("session", "languages", "language_tag", ("schema:inLanguage",)),
    Rule("session", "countries", "country", ("dcterms:spatial",)),
    Rule("session", "coordinates", "place", ("schema:location", "dcterms:spatial")),
    Rule("session", "guests", "person", ("schema:performer", "dcterms:contributor")),
    Rule("session", "producers", "producer", ("dcterms:contributor",)),
    Rule("session", "participants", "person", ("schema:contributor", "dcterms:contributor")),
    Rule("session", "authors", "person", ("dcterms:creator",)),
    Rule("session", "recording", "recording", ("schema:recordedIn",)),
    Rule("session", "image", "image", ("schema:image", "foaf:depiction")),
    Rule("session", "website", "url", ("dcterms:relation", "rdfs:seeAlso")),
    Rule("session", "documents", "document", ("dcterms:references",)),
    Rule("session", "links", "link", ("dcterms:references",)),
    Rule("session", "pad", "url", ("dcterms:references", "rdfs:seeAlso")),
    Rule("session", "notes_heading", "text", ("skos:note",)),
    Rule("session", "notes", "note", ("schema:comment",)),
    Rule("session", "page", "url", ("schema:subjectOf", "dcterms:source", "prov:wasDerivedFrom")),
    # The recording of a session.
    Rule("recording", "title", "text", ("dcterms:title", "schema:name")),
    Rule("recording", "media_type", "dcmi_type", ("dcterms:type",)),
    Rule("recording", "start", "start", ("schema:startDate",)),
    Rule("recording", "issued", "date", ("dcterms:issued", "schema:datePublished")),
    Rule("recording", "duration", "duration", ("schema:duration", "dcterms:extent")),
    Rule("recording", "duration", "pages", ("dcterms:extent",)),
    Rule("recording", "languages", "language", ("dcterms:language",)),
    Rule("recording", "languages", "language_tag", ("schema:inLanguage",)),
    Rule("recording", "producers", "producer", ("schema:producer",)),
    Rule("recording", "authors", "person", ("dcterms:creator", "schema:creator")),
    Rule("recording", "broadcast_url", "url", ("schema:url", "dcterms:hasFormat")),
    Rule("recording", "broadcast_url", "media_file", ("schema:contentUrl",)),
    Rule("recording", "session", "session", ("schema:recordedAt",)),
    # A medium that is no session: it is its own recording.
    Rule("media", "slug", "string", ("dcterms:identifier",)),
    Rule("media", "title", "text", ("dcterms:title", "schema:name")),
    Rule("media", "former_titles", "text", ("dcterms:alternative", "schema:alternateName")),
    Rule("media", "description", "text", ("dcterms:description", "schema:description")),
    Rule("media", "abstract", "text", ("dcterms:abstract", "schema:abstract")),
    Rule("media", "media_type", "dcmi_type", ("dcterms:type",)),
    Rule("media", "created", "date", ("dcterms:created", "schema:dateCreated")),
    Rule("media", "start", "start", ("schema:startDate",)),
    Rule("media", "issued", "date", ("dcterms:issued", "schema:datePublished")),
    Rule("media", "duration", "duration", ("schema:duration", "dcterms:extent")),
    Rule("media", "duration", "pages", ("dcterms:extent",)),
    Rule("media", "collections", "collection", ("dcterms:isPartOf", "schema:isPartOf")),
    Rule("media", "objets_de_commun", "concept", ("cld:objetDeCommun", "dcterms:subject", "schema:about")),
    Rule("media", "enjeux", "concept", ("cld:enjeu", "dcterms:subject", "schema:about")),
    Rule("media", "actions", "concept", ("cld:action", "dcterms:subject", "schema:about")),
    Rule("media", "resultats_attendus", "concept", ("cld:resultatAttendu", "dcterms:subject", "schema:about")),
    Rule("media", "languages", "language", ("dcterms:language",)),
    Rule("media", "languages", "language_tag", ("schema:inLanguage",)),
    Rule("media", "countries", "country", ("dcterms:spatial",)),
    Rule("media", "coordinates", "place", ("schema:contentLocation", "dcterms:spatial")),
    Rule("media", "guests", "person", ("schema:contributor", "dcterms:contributor")),
    Rule("media", "producers", "producer", ("schema:producer", "dcterms:contributor")),
    Rule("media", "participants", "person", ("schema:contributor", "dcterms:contributor")),
    Rule("media", "authors", "person", ("dcterms:creator", "schema:creator")),
    Rule("media", "broadcast_url", "url", ("schema:url", "dcterms:hasFormat")),
    Rule("media", "broadcast_url", "media_file", ("schema:contentUrl",)),
    Rule("media", "image", "image", ("schema:image", "foaf:depiction")),
    Rule("media", "website", "url", ("dcterms:relation", "rdfs:seeAlso")),
    Rule("media", "documents", "document", ("dcterms:references",)),
    Rule("media", "links", "link", ("dcterms:references",)),
    Rule("media", "pad", "url", ("dcterms:references", "rdfs:seeAlso")),
    Rule("media", "notes_heading", "text", ("skos:note",)),
    Rule("media", "notes", "note", ("schema:comment",)),
    Rule("media", "page", "url", ("schema:subjectOf", "dcterms:source", "prov:wasDerivedFrom")),
    # Who and what they point to.
    Rule("person", "name", "string", ("schema:name",)),
    Rule("person", "biography", "text", ("schema:description",)),
    Rule("organization", "name", "string", ("schema:name",)),
    Rule("collection", "name", "text", ("dcterms:title", "schema:name")),
    Rule("series", "name", "text", ("dcterms:title", "schema:name")),
    Rule("document", "position", "integer", ("schema:position",)),
    Rule("document", "title", "text", ("dcterms:title", "schema:name")),
    Rule("document", "url", "url", ("schema:url",)),
    Rule("link", "label", "label", ("schema:name",)),
    Rule("candidate", "name", "text", ("skos:prefLabel",)),
    Rule("place", "geo", "geo", ("schema:geo",)),
    Rule("geo", "latitude", "decimal", ("schema:latitude",)),
    Rule("geo", "longitude", "decimal", ("schema:longitude",)),
    Rule("note", "position", "integer", ("schema:position",)),
    Rule("note", "time", "moment", ("schema:dateCreated",)),
    Rule("note", "author", "author", ("schema:author",)),
    Rule("note", "text", "text", ("schema:text",)),
    Rule("note", "reply_to", "reply_to", ("schema:parentItem",)),
    Rule("participant", "name", "text", ("schema:name",)),
)
