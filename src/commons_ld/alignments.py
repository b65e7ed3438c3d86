"""The alignments that a person accepted: which thing of ours is the same as, or near to, one of another vocabulary.

A match is one statement of SKOS (https://www.w3.org/TR/skos-reference/#mapping). Beside it stands who accepted it,
when, and on what evidence, in the terms of SSSOM (https://w3id.org/sssom/), under a name that depends on the match.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import ArtefactError
from commons_ld.rdf.namespaces import expand
from commons_ld.sentences.artefacts import said
from commons_ld.settings import Settings

__all__ = ["GRAPH", "RELATIONS", "Alignments", "Match", "alignments_file"]

#: The name of the graph of the alignments, and what the names of their evidence begin with.
GRAPH: Final = "alignments"
#: How a thing of ours may be to another: the closest first.
RELATIONS: Final = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
_BY_IRI: Final = {expand(name): name for name in RELATIONS}


class Match(NamedTuple):
    """One statement of a match."""

    subject: str
    relation: str
    target: str

    def name(self, base_iri: str) -> str:
        """Return the IRI of what is known of the match: who accepted it, when and why."""
        digest = hashlib.sha256(" ".join(self).encode()).hexdigest()[:16]
        return f"{base_iri}graph/{GRAPH}#{digest}"


def alignments_file(settings: Settings) -> Path:
    """Return the file of an archive's alignments, which need not be there."""
    return settings.path(settings.vocabulary.alignments)


class Alignments:
    """What the file of alignments says.

    :param statements: canonical N-Triples, one line each, without the line's end
    """

    def __init__(self, statements: tuple[str, ...] = (), matches: tuple[Match, ...] = ()) -> None:
        self.statements, self.matches = statements, matches

    @classmethod
    def of(cls, settings: Settings) -> Alignments:
        """Read the alignments of an archive; there may be none.

        :raises ArtefactError: if the file is not Turtle, or holds a blank node
        """
        path = alignments_file(settings)
        if not path.is_file():
            return cls()
        import pyoxigraph as ox

        try:
            quads = list(ox.parse(path=path, format=ox.RdfFormat.TURTLE))
        except SyntaxError as error:
            raise ArtefactError(path, said("broken", error)) from error
        except OSError as error:
            raise ArtefactError(path, said("unreadable", error)) from error
        for node in (node for quad in quads for node in (quad.subject, quad.object)):
            if isinstance(node, ox.BlankNode):
                raise ArtefactError(path, said("blank-node", node))
        matches = sorted(
            Match(quad.subject.value, _BY_IRI[quad.predicate.value], quad.object.value)
            for quad in quads
            if quad.predicate.value in _BY_IRI and isinstance(quad.object, ox.NamedNode)
        )
        return cls(tuple(sorted({str(quad.triple) for quad in quads})), tuple(matches))

    def namespaces(self) -> dict[str, int]:
        """Return what the names of targets begin with, up to their last part, and how many matches lead there.

        >>> match = Match("https://a.example/concept/x", "skos:exactMatch", "https://b.example/entity/Q1")
        >>> Alignments(matches=(match,)).namespaces()
        {'https://b.example/entity/': 1}
        """
        found: dict[str, int] = {}
        for match in self.matches:
            start = match.target[: max(match.target.rfind("/"), match.target.rfind("#")) + 1]
            found[start] = found.get(start, 0) + 1
        return dict(sorted(found.items()))
