"""The formats that records are read from, one row a format.

A new one is a module with one ``read``, and its row in :data:`SOURCES`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple, Protocol

from commons_ld.errors import Reject, fail
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources import (
    delimited,
    json_records,
    mediawiki_xml,
    page_html,
    page_text,
    smw_rdf,
    wikitext,
)

__all__ = ["SOURCES", "Read", "Source", "by_suffix"]


class Read(Protocol):
    """Yield the records of a stream, and hand to ``reject`` what is none."""

    def __call__(self, stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]: ...


class Source(NamedTuple):
    """A format that records are read from.

    :param name: as it is written in settings and on the command line
    :param suffixes: what the names of its files end with, in lower case
    :param read: what yields its records
    :param description: what it is, for the tables in the documentation
    :param is_page: whether a file is one page of the wiki, and not any number of records
    :param is_export: whether it says of pages, in values with types, what another file may say in their own text
    """

    name: str
    suffixes: tuple[str, ...]
    read: Read
    description: str
    is_page: bool = False
    is_export: bool = False


SOURCES: Final = (
    Source(
        "page-text",
        (".txt",),
        page_text.read,
        "The text of a rendered wiki page, as copied from a browser.",
        is_page=True,
    ),
    Source(
        "wikitext", (".wiki",), wikitext.read, "The wikitext of a page: one call of {{Objet média|…}}.", is_page=True
    ),
    Source(
        "page-html",
        (".html", ".htm"),
        page_html.read,
        "A page of the wiki as a browser saves it, in any skin.",
        is_page=True,
    ),
    Source(
        "mediawiki-xml",
        (".xml", ".xml.gz", ".xml.bz2"),
        mediawiki_xml.read,
        "A dump of a MediaWiki, as Special:Export and dumpBackup.php write it.",
    ),
    Source("json", (".json",), json_records.read_json, "One record, or a list of records, as JSON."),
    Source("json-lines", (".jsonl",), json_records.read_json_lines, "One record a line, as JSON."),
    Source("csv", (".csv",), delimited.read_csv, "One record a row, with the names of the fields as its header."),
    Source(
        "smw-rdf",
        (".rdf", ".owl", ".ttl"),
        smw_rdf.read,
        "What Semantic MediaWiki exports of one page or of many, as RDF/XML or Turtle.",
        is_export=True,
    ),
)


def by_suffix(path: str) -> Source | None:
    """Return the format that a file's name tells, or ``None`` if it tells none.

    >>> found = by_suffix("pages/21.12.TXT")
    >>> found.name if found else None
    'page-text'
    """
    name = path.lower()
    return next((source for source in SOURCES if name.endswith(source.suffixes)), None)
