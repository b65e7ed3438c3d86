"""Ask a publication by OAI-PMH, as a harvester does from end to end, without a server, and hold its rules to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from lxml import etree

from commons_ld.errors import PublicationError
from commons_ld.feeds.oai import respond
from commons_ld.feeds.oai_publication import read_labels, read_rows, repository_of
from commons_ld.harvesters.documents import Found, Notes, parsed
from commons_ld.settings import Settings

__all__ = ["answers", "check_oai"]

_OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")
_RECORD: Final = ("notice", "record")
_TOKEN: Final = "{http://www.openarchives.org/OAI/2.0/}resumptionToken"  # noqa: S105 - the name of an element


def answers(site: Path, settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the body of each answer to a harvester that takes everything in Dublin Core.

    Answers that lie in ``feeds/oai/`` already are taken as they are; otherwise the publication above is asked.

    :raises PublicationError: if that is damaged, or not all there
    """
    folder = site / "feeds" / "oai"
    written = sorted(folder.rglob("*.xml")) if folder.is_dir() else []
    for path in written:
        yield path.relative_to(site).as_posix(), path.read_bytes()
    rows = read_rows(site.parent)
    if written or not rows:
        return
    address = f"{settings.base_iri}oai"
    try:
        labels = read_labels(site.parent, settings)
    except OSError as error:
        raise PublicationError(site.parent, f"is not all there: {error}; run commons-ld export again") from error
    repository = repository_of(settings, site.parent, rows, labels, address)
    yield "Identify", respond([("verb", "Identify")], repository)
    asked = [("verb", "ListRecords"), ("metadataPrefix", "oai_dc")]
    while asked:
        answer = respond(asked, repository)
        yield "ListRecords", answer
        token = next(ElementTree.fromstring(answer).iter(_TOKEN), None)  # noqa: S314 - it was made here
        asked = [("verb", "ListRecords"), ("resumptionToken", token.text)] if token is not None and token.text else []


def check_oai(answers: Iterable[tuple[str, bytes]]) -> Found:
    """Return what an OAI-PMH harvester would say.

    :param answers: what it is answered, with the name of each
    """
    notes = Notes(_RECORD)
    for name, data in answers:
        root = parsed(data, name, notes)
        if root is None or root.tag != f"{_OAI}OAI-PMH":
            continue
        for identify in root.iter(f"{_OAI}Identify"):
            for part in (
                "repositoryName",
                "baseURL",
                "protocolVersion",
                "earliestDatestamp",
                "deletedRecord",
                "granularity",
                "adminEmail",
            ):
                notes.demand(
                    identify.findtext(f"{_OAI}{part}"),
                    f"identify-{part}",
                    "Violation",
                    name,
                    f"Identify ne dit pas {part}.",
                    f"Identify does not tell {part}.",
                )
        for record in root.iter(f"{_OAI}record"):
            header = record.find(f"{_OAI}header")
            identifier = "" if header is None else header.findtext(f"{_OAI}identifier") or ""
            node = identifier or name
            notes.demand(
                identifier,
                "record-identifier",
                "Violation",
                node,
                "Une notice n'a pas d'identifiant.",
                "A record has no identifier.",
            )
            stamp = "" if header is None else header.findtext(f"{_OAI}datestamp") or ""
            notes.demand(
                _DAY.fullmatch(stamp),
                "record-datestamp",
                "Violation",
                node,
                "La date d'une notice n'est pas en UTC, à la granularité dite.",
                "The datestamp of a record is not in UTC, at the granularity told.",
            )
            if header is not None and header.get("status") == "deleted":
                notes.counts[_RECORD] += 1
                continue
            for dc in record.iter("{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"):
                notes.counts[_RECORD] += 1
                _dublin_core(dc, node, notes)
    return notes.end()


def _dublin_core(dc: etree._Element, node: str, notes: Notes) -> None:
    notes.demand(
        all(one.tag.startswith(_DC) for one in dc if isinstance(one.tag, str)),
        "dc-element",
        "Violation",
        node,
        "Une notice a un élément qui n'est pas du Dublin Core.",
        "A record has an element that is not Dublin Core.",
    )
    notes.demand(
        any(one.text for one in dc.iter(f"{_DC}title")),
        "dc-title",
        "Warning",
        node,
        "Une notice n'a pas de titre.",
        "A record has no title.",
    )
    first = dc.findtext(f"{_DC}identifier") or ""
    notes.demand(
        first.startswith("http"),
        "dc-identifier",
        "Warning",
        node,
        "Le premier identifiant d'une notice n'est pas l'adresse de sa page.",
        "The first identifier of a record is not the address of its page.",
    )
    notes.demand(
        dc.findtext(f"{_DC}type"),
        "dc-type",
        "Warning",
        node,
        "Une notice ne dit pas son type ; remplir « Média ».",
        "A record does not tell its type; fill in 'Média'.",
    )
    notes.demand(
        dc.findtext(f"{_DC}rights"),
        "dc-rights",
        "Warning",
        node,
        "Une notice ne dit pas ses droits ; si une déclaration vaut pour toutes, régler dataset.rights.",
        "A record does not tell its rights; if one statement is true of all, set dataset.rights.",
        "dataset.rights",
    )
