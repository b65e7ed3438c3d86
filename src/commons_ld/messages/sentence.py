"""A sentence in French and in English, and how much it matters."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Language", "Message", "Severity"]

Language = Literal["fr", "en"]

#: How much it matters, by the names of SHACL (https://www.w3.org/TR/shacl/#severity).
Severity = Literal["Violation", "Warning", "Info"]


class Message(NamedTuple):
    """A sentence in both languages, and how much it matters."""

    severity: Severity
    fr: str
    en: str
