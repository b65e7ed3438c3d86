"""The report as text, for a terminal: one block a page, the gravest pages first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from textwrap import TextWrapper
from typing import Final

from commons_ld.messages import Language, Severity
from commons_ld.outputs.report import Refusal, Report
from commons_ld.outputs.report_view import (
    Common,
    Finding,
    PageView,
    PassedOver,
    counted,
    page_view,
    passed_over,
    place_of,
    printable,
    sentence,
    shape_label,
)
from commons_ld.outputs.report_words import SEVERITIES, colon, count, field_label, quoted, word
from commons_ld.rdf.block import Candidate
from commons_ld.record import Unrecognised

__all__ = ["render"]

#: Narrow enough for a terminal of the usual width.
_WIDTH: Final = 100

#: Characters of a title on a terminal.
_TITLE: Final = 2 * _WIDTH

#: White space that is made a blank.
_SPACES: Final = re.compile(r"[\t\n\x0b\x0c\r]")

_MARKS: Final[dict[Severity, str]] = {"Violation": "✗", "Warning": "!", "Info": "·"}


def render(report: Report, language: Language, most: int | None = None) -> Iterator[str]:
    """Yield the lines of the report; see :func:`commons_ld.outputs.report_files.text_of`."""
    return (line.rstrip() + "\n" for line in _lines(report, language, most))


def _lines(report: Report, language: Language, most: int | None) -> Iterator[str]:
    many = most is not None and len(report.pages) > most
    totals, common = counted(report, language) if many else ({}, [])
    yield from _summary(report, totals, language)
    if report.empty_shapes:
        yield from _headed("empty", language)
        yield from (f"  ✗ {shape_label(report, shape, language)}" for shape in report.empty_shapes)
    if common:
        yield from _heading(word("common", language))
        yield from chain.from_iterable(_common(row, language) for row in common)
    if report.refused:
        yield from _heading(word("refused", language))
        shown = report.refused[:most]
        yield from chain.from_iterable(_refusal(refusal, language) for refusal in shown)
        yield from _more(len(report.refused) - len(shown), language)
    for code, pages in (
        ("held", report.held_pages()),
        ("attention", report.pages_to_look_at()),
        ("advice", report.pages_with_advice()),
    ):
        for number, page in enumerate(islice(pages, most)):
            yield from _headed(code, language) if number == 0 else ()
            yield from _page(page_view(page, report.base_iri, language), language, most)
        yield from _more(sum(1 for _ in pages), language)
    if report.passed_over:
        yield from _headed("passed", language)
        yield from chain.from_iterable(_passed(passed, language) for passed in passed_over(report, language))


def _summary(report: Report, totals: Mapping[Severity, int], language: Language) -> Iterator[str]:
    numbers = (
        ("records", report.records),
        ("published", report.published),
        ("held", report.held),
        ("refused", len(report.refused)),
    )
    yield ", ".join(count(number, code, language) for code, number in numbers) + "."
    if totals:
        yield ", ".join(count(number, severity, language) for severity, number in totals.items()) + "."
    if report.is_of_nothing:
        yield from _wrapped(word("nothing", language), "", "")
    elif not report.pages and not report.refused and not report.empty_shapes:
        yield word("good", language)


def _headed(code: str, language: Language) -> Iterator[str]:
    """Yield the heading of a section, and what it is about."""
    yield from _heading(word(code, language))
    yield from _wrapped(word(f"{code}-lead", language), "", "")


def _common(row: Common, language: Language) -> Iterator[str]:
    pages, severity = count(row.pages, "pages", language), SEVERITIES[row.severity][language == "en"]
    head = " — ".join(part for part in (row.label, pages, severity) if part)
    yield from _wrapped(head, f"  {_MARKS[row.severity]} ", "    ")
    yield from _wrapped(row.message, "    ", "    ")


def _more(pages: int, language: Language) -> Iterator[str]:
    if pages:
        yield ""
        yield from _wrapped(word("more-on-terminal", language).format(count(pages, "more", language)), "", "")


def _some(remarks: Sequence[tuple[str, ...]], language: Language, most: int | None) -> Iterator[str]:
    """Yield the lines of what is said of one page, of the first so many remarks, and how many are not among them."""
    yield from chain.from_iterable(remarks[:most])
    if more := len(remarks) - len(remarks[:most]):
        told = word("more-on-terminal", language).format(count(more, "more-remarks", language))
        yield from _wrapped(told, "  … ", "    ")


def _passed(passed: PassedOver, language: Language) -> Iterator[str]:
    yield ""
    yield passed.place
    more = "…" if passed.pages > len(passed.titles) else ""
    titles = ", ".join((*passed.titles, *([more] if more else [])))
    head = f"{count(passed.pages, 'passed', language)}{colon(language)} {titles}"
    yield from _wrapped(head, "  · ", "    ")
    yield from _wrapped(passed.reason, "    ", "    ")


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield text
    yield "─" * len(text)


def _refusal(refusal: Refusal, language: Language) -> Iterator[str]:
    yield ""
    yield place_of(refusal.origin, language)
    field = f"{field_label(refusal.field, language)}{colon(language)} " if refusal.field else ""
    yield from _wrapped(field + sentence(printable(refusal.says(language)), language), "  ✗ ", "    ")


def _page(view: PageView, language: Language, most: int | None) -> Iterator[str]:
    yield ""
    yield view.title if most is None or len(view.title) <= _TITLE else f"{view.title[:_TITLE]}…"
    yield from (f"  {address}" for address in (view.place, view.url) if address)
    yield from _some([tuple(_finding(finding, language)) for finding in view.findings], language, most)
    yield from _some([_unrecognised(label, language) for label in view.page.unrecognised], language, most)
    yield from _some([_candidate(candidate, language) for candidate in view.page.candidates], language, most)


def _unrecognised(label: Unrecognised, language: Language) -> tuple[str, ...]:
    line = f" ({word('line', language).format(label.line)})" if label.line else ""
    name = f" {quoted(printable(label.label), language)}" if label.label else ""
    if label.is_known:
        head = f"{word('unread-one', language)}{colon(language) if name else ''}{name}{line}"
    else:
        head = f"{word('unrecognised-one', language)}{colon(language)}{name}{line} — {_near(label.nearest, language)}"
    return _wrapped(head, "  ! ", "    ")


def _candidate(candidate: Candidate, language: Language) -> tuple[str, ...]:
    near = _near(candidate.nearest, language)
    facet = field_label(candidate.facet, language)
    name = quoted(printable(candidate.label), language)
    head = f"{facet}{colon(language)} {name} — {word('candidate-one', language)}, {near}"
    return _wrapped(head, "  · ", "    ")


def _near(nearest: str, language: Language) -> str:
    if not nearest:
        return word("no-nearest", language)
    return word("nearest", language).format(quoted(printable(nearest), language))


def _finding(finding: Finding, language: Language) -> Iterator[str]:
    label = finding.label + (f" ({word('on-page', language)} {finding.page_label})" if finding.page_label else "")
    line = word("line", language).format(finding.line) if finding.line else ""
    where = ", ".join(part for part in (finding.where, line) if part)
    value = quoted(finding.value, language) if finding.value else ""
    head = f"{colon(language)} ".join(part for part in (label, value) if part)
    severity = SEVERITIES[finding.severity][language == "en"]
    head = " — ".join(part for part in (head, where, severity) if part)
    yield from _wrapped(head, f"  {_MARKS[finding.severity]} ", "    ")
    for text in finding.messages:
        yield from _wrapped(text, "    ", "    ")
    for cause in finding.causes:
        yield from _wrapped(cause, "      - ", "        ")


@lru_cache(maxsize=1_000)
def _wrapped(text: str, first: str, rest: str) -> tuple[str, ...]:
    # Most findings fit in a line, and what is found on one page is found on many.
    if len(first) + len(text) <= _WIDTH and text == text.strip() and _SPACES.search(text) is None:
        return (first + text,) if text else ()
    wrapper = TextWrapper(
        _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return tuple(wrapper.wrap(text))
