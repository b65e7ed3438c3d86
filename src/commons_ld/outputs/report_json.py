"""The report as JSON: everything the other forms say, in both languages, and what they leave out."""

from __future__ import annotations

from typing import Any

import msgspec

from commons_ld.messages import MESSAGES, message
from commons_ld.outputs.report import Refusal, Report
from commons_ld.outputs.report_words import field_label
from commons_ld.record import Remark

__all__ = ["render"]


def render(report: Report) -> bytes:
    """Return the report; see :func:`commons_ld.outputs.report.to_json`."""
    members: dict[str, Any] = {
        "conforms": report.conforms,
        "records": report.records,
        "published": report.published,
        "held": report.held,
        "refused": [_refusal(refusal) for refusal in report.refused],
        "passed_over": [_refusal(refusal) for refusal in report.passed_over],
        "pages": [
            {
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
            for page in report.pages
        ],
        "shapes": [
            {
                "shape": shape,
                "label": report.shape_labels.get(shape, {}),
                "focus_nodes": number,
                "empty": shape in report.empty_shapes,
            }
            for shape, number in sorted(report.focus_nodes.items())
        ],
    }
    plain = _writable(msgspec.to_builtins(members))
    return msgspec.json.format(msgspec.json.encode(plain), indent=1) + b"\n"


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
