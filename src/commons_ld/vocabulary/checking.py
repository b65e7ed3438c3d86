"""Check a concept scheme: the integrity conditions of SKOS, and what makes a scheme hard to use.

The conditions are those of https://www.w3.org/TR/skos-reference/.

Every check goes over the concepts once, whatever their number; hierarchies are walked without recursion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import filterfalse
from typing import Final, NamedTuple

from commons_ld.messages import Language, Severity
from commons_ld.outputs.report_words import quoted
from commons_ld.rdf.syntax import is_language_tag
from commons_ld.text import fold
from commons_ld.validation.results import Result
from commons_ld.vocabulary.scheme import LABELS, Scheme
from commons_ld.vocabulary.words import said

__all__ = ["LANGUAGES", "SEVERITIES", "Finding", "check", "results"]

#: From the worst on.
SEVERITIES: Final = ("fault", "warning", "advice")
#: The languages that labels are wanted in, and how much it matters if one is missing.
LANGUAGES: Final = {"fr": "warning", "en": "warning", "es": "advice"}
_UP: Final = ("skos:broader", "skos:broaderTransitive", "skos:broadMatch")
_DOWN: Final = ("skos:narrower", "skos:narrowerTransitive", "skos:narrowMatch")
_INNER: Final = ("skos:broader", "skos:narrower", "skos:related")


class Finding(NamedTuple):
    """Something that is to be mended.

    :param code: which check found it
    :param severity: one of :data:`SEVERITIES`
    :param concept: its IRI
    :param name: what it is called here
    """

    code: str
    severity: str
    concept: str
    name: str
    problem: dict[Language, str]


def check(scheme: Scheme) -> list[Finding]:
    """Return what is to be mended in a scheme, the worst first, then by concept.

    >>> text = '''@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    ... <http://a/c> a skos:Concept ; skos:prefLabel "Eau"@fr, "Onde"@fr .'''
    >>> [finding.code for finding in check(Scheme(text, "a file"))][:1]
    ['S14']
    """
    found = [
        Finding(code, severity, iri, scheme.name(iri), said(code, **values))
        for part in (_integrity, _labels, _shared_labels, _addresses, _links, _hierarchy)
        for code, severity, iri, values in part(scheme)
    ]
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.name, one.code, one.problem["en"]))


_Raw = tuple[str, str, str, dict[str, object]]


def _integrity(scheme: Scheme) -> Iterator[_Raw]:
    for iri in scheme.concepts:
        if iri == scheme.iri:
            yield "S9", "fault", iri, {}
        labels = {name: set(scheme.texts(iri, name)) for name in LABELS}
        for name, other in (LABELS[:2], LABELS[1:], (LABELS[0], LABELS[2])):
            for text, _ in sorted(labels[name] & labels[other]):
                yield "S13", "fault", iri, {"value": text}
        preferred: dict[str, list[str]] = defaultdict(list)
        for text, tag in scheme.texts(iri, "skos:prefLabel"):
            preferred[tag.lower()].append(text)
        for tag, texts in sorted(preferred.items()):
            if len(texts) > 1:
                yield "S14", "fault", iri, {"language": tag or "?", "value": ", ".join(texts)}
        same = set(scheme.links(iri, "skos:exactMatch"))
        otherwise = {
            to
            for name in ("skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
            for to in scheme.links(iri, name)
        }
        for to in sorted(same & otherwise):
            yield "S46", "fault", iri, {"value": to}


def _labels(scheme: Scheme) -> Iterator[_Raw]:
    for iri in filterfalse(scheme.is_given_up, scheme.concepts):
        tags = {tag.lower().partition("-")[0] for _, tag in scheme.texts(iri, "skos:prefLabel")}
        if not tags:
            yield "no-label", "fault", iri, {}
        for language, severity in LANGUAGES.items():
            if tags and language not in tags:
                yield "missing-language", severity, iri, {"language": language, "value": scheme.name(iri)}
        if not scheme.texts(iri, "skos:definition"):
            yield "no-definition", "advice", iri, {}
        for text, tag in _called(scheme, iri):
            if not tag or not is_language_tag(tag):
                yield "bad-language", "warning", iri, {"value": text, "language": tag or "?"}


def _shared_labels(scheme: Scheme) -> Iterator[_Raw]:
    bearers: dict[str, dict[str, str]] = defaultdict(dict)
    for iri in filterfalse(scheme.is_given_up, scheme.concepts):
        for text, _ in _called(scheme, iri):
            bearers[fold(text)].setdefault(iri, text)
    for shared in bearers.values():
        for iri, text in shared.items() if len(shared) > 1 else ():
            others = ", ".join(sorted(scheme.name(other) for other in shared if other != iri))
            yield "ambiguous", "warning", iri, {"value": text, "others": others}


def _called(scheme: Scheme, iri: str) -> list[tuple[str, str]]:
    """Return all labels of a concept, of whichever kind, with their languages."""
    return [found for name in LABELS for found in scheme.texts(iri, name)]


def _addresses(scheme: Scheme) -> Iterator[_Raw]:
    """Find the concepts that have an address elsewhere, where the archive's own are beside its scheme."""
    base = scheme.iri.removesuffix("concepts")
    for iri in filterfalse(scheme.is_given_up, scheme.concepts):
        if base != scheme.iri and not iri.startswith(f"{base}concept/"):
            yield "foreign", "warning", iri, {"value": iri, "base": base}


def _links(scheme: Scheme) -> Iterator[_Raw]:
    known = set(scheme.concepts)
    linked: set[str] = set()
    for iri in scheme.concepts:
        for name in _INNER:
            for to in scheme.links(iri, name):
                linked |= {iri, to}
                if to not in known:
                    yield "unknown-link", "warning", iri, {"predicate": name, "value": to}
        for to in scheme.links(iri, "dcterms:isReplacedBy"):
            if to not in known or scheme.is_given_up(to):
                yield "bad-replacement", "warning", iri, {"value": to}
    for iri in scheme.concepts:
        if iri not in linked and not scheme.facets(iri) and not scheme.is_given_up(iri):
            yield "orphan", "warning", iri, {}


def _hierarchy(scheme: Scheme) -> Iterator[_Raw]:
    up: dict[str, set[str]] = defaultdict(set)
    for iri in scheme.concepts:
        for name in _UP:
            up[iri].update(scheme.links(iri, name))
        for name in _DOWN:
            for to in scheme.links(iri, name):
                up[to].add(iri)
    for cycle in _cycles(up):
        yield "cycle", "warning", min(cycle), {"value": " → ".join(map(scheme.name, sorted(cycle)))}
    for iri in scheme.concepts:
        related = set(scheme.links(iri, "skos:related"))
        if related:
            above = _above(iri, up)
            for to in sorted(related):
                if to in above or iri in _above(to, up):
                    yield "S27", "fault", iri, {"value": scheme.name(to)}


def _above(iri: str, up: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = [iri]
    while todo:
        for to in up.get(todo.pop(), ()):
            if to not in found:
                found.add(to)
                todo.append(to)
    return found


def _cycles(up: dict[str, set[str]]) -> Iterator[Sequence[str]]:
    """Yield the groups of concepts that are each above the other (strongly connected components, after Tarjan)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in sorted(up):
        if root in number:
            continue
        work = [(root, iter(sorted(up.get(root, ()))))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, left = work[-1]
            for to in left:
                if to not in number:
                    number[to] = low[to] = len(number)
                    stack.append(to)
                    on_stack.add(to)
                    work.append((to, iter(sorted(up.get(to, ())))))
                    break
                if to in on_stack:
                    low[node] = min(low[node], number[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    group: list[str] = []
                    while not group or group[-1] != node:
                        group.append(stack.pop())
                        on_stack.discard(group[-1])
                    if len(group) > 1 or node in up.get(node, ()):
                        yield group


_AS_RESULT: Final[dict[str, Severity]] = {"fault": "Violation", "warning": "Warning"}
#: What the checks are called where shapes are: they are none, and no shape could tell all of them.
_CHECKS: Final = "https://w3id.org/commons-ld/shapes#concepts-"


def results(scheme: Scheme) -> tuple[Result, ...]:
    """Return the faults and warnings of a scheme as results of validation, for the report; advice is for the command.

    >>> text = '''@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    ... <http://a/c> a skos:Concept ; skos:prefLabel "Eau"@fr, "Onde"@fr .'''
    >>> [(found.severity, found.focus_node) for found in results(Scheme(text, "a file"))][0]
    ('Violation', 'http://a/c')
    """
    return tuple(
        Result(
            focus_node=finding.concept,
            severity=_AS_RESULT[finding.severity],
            source_shape=f"{_CHECKS}{finding.code}",
            component="http://www.w3.org/ns/shacl#SPARQLConstraintComponent",
            messages={
                language: f"{quoted(_called_in(language, scheme, finding), language)} {text}"
                for language, text in finding.problem.items()
            },
            label={"fr": "Concept", "en": "Concept"},
        )
        for finding in check(scheme)
        if finding.severity in _AS_RESULT
    )


def _called_in(language: Language, scheme: Scheme, finding: Finding) -> str:
    return scheme.label(finding.concept, language) or scheme.label(finding.concept) or finding.name
