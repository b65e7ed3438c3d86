"""Canonical N-Triples written as Turtle and RDF/XML by text, byte for byte as pyoxigraph writes them.

Terms are not taken apart and made again: a literal of canonical N-Triples is one of Turtle, and how an IRI is shortened
and what an element is called is asked of pyoxigraph once for each IRI of a vocabulary.

>>> line = '<http://a/s> <https://schema.org/name> "La « pluie »"@fr .'.encode() + bytes([10])
>>> Terse({"schema": "https://schema.org/"}).turtle(line).decode().strip()
'<http://a/s> schema:name "La « pluie »"@fr .'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

import pyoxigraph as ox

from commons_ld.memo import Memo
from commons_ld.outputs.statements import prefixes
from commons_ld.outputs.things import Thing, things
from commons_ld.rdf.namespaces import expand

__all__ = ["RDF_XML_FOOT", "Terse", "terse_of", "unescaped"]

_TYPE: Final = b"<%b>" % expand("rdf:type").encode()
_SUBJECT, _PREDICATE = ox.NamedNode("urn:s"), ox.NamedNode("urn:p")
#: How many short forms are kept at most.
_LIMIT: Final = 16_384
#: Bytes of literals that are kept as RDF/XML has them.
_SHORT: Final = 400
#: Bytes of statements that are taken apart at once: the lines of a long chat are several times what it is.
_AT_ONCE: Final = 1 << 18
#: Turtle has a shorter form of these.
_BARE: Final = tuple(f"<{expand(f'xsd:{name}')}>".encode() for name in ("boolean", "decimal", "double", "integer"))
_INTEGER: Final = _BARE[-1]
#: Most are told at once: each note of a chat has a number of its own, which pyoxigraph would be asked for once a note.
_DIGITS: Final = re.compile(rb'"([0-9]+)"')

_ESCAPE: Final = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_UNESCAPED: Final = {b"t": b"\t", b"b": b"\b", b"n": b"\n", b"r": b"\r", b"f": b"\f"}


class _Element(NamedTuple):
    """How an element begins and ends.

    :param resource: how one begins that refers to an IRI
    """

    start: bytes
    end: bytes
    resource: bytes = b""


class _Short(dict[bytes, bytes]):
    """The short forms of IRIs; those that have none, such as the IRIs of notes, are not kept."""

    def __init__(self, ask: Callable[[bytes], bytes], namespaces: tuple[bytes, ...]) -> None:
        super().__init__()
        self._ask, self._namespaces = ask, namespaces
        # Most IRIs are told from all namespaces by how they begin, in a tenth of the time.
        self._long: Final = min(map(len, namespaces), default=0)
        self._starts: Final = frozenset(namespace[: self._long] for namespace in namespaces)

    def __missing__(self, iri: bytes) -> bytes:
        if iri[: self._long] not in self._starts or not iri.startswith(self._namespaces):
            return iri
        if len(self) >= _LIMIT:
            self.clear()
        short = self[iri] = self._ask(iri)
        return short


class Terse:
    """Writes statements with short names.

    :param names: the namespaces by their short names, as the head of the file tells them
    :param like: what writes with these names and others, and knows the short forms of IRIs already
    """

    def __init__(self, names: Mapping[str, str], like: Terse | None = None) -> None:
        self._names: Final = dict(names)
        ask: Callable[[bytes], bytes] = like.short.__getitem__ if like else self._asked
        self.short: Final[_Short] = _Short(ask, tuple(b"<" + iri.encode() for iri in names.values()))
        #: The short forms of literals that Turtle has shorter forms of.
        self._bare: Final = Memo(self._asked, limit=4096)
        #: What stands before the values of a property.
        self._before: Final = Memo(self._property_in_turtle, limit=4096)
        self._properties: Final = Memo(self._property, limit=4096)
        self._classes: Final = Memo(self._class, limit=4096)

    @cached_property
    def turtle_head(self) -> bytes:
        """What a file begins with whose statements are Turtle or TriG."""
        # Nothing is written of nothing, so a statement is taken, and its line away.
        whole = self._whole(ox.Triple(_SUBJECT, _PREDICATE, _SUBJECT), ox.RdfFormat.TURTLE)
        return whole.removesuffix(b"<urn:s> <urn:p> <urn:s> .\n")

    @cached_property
    def rdf_xml_head(self) -> bytes:
        """What a file begins with whose elements are RDF/XML; it ends with :data:`RDF_XML_FOOT`."""
        whole: bytes = ox.serialize([], format=ox.RdfFormat.RDF_XML, prefixes=self._names) or b""
        return whole.removesuffix(RDF_XML_FOOT)

    def turtle(self, statements: bytes) -> bytes:
        """Return statements as Turtle, each subject and each predicate once if its statements stand together.

        :param statements: canonical N-Triples without blank nodes, whose order is kept
        """
        return b"".join(map(self._turtle, _some_subjects(statements)))

    def _turtle(self, statements: bytes) -> bytes:
        return b"".join(map(self.thing_in_turtle, things(statements.split(b" .\n")[:-1])))

    def thing_in_turtle(self, thing: Thing) -> bytes:
        """Return what is said of a subject as Turtle."""
        short, literal, before = self.short, self.literal, self._before
        written = [short[thing.subject], b" "]
        for property_, values in thing.said:
            between = before[property_]
            for value in values:
                written += (between, short[value] if value[:1] == b"<" else literal(value))
                between = b" , "
        # The first property follows its subject, the others stand on lines of their own.
        written[2] = written[2].removeprefix(_NEXT)
        written.append(b" .\n")
        return b"".join(written)

    def trig(self, statements: bytes, graph: bytes) -> bytes:
        """Return statements as TriG, in a named graph.

        :param statements: as for :meth:`turtle`
        :param graph: its term
        """
        inside = b"".join(_indented(self._turtle(some)) for some in _some_subjects(statements))
        return self._graph(inside, graph)

    def in_graph(self, turtle: bytes, graph: bytes) -> bytes:
        """Return what :meth:`turtle` returned as TriG, in a named graph.

        :param graph: its term
        """
        return self._graph(_indented(turtle), graph)

    def _graph(self, inside: bytes, graph: bytes) -> bytes:
        return b"%b {\n%b}\n" % (self.short[graph], inside) if inside else b""

    def rdf_xml(self, statements: bytes) -> bytes:
        """Return statements as the elements of RDF/XML, each subject once if its statements stand together.

        :param statements: as for :meth:`turtle`
        """
        return b"".join(map(self._rdf_xml, _some_subjects(statements)))

    def _rdf_xml(self, statements: bytes) -> bytes:
        return b"".join(map(self.thing_in_rdf_xml, things(statements.split(b" .\n")[:-1])))

    def thing_in_rdf_xml(self, thing: Thing) -> bytes:
        """Return what is said of a subject as an element of RDF/XML."""
        properties = self._properties
        said = thing.said
        first, classes = said[0]
        if first == _TYPE and classes[0][:1] == b"<":
            element = self._classes[classes[0]]
            said = [(first, classes[1:]), *said[1:]]
        else:
            element = _DESCRIPTION
        written = [element.start, b' rdf:about="', _attribute(thing.subject), b'">\n']
        last = element.end
        for property_, values in said:
            start, end_, resource = properties[property_]
            for value in values:
                if value[:1] == b"<":
                    iri = value[1:-1]
                    written += (resource, _escaped(iri) if b"&" in iri or b"'" in iri else iri, b'"/>\n')
                    continue
                written += (start, _TEXTS[value] if len(value) < _SHORT else _text(value), end_)
        written.append(last)
        return b"".join(written)

    # ── Terms ────────────────────────────────────────────────────────────────────────────────────────────

    def literal(self, literal: bytes) -> bytes:
        """Return a literal of canonical N-Triples as Turtle has it."""
        if literal[-1:] != b">":
            return literal
        start = literal.rindex(b'"^^') + 3
        datatype = literal[start:]
        if datatype == _INTEGER and (digits := _DIGITS.match(literal)):
            return digits[1]
        return self._bare[literal] if datatype in _BARE else literal[:start] + self.short[datatype]

    def _asked(self, term: bytes) -> bytes:
        (triple,) = ox.parse(b"<urn:s> <urn:p> %b ." % term, format=ox.RdfFormat.N_TRIPLES)
        whole = self._whole(triple.triple, ox.RdfFormat.TURTLE)
        return whole[whole.rindex(b"<urn:s> <urn:p> ") + 16 :].removesuffix(b" .\n")

    def _property_in_turtle(self, predicate: bytes) -> bytes:
        return b"%b%b " % (_NEXT, b"a" if predicate == _TYPE else self.short[predicate])

    def _property(self, predicate: bytes) -> _Element:
        iri = ox.NamedNode(predicate[1:-1].decode())
        written = self._lines(ox.Triple(_SUBJECT, iri, ox.Literal("x")))[1]
        start, end = written.split(b">x<")
        return _Element(start, b"<" + end, start + b' rdf:resource="')

    def _class(self, class_: bytes) -> _Element:
        iri, type_ = ox.NamedNode(class_[1:-1].decode()), ox.NamedNode(_TYPE[1:-1].decode())
        start, end = self._lines(ox.Triple(_SUBJECT, type_, iri))
        return _Element(start.removesuffix(b' rdf:about="urn:s">\n'), end)

    def _lines(self, triple: ox.Triple) -> list[bytes]:
        """Return the lines of RDF/XML that a statement is written as."""
        whole = self._whole(triple, ox.RdfFormat.RDF_XML)
        return whole[whole.index(b"<rdf:RDF") :].splitlines(keepends=True)[1:-1]

    def _whole(self, triple: ox.Triple, format_: ox.RdfFormat) -> bytes:
        return ox.serialize([triple], format=format_, prefixes=self._names) or b""


@lru_cache(maxsize=4)
def terse_of(base_iri: str) -> Terse:
    """Return what writes with all short names of an archive: one for all, so that each short form is found once."""
    return Terse(prefixes(base_iri))


#: What a file of RDF/XML ends with.
RDF_XML_FOOT: Final = b"</rdf:RDF>"
#: What stands between one property and the next.
_NEXT: Final = b" ;\n\t"
_DESCRIPTION: Final = _Element(b"\t<rdf:Description", b"\t</rdf:Description>\n")


def _some_subjects(statements: bytes) -> Iterator[bytes]:
    """Yield statements some at a time, never those of one subject apart that stand together."""
    start = 0
    while len(statements) - start > _AT_ONCE:
        end = statements.index(b"\n", start + _AT_ONCE) + 1
        line = max(statements.rfind(b"\n", start, end - 1) + 1, start)
        subject = statements[line : statements.index(b" ", line) + 1]
        while statements.startswith(subject, end):
            end = statements.index(b"\n", end) + 1
        yield statements[start:end]
        start = end
    yield statements[start:]


def _indented(turtle: bytes) -> bytes:
    # No term holds the end of a line.
    return b"\t" + turtle.replace(b"\n", b"\n\t")[:-1] if turtle else b""


def _kind(end: bytes) -> bytes:
    if end[:1] == b"@":
        return b' xml:lang="%b">' % end[1:]
    return b' rdf:datatype="%b">' % _attribute(end[2:])


def _text(literal: bytes) -> bytes:
    """Return a literal as RDF/XML has it: the end of an opening tag, and the text after it."""
    end = literal.rindex(b'"')
    text, kind = literal[1:end], literal[end + 1 :]
    if b"\\" in text:
        text = unescaped(text)
    return (_KINDS[kind] if kind else b">") + _escaped(text)


#: What stands before a text, by how its literal ends: its language or its datatype.
_KINDS: Final = Memo(_kind, limit=4096)
#: The same with the text: names, days and titles are said by more than one property, and come again; longer texts take
#: memory.
_TEXTS: Final = Memo(_text, limit=4096)


def unescaped(text: bytes) -> bytes:
    r"""Return the text of a literal without the escapes of N-Triples.

    >>> unescaped(b'un \\"pacte\\"\\u0007')
    b'un "pacte"\x07'
    """
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[bytes]) -> bytes:
    code = found[1] or found[2]
    return chr(int(code, 16)).encode() if code else _UNESCAPED.get(found[3], found[3])


def _attribute(iri: bytes) -> bytes:
    """Return an IRI as an attribute has it; no IRI holds another character that would have to be escaped."""
    return _escaped(iri[1:-1]) if b"&" in iri or b"'" in iri else iri[1:-1]


def _escaped(text: bytes) -> bytes:
    # The ampersand first, since the others have one. To call one after the other takes half of what a loop does.
    text = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return text.replace(b'"', b"&quot;").replace(b"'", b"&apos;")
