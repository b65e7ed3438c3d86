"""What a reconciliation service speaks of: its types and properties, and what they are called in French and English."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from commons_ld.messages import Language
from commons_ld.rdf.namespaces import expand
from commons_ld.site.property_words import PROPERTY_WORDS

__all__ = ["CLASSES", "FEATURES", "PROPERTIES", "SETTINGS", "WORDS", "Named", "kinds_of", "properties_of", "types_of"]


class Named(NamedTuple):
    """A type or a property: its IRI, and what it is called."""

    id: str
    name: str


#: The classes of each kind of entity, the telling one first; see :data:`commons_ld.mapping.crosswalk.NODE_TYPES`.
CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "concept": ("skos:Concept",),
    "person": ("schema:Person",),
    "organization": ("schema:Organization",),
    "collection": ("dcmitype:Collection", "schema:EventSeries"),
    "session": ("cld:Session", "schema:Event"),
    "media": ("schema:CreativeWork",),
}
_CLASS_WORDS: Final[dict[str, tuple[str, str]]] = {
    "skos:Concept": ("Concept", "Concept"),
    "schema:Person": ("Personne", "Person"),
    "schema:Organization": ("Organisation", "Organization"),
    "dcmitype:Collection": ("Collection", "Collection"),
    "schema:EventSeries": ("Série d’événements", "Series of events"),
    "cld:Session": ("Session", "Session"),
    "schema:Event": ("Événement", "Event"),
    "schema:CreativeWork": ("Média", "Medium"),
}

_OF_RECORDS: Final = (
    *("dcterms:title", "dcterms:alternative", "dcterms:created", "dcterms:issued", "dcterms:description"),
    *("dcterms:abstract", "dcterms:isPartOf", "dcterms:subject", "cld:objetDeCommun", "cld:enjeu", "cld:action"),
    *("cld:resultatAttendu", "dcterms:contributor", "dcterms:creator", "dcterms:language", "dcterms:spatial"),
    *("dcterms:source", "schema:url"),
)
#: The properties that are told of each kind of entity.
PROPERTIES: Final[dict[str, tuple[str, ...]]] = {
    "concept": (
        *("skos:prefLabel", "skos:altLabel", "skos:definition", "skos:broader", "skos:narrower", "skos:related"),
        *("skos:exactMatch", "skos:closeMatch", "skos:inScheme"),
    ),
    "person": ("schema:name", "schema:alternateName", "schema:description", "schema:sameAs", "skos:exactMatch"),
    "organization": ("schema:name", "schema:alternateName", "schema:description", "schema:sameAs", "skos:exactMatch"),
    "collection": ("dcterms:title", "schema:description", "schema:sameAs"),
    "session": ("schema:performer", *_OF_RECORDS),
    "media": _OF_RECORDS,
}
#: What a property is called that pages of the site do not show.
_OTHERS: Final[dict[str, tuple[str, str]]] = {
    "skos:broader": ("notion plus large", "broader concept"),
    "skos:narrower": ("notion plus étroite", "narrower concept"),
    "skos:related": ("notion voisine", "related concept"),
    "skos:exactMatch": ("même notion ailleurs", "same concept elsewhere"),
    "skos:closeMatch": ("notion proche ailleurs", "close concept elsewhere"),
    "skos:inScheme": ("vocabulaire", "vocabulary"),
    "schema:sameAs": ("identique à", "same as"),
    "schema:url": ("adresse", "address"),
    "dcterms:source": ("page d’origine", "source page"),
}
#: What the score of a candidate is made of.
FEATURES: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "label": "ressemblance du libellé",
        "same": "même libellé",
        "preferred": "libellé principal",
        "records": "fiches qui le nomment",
        "properties": "propriétés demandées",
    },
    "en": {
        "label": "likeness of the label",
        "same": "same label",
        "preferred": "preferred label",
        "records": "records that name it",
        "properties": "properties asked for",
    },
}
#: How many values of a property are fetched.
SETTINGS: Final[dict[Language, tuple[str, str]]] = {
    "fr": ("Nombre de valeurs", "Au plus tant de valeurs par entité ; 0 pour toutes"),
    "en": ("Number of values", "At most so many values for each entity; 0 for all of them"),
}
WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "service": "{archive} (français)",
        "records": "{count} fiche(s)",
        "other": "Autres noms",
        "objet": "objet de commun : {count}",
        "enjeu": "enjeu : {count}",
        "action": "action : {count}",
        "resultat": "résultat attendu : {count}",
        "collection": "{count} fiche(s)",
    },
    "en": {
        "service": "{archive} (English)",
        "records": "{count} record(s)",
        "other": "Other names",
        "objet": "object of the commons: {count}",
        "enjeu": "issue at stake: {count}",
        "action": "action: {count}",
        "resultat": "expected outcome: {count}",
        "collection": "{count} record(s)",
    },
}


def types_of(kind: str, language: Language) -> list[Named]:
    """Return the types of a kind of entity, the telling one first.

    >>> types_of("person", "fr")
    [Named(id='https://schema.org/Person', name='Personne')]
    """
    return [Named(expand(name), _CLASS_WORDS[name][language == "en"]) for name in CLASSES[kind]]


def kinds_of(type_: str) -> tuple[str, ...]:
    """Return the kinds of entities of a type, given as an IRI or by its short name; none if there is no such type.

    >>> kinds_of("schema:Event"), kinds_of("https://schema.org/Person"), kinds_of("Q5")
    (('session',), ('person',), ())
    """
    return tuple(kind for kind, names in CLASSES.items() if any(type_ in (name, expand(name)) for name in names))


def properties_of(kinds: tuple[str, ...], language: Language) -> Iterator[Named]:
    """Yield the properties of some kinds of entities, each once; of all of them if there is none."""
    names = dict.fromkeys(name for kind in kinds or PROPERTIES for name in PROPERTIES[kind])
    for name in names:
        words = _OTHERS.get(name)
        yield Named(expand(name), words[language == "en"] if words else PROPERTY_WORDS[language][name])
