"""A publication as OAI-PMH answers from it: records that ever were, their blocks, and what concepts are called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.concepts import Concepts
from commons_ld.errors import PublicationError
from commons_ld.feeds.oai import Repository
from commons_ld.feeds.oai_state import STATE, Row
from commons_ld.outputs.search_record import graph_iri, statements, value_of
from commons_ld.rdf.n_quads import NQuads, n_quads_of, opened
from commons_ld.rdf.namespaces import expand
from commons_ld.rendering import Rendering
from commons_ld.sentences.publication import said
from commons_ld.settings import Settings

__all__ = ["read_labels", "read_rows", "repository_of"]

_PREF_LABEL: Final = expand("skos:prefLabel").encode()


def repository_of(
    settings: Settings, folder: Path, rows: Sequence[Row], labels: dict[str, str], base_url: str
) -> Repository:
    """Return what is harvested from a publication."""
    title = settings.dataset.title

    def block(row: Row) -> bytes:
        with NQuads(n_quads_of(folder)) as n_quads:
            return n_quads.read(row.start, row.length)

    return Repository(
        rows=rows,
        block=block,
        base_iri=settings.base_iri,
        base_url=base_url,
        name=title.get(settings.language) or next(iter(title.values()), settings.base_iri),
        contact=settings.dataset.contact,
        rendering=Rendering(settings, Concepts.of(settings)),
        now=dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        labels=labels,
    )


def read_rows(folder: Path) -> list[Row]:
    """Return what there is to harvest of a publication, by datestamp and name; nothing if it has no feeds.

    :raises PublicationError: if what the feeds were made with is damaged
    """
    path = folder / STATE
    if not path.is_file():
        return []
    decode = msgspec.json.Decoder(Row).decode
    try:
        with path.open("rb") as file:
            return sorted((decode(line) for line in file), key=lambda row: (row.at, row.name))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PublicationError(path, said("not-read", error)) from error


def read_labels(folder: Path, settings: Settings) -> dict[str, str]:
    """Return what the concepts of the scheme are called in the language of the archive, by their IRIs."""
    labels: dict[str, str] = {}
    tag = f"@{settings.language}".encode()
    scheme = f"{settings.base_iri}graph/concepts".encode()
    is_there = False
    with opened(n_quads_of(folder)) as file:
        for line in file:
            if graph_iri(line) != scheme:
                if is_there:
                    break  # its block stands in one piece, near the beginning
                continue
            is_there = True
            for subject, predicate, label in statements(line):
                if predicate == _PREF_LABEL and label.endswith(tag):
                    labels[subject.decode()] = value_of(label)
    return labels
