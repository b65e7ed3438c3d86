"""The report as JSON: everything the other forms say, in both languages, and what they leave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from commons_ld.messages import MESSAGES, message
from commons_ld.outputs.report import PageReport, Refusal, Report
from commons_ld.outputs.report_words import field_label
from commons_ld.record import Remark

__all__ = ["object_in_pieces", "render"]


def render(report: Report) -> Iterator[bytes]:
    """Yield the report in pieces; see :func:`commons_ld.outputs.report_files.json_of`."""
    members: list[tuple[str, Any]] = [
        ("conforms", report.conforms),
        ("records", report.records),
        ("published", report.published),
        ("held", report.held),
        ("refused", map(_refusal, report.refused)),
        ("passed_over", map(_refusal, report.passed_over)),
        ("pages", map(_page, report.pages)),
        (
            "shapes",
            (
                {
                    "shape": shape,
                    "label": report.shape_labels.get(shape, {}),
                    "focus_nodes": number,
                    "empty": shape in report.empty_shapes,
                }
                for shape, number in sorted(report.focus_nodes.items())
            ),
        ),
    ]
    yield from object_in_pieces(members)


def object_in_pieces(members: Iterable[tuple[str, Any]]) -> Iterator[bytes]:
    """Yield an object as JSON, indented; of a member that is an iterator, an array, one item at a time is held.

    >>> pieces = object_in_pieces([("a", 1), ("b", iter([{"c": 2}, 3])), ("d", iter([]))])
    >>> b"".join(pieces).split()
    [b'{', b'"a":', b'1,', b'"b":', b'[', b'{', b'"c":', b'2', b'},', b'3', b'],', b'"d":', b'[]', b'}']
    """
    before = b"{"
    for name, value in members:
        yield before + b"\n " + msgspec.json.encode(name) + b": "
        if isinstance(value, Iterator):
            yield from _array(value)
        else:
            yield _indented(value, b"\n ")
        before = b","
    yield b"\n}\n"


def _array(items: Iterator[Any]) -> Iterator[bytes]:
    before = b"["
    for item in items:
        yield before + b"\n  " + _indented(item, b"\n  ")
        before = b","
    yield b"[]" if before == b"[" else b"\n ]"


def _indented(value: Any, end: bytes) -> bytes:
    data = msgspec.json.encode(_writable(msgspec.to_builtins(value)))
    return msgspec.json.format(data, indent=1).replace(b"\n", end)


def _page(page: PageReport) -> dict[str, Any]:
    return {
        "title": page.title,
        "iri": page.iri,
        "page_url": page.page_url,
        "origin": page.origin,
        "held": page.held,
        "checked": page.is_checked,
        "results": page.results,
        "remarks": [_remark(remark) for remark in page.remarks],
        "unrecognised": page.unrecognised,
        "candidates": [candidate._asdict() for candidate in page.candidates],
    }


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "code": refusal.code,
        "origin": refusal.origin,
        "field": refusal.field,
        "value": refusal.value,
        "messages": {"fr": refusal.says("fr"), "en": refusal.says("en")},
    }


def _remark(remark: Remark) -> dict[str, Any]:
    labels = {"fr": field_label(remark.field, "fr"), "en": field_label(remark.field, "en")}
    return {
        "code": remark.code,
        "severity": MESSAGES[remark.code].severity,
        "field": remark.field,
        "label": labels,
        "value": remark.value,
        "line": remark.line,
        "messages": {
            "fr": message(remark.code, "fr", field=labels["fr"], value=remark.value, hint=remark.hint),
            "en": message(remark.code, "en", field=labels["en"], value=remark.value, hint=remark.hint),
        },
    }


def _writable(value: Any) -> Any:
    """Return the same with lone surrogates, which a file name can hold and JSON cannot, written as ``\\udc80``."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _writable(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_writable(one) for one in value]
    return value
