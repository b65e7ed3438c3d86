"""Some records in every syntax of the dumps, as pieces that a dump is put together from.

A piece depends on nothing but what it says: neither on where it stands nor on what stands before it. So pieces can be
made in any order and in any process, and those of records that did not change are taken from the dump before. What
stands at the head of a dump (prefixes, a context) and at its foot is apart.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from commons_ld.iris import IriPolicy
from commons_ld.outputs.counting import facts_of
from commons_ld.outputs.jsonld import objects_of, our_context
from commons_ld.outputs.statements import About, blocks_of, by_subject, graph_of, in_order, own_subjects
from commons_ld.outputs.terse import RDF_XML_FOOT, Terse, terse_of
from commons_ld.outputs.things import Thing, things, things_of
from commons_ld.rdf.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, RdfFormat

__all__ = ["FACTS", "Asked", "Segment", "foot", "head", "pack", "segments"]


#: The name under which, among the pieces, stands what is told of their records elsewhere.
FACTS: Final = "facts"


class Segment(NamedTuple):
    """A piece of a dump.

    :param data: in its syntax; of N-Quads nothing, since who asks has them
    :param packed: the same compressed, or nothing
    """

    data: bytes
    packed: bytes


class Asked(NamedTuple):
    """What pieces are made of.

    :param data: blocks of canonical N-Quads; or N-Triples, sorted, of things that records share
    :param strays: statements that others make too, which stand with what is shared and not here
    :param is_shared: whether it is N-Triples
    :param formats: the syntaxes that pieces are wanted in
    :param is_packed: whether the pieces are compressed as well
    :param linked: what IRIs of others begin with, so that links to them are counted; ``None`` to count nothing
    """

    data: bytes
    strays: frozenset[bytes]
    is_shared: bool
    base_iri: str
    formats: tuple[RdfFormat, ...]
    is_packed: bool
    linked: tuple[str, ...] | None = None


class _Part(NamedTuple):
    """A thing, in the syntaxes that have it stand by itself."""

    about: About
    thing: Thing
    turtle: bytes


class _Group(NamedTuple):
    """What belongs to one thing, in the order in which it is read.

    :param top: its IRI
    """

    top: str
    parts: list[_Part]


def segments(asked: Asked) -> dict[str, Segment]:
    """Return the piece of each dump, by the name of its format; and the facts of its records, where they are wanted.

    :raises ValueError: if a block is not of named graphs, or a subject is no IRI, which is a fault of ours
    """
    terse = terse_of(asked.base_iri)
    graphs: list[bytes] = []
    groups: list[_Group] = []
    told: list[tuple[bytes, list[Thing]]] = []
    if any(format_ != N_QUADS for format_ in asked.formats):
        groups = list(_shared(asked.data, terse) if asked.is_shared else _own(asked, terse, graphs, told))
    parts = [part for group in groups for part in group.parts]
    makers: dict[RdfFormat, Callable[[], bytes]] = {
        N_TRIPLES: lambda: b"".join([b"%b .\n" % b" .\n".join(part.about.statements) for part in parts]),
        TURTLE: lambda: b"".join([part.turtle for part in parts]),
        RDF_XML: lambda: b"".join([terse.thing_in_rdf_xml(part.thing) for part in parts]),
        TRIG: lambda: b"".join(graphs),
        JSON_LD: lambda: b"".join(_json_ld(groups)),
        N_QUADS: lambda: b"" if asked.is_shared else asked.data,
    }
    pieces: dict[str, Segment] = {}
    for format_ in asked.formats:
        data = makers[format_]()
        pieces[format_.name] = Segment(b"" if format_ == N_QUADS else data, pack(data) if asked.is_packed else b"")
    if asked.linked is not None and not asked.is_shared:
        records = told or ((block, things_of(block)) for block in blocks_of(asked.data))
        pieces[FACTS] = Segment(facts_of(records, IriPolicy(asked.base_iri), asked.linked), b"")
    return pieces


def head(format_: RdfFormat, base_iri: str) -> bytes:
    """Return what a dump begins with.

    >>> from commons_ld.rdf.formats import TURTLE
    >>> head(TURTLE, "https://example.org/").decode().splitlines()[0]
    '@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .'
    """
    if format_ is JSON_LD:
        return b'{"@context":%b,"@graph":[' % our_context().encoded
    if format_ is RDF_XML:
        return terse_of(base_iri).rdf_xml_head
    return terse_of(base_iri).turtle_head if format_ in (TURTLE, TRIG) else b""


def foot(format_: RdfFormat) -> bytes:
    """Return what a dump ends with."""
    return {JSON_LD: b"\n]}\n", RDF_XML: RDF_XML_FOOT}.get(format_, b"")


def pack(data: bytes) -> bytes:
    """Return data compressed (RFC 1951) so that other pieces can stand before and after it in the same stream."""
    if not data:
        return b""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush(zlib.Z_FULL_FLUSH)


def _own(asked: Asked, terse: Terse, graphs: list[bytes], told: list[tuple[bytes, list[Thing]]]) -> Iterator[_Group]:
    """Yield what each record says of itself; add each graph as TriG, and what each block says, to be counted."""
    policy = IriPolicy(asked.base_iri)
    for block in blocks_of(asked.data):
        graph = graph_of(block)
        *statements, rest = block.split(graph)
        if rest:
            raise ValueError(f"a block holds statements of other graphs than{graph.decode()!r}")
        parts = _parts(statements, terse)
        inside = b"".join([part.turtle for part in _in_order(parts)])
        graphs.append(terse.in_graph(inside, graph[1:-3]))
        if asked.linked is not None:
            told.append((block, [part.thing for part in parts]))
        own = own_subjects(graph, policy)
        if own and asked.strays:
            parts = _parts([line for line in statements if line not in asked.strays], terse)
        parts = [part for part in parts if part.about.subject.startswith(own)] if own else []
        if parts:
            # The IRIs of the parts of a record are longer than its own.
            top = min((part.about.subject for part in parts), key=len)[1:-1].decode()
            yield _Group(top, _in_order(parts, top))


def _shared(data: bytes, terse: Terse) -> Iterator[_Group]:
    """Yield what is said of each thing that records share."""
    for part in _parts([line[:-2] for line in data.splitlines()], terse):
        yield _Group(part.about.subject[1:-1].decode(), [part])


def _parts(statements: Iterable[bytes], terse: Terse) -> list[_Part]:
    """Return what statements say of each subject, in the order of bytes."""
    found = []
    for about in by_subject(statements):
        (thing,) = things(about.statements)
        found.append(_Part(about, thing, terse.thing_in_turtle(thing)))
    return found


def _in_order(parts: Iterable[_Part], top: str = "") -> list[_Part]:
    by_name = {part.about.subject: part for part in parts}
    return [by_name[about.subject] for about in in_order([part.about for part in by_name.values()], top)]


def _json_ld(groups: Sequence[_Group]) -> Iterator[bytes]:
    """Yield an object a line, each after a comma."""
    context = our_context()
    for group in groups:
        for node in objects_of([part.thing for part in group.parts], group.top, context):
            yield b",\n" + node
