"""Write what the queries made as XML, in the elements and the order that harvesters' schemas ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox
from lxml import etree

from commons_ld.rendering.constructing import Rendering
from commons_ld.rendering.elements import CLASSES, DC, ORDER, RDF, RDF_XMLNS

__all__ = ["edm", "edm_nodes", "oai_dc", "printable"]

_OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

#: The elements of unqualified Dublin Core, in the order in which they are written: any order is valid.
_ELEMENTS: Final = (
    *("title", "creator", "contributor", "publisher", "date", "type", "format", "identifier"),
    *("language", "rights", "relation", "subject", "description", "coverage", "source"),
)
#: What no XML 1.0 document can hold (section 2.2).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def oai_dc(rendering: Rendering, block: bytes, description: bytes = b"") -> bytes:
    """Return a record as the element ``oai_dc:dc``, without an XML declaration.

    :param block: the record's graph, canonical N-Quads
    """
    root = etree.Element(f"{{{_OAI_DC}}}dc", nsmap={"oai_dc": _OAI_DC, "dc": DC, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", f"{_OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    triples = rendering.construct("oai_dc", block, description)
    for element in _ELEMENTS:
        found = [triple for triple in triples if triple.predicate.value == DC + element]
        # The address of the record comes first among its identifiers: harvesters take the first for a link.
        for triple in sorted(found, key=lambda one: _value(one.object) != _value(one.subject)):
            _add(root, triple)
    return _bytes(root)


def edm(rendering: Rendering, block: bytes, description: bytes = b"") -> bytes:
    """Return a record as an element ``rdf:RDF`` of EDM, without an XML declaration.

    :param block: the record's graph, canonical N-Quads
    """
    root = etree.Element(f"{{{RDF}}}RDF", nsmap=RDF_XMLNS)
    root.extend(edm_nodes(rendering.construct("edm", block, description)))
    return _bytes(root)


def edm_nodes(triples: Iterable[ox.Triple]) -> list[etree._Element]:
    """Return statements of EDM as typed elements, one a node, in the order of Europeana's schema."""
    nodes: dict[str, list[ox.Triple]] = {}
    for triple in triples:
        nodes.setdefault(_value(triple.subject), []).append(triple)
    found = sorted((rank, iri) for iri, about in nodes.items() for rank in _ranks(about))
    return [_node(CLASSES[rank], iri, nodes[iri]) for rank, iri in found]


def printable(text: str) -> str:
    """Return a text without what no XML document can hold."""
    return _NOT_XML.sub("", text)


def _ranks(about: list[ox.Triple]) -> list[int]:
    classes = {_value(triple.object) for triple in about if triple.predicate.value == f"{RDF}type"}
    return [rank for rank, class_ in enumerate(CLASSES) if class_ in classes]


def _node(class_: str, iri: str, about: list[ox.Triple]) -> etree._Element:
    """Return what a class may say of a node: one that is of two classes is two elements."""
    node = etree.Element(_qname(class_), nsmap=RDF_XMLNS)
    node.set(f"{{{RDF}}}about", iri)
    step = ORDER[class_]
    said = [triple for triple in about if triple.predicate.value in step]
    for triple in sorted(said, key=lambda one: (step[one.predicate.value], str(one))):
        _add(node, triple)
    return node


def _add(parent: etree._Element, triple: ox.Triple) -> None:
    value = triple.object
    child = etree.SubElement(parent, _qname(triple.predicate.value))
    # Unqualified Dublin Core knows no references: an IRI is a text there.
    if isinstance(value, ox.NamedNode) and parent.tag != f"{{{_OAI_DC}}}dc":
        child.set(f"{{{RDF}}}resource", value.value)
        return
    child.text = printable(_value(value))
    # "und" is a tag of ISO 639 for what nobody told, and no harvester's list holds it.
    if isinstance(value, ox.Literal) and value.language and value.language != "und":
        child.set(f"{{{_XML}}}lang", value.language)


def _value(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    if isinstance(term, ox.Triple):
        raise TypeError("a statement about a statement is in no block")
    return term.value


def _qname(iri: str) -> str:
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return f"{{{iri[:cut]}}}{iri[cut:]}"


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=False)
