"""The report: what an export has to say of the pages it read, for the person who mends them and for programs.

Its files, in the folder ``report/`` of a publication:

============================ ===========================================================================
``index.html``, ``en.html``  the page for people, in French and in English
``report.fr.txt``, ``.en``   the same as text
``report.json``              the same for programs, with everything in both languages
``report.ttl``, ``.jsonld``  the results of the shapes, as a W3C ``sh:ValidationReport``
============================ ===========================================================================

The values in it come from records whose personal data was withheld before.
"""

from __future__ import annotations

from typing import Final, Protocol

import msgspec

from commons_ld.errors import SourceError
from commons_ld.mapping import Candidate
from commons_ld.messages import MESSAGES, Language, Severity, message
from commons_ld.origin import Origin
from commons_ld.record import Remark, Unrecognised
from commons_ld.validation import Result

__all__ = [
    "Folder",
    "PageReport",
    "Refusal",
    "Report",
    "to_html",
    "to_json",
    "to_json_ld",
    "to_text",
    "to_turtle",
    "write",
]

#: The folder of the report in a publication.
_FOLDER: Final = "report"


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page that did not become a record, and why.

    :param code: which sentence of :data:`commons_ld.messages.MESSAGES` says it
    :param field: the field concerned, as the source calls it
    """

    code: str
    origin: Origin
    field: str = ""
    value: str = ""

    @classmethod
    def of(cls, error: SourceError) -> Refusal:
        """Return the refusal that an error stands for; its value is to be without personal data."""
        return cls(error.code, error.origin, error.field, error.value)

    @property
    def is_fault(self) -> bool:
        """Whether there is something to mend, and not only something to know."""
        return MESSAGES[self.code].severity != "Info"

    def says(self, language: Language) -> str:
        """Return the sentence that tells what is wrong, and what to do.

        >>> Refusal("missing-title", Origin("a.txt")).says("en")
        'the page has no title; write the title on its first line'
        """
        return message(self.code, language, field=self.field, value=self.value)


class PageReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What there is to say of one page.

    :param origin: the file, and the place in it
    :param iri: of the record
    :param page_url: of the wiki page, ``""`` where it has none
    :param held: whether the record is held back from the publication
    :param is_checked: whether any shape met the record
    :param lines: the line of each field that was found
    :param results: of the shapes
    :param remarks: of the reader and of the mapping
    :param unrecognised: labels that belong to no field
    :param candidates: labels that are no known concept
    """

    origin: Origin
    title: str = ""
    iri: str = ""
    page_url: str = ""
    held: bool = False
    is_checked: bool = True
    lines: dict[str, int] = {}
    results: tuple[Result, ...] = ()
    remarks: tuple[Remark, ...] = ()
    unrecognised: tuple[Unrecognised, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def has_something_to_say(self) -> bool:
        """Whether it belongs in a report at all."""
        told = self.results or self.remarks or self.unrecognised or self.candidates
        return bool(self.held or not self.is_checked or told)

    @property
    def worst(self) -> Severity | None:
        """The gravest of what there is to say; a label that is not known is to be checked."""
        severities = {result.severity for result in self.results}
        severities |= {MESSAGES[remark.code].severity for remark in self.remarks}
        if self.held or not self.is_checked or "Violation" in severities:
            return "Violation"
        if self.unrecognised or "Warning" in severities:
            return "Warning"
        return "Info" if self.has_something_to_say else None


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """What there is to say of an archive.

    :param published: how many records are
    :param held: how many records are held back
    :param refused: pages that became no record
    :param passed_over: pages that became none, and rightly so: a dump holds the whole wiki
    :param pages: those that there is something to say of
    :param focus_nodes: how many nodes each shape met, by the IRI of the shape
    :param empty_shapes: shapes that met none although there are nodes of their kind
    :param shape_labels: what each shape is called, by language
    :param base_iri: of the archive
    """

    published: int = 0
    held: int = 0
    refused: tuple[Refusal, ...] = ()
    passed_over: tuple[Refusal, ...] = ()
    pages: tuple[PageReport, ...] = ()
    focus_nodes: dict[str, int] = {}
    empty_shapes: tuple[str, ...] = ()
    shape_labels: dict[str, dict[str, str]] = {}
    base_iri: str = "urn:commons-ld:"

    @property
    def records(self) -> int:
        """How many records were read."""
        return self.published + self.held

    @property
    def conforms(self) -> bool:
        """Whether nothing has to be mended: no page refused, no record with a Violation, no empty shape."""
        return not (self.refused or self.held or self.empty_shapes) and self.worst != "Violation"

    @property
    def worst(self) -> Severity | None:
        """The gravest of what there is to say, ``None`` where that is no more than advice."""
        found = {page.worst for page in self.pages}
        if self.refused or self.empty_shapes or "Violation" in found:
            return "Violation"
        return "Warning" if "Warning" in found else None


class Folder(Protocol):
    """Where files are written, such as :class:`commons_ld.outputs.generation.Generation`."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""


def to_text(report: Report, language: Language) -> str:
    """Return the report as text for a terminal, its lines ended."""
    from commons_ld.outputs.report_text import render

    return render(report, language)


def to_html(report: Report, language: Language) -> str:
    """Return the report as a page; it needs ``report.css`` beside it."""
    from commons_ld.outputs.report_html import render

    return render(report, language)


def to_json(report: Report) -> bytes:
    """Return the report as JSON: see ``docs/validation.md`` for its members."""
    from commons_ld.outputs.report_json import render

    return render(report)


def to_turtle(report: Report) -> bytes:
    """Return the results of the shapes as a ``sh:ValidationReport`` in Turtle."""
    from commons_ld.outputs.report_rdf import turtle

    return turtle(_results(report), report.base_iri)


def to_json_ld(report: Report) -> bytes:
    """Return the results of the shapes as a ``sh:ValidationReport`` in JSON-LD, its context included."""
    from commons_ld.outputs.report_rdf import json_ld

    return json_ld(_results(report), report.base_iri)


def _results(report: Report) -> list[Result]:
    return [result for page in report.pages for result in page.results]


def write(report: Report, folder: Folder) -> None:
    """Write the report in all its forms."""
    from commons_ld.outputs.report_html import stylesheet

    files = {
        "index.html": to_html(report, "fr").encode(),
        "en.html": to_html(report, "en").encode(),
        "report.css": stylesheet(),
        "report.fr.txt": to_text(report, "fr").encode(),
        "report.en.txt": to_text(report, "en").encode(),
        "report.json": to_json(report),
        "report.ttl": to_turtle(report),
        "report.jsonld": to_json_ld(report),
    }
    for name, data in files.items():
        folder.write(f"{_FOLDER}/{name}", data)
