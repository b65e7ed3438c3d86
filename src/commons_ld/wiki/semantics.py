"""Fetch what Semantic MediaWiki exports of pages, and lay it beside them: typed values that complete their texts.

The special page ``ExportRDF`` answers with RDF/XML (https://www.semantic-mediawiki.org/wiki/Help:RDF_export). It is
asked after the pages are in place, and only about those whose revision is another one than that of the export
beside them. Exports complete pages and are no condition for them, so that no failure here undoes what was fetched:
it is told once, the asking ends, and the next fetch goes on with what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx

from commons_ld.errors import WikiError
from commons_ld.http_client import Note
from commons_ld.wiki.client import Client
from commons_ld.wiki.snapshot import Kept, put_export, read_export
from commons_ld.wiki.words import said

__all__ = ["address_of_export", "fetch_exports"]

#: How an export ends, after which there may be a comment; one that was cut on its way does not.
_WHOLE: Final = re.compile(rb"</rdf:RDF\s{0,9}>\s{0,9}(?:<!--[^<>]{0,400}-->\s{0,9})?\Z")
#: When the export was made: it would make another file of the same revision.
_MADE: Final = re.compile(rb"[ \t]{0,40}<swivt:creationDate[^<>]{0,200}>[^<>]{0,100}</swivt:creationDate>\r?\n?")


def fetch_exports(client: Client, folder: Path, pages: Sequence[Kept], note: Note) -> int:
    """Lay the export of each page beside it that is not there yet, and return how many were fetched.

    :param pages: as they lie in the folder
    :param note: told, once, why the others were not
    :raises SnapshotError: if one cannot be written
    """
    count = 0
    for kept in pages:
        if read_export(folder, kept.stem) == (kept.sidecar.pageid, kept.sidecar.revid):
            continue
        try:
            export = client.get(address_of_export(client.api, kept.sidecar.title)).body
        except WikiError as error:
            note(said("export-failed", value=kept.sidecar.title, why=error))
            return count
        if not _is_export(export):
            note(said("export-absent", value=kept.sidecar.title))
            return count
        put_export(folder, kept, _MADE.sub(b"", export, count=1))
        count += 1
    return count


def address_of_export(api: httpx.URL, title: str) -> httpx.URL:
    """Return where a wiki exports a page; special pages have their English names in every language.

    >>> str(address_of_export(httpx.URL("https://wiki.exemple.test/w/api.php"), "21.12 L'eau & l'air"))
    'https://wiki.exemple.test/w/index.php?title=Special:ExportRDF/21.12_L%27eau_%26_l%27air&syntax=rdf'
    """
    page = quote(title.replace(" ", "_"), safe="/:")
    query = f"title=Special:ExportRDF/{page}&syntax=rdf"
    return api.copy_with(path=api.path.removesuffix("api.php") + "index.php", query=query.encode())


def _is_export(body: bytes) -> bool:
    return b"<rdf:RDF" in body and _WHOLE.search(body[-1000:]) is not None
