"""Tell whether files of N-Quads hold the same dataset: ``python -m benchmarks.equality A.nq B.nq …``.

A file of N-Triples is compared with the triples of the first file, whatever graphs they are in. If its name ends in
``.utc.nt``, the moments of both are compared in UTC, whatever zone they are written in.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

__all__ = ["differences"]

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_DATE_TIME: Final = ox.NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
#: Differences that are shown of each kind; a mistake in the mapping makes thousands.
_SHOWN: Final = 5


def differences(first: Path, second: Path) -> list[str]:
    """Return what is in one of two files only, a few statements of each; nothing if they hold the same dataset."""
    names_graphs, in_utc = second.suffix != ".nt", second.name.endswith(".utc.nt")
    one, other = (_canonical(path, names_graphs=names_graphs, in_utc=in_utc) for path in (first, second))
    if one == other:
        return []
    found = []
    for path, here, there in ((first, one, other), (second, other, one)):
        lacking = sorted(str(quad) for quad in here if quad not in there)
        found += [f"only in {path.name}: {statement}" for statement in lacking[:_SHOWN]]
    return found


def _canonical(path: Path, *, names_graphs: bool, in_utc: bool) -> ox.Dataset:
    quads: Iterable[ox.Quad] = ox.parse(path=path, format=ox.RdfFormat.from_extension(path.suffix[1:]))
    if in_utc:
        quads = (ox.Quad(quad.subject, quad.predicate, _in_utc(quad.object), quad.graph_name) for quad in quads)
    dataset = ox.Dataset(quads if names_graphs else (ox.Quad(*quad.triple) for quad in quads))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _in_utc(term: _Term) -> _Term:
    if not isinstance(term, ox.Literal) or term.datatype != _DATE_TIME:
        return term
    moment = dt.datetime.fromisoformat(term.value).astimezone(dt.UTC)
    return ox.Literal(moment.isoformat(), datatype=_DATE_TIME)


def main(names: Sequence[str]) -> None:
    """Compare the first file with each of the others.

    :raises SystemExit: if one of them differs, with the statements
    """
    first, *others = map(Path, names)
    for other in others:
        if found := differences(first, other):
            sys.exit("\n".join(found))


if __name__ == "__main__":
    main(sys.argv[1:])
