"""Map and validate pages: the part of the work that depends on nothing but the pages, and that processes can share."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from commons_ld.artefacts import artefacts
from commons_ld.catalog import concepts_block
from commons_ld.concepts import Concepts
from commons_ld.dump_files import Dumps
from commons_ld.iris import IriPolicy, slug
from commons_ld.ledger import Page
from commons_ld.mapping import Block, Mapper
from commons_ld.mapping.tokens import decode
from commons_ld.outputs.label_index import LabelGatherings
from commons_ld.outputs.records import plans, written_content, written_record
from commons_ld.outputs.report import PageReport
from commons_ld.outputs.search_index import Gatherings, Indexing, Together
from commons_ld.outputs.search_record import Indexed
from commons_ld.outputs.search_record import labels_of as labels_in
from commons_ld.outputs.statements import shared_of
from commons_ld.outputs.things import things_of
from commons_ld.provenance import describe
from commons_ld.record import MediaRecord, Remark
from commons_ld.registers import Registers, agents_of, mark
from commons_ld.rendering import Rendering
from commons_ld.rendering.writing import render_record as render_for_harvesters
from commons_ld.settings import Settings
from commons_ld.site.gathering import SiteGatherings
from commons_ld.site.record_pages import RecordPages, labels_of
from commons_ld.validation import BlockReport, Shapes

__all__ = ["Conversion", "Converted", "Findings", "Wanted", "gatherings"]


#: Records of which one kind of thing is made after the other: what they say is held as long.
_TOGETHER: Final = 10


class Findings(msgspec.Struct, frozen=True):
    """What the ledger keeps of what was found about a page.

    :param agents: digests of the names of its contributors, which registers may say something of
    """

    page: PageReport
    focus_nodes: dict[str, int]
    kinds: dict[str, int]
    statements: int
    agents: tuple[str, ...] = ()


class Wanted(NamedTuple):
    """What is wanted of a conversion.

    :param keep_invalid: whether records that do not conform are published all the same
    :param files: whether the files of each record are made too
    """

    keep_invalid: bool
    files: bool


class Converted(NamedTuple):
    """What was made of a page.

    :param data: its block
    :param page: what the ledger is to keep of it
    :param files: its own files, as :func:`commons_ld.outputs.records.written_record` makes them, if they were made
    :param pages: its pages, as :class:`commons_ld.site.record_pages.RecordPages` makes them
    :param rendered: what harvesters are given, as :func:`commons_ld.rendering.writing.render_record` makes it
    :param indexed: what the search index is to hold of it, if that was made
    :param shared: what the block and the description say that is not the record's own, if that was looked for
    """

    data: bytes
    description: bytes
    page: Page
    files: tuple[bytes, ...] = ()
    pages: dict[str, bytes] = {}  # noqa: RUF012 - nobody changes it
    rendered: dict[str, bytes] = {}  # noqa: RUF012 - nor this
    indexed: Indexed | None = None
    shared: tuple[tuple[bytes, ...] | None, tuple[bytes, ...] | None] = (None, None)


def gatherings(settings: Settings) -> tuple[Gatherings, ...]:
    """Return what is gathered from records beside the search index."""
    policy = IriPolicy(settings.base_iri)
    return (LabelGatherings(policy), *((SiteGatherings(policy),) if settings.output.site else ()))


class Conversion:
    """What makes blocks of pages, and judges them.

    Another process that is sent it makes one of its own, once.

    :param how: what else is wanted of them
    """

    def __init__(
        self, settings: Settings, shapes: Shapes, concepts: Concepts, registers: Registers, how: Wanted
    ) -> None:
        self._settings, self._shapes, self._concepts, self._how = settings, shapes, concepts, how
        self._registers = registers
        self._policy: Final = IriPolicy(settings.base_iri)
        output = settings.output
        self._has_files: Final = how.files and (output.records or output.site)
        #: Whether somebody asks what records share: dumps without named graphs, or the description of the site.
        self._shares: Final = Dumps.of(output).has_merged or output.site
        also = plans(settings.base_iri) if self._has_files else ()
        self._mapper: Final = Mapper(settings, concepts, registers, also=also, outliner=shapes.outliner)

    def __reduce__(self) -> tuple[Callable[[bytes, Wanted], Conversion], tuple[bytes, Wanted]]:
        return _loaded, (pickle.dumps((self._settings, self._registers)), self._how)

    def convert(self, pages: Sequence[Page]) -> list[Converted]:
        """Return what is made of each page.

        :raises MappingError: if a value of a record can be no RDF
        :raises ValidationFailure: if the validator breaks down
        """
        mapped = [(page, *self._block(page)) for page in pages]
        blocks = [block for _, _, block in mapped]
        reports = self._shapes.validate(blocks, context=self._concepts, policy=self._policy)
        made = [
            self._result(page, record, block, found)
            for (page, record, block), found in zip(mapped, reports, strict=True)
        ]
        if not self._how.files:
            return made
        starts = range(0, len(made), _TOGETHER)
        parts = ((made[start : start + _TOGETHER], blocks[start : start + _TOGETHER]) for start in starts)
        return [one for some in parts for one in self._with_files(*some)]

    def _block(self, page: Page) -> tuple[MediaRecord, Block]:
        record = msgspec.json.decode(page.record, type=MediaRecord)
        former_titles = msgspec.msgpack.decode(page.former_titles, type=tuple[str, ...])
        block = self._mapper.block(decode(page.record), page.slug, former_titles)
        if page.slug != slug((*former_titles, page.title)[0]):
            taken = Remark("slug-taken", "title", page.title, record.lines.get("title", 0), page.slug)
            block = block._replace(remarks=(*block.remarks, taken))
        return record, block

    def _result(self, page: Page, record: MediaRecord, block: Block, found: BlockReport) -> Converted:
        held = not found.conforms and not self._how.keep_invalid
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
        agents = tuple(sorted(map(mark, agents_of(record))))
        findings = msgspec.msgpack.encode(Findings(told, found.focus_nodes, found.kinds, block.statements, agents))
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
        return Converted(block.data, description.data, kept)

    def _with_files(self, made: Sequence[Converted], blocks: Sequence[Block]) -> Iterator[Converted]:
        """Make what is published of records besides their blocks, one kind of it after the other.

        To do so record by record takes a fifth longer: no processor keeps the code of all kinds at hand.
        """
        todo = [(one, block, things_of(one.data)) for one, block in zip(made, blocks, strict=True) if not one.page.held]
        base_iri = self._settings.base_iri
        kinds: dict[str, list[Any]] = {"indexed": [self._indexing.indexed(one.data, said) for one, _, said in todo]}
        if self._shares:
            kinds["shared"] = [
                (shared_of(block, self._policy), shared_of(one.description, self._policy)) for one, block, _ in todo
            ]
        if self._has_files:
            kinds["files"] = [written_record(block, base_iri, said) for _, block, said in todo]
        if self._has_files and self._settings.output.site:
            kinds["pages"] = self._pages.pages_of_some(
                (one.data, block.subject, block.subject.removeprefix(base_iri), data, said, written_content(block))
                for (one, block, said), (_, data) in zip(todo, kinds["files"], strict=True)
            )
            kinds["rendered"] = [
                render_for_harvesters(self._rendering, one.data, one.description, said) for one, _, said in todo
            ]
        found = zip(*kinds.values(), strict=True)
        for one in made:
            yield one if one.page.held else one._replace(**dict(zip(kinds, next(found), strict=True)))

    @cached_property
    def _indexing(self) -> Indexing:
        scheme = concepts_block(self._settings, self._concepts).data
        return Indexing(self._policy, labels_in(scheme), Together(gatherings(self._settings)))

    @cached_property
    def _pages(self) -> RecordPages:
        return RecordPages(self._settings, labels_of(concepts_block(self._settings, self._concepts).data, self._policy))

    @cached_property
    def _rendering(self) -> Rendering:
        return Rendering(self._settings, self._concepts)


@lru_cache(maxsize=1)
def _loaded(given: bytes, how: Wanted) -> Conversion:
    settings, registers = pickle.loads(given)  # noqa: S301 - our own
    shapes = Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])
    return Conversion(settings, shapes, Concepts.of(settings), registers, how)
