"""The crosswalk as RDF, so that SPARQL can ask which row wrote a statement: the graph ``graph/crosswalk``.

Each row has an IRI, and so has each kind of node that rows describe::

    <https://w3id.org/commons-ld/crosswalk#session-created-date> a cld:CrosswalkRow ;
        rdfs:label "Date de création"@fr , "Date of creation"@en ;
        cld:describes <https://w3id.org/commons-ld/crosswalk#session> ;
        cld:reads "created" ; cld:makes "date" ; cld:writes dcterms:created , schema:startDate .
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from commons_ld.iris import IriPolicy
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.messages import Language
from commons_ld.outputs.report_words import field_label
from commons_ld.rdf import terms
from commons_ld.rdf.block import Block
from commons_ld.rdf.namespaces import expand
from commons_ld.settings import Settings

__all__ = ["CROSSWALK_IRI", "crosswalk_block", "row_iri"]

#: The table, whose rows and kinds of node are named below it.
CROSSWALK_IRI: Final = "https://w3id.org/commons-ld/crosswalk"

#: What the IRIs of the nodes of a kind are, below the base. A link has somebody else's IRI, and so no form.
_FORMS: Final = {
    "session": "session/[a-z0-9-]+",
    "media": "media/[a-z0-9-]+",
    "recording": "session/[a-z0-9-]+/recording",
    "person": "person/[a-z0-9-]+",
    "organization": "organization/[a-z0-9-]+",
    "collection": "collection/[a-z0-9-]+",
    "series": "collection/[a-z0-9-]+",
    "note": "(session|media)/[a-z0-9-]+/note/[1-9][0-9]*",
    "participant": "(session|media)/[a-z0-9-]+/participant/[1-9][0-9]*",
    "document": "(session|media)/[a-z0-9-]+/document/[1-9][0-9]*",
    "candidate": "concept/[a-z0-9-]+",
    "place": "(session|media)/[a-z0-9-]+/place",
    "geo": "(session|media)/[a-z0-9-]+/geo",
}
#: What can stand in an IRI and means something in a regular expression of SPARQL (XML Schema 1.1, part 2, appendix G).
_ESCAPED: Final = {**{character: f"[{character}]" for character in ".?*+()$"}, "[": r"\[", "]": r"\]"}


def row_iri(rule: Rule) -> str:
    """Return the IRI of a row.

    >>> row_iri(Rule("session", "created", "date", ("dcterms:created",)))
    'https://w3id.org/commons-ld/crosswalk#session-created-date'
    """
    return f"{CROSSWALK_IRI}#{rule.node}-{rule.field}-{rule.term}"


def crosswalk_block(settings: Settings) -> Block:
    """Return the crosswalk as a block of its own."""
    policy = IriPolicy(settings.base_iri)
    triples = (b"%b %b %b" % (subject, _iri(predicate), term) for subject, predicate, term in _statements(policy))
    return Block.of_triples(policy.mint("graph", "crosswalk"), CROSSWALK_IRI, triples)


def _statements(policy: IriPolicy) -> Iterator[tuple[bytes, str, bytes]]:
    base = "".join(_ESCAPED.get(character, character) for character in policy.base_iri)
    for kind in NODE_TYPES:
        node = terms.iri(f"{CROSSWALK_IRI}#{kind}")
        yield node, "rdf:type", _iri("cld:NodeKind")
        yield node, "dcterms:isPartOf", terms.iri(CROSSWALK_IRI)
        if kind in _FORMS:
            yield node, "void:uriRegexPattern", terms.string(f"^{base}{_FORMS[kind]}$")
    languages: tuple[Language, ...] = ("fr", "en")
    for rule in CROSSWALK:
        row = terms.iri(row_iri(rule))
        yield row, "rdf:type", _iri("cld:CrosswalkRow")
        yield row, "cld:describes", terms.iri(f"{CROSSWALK_IRI}#{rule.node}")
        yield row, "cld:reads", terms.string(rule.field)
        yield row, "cld:makes", terms.string(rule.term)
        for name in rule.properties:
            yield row, "cld:writes", _iri(name)
        for language in languages:
            yield row, "rdfs:label", terms.text(field_label(rule.field, language), language)


def _iri(name: str) -> bytes:
    return terms.iri(expand(name))
