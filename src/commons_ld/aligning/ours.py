"""What of ours can be aligned: concepts, and the persons, organizations and collections of a publication."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from commons_ld.iris import IriPolicy
from commons_ld.rdf.n_quads import n_quads_of, opened
from commons_ld.rdf.namespaces import expand
from commons_ld.vocabulary import Scheme

__all__ = ["OwnLabel", "own_labels"]

_NAMES = (expand("schema:name"), expand("dcterms:title"))


class OwnLabel(NamedTuple):
    """A label of something of ours.

    :param kind: ``concept``, ``person``, ``organization`` or ``collection``
    """

    iri: str
    text: str
    language: str
    is_main: bool
    kind: str


def own_labels(scheme: Scheme, out: Path, policy: IriPolicy) -> Iterator[OwnLabel]:
    """Yield the labels of what can be aligned; of what was given up none.

    :param out: the folder of the publication; where there is none, there are concepts alone
    """
    for iri in scheme.concepts:
        if not scheme.is_given_up(iri):
            for name in ("skos:prefLabel", "skos:altLabel"):
                for text, language in scheme.texts(iri, name):
                    yield OwnLabel(iri, text, language.lower(), name == "skos:prefLabel", "concept")
    path = n_quads_of(out)
    if path.is_file():
        # Each record that names a person says what that person is called.
        yield from dict.fromkeys(_published(path, policy))


def _published(path: Path, policy: IriPolicy) -> Iterator[OwnLabel]:
    import pyoxigraph as ox

    starts = {kind: b"<" + policy.mint(kind, "").encode() for kind in ("person", "organization", "collection")}
    names = tuple(b" <" + name.encode() + b"> " for name in _NAMES)
    with opened(path) as file:
        for line in file:
            for kind, start in starts.items():
                if line.startswith(start) and any(name in line for name in names):
                    (quad,) = ox.parse(line, format=ox.RdfFormat.N_QUADS)
                    parsed = policy.parse(quad.subject.value)
                    if (
                        quad.predicate.value in _NAMES
                        and isinstance(quad.object, ox.Literal)
                        and parsed
                        and not parsed.part
                    ):
                        yield OwnLabel(
                            quad.subject.value, quad.object.value, (quad.object.language or "").lower(), True, kind
                        )
