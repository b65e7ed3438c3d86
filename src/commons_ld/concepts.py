"""The concept scheme: which concept a label of a page names, and which is nearest where none does."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from commons_ld.artefacts import artefact
from commons_ld.errors import ArtefactError
from commons_ld.rdf.namespaces import expand
from commons_ld.sentences.artefacts import said
from commons_ld.settings import Settings
from commons_ld.text import fold, nearest

__all__ = ["Concepts", "concepts_file", "concepts_text", "under_base"]

_LABELS: Final = (expand("skos:prefLabel"), expand("skos:altLabel"), expand("skos:hiddenLabel"))
_REPLACED, _DEPRECATED = expand("dcterms:isReplacedBy"), expand("owl:deprecated")
_TYPE, _CONCEPT, _SCHEME = expand("rdf:type"), expand("skos:Concept"), expand("skos:ConceptScheme")

#: What the IRIs of the concepts that come with commons-ld begin with, and that of their scheme.
_SHIPPED: Final = "https://w3id.org/commons-ld/remix/concept"
#: That, or the IRIs that something is matched with: a list of objects in Turtle.
_SHIPPED_OR_MATCHED: Final = re.compile(rf"(?P<matched>Match>?\s+<[^>]*>(?:\s*,\s*<[^>]*>)*)|<{re.escape(_SHIPPED)}")
_EXACT: Final = expand("skos:exactMatch")
#: How alike a label and a misspelt one are; less alike are words of one ending, such as *logement* and *management*.
_LIKELY: Final = 0.75


def concepts_file(settings: Settings) -> Path:
    """Return the file of an archive's concepts: its own, or where it has none, the one that comes with commons-ld.

    >>> concepts_file(Settings(root=Path("nowhere"))).name
    'concepts.ttl'
    """
    own = settings.path(settings.vocabulary.concepts)
    return own if own.is_file() else artefact("ontology/concepts.ttl")


def concepts_text(settings: Settings) -> str:
    """Return the Turtle of an archive's concepts, as it is published.

    The IRIs of those that come with commons-ld begin with the ``base_iri`` of the archive there, as all of its IRIs do.

    :raises ArtefactError: if the file cannot be read

    >>> "<https://example.org/concept/" in concepts_text(Settings(root=Path("nowhere"), base_iri="https://example.org/"))
    True
    """
    return under_base(_text(concepts_file(settings)), settings.base_iri)


def under_base(text: str, base_iri: str) -> str:
    """Return the Turtle of concepts with the IRIs of those that come with commons-ld below the base of an archive.

    What a concept is matched with is a concept of others, and stays what it is, if its IRI is written out.

    >>> under_base("@prefix concept: <https://w3id.org/commons-ld/remix/concept/> .", "https://example.org/")
    '@prefix concept: <https://example.org/concept/> .'
    >>> under_base("a:b skos:closeMatch <https://w3id.org/commons-ld/remix/concept/c> .", "https://example.org/")
    'a:b skos:closeMatch <https://w3id.org/commons-ld/remix/concept/c> .'
    """
    return _SHIPPED_OR_MATCHED.sub(lambda found: found["matched"] or f"<{base_iri}concept", text)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArtefactError(path, said("unreadable", error)) from error


def _quads(path: Path, text: str) -> list[Any]:
    import pyoxigraph as ox

    try:
        return list(ox.parse(text, format=ox.RdfFormat.TURTLE))
    except SyntaxError as error:
        raise ArtefactError(path, said("broken", error)) from error


def _in_force(iri: str, concepts: Collection[str], replaced: Mapping[str, str]) -> str:
    """Return what is meant by a concept now: itself, what it was merged into, or ``""`` if it was given up."""
    seen = set()
    while iri in replaced and iri not in seen:
        seen.add(iri)
        iri = replaced[iri]
    return iri if iri in concepts and iri not in seen else ""


class Concepts:
    """The concepts of a SKOS scheme, found by any of their labels in any language.

    :param statements: what the scheme says, one canonical N-Triples line each, without the line's end
    :param labels: the IRI of a concept and one of its labels
    :param scheme: the IRI of the scheme
    :param given_up: of each concept that is not used any more, the one that is meant now, or ``""``

    Two concepts that share a label leave it ambiguous: it then finds neither. The labels of a concept that was
    merged (``dcterms:isReplacedBy``) find the one it was merged into; those of one that was given up
    (``owl:deprecated``) find it, as long as no other concept has them.
    """

    def __init__(
        self,
        statements: Iterable[str] = (),
        labels: Iterable[tuple[str, str]] = (),
        scheme: str = "",
        given_up: Mapping[str, str] | None = None,
    ) -> None:
        self.scheme: Final = scheme
        self.given_up: Final = dict(sorted((given_up or {}).items()))
        self.statements: Final = tuple(sorted(statements))
        named: dict[str, set[str]] = defaultdict(set)
        self._spelled: Final[dict[str, str]] = {}
        for iri, label in sorted(labels):
            named[fold(label)].add(iri)
            self._spelled.setdefault(label, iri)
        gone = {iri for iri, successor in self.given_up.items() if not successor}
        meant = ((label, iris - gone or iris) for label, iris in named.items())
        self._by_label: Final = {label: min(iris) for label, iris in meant if len(iris) == 1}

    @classmethod
    def load(cls, path: Path) -> Concepts:
        """Read a scheme from a Turtle file.

        :raises ArtefactError: if it is not Turtle, or holds a blank node
        """
        return cls._of_quads(path, _quads(path, _text(path)))

    @classmethod
    def of(cls, settings: Settings) -> Concepts:
        """Read the scheme of an archive; see :func:`concepts_text`.

        A concept that comes with commons-ld is tied to the IRI that it has there, by which other archives may know it.

        :raises ArtefactError: as :meth:`load`
        """
        import pyoxigraph as ox

        path, text = concepts_file(settings), concepts_text(settings)
        quads = _quads(path, text)
        if text != (shipped := _text(path)):
            ours, exact = f"{settings.base_iri}concept", ox.NamedNode(_EXACT)
            for quad in _quads(path, shipped):
                iri = quad.subject.value
                if quad.object == ox.NamedNode(_CONCEPT) and iri.startswith(_SHIPPED):
                    tied = ox.NamedNode(ours + iri.removeprefix(_SHIPPED))
                    quads.append(ox.Quad(tied, exact, ox.NamedNode(iri)))
        return cls._of_quads(path, quads)

    @classmethod
    def _of_quads(cls, path: Path, quads: list[Any]) -> Concepts:
        import pyoxigraph as ox

        for quad in quads:
            for node in (quad.subject, quad.object):
                if isinstance(node, ox.BlankNode):
                    raise ArtefactError(path, said("blank-node", node))
        scheme = min((quad.subject.value for quad in quads if quad.object == ox.NamedNode(_SCHEME)), default="")
        replaced = {
            quad.subject.value: quad.object.value if quad.predicate.value == _REPLACED else ""
            for quad in sorted(quads, key=lambda quad: quad.predicate.value == _REPLACED)
            if quad.predicate.value in (_REPLACED, _DEPRECATED)
        }
        concepts = {
            quad.subject.value for quad in quads if quad.predicate.value == _TYPE and quad.object.value == _CONCEPT
        }
        # A concept that was given up with nothing in its place is still what pages mean that name it.
        labels = (
            (_in_force(quad.subject.value, concepts, replaced) or quad.subject.value, quad.object.value)
            for quad in quads
            if quad.predicate.value in _LABELS and quad.subject.value in concepts
        )
        given_up = {iri: _in_force(iri, concepts, replaced) for iri in replaced if iri in concepts}
        return cls({str(quad.triple) for quad in quads}, labels, scheme, given_up)

    def find(self, label: str) -> str | None:
        """Return the IRI of the concept that ``label`` names, or ``None`` if there is none or more than one."""
        return self._by_label.get(fold(label))

    def nearest(self, label: str) -> str:
        """Return the known label that ``label`` likely means, misspelt or cut short, or ``""`` if there is none."""
        words = set(fold(label).split())
        return nearest(label, self._spelled, _LIKELY) or nearest(
            label, (known for known in self._spelled if words and words <= set(fold(known).split()))
        )

    @cached_property
    def predicates(self) -> frozenset[str]:
        """The predicates of all that the scheme says, as N-Triples writes them."""
        return frozenset(statement.split(" ", 2)[1] for statement in self.statements)

    def about(self, iri: str) -> tuple[str, ...]:
        """Return the scheme's statements about one concept."""
        start = f"<{iri}> "
        first = last = bisect_left(self.statements, start)
        while last < len(self.statements) and self.statements[last].startswith(start):
            last += 1
        return tuple(self.statements[first:last])
