"""Faults of a publication, made in one place of what it is made of: what harvesters are to find."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from commons_ld.harvesters.rules import Verdict
from commons_ld.rdf.namespaces import expand
from tests.surfaces import BASE, Core

DATASET, CATALOG = f"{BASE}dataset", f"{BASE}catalog"
FILE, SERVICE = f"{CATALOG}#distribution-dataset.ttl", f"{CATALOG}#sparql"
CHECKSUM, PERIOD = f"{CATALOG}#checksum-dataset.ttl", f"{CATALOG}#period"
PUBLISHER = f"{BASE}organization/remix-the-commons"
RECORD, RECORDING = f"{BASE}session/21-12-un-essai", f"{BASE}session/21-12-un-essai/recording"
LANGUAGE = "http://publications.europa.eu/resource/authority/language/FRA"
FRANCE = "http://publications.europa.eu/resource/authority/country/FRA"
SOCIETY = "http://publications.europa.eu/resource/authority/data-theme/SOCI"
TURTLE = "http://publications.europa.eu/resource/authority/file-type/RDF_TURTLE"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"

Mutate = Callable[[Core], Core]


def _start(subject: str, property_: str) -> bytes:
    return f"<{subject}> <{_long(property_)}> ".encode()


def _long(curie: str) -> str:
    if curie.startswith("vcard:"):
        return f"http://www.w3.org/2006/vcard/ns#{curie.removeprefix('vcard:')}"
    return expand(curie)


def without(subject: str, *properties: str) -> Mutate:
    """Take what is said of something by some properties out of the description of the dataset."""
    starts = tuple(_start(subject, name) for name in properties)

    def mutate(core: Core) -> Core:
        left = tuple(line for line in core.catalog if not line.startswith(starts))
        assert len(left) < len(core.catalog)
        return core._replace(catalog=left)

    return mutate


def saying(subject: str, property_: str, value: str) -> Mutate:
    """Say something more in the description of the dataset."""
    return lambda core: core._replace(catalog=(*core.catalog, _start(subject, property_) + value.encode() + b" .\n"))


def instead(subject: str, property_: str, value: str) -> Mutate:
    """Say something else in the description of the dataset."""
    return lambda core: saying(subject, property_, value)(without(subject, property_)(core))


def record_without(*properties: str) -> Mutate:
    """Take what is said of the record or its recording by some properties out of its graph."""
    starts = tuple(_start(subject, name) for name in properties for subject in (RECORD, RECORDING))

    def mutate(core: Core) -> Core:
        lines = core.block.splitlines(keepends=True)
        left = [line for line in lines if not line.startswith(starts)]
        assert len(left) < len(lines)
        return core._replace(block=b"".join(left))

    return mutate


def record_instead(old: str, new: str) -> Mutate:
    """Put another value in the graph of the record."""

    def mutate(core: Core) -> Core:
        assert old.encode() in core.block
        return core._replace(block=core.block.replace(old.encode(), new.encode()))

    return mutate


def revision_without_time(core: Core) -> Core:
    """Take the time of the revision away, as of a page that was copied by hand."""
    lines = core.description.splitlines(keepends=True)
    left = b"".join(line for line in lines if expand("prov:generatedAtTime").encode() not in line)
    assert left != core.description
    return core._replace(description=left)


def setting(**changed: object) -> Mutate:
    """Change a setting of the table ``[dataset]``."""
    return lambda core: core._replace(
        settings=msgspec.structs.replace(
            core.settings, dataset=msgspec.structs.replace(core.settings.dataset, **changed)
        )
    )


def podcast(**changed: str) -> Mutate:
    """Change a setting of the table ``[podcast]``."""
    return lambda core: core._replace(
        settings=msgspec.structs.replace(
            core.settings, podcast=msgspec.structs.replace(core.settings.podcast, **changed)
        )
    )


def edited(end: str, pattern: str, new: str | Callable[[re.Match[str]], str]) -> Mutate:
    """Change a file where a pattern stands in it, as a fault of ours or of who copied it would."""

    def edit(name: str, text: str) -> str:
        if not name.endswith(end):
            return text
        changed = re.sub(pattern, new, text, flags=re.DOTALL)
        assert changed != text, (name, pattern)
        return changed

    return lambda core: core._replace(edit=edit)


def unreadable(verdict: Verdict) -> list[str]:
    """Return what a harvester that rejects a publication could not read of it."""
    assert verdict.word == "rejected"
    return [one.node for one in verdict.findings if one.code == "unreadable"]
