"""What the concept scheme says of its concepts, read from its block: labels, definitions and facets, by language."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.namespaces import expand
from commons_ld.outputs.search_record import statements, value_of

__all__ = ["Scheme", "read_scheme"]

_PREF: Final = expand("skos:prefLabel").encode()
_ALT: Final = expand("skos:altLabel").encode()
_DEFINITION: Final = expand("skos:definition").encode()
_MEMBER: Final = expand("skos:member").encode()
_TYPE: Final = expand("rdf:type").encode()
_CONCEPT: Final = f"<{expand('skos:Concept')}>".encode()

Labels = dict[str, dict[str, str]]


class Scheme:
    """The concepts of the scheme, by their names in IRIs."""

    def __init__(self) -> None:
        self.labels: Final[Labels] = {}
        self.definitions: Final[Labels] = {}
        self.others: Final[dict[str, list[tuple[str, str]]]] = {}
        #: The label of each facet, with its concepts.
        self.facets: Final[list[tuple[dict[str, str], list[str]]]] = []

    def label(self, slug: str, language: Language, given: str = "") -> str:
        """Return what a concept is called: in this language, in another, as a record calls it, or its name in IRIs."""
        labels = self.labels.get(slug, {})
        return labels.get(language) or (labels[min(labels)] if labels else "") or given or slug.replace("-", " ")


def read_scheme(block: bytes, policy: IriPolicy) -> Scheme:
    """Return the scheme.

    :param block: canonical N-Quads of ``graph/concepts``
    """
    scheme, members = Scheme(), defaultdict[bytes, list[str]](list)
    facets: dict[bytes, dict[str, str]] = {}
    concepts = {subject for subject, predicate, value in statements(block) if (predicate, value) == (_TYPE, _CONCEPT)}
    for subject, predicate, value in statements(block):
        slug = _slug(subject, policy)
        if predicate == _MEMBER:
            members[subject].append(_slug(value[1:-1], policy))
        elif predicate in (_PREF, _ALT, _DEFINITION):
            text, tag = value_of(value), value[value.rindex(b'"') + 2 :].decode()
            if predicate == _ALT:
                scheme.others.setdefault(slug, []).append((text, tag))
            elif predicate == _DEFINITION:
                scheme.definitions.setdefault(slug, {})[tag] = text
            elif subject in concepts:
                scheme.labels.setdefault(slug, {})[tag] = text
            else:
                facets.setdefault(subject, {})[tag] = text
    scheme.facets.extend((facets.get(facet, {}), sorted(slugs)) for facet, slugs in sorted(members.items()))
    return scheme


def _slug(iri: bytes, policy: IriPolicy) -> str:
    parsed = policy.parse(iri.decode())
    return parsed.slug if parsed else iri.rpartition(b"/")[2].decode()
