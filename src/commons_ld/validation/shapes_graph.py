"""The graph of the shapes: statements looked up by any of their terms, each term a text of N-Triples.

Shapes do not change while they are used. The graph is as quick to make as it is to ask, and needs no RDF library:
rdflib and pySHACL get it as theirs where a shape asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from commons_ld.validation.data import Triple
from commons_ld.validation.tokens import datatype, is_literal, lexical

__all__ = ["OWL", "PARAMETERS", "RDF", "RDFS", "SH", "XSD", "ShapesGraph", "is_true", "number"]


class _Vocabulary:
    """The IRIs of a vocabulary, as N-Triples writes them: ``SH.path``, ``SH["not"]``."""

    def __init__(self, base: str) -> None:
        self.base: Final = base

    def __getattr__(self, name: str) -> str:
        iri = f"<{self.base}{name}>"
        # It is found as any attribute from now on, which takes a tenth of the time.
        setattr(self, name, iri)
        return iri

    def __getitem__(self, name: str) -> str:
        iri: str = getattr(self, name)
        return iri


SH: Final = _Vocabulary("http://www.w3.org/ns/shacl#")
RDF: Final = _Vocabulary("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS: Final = _Vocabulary("http://www.w3.org/2000/01/rdf-schema#")
XSD: Final = _Vocabulary("http://www.w3.org/2001/XMLSchema#")
OWL: Final = _Vocabulary("http://www.w3.org/2002/07/owl#")

#: The parameters of the constraint components of SHACL Core and SHACL-SPARQL.
PARAMETERS: Final = frozenset(
    SH[name]
    for name in (
        "and", "class", "closed", "datatype", "disjoint", "equals", "hasValue", "ignoredProperties", "in", "languageIn",
        "lessThan", "lessThanOrEquals", "maxCount", "maxExclusive", "maxInclusive", "maxLength", "minCount",
        "minExclusive", "minInclusive", "minLength", "node", "nodeKind", "not", "or", "pattern", "property",
        "qualifiedMaxCount", "qualifiedMinCount", "qualifiedValueShape", "qualifiedValueShapesDisjoint", "sparql",
        "uniqueLang", "xone",
    )
)  # fmt: skip


class ShapesGraph:
    """Statements, each once.

    >>> graph = ShapesGraph([("<a:shape>", SH.path, "<a:p>"), ("<a:shape>", SH.minCount, '"1"^^' + XSD.integer)])
    >>> graph.value("<a:shape>", SH.path), graph.objects("<a:shape>", SH.maxCount)
    ('<a:p>', [])
    """

    def __init__(self, statements: Iterable[Triple]) -> None:
        self._out: Final[dict[str, dict[str, list[str]]]] = {}
        self._into: Final[dict[str, dict[str, list[str]]]] = {}
        self._items: Final[dict[str, tuple[str, ...]]] = {}
        for subject, predicate, value in dict.fromkeys(statements):
            self._out.setdefault(subject, {}).setdefault(predicate, []).append(value)
            self._into.setdefault(value, {}).setdefault(predicate, []).append(subject)

    @property
    def nodes(self) -> list[str]:
        """All subjects."""
        return list(self._out)

    def statements(self) -> Iterator[Triple]:
        """Yield every statement."""
        for subject, properties in self._out.items():
            for predicate, values in properties.items():
                for value in values:
                    yield subject, predicate, value

    def predicates(self, subject: str) -> list[str]:
        """Return what is said of a node."""
        return list(self._out.get(subject, ()))

    def objects(self, subject: str, predicate: str) -> list[str]:
        """Return the values of a property of a node."""
        return self._out.get(subject, _NOTHING).get(predicate, [])

    def value(self, subject: str, predicate: str) -> str:
        """Return one value of a property of a node; ``""`` if it has none."""
        return next(iter(self.objects(subject, predicate)), "")

    def subjects(self, predicate: str, value: str) -> list[str]:
        """Return the nodes that have this value of a property."""
        return self._into.get(value, _NOTHING).get(predicate, [])

    def subjects_of(self, predicate: str) -> list[str]:
        """Return the nodes that have a property."""
        return [subject for subject, properties in self._out.items() if predicate in properties]

    def referring(self, value: str) -> list[str]:
        """Return the nodes that have this value of any property."""
        return [subject for subjects in self._into.get(value, _NOTHING).values() for subject in subjects]

    def has(self, subject: str, predicate: str) -> bool:
        """Tell whether a node has a property."""
        return predicate in self._out.get(subject, _NOTHING)

    def items(self, head: str) -> list[str]:
        """Return the members of a list.

        :raises ValueError: if it never ends
        """
        if head not in self._items:
            found, seen, rest = list[str](), set[str](), head
            while self.has(rest, RDF.first):
                if rest in seen:
                    raise ValueError("List contains a recursive rdf:rest reference")
                seen.add(rest)
                found.append(self.value(rest, RDF.first))
                rest = self.value(rest, RDF.rest)
            self._items[head] = tuple(found)
        return list(self._items[head])


_NOTHING: Final[dict[str, list[str]]] = {}


def is_true(term: str) -> bool:
    """Tell whether a term is true.

    >>> is_true('"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'), is_true('"true"')
    (True, False)
    """
    return is_literal(term) and f"<{datatype(term)}>" == XSD.boolean and lexical(term) in ("true", "1")


def number(term: str) -> int:
    """Return the number that a literal is, and 0 of an IRI."""
    return int(lexical(term)) if is_literal(term) else 0
