"""The blocks that belong to no record: the description of the dataset, and the concept scheme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from commons_ld.alignments import GRAPH, Alignments
from commons_ld.codes import language
from commons_ld.concepts import Concepts
from commons_ld.dump_files import Dumps
from commons_ld.iris import IriPolicy, slug
from commons_ld.rdf import terms
from commons_ld.rdf.block import Block
from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.settings import Settings

__all__ = ["alignments_block", "catalog_block", "concepts_block"]

#: The vocabularies that records are written in.
_VOCABULARIES: Final = ("cld", "dcterms", "prov", "schema", "skos")


def catalog_block(settings: Settings) -> Block:
    """Return the description of the dataset (DCAT, VoID and schema.org) and of its publisher.

    Everything in it comes from the settings: no count and no date, so that it changes with them alone.
    """
    policy = IriPolicy(settings.base_iri)
    triples = (b" ".join(triple) for triple in _dataset(settings, policy))
    return Block.of_triples(policy.mint("graph", "catalog"), policy.dataset, triples)


def concepts_block(settings: Settings, concepts: Concepts) -> Block:
    """Return the concept scheme as a block of its own, so that the labels of concepts stand in the dumps."""
    policy = IriPolicy(settings.base_iri)
    triples = (statement.encode() for statement in concepts.statements)
    return Block.of_triples(policy.mint("graph", "concepts"), concepts.scheme, triples)


def alignments_block(settings: Settings, alignments: Alignments) -> Block:
    """Return the alignments to other vocabularies as a block of its own, each with who accepted it and when."""
    policy = IriPolicy(settings.base_iri)
    name = policy.mint("graph", GRAPH)
    return Block.of_triples(name, name, (statement.encode() for statement in alignments.statements))


def _dataset(settings: Settings, policy: IriPolicy) -> Iterator[tuple[bytes, bytes, bytes]]:
    about, dataset = settings.dataset, terms.iri(policy.dataset)
    publisher = terms.iri(about.publisher_iri or policy.mint("organization", slug(about.publisher)))

    def say(subject: bytes, term: bytes, *properties: str) -> Iterator[tuple[bytes, bytes, bytes]]:
        for name in properties:
            yield subject, terms.iri(expand(name)), term

    for class_ in ("dcat:Dataset", "schema:Dataset", "void:Dataset"):
        yield from say(dataset, terms.iri(expand(class_)), "rdf:type")
    for tag, words in about.title.items():
        yield from say(dataset, terms.text(words, tag), "dcterms:title", "schema:name")
    for tag, words in about.description.items():
        yield from say(dataset, terms.text(words, tag), "dcterms:description", "schema:description")
    if about.license:
        yield from say(dataset, terms.iri(about.license), "dcterms:license", "schema:license")
    if about.homepage:
        yield from say(dataset, terms.iri(about.homepage), "foaf:homepage", "schema:url")
    if known := language(settings.language):
        yield from say(dataset, terms.iri(known.authority), "dcterms:language")
    for prefix in _VOCABULARIES:
        yield from say(dataset, terms.iri(PREFIXES[prefix]), "void:vocabulary")
    for file in Dumps.of(settings.output).each():
        yield from say(dataset, terms.iri(f"{settings.base_iri}{file.name}"), "void:dataDump")
    yield from say(dataset, publisher, "dcterms:publisher", "schema:publisher")
    yield from say(publisher, terms.iri(expand("schema:Organization")), "rdf:type")
    yield from say(publisher, terms.string(about.publisher), "schema:name")
    if about.contact:
        yield from say(publisher, terms.iri(f"mailto:{about.contact}"), "foaf:mbox")
