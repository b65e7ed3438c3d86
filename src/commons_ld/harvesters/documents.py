"""What is looked at document by document, since it is no graph: XML and JSON, and what is found in them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from lxml import etree

from commons_ld.harvesters.rules import Finding, Found, Rule, Subject, broken, nothing
from commons_ld.messages import Severity

__all__ = ["Notes", "json_object", "parsed"]


class Notes:
    """What is found in one document after the other."""

    def __init__(self, *labels: tuple[str, str]) -> None:
        self.findings: Final[list[Finding]] = []
        self.counts: Final = dict.fromkeys(labels, 0)

    def hold(self, rules: Iterable[Rule[Subject]], subject: Subject, node: str) -> None:
        """Note the rules that something breaks.

        :param node: what it is called: its identifier, or the name of its file
        """
        self.findings.extend(broken(rules, subject, node))

    def demand(self, holds: object, code: str, severity: Severity, node: str, fr: str, en: str) -> None:
        """Note a finding whose words are made of what was found, unless what is demanded holds."""
        if not holds:
            self.findings.append(Finding(code, severity, node, fr, en))

    def end(self) -> Found:
        """Return what was found; a kind of which there is nothing is a finding too."""
        return [*self.findings, *(nothing(label) for label, count in self.counts.items() if not count)], self.counts


def parsed(data: bytes, name: str, notes: Notes) -> etree._Element | None:
    """Return an XML document, read without entities and without the network, or nothing, which is noted."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        notes.demand(
            False, "unreadable", "Violation", name,
            "Le document n'est pas du XML qui se lit.",
            "The document is no XML that can be read.",
        )  # fmt: skip
        return None


def json_object(data: bytes) -> dict[str, Any]:
    """Return a JSON object; what is none says nothing."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
