"""What lies beside the data: the manifest, and the ontology, context and shapes that the data follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.artefacts import artefact, artefacts
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.standing import StalePublicationError, Standing, within

__all__ = ["Row", "row", "taken_over", "write_artefacts", "write_manifest"]

#: What is told of a record, and before it the IRI, by which rows are sorted.
Row = tuple[bytes, bytes]

_NAME: Final = "manifest.json"
#: What a row begins with, as its IRI comes first.
_ROW: Final = b'{"iri":"'


def row(told: Mapping[str, object]) -> Row:
    """Return a row.

    :param told: of a record its ``iri``, first, and what else is to be told of it
    """
    return str(told["iri"]).encode(), msgspec.json.encode(told)


def write_manifest(
    generation: Generation, rows: Iterable[Row], *, dataset: str, standing: Sequence[Standing] = ()
) -> None:
    """Write ``manifest.json``: one record a line, sorted by IRI, in whatever order they come.

    :param rows: one a record
    :param dataset: the IRI of the dataset
    :param standing: of whose records there are no rows, as they are in the manifest before; see :func:`taken_over`
    :raises PublicationError: if it cannot be written
    :raises StalePublicationError: if rows are to be taken over, and the manifest before is not as it was published
    """
    with generation.spool() as spool, generation.open(_NAME) as file:
        spool.add(rows)
        file.write(b'{"dataset":%b,"records":[' % msgspec.json.encode(dataset))
        separator = b"\n"
        for _, line in merge(spool, _standing(generation, standing)):
            file.write(separator + line)
            separator = b",\n"
        file.write(b"\n]}\n")


def taken_over(generation: Generation, standing: Sequence[Standing]) -> Sequence[Standing]:
    """Return what stands, if the manifest before is as it was published, so that its rows can be taken over."""
    return standing if generation.untouched(_NAME) else ()


def _standing(generation: Generation, standing: Sequence[Standing]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the IRI and the row of each record that stands, from the manifest before."""
    if not standing:
        return
    path = generation.untouched(_NAME)
    if path is None:
        raise StalePublicationError  # it was as it was published when that was asked
    is_standing = within(standing)
    with path.open("rb") as before:
        for line in before:
            if line.startswith(_ROW):
                iri = line[len(_ROW) : line.index(b'"', len(_ROW))]
                if is_standing(iri[iri.rindex(b"/") + 1 :].decode()):
                    yield iri, line.rstrip(b",\n")


def write_artefacts(generation: Generation, concepts: Path) -> None:
    """Copy ``ontology/`` and ``shapes/``, and put ``context.jsonld`` at the top, where the data looks for it.

    :param concepts: the archive's concepts, which stand in the place of those that come with commons-ld
    :raises ArtefactNotFound: if the installation lacks them
    :raises PublicationError: if they cannot be written
    """
    for folder in ("ontology", "shapes"):
        for path in artefacts(folder):
            generation.write(f"{folder}/{path.name}", (concepts if path.name == "concepts.ttl" else path).read_bytes())
    generation.write("context.jsonld", artefact("ontology/context.jsonld").read_bytes())
