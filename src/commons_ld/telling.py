"""What the ledger tells of its pages once they are done: the rows of the manifest, and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

import msgspec

from commons_ld.converting import Findings
from commons_ld.iris import IriPolicy
from commons_ld.ledger import Ledger, Page
from commons_ld.origin import Origin
from commons_ld.outputs import report_files
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.manifest import Row
from commons_ld.outputs.report import PageReport, Report
from commons_ld.outputs.standing import Standing, between
from commons_ld.reporting import Tally, manifest_row, report_of
from commons_ld.validation import Shapes

__all__ = ["Told"]

#: Pages that are looked up together.
_CHUNK: Final = 50
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


def _count(tally: Tally, alike: Counter[tuple[bool, bytes, bytes]]) -> None:
    """Count pages that are alike, and forget them."""
    decode = msgspec.msgpack.Decoder(dict[str, int]).decode
    for (held, *counted), pages in alike.items():
        focus_nodes, kinds = ({name: number * pages for name, number in decode(some).items()} for some in counted)
        tally.add_all({held: pages}, focus_nodes, kinds)
    alike.clear()


class Told:
    """What is told of the pages of an archive.

    :param own: returns what was found of the blocks that belong to no page
    """

    def __init__(
        self, ledger: Ledger, shapes: Shapes, policy: IriPolicy, own: Callable[[], Iterable[Findings]]
    ) -> None:
        self._ledger, self._shapes, self._policy, self._own = ledger, shapes, policy, own

    def manifest(self, standing: Iterable[Standing] = ()) -> Iterator[Row]:
        """Yield a row of the manifest for each record that is published, by IRI, but for those of what stands."""
        for some in between(standing):
            for page, findings in self._pages(_Listed, *some):
                if not page.held:
                    yield manifest_row(page, findings.page.origin, findings.statements, self._policy)

    def report(self) -> Report:
        """Return what there is to say of this archive; the pages of it lie on disk."""
        tally = Tally()

        def pages() -> Iterator[PageReport]:
            for own in self._own():
                tally.add(own)
                if own.page.has_something_to_say:
                    yield own.page
            decode = msgspec.msgpack.Decoder(_Told).decode
            # Many pages have as many nodes of each kind: what they have is counted together.
            alike = Counter[tuple[bool, bytes, bytes]]()
            for held, findings in self._ledger.findings():
                told = decode(findings)
                alike[bool(held), bytes(told.focus_nodes), bytes(told.kinds)] += 1
                if len(alike) > _ALIKE:
                    _count(tally, alike)
                if told.page.has_something_to_say:
                    yield told.page
            _count(tally, alike)

        return report_of(self._policy.base_iri, self._shapes, tally, pages(), self._ledger.refusals)

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
