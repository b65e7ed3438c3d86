"""What a person reads of a page, in one language: what the text and the HTML of the report have in common.

The same fault often has several results, since the value of a field is written under several properties: here it
is told once. Nothing of RDF is left in it but the value that was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from commons_ld.field_names import FIELDS
from commons_ld.iris import Iri, IriPolicy
from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.messages import MESSAGES, Language, Severity, message
from commons_ld.origin import Origin
from commons_ld.outputs.report import PageReport, Report
from commons_ld.outputs.report_words import NODES, field_label, word
from commons_ld.rdf.namespaces import expand
from commons_ld.record import Remark
from commons_ld.sources.labels import HEADINGS, LABELS
from commons_ld.validation import Result

__all__ = [
    "Common",
    "Finding",
    "PageView",
    "PassedOver",
    "counted",
    "page_view",
    "passed_over",
    "place_of",
    "printable",
    "sentence",
    "shape_label",
]

_GRAVITY: Final[tuple[Severity, ...]] = ("Violation", "Warning", "Info")

#: A longer value is cut: its beginning is enough to find it by.
_SHOWN: Final = 300

#: How many of the pages that were passed over are named.
_TITLES: Final = 10

#: How much of what several pages have in common is told.
_MOST_SHARED: Final = 20

#: The fields that a property of a node may come from.
_FIELDS: Final = {
    (rule.node, expand(name)): [
        other.field for other in CROSSWALK if other.node == rule.node and name in other.properties
    ]
    for rule in CROSSWALK
    for name in rule.properties
}
#: The order of the fields, by what they are called in either language.
_RANKS: Final = {label: rank for rank, labels in reversed(list(enumerate(FIELDS.values()))) for label in labels}

#: What the pages of the archive say themselves; a field that has no place there is not to be looked for.
_ON_PAGES: Final = frozenset(name for row in LABELS for name in row.shown) | frozenset(HEADINGS)
#: A place such as a note is named where the same is told of several; of more than this many, the others are counted.
_MOST_PLACES: Final = 5

#: What can be put in order only where it can be read.
_DATES: Final = frozenset((expand("dcterms:created"), expand("dcterms:issued")))
_OUT_OF_ORDER: Final = expand("sh:LessThanOrEqualsConstraintComponent")
#: What is said of a value where the shape has no words of its own, so that only the causes say what is wrong.
_WORDLESS: Final = ("value-unexpected", "node-unexpected")

_SPACE_BEFORE: Final = re.compile(" (?=[»;:?!])")
_SPACE_AFTER: Final = re.compile("(?<=«) ")
_STEP: Final = re.compile(r"[0-9]+")


class Finding(NamedTuple):
    """One thing to tell about one value.

    :param label: what the field is called, in the language of the report
    :param page_label: what the page calls it, where that is something else; ``""`` where no page has a label for it
    :param value: what was found, ``""`` for nothing
    :param where: the part of the record, ``""`` for the record itself
    :param line: in the source, 0 where it is not known
    :param messages: what is wrong and what is expected
    :param causes: in detail, why none of several forms is met
    """

    severity: Severity
    label: str
    page_label: str
    value: str
    where: str
    line: int
    messages: tuple[str, ...]
    causes: tuple[str, ...]


class PageView(NamedTuple):
    """A page, as a person reads of it.

    :param title: of the page, or its file where it has none
    :param url: of the page on the wiki, ``""`` where it has none that is a web address
    :param place: its file, and where in it; ``""`` where the title says so
    """

    page: PageReport
    title: str
    url: str
    place: str
    findings: list[Finding]


class Common(NamedTuple):
    """What several pages have in common: a field, a message, and on how many pages."""

    severity: Severity
    label: str
    message: str
    pages: int


class PassedOver(NamedTuple):
    """Pages of one file that became no record, and rightly so.

    :param place: the file
    :param pages: how many they are
    :param titles: the first of them
    """

    place: str
    pages: int
    titles: tuple[str, ...]
    reason: str


def printable(text: str) -> str:
    r"""Return ``text`` with what would change how a terminal or a reader shows the rest written as an escape.

    >>> printable("a\x1b[31m\u202eb")
    'a\\x1b[31m\\u202eb'
    """
    if text.isprintable():
        return text
    one_line = " ".join(text.split())
    return "".join(_escape(c) if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in one_line)


def sentence(text: str, language: Language) -> str:
    """Return a message as a sentence, with the spaces that French typography does not break at.

    >>> sentence("ce champ manque ; le remplir", "fr")
    'Ce champ manque\xa0; le remplir.'
    """
    text = text[:1].upper() + text[1:]
    if text and text[-1] not in ".!?…" and "://" not in text.rpartition(" ")[2]:
        text += "."
    if language == "fr":
        text = _SPACE_AFTER.sub("\u00a0", _SPACE_BEFORE.sub("\u00a0", text))
    return text


def _escape(character: str) -> str:
    if character in "\u00ad\u200c\u200d":  # joiners and soft hyphens, which scripts and emoji need
        return character
    return character.encode("unicode_escape").decode()


def page_view(page: PageReport, base_iri: str, language: Language) -> PageView:
    """Return what to tell of a page, the gravest first, then in the order of the page."""
    url = page.page_url if page.page_url.startswith(("https://", "http://")) else ""
    # What the title says already is not said again.
    origin = page.origin if page.origin.page != page.title else Origin(page.origin.path, page.origin.line)
    place = place_of(origin, language) if page.title else ""
    title = printable(page.title) or place_of(origin, language)
    return PageView(page, title, url, place, _findings(page, base_iri, language))


def place_of(origin: Origin, language: Language) -> str:
    """Return a file, with the line and the page in it where they are known.

    >>> place_of(Origin("all.csv", line=4, page="21.12 Plaidoyer 2022"), "fr")
    'all.csv, ligne 4, 21.12 Plaidoyer 2022'
    """
    line = word("line", language).format(origin.line) if origin.line else ""
    return printable(", ".join(part for part in (origin.path, line, origin.page) if part))


def counted(report: Report, language: Language) -> tuple[dict[Severity, int], list[Common]]:
    """Return how many findings there are of each severity, and what several pages have in common.

    Of the latter, the gravest first, then what is told on most pages, and no more than anybody reads.
    """
    totals = dict.fromkeys(_GRAVITY, 0)
    shared = Counter[tuple[int, str, str]]()
    for view in (page_view(page, report.base_iri, language) for page in report.pages):
        for finding in view.findings:
            totals[finding.severity] += 1
        totals["Warning"] += len(view.page.unrecognised)
        shared.update(
            {
                (_GRAVITY.index(found.severity), found.label, text)
                for found in view.findings
                for text in found.messages[:1]
            }
        )
    told = sorted((rank, -pages, label, text) for (rank, label, text), pages in shared.items() if pages > 1)
    return totals, [Common(_GRAVITY[rank], label, text, -pages) for rank, pages, label, text in told[:_MOST_SHARED]]


def passed_over(report: Report, language: Language) -> list[PassedOver]:
    """Return the pages that were passed over, a file and a reason at a time: a wiki has thousands of them."""
    groups: dict[tuple[str, str], tuple[list[int], list[str]]] = {}
    for refusal in report.passed_over:
        count, titles = groups.setdefault((refusal.origin.path, refusal.says(language)), ([0], []))
        count[0] += 1
        if count[0] <= _TITLES and refusal.origin.page:
            titles.append(printable(refusal.origin.page))
    return [
        PassedOver(printable(path), count[0], tuple(titles), sentence(printable(reason), language))
        for (path, reason), (count, titles) in groups.items()
    ]


def shape_label(report: Report, shape: str, language: Language) -> str:
    """Return what a shape is called."""
    return report.shape_labels.get(shape, {}).get(language) or re.split(r"[#/]", shape)[-1]


def _findings(page: PageReport, base_iri: str, language: Language) -> list[Finding]:
    policy = IriPolicy(base_iri)
    merged: dict[tuple[str, str, str, str], Finding] = {}
    for finding in _each(page, policy, language):
        key = (finding.where, finding.label, finding.value, finding.severity if not finding.value else "")
        merged[key] = _merge(merged[key], finding) if key in merged else finding
    # Where there is a value that does not do, it is no use to say that the value is missing, too.
    present = {(finding.where, finding.label) for finding in merged.values() if finding.value}
    found = [
        finding._replace(messages=_without_causes(finding))
        for finding in merged.values()
        if finding.value or finding.severity == "Violation" or (finding.where, finding.label) not in present
    ]
    return sorted(_together(found, language), key=_order)


def _together(findings: list[Finding], language: Language) -> Iterator[Finding]:
    """Yield findings, those that say the same of several parts of the record as one."""
    groups: dict[Finding, list[str]] = {}
    for finding in findings:
        alone = finding._replace(where="") if not finding.value and finding.where else finding
        groups.setdefault(alone, []).append(finding.where)
    for finding, places in groups.items():
        shown = sorted(places, key=_natural)[:_MOST_PLACES]
        if len(places) > len(shown):
            shown.append(word("more-places", language).format(len(places) - len(shown)))
        yield finding._replace(where=", ".join(filter(None, shown)))


def _order(finding: Finding) -> tuple[int, int, tuple[str, int], int, str]:
    line = finding.line or 10**9  # what has no line comes last
    rank = _RANKS.get(finding.label, len(_RANKS))
    return _GRAVITY.index(finding.severity), line, _natural(finding.where), rank, finding.value


def _each(page: PageReport, policy: IriPolicy, language: Language) -> Iterator[Finding]:
    if not page.is_checked:
        yield Finding("Violation", "", "", "", "", 0, (sentence(word("unchecked", language), language),), ())
    unreadable = {result.path for result in page.results if result.severity == "Violation" and result.value}
    for result in page.results:
        if result.component == _OUT_OF_ORDER and unreadable & _DATES:
            # Of what is no date, nobody knows whether it comes before or after.
            continue
        yield _of_result(result, page, policy, language)
    for remark in page.remarks:
        yield _of_remark(remark, language)


def _of_result(result: Result, page: PageReport, policy: IriPolicy, language: Language) -> Finding:
    label, page_label = result.label.get(language, ""), result.label.get("fr", "")
    node = policy.parse(result.focus_node)
    return Finding(
        severity=result.severity,
        label=label,
        page_label=page_label if page_label != label and page_label in _ON_PAGES else "",
        value=_value(result.value),
        where=_where(node, result.focus_node, page, language),
        line=_line(node, result.path, page),
        messages=(sentence(result.messages.get(language, ""), language),),
        causes=tuple(dict.fromkeys(_causes(result, language))),
    )


def _of_remark(remark: Remark, language: Language) -> Finding:
    label, page_label = field_label(remark.field, language), field_label(remark.field, "fr")
    text = message(remark.code, language, field=label, value=printable(remark.value), hint=printable(remark.hint))
    return Finding(
        severity=MESSAGES[remark.code].severity,
        label=printable(label),
        page_label=page_label if page_label != label and page_label in _ON_PAGES else "",
        value=_value(remark.value),
        where="",
        line=remark.line,
        messages=(sentence(text, language),),
        causes=(),
    )


def _causes(result: Result, language: Language) -> Iterator[str]:
    # A shape that lists the forms of a value says itself which they are: that it has neither one adds nothing.
    wordless = {message(code, language, value=result.value) for code in _WORDLESS}
    has_words = result.messages.get(language) not in wordless
    for cause in result.details:
        if has_words and result.value_type != "@id" and not cause.path:
            continue
        yield sentence(cause.messages.get(language, ""), language)
        yield from _causes(cause, language)


def _merge(first: Finding, second: Finding) -> Finding:
    """Return one finding of two about the same value: the graver, with the words of both."""
    graver, other = sorted((first, second), key=lambda finding: _GRAVITY.index(finding.severity))
    return graver._replace(
        line=graver.line or other.line,
        messages=tuple(dict.fromkeys((*graver.messages, *other.messages))),
        causes=tuple(dict.fromkeys((*graver.causes, *other.causes))),
    )


def _without_causes(finding: Finding) -> tuple[str, ...]:
    """Return the messages that are not told again in detail; the message that has the details is the first."""
    return tuple(text for text in finding.messages if text not in finding.causes) or finding.messages


def _value(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _where(node: Iri | None, focus_node: str, page: PageReport, language: Language) -> str:
    if focus_node == page.iri:
        return ""
    if node is None or (node.part or node.kind) not in NODES:
        return printable(focus_node)
    words = NODES[node.part or node.kind][language == "en"]
    return words.format(node.number or node.slug.replace("-", " "))


def _line(node: Iri | None, path: str, page: PageReport) -> int:
    """Return the line of the field that a property comes from, where the source tells it."""
    if node is None:
        return 0
    fields = _FIELDS.get((node.part or node.kind, path), ())
    return min((page.lines[field] for field in fields if field in page.lines), default=0)


def _natural(text: str) -> tuple[str, int]:
    number = _STEP.search(text)
    return (text[: number.start()], int(number[0])) if number and len(number[0]) < 10 else (text, 0)
