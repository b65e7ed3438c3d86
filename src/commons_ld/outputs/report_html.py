"""The report as a page of HTML: no script, no outside resource, and nothing of a wiki page ever taken for markup."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import jinja2

from commons_ld.messages import Language
from commons_ld.outputs.report import PageReport, Refusal, Report
from commons_ld.outputs.report_view import (
    counted,
    page_view,
    passed_over,
    place_of,
    printable,
    sentence,
    shape_label,
)
from commons_ld.outputs.report_words import SEVERITIES, colon, count, field_label, word

__all__ = ["render", "stylesheet"]

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"

#: More pages than anybody will read at once make a file that no browser shows; the rest is in the other forms.
_SHOWN: Final = 500


def render(report: Report, language: Language) -> str:
    """Return the page; see :func:`commons_ld.outputs.report_files.to_html`."""
    totals, common = counted(report, language)
    groups = [
        _group("held", report.held_pages(), report, language),
        _group("attention", report.pages_to_look_at(), report, language),
        _group("advice", report.pages_with_advice(), report, language),
    ]
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            language=language,
            other="en" if language == "fr" else "fr",
            other_page="en.html" if language == "fr" else "index.html",
            t=lambda code: word(code, language),
            count=lambda number, code: count(number, code, language),
            field=lambda name: printable(field_label(name, language)),
            severity=lambda name: SEVERITIES[name][language == "en"],
            printable=printable,
            colon=colon(language),
            totals=totals,
            common=common,
            refused=[_refusal(refusal, language) for refusal in report.refused[:_SHOWN]],
            refused_more=max(0, len(report.refused) - _SHOWN),
            passed=passed_over(report, language),
            groups=[group for group in groups if group["pages"]],
            empty_shapes=[shape_label(report, shape, language) for shape in report.empty_shapes],
            shapes=sorted(
                (shape_label(report, shape, language), number) for shape, number in report.focus_nodes.items()
            ),
        )
    )


def stylesheet() -> bytes:
    """Return what stands beside the page as ``report.css``."""
    return (_TEMPLATES / "report.css").read_bytes()


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _group(code: str, pages: Iterator[PageReport], report: Report, language: Language) -> dict[str, Any]:
    shown = [page_view(page, report.base_iri, language) for page in islice(pages, _SHOWN)]
    more = sum(1 for _ in pages)
    return {"code": code, "pages": shown, "number": len(shown) + more, "more": more}


def _refusal(refusal: Refusal, language: Language) -> dict[str, str]:
    return {
        "place": place_of(refusal.origin, language),
        "field": printable(field_label(refusal.field, language)),
        "reason": sentence(printable(refusal.says(language)), language),
    }
