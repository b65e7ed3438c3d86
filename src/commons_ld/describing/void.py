"""Say in VoID what the dataset holds: how many of what, and where it links to (https://www.w3.org/TR/void/)."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from typing import Final

from commons_ld.describing.statements import PREFIXES_HERE, Statements
from commons_ld.outputs.counting import AUTHORITIES, Counts

__all__ = ["VOID", "describe_void", "void_document"]

#: What the counts and linksets are called as a document of their own.
VOID: Final = "void.nt"


def void_document(base_iri: str, counts: Counts) -> bytes:
    """Return the counts and the linksets alone, as canonical N-Triples.

    They depend on the statements of the dataset, and not on how many files these are published in.
    """
    said = Statements(base_iri)
    describe_void(said, counts)
    return b"".join(said)


def describe_void(said: Statements, counts: Counts) -> None:
    """Add the counts of the union of all graphs, by class and by property, and the linksets."""
    dataset, base = said.policy.dataset, said.policy.base_iri
    said.name(dataset, "void:Dataset", "rdf:type")
    said.integer(dataset, counts.triples, "void:triples")
    said.integer(dataset, counts.records, "void:entities")
    said.integer(dataset, len(counts.classes), "void:classes")
    said.integer(dataset, len(counts.properties), "void:properties")
    said.integer(dataset, counts.subjects, "void:distinctSubjects")
    said.string(dataset, base, "void:uriSpace")
    if counts.example:
        said.iri(dataset, counts.example, "void:exampleResource")
    for property_, count in counts.properties.items():
        _property(said, dataset, "property", property_, count)
    by_class: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (class_, property_), count in counts.class_properties.items():
        by_class[class_][property_] = count
    for class_, entities in counts.classes.items():
        part = said.part(f"class-{_short(class_)}")
        said.iri(dataset, part, "void:classPartition")
        said.name(part, "void:Dataset", "rdf:type")
        said.iri(part, class_, "void:class")
        said.integer(part, entities, "void:entities")
        said.integer(part, sum(by_class[class_].values()), "void:triples")
        for property_, count in by_class[class_].items():
            _property(said, part, f"class-{_short(class_)}-property", property_, count)
    for (start, property_), count in counts.links.items():
        name, target = AUTHORITIES.get(start) or (sha256(start.encode()).hexdigest()[:8], start)
        linkset = said.part(f"linkset-{name}-{_short(property_)}")
        said.iri(dataset, linkset, "void:subset")
        said.name(linkset, "void:Linkset", "rdf:type")
        words = {"fr": f"Liens par {_word(property_)} vers {start}", "en": f"Links by {_word(property_)} to {start}"}
        said.text(linkset, words, "dcterms:description")
        said.iri(linkset, dataset, "void:subjectsTarget")
        said.iri(linkset, target, "void:objectsTarget")
        said.iri(linkset, property_, "void:linkPredicate")
        said.integer(linkset, count, "void:triples")
        said.name(target, "void:Dataset", "rdf:type")
        said.string(target, start, "void:uriSpace")


def _word(iri: str) -> str:
    """Return a property as a person reads it: with its prefix where there is one."""
    found = ((prefix, iri.removeprefix(namespace)) for prefix, namespace in PREFIXES_HERE.items())
    return next((f"{prefix}:{local}" for prefix, local in found if local != iri), iri)


def _property(said: Statements, of: str, start: str, property_: str, count: int) -> None:
    part = said.part(f"{start}-{_short(property_)}")
    said.iri(of, part, "void:propertyPartition")
    said.name(part, "void:Dataset", "rdf:type")
    said.iri(part, property_, "void:property")
    said.integer(part, count, "void:triples")


def _short(iri: str) -> str:
    """Return a name for an IRI that no other one has: with its prefix, or a digest where we know no prefix.

    >>> _short("https://schema.org/name")
    'schema-name'
    """
    for prefix, namespace in PREFIXES_HERE.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.replace("_", "").isalnum() and local.isascii():
            return f"{prefix}-{local}"
    return sha256(iri.encode()).hexdigest()[:12]
