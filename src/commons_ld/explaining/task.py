"""Explaining: where a statement comes from, down to the line of the page and the row of the crosswalk.

Nothing of it is kept anywhere: the ledger knows which page has which name, and which file it was read from; that
file alone is read again, its personal data withheld as for an export, and mapped once more, step by step. What many
records speak of (a person, a concept, an address) is looked for in the dump that is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from commons_ld import __version__
from commons_ld.concepts import Concepts
from commons_ld.crosswalk_graph import row_iri
from commons_ld.errors import NotFound
from commons_ld.explaining.tracing import Explained
from commons_ld.explaining.tracing import explain as trace
from commons_ld.explaining.words import nearest_said, said
from commons_ld.iris import RESERVED, Iri, IriPolicy
from commons_ld.ledger import Ledger, Page, open_ledger
from commons_ld.mapping import Block, Mapper
from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.media_types import kind_of
from commons_ld.messages import Language
from commons_ld.outputs.explanation import Explanation, Mention, RecordExplanation, Statement
from commons_ld.outputs.statements import natural
from commons_ld.pipeline.finding import sources_of
from commons_ld.pipeline.intake import reread
from commons_ld.provenance import revision_iri
from commons_ld.rdf.n_quads import n_quads_of, opened
from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, RecordFields
from commons_ld.registers import Registers
from commons_ld.settings import Settings
from commons_ld.sources.labels import LABELS, SECTIONS
from commons_ld.text import nearest

__all__ = ["explain"]

#: So many records are listed of those that speak of something.
_LISTED: Final = 20
#: So many IRIs are compared with one that is not known.
_COMPARED: Final = 20_000
#: Kinds that a record is of, and those that are spoken of by many.
_RECORDS: Final = ("session", "media")
#: Readers of records whose fields have the names of the record schema, and of calls of the wiki's template.
_RECORD_SCHEMA: Final = ("json", "json-lines", "csv")
_TEMPLATES: Final = ("wikitext", "mediawiki-xml")
#: What stands below a heading of the page.
_HEADINGS: Final = {
    **{name: SECTIONS[name][0] for name in ("abstract", "documents", "links", "notes", "pad")},
    "guests": SECTIONS["abstract"][0],
    "notes_heading": SECTIONS["notes"][0],
}
#: Fields that are not the record's own, and those they are made of.
_MADE_OF: Final = {
    "slug": ("title",),
    "recording": ("media_type", "duration", "issued", "broadcast_url"),
    "session": ("media_type", "duration", "issued", "broadcast_url"),
}


def explain(
    settings: Settings,
    iri: str,
    predicate: str = "",
    *,
    within: str = "",
    every: bool = False,
    sources: Sequence[Path] = (),
    out: Path | None = None,
) -> Explanation:
    """Tell where the statements about something come from.

    :param iri: of a record, of a part of one, of the graph of one, or of what records speak of; what it has after the
        base is enough
    :param predicate: explain the statements with this one alone; an IRI, or a compact name such as ``dcterms:title``
    :param within: of what many records speak of, explain what this record says
    :param every: explain what each of them says
    :param sources: as they were exported; by default those of the settings
    :param out: the folder of the publication; by default that of the settings
    :raises NotFound: if there is no such IRI, or nothing is said with that predicate
    :raises PublicationError: if another process has the ledger open
    """
    state, policy = settings.path(settings.state), IriPolicy(settings.base_iri)
    iri, predicate = _absolute(iri, settings), _predicate(predicate) if predicate else ""
    if not (state / "ledger.sqlite").is_file():
        raise NotFound(iri, said("nothing-exported"))
    dump = n_quads_of(out or settings.path(settings.output.directory))
    parsed = policy.parse(iri)
    with open_ledger(state) as ledger:
        if parsed and parsed.kind in (*_RECORDS, "graph", "description"):
            chosen, mentions = [_page(ledger, iri, parsed, policy)], 1
        else:
            found = _mentions(dump, iri, predicate, policy)
            pages = [page for name in found.graphs if (page := ledger.named(name))]
            if not pages and not found.is_described:
                raise NotFound(iri, nearest_said(nearest(iri, found.others)))
            chosen, mentions = _chosen(pages, within, settings, every=every), len(pages)
            if not chosen:
                listed = tuple(Mention(page.subject, page.title) for page in pages[:_LISTED])
                return Explanation(iri, settings.base_iri, mentions, listed)
        asked = _Asked("" if parsed and parsed.kind == "graph" else iri, predicate)
        records = tuple(asked.of(record) for record in _explained(ledger, chosen, settings, sources))
    if not any(record.statements for record in records):
        raise NotFound(iri, asked.advice())
    return Explanation(iri, settings.base_iri, mentions, records=records)


# ── What is asked about ──────────────────────────────────────────────────────────────────────────────


def _absolute(iri: str, settings: Settings) -> str:
    iri = iri.removeprefix("<").removesuffix(">")
    return iri if "://" in iri else settings.base_iri + iri


def _predicate(name: str) -> str:
    name = name.removeprefix("<").removesuffix(">")
    if "://" in name:
        return name
    try:
        return expand(name if name != "a" else "rdf:type")
    except KeyError as error:
        known = ", ".join(PREFIXES)
        raise NotFound(name, said("no-prefix", value=known)) from error


def _page(ledger: Ledger, iri: str, parsed: Iri, policy: IriPolicy) -> Page:
    """Return the page of a record.

    :raises NotFound: if there is none, with the nearest that there is
    """
    page = ledger.named(parsed.slug)
    subject = policy.mint(parsed.kind, parsed.slug)
    if page and subject in (page.subject, policy.mint("graph", page.slug)):
        return page
    if page and parsed.kind == "description":
        raise NotFound(iri, said("our-own", value=page.subject))
    known = [page.subject] if page else [other.subject for chunk in ledger.chunks(1000) for other in chunk]
    raise NotFound(iri, nearest_said(nearest(subject, known[:_COMPARED], 0.0)))


class _Found(NamedTuple):
    """What a dump has of an IRI.

    :param graphs: the names of the records that speak of it
    :param is_described: whether something else speaks of it, such as the concept scheme
    :param others: other IRIs of the same kind
    """

    graphs: list[str]
    is_described: bool
    others: list[str]


def _mentions(dump: Path, iri: str, predicate: str, policy: IriPolicy) -> _Found:
    """Look for an IRI in a dump, line by line."""
    term, said = b"<%b>" % iri.encode(), b" <%b> " % predicate.encode()
    parsed = policy.parse(iri)
    kind = b"<" + policy.mint(parsed.kind, "").encode() if parsed else b"<http"
    graphs: dict[str, None] = {}
    others: dict[bytes, None] = {}
    is_described = False
    if not dump.is_file():
        return _Found([], False, [])
    with opened(dump) as lines:
        for line in lines:
            if line.startswith(kind) and len(others) < _COMPARED:
                others[line[1 : line.index(b">")]] = None
            if term not in line:
                continue
            graph = policy.parse(line[line.rindex(b"<") + 1 : -4].decode())
            head = line[: line.rindex(b" <")]
            if not graph or not (head.startswith(term) or head.endswith(term)):
                continue
            if graph.kind == "graph" and graph.slug not in RESERVED:
                if not predicate or said in line:
                    graphs[graph.slug] = None
            else:
                is_described = True
    return _Found(list(graphs), is_described, [other.decode() for other in others])


def _chosen(pages: Sequence[Page], within: str, settings: Settings, *, every: bool) -> list[Page]:
    """Return the pages to explain: one that was named, all, or the only one there is."""
    if within:
        record = _absolute(within, settings)
        chosen = [page for page in pages if record in (page.subject, settings.base_iri + page.slug)]
        if not chosen:
            near = nearest(record, [page.subject for page in pages], 0.0)
            raise NotFound(record, said("silent-record", value=near))
        return chosen
    return list(pages) if every or len(pages) == 1 else []


class _Asked:
    """What was asked about, and what there would have been to ask about.

    :param subject: ``""`` for everything that a record says
    :param predicate: ``""`` for any
    """

    def __init__(self, subject: str, predicate: str) -> None:
        self._subject, self._predicate = subject, predicate
        self._subjects: Final[dict[str, None]] = {}
        self._predicates: Final[dict[str, None]] = {}

    def of(self, record: RecordExplanation) -> RecordExplanation:
        """Return a record with the statements that were asked about: those that a thing is the subject of, and of what
        records share those that lead to it too.
        """
        subject = self._subject
        is_own = not subject or subject == record.iri or subject.startswith(f"{record.iri}/")
        about = []
        for told in record.statements:
            self._subjects[told.subject] = None
            if not subject or told.subject == subject or (not is_own and told.object == f"<{subject}>"):
                self._predicates[told.predicate] = None
                if not self._predicate or told.predicate == self._predicate:
                    about.append(told)
        return msgspec.structs.replace(record, statements=tuple(about))

    def advice(self) -> dict[Language, str]:
        """Return what is there, where what was asked about is not."""
        if self._predicates:
            near = nearest(self._predicate, self._predicates, 0.0)
            return said("other-predicate", predicate=self._predicate, value=near)
        return nearest_said(nearest(self._subject, self._subjects, 0.0))


# ── Where it comes from ──────────────────────────────────────────────────────────────────────────────


def _explained(
    ledger: Ledger, pages: Sequence[Page], settings: Settings, sources: Sequence[Path]
) -> Iterator[RecordExplanation]:
    """Yield each record with all of its statements.

    :raises NotFound: if the source of one is not there any more
    """
    found = sources_of(settings, sources)
    records = reread(ledger, found, {page.key for page in pages}, {page.path for page in pages}, settings)
    registers = Registers.load(settings, ledger.log.suppressions().is_in)
    mapper = Mapper(settings, Concepts.of(settings), registers)
    for page in pages:
        if page.key not in records:
            raise NotFound(page.subject, said("source-moved"))
        record = records[page.key]
        former_titles = msgspec.msgpack.decode(page.former_titles, type=tuple[str, ...])
        block = mapper.block(record, page.slug, former_titles)
        told = trace(mapper, record, page.slug, former_titles)
        statements = sorted(_statements(told, block, record, page.reader, settings), key=_reading_order)
        yield _record(page, record, block, tuple(statements))


def _reading_order(told: Statement) -> tuple[Any, ...]:
    is_class = told.predicate == expand("rdf:type")
    return natural(told.subject), not is_class, told.predicate, natural(told.object.strip("<>"))


def _record(page: Page, record: MediaRecord, block: Block, statements: tuple[Statement, ...]) -> RecordExplanation:
    return RecordExplanation(
        iri=block.subject,
        graph=block.graph,
        title=record.title,
        origin=record.origin,
        reader=page.reader,
        version=__version__,
        sha256=block.sha256,
        is_published=block.sha256 == page.sha256 and not page.held,
        statements=statements,
        page=record.page,
        revision=revision_iri(record) or "",
        number=record.revision.number if record.revision else 0,
        saved=record.revision.timestamp if record.revision else "",
    )


def _statements(
    explained: Sequence[Explained], block: Block, record: MediaRecord, reader: str, settings: Settings
) -> Iterator[Statement]:
    fields = _fields_of_nodes(explained)
    for own in (block.subject, f"{block.subject}/recording"):
        fields.pop(b"<%b>" % own.encode(), None)
    elsewhere = {field: export.origin.path for export in record.exports for field in export.fields}
    candidates = {candidate.iri: candidate.nearest for candidate in block.candidates}
    for told in explained:
        object_ = told.object.decode()
        field, part, value = _origin(told, fields, record, settings)
        is_concept = told.rule is not None and told.rule.term == "concept"
        yield Statement(
            subject=told.subject[1:-1].decode(),
            predicate=told.predicate[1:-1].decode(),
            object=object_,
            field=field,
            part=part,
            label=_label(field, reader) if record.lines.get(field) and field not in elsewhere else "",
            source=elsewhere.get(field, ""),
            line=0 if part == "former_titles" or field in elsewhere else record.lines.get(field, 0),
            value=value,
            is_withheld=isinstance(told.value, Note) and part == "author" and not value,
            term=told.rule.term if told.rule else "class" if told.subject in fields else "record-class",
            node=told.rule.node if told.rule else "",
            row=row_iri(told.rule) if told.rule else "",
            properties=told.rule.properties if told.rule else (),
            is_candidate=is_concept and object_[1:-1] in candidates,
            nearest=candidates.get(object_[1:-1], "") if is_concept else "",
        )


def _label(field: str, reader: str) -> str:
    """Return what a source calls a field, as far as it has a name there."""
    if reader in _RECORD_SCHEMA:
        return field
    if field in _HEADINGS:
        return _HEADINGS[field]
    names = [row.parameters if reader in _TEMPLATES else row.shown for row in LABELS if row.field == field]
    return names[0][0] if names and names[0] else ""


def _fields_of_nodes(explained: Sequence[Explained]) -> dict[bytes, str]:
    """Return the field of the record that each node comes from: that of the statement that leads to it."""
    fields: dict[bytes, str] = {}
    leading = [told for told in explained if told.rule and told.object.startswith(b"<")]
    # What the record says itself comes first: a guest who writes a note is a guest.
    leading.sort(key=lambda told: CROSSWALK.index(told.rule) if told.rule else 0)
    size = -1
    while size != len(fields):
        size = len(fields)
        for told in leading:
            if told.rule and told.rule.field in RecordFields.__struct_fields__:
                fields.setdefault(told.object, told.rule.field)
            elif told.subject in fields:
                fields.setdefault(told.object, fields[told.subject])
    return fields


def _origin(
    told: Explained, fields: Mapping[bytes, str], record: MediaRecord, settings: Settings
) -> tuple[str, str, str]:
    """Return the field of the record that a statement comes from, the field of a part of it, and the value there."""
    if told.rule is None:
        return (fields[told.subject], "", "") if told.subject in fields else _origin_of_class(told, record, settings)
    rule, value = told.rule, _shown(told.value, told.rule.field)
    if told.subject in fields:
        return fields[told.subject], rule.field, value
    if rule.field in _MADE_OF:
        field = next(name for name in (*_MADE_OF[rule.field], "title") if getattr(record, name))
        return field, rule.field, getattr(record, field)
    if rule.field == "former_titles":
        return "title", rule.field, value
    return rule.field, "", value


def _origin_of_class(told: Explained, record: MediaRecord, settings: Settings) -> tuple[str, str, str]:
    """Return the field that a record has its class from: see :func:`commons_ld.media_types.kind_of`."""
    if told.object[1:-1].decode() not in (expand("cld:Session"), expand("schema:Event")):
        return "media_type", "", record.media_type
    if record.kind:
        return "kind", "", record.kind
    if kind_of(RecordFields(title=record.title), settings) == "session":
        return "title", "", record.title
    return "collections", "", ", ".join(record.collections)


def _shown(value: Any, field: str) -> str:
    """Return a value as the source has it, as text."""
    if isinstance(value, Note):
        return value.author if field == "author" else value.text
    if isinstance(value, Guest):
        return value.name
    if isinstance(value, Document):
        return value.title or value.url
    if isinstance(value, Link):
        return value.url
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)
