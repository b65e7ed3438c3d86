"""A vocabulary to reconcile with: the entities of ``tests/cases/reconcile``, in an index of their own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from commons_ld.iris import IriPolicy
from commons_ld.outputs.label_index import LabelGatherings
from commons_ld.outputs.search_index import writing
from commons_ld.rdf import terms
from commons_ld.rdf.namespaces import expand
from commons_ld.reconciling.labels import Labels
from commons_ld.reconciling.matching import Matcher
from commons_ld.settings import Settings

__all__ = ["CASES", "POLICY", "index_of", "matcher_of", "rows"]

CASES: Final = Path(__file__).parent / "cases" / "reconcile"
POLICY: Final = IriPolicy(Settings().base_iri)


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of the cases."""
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def index_of(folder: Path, entities: list[dict[str, str]]) -> Path:
    """Index entities: concepts in the scheme, all others each in the block of a record that names it."""
    gatherings = (LabelGatherings(POLICY),)
    with writing(folder, base_iri=POLICY.base_iri, made_with="", previous="", gatherings=gatherings) as index:
        index.add(b"".join(sorted(_scheme(entities))))
        for number, row in enumerate(row for row in entities if row["kind"] != "concept"):
            name = row["slug"] if row["kind"] in ("session", "media") else f"record-{number}"
            lines = [*_named(row, name), *_named({"kind": "session", "slug": name, "fr": name}, name)]
            if row["kind"] in ("session", "media"):
                lines = list(_named(row, name))
            index.add(b"".join(sorted(lines)))
        return index.finish("cases")


def matcher_of(index: Path) -> Matcher:
    """Return what matches with an index."""
    return Matcher(Labels(index, POLICY.base_iri), POLICY)


def _scheme(entities: list[dict[str, str]]) -> Iterator[bytes]:
    graph = terms.iri(POLICY.mint("graph", "concepts"))
    for row in entities:
        if row["kind"] == "concept":
            subject = terms.iri(POLICY.mint("concept", row["slug"]))
            for language in ("fr", "en", "es"):
                if row[language]:
                    yield _statement(subject, "skos:prefLabel", row[language], language, graph)
            if row["other"]:
                yield _statement(subject, "skos:altLabel", row["other"], "fr", graph)


def _named(row: dict[str, str], record: str) -> Iterator[bytes]:
    subject, graph = POLICY.mint(row["kind"], row["slug"]), terms.iri(POLICY.mint("graph", record))  # type: ignore[arg-type]
    if row["kind"] in ("person", "organization"):
        yield _statement(terms.iri(subject), "schema:name", row["other"], "", graph)
    else:
        yield _statement(terms.iri(subject), "dcterms:title", row["fr"], "fr", graph)


def _statement(subject: bytes, name: str, text: str, language: str, graph: bytes) -> bytes:
    tag = b"@" + language.encode() if language else b""
    return b"%b <%b> %b%b %b .\n" % (subject, expand(name).encode(), terms.string(text), tag, graph)
