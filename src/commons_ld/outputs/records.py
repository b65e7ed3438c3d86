"""The files of one record: its graph as Turtle and as JSON-LD, where its IRI leads."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from commons_ld.iris import IriPolicy
from commons_ld.mapping.nodes import Syntax
from commons_ld.memo import Memo
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.jsonld import content_of, document, our_context, whole_document
from commons_ld.outputs.jsonld_plan import JsonLdPlan
from commons_ld.outputs.statements import in_reading_order, prefixes, without_graph
from commons_ld.outputs.terse import Terse, terse_of
from commons_ld.outputs.terse_plan import TurtlePlan
from commons_ld.outputs.things import Thing
from commons_ld.rdf.block import Block
from commons_ld.rdf.formats import JSON_LD, TURTLE

__all__ = [
    "FOLDERS",
    "plans",
    "record_files",
    "render_record",
    "render_statements",
    "write_record",
    "written_content",
    "written_record",
]

#: Where the files of records are, as record_files() tells.
FOLDERS: Final = ("media", "session")


def record_files(subject_iri: str, base_iri: str) -> tuple[str, ...]:
    """Return the names of the files of a record: its IRI without the base, and a suffix.

    :raises ValueError: if this archive mints no such IRI for a record, which is a fault of ours

    >>> record_files("https://example.org/session/21-12-plaidoyer-2022", "https://example.org/")
    ('session/21-12-plaidoyer-2022.ttl', 'session/21-12-plaidoyer-2022.jsonld')
    """
    iri = IriPolicy(base_iri).parse(subject_iri)
    if iri is None or iri.kind not in FOLDERS or iri.part:
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


def plans(base_iri: str) -> tuple[Syntax, Syntax]:
    """Return what writes the statements of these files in the pass that maps, for :class:`~commons_ld.mapping.Mapper`.

    :param base_iri: what the IRIs of the archive begin with
    """
    return TurtlePlan(prefixes(base_iri), base_iri), JsonLdPlan(our_context())


def written_record(block: Block, base_iri: str, apart: Iterable[Thing]) -> tuple[bytes, bytes]:
    """Return what the files of a record hold, in the order of :func:`record_files`.

    :param block: one that was written by :func:`plans` too
    :param apart: what it says
    """
    turtle, made = block.others
    head = _terse(base_iri, _used_in(block, base_iri, apart)).turtle_head
    return head + b"".join(turtle), whole_document(made, our_context())


def written_content(block: Block) -> bytes:
    """Return the JSON-LD of a record on one line and without the context.

    :param block: as for :func:`written_record`
    """
    return content_of(block.others[1])


def render_record(subject_iri: str, block: bytes, base_iri: str) -> tuple[bytes, bytes]:
    """Return what the files of a record hold, in the order of :func:`record_files`.

    :param block: its statements, canonical N-Quads
    """
    return render_statements(subject_iri, without_graph(block), base_iri)


def render_statements(top: str, lines: Iterable[bytes], base_iri: str) -> tuple[bytes, bytes]:
    """Return statements as Turtle and as JSON-LD, each a document of its own.

    :param top: the IRI of what they are about
    :param lines: canonical N-Triples, each with its end
    """
    statements = in_reading_order(lines, top)
    terse = _terse(base_iri, _used(statements, base_iri))
    return terse.turtle_head + terse.turtle(statements), document(statements, top, our_context())


def _used(block: bytes, base_iri: str) -> tuple[str, ...]:
    """Return the short names of the namespaces that statements have IRIs of."""
    return tuple([name for name, start in _starts(base_iri) if start in block])


@lru_cache(maxsize=4)
def _starts(base_iri: str) -> tuple[tuple[str, bytes], ...]:
    """Return the short names of the namespaces, and what their IRIs begin with."""
    return tuple((name, b"<" + namespace.encode()) for name, namespace in prefixes(base_iri).items())


def _used_in(block: Block, base_iri: str, apart: Iterable[Thing]) -> tuple[str, ...]:
    """Return the same of a block that was taken apart, which takes a fraction of the time."""
    names_of = _names_of(base_iri)
    used = {*names_of[b"<%b>" % block.graph.encode()]}
    for thing in apart:
        used.update(names_of[thing.subject])
        for predicate, values in thing.said:
            used.update(names_of[predicate])
            for value in values:
                if value[:1] == b"<":
                    used.update(names_of[value])
                elif b"<" in value:
                    # The datatype is one more, and a text may hold what looks like an IRI.
                    end = value.rindex(b'"')
                    if b"<" in value[:end]:
                        return _used(block.data, base_iri)
                    used.update(names_of[value[end + 3 :]])
    return tuple(name for name in prefixes(base_iri) if name in used)


@lru_cache(maxsize=4)
def _names_of(base_iri: str) -> Memo[bytes, tuple[str, ...]]:
    """Return what tells the short names of the namespaces that an IRI is of: one, or none."""
    names = {start: name for name, start in _starts(base_iri)}
    starts = tuple(names)

    def find(term: bytes) -> tuple[str, ...]:
        if not term.startswith(starts):
            return ()
        return tuple(name for start, name in names.items() if term.startswith(start))

    return Memo(find, limit=16_384)


@lru_cache(maxsize=64)
def _terse(base_iri: str, used: tuple[str, ...]) -> Terse:
    names = prefixes(base_iri)
    return Terse({name: names[name] for name in used}, like=terse_of(base_iri))
