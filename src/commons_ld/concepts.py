"""The concept scheme: which concept a label of a page names, and which is nearest where none does."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from commons_ld.errors import ArtefactError
from commons_ld.namespaces import expand
from commons_ld.text import fold, nearest

__all__ = ["Concepts"]

_LABELS: Final = (expand("skos:prefLabel"), expand("skos:altLabel"), expand("skos:hiddenLabel"))
_TYPE, _CONCEPT, _SCHEME = expand("rdf:type"), expand("skos:Concept"), expand("skos:ConceptScheme")


class Concepts:
    """The concepts of a SKOS scheme, found by any of their labels in any language.

    :param statements: what the scheme says, one canonical N-Triples line each, without the line's end
    :param labels: the IRI of a concept and one of its labels
    :param scheme: the IRI of the scheme

    Two concepts that share a label leave it ambiguous: it then finds neither.
    """

    def __init__(
        self, statements: Iterable[str] = (), labels: Iterable[tuple[str, str]] = (), scheme: str = ""
    ) -> None:
        self.scheme: Final = scheme
        self.statements: Final = tuple(sorted(statements))
        named: dict[str, set[str]] = defaultdict(set)
        self._spelled: Final[dict[str, str]] = {}
        for iri, label in sorted(labels):
            named[fold(label)].add(iri)
            self._spelled.setdefault(label, iri)
        self._by_label: Final = {label: min(iris) for label, iris in named.items() if len(iris) == 1}

    @classmethod
    def load(cls, path: Path) -> Concepts:
        """Read a scheme from a Turtle file.

        :raises ArtefactError: if it is not Turtle, or holds a blank node
        """
        import pyoxigraph as ox

        try:
            quads = list(ox.parse(path=path, format=ox.RdfFormat.TURTLE))
        except (SyntaxError, OSError) as error:
            raise ArtefactError(path, str(error)) from error
        for quad in quads:
            if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                raise ArtefactError(path, f"a concept scheme holds no blank nodes; give {quad.subject} an IRI")
        scheme = min((quad.subject.value for quad in quads if quad.object == ox.NamedNode(_SCHEME)), default="")
        concepts = {
            quad.subject.value for quad in quads if quad.predicate.value == _TYPE and quad.object.value == _CONCEPT
        }
        labels = (
            (quad.subject.value, quad.object.value)
            for quad in quads
            if quad.predicate.value in _LABELS and quad.subject.value in concepts
        )
        return cls((str(quad.triple) for quad in quads), labels, scheme)

    def find(self, label: str) -> str | None:
        """Return the IRI of the concept that ``label`` names, or ``None`` if there is none or more than one."""
        return self._by_label.get(fold(label))

    def nearest(self, label: str) -> str:
        """Return the known label that resembles ``label`` most, or ``""`` if none does."""
        return nearest(label, self._spelled)

    def about(self, iri: str) -> tuple[str, ...]:
        """Return the scheme's statements about one concept."""
        start = f"<{iri}> "
        first = last = bisect_left(self.statements, start)
        while last < len(self.statements) and self.statements[last].startswith(start):
            last += 1
        return tuple(self.statements[first:last])
