"""The graph that is checked: statements by their subject and predicate, each term a text of N-Triples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar, cast

import pyoxigraph as ox

from commons_ld.memo import Memo
from commons_ld.rdf.namespaces import expand

__all__ = [
    "IRI",
    "LITERAL",
    "SUBCLASS",
    "TYPE",
    "BlockData",
    "Data",
    "Properties",
    "Triple",
    "properties_of",
    "read_block",
    "read_our_block",
]

Triple = tuple[str, str, str]
#: What is said of a node, by predicate.
Properties = dict[str, list[str]]
T = TypeVar("T")

TYPE: Final = f"<{expand('rdf:type')}>"
SUBCLASS: Final = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"

IRI: Final = r'<[^\x00-\x20<>"{}|^`\\]+>'
BLANK: Final = r"_:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
LITERAL: Final = rf'"[^"\\\n\r]*(?:\\[tbnrf"\\][^"\\\n\r]*)*"(?:@[a-z]+(?:-[a-z0-9]+)*|\^\^(?!<http://www\.w3\.org/2001/XMLSchema#string>){IRI})?'
_GRAPH: Final = re.compile(rf" {IRI} \.")
_RESOURCE: Final = re.compile(rf"{IRI}|{BLANK}")
_WELL_FORMED: Final = re.compile(LITERAL)
#: Whether a term is an IRI or a blank node, and whether a literal may end so, from its second quotation mark on.
_is_resource: Final[Memo[str, bool]] = Memo(lambda term: bool(_RESOURCE.fullmatch(term)), limit=16_384)
_is_end: Final[Memo[str, bool]] = Memo(lambda end: bool(_WELL_FORMED.fullmatch(f'"{end}')), limit=1024)


def read_block(block: bytes) -> list[Triple]:
    """Return the statements of N-Quads, without their graph.

    Canonical N-Quads are taken apart as they stand; others are parsed.

    :raises SyntaxError: if they are no N-Quads
    """
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SyntaxError(str(error)) from error
    found = _taken_apart(text)
    if found is not None:
        return found
    quads = ox.parse(block, format=ox.RdfFormat.N_QUADS)
    return [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]


def read_our_block(block: bytes) -> list[Triple]:
    """Return the statements of a block of ours, which is known to be canonical, as :func:`read_block` does."""
    lines = block.decode().split("\n")
    end = -len(lines[0]) + lines[0].rfind(" <")
    return [tuple(line[:end].split(" ", 2)) for line in lines[:-1]]  # type: ignore[misc]


def _our_properties(lines: bytes) -> Properties:
    """Return what lines of a block of ours say, which are distinct and about one node."""
    found: Properties = {}
    texts = lines.decode().split("\n")
    end = -len(texts[0]) + texts[0].rfind(" <")
    for line in texts[:-1]:
        _, predicate, value = line[:end].split(" ", 2)
        if predicate in found:
            found[predicate].append(value)
        else:
            found[predicate] = [value]
    return found


def properties_of(statements: Iterable[Triple]) -> Properties:
    """Return what statements about one node say.

    >>> properties_of([("<a:s>", "<a:p>", "<a:o>"), ("<a:s>", "<a:p>", "<a:s>")])
    {'<a:p>': ['<a:o>', '<a:s>']}
    """
    found: Properties = {}
    for _, predicate, value in dict.fromkeys(statements):
        found.setdefault(predicate, []).append(value)
    return found


def _taken_apart(text: str) -> list[Triple] | None:
    """Return the statements of canonical N-Quads of one graph, or ``None`` if it is not surely that."""
    lines = text.split("\n")
    if lines.pop() or "\r" in text:
        return None
    graph = lines[0][lines[0].rfind(" <") :] if lines else ""
    end = -len(graph)
    if lines and not _GRAPH.fullmatch(graph):
        return None
    found = list[Triple]()
    for line in lines:
        parts = line[:end].split(" ", 2)
        if len(parts) != 3 or not line.endswith(graph):
            return None
        subject, predicate, value = parts
        if not (_is_resource[subject] and _is_resource[predicate] and predicate[0] == "<"):
            return None
        if value[0] != '"':
            if not _is_resource[value]:
                return None
        # A text with two quotation marks and no escape is as it should be, and its end is like many others.
        elif (
            "\\" in value or value.count('"') != 2 or not _is_end[value[value.rfind('"') :]]
        ) and not _WELL_FORMED.fullmatch(value):
            return None
        found.append((subject, predicate, value))
    return found


class Data:
    """A graph of statements, looked up by subject and predicate, and by class; a statement stands in it once.

    :param known: what is said of other nodes than those of the statements
    """

    def __init__(self, statements: Iterable[Triple], known: Mapping[str, Properties] | None = None) -> None:
        self.out: Final[dict[str, Properties]] = {}
        self._instances: Final[dict[str, list[str]]] = {}
        self._made: Final[dict[Any, Any]] = {}
        #: Answers to queries about nodes that were asked for many graphs at once, by query and node.
        self.answers: Final[dict[Any, dict[str, list[tuple[str, str]]]]] = {}
        self._into: dict[str, dict[str, list[str]]] = {}
        out, instances = self.out, self._instances
        for subject, predicate, value in dict.fromkeys(statements):
            properties = out.get(subject)
            if properties is None:
                out[subject] = {predicate: [value]}
            elif predicate in properties:
                properties[predicate].append(value)
            else:
                properties[predicate] = [value]
            if predicate == TYPE:
                instances.setdefault(value, []).append(subject)
        for subject, properties in (known or {}).items():
            out[subject] = properties
            for value in properties.get(TYPE, _NONE):
                instances.setdefault(value, []).append(subject)
        self._subclasses = self._find_subclasses()

    def properties(self, subject: str) -> Properties:
        """Return what is said of a node."""
        return self.out.get(subject, _NO_PROPERTIES)

    def values(self, subject: str, predicate: str) -> list[str]:
        """Return the objects of statements."""
        properties = self.out.get(subject)
        return properties.get(predicate, _NONE) if properties else _NONE

    def subjects(self, predicate: str, value: str) -> list[str]:
        """Return the subjects of statements."""
        if predicate not in self._into:
            found: dict[str, list[str]] = {}
            for subject, properties in self.out.items():
                for one in properties.get(predicate, _NONE):
                    found.setdefault(one, []).append(subject)
            self._into[predicate] = found
        return self._into[predicate].get(value, _NONE)

    def subjects_of(self, predicate: str) -> Iterator[str]:
        """Yield each node that has a property."""
        return (subject for subject, properties in self.out.items() if predicate in properties)

    def objects_of(self, predicate: str) -> Iterator[str]:
        """Yield the values of a property, wherever they stand."""
        return (value for properties in self.out.values() for value in properties.get(predicate, _NONE))

    def instances(self, class_: str) -> Iterator[str]:
        """Yield the SHACL instances of a class (https://www.w3.org/TR/shacl/#dfn-shacl-instance)."""
        for one in (class_, *self._subclasses.get(class_, ())):
            yield from self._instances.get(one, _NONE)

    def is_instance(self, node: str, class_: str) -> bool:
        """Tell whether a node is a SHACL instance of a class."""
        types = self.values(node, TYPE)
        if class_ in types:
            return True
        return bool(types) and not self._subclasses.get(class_, frozenset()).isdisjoint(types)

    def made(self, make: Callable[[Data], T]) -> T:
        """Return what ``make`` makes of this graph, made once: a store for SPARQL, say."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    def triples(self) -> Iterator[Triple]:
        """Yield every statement."""
        for subject, properties in self.out.items():
            for predicate, values in properties.items():
                for value in values:
                    yield subject, predicate, value

    def _find_subclasses(self) -> dict[str, frozenset[str]]:
        """Return the classes that the graph says are below another, all the way down."""
        below: dict[str, set[str]] = {}
        for subject in [subject for subject, properties in self.out.items() if SUBCLASS in properties]:
            for above in self.out[subject][SUBCLASS]:
                below.setdefault(above, set()).add(subject)
        found = {}
        for class_ in below:
            seen, todo = set[str](), [class_]
            while todo:
                for one in below.get(todo.pop(), ()):
                    if one not in seen:
                        seen.add(one)
                        todo.append(one)
            found[class_] = frozenset(seen - {class_})
        return found


class BlockData(Data):
    """The graph of a block of ours, whose nodes are read when they are first looked at: most of them never are.

    :param parts: the parts of the lines that are said of each node, in any order; these lines canonical and distinct
    :param about: returns what is known of a node that the block refers to without describing it. Neither says of a
        class that it is below another one.
    """

    def __init__(self, parts: Mapping[bytes, Iterable[Any]], about: Callable[[str], Properties]) -> None:
        super().__init__(())
        self._parts: Final = parts
        self._about: Final = about
        self._is_read = False

    def properties(self, subject: str) -> Properties:
        """Return what is said of a node."""
        found = self.out.get(subject)
        if found is None and not self._is_read:
            if parts := self._parts.get(subject.encode()):
                found = self.out[subject] = _our_properties(b"".join(parts))
            elif subject[0] == "<" and self._about(subject):
                # What is known of a node counts only if the block itself refers to it.
                self._read_all()
                found = self.out.get(subject)
        return found or _NO_PROPERTIES

    def values(self, subject: str, predicate: str) -> list[str]:
        """Return the objects of statements."""
        return self.properties(subject).get(predicate, _NONE)

    def subjects(self, predicate: str, value: str) -> list[str]:
        """Return the subjects of statements."""
        self._read_all()
        return super().subjects(predicate, value)

    def subjects_of(self, predicate: str) -> Iterator[str]:
        """Yield each node that has a property."""
        self._read_all()
        return super().subjects_of(predicate)

    def objects_of(self, predicate: str) -> Iterator[str]:
        """Yield the values of a property, wherever they stand."""
        self._read_all()
        return super().objects_of(predicate)

    def instances(self, class_: str) -> Iterator[str]:
        """Yield the SHACL instances of a class (https://www.w3.org/TR/shacl/#dfn-shacl-instance)."""
        self._read_all()
        return super().instances(class_)

    def triples(self) -> Iterator[Triple]:
        """Yield every statement."""
        self._read_all()
        return super().triples()

    def _read_all(self) -> None:
        if self._is_read:
            return
        described = {term.decode() for term, parts in self._parts.items() if parts}
        for node in described:
            self.properties(node)
        values = {value for node in described for values in self.out[node].values() for value in values}
        for node in values - described:
            if node[0] == "<" and (known := self._about(node)):
                self.out[node] = known
        for node, properties in self.out.items():
            for value in properties.get(TYPE, _NONE):
                self._instances.setdefault(value, []).append(node)
        self._is_read = True


_NONE: Final[list[str]] = []
_NO_PROPERTIES: Final[Properties] = {}
