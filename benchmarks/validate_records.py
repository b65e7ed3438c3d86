"""Our validation as a process of its own, which loads what it needs and no more: see :mod:`benchmarks.validating`.

It prints how many results there are, or for the mapping alone how many blocks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.records import archive
from commons_ld.artefacts import artefact, artefacts
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.mapping.outlining import Outliner
from commons_ld.mapping.tokens import decode
from commons_ld.rdf.block import Block as MappedBlock
from commons_ld.validation import Shapes
from commons_ld.validation.blocks import NQuadsBlock

__all__ = ["Row", "mapped", "mapper_of", "ours", "parts_of", "shapes_files"]

#: A result: focus node, value, component and source shape.
Row = tuple[str, ...]


class Block(NamedTuple):
    """A block of the file."""

    graph: str
    subject: str
    data: bytes
    outline: None = None


def mapper_of(outliner: Outliner | None) -> tuple[Mapper, Concepts]:
    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    return Mapper(archive(), concepts, outliner=outliner), concepts


def mapped(folder: Path, mapper: Mapper, count: int | None) -> Iterator[MappedBlock]:
    """Yield the blocks of the records; nobody has asked for their bytes yet."""
    with (folder / "records.jsonl").open("rb", buffering=1 << 18) as lines:
        for line in islice(lines, count):
            record = decode(line)
            yield mapper.block(record, record.identifier)


def parts_of(folder: Path, name: str, column: int) -> Iterator[bytes]:
    """Yield what a file has of each record."""
    with (folder / name).open("rb") as file, (folder / "lengths").open() as lengths:
        for line in lengths:
            yield file.read(int(line.split()[column]))


def ours(folder: Path, *, guarded: bool = True, whole: bool = False, count: int | None = None) -> Iterator[Row]:
    """Yield what we find: in records, which are mapped, or without the guard in blocks that were mapped before.

    :param whole: have every block put together and hashed too, as an export does, and not only looked at
    """
    shapes = Shapes.load(shapes_files())
    mapper, concepts = mapper_of(shapes.outliner)
    blocks: Iterator[NQuadsBlock]
    if not guarded:
        blocks = map(_block, islice(parts_of(folder, "blocks.nq", 0), count))
    elif whole:
        blocks = map(_put_together, mapped(folder, mapper, count))
    else:
        blocks = mapped(folder, mapper, count)
    for report in shapes.validate(blocks, context=concepts, guarded=guarded):
        for result in report.results:
            yield result.focus_node, result.value, result.component, result.source_shape


def _put_together(block: MappedBlock) -> MappedBlock:
    _ = block.sha256  # is made when it is asked for
    return block


def _block(data: bytes) -> Block:
    graph = data[data.rindex(b" <") + 2 : -4].decode()
    return Block(graph, graph.replace("/graph/", "/session/"), data)


def shapes_files() -> list[Path]:
    """Return the files of our shapes."""
    return [path for path in artefacts("shapes") if path.suffix == ".ttl"]


def main(engine: str, folder: Path) -> None:
    """Run one of ours: ``guard``, ``whole``, ``compiled`` or ``mapping``."""
    if engine == "mapping":
        print(sum(1 for _ in mapped(folder, mapper_of(None)[0], None)))
    else:
        print(sum(1 for _ in ours(folder, guarded=engine != "compiled", whole=engine == "whole")))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
