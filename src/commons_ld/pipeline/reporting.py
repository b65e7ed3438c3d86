"""Put together what there is to say of an archive: its report, and its rows of the manifest."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from commons_ld.iris import IriPolicy
from commons_ld.ledger import Page
from commons_ld.origin import Origin
from commons_ld.outputs.hashed_file import explaining
from commons_ld.outputs.manifest import Row, row
from commons_ld.outputs.report import PageReport, Refusal, Report, mark
from commons_ld.outputs.stored import Stored
from commons_ld.pipeline.converting import Findings
from commons_ld.validation import Shapes

__all__ = ["Tally", "manifest_row", "report_of", "stored"]


_MODULUS: Final = 1 << 256

_encode: Final = msgspec.msgpack.Encoder(order="sorted").encode


class Tally(msgspec.Struct):
    """How many records there are, how many nodes the shapes met, and what there is to say, as far as it is counted.

    :param held: how many records are held back, and how many are not
    :param focus_nodes: how many nodes each shape met
    :param kinds: how many nodes there are of each kind
    :param naming: how many pages tell of each shape that it met some nodes, or none
    :param marks: how many pages there are of each mark in the report
    :param digest: the sum of the SHA-256 of what there is to say of each page, in hexadecimal
    """

    held: dict[bool, int] = {}
    focus_nodes: dict[str, int] = {}
    kinds: dict[str, int] = {}
    naming: dict[str, int] = {}
    marks: dict[int, int] = {}
    digest: str = ""

    def add(self, findings: Findings, *, held: bool | None = None) -> None:
        """Count what was found about a block.

        :param held: whether its record is held back; ``None`` where it is none
        """
        self.add_all({} if held is None else {held: 1}, findings.focus_nodes, findings.kinds)

    def add_all(
        self, held: Mapping[bool, int], focus_nodes: Mapping[str, int], kinds: Mapping[str, int], pages: int = 1
    ) -> None:
        """Count what was counted of some pages.

        :param pages: of how many that tell of the same shapes; less than 0 to take out what was counted
        """
        _add(self.held, held)
        _add(self.focus_nodes, focus_nodes)
        _add(self.kinds, kinds)
        _add(self.naming, dict.fromkeys(focus_nodes, pages))

    def tell(self, name: str, page: PageReport, times: int = 1) -> None:
        """Count what there is to say of a page.

        :param name: what the page is known by
        :param times: -1 to take it out
        """
        _add(self.marks, {mark(page): times})
        told = int.from_bytes(hashlib.sha256(_encode((name, page))).digest())
        self.digest = f"{(int(self.digest or '0', 16) + times * told) % _MODULUS:064x}"

    @property
    def met(self) -> dict[str, int]:
        """How many nodes each shape met, of those that pages tell of, by their IRIs."""
        return {shape: nodes for shape, nodes in sorted(self.focus_nodes.items()) if self.naming[shape]}


_K = TypeVar("_K")


def _add(counts: dict[_K, int], more: Mapping[_K, int]) -> None:
    for key, number in more.items():
        counts[key] = counts.get(key, 0) + number


def stored(pages: Iterable[PageReport]) -> Stored[PageReport]:
    """Return pages as a sequence that lies on disk; a :class:`Tally` may be counted while they go by."""
    with explaining(Path(tempfile.gettempdir())):
        return Stored(pages, PageReport, mark)


def report_of(
    base_iri: str,
    shapes: Shapes,
    tally: Tally,
    pages: Sequence[PageReport],
    refusals: Callable[[], Iterable[bytes]],
) -> Report:
    """Return what there is to say of an archive; the pages of it lie on disk.

    :param base_iri: what the IRIs of the archive begin with
    :param pages: of those with something to say, in their order; see :func:`stored`
    :param refusals: yields what was refused of each source, in their order: MessagePack, as the ledger keeps it
    """
    with explaining(Path(tempfile.gettempdir())):
        refused = Stored((one for one in _decoded(refusals()) if one.is_fault), Refusal)
        passed_over = Stored((one for one in _decoded(refusals()) if not one.is_fault), Refusal)
    for found in (refused, passed_over):
        found.sort(lambda refusal: (refusal.origin.path, refusal.origin.line))
    return Report(
        published=tally.held.get(False, 0),
        held=tally.held.get(True, 0),
        refused=refused,
        passed_over=passed_over,
        pages=pages,
        focus_nodes=tally.met,
        empty_shapes=tuple(shapes.empty_shapes(tally.met, tally.kinds)),
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
