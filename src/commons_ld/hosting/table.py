"""The table: the documents of a thing, and the media types of all files; and what servers without q-values need.

Apache weighs what a browser accepts itself. nginx and Caddy only match patterns, so that weights are patterns here:
what is wanted most is tried first, to the first decimal of a weight (RFC 9110, section 12.4.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from commons_ld.folders import KINDS
from commons_ld.iris import RECORDS
from commons_ld.rdf.formats import FORMATS, JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from commons_ld.rendering.places import FOLDERS

__all__ = [
    "ALIASES",
    "ASKED_AGAIN",
    "DESCRIBED",
    "DOCUMENTS",
    "FULL",
    "KINDS",
    "MARKED",
    "NAMED",
    "TYPES",
    "Document",
    "Served",
    "full_pages",
    "gone_pattern",
    "languages",
    "media_type_of",
    "wanted",
]


class Document(NamedTuple):
    """A document that an IRI leads to.

    :param suffix: what is added to the IRI
    :param media_type: by which it is asked for
    :param language: of a page, or ``""``
    """

    suffix: str
    media_type: str
    language: str = ""


class Served(NamedTuple):
    """What servers are told of a publication.

    :param last_page: the number of the last page of the feeds
    :param moved: of each concept that was given up, the path of the one in its place, or ``""``
    :param gone: the paths of what was withdrawn, such as ``session/21-12-un-essai``, and those of the pages of feeds
        that were issued anew: Apache alone is told, the others see what lies in ``gone/``
    :param is_sharded: whether files are shared out among folders, see :mod:`commons_ld.folders`
    """

    last_page: int
    moved: Mapping[str, str]
    gone: Iterable[str] = ()
    is_sharded: bool = False


#: The documents of a record, and of what records share, what is preferred first.
DOCUMENTS: Final = (
    Document(".html", "text/html", "fr"),
    Document(".en.html", "text/html", "en"),
    Document(TURTLE.suffix, TURTLE.media_type),
    Document(JSON_LD.suffix, JSON_LD.media_type),
    Document(N_TRIPLES.suffix, N_TRIPLES.media_type),
)
#: The documents of the dataset and its catalogue: they have RDF/XML too.
DESCRIBED: Final = (*DOCUMENTS, Document(RDF_XML.suffix, RDF_XML.media_type))

#: Names by which a type is asked for too.
ALIASES: Final = {"text/html": ("application/xhtml+xml",), "text/turtle": ("application/x-turtle",)}

#: What caches are told: of whatever may change, to ask each time whether it did.
ASKED_AGAIN: Final = "no-cache"
#: Of the pages of feeds that are full: they stay as they are. A day, since a page may be taken back.
FULL: Final = "public, max-age=86400, immutable"
#: Of style sheets and scripts asked for by what they hold, ``?v=…``: another one has another address.
MARKED: Final = "public, max-age=31536000, immutable"

#: The media types of files, by the end of their name.
TYPES: Final[dict[str, str]] = {
    ".bin": "application/octet-stream",
    ".csv": "text/csv",
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".xml": "application/xml",
    ".zip": "application/zip",
    **{format_.suffix: format_.media_type for format_ in FORMATS},
    **{f"{format_.suffix}.gz": f"{format_.media_type}+gzip" for format_ in FORMATS},
}


#: Those of the files that have no such end, by their path in the site.
NAMED: Final = {".well-known/resourcesync": "application/xml", ".well-known/void": "text/turtle"}


def media_type_of(path: str) -> str:
    """Return the media type of a file, by its path in the site; what is not known is text.

    >>> media_type_of("dataset.nq.gz"), media_type_of("session/x.en.html"), media_type_of(".well-known/void")
    ('application/n-quads+gzip', 'text/html', 'text/turtle')
    """
    parts = path.rpartition("/")[2].split(".")
    packed, end = (f".{'.'.join(parts[-count:])}" for count in (2, 1))
    return NAMED.get(path) or TYPES.get(packed) or TYPES.get(end) or "text/plain"


def wanted(documents: tuple[Document, ...] = DOCUMENTS) -> Iterator[tuple[str, str]]:
    """Yield a pattern of an ``Accept`` header, and the media type that it asks for, what is wanted most first.

    The patterns are of the kind that both PCRE and RE2 know.
    """
    types = list(dict.fromkeys(document.media_type for document in documents))
    for weight in range(10, 0, -1):
        for media_type in types:
            for name in (media_type, *ALIASES.get(media_type, ())):
                yield _asked(re.escape(name), weight), media_type
        # A client that takes anything is shown a page.
        yield _asked(r"text/\*", weight), types[0]
        yield _asked(r"application/\*", weight), JSON_LD.media_type
        yield _asked(r"\*/\*", weight), types[0]


def languages() -> Iterator[tuple[str, str]]:
    """Yield a pattern of an ``Accept-Language`` header, and the language it asks for, what is wanted most first."""
    tags = [document.language for document in DOCUMENTS if document.language]
    for weight in range(10, 0, -1):
        for tag in tags:
            yield _asked(rf"{tag}(-[a-z0-9-]+)?", weight), tag


def gone_pattern(path: str = "") -> str:
    """Return a pattern for all that was at a path, its documents and its parts, and for what players read of it.

    :param path: of a record; without, that of any record is the first group
    """
    record = re.escape(path) if path else rf"((?:{'|'.join(RECORDS)})/[a-z0-9-]+)"
    return rf"(?:{'|'.join(FOLDERS)})?{record}(?:[./].*)?"


def full_pages(last: int) -> str:
    """Return a pattern for the pages of feeds that stay as they are: all but the last one, which grows.

    A server that still has the pattern of an export before asks for too much, and never keeps too much.

    :param last: the number of the last page

    >>> full_pages(12)
    'feeds/[a-z]+/(?:0000[0-0][0-9]{1}|00001[0-1])-[0-9a-f]+\\\\.[a-z]+'
    """
    digits = f"{max(last, 1):06d}"
    below = (
        f"{digits[:place]}[0-{int(digit) - 1}]" + (f"[0-9]{{{rest}}}" if rest else "")
        for place, digit in enumerate(digits)
        for rest in [len(digits) - place - 1]
        if digit != "0"
    )
    return rf"feeds/[a-z]+/(?:{'|'.join(below)})-[0-9a-f]+\.[a-z]+"


def _asked(name: str, weight: int) -> str:
    """Return the pattern of a name among others that has a weight, in tenths."""
    # No two repetitions can take the same character, so that matching takes linear time whatever a client sends.
    other = r"\s*(;\s*[^\sq,;][^,;]*)*"
    quality = r"(;\s*q=1(\.0*)?\s*)?" if weight == 10 else rf";\s*q=0?\.{weight}[0-9]*\s*"
    return rf"(^|,)\s*{name}{other}{quality}(,|$)"
