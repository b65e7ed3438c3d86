"""What :mod:`benchmarks.validating` compares: the records and their faults, and what pySHACL finds in them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from benchmarks.records import make_records
from benchmarks.validate_records import Row, mapper_of, ours, parts_of, shapes_files
from commons_ld.concepts import Concepts
from commons_ld.mapping.tokens import decode
from commons_ld.rdf.block import Block as MappedBlock
from commons_ld.record import RecordFields

__all__ = ["FAULTS", "agree", "make", "plain", "theirs"]

_SAMPLE: Final = 200
#: What is done to every tenth record, in turn.
FAULTS: Final[tuple[Callable[[RecordFields], RecordFields], ...]] = (
    lambda record: replace(record, created="jadis"),
    lambda record: replace(record, duration="une heure"),
    lambda record: replace(record, issued="1999/01/01"),
    lambda record: replace(record, created="2031/01/01", issued="2031/01/01"),
    lambda record: replace(record, guests=(replace(record.guests[0], name="nom@exemple.example"), *record.guests[1:])),
)


def make(folder: Path, count: int) -> None:
    """Write the records, their blocks, and for the others N-Triples, each with what is known of the concepts in it."""
    mapper, concepts = mapper_of(None)
    with (
        (folder / "records.jsonl").open("wb") as records,
        (folder / "blocks.nq").open("wb") as blocks,
        (folder / "triples.nt").open("wb") as triples,
        (folder / "lengths").open("w") as lengths,
    ):
        for number, good in enumerate(make_records(count)):
            fields = FAULTS[number // 10 % len(FAULTS)](good) if number % 10 == 0 else good
            line = msgspec.json.encode(fields)
            made = mapper.block(decode(line), fields.identifier)
            read = plain(made, concepts)
            records.write(line + b"\n")
            blocks.write(made.data)
            triples.write(read)
            lengths.write(f"{len(made.data)} {len(read)}\n")


def plain(block: MappedBlock, concepts: Concepts) -> bytes:
    """Return a block as N-Triples, for whoever does not know of concepts: with what is known of those in it."""
    statements = block.data.split(b" <%b> .\n" % block.graph.encode())[:-1]
    described = {one.split(b" ", 1)[0] for one in statements}
    referred = {one.split(b" ", 2)[2] for one in statements} - described
    known = [one.encode() for iri in sorted(referred) if iri[:1] == b"<" for one in concepts.about(iri[1:-1].decode())]
    return b"".join(b"%b .\n" % one for one in (*statements, *known))


def theirs(folder: Path, *, together: bool = False, count: int | None = None) -> Iterator[Row]:
    """Yield what pySHACL finds."""
    import pyshacl
    from rdflib import SH, Graph

    from commons_ld.validation.mending import standard_comparison

    shapes = Graph()
    for path in shapes_files():
        shapes.parse(path)
    texts = islice(parts_of(folder, "triples.nt", 1), count)
    for text in [b"".join(texts)] if together else texts:
        data = Graph().parse(data=text, format="nt")
        # pySHACL breaks down at values that cannot be compared, or errs, unless it is helped.
        with standard_comparison():
            _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
        assert isinstance(report, Graph)
        for result in report.objects(None, SH.result):
            parts = (SH.focusNode, SH.value, SH.sourceConstraintComponent, SH.sourceShape)
            yield tuple(str(report.value(result, part) or "") for part in parts)


def agree(folder: Path, peers: Mapping[str, Sequence[str]]) -> str:
    """See that all find the same, and say what was seen.

    :param peers: what runs each other engine, by its name, and prints how many results it finds
    :raises SystemExit: if we do not find the same with the guard and without it, or as pySHACL
    """
    guarded, alone = list(ours(folder)), list(ours(folder, guarded=False))
    if guarded != alone:
        sys.exit("with the guard something else is found than without it")
    found, pyshacl = set(ours(folder, count=_SAMPLE)), set(theirs(folder, count=_SAMPLE))
    if found != pyshacl:
        sys.exit(f"pySHACL does not find the same: {sorted(found ^ pyshacl)[:5]}")
    proof = (
        f"{len(alone):,} results, the same with the guard and without; in the first {_SAMPLE} records "
        f"{len(found):,}, the same as pySHACL finds"
    )
    for name, command in peers.items():
        counted = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        proof += f"; {name.rpartition(', ')[0]} finds {counted:,} in all of them"
    return proof
