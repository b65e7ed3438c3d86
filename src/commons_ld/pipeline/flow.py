"""The blocks of one run in their order: those of pages that changed are made, and the others are copied.

The pages go by in the order of their names in IRIs, some at a time, so that memory does not grow with the archive.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.ledger import Ledger, Moves, Page
from commons_ld.outputs import records
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.published import Published
from commons_ld.outputs.standing import StalePublicationError, Standing, stands, within
from commons_ld.pipeline.converting import Conversion, Converted, Wanted
from commons_ld.pipeline.own_blocks import OwnBlocks
from commons_ld.pipeline.recording import Recording
from commons_ld.processes.sharing import Processes
from commons_ld.rdf.n_quads import NQuads, n_quads_of
from commons_ld.settings import Settings

__all__ = ["Flow", "How", "Progress", "silent"]

#: Pages that are mapped and validated together.
_CHUNK: Final = 50

#: Called with what is being done, how much of it was done since the last call, and how much there is in all.
Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody how far the work is."""


class How(NamedTuple):
    """How a run goes about it.

    :param wanted: of the conversion
    :param progress: who is told how far it is
    :param processes: who shares the work
    :param allow_deletions: whether records are believed to be gone, however many they are
    """

    wanted: Wanted
    progress: Progress
    processes: Processes
    allow_deletions: bool


class Flow:
    """The blocks of one run, and the files of records that are written as they go by.

    :param own: the blocks that belong to no page
    :param conversion: what makes blocks of pages
    """

    def __init__(self, ledger: Ledger, settings: Settings, own: OwnBlocks, conversion: Conversion, how: How) -> None:
        self._ledger, self._settings, self._own, self._conversion, self._how = ledger, settings, own, conversion, how
        self._changes: Final = Recording(ledger, settings.base_iri)
        #: Pages and renderings of records that were made before their turn came, by the name of the record in IRIs.
        self.pages: Final[dict[str, dict[str, bytes]]] = {}
        self.rendered: Final[dict[str, dict[str, bytes]]] = {}

    def blocks(self, generation: Generation | None, standing: Sequence[Standing] = ()) -> Iterator[PassedBlock]:
        """Yield the blocks of the publication: the catalogue's, the concepts', the crosswalk's, then the pages'.

        A page has two: its record's graph, and the description of it.

        :param generation: where the files of each record are written; ``None`` to write none
        :param standing: what of the dumps stands as it is, whose pages are passed over
        """
        position, moves = 0, Moves()
        for block in self._own.blocks():
            yield PassedBlock(block)
            position += len(block)
        total = self._ledger.count()
        with _previous_dump(generation) as previous:
            if generation and standing and self._settings.output.records:
                self._keep_records(generation, previous, standing)
            for some, fresh in self._how.processes.beside(self._conversion.convert, self._todo(standing)):
                if isinstance(some, Standing):
                    moves.meet(some.first, position - some.start)
                    position += some.length
                    self._how.progress("mapping", self._ledger.count_between(some.first, some.end), total)
                    continue
                made = iter(fresh or ())
                for page in some:
                    one = next(made) if page.changed else _kept(previous, page)
                    data, description, page = one[:3]
                    if page.changed:
                        self._ledger.put_result(page._replace(start=position))
                    if page.held:
                        continue
                    moves.meet(page.slug, None if page.changed else position - page.start)
                    if page.changed:
                        self._changes.put(page, data)
                    if generation and self._settings.output.records:
                        self._write_record(generation, one)
                    if one.pages:
                        self.pages[page.slug], self.rendered[page.slug] = one.pages, one.rendered
                    shared, described = one.shared
                    yield PassedBlock(data, bytes.fromhex(page.sha256), shared, one.indexed)
                    yield PassedBlock(description, bytes.fromhex(page.description_sha256), described)
                    position += len(data) + len(description)
                self._how.progress("mapping", len(some), total)
        self._ledger.move(moves)
        self._changes.end(allow_deletions=self._how.allow_deletions)

    def _todo(self, standing: Sequence[Standing]) -> Iterator[tuple[list[Page] | Standing, list[Page], bool]]:
        """Yield the pages, some at a time, with those of them that changed; and what stands, where it stands."""
        first = ""
        for one in (*standing, None):
            for pages in self._ledger.chunks(_CHUNK, first, *([one.first] if one else [])):
                changed = [page for page in pages if page.changed]
                yield pages, changed, bool(changed)
            if one:
                yield one, [], False
                if not one.end:
                    return
                first = one.end

    def published(self, generation: Generation, standing: Sequence[Standing]) -> Iterator[Published]:
        """Yield the records that are published, in their order, once the dumps are written.

        :param standing: what of the dumps stands as it is
        """
        with NQuads(n_quads_of(generation.folder)) as n_quads:
            for slug, subject, sha256, described, *place in self._ledger.published():
                versions = bytes.fromhex(sha256), bytes.fromhex(described)
                yield Published(subject, *versions, stands(slug, standing), partial(_read, n_quads, *place))

    def _write_record(self, generation: Generation, one: Converted) -> None:
        names = records.record_files(one.page.subject, self._settings.base_iri)
        if one.page.changed or not generation.keep(*names):
            made = one.files or records.render_record(one.page.subject, one.data, self._settings.base_iri)
            for name, content in zip(names, made, strict=True):
                generation.write(name, content)

    def _keep_records(self, generation: Generation, previous: NQuads | None, standing: Sequence[Standing]) -> None:
        """Take over the files of the records of what stands; those that are not as they were are written again."""
        is_standing = within(standing)
        for folder in records.FOLDERS:
            for name in generation.keep_folder(folder, lambda leaf: is_standing(leaf.partition(".")[0])):
                page = self._ledger.named(Path(name).stem)
                if page is None:
                    raise StalePublicationError
                one = _kept(previous, page)
                made = records.render_record(page.subject, one.data, self._settings.base_iri)
                names = records.record_files(page.subject, self._settings.base_iri)
                generation.write(name, made[names.index(name)])


@contextlib.contextmanager
def _previous_dump(generation: Generation | None) -> Iterator[NQuads | None]:
    with contextlib.ExitStack() as opened:
        n_quads = None
        if generation and generation.previous:
            # Where there is nothing that can be read, what is copied from it is found to be something else.
            with contextlib.suppress(OSError):
                n_quads = opened.enter_context(NQuads(n_quads_of(generation.previous)))
        yield n_quads


def _read(n_quads: NQuads, start: int, length: int, described: int) -> tuple[bytes, bytes]:
    """Return the block of a record and its description."""
    return n_quads.read(start, length), n_quads.read(start + length, described)


def _kept(previous: NQuads | None, page: Page) -> Converted:
    """Return a page that did not change with its block and description, from the dump that is published."""
    if page.held:
        return Converted(b"", b"", page)
    data = description = b""
    if previous is not None:
        with contextlib.suppress(OSError):
            data, description = _read(previous, page.start, page.length, page.described)
    found = hashlib.sha256(data).hexdigest(), hashlib.sha256(description).hexdigest()
    if found != (page.sha256, page.description_sha256):
        raise StalePublicationError
    return Converted(data, description, page)
