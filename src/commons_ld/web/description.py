"""The description of the endpoint: SPARQL 1.1 Service Description, with the counts of VoID.

It says what the endpoint does (https://www.w3.org/TR/sparql11-service-description/) and what is in it
(https://www.w3.org/TR/void/). Its nodes have IRIs after the endpoint's, so that there are no blank ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.web.edition import Edition

__all__ = ["service_description"]

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_RESULTS: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "N-Quads",
    "TriG",
    "JSON-LD",
    "RDF_XML",
)
#: More named graphs than these are counted, and not listed one by one: a description is to be read at once.
_LISTED: Final = 1_000


def service_description(edition: Edition, endpoint: str, media_type: str) -> bytes:
    """Return the description of an endpoint.

    :param endpoint: its address, as the client asked for it
    :raises ValueError: if that is no IRI
    """
    format_ = ox.RdfFormat.from_media_type(media_type)
    triples = list(_described(edition, endpoint))
    prefixes = {name: PREFIXES[name] for name in ("rdfs", "void", "xsd")} | {"sd": _SD, "formats": _FORMATS}
    return ox.serialize(triples, format=format_, prefixes=prefixes) or b""


def _described(edition: Edition, endpoint: str) -> Iterator[ox.Triple]:
    def node(name: str) -> ox.NamedNode:
        return ox.NamedNode(f"{endpoint}#{name}")

    def say(subject: ox.NamedNode, predicate: str, *values: ox.NamedNode | ox.Literal | int) -> Iterator[ox.Triple]:
        property_ = ox.NamedNode(predicate if "//" in predicate else expand(predicate))
        for value in values:
            term = ox.Literal(str(value), datatype=_INTEGER) if isinstance(value, int) else value
            yield ox.Triple(subject, property_, term)

    service, dataset, default = node("service"), node("dataset"), node("default-graph")
    yield from say(service, "rdf:type", _sd("Service"))
    yield from say(service, f"{_SD}endpoint", ox.NamedNode(endpoint))
    yield from say(service, f"{_SD}supportedLanguage", _sd("SPARQL11Query"))
    yield from say(service, f"{_SD}feature", _sd("UnionDefaultGraph"))
    yield from say(service, f"{_SD}resultFormat", *(ox.NamedNode(_FORMATS + name) for name in _RESULTS))
    yield from say(service, f"{_SD}defaultDataset", dataset)

    counted = edition.statistics
    yield from say(dataset, "rdf:type", _sd("Dataset"))
    yield from say(dataset, f"{_SD}defaultGraph", default)
    yield from say(default, "rdf:type", _sd("Graph"))
    yield from say(default, "void:triples", counted.triples)
    graphs = sorted(edition.graphs)
    for number, graph in enumerate(graphs[:_LISTED], 1):
        named = node(f"graph-{number}")
        yield from say(dataset, f"{_SD}namedGraph", named)
        yield from say(named, "rdf:type", _sd("NamedGraph"))
        yield from say(named, f"{_SD}name", ox.NamedNode(graph))
    if len(graphs) > _LISTED:
        told = (
            f"{len(graphs)} named graphs, of which {_LISTED} are listed; SELECT ?g {{ GRAPH ?g {{}} }} gives them all"
        )
        yield from say(dataset, "rdfs:comment", ox.Literal(told, language="en"))

    void = ox.NamedNode(edition.policy.dataset)
    yield from say(void, "rdf:type", ox.NamedNode(expand("void:Dataset")))
    yield from say(void, "void:sparqlEndpoint", ox.NamedNode(endpoint))
    yield from say(void, "void:triples", counted.triples)
    yield from say(void, "void:classes", len(counted.classes))
    yield from say(void, "void:properties", len(counted.properties))
    for number, (iri, count) in enumerate(sorted(counted.classes.items()), 1):
        part = node(f"class-{number}")
        yield from say(void, "void:classPartition", part)
        yield from say(part, "void:class", ox.NamedNode(iri))
        yield from say(part, "void:entities", count)
    for number, (iri, count) in enumerate(sorted(counted.properties.items()), 1):
        part = node(f"property-{number}")
        yield from say(void, "void:propertyPartition", part)
        yield from say(part, "void:property", ox.NamedNode(iri))
        yield from say(part, "void:triples", count)


_INTEGER: Final = ox.NamedNode(expand("xsd:integer"))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)
