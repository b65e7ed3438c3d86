"""Read XML of a server that is not trusted: no document type, no entity, nothing fetched, bounded depth and size."""

from __future__ import annotations

import zlib
from typing import Final

from lxml import etree

from commons_ld.errors import HarvestError
from commons_ld.harvesting.words import said
from commons_ld.http_client import LARGEST, Response, named

__all__ = ["DC", "OAI", "RS", "SITEMAP", "Element", "read", "text_of"]

Element = etree._Element

OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"
SITEMAP: Final = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RS: Final = "{http://www.openarchives.org/rs/terms/}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"


def read(response: Response) -> Element:
    """Return the root of a document, which may be a packed one, as sitemaps often are.

    :raises HarvestError: if it is not well-formed, has a document type, or is too large when unpacked
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_unpacked(response).lstrip(), parser)  # blanks before it are common, and no harm
    except (etree.XMLSyntaxError, ValueError) as error:
        position = getattr(error, "position", None)
        reason = f"line {position[0]}" if position else type(error).__name__
        raise HarvestError(named(response.url), said("broken-xml", value=reason)) from None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise HarvestError(named(response.url), said("broken-xml", value="DOCTYPE"))
    return root


def _unpacked(response: Response) -> bytes:
    if not response.body.startswith(b"\x1f\x8b"):
        return response.body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        body = unpacker.decompress(response.body, LARGEST)
    except zlib.error:
        raise HarvestError(named(response.url), said("broken-xml", value="gzip")) from None
    if not unpacker.eof:
        code, value = ("large", f"{LARGEST // 1024**2} MiB") if unpacker.unconsumed_tail else ("broken-xml", "gzip")
        raise HarvestError(named(response.url), said(code, value=value))
    return body


def text_of(parent: Element, name: str) -> str:
    """Return the text of the first element of that name below another, without blanks around it."""
    return (parent.findtext(name) or "").strip()
