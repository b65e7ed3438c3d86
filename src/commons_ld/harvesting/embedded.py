"""What a page says: the JSON-LD that it carries, or the whole of it where it is RDF."""

from __future__ import annotations

import codecs
import re
from typing import Final

import pyoxigraph as ox
from lxml import etree, html

from commons_ld.errors import HarvestError
from commons_ld.harvesting.graphs import ContextError, parse, with_context
from commons_ld.harvesting.told import Archive
from commons_ld.harvesting.words import said
from commons_ld.http_client import Response, named

__all__ = ["triples_of"]

#: Bytes in which a page says how it is encoded.
_SNIFFED: Final = 1024
_META: Final = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_HEADER: Final = re.compile(r"charset\s*=\s*\"?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)


def triples_of(response: Response, archive: Archive) -> list[ox.Triple]:
    """Return what a page says.

    :raises HarvestError: if a block of it cannot be read
    """
    if response.media_type not in ("text/html", "application/xhtml+xml"):
        return [quad.triple for quad in parse(response, archive)]
    found: list[ox.Triple] = []
    base = str(response.url.copy_with(fragment=None))
    try:
        parser = html.HTMLParser(huge_tree=False, no_network=True, encoding="utf-8")
        tree = html.document_fromstring(_in_utf_8(response), parser=parser)
        for number, script in enumerate(tree.iter("script")):
            if script.get("type", "").partition(";")[0].strip().lower() == "application/ld+json":
                data = with_context((script.text or "").encode(), archive, base)
                quads = ox.parse(data, format=ox.RdfFormat.JSON_LD, base_iri=base)
                found.extend(_apart(quad.triple, number) for quad in quads)
    except ContextError as error:
        raise HarvestError(named(response.url), said("record-context", value=error)) from None
    except (etree.ParserError, SyntaxError, ValueError, RecursionError) as error:
        raise HarvestError(named(response.url), said("record-rdf", value=type(error).__name__)) from None
    return found


def _in_utf_8(response: Response) -> bytes:
    """Return a page in UTF-8, by what its first bytes say of it, its header or a ``meta``; else as what it can be.

    Left alone, the parser never sees the header, and a ``meta`` only before the first letter with an accent
    (https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding).
    """
    body = response.body
    header, meta = _HEADER.search(response.headers.get("content-type", "")), _META.search(body[:_SNIFFED])
    told = header[1] if header else meta[1].decode() if meta else ""
    if body.startswith(codecs.BOM_UTF8):
        told = "utf-8-sig"
    for name, errors in ((told, "replace"), ("utf-8", "strict")):
        try:
            return body.decode(name, errors).encode()
        except (LookupError, UnicodeError):
            continue
    return body.decode("windows-1252", "replace").encode()


def _apart(triple: ox.Triple, number: int) -> ox.Triple:
    """Return a statement whose blank nodes are not those of another block of the page."""
    subject, value = triple.subject, triple.object
    if isinstance(subject, ox.BlankNode):
        subject = ox.BlankNode(f"b{number}x{subject.value}")
    if isinstance(value, ox.BlankNode):
        value = ox.BlankNode(f"b{number}x{value.value}")
    return ox.Triple(subject, triple.predicate, value)
