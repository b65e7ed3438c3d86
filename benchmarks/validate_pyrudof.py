"""The Rust engine ``pyrudof``, some records at a time; :mod:`benchmarks.validating` runs it in another environment."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import pyrudof  # type: ignore[import-not-found]


def main(folder: Path, size: int, shapes: list[Path]) -> None:
    """Validate the records of a folder, and print how many results there are."""
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_shacl("\n".join(path.read_text(encoding="utf-8") for path in shapes))
    found = 0
    with (folder / "triples.nt").open("rb") as file, (folder / "lengths").open() as lengths:
        while batch := [int(line.split()[1]) for line in islice(lengths, size)]:
            rudof.read_data(file.read(sum(batch)).decode(), pyrudof.RDFFormat.NTriples, merge=False)
            found += len(rudof.validate_shacl())
    print(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
