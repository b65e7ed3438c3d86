"""Read what Semantic MediaWiki exports of pages (``Special:ExportRDF``, ``dumpRDF.php``), as RDF/XML or Turtle.

See https://www.semantic-mediawiki.org/wiki/Help:RDF_export. An export holds one page or many, and besides them
stubs of what they link to, sub-objects, the properties and the categories. A property is known by the labels of
the page and the parameters of the template; its values have types, and come as the page has them all the same.
What is read here is merged with the text of the page where that is a source too: :mod:`commons_ld.pipeline.merging`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

import pyoxigraph as ox
from msgspec.structs import replace

from commons_ld.errors import InvalidRecord, NotARecord, Reject, SourceError, fail
from commons_ld.origin import Origin
from commons_ld.record import Document, MediaRecord
from commons_ld.sources.decoding import decode, read_bytes
from commons_ld.sources.draft import Draft, Line
from commons_ld.sources.labels import IDENTIFIER, PARAMETER_NAMES, PARAMETERS, SERVICE, Label
from commons_ld.sources.page import put_broadcast
from commons_ld.sources.smw_names import RECORD_CATEGORIES, bare_file_name
from commons_ld.sources.smw_pages import Page, Pages
from commons_ld.sources.smw_statements import parse
from commons_ld.text import clean, fold, split_list

__all__ = ["MAX_EXPORT", "read"]

#: The largest export that is read, in bytes.
MAX_EXPORT: Final = 64 * 1024 * 1024

#: What only a record has: a page that says one of these is a record, whatever its category is called.
_TELLING: Final = frozenset({"media_type", "duration", "broadcast_url", "issued", "created", "languages"})
#: The lexical forms of a day, a month and a year, and of a time, which may say its zone (XML Schema, part 2).
_DAY: Final = re.compile(r"(-?[0-9]{4,6}(?:-[0-9]{2}(?:-[0-9]{2})?)?)(T[0-9:.]{5,20})?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_DATES: Final = frozenset(_XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth"))
#: The properties whose values are of a language of their own; the first that is there is the archive's.
_LANGUAGES: Final = ("", "fr", "en")


def read(stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]:
    """Yield a record for each page of the export that is one, in the order of the file.

    A page is one if it is in the category of *objets média* or says what only a record says. Stubs, and pages
    of another category or namespace, are passed over; a page that says something and is neither is handed to
    ``reject``, and so is what breaks a file in the middle: the records before it stand.

    :raises MalformedSource: if nothing of the file can be read
    :raises NotARecord: if it is HTML, other RDF, or has no record in it

    >>> import io
    >>> turtle = '''@prefix wiki: <https://w.exemple.test/id/> .
    ... @prefix swivt: <http://semantic-mediawiki.org/swivt/1.0#> .
    ... wiki:Un_essai swivt:wikiNamespace 0 ; <https://w.exemple.test/id/Property-3ADur-C3-A9e> "00:58:00" .'''
    >>> [record] = read(io.BytesIO(turtle.encode()), origin=Origin("a.ttl"))
    >>> record.title, record.duration
    ('Un essai', '00:58:00')
    """
    export = parse(decode(read_bytes(stream, origin, MAX_EXPORT), origin), origin)
    pages = Pages(export)
    if not pages.is_from_smw:
        raise export.broken or NotARecord("not-smw-rdf", origin=origin)
    records = 0
    refused = False
    for page in pages:
        try:
            record = _record(page, origin, pages.broken_host if not records else "")
        except SourceError as error:
            refused = True
            reject(error)
        else:
            if record is not None:
                records += 1
                yield record
    if export.broken is not None:
        reject(export.broken)
    elif not records and not refused:
        raise NotARecord("no-record-in-export", origin=origin)


def _record(page: Page, origin: Origin, broken_host: str) -> MediaRecord | None:
    here = origin.at(page=page.title)
    if not page.title:
        raise InvalidRecord("missing-title", origin=origin, field="title")
    rows = {row.field for name in page.facts if (row := PARAMETERS.get(fold(name)))}
    if not any(fold(name) in RECORD_CATEGORIES for name in page.categories) and not rows & _TELLING:
        if page.categories or not page.facts:
            return None
        raise NotARecord("no-fact-of-a-record", origin=here, value=", ".join(list(page.facts)[:5]))
    draft = Draft(origin)
    draft.title(page.title, 0)
    if broken_host:
        draft.remark("broken-host", value=broken_host)
    service = identifier = ""
    for name, values in page.facts.items():
        row, key = PARAMETERS.get(fold(name)), fold(name)
        if key == SERVICE:
            service = _text(values[0])
        elif key == IDENTIFIER:
            identifier = _text(values[0])
        elif row is None:
            draft.unrecognised(name, ", ".join(map(_text, values)), 0, PARAMETER_NAMES)
        else:
            _put(draft, row, name, values)
    for name, said in page.subobjects:
        draft.unrecognised(name, said, 0)
    put_broadcast(draft, service, identifier, 0)
    return replace(draft.record(), lines={}, page=page.address, revision=page.revision, other_titles=page.other_titles)


def _put(draft: Draft, row: Label, name: str, values: Sequence[ox.Literal | str]) -> None:
    """Put the values of a property where its row says."""
    if row.kind == "list":
        # A page that is linked to is one value; a text may hold several.
        lists = ((value,) if isinstance(value, str) else split_list(_text(value)) for value in values)
        draft.put(row.field, tuple(dict.fromkeys(item for items in lists for item in items)), 0, label=name)
    elif row.kind == "documents":
        for value in values:
            text = _text(value)
            is_address = text.lower().startswith(("http://", "https://"))
            draft.add_document(Document(url=text) if is_address else Document(bare_file_name(text)), 0)
    else:
        first, *others = _by_language(values)
        _put_text(draft, row, name, first)
        for value in others:
            language = value.language if isinstance(value, ox.Literal) else None
            if language:
                draft.unrecognised(f"{name} ({language})", _text(value), 0)
            elif _text(value) != _text(first):
                _put_text(draft, row, name, value)


def _put_text(draft: Draft, row: Label, name: str, value: ox.Literal | str) -> None:
    # Every time ends in Z, whatever the zone of the page it was written on: it is what clocks showed.
    text = _clean(value).removesuffix("Z") if row.field == "start" else _text(value)
    if row.field == "image":
        text = bare_file_name(text)
    draft.put(row.field, text, 0, label=name)
    if row.field == "description":
        draft.add_links(Line(0, text))


def _by_language(values: Sequence[ox.Literal | str]) -> list[ox.Literal | str]:
    """Return values with that first which the archive would rather have."""

    def rank(value: ox.Literal | str) -> int:
        language = (value.language or "").partition("-")[0] if isinstance(value, ox.Literal) else ""
        return _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)

    return sorted(values, key=rank)


def _text(value: ox.Literal | str) -> str:
    """Return a value as the page would show it; of a time, the day."""
    text = _clean(value)
    if not isinstance(value, str) and value.datatype.value in _DATES and (match := _DAY.fullmatch(text)):
        return match[1]
    return text


def _clean(value: ox.Literal | str) -> str:
    return value if isinstance(value, str) else clean(value.value)[0].strip()
