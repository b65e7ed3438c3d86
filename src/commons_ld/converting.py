"""Map and validate pages: the part of the work that depends on nothing but the pages, and that processes can share."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from commons_ld.artefacts import artefact, artefacts
from commons_ld.concepts import Concepts
from commons_ld.iris import IriPolicy, slug
from commons_ld.ledger import Page
from commons_ld.mapping import Block, Mapper
from commons_ld.outputs.records import render_record
from commons_ld.outputs.report import PageReport
from commons_ld.provenance import describe
from commons_ld.record import MediaRecord, Remark
from commons_ld.settings import Settings
from commons_ld.tokens import decode
from commons_ld.validation import BlockReport, Shapes

__all__ = ["Conversion", "Converted", "Findings"]


class Findings(msgspec.Struct, frozen=True):
    """What the ledger keeps of what was found about a page."""

    page: PageReport
    focus_nodes: dict[str, int]
    kinds: dict[str, int]
    statements: int


class Converted(NamedTuple):
    """What was made of a page.

    :param data: its block
    :param page: what the ledger is to keep of it
    :param files: its own files, as :func:`commons_ld.outputs.records.render_record` makes them, if they were made
    """

    data: bytes
    description: bytes
    page: Page
    files: tuple[bytes, ...] = ()


class Conversion:
    """What makes blocks of pages, and judges them.

    Another process that is sent it makes one of its own, once.

    :param keep_invalid: whether records that do not conform are published all the same
    """

    def __init__(self, settings: Settings, shapes: Shapes, concepts: Concepts, *, keep_invalid: bool) -> None:
        self._settings, self._shapes, self._concepts, self._keep_invalid = settings, shapes, concepts, keep_invalid
        self._policy: Final = IriPolicy(settings.base_iri)
        self._mapper: Final = Mapper(settings, concepts)

    def __reduce__(self) -> tuple[Callable[[bytes, bool], Conversion], tuple[bytes, bool]]:
        return _loaded, (pickle.dumps(self._settings), self._keep_invalid)

    def convert(self, pages: Sequence[Page]) -> list[Converted]:
        """Return what is made of each page.

        :raises MappingError: if a value of a record can be no RDF
        :raises ValidationFailure: if the validator breaks down
        """
        mapped = [(page, *self._block(page)) for page in pages]
        blocks = [block for _, _, block in mapped]
        reports = self._shapes.validate(blocks, context=self._concepts.about, policy=self._policy)
        return [
            self._result(page, record, block, found)
            for (page, record, block), found in zip(mapped, reports, strict=True)
        ]

    def _block(self, page: Page) -> tuple[MediaRecord, Block]:
        record = msgspec.json.decode(page.record, type=MediaRecord)
        former_titles = msgspec.msgpack.decode(page.former_titles, type=tuple[str, ...])
        block = self._mapper.block(decode(page.record), page.slug, former_titles)
        if page.slug != slug((*former_titles, page.title)[0]):
            taken = Remark("slug-taken", "title", page.title, record.lines.get("title", 0), page.slug)
            block = block._replace(remarks=(*block.remarks, taken))
        return record, block

    def _result(self, page: Page, record: MediaRecord, block: Block, found: BlockReport) -> Converted:
        held = not found.conforms and not self._keep_invalid
        told = PageReport(
            origin=record.origin,
            title=page.title,
            iri=block.subject,
            page_url=record.page,
            held=held,
            is_checked=found.is_checked,
            lines=record.lines,
            results=found.results,
            remarks=(*record.remarks, *block.remarks),
            unrecognised=record.unrecognised,
            candidates=block.candidates,
        )
        findings = msgspec.msgpack.encode(Findings(told, found.focus_nodes, found.kinds, block.statements))
        description = describe(block, record, page.slug, reader=page.reader, base_iri=self._settings.base_iri)
        kept = page._replace(
            subject=block.subject,
            sha256=block.sha256,
            held=held,
            length=len(block.data),
            findings=findings,
            described=len(description.data),
            description_sha256=description.sha256,
        )
        has_files = self._settings.output.records and not held
        files = render_record(block.subject, block.data, self._settings.base_iri) if has_files else ()
        return Converted(block.data, description.data, kept, files)


@lru_cache(maxsize=1)
def _loaded(settings: bytes, keep_invalid: bool) -> Conversion:
    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    shapes = Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])
    return Conversion(pickle.loads(settings), shapes, concepts, keep_invalid=keep_invalid)  # noqa: S301 - our own
