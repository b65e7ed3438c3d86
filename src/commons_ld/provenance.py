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
from functools import cache, lru_cache
from typing import Final, NamedTuple

import msgspec

from commons_ld import __version__
from commons_ld.iris import IriPolicy, to_iri
from commons_ld.rdf import terms
from commons_ld.rdf.block import Block, Lines
from commons_ld.rdf.namespaces import expand
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
    told = _Told(slug, block.subject, block.sha256, source_name(record, reader), source_sha256(record))
    if record.revision or record.exports:
        return Block.of_triples(*_names(told, policy), _lines(told, record, reader, policy))
    # The descriptions of most records are the same but for five values, by none of which statements are sorted.
    name = terms.string(told.source)[1:-1]
    values = (told.slug.encode(), told.subject.encode(), told.sha256.encode(), name, told.source_sha256.encode())
    filled = _form(policy, reader) % dict(zip(_BLANKS, values, strict=True))
    return Block(*_names(told, policy), Lines({b"": [filled]}))


class _Told(NamedTuple):
    """What is told of a record.

    :param subject: its IRI
    :param source: what a person finds the source by
    """

    slug: str
    subject: str
    sha256: str
    source: str
    source_sha256: str


#: What stands in a form for each of them: characters that no IRI of ours and no name of a reader has.
_MARKS: Final = _Told(*map(chr, range(0xE000, 0xE000 + len(_Told._fields))))
_BLANKS: Final = tuple(name.encode() for name in _Told._fields)


@lru_cache(maxsize=64)
def _form(policy: IriPolicy, reader: str) -> bytes:
    """Return the description of a record that was on no wiki, with blanks to be filled in."""
    block = Block.of_triples(*_names(_MARKS, policy), _lines(_MARKS, None, reader, policy))
    form = block.data.replace(b"%", b"%%")
    for mark, blank in zip(_MARKS, _BLANKS, strict=True):
        form = form.replace(mark.encode(), b"%%(%b)b" % blank)
    return form


def _names(told: _Told, policy: IriPolicy) -> tuple[str, str]:
    """Return the IRIs of the graph of a description, and of what it describes."""
    return policy.mint("description", told.slug), policy.mint("graph", told.slug)


def _lines(told: _Told, record: MediaRecord | None, reader: str, policy: IriPolicy) -> Iterator[bytes]:
    """Yield the statements of a description, as canonical N-Triples without their ends.

    :param record: one of which there is more to tell: a revision, or exports
    """

    def part(name: str) -> bytes:
        return terms.iri(policy.mint("description", told.slug, name))

    graph, source, activity = terms.iri(policy.mint("graph", told.slug)), part("source"), part("activity")

    def statements() -> _Statements:
        yield graph, "rdf:type", _iri("dcat:CatalogRecord")
        yield graph, "rdf:type", _iri("prov:Entity")
        yield graph, "foaf:primaryTopic", terms.iri(told.subject)
        yield graph, "prov:wasDerivedFrom", source
        yield graph, "prov:wasGeneratedBy", activity
        yield from _checksum(graph, part("checksum"), told.sha256)
        yield source, "rdf:type", _iri("prov:Entity")
        yield source, "dcterms:identifier", terms.string(told.source)
        yield source, "dcat:mediaType", terms.iri(_JSON)
        yield from _checksum(source, part("source-checksum"), told.source_sha256)
        if record and record.revision and (record.revision.number or record.revision.timestamp):
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
        for export in record.exports if record else ():
            yield activity, "prov:used", part("export")
            yield part("export"), "rdf:type", _iri("prov:Entity")
            yield part("export"), "dcterms:identifier", terms.string(f"{export.origin.path}#{export.origin.page}")

    return (b"%b %b %b" % (subject, _iri(predicate), term) for subject, predicate, term in statements())


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
