"""The provenance of a record: a second named graph beside its own, which says what it was made of, and by what.

The graph of a record is its content, and its hash is the record's version: whatever changes without the content
(the revision of the page, the reader's version) stands in the *description*, ``description/{name}``, in the words
of PROV (https://www.w3.org/TR/prov-o/), DCAT 3 and SPDX::

    graph/x         ─ prov:wasDerivedFrom ─▶ description/x/source ─ prov:wasDerivedFrom ─▶ the page's revision
      └─ prov:wasGeneratedBy ─▶ description/x/activity ─ prov:wasAssociatedWith ─▶ the reader

No time of fetching or of running is in it: the same input gives the same bytes. ``docs/provenance.md`` has a session.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec

from commons_ld import __version__, terms
from commons_ld.block import Block
from commons_ld.iris import IriPolicy, to_iri
from commons_ld.namespaces import expand
from commons_ld.record import MediaRecord, RecordFields, Revision
from commons_ld.sources import SOURCES

__all__ = ["describe", "revision_iri", "source_name", "source_sha256"]

#: What readers are named below; a reader is named with the version of commons-ld that it is part of.
_READERS: Final = "https://w3id.org/commons-ld/reader/"
_JSON: Final = "https://www.iana.org/assignments/media-types/application/json"

_Statements = Iterator[tuple[bytes, str, bytes]]


def describe(block: Block, record: MediaRecord, slug: str, *, reader: str, base_iri: str) -> Block:
    """Return the description of a record.

    :param block: the record's graph
    :param record: what it was made of, whose personal data was withheld before
    :param slug: its name in IRIs
    :param reader: the name of the format it was read in, a row of :data:`commons_ld.sources.SOURCES`
    """
    policy = IriPolicy(base_iri)

    def part(name: str) -> bytes:
        return terms.iri(policy.mint("description", slug, name))

    graph, source, activity = terms.iri(block.graph), part("source"), part("activity")

    def statements() -> _Statements:
        yield graph, "rdf:type", _iri("dcat:CatalogRecord")
        yield graph, "rdf:type", _iri("prov:Entity")
        yield graph, "foaf:primaryTopic", terms.iri(block.subject)
        yield graph, "prov:wasDerivedFrom", source
        yield graph, "prov:wasGeneratedBy", activity
        yield from _checksum(graph, part("checksum"), block.sha256)
        yield source, "rdf:type", _iri("prov:Entity")
        yield source, "dcterms:identifier", terms.string(source_name(record, reader))
        yield source, "dcat:mediaType", terms.iri(_JSON)
        yield from _checksum(source, part("source-checksum"), source_sha256(record))
        if record.revision and (record.revision.number or record.revision.timestamp):
            known = revision_iri(record)
            revision = terms.iri(known) if known else part("revision")
            yield source, "prov:wasDerivedFrom", revision
            yield from _revision(revision, record.revision, record.page)
        agent = terms.iri(f"{_READERS}{reader}/{__version__}")
        yield activity, "rdf:type", _iri("prov:Activity")
        yield activity, "prov:used", source
        yield activity, "prov:wasAssociatedWith", agent
        yield agent, "rdf:type", _iri("prov:SoftwareAgent")
        yield agent, "schema:name", terms.string(reader)
        yield agent, "schema:softwareVersion", terms.string(__version__)
        for export in record.exports:
            yield activity, "prov:used", part("export")
            yield part("export"), "rdf:type", _iri("prov:Entity")
            yield part("export"), "dcterms:identifier", terms.string(f"{export.origin.path}#{export.origin.page}")

    triples = (b"%b %b %b" % (subject, _iri(predicate), term) for subject, predicate, term in statements())
    return Block.of_triples(policy.mint("description", slug), block.graph, triples)


def source_name(record: MediaRecord, reader: str) -> str:
    """Return what a person finds the source by: the file, and where it holds many records, which one.

    The line is no part of it, so that an edit of one record leaves the descriptions of those below alone.

    >>> from commons_ld.origin import Origin
    >>> source_name(MediaRecord(title="Voisinage", origin=Origin("data/all.csv", line=7)), "csv")
    'data/all.csv#Voisinage'
    """
    if any(source.name == reader and source.is_page for source in SOURCES):
        return record.origin.path
    return f"{record.origin.path}#{record.identifier or record.title}"


def source_sha256(record: MediaRecord) -> str:
    """Return the SHA-256 of the fields of a record as it was read, in canonical JSON (RFC 8785).

    It is not that of the file: all of a record but a telephone number may be published, and whoever knows a hash
    of the rest *with* the number finds the number by trying all there are. So what is withheld is withheld before.

    >>> from commons_ld.origin import Origin
    >>> record = MediaRecord(title="Voisinage", created="2021/12/02", origin=Origin("a.csv", line=7))
    >>> source_sha256(record) == hashlib.sha256(b'{"created":"2021/12/02","title":"Voisinage"}').hexdigest()
    True
    """
    fields = {field.encode_name: getattr(record, field.name) for field in _FIELDS}
    given = {name: value for name, value in fields.items() if value}
    return hashlib.sha256(msgspec.json.encode(given, order="sorted")).hexdigest()


_FIELDS: Final = msgspec.structs.fields(RecordFields)


def revision_iri(record: MediaRecord) -> str | None:
    """Return the address of the revision of a wiki page that a record was read from, or ``None`` if it is not known.

    It leads to that revision for ever; where the wiki's addresses allow it, it does not hold the title, so that it
    stays the same when the page is moved.

    >>> from commons_ld.origin import Origin
    >>> page, revision = "https://wiki.exemple.test/index.php/21.12_Un_essai", Revision("wiki.exemple.test", 4, 812)
    >>> revision_iri(MediaRecord(title="21.12 Un essai", page=page, revision=revision, origin=Origin("a.wiki")))
    'https://wiki.exemple.test/index.php?oldid=812'
    """
    page = to_iri(record.page.partition("#")[0]) if record.page else None
    if page is None or record.revision is None or not record.revision.number:
        return None
    script, is_script, _ = page.partition("/index.php/")
    address = f"{script}/index.php" if is_script else page
    return f"{address}{'&' if '?' in address else '?'}oldid={record.revision.number}"


def _revision(subject: bytes, revision: Revision, page: str) -> _Statements:
    yield subject, "rdf:type", _iri("prov:Entity")
    if revision.number:
        yield subject, "dcterms:identifier", terms.string(str(revision.number))
    if time := _time(revision.timestamp):
        yield subject, "prov:generatedAtTime", terms.string(time) + b"^^" + _iri("xsd:dateTime")
    if address := to_iri(page):
        yield subject, "prov:specializationOf", terms.iri(address)


def _time(timestamp: str) -> str | None:
    """Return a time stamp, or ``None`` where its numbers are no time."""
    try:
        dt.datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    return timestamp


def _checksum(of: bytes, checksum: bytes, sha256: str) -> _Statements:
    yield of, "spdx:checksum", checksum
    yield checksum, "rdf:type", _iri("spdx:Checksum")
    yield checksum, "spdx:algorithm", _iri("spdx:checksumAlgorithm_sha256")
    yield checksum, "spdx:checksumValue", terms.string(sha256) + b"^^" + _iri("xsd:hexBinary")


@cache
def _iri(name: str) -> bytes:
    return terms.iri(expand(name))
