"""The concept scheme as a whole, as files beside the page that lists it: Turtle, JSON-LD, N-Triples and CSV."""

from __future__ import annotations

import csv
import io
from typing import Final

from commons_ld.outputs.generation import Generation
from commons_ld.outputs.records import render_statements
from commons_ld.site.layout import ROOT
from commons_ld.site.told import tell_triples, texts_of

__all__ = ["SCHEME", "write_scheme"]

#: What the page and the files are called, before their suffixes.
SCHEME: Final = "concepts"
_LANGUAGES: Final = ("fr", "en", "es")
_COLUMNS: Final = (
    "concept",
    *(f"label_{tag}" for tag in _LANGUAGES),
    "other_labels",
    "facets",
    "definition",
    "broader",
    "matches",
    "replaced_by",
    "deprecated",
)
_MATCHES: Final = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def write_scheme(generation: Generation, statements: bytes, iri: str, base_iri: str) -> None:
    """Write the files.

    :param statements: of the scheme and its alignments, as canonical N-Triples
    :param iri: of the scheme
    :raises PublicationError: if a file cannot be written
    """
    turtle, document = render_statements(iri, statements.splitlines(keepends=True), base_iri)
    generation.renew(f"{ROOT}{SCHEME}.ttl", turtle)
    generation.renew(f"{ROOT}{SCHEME}.jsonld", document)
    generation.renew(f"{ROOT}{SCHEME}.nt", statements)
    generation.renew(f"{ROOT}{SCHEME}.csv", _csv(statements).encode())


def _csv(statements: bytes) -> str:
    """Return the concepts as a table; what a spreadsheet program would take for a formula has a quote before it."""
    about = tell_triples(statements)
    facets: dict[str, list[str]] = {}
    for subject, properties in about.items():
        for member in properties.get("skos:member", ()):
            facets.setdefault(member[1:-1].decode(), []).append(subject.rpartition("/")[2])
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for iri, properties in sorted(about.items()):
        if not any(value.endswith(b"#Concept>") for value in properties.get("rdf:type", ())):
            continue
        labels = texts_of(properties.get("skos:prefLabel", ()))
        row = [
            iri,
            *(next((text.text for text in labels if text.language == tag), "") for tag in _LANGUAGES),
            " | ".join(sorted(text.text for text in texts_of(properties.get("skos:altLabel", ())))),
            " | ".join(sorted(facets.get(iri, ()))),
            " | ".join(text.text for text in texts_of(properties.get("skos:definition", ()))),
            *(_iris(properties, *names) for names in (("skos:broader",), _MATCHES, ("dcterms:isReplacedBy",))),
            "true" if "owl:deprecated" in properties else "",
        ]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in row])
    return file.getvalue()


def _iris(properties: dict[str, list[bytes]], *names: str) -> str:
    return " | ".join(sorted(value[1:-1].decode() for name in names for value in properties.get(name, ())))
