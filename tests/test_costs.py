"""What a record costs: how many functions are called for it, which is the same on every machine.

No time is measured. A change that makes the mapping, the validation, a syntax, the renderings or the pages call 15 % more
functions a record fails here, and has to say why by another number. Code that loops without calling anything is not seen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import FrameType
from typing import Any, Final

import msgspec
import pytest

from benchmarks.records import archive, make_records
from commons_ld.artefacts import artefact, artefacts
from commons_ld.concepts import Concepts
from commons_ld.iris import IriPolicy
from commons_ld.mapping import Mapper
from commons_ld.mapping.nodes import Syntax
from commons_ld.mapping.tokens import decode
from commons_ld.outputs.counting import Counts
from commons_ld.outputs.expanded import expanded
from commons_ld.outputs.jsonld import content_of, objects_of, our_context
from commons_ld.outputs.records import plans
from commons_ld.outputs.records import render_record as render_files
from commons_ld.outputs.statements import in_reading_order, prefixes
from commons_ld.outputs.terse import Terse
from commons_ld.outputs.things import Thing, things, things_of
from commons_ld.rendering import Rendering
from commons_ld.rendering.writing import render_record
from commons_ld.site.record_pages import RecordPages
from commons_ld.validation import Shapes
from tests.defects import Block, good_blocks, outlined_blocks, spoiled

#: How many functions were called for a record when this was last looked at, with Python 3.11.
COSTS: Final = {
    "mapping": 202,
    "mapping, with its files": 419,
    "mapping with outlines": 283,
    "validation of good records": 161,
    "validation by the compiled shapes": 2812,
    "order": 296,
    "things": 137,
    "turtle": 161,
    "rdf-xml": 261,
    "json-ld": 620,
    "facts": 236,
    "event stream": 277,
    "renderings": 2139,
    "pages": 2957,
}
MORE: Final = 1.15
#: The first records are not counted: what is made once, and kept, is not what a record costs.
FIRST, COUNTED = 200, 100


def calls(work: Callable[[Any], object], items: list[Any]) -> float:
    """Return how many functions are called for an item, in Python or in C."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    for item in items[:FIRST]:
        work(item)
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for item in items[FIRST:]:
            work(item)
    finally:
        sys.setprofile(before)
    return count / len(items[FIRST:])


def published_shapes() -> Shapes:
    """Return the shapes that we publish."""
    return Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])


def mapping(also: Sequence[Syntax] = (), *, outlined: bool = False) -> tuple[Callable[[Any], object], list[Any]]:
    """Map records as the pipeline does, with what the guard wants to know of them or without."""
    outliner = published_shapes().outliner if outlined else None
    mapper = Mapper(archive(), Concepts.load(artefact("ontology/concepts.ttl")), also=also, outliner=outliner)
    lines = [msgspec.json.encode(fields) for fields in make_records(FIRST + COUNTED)]

    def work(line: bytes) -> object:
        record = decode(line)
        return mapper.block(record, record.identifier)

    return work, lines


def validation(*, guarded: bool) -> tuple[Callable[[Any], object], list[Any]]:
    """Validate blocks."""
    shapes = published_shapes()
    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    blocks: list[Any] = list(
        outlined_blocks(shapes, make_records(FIRST + COUNTED))
        if guarded
        else (spoiled(block, number) for number, block in enumerate(good_blocks(FIRST + COUNTED)))
    )
    return lambda block: list(shapes.validate([block], context=concepts, guarded=guarded)), blocks


def writing(write: Callable[[Block, list[Thing]], object]) -> tuple[Callable[[Any], object], list[Any]]:
    """Write records in a syntax, once they are taken apart."""
    apart = [(block, list(things(in_lines(block)))) for block in good_blocks(FIRST + COUNTED)]
    return lambda pair: write(*pair), apart


def in_lines(block: Block) -> list[bytes]:
    """Return the statements of a block in the order in which they are read."""
    lines = in_reading_order([line + b" .\n" for line in block.statements], block.subject)
    return lines.split(b" .\n")[:-1]


def ordering(work: Callable[[Block, bytes], object]) -> tuple[Callable[[Any], object], list[Any]]:
    """Do something to records that are in order."""
    blocks = list(good_blocks(FIRST + COUNTED))
    ordered = [in_reading_order([line + b" .\n" for line in block.statements], block.subject) for block in blocks]
    return lambda pair: work(*pair), list(zip(blocks, ordered, strict=True))


class Nowhere:
    """Where what records share would be sorted."""

    def add(self, entries: Iterable[tuple[bytes, bytes]], /) -> None:
        """Pass over it."""

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return iter(())


def counting() -> tuple[Callable[[Any], object], list[Any]]:
    """Count records for the description of the dataset, once they are taken apart."""
    counts = Counts(IriPolicy(archive().base_iri), Nowhere())
    return writing(lambda block, apart: counts.add(block.data, apart))


def rendering() -> tuple[Callable[[Any], object], list[Any]]:
    """Render records for harvesters, once they are taken apart."""
    rendering = Rendering(archive(), Concepts.load(artefact("ontology/concepts.ttl")))
    apart = [(block.data, b"", things_of(block.data)) for block in good_blocks(FIRST + COUNTED)]
    return lambda made: render_record(rendering, *made), apart


def paging() -> tuple[Callable[[Any], object], list[Any]]:
    """Make the pages of records in both languages, once they are taken apart and their data are made."""
    base, pages = archive().base_iri, RecordPages(archive(), {})
    made = [
        (block.data, block.subject, block.subject.removeprefix(base), render_files(block.subject, block.data, base)[1])
        for block in good_blocks(FIRST + COUNTED)
    ]
    contents = [content_of(objects_of(things_of(data), subject, our_context())) for data, subject, *_ in made]
    given = [(*one, things_of(one[0]), content) for one, content in zip(made, contents, strict=True)]
    return lambda one: pages.pages(*one), given


TERSE: Final = Terse(prefixes(archive().base_iri))
WORK: Final[dict[str, Callable[[], tuple[Callable[[Any], object], list[Any]]]]] = {
    "mapping": mapping,
    "mapping, with its files": lambda: mapping(plans(archive().base_iri)),
    "mapping with outlines": lambda: mapping(outlined=True),
    "validation of good records": lambda: validation(guarded=True),
    "validation by the compiled shapes": lambda: validation(guarded=False),
    "order": lambda: ordering(lambda block, lines: in_reading_order(lines.splitlines(keepends=True), block.subject)),
    "things": lambda: ordering(lambda _, lines: list(things(lines.split(b" .\n")[:-1]))),
    "turtle": lambda: writing(lambda _, apart: [TERSE.thing_in_turtle(thing) for thing in apart]),
    "rdf-xml": lambda: writing(lambda _, apart: [TERSE.thing_in_rdf_xml(thing) for thing in apart]),
    "json-ld": lambda: writing(lambda block, apart: objects_of(apart, block.subject, our_context())),
    "facts": counting,
    "event stream": lambda: writing(lambda _, apart: expanded(apart)),
    "renderings": rendering,
    "pages": paging,
}


@pytest.mark.parametrize("name", COSTS)
def test_a_record_costs_no_more_than_it_did(name: str) -> None:
    """Within 15 %."""
    work, items = WORK[name]()

    assert calls(work, items) <= MORE * COSTS[name]


def test_work_that_is_done_twice_is_seen() -> None:
    """The check can fail."""
    work, items = writing(
        lambda _, apart: [(TERSE.thing_in_turtle(thing), TERSE.thing_in_turtle(thing)) for thing in apart]
    )

    assert calls(work, items) > MORE * COSTS["turtle"]
