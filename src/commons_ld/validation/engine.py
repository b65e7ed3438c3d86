"""One graph checked by pySHACL, and its findings told as :class:`~commons_ld.validation.results.Result`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, get_args

from pyshacl import Shape
from pyshacl.helper.path_helper import shacl_path_to_sparql_path
from pyshacl.pytypes import SHACLExecutor
from rdflib import RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.term import Node

from commons_ld.errors import ValidationFailure
from commons_ld.messages import Language, Severity, message
from commons_ld.validation.comparing import standard_comparison
from commons_ld.validation.graphs import CheckedGraph, Statement
from commons_ld.validation.loading import BREAKDOWNS, TARGETS, load_shapes
from commons_ld.validation.results import Result, order

__all__ = ["Engine", "Finding"]

_LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_SEVERITIES: Final[dict[Node, Severity]] = {SH[name]: name for name in get_args(Severity)}

#: What is said of a constraint whose shape has no message of its own.
_WORDS: Final[dict[Node, str]] = {
    SH.MinCountConstraintComponent: "value-missing",
    SH.QualifiedMinCountConstraintComponent: "value-missing",
    SH.MaxCountConstraintComponent: "value-repeated",
    SH.QualifiedMaxCountConstraintComponent: "value-repeated",
    SH.UniqueLangConstraintComponent: "value-repeated",
    SH.LessThanConstraintComponent: "value-out-of-order",
    SH.LessThanOrEqualsConstraintComponent: "value-out-of-order",
}

#: The constraints whose results hide their cause: that of shapes which the value was held against.
_BRANCHING: Final[dict[Node, URIRef]] = {
    SH.AndConstraintComponent: SH["and"],
    SH.OrConstraintComponent: SH["or"],
    SH.XoneConstraintComponent: SH.xone,
}

_PLACEHOLDER: Final = re.compile(r"\{[?$](this|value|path)\}")
_WORD_START: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

#: A result of pySHACL: its text, its node, and statements in which a node may come with its graph.
_Report = tuple[str, Node, list[tuple[Node, Node, Any]]]

#: What is found in a graph: the results, and the focus nodes of each shape with a target, by the IRI of the shape.
Finding = tuple[list[Result], dict[str, frozenset[Node]]]


class Engine:
    """Shapes that were read, ready to check one graph after another.

    :raises ArtefactError: see :func:`commons_ld.validation.loading.load_shapes`
    """

    def __init__(self, paths: Sequence[Path], *, meta_shacl: bool) -> None:
        self._shapes: Final = load_shapes(paths, meta_shacl=meta_shacl)
        self._graph: Final[Graph] = self._shapes.graph
        targeted = (shape for shape in self._shapes.shapes if self._has_target(shape) and not shape.deactivated)
        self._targeted: Final = sorted(targeted, key=lambda shape: str(shape.node))
        self._prepare: Final = lru_cache(maxsize=256)(prepareQuery)
        self._identified: Final = lru_cache(maxsize=None)(self._chain)
        self._label_of: Final = lru_cache(maxsize=None)(self._label)

    @property
    def labels(self) -> dict[str, dict[str, str]]:
        """What each shape with a target is called, by language."""
        return {str(shape.node): self._name(shape.node) for shape in self._targeted}

    @property
    def names(self) -> dict[str, frozenset[str]]:
        """The kinds that each shape with a target is for: its own name, and the classes it targets, without scheme."""
        return {
            str(shape.node): frozenset(
                [
                    local_name(str(shape.node)).lower().removesuffix("shape"),
                    *(schemeless(class_) for class_ in self._graph.objects(shape.node, SH.targetClass)),
                ]
            )
            for shape in self._targeted
        }

    def check(self, statements: Iterable[Statement], known: Iterable[Statement] = (), *, where: str) -> Finding:
        """Check the nodes that the shapes target in a graph.

        :param known: what is known besides, of nodes that are not to be checked
        :param where: what the graph is called in an error
        :raises ValidationFailure: if pySHACL breaks down; nothing is then known of the graph
        """
        executor, reports, focus_nodes = SHACLExecutor(), [], {}
        graph = CheckedGraph(statements, self._prepare)
        own = set(graph.subjects())
        excluded = frozenset(subject for subject, _, _ in known if subject not in own)
        for statement in known:
            graph.add(statement)
        try:
            with standard_comparison():
                for shape in self._targeted:
                    nodes = frozenset(shape.focus_nodes(graph)) - excluded
                    focus_nodes[str(shape.node)] = nodes
                    if nodes:
                        reports.extend(shape.validate(executor, graph, focus=sorted(nodes, key=str))[1])
                return self._results(reports, graph), focus_nodes
        except BREAKDOWNS as error:
            raise ValidationFailure(where, f"{type(error).__name__}: {' '.join(str(error).split())}") from error

    def _results(self, reports: Iterable[_Report], graph: Graph) -> list[Result]:
        found = (self._result(report, graph) for report in reports)
        by_place = {(order(result), *result.messages.values()): result for result in found}
        return [by_place[place] for place in sorted(by_place)]

    def _result(self, report: _Report, graph: Graph) -> Result:
        _, node, statements = report
        facts = {
            predicate: object_[1] if isinstance(object_, tuple) else object_
            for subject, predicate, object_ in statements
            if subject == node and predicate != SH.resultMessage
        }
        shape, component = facts[SH.sourceShape], facts[SH.sourceConstraintComponent]
        value, path = facts.get(SH.value), self._path(facts.get(SH.resultPath))
        words = facts.get(SH.sourceConstraint, shape)
        shown = {"this": str(facts[SH.focusNode]), "value": "" if value is None else str(value), "path": path}
        return Result(
            focus_node=str(facts[SH.focusNode]),
            severity=_SEVERITIES.get(facts[SH.resultSeverity], "Violation"),
            source_shape=str(self._identified(shape)[-1]),
            component=str(component),
            path=path,
            value=shown["value"],
            value_type=_type(value),
            messages=self._messages(words, component, shown),
            label=self._label_of(shape) or _spelled_out(path),
            details=tuple(self._causes(shape, component, value, graph)),
        )

    def _causes(self, shape: Node, component: Node, value: Any, graph: Graph) -> Iterator[Result]:
        """Yield why ``value`` conforms to none of the shapes it was held against: what a result alone does not tell."""
        if component == SH.NodeConstraintComponent:
            for other in sorted(self._graph.objects(shape, SH.node), key=str):
                yield from self._outcome(other, value, graph)
        elif component in _BRANCHING:
            for members in self._graph.objects(shape, _BRANCHING[component]):
                outcomes = [self._outcome(other, value, graph) for other in self._graph.items(members)]
                if component == SH.AndConstraintComponent or all(outcomes):
                    for outcome in outcomes:
                        yield from outcome

    def _outcome(self, shape: Node, value: Any, graph: Graph) -> list[Result]:
        found: Shape = self._shapes.lookup_shape_from_node(shape)
        return self._results(found.validate(SHACLExecutor(), graph, focus=value)[1], graph)

    # ── Words ────────────────────────────────────────────────────────────────────────────────────────

    def _messages(self, shape: Node, component: Node, shown: dict[str, str]) -> dict[str, str]:
        given = self._in_languages(shape, SH.message)
        if given:
            return {tag: _PLACEHOLDER.sub(lambda match: shown[match[1]], text) for tag, text in given.items()}
        code = _WORDS.get(component, "value-unexpected" if shown["value"] else "node-unexpected")
        return {tag: message(code, tag, value=shown["value"]) for tag in _LANGUAGES}

    def _label(self, shape: Node) -> dict[str, str]:
        """Return the name of a shape, or of the one around it where it has no IRI of its own."""
        return next((name for one in self._identified(shape) if (name := self._in_languages(one, SH.name))), {})

    def _name(self, shape: Node) -> dict[str, str]:
        return (
            self._in_languages(shape, SH.name)
            or self._in_languages(shape, RDFS.label)
            or dict.fromkeys(_LANGUAGES, local_name(str(shape)))
        )

    def _in_languages(self, subject: Node, predicate: Node) -> dict[str, str]:
        """Return a text in each language: where there is none, the one without a language, or that in another."""
        texts = {
            (value.language or "").partition("-")[0]: str(value)
            for value in sorted(self._graph.objects(subject, predicate), key=lambda text: text.n3(), reverse=True)
            if isinstance(value, Literal)
        }
        if not texts:
            return {}
        return {tag: texts.get(tag) or texts.get("") or texts[min(texts)] for tag in _LANGUAGES}

    # ── Shapes ───────────────────────────────────────────────────────────────────────────────────────

    def _has_target(self, shape: Shape) -> bool:
        classes = {RDFS.Class, *self._graph.subjects(RDFS.subClassOf, RDFS.Class)}
        is_class = any(class_ in classes for class_ in self._graph.objects(shape.node, RDF.type))
        return is_class or any(True for target in TARGETS for _ in self._graph.objects(shape.node, target))

    def _chain(self, shape: Node) -> tuple[Node, ...]:
        """Return ``shape``, and the shapes around it up to the first that has an IRI."""
        chain = [shape]
        while isinstance(chain[-1], BNode):
            around = sorted(self._graph.subjects(None, chain[-1]), key=str)
            if not around or around[0] in chain:
                break
            chain.append(around[0])
        return tuple(chain)

    def _path(self, path: Node | None) -> str:
        if path is None or isinstance(path, URIRef):
            return str(path or "")
        return str(shacl_path_to_sparql_path(self._shapes, path, prefixes={}))


def local_name(iri: str) -> str:
    """Return what an IRI ends in.

    >>> local_name("https://schema.org/Event"), local_name("https://example.org/shapes#SessionShape")
    ('Event', 'SessionShape')
    """
    return re.split(r"[#/:]", iri)[-1]


def schemeless(iri: object) -> str:
    """Return an IRI without its scheme, in which ``http://schema.org/`` and ``https://schema.org/`` agree.

    >>> schemeless("https://schema.org/Event")
    '//schema.org/Event'
    """
    return str(iri).partition(":")[2]


def _spelled_out(path: str) -> dict[str, str]:
    """Return the local name of a property as words, for want of a label."""
    name = local_name(path.strip("<>"))
    return dict.fromkeys(_LANGUAGES, _WORD_START.sub(" ", name).lower()) if name else {}


def _type(value: Node | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, Literal):
        return "@id"
    return f"@{value.language}" if value.language else str(value.datatype or XSD.string)
