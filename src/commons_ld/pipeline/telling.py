"""What the ledger tells of its pages once they are done: the rows of the manifest, and the report."""

from __future__ import annotations

import contextlib
import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from commons_ld.errors import PublicationError
from commons_ld.iris import IriPolicy
from commons_ld.ledger import Ledger, Noted, Page, read_findings
from commons_ld.messages import Language
from commons_ld.origin import Origin
from commons_ld.outputs import report_files
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.manifest import Row
from commons_ld.outputs.report import PageReport, Report
from commons_ld.outputs.standing import Standing, between
from commons_ld.outputs.stored import Later, Stored
from commons_ld.pipeline.converting import Findings
from commons_ld.pipeline.reporting import Tally, manifest_row, report_of, stored
from commons_ld.validation import Shapes

__all__ = ["Told"]

_CHANGED: Final[dict[Language, str]] = {
    "fr": "un autre export a changé le registre depuis celui-ci, dont la publication est faite ; ce qu'il en reste à "
    "dire est dans le dossier report/ de la publication, ou s'obtient en relançant l'export",
    "en": "another export has changed the ledger since this one, whose publication is made; what there is to say of it "
    "is in the folder report/ of the publication, or comes of running the export again",
}
#: Pages that are looked up together.
_CHUNK: Final = 50
#: What is noted in the ledger.
_TALLY: Final = "tally"
#: How many pages may differ in how many nodes they have before they are counted.
_ALIKE: Final = 500


class _Placed(msgspec.Struct):
    """Of a report of a page, where the page stands."""

    origin: Origin


class _Listed(msgspec.Struct):
    """Of what was found about a page, what the manifest tells: the rest is not decoded."""

    page: _Placed
    statements: int


class _Told(msgspec.Struct):
    """Of what was found about a page, what the report tells; nodes are decoded once for all pages that have as many."""

    page: PageReport
    focus_nodes: msgspec.Raw
    kinds: msgspec.Raw


_T = TypeVar("_T")

_numbers: Final = msgspec.msgpack.Decoder(dict[str, int]).decode


def _count(tally: Tally, alike: Counter[tuple[bool, bytes, bytes]]) -> None:
    """Count pages that are alike, and forget them."""
    for (held, met, there), pages in alike.items():
        _add(tally, held, met, there, pages)
    alike.clear()


def _add(tally: Tally, held: bool, focus_nodes: bytes, kinds: bytes, pages: int) -> None:
    """Count pages that have as many nodes of each kind, or take them out where there are less than none of them."""
    met, there = ({name: number * pages for name, number in _numbers(some).items()} for some in (focus_nodes, kinds))
    tally.add_all({held: pages}, met, there, pages)


class Told:
    """What is told of the pages of an archive.

    :param state: the state folder
    :param own: returns what was found of the blocks that belong to no page
    """

    def __init__(
        self, ledger: Ledger, state: Path, shapes: Shapes, policy: IriPolicy, own: Callable[[], Iterable[Findings]]
    ) -> None:
        self._ledger, self._state, self._shapes, self._policy, self._own = ledger, state, shapes, policy, own
        self._decode: Final = msgspec.msgpack.Decoder(_Told).decode
        #: What is counted of the pages, as far as that is known without going through them.
        self._tally: Tally | None = None
        if kept := ledger.notes.get(_TALLY):
            self._tally = msgspec.msgpack.decode(bytes.fromhex(kept), type=Tally)
            ledger.notes.follow(self._wrote)

    def manifest(self, standing: Iterable[Standing] = ()) -> Iterator[Row]:
        """Yield a row of the manifest for each record that is published, by IRI, but for those of what stands."""
        for some in between(standing):
            for page, findings in self._pages(_Listed, *some):
                if not page.held:
                    yield manifest_row(page, findings.page.origin, findings.statements, self._policy)

    def report(self, *, is_kept: bool = True) -> Report:
        """Return what there is to say of this archive; the pages of it lie on disk.

        :param is_kept: whether the ledger is going to be kept as it is, so that they can be looked up in it later
        """
        pages: Sequence[PageReport] = ()
        if self._tally is None or not self._ledger.notes.is_following:
            self._tally = Tally()
            pages = stored(self._told(self._ledger.findings(), self._tally))
        self._ledger.notes.put(_TALLY, msgspec.msgpack.encode(self._tally).hex())
        tally = copy.deepcopy(self._tally)
        for own in self._own():
            tally.add(own)
            if own.page.has_something_to_say:
                tally.tell("", own.page)
        later = Later(partial(self._looked_up, tally.digest), tally.marks, tally.digest)
        if isinstance(pages, Stored):
            later.made = pages
        found = report_of(self._policy.base_iri, self._shapes, tally, later, self._ledger.refusals)
        if found.empty_shapes or not is_kept:
            len(later.made)  # the ledger will be as it was before
        return found

    def _told(self, findings: Iterable[tuple[str, bool, bytes]], tally: Tally) -> Iterator[PageReport]:
        """Yield of what was found what there is to say, and count it; what is not of pages is not counted."""
        yield from (own.page for own in self._own() if own.page.has_something_to_say)
        # Many pages have as many nodes of each kind: what they have is counted together.
        alike = Counter[tuple[bool, bytes, bytes]]()
        for slug, held, found in findings:
            told = self._decode(found)
            alike[bool(held), bytes(told.focus_nodes), bytes(told.kinds)] += 1
            if len(alike) > _ALIKE:
                _count(tally, alike)
            if told.page.has_something_to_say:
                tally.tell(slug, told.page)
                yield told.page
        _count(tally, alike)

    def _looked_up(self, digest: str) -> Stored[PageReport]:
        """Return the pages that there is something to say of, from the ledger, whether it is open still or not."""
        tally = Tally()
        for own in self._own():
            if own.page.has_something_to_say:
                tally.tell("", own.page)
        with contextlib.ExitStack() as opened:
            found = (
                self._ledger.findings() if self._ledger.is_open else opened.enter_context(read_findings(self._state))
            )
            pages = stored(self._told(found, tally))
        if tally.digest != digest:
            raise PublicationError(self._state, _CHANGED)
        return pages

    def _wrote(self, old: Noted | None, new: Noted | None) -> None:
        """Count the row of a page that says something else now."""
        for row, times in ((old, -1), (new, 1)):
            if self._tally and row and row.present and row.slug is not None and row.findings:
                told = self._decode(row.findings)
                _add(self._tally, bool(row.held), bytes(told.focus_nodes), bytes(told.kinds), times)
                if told.page.has_something_to_say:
                    self._tally.tell(row.slug, told.page, times)

    def write_report(self, found: Report, generation: Generation) -> None:
        """Write the report, or take it over where it says what it said."""
        told = found.digest
        if not told or self._ledger.meta("report") != told or not generation.keep(*report_files.NAMES):
            report_files.write(found, generation)
        self._ledger.set_meta("report", told)

    def findings(self) -> Iterator[tuple[Page, Findings]]:
        """Yield each page with what was found about it."""
        return self._pages(Findings)

    def _pages(self, kind: type[_T], first: str = "", end: str = "") -> Iterator[tuple[Page, _T]]:
        decode = msgspec.msgpack.Decoder(kind).decode
        for pages in self._ledger.chunks(_CHUNK, first, *([end] if end else [])):
            for page in pages:
                yield page, decode(page.findings)
