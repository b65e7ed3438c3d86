"""A report that has something of everything, for the tests of its forms."""

import io
from typing import BinaryIO

import lxml.html
from rdflib import SH

from commons_ld.mapping import Candidate
from commons_ld.messages import Language
from commons_ld.origin import Origin
from commons_ld.outputs.report import PageReport, Refusal, Report
from commons_ld.outputs.report_files import text_of, to_html, write_form
from commons_ld.record import Remark, Unrecognised
from commons_ld.validation import Result

BASE, SHAPE = "https://example.org/", "https://example.org/shapes#"
STRING = "http://www.w3.org/2001/XMLSchema#string"
SESSION = f"{BASE}session/21-12-plaidoyer-2022"
LANGUAGES: tuple[Language, Language] = ("fr", "en")


def result(path: str, fr: str, en: str, **more: object) -> Result:
    """Return a result about the duration of the recording, but for what is given."""
    given: dict[str, object] = {
        "focus_node": f"{SESSION}/recording",
        "severity": "Violation",
        "source_shape": f"{SHAPE}duration",
        "component": str(SH.OrConstraintComponent),
        "path": path,
        "value": "00/25:00",
        "value_type": STRING,
        "messages": {"fr": fr, "en": en},
        "label": {"fr": "Durée", "en": "Duration"},
    }
    return Result(**given | more)  # type: ignore[arg-type]


NO_TIME = result(
    "", "Ce n'est pas un temps.", "It is no time.", focus_node="00/25:00", component=str(SH.DatatypeConstraintComponent)
)
HELD = PageReport(
    origin=Origin("pages/21.12.txt"),
    title="21.12 Plaidoyer 2022",
    iri=SESSION,
    page_url="https://wiki.example.org/21.12_Plaidoyer_2022",
    held=True,
    lines={"duration": 9},
    results=(
        result(
            "http://purl.org/dc/terms/extent",
            "La durée ne se lit pas ; écrire par exemple 01:00:00.",
            "The duration cannot be read; write for example 01:00:00.",
            details=(NO_TIME,),
        ),
        result("https://schema.org/duration", "Ce n'est pas un temps.", "It is no time."),
        result(
            "https://schema.org/author",
            "La note n'a pas d'auteur.",
            "The note has no author.",
            focus_node=f"{SESSION}/note/12",
            severity="Info",
            value="",
            value_type="",
            label={"fr": "Auteur de la note", "en": "Author of the note"},
        ),
    ),
)
HOSTILE = "<script>alert(1)</script> \u202e\x1b[31m"
OTHER = PageReport(
    origin=Origin("pages/all.csv", line=4, page="Eau"),
    title=f"Eau {HOSTILE}",
    iri=f"{BASE}media/eau",
    page_url="javascript:alert(1)",
    remarks=(Remark("unknown-country", "countries", "Farnce", 12, "France"),),
    unrecognised=(Unrecognised("Durées", "01:00", 14, "Durée"), Unrecognised(HOSTILE)),
    candidates=(
        Candidate("Politique des comuns", "enjeux", f"{BASE}concept/politique-des-comuns", "Politique des communs"),
    ),
)
REPORT = Report(
    published=7,
    held=1,
    refused=(
        Refusal("missing-title", Origin("pages/vide.txt")),
        Refusal("duplicate-identifier", Origin("pages/all.csv", line=14), "identifier", "plaidoyer"),
    ),
    pages=(HELD, OTHER),
    focus_nodes={f"{SHAPE}media": 0, f"{SHAPE}session": 8},
    empty_shapes=(f"{SHAPE}media",),
    shape_labels={
        f"{SHAPE}media": {"fr": "Média", "en": "Medium"},
        f"{SHAPE}session": {"fr": "Séance", "en": "Session"},
    },
    base_iri=BASE,
)


class Written(dict[str, bytes]):
    """A folder that keeps what is written to it."""

    def open(self, name: str) -> BinaryIO:
        """Return a file that is kept when it is closed."""
        assert name not in self
        return _File(self, name)


class _File(io.BytesIO):
    def __init__(self, folder: Written, name: str) -> None:
        super().__init__()
        self._folder, self._name = folder, name

    def close(self) -> None:
        if not self.closed:
            self._folder[self._name] = self.getvalue()
        super().close()


def read_html(language: Language, report: Report = REPORT) -> lxml.html.HtmlElement:
    """Return the page, parsed."""
    return lxml.html.document_fromstring(to_html(report, language))


def words(element: lxml.html.HtmlElement) -> str:
    """Return the text of an element, its blanks made one."""
    return " ".join(" ".join(element.itertext()).split())


def written(name: str, report: Report) -> bytes:
    """Return the report in one of its forms, as it is published."""
    with io.BytesIO() as file:
        write_form(report, f"report/{name}", file)
        return file.getvalue()


def to_text(report: Report, language: Language) -> str:
    """Return the report as text, as it is printed."""
    return "".join(text_of(report, language))
