"""The dumps: everything that is published, as one file in each syntax.

``dataset.nq`` is the blocks, one after the other; all other syntaxes are read from it. N-Quads and TriG keep the named
graphs. The others hold one graph, the union of them, and no statement twice: what a record says of itself stands in the
order of the records, and what many of them say of a person, a collection or a concept is merged, and stands at the end.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec

from commons_ld.formats import DUMP, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, RdfFormat
from commons_ld.iris import IriPolicy, Kind
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.jsonld import objects, our_context
from commons_ld.outputs.spool import Spool
from commons_ld.outputs.statements import in_reading_order, prefixes
from commons_ld.outputs.terse import RDF_XML_FOOT, Terse

__all__ = ["Placed", "dump_name", "own_subjects", "write_dumps"]

#: Told where a block lies in ``dataset.nq``: its offset and its length in bytes.
Placed = Callable[[int, int], None]

#: The kinds that records are of.
_RECORDS: Final[tuple[Kind, ...]] = ("session", "media")
_CHUNK: Final = 1 << 20


def dump_name(format_: RdfFormat) -> str:
    """Return the name of the dump in a format.

    >>> dump_name(TURTLE)
    'dataset.ttl'
    """
    return f"{DUMP}{format_.suffix}"


def write_dumps(
    generation: Generation,
    blocks: Iterable[bytes],
    *,
    base_iri: str,
    compress: bool,
    placed: Placed = lambda _offset, _length: None,
    written: Callable[[str], None] = lambda _name: None,
) -> None:
    """Write the dump in every format, holding no more than one record in memory.

    :param blocks: canonical N-Quads, each of one named graph, in the order in which they are to stand
    :param base_iri: what tells the records' own statements from those about what they share
    :param compress: whether each dump gets a ``.gz`` twin
    :param placed: called for each block in turn, so that the next run can copy those that did not change
    :param written: called with the name of each dump when it is whole
    :raises PublicationError: if a file cannot be written
    :raises ValueError: if a block is not of one named graph, which is a fault of ours
    """
    with generation.spool() as shared, ThreadPoolExecutor(1) as background:
        # zlib lets go of the interpreter, so that a second core compresses a dump while the next one is written.
        twins = []
        for name in _write(generation, blocks, shared, base_iri, placed):
            written(name)
            if compress:
                twins.append(background.submit(_compress, generation, name))
        for twin in twins:
            twin.result()


class _Group(NamedTuple):
    """Statements, canonical N-Triples, that belong to one thing."""

    top: str
    statements: bytes


def _write(
    generation: Generation, blocks: Iterable[bytes], shared: Spool, base_iri: str, placed: Placed
) -> Iterator[str]:
    """Write the dumps, and yield the name of each when it is whole."""
    policy, terse = IriPolicy(base_iri), Terse(prefixes(base_iri))
    with generation.open(dump_name(N_QUADS)) as file:
        has_strays = _write_n_quads(file, blocks, shared, policy, placed)
    yield dump_name(N_QUADS)
    source = generation.folder / dump_name(N_QUADS)

    def groups() -> Iterator[_Group]:
        return _union(source, shared, policy, has_strays=has_strays)

    with generation.open(dump_name(N_TRIPLES)) as file:
        file.writelines(group.statements for group in groups())
    yield dump_name(N_TRIPLES)
    with generation.open(dump_name(TURTLE)) as file:
        file.write(terse.turtle_head)
        file.writelines(terse.turtle(group.statements) for group in groups())
    yield dump_name(TURTLE)
    with generation.open(dump_name(RDF_XML)) as file:
        file.write(terse.rdf_xml_head)
        file.writelines(terse.rdf_xml(group.statements) for group in groups())
        file.write(RDF_XML_FOOT)
    yield dump_name(RDF_XML)
    with generation.open(dump_name(TRIG)) as file:
        file.write(terse.turtle_head)
        file.writelines(_trig(source, terse))
    yield dump_name(TRIG)
    with generation.open(dump_name(JSON_LD)) as file:
        file.writelines(_json_ld(groups()))
    yield dump_name(JSON_LD)


def _write_n_quads(file: BinaryIO, blocks: Iterable[bytes], shared: Spool, policy: IriPolicy, placed: Placed) -> bool:
    """Write the blocks, spool what is not the record's own, and tell whether some of that is about another record."""
    records = tuple(b"<" + policy.mint(kind, "").encode() for kind in _RECORDS)
    offset, has_strays = 0, False
    for block in blocks:
        file.write(block)
        placed(offset, len(block))
        offset += len(block)
        if not block:
            continue
        graph = _graph(block)
        *statements, rest = block.split(graph)
        if rest or len(statements) != block.count(b"\n"):
            raise ValueError(f"the block that ends in{graph.decode()!r} holds statements of other graphs")
        own = own_subjects(graph, policy)
        others = [statement for statement in statements if not statement.startswith(own)]
        has_strays = has_strays or any(statement.startswith(records) for statement in others)
        shared.add((statement, b"") for statement in others)
    return has_strays


def _graph(line: bytes) -> bytes:
    """Return how a line of N-Quads ends: a blank, its graph, and the end of the line."""
    return line[line.rindex(b" <") :]


def own_subjects(graph: bytes, policy: IriPolicy) -> tuple[bytes, ...]:
    """Return what the subjects of the record, or of the description, of a graph, and of its parts, begin with."""
    iri = policy.parse(graph.decode()[2:-4])
    if iri is None or iri.kind not in ("graph", "description"):
        return ()
    if iri.kind == "description":
        return b"<%b>" % policy.mint("graph", iri.slug).encode(), graph[1:-4] + b"/"
    starts = [b"<" + policy.mint(kind, iri.slug).encode() for kind in _RECORDS]
    return tuple(start + end for start in starts for end in (b">", b"/"))


def _union(source: Path, shared: Spool, policy: IriPolicy, *, has_strays: bool) -> Iterator[_Group]:
    """Yield the statements of all graphs, each once: those of each record, then those of each thing they share."""
    with source.open("rb") as file:
        for graph, lines in groupby(file, key=_graph):
            own = own_subjects(graph, policy)
            statements = [line[: -len(graph)] for line in lines if line.startswith(own)]
            if has_strays:
                statements = [statement for statement in statements if shared.get(statement) is None]
            if statements:
                yield _group(statements)
    for _, about in groupby((statement for statement, _ in shared), key=_subject):
        yield _group(list(about))


def _group(statements: list[bytes]) -> _Group:
    # The IRIs of the parts of a record are longer than its own.
    top = min(map(_subject, statements), key=len)[1:-1].decode()
    return _Group(top, in_reading_order((b"%b .\n" % statement for statement in statements), top))


def _subject(statement: bytes) -> bytes:
    return statement[: statement.index(b" ")]


def _trig(source: Path, terse: Terse) -> Iterator[bytes]:
    with source.open("rb") as file:
        for graph, lines in groupby(file, key=_graph):
            end = -len(graph)
            statements = [line[:end] + b" .\n" for line in lines]
            yield terse.trig(in_reading_order(statements), graph[1:-3])


def _json_ld(groups: Iterable[_Group]) -> Iterator[bytes]:
    """Yield the document in pieces, an object a line."""
    context = our_context()
    yield b'{"@context":%b,"@graph":[' % msgspec.json.encode(context.definitions)
    separator = b"\n"
    for group in groups:
        for node in objects(group.statements, group.top, context):
            yield separator + node
            separator = b",\n"
    yield b"\n]}\n"


def _compress(generation: Generation, name: str) -> None:
    """Write the ``.gz`` twin of a file; it holds no time and no name (RFC 1952, section 2.3.1)."""
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    with (generation.folder / name).open("rb") as source, generation.open(f"{name}.gz") as file:
        while chunk := source.read(_CHUNK):
            file.write(compressor.compress(chunk))
        file.write(compressor.flush())
