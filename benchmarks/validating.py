"""Compare validation with pySHACL: the same records, a tenth of them with a fault, each engine a process of its own.

``python -m benchmarks.validating 1000`` prints a table. First both are seen to find the same. pySHACL is used twice:
a record at a time, as a publisher has to who wants to know which record is to blame, and with all records in one graph.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.processes import run

__all__ = ["agree", "main", "make"]

_TIMES: Final = 3
_SAMPLE: Final = 200
_ENGINES: Final = {
    "ours": "commons-ld",
    "apart": "pySHACL, record by record",
    "together": "pySHACL, one graph",
}
_SELF: Final = (sys.executable, "-m", "benchmarks.validating")
#: What is done to every tenth record, in turn: a line that has the first is written with the second.
_FAULTS: Final = (
    (b"#date>", b"#gYear>"),
    (b"http://purl.org/dc/terms/title>", b"http://purl.org/dc/terms/alternative>"),
    (b"#duration>", b"#string>"),
    (b"https://schema.org/Person>", b"https://schema.org/Thing>"),
    (b"/resource/authority/language/", b"/resource/authority/langue/"),
)
#: A result: focus node, value, component and source shape.
_Row = tuple[str, ...]


def main(count: int) -> None:
    """Make the records, see that the engines agree, and print how long each takes.

    :raises SystemExit: if they do not agree
    """
    # This process stays small, so that it does not hide how much memory the others hold.
    with tempfile.TemporaryDirectory() as folder:
        for step in (["make", folder, str(count)], ["agree", folder]):
            subprocess.run([*_SELF, *step], check=True)
        print(f"\n{'engine':<28}{'seconds':>10}{'records/s':>12}{'peak MiB':>10}{'ratio':>8}")
        fastest = 0.0
        for engine, title in _ENGINES.items():
            usages = [run([*_SELF, engine, folder], folder=Path.cwd(), environment=os.environ) for _ in range(_TIMES)]
            seconds = statistics.median(usage.wall for usage in usages)
            fastest = fastest or seconds
            peak = max(usage.peak for usage in usages) / 2**20
            print(f"{title:<28}{seconds:>10.2f}{count / seconds:>12.0f}{peak:>10.0f}{seconds / fastest:>8.1f}")


def make(folder: Path, count: int) -> None:
    """Write the blocks, a file each."""
    for number, block in enumerate(_blocks(count)):
        (folder / f"{number:07}.nq").write_bytes(block)


def agree(folder: Path) -> None:
    """See that both find the same.

    :raises SystemExit: if they do not
    """
    sample = _files(folder)[:_SAMPLE]
    found, theirs = set(_ours(sample)), set(_theirs(sample))
    if found != theirs:
        sys.exit(f"the engines do not agree: {sorted(found ^ theirs)[:5]}")
    print(f"the same {len(found)} results in the first {len(sample)} records")


def _blocks(count: int) -> Iterator[bytes]:
    """Yield the blocks of the records."""
    from benchmarks.records import archive, make_records
    from commons_ld.artefacts import artefact
    from commons_ld.concepts import Concepts
    from commons_ld.mapping import Mapper
    from commons_ld.origin import Origin
    from commons_ld.record import MediaRecord

    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    mapper = Mapper(archive(), concepts)
    for number, fields in enumerate(make_records(count)):
        values = {name: getattr(fields, name) for name in fields.__struct_fields__}
        block = mapper.block(MediaRecord(**values, origin=Origin("invented")), fields.identifier).data
        if number % 10 == 0:
            block = block.replace(*_FAULTS[number // 10 % len(_FAULTS)])
        yield block


def _ours(paths: list[Path]) -> Iterator[_Row]:
    from commons_ld.artefacts import artefact
    from commons_ld.concepts import Concepts
    from commons_ld.validation import Shapes

    shapes = Shapes.load(_shapes())
    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    blocks = (_Block(path) for path in paths)
    for report in shapes.validate(blocks, context=concepts.about):
        for result in report.results:
            yield result.focus_node, result.value, result.component, result.source_shape


def _theirs(paths: list[Path], *, together: bool = False) -> Iterator[_Row]:
    import pyshacl
    from rdflib import SH, Graph

    from commons_ld.artefacts import artefact
    from commons_ld.concepts import Concepts
    from commons_ld.validation.comparing import standard_comparison

    shapes = Graph()
    for path in _shapes():
        shapes.parse(path)
    concepts = Concepts.load(artefact("ontology/concepts.ttl"))
    for group in [paths] if together else [[path] for path in paths]:
        data = Graph()
        for path in group:
            data.parse(data=_triples(_Block(path)), format="nt")
        referred = {str(value) for value in data.objects()} - {str(subject) for subject in data.subjects()}
        known = [statement for iri in sorted(referred) for statement in concepts.about(iri)]
        data.parse(data="".join(f"{statement} .\n" for statement in known), format="nt")
        # pySHACL breaks down at values that cannot be compared, or errs, unless it is helped.
        with standard_comparison():
            _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
        assert isinstance(report, Graph)
        for result in report.objects(None, SH.result):
            parts = (SH.focusNode, SH.value, SH.sourceConstraintComponent, SH.sourceShape)
            row = tuple(str(report.value(result, part) or "") for part in parts)
            if row[0] not in referred:
                yield row


class _Block:
    """A block that lies in a file."""

    def __init__(self, path: Path) -> None:
        self.data: Final = path.read_bytes()
        self.graph: Final = self.data.split(b"\n", 1)[0].rpartition(b"<")[2].partition(b">")[0].decode()
        self.subject: Final = self.graph.replace("/graph/", "/session/")


def _triples(block: _Block) -> str:
    return block.data.decode().replace(f" <{block.graph}> .\n", " .\n")


def _shapes() -> list[Path]:
    from commons_ld.artefacts import artefacts

    return [path for path in artefacts("shapes") if path.suffix == ".ttl"]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.nq"))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, count]:
            make(Path(folder), int(count))
        case ["agree", folder]:
            agree(Path(folder))
        case ["ours", folder]:
            print(sum(1 for _ in _ours(_files(Path(folder)))))
        case ["apart" | "together" as how, folder]:
            print(sum(1 for _ in _theirs(_files(Path(folder)), together=how == "together")))
        case [count]:
            main(int(count))
        case _:
            main(1000)
