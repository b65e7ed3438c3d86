"""Write what the queries made as XML, in the elements and the order that harvesters' schemas ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from commons_ld.memo import Memo
from commons_ld.rendering.compiling import Made
from commons_ld.rendering.constructing import Rendering
from commons_ld.rendering.elements import CLASSES, DC, ORDER, RDF, RDF_XMLNS
from commons_ld.rendering.values import language, value

__all__ = ["edm", "edm_nodes", "oai_dc", "printable"]

_OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

#: The elements of unqualified Dublin Core, in the order in which they are written: any order is valid.
_ELEMENTS: Final = (
    *("title", "creator", "contributor", "publisher", "date", "type", "format", "identifier"),
    *("language", "rights", "relation", "subject", "description", "coverage", "source"),
)
#: What no XML 1.0 document can hold (section 2.2).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_XML_UTF8: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
#: What no text in XML is written as it is; most are without it.
_ESCAPED: Final = re.compile(rb"[\x00-\x08\x0b-\x1f&<>]|\xef\xbf[\xbe\xbf]")
#: What stands for another character in a text; the ampersand first, since the others have one.
_ENTITIES: Final = ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b"\r", b"&#13;"))

_OAI_DC_TAGS: Final = (
    f'<oai_dc:dc xmlns:oai_dc="{_OAI_DC}" xmlns:dc="{DC}" xmlns:xsi="{_XSI}" '
    f'xsi:schemaLocation="{_OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'.encode(),
    b"</oai_dc:dc>",
)
_XMLNS: Final = " ".join(f'xmlns:{prefix}="{iri}"' for prefix, iri in RDF_XMLNS.items())
_RDF_TAGS: Final = f"<rdf:RDF {_XMLNS}>".encode(), b"</rdf:RDF>"
_PREFIXES: Final = {iri: prefix for prefix, iri in RDF_XMLNS.items()}
_TYPE: Final = f"<{RDF}type>".encode()
#: The place of a class, and the step of each property at which it stands, by their terms.
_RANKS: Final = {f"<{class_}>".encode(): rank for rank, class_ in enumerate(CLASSES)}
_STEPS: Final = tuple({f"<{name}>".encode(): step for name, step in ORDER[class_].items()} for class_ in CLASSES)


def oai_dc(rendering: Rendering, block: bytes, description: bytes = b"") -> bytes:
    """Return a record as the element ``oai_dc:dc``, without an XML declaration.

    :param block: the record's graph, canonical N-Quads
    """
    said: dict[bytes, list[Made]] = {}
    for made in rendering.construct("oai_dc", block, description):
        said.setdefault(made[1], []).append(made)
    start, end = _OAI_DC_TAGS
    written = [start]
    for element, predicate in _DUBLIN_CORE:
        found = said.get(predicate, [])
        if predicate == _IDENTIFIER:
            # The address of the record comes first: harvesters take the first for a link.
            found = sorted(found, key=_is_other)
        for _, _, term in found:
            # Unqualified Dublin Core knows no references: an IRI is a text there.
            _write_text(written, element, term)
    return b"".join((*written, end))


def edm(rendering: Rendering, block: bytes, description: bytes = b"") -> bytes:
    """Return a record as an element ``rdf:RDF`` of EDM, without an XML declaration.

    :param block: the record's graph, canonical N-Quads
    """
    return edm_nodes(rendering.construct("edm", block, description)).join(_RDF_TAGS)


def edm_nodes(statements: Iterable[Made]) -> bytes:
    """Return statements of EDM as typed elements, one a node, in the order of Europeana's schema.

    :param statements: in the order of N-Triples
    """
    nodes: dict[bytes, list[Made]] = {}
    for made in statements:
        nodes.setdefault(made[0], []).append(made)
    found = sorted((rank, subject[1:-1]) for subject, about in nodes.items() for rank in _ranks(about))
    written: list[bytes] = []
    for rank, iri in found:
        _write_node(written, rank, iri, nodes[b"<%b>" % iri])
    return b"".join(written)


def _is_other(made: Made) -> bool:
    """Tell whether a statement names something else than its subject, as an IRI or as a text."""
    iri = made[0][1:-1]
    return iri not in made[2] or value(made[2]) != iri


def printable(text: str) -> str:
    """Return a text without what no XML document can hold."""
    return _NOT_XML.sub("", text)


def _ranks(about: list[Made]) -> set[int]:
    return {_RANKS[term] for _, predicate, term in about if predicate == _TYPE and term in _RANKS}


def _write_node(written: list[bytes], rank: int, iri: bytes, about: list[Made]) -> None:
    """Write what a class may say of a node: one that is of two classes is two elements."""
    steps, class_ = _STEPS[rank], _element(b"<%b>" % CLASSES[rank].encode())
    said = sorted((steps[made[1]], made) for made in about if made[1] in steps)
    written += (b"<", class_, b' rdf:about="', iri.replace(b"&", b"&amp;"), b'">')
    for _, (_, predicate, term) in said:
        if term[:1] == b"<":
            written += (b"<", _element(predicate), b' rdf:resource="', term[1:-1].replace(b"&", b"&amp;"), b'"/>')
        else:
            _write_text(written, _element(predicate), term)
    written += (b"</", class_, b">")


def _write_text(written: list[bytes], element: bytes, term: bytes) -> None:
    content = _CONTENTS[term] if len(term) < _SHORT else _content(term)
    written += (b"<", element, content, b"</", element, b">")


def _content(term: bytes) -> bytes:
    """Return the end of an opening tag, and the text after it."""
    text, tag = value(term), language(term)
    if _ESCAPED.search(text):
        text = _NOT_XML_UTF8.sub(b"", text)
        for character, entity in _ENTITIES:
            text = text.replace(character, entity)
    # "und" is a tag of ISO 639 for what nobody told, and no harvester's list holds it.
    said = f' xml:lang="{tag}"'.encode() if tag and tag != "und" else b""
    return b"%b>%b" % (said, text)


#: Names and labels come again and again, in both formats and in many records; longer texts take memory.
_CONTENTS: Final[Memo[bytes, bytes]] = Memo(_content, 4096)
_SHORT: Final = 400


@cache
def _element(term: bytes) -> bytes:
    """Return the name of an element with its prefix."""
    iri = term[1:-1].decode()
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return f"{_PREFIXES[iri[:cut]]}:{iri[cut:]}".encode()


_IDENTIFIER: Final = f"<{DC}identifier>".encode()
_DUBLIN_CORE: Final = tuple((f"dc:{name}".encode(), f"<{DC}{name}>".encode()) for name in _ELEMENTS)
