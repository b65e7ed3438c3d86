"""The results of the shapes as RDF: a ``sh:ValidationReport`` (https://www.w3.org/TR/shacl/#validation-report).

Each result has an IRI, ``report/result/7``, so that there are no blank nodes. Where the path of a result is more
than one property, ``sh:resultPath`` would need blank nodes; it is left out, since ``sh:sourceShape`` has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any, Final

import pyoxigraph as ox

from commons_ld.outputs.report_json import object_in_pieces
from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.validation import Result

__all__ = ["json_ld", "turtle"]

_SH: Final = PREFIXES["sh"]
_STRING: Final = expand("xsd:string")

#: The members of the JSON-LD, whose names are those of SHACL. It is whole: nothing has to be fetched to read it.
_CONTEXT: Final[dict[str, Any]] = {
    "sh": _SH,
    "xsd": PREFIXES["xsd"],
    "id": "@id",
    "type": "@type",
    "ValidationReport": "sh:ValidationReport",
    "ValidationResult": "sh:ValidationResult",
    "conforms": {"@id": "sh:conforms", "@type": "xsd:boolean"},
    "result": {"@id": "sh:result", "@container": "@set"},
    "detail": {"@id": "sh:detail", "@container": "@set"},
    "focusNode": {"@id": "sh:focusNode", "@type": "@id"},
    "resultPath": {"@id": "sh:resultPath", "@type": "@id"},
    "resultSeverity": {"@id": "sh:resultSeverity", "@type": "@id"},
    "sourceShape": {"@id": "sh:sourceShape", "@type": "@id"},
    "sourceConstraintComponent": {"@id": "sh:sourceConstraintComponent", "@type": "@id"},
    "resultMessage": {"@id": "sh:resultMessage", "@container": "@language"},
    "value": {"@id": "sh:value"},
}

_Statement = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


def turtle(results: Iterable[Result], base_iri: str, file: IO[bytes]) -> None:
    """Write a report in Turtle.

    :param results: gone through more than once
    """
    triples = (ox.Triple(*statement) for statement in _report(results, base_iri))
    prefixes = {prefix: PREFIXES[prefix] for prefix in ("sh", "xsd")}
    ox.serialize(triples, file, format=ox.RdfFormat.TURTLE, prefixes=prefixes)


def json_ld(results: Iterable[Result], base_iri: str) -> Iterator[bytes]:
    """Yield the same report in JSON-LD, in pieces.

    :param results: gone through more than once
    """
    iri = f"{base_iri}report"
    return object_in_pieces(
        [
            ("@context", _CONTEXT),
            ("id", iri),
            ("type", "ValidationReport"),
            ("conforms", next(iter(results), None) is None),
            ("result", (_members(result, name) for result, name in _named(results, f"{iri}/result"))),
        ]
    )


def _named(results: Iterable[Result], folder: str) -> Iterator[tuple[Result, str]]:
    for number, result in enumerate(results, 1):
        yield result, f"{folder}/{number}"


def _members(result: Result, iri: str) -> dict[str, Any]:
    members: dict[str, Any] = {
        "id": iri,
        "type": "ValidationResult",
        "focusNode": _value_object(result.focus_node, _focus_type(result)),
        "resultSeverity": f"sh:{result.severity}",
        "sourceConstraintComponent": result.component,
        "sourceShape": result.source_shape,
        "resultMessage": dict(sorted(result.messages.items())),
    }
    if _is_iri(result.path):
        members["resultPath"] = result.path
    if result.value_type:
        members["value"] = _value_object(result.value, result.value_type)
    if result.details:
        members["detail"] = [_members(detail, name) for detail, name in _named(result.details, f"{iri}/detail")]
    return members


def _value_object(value: str, type_: str) -> dict[str, str]:
    if type_ == "@id":
        return {"@id": value}
    if type_.startswith("@"):
        return {"@value": value, "@language": type_[1:]}
    return {"@value": value} if type_ == _STRING else {"@value": value, "@type": type_}


def _report(results: Iterable[Result], base_iri: str) -> Iterator[_Statement]:
    report = ox.NamedNode(f"{base_iri}report")
    yield report, ox.NamedNode(expand("rdf:type")), _sh("ValidationReport")
    yield report, _sh("conforms"), ox.Literal(next(iter(results), None) is None)
    for _, name in _named(results, f"{base_iri}report/result"):
        yield report, _sh("result"), ox.NamedNode(name)
    for result, name in _named(results, f"{base_iri}report/result"):
        yield from _statements(result, name)


def _statements(result: Result, iri: str) -> Iterator[_Statement]:
    node = ox.NamedNode(iri)
    yield node, ox.NamedNode(expand("rdf:type")), _sh("ValidationResult")
    yield node, _sh("focusNode"), _term(result.focus_node, _focus_type(result))
    if _is_iri(result.path):
        yield node, _sh("resultPath"), ox.NamedNode(result.path)
    if result.value_type:
        yield node, _sh("value"), _term(result.value, result.value_type)
    for language, text in sorted(result.messages.items()):
        yield node, _sh("resultMessage"), ox.Literal(text, language=language)
    yield node, _sh("resultSeverity"), _sh(result.severity)
    yield node, _sh("sourceConstraintComponent"), ox.NamedNode(result.component)
    yield node, _sh("sourceShape"), ox.NamedNode(result.source_shape)
    named = list(_named(result.details, f"{iri}/detail"))
    for _, name in named:
        yield node, _sh("detail"), ox.NamedNode(name)
    for detail, name in named:
        yield from _statements(detail, name)


def _sh(local: str) -> ox.NamedNode:
    return ox.NamedNode(_SH + local)


def _term(value: str, type_: str) -> ox.NamedNode | ox.Literal:
    if type_ == "@id":
        return ox.NamedNode(value)
    if type_.startswith("@"):
        return ox.Literal(value, language=type_[1:])
    return ox.Literal(value, datatype=ox.NamedNode(type_))


def _focus_type(result: Result) -> str:
    """Return what the focus node is: in details it can be a literal, the value that was held against a shape."""
    if not result.path and result.value == result.focus_node and result.value_type:
        return result.value_type
    return "@id" if _is_iri(result.focus_node) else _STRING


def _is_iri(text: str) -> bool:
    try:
        return bool(ox.NamedNode(text))
    except ValueError:
        return False
