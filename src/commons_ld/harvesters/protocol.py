"""Ask a publication by OAI-PMH, as a harvester does from end to end, without a server, and hold its rules to it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from operator import methodcaller
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from lxml import etree

from commons_ld.chunks import SUMS
from commons_ld.errors import PublicationError
from commons_ld.feeds.oai import respond
from commons_ld.feeds.oai_publication import read_labels, read_rows, repository_of
from commons_ld.harvesters.documents import Notes, parsed
from commons_ld.harvesters.rules import Found, Rule
from commons_ld.outputs.sums import Sums
from commons_ld.rdf.n_quads import n_quads_of
from commons_ld.sentences.publication import said
from commons_ld.settings import Settings

__all__ = ["DUBLIN_CORE", "IDENTIFY", "RECORDS", "answers", "check_oai"]

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
        _see_whole(site.parent)
        labels = read_labels(site.parent, settings)
    except OSError as error:
        raise PublicationError(site.parent, said("incomplete", error.strerror or error)) from error
    repository = repository_of(settings, site.parent, rows, labels, address)
    yield "Identify", respond([("verb", "Identify")], repository)
    asked = [("verb", "ListRecords"), ("metadataPrefix", "oai_dc")]
    while asked:
        answer = respond(asked, repository)
        yield "ListRecords", answer
        token = next(ElementTree.fromstring(answer).iter(_TOKEN), None)  # noqa: S314 - it was made here
        asked = [("verb", "ListRecords"), ("resumptionToken", token.text)] if token is not None and token.text else []


def _see_whole(publication: Path) -> None:
    """See that the N-Quads, which the answers are made of, are those that were published."""
    path, sums = n_quads_of(publication), publication / SUMS
    if not sums.is_file():
        return
    with closing(Sums(sums)) as published, path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest().encode() != published.get(path.name.encode()):
            raise PublicationError(path, said("damaged"))


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
            notes.hold(IDENTIFY, identify, name)
        for record in root.iter(f"{_OAI}record"):
            node = _of_header(record, "identifier") or name
            notes.hold(RECORDS, record, node)
            header = record.find(f"{_OAI}header")
            if header is not None and header.get("status") == "deleted":
                notes.counts[_RECORD] += 1
                continue
            for dc in record.iter("{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"):
                notes.counts[_RECORD] += 1
                notes.hold(DUBLIN_CORE, dc, node)
    return notes.end()


def _of_header(record: etree._Element, name: str) -> str:
    """Return what the header of a record tells, or ``""``."""
    return record.findtext(f"{_OAI}header/{_OAI}{name}") or ""


_Rules = tuple[Rule[etree._Element], ...]

IDENTIFY: Final[_Rules] = tuple(
    Rule(f"identify-{part}", "Violation", methodcaller("findtext", f"{_OAI}{part}"), f"Identify ne dit pas {part}.", f"Identify does not tell {part}.")
    for part in ("repositoryName", "baseURL", "protocolVersion", "earliestDatestamp", "deletedRecord", "granularity", "adminEmail")
)  # fmt: skip

RECORDS: Final[_Rules] = (
    Rule("record-identifier", "Violation", lambda one: _of_header(one, "identifier"), "Une notice n'a pas d'identifiant.", "A record has no identifier."),
    Rule("record-datestamp", "Violation", lambda one: _DAY.fullmatch(_of_header(one, "datestamp")), "La date d'une notice n'est pas en UTC, à la granularité dite.", "The datestamp of a record is not in UTC, at the granularity told."),
)  # fmt: skip

DUBLIN_CORE: Final[_Rules] = (
    Rule("dc-element", "Violation", lambda dc: all(one.tag.startswith(_DC) for one in dc.iterchildren("{*}*")), "Une notice a un élément qui n'est pas du Dublin Core.", "A record has an element that is not Dublin Core."),
    Rule("dc-title", "Warning", lambda dc: any(one.text for one in dc.iter(f"{_DC}title")), "Une notice n'a pas de titre.", "A record has no title."),
    Rule("dc-identifier", "Warning", lambda dc: (dc.findtext(f"{_DC}identifier") or "").startswith("http"), "Le premier identifiant d'une notice n'est pas l'adresse de sa page.", "The first identifier of a record is not the address of its page."),
    Rule("dc-type", "Warning", lambda dc: dc.findtext(f"{_DC}type"), "Une notice ne dit pas son type ; remplir « Média ».", "A record does not tell its type; fill in 'Média'."),
    Rule("dc-rights", "Warning", lambda dc: dc.findtext(f"{_DC}rights"), "Une notice ne dit pas ses droits ; si une déclaration vaut pour toutes, régler dataset.rights.", "A record does not tell its rights; if one statement is true of all, set dataset.rights.", "dataset.rights"),
)  # fmt: skip
