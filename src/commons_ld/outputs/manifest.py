"""What lies beside the data: the manifest, and the ontology, context and shapes that the data follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from commons_ld.artefacts import artefact, artefacts
from commons_ld.outputs.generation import Generation

__all__ = ["write_artefacts", "write_manifest"]


def write_manifest(generation: Generation, rows: Iterable[Mapping[str, object]], *, dataset: str) -> None:
    """Write ``manifest.json``: one record a line, sorted by IRI, in whatever order they come.

    :param rows: of each record its ``iri``, and what else is to be told of it
    :param dataset: the IRI of the dataset
    :raises PublicationError: if it cannot be written
    """
    with generation.spool() as spool, generation.open("manifest.json") as file:
        spool.add((str(row["iri"]).encode(), msgspec.json.encode(row)) for row in rows)
        file.write(b'{"dataset":%b,"records":[' % msgspec.json.encode(dataset))
        separator = b"\n"
        for _, row in spool:
            file.write(separator + row)
            separator = b",\n"
        file.write(b"\n]}\n")


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
