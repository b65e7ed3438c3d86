"""Put together what there is to say of an archive: its report, and its rows of the manifest."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.converting import Findings
from commons_ld.iris import IriPolicy
from commons_ld.ledger import Page
from commons_ld.origin import Origin
from commons_ld.outputs.hashed_file import explaining
from commons_ld.outputs.manifest import Row, row
from commons_ld.outputs.report import PageReport, Refusal, Report, mark
from commons_ld.outputs.stored import Stored
from commons_ld.validation import Shapes

__all__ = ["Tally", "manifest_row", "report_of"]


class Tally:
    """How many records there are, and how many nodes the shapes met."""

    def __init__(self) -> None:
        #: How many records are held back, and how many are not.
        self.held: Final = Counter[bool]()
        #: How many nodes each shape met, and how many there are of each kind.
        self.focus_nodes: Final = Counter[str]()
        self.kinds: Final = Counter[str]()

    def add(self, findings: Findings, *, held: bool | None = None) -> None:
        """Count what was found about a block.

        :param held: whether its record is held back; ``None`` where it is none
        """
        if held is not None:
            self.held[held] += 1
        self.focus_nodes.update(findings.focus_nodes)
        self.kinds.update(findings.kinds)

    def add_all(self, held: Mapping[bool, int], focus_nodes: Mapping[str, int], kinds: Mapping[str, int]) -> None:
        """Count what another one counted."""
        self.held.update(held)
        self.focus_nodes.update(focus_nodes)
        self.kinds.update(kinds)


def report_of(
    base_iri: str,
    shapes: Shapes,
    tally: Tally,
    pages: Iterable[PageReport],
    refusals: Callable[[], Iterable[bytes]],
) -> Report:
    """Return what there is to say of an archive; the pages of it lie on disk.

    :param base_iri: what the IRIs of the archive begin with
    :param tally: it may be counted while the pages go by
    :param pages: of those with something to say, in their order
    :param refusals: yields what was refused of each source, in their order: MessagePack, as the ledger keeps it
    """
    with explaining(Path(tempfile.gettempdir())):
        told = Stored(pages, PageReport, mark)
        refused = Stored((one for one in _decoded(refusals()) if one.is_fault), Refusal)
        passed_over = Stored((one for one in _decoded(refusals()) if not one.is_fault), Refusal)
    for found in (refused, passed_over):
        found.sort(lambda refusal: (refusal.origin.path, refusal.origin.line))
    return Report(
        published=tally.held[False],
        held=tally.held[True],
        refused=refused,
        passed_over=passed_over,
        pages=told,
        focus_nodes=dict(sorted(tally.focus_nodes.items())),
        empty_shapes=tuple(shapes.empty_shapes(tally.focus_nodes, tally.kinds)),
        shape_labels=shapes.labels,
        base_iri=base_iri,
    )


def _decoded(refusals: Iterable[bytes]) -> Iterator[Refusal]:
    """Yield what was refused, from what the ledger keeps of each source."""
    # One is decoded at a time: a wiki may have more pages that are no records than memory would hold.
    decode = msgspec.msgpack.Decoder(Refusal).decode
    for some in refusals:
        yield from map(decode, msgspec.msgpack.decode(some, type=list[msgspec.Raw]))


def manifest_row(page: Page, origin: Origin, statements: int, policy: IriPolicy) -> Row:
    """Return what the manifest tells of a record that is published.

    :param origin: where the page stands
    :param statements: how many the record has
    """
    return row(
        {
            "iri": page.subject,
            "graph": policy.mint("graph", page.slug),
            "title": page.title,
            "source": str(origin),
            "sha256": page.sha256,
            "statements": statements,
        }
    )
