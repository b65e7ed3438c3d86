"""What validation finds: results, and the reports that hold them. Plain data, without an RDF library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from commons_ld.messages import Severity

__all__ = ["BlockReport", "Result", "ValidationReport", "conforms", "order"]


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """One validation result (https://www.w3.org/TR/shacl/#results-validation-result).

    :param focus_node: the node that was checked: an IRI, or the words of a literal
    :param severity: how much it matters
    :param source_shape: the IRI of the shape that says so; of the shape around it where it has no IRI of its own
    :param component: the IRI of the kind of constraint, for programs only
    :param path: the property concerned: an IRI, or a property path as SPARQL writes it; ``""`` for the node itself
    :param value: what was found there, ``""`` where something is missing or too many
    :param value_type: ``"@id"`` for an IRI, ``"@fr"`` for a text in French, otherwise the IRI of a datatype;
        ``""`` where there is no value
    :param messages: what is wrong and what is expected, by language: always ``fr`` and ``en``
    :param label: what the field is called, by language; empty where no shape tells
    :param details: why none of several accepted forms is met, one result a form
    """

    focus_node: str
    severity: Severity
    source_shape: str
    component: str
    path: str = ""
    value: str = ""
    value_type: str = ""
    messages: dict[str, str] = {}
    label: dict[str, str] = {}
    details: tuple[Result, ...] = ()


#: The order of severities, the gravest first.
_GRAVITY: Final[tuple[Severity, ...]] = ("Violation", "Warning", "Info")


def conforms(results: Iterable[Result]) -> bool:
    """Tell whether there is no Violation among ``results``."""
    return all(result.severity != "Violation" for result in results)


def order(result: Result) -> tuple[int, str, str, str, str, str, str]:
    """Return what results are sorted by, so that the same data gives the same report."""
    return (
        _GRAVITY.index(result.severity),
        result.focus_node,
        result.path,
        result.source_shape,
        result.component,
        result.value,
        result.value_type,
    )


class BlockReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What validation found in one block.

    :param graph: the IRI of its named graph
    :param subject: the IRI of its record
    :param results: sorted, the gravest first
    :param focus_nodes: how many nodes each shape with a target met, by the IRI of the shape
    :param kinds: how many nodes of each kind it holds: of the kinds that the IRIs of the archive tell (``session``,
        ``note``…), and of each class, by its IRI without the scheme (``//schema.org/Event``)
    :param is_checked: whether any shape met the record itself; a record that none met was not found to be good
    """

    graph: str
    subject: str
    results: tuple[Result, ...] = ()
    focus_nodes: dict[str, int] = {}
    kinds: dict[str, int] = {}
    is_checked: bool = False

    @property
    def conforms(self) -> bool:
        """Whether the record may be published: it was checked, and there is no Violation."""
        return self.is_checked and conforms(self.results)


class ValidationReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What validation found in a whole graph.

    :param conforms: whether there is no Violation, and no empty shape. SHACL itself asks for no result at all, of
        any severity (section 3.6.1.1): for that, see whether ``results`` is empty.
    :param results: sorted, the gravest first
    :param focus_nodes: how many nodes each shape with a target met, by the IRI of the shape
    :param empty_shapes: shapes that met no node although the graph holds nodes of their kind
    :param by_pyshacl: the shapes that pySHACL checked, which takes longer, since they ask for what is not compiled
    """

    conforms: bool
    results: tuple[Result, ...] = ()
    focus_nodes: dict[str, int] = {}
    empty_shapes: tuple[str, ...] = ()
    by_pyshacl: tuple[str, ...] = ()
