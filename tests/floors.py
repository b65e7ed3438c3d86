"""The floors of the package: what stands on one imports what stands below it, and nothing else."""

from __future__ import annotations

from typing import Final

__all__ = ["FLOORS"]

#: From the ground up; a name stands for a module or for a package with all that is in it.
FLOORS: Final = (
    ("bare_page", "catalogue_codes", "credentials", "field_names", "files", "memo", "messages", "origin", "text"),
    ("dates", "errors", "likeness", "record", "sentences"),
    ("processes", "rdf"),
    ("artefacts", "codes", "iris", "settings", "sparql"),
    (
        "alignments",
        "chunks",
        "concepts",
        "dump_files",
        "http_client",
        "media_types",
        "moments",
        "record_schema",
        "redaction",
    ),
    ("sources", "privacy", "registers"),
    ("ledger", "mapping"),
    ("validation", "wiki", "stores"),
    ("harvesting",),
    ("catalog", "outputs", "provenance"),
    ("rendering", "vocabulary"),
    ("feeds", "folders", "linking"),
    ("site", "describing", "hosting"),
    ("cookbook", "crosswalk_graph", "reconciling", "searching", "starting"),
    ("pipeline",),
    ("explaining", "querying", "aligning"),
    ("library", "web", "taking_back", "cluster"),
    ("harvesters",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
