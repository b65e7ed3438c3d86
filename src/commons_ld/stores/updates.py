"""What is sent to a store, as text of SPARQL 1.1: the one module that writes it.

Terms come from the dump, where each has the form of canonical N-Triples, which SPARQL reads alike
(https://www.w3.org/TR/sparql11-query/#rTriplesBlock); names and texts of our own are checked before they are put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from commons_ld.iris import IriPolicy
from commons_ld.rdf.namespaces import expand
from commons_ld.rdf.syntax import is_iri
from commons_ld.stores.buckets import bucket_of
from commons_ld.stores.comparing import object_of
from commons_ld.stores.publication import Graph

__all__ = [
    "MOST_BYTES",
    "MOST_GRAPHS",
    "ROUNDS",
    "Ledger",
    "chunks",
    "copy",
    "count",
    "counts",
    "counts_of_written",
    "delete",
    "digests",
    "drop",
    "forget",
    "forget_digests",
    "hashed",
    "hashes",
    "hashes_after",
    "in_order",
    "insert",
    "known",
    "mark",
    "missing",
    "part_of_statements",
    "present",
    "size_of",
    "statements",
    "take_away",
    "texts",
    "together",
    "values",
]

#: What one request holds at most, beside so many statements as :mod:`commons_ld.stores.pace` tells. Each request is
#: whole for who reads meanwhile.
MOST_BYTES: Final = 1_000_000
MOST_GRAPHS: Final = 50
#: Loads in a row that put graphs together under names of their own, so that what one of them sent before it was killed
#: is not taken for what another did when it arrives late.
ROUNDS: Final = 4

_OWN_TEXT: Final = re.compile(r"[0-9A-Za-z.-]{1,200}")
_DURATION: Final = f"^^<{expand('xsd:duration')}> .".encode()


class Ledger(NamedTuple):
    """The graph in which a store remembers what was loaded into it, and by whom it is being loaded.

    :param graph: its IRI

    >>> Ledger.of("https://example.org/").sha256
    'https://example.org/graph/ledger/sha256'
    """

    graph: str

    @classmethod
    def of(cls, base_iri: str) -> Ledger:
        """Return the ledger of an archive."""
        return cls(IriPolicy(base_iri).mint("graph", "ledger"))

    @property
    def sha256(self) -> str:
        """The property that gives the hash of a graph."""
        return f"{self.graph}/sha256"

    @property
    def holder(self) -> str:
        """The property that gives who is loading."""
        return f"{self.graph}/holder"

    @property
    def beat(self) -> str:
        """The property that gives the last thing that was done by who is loading."""
        return f"{self.graph}/beat"

    @property
    def round(self) -> str:
        """The property that gives the number of the load that has the lease, or had it last, of :data:`ROUNDS`."""
        return f"{self.graph}/round"

    @property
    def bucket(self) -> str:
        """The property that gives the bucket of a graph (:mod:`commons_ld.stores.buckets`)."""
        return f"{self.graph}/bucket"

    @property
    def digest(self) -> str:
        """The property that gives the digest of a bucket, and that of all of them, which is told of the graph."""
        return f"{self.graph}/digest"

    def bucket_iri(self, number: int) -> str:
        """Return the name of a bucket."""
        return f"{self.bucket}/{number:03x}"

    def bucket_number(self, iri: str) -> int | None:
        """Return the number of a bucket, or ``None`` where this is no name of one.

        >>> ledger = Ledger.of("https://example.org/")
        >>> ledger.bucket_number(ledger.bucket_iri(2735)), ledger.bucket_number(ledger.graph)
        (2735, None)
        """
        digits = iri.removeprefix(f"{self.bucket}/")
        return int(digits, 16) if re.fullmatch("[0-9a-f]{3}", digits) else None

    def staging(self, round_: int) -> tuple[str, ...]:
        """Return the graphs that a load puts together beside those that are read: as many as go together."""
        return tuple(f"{self.graph}/staging/{round_}/{number}" for number in range(MOST_GRAPHS))

    def hashes(self, known: Mapping[str, str]) -> Graph:
        """Return what the ledger says when it holds the hashes of graphs, but for their buckets."""
        return self._says((iri, self.sha256, text) for iri, text in known.items())

    def members(self, iris: Iterable[str]) -> Graph:
        """Return what it says of the buckets of graphs."""
        lines = (f"{_iri(iri)} {_iri(self.bucket)} {_iri(self.bucket_iri(bucket_of(iri)))} ." for iri in iris)
        return Graph(self.graph, tuple(map(str.encode, lines)))

    def rows(self, known: Mapping[str, str]) -> Graph:
        """Return all that it says when it holds the hashes of graphs."""
        return Graph(self.graph, tuple(sorted(self.hashes(known).triples + self.members(known).triples)))

    def digests(self, texts: Iterable[tuple[int | None, str]]) -> Graph:
        """Return what it says of the digests of buckets, and with ``None`` of that of all."""
        return self._says((self.graph if b is None else self.bucket_iri(b), self.digest, text) for b, text in texts)

    def marks(self, name: str, iris: Iterable[str]) -> Graph:
        """Return what it says while somebody changes what it holds of graphs."""
        buckets = sorted(set(map(bucket_of, iris)))
        return self.digests([(None, name), *((bucket, name) for bucket in buckets)])

    def held_by(self, name: str) -> Graph:
        """Return what it says when somebody is loading."""
        return self._says([(self.graph, self.holder, name)])

    def beating(self, name: str) -> Graph:
        """Return what it says of the last thing that was done."""
        return self._says([(self.graph, self.beat, name)])

    def rounding(self, text: str) -> Graph:
        """Return what it says of the number of the load."""
        return self._says([(self.graph, self.round, text)])

    def _says(self, statements: Iterable[tuple[str, str, str]]) -> Graph:
        return Graph(self.graph, tuple(f"{_iri(s)} {_iri(p)} {_text(o)} .".encode() for s, p, o in statements))


def together(*operations: str) -> str:
    """Return one request of several operations; what is empty is left out."""
    return " ;\n".join(operation for operation in operations if operation)


def insert(graphs: Iterable[Graph]) -> str:
    r"""Return operations that add statements.

    Durations come in an operation of their own, where they are made by ``STRDT``: Virtuoso 7 refuses them in data.

    >>> insert([Graph("http://a/g", (b'<http://a/s> <http://a/p> "x" .',))])
    'INSERT DATA {\nGRAPH <http://a/g> {\n<http://a/s> <http://a/p> "x" .\n}\n}'
    """
    graphs = tuple(graphs)
    plain = [Graph(g.iri, tuple(line for line in g.triples if not line.endswith(_DURATION))) for g in graphs]
    timed = [Graph(g.iri, tuple(line for line in g.triples if line.endswith(_DURATION))) for g in graphs]
    return together(_data("INSERT DATA", plain), _durations(timed))


def _durations(graphs: Iterable[Graph]) -> str:
    """Return an operation that adds statements that give durations."""
    known: dict[bytes, str] = {}
    parts = []
    for graph in graphs:
        lines = []
        for line in graph.triples:
            subject, predicate, duration = line.removesuffix(_DURATION).split(b" ", 2)
            name = known.setdefault(duration, f"?d{len(known)}")
            lines.append(f"{subject.decode()} {predicate.decode()} {name} .")
        if lines:
            parts.append(f"GRAPH {_iri(graph.iri)} {{\n" + "\n".join(lines) + "\n}")
    if not parts:
        return ""
    kind = _iri(expand("xsd:duration"))
    made = "\n".join(f"BIND(STRDT({text.decode()}, {kind}) AS {name})" for text, name in known.items())
    return "INSERT {\n" + "\n".join(parts) + "\n} WHERE {\n" + made + "\n}"


def delete(graphs: Iterable[Graph]) -> str:
    """Return an operation that takes statements away."""
    return _data("DELETE DATA", graphs)


def _data(verb: str, graphs: Iterable[Graph]) -> str:
    parts = [
        f"GRAPH {_iri(graph.iri)} {{\n{_abridged(graph.triples).decode()}\n}}" for graph in graphs if graph.triples
    ]
    return f"{verb} {{\n" + "\n".join(parts) + "\n}" if parts else ""


def _abridged(triples: Iterable[bytes]) -> bytes:
    r"""Return statements with no subject and no property told again where the one before has it too.

    Stores take what is told so in three quarters of the time, and Virtuoso in six sevenths
    (https://www.w3.org/TR/sparql11-query/#predObjLists).

    >>> _abridged([b"<a:s> <a:p> 1 .", b"<a:s> <a:p> 2 .", b"<a:s> <a:q> 3 .", b"<a:t> <a:q> 3 ."])
    b'<a:s> <a:p> 1,\n2;\n<a:q> 3 .\n<a:t> <a:q> 3 .'
    """
    parts: list[bytes] = []
    subject = property_ = b""
    for triple in triples:
        before = subject, property_
        subject, property_, object_ = triple.removesuffix(b" .").split(b" ", 2)
        if before == (subject, property_):
            parts += (b",\n", object_)
        elif before[0] == subject:
            parts += (b";\n", property_, b" ", object_)
        else:
            parts += (b" .\n" if parts else b"", subject, b" ", property_, b" ", object_)
    return b"".join((*parts, b" ."))


def forget(ledger: Ledger, iris: Iterable[str]) -> str:
    """Return operations that take away whatever the ledger knows of graphs."""
    return together(*(f"DELETE WHERE {{ GRAPH {_iri(ledger.graph)} {{ {_iri(iri)} ?p ?o }} }}" for iri in iris))


def forget_digests(ledger: Ledger) -> str:
    """Return an operation that takes away all digests: all rows are read by the next load then."""
    return f"DELETE WHERE {{ GRAPH {_iri(ledger.graph)} {{ ?b {_iri(ledger.digest)} ?d }} }}"


def take_away(graph: str, heads: Iterable[bytes]) -> str:
    """Return operations that take away whatever a graph says of subjects by a property.

    :param heads: a subject and a property each, as a line of canonical N-Triples has them

    >>> take_away("http://a/g", [b"<http://a/s> <http://a/p>"])
    'DELETE WHERE { GRAPH <http://a/g> { <http://a/s> <http://a/p> ?o } }'
    """
    return together(*(f"DELETE WHERE {{ GRAPH {_iri(graph)} {{ {head.decode()} ?o }} }}" for head in heads))


def texts(graphs: Iterable[Graph], name: str) -> Graph:
    """Return a graph of a name of its own that has the literals of graphs, and says nothing of what these are about.

    >>> texts([Graph("http://a/g", (b'<http://a/s> <http://a/p> "x" .',))], "http://a/t").triples
    (b'<http://a/t> <http://a/t> "x" .',)
    """
    objects = {object_of(line) for graph in graphs for line in graph.triples}
    head = f"{_iri(name)} {_iri(name)} ".encode()
    return Graph(name, tuple(head + text + b" ." for text in sorted(objects) if text.startswith(b'"')))


def mark(ledger: Ledger, iris: Sequence[str], text: str) -> str:
    """Return operations that have the ledger know this text of graphs in the place of their hash."""
    return together(forget(ledger, iris), insert([ledger.rows(dict.fromkeys(iris, text))]))


def drop(iris: Iterable[str]) -> str:
    """Return operations that remove graphs, be they there or not.

    >>> drop(["http://a/g"])
    'DROP SILENT GRAPH <http://a/g>'
    """
    return together(*(f"DROP SILENT GRAPH {_iri(iri)}" for iri in iris))


def copy(source: str, target: str) -> str:
    """Return operations that put a copy of one graph in the place of another; done twice, they come to the same.

    ``MOVE`` and ``COPY`` would be for that, but Jena 4.5 refuses both of named graphs, and with ``SILENT`` says that
    it is done.
    """
    add = f"INSERT {{ GRAPH {_iri(target)} {{ ?s ?p ?o }} }} WHERE {{ GRAPH {_iri(source)} {{ ?s ?p ?o }} }}"
    return together(drop([target]), add)


def missing(source: str, target: str) -> str:
    """Return a query for the number of statements of one graph that another does not have, as ``?n``."""
    return (
        f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {_iri(source)} {{ ?s ?p ?o }} "
        f"FILTER NOT EXISTS {{ GRAPH {_iri(target)} {{ ?s ?p ?o }} }} }}"
    )


def present(iris: Iterable[str]) -> str:
    """Return a query for those of some graphs that are there, as ``?g``."""
    named = " ".join(map(_iri, iris))
    return f"SELECT DISTINCT ?g WHERE {{ VALUES ?g {{ {named} }} GRAPH ?g {{ ?s ?p ?o }} }}"


def count(iris: Iterable[str]) -> str:
    """Return a query for the number of statements of graphs, all together, as ``?n``."""
    return f"SELECT (COUNT(*) AS ?n) WHERE {{ {_of(iris)} }}"


def counts(iris: Iterable[str]) -> str:
    """Return a query for the number of statements of graphs by property: ``?g``, ``?p`` and ``?n``.

    Graphs that are not there are not in it.
    """
    return f"SELECT ?g ?p (COUNT(*) AS ?n) WHERE {{ {_of(iris)} }} GROUP BY ?g ?p"


def counts_of_written(ledger: Ledger, text: str) -> str:
    """Return a query for the number of statements of each graph of which the ledger knows this text: ``?g``, ``?n``.

    To count the graphs of one request, Virtuoso takes a tenth of what it takes where each of them is named.
    """
    known = f"GRAPH {_iri(ledger.graph)} {{ ?g {_iri(ledger.sha256)} {_text(text)} }}"
    return f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ {known} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"


def in_order(query: str) -> str:
    """Return a query with the word to Virtuoso that it is to be answered in the order in which it is written.

    Else that counts in parallel, and begins anew for each of many graphs: of 50 graphs among 200,000 in 3.7 seconds of
    the processor, and so in 0.04 (https://docs.openlinksw.com/virtuoso/rdfperfgeneral/).
    """
    return f'define sql:select-option "order" {query}'


def statements(iris: Iterable[str], properties: Iterable[str] = ()) -> str:
    """Return a query for the statements of graphs, or those with some properties: ``?g``, ``?s``, ``?p`` and ``?o``.

    >>> statements(["http://a/g"])
    'SELECT ?g ?s ?p ?o WHERE { { GRAPH <http://a/g> { ?s ?p ?o } BIND(<http://a/g> AS ?g) } }'
    """
    some = " ".join(map(_iri, properties))
    return f"SELECT ?g ?s ?p ?o WHERE {{ {_of(iris)}{f' VALUES ?p {{ {some} }}' if some else ''} }}"


def _of(iris: Iterable[str]) -> str:
    """Return a pattern for the statements of graphs.

    Virtuoso takes several times as long where the names of the graphs are told by ``VALUES``.
    """
    return " UNION ".join(f"{{ GRAPH {iri} {{ ?s ?p ?o }} BIND({iri} AS ?g) }}" for iri in map(_iri, iris))


def part_of_statements(iri: str, property_: str, digits: str) -> str:
    """Return a query for those statements of a graph with a property whose MD5 begins with some digits: ``?s``, ``?o``.

    A store may write a value in its own way and so make another hash of it: all these parts together are all the
    statements nevertheless.
    """
    md5 = "MD5(CONCAT(STR(?s), STR(?o)))"
    return (
        f"SELECT ?s ?o WHERE {{ GRAPH {_iri(iri)} {{ ?s {_iri(property_)} ?o }} "
        f'FILTER(STRSTARTS({md5}, "{_digits(digits)}")) }}'
    )


def hashed(ledger: Ledger, buckets: Iterable[int] | None = ()) -> str:
    """Return a query for the number of hashes that the ledger has, as ``?n``.

    :param buckets: of which they are to be, if not of all; with ``None``, those that are in no bucket
    """
    return f"SELECT (COUNT(*) AS ?n) WHERE {{ {_in(ledger, buckets)} }}"


def hashes(ledger: Ledger, buckets: Iterable[int] | None = ()) -> str:
    """Return a query for these hashes, as ``?g`` and ``?hash``."""
    return f"SELECT ?g (?h AS ?hash) WHERE {{ {_in(ledger, buckets)} }}"


def hashes_after(ledger: Ledger, last: str, limit: int, buckets: Iterable[int] | None = ()) -> str:
    """Return a query for a part of these, in order: ``?g``, ``?n`` hashes of it, and one of them as ``?hash``."""
    after = f'FILTER(STR(?g) > "{_checked(last)}")' if last else ""
    return (
        f"SELECT ?g (COUNT(?h) AS ?n) (MIN(?h) AS ?hash) WHERE {{ {_in(ledger, buckets)} {after} }} "
        f"GROUP BY ?g ORDER BY STR(?g) LIMIT {limit}"
    )


def _in(ledger: Ledger, buckets: Iterable[int] | None) -> str:
    """Return a pattern for the hashes of graphs, ``?g`` and ``?h``."""
    graph, hashes = _iri(ledger.graph), f"?g {_iri(ledger.sha256)} ?h"
    member, every = f"?g {_iri(ledger.bucket)} ?b", f"GRAPH {graph} {{ {hashes} }}"
    if buckets is None:
        return f"{every} FILTER NOT EXISTS {{ GRAPH {graph} {{ {member} }} }}"
    named = " ".join(_iri(ledger.bucket_iri(bucket)) for bucket in buckets)
    return f"VALUES ?b {{ {named} }} GRAPH {graph} {{ {member} . {hashes} }}" if named else every


def known(ledger: Ledger, iris: Iterable[str]) -> str:
    """Return a query for those of some graphs that the ledger knows, as ``?g``."""
    named = " ".join(map(_iri, iris))
    return (
        f"SELECT DISTINCT ?g WHERE {{ VALUES ?g {{ {named} }} GRAPH {_iri(ledger.graph)} "
        f"{{ ?g {_iri(ledger.sha256)} ?h }} }}"
    )


def digests(ledger: Ledger) -> str:
    """Return a query for all digests, as ``?b`` and ``?d``."""
    return f"SELECT ?b ?d WHERE {{ GRAPH {_iri(ledger.graph)} {{ ?b {_iri(ledger.digest)} ?d }} }}"


def values(ledger: Ledger) -> str:
    """Return a query for who is loading, what was done last, and the digest of all rows: ``?p`` and ``?v``."""
    graph = _iri(ledger.graph)
    return f"SELECT ?p ?v WHERE {{ GRAPH {graph} {{ {graph} ?p ?v }} }}"


def chunks(graph: Graph, most: int) -> Iterator[Graph]:
    """Yield the parts of a graph that go into one request each.

    :param most: statements of a part

    >>> big = Graph("http://a/g", (b"<http://a/s> <http://a/p> 1 .",) * 4500)
    >>> [len(part.triples) for part in chunks(big, 2000)]
    [2000, 2000, 500]
    """
    part: list[bytes] = []
    size = 0
    for triple in graph.triples:
        if part and (len(part) == most or size + len(triple) > MOST_BYTES):
            yield Graph(graph.iri, tuple(part))
            part, size = [], 0
        part.append(triple)
        size += len(triple) + 1
    if part:
        yield Graph(graph.iri, tuple(part))


def size_of(triples: Sequence[bytes]) -> int:
    """Return how many bytes statements take in a request."""
    return sum(map(len, triples)) + len(triples)


def _digits(text: str) -> str:
    if not text or set(text) - set("0123456789abcdef"):
        raise ValueError(f"{text!r} is no hexadecimal number")
    return text


def _checked(iri: str) -> str:
    if not iri or not is_iri(iri):
        raise ValueError(f"{iri!r} is no IRI")
    return iri


def _iri(iri: str) -> str:
    return f"<{_checked(iri)}>"


def _text(text: str) -> str:
    if not _OWN_TEXT.fullmatch(text):
        raise ValueError(f"{text!r} is no text of ours")
    return f'"{text}"'
