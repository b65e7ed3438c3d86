"""What the ledger tells of its pages once they are done: the rows of the manifest, and the report."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from commons_ld.converting import Findings
from commons_ld.iris import IriPolicy
from commons_ld.ledger import Ledger, Page
from commons_ld.origin import Origin
from commons_ld.outputs import report
from commons_ld.outputs.generation import Generation, explaining
from commons_ld.outputs.report import PageReport, Refusal, Report, mark
from commons_ld.outputs.stored import Stored
from commons_ld.validation import Shapes

__all__ = ["Told"]

#: Pages that are looked up together.
_CHUNK: Final = 50


class _Placed(msgspec.Struct):
    """Of a report of a page, where the page stands."""

    origin: Origin


class _Listed(msgspec.Struct):
    """Of what was found about a page, what the manifest tells: the rest is not decoded."""

    page: _Placed
    statements: int


_T = TypeVar("_T")


class Told:
    """What is told of the pages of an archive.

    :param own: returns what was found of the blocks that belong to no page
    """

    def __init__(
        self, ledger: Ledger, shapes: Shapes, policy: IriPolicy, own: Callable[[], Iterable[Findings]]
    ) -> None:
        self._ledger, self._shapes, self._policy, self._own = ledger, shapes, policy, own

    def manifest(self) -> Iterator[dict[str, object]]:
        """Yield a row of the manifest for each record that is published, by IRI."""
        for page, findings in self._pages(_Listed):
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
        """Return what there is to say of this archive; the pages of it lie on disk."""
        counts, focus_nodes, kinds = Counter[bool](), Counter[str](), Counter[str]()

        def pages() -> Iterator[PageReport]:
            for page, findings in chain(((None, findings) for findings in self._own()), self.findings()):
                if page:
                    counts[bool(page.held)] += 1
                focus_nodes.update(findings.focus_nodes)
                kinds.update(findings.kinds)
                if findings.page.has_something_to_say:
                    yield findings.page

        with explaining(Path(tempfile.gettempdir())):
            told = Stored(pages(), PageReport, mark)
            refused = Stored((one for one in self._refusals() if one.is_fault), Refusal)
            passed_over = Stored((one for one in self._refusals() if not one.is_fault), Refusal)
        for refusals in (refused, passed_over):
            refusals.sort(lambda refusal: (refusal.origin.path, refusal.origin.line))
        return Report(
            published=counts[False],
            held=counts[True],
            refused=refused,
            passed_over=passed_over,
            pages=told,
            focus_nodes=dict(sorted(focus_nodes.items())),
            empty_shapes=tuple(self._shapes.empty_shapes(focus_nodes, kinds)),
            shape_labels=self._shapes.labels,
            base_iri=self._policy.base_iri,
        )

    def write_report(self, found: Report, generation: Generation) -> None:
        """Write the report, or take it over where it says what it said."""
        told = found.digest
        if not told or self._ledger.meta("report") != told or not generation.keep(*report.NAMES):
            report.write(found, generation)
        self._ledger.set_meta("report", told)

    def _refusals(self) -> Iterator[Refusal]:
        # One is decoded at a time: a wiki may have more pages that are no records than memory would hold.
        decode = msgspec.msgpack.Decoder(Refusal).decode
        for refusals in self._ledger.refusals():
            yield from map(decode, msgspec.msgpack.decode(refusals, type=list[msgspec.Raw]))

    def findings(self) -> Iterator[tuple[Page, Findings]]:
        """Yield each page with what was found about it."""
        return self._pages(Findings)

    def _pages(self, kind: type[_T]) -> Iterator[tuple[Page, _T]]:
        decode = msgspec.msgpack.Decoder(kind).decode
        for pages in self._ledger.chunks(_CHUNK):
            for page in pages:
                yield page, decode(page.findings)
