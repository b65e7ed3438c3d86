"""The files of one record: its graph as Turtle and as JSON-LD, where its IRI leads."""

from __future__ import annotations

from functools import lru_cache

from commons_ld.formats import JSON_LD, TURTLE
from commons_ld.iris import IriPolicy
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.jsonld import document, our_context
from commons_ld.outputs.statements import in_reading_order, prefixes
from commons_ld.outputs.terse import Terse

__all__ = ["record_files", "render_record", "write_record"]


def record_files(subject_iri: str, base_iri: str) -> tuple[str, ...]:
    """Return the names of the files of a record: its IRI without the base, and a suffix.

    :raises ValueError: if this archive mints no such IRI for a record, which is a fault of ours

    >>> record_files("https://example.org/session/21-12-plaidoyer-2022", "https://example.org/")
    ('session/21-12-plaidoyer-2022.ttl', 'session/21-12-plaidoyer-2022.jsonld')
    """
    iri = IriPolicy(base_iri).parse(subject_iri)
    if iri is None or iri.kind not in ("session", "media") or iri.part:
        raise ValueError(f"{subject_iri} names no record below {base_iri}")
    return tuple(f"{iri.kind}/{iri.slug}{format_.suffix}" for format_ in (TURTLE, JSON_LD))


def write_record(generation: Generation, subject_iri: str, block: bytes, base_iri: str, *, folder: str = "") -> None:
    """Write the files of a record.

    :param block: its statements, canonical N-Quads
    :param folder: where in the publication their names begin
    :raises PublicationError: if a file cannot be written
    :raises ValueError: as :func:`record_files` does
    """
    contents = render_record(subject_iri, block, base_iri)
    for name, content in zip(record_files(subject_iri, base_iri), contents, strict=True):
        generation.write(folder + name, content)


def render_record(subject_iri: str, block: bytes, base_iri: str) -> tuple[bytes, bytes]:
    """Return what the files of a record hold, in the order of :func:`record_files`.

    :param block: its statements, canonical N-Quads
    """
    end = -len(block[block.rindex(b" <") :])
    statements = in_reading_order([line[:end] + b" .\n" for line in block.splitlines(keepends=True)], subject_iri)
    used = tuple(name for name, namespace in prefixes(base_iri).items() if b"<" + namespace.encode() in block)
    terse = _terse(base_iri, used)
    return terse.turtle_head + terse.turtle(statements), document(statements, subject_iri, our_context())


@lru_cache(maxsize=64)
def _terse(base_iri: str, used: tuple[str, ...]) -> Terse:
    names = prefixes(base_iri)
    return Terse({name: names[name] for name in used})
