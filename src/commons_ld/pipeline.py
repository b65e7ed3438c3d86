"""The pipeline: from sources to a publication, doing again only what changed.

Reading (:mod:`commons_ld.intake`) brings the ledger up to date; then the pages go by in the order of their
names in IRIs, a hundred at a time: those that changed are mapped and validated, the blocks of the others are
copied from the publication that stands. All of it happens beside that publication, which is replaced at the
end, and only then is the ledger's transaction ended.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec

from commons_ld.artefacts import artefact, artefacts
from commons_ld.catalog import catalog_block, concepts_block
from commons_ld.concepts import Concepts
from commons_ld.crosswalk_graph import crosswalk_block
from commons_ld.describing.writing import Description
from commons_ld.errors import NotConformant
from commons_ld.feeds.publishing import write_feeds
from commons_ld.formats import DUMP, FORMATS
from commons_ld.hosting.writing import write_kit
from commons_ld.intake import sources_of, take_in
from commons_ld.iris import IriPolicy, slug
from commons_ld.ledger import Ledger, Page, open_ledger
from commons_ld.mapping import Block, Mapper
from commons_ld.origin import Origin
from commons_ld.outputs import dumps, manifest, records, report, search_index
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.label_index import LabelGatherings
from commons_ld.outputs.publication import publish, published
from commons_ld.outputs.report import PageReport, Refusal, Report
from commons_ld.outputs.search_index import SearchIndex
from commons_ld.provenance import describe
from commons_ld.record import MediaRecord, Remark
from commons_ld.recording import Recording
from commons_ld.registers import Registers, agents_of, mark
from commons_ld.rendering.writing import Renderings
from commons_ld.settings import ServeSettings, Settings
from commons_ld.site.gathering import SiteGatherings
from commons_ld.site.writing import Site
from commons_ld.tokens import decode
from commons_ld.validation import BlockReport, Shapes

__all__ = ["Outcome", "Progress", "export", "silent", "validate"]

#: Pages that are mapped and validated together.
_CHUNK: Final = 100

#: What only asks and serves what was published: the editor of a page, say, changes no block.
_SERVING: Final = frozenset(
    {
        "cli.py",
        "commands",
        "web",
        "querying",
        "queries",
        "cookbook.py",
        "searching.py",
        "rebuilding.py",
        "reconciling",
        "naming.py",
    }
)

#: Called with what is being done, how much of it was done since the last call, and how much there is in all.
Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody how far the work is."""


class Outcome(NamedTuple):
    """What an export came to.

    :param changed: whether the publication was replaced; ``False`` if it was up to date
    :param mapped: how many pages were mapped and validated again
    """

    report: Report
    changed: bool
    mapped: int


def export(
    settings: Settings,
    sources: Sequence[Path] = (),
    *,
    out: Path | None = None,
    keep_invalid: bool = False,
    progress: Progress = silent,
) -> Outcome:
    """Read, map and validate the sources, and publish what conforms.

    :param sources: files and folders; by default those of the settings
    :param out: the folder of the publication; by default that of the settings
    :param keep_invalid: publish records too that break a shape of severity Violation
    :raises CommonsError: if nothing can be published; what was published before then stands
    """
    out = out or settings.path(settings.output.directory)
    arguments = (settings, sources, out, keep_invalid, progress)
    try:
        return _export(*arguments, standing=published(out))
    except _StalePublicationError:
        # What is published is not what the ledger says was: nothing of it is taken over.
        return _export(*arguments, standing="")


def _export(
    settings: Settings, sources: Sequence[Path], out: Path, keep_invalid: bool, progress: Progress, *, standing: str
) -> Outcome:
    with _Run.begin(settings, keep_invalid, progress) as run:
        run.take_in(sources, standing)
        if run.is_up_to_date:
            if not run.has_search_index(standing):
                run.make_search_index(out, standing)
            run.end(published(out))
            return Outcome(run.report(), changed=False, mapped=0)
        with run.search_index(standing) as index:
            found = _publish(run, settings, out, index, progress)
            index.finish(published(out))
        run.end(published(out))
        return Outcome(found, changed=True, mapped=run.mapped)


def _publish(run: _Run, settings: Settings, out: Path, index: SearchIndex, progress: Progress) -> Report:
    with (
        publish(out) as generation,
        run.renderings(generation) as renderings,
        run.description(generation) as description,
    ):
        site = Site(generation, index, settings) if settings.output.site else None
        blocks = index.passing(run.blocks(generation), site)
        if renderings:
            blocks = renderings.passing(blocks)
        if description:
            blocks = description.passing(blocks)
        dumps.write_dumps(
            generation,
            blocks,
            base_iri=settings.base_iri,
            compress=settings.output.compress,
            written=lambda _name: progress("writing", 1, len(FORMATS)),
        )
        manifest.write_manifest(generation, run.manifest(), dataset=IriPolicy(settings.base_iri).dataset)
        manifest.write_artefacts(generation)
        found = run.report()
        if found.empty_shapes:
            raise NotConformant(found)
        report.write(found, generation)
        if settings.output.feeds:
            run.write_feeds(generation)
        if renderings:
            renderings.finish()
        if site is not None:
            progress("site", 0, 1)
            site.finish(description.describe() if description else {})
        if description:
            description.finish()
            write_kit(generation, run.gone())
            progress("site", 1, 1)
    return found


def validate(
    settings: Settings, sources: Sequence[Path] = (), *, keep_invalid: bool = False, progress: Progress = silent
) -> Report:
    """Read, map and validate the sources as :func:`export` does, and write nothing.

    :raises CommonsError: if that cannot be done
    """
    with _Run.begin(settings, keep_invalid, progress) as run:
        run.take_in(sources, "")
        for _ in run.blocks(None):
            pass
        return run.report()


class _StalePublicationError(Exception):
    """The publication that stands is not the one that the ledger knows."""


class _Findings(msgspec.Struct, frozen=True):
    """What the ledger keeps of what was found about a page.

    :param agents: digests of the names of its contributors, which registers may say something of
    """

    page: PageReport
    focus_nodes: dict[str, int]
    kinds: dict[str, int]
    statements: int
    agents: tuple[str, ...] = ()


class _Run:
    """One run over an archive: what it works with, and what it has counted so far."""

    def __init__(self, ledger: Ledger, settings: Settings, keep_invalid: bool, progress: Progress) -> None:
        self._ledger, self._settings = ledger, settings
        self._keep_invalid, self._progress = keep_invalid, progress
        self._policy: Final = IriPolicy(settings.base_iri)
        self._concepts: Final = Concepts.load(artefact("ontology/concepts.ttl"))
        self._shapes: Final = Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])
        self._registers: Final = Registers.load(settings, ledger.log.suppressions().is_in)
        self._mapper: Final = Mapper(settings, self._concepts, self._registers)
        self._changes: Final = Recording(ledger)
        self.is_up_to_date = False
        self.mapped = 0

    @classmethod
    @contextlib.contextmanager
    def begin(cls, settings: Settings, keep_invalid: bool, progress: Progress) -> Iterator[_Run]:
        with open_ledger(settings.path(settings.state)) as ledger:
            yield cls(ledger, settings, keep_invalid, progress)

    def take_in(self, sources: Sequence[Path], generation: str) -> None:
        """Bring the ledger up to date with the sources.

        :param generation: the name of the publication that stands, whose blocks may be copied; ``""`` for none
        """
        made_with = fingerprint(self._settings, keep_invalid=self._keep_invalid)
        known = self._ledger.meta("made_with"), self._ledger.meta("generation")
        same = bool(generation) and known == (made_with, generation)
        if not same:
            self._ledger.forget_work()
        self._ledger.set_meta("made_with", made_with)
        registers = self._registers.written(self._policy)
        if same and (changed := self._registers.changed(self._ledger.meta("registers"))):
            # Records that name whoever is called otherwise now, or is another one.
            touched = [page.key for page, findings in self._findings() if not changed.isdisjoint(findings.agents)]
            self._ledger.forget_work(touched)
        found = sources_of(self._settings, sources)
        take_in(self._ledger, found, self._settings, lambda done: self._progress("reading", done, len(found)))
        refused = hashlib.sha256(b"".join(self._ledger.refusals())).hexdigest()
        as_before = (self._ledger.meta("refused"), self._ledger.meta("registers")) == (refused, registers)
        self.is_up_to_date = same and as_before and self._ledger.changes() == (0, 0)
        self._ledger.set_meta("registers", registers)
        self._ledger.set_meta("refused", refused)

    def end(self, generation: str) -> None:
        """Have the ledger keep what this run did, now that it is published."""
        self._ledger.set_meta("generation", generation)
        self._ledger.set_meta("cause", "")
        self._ledger.forget_gone()
        self._ledger.drop_records()
        self._ledger.commit()

    def renderings(self, generation: Generation) -> AbstractContextManager[Renderings | None]:
        """Begin the renderings for harvesters, unless the settings want no site to put them in."""
        if not self._settings.output.site:
            return contextlib.nullcontext()
        return Renderings(generation, self._settings, self._concepts, made_with=self._ledger.meta("made_with"))

    def description(self, generation: Generation) -> AbstractContextManager[Description | None]:
        """Begin the description of the dataset, unless the settings want no site to put it in."""
        return Description(generation, self._settings) if self._settings.output.site else contextlib.nullcontext()

    def gone(self) -> Iterator[str]:
        """Yield the paths of the records that were withdrawn."""
        return (iri.removeprefix(self._settings.base_iri) for iri in self._ledger.gone())

    # ── The search index ─────────────────────────────────────────────────────────────────────────────────

    def search_index(self, previous: str) -> AbstractContextManager[SearchIndex]:
        """Begin the search index of the publication that is being made; see :func:`search_index.writing`."""
        state, made_with = self._settings.path(self._settings.state), self._ledger.meta("made_with")
        return search_index.writing(
            state,
            base_iri=self._settings.base_iri,
            made_with=made_with,
            previous=previous,
            gatherings=(
                LabelGatherings(self._policy),
                *((SiteGatherings(self._policy),) if self._settings.output.site else ()),
            ),
        )

    def has_search_index(self, publication: str) -> bool:
        """Tell whether the publication that stands has its search index."""
        return search_index.index_path(self._settings.path(self._settings.state), publication).is_file()

    def make_search_index(self, out: Path, publication: str) -> None:
        """Make the search index that is missing, from the publication that stands."""
        with self.search_index("") as index:
            index.read(out / f"{DUMP}.nq")
            index.finish(publication)

    # ── Blocks ───────────────────────────────────────────────────────────────────────────────────────

    def blocks(self, generation: Generation | None) -> Iterator[bytes]:
        """Yield the blocks of the publication: the catalogue's, the concepts', the crosswalk's, then the pages'.

        A page has two: its record's graph, and the description of it.

        :param generation: where the files of each record are written; ``None`` to write none
        """
        position = 0
        for block in (*(block for block, _ in self._own), crosswalk_block(self._settings)):
            yield block.data
            position += len(block.data)
        total = self._ledger.count()
        with _previous_dump(generation) as previous:
            for pages in self._ledger.chunks(_CHUNK):
                fresh = self._map([page for page in pages if page.changed])
                for page in pages:
                    data, description, page = fresh[page.key] if page.changed else (*_slices(previous, page), page)
                    self._ledger.put_result(page._replace(start=position))
                    if not page.held:
                        self._changes.put(page, data)
                        if generation and self._settings.output.records:
                            self._write_record(generation, page, data)
                        yield data
                        yield description
                        position += len(data) + len(description)
                self._progress("mapping", len(pages), total)
        self._changes.end()

    @cached_property
    def _own(self) -> list[tuple[Block, _Findings]]:
        """The blocks that belong to no page, validated like the others."""
        blocks = [catalog_block(self._settings), concepts_block(self._settings, self._concepts)]
        origins = [Origin("commons-ld.toml"), Origin("ontology/concepts.ttl")]
        if registers := self._registers.block(self._policy):
            blocks.append(registers)
            origins.append(Origin(self._settings.agents.people_register))
        findings = []
        for origin, block, found in zip(
            origins, blocks, self._shapes.validate(blocks, policy=self._policy), strict=True
        ):
            checked = any(found.focus_nodes.values())
            told = PageReport(origin=origin, iri=block.subject, is_checked=checked, results=found.results)
            # An IRI that was replaced is none that a shape has to meet.
            kinds = {} if block is registers else found.kinds
            findings.append(_Findings(told, found.focus_nodes, kinds, block.statements))
        return list(zip(blocks, findings, strict=True))

    def _map(self, pages: Sequence[Page]) -> dict[str, tuple[bytes, bytes, Page]]:
        """Map and validate pages; return block and description of each, and what the ledger is to keep of it."""
        mapped = [(page, *self._block(page)) for page in pages]
        blocks = [block for _, _, block in mapped]
        reports = self._shapes.validate(blocks, context=self._concepts.about, policy=self._policy)
        self.mapped += len(mapped)
        return {
            page.key: self._result(page, record, block, found)
            for (page, record, block), found in zip(mapped, reports, strict=True)
        }

    def _block(self, page: Page) -> tuple[MediaRecord, Block]:
        record = msgspec.json.decode(page.record, type=MediaRecord)
        former_titles = msgspec.msgpack.decode(page.former_titles, type=tuple[str, ...])
        block = self._mapper.block(decode(page.record), page.slug, former_titles)
        if page.slug != slug((*former_titles, page.title)[0]):
            taken = Remark("slug-taken", "title", page.title, record.lines.get("title", 0), page.slug)
            block = block._replace(remarks=(*block.remarks, taken))
        return record, block

    def _result(self, page: Page, record: MediaRecord, block: Block, found: BlockReport) -> tuple[bytes, bytes, Page]:
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
        agents = tuple(sorted(map(mark, agents_of(record))))
        findings = msgspec.msgpack.encode(_Findings(told, found.focus_nodes, found.kinds, block.statements, agents))
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
        return block.data, description.data, kept

    def _write_record(self, generation: Generation, page: Page, data: bytes) -> None:
        names = records.record_files(page.subject, self._settings.base_iri)
        if page.changed or not generation.keep(*names):
            records.write_record(generation, page.subject, data, self._settings.base_iri)

    def write_feeds(self, generation: Generation) -> None:
        """Write what harvesters read, once all else is written."""
        write_feeds(generation, self._ledger, self._settings)

    # ── What is told of them ─────────────────────────────────────────────────────────────────────────

    def manifest(self) -> Iterator[dict[str, object]]:
        """Yield a row of the manifest for each record that is published, by IRI."""
        for page, findings in self._findings():
            if not page.held:
                yield {
                    "iri": page.subject,
                    "graph": self._policy.mint("graph", page.slug),
                    "title": page.title,
                    "source": str(findings.page.origin),
                    "sha256": page.sha256,
                    "statements": findings.statements,
                }

    def report(self) -> Report:
        """Return what there is to say of this archive."""
        published = held = 0
        pages: list[PageReport] = []
        focus_nodes, kinds = Counter[str](), Counter[str]()
        for page, findings in chain(((None, findings) for _, findings in self._own), self._findings()):
            if page:
                published, held = published + (not page.held), held + page.held
            focus_nodes.update(findings.focus_nodes)
            kinds.update(findings.kinds)
            if findings.page.has_something_to_say:
                pages.append(findings.page)
        refused = [
            refusal
            for refusals in self._ledger.refusals()
            for refusal in msgspec.msgpack.decode(refusals, type=list[Refusal])
        ]
        refused.sort(key=lambda refusal: (refusal.origin.path, refusal.origin.line))
        return Report(
            published=published,
            held=held,
            refused=tuple(refusal for refusal in refused if refusal.is_fault),
            passed_over=tuple(refusal for refusal in refused if not refusal.is_fault),
            pages=tuple(pages),
            focus_nodes=dict(sorted(focus_nodes.items())),
            empty_shapes=tuple(self._shapes.empty_shapes(focus_nodes, kinds)),
            shape_labels=self._shapes.labels,
            base_iri=self._settings.base_iri,
        )

    def _findings(self) -> Iterator[tuple[Page, _Findings]]:
        decode = msgspec.msgpack.Decoder(_Findings).decode
        for pages in self._ledger.chunks(_CHUNK):
            for page in pages:
                yield page, decode(page.findings)


def fingerprint(settings: Settings, **options: object) -> str:
    """Return a digest of all that a block depends on besides its source: our code, the artefacts, the settings.

    Where things lie (the folders of sources, state and output) is no part of it, nor is how they are served.
    """
    digest = hashlib.sha256()
    package = Path(__file__).parent
    parts = (part for part in package.iterdir() if part.name not in _SERVING)
    files = (path for part in parts for path in (part.rglob("*.*") if part.is_dir() else (part,)))
    # What Python keeps of the code comes and goes while others run, under names of its own for a moment.
    code = sorted(path for path in files if "__pycache__" not in path.parts and path.is_file())
    for path in [*code, *artefacts("ontology"), *artefacts("shapes")]:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for name in ("pyoxigraph", "pyshacl", "rdflib", "phonenumbers", "mwparserfromhell", "tzdata"):
        digest.update(f"{name} {importlib.metadata.version(name)}\0".encode())
    placeless = msgspec.structs.replace(settings, root=Path(), sources=(), state="", serve=ServeSettings())
    digest.update(msgspec.json.encode([placeless, options], order="deterministic", enc_hook=str))
    return digest.hexdigest()


@contextlib.contextmanager
def _previous_dump(generation: Generation | None) -> Iterator[BinaryIO | None]:
    path = generation.previous / f"{DUMP}.nq" if generation and generation.previous else None
    if path is None or not path.is_file():
        yield None
    else:
        with path.open("rb") as file:
            yield file


def _slices(previous: BinaryIO | None, page: Page) -> tuple[bytes, bytes]:
    """Return block and description of a page that did not change, from the dump that is published."""
    if page.held:
        return b"", b""
    data = description = b""
    if previous is not None:
        previous.seek(page.start)
        data, description = previous.read(page.length), previous.read(page.described)
    found = hashlib.sha256(data).hexdigest(), hashlib.sha256(description).hexdigest()
    if found != (page.sha256, page.description_sha256):
        raise _StalePublicationError
    return data, description
