"""The forms of the report, for the person who mends the pages and for programs.

They are files in the folder ``report/`` of a publication:

============================ ===========================================================================
``index.html``, ``en.html``  the page for people, in French and in English
``report.fr.txt``, ``.en``   the same as text
``report.json``              the same for programs, with everything in both languages
``report.ttl``, ``.jsonld``  the results of the shapes, as a W3C ``sh:ValidationReport``
============================ ===========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO, BinaryIO, Final, Protocol

from commons_ld.messages import Language
from commons_ld.outputs import report_json, report_rdf, report_text
from commons_ld.outputs.report import Report
from commons_ld.validation import Result

__all__ = [
    "NAMES",
    "Folder",
    "json_of",
    "text_of",
    "to_html",
    "write",
    "write_form",
]


class Folder(Protocol):
    """Where files are written, such as :class:`commons_ld.outputs.generation.Generation`."""

    def open(self, name: str) -> BinaryIO:
        """Return a new file to write into."""


class _Results(Iterable[Result]):
    """The results of the shapes of a report, which can be gone through again and again."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __iter__(self) -> Iterator[Result]:
        return (result for page in self._report.pages for result in page.results)


def text_of(report: Report, language: Language, most: int | None = None) -> Iterator[str]:
    """Yield the lines of the report as text, each with its end: it may be longer than what memory holds.

    :param most: how many pages of a kind are shown to somebody who reads it as it goes by; where there are more, it
        begins with what they have in common. ``None`` for all
    """
    return report_text.render(report, language, most)


def to_html(report: Report, language: Language) -> str:
    """Return the report as a page; it needs ``report.css`` beside it."""
    from commons_ld.outputs.report_html import render

    return render(report, language)


def json_of(report: Report) -> Iterator[bytes]:
    """Yield the report as JSON in pieces: it may be longer than what memory holds.

    See ``docs/validation.md`` for its members.
    """
    return report_json.render(report)


def _write_turtle(report: Report, file: IO[bytes]) -> None:
    report_rdf.turtle(_Results(report), report.base_iri, file)


def _write_style(_report: Report, file: IO[bytes]) -> None:
    from commons_ld.outputs.report_html import stylesheet

    file.write(stylesheet())


def _text(language: Language) -> Callable[[Report, IO[bytes]], None]:
    return lambda report, file: file.writelines(line.encode() for line in text_of(report, language))


def _html(language: Language) -> Callable[[Report, IO[bytes]], object]:
    return lambda report, file: file.write(to_html(report, language).encode())


#: What writes each file; what takes longest comes first, so that machines that share them end together.
_FORMS: Final[dict[str, Callable[[Report, IO[bytes]], object]]] = {
    "report/index.html": _html("fr"),
    "report/report.fr.txt": _text("fr"),
    "report/report.en.txt": _text("en"),
    "report/en.html": _html("en"),
    "report/report.ttl": _write_turtle,
    "report/report.json": lambda report, file: file.writelines(json_of(report)),
    "report/report.jsonld": lambda report, file: file.writelines(report_rdf.json_ld(_Results(report), report.base_iri)),
    "report/report.css": _write_style,
}
#: The files, by their names in a publication.
NAMES: Final = tuple(_FORMS)


def write(report: Report, folder: Folder) -> None:
    """Write the report in all its forms, holding no more than one page of it in memory."""
    for name in NAMES:
        with folder.open(name) as file:
            write_form(report, name, file)


def write_form(report: Report, name: str, file: IO[bytes]) -> None:
    """Write the report in one of its forms.

    :param name: one of :data:`NAMES`
    """
    _FORMS[name](report, file)
