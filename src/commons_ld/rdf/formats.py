"""The RDF syntaxes we publish: each a value that knows its names."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = [
    "DUMP",
    "FORMATS",
    "JSON_LD",
    "N_QUADS",
    "N_TRIPLES",
    "RDF_XML",
    "TRIG",
    "TURTLE",
    "RdfFormat",
    "by_name",
    "dump_name",
]


class RdfFormat(NamedTuple):
    """An RDF syntax.

    :param name: what settings and the command line call it
    :param title: what its specification calls it
    :param suffix: of its files, with the dot
    :param media_type: as registered with IANA
    :param specification: where it is defined
    :param has_named_graphs: whether it holds a dataset (graphs with names) or one graph
    """

    name: str
    title: str
    suffix: str
    media_type: str
    specification: str
    has_named_graphs: bool


N_QUADS: Final = RdfFormat("n-quads", "N-Quads", ".nq", "application/n-quads", "https://www.w3.org/TR/n-quads/", True)
N_TRIPLES: Final = RdfFormat(
    "n-triples", "N-Triples", ".nt", "application/n-triples", "https://www.w3.org/TR/n-triples/", False
)
TURTLE: Final = RdfFormat("turtle", "Turtle", ".ttl", "text/turtle", "https://www.w3.org/TR/turtle/", False)
TRIG: Final = RdfFormat("trig", "TriG", ".trig", "application/trig", "https://www.w3.org/TR/trig/", True)
RDF_XML: Final = RdfFormat(
    "rdf-xml", "RDF/XML", ".rdf", "application/rdf+xml", "https://www.w3.org/TR/rdf-syntax-grammar/", False
)
JSON_LD: Final = RdfFormat(
    "json-ld", "JSON-LD", ".jsonld", "application/ld+json", "https://www.w3.org/TR/json-ld11/", False
)

#: What the files of the whole dataset are called, before their suffix.
DUMP: Final = "dataset"

#: Every syntax, in the order in which the dumps are listed.
FORMATS: Final = (N_QUADS, N_TRIPLES, TURTLE, TRIG, RDF_XML, JSON_LD)


def by_name(name: str) -> RdfFormat:
    """Return the format that is called ``name``.

    :raises KeyError: if there is none

    >>> by_name("turtle").media_type
    'text/turtle'
    """
    return {format_.name: format_ for format_ in FORMATS}[name]


def dump_name(format_: RdfFormat) -> str:
    """Return the name of the dump in a format.

    >>> dump_name(TURTLE)
    'dataset.ttl'
    """
    return f"{DUMP}{format_.suffix}"
