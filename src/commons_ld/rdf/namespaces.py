"""The namespaces of the vocabularies we write, and the short names that stand for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["PREFIXES", "expand"]

#: Prefix to namespace IRI. ``schema`` is https, as harvesters demand; the order is that of the output.
PREFIXES: Final[dict[str, str]] = {
    "cld": "https://w3id.org/commons-ld/ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def expand(curie: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return the IRI that a compact name such as ``schema:name`` stands for.

    :raises KeyError: if its prefix is none of ``prefixes``

    >>> expand("dcterms:title")
    'http://purl.org/dc/terms/title'
    """
    prefix, _, local = curie.partition(":")
    return prefixes[prefix] + local
