"""What is said of a result: its severity, the name of the field, its message, and the causes behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, get_args

from msgspec.structs import replace

from commons_ld.memo import Memo
from commons_ld.messages import Language, Severity, message
from commons_ld.validation.compiling import Compiler, Found
from commons_ld.validation.data import Data
from commons_ld.validation.paths import to_sparql
from commons_ld.validation.results import Result, order
from commons_ld.validation.shapes_graph import RDFS, SH, ShapesGraph
from commons_ld.validation.tokens import datatype, is_blank, is_iri, is_literal, language, lexical

__all__ = ["Wording", "in_order", "local_name"]

_LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_SEVERITIES: Final[dict[str, Severity]] = {SH[name]: name for name in get_args(Severity)}

#: What is said of a constraint whose shape has no message of its own.
_WORDS: Final[dict[str, str]] = {
    SH.MinCountConstraintComponent: "value-missing",
    SH.QualifiedMinCountConstraintComponent: "value-missing",
    SH.MaxCountConstraintComponent: "value-repeated",
    SH.QualifiedMaxCountConstraintComponent: "value-repeated",
    SH.UniqueLangConstraintComponent: "value-repeated",
    SH.LessThanConstraintComponent: "value-out-of-order",
    SH.LessThanOrEqualsConstraintComponent: "value-out-of-order",
}

#: The constraints whose results hide their cause: that of shapes which the value was held against.
_BRANCHING: Final[dict[str, str]] = {
    SH.AndConstraintComponent: SH["and"],
    SH.OrConstraintComponent: SH["or"],
    SH.XoneConstraintComponent: SH.xone,
}

#: The constraints whose results name no value, and have no causes.
_WITHOUT_VALUE: Final = frozenset(
    (SH.MinCountConstraintComponent, SH.MaxCountConstraintComponent, SH.UniqueLangConstraintComponent)
)

#: The constraints whose results have causes.
_WITH_CAUSES: Final = frozenset((SH.NodeConstraintComponent, *_BRANCHING))

_NOTHING: Final = Data(())

_PLACEHOLDER: Final = re.compile(r"\{[?$](this|value|path)\}")
_WORD_START: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class _Said(NamedTuple):
    """What results about one constraint of one shape have in common.

    :param texts: the messages of the shape, by language, if it has any
    :param is_filled_in: whether they name the node, the value or the path
    """

    severity: Severity
    source_shape: str
    component: str
    path: str
    texts: dict[str, str]
    is_filled_in: bool
    label: dict[str, str]

    def code(self, value: str) -> str:
        """Return what is said where the shape has no message."""
        return _WORDS.get(f"<{self.component}>", "value-unexpected" if value else "node-unexpected")


class Wording:
    """Tells results in the words of the shapes.

    :param compiler: what finds the causes of a result
    """

    def __init__(self, shapes: ShapesGraph, compiler: Compiler) -> None:
        self._graph: Final = shapes
        self._compiler: Final = compiler
        self._said: Final[Memo[tuple[str, ...], _Said]] = Memo(self._say)
        self._without_value: Final[Memo[Found, Result | None]] = Memo(self._about_any, limit=4096)
        self._all_without_value: Final[Memo[tuple[Found, ...], list[Result | None]]] = Memo(
            lambda found: [self._without_value[one] for one in found], limit=4096
        )

    def told(self, found: Iterable[Found], data: Data) -> list[Result]:
        """Return what was found as results, sorted, each once."""
        return in_order([self._result(one, data) for one in found])

    def missing(self, found: tuple[Found, ...], focus: str) -> list[Result]:
        """Return values that are missing or too many in a node as results, in no order.

        :param found: what is wrong, told of no node
        """
        node = lexical(focus)
        return [
            self._made(one._replace(focus=focus), _NOTHING) if told is None else replace(told, focus_node=node)
            for one, told in zip(found, self._all_without_value[found], strict=True)
        ]

    def name(self, shape: str) -> dict[str, str]:
        """Return what a shape is called, by language."""
        return (
            self._in_languages(shape, SH.name)
            or self._in_languages(shape, RDFS.label)
            or dict.fromkeys(_LANGUAGES, local_name(lexical(shape)))
        )

    def iri(self, shape: str) -> str:
        """Return the IRI of a shape, or of the one around it where it has none of its own."""
        return lexical(self._chain(shape)[-1])

    def _result(self, found: Found, data: Data) -> Result:
        if found.value or found.component not in _WITHOUT_VALUE:
            return self._made(found, data)
        # The words about a value that is missing are the same for all nodes that lack it.
        told = self._without_value[found._replace(focus="")]
        return self._made(found, data) if told is None else replace(told, focus_node=lexical(found.focus))

    def _about_any(self, found: Found) -> Result | None:
        """Return what is said of any node that lacks a value, or ``None`` if the words name the node."""
        texts = self._said[found[2:]].texts
        if any(match[1] == "this" for text in texts.values() for match in _PLACEHOLDER.finditer(text)):
            return None
        return self._made(found._replace(focus="_:"), _NOTHING)

    def _made(self, found: Found, data: Data) -> Result:
        said = self._said[found[2:]]
        focus, value = lexical(found.focus), lexical(found.value) if found.value else ""
        messages = said.texts
        if not messages:
            messages = {tag: message(said.code(value), tag, value=value) for tag in _LANGUAGES}
        elif said.is_filled_in:
            shown = {"this": focus, "value": value, "path": said.path}
            fill = lambda match: shown[match[1]]  # noqa: E731
            messages = {tag: _PLACEHOLDER.sub(fill, text) for tag, text in messages.items()}
        return Result(
            focus_node=focus,
            severity=said.severity,
            source_shape=said.source_shape,
            component=said.component,
            path=said.path,
            value=value,
            value_type=_type(found.value),
            messages=messages,
            label=said.label,
            details=tuple(self._causes(found, data)) if found.component in _WITH_CAUSES else (),
        )

    def _say(self, constraint: tuple[str, ...]) -> _Said:
        """Return what is said of all that breaks a constraint: the end of a :class:`Found`."""
        shape, component, path, query = constraint
        written = path[1:-1] if not path or is_iri(path) else to_sparql(self._graph, path)
        # Where a query has no words of its own, those of its shape stand (https://www.w3.org/TR/shacl/#message).
        texts = (self._in_languages(query, SH.message) if query else {}) or self._in_languages(shape, SH.message)
        return _Said(
            severity=_SEVERITIES.get(self._graph.value(shape, SH.severity), "Violation"),
            source_shape=self.iri(shape),
            component=lexical(component),
            path=written,
            texts=texts,
            is_filled_in=any(map(_PLACEHOLDER.search, texts.values())),
            label=self._label(shape) or _spelled_out(written),
        )

    def _causes(self, found: Found, data: Data) -> Iterator[Result]:
        """Yield why a value conforms to none of the shapes it was held against: what a result alone does not tell."""
        if found.component == SH.NodeConstraintComponent:
            for other in sorted(self._graph.objects(found.shape, SH.node)):
                yield from self._outcome(other, found.value, data)
        elif found.component in _BRANCHING:
            for members in self._graph.objects(found.shape, _BRANCHING[found.component]):
                outcomes = [self._outcome(other, found.value, data) for other in self._graph.items(members)]
                if found.component == SH.AndConstraintComponent or all(outcomes):
                    for outcome in outcomes:
                        yield from outcome

    def _outcome(self, shape: str, value: str, data: Data) -> list[Result]:
        return self.told(self._compiler.check(shape)(data, value), data)

    def _label(self, shape: str) -> dict[str, str]:
        """Return the name of a shape, or of the one around it where it has no IRI of its own."""
        return next((name for one in self._chain(shape) if (name := self._in_languages(one, SH.name))), {})

    def _in_languages(self, subject: str, predicate: str) -> dict[str, str]:
        """Return a text in each language: where there is none, the one without a language, or that in another."""
        texts = {
            language(value).partition("-")[0]: lexical(value)
            for value in sorted(self._graph.objects(subject, predicate), reverse=True)
            if is_literal(value)
        }
        if not texts:
            return {}
        return {tag: texts.get(tag) or texts.get("") or texts[min(texts)] for tag in _LANGUAGES}

    def _chain(self, shape: str) -> tuple[str, ...]:
        """Return ``shape``, and the shapes around it up to the first that has an IRI."""
        chain = [shape]
        while is_blank(chain[-1]):
            around = sorted(self._graph.referring(chain[-1]))
            if not around or around[0] in chain:
                break
            chain.append(around[0])
        return tuple(chain)


def in_order(results: list[Result]) -> list[Result]:
    """Return results sorted, each once."""
    if len(results) < 2:
        return results
    by_place = {(order(result), *result.messages.values()): result for result in results}
    return [by_place[place] for place in sorted(by_place)]


def local_name(iri: str) -> str:
    """Return what an IRI ends in.

    >>> local_name("https://schema.org/Event"), local_name("https://example.org/shapes#SessionShape")
    ('Event', 'SessionShape')
    """
    return re.split(r"[#/:]", iri)[-1]


def _spelled_out(path: str) -> dict[str, str]:
    """Return the local name of a property as words, for want of a label."""
    name = local_name(path.strip("<>"))
    return dict.fromkeys(_LANGUAGES, _WORD_START.sub(" ", name).lower()) if name else {}


def _type(value: str) -> str:
    if not value:
        return ""
    if value[0] != '"':
        return "@id"
    return f"@{tag}" if (tag := language(value)) else datatype(value)
